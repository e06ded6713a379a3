"""Why something does not follow: the nearest rule, the premise it lacks, and the claims that came close."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    QueryBoolean,
    QuerySolutions,
    Store,
    Triple,
    Variable,
)

from diplograph.inference.classes import SAME
from diplograph.inference.families import ANY, Key, key, minted
from diplograph.inference.infer import READ, inferred_graphs, read_graphs
from diplograph.inference.program import Program
from diplograph.inference.proof import explain, heads_of, program_of
from diplograph.inference.render import expression, negation
from diplograph.inference.rule import Bind, Constant, Filter, Negation, Pattern, Rule, Var, Variant, variables
from diplograph.inference.variants import substitute_pattern, substitute_variant
from diplograph.vocabulary import PREFIXES

DEPTH = 3
BEST = 3
Piece = Pattern | Filter | Negation


@dataclass(frozen=True)
class Attempt:
    """A rule that could give the triple: what it found, the first thing it did not, and why that is not
    there.

    `kind` is premise (a triple is missing), test (a comparison fails) or absence (something is there that may
    not be). `missing` is SPARQL, with what was found put in.
    """

    rule: Rule
    found: tuple[str, ...]
    kind: str
    missing: str
    below: tuple["Attempt", ...] = ()


@dataclass(frozen=True)
class Near:
    """Something told of both things asked about: an accepted event, or a claim that is no fact."""

    event: str
    kind: str
    time: str
    polarity: str
    modality: str
    claim: str


@dataclass(frozen=True)
class Span:
    """A situation behind a triple that holds at another time, by its bounds (empty: unknown)."""

    situation: str
    earliest_start: str
    latest_end: str


@dataclass(frozen=True)
class WhyNot:
    """Why `triple` does not hold (on a day, where one was asked for); `holds` when it does."""

    triple: Triple
    holds: bool
    attempts: tuple[Attempt, ...] = ()
    near: tuple[Near, ...] = ()
    spans: tuple[Span, ...] = ()


def why_not(
    store: Store, rules: Program | Sequence[Rule], triple: Triple, *, on: date | None = None
) -> WhyNot:
    """Return why `triple` is not derived in `store`, or, with `on`, why it does not hold on that day."""
    program = rules if isinstance(rules, Program) else program_of(store, rules)
    near = tuple(_near(store, triple))
    if explain(store, program, triple) is not None:
        spans = tuple(_spans(store, triple))
        holds = on is None or not spans or any(_covers(span, on) for span in spans)
        return WhyNot(triple, holds, near=near, spans=spans)
    search = _Search(store, heads_of(program))
    goal = Pattern(triple.subject, triple.predicate, triple.object)  # type: ignore[arg-type]
    return WhyNot(triple, False, search.attempts(goal, DEPTH), near)


@dataclass
class _Search:
    store: Store
    heads: dict[Key, list[tuple[Rule, Variant, Pattern]]]
    _asked: dict[str, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._graphs: list[NamedNode | BlankNode | DefaultGraph] = [
            *read_graphs(self.store),
            *inferred_graphs(self.store),
        ]

    def attempts(
        self, goal: Pattern, depth: int, above: frozenset[Pattern] = frozenset()
    ) -> tuple[Attempt, ...]:
        """Return the rules that came nearest to `goal`, which may have variables: best first, each once.

        What is asked for `above` already is not asked again.
        """
        if depth == 0 or goal in above:
            return ()
        tried: dict[str, tuple[float, Attempt]] = {}
        general = self.heads.get(ANY, ()) if self._renamed(goal) else ()
        for rule, variant, head in (*self.heads.get(key(goal), ()), *general):
            known = _known(head, goal)
            if known is None or not _mintable(variant, known):
                continue
            share, attempt = self._try(rule, substitute_variant(variant, known), depth, above | {goal})
            if attempt is not None and share > tried.get(rule.id, (-1.0, attempt))[0]:
                tried[rule.id] = (share, attempt)
        ranked = sorted(tried.values(), key=lambda item: (-item[0], item[1].rule.id))
        return tuple(attempt for _, attempt in ranked[:BEST])

    def _renamed(self, goal: Pattern) -> bool:
        """Tell whether a thing in `goal` has another name; if not, nothing about identity explains anything."""
        things = [term for term in (goal.subject, goal.object) if isinstance(term, NamedNode)]
        return any(
            quad.subject != quad.object and quad.graph_name in self._graphs
            for thing in things
            for quad in (
                *self.store.quads_for_pattern(thing, SAME, None),
                *self.store.quads_for_pattern(None, SAME, thing),
            )
        )

    def _try(
        self, rule: Rule, variant: Variant, depth: int, above: frozenset[Pattern]
    ) -> tuple[float, Attempt | None]:
        """Put the pieces of a body together one by one, until they no longer hold together."""
        pieces = _ordered(variant)
        held: list[Piece] = []
        for piece in pieces:
            if not self._holds(variant, [*held, piece]):
                attempt = self._attempt(rule, variant, held, piece)
                if isinstance(piece, Pattern):
                    wanted = substitute_pattern(piece, self._example(variant, held))
                    if wanted in above:  # it would follow if it held
                        return 0.0, None
                    attempt = replace(attempt, below=self.attempts(wanted, depth - 1, above))
                return len(held) / len(pieces), attempt
            held.append(piece)
        return 1.0, None

    def _attempt(self, rule: Rule, variant: Variant, held: list[Piece], failing: Piece) -> Attempt:
        example = self._example(variant, held)
        found = tuple(str(substitute_pattern(p, example)) for p in held if isinstance(p, Pattern))
        if isinstance(failing, Pattern):
            return Attempt(rule, found, "premise", str(substitute_pattern(failing, example)))
        if isinstance(failing, Filter):
            return Attempt(rule, found, "test", _with(expression(failing.test), example))
        return Attempt(rule, found, "absence", _with(negation(failing), example))

    def _holds(self, variant: Variant, pieces: Sequence[Piece]) -> bool:
        body = _body(variant, pieces)
        if body not in self._asked:
            answer = self.store.query(f"ASK {{ {body} }}", default_graph=self._graphs)
            self._asked[body] = isinstance(answer, QueryBoolean) and bool(answer)
        return self._asked[body]

    def _example(self, variant: Variant, pieces: Sequence[Piece]) -> dict[Var, Constant]:
        rows = self.store.query(
            f"SELECT * {{ {_body(variant, pieces)} }} LIMIT 1", default_graph=self._graphs
        )
        if not isinstance(rows, QuerySolutions):
            return {}
        names = [name.value for name in rows.variables]
        return {
            Var(name): value
            for row in rows
            for name in names
            if isinstance(value := row[name], (NamedNode, Literal))
        }


def _known(head: Pattern, goal: Pattern) -> dict[Var, Constant] | None:
    """Return what `goal` says of the variables of `head`, or None where the two cannot meet."""
    known: dict[Var, Constant] = {}
    for term, value in zip(head, goal, strict=True):
        if isinstance(value, Var):
            continue
        if known.setdefault(term, value) != value if isinstance(term, Var) else term != value:
            return None
    return known


def _mintable(variant: Variant, known: dict[Var, Constant]) -> bool:
    """Tell whether the IRIs that the variant would mint are of the wanted kind."""
    return all(getattr(known.get(v), "value", p).startswith(p) for v, p in minted(variant).items())


def _ordered(variant: Variant) -> list[Piece]:
    """Return patterns that share a variable or a constant thing first, then tests, then absences."""
    left = sorted(variant.patterns, key=lambda p: (len(variables(p)), str(p)))
    ordered: list[Pattern] = []
    while left:
        known = variables(tuple(ordered))
        chosen = next((p for p in left if variables(p) & known or not ordered), left[0])
        left.remove(chosen)
        ordered.append(chosen)
    return [*ordered, *variant.filters, *variant.absents]


def _body(variant: Variant, pieces: Sequence[Piece]) -> str:
    """Return the pieces as SPARQL, with the tables and the binds that they need."""
    patterns = [piece for piece in pieces if isinstance(piece, Pattern)]
    tables = [f"VALUES ({' '.join(map(str, t.variables))}) {{ {_rows(t.rows)} }}" for t in variant.values]
    given = variables(tuple(patterns)) | frozenset(v for t in variant.values for v in t.variables)
    binds = [f"BIND({expression(b.expression)} AS {b.variable})" for b in _usable(variant.binds, given)]
    tests = [f"FILTER({expression(p.test)})" for p in pieces if isinstance(p, Filter)]
    absences = [negation(piece) for piece in pieces if isinstance(piece, Negation)]
    return " ".join([*tables, *(f"{pattern} ." for pattern in patterns), *binds, *tests, *absences])


def _usable(binds: Sequence[Bind], given: frozenset[Var]) -> Iterator[Bind]:
    for bind in binds:
        if variables(bind.expression) <= given:
            given |= {bind.variable}
            yield bind


def _rows(rows: Sequence[Sequence[Constant]]) -> str:
    return " ".join(f"({' '.join(map(str, row))})" for row in rows)


def _with(text: str, example: dict[Var, Constant]) -> str:
    for var in sorted(example, key=lambda v: -len(v.name)):
        text = text.replace(f"?{var.name} ", f"{example[var]} ").replace(f"?{var.name})", f"{example[var]})")
    return text


def _near(store: Store, triple: Triple) -> Iterator[Near]:
    """Yield what is told of both ends of a triple, accepted events first."""
    if not isinstance(triple.subject, NamedNode) or not isinstance(triple.object, NamedNode):
        return
    rows = store.query(_NEAR, use_default_graph_as_union=True, substitutions=_ends(triple))
    if isinstance(rows, QuerySolutions):
        names = ("event", "kind", "time", "polarity", "modality", "claim")
        found = {Near(*(getattr(row[name], "value", "") for name in names)) for row in rows}
        yield from sorted(found, key=lambda n: (n.modality + n.polarity, n.time, n.event))


_NEAR = f"""
PREFIX dg: <{PREFIXES["dg"]}>
SELECT DISTINCT ?one ?other ?event ?kind ?time ?polarity ?modality ?claim WHERE {{
  ?event ?oneRole ?one ; ?otherRole ?other .
  FILTER(STRSTARTS(STR(?oneRole), STR(dg:)) && STRSTARTS(STR(?otherRole), STR(dg:)))
  ?claim dg:about ?event ; dg:polarity ?polarity ; dg:modality ?modality .
  OPTIONAL {{ GRAPH {READ[0]} {{ ?event a ?class }} }}
  OPTIONAL {{ ?event dg:wouldBe ?would }}
  BIND(COALESCE(?class, ?would) AS ?kind)
  OPTIONAL {{ ?event dg:time ?time }}
}}
"""


def _spans(store: Store, triple: Triple) -> Iterator[Span]:
    """Yield the situations that were concluded together with a flat triple, with their bounds."""
    rows = store.query(_SPANS, use_default_graph_as_union=True, substitutions=_ends(triple))
    if isinstance(rows, QuerySolutions):
        for row in rows:
            if (getattr(row["graph"], "value", ""), triple) in _graphs_of(store, triple):
                yield Span(*(getattr(row[name], "value", "") for name in ("situation", "start", "end")))


def _ends(triple: Triple) -> dict[Variable, NamedNode | BlankNode | Literal | Triple]:
    return {Variable("one"): triple.subject, Variable("other"): triple.object}


def _graphs_of(store: Store, triple: Triple) -> set[tuple[str, Triple]]:
    quads = store.quads_for_pattern(triple.subject, triple.predicate, triple.object)
    return {(getattr(quad.graph_name, "value", ""), triple) for quad in quads}


_SPANS = f"""
PREFIX dg: <{PREFIXES["dg"]}>
SELECT DISTINCT ?one ?other ?graph ?situation ?start ?end WHERE {{
  GRAPH ?graph {{ ?situation dg:byRule ?rule . ?situation ?oneRole ?one ; ?otherRole ?other . }}
  OPTIONAL {{ ?situation dg:earliestStart ?start }}
  OPTIONAL {{ ?situation dg:latestEnd ?end }}
}} ORDER BY ?start ?situation
"""


def _covers(span: Span, day: date) -> bool:
    text = day.isoformat()
    return (not span.earliest_start or span.earliest_start <= text) and (
        not span.latest_end or text <= span.latest_end
    )
