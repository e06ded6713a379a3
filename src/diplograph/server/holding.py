"""A graph held in memory, so that the workers forked from its holder find it there and answer several times faster.

It comes through a pipe from a child process that reads the disk: a store on disk has threads, and only a process
without threads may fork. The quads of a property come one after the other and so lie side by side, as queries want.
"""

import json
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, cast

from pyoxigraph import BlankNode, NamedNode, Quad, QuerySolutions, RdfFormat, Store, parse, serialize

from diplograph import store
from diplograph.errors import StoreError

_POLITE = 10
_STEP = 2000  # quads that are taken at a time: some milliseconds


@dataclass(frozen=True)
class Held:
    """The graph of the version with this tag."""

    tag: str
    store: Store


class Loading:
    """A graph on its way into memory; `step` takes what has come."""

    def __init__(self, directory: Path, most: int) -> None:
        """Have the published version of `directory` read, unless it has more than `most` quads."""
        source, sink = os.pipe()
        self._reader = os.fork()
        if self._reader == 0:
            os.close(source)
            _read(directory, most, sink)
        os.close(sink)
        self._source = os.fdopen(source, "rb")
        self._store = Store()
        self._head: dict[str, object] = {}
        self._quads: Iterator[Quad] = iter(())

    def fileno(self) -> int:
        """Return what becomes readable when there is something to do."""
        return self._source.fileno()

    def step(self) -> bool:
        """Take the next quads; return whether there may be more."""
        try:
            if not self._head:
                return self._begin()
            batch = list(islice(self._quads, _STEP))
            self._store.extend(batch)
        except (OSError, SyntaxError, ValueError):  # the reader has died
            return False
        return len(batch) == _STEP

    def forget(self) -> None:
        """Let go of it in a forked process, so that its reader ends with the one it reads for."""
        self._source.close()

    def end(self) -> Held | None:
        """Return the graph, `None` when it has not come whole; to be called once, whenever that is."""
        self._source.close()
        os.kill(self._reader, signal.SIGKILL)
        os.waitpid(self._reader, 0)
        whole = bool(self._head) and len(self._store) == self._head["quads"]
        return Held(str(self._head["tag"]), self._store) if whole else None

    def _begin(self) -> bool:
        self._head = json.loads(self._source.readline() or b"{}")
        for name in _names(self._head.get("graphs", [])):
            self._store.add_graph(name)
        self._quads = parse(self._source, RdfFormat.N_QUADS)
        return bool(self._head)


def _names(written: object) -> Iterator[NamedNode | BlankNode]:
    for kind, value in written if isinstance(written, list) else ():
        yield NamedNode(value) if kind == "iri" else BlankNode(value)


def _read(directory: Path, most: int, sink: int) -> None:
    """Send the graph, and end this process whatever happens."""
    try:
        os.nice(_POLITE)  # queries are answered from the disk meanwhile
        _send(directory, most, sink)
    except (OSError, StoreError):
        pass  # what has come is not whole, which the other side counts
    finally:
        os._exit(0)


def _send(directory: Path, most: int, sink: int) -> None:
    """Write a line about the graph (nothing for one that is too large), then its quads."""
    snapshot = store.snapshot(directory)
    number = len(snapshot.store)
    if number > most:
        return
    graphs = [
        ("iri" if isinstance(name, NamedNode) else "blank", name.value)
        for name in snapshot.store.named_graphs()
    ]
    head = {"tag": snapshot.version.tag, "quads": number, "graphs": graphs}
    with os.fdopen(sink, "wb") as out:
        out.write(json.dumps(head).encode() + b"\n")
        for predicate in _predicates(snapshot.store):
            _write(snapshot.store, predicate, out)


def _predicates(graph: Store) -> list[NamedNode]:
    found = cast(
        QuerySolutions, graph.query("SELECT DISTINCT ?p { ?s ?p ?o }", use_default_graph_as_union=True)
    )
    return sorted((row["p"] for row in found if isinstance(row["p"], NamedNode)), key=str)


def _write(graph: Store, predicate: NamedNode, out: IO[bytes]) -> None:
    serialize(graph.quads_for_pattern(None, predicate, None, None), out, RdfFormat.N_QUADS)
