# ruff: noqa: S608 - every name and number that is put into SQL here is made here
"""A variant of a rule as SQL: joins for its patterns, sub-selects for what it counts, conditions for its tests."""

from collections.abc import Mapping
from dataclasses import replace

from pyoxigraph import NamedNode

from diplograph.errors import KnowledgeError
from diplograph.inference.families import ANY_CLASS, key
from diplograph.inference.rule import (
    Column,
    Filter,
    Grouping,
    Pattern,
    Term,
    Values,
    Var,
    Variant,
    variables,
)
from diplograph.inference.sqlabsent import without
from diplograph.inference.sqlbody import Body, Catalog, EmptyError, Star, match
from diplograph.inference.sqlexpr import (
    Value,
    as_days,
    as_number,
    as_text,
    compile_expression,
    constant_value,
    truth,
)
from diplograph.inference.variants import TYPE

Delta = tuple[int, int]


def compile_body(
    variant: Variant, catalog: Catalog, *, needed: frozenset[Var] = frozenset(), delta: Delta | None = None
) -> Body:
    """Return the SQL of a body; `needed` are the variables that are asked of it.

    `delta` is the number of a pattern and the round since which it reads. Raises `EmptyError` when a relation
    that the body needs has no rows, or a part of it that is worked out beforehand.
    """
    return _filled(Body(catalog, {}), variant, needed, delta)


def _filled(body: Body, variant: Variant, needed: frozenset[Var], delta: Delta | None = None) -> Body:
    for table in variant.values:
        _add_values(body, table, variables(variant.patterns))
    for grouping in variant.groupings:
        _add_grouping(body, grouping)
    since = {variant.patterns[delta[0]]: delta[1]} if delta else {}
    left = variant.filters
    for star in _stars(variant.patterns):
        inside = tuple(item for item in left if variables(item) <= variables(star))
        left = tuple(item for item in left if item not in inside)
        _add_star(body, star, inside, since)
    for pattern in _outside(variant.patterns):
        if key(pattern) == ANY_CLASS:
            _add_any_class(body, pattern, variant)
        else:
            _add_pattern(body, pattern, since.get(pattern))
    for bind in variant.binds:
        body.values[bind.variable] = compile_expression(bind.expression, body.scope)
    for item in left:
        body.conditions.append(truth(item.test, body.scope))
    return without(body, variant, needed, _filled) if variant.absents else body


WIDE = 6


def _stars(patterns: tuple[Pattern, ...]) -> tuple[tuple[Pattern, ...], ...]:
    """Return the patterns of a wide body that speak of one variable, together: those that come to two or more.

    What is said of one thing is joined first and put into a table. A planner that sees all joins of a wide
    body at once misjudges how far they multiply, and begins with things that have nothing to do with each
    other.
    """
    if len(patterns) < WIDE:
        return ()
    told: dict[Term, list[Pattern]] = {}
    for pattern in patterns:
        if isinstance(pattern.subject, Var) and key(pattern) != ANY_CLASS:
            told.setdefault(pattern.subject, []).append(pattern)
    return tuple(tuple(star) for star in told.values() if len(star) > 1)


def _outside(patterns: tuple[Pattern, ...]) -> tuple[Pattern, ...]:
    inside = {pattern for star in _stars(patterns) for pattern in star}
    return tuple(pattern for pattern in patterns if pattern not in inside)


def _add_star(
    body: Body, star: tuple[Pattern, ...], filters: tuple[Filter, ...], since: Mapping[Pattern, int]
) -> None:
    """Join what is said of one thing, from a table of its own."""
    inner = Body(body.catalog, {var: value for var, value in body.values.items() if value.fixed})
    given = frozenset(inner.values)
    for pattern in star:
        _add_pattern(inner, pattern, since.get(pattern))
    inner.conditions += [truth(item.test, inner.scope) for item in filters]
    columns = {var: f"c{index}" for index, var in enumerate(sorted(variables(star) - given))}
    chosen = ", ".join(f"{inner.values[var].sql} AS {column}" for var, column in columns.items())
    table = body.catalog.kept(inner.sql(chosen or "1 AS one"))
    kinds = {var: inner.values[var].type for var in columns}
    body.stars.append(Star(table, columns, kinds))
    body.sources.append(table)
    for var, column in columns.items():
        match(body, var, f"{table}.{column}", kinds[var])


def _add_pattern(body: Body, pattern: Pattern, since: int | None) -> None:
    relation = body.catalog.relations.get(key(pattern))
    if relation is None:
        raise EmptyError
    alias = body.catalog.alias("r")
    recent = "" if since is None else f"(SELECT * FROM {relation.table} WHERE round >= {since})"
    body.sources.append(f"{recent or relation.table} {alias}")
    match(body, pattern.subject, f"{alias}.s", relation.subject)
    if pattern.predicate != TYPE:
        match(body, pattern.object, f"{alias}.o", relation.object)


def _add_any_class(body: Body, pattern: Pattern, variant: Variant) -> None:
    """Join the classes there are, for a pattern that asks what something is.

    Only those count of which the body says something else too.
    """
    catalog = body.catalog
    told = [catalog.relations.get(key(p)) for p in variant.patterns if p.subject == pattern.object]
    if None in told:
        raise EmptyError
    chosen = [catalog.subjects(relation.table) for relation in told if relation is not None]
    parts = [
        f"SELECT s, {catalog.number(NamedNode(class_))} AS o FROM {relation.table}"
        for (predicate, class_), relation in sorted(catalog.relations.items())
        if predicate == TYPE.value
        and class_
        and all(catalog.numbers[f"<{class_}>"] in some for some in chosen)
    ]
    if not parts:
        raise EmptyError
    alias = catalog.alias("r")
    body.sources.append(f"({' UNION ALL '.join(parts)}) {alias}")
    match(body, pattern.subject, f"{alias}.s", "any")
    match(body, pattern.object, f"{alias}.o", "iri")


def _add_values(body: Body, table: Values, matched: frozenset[Var]) -> None:
    if len(table.rows) == 1:
        for var, term in zip(table.variables, table.rows[0], strict=True):
            plain = replace(constant_value(term, body.scope), fixed=True)
            kind = plain.type if plain.type != "str" else "any"
            number = Value(body.catalog.number(term), kind, id=True, fixed=True)
            body.values[var] = number if var in matched else plain
        return
    alias = body.catalog.alias("v")
    rows = ", ".join(f"({', '.join(body.catalog.number(cell) for cell in row)})" for row in table.rows)
    columns = ", ".join(f"c{index}" for index in range(len(table.variables)))
    body.sources.append(f"(VALUES {rows}) {alias}({columns})")
    for index, var in enumerate(table.variables):
        kind = "iri" if all(isinstance(row[index], NamedNode) for row in table.rows) else "any"
        match(body, var, f"{alias}.c{index}", kind)


def _add_grouping(body: Body, grouping: Grouping) -> None:
    """Join a sub-select: its ways are put together, then grouped by the keys."""
    arguments = sorted({column.argument for column in grouping.columns if column.argument})
    measured = {column.argument for column in grouping.columns if column.function != "COUNT"}
    names = {var: f"k{index}" for index, var in enumerate((*grouping.keys, *arguments))}
    shapes: dict[Var, Value] = {}
    ways = []
    for way in grouping.ways:
        try:
            inner = compile_body(way, body.catalog, needed=frozenset(names))
        except EmptyError:
            continue
        columns = [
            _exported(inner, var, shapes, var in measured) + f" AS {name}" for var, name in names.items()
        ]
        ways.append(inner.sql(", ".join(columns) or "1 AS one"))
    if not ways:
        _add_nothing(body, grouping)
        return
    alias = body.catalog.alias("g")
    columns = [names[var] for var in grouping.keys]
    columns += [f"{_aggregate(column, names, shapes)} AS a{i}" for i, column in enumerate(grouping.columns)]
    grouped = " HAVING count(*) > 0" if grouping.keyed else ""
    if grouping.keys:
        grouped = f" GROUP BY {', '.join(names[var] for var in grouping.keys)}"
    counted = " UNION ALL ".join(f"({way})" for way in ways)
    chosen = ", ".join(columns) or "1 AS one"
    body.sources.append(f"(SELECT {chosen} FROM ({counted}){grouped}) {alias}")
    for var in grouping.keys:
        _adopt(body, var, shapes[var], f"{alias}.{names[var]}")
    for index, column in enumerate(grouping.columns):
        shape = Value("", "int") if column.function == "COUNT" else shapes[column.argument or column.variable]
        _adopt(body, column.variable, shape, f"{alias}.a{index}")


def _add_nothing(body: Body, grouping: Grouping) -> None:
    """Say what a sub-select gives that has no solutions: no row, or, without keys, that there are none."""
    if grouping.keyed:
        raise EmptyError
    for column in grouping.columns:
        nought = column.function in ("COUNT", "SUM")
        body.values[column.variable] = (
            Value("0", "int", fixed=True) if nought else Value("NULL", "any", id=True)
        )


def _exported(inner: Body, var: Var, shapes: dict[Var, Value], measured: bool) -> str:
    """Return a variable of a way in the shape that all ways share: a plain value, or an identifier.

    What MIN, MAX or SUM is taken of, and is no date, is taken to be a number.
    """
    value = inner.values.get(var, Value("NULL", "any", id=True))
    if value.type == "date":
        shapes[var] = Value("", "date")
        return as_days(value, inner.scope)
    if value.type in ("int", "num") or (measured and value.type == "any"):
        shapes[var] = Value("", "num" if value.type == "any" else value.type)
        return as_number(value, inner.scope)
    if value.type == "str":
        shapes[var] = Value("", "str")
        return as_text(value, inner.scope)
    shapes.setdefault(var, Value("", value.type, id=True))
    return inner.identifier(value)


def _aggregate(column: Column, names: Mapping[Var, str], shapes: Mapping[Var, Value]) -> str:
    if column.argument is None:
        return "count(*)"
    if column.function != "COUNT" and shapes[column.argument].id:
        raise KnowledgeError(f"{column.function}({column.argument}) is over things that have no order")
    return f"{column.function.lower()}({'DISTINCT ' if column.distinct else ''}{names[column.argument]})"


def _adopt(body: Body, var: Var, shape: Value, column: str) -> None:
    value = Value(column, shape.type, shape.id, shape.datatype)
    if var not in body.values:
        body.values[var] = value
    else:
        body.conditions.append(f"{body.identifier(body.values[var])} = {body.identifier(value)}")


def kind_of(value: Value) -> str:
    """Return what a column holds into which `value` is written."""
    return value.type if value.type in ("iri", "date", "int") else "any"
