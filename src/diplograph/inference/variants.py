"""From a rule's body to the ways in which it can hold: no UNION, no OPTIONAL, predicates and classes known.

UNION gives one variant a branch. OPTIONAL gives two: one in which its group holds, and one in which it is
absent. A variable in predicate position, or in the place of a class, that VALUES enumerates gives one variant
a row: so every variant says which relations it reads, which is what stratification needs.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import TypeVar

from pyoxigraph import Literal, NamedNode

from diplograph.inference.algebra import UnsupportedError
from diplograph.inference.rule import (
    Absent,
    Aggregate,
    Bind,
    Call,
    Constant,
    Element,
    Expression,
    Filter,
    Group,
    Grouping,
    Negation,
    Optional,
    Pattern,
    Term,
    Union,
    Values,
    Var,
    Variant,
    variables,
)
from diplograph.vocabulary import PREFIXES

TYPE = NamedNode(PREFIXES["rdf"] + "type")
_BOOLEAN = NamedNode(PREFIXES["xsd"] + "boolean")
_LIMIT = 512
Substitution = Mapping[Var, Term]
Kind = TypeVar("Kind")


def expand(head: tuple[Pattern, ...], body: Group) -> tuple[Variant, ...]:
    """Return the variants of a rule; raises `UnsupportedError` when it is unsafe or branches too often."""
    found = [variant for flat in _flatten(body) for variant in _variants(head, flat, frozenset())]
    if len(found) > _LIMIT:
        raise UnsupportedError(f"the alternatives multiply to {len(found)} ways; split the rule", "UNION")
    if any(isinstance(p.predicate, Var) for variant in found for p in _everywhere(variant)):
        raise UnsupportedError("a variable predicate needs a VALUES that lists what it may be", "VALUES")
    if not any(variant.head for variant in found):
        raise UnsupportedError("no variable of the head is ever bound by the body", "CONSTRUCT")
    return tuple(variant for variant in found if variant.head)


def _everywhere(variant: Variant) -> Iterator[Pattern]:
    yield from (*variant.head, *variant.patterns)
    ways = [way for item in variant.groupings for way in item.ways]
    for way in ways + [way for item in variant.absents for way in item.ways]:
        yield from _everywhere(way)


def substitute_pattern(pattern: Pattern, known: Substitution) -> Pattern:
    """Return `pattern` with the variables of `known` replaced."""
    return Pattern(*(_put(term, known) for term in pattern))


def substitute(expression: Expression, known: Substitution) -> Expression:
    """Return `expression` with the variables of `known` replaced."""
    if isinstance(expression, Call):
        return Call(expression.name, tuple(substitute(part, known) for part in expression.arguments))
    return _put(expression, known)


def substitute_variant(variant: Variant, known: Mapping[Var, Constant]) -> Variant:
    """Return `variant` with the variables of `known` replaced; a bind of one of them becomes a test."""
    tests = [Filter(substitute(item.test, known)) for item in variant.filters]
    tests += [
        Filter(Call("=", (substitute(bind.expression, known), known[bind.variable])))
        for bind in variant.binds
        if bind.variable in known
    ]
    columns = {column.variable for item in variant.groupings for column in item.columns}
    tests += [Filter(Call("=", (var, value))) for var, value in known.items() if var in columns]
    return Variant(
        head=tuple(substitute_pattern(pattern, known) for pattern in variant.head),
        patterns=tuple(substitute_pattern(pattern, known) for pattern in variant.patterns),
        values=tuple(_rows(table, known) for table in variant.values),
        groupings=tuple(_fixed_grouping(item, known) for item in variant.groupings),
        binds=tuple(
            Bind(bind.variable, substitute(bind.expression, known))
            for bind in variant.binds
            if bind.variable not in known
        ),
        filters=tuple(tests),
        absents=tuple(
            Negation(tuple(substitute_variant(way, known) for way in item.ways)) for item in variant.absents
        ),
    )


def _fixed_grouping(item: Grouping, known: Mapping[Var, Constant]) -> Grouping:
    fixed = {var: value for var, value in known.items() if var in item.keys}
    ways = tuple(substitute_variant(way, fixed) for way in item.ways)
    return Grouping(tuple(var for var in item.keys if var not in fixed), item.columns, ways, item.keyed)


def bound(variant: Variant) -> frozenset[Var]:
    """Return the variables that patterns, values and aggregates bind in every solution of `variant`."""
    tables = frozenset(var for table in variant.values for var in table.variables)
    return variables(variant.patterns) | tables | variables(variant.groupings)


def computed(variant: Variant) -> frozenset[Var]:
    """Return the variables that a BIND of `variant` may leave unbound."""
    return frozenset(bind.variable for bind in variant.binds)


def _put(term: Term, known: Substitution) -> Term:
    return known.get(term, term) if isinstance(term, Var) else term


def _flatten(group: Group) -> Iterator[tuple[Element, ...]]:
    """Yield the elements of `group` for each choice of branches."""
    choices: list[list[tuple[Element, ...]]] = []
    for element in group.elements:
        if isinstance(element, Union):
            choices.append([flat for branch in element.branches for flat in _flatten(branch)])
        elif isinstance(element, Optional):
            choices.append([*_flatten(element.group), (Absent(element.group),)])
        else:
            choices.append([(element,)])
    for choice in product(*choices):
        yield tuple(element for part in choice for element in part)


def _variants(
    head: tuple[Pattern, ...],
    flat: tuple[Element, ...],
    outer: frozenset[Var],
    wanted: frozenset[Var] = frozenset(),
) -> Iterator[Variant]:
    """Yield one variant for each row of the tables that name a predicate or a class.

    The variables of `wanted` stay variables in the result, for the sub-select that groups by them.
    """
    named = _naming((*head, *_of(flat, Pattern)))
    tables = tuple(table for table in _of(flat, Values) if table.variables)
    if any(not table.rows for table in _of(flat, Values)):
        return
    spelled = [table for table in tables if named & frozenset(table.variables)]
    kept = tuple(table for table in tables if table not in spelled)
    for rows in product(*(table.rows for table in spelled)):
        known = _agreeing(zip(spelled, rows, strict=True))
        if known is not None:
            again = tuple(Values((var,), ((known[var],),)) for var in sorted(wanted & frozenset(known)))
            yield from _variant(head, flat, kept + again, known, outer)


def _of(flat: Iterable[Element], kind: type[Kind]) -> tuple[Kind, ...]:
    return tuple(element for element in flat if isinstance(element, kind))


def _naming(patterns: Iterable[Pattern]) -> frozenset[Var]:
    """Return the variables that stand for a predicate or for a class."""
    places = [p.predicate for p in patterns] + [p.object for p in patterns if p.predicate == TYPE]
    return frozenset(place for place in places if isinstance(place, Var))


def _agreeing(rows: Iterable[tuple[Values, tuple[Constant, ...]]]) -> dict[Var, Constant] | None:
    known: dict[Var, Constant] = {}
    for table, row in rows:
        for var, value in zip(table.variables, row, strict=True):
            if known.setdefault(var, value) != value:
                return None
    return known


def _variant(
    head: tuple[Pattern, ...],
    flat: tuple[Element, ...],
    values: tuple[Values, ...],
    known: Mapping[Var, Constant],
    outer: frozenset[Var],
) -> Iterator[Variant]:
    patterns = tuple(substitute_pattern(pattern, known) for pattern in _of(flat, Pattern))
    groupings = tuple(_grouping(item, known) for item in _of(flat, Aggregate))
    tables = frozenset(var for table in values for var in table.variables)
    sure = outer | variables(patterns) | tables | variables(groupings)
    binds, maybe = _binds(_of(flat, Bind), known, sure)
    tests = [_settle(substitute(item.test, known), sure, maybe) for item in _of(flat, Filter)]
    if FALSE in tests or any(_unbound(test, sure | maybe) for test in tests):
        return
    absents = tuple(_negation(item, known, sure | maybe) for item in _of(flat, Absent))
    if any(way == _ALWAYS for negation in absents for way in negation.ways):
        return
    yield Variant(
        head=tuple(p for p in (substitute_pattern(p, known) for p in head) if variables(p) <= sure | maybe),
        patterns=tuple(dict.fromkeys(patterns)),
        values=values,
        groupings=groupings,
        binds=binds,
        filters=tuple(Filter(test) for test in tests if test != TRUE),
        absents=tuple(negation for negation in absents if negation.ways),
    )


_ALWAYS = Variant((), (), (), (), (), (), ())


def _grouping(item: Aggregate, known: Substitution) -> Grouping:
    """Return a sub-select of which the keys that the row outside fixes are put in."""
    fixed = {var: term for var, term in known.items() if var in item.keys}
    elements = tuple(_known(element, fixed) for element in item.group.elements)
    keys = frozenset(item.keys) - frozenset(fixed) | variables(tuple(c.argument for c in item.columns))
    flats = _flatten(Group(elements))
    ways = tuple(way for flat in flats for way in _variants((), flat, frozenset(), keys))
    left = tuple(var for var in item.keys if var not in fixed)
    return Grouping(left, item.columns, ways, bool(item.keys))


def _negation(item: Absent, known: Substitution, outer: frozenset[Var]) -> Negation:
    flats = (tuple(_known(element, known) for element in flat) for flat in _flatten(item.group))
    return Negation(tuple(way for flat in flats for way in _variants((), flat, outer)))


def _known(element: Element, known: Substitution) -> Element:
    """Return an element of a negated group with what the row outside fixes put in."""
    if isinstance(element, Pattern):
        return substitute_pattern(element, known)
    if isinstance(element, Filter):
        return Filter(substitute(element.test, known))
    if isinstance(element, Bind):
        return Bind(element.variable, substitute(element.expression, known))
    if isinstance(element, Absent):
        return Absent(Group(tuple(_known(part, known) for part in element.group.elements)))
    if isinstance(element, Union):
        return Union(
            tuple(Group(tuple(_known(p, known) for p in branch.elements)) for branch in element.branches)
        )
    if isinstance(element, Optional):
        return Optional(Group(tuple(_known(part, known) for part in element.group.elements)))
    if isinstance(element, Values):
        return _rows(element, known)
    return element


def _rows(table: Values, known: Substitution) -> Values:
    """Return the rows that agree with `known`, without the columns that it fixes."""
    kept = [index for index, var in enumerate(table.variables) if var not in known]
    rows = [
        tuple(row[index] for index in kept)
        for row in table.rows
        if all(known.get(var, cell) == cell for var, cell in zip(table.variables, row, strict=True))
    ]
    return Values(tuple(table.variables[index] for index in kept), tuple(rows))


def _binds(
    binds: tuple[Bind, ...], known: Substitution, sure: frozenset[Var]
) -> tuple[tuple[Bind, ...], frozenset[Var]]:
    """Return the binds that can give a value, and the variables they may bind."""
    kept: list[Bind] = []
    maybe = frozenset[Var]()
    for bind in binds:
        if bind.variable in sure | maybe:
            raise UnsupportedError(f"BIND gives {bind.variable} a second value", f"?{bind.variable.name}")
        expression = _settle(substitute(bind.expression, known), sure, maybe)
        if not _unbound(expression, sure | maybe):
            kept.append(Bind(bind.variable, expression))
            maybe |= {bind.variable}
    return tuple(kept), maybe


TRUE = Literal("true", datatype=_BOOLEAN)
FALSE = Literal("false", datatype=_BOOLEAN)


def _settle(expression: Expression, sure: frozenset[Var], maybe: frozenset[Var]) -> Expression:
    """Return `expression` with what needs no data worked out: BOUND, and the constants under it."""
    if not isinstance(expression, Call):
        return expression
    if expression.name == "BOUND":
        var = expression.arguments[0]
        return TRUE if var in sure else expression if var in maybe else FALSE
    parts = tuple(_settle(part, sure, maybe) for part in expression.arguments)
    if expression.name == "COALESCE":
        parts = tuple(part for part in parts if not _unbound(part, sure | maybe))
        return parts[0] if len(parts) == 1 else Call("COALESCE", parts)
    if expression.name == "IF" and parts[0] in (TRUE, FALSE):
        return parts[1] if parts[0] == TRUE else parts[2]
    return _logic(expression.name, parts)


def _logic(name: str, parts: tuple[Expression, ...]) -> Expression:
    if name == "!" and parts[0] in (TRUE, FALSE):
        return FALSE if parts[0] == TRUE else TRUE
    if name in ("&&", "||"):
        decisive, neutral = (FALSE, TRUE) if name == "&&" else (TRUE, FALSE)
        rest = tuple(part for part in parts if part != neutral)
        if decisive in rest or not rest:
            return decisive if decisive in rest else neutral
        return rest[0] if len(rest) == 1 else Call(name, rest)
    return Call(name, parts)


def _unbound(expression: Expression, at_hand: frozenset[Var]) -> bool:
    """Tell whether evaluating `expression` must fail, because it needs a variable that nothing binds."""
    if isinstance(expression, Var):
        return expression not in at_hand
    if not isinstance(expression, Call) or expression.name == "COALESCE":
        return isinstance(expression, Call) and not expression.arguments
    if expression.name == "||":
        return all(_unbound(part, at_hand) for part in expression.arguments)
    if expression.name == "IF":
        return _unbound(expression.arguments[0], at_hand)
    return any(_unbound(part, at_hand) for part in expression.arguments)
