"""The protocol tests of the W3C as data: what to send, and what must come back."""

import http.client
import os
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import rdflib
from rdflib.collection import Collection
from rdflib.compare import isomorphic

MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = rdflib.Namespace("http://www.w3.org/2011/http#")
CNT = rdflib.Namespace("http://www.w3.org/2011/content#")
UT = rdflib.Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
CODES = {"OK": 200, "Created": 201, "NoContent": 204, "BadRequest": 400, "NotFound": 404}
TABULAR = {"application/sparql-results+json", "application/sparql-results+xml", "text/csv"}
RDF = {"text/turtle", "application/rdf+xml", "application/n-triples", "application/ld+json"}


@dataclass(frozen=True)
class Exchange:
    """A request, and what the response must be."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None
    statuses: frozenset[str]
    kind: str | None = None
    boolean: bool | None = None
    content_type: str | None = None
    content: str | None = None
    location: str | None = None


@dataclass(frozen=True)
class Case:
    """A test: graphs that must be there, and exchanges in order."""

    id: str
    graphs: tuple[tuple[str, Path], ...]
    exchanges: tuple[Exchange, ...] = field(repr=False)


def shared() -> Path:
    """Where suites lie: `$DIPLOGRAPH_SHARED`, or beside the project."""
    default = Path(__file__).resolve().parents[3] / "shared"
    return Path(os.environ.get("DIPLOGRAPH_SHARED", default))


def unpack(folder: Path) -> Path | None:
    """Unpack the SPARQL suites into `folder` and return their root, or `None` where they are missing."""
    archive = shared() / "suites" / "rdf-tests-sparql.tar.xz"
    if not archive.is_file():
        return None
    with tarfile.open(archive) as packed:
        packed.extraction_filter = getattr(tarfile, "data_filter", None)  # from 3.11.4 on
        packed.extractall(folder)
    return folder / "sparql"


def cases(manifest: Path) -> list[Case]:
    """Return the tests of a manifest."""
    graph = rdflib.Graph().parse(manifest)
    entries = graph.value(rdflib.URIRef(manifest.as_uri()), MF.entries)
    return [_case(graph, test) for test in Collection(graph, entries)]


def _case(graph: rdflib.Graph, test: rdflib.term.Node) -> Case:
    graphs = tuple(
        (
            str(graph.value(node, rdflib.RDFS.label)),
            Path(str(graph.value(node, UT.graph)).removeprefix("file://")),
        )
        for node in graph.objects(test, UT.graphData)
    )
    requests = graph.value(graph.value(test, MF.action), HT.requests)
    exchanges = tuple(_exchange(graph, node) for node in Collection(graph, requests))
    return Case(str(test).rpartition("#")[2], graphs, exchanges)


def _exchange(graph: rdflib.Graph, node: rdflib.term.Node) -> Exchange:
    response = graph.value(node, HT.resp)
    boolean = graph.value(response, MF.expectedBoolean)
    kind = graph.value(response, MF.expectedFormat)
    location = graph.value(response, MF.expectedLocation)
    content = graph.value(graph.value(response, HT.body), CNT.chars)
    return Exchange(
        method=str(graph.value(node, HT.methodName)),
        path=str(graph.value(node, HT.absolutePath)),
        headers=dict(_headers(graph, node)),
        body=_body(graph, node),
        statuses=frozenset(
            str(each).rpartition("#")[2] for each in graph.objects(response, MF.expectedStatus)
        ),
        kind=str(kind) if kind is not None else None,
        boolean=bool(boolean.toPython()) if boolean is not None else None,
        content_type=dict(_headers(graph, response)).get("content-type"),
        content=str(content) if content is not None else None,
        location=str(location) if location is not None else None,
    )


def _headers(graph: rdflib.Graph, node: rdflib.term.Node) -> Iterator[tuple[str, str]]:
    listed = graph.value(node, HT.headers)
    for header in Collection(graph, listed) if listed is not None else ():
        yield str(graph.value(header, HT.fieldName)).lower(), str(graph.value(header, HT.fieldValue))


def _body(graph: rdflib.Graph, node: rdflib.term.Node) -> bytes | None:
    body = graph.value(node, HT.body)
    if body is None:
        return None
    encoding = str(graph.value(body, CNT.characterEncoding) or "UTF-8")
    return str(graph.value(body, CNT.chars)).encode(encoding)


def run(case: Case, host: str, prefix: tuple[str, str]) -> None:
    """Send the requests of a case and check the responses; `prefix` says what to replace in paths by what."""
    location = ""
    for exchange in case.exchanges:
        path = exchange.path.replace(*prefix, 1).replace("$LOCATION$", quote(location, safe=""))
        response, body = send(host, exchange.method, path, exchange.headers, exchange.body)
        check(exchange, response, body)
        location = response.getheader("Location") or location


def send(
    host: str, method: str, path: str, headers: dict[str, str], body: bytes | None
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(host, timeout=30)
    try:
        connection.request(method, path.replace(" ", "%20"), body, headers)
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def check(exchange: Exchange, response: http.client.HTTPResponse, body: bytes) -> None:
    context = f"{exchange.method} {exchange.path}: {response.status} {body[:300]!r}"
    assert any(_is(response.status, expected) for expected in exchange.statuses), context
    media_type = (response.getheader("Content-Type") or "").partition(";")[0]
    if exchange.kind is not None:
        assert media_type in (RDF if exchange.kind == "RDF" else TABULAR), context
    if exchange.boolean is not None:
        assert (b"true" in body) is exchange.boolean, context
    if exchange.content_type is not None:
        assert media_type == exchange.content_type.partition(";")[0], context
    if exchange.content is not None:
        expected = rdflib.Graph().parse(data=exchange.content, format="turtle")
        assert isomorphic(rdflib.Graph().parse(data=body, format=media_type), expected), context
    if exchange.location is not None:
        assert response.getheader("Location"), context


def _is(status: int, expected: str) -> bool:
    if expected.startswith("StatusCode"):
        return str(status)[0] == expected.removeprefix("StatusCode")[0]
    return status == CODES[expected]
