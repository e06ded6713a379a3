"""Solutions of a body in a store, sub-selects worked out one by one for what the rest of the body asks of them.

A store works out a sub-select by itself, for everything there is. Here it is first asked for which keys the
body needs it, and what it gives is put in its place as a table.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Store, Triple

from diplograph.inference.render import select, where
from diplograph.inference.rule import (
    Bind,
    Call,
    Constant,
    Expression,
    Grouping,
    Negation,
    Pattern,
    Values,
    Var,
    Variant,
    variables,
)
from diplograph.inference.variants import (
    TYPE,
    bound,
    computed,
    substitute,
    substitute_pattern,
    substitute_variant,
)

Bindings = Mapping[Var, Constant]
Told = dict[tuple[tuple[NamedNode, ...], str], list[dict[Var, Constant]]]
_MANY = 500  # more is not counted


@dataclass(frozen=True)
class Search:
    """Where solutions are looked for.

    `witnesses` are the only things that a variable of a sub-select may be. `told` keeps what was asked about
    sub-selects, for searches in the same store.
    """

    store: Store
    graphs: tuple[NamedNode, ...]
    witnesses: Mapping[Var, tuple[Constant, ...]] = field(default_factory=dict)
    told: Told = field(default_factory=dict)

    def ask(self, query: str) -> Iterator[dict[Var, Constant]]:
        """Yield the rows of a SELECT."""
        found = self.store.query(query, default_graph=list(self.graphs), named_graphs=list(self.graphs))
        if not isinstance(found, QuerySolutions):
            return
        names = [name.value for name in found.variables]
        for row in found:
            cells = ((name, row[name]) for name in names)
            yield {Var(n): value for n, value in cells if isinstance(value, (NamedNode, Literal, BlankNode))}

    def _listed(self, query: str) -> list[dict[Var, Constant]]:
        asked = (self.graphs, query)
        if asked not in self.told:
            self.told[asked] = list(self.ask(query))
        return self.told[asked]

    def solutions(self, variant: Variant) -> Iterator[dict[Var, Constant]]:
        """Yield the solutions of a body.

        What may not be there is looked for with all that a solution says put in: a store that is asked for both
        at once goes through everything of which there may be none, again for each solution.
        """
        alone = [item for item in variant.absents if not variables(item) & given(variant)]
        if any(self._there(item, {}) for item in alone):
            return
        flat = self._flat(variant)
        if flat is None:
            return
        around = [item for item in flat.absents if item not in alone]
        answers: dict[tuple[int, frozenset[tuple[Var, Constant]]], bool] = {}
        for row in self.ask(
            f"SELECT DISTINCT * WHERE {{ {where(self._sorted(replace(flat, absents=())))} }}"
        ):
            if not any(self._caught(number, item, row, answers) for number, item in enumerate(around)):
                yield row

    def _caught(
        self,
        number: int,
        item: Negation,
        row: Bindings,
        answers: dict[tuple[int, frozenset[tuple[Var, Constant]]], bool],
    ) -> bool:
        """Tell whether for this solution something is there that may not be; `answers` are those given before."""
        known = {var: value for var, value in row.items() if var in variables(item)}
        asked = (number, frozenset(known.items()))
        if asked not in answers:
            answers[asked] = self._there(item, known)
        return answers[asked]

    def _there(self, item: Negation, known: Bindings) -> bool:
        """Tell whether something is there that may not be, with the values of `known` put in."""
        ways = (substitute_variant(way, known) for way in item.ways)
        return any(next(self.solutions(way), None) is not None for way in ways)

    def _sorted(self, variant: Variant) -> Variant:
        return replace(variant, patterns=tuple(self.ordered(variant.patterns)))

    def ordered(self, patterns: Sequence[Pattern]) -> list[Pattern]:
        """Return the patterns as they are best joined: first those of which there is least, then what hangs on.

        Of what is too much to count, a class is taken to be more than a relation to one thing, and a whole
        relation to be most.
        """
        left = sorted(patterns, key=lambda p: (self._size(p), p.predicate == TYPE))
        found: list[Pattern] = []
        while left:
            known = variables(tuple(found))
            chosen = next((p for p in left if variables(p) & known or not variables(p)), left[0])
            left.remove(chosen)
            found.append(chosen)
        return found

    def _size(self, pattern: Pattern) -> int:
        ends = [None if isinstance(term, Var) else term for term in pattern]
        if ends[0] is None and ends[2] is None:
            return _MANY + 1
        if isinstance(ends[0], Literal) or not isinstance(ends[1], NamedNode):
            return _MANY
        found = self.store.quads_for_pattern(ends[0], ends[1], ends[2])
        return sum(1 for _ in islice(found, _MANY))

    def premises(self, variant: Variant, bindings: Bindings) -> Iterator[Triple]:
        """Yield the triples that a solution of a body rests on, those that its sub-selects counted too."""
        for pattern in variant.patterns:
            yield _triple(substitute_pattern(pattern, bindings))
        for grouping in variant.groupings:
            keys = {var: bindings[var] for var in grouping.keys if var in bindings}
            for way in grouping.ways:
                fixed = self._narrowed(substitute_variant(way, keys), {})
                for row in self.solutions(fixed):
                    yield from self.premises(way, {**keys, **row})

    def _flat(self, variant: Variant) -> Variant | None:
        """Return `variant` with tables in the place of its sub-selects, or None when it cannot hold."""
        if not variant.groupings:
            return variant
        around = _around(variant)
        keys = frozenset(key for grouping in variant.groupings for key in grouping.keys)
        asked = sorted(keys & (variables(around.patterns) | variables(around.values)))
        cases = self._listed(
            f"SELECT DISTINCT {' '.join(map(str, asked)) or '*'} WHERE {{ {where(self._sorted(around))} }}"
        )
        tables = [self._table(grouping, asked, cases) for grouping in variant.groupings if cases]
        if not cases or not all(table.rows for table in tables):
            return None
        return replace(variant, groupings=(), values=(*variant.values, *tables))

    def _table(self, grouping: Grouping, asked: Sequence[Var], cases: Sequence[Bindings]) -> Values:
        """Return what a sub-select gives for the keys that the body around it asks for."""
        known = {
            var: tuple(dict.fromkeys(case[var] for case in cases)) for var in asked if var in grouping.keys
        }
        flat = [self._flat(self._narrowed(way, known)) for way in grouping.ways]
        ways = tuple(way for way in flat if way is not None)
        names = (*grouping.keys, *(column.variable for column in grouping.columns))
        if not ways and grouping.keyed:
            return Values(names, ())
        rows = self._rows(replace(grouping, ways=ways))
        return Values(
            names, tuple(tuple(row[name] for name in names) for row in rows if set(names) <= set(row))
        )

    def _rows(self, grouping: Grouping) -> list[dict[Var, Constant]]:
        return self._listed(f"SELECT * WHERE {{ {select(grouping)} }}")

    def _narrowed(self, way: Variant, asked: Mapping[Var, tuple[Constant, ...]]) -> Variant:
        """Return `way` with tables of what its variables may be."""
        mine = variables(way.patterns)
        known = {var: told for var, told in {**self.witnesses, **asked}.items() if var in mine}
        tables = tuple(Values((var,), tuple((term,) for term in terms)) for var, terms in known.items())
        return replace(way, values=(*way.values, *tables))


def given(variant: Variant) -> frozenset[Var]:
    """Return the variables to which a body may give a value."""
    return bound(variant) | computed(variant)


def _around(variant: Variant) -> Variant:
    """Return what a body says without its sub-selects: patterns and tables, and the tests of these alone."""
    given = variables(variant.patterns) | variables(
        tuple(var for table in variant.values for var in table.variables)
    )
    binds = []
    for bind in variant.binds:
        if variables(bind.expression) <= given:
            binds.append(bind)
            given |= {bind.variable}
    filters = tuple(item for item in variant.filters if variables(item) <= given)
    return replace(variant, groupings=(), binds=tuple(binds), filters=filters, absents=())


def solved(binds: Sequence[Bind], known: Bindings) -> dict[Var, Constant]:
    """Return `known` with what follows from a minted IRI for the one unknown part of it.

    >>> made = Call("IRI", (Call("CONCAT", (Literal("urn:dyad/"), Var("pair"))),))
    >>> solved([Bind(Var("dyad"), made)], {Var("dyad"): NamedNode("urn:dyad/pak-rus")})[Var("pair")].value
    'pak-rus'
    """
    found = dict(known)
    growing = True
    while growing:
        growing = False
        for bind in binds:
            part = _part(bind, found)
            if part is not None and part[0] not in found:
                found[part[0]] = part[1]
                growing = True
    return found


def _part(bind: Bind, known: Bindings) -> tuple[Var, Literal] | None:
    """Return the variable and value that a bind of a known IRI leaves open, if it leaves one open."""
    made, value = bind.expression, known.get(bind.variable)
    if not isinstance(made, Call) or made.name != "IRI" or not isinstance(value, NamedNode):
        return None
    inner = made.arguments[0]
    parts = (
        [substitute(part, known) for part in inner.arguments]
        if isinstance(inner, Call) and inner.name == "CONCAT"
        else []
    )
    open_ = [index for index, part in enumerate(parts) if isinstance(part, Var)]
    if len(open_) != 1 or not all(isinstance(part, (Literal, Var)) for part in parts):
        return None
    before, after = _text(parts[: open_[0]]), _text(parts[open_[0] + 1 :])
    var = parts[open_[0]]
    fits = value.value.startswith(before) and value.value.endswith(after)
    rest = value.value[len(before) : len(value.value) - len(after)]
    return (var, Literal(rest)) if fits and isinstance(var, Var) else None


def _text(parts: Sequence[Expression]) -> str:
    return "".join(part.value for part in parts if isinstance(part, Literal))


def _triple(pattern: Pattern) -> Triple:
    if not isinstance(pattern.subject, (NamedNode, BlankNode)) or not isinstance(
        pattern.predicate, NamedNode
    ):
        raise TypeError(f"{pattern} is no triple")
    if isinstance(pattern.object, Var):
        raise TypeError(f"{pattern} is no triple")
    return Triple(pattern.subject, pattern.predicate, pattern.object)
