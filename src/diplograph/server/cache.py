"""Answers kept for as long as the graph does not change, up to a number of bytes."""

import hashlib
import threading
from collections import OrderedDict

from diplograph.server.evaluation import Job
from diplograph.server.tokens import tokens

_SHARE = 16  # an answer may take one part in so many
_FRESH = ("NOW", "RAND", "UUID", "STRUUID", "BNODE")  # functions that give something else every time


class AnswerCache:
    """The answers used last: format and bytes, by entity tag."""

    def __init__(self, size: int) -> None:
        """Keep at most `size` bytes."""
        self._size = size
        self._taken = 0
        self._kept: OrderedDict[str, tuple[str, bytes, int | None]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> tuple[str, bytes, int | None] | None:
        """Return format, bytes and number of rows of an answer, or `None`."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: str, written: str, body: bytes, rows: int | None) -> None:
        """Keep an answer, unless it is too big a part of the whole."""
        if len(body) * _SHARE > self._size:
            return
        with self._lock:
            self._forget(key)
            self._kept[key] = written, body, rows
            self._taken += len(body)
            while self._taken > self._size:
                self._forget(next(iter(self._kept)))

    def _forget(self, key: str) -> None:
        found = self._kept.pop(key, None)
        if found is not None:
            self._taken -= len(found[1])


def entity_tag(tag: str | None, job: Job) -> str | None:
    """Return the weak ETag of the answer to `job` in the state `tag` of the graph.

    `None` when the state is not known, or when every answer is another.
    """
    if tag is None:
        return None
    upper = job.text.upper()
    if any(word in upper for word in _FRESH) and any(token.is_word(*_FRESH) for token in tokens(job.text)):
        return None
    dataset, written = (job.default_graphs, job.named_graphs), (job.solutions, job.graph)
    identity = repr((tag, job.text, dataset, written, job.base, job.own_default))
    digest = hashlib.blake2b(identity.encode(), digest_size=12)
    return f'W/"{digest.hexdigest()}"'
