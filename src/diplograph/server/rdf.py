"""Small RDF documents about the server itself, written without a store."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from diplograph.vocabulary import PREFIXES

NAMESPACES = {
    **PREFIXES,
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "void": "http://rdfs.org/ns/void#",
    "void-ext": "http://ldf.fi/void-ext#",
    "schema": "https://schema.org/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "spex": "https://purl.expasy.org/sparql-examples/ontology#",
}
_FORMATS = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "rdf": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
    "trig": RdfFormat.TRIG,
    "nq": RdfFormat.N_QUADS,
}
Value = str | int | NamedNode | Literal


def name(curie: str) -> NamedNode:
    """Return the IRI of a CURIE; anything else is taken for an IRI already."""
    prefix, _, local = curie.partition(":")
    return NamedNode(NAMESPACES[prefix] + local if prefix in NAMESPACES else curie)


@dataclass(frozen=True)
class Thing:
    """A subject and what is said of it, as pairs of a CURIE and a value (a `str` is a string, not an IRI)."""

    iri: str
    said: list[tuple[str, Value]] = field(default_factory=list)

    def say(self, predicate: str, *values: Value) -> "Thing":
        """Say one thing more for each of `values`, and return itself."""
        self.said.extend((predicate, value) for value in values)
        return self

    def is_a(self, *classes: str) -> "Thing":
        """Give it classes, and return itself."""
        return self.say("rdf:type", *(name(each) for each in classes))

    @property
    def node(self) -> NamedNode:
        """Its IRI as a term."""
        return NamedNode(self.iri)


def triples(things: Iterable[Thing]) -> Iterator[Triple]:
    """Return all that is said of the things."""
    for thing in things:
        for predicate, value in thing.said:
            yield Triple(thing.node, name(predicate), _term(value))


def write(things: Iterable[Thing], written: str) -> bytes:
    """Return a document about the things in one of the graph formats (`ttl`, `jsonld`, ...)."""
    output = BytesIO()
    serialize(triples(things), output, _FORMATS[written], prefixes=NAMESPACES)
    return output.getvalue()


def english(text: str) -> Literal:
    """Return a literal in English."""
    return Literal(text, language="en")


def _term(value: Value) -> NamedNode | Literal:
    return value if isinstance(value, NamedNode | Literal) else Literal(value)
