"""Words and triples for the nodes of a terminology: what a property relates, how an axiom is called."""

import rdflib
from pyoxigraph import NamedNode
from rdflib import OWL, RDF
from rdflib.term import Node

from diplograph.inference.rule import Pattern, Term
from diplograph.inference.terminology import members
from diplograph.vocabulary import compact


def name(graph: rdflib.Graph, node: Node) -> str:
    """Return a class, property or expression in a few words."""
    if isinstance(node, rdflib.URIRef):
        return compact(str(node))
    for predicate, sign in _SIGNS:
        value = graph.value(node, predicate, any=True)
        if value is not None:
            on = graph.value(node, OWL.onProperty, any=True)
            parts = members(graph, value) if (value, RDF.first, None) in graph else (value,)
            inner = f" {sign} ".join(name(graph, part) for part in parts)
            return f"({sign} {name(graph, on)} {inner})" if on is not None else f"({inner})"
    return str(node.n3()) if isinstance(node, rdflib.Literal) else "(an expression)"


_SIGNS = (
    (OWL.intersectionOf, "⊓"), (OWL.unionOf, "⊔"), (OWL.oneOf, ","), (OWL.someValuesFrom, "some"),
    (OWL.allValuesFrom, "only"), (OWL.hasValue, "value"), (OWL.complementOf, "not"), (OWL.hasSelf, "self"),
    (OWL.maxQualifiedCardinality, "max"), (OWL.maxCardinality, "max"), (OWL.inverseOf, "inverse"),
)  # fmt: skip


def edge(graph: rdflib.Graph, node: Node, subject: Term, object_: Term) -> Pattern | None:
    """Return the pattern of a property between two variables; of an unnamed inverse, that of its inverse."""
    if isinstance(node, rdflib.URIRef):
        return Pattern(subject, NamedNode(str(node)), object_)
    inverse = graph.value(node, OWL.inverseOf, any=True)
    return edge(graph, inverse, object_, subject) if isinstance(inverse, rdflib.URIRef) else None
