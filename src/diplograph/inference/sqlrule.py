# ruff: noqa: S608 - every name and number that is put into SQL here is made here
"""A variant of a rule as SQL: joins for its patterns, conditions for its tests, anti-joins for negation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count

from pyoxigraph import NamedNode

from diplograph.errors import KnowledgeError
from diplograph.inference.families import ANY_CLASS, Key, key
from diplograph.inference.rule import (
    Column,
    Constant,
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
    """The relations that have rows, and the numbers of constants."""

    relations: dict[Key, Relation]
    numbers: Mapping[str, int]
    subjects: Callable[[str], frozenset[int]]
    round: int = 0
    names: "count[int]" = field(default_factory=count)

    def number(self, term: Constant) -> str:
        """Return the identifier of a constant as SQL."""
        return f"{self.numbers[str(term)]}::UBIGINT"

    def alias(self, letter: str) -> str:
        """Return a name that no other table of the statement has."""
        return f"{letter}{next(self.names)}"


@dataclass
class Body:
    """The FROM and WHERE of a body, and what its variables are there.

    `tables` are the WITH clauses it builds on; `row` is the number of the case of an outer body it is joined
    to.
    """

    catalog: Catalog
    values: dict[Var, Value]
    sources: list[str] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
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

    def select(self, columns: str) -> str:
        """Return the SELECT of `columns` over this body, to stand after its WITH clauses."""
        origin = f" FROM {', '.join(self.sources)}" if self.sources else ""
        tests = f" WHERE {' AND '.join(self.conditions)}" if self.conditions else ""
        return f"SELECT {columns}{origin}{tests}"

    def sql(self, columns: str) -> str:
        """Return the whole query for `columns`."""
        return (f"WITH {', '.join(self.tables)} " if self.tables else "") + self.select(columns)


def compile_body(
    variant: Variant, catalog: Catalog, *, needed: frozenset[Var] = frozenset(), delta: Delta | None = None
) -> Body:
    """Return the SQL of a body; `needed` are the variables that are asked of it.

    `delta` is the number of a pattern and the round since which it reads. Raises `EmptyError` when a relation
    that the body needs has no rows.
    """
    return _filled(Body(catalog, {}), variant, needed, delta)


def _filled(body: Body, variant: Variant, needed: frozenset[Var], delta: Delta | None = None) -> Body:
    for table in variant.values:
        _add_values(body, table, variables(variant.patterns))
    for grouping in variant.groupings:
        _add_grouping(body, grouping)
    for index, pattern in enumerate(variant.patterns):
        if key(pattern) == ANY_CLASS:
            _add_any_class(body, pattern, variant)
            continue
        _add_pattern(body, pattern, delta[1] if delta and delta[0] == index else None)
    for bind in variant.binds:
        body.values[bind.variable] = compile_expression(bind.expression, body.scope)
    for item in variant.filters:
        body.conditions.append(truth(item.test, body.scope))
    return _without(body, variant.absents, needed) if variant.absents else body


def _without(body: Body, absents: tuple[Negation, ...], needed: frozenset[Var]) -> Body:
    """Return the solutions of `body` that no negation catches.

    The solutions are put into a table. What the negations ask about is taken from it, each case once and
    numbered; each way of a negation is joined to these cases, and what it finds is taken out. A correlated
    subquery says the same, but does the work for every solution, and joins in the order it is written.
    """
    asked = sorted(variables(absents) & frozenset(body.values))
    every = sorted(needed & frozenset(body.values) | frozenset(asked))
    solutions, cases = body.catalog.alias("m"), body.catalog.alias("b")
    columns = {var: f"c{index}" for index, var in enumerate(every)}
    exported = [f"{body.values[var].sql} AS {column}" for var, column in columns.items()]
    exported += [f"{body.row} AS outer_row"] if body.row else []
    rows = body.select("DISTINCT " + (", ".join(exported) or "1 AS one"))
    keys = [columns[var] for var in asked] + (["outer_row"] if body.row else [])
    chosen = ", ".join(keys) or "1 AS one"
    body.tables.append(f"{solutions} AS MATERIALIZED ({rows})")
    body.tables.append(
        f"{cases} AS MATERIALIZED (SELECT *, row_number() OVER () AS row FROM (SELECT DISTINCT {chosen} "
        f"FROM {solutions}))"
    )
    free = _cases_left(body, absents, cases, {var: columns[var] for var in asked})
    values = {var: _moved(body.values[var], f"{solutions}.{column}") for var, column in columns.items()}
    tests = [f"{solutions}.{column} IS NOT DISTINCT FROM {free}.{column}" for column in keys]
    row = f"{solutions}.outer_row" if body.row else ""
    return Body(body.catalog, values, [solutions, free], tests, body.tables, row)


def _cases_left(body: Body, absents: tuple[Negation, ...], cases: str, columns: Mapping[Var, str]) -> str:
    """Return the table of the cases that no way of a negation finds."""
    values = {var: _moved(body.values[var], f"{cases}.{column}") for var, column in columns.items()}
    tests = []
    for way in (way for absent in absents for way in absent.ways):
        inner = Body(body.catalog, dict(values), [cases], tables=body.tables, row=f"{cases}.row")
        try:
            found = _filled(inner, way, frozenset())
        except EmptyError:
            continue
        caught = body.catalog.alias("n")
        body.tables.append(f"{caught} AS ({found.select(f'DISTINCT {found.row} AS row')})")
        tests.append(f"NOT EXISTS (SELECT 1 FROM {caught} WHERE {caught}.row = {cases}.row)")
    free = body.catalog.alias("f")
    kept = f" WHERE {' AND '.join(tests)}" if tests else ""
    body.tables.append(f"{free} AS (SELECT * FROM {cases}{kept})")
    return free


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
            plain = constant_value(term, body.scope)
            number = Value(body.catalog.number(term), plain.type if plain.type != "str" else "any", id=True)
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
