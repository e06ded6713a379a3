"""Every IRI of the graph has a page and an RDF document, and the front page explains itself."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import rdflib
from flask.testing import FlaskClient
from pyoxigraph import NamedNode

from diplograph import store
from diplograph.server.formats import GRAPHS
from diplograph.server.links import href
from diplograph.vocabulary import BASE

RDFLIB_WARNS = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of its own classes
RUSSIA = "/id/state/russia"
RDF = [each for each in GRAPHS if each.name != "html"]


def iris(directory: Path) -> list[str]:
    terms = {t for quad in store.snapshot(directory).store for t in quad if isinstance(t, NamedNode)}
    return sorted(term.value for term in terms if term.value.startswith(BASE))


def test_every_iri_of_the_graph_has_a_page(client: FlaskClient, directory: Path) -> None:
    found = iris(directory)
    assert len(found) > 30
    for iri in found:
        address = href(iri)
        assert address is not None
        response = client.get(address.partition("#")[0], headers={"Accept": "text/html"})
        assert response.status_code == 200, iri
        assert response.mimetype == "text/html"


@RDFLIB_WARNS
@pytest.mark.parametrize("written", RDF, ids=lambda each: each.name)
@pytest.mark.parametrize("way", ["accept", "suffix", "format"])
def test_a_thing_in_every_graph_format(client: FlaskClient, written: object, way: str) -> None:
    media_type, name = written.media_types[0], written.name  # type: ignore[attr-defined]
    address = {"accept": RUSSIA, "suffix": f"{RUSSIA}.{name}", "format": f"{RUSSIA}?format={name}"}[way]
    response = client.get(address, headers={"Accept": media_type} if way == "accept" else {})
    assert response.status_code == 200
    assert response.mimetype == media_type
    assert response.headers["Content-Location"] == f"{RUSSIA}.{name}"
    graph = rdflib.Dataset(default_union=True).parse(data=response.data, format=media_type)
    russia = rdflib.URIRef(BASE + "id/state/russia")
    assert str(graph.value(russia, rdflib.RDFS.label)) == "Russia"
    assert set(graph.subjects(None, russia)), "what names it belongs to what is said of it"


def test_what_cannot_be_given_is_refused(client: FlaskClient) -> None:
    assert client.get(RUSSIA, headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize(
    "path", ["/id/state/atlantis", "/id/x.ttl", "/nowhere", "/id/%3Cscript%3E", "/id/a%7Bb"]
)
def test_what_the_graph_does_not_know_is_not_found(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers={"Accept": "text/html"})
    assert response.status_code == 404
    assert "<script>" not in response.text


def test_a_named_graph_is_given_as_its_content(client: FlaskClient) -> None:
    response = client.get("/graph/accepted.ttl")
    graph = rdflib.Graph().parse(data=response.data)
    assert len(set(graph.subjects(rdflib.RDF.type))) == 2
    assert "statements" in client.get("/graph/accepted", headers={"Accept": "text/html"}).text


def test_the_ontology_is_given_whole(client: FlaskClient) -> None:
    graph = rdflib.Graph().parse(data=client.get("/ontology.ttl").data)
    assert (rdflib.URIRef(BASE + "ontology#Visit"), rdflib.RDF.type, rdflib.OWL.Class) in graph


def test_a_page_says_in_which_graph_a_statement_stands(client: FlaskClient) -> None:
    page = client.get("/kind/Visit", headers={"Accept": "text/html"}).text
    assert re.search(r'href="/graph/ontology">ontology</a>', page)
    assert re.search(r'href="/id/visit/denied-1">&lt;script&gt;', page)


def test_labels_stay_text(client: FlaskClient) -> None:
    page = client.get("/id/visit/denied-1", headers={"Accept": "text/html"}).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page


def test_english_names_come_first(client: FlaskClient) -> None:
    assert "<h1>Pakistan</h1>" in client.get("/id/state/pakistan", headers={"Accept": "text/html"}).text
    assert (
        "<h1>Côte d&#39;Ivoire</h1>"
        in client.get("/id/state/cote-d-ivoire", headers={"Accept": "text/html"}).text
    )


def test_the_front_page_counts_what_is_there(client: FlaskClient, directory: Path) -> None:
    page = client.get("/").text
    assert f"<dd>{len(store.snapshot(directory).store)}</dd>" in page
    assert re.search(r">visit</a></td><td class=\"number\">1<", page)


def test_links_stay_here_or_say_where_they_go(client: FlaskClient) -> None:
    for path in ("/", "/sparql", RUSSIA):
        page = client.get(path, headers={"Accept": "text/html"}).text
        links = re.findall(r'(?:src|href|action)="([^"]+)"', page)
        assert links
        loaded = re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="([^"]+)"', page)
        assert all(urlsplit(address).scheme in ("", "data") for address in loaded)
        assert not any(link.startswith("javascript:") for link in links)
