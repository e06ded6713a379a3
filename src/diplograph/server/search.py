"""Words to find things by: an index of labels and quotes beside each version of the graph."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store

from diplograph import store
from diplograph.vocabulary import PREFIXES

_LABELS = tuple(
    NamedNode(PREFIXES[prefix] + name)
    for prefix, name in (("rdfs", "label"), ("skos", "prefLabel"), ("skos", "altLabel"))
)
_QUOTE = NamedNode(PREFIXES["oa"] + "exact")
_TABLE = "CREATE VIRTUAL TABLE words USING fts5(iri UNINDEXED, kind UNINDEXED, text, tokenize='{}')"
_FIND = """SELECT iri, kind, text FROM words WHERE words MATCH ?
           ORDER BY kind, rank, length(text), iri LIMIT ?"""
_TOKENIZER = "unicode61 remove_diacritics 2"


@dataclass(frozen=True)
class Hit:
    """Something found: its IRI, whether by `label` or `quote`, and the text that matched."""

    iri: str
    kind: str
    text: str


class Index:
    """The index of one version."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Read from `connection`, which must allow use from any thread."""
        self._connection = connection
        self._lock = threading.Lock()
        self._matching: dict[str, frozenset[str]] = {}

    def find(self, words: str, limit: int = 50) -> list[Hit]:
        """Return what matches all of `words`, the last of which may be a beginning; labels first."""
        query = _expression(words)
        if not query:
            return []
        with self._lock:
            rows = self._connection.execute(_FIND, (query, limit)).fetchall()
        return list(dict.fromkeys(Hit(*row) for row in rows))

    def matching(self, words: str) -> frozenset[str]:
        """Return the IRIs of everything that matches."""
        if words not in self._matching:
            self._matching[words] = frozenset(hit.iri for hit in self.find(words, limit=-1))
        return self._matching[words]

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def index(snapshot: store.Snapshot) -> Index:
    """Return the index of a snapshot, making it where there is none (in memory, if it cannot be written)."""
    path = snapshot.version.path.with_suffix(".search")
    if not path.is_file():
        try:
            _build_file(snapshot.store, path)
        except (OSError, sqlite3.Error):
            connection = sqlite3.connect(":memory:", check_same_thread=False)
            _build(snapshot.store, connection)
            return Index(connection)
    return Index(
        sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
    )


def _build_file(graph: Store, path: Path) -> None:
    """Write the index under another name first: two processes may build it at a time."""
    unfinished = path.with_suffix(f".search-{os.getpid()}.tmp")
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(unfinished)) as connection:
        _build(graph, connection)
    unfinished.replace(path)


def _build(graph: Store, connection: sqlite3.Connection) -> None:
    connection.execute(_TABLE.format(_TOKENIZER))
    connection.executemany("INSERT INTO words VALUES (?, ?, ?)", _texts(graph))
    connection.commit()


def _texts(graph: Store) -> Iterator[tuple[str, str, str]]:
    for predicate in _LABELS:
        for quad in graph.quads_for_pattern(None, predicate, None):
            yield from _text(quad, "label")
    for quad in graph.quads_for_pattern(None, _QUOTE, None):
        yield from _text(quad, "quote")


def _text(quad: Quad, kind: str) -> Iterator[tuple[str, str, str]]:
    subject, value = quad.subject, quad.object
    if isinstance(subject, NamedNode | BlankNode) and isinstance(value, Literal):
        iri = subject.value.partition(";")[0] if kind == "quote" else subject.value
        yield iri, kind, value.value


def _expression(words: str) -> str:
    """Return an FTS5 query for all of the words; nothing in them is taken for syntax."""
    quoted = [f'"{word}"' for word in words.replace('"', " ").replace("\0", " ").split()]
    return " ".join(quoted) + "*" if quoted else ""
