"""What a rule is compiled to: the tables there are, and the FROM and WHERE of a body over them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count

from diplograph.inference.families import Key
from diplograph.inference.rule import Constant, Term, Var
from diplograph.inference.sqlexpr import Scope, Value, ntriples_sql


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

    `row` is the number of the case of an outer body it is joined to; `stars` are the tables among the sources
    that hold what is said of one thing.
    """

    catalog: Catalog
    values: dict[Var, Value]
    sources: list[str] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    row: str = ""
    stars: list["Star"] = field(default_factory=list)
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


@dataclass(frozen=True)
class Star:
    """A table of what is said of one thing: its name, and the column and kind of each variable."""

    table: str
    columns: Mapping[Var, str]
    kinds: Mapping[Var, str]


def moved(value: Value, column: str) -> Value:
    """Return what `value` is in a column to which it was copied."""
    return Value(column, value.type, value.id, value.datatype)


def match(body: Body, term: Term, column: str, kind: str) -> None:
    """Say that a term of a pattern stands in `column`, which holds what `kind` says."""
    if not isinstance(term, Var):
        body.conditions.append(f"{column} = {body.catalog.number(term)}")
    elif term in body.values:
        known = body.values[term]
        body.conditions.append(f"{column} = {body.identifier(known)}")
        if known.id and known.type == "any" and kind != "any":
            body.values[term] = Value(known.sql, kind, id=True)
    else:
        body.values[term] = Value(column, kind, id=True)
