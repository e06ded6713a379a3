"""A program: the domain rules and the axioms of the ontology in one form, in the order in which they run."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

from diplograph.inference.classes import SAME
from diplograph.inference.families import Key, key
from diplograph.inference.owl import compile_owl
from diplograph.inference.rule import Pattern, Rule, Variant
from diplograph.inference.stratify import Stratum, stratify
from diplograph.inference.terminology import terminology
from diplograph.inference.variants import TYPE
from diplograph.vocabulary import PREFIXES

OURS = PREFIXES["dg"]


@dataclass(frozen=True)
class Program:
    """Rules ready to run.

    `identity` is what decides that two names are one thing: it runs first, on what is asserted, with the OWL
    rules it depends on. The rules of `strata` then cannot merge names, so no negation can be undone by a
    merge. The rules of `claims` run last, and read what documents say too.
    """

    rules: tuple[Rule, ...]
    identity: tuple[Stratum, ...]
    strata: tuple[Stratum, ...]
    claims: tuple[Stratum, ...] = ()

    @property
    def order(self) -> tuple[Rule, ...]:
        """The rules of all strata, in the order in which they run."""
        return tuple(rule for stratum in self.strata for rule in stratum.rules)


def build_program(rules: Sequence[Rule], ontology: Iterable[Triple], *, keep_all: bool = False) -> Program:
    """Return the program of `rules` and of the axioms among `ontology`.

    Rules whose conclusion nobody reads and nobody keeps (a class of another vocabulary, say) are left out,
    unless `keep_all`. Raises `KnowledgeError` when negation runs in a circle.
    """
    owl = compile_owl(terminology(ontology))
    merging = tuple(rule for rule in owl if merges(rule))
    about_claims = [rule for rule in rules if rule.reads]
    rest = [rule for rule in rules if not rule.reads]
    rest += [rule for rule in owl if not merges(rule)]
    useful = rest if keep_all else _useful(rest, merging)
    feeding = _upstream([rule for rule in owl if not merges(rule)], merging)
    identity = stratify([*feeding, *merging]) if merging else ()
    return Program((*useful, *merging, *about_claims), identity, stratify(useful), stratify(about_claims))


def second(program: Program) -> Program | None:
    """Return the program of the rules about claims, or None when there are none."""
    return Program(program.rules, (), program.claims) if program.claims else None


def merges(rule: Rule) -> bool:
    """Tell whether a rule concludes that two names are one thing."""
    return any(pattern.predicate == SAME for pattern in rule.head)


def kept(predicate: NamedNode, object_: object) -> bool:
    """Tell whether an OWL conclusion is worth keeping: our vocabulary, and identity."""
    if predicate == TYPE:
        return isinstance(object_, NamedNode) and object_.value.startswith(OURS)
    return predicate.value.startswith(OURS) or predicate == SAME


def _kept(pattern: Pattern) -> bool:
    return isinstance(pattern.predicate, NamedNode) and kept(pattern.predicate, pattern.object)


def _useful(rules: Sequence[Rule], merging: Sequence[Rule]) -> list[Rule]:
    """Return the rules whose conclusions are kept, or read by a rule that is useful itself."""
    useful = [rule for rule in rules if not rule.axioms or any(_kept(pattern) for pattern in rule.head)]
    needed = _upstream(rules, [*useful, *merging])
    chosen = {id(rule) for rule in (*useful, *needed)}
    return [rule for rule in rules if id(rule) in chosen]


def _upstream(rules: Sequence[Rule], goals: Sequence[Rule]) -> list[Rule]:
    """Return the rules on which `goals` depend, directly or not."""
    wanted = {relation for rule in goals for relation in reads(rule)}
    chosen: set[int] = set()
    growing = True
    while growing:
        growing = False
        for index, rule in enumerate(rules):
            if index not in chosen and writes(rule) & wanted:
                chosen.add(index)
                wanted |= reads(rule)
                growing = True
    return [rules[index] for index in sorted(chosen)]


def reads(rule: Rule) -> frozenset[Key]:
    """Return the relations that any part of the rule's body mentions."""
    return frozenset(key(pattern) for variant in rule.variants for pattern in mentioned(variant))


def mentioned(variant: Variant) -> Iterator[Pattern]:
    """Yield every pattern of a variant's body, those of negations and sub-selects too."""
    yield from variant.patterns
    ways = [way for item in variant.groupings for way in item.ways]
    for way in ways + [way for item in variant.absents for way in item.ways]:
        yield from mentioned(way)


def writes(rule: Rule) -> frozenset[Key]:
    """Return the relations of the rule's head."""
    return frozenset(key(pattern) for variant in rule.variants for pattern in variant.head)
