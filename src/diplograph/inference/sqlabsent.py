# ruff: noqa: S608 - every name and number that is put into SQL here is made here
"""What must not be there, as SQL: the cases a negation asks about, and those in which it finds something.

The cases are put into a table, each once. What a negation finds is deleted from it, and what is left is
joined to the body. A correlated subquery says the same, but does the work for every solution, and joins in
the order it is written.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from diplograph.inference.rule import Call, Expression, Filter, Negation, Var, Variant, variables
from diplograph.inference.sqlbody import Body, Catalog, EmptyError, Star, match, moved
from diplograph.inference.sqlexpr import Value, truth

Fill = Callable[[Body, Variant, frozenset[Var]], Body]
_FLIP = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_ALIKE = frozenset(("date", "int"))


@dataclass(frozen=True)
class Cases:
    """A table of the values that a negation asks about, by variable, numbered in the column `row`."""

    table: str
    values: Mapping[Var, Value]


def without(body: Body, variant: Variant, needed: frozenset[Var], fill: Fill) -> Body:
    """Return the solutions of `body` that no negation of `variant` catches; `fill` compiles what is negated.

    Raises `EmptyError` when there are none.
    """
    rest = []
    for absent in variant.absents:
        asked = variables(absent) & frozenset(body.values)
        about = _about(body, asked)
        if about:
            _join(
                body,
                _taken_out(_cases_of_stars(body, about, asked, variant.filters), absent, body.catalog, fill),
            )
        else:
            rest.append(absent)
    return _among_solutions(body, rest, needed, fill) if rest else body


def _about(body: Body, asked: frozenset[Var]) -> list[Star]:
    """Return the stars that hold what a negation asks about: one, or all of the body that hang together.

    None otherwise: without the rest of the body there could be many more cases than with it.
    """
    loose = frozenset(var for var in asked if not body.values[var].fixed)
    left = [star for star in body.stars if loose & frozenset(star.columns)]
    if loose - frozenset(var for star in left for var in star.columns):
        return []
    chosen = left[:1]
    known = frozenset(var for star in chosen for var in star.columns)
    while chosen:
        linked = next((s for s in left if s not in chosen and known & frozenset(s.columns)), None)
        if linked is None:
            return chosen if len(chosen) in (1, len(body.stars)) and len(chosen) == len(left) else []
        chosen.append(linked)
        known |= frozenset(linked.columns)
    return []


def _cases_of_stars(
    body: Body, stars: Sequence[Star], asked: frozenset[Var], filters: Sequence[Filter]
) -> Cases:
    """Return the cases there can be, from the stars alone: of many things that are alike, one."""
    inner = Body(body.catalog, {var: value for var, value in body.values.items() if value.fixed})
    everything = [var for star in stars for var in star.columns]
    shared = frozenset(var for var in everything if everything.count(var) > 1)
    tests = [item for item in filters if variables(item) <= frozenset(everything) | frozenset(inner.values)]
    wanted = asked | shared | variables(tuple(tests))
    for star in stars:
        columns = {var: column for var, column in star.columns.items() if var in wanted}
        table = star.table
        if len(columns) < len(star.columns):
            table = body.catalog.kept(
                f"SELECT DISTINCT {', '.join(columns.values()) or '1 AS one'} FROM {table}"
            )
        inner.sources.append(table)
        for var, column in columns.items():
            match(inner, var, f"{table}.{column}", star.kinds[var])
    inner.conditions += [truth(item.test, inner.scope) for item in tests]
    return _cases(inner, asked, "")


def _cases(body: Body, asked: frozenset[Var], origin: str) -> Cases:
    """Return the values of `asked` in `body` (or in the table `origin`), each case once."""
    columns = {var: f"c{index}" for index, var in enumerate(sorted(asked))}
    chosen = ", ".join(f"{body.values[var].sql} AS {column}" for var, column in columns.items()) or "1 AS one"
    rows = f"SELECT DISTINCT {chosen} FROM {origin}" if origin else body.sql(f"DISTINCT {chosen}")
    table = body.catalog.kept(f"SELECT *, row_number() OVER () AS row FROM ({rows})")
    return Cases(
        table, {var: moved(body.values[var], f"{table}.{column}") for var, column in columns.items()}
    )


def _among_solutions(body: Body, absents: Sequence[Negation], needed: frozenset[Var], fill: Fill) -> Body:
    """Put the solutions of `body` into a table, and take from it what the negations ask about."""
    known = frozenset(body.values)
    columns = {
        var: f"c{index}" for index, var in enumerate(sorted((needed | variables(tuple(absents))) & known))
    }
    exported = [f"{body.values[var].sql} AS {column}" for var, column in columns.items()]
    exported += [f"{body.row} AS outer_row"] if body.row else []
    table = body.catalog.kept(body.sql("DISTINCT " + (", ".join(exported) or "1 AS one")))
    values = {var: moved(body.values[var], f"{table}.{column}") for var, column in columns.items()}
    found = Body(body.catalog, values, [table], row=f"{table}.outer_row" if body.row else "")
    for absent in absents:
        cases = _cases(found, variables(absent) & frozenset(values), table)
        _join(found, _taken_out(cases, absent, body.catalog, fill))
    return found


def _join(body: Body, cases: Cases | None) -> None:
    if cases is None:
        return
    body.sources.append(cases.table)
    for var, value in cases.values.items():
        body.conditions.append(f"{body.values[var].sql} IS NOT DISTINCT FROM {value.sql}")


def _taken_out(cases: Cases, absent: Negation, catalog: Catalog, fill: Fill) -> Cases | None:
    """Return the cases in which nothing is found, or None when these are all."""
    gone = 0
    for way in (choice for possible in absent.ways for choice in _alternatives(possible)):
        try:
            rows = _nearest(cases, way, catalog, fill) or _found(cases, way, catalog, fill)
        except EmptyError:
            continue
        gone += catalog.run(f"DELETE FROM {cases.table} WHERE row IN ({rows})")
    if gone and not catalog.run(f"SELECT count(*) FROM {cases.table}"):
        raise EmptyError
    return cases if gone else None


def _found(cases: Cases, way: Variant, catalog: Catalog, fill: Fill) -> str:
    body = Body(catalog, dict(cases.values), [cases.table], row=f"{cases.table}.row")
    found = fill(body, way, frozenset())
    return found.sql(found.row)


def _alternatives(way: Variant) -> Iterator[Variant]:
    """Yield a way for each choice among the alternatives of its tests."""
    options = [list(_either(item.test)) for item in way.filters]
    for choice in product(*options):
        yield replace(way, filters=tuple(Filter(test) for part in choice for test in part))


def _either(test: Expression) -> Iterator[tuple[Expression, ...]]:
    if isinstance(test, Call) and test.name == "||":
        for part in test.arguments:
            yield from _either(part)
    elif isinstance(test, Call) and test.name == "&&":
        for choice in product(*(list(_either(part)) for part in test.arguments)):
            yield tuple(one for part in choice for one in part)
    else:
        yield (test,)


def _nearest(cases: Cases, way: Variant, catalog: Catalog, fill: Fill) -> str | None:
    """Return the cases in which something lies between bounds, by looking at the nearest to one bound only.

    None when the way is of another form: other than patterns and comparisons of one of its variables with
    what a case knows.
    """
    ranged = _ranged(way, frozenset(cases.values))
    if ranged is None:
        return None
    var, first, others = ranged
    local = tuple(item for item in way.filters if item not in (first, *others))
    body = fill(Body(catalog, {}), replace(way, filters=local), frozenset())
    shared = sorted(variables(way.patterns) & frozenset(cases.values))
    if body.values[var].type not in _ALIKE or not all(cases.values[one].id for one in shared):
        return None
    columns = {one: f"k{index}" for index, one in enumerate((*shared, var))}
    chosen = ", ".join(f"{body.values[one].sql} AS {column}" for one, column in columns.items())
    table = catalog.kept(body.sql(f"DISTINCT {chosen}"))
    both = Body(catalog, {**cases.values, var: moved(body.values[var], f"{table}.{columns[var]}")})
    equal = [f"{cases.values[one].sql} = {table}.{columns[one]}" for one in shared]
    bound, *rest = [truth(item.test, both.scope) for item in (first, *others)]
    if both.sources:
        return None
    tests = f" WHERE {' AND '.join(rest)}" if rest else ""
    return f"SELECT {cases.table}.row FROM {cases.table} ASOF JOIN {table} ON {' AND '.join([*equal, bound])}{tests}"


def _ranged(way: Variant, outer: frozenset[Var]) -> tuple[Var, Filter, list[Filter]] | None:
    """Return the variable of a way that lies between bounds, the bound to start from, and the others.

    Of the bounds on the side to start from there is one: what is nearest to it meets the others if anything
    does.
    """
    if way.absents or way.groupings or way.values or way.binds:
        return None
    tests = [item for item in way.filters if variables(item) & outer]
    sides = [_side(item.test, variables(way.patterns) - outer, outer) for item in tests]
    compared = {side[0] for side in sides if side}
    if len(compared) != 1 or None in sides:
        return None
    for direction in (">", "<"):
        same = [item for item, side in zip(tests, sides, strict=True) if side and side[1] == direction]
        if len(same) == 1:
            return min(compared), same[0], [item for item in tests if item is not same[0]]
    return None


def _side(test: Expression, inner: frozenset[Var], outer: frozenset[Var]) -> tuple[Var, str] | None:
    """Return the variable of a comparison that belongs to the way, and on which side of the other it lies."""
    if not isinstance(test, Call) or test.name not in _FLIP:
        return None
    for var, other, sign in ((*test.arguments, test.name), (*test.arguments[::-1], _FLIP[test.name])):
        if isinstance(var, Var) and var in inner and variables(other) <= outer:
            return var, str(sign)[0]
    return None
