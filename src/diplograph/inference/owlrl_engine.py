"""The reference for the axioms: owlrl itself, over all triples at once. It knows nothing of the domain rules."""

from collections.abc import Iterable, Iterator

import rdflib
from owlrl import DeductiveClosure, OWLRL_Semantics
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from diplograph.inference.terminology import constant

ERROR = NamedNode("http://www.daml.org/2002/03/agents/agent-ont#error")
_ERROR = rdflib.URIRef(ERROR.value)


def run_owlrl(given: Iterable[Triple]) -> tuple[frozenset[Triple], tuple[str, ...]]:
    """Return what owlrl derives from `given` without what is given, and the contradictions in its words.

    Its axiomatic triples are left out. owlrl takes a key of several properties for satisfied when only some
    of them agree; in that it is no reference.
    """
    facts = frozenset(given)
    graph = rdflib.Graph()
    for triple in facts:
        graph.add((_node(triple.subject), _node(triple.predicate), _node(triple.object)))
    DeductiveClosure(OWLRL_Semantics, axiomatic_triples=False, datatype_axioms=False).expand(graph)
    errors = sorted(str(message) for message in graph.objects(None, _ERROR))
    return frozenset(_triples(graph)) - facts, tuple(errors)


def _node(term: object) -> rdflib.term.Node:
    """Return a pyoxigraph term as an rdflib term, spelled as it is."""
    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    if not isinstance(term, Literal):
        raise TypeError(f"{term} is no term of RDF 1.1")
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False)


def _triples(graph: rdflib.Graph) -> Iterator[Triple]:
    for subject, predicate, object_ in graph:
        one, between, other = constant(subject), constant(predicate), constant(object_)
        if not isinstance(one, Literal) and isinstance(between, NamedNode) and predicate != _ERROR:
            yield Triple(one, between, other)
