"""A whole import: read and check every row, then write file and graph at once, or nothing.

DIR/imports/<name>.ttl            what was taken, in the form of the reference data, and where it is from
DIR/imports/<name>.refused.tsv    the rows that were not, and why
DIR/store                         the same as graph:import/<name>, described in graph:meta
"""

import csv
import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, serialize
from pyoxigraph import Triple as RdfTriple

from diplograph import edtf, store
from diplograph.errors import InputError
from diplograph.graph import bounds, iri
from diplograph.imported import FOLDER, graph_name, turtle_files
from diplograph.importing import KINDS, dates
from diplograph.importing.checks import Whole
from diplograph.importing.faults import ImportFaultError
from diplograph.importing.resolution import Resolver, UnresolvedError
from diplograph.importing.rows import Row
from diplograph.importing.statements import Triple, Writing, statements
from diplograph.vocabulary import PREFIXES

_RETRIEVED = NamedNode("http://purl.org/pav/retrievedOn")
_PREFIXES = {**PREFIXES, "pav": "http://purl.org/pav/"}
_TIME = iri("dg:time")


@dataclass(frozen=True)
class Origin:
    """Where a file is from: its kind, the name of the import, its license, and the day it was retrieved."""

    path: Path
    kind: str
    name: str
    license: str
    retrieved: str


@dataclass(frozen=True)
class Report:
    """How many rows were read, which were refused and why, and how many triples the others made."""

    origin: Origin
    read: int
    refused: tuple[tuple[int, str], ...]
    triples: int

    @property
    def taken(self) -> int:
        """Return the number of rows that were taken."""
        return self.read - len(self.refused)


@dataclass
class _Taken:
    """What has been taken so far: of the triples, only hashes and times are kept, so that files may be large."""

    read: int = 0
    triples: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    times: list[tuple[NamedNode, str]] = field(default_factory=list)
    _seen: set[int] = field(default_factory=set)

    def new(self, triple: Triple) -> bool:
        """Tell whether a triple is new, and remember it."""
        known = hash((triple[0].value, triple[1].value, str(triple[2])))
        if known in self._seen:
            return False
        self._seen.add(known)
        self.triples += 1
        if triple[1] == _TIME and isinstance(triple[2], Literal):
            self.times.append((triple[0], triple[2].value))
        return True


def run(
    origin: Origin,
    directory: Path,
    who: Resolver,
    background: Callable[[], Iterable[Quad]],
    *,
    lenient: bool = False,
    conclude: Callable[[Store], object] | None = None,
) -> Report:
    """Import a file into the graph of `directory`; an earlier import of that name is replaced.

    `background` fills a graph that is not there yet; `conclude` is called with the store before readers see it.
    With `lenient`, rows that break a rule of the whole file are refused; else `ImportFaultError` is raised and
    nothing is written.
    """
    if not dates.is_day(origin.retrieved):
        raise InputError(
            f"{origin.retrieved!r} is no day; say when the file was retrieved, for instance 2026-11-24"
        )
    with TemporaryDirectory(prefix="diplograph-import-") as temporary:
        turtle, rejects = (Path(temporary) / f"{origin.name}{suffix}" for suffix in (".ttl", ".refused.tsv"))
        taken = _Taken()
        _write_turtle(turtle, [*_description(origin)], _statements(origin, who, taken, lenient=lenient))
        if taken.read == 0:
            raise ImportFaultError(origin.path, None, "file must have rows", "found none")
        if taken.triples == 0:
            number, why = taken.refused[0]
            detail = f"all {taken.read} are refused; row {number}: {why}"
            raise ImportFaultError(origin.path, number, "some row must be taken", detail)
        _write_refused(rejects, taken.refused)
        _write_graph(origin, directory, turtle, taken, background, conclude)
        for path in (turtle, rejects):
            _place(path, directory / FOLDER)
    return Report(origin, taken.read, tuple(taken.refused), taken.triples)


def _statements(origin: Origin, who: Resolver, taken: _Taken, *, lenient: bool) -> Iterator[Triple]:
    """Yield the triples of the rows that are taken, each once, and note in `taken` what became of the others."""
    writing = Writing(origin.name, who, f"{KINDS[origin.kind].title}, retrieved {origin.retrieved}")
    whole = Whole()
    for row in KINDS[origin.kind].read(origin.path):
        taken.read += 1
        broken = whole.add(row)
        if broken and not lenient:
            detail = f"{broken.detail}; correct the file, or leave such rows out with --lenient"
            raise ImportFaultError(origin.path, row.number, broken.rule, detail)
        found = f"{broken.rule}: {broken.detail}" if broken else _stated(row, writing)
        if isinstance(found, str):
            taken.refused.append((row.number, found))
        else:
            yield from filter(taken.new, found)


def _stated(row: Row, writing: Writing) -> list[Triple] | str:
    """Return what a row states, or why it is refused."""
    if row.refused:
        return row.refused
    try:
        return statements(row, writing)
    except UnresolvedError as error:
        return str(error)


def _write_turtle(path: Path, description: list[Triple], found: Iterator[Triple]) -> None:
    def triples() -> Iterator[RdfTriple]:
        for triple in description:
            yield RdfTriple(*triple)
        for triple in found:
            yield RdfTriple(*triple)

    serialize(triples(), str(path), format=RdfFormat.TURTLE, prefixes=_PREFIXES)


def _write_refused(path: Path, refused: list[tuple[int, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        table = csv.writer(lines, delimiter="\t", lineterminator="\n")
        table.writerow(("row", "why"))
        table.writerows(refused)


def _write_graph(
    origin: Origin,
    directory: Path,
    turtle: Path,
    taken: _Taken,
    background: Callable[[], Iterable[Quad]],
    conclude: Callable[[Store], object] | None,
) -> None:
    graph, meta = graph_name(origin.name), iri("graph:meta")
    with store.writing(directory) as writer:
        if len(writer.store) == 0:
            writer.store.bulk_extend(background())
        _clear(writer.store, origin.name)
        writer.store.bulk_load(path=str(turtle), format=RdfFormat.TURTLE, to_graph=graph)
        writer.store.bulk_extend(_bounds(taken, graph))
        for quad in list(writer.store.quads_for_pattern(graph, None, None, graph)):
            writer.store.remove(quad)
            writer.store.add(Quad(quad.subject, quad.predicate, quad.object, meta))
        if conclude:
            conclude(writer.store)
        writer.publish()


def _bounds(taken: _Taken, graph: NamedNode) -> Iterator[Quad]:
    for node, time in taken.times:
        for subject, predicate, value in bounds(node, edtf.extent(time)):
            yield Quad(subject, iri(predicate), value, graph)


def _place(path: Path, folder: Path) -> None:
    """Move a finished file into a folder that may be on another disk, so that it is never there in part."""
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f"{path.name}.tmp"
    shutil.copyfile(path, beside)
    beside.replace(folder / path.name)


def _clear(target: Store, name: str) -> None:
    graph, meta = graph_name(name), iri("graph:meta")
    target.remove_graph(graph)
    for quad in list(target.quads_for_pattern(graph, None, None, meta)):
        target.remove(quad)


def _description(origin: Origin) -> Iterator[Triple]:
    node = graph_name(origin.name)
    terms = NamedNode(origin.license) if "://" in origin.license else Literal(origin.license)
    yield node, iri("rdf:type"), iri("prov:Entity")
    yield node, iri("rdfs:label"), Literal(f"{KINDS[origin.kind].title}: {origin.name}", language="en")
    yield node, iri("dcterms:license"), terms
    yield node, iri("dcterms:source"), Literal(origin.path.name)
    yield node, iri("dg:sha256"), Literal(_digest(origin.path))
    yield node, _RETRIEVED, Literal(origin.retrieved, datatype=iri("xsd:date"))


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


__all__ = ["Origin", "Report", "run", "turtle_files"]
