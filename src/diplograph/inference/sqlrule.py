# ruff: noqa: S608 - every name and number that is put into SQL here is made here
"""A variant of a rule as SQL: joins for its patterns, conditions for its tests, anti-joins for negation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count

from pyoxigraph import NamedNode

from diplograph.errors import KnowledgeError
from diplograph.inference.families import ANY_CLASS, Key, key
from diplograph.inference.rule import (
    Column,
    Constant,
    Filter,
    Grouping,
    Negation,
    Pattern,
    Term,
    Values,
    Var,
    Variant,
    variables,
)
from diplograph.inference.sqlexpr import (
    Scope,
    Value,
    as_days,
    as_number,
    as_text,
    compile_expression,
    constant_value,
    ntriples_sql,
    truth,
)
from diplograph.inference.variants import TYPE

Delta = tuple[int, int]


class EmptyError(Exception):
    """A relation that the body needs has no rows, so the body has no solution."""


@dataclass(frozen=True)
class Relation:
    """The table of a predicate (columns s, o) or of a class (column s), and the kinds of its columns."""

    table: str
    subject: str
    object: str


@dataclass
class Catalog:
    """The relations that have rows, and the numbers of constants.

    `run` runs a statement and returns how many rows it changed. `temporary` lists the tables that are kept
    for the time of a rule: a planner knows the size of a table, and only guesses that of a subquery.
    """

    relations: dict[Key, Relation]
    numbers: Mapping[str, int]
    subjects: Callable[[str], frozenset[int]]
    run: Callable[[str], int]
    round: int = 0
    names: "count[int]" = field(default_factory=count)
    temporary: list[str] = field(default_factory=list)

    def number(self, term: Constant) -> str:
        """Return the identifier of a constant as SQL."""
        return f"{self.numbers[str(term)]}::UBIGINT"

    def alias(self, letter: str) -> str:
        """Return a name that no other table of the statement has."""
        return f"{letter}{next(self.names)}"

    def kept(self, query: str) -> str:
        """Return the table of the rows of `query`; raises `EmptyError` when there are none."""
        name = self.alias("k")
        self.temporary.append(name)
        if not self.run(f"CREATE TEMP TABLE {name} AS {query}"):
            raise EmptyError
        return name

    def clear(self) -> None:
        """Drop the tables that were kept."""
        for name in self.temporary:
            self.run(f"DROP TABLE {name}")
        self.temporary.clear()


@dataclass
class Body:
    """The FROM and WHERE of a body, and what its variables are there.

    `row` is the number of the case of an outer body it is joined to.
    """

    catalog: Catalog
    values: dict[Var, Value]
    sources: list[str] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    row: str = ""
    _texts: dict[str, str] = field(default_factory=dict)

    @property
    def scope(self) -> Scope:
        """What expressions of this body may use."""
        return Scope(self.values, self.text, self.catalog.number)

    def text(self, value: Value) -> str:
        """Return the N-Triples text of a value, joining the dictionary where only its number is at hand."""
        if not value.id:
            return ntriples_sql(value, self.scope)
        if value.sql not in self._texts:
            alias = self.catalog.alias("t")
            self.sources.append(f"term {alias}")
            self.conditions.append(f"{alias}.id = {value.sql}")
            self._texts[value.sql] = f"{alias}.nt"
        return self._texts[value.sql]

    def identifier(self, value: Value) -> str:
        """Return the identifier of a value."""
        return value.sql if value.id else f"term_id({self.text(value)})"

    def sql(self, columns: str) -> str:
        """Return the SELECT of `columns` over this body."""
        origin = f" FROM {', '.join(self.sources)}" if self.sources else ""
        tests = f" WHERE {' AND '.join(self.conditions)}" if self.conditions else ""
        return f"SELECT {columns}{origin}{tests}"


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
    return _without(body, variant.absents, needed) if variant.absents else body


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
    alias = body.catalog.alias("s")
    body.sources.append(f"{table} {alias}")
    for var, column in columns.items():
        _match(body, var, f"{alias}.{column}", inner.values[var].type)


def _without(body: Body, absents: tuple[Negation, ...], needed: frozenset[Var]) -> Body:
    """Return the solutions of `body` that no negation catches.

    The solutions are put into a table. What the negations ask about is taken from it, each case once and
    numbered; each way of a negation is joined to these cases, and what it finds is taken out. A correlated
    subquery says the same, but does the work for every solution, and joins in the order it is written.
    """
    asked = sorted(variables(absents) & frozenset(body.values))
    every = sorted(needed & frozenset(body.values) | frozenset(asked))
    columns = {var: f"c{index}" for index, var in enumerate(every)}
    exported = [f"{body.values[var].sql} AS {column}" for var, column in columns.items()]
    exported += [f"{body.row} AS outer_row"] if body.row else []
    solutions = body.catalog.kept(body.sql("DISTINCT " + (", ".join(exported) or "1 AS one")))
    keys = [columns[var] for var in asked] + (["outer_row"] if body.row else [])
    chosen = ", ".join(keys) or "1 AS one"
    cases = body.catalog.kept(
        f"SELECT *, row_number() OVER () AS row FROM (SELECT DISTINCT {chosen} FROM {solutions})"
    )
    values = {var: _moved(body.values[var], f"{solutions}.{column}") for var, column in columns.items()}
    row = f"{solutions}.outer_row" if body.row else ""
    if not _take_out(body, absents, cases, {var: columns[var] for var in asked}):
        return Body(body.catalog, values, [solutions], row=row)
    tests = [f"{solutions}.{column} IS NOT DISTINCT FROM {cases}.{column}" for column in keys]
    return Body(body.catalog, values, [solutions, cases], tests, row)


def _take_out(body: Body, absents: tuple[Negation, ...], cases: str, columns: Mapping[Var, str]) -> int:
    """Delete the cases that some way of a negation finds; return how many."""
    values = {var: _moved(body.values[var], f"{cases}.{column}") for var, column in columns.items()}
    gone = 0
    for way in (way for absent in absents for way in absent.ways):
        try:
            found = _filled(Body(body.catalog, dict(values), [cases], row=f"{cases}.row"), way, frozenset())
        except EmptyError:
            continue
        gone += body.catalog.run(f"DELETE FROM {cases} WHERE row IN ({found.sql(found.row)})")
    return gone


def _moved(value: Value, column: str) -> Value:
    return Value(column, value.type, value.id, value.datatype)


def _add_pattern(body: Body, pattern: Pattern, since: int | None) -> None:
    relation = body.catalog.relations.get(key(pattern))
    if relation is None:
        raise EmptyError
    alias = body.catalog.alias("r")
    recent = "" if since is None else f"(SELECT * FROM {relation.table} WHERE round >= {since})"
    body.sources.append(f"{recent or relation.table} {alias}")
    _match(body, pattern.subject, f"{alias}.s", relation.subject)
    if pattern.predicate != TYPE:
        _match(body, pattern.object, f"{alias}.o", relation.object)


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
    _match(body, pattern.subject, f"{alias}.s", "any")
    _match(body, pattern.object, f"{alias}.o", "iri")


def _match(body: Body, term: Term, column: str, kind: str) -> None:
    if not isinstance(term, Var):
        body.conditions.append(f"{column} = {body.catalog.number(term)}")
    elif term in body.values:
        known = body.values[term]
        body.conditions.append(f"{column} = {body.identifier(known)}")
        if known.id and known.type == "any" and kind != "any":
            body.values[term] = Value(known.sql, kind, id=True)
    else:
        body.values[term] = Value(column, kind, id=True)


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
        _match(body, var, f"{alias}.c{index}", kind)


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
        raise EmptyError
    alias = body.catalog.alias("g")
    columns = [names[var] for var in grouping.keys]
    columns += [f"{_aggregate(column, names, shapes)} AS a{i}" for i, column in enumerate(grouping.columns)]
    grouped = f" GROUP BY {', '.join(names[var] for var in grouping.keys)}" if grouping.keys else ""
    counted = " UNION ALL ".join(f"({way})" for way in ways)
    body.sources.append(f"(SELECT {', '.join(columns)} FROM ({counted}){grouped}) {alias}")
    for var in grouping.keys:
        _adopt(body, var, shapes[var], f"{alias}.{names[var]}")
    for index, column in enumerate(grouping.columns):
        shape = Value("", "int") if column.function == "COUNT" else shapes[column.argument or column.variable]
        _adopt(body, column.variable, shape, f"{alias}.a{index}")


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
