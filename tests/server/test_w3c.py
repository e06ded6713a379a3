"""The suites of the W3C against a live server: protocol, graph store, service description."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
import rdflib
from pyoxigraph import Store

from diplograph import store

from . import w3c
from .live import Live, serving

ROOT = w3c.unpack(Path(tempfile.mkdtemp(prefix="w3c-")))
MISSING = f"the SPARQL suites are not at {w3c.shared() / 'suites'}; set DIPLOGRAPH_SHARED"
SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

pytestmark = pytest.mark.skipif(ROOT is None, reason=MISSING)


def of(*manifests: str) -> list[w3c.Case]:
    return [case for name in manifests for case in w3c.cases(ROOT / "sparql11" / name)] if ROOT else []


PROTOCOL = of("protocol/manifest.ttl")
GRAPH_STORE = of("graph-store-protocol/manifest-direct.ttl", "graph-store-protocol/manifest-indirect.ttl")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    directory = tmp_path_factory.mktemp("w3c-store")
    with store.building(directory):
        pass
    with serving(directory, writable=True) as live:
        yield live


def test_the_suites_are_complete() -> None:
    assert (len(PROTOCOL), len(GRAPH_STORE)) == (34, 13)


@pytest.mark.parametrize("case", PROTOCOL, ids=lambda case: case.id)
def test_protocol(server: Live, case: w3c.Case) -> None:
    prepare(server, case)
    w3c.run(case, server.host, ("/sparql/", "/sparql"))


@pytest.mark.parametrize("case", GRAPH_STORE, ids=lambda case: case.id)
def test_graph_store(server: Live, case: w3c.Case) -> None:
    prepare(server, case)
    w3c.run(case, server.host, ("/gsp", "/graphs"))


def prepare(server: Live, case: w3c.Case) -> None:
    graphs = Store()
    parts = ["DROP ALL"]
    for name, path in case.graphs:
        graphs.clear()
        parts.append(f"INSERT DATA {{ GRAPH <{name}> {{ {path.read_text()} }} }}")
    status, body = server.get("/sparql", "POST", urlencode({"update": " ; ".join(parts)}).encode(), **FORM)
    assert status == 204, body


@pytest.fixture(scope="module")
def description(server: Live) -> rdflib.Graph:
    status, body = server.get("/sparql", Accept="text/turtle")
    assert status == 200
    return rdflib.Graph().parse(data=body, format="turtle")


def test_service_description_returns_rdf(description: rdflib.Graph) -> None:
    assert (None, rdflib.RDF.type, SD.Service) in description


def test_service_description_has_endpoint_triple(server: Live, description: rdflib.Graph) -> None:
    services = list(description.subjects(rdflib.RDF.type, SD.Service))
    assert [str(description.value(each, SD.endpoint)) for each in services] == [f"{server.url}/sparql"]


def test_service_description_conforms_to_schema(description: rdflib.Graph) -> None:
    service = description.value(None, rdflib.RDF.type, SD.Service)
    assert set(description.objects(service, SD.supportedLanguage)) == {SD.SPARQL11Query, SD.SPARQL11Update}
    assert set(description.objects(service, SD.feature)) <= {
        SD.DereferencesURIs,
        SD.UnionDefaultGraph,
        SD.RequiresDataset,
        SD.EmptyGraphs,
        SD.BasicFederatedQuery,
    }
    dataset = description.value(service, SD.defaultDataset)
    assert (dataset, rdflib.RDF.type, SD.Dataset) in description
    default = description.value(dataset, SD.defaultGraph)
    assert (default, rdflib.RDF.type, SD.Graph) in description
    for named in description.objects(dataset, SD.namedGraph):
        assert (named, rdflib.RDF.type, SD.NamedGraph) in description
        assert isinstance(description.value(named, SD.name), rdflib.URIRef)
    for function in description.objects(service, SD.extensionFunction):
        assert (function, rdflib.RDF.type, SD.Function) in description
    used = {predicate for predicate in description.predicates() if predicate.startswith(SD)}
    assert used <= {SD[name] for name in KNOWN}


KNOWN = {
    "endpoint",
    "supportedLanguage",
    "feature",
    "resultFormat",
    "inputFormat",
    "extensionFunction",
    "defaultDataset",
    "defaultGraph",
    "namedGraph",
    "name",
    "graph",
}
