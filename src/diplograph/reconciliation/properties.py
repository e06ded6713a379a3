"""Classes and properties of entities that the service offers, and the values of properties."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from diplograph import edtf
from diplograph.model import Entity
from diplograph.reconciliation.index import Index

FAMILIES: Mapping[str, str] = {
    "bloc": "Bloc",
    "conflict": "Conflict",
    "equipment": "EquipmentModel",
    "office": "Office",
    "organization": "Organization",
    "person": "Person",
    "place": "Place",
    "state": "State",
    "treaty": "Treaty",
}
"""The class that a family of entities is of."""


@dataclass(frozen=True)
class Value:
    """A value: an entity of ours, a date (EDTF), or text."""

    text: str
    entity: str | None = None
    is_date: bool = False


@dataclass(frozen=True)
class Property:
    """A property: its id here and on Wikidata, its name, what it says, and of which families it is."""

    id: str
    item: str | None
    name: str
    description: str
    families: frozenset[str]
    values: Callable[[Entity, Index], Iterator[Value]]


def kinds_of(entity: Entity) -> tuple[str, ...]:
    """Return the classes of an entity: its own, and the one that its family is."""
    return tuple(dict.fromkeys((entity.kind, FAMILIES[entity.iri.partition(":")[0]])))


def states_of(entity: Entity, index: Index) -> set[str]:
    """Return the states that an entity is, belongs to, or held an office of."""
    terms = index.reference.terms.get(entity.iri, ())
    offices = (index.reference.entities.get(term.object) for term in terms)
    states = {office.state for office in offices if office is not None}
    return {iri for iri in (entity.iri, entity.state, *states) if iri}


def texts(entity: Entity, name: str, index: Index) -> list[str]:
    """Return the values of a property as text, and the CURIEs of those that are entities."""
    known = PROPERTIES.get(name)
    values = list(known.values(entity, index)) if known else []
    return [value.text for value in values] + [value.entity for value in values if value.entity]


def description(entity: Entity, index: Index) -> str:
    """Return a line that tells namesakes apart: what it is, of which state, when."""
    terms = index.reference.terms.get(entity.iri, ())
    if terms:
        offices = dict.fromkeys(
            index.reference.entities[term.object].label
            for term in reversed(terms)
            if term.object in index.reference.entities
        )
        return "; ".join(list(offices)[:3])
    kind = _spaced(entity.kind)
    state = index.reference.entities.get(entity.state or "")
    parts = [kind, f"of {state.label}" if state and state.iri != entity.iri else "", _years(entity.time)]
    return " ".join(part for part in parts if part)


def _spaced(kind: str) -> str:
    return "".join(f" {c.lower()}" if c.isupper() else c for c in kind).strip()


def _years(time: str | None) -> str:
    if time is None:
        return ""
    start, _, end = time.partition("/")
    return f"({start[:4]}–{end[:4].strip('.')})"


def _stated(*predicates: str) -> Callable[[Entity, Index], Iterator[Value]]:
    def values(entity: Entity, index: Index) -> Iterator[Value]:
        for predicate in predicates:
            for text in entity.properties.get(predicate, ()):
                known = index.reference.entities.get(text)
                yield Value(known.label, known.iri) if known else Value(text)

    return values


def _end(which: int) -> Callable[[Entity, Index], Iterator[Value]]:
    def values(entity: Entity, _: Index) -> Iterator[Value]:
        parts = (entity.time or "").partition("/")
        if (text := parts[which]) and edtf.is_valid(text):
            yield Value(text, is_date=True)

    return values


def _offices(entity: Entity, index: Index) -> Iterator[Value]:
    for term in index.reference.terms.get(entity.iri, ()):
        office = index.reference.entities.get(term.object)
        if office is not None:
            yield Value(f"{office.label} ({term.time})", office.iri)


def _holders(entity: Entity, index: Index) -> Iterator[Value]:
    for term in index.reference.holders.get(entity.iri, ()):
        person = index.reference.entities.get(term.subject)
        if person is not None:
            yield Value(f"{person.label} ({term.time})", person.iri)


def _states(entity: Entity, index: Index) -> Iterator[Value]:
    for iri in sorted(states_of(entity, index) - {entity.iri}):
        if iri in index.reference.entities:
            yield Value(index.reference.entities[iri].label, iri)


def _capitals(entity: Entity, index: Index) -> Iterator[Value]:
    for place, terms in sorted(index.reference.capitals.items()):
        for term in terms:
            if term.object == entity.iri:
                yield Value(f"{index.reference.entities[place].label} ({term.time})", place)


_ALL = frozenset(FAMILIES)
_TABLE = (
    Property("state", "P17", "state", "the state that it belongs to, or that a person acted for", _ALL, _states),
    Property("office", "P39", "office held", "offices that a person held, with terms", frozenset({"person"}), _offices),
    Property("date", "P585", "date", "a time at which it existed, or at which a person held office", _ALL, _end(0)),
    Property("holder", "P1308", "holder", "who held an office, with terms", frozenset({"office"}), _holders),
    Property("start", "P571", "start", "when it began", _ALL - {"person"}, _end(0)),
    Property("end", "P576", "end", "when it ended", _ALL - {"person"}, _end(2)),
    Property("name", None, "name", "all its names", _ALL, _stated("rdfs:label", "skos:altLabel", "dg:officialName")),
    Property("demonym", "P1549", "demonym", "what its people are called", frozenset({"state"}), _stated("dg:demonym")),
    Property("adjective", None, "adjective", "the adjective of its name", frozenset({"state"}), _stated("dg:adjective")),
    Property("capital", "P36", "capital", "its capitals, with the times they were", frozenset({"state"}), _capitals),
    Property("iso2", "P297", "ISO 3166-1 alpha-2 code", "code of two letters", frozenset({"state"}), _stated("dg:iso2")),
    Property("iso3", "P298", "ISO 3166-1 alpha-3 code", "code of three letters", frozenset({"state"}), _stated("dg:iso3")),
    Property("cowCode", None, "COW code", "number in the Correlates of War", frozenset({"state"}), _stated("dg:cowCode")),
    Property("gwCode", None, "Gleditsch–Ward code", "number in that list", frozenset({"state"}), _stated("dg:gwCode")),
    Property("party", "P1891", "party", "states that are parties", frozenset({"treaty"}), _stated("dg:party")),
    Property(
        "category", None, "category", "kind of equipment", frozenset({"equipment"}), _stated("dg:equipmentKind")
    ),
)  # fmt: skip
PROPERTIES: Mapping[str, Property] = {each.id: each for each in _TABLE}
