"""Answers kept for as long as the graph does not change, up to a number of bytes.

An answer that streams is kept packed, and only when it is asked for again: packing costs time.
"""

import hashlib
import threading
import zlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from diplograph.server.evaluation import Job
from diplograph.server.tokens import tokens

_SHARE = 16  # an answer may take one part in so many
_REMEMBERED = 1024  # streamed answers that may be asked for again
_GZIP = 16 + zlib.MAX_WBITS
_PIECE = 1 << 18  # bytes that are unpacked at a time
_FRESH = ("NOW", "RAND", "UUID", "STRUUID", "BNODE")  # functions that give something else every time


@dataclass(frozen=True)
class Kept:
    """An answer: its format, its bytes (with gzip when `packed`), and how many rows it has, where known."""

    written: str
    body: bytes
    rows: int | None
    packed: bool = False

    def unpacked(self) -> Iterator[bytes]:
        """Yield the bytes as they were."""
        unpacker = zlib.decompressobj(_GZIP)
        waiting = self.body
        while waiting:
            yield unpacker.decompress(waiting, _PIECE)
            waiting = unpacker.unconsumed_tail
        yield unpacker.flush()


class AnswerCache:
    """The answers used last, by entity tag."""

    def __init__(self, size: int) -> None:
        """Keep at most `size` bytes."""
        self._size = size
        self._taken = 0
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._streamed: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> Kept | None:
        """Return an answer, or `None`."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: str, answer: Kept) -> None:
        """Keep an answer, unless it is too big a part of the whole."""
        if len(answer.body) > self.most:
            return
        with self._lock:
            self._forget(key)
            self._kept[key] = answer
            self._taken += len(answer.body)
            while self._taken > self._size:
                self._forget(next(iter(self._kept)))

    @property
    def most(self) -> int:
        """The bytes that an answer may have."""
        return self._size // _SHARE

    def packer(self, key: str) -> "Packer | None":
        """Return what packs a streamed answer in order to keep it, `None` when it is asked for for the first time."""
        with self._lock:
            again = key in self._streamed
            self._streamed[key] = None
            self._streamed.move_to_end(key)
            if len(self._streamed) > _REMEMBERED:
                self._streamed.popitem(last=False)
        return Packer(self.most) if again and self.most else None

    def _forget(self, key: str) -> None:
        found = self._kept.pop(key, None)
        if found is not None:
            self._taken -= len(found.body)


class Packer:
    """Packs an answer while it is sent, until it gets too big to be kept."""

    def __init__(self, most: int) -> None:
        """Give up beyond `most` bytes."""
        self._most = most
        self._packer = zlib.compressobj(1, zlib.DEFLATED, _GZIP)
        self._packed = bytearray()

    def add(self, piece: bytes) -> None:
        """Take a piece."""
        if len(self._packed) <= self._most:
            self._packed += self._packer.compress(piece)

    def end(self) -> bytes | None:
        """Return all of it, `None` when it is too big."""
        if len(self._packed) > self._most:
            return None
        return bytes(self._packed + self._packer.flush())


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
