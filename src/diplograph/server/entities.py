"""What the graph says of one thing, and in which graphs."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, field

from pyoxigraph import BlankNode, Literal, NamedNode

from diplograph.server.evaluation import Job, Term
from diplograph.server.graphs import Graph, Row, Rows
from diplograph.server.links import is_safe, short
from diplograph.vocabulary import PREFIXES

MOST = 2000  # statements to and from a thing that are looked at; the RDF has them all
_NAMES = "rdfs:label skos:prefLabel dcterms:title"
_TYPE = NamedNode(PREFIXES["rdf"] + "type")


@dataclass(frozen=True)
class Statement:
    """A triple, and the graph it stands in (`None`: the default graph)."""

    subject: Term
    predicate: Term
    object: Term
    graph: str | None


@dataclass(frozen=True)
class Description:
    """All that a page shows of a thing. `names` gives labels for the IRIs that occur."""

    iri: str
    label: str
    types: tuple[str, ...]
    outgoing: tuple[Statement, ...]
    incoming: tuple[Statement, ...]
    names: dict[str, str] = field(default_factory=dict)

    size: int = 0  # triples in it, when it is a named graph

    @property
    def exists(self) -> bool:
        """Whether the graph says anything of it, or it is a graph itself."""
        return bool(self.outgoing or self.incoming or self.size)


def describe(graph: Graph, iri: str) -> Description:
    """Return what the graph says of `iri`; nothing is found for an IRI that cannot be one."""
    if not is_safe(iri):
        return Description(iri, iri, (), (), ())
    outgoing = _statements(graph, f"<{iri}> ?p ?o", iri)
    incoming = _statements(graph, f"?s ?p <{iri}>", iri)
    names = labels(graph, {iri, *_mentioned(outgoing + incoming)})
    types = {s.object.value for s in outgoing if s.predicate == _TYPE and isinstance(s.object, NamedNode)}
    size = _size(graph, iri) if iri.startswith(PREFIXES["graph"]) else 0
    return Description(iri, names.get(iri, short(iri)), tuple(sorted(types)), outgoing, incoming, names, size)


def description_job(iri: str, written: str) -> Job:
    """Return the query for the RDF about `iri`: all triples it is in, and the names of its neighbors."""
    text = f"""
        CONSTRUCT {{ <{iri}> ?p ?o . ?o rdfs:label ?name . ?s ?q <{iri}> }} WHERE {{
            {{ SELECT DISTINCT ?p ?o ?name {{ <{iri}> ?p ?o OPTIONAL {{ ?o rdfs:label ?name }} }} }}
            UNION {{ SELECT DISTINCT ?s ?q {{ ?s ?q <{iri}> }} LIMIT 5000 }} }}"""
    return Job(text, graph=written)


def graph_job(iri: str, written: str) -> Job:
    """Return the query for the content of a named graph."""
    return Job(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}", graph=written)


def labels(graph: Rows, iris: Iterable[str]) -> dict[str, str]:
    """Return labels for those of `iris` that have one, in English where there is a choice."""
    wanted = " ".join(f"<{iri}>" for iri in sorted(set(iris)) if is_safe(iri))
    if not wanted:
        return {}
    found: dict[str, str] = {}
    rows = graph.rows(f"SELECT ?x ?name {{ VALUES ?x {{ {wanted} }} VALUES ?p {{ {_NAMES} }} ?x ?p ?name }}")
    for row in sorted(rows, key=_english_last):
        found[_text(row, "x") or ""] = _text(row, "name") or ""
    return found


def _english_last(row: Row) -> tuple[bool, str]:
    name = row["name"]
    return isinstance(name, Literal) and name.language in ("en", None), str(name)


def _statements(graph: Graph, pattern: str, iri: str) -> tuple[Statement, ...]:
    rows = graph.rows(f"SELECT ?s ?p ?o ?g {{ GRAPH ?g {{ {pattern} }} }} LIMIT {MOST}")
    rows = rows or graph.rows(f"SELECT ?s ?p ?o {{ {pattern} }} LIMIT {MOST}")  # a store without named graphs
    itself = NamedNode(iri)
    found = (Statement(row.get("s", itself), row["p"], row.get("o", itself), _text(row, "g")) for row in rows)
    return tuple(sorted(found, key=lambda each: tuple(str(term) for term in astuple(each))))


def _size(graph: Graph, iri: str) -> int:
    rows = graph.rows(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}")
    return int(_text(rows[0], "n") or 0)


def _mentioned(statements: Sequence[Statement]) -> set[str]:
    terms = {t for s in statements for t in (s.subject, s.predicate, s.object) if isinstance(t, NamedNode)}
    return {term.value for term in terms} | {s.graph for s in statements if s.graph}


def _text(row: Row, name: str) -> str | None:
    term = row.get(name)
    return term.value if isinstance(term, NamedNode | BlankNode | Literal) else None
