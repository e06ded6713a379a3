"""The query, update and syntax suites of the W3C: what to run, and whether what comes out is right.

Terms are compared as the store keeps them: it writes numbers, dates and language tags in one way (`01` is `1`).
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import rdflib
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    parse,
    parse_query_results,
)
from rdflib.collection import Collection

from diplograph.server.evaluation import Job, Malformed, Term, evaluate
from diplograph.server.tokens import Kind, tokens

MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
UT = rdflib.Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
RS = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
ELSEWHERE = (
    "entailment",
    "service",
    "protocol",
    "graph-store-protocol",
    "service-description",
    "http-rdf-update",
)
Row = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Test:
    """A test of a manifest: its id, kind, and the files it names."""

    id: str
    kind: str
    query: Path
    data: tuple[Path, ...] = ()
    graphs: tuple[tuple[str, Path], ...] = ()
    result: Path | None = None
    result_graphs: tuple[tuple[str, Path], ...] = ()


def tests_of(root: Path, suite: str) -> list[Test]:
    """Return the tests of `sparql10`, `sparql11` or `sparql12` that a store can run by itself."""
    folders = sorted(path.parent for path in (root / suite).glob("*/manifest.ttl"))
    wanted = (folder for folder in folders if folder.name not in ELSEWHERE)
    return [test for folder in wanted for test in _of_manifest(folder / "manifest.ttl")]


def _of_manifest(manifest: Path) -> Iterator[Test]:
    graph = rdflib.Graph().parse(manifest)
    for entries in graph.objects(None, MF.entries):
        for node in Collection(graph, entries):
            kind = graph.value(node, rdflib.RDF.type)
            if kind is not None:
                yield _test(graph, node, str(kind).rpartition("#")[2], manifest.parent.name)


def _test(graph: rdflib.Graph, node: rdflib.term.Node, kind: str, folder: str) -> Test:
    action, result = graph.value(node, MF.action), graph.value(node, MF.result)
    update = kind.startswith("UpdateEvaluation")
    spec = UT if update else QT
    query = graph.value(action, UT.request if update else QT.query) or action
    expected = graph.value(result, UT.data) if update and result is not None else result
    return Test(
        f"{folder}/{str(node).rpartition('#')[2]}",
        kind,
        _path(query),
        tuple(_path(each) for each in graph.objects(action, spec.data)),
        _named(graph, action, spec.graphData),
        _path(expected) if isinstance(expected, rdflib.URIRef) else None,
        _named(graph, result, UT.graphData),
    )


def _path(node: object) -> Path:
    return Path(str(node).removeprefix("file://"))


def _named(graph: rdflib.Graph, node: object, predicate: rdflib.URIRef) -> tuple[tuple[str, Path], ...]:
    found = []
    for each in graph.objects(node, predicate):
        label = graph.value(each, rdflib.RDFS.label)
        file = graph.value(each, UT.graph) or each
        found.append((str(label) if label is not None else str(file), _path(file)))
    return tuple(found)


def passes(test: Test) -> bool:
    """Return whether the engine does what the test asks."""
    if "Syntax" in test.kind:
        return _parses(test) is not test.kind.startswith("Negative")
    if test.kind.startswith("UpdateEvaluation"):
        return _updates(test)
    return _answers(test)


def _parses(test: Test) -> bool:
    text, store = test.query.read_text(encoding="utf-8", errors="strict"), Store()
    try:
        if "Update" in test.kind:
            store.update(text, base_iri=test.query.as_uri())
        else:
            store.query(text, base_iri=test.query.as_uri())
    except SyntaxError:
        return False
    except (OSError, RuntimeError):  # it went on to do it
        return True
    return True


def _load(store: Store, files: tuple[Path, ...], graphs: tuple[tuple[str, Path], ...]) -> None:
    for path in files:
        store.load(path=str(path), format=_format(path), base_iri=path.as_uri())
    for name, path in graphs:
        store.load(path=str(path), format=_format(path), base_iri=path.as_uri(), to_graph=NamedNode(name))


def _format(path: Path) -> RdfFormat:
    return RdfFormat.from_extension(path.suffix[1:]) or RdfFormat.TURTLE


def _updates(test: Test) -> bool:
    store, expected = Store(), Store()
    _load(store, test.data, test.graphs)
    _load(expected, (test.result,) if test.result else (), test.result_graphs)
    store.update(test.query.read_text(), base_iri=test.query.as_uri())
    return _canonical(store) == _canonical(expected)


def _answers(test: Test) -> bool:
    store = Store()
    _load(store, test.data, (*test.graphs, *_dataset(test)))
    job = Job(test.query.read_text(), base=test.query.as_uri(), own_default=True, graph="nt")
    output = BytesIO()
    assert test.result is not None
    if test.result.suffix == ".csv":
        evaluate(store, Job(**{**job.__dict__, "solutions": "csv"}))[1](output)
        return _cells(output.getvalue().decode()) == _cells(test.result.read_text())
    try:
        written, write = evaluate(store, job)
        write(output)
    except Malformed:
        return False
    if written == "nt":
        return _triples(output.getvalue(), RdfFormat.N_TRIPLES) == _triples(
            test.result.read_bytes(), _format(test.result), test.result.as_uri()
        )
    found = parse_query_results(output.getvalue(), QueryResultsFormat.JSON)
    expected = _expected(test.result)
    if isinstance(found, QueryBoolean) or isinstance(expected, bool):
        return isinstance(found, QueryBoolean) and bool(found) is expected
    rows = [{v.value: solution[v] for v in found.variables if solution[v] is not None} for solution in found]
    if "REDUCED" in job.text.upper():
        return {_row(row) for row in rows} == {_row(row) for row in expected}
    return _multiset(rows) == _multiset(expected)


def _dataset(test: Test) -> Iterator[tuple[str, Path]]:
    """Return the documents that a query names in FROM, where the test has no data of its own."""
    found = tokens(test.query.read_text())
    for before, token in pairwise(found):
        if not test.data and not test.graphs and token.kind is Kind.IRI and before.is_word("FROM", "NAMED"):
            path = test.query.parent / token.text[1:-1]
            yield path.as_uri(), path


def _cells(text: str) -> tuple[list[str], Counter[tuple[str, ...]]]:
    """Return the columns of a CSV table and its rows in any order; blank nodes are all alike."""
    head, *rows = csv.reader(io.StringIO(text))
    return head, Counter(tuple("_" if cell.startswith("_:") else cell for cell in row) for row in rows)


def _expected(path: Path) -> bool | list[Mapping[str, Term]]:
    known = {
        ".srx": QueryResultsFormat.XML,
        ".srj": QueryResultsFormat.JSON,
        ".tsv": QueryResultsFormat.TSV,
    }
    if path.suffix not in known:
        return _from_graph(path)
    results = parse_query_results(path.read_bytes(), known[path.suffix])
    if isinstance(results, QueryBoolean):
        return bool(results)
    assert isinstance(results, QuerySolutions)
    return [{v.value: s[v] for v in results.variables if s[v] is not None} for s in results]


def _from_graph(path: Path) -> bool | list[Mapping[str, Term]]:
    """Read solutions written in the result set vocabulary."""
    store = Store()
    _load(store, (path,), ())
    for quad in store.quads_for_pattern(None, NamedNode(RS.boolean), None):
        return quad.object.value == "true"
    rows: list[Mapping[str, Term]] = []
    for solution in store.quads_for_pattern(None, NamedNode(RS.solution), None):
        row: dict[str, Term] = {}
        for binding in store.quads_for_pattern(solution.object, NamedNode(RS.binding), None):
            (name,) = store.quads_for_pattern(binding.object, NamedNode(RS.variable), None)
            (value,) = store.quads_for_pattern(binding.object, NamedNode(RS.value), None)
            row[name.object.value] = value.object
        rows.append(row)
    return rows


def _as_kept(term: Term) -> str:
    """Return a term as the store writes it; blank nodes are all alike."""
    if isinstance(term, BlankNode):
        return "_"
    if isinstance(term, Triple):
        return f"<<({_as_kept(term.subject)} {term.predicate} {_as_kept(term.object)})>>"
    store = Store()
    store.add(Quad(NamedNode("http://x/"), NamedNode("http://x/"), term))
    return "".join(str(quad.object) for quad in store)


def _row(row: Mapping[str, Term]) -> Row:
    return tuple(sorted((name, _as_kept(term)) for name, term in row.items()))


def _multiset(rows: list[Mapping[str, Term]]) -> Counter[tuple[Row, Row]]:
    """Return rows with what tells their blank nodes apart: the rows in which each occurs."""
    where: dict[BlankNode, Counter[tuple[str, Row]]] = {}
    for row in rows:
        for name, term in row.items():
            if isinstance(term, BlankNode):
                where.setdefault(term, Counter())[name, _row(row)] += 1
    signs = {node: str(sorted(found.items())) for node, found in where.items()}
    return Counter(
        (_row(row), tuple(sorted((n, signs[t]) for n, t in row.items() if isinstance(t, BlankNode))))
        for row in rows
    )


def _triples(document: bytes, written: RdfFormat, base: str | None = None) -> set[str]:
    store = Store()
    for quad in parse(document, written, base_iri=base):
        store.add(Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()))
    return _canonical(store)


def _canonical(store: Store) -> set[str]:
    from pyoxigraph import CanonicalizationAlgorithm, Dataset

    dataset = Dataset(store)
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return {str(quad) for quad in dataset}
