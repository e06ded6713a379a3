"""What the graph says of one thing: statements by graph, what happened to it in order, and who says so."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, field

from pyoxigraph import BlankNode, Literal, NamedNode

from diplograph.server.classes import Classes
from diplograph.server.evaluation import Job, Term
from diplograph.server.graphs import Graph, Row, Rows
from diplograph.server.links import is_safe, short
from diplograph.vocabulary import PREFIXES, prefix_header

MOST = 2000  # statements to and from a thing that are looked at; the RDF has them all
_NAMES = "rdfs:label skos:prefLabel dcterms:title"
_DG, _PROV = PREFIXES["dg"], PREFIXES["prov"]
_NO_ROLES = {_DG + name for name in ("ends", "begins", "beganBy", "endedBy", "byRule", "about", "follows")}
_NO_ROLES |= {_PROV + "wasDerivedFrom"}
_GENERAL = {_DG + "hasParticipant"}  # said of everyone whose role is known more closely
_START = re.compile(r"#char=(\d+)")
_MOST_EVIDENCE = 500
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
    """An event or situation in which a thing plays roles; `kinds` are its classes, the most specific first."""

    iri: str
    roles: tuple[str, ...]
    time: str | None
    start: str | None
    kinds: tuple[str, ...]
    inferred: bool


@dataclass(frozen=True)
class Evidence:
    """A claim about a thing, and the words that say it."""

    claim: str
    about: str | None = None
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


def describe(graph: Graph, iri: str, tree: Classes) -> Description:
    """Return what the graph says of `iri`; nothing is found for an IRI that cannot be one."""
    if not is_safe(iri):
        return Description(iri, iri, (), (), (), (), ())
    outgoing = _statements(graph, f"<{iri}> ?p ?o", iri)
    incoming = _statements(graph, f"?s ?p <{iri}>", iri)
    occurrences = _occurrences(graph, incoming, tree)
    evidence = _evidence(graph, iri)
    names = labels(graph, _mentioned(iri, outgoing + incoming, occurrences, evidence))
    types = {s.object.value for s in outgoing if s.predicate == _TYPE and isinstance(s.object, NamedNode)}
    shown = {occurrence.iri for occurrence in occurrences}
    return Description(
        iri,
        names.get(iri, short(iri)),
        _specific_first(types, tree),
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


def _occurrences(graph: Graph, incoming: Sequence[Statement], tree: Classes) -> tuple[Occurrence, ...]:
    """Return the events and situations among the subjects of `incoming`, by time."""
    roles: dict[str, set[str]] = {}
    for each in incoming:
        if isinstance(each.subject, NamedNode) and isinstance(each.predicate, NamedNode):
            roles.setdefault(each.subject.value, set()).add(each.predicate.value)
    wanted = " ".join(f"<{iri}>" for iri in sorted(roles) if is_safe(iri))
    rows = graph.rows(
        f"""{prefix_header()}
        SELECT DISTINCT ?event ?time ?start ?kind ?rule {{
            VALUES ?event {{ {wanted} }} ?event dg:time ?time ; a ?kind .
            OPTIONAL {{ ?event dg:earliestStart ?start }} OPTIONAL {{ ?event dg:byRule ?rule }} }}"""
    )
    by_event: dict[str, list[Row]] = {}
    for row in rows:
        by_event.setdefault(_text(row, "event") or "", []).append(row)
    found = (_occurrence(event, same, roles.get(event, set()), tree) for event, same in by_event.items())
    return tuple(sorted((each for each in found if each is not None), key=_by_time))


def _occurrence(event: str, rows: Sequence[Row], roles: set[str], tree: Classes) -> Occurrence | None:
    kinds = {_text(row, "kind") or "" for row in rows}
    played = (roles - _NO_ROLES - _GENERAL) or (roles - _NO_ROLES)
    if not tree.is_eventuality(kinds) or not played:
        return None
    first = min(rows, key=lambda row: (_text(row, "start") or "", _text(row, "time") or ""))
    return Occurrence(
        event,
        tuple(sorted(played)),
        _text(first, "time"),
        _text(first, "start"),
        _specific_first(kinds, tree),
        any("rule" in row for row in rows),
    )


def _by_time(each: Occurrence) -> tuple[str, str, str]:
    return each.start or each.time or "", each.time or "", each.iri


def _specific_first(kinds: Iterable[str], tree: Classes) -> tuple[str, ...]:
    first = tree.most_specific(kinds)
    return tuple(sorted(kinds, key=lambda kind: (kind != first, kind)))


def _evidence(graph: Graph, iri: str) -> tuple[Evidence, ...]:
    """Return the claims about a thing; for a document, the claims it makes, in the order of its text."""
    if iri.startswith(PREFIXES["doc"]):
        which = f"?span oa:hasSource <{iri}> . ?claim dg:evidence ?span ; dg:about ?about ."
    else:
        which = f"?claim dg:about <{iri}> . OPTIONAL {{ ?claim dg:evidence ?span }}"
    rows = graph.rows(
        f"""{prefix_header()}
        SELECT DISTINCT ?claim ?about ?polarity ?modality ?stance ?status ?claimant
                        ?document ?span ?before ?quote ?after {{
            {which}
            OPTIONAL {{ ?claim dg:polarity ?polarity }} OPTIONAL {{ ?claim dg:modality ?modality }}
            OPTIONAL {{ ?claim dg:stance ?stance }} OPTIONAL {{ ?claim dg:status ?status }}
            OPTIONAL {{ ?claim dg:claimant ?claimant }} OPTIONAL {{ ?span oa:hasSource ?document }}
            OPTIONAL {{ ?span oa:hasSelector ?words . ?words oa:exact ?quote
                OPTIONAL {{ ?words oa:prefix ?before }} OPTIONAL {{ ?words oa:suffix ?after }} }}
        }} LIMIT {_MOST_EVIDENCE}"""
    )
    return tuple(sorted((_one_evidence(row) for row in rows), key=_by_place))


def _by_place(each: Evidence) -> tuple[str, int, str]:
    found = _START.search(each.span or "")
    return each.document or "", int(found[1]) if found else 0, each.claim


def _one_evidence(row: Row) -> Evidence:
    return Evidence(
        claim=_text(row, "claim") or "",
        about=_text(row, "about"),
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
        found |= {occurrence.iri, *occurrence.roles, *occurrence.kinds[:1]}
    for each in evidence:
        found |= {each.claimant or "", each.document or "", each.about or ""}
    return found - {""}


def _text(row: Row, name: str) -> str | None:
    term = row.get(name)
    return term.value if isinstance(term, NamedNode | BlankNode | Literal) else None
