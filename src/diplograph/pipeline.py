"""From prose to the inferred graph: the table of contents of the package.

document → sentences → mentions → linked entities → claims → events → graph → inferred graph
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse

from diplograph import (
    alignment,
    batch,
    events,
    graph,
    imported,
    inference,
    knowledge,
    records,
    sentences,
    store,
    turtle,
    vocabulary,
)
from diplograph.claims import extraction
from diplograph.errors import DocumentError
from diplograph.graph import Run
from diplograph.inference import InferenceReport, Program
from diplograph.loading import Knowledge, load_knowledge
from diplograph.model import Claim, Document, Event

Progress = Callable[[str, int, int], None]
"""Called with a stage's name, how much is done and how much there is in all."""


@dataclass(frozen=True)
class Background:
    """What every graph starts from: the quads of ontology and reference data, and the rules ready to run.

    `conclusions` is what the domain rules derive from the reference data alone, where that was asked for.
    """

    quads: tuple[Quad, ...]
    program: Program
    conclusions: frozenset[Quad] = frozenset()


@dataclass(frozen=True)
class BuildReport:
    """What a build made: numbers of documents, claims, events and hypothetical events, and what followed.

    `imports` are the names of those that were in the directory and stay.
    """

    documents: int
    claims: int
    events: int
    hypothetical: int
    triples: int
    inference: InferenceReport
    imports: tuple[str, ...] = ()


def extract(document: Document, known: Knowledge) -> tuple[Event, ...]:
    """Return the events that one document tells of."""
    return resolve(extraction.read(document, known.reader), known)


def resolve(claims: Iterable[Claim], known: Knowledge) -> tuple[Event, ...]:
    """Return the events that claims of any number of documents tell of."""
    return events.resolve(claims, known.sides, known.codes)


def load_background(*, with_conclusions: bool = False) -> Background:
    """Load ontology, reference data and rules as a graph is filled with them."""
    target = Store()
    quads = tuple(background())
    target.bulk_extend(quads)
    program = inference.program_of(target, inference.load_rules(inference.rule_paths()))
    if not with_conclusions:
        return Background(quads, program)
    inference.infer(target, program)
    return Background(quads, program, frozenset(conclusions(target)))


def build(
    documents: Sequence[Document],
    directory: Path,
    known: Knowledge,
    *,
    quotes: str = "full",
    processes: int = 1,
    progress: Progress | None = None,
) -> BuildReport:
    """Carry documents from prose to the inferred graph in `directory`; its texts are replaced when all is done.

    What has been imported into the directory stays.
    Texts that an earlier build into the same directory has read are not read again.
    """
    sources = distinct(documents)
    cache = batch.Cache(directory / "cache", batch.state(known))
    claims = read_all(sources, known, cache, processes=processes, progress=progress)
    found = resolve(claims, known)
    kept = tuple(path.stem for path in imported.turtle_files(directory))
    with store.building(directory) as target:
        target.bulk_extend(imported.quads(directory))
        inferred = fill(target, sources, found, known, load_background(), quotes=quotes, progress=progress)
        report = _report(sources, claims, found, target, inferred, kept)
    _write_records(directory, sources, found, known, quotes)
    return report


def read_all(
    documents: Sequence[Document],
    known: Knowledge,
    cache: batch.Cache | None = None,
    *,
    processes: int = 1,
    progress: Progress | None = None,
) -> list[Claim]:
    """Return the claims of all documents, in the order of the documents."""
    claims: dict[str, tuple[Claim, ...]] = {}
    for document, own in batch.read(documents, known, cache, processes=processes):
        claims[document.id] = own
        if progress:
            progress("reading", len(claims), len(documents))
    return [claim for document in documents for claim in claims[document.id]]


def fill(
    target: Store, documents: Sequence[Document], found: Sequence[Event], known: Knowledge, base: Background,
    *, quotes: str, progress: Progress | None = None,
) -> InferenceReport:  # fmt: skip
    """Write knowledge, documents and events to a store that holds at most imports, and infer."""
    run = extraction_run(known)
    target.bulk_extend(base.quads)
    for document in documents:
        target.extend(graph.document(document, found, run, quotes=quotes))
    target.extend(graph.events(found, situations=known.schema.situations))
    target.extend(graph.provenance(run, documents))
    target.extend(rule_descriptions(base.program))
    report = inference.infer(target, base.program)
    if progress:
        progress("inferring", 1, 1)
    return report


def background() -> Iterator[Quad]:
    """Yield what does not depend on any text: ontology, reference data with their time bounds, links to elsewhere."""
    for path in knowledge.files(knowledge.ontology_dir(), "*.ttl"):
        yield from _turtle(path, graph.iri("graph:ontology"))
    for path in knowledge.files(knowledge.data_dir(), "*.ttl"):
        yield from graph.with_bounds(_turtle(path, graph.iri("graph:reference")))
    for path in knowledge.files(knowledge.data_dir(), "*.sssom.tsv"):
        yield from alignment.quads(alignment.read(path.read_text("utf-8"), name=str(path)))


def rule_descriptions(program: Program) -> Iterator[Quad]:
    """Yield what each domain rule is called and what it derives, for the graph of metadata."""
    meta = graph.iri("graph:meta")
    described = {rule.slug: rule for rule in program.rules if not rule.axioms}
    for slug, rule in sorted(described.items()):
        node = graph.iri(f"rule:{slug}")
        yield Quad(node, graph.iri("rdf:type"), graph.iri("dg:Rule"), meta)
        yield Quad(node, graph.iri("rdfs:label"), Literal(rule.label, language="en"), meta)
        yield Quad(node, graph.iri("skos:definition"), Literal(rule.definition, language="en"), meta)
        yield Quad(node, graph.iri("skos:notation"), Literal(rule.id), meta)
        yield Quad(node, graph.iri("dcterms:source"), Literal(rule.source), meta)


def extraction_run(known: Knowledge) -> Run:
    """Return the run that reads with this version and model."""
    model = sentences.model_name(known.reader.parser)
    release = version("diplograph")
    weighed = "" if known.reader.judge else ", by frames alone"
    return Run(f"extraction-{release}", f"diplograph {release}, parsed by {model}{weighed}")


def document_graph(
    document: Document, known: Knowledge, base: Background, *, quotes: str = "full"
) -> list[Quad]:
    """Return what one text alone gives: its own graph, the accepted events, and what the rules derive from them."""
    found = extract(document, known)
    target = Store()
    fill(target, [document], found, known, base, quotes=quotes)
    own = (graph.iri(vocabulary.document_graph(document.id)), graph.accepted_graph())
    stated = [quad for name in own for quad in target.quads_for_pattern(None, None, None, name)]
    return stated + [quad for quad in conclusions(target) if quad not in base.conclusions]


def conclusions(target: Store) -> Iterator[Quad]:
    """Yield what the domain rules have derived in a store."""
    inferred, owl = vocabulary.expand("graph:inferred/"), vocabulary.expand("graph:inferred/owl-rl")
    for name in target.named_graphs():
        if isinstance(name, NamedNode) and name.value.startswith(inferred) and name.value != owl:
            yield from target.quads_for_pattern(None, None, None, name)


def distinct(documents: Sequence[Document]) -> list[Document]:
    """Return the documents sorted by id; a text given twice counts once, another text of the same name gets its hash."""
    kept: dict[str, Document] = {}
    for document in sorted(documents, key=lambda d: (d.id, d.sha256)):
        if any(other.sha256 == document.sha256 for other in kept.values()):
            continue
        name = document.id if document.id not in kept else f"{document.id}-{document.sha256[:8]}"
        kept[name] = replace(document, id=name)
    if not kept:
        raise DocumentError("no text was given; name at least one file, or - for standard input")
    return [kept[name] for name in sorted(kept)]


def _turtle(path: Path, name: NamedNode) -> Iterator[Quad]:
    for quad in parse(path=path, format=RdfFormat.TURTLE, rename_blank_nodes=True):
        yield Quad(quad.subject, quad.predicate, quad.object, name)


def _report(
    documents: Sequence[Document],
    claims: Sequence[Claim],
    found: Sequence[Event],
    target: Store,
    inferred: InferenceReport,
    kept: tuple[str, ...],
) -> BuildReport:
    hypothetical = sum(event.hypothetical for event in found)
    return BuildReport(
        len(documents), len(claims), len(found) - hypothetical, hypothetical, len(target), inferred, kept
    )


def _write_records(
    directory: Path, documents: Sequence[Document], found: Sequence[Event], known: Knowledge, quotes: str
) -> None:
    """Keep beside the store what each document said, and its text unless only triggers may be quoted."""
    for folder in ("claims", "documents"):
        (directory / folder).mkdir(exist_ok=True)
        for stale in (directory / folder).iterdir():
            stale.unlink()
    lines: dict[str, list[dict[str, Any]]] = {document.id: [] for document in documents}
    for record in records.records(found, known.sides, known.analysts_codes):
        lines[record["document"]].append(record)
    for document in documents:
        text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in lines[document.id])
        (directory / "claims" / f"{document.id}.jsonl").write_text(text, "utf-8")
        described = {
            "id": document.id,
            "title": document.title,
            "published": document.published,
            "author": document.author,
            "sha256": document.sha256,
        }
        described |= {"text": document.text} if quotes == "full" else {}
        (directory / "documents" / f"{document.id}.json").write_text(
            json.dumps(described, ensure_ascii=False, indent=1) + "\n", "utf-8"
        )


def extract_records(document: Document, known: Knowledge) -> list[dict[str, Any]]:
    """Return what one text says, a record an event."""
    return list(records.records(extract(document, known), known.sides, known.analysts_codes))


def as_trig(quads: Iterable[Quad]) -> str:
    """Return quads as canonical TriG."""
    return turtle.write_trig(quads, vocabulary.PREFIXES)


__all__ = [
    "Background",
    "BuildReport",
    "Knowledge",
    "Progress",
    "as_trig",
    "background",
    "build",
    "conclusions",
    "distinct",
    "document_graph",
    "extract",
    "extract_records",
    "extraction_run",
    "fill",
    "load_background",
    "load_knowledge",
    "read_all",
    "resolve",
]
