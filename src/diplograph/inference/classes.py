"""Class expressions: what makes something a member, and what being a member implies."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import rdflib
from pyoxigraph import NamedNode
from rdflib import OWL
from rdflib.term import Node

from diplograph.inference.naming import edge
from diplograph.inference.rule import Call, Constant, Element, Filter, Pattern, Term, Values, Var, variables
from diplograph.inference.terminology import constant, members
from diplograph.inference.variants import TYPE
from diplograph.vocabulary import PREFIXES

SAME = NamedNode(str(OWL.sameAs))
CLASH = NamedNode(PREFIXES["dg"] + "clashesWith")
Body = tuple[Element, ...]
Made = tuple[str, "Conclusion", Body, str]


@dataclass(frozen=True)
class Conclusion:
    """The triple that a rule compiled from an axiom derives."""

    subject: Term
    predicate: NamedNode
    object: Term


def sufficient(
    graph: rdflib.Graph, node: Node, var: Var, *, inside: bool = False
) -> Iterator[tuple[str, Body]]:
    """Yield each body that makes `var` a member of the class `node`, with the name of the rule that says so.

    A named class is its own sufficient condition, unless `inside` asks for the expression it carries.
    """
    if isinstance(node, rdflib.URIRef) and not inside:
        yield "", (Pattern(var, TYPE, constant(node)),)
        return
    for predicate, read in _SUFFICIENT.items():
        for value in sorted(graph.objects(node, predicate), key=str):
            yield from read(graph, node, value, var)


def implied(
    graph: rdflib.Graph, node: Node, var: Var, *, inside: bool = False
) -> Iterator[tuple[str, Conclusion, Body]]:
    """Yield what follows from `var` being a member of `node`, with what else must hold for it."""
    if isinstance(node, rdflib.URIRef) and not inside:
        if node == OWL.Nothing:
            yield "cls-nothing2", Conclusion(var, CLASH, var), ()
        elif not str(node).startswith((PREFIXES["xsd"], str(rdflib.RDFS))) and node != OWL.Thing:
            yield "", Conclusion(var, TYPE, constant(node)), ()
        return
    for predicate, read in _IMPLIED.items():
        for value in sorted(graph.objects(node, predicate), key=str):
            yield from read(graph, node, value, var)


def pairs(graph: rdflib.Graph, predicate: Node) -> Iterator[tuple[Node, Node]]:
    """Yield the pairs that an axiom relates, sorted, without the ones that say nothing."""
    for left, right in sorted(
        graph.subject_objects(predicate), key=lambda pair: (str(pair[0]), str(pair[1]))
    ):
        if left != right and OWL.Thing not in (left, right) and OWL.Nothing != left:
            yield left, right


def at_most_one(subject: Var, first: Pattern, second: Pattern, kind: str, axiom: str) -> Iterator[Made]:
    """Yield the rules for two values that must be one: things are the same, literals a clash."""
    for kind_, conclusion, body in _single(subject, first, second, kind):
        yield kind_, conclusion, (first, second, *body), axiom


def _single(subject: Var, first: Pattern, second: Pattern, kind: str) -> "_Implication":
    left, right = sorted((variables(first) | variables(second)) - {subject})
    literal = Call("||", (Call("ISLITERAL", (left,)), Call("ISLITERAL", (right,))))
    different = Filter(Call("!=", (Call("STR", (left,)), Call("STR", (right,)))))
    yield (
        kind,
        Conclusion(left, SAME, right),
        (Filter(Call("!", (literal,))), Filter(Call("!=", (left, right)))),
    )
    yield f"{kind} (literals)", Conclusion(subject, CLASH, left), (Filter(literal), different)


def _fresh(var: Var, index: int = 0) -> Var:
    return Var(f"{var.name}_{index}")


def _on(graph: rdflib.Graph, node: Node, subject: Var, object_: Term) -> Pattern | None:
    on = graph.value(node, OWL.onProperty, any=True)
    return edge(graph, on, subject, object_) if on is not None else None


def _all_parts(graph: rdflib.Graph, node: Node, value: Node, var: Var) -> Iterator[tuple[str, Body]]:
    del node
    options = [list(sufficient(graph, part, var)) for part in members(graph, value)]
    for choice in product(*options) if options else ():
        yield "cls-int1", tuple(element for _, body in choice for element in body)


def _any_part(graph: rdflib.Graph, node: Node, value: Node, var: Var) -> Iterator[tuple[str, Body]]:
    del node
    for part in members(graph, value):
        for _, body in sufficient(graph, part, var):
            yield "cls-uni", body


def _some(graph: rdflib.Graph, node: Node, value: Node, var: Var) -> Iterator[tuple[str, Body]]:
    other = _fresh(var)
    premise = _on(graph, node, var, other)
    if premise is None:
        return
    if value == OWL.Thing:
        yield "cls-svf2", (premise,)
        return
    for _, body in sufficient(graph, value, other):
        yield "cls-svf1", (premise, *body)


def _value(graph: rdflib.Graph, node: Node, value: Node, var: Var) -> Iterator[tuple[str, Body]]:
    premise = _on(graph, node, var, constant(value))
    if premise is not None:
        yield "cls-hv2", (premise,)


def _enumerated(graph: rdflib.Graph, node: Node, value: Node, var: Var) -> Iterator[tuple[str, Body]]:
    del node
    rows: tuple[tuple[Constant, ...], ...] = tuple((constant(item),) for item in members(graph, value))
    if rows:
        yield "cls-oo", (Values((var,), rows),)


_SUFFICIENT = {
    OWL.intersectionOf: _all_parts,
    OWL.unionOf: _any_part,
    OWL.someValuesFrom: _some,
    OWL.hasValue: _value,
    OWL.oneOf: _enumerated,
}
_Implication = Iterator[tuple[str, Conclusion, Body]]


def _each_part(graph: rdflib.Graph, node: Node, value: Node, var: Var) -> _Implication:
    del node
    for part in members(graph, value):
        for kind, conclusion, body in implied(graph, part, var):
            yield kind or "cls-int2", conclusion, body


def _only(graph: rdflib.Graph, node: Node, value: Node, var: Var) -> _Implication:
    other = _fresh(var)
    premise = _on(graph, node, var, other)
    if premise is None:
        return
    for kind, conclusion, body in implied(graph, value, other):
        yield kind or "cls-avf", conclusion, (premise, *body)


def _has(graph: rdflib.Graph, node: Node, value: Node, var: Var) -> _Implication:
    made = _on(graph, node, var, constant(value))
    if made is not None and isinstance(made.predicate, NamedNode):
        yield "cls-hv1", Conclusion(made.subject, made.predicate, made.object), ()


def _not(graph: rdflib.Graph, node: Node, value: Node, var: Var) -> _Implication:
    del node
    for _, body in sufficient(graph, value, var):
        yield "cls-com", Conclusion(var, CLASH, var), body


def _at_most(graph: rdflib.Graph, node: Node, value: Node, var: Var) -> _Implication:
    """Read a maximum of none (a clash with any value) or of one (two values are the same thing)."""
    first, second = _fresh(var, 1), _fresh(var, 2)
    one, two = _on(graph, node, var, first), _on(graph, node, var, second)
    if one is None or two is None:
        return
    class_ = graph.value(node, OWL.onClass, any=True)
    whole = class_ is None or class_ == OWL.Thing
    firsts = [("", ())] if whole or class_ is None else list(sufficient(graph, class_, first))
    seconds = [("", ())] if whole or class_ is None else list(sufficient(graph, class_, second))
    kind = "cls-maxc" if class_ is None else "cls-maxqc"
    for (_, left), (_, right) in product(firsts, seconds):
        if str(value) == "0":
            yield f"{kind}1", Conclusion(var, CLASH, first), (one, *left)
        elif str(value) == "1":
            for kind_, conclusion, body in _single(var, one, two, f"{kind}2"):
                yield kind_, conclusion, (one, *left, two, *right, *body)


_IMPLIED = {
    OWL.intersectionOf: _each_part,
    OWL.allValuesFrom: _only,
    OWL.hasValue: _has,
    OWL.complementOf: _not,
    OWL.maxCardinality: _at_most,
    OWL.cardinality: _at_most,
    OWL.maxQualifiedCardinality: _at_most,
    OWL.qualifiedCardinality: _at_most,
}
