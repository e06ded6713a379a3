"""Inference again after a change: only the rules that the change can reach, when that is worth it."""

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode, Store, Triple

from diplograph.inference.families import ANY_CLASS, Key, key
from diplograph.inference.infer import (
    INFERRED,
    InferenceReport,
    document_graphs,
    infer,
    inferred_graphs,
    read_graphs,
    run,
)
from diplograph.inference.owl import SLUG
from diplograph.inference.program import Program, kept, merges, reads, second, writes
from diplograph.inference.rule import Pattern, Rule
from diplograph.inference.stratify import stratify
from diplograph.inference.variants import TYPE

WORTH = 0.5


@dataclass(frozen=True)
class Plan:
    """The rules to run again, and the share they are of all; `whole` when everything is run instead."""

    rules: tuple[Rule, ...]
    share: float
    whole: bool


def plan(program: Program, changed: Iterable[Triple]) -> Plan:
    """Return which rules a change of the accepted triples can reach.

    A rule is reached when it reads a relation that changed or that a reached rule writes, or when it writes
    into a relation that is emptied because a reached rule writes it. Identity, and more than WORTH of the
    rules, mean everything.
    """
    relations = {relation for triple in changed for relation in _relations(triple)}
    reached = {index for index, rule in enumerate(program.rules) if _passing(rule)}
    relations |= {relation for index in reached for relation in _written(program.rules[index])}
    growing = True
    while growing:
        growing = False
        for index, rule in enumerate(program.rules):
            if index not in reached and not rule.reads and (reads(rule) | writes(rule)) & relations:
                reached.add(index)
                relations |= _written(rule)
                growing = True
    rules = tuple(program.rules[index] for index in sorted(reached))
    share = len(rules) / max(1, len(program.rules))
    return Plan(rules, share, share > WORTH or any(merges(rule) for rule in rules))


def update(
    store: Store, program: Program, changed: Iterable[Triple], *, engine: str = "duckdb"
) -> InferenceReport:
    """Bring the inferred graphs of `store` up to date after `changed` came to or went from `graph:accepted`.

    The result is that of `infer`, whatever was there before. The rules about claims always run again.
    """
    found = plan(program, changed)
    if found.whole:
        return infer(store, program, engine=engine)
    _drop(store, found.rules)
    part = Program(program.rules, (), stratify(found.rules), ())
    report = run(store, part, (*read_graphs(store), *inferred_graphs(store)), engine=engine)
    claims, documents = second(program), document_graphs(store)
    if claims is not None:
        _drop(store, [rule for rule in program.rules if rule.reads])
    if claims is not None and documents:
        run(store, claims, (*read_graphs(store), *inferred_graphs(store), *documents), engine=engine)
    counts = {graph.value.removeprefix(INFERRED): _size(store, graph) for graph in inferred_graphs(store)}
    return InferenceReport(engine, counts, report.rounds, report.clashes)


def _drop(store: Store, rules: Iterable[Rule]) -> None:
    """Take out the conclusions of `rules`; what other axioms concluded of other relations stands."""
    for slug in {rule.slug for rule in rules} - {SLUG}:
        store.remove_graph(NamedNode(INFERRED + slug))
    written = frozenset[Key]().union(*(writes(rule) for rule in rules))
    for quad in list(store.quads_for_pattern(None, None, None, NamedNode(INFERRED + SLUG))):
        if key(Pattern(*_parts(quad.triple))) in written:
            store.remove(quad)


def _size(store: Store, graph: NamedNode) -> int:
    return sum(1 for _ in store.quads_for_pattern(None, None, None, graph))


def _parts(triple: Triple) -> tuple[NamedNode, NamedNode, NamedNode]:
    """Return a triple as a pattern's terms; only predicate and class are looked at."""
    class_ = triple.object if isinstance(triple.object, NamedNode) else triple.predicate
    return triple.predicate, triple.predicate, class_


def _relations(triple: Triple) -> set[Key]:
    relation = key(Pattern(*_parts(triple)))
    return {relation, _any(relation)}


def _written(rule: Rule) -> set[Key]:
    return {wider for relation in writes(rule) for wider in (relation, _any(relation))}


def _passing(rule: Rule) -> bool:
    """Tell whether a rule concludes what no graph keeps, so that it cannot be read from there."""
    told = [p for p in rule.head if isinstance(p.predicate, NamedNode) and kept(p.predicate, p.object)]
    return bool(rule.axioms) and not told


def _any(relation: Key) -> Key:
    return ANY_CLASS if relation[0] == TYPE.value else relation
