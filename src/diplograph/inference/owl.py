"""OWL 2 RL axioms as rules: each axiom of a closed terminology becomes rules over the relations it names.

Class expressions are compiled into the bodies and heads of these rules, so no triple ever says that something
is a member of an unnamed class. Each rule bears the name that the OWL 2 RL profile gives to its kind.
"""

from collections.abc import Iterator

import rdflib
from pyoxigraph import NamedNode
from rdflib import OWL, RDFS
from rdflib.term import Node

from diplograph.inference.classes import CLASH, Conclusion, Made, implied, pairs, sufficient
from diplograph.inference.contradictions import assertions, disjointness, distinctness
from diplograph.inference.naming import name
from diplograph.inference.properties import chains, characteristics, hierarchies, keys
from diplograph.inference.render import construct
from diplograph.inference.rule import Element, Group, Pattern, Rule, Var
from diplograph.inference.terminology import constant
from diplograph.inference.variants import TYPE, expand

SLUG = "owl-rl"
CLASH_SLUG = "clash"
_X, _Y = Var("x"), Var("y")


def compile_owl(terminology: rdflib.Graph) -> tuple[Rule, ...]:
    """Return the rules of a closed terminology, in a fixed order and without repeats."""
    made: dict[tuple[str, str], Rule] = {}
    for read in _READERS:
        for kind, conclusion, body, axiom in read(terminology):
            rule = _rule(kind, conclusion, body, axiom)
            if rule is not None:
                made.setdefault((str(rule.head), rule.text), rule)
    return tuple(sorted(made.values(), key=lambda rule: (rule.id, rule.label, rule.text)))


def _rule(kind: str, conclusion: Conclusion, body: tuple[Element, ...], axiom: str) -> Rule | None:
    head = (Pattern(conclusion.subject, conclusion.predicate, conclusion.object),)
    if head[0] in body or (conclusion.predicate == TYPE and isinstance(conclusion.object, Var)):
        return None  # what says nothing new, and properties that are another name of rdf:type or its inverse
    group = Group(tuple(dict.fromkeys(body)))
    clash = conclusion.predicate == CLASH
    rule = Rule(
        id=kind, slug=CLASH_SLUG if clash else SLUG, label=axiom, head=head, body=group,
        text=construct(head, group), source="OWL 2 Web Ontology Language Profiles, section 4.3",
        axioms=(axiom,), clash=clash,
    )  # fmt: skip
    return rule.with_variants(expand(head, group))


def _classes(graph: rdflib.Graph) -> Iterator[Made]:
    for left, right in pairs(graph, RDFS.subClassOf):
        yield from _inclusion(graph, left, right, "⊑")
    for left, right in pairs(graph, OWL.equivalentClass):
        yield from _inclusion(graph, left, right, "≡")
        yield from _inclusion(graph, right, left, "≡")
    for node in sorted({n for p in _DEFINING for n in graph.subjects(p) if isinstance(n, rdflib.URIRef)}):
        yield from _definition(graph, node)


_DEFINING = (
    OWL.intersectionOf, OWL.unionOf, OWL.oneOf, OWL.someValuesFrom, OWL.hasValue, OWL.allValuesFrom,
    OWL.complementOf, OWL.maxCardinality, OWL.maxQualifiedCardinality, OWL.hasSelf,
)  # fmt: skip


def _definition(graph: rdflib.Graph, node: Node) -> Iterator[Made]:
    """A named class that carries an expression itself, rather than through owl:equivalentClass."""
    axiom = f"{name(graph, node)} is defined by its parts"
    for kind, body in sufficient(graph, node, _X, inside=True):
        yield kind, Conclusion(_X, TYPE, constant(node)), body, axiom
    membership = (Pattern(_X, TYPE, constant(node)),)
    for kind, conclusion, body in implied(graph, node, _X, inside=True):
        yield kind, conclusion, membership + body, axiom


def _inclusion(graph: rdflib.Graph, left: Node, right: Node, sign: str) -> Iterator[Made]:
    axiom = f"{name(graph, left)} {sign} {name(graph, right)}"
    for kind, premise in sufficient(graph, left, _X):
        for other, conclusion, body in implied(graph, right, _X):
            yield kind or other or "cax-sco", conclusion, premise + body, axiom


def _renamings(graph: rdflib.Graph) -> Iterator[Made]:
    """Two names of one class or property: what is said with one is said with the other."""
    for left, right in pairs(graph, OWL.sameAs):
        if isinstance(left, rdflib.URIRef) and isinstance(right, rdflib.URIRef):
            axiom = f"{name(graph, left)} is {name(graph, right)}"
            one, other = NamedNode(str(left)), NamedNode(str(right))
            yield "eq-rep-p", Conclusion(_X, other, _Y), (Pattern(_X, one, _Y),), axiom
            yield "eq-rep-o", Conclusion(_X, TYPE, other), (Pattern(_X, TYPE, one),), axiom


_READERS = (
    _renamings,
    _classes,
    hierarchies,
    characteristics,
    chains,
    keys,
    disjointness,
    distinctness,
    assertions,
)
