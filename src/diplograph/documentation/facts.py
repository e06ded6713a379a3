"""The ontology's statements by subject, under short names, so that what reads them needs no query."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from diplograph.vocabulary import BASE, PREFIXES

NAMESPACES = PREFIXES | {
    "bibo": "http://purl.org/ontology/bibo/",
    "sdo": "https://schema.org/",
    "shape": BASE + "shape/",
    "vann": "http://purl.org/vocab/vann/",
}
_NIL = "rdf:nil"
_BY_LENGTH = sorted(NAMESPACES.items(), key=lambda item: (-len(item[1]), item[0]))

Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


@dataclass(frozen=True)
class Facts:
    """All statements, twice: by subject and predicate, and by predicate and object. Names are CURIEs."""

    objects: Mapping[str, Mapping[str, tuple[str, ...]]]
    subjects: Mapping[str, Mapping[str, tuple[str, ...]]]

    def all(self, subject: str, predicate: str) -> tuple[str, ...]:
        """Return the values of a property, sorted."""
        return self.objects.get(subject, {}).get(predicate, ())

    def one(self, subject: str, predicate: str) -> str:
        """Return the first value of a property, or nothing ("")."""
        return next(iter(self.all(subject, predicate)), "")

    def having(self, predicate: str, value: str) -> tuple[str, ...]:
        """Return what has `value` for a property, sorted."""
        return self.subjects.get(predicate, {}).get(value, ())

    def members(self, node: str) -> Iterator[str]:
        """Yield the members of an RDF list."""
        while node and node != _NIL:
            yield self.one(node, "rdf:first")
            node = self.one(node, "rdf:rest")

    def below(self, top: str) -> tuple[str, ...]:
        """Return the named direct subclasses of a class, sorted."""
        return tuple(name for name in self.having("rdfs:subClassOf", top) if not is_blank(name))

    def above(self, name: str) -> tuple[str, ...]:
        """Return all superclasses with a name, the nearest first."""
        found: list[str] = []
        queue = [name]
        while queue:
            for parent in self.all(queue.pop(0), "rdfs:subClassOf"):
                if parent not in found and not is_blank(parent):
                    found.append(parent)
                    queue.append(parent)
        return tuple(found)


def read(quads: Iterable[ox.Quad]) -> Facts:
    """Return the statements of an ontology, whatever graphs they are in."""
    objects: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    subjects: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for quad in quads:
        subject, predicate, value = _name(quad.subject), _name(quad.predicate), _name(quad.object)
        objects[subject][predicate].add(value)
        subjects[predicate][value].add(subject)
    return Facts(_sorted(objects), _sorted(subjects))


def is_blank(name: str) -> bool:
    """Tell whether a name stands for a node without one."""
    return name.startswith("_:")


def curie(iri: str) -> str:
    """Return the short name of an IRI, or the IRI itself."""
    for prefix, namespace in _BY_LENGTH:
        if iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def expand(name: str) -> str:
    """Return the IRI of a short name; anything else is returned as it is."""
    prefix, colon, local = name.partition(":")
    return NAMESPACES[prefix] + local if colon and prefix in NAMESPACES else name


def _name(node: Node) -> str:
    match node:
        case ox.NamedNode():
            return curie(node.value)
        case ox.Literal():
            return node.value
    return str(node)


def _sorted(index: Mapping[str, Mapping[str, set[str]]]) -> dict[str, dict[str, tuple[str, ...]]]:
    return {
        key: {name: tuple(sorted(found)) for name, found in inner.items()} for key, inner in index.items()
    }
