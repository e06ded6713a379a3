"""What is wrong with a graph, and what to do about it: SHACL shapes and check queries of the ontology.

The shapes stand beside the classes in `ontology/*.ttl`. A check is a SPARQL SELECT in `ontology/checks/*.rq`
that must return no row; its `?this` is what is at fault. Its header:

    #+ label: Hypothetical event among the accepted
    #+ definition: The accepted graph holds only what is taken to have happened.
    #+ remedy: Move it to the graph of its document.
    #+ severity: violation
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pyoxigraph as ox
from pyshacl import validate as run_shacl
from rdflib import RDF, RDFS, SH, BNode, Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from diplograph.errors import KnowledgeError
from diplograph.knowledge import files, ontology_dir
from diplograph.vocabulary import PREFIXES, compact

SHAPE = "https://w3id.org/diplograph/shape/"
ONTOLOGY_GRAPH = ox.NamedNode(PREFIXES["graph"] + "ontology")
NOT_DATA = {ONTOLOGY_GRAPH, ox.NamedNode(PREFIXES["graph"] + "inferred/owl-rl")}
"""Graphs that the shapes do not see: OWL infers from a role the very class that its filler must have."""
_REQUIRED = ("label", "definition", "remedy")
_HIERARCHY = {RDF.type, RDFS.subClassOf}


class Severity(StrEnum):
    """How bad a finding is, in the words of SHACL; only a violation makes a graph not conform."""

    VIOLATION = "Violation"
    WARNING = "Warning"
    INFO = "Info"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: `source` names the shape or check, `message` says what to do."""

    severity: Severity
    source: str
    focus: str
    message: str
    path: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        """Return one line for a terminal."""
        where = " ".join(part for part in (self.focus, self.path, self.value) if part)
        return f"{self.severity.lower()}: {where}: {self.message} [{self.source}]"


@dataclass(frozen=True)
class Report:
    """All findings, the worst first, then by shape or check and by what is at fault."""

    findings: tuple[Finding, ...]

    @property
    def conforms(self) -> bool:
        """Tell whether there is no violation; warnings do not count."""
        return not any(finding.severity is Severity.VIOLATION for finding in self.findings)

    def counts(self) -> dict[str, int]:
        """Return how many findings each shape and check made, the most frequent first."""
        return dict(Counter(finding.source for finding in self.findings).most_common())


@dataclass(frozen=True)
class Check:
    """A query that must return no row. `slug` is the name of its file."""

    slug: str
    label: str
    definition: str
    remedy: str
    severity: Severity
    query: str


def validate(graph: ox.Store, *, shapes: bool = True, checks: bool = True) -> Report:
    """Return what the shapes and the checks of the ontology find in `graph`, a store with the named graphs.

    Where `graph` lacks the graph of the ontology it is added in memory; nothing is written to `graph`.
    """
    ontology = load_ontology()
    findings: list[Finding] = []
    if shapes:
        findings += shape_findings(graph, as_rdflib(ontology))
    if checks:
        findings += check_findings(_with_ontology(graph, ontology), load_checks())
    order = list(Severity)
    return Report(tuple(sorted(findings, key=lambda f: (order.index(f.severity), str(f)))))


def load_ontology(folder: Path | None = None) -> ox.Store:
    """Return the Turtle files of the ontology in one store, in the graph of the ontology."""
    store = ox.Store()
    for path in files(folder or ontology_dir(), "*.ttl"):
        store.load(path=path, format=ox.RdfFormat.TURTLE, to_graph=ONTOLOGY_GRAPH)
    return store


def load_checks(folder: Path | None = None) -> tuple[Check, ...]:
    """Return the checks, sorted by name; `KnowledgeError` where a header line is missing."""
    return tuple(map(read_check, files(folder or ontology_dir() / "checks", "*.rq")))


def read_check(path: Path) -> Check:
    """Return the check of one file."""
    text = path.read_text("utf-8")
    header = dict(
        line.removeprefix("#+").strip().split(": ", 1) for line in text.splitlines() if line.startswith("#+ ")
    )
    if missing := [key for key in _REQUIRED if not header.get(key)]:
        raise KnowledgeError(f"{path}: expected the header line '#+ {missing[0]}: ...'")
    severity = Severity(header.get("severity", "violation").capitalize())
    return Check(path.stem, header["label"], header["definition"], header["remedy"], severity, text)


def check_findings(graph: ox.Store, checks: Iterable[Check]) -> Iterator[Finding]:
    """Yield one finding for each row that a check returns from `graph`, its graphs taken together."""
    for check in checks:
        rows = graph.query(check.query, use_default_graph_as_union=True)
        if not isinstance(rows, ox.QuerySolutions):
            raise KnowledgeError(f"checks/{check.slug}.rq: expected a SELECT")
        names = {variable.value for variable in rows.variables}
        for row in rows:
            found = {name: _readable(row[name]) for name in names}
            focus = found.get("this") or "the graph"
            message = f"{check.label}. {check.remedy}"
            yield Finding(check.severity, check.slug, focus, message, found.get("path"), found.get("value"))


def shape_findings(graph: ox.Store, ontology: Graph) -> Iterator[Finding]:
    """Yield one finding for each result of the SHACL shapes of `ontology` on the data in `graph`."""
    data = as_rdflib(quad for quad in graph if quad.graph_name not in NOT_DATA) + _hierarchy(ontology)
    _, results, _ = run_shacl(data, shacl_graph=ontology, inplace=True)
    for result in results.subjects(RDF.type, SH.ValidationResult):
        yield _finding(results, result, ontology)


def as_rdflib(quads: Iterable[ox.Quad]) -> Graph:
    """Return the triples of quads as one graph for the libraries that know no other."""
    serialized = ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES)
    return Graph().parse(data=serialized, format="nt")


def _finding(results: Graph, result: Node, shapes: Graph) -> Finding:
    source = results.value(result, SH.sourceShape)
    path = results.value(result, SH.resultPath)
    value = results.value(result, SH.value)
    return Finding(
        severity=Severity(str(results.value(result, SH.resultSeverity)).removeprefix(str(SH))),
        source=str(source).removeprefix(SHAPE),
        focus=compact(str(results.value(result, SH.focusNode))),
        message=str(shapes.value(source, SH.message) or results.value(result, SH.resultMessage)),
        path=_readable_path(results, path) if path else None,
        value=compact(str(value)) if value is not None else None,
    )


def _readable_path(graph: Graph, path: Node) -> str:
    alternatives = graph.value(path, SH.alternativePath) if isinstance(path, BNode) else None
    if alternatives is None:
        return compact(str(path))
    return "|".join(compact(str(member)) for member in Collection(graph, alternatives))


def _readable(term: object) -> str | None:
    return compact(term.value) if isinstance(term, ox.NamedNode | ox.Literal | ox.BlankNode) else None


def _hierarchy(ontology: Graph) -> Graph:
    """Return what SHACL needs of the ontology to know an instance: subclasses and named individuals."""
    graph = Graph()
    for subject, predicate, value in ontology:
        if isinstance(subject, URIRef) and predicate in _HIERARCHY and not str(subject).startswith(SHAPE):
            graph.add((subject, predicate, value))
    return graph


def _with_ontology(graph: ox.Store, ontology: ox.Store) -> ox.Store:
    if any(graph.quads_for_pattern(None, None, None, ONTOLOGY_GRAPH)):
        return graph
    both = ox.Store()
    both.extend(graph)
    both.extend(ontology)
    return both
