"""The order of the rules: what a rule reads as absent or counts must be finished before the rule runs."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from diplograph.errors import KnowledgeError
from diplograph.inference.families import Assignment, FamilyTable, Key, Node, key, readings
from diplograph.inference.rule import Pattern, Rule, Term, Var, Variant
from diplograph.inference.variants import TYPE

Instance = tuple[int, Assignment]
Edges = list[dict[int, bool]]


@dataclass(frozen=True)
class Stratum:
    """Rules that are run together until nothing new comes; `recursive` when one pass may not be enough.

    `height` is the longest way to a stratum that nobody reads: strata of one height do not depend on each
    other. An axiom is in several strata when things of different families come to be known at different
    times.
    """

    rules: tuple[Rule, ...]
    recursive: bool
    height: int = 0


def stratify(rules: Sequence[Rule]) -> tuple[Stratum, ...]:
    """Return the rules in an order in which every negation is safe.

    Raises `KnowledgeError` naming the rules of the cycle when there is no such order.
    """
    families = FamilyTable(rules)
    instances = [(index, family) for index, rule in enumerate(rules) for family in families.split(rule)]
    edges = _edges(rules, families, instances)
    components = _components(len(instances), edges)
    heights = _heights(components, edges)
    strata = []
    for component in components:
        members = frozenset(component)
        inner = {(a, b): negative for a in component for b, negative in edges[a].items() if b in members}
        _refuse_cycle([rules[index] for index, _ in instances], inner)
        mine = sorted({instances[member][0] for member in component})
        strata.append(Stratum(tuple(rules[index] for index in mine), bool(inner), heights[component[0]]))
    return tuple(strata)


def _edges(rules: Sequence[Rule], families: FamilyTable, instances: Sequence[Instance]) -> Edges:
    """Return, for each instance, those that read what it writes, and whether one needs it finished."""
    readers: dict[Node, dict[int, bool]] = defaultdict(dict)
    for number, (index, family) in enumerate(instances):
        for node, negative in families.read(rules[index], family):
            readers[node][number] = readers[node].get(number, False) or negative
    redundant = _Redundancy(rules)
    edges: Edges = []
    for index, family in instances:
        found: dict[int, bool] = {}
        for node, variant, pattern in families.written(rules[index], family):
            for name in dict.fromkeys(readings(node)):
                for reader, negative in readers.get(name, {}).items():
                    if not redundant.conclusion(index, variant, pattern, instances[reader][0]):
                        found[reader] = found.get(reader, False) or negative
        edges.append(found)
    return edges


def _heights(components: Sequence[Sequence[int]], edges: Edges) -> dict[int, int]:
    heights: dict[int, int] = {}
    for component in reversed(components):
        ahead = {reader for member in component for reader in edges[member]} - set(component)
        height = max((heights[reader] + 1 for reader in ahead), default=0)
        heights.update(dict.fromkeys(component, height))
    return heights


class _Redundancy:
    """Which rules can conclude nothing new from what another writes, because that one presupposes it.

    A rule that says `?visit dg:inCapacityOf ?holding` of a `?holding a dg:OfficeHolding` gives the range of
    dg:inCapacityOf nothing to add; a negation about office holdings need not wait for it.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Look up the rules of one premise and one conclusion."""
        self._rules = rules
        self._simple = [_single(rule) for rule in rules]
        self._by_premise: dict[Key, list[int]] = defaultdict(list)
        for index, simple in enumerate(self._simple):
            if simple is not None:
                self._by_premise[key(simple[0])].append(index)

    def conclusion(self, writer: int, variant: Variant, written: Pattern, reader: int) -> bool:
        """Tell whether rule `reader`, reading `written`, concludes only what holds without it.

        That is what the writer's premises say, or what another rule concludes from one of them in one step;
        the terminology is closed, so longer ways are short ones too. Of a domain rule also the other
        conclusions count: what class they give to something, the hierarchy of classes gives in its own right.
        """
        simple = self._simple[reader]
        if simple is None:
            return False
        concluded = next(_applied(simple, written), None)
        if concluded is None:
            return not _may_fit(simple[0], written)
        if concluded in variant.patterns:
            return True
        if any(concluded in self._following(pattern, writer) for pattern in variant.patterns):
            return True
        if self._rules[writer].axioms or written.predicate == TYPE:
            return False
        held = {p for pattern in variant.patterns for p in self._following(pattern, writer)}
        beside = [p for p in (*held, *variant.head) if p.predicate == TYPE]
        return any(concluded == p or concluded in self._following(p, writer) for p in beside)

    def _following(self, pattern: Pattern, writer: int) -> set[Pattern]:
        """Return what the other rules conclude from `pattern` in one step."""
        found: set[Pattern] = set()
        for index in self._by_premise.get(key(pattern), ()):
            simple = self._simple[index]
            if index != writer and simple is not None:
                found.update(_applied(simple, pattern))
        return found


def _applied(simple: tuple[Pattern, Pattern], fact: Pattern) -> Iterator[Pattern]:
    """Yield what a rule of one premise concludes from `fact`, when the premise fits it."""
    premise, made = simple
    names: dict[Term, Term] = {}
    fits = all(
        names.setdefault(term, value) == value and (isinstance(term, Var) or term == value)
        for term, value in zip(premise, fact, strict=True)
    )
    if fits:
        yield Pattern(*(names.get(term, term) if isinstance(term, Var) else term for term in made))


def _may_fit(premise: Pattern, fact: Pattern) -> bool:
    """Tell whether some instance of `fact` could be an instance of `premise`."""
    pairs = list(zip(premise, fact, strict=True))
    return all(isinstance(a, Var) or isinstance(b, Var) or a == b for a, b in pairs)


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


def _components(size: int, edges: Edges) -> list[list[int]]:
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
