"""Proofs: why a triple holds, down to triples that were asserted and to the words that assert them.

The search runs backwards. A goal that is asserted is a leaf. Otherwise each rule whose head fits the goal is
asked for the instances of its body that hold in the store, and every premise becomes a goal one level lower.
Levels are allowed one by one, so the first proof found is of the least height and no triple can support
itself.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from pyoxigraph import NamedNode, Store, Triple

from diplograph.inference.classes import SAME
from diplograph.inference.evidence import Evidence, evidence
from diplograph.inference.families import ANY, Key, key
from diplograph.inference.identity import identity_rules
from diplograph.inference.infer import (
    INFERRED,
    ONTOLOGY,
    document_graphs,
    graph_triples,
    inferred_graphs,
    read_graphs,
)
from diplograph.inference.instances import Fit, Instance, instances
from diplograph.inference.owl import SLUG
from diplograph.inference.program import Program, build_program, kept
from diplograph.inference.rule import Pattern, Rule
from diplograph.inference.searching import Told
from diplograph.inference.sparql_engine import quad

MAX_HEIGHT = 40
Found = tuple[Rule, Instance]


@dataclass(frozen=True)
class Derivation:
    """One way a rule derives a triple: the premises it found, what it found absent, and the tests it made."""

    rule: Rule
    premises: tuple["Proof", ...]
    absent: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proof:
    """Why `triple` holds: asserted, with the evidence for it, when there is no derivation."""

    triple: Triple
    derivations: tuple[Derivation, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def asserted(self) -> bool:
        """Whether the triple is a leaf of the proof."""
        return not self.derivations

    def leaves(self) -> Iterator["Proof"]:
        """Yield the asserted triples that the proof rests on, each once."""
        seen: set[Triple] = set()
        for proof in self._walk():
            if proof.asserted and proof.triple not in seen:
                seen.add(proof.triple)
                yield proof

    def _walk(self) -> Iterator["Proof"]:
        yield self
        for derivation in self.derivations:
            for premise in derivation.premises:
                yield from premise._walk()


def program_of(store: Store, rules: Sequence[Rule]) -> Program:
    """Return the program of `rules` and the axioms in `graph:ontology`; build it once for many proofs."""
    return build_program(rules, graph_triples(store, ONTOLOGY))


def explain(
    store: Store,
    rules: Program | Sequence[Rule],
    triple: Triple,
    *,
    all: bool = False,  # noqa: A002
) -> Proof | None:
    """Return why `triple` holds in `store`, or None when it is neither asserted nor derivable there.

    With `all`, the proof has every derivation of the triple itself that does not rest on the triple; the
    premises have one proof each. The inferred graphs of the store must be there: run `infer` first.
    """
    program = rules if isinstance(rules, Program) else program_of(store, rules)
    search = _Search(store, program)
    for height in range(MAX_HEIGHT):
        proof = search.prove(triple, height)
        if proof is not None:
            return search.widen(proof) if all and not proof.asserted else proof
        if not search.pending:
            return None
    return None


@dataclass
class _Search:
    store: Store
    program: Program
    blocked: frozenset[Triple] = frozenset()
    pending: bool = False
    _failed: dict[Triple, int] = field(default_factory=dict)
    _proofs: dict[Triple, Proof] = field(default_factory=dict)
    _found: dict[Triple, tuple[list[Found], Iterator[Found]]] = field(default_factory=dict)
    _told: set[Triple] = field(default_factory=set)
    _words: dict[object, tuple[Evidence, ...]] = field(default_factory=dict)
    _answers: Told = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._read = read_graphs(self.store)
        self._graphs = [*self._read, *inferred_graphs(self.store)]
        self._documents = document_graphs(self.store)
        self._several_names = next(
            self.store.quads_for_pattern(None, SAME, None, NamedNode(INFERRED + SLUG)), None
        )
        self._heads = heads_of(self.program)

    def prove(self, goal: Triple, height: int) -> Proof | None:
        """Return a proof of `goal` no higher than `height`; `pending` tells that a higher one might exist."""
        if height == 0 or goal not in self._proofs:
            self.pending = False
        return self._prove(goal, height)

    def _prove(self, goal: Triple, height: int) -> Proof | None:
        if goal in self._proofs:
            return self._proofs[goal]
        if goal in self.blocked or self._failed.get(goal, -1) >= height:
            self.pending |= goal not in self.blocked
            return None
        proof = self._leaf(goal) or self._derived(goal, height)
        if goal in self._proofs:  # one of its premises rests on it, and a lower proof was found on the way
            return self._proofs[goal]
        if proof is None:
            self._failed[goal] = height
        else:
            self._proofs[goal] = proof
        return proof

    def _leaf(self, goal: Triple) -> Proof | None:
        for graph in (*self._read, *(self._documents if goal in self._told else ())):
            if next(self.store.quads_for_pattern(goal.subject, goal.predicate, goal.object, graph), None):
                return Proof(goal, evidence=self._evidence(goal, graph))
        return None

    def _evidence(self, goal: Triple, graph: NamedNode) -> tuple[Evidence, ...]:
        if goal.subject not in self._words:
            self._words[goal.subject] = evidence(self.store, goal, graph)
        return self._words[goal.subject]

    def _derived(self, goal: Triple, height: int) -> Proof | None:
        if height == 0:
            self.pending = True
            return None
        for rule, instance in self._instances(goal):
            derivation = self._derivation(rule, instance, height)
            if derivation is not None:
                return Proof(goal, (derivation,))
        return None

    def _derivation(self, rule: Rule, instance: Instance, height: int) -> Derivation | None:
        premises: list[Proof] = []
        for premise in instance.premises:
            proof = self._prove(premise, height - 1)
            if proof is None:
                return None
            premises.append(proof)
        return Derivation(rule, tuple(premises), instance.absent, instance.tests)

    def _instances(self, goal: Triple) -> Iterator[Found]:
        """Yield the instances that derive `goal`, found by what else their rules concluded if possible.

        None is looked for before it is needed; what was found is kept for the next time.
        """
        if goal not in self._found:
            self._found[goal] = ([], self._looked_for(goal))
        found, rest = self._found[goal]
        for number in count():
            if number == len(found):
                item = next(rest, None)
                if item is None:
                    return
                found.append(item)
            yield found[number]

    def _looked_for(self, goal: Triple) -> Iterator[Found]:
        fits, some = list(self._fitting(goal)), False
        for item in self._tried(goal, fits, guided=True):
            some = True
            yield item
        if not some:
            yield from self._tried(goal, fits, guided=False)

    def _tried(self, goal: Triple, fits: list[Fit], *, guided: bool) -> Iterator[Found]:
        for fit in fits:
            graphs = [*self._graphs, *self._documents] if fit[0].reads else self._graphs
            for instance in instances(self.store, graphs, fit, goal, self._answers, guided=guided):
                if fit[0].reads:
                    self._told.update(instance.premises)
                yield fit[0], instance

    def _fitting(self, goal: Triple) -> Iterator[Fit]:
        """Yield the heads that fit `goal`, of rules in whose graph it stands.

        A conclusion in another vocabulary is not kept in any graph; every rule is then worth trying.
        """
        pattern = Pattern(goal.subject, goal.predicate, goal.object)  # type: ignore[arg-type]
        where = {graph for graph in self._graphs if quad(goal, graph) in self.store}
        for relation in (key(pattern), ANY) if self._several_names else (key(pattern),):
            for fit in self._heads.get(relation, ()):
                if fit[0].graph in where or (
                    fit[0].axioms and (where or not kept(goal.predicate, goal.object))
                ):
                    yield fit

    def widen(self, proof: Proof) -> Proof:
        """Return `proof` with every derivation that can do without the triple itself."""
        narrowed = _Search(self.store, self.program, frozenset((proof.triple,)))
        narrowed._found, narrowed._answers = self._found, self._answers
        derivations = []
        for rule, instance in self._instances(proof.triple):
            premises = [narrowed._least(premise) for premise in instance.premises]
            if all(premises):
                known = tuple(premise for premise in premises if premise is not None)
                derivations.append(Derivation(rule, known, instance.absent, instance.tests))
        return Proof(proof.triple, tuple(derivations) or proof.derivations)

    def _least(self, goal: Triple) -> Proof | None:
        for height in range(MAX_HEIGHT):
            proof = self.prove(goal, height)
            if proof is not None or not self.pending:
                return proof
        return None


def heads_of(program: Program) -> dict[Key, list[Fit]]:
    """Return the head patterns of all variants by relation, domain rules before axioms."""
    heads: dict[Key, list[Fit]] = defaultdict(list)
    for rule in (*program.rules, *identity_rules()):
        for variant in rule.variants:
            for pattern in variant.head:
                heads[key(pattern)].append((rule, variant, pattern))
    return heads
