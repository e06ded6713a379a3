"""The logical part of an ontology, closed under the OWL 2 RL rules for schemas.

Labels, definitions, examples and shapes say nothing that follows; they are left out before `owlrl` closes the
rest, which keeps that step short.
"""

import hashlib
from collections.abc import Iterable, Iterator
from functools import lru_cache

import rdflib
from owlrl import DeductiveClosure, OWLRL_Semantics
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from rdflib import OWL, RDF, RDFS

LOGICAL = frozenset(
    [RDFS[name] for name in ("subClassOf", "subPropertyOf", "domain", "range")]
    + [RDF.first, RDF.rest]
    + [
        OWL[name]
        for name in [
            "equivalentClass",
            "equivalentProperty",
            "inverseOf",
            "propertyChainAxiom",
            "hasKey",
            "disjointWith",
            "disjointUnionOf",
            "complementOf",
            "intersectionOf",
            "unionOf",
            "oneOf",
            "onProperty",
            "onClass",
            "onDataRange",
            "someValuesFrom",
            "allValuesFrom",
            "hasValue",
            "hasSelf",
            "maxCardinality",
            "maxQualifiedCardinality",
            "cardinality",
            "minCardinality",
            "qualifiedCardinality",
            "minQualifiedCardinality",
            "propertyDisjointWith",
            "members",
            "distinctMembers",
            "sourceIndividual",
            "assertionProperty",
            "targetIndividual",
            "targetValue",
        ]
    ]
)
_SCHEMA_TYPES = frozenset(
    [RDFS.Class, RDFS.Datatype, RDF.Property]
    + [
        OWL[name]
        for name in [
            "Class",
            "ObjectProperty",
            "DatatypeProperty",
            "AnnotationProperty",
            "Restriction",
            "FunctionalProperty",
            "InverseFunctionalProperty",
            "SymmetricProperty",
            "AsymmetricProperty",
            "TransitiveProperty",
            "ReflexiveProperty",
            "IrreflexiveProperty",
            "AllDisjointClasses",
            "AllDisjointProperties",
            "AllDifferent",
            "NegativePropertyAssertion",
            "NamedIndividual",
            "DataRange",
        ]
    ]
)
_SAME, _TYPE = NamedNode(str(OWL.sameAs)), NamedNode(str(RDF.type))
_UNUSED = frozenset((OWL.AnnotationProperty, OWL.NamedIndividual, OWL.DataRange, RDFS.Datatype))


def terminology(triples: Iterable[Triple]) -> rdflib.Graph:
    """Return the logical axioms among `triples`, closed by owlrl (without its axiomatic triples)."""
    given = list(triples)
    axioms = [triple for triple in given if is_axiom(triple)] + _renamings(given)
    return _closed("\n".join(sorted(f"{triple} ." for triple in axioms)))


def _renamings(triples: Iterable[Triple]) -> list[Triple]:
    """Return the identities between classes or properties, which are axioms too."""
    found, schema = [], set[object]()
    for triple in triples:
        schema.add(triple.predicate)
        if triple.predicate == _SAME:
            found.append(triple)
        elif is_axiom(triple):
            schema.update((triple.subject, triple.object))
        elif triple.predicate == _TYPE:
            schema.add(triple.object)
    return [triple for triple in found if {triple.subject, triple.object} & schema]


def is_axiom(triple: Triple) -> bool:
    """Tell whether a triple is part of an axiom rather than a fact or an annotation."""
    predicate = rdflib.URIRef(triple.predicate.value)
    if predicate == RDF.type:
        return (
            isinstance(triple.object, NamedNode)
            and rdflib.URIRef(triple.object.value) in _SCHEMA_TYPES - _UNUSED
        )
    return predicate in LOGICAL


def digest(graph: rdflib.Graph) -> str:
    """Return a hash of the triples of `graph`, the same whatever their order."""
    lines = "\n".join(sorted(" ".join(term.n3() for term in triple) for triple in graph))
    return hashlib.sha256(lines.encode()).hexdigest()


def members(graph: rdflib.Graph, node: rdflib.term.Node) -> tuple[rdflib.term.Node, ...]:
    """Return the items of an RDF list; a list that runs in a circle ends where it would repeat."""
    return tuple(_items(graph, node))


def _items(graph: rdflib.Graph, node: rdflib.term.Node) -> Iterator[rdflib.term.Node]:
    seen: set[rdflib.term.Node] = set()
    rest: rdflib.term.Node | None = node
    while rest is not None and rest != RDF.nil and rest not in seen:
        seen.add(rest)
        first = graph.value(rest, RDF.first, any=True)
        if first is not None:
            yield first
        rest = graph.value(rest, RDF.rest, any=True)


@lru_cache(maxsize=8)
def _closed(ntriples: str) -> rdflib.Graph:
    graph = rdflib.Graph()
    graph.parse(data=ntriples, format="nt")
    DeductiveClosure(OWLRL_Semantics, axiomatic_triples=False, datatype_axioms=False).expand(graph)
    return graph


def constant(node: rdflib.term.Node) -> NamedNode | BlankNode | Literal:
    """Return an rdflib term as a pyoxigraph term."""
    if isinstance(node, rdflib.URIRef):
        return NamedNode(str(node))
    if isinstance(node, rdflib.BNode):
        return BlankNode(str(node))
    literal = rdflib.Literal(node, normalize=False)
    if literal.language:
        return Literal(str(literal), language=literal.language)
    return (
        Literal(str(literal), datatype=NamedNode(str(literal.datatype)))
        if literal.datatype
        else Literal(str(literal))
    )
