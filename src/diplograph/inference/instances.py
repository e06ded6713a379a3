"""Instances of a rule: the bindings under which its body holds and its head gives a wanted triple."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import BlankNode, NamedNode, Store, Triple

from diplograph.inference.families import minted
from diplograph.inference.render import expression, where
from diplograph.inference.rule import Bind, Call, Constant, Pattern, Rule, Var, Variant, variables
from diplograph.inference.searching import Bindings, Search, Told, solved
from diplograph.inference.variants import bound, substitute_pattern, substitute_variant
from diplograph.vocabulary import PREFIXES

DERIVED = NamedNode(PREFIXES["prov"] + "wasDerivedFrom")
Fit = tuple[Rule, Variant, Pattern]


@dataclass(frozen=True)
class Instance:
    """A rule applied: the triples it read, what it found absent and the tests that passed, in SPARQL."""

    premises: tuple[Triple, ...]
    absent: tuple[str, ...]
    tests: tuple[str, ...]


def instances(
    store: Store, graphs: Sequence[NamedNode], fit: Fit, goal: Triple, told: Told, *, guided: bool
) -> Iterator[Instance]:
    """Yield the instances of a rule that derive `goal`.

    `graphs` are the graphs that the rule may read; `told` keeps answers for other goals. When `guided`, what else the rule concluded about a minted
    thing is looked up in the rule's own graph first: that binds most variables at once, so the search does
    not go through the whole body. It finds nothing where some of these conclusions were asserted already.
    """
    rule, variant, head = fit
    known = _unify(head, goal)
    if known is None or not all(_fits(prefix, known.get(var)) for var, prefix in minted(variant).items()):
        return
    seen: set[tuple[Triple, ...]] = set()
    search = Search(store, tuple(graphs), _witnesses(store, rule, goal.subject) if guided else {}, told)
    for everything in _bindings(search, fit, known, guided=guided):
        premises = tuple(dict.fromkeys(search.premises(variant, everything)))
        if premises not in seen:
            seen.add(premises)
            fixed = substitute_variant(variant, everything)
            absent = tuple(" or ".join(where(way) for way in item.ways) for item in fixed.absents)
            yield Instance(premises, absent, tuple(expression(item.test) for item in fixed.filters))


def _witnesses(store: Store, rule: Rule, thing: object) -> Mapping[Var, tuple[Constant, ...]]:
    """Return what the rule says `thing` was derived from, by the variables that stand for it in the head."""
    names = {p.object for p in rule.head if p.predicate == DERIVED and isinstance(p.object, Var)}
    if not names or not isinstance(thing, NamedNode):
        return {}
    found = tuple(quad.object for quad in store.quads_for_pattern(thing, DERIVED, None, rule.graph))
    told = tuple(term for term in found if isinstance(term, (NamedNode, BlankNode)))
    return {name: told for name in names if isinstance(name, Var)} if told else {}


def _unify(head: Pattern, goal: Triple) -> dict[Var, Constant] | None:
    """Return the bindings that turn `head` into `goal`, or None."""
    known: dict[Var, Constant] = {}
    for term, value in zip(head, (goal.subject, goal.predicate, goal.object), strict=True):
        if isinstance(value, Triple):
            return None
        if known.setdefault(term, value) != value if isinstance(term, Var) else term != value:
            return None
    return known


def _fits(prefix: str, value: Constant | None) -> bool:
    return value is None or (isinstance(value, NamedNode) and value.value.startswith(prefix))


def _bindings(search: Search, fit: Fit, known: Bindings, *, guided: bool) -> Iterator[dict[Var, Constant]]:
    """Yield the solutions of the body that go with `known`."""
    rule, variant, _ = fit
    beside = _beside(variant, known) if guided else []
    said = " ".join(
        f"{pattern} ." for pattern in search.ordered([substitute_pattern(p, known) for p in beside])
    )
    hints = (
        search.ask(f"SELECT DISTINCT * WHERE {{ GRAPH {rule.graph} {{ {said} }} }}") if beside else iter([{}])
    )
    for hint in hints:
        told = solved(variant.binds, {**known, **hint})
        for solution in search.solutions(substitute_variant(variant, told)):
            yield {**told, **solution}


def _beside(variant: Variant, known: Bindings) -> list[Pattern]:
    """Return what the rule concluded together with a goal that names something minted."""
    made = {bind.variable for bind in variant.binds}
    sure = bound(variant) | {bind.variable for bind in variant.binds if _mints(bind)}
    return [p for p in variant.head if variables(p) <= sure and variables(p) & made and made & set(known)]


def _mints(bind: Bind) -> bool:
    return isinstance(bind.expression, Call) and bind.expression.name == "IRI"
