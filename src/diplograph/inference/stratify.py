"""The order of the rules: what a rule reads as absent or counts must be finished before the rule runs.

Rules are compared by relation: a predicate, and for rdf:type also the class. Bounds such as dg:latestEnd are
written for many kinds of situations, so a relation is further split by the family of its subjects: the
constant beginning of the IRIs a rule mints (`.../id/arms-embargo/`), or "" for what is asserted. A negated
reading of the end of an office holding thus does not wait for the rule that writes the end of a defense
partnership.
This takes for granted that nothing is asserted of a minted IRI that would place it in another family, and
that dg:byRule is never asserted.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from pyoxigraph import Literal, NamedNode

from diplograph.errors import KnowledgeError
from diplograph.inference.rule import Call, Pattern, Rule, Term, Var, Variant
from diplograph.inference.variants import TYPE
from diplograph.vocabulary import PREFIXES

Key = tuple[str, str]
Families = frozenset[str]
ASSERTED: Families = frozenset(("",))
ANY: Key = ("*", "")
BY_RULE: Key = (PREFIXES["dg"] + "byRule", "")


@dataclass(frozen=True)
class Stratum:
    """Rules that are run together until nothing new comes; `recursive` when one pass may not be enough."""

    rules: tuple[Rule, ...]
    recursive: bool


def stratify(rules: Sequence[Rule]) -> tuple[Stratum, ...]:
    """Return the rules in an order in which every negation is safe.

    Raises `KnowledgeError` naming the rules of the cycle when there is no such order.
    """
    edges = dependencies(rules)
    strata = []
    for component in _components(len(rules), edges):
        members = frozenset(component)
        inner = {(a, b): negative for a in component for b, negative in edges[a].items() if b in members}
        _refuse_cycle(rules, inner)
        strata.append(Stratum(tuple(rules[index] for index in sorted(component)), bool(inner)))
    return tuple(strata)


def dependencies(rules: Sequence[Rule]) -> list[dict[int, bool]]:
    """Return, for each rule, the rules that read what it writes, and whether one needs it finished."""
    families = _Families(rules)
    readers: dict[tuple[Key, str], dict[int, bool]] = defaultdict(dict)
    for index, rule in enumerate(rules):
        for node, negative in families.read(rule):
            readers[node][index] = readers[node].get(index, False) or negative
    redundant = _Redundancy(rules)
    edges: list[dict[int, bool]] = []
    for rule in rules:
        found: dict[int, bool] = {}
        for node, variant, pattern in families.written(rule):
            for reader, negative in readers.get(node, {}).items():
                if not redundant.conclusion(variant, pattern, reader):
                    found[reader] = found.get(reader, False) or negative
        edges.append(found)
    return edges


def key(pattern: Pattern) -> Key:
    """Return the relation of a pattern: its predicate, and its class if that is rdf:type."""
    if not isinstance(pattern.predicate, NamedNode):
        return ANY
    if pattern.predicate == TYPE:
        return (TYPE.value, pattern.object.value if isinstance(pattern.object, NamedNode) else "")
    return (pattern.predicate.value, "")


def minted(variant: Variant) -> dict[Var, str]:
    """Return the variables for which a BIND mints an IRI, with the constant beginning of the IRI."""
    found = {}
    for bind in variant.binds:
        made = bind.expression
        if isinstance(made, Call) and made.name == "IRI":
            inner = made.arguments[0]
            first = inner.arguments[0] if isinstance(inner, Call) and inner.name == "CONCAT" else inner
            if isinstance(first, Literal):
                found[bind.variable] = first.value
    return found


class _Families:
    """Which families the subjects and objects of each relation can belong to: a fixpoint over the rules."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._subjects: dict[Key, Families] = defaultdict(lambda: ASSERTED, {BY_RULE: frozenset()})
        self._objects: dict[Key, Families] = defaultdict(lambda: ASSERTED)
        variants = [variant for rule in rules for variant in rule.variants]
        growing = True
        while growing:
            growing = False
            for variant in variants:
                growing |= self._grow(variant)

    def read(self, rule: Rule) -> Iterator[tuple[tuple[Key, str], bool]]:
        """Yield the nodes that `rule` reads, with True where it needs them finished."""
        for variant in rule.variants:
            yield from self._reads(variant, {}, negative=False)

    def written(self, rule: Rule) -> Iterator[tuple[tuple[Key, str], Variant, Pattern]]:
        """Yield the nodes that `rule` writes, with the variant and the triple of its head that write them."""
        for variant in rule.variants:
            known, made = self._of(variant.patterns, {}), minted(variant)
            for pattern in variant.head:
                for family in self._family(pattern.subject, known, made):
                    yield (key(pattern), family), variant, pattern

    def _reads(
        self, variant: Variant, outer: dict[Var, Families], *, negative: bool
    ) -> Iterator[tuple[tuple[Key, str], bool]]:
        known = self._of(variant.patterns, outer)
        for pattern in variant.patterns:
            for family in self._family(pattern.subject, known, {}):
                yield (key(pattern), family), negative
        for way in chain.from_iterable(item.ways for item in variant.groupings):
            yield from self._reads(way, {}, negative=True)
        for way in chain.from_iterable(item.ways for item in variant.absents):
            yield from self._reads(way, known, negative=True)

    def _of(self, patterns: Iterable[Pattern], outer: dict[Var, Families]) -> dict[Var, Families]:
        known = dict(outer)
        for pattern in patterns:
            relation = key(pattern)
            for term, table in ((pattern.subject, self._subjects), (pattern.object, self._objects)):
                if isinstance(term, Var):
                    known[term] = known.get(term, table[relation]) & table[relation]
        return known

    def _family(self, term: Term, known: dict[Var, Families], made: dict[Var, str]) -> Families:
        if not isinstance(term, Var):
            return ASSERTED
        return frozenset((made[term],)) if term in made else known.get(term, ASSERTED)

    def _grow(self, variant: Variant) -> bool:
        known, made = self._of(variant.patterns, {}), minted(variant)
        grown = False
        for pattern in variant.head:
            relation = key(pattern)
            for term, table in ((pattern.subject, self._subjects), (pattern.object, self._objects)):
                wider = table[relation] | self._family(term, known, made)
                grown |= wider != table[relation]
                table[relation] = wider
        return grown


class _Redundancy:
    """Which rules can conclude nothing new from what another writes, because that one presupposes it.

    A rule that says `?visit dg:inCapacityOf ?holding` of a `?holding a dg:OfficeHolding` gives the range of
    dg:inCapacityOf nothing to add; a negation about office holdings need not wait for it.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._simple = [_single(rule) for rule in rules]
        typing = [pair for pair in self._simple if pair is not None and pair[1].predicate == TYPE]
        self._wider = {
            (a.object, b.object) for a, b in typing if a.predicate == TYPE and a.subject == b.subject
        }
        self._roles: dict[Term, list[tuple[Pattern, Pattern]]] = defaultdict(list)
        for premise, made in typing:
            self._roles[premise.predicate].append((premise, made))

    def conclusion(self, variant: Variant, written: Pattern, reader: int) -> bool:
        """Tell whether rule `reader`, reading `written`, concludes only what `variant` says or needs."""
        simple = self._simple[reader]
        if simple is None or simple[1].predicate != TYPE:
            return False
        premise, made = simple
        said = [p for p in (*variant.patterns, *variant.head) if p.predicate == TYPE and p != written]
        classes = {(p.subject, p.object) for p in said} | set(self._implied(variant.patterns))
        member = _renamed(made.subject, premise, written)
        mine = {class_ for subject, class_ in classes if subject == member}
        return made.object in mine or any((class_, made.object) in self._wider for class_ in mine)

    def _implied(self, patterns: Iterable[Pattern]) -> Iterator[tuple[Term, Term]]:
        """Yield what domains and ranges say of the terms of the patterns that hold before the rule runs."""
        for pattern in patterns:
            for premise, made in self._roles.get(pattern.predicate, ()):
                if pattern.predicate != TYPE or premise.object == pattern.object:
                    yield _renamed(made.subject, premise, pattern), made.object


def _renamed(term: Term, premise: Pattern, fact: Pattern) -> Term:
    names = dict(zip(premise, fact, strict=True))
    return names.get(term, term) if isinstance(term, Var) else term


def _single(rule: Rule) -> tuple[Pattern, Pattern] | None:
    """Return premise and conclusion of a rule that has one of each and nothing else."""
    if len(rule.variants) != 1 or len(rule.head) != 1:
        return None
    variant = rule.variants[0]
    rest = (variant.values, variant.groupings, variant.binds, variant.filters, variant.absents)
    return (variant.patterns[0], variant.head[0]) if len(variant.patterns) == 1 and not any(rest) else None


def _refuse_cycle(rules: Sequence[Rule], inner: dict[tuple[int, int], bool]) -> None:
    for (start, end), negative in sorted(inner.items()):
        if negative:
            way = _path(end, start, inner)
            names = " -> ".join(rules[index].path or rules[index].label for index in (start, *way))
            raise KnowledgeError(
                f"negation in a circle, so the rules have no order: {names}; "
                f"{rules[end].id} needs {rules[start].id} finished, which in turn depends on it"
            )


def _path(start: int, goal: int, inner: dict[tuple[int, int], bool]) -> list[int]:
    """Return the shortest way from `start` to `goal` along the edges of one component."""
    ways = [[start]]
    seen = {start}
    for way in ways:
        if way[-1] == goal:
            return way
        for _, follower in sorted(edge for edge in inner if edge[0] == way[-1]):
            if follower not in seen:
                seen.add(follower)
                ways.append([*way, follower])
    return [start]


def _components(size: int, edges: Sequence[dict[int, bool]]) -> list[list[int]]:
    """Return the strongly connected components, dependencies first (Kosaraju's algorithm)."""
    followers = [sorted(found) for found in edges]
    leaders: list[list[int]] = [[] for _ in range(size)]
    for node, found in enumerate(followers):
        for follower in found:
            leaders[follower].append(node)
    finished: list[int] = []
    seen: set[int] = set()
    for node in range(size):
        finished += _postorder(node, followers, seen)
    seen = set()
    return [found for node in reversed(finished) if (found := _postorder(node, leaders, seen))]


def _postorder(root: int, followers: Sequence[Sequence[int]], seen: set[int]) -> list[int]:
    """Return the nodes reachable from `root` and not yet seen, each after what it leads to."""
    if root in seen:
        return []
    seen.add(root)
    order: list[int] = []
    work = [(root, iter(followers[root]))]
    while work:
        node, ahead = work[-1]
        follower = next((f for f in ahead if f not in seen), None)
        if follower is None:
            order.append(node)
            work.pop()
        else:
            seen.add(follower)
            work.append((follower, iter(followers[follower])))
    return order
