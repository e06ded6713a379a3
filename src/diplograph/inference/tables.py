# ruff: noqa: S608 - every name and number that is put into SQL here is made here
"""The tables of a run: a dictionary of terms, and one relation for each predicate and each class."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import NoReturn

import duckdb
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store

from diplograph.errors import StoreError
from diplograph.inference.classes import SAME
from diplograph.inference.families import ANY_CLASS, Key, key
from diplograph.inference.program import Program, mentioned
from diplograph.inference.rule import Constant, Pattern, Var
from diplograph.inference.sqlbody import Catalog, Relation
from diplograph.inference.sqlterms import DATE, INTEGER, LITERAL, SETUP
from diplograph.inference.variants import TYPE

MEMORY = "4GB"  # what does not fit goes to files


@dataclass
class Tables:
    """The database of one run.

    `concluded` names the table of what a rule (by the slug of its graph) concluded for a relation; of a
    relation that only axioms conclude there is none, because all its rows after round 0 are theirs.
    """

    connection: duckdb.DuckDBPyConnection
    catalog: Catalog
    concluded: dict[tuple[str, Key], str] = field(default_factory=dict)
    derived: int = 0
    names: "count[int]" = field(default_factory=count)

    def run(self, sql: str) -> int:
        """Run a statement and return how many rows it changed."""
        return _changed(self.connection, sql)

    def add(self, relation: Key, rows: str, kinds: tuple[str, str]) -> int:
        """Add the rows of a query to a relation, those that are new; return how many were."""
        known = self.catalog.relations.get(relation)
        columns = columns_of(relation)
        if known is None:
            return self._create(relation, f"SELECT DISTINCT {columns} FROM ({rows})", kinds)
        new = self.run(
            f"INSERT INTO {known.table} SELECT DISTINCT {columns}, {self.catalog.round} FROM ({rows}) new "
            f"ANTI JOIN {known.table} USING ({columns})"
        )
        if new:
            subject, object_ = (
                a if a == b else "any" for a, b in zip((known.subject, known.object), kinds, strict=True)
            )
            self.catalog.relations[relation] = Relation(known.table, subject, object_)
        self.derived += new
        return new

    def _create(self, relation: Key, rows: str, kinds: tuple[str, str]) -> int:
        table = f"r{next(self.names)}"
        self.run(f"CREATE TABLE {table} AS SELECT *, {self.catalog.round} AS round FROM ({rows})")
        size = self.size(table)
        if size:
            self.catalog.relations[relation] = Relation(table, *kinds)
            self.derived += size
        return size

    def enter(self, table: str, column: str) -> None:
        """Enter new terms into the dictionary: their numbers are in `column`, their text in `column_text`."""
        texts = (
            f"(SELECT DISTINCT {column} AS id, {column}_text AS nt FROM {table} WHERE {column} IS NOT NULL)"
        )
        self.run(f"INSERT INTO term SELECT id, nt FROM {texts} ANTI JOIN term USING (id, nt)")
        twice = (
            f"SELECT min(nt), max(nt) FROM term SEMI JOIN {texts} USING (id) GROUP BY id HAVING count(*) > 1"
        )
        if self.run(f"SELECT count(*) FROM ({twice})"):
            self.refuse(f"{twice} LIMIT 1")

    def refuse(self, twice: str) -> NoReturn:
        """Raise `StoreError` for two terms of one number, which the query names."""
        one, other = self.connection.execute(twice).fetchall()[0]
        raise StoreError(
            f"the relational engine cannot tell {one} and {other} apart: they come to the same number; "
            "rename one of them, or use the engine sparql"
        )

    def size(self, table: str) -> int:
        """Return the number of rows of a table."""
        return self.run(f"SELECT count(*) FROM {table}")

    def conclude(self, slug: str, relation: Key, rows: str) -> None:
        """Note the rows of a query as conclusions of a rule, without those that are asserted."""
        columns = columns_of(relation)
        name = (slug, relation)
        if name not in self.concluded:
            self.concluded[name] = f"x{next(self.names)}"
            given = ", ".join(f"{column} UBIGINT" for column in columns.split(", "))
            self.run(f"CREATE TABLE {self.concluded[name]} ({given})")
        table = self.concluded[name]
        known = self.catalog.relations.get(relation)
        asserted = (
            f" ANTI JOIN (SELECT * FROM {known.table} WHERE round = 0) USING ({columns})" if known else ""
        )
        self.run(
            f"INSERT INTO {table} SELECT DISTINCT {columns} FROM ({rows}) new"
            f" ANTI JOIN {table} USING ({columns}){asserted}"
        )


IDENTITY: Key = (SAME.value, "")


def columns_of(relation: Key) -> str:
    """Return the columns of a relation as SQL."""
    return "s" if relation[0] == TYPE.value else "s, o"


def dumped(store: Store, graphs: Iterable[NamedNode], folder: Path) -> list[Path]:
    """Write `graphs` of `store` into N-Triples files in `folder`."""
    files = []
    for number, graph in enumerate(graphs):
        files.append(folder / f"{number}.nt")
        store.dump(files[-1], RdfFormat.N_TRIPLES, from_graph=graph)
    return files


def open_tables(files: Iterable[Path], program: Program, folder: Path) -> Tables:
    """Return the triples of N-Triples files as relations; `folder` holds what does not fit into memory.

    Raises `StoreError` when two terms come to the same number.
    """
    connection = duckdb.connect(":memory:")
    connection.execute(
        f"SET temp_directory = '{folder}'; SET memory_limit = '{MEMORY}'; "
        "SET preserve_insertion_order = false; SET threads = 1"
    )
    connection.execute(SETUP)
    tables = Tables(
        connection,
        Catalog({}, {}, lambda table: _subjects(connection, table), lambda sql: _changed(connection, sql)),
    )
    _load(tables, [str(path) for path in files if path.stat().st_size])
    _number_constants(tables, program)
    _split(tables, program)
    return tables


def _changed(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = connection.execute(sql).fetchone()
    return int(row[0]) if row else 0


def _subjects(connection: duckdb.DuckDBPyConnection, table: str) -> frozenset[int]:
    return frozenset(row[0] for row in connection.execute(f"SELECT DISTINCT s FROM {table}").fetchall())


def _load(tables: Tables, files: Sequence[str]) -> None:
    options = "columns={'l': 'VARCHAR'}, delim='\\x01', header=false, quote='', escape=''"
    source = f"read_csv({list(files)}, {options})"
    if not files:
        source = "(SELECT '' AS l WHERE false)"
    tables.run(
        "CREATE TABLE line AS SELECT split_part(l, ' ', 1) AS s, split_part(l, ' ', 2) AS p, "
        "substr(l, length(split_part(l, ' ', 1)) + length(split_part(l, ' ', 2)) + 3, length(l) "
        f"- length(split_part(l, ' ', 1)) - length(split_part(l, ' ', 2)) - 4) AS o FROM {source}"
    )
    tables.run(
        "CREATE TABLE triple AS SELECT DISTINCT hashed(p) AS p, term_id(o) AS o, hashed(s) AS s "
        "FROM line ORDER BY p, o"
    )
    tables.run(
        "INSERT INTO term SELECT term_id(nt), nt FROM "
        "(SELECT s AS nt FROM line UNION SELECT p FROM line UNION SELECT o FROM line)"
    )
    tables.run("DROP TABLE line")


def _constants(program: Program) -> set[Constant]:
    found: set[Constant] = {TYPE, SAME}
    for rule in program.rules:
        _gather(rule.variants, found)
    return found


def _gather(item: object, found: set[Constant]) -> None:
    """Put the constants that stand in a part of a rule, however deep, into `found`."""
    if isinstance(item, (NamedNode, Literal, BlankNode)):
        found.add(item)
    elif isinstance(item, (tuple, Pattern)):
        for part in item:
            _gather(part, found)
    elif not isinstance(item, (Var, str)):
        for name in getattr(item, "__dataclass_fields__", ()):
            _gather(getattr(item, name), found)


def _number_constants(tables: Tables, program: Program) -> None:
    texts = sorted({str(constant) for constant in _constants(program)})
    tables.connection.execute("CREATE TEMP TABLE constant AS SELECT unnest($1) AS nt", [texts])
    known = tables.connection.execute("SELECT nt, term_id(nt) FROM constant").fetchall()
    tables.catalog.numbers = dict(known)
    tables.run(
        "INSERT INTO term SELECT id, nt FROM (SELECT DISTINCT term_id(nt) AS id, nt FROM constant) "
        "ANTI JOIN term USING (id, nt)"
    )
    if tables.run("SELECT count(*) - count(DISTINCT id) FROM term"):
        tables.refuse("SELECT min(nt), max(nt) FROM term GROUP BY id HAVING count(*) > 1 LIMIT 1")


def _split(tables: Tables, program: Program) -> None:
    """Give every relation that the program mentions and that has rows a table of its own."""
    found = tables.connection.execute(
        "SELECT p, CASE WHEN p = $1 THEN o END AS class, min(s), max(s), min(o), max(o) FROM triple GROUP BY 1, 2",
        [tables.catalog.numbers[str(TYPE)]],
    ).fetchall()
    bounds = {(row[0], row[1]): row[2:] for row in found}
    for relation in sorted(_relations(program) | _present(tables, program)):
        numbers = _numbers(tables.catalog.numbers, relation)
        if numbers in bounds:
            least, greatest, least_object, greatest_object = bounds[numbers]
            kinds = _kind(least, greatest), _kind(least_object, greatest_object)
            rows = f"SELECT {columns_of(relation)} FROM triple WHERE {_where(numbers)}"
            tables.add(relation, rows, kinds)
    tables.derived = 0


def _present(tables: Tables, program: Program) -> set[Key]:
    """Return the relations there are that no rule names, where they count all the same.

    When there are several names for one thing, what is said must be spread whatever it is; a rule that asks
    what class something is of may find any class.
    """
    same, type_ = (tables.catalog.numbers[str(term)] for term in (SAME, TYPE))
    if tables.size(f"triple WHERE p = {same}::UBIGINT AND s <> o"):
        wanted = "true"
    elif any(key(pattern) == ANY_CLASS for pattern in _patterns(program)):
        wanted = f"p = {type_}::UBIGINT"
    else:
        return set()
    pairs = f"SELECT DISTINCT p, CASE WHEN p = {type_}::UBIGINT THEN o END AS o FROM triple WHERE {wanted}"
    found = tables.connection.execute(
        f"SELECT a.nt, p, CASE WHEN b.nt[1] = '<' THEN b.nt END, o FROM ({pairs}) JOIN term a ON a.id = p "
        "LEFT JOIN term b ON b.id = o"
    ).fetchall()
    named = {text: number for row in found for text, number in (row[:2], row[2:]) if text}
    tables.catalog.numbers = dict(tables.catalog.numbers) | named
    return {(predicate[1:-1], class_[1:-1] if class_ else "") for predicate, _, class_, _ in found} - {
        ANY_CLASS
    }


def _numbers(known: Mapping[str, int], relation: Key) -> tuple[int, int | None]:
    predicate, class_ = relation
    return known[f"<{predicate}>"], known[f"<{class_}>"] if class_ else None


def _where(numbers: tuple[int, int | None]) -> str:
    return f"p = {numbers[0]}::UBIGINT" + (
        f" AND o = {numbers[1]}::UBIGINT" if numbers[1] is not None else ""
    )


def _relations(program: Program) -> set[Key]:
    return {key(pattern) for pattern in _patterns(program)} - {ANY_CLASS} | {IDENTITY}


def _patterns(program: Program) -> Iterator[Pattern]:
    rules = [*program.rules, *(rule for stratum in program.identity for rule in stratum.rules)]
    for variant in (variant for rule in rules for variant in rule.variants):
        yield from variant.head
        yield from mentioned(variant)


def _kind(least: int, greatest: int) -> str:
    """Return what a column holds, by its least and greatest identifier."""
    if greatest < LITERAL:
        return "iri"
    return "date" if least >= DATE else "int" if least >= INTEGER and greatest < DATE else "any"
