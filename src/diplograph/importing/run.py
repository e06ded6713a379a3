"""A whole import: read and check every row, then write file and graph at once, or nothing.

DIR/imports/<name>.ttl            what was taken, in the form of the reference data, and where it is from
DIR/imports/<name>.refused.tsv    the rows that were not, and why
DIR/store                         the same as graph:import/<name>, described in graph:meta
"""

import csv
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse, serialize
from pyoxigraph import Triple as RdfTriple

from diplograph import store
from diplograph.errors import InputError
from diplograph.graph import iri, with_bounds
from diplograph.importing import KINDS, dates
from diplograph.importing.checks import Whole
from diplograph.importing.faults import ImportFaultError
from diplograph.importing.resolution import Resolver, UnresolvedError
from diplograph.importing.rows import Row
from diplograph.importing.statements import Triple, Writing, statements
from diplograph.vocabulary import PREFIXES

_RETRIEVED = NamedNode("http://purl.org/pav/retrievedOn")
_PREFIXES = {**PREFIXES, "pav": "http://purl.org/pav/"}
_FOLDER = "imports"


@dataclass(frozen=True)
class Origin:
    """Where a file is from: its kind, the name of the import, its licence, and the day it was retrieved."""

    path: Path
    kind: str
    name: str
    licence: str
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


def run(
    origin: Origin,
    directory: Path,
    who: Resolver,
    background: Callable[[], Iterable[Quad]],
    *,
    lenient: bool = False,
) -> Report:
    """Import a file into the graph of `directory`; an earlier import of that name is replaced.

    `background` fills a graph that is not there yet. With `lenient`, rows that break a rule of the whole file
    are refused; else `ImportFaultError` is raised and nothing is written.
    """
    if not dates.is_day(origin.retrieved):
        raise InputError(
            f"{origin.retrieved!r} is no day; say when the file was retrieved, for instance 2026-11-24"
        )
    triples, read, refused = _collect(origin, who, lenient=lenient)
    if read == 0:
        raise ImportFaultError(origin.path, None, "file must have rows", "found none")
    _write(origin, directory, triples, refused, background)
    return Report(origin, read, tuple(refused), len(triples))


def graphs(directory: Path) -> Iterator[Quad]:
    """Yield the quads of all imports of a directory, with time bounds, for a store that is built anew."""
    for path in sorted((directory / _FOLDER).glob("*.ttl")):
        yield from _quads(parse(path=path, format=RdfFormat.TURTLE), path.stem)


def turtle_files(directory: Path) -> tuple[Path, ...]:
    """Return the Turtle files of all imports, which `reference.load` reads as it does the reference data."""
    return tuple(sorted((directory / _FOLDER).glob("*.ttl")))


def graph_name(name: str) -> NamedNode:
    """Return the name of the graph of an import."""
    return NamedNode(f"{PREFIXES['graph']}import/{name}")


def _collect(
    origin: Origin, who: Resolver, *, lenient: bool
) -> tuple[set[Triple], int, list[tuple[int, str]]]:
    writing = Writing(origin.name, who, f"{KINDS[origin.kind].title}, retrieved {origin.retrieved}")
    whole, read = Whole(), 0
    triples: set[Triple] = set()
    refused: list[tuple[int, str]] = []
    for row in KINDS[origin.kind].read(origin.path):
        read += 1
        broken = whole.add(row)
        if broken and not lenient:
            raise ImportFaultError(origin.path, row.number, broken.rule, broken.detail)
        found = f"{broken.rule}: {broken.detail}" if broken else _stated(row, writing)
        if isinstance(found, str):
            refused.append((row.number, found))
        else:
            triples.update(found)
    return triples, read, refused


def _stated(row: Row, writing: Writing) -> list[Triple] | str:
    """Return what a row states, or why it is refused."""
    if row.refused:
        return row.refused
    try:
        return statements(row, writing)
    except UnresolvedError as error:
        return str(error)


def _write(
    origin: Origin,
    directory: Path,
    triples: set[Triple],
    refused: list[tuple[int, str]],
    background: Callable[[], Iterable[Quad]],
) -> None:
    folder = directory / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    turtle, rejects = (folder / f"{origin.name}{suffix}" for suffix in (".ttl", ".refused.tsv"))
    unfinished = [path.with_name(path.name + ".tmp") for path in (turtle, rejects)]
    try:
        _write_turtle(unfinished[0], [*_description(origin), *triples])
        _write_refused(unfinished[1], refused)
        _write_graph(origin, directory, unfinished[0], background)
        for path, final in zip(unfinished, (turtle, rejects), strict=True):
            path.replace(final)
    finally:
        for path in unfinished:
            path.unlink(missing_ok=True)


def _write_turtle(path: Path, triples: list[Triple]) -> None:
    ordered = sorted(triples, key=lambda triple: tuple(map(str, triple)))
    serialize(
        (RdfTriple(*triple) for triple in ordered), str(path), format=RdfFormat.TURTLE, prefixes=_PREFIXES
    )


def _write_refused(path: Path, refused: list[tuple[int, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        table = csv.writer(lines, delimiter="\t", lineterminator="\n")
        table.writerow(("row", "why"))
        table.writerows(refused)


def _write_graph(
    origin: Origin, directory: Path, turtle: Path, background: Callable[[], Iterable[Quad]]
) -> None:
    with store.writing(directory) as writer:
        if len(writer.store) == 0:
            writer.store.extend(background())
        _clear(writer.store, origin.name)
        writer.store.extend(_quads(parse(path=turtle, format=RdfFormat.TURTLE), origin.name))
        writer.publish()


def _clear(target: Store, name: str) -> None:
    graph, meta = graph_name(name), iri("graph:meta")
    target.remove_graph(graph)
    for quad in list(target.quads_for_pattern(graph, None, None, meta)):
        target.remove(quad)


def _quads(found: Iterable[Quad], name: str) -> Iterator[Quad]:
    graph, meta = graph_name(name), iri("graph:meta")
    placed = (Quad(q.subject, q.predicate, q.object, meta if q.subject == graph else graph) for q in found)
    return with_bounds(placed)


def _description(origin: Origin) -> Iterator[Triple]:
    node = graph_name(origin.name)
    licence = NamedNode(origin.licence) if "://" in origin.licence else Literal(origin.licence)
    yield node, iri("rdf:type"), iri("prov:Entity")
    yield node, iri("rdfs:label"), Literal(f"{KINDS[origin.kind].title}: {origin.name}", language="en")
    yield node, iri("dcterms:license"), licence
    yield node, iri("dcterms:source"), Literal(origin.path.name)
    yield node, iri("dg:sha256"), Literal(_digest(origin.path))
    yield node, _RETRIEVED, Literal(origin.retrieved, datatype=iri("xsd:date"))


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
