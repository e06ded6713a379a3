"""Instances of a rule: the bindings under which its body holds and its head gives a wanted triple."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Store, Triple

from diplograph.inference.families import minted
from diplograph.inference.render import expression, where
from diplograph.inference.rule import (
    Bind,
    Call,
    Constant,
    Filter,
    Grouping,
    Pattern,
    Rule,
    Var,
    Variant,
    variables,
)
from diplograph.inference.variants import bound, substitute_pattern, substitute_variant

ROWS = 1000
Fit = tuple[Rule, Variant, Pattern]
Bindings = Mapping[Var, Constant]


@dataclass(frozen=True)
class Instance:
    """A rule applied: the triples it read, what it found absent and the tests that passed, in SPARQL."""

    premises: tuple[Triple, ...]
    absent: tuple[str, ...]
    tests: tuple[str, ...]


def instances(
    store: Store, graphs: Sequence[NamedNode], fit: Fit, goal: Triple, *, guided: bool
) -> Iterator[Instance]:
    """Yield the instances of a rule that derive `goal`.

    `graphs` are the graphs that the rule may read. When `guided`, what else the rule concluded about a minted
    thing is looked up in the rule's own graph first: that binds most variables at once, so the search does
    not go through the whole body. It finds nothing where some of these conclusions were asserted already.
    """
    _, variant, head = fit
    known = _unify(head, goal)
    if known is None or not all(_fits(prefix, known.get(var)) for var, prefix in minted(variant).items()):
        return
    seen: set[tuple[Triple, ...]] = set()
    for everything in _bindings(store, graphs, fit, known, guided=guided):
        premises = tuple(dict.fromkeys(_premises(store, graphs, variant, everything)))
        if premises not in seen:
            seen.add(premises)
            fixed = substitute_variant(variant, everything)
            absent = tuple(" or ".join(where(way) for way in item.ways) for item in fixed.absents)
            yield Instance(premises, absent, tuple(expression(item.test) for item in fixed.filters))


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


def _bindings(
    store: Store, graphs: Sequence[NamedNode], fit: Fit, known: Bindings, *, guided: bool
) -> Iterator[dict[Var, Constant]]:
    """Yield the solutions of the body that go with `known`."""
    rule, variant, _ = fit
    beside = _beside(variant, known) if guided else []
    said = " ".join(f"{substitute_pattern(pattern, known)} ." for pattern in beside)
    guide = f"GRAPH {rule.graph} {{ {said} }}"
    fixed = substitute_variant(variant, known)
    queries: list[tuple[dict[Var, Constant], str]]
    if not beside:
        queries = [({}, f"SELECT DISTINCT * WHERE {{ {where(fixed)} }}")]
    elif not variant.groupings:
        queries = [({}, f"SELECT DISTINCT * WHERE {{ {guide} {where(_given(fixed, beside))} }}")]
    else:  # a sub-select is worked out by itself, so it has to be told what the guide knows beforehand
        hints = list(_solutions(store, graphs, f"SELECT DISTINCT * WHERE {{ {guide} }}"))
        bodies = [where(substitute_variant(variant, {**known, **hint})) for hint in hints]
        queries = [(h, f"SELECT DISTINCT * WHERE {{ {b} }}") for h, b in zip(hints, bodies, strict=True)]
    for hint, query in queries:
        for solution in _solutions(store, graphs, query):
            yield {**known, **hint, **solution}


def _beside(variant: Variant, known: Bindings) -> list[Pattern]:
    """Return what the rule concluded together with a goal that names something minted."""
    made = {bind.variable for bind in variant.binds}
    sure = bound(variant) | {bind.variable for bind in variant.binds if _mints(bind)}
    return [p for p in variant.head if variables(p) <= sure and variables(p) & made and made & set(known)]


def _given(variant: Variant, beside: Sequence[Pattern]) -> Variant:
    """Return `variant` with its binds turned into tests where a conclusion already gives the variable."""
    given = variables(tuple(beside))
    tests = tuple(
        Filter(Call("=", (bind.variable, bind.expression)))
        for bind in variant.binds
        if bind.variable in given
    )
    binds = tuple(bind for bind in variant.binds if bind.variable not in given)
    return replace(variant, binds=binds, filters=variant.filters + tests)


def _mints(bind: Bind) -> bool:
    return isinstance(bind.expression, Call) and bind.expression.name == "IRI"


def _solutions(store: Store, graphs: Sequence[NamedNode], query: str) -> Iterator[dict[Var, Constant]]:
    solutions = store.query(query, default_graph=list(graphs), named_graphs=list(graphs))
    if not isinstance(solutions, QuerySolutions):
        return
    names = [name.value for name in solutions.variables]
    for row in solutions:
        cells = ((name, row[name]) for name in names)
        yield {Var(n): value for n, value in cells if isinstance(value, (NamedNode, Literal, BlankNode))}


def _premises(
    store: Store, graphs: Sequence[NamedNode], variant: Variant, bindings: Bindings
) -> Iterator[Triple]:
    for pattern in variant.patterns:
        yield _triple(substitute_pattern(pattern, bindings))
    for grouping in variant.groupings:
        yield from _rows(store, graphs, grouping, bindings)


def _rows(
    store: Store, graphs: Sequence[NamedNode], grouping: Grouping, bindings: Bindings
) -> Iterator[Triple]:
    """Yield the triples of the rows that a sub-select counted (at most ROWS of them)."""
    keys = {var: bindings[var] for var in grouping.keys if var in bindings}
    for way in grouping.ways:
        fixed = substitute_variant(way, keys)
        query = f"SELECT DISTINCT * WHERE {{ {where(fixed)} }} LIMIT {ROWS}"
        for row in _solutions(store, graphs, query):
            yield from _premises(store, graphs, way, {**keys, **row})


def _triple(pattern: Pattern) -> Triple:
    if not isinstance(pattern.subject, (NamedNode, BlankNode)) or not isinstance(
        pattern.predicate, NamedNode
    ):
        raise TypeError(f"{pattern} is no triple")
    if isinstance(pattern.object, Var):
        raise TypeError(f"{pattern} is no triple")
    return Triple(pattern.subject, pattern.predicate, pattern.object)
