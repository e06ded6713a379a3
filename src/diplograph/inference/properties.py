"""Axioms about properties as rules: hierarchies, domains, inverses, characteristics, chains and keys."""

from collections.abc import Callable, Iterator
from functools import partial

import rdflib
from rdflib import OWL, RDF, RDFS
from rdflib.term import Node

from diplograph.inference.classes import (
    CLASH,
    SAME,
    Conclusion,
    Made,
    at_most_one,
    implied,
    pairs,
    sufficient,
)
from diplograph.inference.naming import edge, name
from diplograph.inference.rule import Call, Filter, Pattern, Var
from diplograph.inference.terminology import members

_X, _Y, _Z = Var("x"), Var("y"), Var("z")


def hierarchies(graph: rdflib.Graph) -> Iterator[Made]:
    """Yield the rules of sub-properties, equivalent and inverse properties, domains and ranges."""
    for predicate, kind, sign in _PAIRS:
        for left, right in pairs(graph, predicate):
            yield from _pair(graph, kind, sign, left, right)
    for chosen, role, kind in ((RDFS.domain, _X, "prp-dom"), (RDFS.range, _Y, "prp-rng")):
        for node, class_ in pairs(graph, chosen):
            premise = edge(graph, node, _X, _Y)
            axiom = f"{kind[4:].replace('dom', 'domain').replace('rng', 'range')} of {name(graph, node)}"
            for other, conclusion, body in implied(graph, class_, role):
                if premise is not None:
                    yield other or kind, conclusion, (premise, *body), f"{axiom} is {name(graph, class_)}"


_PAIRS = (
    (RDFS.subPropertyOf, "prp-spo1", "⊑"), (OWL.equivalentProperty, "prp-eqp", "≡"),
    (OWL.inverseOf, "prp-inv", "inverse of"),
)  # fmt: skip


def _pair(graph: rdflib.Graph, kind: str, sign: str, left: Node, right: Node) -> Iterator[Made]:
    axiom = f"{name(graph, left)} {sign} {name(graph, right)}"
    directions = ((left, right),) if kind == "prp-spo1" else ((left, right), (right, left))
    for source, target in directions:
        ends = (_Y, _X) if kind == "prp-inv" else (_X, _Y)
        premise, made = edge(graph, source, _X, _Y), edge(graph, target, *ends)
        if premise is not None and made is not None:
            yield kind, Conclusion(*made), (premise,), axiom


def characteristics(graph: rdflib.Graph) -> Iterator[Made]:
    """Yield the rules of symmetric, transitive, functional and the other kinds of properties."""
    for feature, read in _FEATURES.items():
        for node in sorted(graph.subjects(RDF.type, feature), key=str):
            yield from read(partial(edge, graph, node), f"{name(graph, node)} is {_words(str(feature))}")


def _words(feature: str) -> str:
    return feature.rpartition("#")[2].removesuffix("Property").lower()


_Edge = Callable[[Var, Var], Pattern | None]


def _symmetric(between: _Edge, axiom: str) -> Iterator[Made]:
    premise, made = between(_X, _Y), between(_Y, _X)
    if premise and made:
        yield "prp-symp", Conclusion(*made), (premise,), axiom


def _transitive(between: _Edge, axiom: str) -> Iterator[Made]:
    first, second, made = between(_X, _Y), between(_Y, _Z), between(_X, _Z)
    if first and second and made:
        yield "prp-trp", Conclusion(*made), (first, second), axiom


def _functional(between: _Edge, axiom: str) -> Iterator[Made]:
    first, second = between(_X, _Y), between(_X, _Z)
    if first and second:
        yield from at_most_one(_X, first, second, "prp-fp", axiom)


def _inverse_functional(between: _Edge, axiom: str) -> Iterator[Made]:
    first, second = between(_Y, _X), between(_Z, _X)
    if first and second:
        yield from at_most_one(_X, first, second, "prp-ifp", axiom)


def _irreflexive(between: _Edge, axiom: str) -> Iterator[Made]:
    premise = between(_X, _X)
    if premise:
        yield "prp-irp", Conclusion(_X, CLASH, _X), (premise,), axiom


def _asymmetric(between: _Edge, axiom: str) -> Iterator[Made]:
    first, second = between(_X, _Y), between(_Y, _X)
    if first and second:
        yield "prp-asyp", Conclusion(_X, CLASH, _Y), (first, second), axiom


_FEATURES: dict[Node, Callable[[_Edge, str], Iterator[Made]]] = {
    OWL.SymmetricProperty: _symmetric,
    OWL.TransitiveProperty: _transitive,
    OWL.FunctionalProperty: _functional,
    OWL.InverseFunctionalProperty: _inverse_functional,
    OWL.IrreflexiveProperty: _irreflexive,
    OWL.AsymmetricProperty: _asymmetric,
}


def chains(graph: rdflib.Graph) -> Iterator[Made]:
    """Yield the rules of owl:propertyChainAxiom."""
    for node, steps in sorted(graph.subject_objects(OWL.propertyChainAxiom), key=str):
        parts = members(graph, steps)
        hops = [edge(graph, part, Var(f"x{i}"), Var(f"x{i + 1}")) for i, part in enumerate(parts)]
        made = edge(graph, node, Var("x0"), Var(f"x{len(parts)}"))
        body = tuple(hop for hop in hops if hop is not None)
        if made is not None and parts and len(body) == len(parts):
            chain = " ∘ ".join(name(graph, part) for part in parts)
            yield "prp-spo2", Conclusion(*made), body, f"{chain} ⊑ {name(graph, node)}"


def keys(graph: rdflib.Graph) -> Iterator[Made]:
    """Yield the rules of owl:hasKey: all the properties of the key must agree."""
    for node, list_ in sorted(graph.subject_objects(OWL.hasKey), key=str):
        parts = members(graph, list_)
        axiom = f"{name(graph, node)} has the key {', '.join(name(graph, part) for part in parts)}"
        agreeing = [edge(graph, p, var, Var(f"z{i}")) for i, p in enumerate(parts) for var in (_X, _Y)]
        body = tuple(hop for hop in agreeing if hop is not None)
        if not parts or len(body) != len(agreeing):
            continue
        other = Filter(Call("!=", (_X, _Y)))
        for _, left in sufficient(graph, node, _X):
            for _, right in sufficient(graph, node, _Y):
                yield "prp-key", Conclusion(_X, SAME, _Y), (*body, *left, *right, other), axiom
