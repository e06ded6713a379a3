"""What would follow otherwise: without a rule, without a document, with other parameters."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad, Store, Triple

from diplograph.errors import InputError
from diplograph.inference.infer import (
    INFERRED,
    ONTOLOGY,
    READ,
    document_graphs,
    graph_triples,
    infer,
    inferred_graphs,
    read_graphs,
)
from diplograph.inference.program import Program
from diplograph.inference.rule import Rule
from diplograph.inference.sparql_engine import Progress
from diplograph.vocabulary import PREFIXES, document_graph, expand

ACCEPTED = READ[0]
_DG = PREFIXES["dg"]
_ABOUT = NamedNode(_DG + "about")
_DERIVED = NamedNode(PREFIXES["prov"] + "wasDerivedFrom")
_HOUSEKEEPING = frozenset((NamedNode(_DG + "byRule"), _DERIVED))


@dataclass(frozen=True)
class Ablation:
    """What goes and what stays when something is taken away.

    `lost` are the triples that nothing else supports; `kept` are those that rested on what was taken away and
    hold on other grounds. Provenance (dg:byRule, prov:wasDerivedFrom) is in neither. Both are sorted.
    """

    without: str
    lost: tuple[Triple, ...]
    kept: tuple[Triple, ...]


@dataclass(frozen=True)
class Setting:
    """The conclusions under one value of a parameter, against those under the value before it."""

    value: str
    counts: Mapping[str, int]
    gained: tuple[Triple, ...]
    lost: tuple[Triple, ...]


def ablate_rule(
    store: Store,
    rules: Sequence[Rule],
    slug: str,
    *,
    engine: str = "duckdb",
    progress: Progress | None = None,
) -> Ablation:
    """Return what would not follow without the rule `slug` (or of that id); `store` is left as it is.

    Raises `InputError` for a rule that is not among `rules`.
    """
    chosen = [rule for rule in rules if slug in (rule.slug, rule.id)]
    if not chosen:
        raise InputError(
            f"there is no rule {slug!r}; there are {', '.join(sorted(rule.slug for rule in rules))}"
        )
    rest = [rule for rule in rules if rule not in chosen]
    before = conclusions(store)
    mine = frozenset(t for rule in chosen for t in graph_triples(store, rule.graph))
    after = _again(copy(store), rest, engine, progress)
    return Ablation(chosen[0].slug, _listed(before - after), _listed(mine & after))


def ablate_document(
    store: Store,
    rules: Program | Sequence[Rule],
    document: str,
    *,
    engine: str = "duckdb",
    progress: Progress | None = None,
) -> Ablation:
    """Return what would not follow without the document of that identifier; `store` is left as it is."""
    scratch = copy(store)
    gone = withdraw(scratch, document)
    before = conclusions(store)
    after = _again(scratch, rules, engine, progress)
    resting = {quad.subject for event in gone for quad in store.quads_for_pattern(None, _DERIVED, event)}
    mine = {triple for triple in before if triple.subject in resting}
    return Ablation(document, _listed(before - after), _listed(mine & after))


def sweep(
    store: Store,
    rules: Sequence[Rule],
    parameter: str,
    values: Iterable[str],
    *,
    engine: str = "duckdb",
    progress: Progress | None = None,
) -> Iterator[Setting]:
    """Yield the conclusions under each value of `parameter`, such as `defense-partner.lapse`.

    The first setting is compared with what the store holds now. `store` is left as it is.
    Raises `KnowledgeError` for an unknown parameter.
    """
    before = conclusions(store)
    for value in values:
        scratch = copy(store)
        report = infer(scratch, rules, overrides={parameter: value}, engine=engine, progress=progress)
        after = conclusions(scratch)
        yield Setting(value, report.counts, _listed(after - before), _listed(before - after))
        before = after


def settings(text: str) -> tuple[str, tuple[str, ...]]:
    """Read `rule.parameter=3..15` or `rule.parameter=1,2,5` as a parameter and its values.

    >>> settings("defense-partner.lapse=8..10")
    ('defense-partner.lapse', ('8', '9', '10'))
    """
    name, _, wanted = text.partition("=")
    first, dots, last = wanted.partition("..")
    try:
        found = (
            [str(n) for n in range(int(first), int(last) + 1)]
            if dots
            else [v for v in wanted.split(",") if v]
        )
    except ValueError as error:
        raise InputError(f"{wanted!r} is no range; write 3..15 or 1,2,5") from error
    if not name or not found:
        raise InputError(f"{text!r} sets nothing; write rule.parameter=3..15")
    return name, tuple(found)


def copy(store: Store) -> Store:
    """Return a store in memory with what inference reads of `store`."""
    found = Store()
    for graph in (*read_graphs(store), *document_graphs(store)):
        found.bulk_extend(store.quads_for_pattern(None, None, None, graph))
    return found


def withdraw(store: Store, document: str) -> frozenset[NamedNode]:
    """Take a document out of `store`; return the events that no other document tells of, which go too.

    Raises `InputError` when the store has no such document.
    """
    graph = NamedNode(document_graph(expand(document).removeprefix(PREFIXES["doc"])))
    if graph not in document_graphs(store):
        known = ", ".join(name.value.rpartition("/")[2] for name in document_graphs(store)) or "none"
        raise InputError(f"there is no document {document!r} in the store; there are: {known}")
    told = {quad.object for quad in store.quads_for_pattern(None, _ABOUT, None, graph)}
    store.remove_graph(graph)
    gone = frozenset(e for e in told if isinstance(e, NamedNode) and not _told_elsewhere(store, e))
    for quad in _parts(store, gone):
        store.remove(quad)
    return gone


def _told_elsewhere(store: Store, event: NamedNode) -> bool:
    return next(store.quads_for_pattern(None, _ABOUT, event), None) is not None


def _parts(store: Store, gone: frozenset[NamedNode]) -> list[Quad]:
    """Return what is accepted of events, and of what belongs to them alone (lots, described people)."""
    quads = [
        quad
        for event in sorted(gone, key=str)
        for quad in store.quads_for_pattern(event, None, None, ACCEPTED)
    ]
    for part in sorted({q.object for q in quads if isinstance(q.object, NamedNode)} - gone, key=str):
        users = {quad.subject for quad in store.quads_for_pattern(None, None, part, ACCEPTED)}
        if users <= gone:
            quads += store.quads_for_pattern(part, None, None, ACCEPTED)
    return quads


def conclusions(store: Store) -> frozenset[Triple]:
    """Return everything inferred in `store` but its provenance and the contradictions."""
    graphs = [graph for graph in inferred_graphs(store) if graph.value != INFERRED + "clash"]
    found = (triple for graph in graphs for triple in graph_triples(store, graph))
    return frozenset(triple for triple in found if triple.predicate not in _HOUSEKEEPING)


def _again(
    scratch: Store, rules: Program | Sequence[Rule], engine: str, progress: Progress | None
) -> frozenset[Triple]:
    infer(scratch, rules, graph_triples(scratch, ONTOLOGY), engine=engine, progress=progress)
    return conclusions(scratch)


def _listed(triples: Iterable[Triple]) -> tuple[Triple, ...]:
    return tuple(sorted(triples, key=str))
