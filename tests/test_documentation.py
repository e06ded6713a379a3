"""The page that documents the ontology: whole, at the address of its terms, and the same each time it is made."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from flask.testing import FlaskClient

from diplograph import documentation, store
from diplograph.documentation import diagrams, facts, terms
from diplograph.server import Settings, create_app
from diplograph.server.links import href
from diplograph.vocabulary import BASE, PREFIXES

KINDS = {"class", "object property", "datatype property", "annotation property", "individual"}
FORMATS = {
    "text/turtle": "turtle", "application/rdf+xml": "xml", "application/ld+json": "json-ld",
    "application/n-triples": "nt",
}  # fmt: skip
SECTION = re.compile(r'<section id="(\w+)".*?</section>', re.DOTALL)


@cache
def page() -> str:
    return documentation.shipped()


@cache
def sections() -> dict[str, str]:
    return {match[1]: match[0] for match in SECTION.finditer(page())}


@cache
def statements() -> facts.Facts:
    return facts.read(documentation.ontology())


def declared() -> dict[str, str]:
    """Return the kind of each term of the ontology, by local name."""
    return {
        name.removeprefix(terms.PREFIX): kind
        for type_, kind in terms.KINDS.items()
        for name in terms.own(statements(), type_)
    }


def text(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", markup).split())


def test_every_term_has_one_entry_and_nothing_else_has() -> None:
    assert set(sections()) == set(declared())
    assert set(declared().values()) == KINDS
    assert len(sections()) > 300


def test_anchors_are_unique_and_every_link_within_the_page_leads_somewhere() -> None:
    anchors = Counter(re.findall(r'\bid="([^"]+)"', page()))
    assert [anchor for anchor, number in anchors.items() if number > 1] == []
    assert set(re.findall(r'href="#([^"]+)"', page())) - set(anchors) == set()


@pytest.mark.parametrize("name", sorted(declared()))
def test_an_entry_says_what_the_ontology_says(name: str) -> None:
    curie, shown = terms.PREFIX + name, sections()[name]
    for predicate in ("rdfs:label", "skos:definition", "skos:example", "skos:scopeNote", "skos:altLabel"):
        for value in statements().all(curie, predicate):
            assert str(diagrams.escape(value)) in shown
    for predicate in ("dg:plover", "dg:cameo", "dcterms:source"):
        assert all(str(diagrams.escape(value)) in shown for value in statements().all(curie, predicate))
    named = {"rdfs:subClassOf", "rdfs:subPropertyOf", "rdfs:domain", "rdfs:range", "owl:inverseOf"}
    linked = [value for predicate in named for value in statements().all(curie, predicate)]
    assert [
        v for v in linked if v.startswith("dg:") and f'href="#{v.removeprefix("dg:")}"' not in shown
    ] == []


def test_an_entry_says_how_a_class_is_used() -> None:
    visit = text(sections()["Visit"])
    for part in (
        "visitor source DescribedPerson , Organization , Person Visit",
        "hostState target",
        "should : Say who travels",
        "must : Give it an rdfs:label, so that it can be shown to a reader. as of every Event",
        "Vladimir Putin visited India in October 2000.",
        "rules/visit-rank.rq",
        "queries/visits.rq",
        "CAMEO code 042",
        "PLOVER root CONSULT",
        "kind:Visit",
    ):
        assert part in visit
    assert "visit and in capacity of some head of government holding" in text(
        sections()["HeadOfGovernmentVisit"]
    )
    assert "made visit then host state" in text(sections()["visited"])
    assert "irreflexive" in sections()["reciprocates"]
    assert "Different from Denied" in text(sections()["Affirmed"])
    assert "sem:Event" in sections()["Event"]


def test_a_class_with_sides_has_a_diagram_of_its_roles() -> None:
    with_sides = {
        name
        for name, kind in declared().items()
        if kind == "class" and any(role.side for role in terms.roles(statements(), terms.PREFIX + name))
    }
    assert {"Visit", "ArmsEmbargo"} <= with_sides
    assert {name for name, shown in sections().items() if "<svg" in shown} == with_sides


def test_the_trees_show_every_class_below_another() -> None:
    shown = set(
        re.findall(
            r'<a href="#(\w+)"><rect', page().partition('id="classes"')[0].partition('id="diagrams"')[2]
        )
    )
    below = {
        name
        for name, kind in declared().items()
        if kind == "class" and statements().above(terms.PREFIX + name)
    }
    assert below
    assert {
        name for name in below if statements().above(terms.PREFIX + name)[-1].startswith("dg:")
    } - shown == set()


def test_boxes_of_a_tree_do_not_overlap() -> None:
    picture = diagrams.tree(statements(), "dg:Eventuality")
    places = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="(\d+)"', picture)
    boxes = [tuple(map(float, place)) for place in places]
    assert len(boxes) > 60
    for number, (x, y, width, height) in enumerate(boxes):
        for other in boxes[number + 1 :]:
            apart = (
                other[0] >= x + width
                or x >= other[0] + other[2]
                or other[1] >= y + height
                or y >= other[1] + other[3]
            )
            assert apart


def test_the_front_matter_says_what_it_is_and_how_to_get_and_cite_it() -> None:
    front = page().partition('id="class-tree"')[0]
    for part in (
        "0.1.0",
        "creativecommons.org/licenses/by/4.0",
        "The diplograph contributors (2026)",
        ">dg<",
    ):
        assert part in front
    assert set(re.findall(r'<a href="ontology\.(\w+)"', front)) == {"ttl", "rdf", "jsonld", "nt"}


def test_the_page_needs_no_script_and_no_network() -> None:
    assert not re.search(r"<script|\bon\w+=|\bstyle=|<style|\bsrc=", page())
    assert re.findall(r'<link rel="stylesheet" href="([^"]+)"', page()) == ["static/style.css"]


def test_text_of_the_ontology_cannot_become_markup() -> None:
    evil = ox.Literal("<script>alert(1)</script>", language="en")
    visit = ox.NamedNode(PREFIXES["dg"] + "Visit")
    graph = documentation.ontology()
    graph.add(ox.Quad(visit, ox.NamedNode(PREFIXES["skos"] + "example"), evil, ox.DefaultGraph()))
    assert "&lt;script&gt;alert(1)" in documentation.html(graph)
    assert "<script" not in documentation.html(graph)


def test_the_same_ontology_gives_the_same_bytes_in_any_order_and_any_process() -> None:
    quads = sorted(documentation.ontology(), key=str, reverse=True)
    assert documentation.html(quads) == page()
    script = "import sys; from diplograph import documentation; sys.stdout.buffer.write(documentation.shipped().encode())"
    made = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, env={"PYTHONHASHSEED": "7"}
    )
    assert made.stdout.decode() == page()


# ------------------------------------------------------------------------------------------ as it is served


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    folder: Path = tmp_path_factory.mktemp("ontology")
    graph = ox.NamedNode(PREFIXES["graph"] + "ontology")
    with store.building(folder) as built:
        built.extend(ox.Quad(*quad.triple, graph) for quad in documentation.ontology())
    app = create_app(folder, settings=Settings())
    yield app.test_client()
    app.extensions["diplograph"].close()


def test_people_get_the_page_at_the_address_of_every_term(client: FlaskClient) -> None:
    addresses = {name: href(PREFIXES["dg"] + name) for name in declared()}
    assert {address.partition("#")[0] for address in addresses.values() if address} == {"/ontology"}
    response = client.get("/ontology", headers={"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"})
    assert response.status_code == 200
    assert response.mimetype == "text/html"
    assert response.text == page()
    assert {
        f'id="{(address or "").partition("#")[2]}"' in response.text for address in addresses.values()
    } == {True}
    assert client.get("/ontology.html").text == page()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of rdflib's own classes
@pytest.mark.parametrize("media_type", FORMATS)
def test_programs_get_every_term_in_the_format_they_ask_for(client: FlaskClient, media_type: str) -> None:
    response = client.get("/ontology", headers={"Accept": media_type})
    assert response.status_code == 200
    assert response.mimetype == media_type
    graph = rdflib.Graph().parse(data=response.data, format=FORMATS[media_type])
    assert {PREFIXES["dg"] + name for name in declared()} <= {str(subject) for subject in graph.subjects()}
    assert len(graph) == len(documentation.ontology())


def test_the_address_of_the_version_leads_to_the_ontology(client: FlaskClient) -> None:
    address = href(statements().one(BASE + "ontology", "owl:versionIRI")) or ""
    assert address == f"/ontology/{documentation.version()}"
    response = client.get(address, headers={"Accept": "text/turtle"}, follow_redirects=True)
    assert [each.status_code for each in response.history] == [303]
    assert response.mimetype == "text/turtle"
    assert client.get("/ontology/9.9.9").status_code == 404


def test_what_is_neither_is_refused(client: FlaskClient) -> None:
    assert client.get("/ontology", headers={"Accept": "image/png"}).status_code == 406


def test_the_links_of_the_page_to_the_site_lead_somewhere(client: FlaskClient) -> None:
    relative = set(re.findall(r'href="((?!https?:|#|data:)[^"]+)"', page()))
    assert {"./", "sparql", "static/style.css", "ontology.ttl"} <= relative
    for address in sorted(relative):
        with client.get("/" + address.removeprefix("./"), headers={"Accept": "*/*"}) as response:
            assert response.status_code == 200, address
