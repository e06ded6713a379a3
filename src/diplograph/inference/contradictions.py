"""Axioms that forbid: disjointness, difference and negative assertions, as rules that derive a clash."""

from collections.abc import Iterator
from itertools import combinations

import rdflib
from pyoxigraph import NamedNode
from rdflib import OWL, RDF
from rdflib.term import Node

from diplograph.inference.classes import CLASH, SAME, Conclusion, Made, sufficient
from diplograph.inference.naming import edge, name
from diplograph.inference.rule import Pattern, Var
from diplograph.inference.terminology import constant, members
from diplograph.inference.variants import TYPE

_X, _Y = Var("x"), Var("y")


def disjointness(graph: rdflib.Graph) -> Iterator[Made]:
    """Yield the rules of disjoint classes and properties, and of the class that has no members."""
    nothing = Pattern(_X, TYPE, NamedNode(str(OWL.Nothing)))
    yield "cls-nothing2", Conclusion(_X, CLASH, _X), (nothing,), "owl:Nothing has no members"
    for left, right in _disjoint(graph, OWL.disjointWith, OWL.AllDisjointClasses):
        axiom = f"{name(graph, left)} and {name(graph, right)} are disjoint"
        for _, first in sufficient(graph, left, _X):
            for _, second in sufficient(graph, right, _X):
                yield "cax-dw", Conclusion(_X, CLASH, _X), first + second, axiom
    for left, right in _disjoint(graph, OWL.propertyDisjointWith, OWL.AllDisjointProperties):
        one, two = edge(graph, left, _X, _Y), edge(graph, right, _X, _Y)
        if one is not None and two is not None:
            axiom = f"{name(graph, left)} and {name(graph, right)} are disjoint"
            yield "prp-pdw", Conclusion(_X, CLASH, _Y), (one, two), axiom


def _disjoint(graph: rdflib.Graph, predicate: Node, group: Node) -> list[tuple[Node, Node]]:
    """Return the disjoint pairs, each once, whichever way they are stated."""
    stated = list(graph.subject_objects(predicate))
    for node in graph.subjects(RDF.type, group):
        for list_ in graph.objects(node, OWL.members):
            stated += combinations(members(graph, list_), 2)
    for list_ in graph.objects(None, OWL.disjointUnionOf) if predicate == OWL.disjointWith else ():
        stated += combinations(members(graph, list_), 2)
    return sorted({(min(pair, key=str), max(pair, key=str)) for pair in stated}, key=str)


def distinctness(graph: rdflib.Graph) -> Iterator[Made]:
    """Yield the rules that forbid different things to be the same."""
    different = NamedNode(str(OWL.differentFrom))
    body = (Pattern(_X, SAME, _Y), Pattern(_X, different, _Y))
    yield "eq-diff1", Conclusion(_X, CLASH, _Y), body, "owl:sameAs and owl:differentFrom exclude each other"
    yield "eq-diff1", Conclusion(_X, CLASH, _X), (Pattern(_X, different, _X),), "nothing differs from itself"
    for node in sorted(graph.subjects(RDF.type, OWL.AllDifferent), key=str):
        lists = [*graph.objects(node, OWL.members), *graph.objects(node, OWL.distinctMembers)]
        for left, right in combinations([item for list_ in lists for item in members(graph, list_)], 2):
            one, two = constant(left), constant(right)
            axiom = f"{name(graph, left)} and {name(graph, right)} are different"
            yield "eq-diff2", Conclusion(one, CLASH, two), (Pattern(one, SAME, two),), axiom


def assertions(graph: rdflib.Graph) -> Iterator[Made]:
    """Yield the rules of negative property assertions."""
    for node in sorted(graph.subjects(OWL.sourceIndividual), key=str):
        source, on = (graph.value(node, p, any=True) for p in (OWL.sourceIndividual, OWL.assertionProperty))
        targets = [*graph.objects(node, OWL.targetIndividual), *graph.objects(node, OWL.targetValue)]
        for target in sorted(targets, key=str):
            if on is None or source is None:
                continue
            denied = edge(graph, on, constant(source), constant(target))
            if denied is not None:
                axiom = f"{name(graph, source)} {name(graph, on)} {name(graph, target)} is denied"
                yield "prp-npa", Conclusion(denied.subject, CLASH, denied.object), (denied,), axiom
