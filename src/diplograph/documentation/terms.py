"""What the documentation says of each term, drawn from the ontology's statements."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from diplograph.alignment import Link
from diplograph.documentation import axioms
from diplograph.documentation.facts import Facts, is_blank
from diplograph.documentation.uses import Use, Uses, Words

PREFIX = "dg:"
KINDS = {
    "owl:Class": "class",
    "owl:ObjectProperty": "object property",
    "owl:DatatypeProperty": "datatype property",
    "owl:AnnotationProperty": "annotation property",
    "owl:NamedIndividual": "individual",
}
SIDES = {"dg:SourceSide": "source", "dg:TargetSide": "target"}
_STRENGTHS = {"sh:Violation": "must", "sh:Warning": "should", "sh:Info": "may"}
_CHARACTERISTICS = [
    "Functional",
    "InverseFunctional",
    "Transitive",
    "Symmetric",
    "Asymmetric",
    "Reflexive",
    "Irreflexive",
]


@dataclass(frozen=True)
class Row:
    """One line about a term: values are names of terms where `named`, else text."""

    title: str
    values: tuple[str, ...]
    named: bool = True


@dataclass(frozen=True)
class Role:
    """A property that instances of a class take: its side of the act, what fills it, and of which class it is."""

    name: str
    side: str
    fillers: tuple[str, ...]
    of: str


@dataclass(frozen=True)
class Demand:
    """What a shape asks for, in words: `strength` is must, should or may."""

    strength: str
    text: str
    of: str


@dataclass(frozen=True)
class Entry:
    """All that is said of one term; `name` is its local name and its anchor."""

    name: str
    kind: str
    label: str
    definition: str
    examples: tuple[str, ...]
    notes: tuple[str, ...]
    rows: tuple[Row, ...]
    roles: tuple[Role, ...]
    demands: tuple[Demand, ...]
    words: tuple[Words, ...]
    uses: tuple[tuple[str, tuple[Use, ...]], ...]


def entries(facts: Facts, uses: Uses, links: tuple[Link, ...]) -> tuple[Entry, ...]:
    """Return an entry for each term of the ontology, by kind, then by name."""
    names = [(kind, name) for type_, kind in KINDS.items() for name in own(facts, type_)]
    return tuple(_entry(facts, uses, links, name, kind) for kind, name in names)


def own(facts: Facts, type_: str) -> tuple[str, ...]:
    """Return the terms of a type that are the ontology's own, sorted."""
    return tuple(name for name in facts.having("rdf:type", type_) if name.startswith(PREFIX))


def _entry(facts: Facts, uses: Uses, links: tuple[Link, ...], name: str, kind: str) -> Entry:
    local = name.removeprefix(PREFIX)
    lines = _of_class if kind == "class" else _of_individual if kind == "individual" else _of_property
    of_kind = tuple(lines(facts, name))
    filled = Row("Filled by frames of", tuple(PREFIX + event for event in uses.filled.get(local, ())))
    rows = (*of_kind, filled, *_of_any(facts, links, name))
    return Entry(
        name=local,
        kind=kind,
        label=facts.one(name, "rdfs:label"),
        definition=facts.one(name, "skos:definition"),
        examples=facts.all(name, "skos:example"),
        notes=facts.all(name, "skos:scopeNote"),
        rows=tuple(row for row in rows if any(row.values)),
        roles=roles(facts, name) if kind == "class" else (),
        demands=tuple(_demands(facts, name)),
        words=uses.words.get(local, ()),
        uses=tuple((what, found[local]) for what, found in uses.files.items() if local in found),
    )


def _of_class(facts: Facts, name: str) -> Iterator[Row]:
    yield Row("Superclasses", facts.above(name))
    yield Row("Subclasses", facts.below(name))
    yield Row("Follows from", axioms.sufficient(facts, name), named=False)
    yield Row("Disjoint with", axioms.disjoint(facts, name))
    yield Row("PLOVER root", facts.all(name, "dg:plover"), named=False)
    yield Row("CAMEO code", facts.all(name, "dg:cameo"), named=False)
    yield Row("Conflict or cooperation (-10 to 10)", facts.all(name, "dg:ploverScore"), named=False)
    yield Row("Kind, for what did not happen", facts.having("dg:kindOf", name))
    yield Row("Individuals", facts.having("rdf:type", name))
    yield Row("Domain of", facts.having("rdfs:domain", name))
    yield Row("Range of", facts.having("rdfs:range", name))


def _of_property(facts: Facts, name: str) -> Iterator[Row]:
    types = facts.all(name, "rdf:type")
    named = tuple(each.lower() for each in _CHARACTERISTICS if f"owl:{each}Property" in types)
    yield Row("Characteristics", named, named=False)
    yield Row("Side", tuple(SIDES[side] for side in facts.all(name, "dg:side")), named=False)
    yield Row("Sub-property of", facts.all(name, "rdfs:subPropertyOf"))
    yield Row("Sub-properties", facts.having("rdfs:subPropertyOf", name))
    inverses = {*facts.all(name, "owl:inverseOf"), *facts.having("owl:inverseOf", name)}
    yield Row("Inverse of", tuple(sorted(inverses)))
    yield Row("Follows from the chain", axioms.chains(facts, name), named=False)
    yield Row("Domain", facts.all(name, "rdfs:domain"))
    yield Row("Used with", facts.all(name, "sdo:domainIncludes"))
    yield Row("Range", facts.all(name, "rdfs:range"))
    yield Row("Filled by", facts.all(name, "sdo:rangeIncludes"))


def _of_individual(facts: Facts, name: str) -> Iterator[Row]:
    yield Row("Type", tuple(each for each in facts.all(name, "rdf:type") if each != "owl:NamedIndividual"))
    yield Row("Different from", axioms.different(facts, name))


def _of_any(facts: Facts, links: tuple[Link, ...], name: str) -> Iterator[Row]:
    yield Row("Also called", facts.all(name, "skos:altLabel"), named=False)
    of_term = [link for link in links if link.subject_id == name]
    for predicate in sorted({link.predicate_id for link in of_term}):
        linked = tuple(link.object_id for link in of_term if link.predicate_id == predicate)
        yield Row(f"Elsewhere ({predicate})", linked)
    yield Row("Source", facts.all(name, "dcterms:source"), named=False)
    statuses = tuple(status.rpartition("/")[2] for status in facts.all(name, "bibo:status"))
    yield Row("Status", statuses, named=False)


def roles(facts: Facts, name: str) -> tuple[Role, ...]:
    """Return the properties that a class and its superclasses take, source side first; roles before the rest."""
    found = [
        Role(each, SIDES.get(facts.one(each, "dg:side"), ""), _fillers(facts, each), taker)
        for taker in (name, *facts.above(name))
        for each in facts.having("sdo:domainIncludes", taker)
    ]
    once: Mapping[str, Role] = {role.name: role for role in reversed(found)}
    order = ["source", "target", ""]
    return tuple(sorted(once.values(), key=lambda role: (order.index(role.side), role.name)))


def _fillers(facts: Facts, name: str) -> tuple[str, ...]:
    return facts.all(name, "sdo:rangeIncludes") or facts.all(name, "rdfs:range")


def _demands(facts: Facts, name: str) -> Iterator[Demand]:
    targets = ("sh:targetClass", "sh:targetSubjectsOf", "sh:targetObjectsOf")
    for of in (name, *facts.above(name)):
        shapes = [shape for target in targets for shape in facts.having(target, of)]
        parts = [part for shape in shapes for part in (shape, *facts.all(shape, "sh:property"))]
        for part in dict.fromkeys(part for part in parts if not is_blank(part)):
            strength = _STRENGTHS.get(facts.one(part, "sh:severity"), "must")
            for text in facts.all(part, "sh:message"):
                yield Demand(strength, text, of)
