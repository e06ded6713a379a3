"""The graph as the pages see it: short questions, answered from the newest published version."""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Protocol, TypeVar

from pyoxigraph import NamedNode, QuerySolutions, Store

from diplograph import store
from diplograph.errors import StoreError
from diplograph.server.evaluation import Job, Term, evaluate
from diplograph.server.lookup import look_up
from diplograph.server.search import Hit, Index, index
from diplograph.vocabulary import PREFIXES

Row = Mapping[str, Term]
Result = TypeVar("Result")


class Rows(Protocol):
    """What can be asked for solutions."""

    def rows(self, query: str) -> list[Row]:
        """Return the solutions of a SELECT over the union of all graphs; unbound variables are left out."""
        ...


class Graph(Rows, Protocol):
    """What pages ask of a graph, be it here or behind another endpoint."""

    @property
    def tag(self) -> str:
        """A name for the present state of the graph; it changes whenever the graph does."""
        ...

    def answer(self, job: Job) -> tuple[str, bytes]:
        """Return the format of the answer to a query (`json`, `ttl`, ...), and all of it written out."""
        ...

    def look_up(self, job: Job) -> tuple[str, bytes, str] | None:
        """Return format, bytes and tag of an answer that costs nothing, or `None` for a query that needs work."""
        ...

    def has_graph(self, name: str) -> bool:
        """Return whether there is a named graph of that IRI."""
        ...

    def search(self, words: str, limit: int) -> list[Hit]:
        """Return what has a label or quote with all the words, the last of which may be a beginning."""
        ...


class LocalGraph:
    """The published version of a store directory; a newer one is taken up by the next question."""

    def __init__(self, directory: Path) -> None:
        """Open the version that is published now; `StoreError` when there is none."""
        self.directory = directory
        self._lock = threading.Lock()
        self._stamp = store.stamp(directory)
        self._snapshot = store.snapshot(directory)
        self._index: tuple[store.Snapshot, Index] | None = None

    def snapshot(self) -> store.Snapshot:
        """Return the newest snapshot; it lies still while the caller holds it."""
        stamp = store.stamp(self.directory)
        if stamp != self._stamp:
            with self._lock, suppress(StoreError):  # while there is none, the one before will do
                self._snapshot = store.snapshot(self.directory)
                self._stamp = stamp
        return self._snapshot

    @property
    def tag(self) -> str:
        """The tag of the published version."""
        return self.snapshot().version.tag

    def rows(self, query: str) -> list[Row]:
        """Return the solutions of a SELECT over the union of all graphs."""
        snapshot = self.snapshot()
        return _rows(snapshot.store, query)

    def answer(self, job: Job) -> tuple[str, bytes]:
        """Return the format of the answer to a query, and all of it written out."""
        snapshot = self.snapshot()
        output = BytesIO()
        written, write = evaluate(snapshot.store, job)
        write(output)
        return written, output.getvalue()

    def look_up(self, job: Job) -> tuple[str, bytes, str] | None:
        """Answer a query about one thing on the spot; see `lookup`."""
        snapshot = self.snapshot()
        found = look_up(snapshot.store, job)
        return None if found is None else (*found, snapshot.version.tag)

    def has_graph(self, name: str) -> bool:
        """Return whether there is a named graph of that IRI, be it empty."""
        snapshot = self.snapshot()
        return snapshot.store.contains_named_graph(NamedNode(name))

    def search(self, words: str, limit: int) -> list[Hit]:
        """Return what a label or quote with the words belongs to; the first search makes the index."""
        snapshot = self.snapshot()
        with self._lock:
            if self._index is None or self._index[0] is not snapshot:
                self._index = snapshot, index(snapshot)
            found = self._index[1]
        return found.find(words, limit)


class StoreGraph:
    """A store that is open already, asked as a graph is."""

    def __init__(self, graph: Store) -> None:
        """Ask `graph`."""
        self._store = graph

    def rows(self, query: str) -> list[Row]:
        """Return the solutions of a SELECT over the union of all graphs."""
        return _rows(self._store, query)


def once_a_version(graph: Graph, compute: Callable[[Graph], Result]) -> Callable[[], Result]:
    """Return a function that gives what `compute` found, computed anew only when the graph has changed."""
    lock = threading.Lock()
    kept: list[tuple[str, Result]] = []

    def look() -> Result:
        with lock:
            tag = graph.tag
            if not kept or kept[0][0] != tag:
                kept[:] = [(tag, compute(graph))]
            return kept[0][1]

    return look


def _rows(graph: Store, query: str) -> list[Row]:
    answer = graph.query(query, use_default_graph_as_union=True, prefixes=PREFIXES)
    if not isinstance(answer, QuerySolutions):
        raise TypeError(f"expected a SELECT, found {query[:60]!r}")
    names = [variable.value for variable in answer.variables]
    return [
        {name: term for name, term in zip(names, solution, strict=True) if term is not None}
        for solution in answer
    ]
