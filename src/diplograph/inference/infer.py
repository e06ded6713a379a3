"""Inference over a store: from what is accepted and known to one named graph of conclusions a rule."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store, Triple, parse

from diplograph.errors import InputError, StoreError
from diplograph.inference.classes import CLASH, SAME
from diplograph.inference.duckdb_engine import DuckRun, clash_rows, conclusions, run_duckdb, write_lines
from diplograph.inference.owl import CLASH_SLUG, SLUG
from diplograph.inference.owlrl_engine import ERROR, run_owlrl
from diplograph.inference.program import Program, build_program, kept, second
from diplograph.inference.rule import Rule
from diplograph.inference.rulefile import with_parameters
from diplograph.inference.sparql_engine import Derivations, Progress, quad, run_sparql
from diplograph.inference.tables import dumped
from diplograph.vocabulary import PREFIXES

GRAPH = PREFIXES["graph"]
ONTOLOGY = NamedNode(GRAPH + "ontology")
READ = (NamedNode(GRAPH + "accepted"), NamedNode(GRAPH + "reference"), ONTOLOGY)
IMPORTS = GRAPH + "import/"
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
    engine: str = "duckdb",
    progress: Progress | None = None,
    limit: int = LIMIT,
) -> InferenceReport:
    """Replace the inferred graphs of `store` by what follows from its accepted, reference and imported graphs.

    `ontology` is where the axioms come from (default: `graph:ontology` of the store); `overrides` sets
    parameters (`{"defense-partner.window": "3"}`). The graphs are replaced at the end, in one transaction
    each: run it on a writer's copy of the store, which nobody reads before it is published. The engine owlrl
    knows the axioms only: there are then no conclusions of domain rules.
    Raises `KnowledgeError` for an unknown parameter, a circle of negations, or more than `limit` conclusions.
    """
    program = _program(store, rules, ontology, overrides or {})
    old = inferred_graphs(store)
    report = run(store, program, read_graphs(store), old, engine=engine, limit=limit, progress=progress)
    claims, documents = second(program), document_graphs(store)
    if claims is None or not documents or engine == "owlrl":
        return report
    graphs = (*read_graphs(store), *inferred_graphs(store), *documents)
    return _joined(report, run(store, claims, graphs, engine=engine, limit=limit, progress=progress))


def run(
    store: Store,
    program: Program,
    graphs: Sequence[NamedNode],
    dropped: Sequence[NamedNode] = (),
    *,
    engine: str = "duckdb",
    limit: int = LIMIT,
    progress: Progress | None = None,
) -> InferenceReport:
    """Add to the inferred graphs what `program` derives from `graphs`; `dropped` go when that is known.

    Raises `InputError` for an unknown engine.
    """
    if engine not in ENGINES:
        raise InputError(f"there is no engine {engine!r}; there are {', '.join(sorted(ENGINES))}")
    return ENGINES[engine](Job(store, program, tuple(graphs), tuple(dropped), limit, progress))


@dataclass(frozen=True)
class Job:
    """What an engine is asked to do: see `run`."""

    store: Store
    program: Program
    graphs: tuple[NamedNode, ...]
    dropped: tuple[NamedNode, ...]
    limit: int
    progress: Progress | None

    def drop(self) -> None:
        """Remove the graphs that are replaced."""
        for graph in self.dropped:
            self.store.remove_graph(graph)


def read_graphs(store: Store) -> tuple[NamedNode, ...]:
    """Return the graphs that hold what counts as the case: the accepted events, and what is known from elsewhere."""
    return (*READ, *_graphs(store, IMPORTS))


def document_graphs(store: Store) -> tuple[NamedNode, ...]:
    """Return the graphs of documents in `store`, sorted."""
    return _graphs(store, GRAPH + "doc/")


def inferred_graphs(store: Store) -> tuple[NamedNode, ...]:
    """Return the inferred graphs of `store`, sorted."""
    return _graphs(store, INFERRED)


def _graphs(store: Store, beginning: str) -> tuple[NamedNode, ...]:
    names = [name for name in store.named_graphs() if isinstance(name, NamedNode)]
    return tuple(sorted((name for name in names if name.value.startswith(beginning)), key=str))


def _joined(one: InferenceReport, other: InferenceReport) -> InferenceReport:
    counts = {
        slug: one.counts.get(slug, 0) + other.counts.get(slug, 0) for slug in (*one.counts, *other.counts)
    }
    return InferenceReport(one.engine, counts, one.rounds + other.rounds, one.clashes)


def _by_sparql(job: Job) -> InferenceReport:
    given = (triple for graph in job.graphs for triple in graph_triples(job.store, graph))
    found = run_sparql(given, job.program, limit=job.limit, progress=job.progress)
    concluded = conclusions_by_graph(job.program, found)
    job.drop()
    for slug, triples in sorted(concluded.items()):
        job.store.extend(quad(triple, NamedNode(INFERRED + slug)) for triple in triples)
    counts = {slug: len(triples) for slug, triples in sorted(concluded.items())}
    return InferenceReport("sparql", counts, found.rounds, clashes(job.program, found))


def _by_duckdb(job: Job) -> InferenceReport:
    with TemporaryDirectory(prefix="diplograph-") as name:
        folder = Path(name)
        try:
            files = dumped(job.store, job.graphs, folder)
            done = run_duckdb(files, job.program, folder, limit=job.limit, progress=job.progress)
            counts = _write(job, done, folder)
            found = _clashes_of(job.program, done)
        except (duckdb.Error, OSError) as error:
            raise StoreError(f"the relational engine failed: {error}; is the disk full?") from error
        done.tables.connection.close()
    return InferenceReport("duckdb", counts, done.rounds, found)


def _write(job: Job, done: DuckRun, folder: Path) -> dict[str, int]:
    """Write the conclusions of a run into the inferred graphs; return how many there are of each."""
    counts = dict.fromkeys(sorted(_slugs(job.program)), 0)
    paths = {}
    for slug, query in conclusions(done):
        paths[slug] = folder / f"{slug}.nt"
        counts[slug] = write_lines(done.tables, query, paths[slug])
    job.drop()
    for slug, path in paths.items():
        job.store.bulk_load(path=path, format=RdfFormat.N_TRIPLES, to_graph=NamedNode(INFERRED + slug))
    return counts


def _by_owlrl(job: Job) -> InferenceReport:
    derived, errors = run_owlrl(triple for graph in job.graphs for triple in graph_triples(job.store, graph))
    worth = [triple for triple in derived if _worth(triple)]
    job.drop()
    job.store.extend(quad(triple, NamedNode(INFERRED + SLUG)) for triple in worth)
    told = (Clash("owlrl", text, Triple(BlankNode("error"), ERROR, Literal(text))) for text in errors)
    return InferenceReport("owlrl", {SLUG: len(worth)}, 0, _sorted_clashes(told))


def _slugs(program: Program) -> set[str]:
    strata = (*program.identity, *program.strata)
    return {rule.slug for stratum in strata for rule in stratum.rules}


def _clashes_of(program: Program, done: DuckRun) -> tuple[Clash, ...]:
    found = {
        Clash(program.rules[place].id, program.rules[place].axioms[0], triple)
        for place, one, other in clash_rows(done)
        for triple in (item.triple for item in parse(f"{one} {CLASH} {other} .", RdfFormat.N_TRIPLES))
    }
    return _sorted_clashes(found)


ENGINES: Mapping[str, Callable[[Job], InferenceReport]] = {
    "duckdb": _by_duckdb,
    "sparql": _by_sparql,
    "owlrl": _by_owlrl,
}


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


def graph_triples(store: Store, graph: NamedNode) -> Iterator[Triple]:
    """Yield the triples of a named graph."""
    return (item.triple for item in store.quads_for_pattern(None, None, None, graph))


def conclusions_by_graph(program: Program, found: Derivations) -> dict[str, set[Triple]]:
    """Return the triples worth keeping, by the slug of the rule; every rule that ran has an entry.

    The axioms have what no domain rule concludes too.
    """
    graphs: dict[str, set[Triple]] = {slug: set() for slug in _slugs(program)}
    for place, triples in found.by_rule.items():
        rule = program.rules[place]
        graphs[rule.slug] |= {triple for triple in triples if not rule.axioms or rule.clash or _worth(triple)}
    if found.equality:
        graphs.setdefault(SLUG, set()).update(triple for triple in found.equality if _worth(triple))
    by_rules = {triple for slug, triples in graphs.items() if slug != SLUG for triple in triples}
    graphs.get(SLUG, set()).difference_update(by_rules)
    return graphs


def _worth(triple: Triple) -> bool:
    return kept(triple.predicate, triple.object) and not (
        triple.predicate == SAME and triple.subject == triple.object
    )


def clashes(program: Program, found: Derivations) -> tuple[Clash, ...]:
    """Return the contradictions among the conclusions, sorted, each once."""
    listed = {
        Clash(rule.id, rule.axioms[0], triple)
        for place, rule in enumerate(program.rules)
        if rule.slug == CLASH_SLUG
        for triple in found.by_rule.get(place, ())
    }
    return _sorted_clashes(listed)


def _sorted_clashes(found: Iterable[Clash]) -> tuple[Clash, ...]:
    return tuple(sorted(found, key=lambda clash: (clash.rule, clash.axiom, str(clash.triple))))
