"""What the graph says of one thing: statements by graph, what happened to it in order, and who says so."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, Literal, NamedNode

from diplograph.server.evaluation import Job, Term
from diplograph.server.graphs import Graph, Row
from diplograph.server.links import is_safe, short
from diplograph.vocabulary import PREFIXES, prefix_header

MOST = 500  # statements of a kind that are shown; the RDF has them all
_RDFS = PREFIXES["rdfs"]
_TYPE = NamedNode(PREFIXES["rdf"] + "type")


@dataclass(frozen=True)
class Statement:
    """A triple, and the graph it stands in (`None`: the default graph)."""

    subject: Term
    predicate: Term
    object: Term
    graph: str | None


@dataclass(frozen=True)
class Occurrence:
    """An event or situation in which a thing plays a role."""

    iri: str
    role: str
    time: str | None
    start: str | None
    kind: str | None
    inferred: bool


@dataclass(frozen=True)
class Evidence:
    """A claim about a thing, and the words that say it."""

    claim: str
    polarity: str | None = None
    modality: str | None = None
    stance: str | None = None
    status: str | None = None
    claimant: str | None = None
    document: str | None = None
    span: str | None = None
    before: str = ""
    quote: str | None = None
    after: str = ""


@dataclass(frozen=True)
class Description:
    """All that a page shows of a thing. `names` gives labels for the IRIs that occur."""

    iri: str
    label: str
    types: tuple[str, ...]
    outgoing: tuple[Statement, ...]
    incoming: tuple[Statement, ...]
    occurrences: tuple[Occurrence, ...]
    evidence: tuple[Evidence, ...]
    names: dict[str, str] = field(default_factory=dict)

    size: int = 0  # triples in it, when it is a named graph

    @property
    def exists(self) -> bool:
        """Whether the graph says anything of it, or it is a graph itself."""
        return bool(self.outgoing or self.incoming or self.occurrences or self.size)


def describe(graph: Graph, iri: str) -> Description:
    """Return what the graph says of `iri`; nothing is found for an IRI that cannot be one."""
    if not is_safe(iri):
        return Description(iri, iri, (), (), (), (), ())
    outgoing = _statements(graph, f"<{iri}> ?p ?o", iri)
    incoming = _statements(graph, f"?s ?p <{iri}>", iri)
    occurrences = _occurrences(graph, iri)
    evidence = _evidence(graph, iri)
    names = labels(graph, _mentioned(iri, outgoing + incoming, occurrences, evidence))
    types = (s.object.value for s in outgoing if s.predicate == _TYPE and isinstance(s.object, NamedNode))
    shown = {occurrence.iri for occurrence in occurrences}
    return Description(
        iri,
        names.get(iri, short(iri)),
        tuple(dict.fromkeys(types)),
        outgoing,
        tuple(s for s in incoming if not (isinstance(s.subject, NamedNode) and s.subject.value in shown)),
        occurrences,
        evidence,
        names,
        _size(graph, iri) if iri.startswith(PREFIXES["graph"]) else 0,
    )


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


def labels(graph: Graph, iris: Iterable[str]) -> dict[str, str]:
    """Return labels for those of `iris` that have one, in English where there is a choice."""
    wanted = " ".join(f"<{iri}>" for iri in sorted(set(iris)) if is_safe(iri))
    if not wanted:
        return {}
    found: dict[str, str] = {}
    rows = graph.rows(f"SELECT ?x ?name {{ VALUES ?x {{ {wanted} }} ?x <{_RDFS}label> ?name }}")
    for row in sorted(rows, key=_english_last):
        found[_text(row, "x") or ""] = _text(row, "name") or ""
    return found


def _english_last(row: Row) -> tuple[bool, str]:
    name = row["name"]
    return isinstance(name, Literal) and name.language in ("en", None), str(name)


def _statements(graph: Graph, pattern: str, iri: str) -> tuple[Statement, ...]:
    rows = graph.rows(
        f"SELECT ?s ?p ?o ?g {{ {pattern} OPTIONAL {{ GRAPH ?g {{ {pattern} }} }} }}"
        f" ORDER BY ?p ?s ?o ?g LIMIT {MOST}"
    )
    itself = NamedNode(iri)
    return tuple(
        dict.fromkeys(
            Statement(row.get("s", itself), row["p"], row.get("o", itself), _text(row, "g")) for row in rows
        )
    )


def _size(graph: Graph, iri: str) -> int:
    rows = graph.rows(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}")
    return int(_text(rows[0], "n") or 0)


def _occurrences(graph: Graph, iri: str) -> tuple[Occurrence, ...]:
    rows = graph.rows(
        f"""{prefix_header()}
        SELECT DISTINCT ?event ?role ?time ?start ?kind ?rule {{
            ?event ?role <{iri}> ; dg:time ?time .
            FILTER(?role NOT IN (dg:ends, dg:begins, dg:beganBy, dg:endedBy, dg:byRule, prov:wasDerivedFrom))
            FILTER NOT EXISTS {{ ?event a dg:Claim }}
            OPTIONAL {{ ?event dg:earliestStart ?start }}
            OPTIONAL {{ ?event dg:byRule ?rule }}
            OPTIONAL {{ ?event a ?kind FILTER NOT EXISTS {{
                ?event a ?narrower . ?narrower rdfs:subClassOf ?kind FILTER(?narrower != ?kind) }} }}
        }} ORDER BY ?start ?time ?event ?role ?kind LIMIT {MOST}"""
    )
    found: dict[tuple[str, str], Occurrence] = {}
    for row in rows:
        event, role = _text(row, "event") or "", _text(row, "role") or ""
        time, start, kind = (_text(row, name) for name in ("time", "start", "kind"))
        found.setdefault((event, role), Occurrence(event, role, time, start, kind, "rule" in row))
    return tuple(found.values())


def _evidence(graph: Graph, iri: str) -> tuple[Evidence, ...]:
    rows = graph.rows(
        f"""{prefix_header()}
        SELECT DISTINCT ?claim ?polarity ?modality ?stance ?status ?claimant
                        ?document ?span ?before ?quote ?after {{
            ?claim dg:about <{iri}> .
            OPTIONAL {{ ?claim dg:polarity ?polarity }} OPTIONAL {{ ?claim dg:modality ?modality }}
            OPTIONAL {{ ?claim dg:stance ?stance }} OPTIONAL {{ ?claim dg:status ?status }}
            OPTIONAL {{ ?claim dg:claimant ?claimant }}
            OPTIONAL {{ ?claim dg:evidence ?span OPTIONAL {{ ?span oa:hasSource ?document }}
                OPTIONAL {{ ?span oa:hasSelector ?words . ?words oa:exact ?quote
                    OPTIONAL {{ ?words oa:prefix ?before }} OPTIONAL {{ ?words oa:suffix ?after }} }} }}
        }} ORDER BY ?claim ?span LIMIT {MOST}"""
    )
    return tuple(_one_evidence(row) for row in rows)


def _one_evidence(row: Row) -> Evidence:
    return Evidence(
        claim=_text(row, "claim") or "",
        polarity=_text(row, "polarity"),
        modality=_text(row, "modality"),
        stance=_text(row, "stance"),
        status=_text(row, "status"),
        claimant=_text(row, "claimant"),
        document=_text(row, "document"),
        span=_text(row, "span"),
        before=_text(row, "before") or "",
        quote=_text(row, "quote"),
        after=_text(row, "after") or "",
    )


def _mentioned(
    iri: str, statements: Sequence[Statement], occurrences: Sequence[Occurrence], evidence: Sequence[Evidence]
) -> set[str]:
    terms = {t for s in statements for t in (s.subject, s.predicate, s.object) if isinstance(t, NamedNode)}
    found = {iri, *(term.value for term in terms), *(s.graph for s in statements if s.graph)}
    for occurrence in occurrences:
        found |= {occurrence.iri, occurrence.role, occurrence.kind or ""}
    for each in evidence:
        found |= {each.claimant or "", each.document or ""}
    return found - {""}


def _text(row: Row, name: str) -> str | None:
    term = row.get(name)
    return term.value if isinstance(term, NamedNode | BlankNode | Literal) else None
