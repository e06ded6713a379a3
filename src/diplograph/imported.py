"""What others' files gave a graph: kept in DIR/imports beside the store, so that a graph that is built anew has it again."""

from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from diplograph.errors import StoreError
from diplograph.graph import iri, with_bounds
from diplograph.vocabulary import PREFIXES

FOLDER = "imports"


def turtle_files(directory: Path) -> tuple[Path, ...]:
    """Return the Turtle files of all imports, which `reference.load` reads as it does the reference data."""
    return tuple(sorted((directory / FOLDER).glob("*.ttl")))


def graph_name(name: str) -> NamedNode:
    """Return the name of the graph of an import."""
    return NamedNode(f"{PREFIXES['graph']}import/{name}")


def quads(directory: Path) -> Iterator[Quad]:
    """Yield the quads of all imports of a directory, with time bounds; where each is from goes to the metadata.

    Raises StoreError naming the file that cannot be parsed.
    """
    for path in turtle_files(directory):
        yield from with_bounds(_placed(path, graph_name(path.stem), iri("graph:meta")))


def _placed(path: Path, graph: NamedNode, meta: NamedNode) -> Iterator[Quad]:
    try:
        for quad in parse(path=path, format=RdfFormat.TURTLE):
            place = meta if quad.subject == graph else graph
            yield Quad(quad.subject, quad.predicate, quad.object, place)
    except (SyntaxError, ValueError) as error:
        raise StoreError(f"{path}: {error}; import the file again, or remove this one") from error
