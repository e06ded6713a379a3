"""The two services: entities by our IRIs, and those of them that are linked by their Wikidata items."""

from collections.abc import Mapping
from dataclasses import dataclass

from diplograph.alignment import Link
from diplograph.reconciliation.properties import FAMILIES, PROPERTIES
from diplograph.reference import Reference
from diplograph.vocabulary import ID, PREFIXES, compact, expand

_CLASSES = {
    "Person": "Q5",
    "State": "Q3624078",
    "HistoricalState": "Q3024240",
    "InternationalOrganization": "Q484652",
    "Treaty": "Q131569",
}
"""Classes of Wikidata that ours stand for in its space; the others keep our names."""


@dataclass(frozen=True)
class Space:
    """How a service names entities, classes and properties, and where one looks at an entity."""

    name: str
    identifiers: str
    schema: str
    view: str
    ids: Mapping[str, str]
    iris: Mapping[str, str]
    classes: Mapping[str, str]
    properties: Mapping[str, str]

    def class_of(self, name: str) -> str:
        """Return our name of a class that a question gives, in the names of the space or ours."""
        ours = {item: own for own, item in _CLASSES.items()} | {
            theirs: own for own, theirs in self.classes.items()
        }
        return ours.get(name, name.removeprefix("dg:").removeprefix(PREFIXES["dg"]))

    def property_of(self, name: str) -> str:
        """Return our id of a property that a question gives; P27 is a state as P17 is."""
        ours = {theirs: own for own, theirs in self.properties.items()} | {"P27": "state", "P580": "date"}
        items = {p.item: p.id for p in PROPERTIES.values() if p.item}
        return ours.get(name) or items.get(name) or name

    def iri_of(self, identifier: str) -> str | None:
        """Return the CURIE of an entity that is named in the space, or by an IRI, CURIE or item."""
        return (
            self.iris.get(identifier)
            or self.iris.get(compact(identifier))
            or self.iris.get(identifier.removeprefix(self.identifiers))
        )


def ours(reference: Reference, links: tuple[Link, ...]) -> Space:
    """Return the space of all entities: ids are the ends of their IRIs, such as `person/imran-khan`.

    Items are understood in questions, and never given in answers.
    """
    ids = {iri: expand(iri).removeprefix(ID) for iri in reference.entities}
    names = {kind: kind for kind in FAMILIES.values()}
    items = {item: iri for iri, item in _items(reference, links).items()}
    iris = items | {identifier: iri for iri, identifier in ids.items()} | {iri: iri for iri in ids}
    return Space(
        "diplograph", ID, PREFIXES["dg"], ID + "{{id}}", ids, iris, names, {name: name for name in PROPERTIES}
    )


def wikidata(reference: Reference, links: tuple[Link, ...]) -> Space:
    """Return the space of the entities that are linked to an item."""
    ids = _items(reference, links)
    iris = {item: iri for iri, item in ids.items()} | {iri: iri for iri in ids}
    classes = {kind: kind for kind in FAMILIES.values()} | _CLASSES
    properties = {each.id: each.item or each.id for each in PROPERTIES.values()}
    wd = PREFIXES["wd"]
    return Space(
        "diplograph, by Wikidata items", wd, PREFIXES["wdt"], "https://www.wikidata.org/wiki/{{id}}",
        ids, iris, classes, properties,
    )  # fmt: skip


def _items(reference: Reference, links: tuple[Link, ...]) -> dict[str, str]:
    same = (link for link in links if link.predicate_id == "owl:sameAs" and link.object_id.startswith("wd:"))
    return {link.subject_id: link.object_id[3:] for link in same if link.subject_id in reference.entities}
