"""What rows say as triples, in the form of the reference data, for the graph of an import."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from pyoxigraph import Literal, NamedNode

from diplograph import edtf
from diplograph.documents import slug
from diplograph.graph import iri
from diplograph.importing import resolution
from diplograph.importing.names import key
from diplograph.importing.resolution import Resolver, UnresolvedError
from diplograph.importing.rows import (
    Deal,
    Journey,
    Membership,
    Names,
    OfficeRecord,
    Ref,
    Relations,
    Row,
    StateRecord,
    Term,
    TreatyRecord,
    Weapon,
)
from diplograph.vocabulary import ID

Triple = tuple[NamedNode, NamedNode, NamedNode | Literal]
_EFFECTIVE = "Effective Leader"
_PREDICATES = {"label": "skos:altLabel", "alias": "skos:altLabel", "demonym": "dg:demonym"}


@dataclass(frozen=True)
class Writing:
    """What statements are made with: the name of the import, who is who, and what to call the source."""

    name: str
    who: Resolver
    source: str


def statements(row: Row, writing: Writing) -> list[Triple]:
    """Return what a row states.

    Raises `UnresolvedError` where it refers to something that cannot be told.
    """
    if row.fact is None:
        return []
    number = row.id or str(row.number)
    return list(_WRITERS[type(row.fact)](row.fact, number, writing))


def _triple(subject: str, predicate: str, value: str | NamedNode | Literal) -> Triple:
    return _node(subject), _node(predicate), _node(value) if isinstance(value, str) else value


@lru_cache(maxsize=1 << 14)
def _node(curie: str) -> NamedNode:
    return iri(curie)


def _text(text: str) -> Literal:
    return Literal(text, language="en")


def _time(text: str) -> Literal:
    return Literal(text, datatype=iri("edtf:EDTF"))


def _block(subject: str, kind: str, label: str, writing: Writing) -> Iterator[Triple]:
    yield _triple(subject, "rdf:type", f"dg:{kind}")
    yield _triple(subject, "rdfs:label", _text(label))
    yield _triple(subject, "dcterms:source", Literal(writing.source))


def _identified(subject: str, ref: Ref) -> Iterator[Triple]:
    """An item is an identifier here, not an identity: that goes to the graph of alignments, once checked."""
    identifier = ref.item or (ref.code if ref.code and ref.code.startswith("archigos:") else None)
    if identifier:
        yield _triple(subject, "dcterms:identifier", Literal(identifier))


def _new(family: str, ref: Ref, *, of: str | None = None) -> str:
    """Return the CURIE of something that the reference data do not have."""
    name = slug(ref.name or ref.item or "unnamed")
    if ref.item:
        return f"{family}:{name}-{ref.item.lower()}" if ref.name else f"{family}:{ref.item.lower()}"
    if ref.code and ":" in ref.code:
        return f"{family}:{name}-{ref.code.partition(':')[2][:8]}"
    return f"{family}:{name}-of-{of.partition(':')[2]}" if of else f"{family}:{name}"


def _state(fact: StateRecord, _: str, writing: Writing) -> Iterator[Triple]:
    who = writing.who
    known = who.items.get(fact.ref.item or "") or next(iter(who.codes.get(f"iso3:{fact.iso3}", ())), None)
    subject = known or _new("state", fact.ref)
    if known is None:
        ended = bool(fact.time and not fact.time.endswith("/"))
        label = _named(fact.ref)
        yield from _block(subject, "HistoricalState" if ended else "State", label, writing)
        yield from _identified(subject, fact.ref)
        if fact.time and fact.time != "/":
            yield _triple(subject, "dg:time", _time(fact.time))
    names = set(who.reference.entities[known].names) if known else set()
    for demonym in fact.demonyms:
        if demonym not in names:
            yield _triple(subject, "dg:demonym", _text(demonym))
    for item in fact.replaced_by:
        successor = who.items.get(item)
        if successor and known is None:
            yield _triple(successor, "dg:immediateSuccessorOf", subject)


def _office(fact: OfficeRecord, _: str, writing: Writing) -> Iterator[Triple]:
    state = resolution.state(fact.state, None, writing.who)
    if resolution.office(fact.ref, state, writing.who) is None:
        kinds = {"head of state": "HeadOfStateOffice", "head of government": "HeadOfGovernmentOffice"}
        kind = kinds.get(fact.role) or resolution.office_class(_named(fact.ref), writing.who)
        yield from _new_office(_new("office", fact.ref), fact.ref, kind, state, writing)


def _new_office(subject: str, ref: Ref, kind: str, state: str, writing: Writing) -> Iterator[Triple]:
    name = _named(ref)
    entity = writing.who.reference.entities[state]
    label = name if key(entity.label) in key(name) else f"{name} of {entity.label}"
    yield from _block(subject, kind, label, writing)
    yield from _identified(subject, ref)
    yield _triple(subject, "dg:ofState", state)
    yield _triple(subject, "dg:title", _text(name))


def _term(fact: Term, number: str, writing: Writing) -> Iterator[Triple]:
    who = writing.who
    state = resolution.state(fact.state, fact.time if fact.single else None, who) if fact.state else None
    person = resolution.person(fact.person, state, fact.time, who)
    office = None if fact.office.name == _EFFECTIVE else resolution.office(fact.office, state, who)
    if person is None:
        person = _new("person", fact.person)
        home = state or (who.reference.entities[office].state if office else None)
        yield from _person(person, fact.person, home, writing)
    elif fact.person.item and fact.person.item not in who.items:
        yield from _identified(person, fact.person)
    holding = f"holding:{writing.name}-{slug(number)}"
    if fact.office.name == _EFFECTIVE:
        yield from _holding(holding, "EffectiveLeadership", fact, person, writing)
        yield _triple(holding, "dg:ofState", state or "")
        return
    if office is None:
        if state is None:
            raise UnresolvedError(
                f"the office {fact.office} is not linked to one of ours; import the offices first"
            )
        office = _new("office", fact.office, of=state)
        kind = resolution.office_class(_named(fact.office), who)
        yield from _new_office(office, fact.office, kind, state, writing)
    if not _is_known(person, office, fact.time, writing):
        yield from _holding(holding, "OfficeHolding", fact, person, writing)
        yield _triple(holding, "dg:office", office)


def _person(subject: str, ref: Ref, state: str | None, writing: Writing) -> Iterator[Triple]:
    yield from _block(subject, "Person", _named(ref), writing)
    yield from _identified(subject, ref)
    family = resolution.family_name(_named(ref), state, writing.who)
    if family:
        yield _triple(subject, "foaf:familyName", Literal(family))


def _is_known(person: str, office: str, time: str, writing: Writing) -> bool:
    """Tell whether a holding from that day is described already; it would be one holding with two names."""
    start = edtf.extent(time).earliest_start
    terms = writing.who.reference.terms.get(person, ())
    return start is not None and any(
        term.object == office and edtf.extent(term.time).earliest_start == start for term in terms
    )


def _holding(holding: str, kind: str, fact: Term, person: str, writing: Writing) -> Iterator[Triple]:
    yield from _block(holding, kind, f"{fact.person}: {fact.office} ({fact.time})", writing)
    yield _triple(holding, "dg:holder", person)
    yield _triple(holding, "dg:time", _time(fact.time))


def _names(fact: Names, _: str, writing: Writing) -> Iterator[Triple]:
    subject = writing.who.items.get(fact.item)
    if subject is None:
        raise UnresolvedError(f"{fact.item} is not linked to anything of ours")
    known = set(writing.who.reference.entities[subject].names)
    for form, text in fact.names:
        if text not in known:
            yield _triple(subject, _PREDICATES[form], _text(text))


def _weapon(fact: Weapon, _: str, writing: Writing) -> Iterator[Triple]:
    known = resolution.thing("equipment", fact.ref, writing.who)
    subject = known or _new("equipment", fact.ref)
    if known is None:
        yield from _block(subject, "EquipmentModel", _named(fact.ref), writing)
        yield from _identified(subject, fact.ref)
    names = set(writing.who.reference.entities[known].names) if known else {fact.ref.name}
    for alias in fact.aliases:
        if alias not in names:
            yield _triple(subject, "skos:altLabel", _text(alias))
    if fact.origin and known is None and (origin := writing.who.items.get(fact.origin.item or "")):
        yield _triple(subject, "dg:originState", origin)


def _treaty(fact: TreatyRecord, _: str, writing: Writing) -> Iterator[Triple]:
    when = fact.signed or fact.time
    parties = [resolution.state(party, when, writing.who) for party in fact.parties]
    subject = resolution.thing("treaty", fact.ref, writing.who) or _new("treaty", fact.ref)
    if subject not in writing.who.reference.entities:
        yield from _block(
            subject, "AllianceTreaty" if fact.obligations else "Treaty", _named(fact.ref), writing
        )
        yield from _identified(subject, fact.ref)
        if fact.signed:
            yield _triple(subject, "dg:signedTime", _time(fact.signed))
        if fact.time:
            yield _triple(subject, "dg:time", _time(fact.time))
    for party in parties:
        yield _triple(subject, "dg:party", party)
    for obligation in fact.obligations:
        yield _triple(subject, "dg:hasObligation", f"dg:{obligation}")
    if fact.unts and fact.unts.isdecimal():
        yield _triple(subject, "dg:untsNumber", Literal(fact.unts))


def _membership(fact: Membership, _: str, writing: Writing) -> Iterator[Triple]:
    member = resolution.state(fact.member, None, writing.who)
    organization = resolution.thing("organization", fact.organization, writing.who)
    if organization is None:
        organization = _new("organization", fact.organization)
        yield from _block(organization, "InternationalOrganization", _named(fact.organization), writing)
        yield from _identified(organization, fact.organization)
    yield _triple(member, "dg:memberOf", organization)


def _relations(fact: Relations, _: str, writing: Writing) -> Iterator[Triple]:
    states = sorted(resolution.state(ref, None, writing.who) for ref in (fact.one, fact.other))
    labels = [writing.who.reference.entities[state].label for state in states]
    names = "-".join(state.partition(":")[2] for state in states)
    subject = f"{ID}diplomatic-relations/{writing.name}-{names}"
    yield from _block(subject, "DiplomaticRelations", f"Diplomatic relations: {', '.join(labels)}", writing)
    for state in states:
        yield _triple(subject, "dg:party", state)
    if fact.time != "/":
        yield _triple(subject, "dg:time", _time(fact.time))


def _deal(fact: Deal, number: str, writing: Writing) -> Iterator[Triple]:
    when = (fact.ordered or fact.deliveries or "").rstrip("?") or None
    ends = [resolution.state(ref, when, writing.who) for ref in (fact.supplier, fact.recipient)]
    weapon = resolution.thing("equipment", Ref(fact.designation), writing.who)
    for kind, time, amount, count in (
        ("ArmsSaleAgreement", fact.ordered, "dg:quantityOrdered", fact.quantity),
        ("ArmsDelivery", fact.deliveries, "dg:quantityDelivered", fact.delivered),
    ):
        if time is None:
            continue
        subject = f"{ID}{_KEBAB[kind]}/{writing.name}-{number}"
        lot = f"{ID}lot/{_KEBAB[kind]}/{writing.name}-{number}-1"
        label = f"{_KEBAB[kind].replace('-', ' ').capitalize()}: {fact.supplier}, {fact.recipient} ({time})"
        yield from _block(subject, kind, label, writing)
        yield _triple(subject, "dg:time", _time(time))
        yield _triple(subject, "dg:supplier", ends[0])
        yield _triple(subject, "dg:recipient", ends[1])
        yield _triple(subject, "dg:hasLot", lot)
        yield _triple(lot, "rdf:type", "dg:ArmsLot")
        yield _triple(lot, "rdfs:label", _text(f"{count or 'some'} {fact.designation}"))
        if weapon:
            yield _triple(lot, "dg:equipment", weapon)
        yield _triple(lot, "dg:equipmentDescription", _text(f"{fact.designation} {fact.description}".strip()))
        if count is not None:
            yield _triple(lot, amount, Literal(str(count), datatype=iri("xsd:integer")))
        if fact.doubtful:
            yield _triple(subject, "skos:note", _text(f"uncertain in the source: {', '.join(fact.doubtful)}"))


_KEBAB = {"ArmsSaleAgreement": "arms-sale-agreement", "ArmsDelivery": "arms-delivery"}


def _journey(fact: Journey, number: str, writing: Writing) -> Iterator[Triple]:
    who = writing.who
    origin = sender(fact, who)
    host = resolution.state(fact.host, fact.time, who, place=fact.place)
    visitor = resolution.titled_person(fact.visitor, origin, fact.time, who)
    subject = f"{ID}visit/{writing.name}-{number}"
    labels = [who.reference.entities[state].label for state in (origin, host)]
    yield from _block(subject, "Visit", f"Visit: {fact.visitor}, {', '.join(labels)} ({fact.time})", writing)
    yield _triple(subject, "dg:time", _time(fact.time))
    yield _triple(subject, "dg:sendingState", origin)
    yield _triple(subject, "dg:hostState", host)
    if visitor is None:
        visitor = f"{ID}described/visit/{writing.name}-{number}-visitor-1"
        yield from _block(visitor, "DescribedPerson", fact.visitor, writing)
        yield _triple(visitor, "dg:ofState", origin)
    yield _triple(subject, "dg:visitor", visitor)
    if fact.place and (place := resolution.thing("place", Ref(fact.place), who)):
        yield _triple(subject, "dg:visitPlace", place)


def sender(fact: Journey, who: Resolver) -> str:
    """Return where a visitor came from; of several states that bore the name, the one that knows the visitor."""
    try:
        return resolution.state(fact.sender, fact.time, who)
    except UnresolvedError as error:
        known = [s for s in error.candidates if resolution.titled_person(fact.visitor, s, fact.time, who)]
        if len(known) == 1:
            return known[0]
        raise


def _named(ref: Ref) -> str:
    if not ref.name:
        raise UnresolvedError(f"{ref} has no name and is not linked to anything of ours")
    return ref.name


_WRITERS: Mapping[type, Callable[..., Iterator[Triple]]] = {
    Deal: _deal,
    Journey: _journey,
    Membership: _membership,
    Names: _names,
    OfficeRecord: _office,
    Relations: _relations,
    StateRecord: _state,
    Term: _term,
    TreatyRecord: _treaty,
    Weapon: _weapon,
}
