"""Who is who: the reference data of `data/*.ttl` as entities, names, terms of office and capitals."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pyoxigraph

from diplograph.errors import KnowledgeError
from diplograph.model import Entity
from diplograph.vocabulary import compact as _compact

compact = lru_cache(maxsize=None)(_compact)  # the same few predicates and classes come again and again

_NAME_FORMS = {
    "rdfs:label": "name",
    "skos:altLabel": "name",
    "dg:officialName": "name",
    "skos:notation": "code",
    "dg:adjective": "adjective",
    "dg:demonym": "demonym",
    "dg:demonymPlural": "demonym",
    "dg:metonym": "metonym",
    "dg:title": "title",
    "foaf:familyName": "family",
}
_STATE_OF = ("dg:ofState", "dg:citizenOf", "dg:country", "dg:ofOrganization", "dg:originState")
_ENTITY_FAMILIES = {
    "state",
    "person",
    "office",
    "organization",
    "place",
    "treaty",
    "equipment",
    "conflict",
    "bloc",
}
_SPOKEN_CODES = {"organization"}  # "NATO" is said, "PAK" is not


@dataclass(frozen=True)
class Name:
    """One way to call an entity; `form` is name, adjective, demonym, metonym, family or title."""

    text: str
    form: str
    entity: str


@dataclass(frozen=True)
class Tenure:
    """Somebody held an office, or a place was the capital of a state, over an EDTF interval."""

    subject: str
    object: str
    time: str


@dataclass(frozen=True)
class Reference:
    """All that the reference data say of who is who; keys are CURIEs."""

    entities: Mapping[str, Entity]
    names: tuple[Name, ...]
    holders: Mapping[str, tuple[Tenure, ...]]  # office -> terms of its holders
    terms: Mapping[str, tuple[Tenure, ...]]  # person -> terms in office
    capitals: Mapping[str, tuple[Tenure, ...]]  # place -> states it was the capital of
    codes: Mapping[str, str]  # code -> state
    offices: Mapping[str, tuple[str, ...]]  # state or organization -> its offices, sorted
    namesakes: Mapping[str, tuple[str, ...]]  # last word of a state's name -> the states so called, sorted
    titles: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # lower-case title -> offices that bear it


def load(paths: Iterable[Path]) -> Reference:
    """Read Turtle files of reference data.

    Raises KnowledgeError naming the file and line that cannot be parsed.
    """
    blocks: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path in paths:
        for subject, predicate, value in _triples(path):
            blocks[subject][predicate].append(value)
    named = {
        iri: tuple(_names(iri, block))
        for iri, block in blocks.items()
        if iri.partition(":")[0] in _ENTITY_FAMILIES
    }
    entities = {iri: _entity(iri, blocks[iri], names) for iri, names in named.items()}
    holdings = list(_tenures(blocks, "dg:holder", "dg:office"))
    capitals = list(_tenures(blocks, "dg:capital", "dg:ofState"))
    return Reference(
        entities=entities,
        names=tuple(name for names in named.values() for name in names),
        holders=_grouped(holdings, lambda tenure: tenure.object),
        terms=_grouped(holdings, lambda tenure: tenure.subject),
        capitals=_grouped(capitals, lambda tenure: tenure.subject),
        offices=_offices(entities),
        namesakes=_namesakes(entities),
        titles=_titles(name for names in named.values() for name in names),
        codes={
            entity.code: iri for iri, entity in entities.items() if entity.code and iri.startswith("state:")
        },
    )


def _triples(path: Path) -> Iterator[tuple[str, str, str]]:
    try:
        for quad in pyoxigraph.parse(path=path, format=pyoxigraph.RdfFormat.TURTLE):
            yield _term(quad.subject), _term(quad.predicate), _term(quad.object)
    except (SyntaxError, ValueError) as error:
        raise KnowledgeError(f"{path}: {error}") from error


def _term(term: object) -> str:
    value = getattr(term, "value", None)
    if value is None:
        raise KnowledgeError(f"reference data hold no triple terms: {term}")
    return compact(value) if isinstance(term, pyoxigraph.NamedNode) else str(value)


def _entity(iri: str, block: Mapping[str, list[str]], names: tuple[Name, ...]) -> Entity:
    kinds = [kind.removeprefix("dg:") for kind in block.get("rdf:type", []) if kind.startswith("dg:")]
    if not kinds or not block.get("rdfs:label"):
        raise KnowledgeError(
            f"{iri}: reference data need a class of the ontology (a dg:...) and an rdfs:label"
        )
    return Entity(
        iri=iri,
        kind=kinds[0],
        label=block["rdfs:label"][0],
        names=tuple(dict.fromkeys(name.text for name in names)),
        code=next(iter(block.get("skos:notation", [])), None),
        time=next(iter(block.get("dg:time", [])), None),
        state=next((block[key][0] for key in _STATE_OF if key in block), None),
        properties={key: tuple(values) for key, values in block.items()},
    )


def _names(iri: str, block: Mapping[str, list[str]]) -> Iterator[Name]:
    for predicate, form in _NAME_FORMS.items():
        spoken = form != "code" or iri.partition(":")[0] in _SPOKEN_CODES
        for text in block.get(predicate, []) if spoken else []:
            yield Name(text, "name" if form == "code" else form, iri)


def _tenures(blocks: Mapping[str, Mapping[str, list[str]]], subject: str, value: str) -> Iterator[Tenure]:
    for block in blocks.values():
        if subject in block and value in block:
            time = next(iter(block.get("dg:time", [])), "/")
            yield Tenure(block[subject][0], block[value][0], time)


def _offices(entities: Mapping[str, Entity]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for iri in sorted(entities):
        owner = entities[iri].state
        if iri.startswith("office:") and owner:
            found[owner].append(iri)
    return {owner: tuple(offices) for owner, offices in found.items()}


def _namesakes(entities: Mapping[str, Entity]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for iri in sorted(entities):
        if iri.startswith("state:"):
            found[entities[iri].label.split()[-1]].append(iri)
    return {word: tuple(states) for word, states in found.items()}


def _titles(names: Iterable[Name]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if name.form == "title":
            found[name.text.lower()].append(name.entity)
    return {title: tuple(sorted(offices)) for title, offices in found.items()}


def _grouped(tenures: list[Tenure], key: Callable[[Tenure], str]) -> dict[str, tuple[Tenure, ...]]:
    groups: dict[str, list[Tenure]] = defaultdict(list)
    for tenure in sorted(tenures, key=lambda tenure: (tenure.time, tenure.subject)):
        groups[key(tenure)].append(tenure)
    return {name: tuple(group) for name, group in groups.items()}
