# ruff: noqa: S608 - every name and number that is put into SQL here is made here
"""The first engine: rules as SQL over relations, stratum by stratum, each round reading only the last."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import NamedNode

from diplograph.errors import KnowledgeError
from diplograph.inference.classes import CLASH, SAME
from diplograph.inference.equality import Equality
from diplograph.inference.families import Key, key
from diplograph.inference.levels import Batch, batches
from diplograph.inference.owl import CLASH_SLUG, SLUG
from diplograph.inference.program import Program, kept
from diplograph.inference.rule import Pattern, Rule, Term, Var, Variant, variables
from diplograph.inference.sparql_engine import Progress
from diplograph.inference.sqlbody import Body, EmptyError
from diplograph.inference.sqlexpr import Value
from diplograph.inference.sqlrule import Delta, compile_body, kind_of
from diplograph.inference.sqlterms import LITERAL
from diplograph.inference.tables import Tables, columns_of, open_tables

CLASHES: Key = (CLASH.value, "")


@dataclass
class DuckRun:
    """A finished run: its tables, and the contradictions as (position of the rule, subject, object)."""

    tables: Tables
    rounds: int = 0


def run_duckdb(
    files: Iterable[Path], program: Program, folder: Path, *, limit: int, progress: Progress | None = None
) -> DuckRun:
    """Run `program` over the triples of N-Triples files; `folder` is needed until the run is closed.

    Raises `KnowledgeError` when more than `limit` triples are derived, and `StoreError` when two terms come
    to the same number.
    """
    tables = open_tables(files, program, folder)
    tables.run("CREATE TABLE clash (rule INTEGER, s UBIGINT, o UBIGINT)")
    run = _Run(tables, Equality(tables), {id(rule): i for i, rule in enumerate(program.rules)}, limit)
    tables.catalog.round = 1
    run.identify(batches(program.identity))
    order = batches(program.strata)
    for number, batch in enumerate(order):
        if progress:
            progress(batch.rules[0].label, number, len(order))
        run.batch(batch)
    return DuckRun(tables, tables.catalog.round)


@dataclass
class _Run:
    tables: Tables
    equality: Equality
    places: dict[int, int]
    limit: int
    seen: dict[int, int] = field(default_factory=dict)

    def identify(self, order: Sequence[Batch]) -> None:
        """Run what decides identity, on the asserted triples, until no two names become one any more."""
        while True:
            for batch in order:
                self.batch(batch)
            if not self.equality.grow():
                return

    def batch(self, batch: Batch) -> None:
        """Run a batch: once, or until a round adds nothing."""
        self.tables.catalog.round += 1
        new = self._round(batch, None)
        while batch.recursive and new:
            self.tables.catalog.round += 1
            own = {key(p) for rule in batch.rules for v in rule.variants for p in v.head}
            new = self._round(batch, own)
        self.seen.update((id(rule), self.tables.catalog.round) for rule in batch.rules)

    def _round(self, batch: Batch, own: set[Key] | None) -> int:
        if batch.relation == CLASHES:
            self._clashes(batch.rules)
            return 0
        if batch.relation is not None:
            return self._axioms(batch.relation, batch.rules, own)
        return sum(self._rule(rule, own) for rule in batch.rules)

    def _deltas(self, rule: Rule, variant: Variant, own: set[Key] | None) -> list[Delta | None]:
        """Return what a variant reads anew.

        In a later round, each pattern in turn that can have grown reads the last round only. An axiom of one
        premise that has run before, for other families, reads what came since.
        """
        if own is not None:
            grown = [index for index, pattern in enumerate(variant.patterns) if key(pattern) in own]
            return [(index, self.tables.catalog.round - 1) for index in grown]
        since = self.seen.get(id(rule))
        return [(0, since) if since is not None and len(variant.patterns) == 1 else None]

    def _rule(self, rule: Rule, own: set[Key] | None) -> int:
        if rule.clash:
            self._clashes((rule,))
            return 0
        if rule.axioms:
            return self._axioms(key(rule.head[0]), (rule,), own)
        made: dict[Key, list[tuple[str, tuple[str, str]]]] = defaultdict(list)
        for number, (variant, delta) in enumerate(
            (v, d) for v in rule.variants for d in self._deltas(rule, v, own)
        ):
            for relation, rows, kinds in self._variant(variant, delta, f"solution{number}"):
                made[relation].append((rows, kinds))
            self.tables.catalog.clear()
        return sum(self._all(rule.slug, relation, parts) for relation, parts in sorted(made.items()))

    def _all(self, slug: str, relation: Key, parts: Sequence[tuple[str, tuple[str, str]]]) -> int:
        """Add what the variants of a rule say of one relation."""
        kinds = {kind for _, kind in parts}
        rows = " UNION ALL ".join(rows for rows, _ in parts)
        return self._store(slug, relation, rows, kinds.pop() if len(kinds) == 1 else ("any", "any"))

    def _axioms(self, relation: Key, rules: Sequence[Rule], own: set[Key] | None) -> int:
        """Run axioms that conclude one relation, in one statement."""
        selects: list[str] = []
        kinds: set[tuple[str, str]] = set()
        for rule, variant in [(one, variant) for one in rules for variant in one.variants]:
            for delta in self._deltas(rule, variant, own):
                try:
                    body = compile_body(variant, self.tables.catalog, delta=delta)
                except EmptyError:
                    continue
                select, kind = _conclusion(body, variant.head[0])
                selects.append(select)
                kinds.add(kind)
        if not selects:
            return 0
        kind = kinds.pop() if len(kinds) == 1 else ("any", "any")
        new = self._store(SLUG, relation, " UNION ALL ".join(selects), kind)
        self.tables.catalog.clear()
        return new

    def _store(self, slug: str, relation: Key, rows: str, kinds: tuple[str, str]) -> int:
        """Add conclusions to their relation, and to those of the rule when it is a domain rule."""
        if slug != SLUG:
            self.tables.conclude(slug, relation, rows)
        new = self.tables.add(relation, rows, kinds)
        new += self.equality.spread(relation)
        if self.tables.derived > self.limit:
            raise KnowledgeError(
                f"more than {self.limit} triples were derived, the last ones by {slug} for {relation[0]}; "
                "either a rule mints ever new things, or the limit is too low for this graph"
            )
        return new

    def _clashes(self, rules: Sequence[Rule]) -> None:
        selects = []
        for rule in rules:
            for variant in rule.variants:
                try:
                    body = compile_body(variant, self.tables.catalog)
                except EmptyError:
                    continue
                select, _ = _conclusion(body, variant.head[0])
                selects.append(f"SELECT {self.places[id(rule)]} AS rule, * FROM ({select})")
        for some in (selects[i : i + 50] for i in range(0, len(selects), 50)):
            self.tables.run(f"INSERT INTO clash SELECT DISTINCT * FROM ({' UNION ALL '.join(some)})")
        self.tables.catalog.clear()

    def _variant(
        self, variant: Variant, delta: Delta | None, table: str
    ) -> list[tuple[Key, str, tuple[str, str]]]:
        """Put the solutions of a variant into `table`; return a query for each triple of its head."""
        try:
            body = compile_body(variant, self.tables.catalog, needed=variables(variant.head), delta=delta)
        except EmptyError:
            return []
        columns, minted = _head_columns(body, variant.head)
        named = ", ".join(f"{sql} AS {column}" for column, sql in columns.items()) or "1 AS one"
        kept_columns = [c if c not in minted else f"term_id({c}) AS {c}, {c} AS {c}_text" for c in columns]
        self.tables.run(
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {', '.join(kept_columns) or 'one'} "
            f"FROM (SELECT DISTINCT * FROM ({body.sql(named)}))"
        )
        if not self.tables.size(table):
            return []
        for column in minted:
            self.tables.enter(table, column)
        return [(key(pattern), *_triples(body, pattern, table)) for pattern in variant.head]


def _triples(body: Body, pattern: Pattern, table: str) -> tuple[str, tuple[str, str]]:
    subject, object_ = (_place(body, term) for term in (pattern.subject, pattern.object))
    kinds = (kind_of(_value(body, pattern.subject)), kind_of(_value(body, pattern.object)))
    tests = [f"{subject} < {LITERAL}"]
    tests += [f"{_column(term)} IS NOT NULL" for term in pattern if isinstance(term, Var)]
    return f"SELECT {subject} AS s, {object_} AS o FROM {table} WHERE {' AND '.join(tests)}", kinds


def _conclusion(body: Body, head: Pattern) -> tuple[str, tuple[str, str]]:
    subject, object_ = _value(body, head.subject), _value(body, head.object)
    columns = f"{body.identifier(subject)} AS s, {body.identifier(object_)} AS o"
    if subject.type != "iri":
        body.conditions.append(f"{body.identifier(subject)} < {LITERAL}")
    return body.sql(columns), (kind_of(subject), kind_of(object_))


def _value(body: Body, term: Term) -> Value:
    if isinstance(term, Var):
        return body.values[term]
    return Value(body.catalog.number(term), "iri" if isinstance(term, NamedNode) else "any", id=True)


def _column(var: Term) -> str:
    return f"v_{var.name}" if isinstance(var, Var) else ""


def _head_columns(body: Body, head: Sequence[Pattern]) -> tuple[dict[str, str], list[str]]:
    """Return the SQL of a head's variables by column, and the columns that hold the text of new terms."""
    columns, minted = {}, []
    for var in sorted(variables(tuple(head))):
        value = body.values[var]
        columns[_column(var)] = value.sql if value.id else body.text(value)
        if not value.id:
            minted.append(_column(var))
    return columns, minted


def _place(body: Body, term: Term) -> str:
    return _column(term) if isinstance(term, Var) else body.catalog.number(term)


def conclusions(run: DuckRun, *, everything: bool = False) -> Iterator[tuple[str, str]]:
    """Yield the slug of each graph with a query for the identifiers of its triples, those that are kept.

    With `everything`, what axioms conclude in other vocabularies is among them.
    """
    tables = run.tables
    sources: dict[str, list[str]] = {}
    told: dict[Key, list[str]] = {}
    for (slug, relation), table in tables.concluded.items():
        sources.setdefault(slug, []).append(_full(tables, relation, f"SELECT * FROM {table}"))
        told.setdefault(relation, []).append(table)
    for relation, known in tables.catalog.relations.items():
        if everything or _kept(relation):
            columns = columns_of(relation)
            rows = f"SELECT {columns} FROM {known.table} WHERE round > 0"
            for table in told.get(relation, ()):
                rows = f"SELECT * FROM ({rows}) ANTI JOIN {table} USING ({columns})"
            sources.setdefault(SLUG, []).append(_full(tables, relation, rows))
    if tables.size("clash"):
        predicate = tables.catalog.numbers[str(CLASH)]
        sources[CLASH_SLUG] = [f"SELECT DISTINCT s, {predicate}::UBIGINT AS p, o FROM clash"]
    for slug, parts in sorted(sources.items()):
        yield slug, " UNION ALL ".join(parts)


def _kept(relation: Key) -> bool:
    predicate, class_ = relation
    return kept(NamedNode(predicate), NamedNode(class_) if class_ else None)


def write_lines(tables: Tables, query: str, path: Path) -> int:
    """Write the triples of a query as N-Triples; return how many."""
    return tables.run(
        f"COPY (SELECT a.nt || ' ' || b.nt || ' ' || c.nt || ' .' FROM ({query}) q, term a, term b, term c "
        f"WHERE a.id = q.s AND b.id = q.p AND c.id = q.o) TO '{path}' "
        "(FORMAT csv, HEADER false, DELIMITER '\x01', QUOTE '', ESCAPE '')"
    )


def clash_rows(run: DuckRun) -> list[tuple[int, str, str]]:
    """Return the contradictions: the position of the rule, and both things in N-Triples."""
    return run.tables.connection.execute(
        "SELECT DISTINCT rule, a.nt, b.nt FROM clash, term a, term b WHERE a.id = s AND b.id = o"
    ).fetchall()


def _full(tables: Tables, relation: Key, rows: str) -> str:
    predicate, class_ = relation
    number = tables.catalog.numbers
    object_ = f"{number[f'<{class_}>']}::UBIGINT" if columns_of(relation) == "s" else "o"
    return (
        f"SELECT s, {number[f'<{predicate}>']}::UBIGINT AS p, {object_} AS o FROM ({rows}){_proper(relation)}"
    )


def _proper(relation: Key) -> str:
    """Leave out that a thing is itself."""
    return " WHERE s <> o" if relation[0] == SAME.value else ""
