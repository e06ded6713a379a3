"""Inference over a store: from what is accepted and known to one named graph of conclusions a rule."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode, Store, Triple

from diplograph.inference.classes import SAME
from diplograph.inference.owl import CLASH_SLUG, SLUG
from diplograph.inference.program import Program, build_program, kept
from diplograph.inference.rule import Rule
from diplograph.inference.rulefile import with_parameters
from diplograph.inference.sparql_engine import Derivations, Progress, quad, run_sparql
from diplograph.vocabulary import PREFIXES

GRAPH = PREFIXES["graph"]
ONTOLOGY = NamedNode(GRAPH + "ontology")
READ = (NamedNode(GRAPH + "accepted"), NamedNode(GRAPH + "reference"), ONTOLOGY)
INFERRED = GRAPH + "inferred/"
LIMIT = 50_000_000


@dataclass(frozen=True)
class Clash:
    """A contradiction: the rule that found it, and the two things that cannot both be as they are."""

    rule: str
    axiom: str
    triple: Triple


@dataclass(frozen=True)
class InferenceReport:
    """What an inference did: triples by the slug of their graph, rounds, and the contradictions it met."""

    engine: str
    counts: Mapping[str, int]
    rounds: int
    clashes: tuple[Clash, ...]

    @property
    def total(self) -> int:
        """The triples of all inferred graphs, one that two rules derive counted twice."""
        return sum(self.counts.values())


def infer(
    store: Store,
    rules: Program | Sequence[Rule],
    ontology: Iterable[Triple] | None = None,
    *,
    overrides: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    limit: int = LIMIT,
) -> InferenceReport:
    """Replace the inferred graphs of `store` by what follows from its accepted and reference graphs.

    `ontology` is where the axioms come from (default: `graph:ontology` of the store); `overrides` sets
    parameters (`{"defense-partner.window": "3"}`). The graphs are replaced at the end, in one transaction
    each: run it on a writer's copy of the store, which nobody reads before it is published.
    Raises `KnowledgeError` for an unknown parameter, a circle of negations, or more than `limit` conclusions.
    """
    program = _program(store, rules, ontology, overrides or {})
    found = run_sparql(asserted(store), program, limit=limit, progress=progress)
    graphs = conclusions_by_graph(program, found)
    replace_inferred(store, graphs)
    counts = {slug: len(triples) for slug, triples in sorted(graphs.items())}
    return InferenceReport("sparql", counts, found.rounds, clashes(program, found))


def _program(
    store: Store,
    rules: Program | Sequence[Rule],
    ontology: Iterable[Triple] | None,
    overrides: Mapping[str, str],
) -> Program:
    if isinstance(rules, Program) and not overrides:
        return rules
    plain = [rule for rule in rules.rules if not rule.axioms] if isinstance(rules, Program) else rules
    axioms = graph_triples(store, ONTOLOGY) if ontology is None else ontology
    return build_program(with_parameters(plain, overrides), axioms)


def asserted(store: Store) -> Iterator[Triple]:
    """Yield the triples that rules read without deriving them."""
    for graph in READ:
        yield from graph_triples(store, graph)


def graph_triples(store: Store, graph: NamedNode) -> Iterator[Triple]:
    """Yield the triples of a named graph."""
    return (item.triple for item in store.quads_for_pattern(None, None, None, graph))


def conclusions_by_graph(program: Program, found: Derivations) -> dict[str, set[Triple]]:
    """Return the triples worth keeping, by the slug of the rule; every rule that ran has an entry."""
    graphs: dict[str, set[Triple]] = {rule.slug: set() for rule in program.rules}
    for place, triples in found.by_rule.items():
        rule = program.rules[place]
        graphs[rule.slug] |= {triple for triple in triples if not rule.axioms or _worth(triple)}
    if found.equality:
        graphs.setdefault(SLUG, set()).update(triple for triple in found.equality if _worth(triple))
    return graphs


def _worth(triple: Triple) -> bool:
    return kept(triple.predicate, triple.object) and not (
        triple.predicate == SAME and triple.subject == triple.object
    )


def replace_inferred(store: Store, graphs: Mapping[str, Iterable[Triple]]) -> None:
    """Drop every inferred graph of `store` and write `graphs` instead."""
    for graph in list(store.named_graphs()):
        if graph.value.startswith(INFERRED):
            store.remove_graph(graph)
    for slug, triples in sorted(graphs.items()):
        graph = NamedNode(INFERRED + slug)
        store.extend(quad(triple, graph) for triple in triples)


def clashes(program: Program, found: Derivations) -> tuple[Clash, ...]:
    """Return the contradictions among the conclusions, sorted, each once."""
    listed = {
        Clash(rule.id, rule.axioms[0], triple)
        for place, rule in enumerate(program.rules)
        if rule.slug == CLASH_SLUG
        for triple in found.by_rule.get(place, ())
    }
    return tuple(sorted(listed, key=lambda clash: (clash.rule, clash.axiom, str(clash.triple))))
