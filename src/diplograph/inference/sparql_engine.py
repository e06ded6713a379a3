"""The second engine: each rule run as the SPARQL CONSTRUCT it is, until nothing new comes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, QueryTriples, Store, Triple

from diplograph.errors import KnowledgeError
from diplograph.inference.classes import SAME
from diplograph.inference.program import Program
from diplograph.inference.rule import Rule
from diplograph.inference.stratify import Stratum

Progress = Callable[[str, int, int], None]
EQUALITY = tuple(
    f"CONSTRUCT {{ {head} }} WHERE {{ {body} FILTER(?x != ?y) }}"
    for head, body in (
        (f"?y {SAME} ?x", f"?x {SAME} ?y ."),
        (f"?x {SAME} ?z", f"?x {SAME} ?y . ?y {SAME} ?z . FILTER(?x != ?z)"),
        ("?y ?p ?o", f"?x {SAME} ?y . ?x ?p ?o . FILTER(?p != {SAME})"),
        ("?s ?p ?y", f"?x {SAME} ?y . ?s ?p ?x . FILTER(?p != {SAME})"),
    )
)


def quad(triple: Triple, graph: NamedNode | DefaultGraph) -> Quad:
    """Return `triple` in `graph`."""
    return Quad(triple.subject, triple.predicate, triple.object, graph)


@dataclass
class Derivations:
    """What each rule derived, by its position in the program; `equality` is what renaming adds."""

    by_rule: dict[int, set[Triple]] = field(default_factory=dict)
    equality: set[Triple] = field(default_factory=set)
    rounds: int = 0

    def count(self) -> int:
        """Return how many triples were derived; one that two rules derive counts twice."""
        return sum(map(len, self.by_rule.values())) + len(self.equality)


def run_sparql(
    asserted: Iterable[Triple], program: Program, *, limit: int, progress: Progress | None = None
) -> Derivations:
    """Return what `program` derives from `asserted`, by rule, without what is asserted already.

    Raises `KnowledgeError` when more than `limit` triples are derived.
    """
    scratch = Store()
    scratch.bulk_extend(quad(triple, DefaultGraph()) for triple in asserted)
    given = frozenset(item.triple for item in scratch)
    found = Derivations()
    strata = (*program.identity, *program.strata)
    run = _Run(scratch, found, {id(rule): index for index, rule in enumerate(program.rules)}, given, limit)
    run.equate()
    for number, stratum in enumerate(strata):
        if progress:
            progress(stratum.rules[0].label, number, len(strata))
        run.stratum(stratum)
        if program.identity and number + 1 >= len(program.identity):
            run.equate()
    return found


@dataclass(frozen=True)
class _Run:
    """The state of one run: the scratch store that grows, and what was found so far."""

    scratch: Store
    found: Derivations
    places: dict[int, int]
    given: frozenset[Triple]
    limit: int

    def stratum(self, stratum: Stratum) -> None:
        """Run the rules of a stratum until nothing new comes."""
        growing = True
        while growing:
            growing = False
            self.found.rounds += 1
            for rule in stratum.rules:
                made = conclusions(self.scratch, rule)
                self.found.by_rule.setdefault(self.places[id(rule)], set()).update(made - self.given)
                growing |= self._add(made)
                self._guard(rule)
            growing = stratum.recursive and (self.equate() or growing)

    def equate(self) -> bool:
        """Copy what is said under one name to the other names of a thing; tell whether that was new."""
        names = self.scratch.quads_for_pattern(None, SAME, None)
        if not any(same.subject != same.object for same in names):
            return False
        grown, growing = False, True
        while growing:
            made = {triple for query in EQUALITY for triple in ask(self.scratch, query)}
            growing = self._add(made)
            self.found.equality.update(made - self.given)
            grown |= growing
        return grown

    def _add(self, triples: Iterable[Triple]) -> bool:
        quads = (quad(triple, DefaultGraph()) for triple in triples)
        new = [item for item in quads if item not in self.scratch]
        self.scratch.extend(new)
        return bool(new)

    def _guard(self, rule: Rule) -> None:
        if self.found.count() > self.limit:
            raise KnowledgeError(
                f"{rule.path or rule.label}: more than {self.limit} triples were derived "
                f"when rule {rule.id} ran; "
                "either a rule mints ever new things, or the limit is too low for this graph"
            )


def conclusions(store: Store, rule: Rule) -> set[Triple]:
    """Return what `rule` derives from the default graph of `store` at once."""
    return {triple for triple in ask(store, rule.text) if not isinstance(triple.subject, Literal)}


def ask(store: Store, construct: str) -> QueryTriples:
    """Return the triples that a CONSTRUCT query yields."""
    triples = store.query(construct)
    if not isinstance(triples, QueryTriples):
        raise TypeError("a rule is run as a CONSTRUCT query")
    return triples
