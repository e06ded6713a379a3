"""Documents, claims and events to quads: the only place that knows both sides.

Events taken to have happened go to `graph:accepted`; a document's claims, their evidence and what is denied,
possible, predicted or intended go to `graph:doc/<id>`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from pyoxigraph import Literal, NamedNode, Quad

from diplograph import edtf
from diplograph.documents import slug
from diplograph.edtf import Bounds
from diplograph.model import Actor, Claim, Document, Event, Evidence, Filler, Lot, Modality, Polarity, Span
from diplograph.vocabulary import ID, document_graph, expand, kebab, text_span

Term = NamedNode | Literal
Triples = Iterator[tuple[NamedNode, str, Term]]
_CONTEXT = 32  # characters of prefix and suffix around a quote
QUOTES = ("none", "trigger", "full")
_AGENT_CLASSES = {
    "Person": "dg:Person",
    "Organization": "dg:Organization",
    "Body": "dg:JointBody",
    "Bloc": "dg:Bloc",
}
_INDIVIDUALS = {"aidKind"}


@dataclass(frozen=True)
class Run:
    """The extraction that made the claims: a name that says all that its result depends on."""

    id: str
    label: str


def iri(curie: str) -> NamedNode:
    """Return the node of a CURIE or IRI."""
    return NamedNode(expand(curie))


def accepted_graph() -> NamedNode:
    """Return the name of the graph of what is taken to have happened."""
    return iri("graph:accepted")


def event_iri(event: Event) -> NamedNode:
    """Return the IRI of an event, such as id/visit/pak-rus-2003-pervez-musharraf."""
    family = "hypothetical/" + kebab(event.kind) if event.hypothetical else kebab(event.kind)
    return NamedNode(f"{ID}{family}/{event.slug}")


def events(found: Iterable[Event], *, situations: frozenset[str]) -> Iterator[Quad]:
    """Yield the quads of events: the accepted ones, and each hypothetical one in the graph of its document."""
    for event in found:
        graph = iri(document_graph(event.claims[0].document)) if event.hypothetical else accepted_graph()
        for subject, predicate, value in _event(event, extends=event.kind in situations):
            yield Quad(subject, iri(predicate), value, graph)


def document(source: Document, found: Iterable[Event], run: Run, *, quotes: str) -> Iterator[Quad]:
    """Yield the quads of a document: its description, its claims on events, and their evidence."""
    graph = iri(document_graph(source.id))
    triples = [*_document(source, with_title=quotes != "trigger" or source.title is not None)]
    for event in found:
        for claim in event.claims:
            if claim.document == source.id:
                triples += _claim(claim, event, source, run, quotes)
    for subject, predicate, value in triples:
        yield Quad(subject, iri(predicate), value, graph)


def provenance(run: Run, documents: Iterable[Document]) -> Iterator[Quad]:
    """Yield what is known of an extraction run, for the graph of metadata."""
    node, graph = iri("run:" + run.id), iri("graph:meta")
    yield Quad(node, iri("rdf:type"), iri("dg:ExtractionRun"), graph)
    yield Quad(node, iri("rdfs:label"), Literal(run.label, language="en"), graph)
    for source in documents:
        yield Quad(node, iri("prov:used"), iri("doc:" + source.id), graph)


def bounds(subject: NamedNode, found: Bounds) -> Triples:
    """Yield the bounds that are known."""
    names = ("earliestStart", "latestStart", "earliestEnd", "latestEnd")
    days: tuple[date | None, ...] = (
        found.earliest_start,
        found.latest_start,
        found.earliest_end,
        found.latest_end,
    )
    for name, day in zip(names, days, strict=True):
        if day is not None:
            yield subject, "dg:" + name, Literal(day.isoformat(), datatype=iri("xsd:date"))


def with_bounds(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Yield quads of reference data and the bounds that their times imply."""
    for quad in quads:
        yield quad
        if (
            quad.predicate == iri("dg:time")
            and isinstance(quad.subject, NamedNode)
            and isinstance(quad.object, Literal)
        ):
            for subject, predicate, value in bounds(quad.subject, edtf.extent(quad.object.value)):
                yield Quad(subject, iri(predicate), value, quad.graph_name)


def _event(event: Event, *, extends: bool) -> Triples:
    node = event_iri(event)
    if event.hypothetical:
        yield node, "rdf:type", iri("dg:HypotheticalEvent")
        yield node, "dg:wouldBe", iri("kind:" + event.kind)
    else:
        yield node, "rdf:type", iri("dg:" + event.kind)
    yield node, "rdfs:label", Literal(label(event), language="en")
    if event.time:
        yield node, "dg:time", Literal(event.time, datatype=iri("edtf:EDTF"))
        yield from bounds(node, edtf.extent(event.time) if extends else edtf.occurrence(event.time))
    if event.ordinal:
        yield node, "dg:ordinal", Literal(str(event.ordinal), datatype=iri("xsd:integer"))
    for alias in event.aliases:
        yield NamedNode(f"{ID}{kebab(event.kind)}/{alias}"), "dcterms:isReplacedBy", node
    for role, fillers in event.roles.items():
        for number, filler in enumerate(fillers, start=1):
            yield from _filler(event, node, role, filler, number)


def _filler(event: Event, node: NamedNode, role: str, filler: Filler, number: int) -> Triples:
    if isinstance(filler, str):
        yield (
            node,
            "dg:" + role,
            iri("dg:" + filler) if role in _INDIVIDUALS else Literal(filler, language="en"),
        )
    elif isinstance(filler, Lot):
        lot = NamedNode(f"{node.value.replace(ID, ID + 'lot/')}-{number}")
        yield node, "dg:" + role, lot
        yield from _lot(lot, filler, event.kind)
    else:
        agent = actor_iri(filler, node, role, number)
        yield node, "dg:" + role, agent
        yield from _agent(agent, filler)


def actor_iri(actor: Actor, node: NamedNode, role: str, number: int) -> NamedNode:
    """Return the IRI of an actor: an entity's own, one made of a name, or one for someone only described."""
    if actor.iri:
        return iri(actor.iri)
    if actor.kind in {"DescribedPerson", "CollectiveAgent"}:
        return NamedNode(f"{node.value.replace(ID, ID + 'described/')}-{kebab(role)}-{number}")
    family = {"Person": "person", "Place": "place"}.get(actor.kind, "organization")
    return iri(f"{family}:{slug(actor.label)}")


def _agent(node: NamedNode, actor: Actor) -> Triples:
    """Describe an agent that the reference data do not have."""
    if actor.iri:
        return
    if actor.kind in {"DescribedPerson", "CollectiveAgent"}:
        yield node, "rdf:type", iri("dg:" + actor.kind)
        yield from ((node, "dg:describedOffice", iri(office)) for office in actor.offices)
    else:
        yield node, "rdf:type", iri(_AGENT_CLASSES.get(actor.kind, "dg:" + actor.kind))
    yield node, "rdfs:label", Literal(actor.label, language="en")
    if actor.state:
        yield node, "dg:citizenOf" if actor.kind == "Person" else "dg:ofState", iri(actor.state)


def _lot(node: NamedNode, lot: Lot, kind: str) -> Triples:
    yield node, "rdf:type", iri("dg:ArmsLot")
    yield node, "rdfs:label", Literal(f"{lot.quantity or 'some'} {lot.label}", language="en")
    if lot.equipment:
        yield node, "dg:equipment", iri(lot.equipment)
    else:
        yield node, "dg:equipmentDescription", Literal(lot.label, language="en")
    if lot.quantity:
        amount = "dg:quantityDelivered" if kind == "ArmsDelivery" else "dg:quantityOrdered"
        yield node, amount, Literal(str(lot.quantity), datatype=iri("xsd:integer"))


def label(event: Event) -> str:
    """Return an English label: what, who, towards whom, when."""
    words = kebab(event.kind).replace("-", " ")
    agents = [f.label for role, fillers in event.roles.items() for f in fillers if isinstance(f, Actor | Lot)]
    when = f" ({event.time})" if event.time else ""
    return f"{words.capitalize()}: {', '.join(dict.fromkeys(agents))}{when}"


def _document(source: Document, *, with_title: bool) -> Triples:
    node = iri("doc:" + source.id)
    yield node, "rdf:type", iri("dg:Document")
    yield node, "dg:sha256", Literal(source.sha256)
    yield (
        node,
        "dcterms:title",
        Literal((source.title if with_title else None) or source.id.replace("-", " "), language="en"),
    )
    if source.author:
        yield node, "dcterms:creator", iri("person:" + slug(source.author))
        yield iri("person:" + slug(source.author)), "rdf:type", iri("dg:Person")
        yield iri("person:" + slug(source.author)), "rdfs:label", Literal(source.author, language="en")
    if source.published:
        yield node, "dcterms:issued", Literal(source.published, datatype=iri("edtf:EDTF"))
    if source.source:
        yield node, "dcterms:source", Literal(source.source)
    if source.license:
        yield node, "dcterms:license", Literal(source.license)


def _claim(claim: Claim, event: Event, source: Document, run: Run, quotes: str) -> Triples:
    first = claim.evidence[0].trigger
    node = NamedNode(f"{ID}claim/{source.id}-{first.start}-{kebab(claim.kind)}")
    yield node, "rdf:type", iri("dg:Claim")
    yield node, "dg:about", event_iri(event)
    yield node, "dg:polarity", iri("dg:" + claim.polarity)
    yield node, "dg:modality", iri("dg:" + claim.modality)
    yield node, "dg:stance", iri("dg:" + claim.stance)
    yield node, "dg:status", iri("dg:" + _status(claim, event))
    yield node, "prov:wasGeneratedBy", iri("run:" + run.id)
    if claim.time:
        yield node, "dg:time", Literal(claim.time, datatype=iri("edtf:EDTF"))
    if claim.claimant:
        claimant = actor_iri(claim.claimant, node, "claimant", 1)
        yield node, "dg:claimant", claimant
        yield from _agent(claimant, claim.claimant)
    for evidence in claim.evidence:
        yield from _evidence(node, evidence, source, quotes)


def _status(claim: Claim, event: Event) -> str:
    """A claim is disputed where the claims about its event do not agree whether it happened."""
    said = {(c.polarity, c.modality) for c in event.claims}
    both = {(Polarity.AFFIRMED, Modality.ACTUAL), (Polarity.DENIED, Modality.ACTUAL)} <= said
    return "Disputed" if both else "Accepted" if claim.is_fact else "Unreviewed"


def _evidence(claim: NamedNode, evidence: Evidence, source: Document, quotes: str) -> Triples:
    """Yield the span of a claim and the span of its trigger; in trigger mode only the trigger is quoted."""
    yield claim, "dg:evidence", _span_iri(source, evidence.span)
    yield from _span(source, evidence.span, quote=quotes == "full", context=quotes == "full")
    yield claim, "dg:trigger", _span_iri(source, evidence.trigger)
    if evidence.trigger != evidence.span:
        yield from _span(source, evidence.trigger, quote=quotes != "none", context=quotes == "full")


def _span_iri(source: Document, span: Span) -> NamedNode:
    return NamedNode(text_span(source.id, span.start, span.end))


def _span(source: Document, span: Span, *, quote: bool, context: bool) -> Triples:
    node = _span_iri(source, span)
    position = NamedNode(node.value + ";position")
    yield node, "rdf:type", iri("dg:TextSpan")
    yield node, "oa:hasSource", iri("doc:" + source.id)
    yield node, "oa:hasSelector", position
    yield position, "rdf:type", iri("oa:TextPositionSelector")
    yield position, "oa:start", Literal(str(span.start), datatype=iri("xsd:nonNegativeInteger"))
    yield position, "oa:end", Literal(str(span.end), datatype=iri("xsd:nonNegativeInteger"))
    if quote:
        yield from _quote(source, span, node, context=context)


def _quote(source: Document, span: Span, node: NamedNode, *, context: bool) -> Triples:
    quoted = NamedNode(node.value + ";quote")
    yield node, "oa:hasSelector", quoted
    yield quoted, "rdf:type", iri("oa:TextQuoteSelector")
    yield quoted, "oa:exact", Literal(source.text[span.start : span.end])
    if context:
        yield quoted, "oa:prefix", Literal(source.text[max(span.start - _CONTEXT, 0) : span.start])
        yield quoted, "oa:suffix", Literal(source.text[span.end : span.end + _CONTEXT])


def check_against_source(source: Document, claims: Iterable[Claim]) -> None:
    """Raise ValueError if the evidence of a claim lies outside its document."""
    for claim in claims:
        for evidence in claim.evidence:
            inside = (
                0
                <= evidence.span.start
                <= evidence.trigger.start
                < evidence.trigger.end
                <= evidence.span.end
                <= len(source.text)
            )
            if not inside or not source.text[evidence.trigger.start : evidence.trigger.end].strip():
                raise ValueError(
                    f"{source.id}: the evidence {evidence} of a {claim.kind} lies outside the text"
                )
