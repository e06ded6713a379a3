"""A query worker: a process that answers one query at a time and may be killed at any moment.

The engine below cannot be interrupted, so whoever wants to end a query ends the process. It reads a frozen
version, cannot reach the network, and dies when it takes more memory than it may or when the server is gone.
"""

import json
import os
import threading
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import BinaryIO

from diplograph import store
from diplograph.errors import StoreError
from diplograph.server import frames
from diplograph.server.evaluation import Job, Malformed, NotAcceptable, evaluate
from diplograph.server.functions import functions
from diplograph.server.holding import Held

_FIRST = 8192  # bytes of an answer that are sent at once: the engine's own buffer
_PIECE = 65536

# what stands once for each solution or triple of a format, and how often it stands besides
_COUNTED = {
    "json": ((b'[{"', b'},{"'), 0),
    "xml": ((b"<result>",), 0),
    "csv": ((b"\n",), 1),
    "tsv": ((b"\n",), 1),
    "nt": ((b"\n",), 0),
    "nq": ((b"\n",), 0),
}
_OVERLAP = 7  # bytes, one less than the longest of them


class _Answer:
    """The output of a query, sent in frames; the header goes with the first piece."""

    def __init__(self, descriptor: int, header: dict[str, str]) -> None:
        self._descriptor = descriptor
        self._waiting = bytearray(frames.pack(frames.Kind.HEADER, json.dumps(header).encode()))
        self._data = bytearray()
        self._threshold = _FIRST
        self._marks, self._besides = _COUNTED.get(header["written"], ((), 0))
        self._rows = 0
        self._tail = b""

    def write(self, data: bytes, /) -> int:
        self._data += data
        if len(self._data) >= self._threshold:
            self._count()
            self._send()
            self._threshold = _PIECE
        return len(data)

    def flush(self) -> None:
        """Asked for by the engine at the end; `end` does it."""

    def end(self) -> None:
        self._count()
        rows = max(0, self._rows - self._besides) if self._marks else None
        self._send(frames.pack(frames.Kind.END, json.dumps({"rows": rows}).encode()))

    def _count(self) -> None:
        """Count rows in what is about to be sent; a mark may lie across two pieces."""
        seam = self._tail + bytes(self._data[:_OVERLAP])
        for mark in self._marks:
            reach = len(mark) - 1
            across = seam[max(0, len(self._tail) - reach) : len(self._tail) + reach]
            self._rows += self._data.count(mark) + across.count(mark)
        self._tail = bytes(self._data[-_OVERLAP:])

    def _send(self, after: bytes = b"") -> None:
        if self._data:
            self._waiting += frames.pack(frames.Kind.DATA, bytes(self._data))
        frames.write_all(self._descriptor, bytes(self._waiting) + after)
        self._waiting.clear()
        self._data.clear()


def run(
    directory: Path,
    memory: int,
    given: int,
    taken: int,
    lifeline: int,
    *,
    isolated: bool,
    held: Held | None = None,
) -> None:
    """Answer the queries that come through the pipe `given` into the pipe `taken`, until the first ends.

    `held` is a version that is in memory already.
    """
    threading.Thread(target=die_with_parent, args=(lifeline,), daemon=True).start()
    latest = _Latest(directory, held)
    latest.snapshot()
    limit_memory(memory)
    ready = json.dumps({"isolated": isolated}).encode()
    frames.write_all(taken, frames.pack(frames.Kind.READY, ready))
    with os.fdopen(given, "rb") as jobs:
        _answer_all(latest, jobs, taken)


def _answer_all(latest: "_Latest", jobs: BinaryIO, output: int) -> None:
    while (frame := frames.read(jobs)) is not None:
        snapshot = latest.snapshot()
        if snapshot is None:
            _error(output, "failed", "there is no graph")
        else:
            _answer(snapshot, job_of(frame[1]), output)


def _answer(snapshot: store.Snapshot, job: Job, output: int) -> None:
    try:
        written, write = evaluate(snapshot.store, job, functions(snapshot))
        answer = _Answer(output, {"written": written, "tag": snapshot.version.tag})
        write(answer)
        answer.end()
    except Malformed as error:
        _error(output, "malformed", str(error))
    except NotAcceptable as error:
        _error(output, "not acceptable", str(error))
    except (OSError, RuntimeError, ValueError) as error:
        _error(output, "failed", str(error))


def _error(output: int, kind: str, message: str) -> None:
    payload = json.dumps({"kind": kind, "message": message}).encode()
    frames.write_all(output, frames.pack(frames.Kind.ERROR, payload))


class _Latest:
    """The newest published version, opened once."""

    def __init__(self, directory: Path, held: Held | None) -> None:
        self._directory = directory
        self._held = held
        self._stamp: tuple[int, int] | None = None
        self._snapshot: store.Snapshot | None = None

    def snapshot(self) -> store.Snapshot | None:
        """Return it, or the one before when it cannot be opened."""
        stamp = store.stamp(self._directory)
        if stamp != self._stamp or self._snapshot is None:
            with suppress(StoreError):
                self._snapshot, self._stamp = self._open(), stamp
        return self._snapshot

    def _open(self) -> store.Snapshot:
        """Open the published version: in memory where it is the one held, else on the disk."""
        held, self._held = self._held, None  # which is of no use any more once another version is published
        if held is not None:
            version, lease = store.hold(self._directory)
            if version.tag == held.tag:
                return store.Snapshot(version, held.store, lease)
            lease.close()
        return store.snapshot(self._directory)


def as_message(job: Job) -> bytes:
    """Return a job as a frame."""
    values = {each.name: getattr(job, each.name) for each in fields(Job)}
    return frames.pack(frames.Kind.JOB, json.dumps(values).encode())


def job_of(payload: bytes) -> Job:
    """Return the job of a frame."""
    values = json.loads(payload)
    for name in ("default_graphs", "named_graphs"):
        if values[name] is not None:
            values[name] = tuple(values[name])
    return Job(**values)


def limit_memory(size: int) -> None:
    """Let the process take `size` bytes more than it has; whatever then asks for more ends it."""
    import resource  # noqa: PLC0415

    with suppress(OSError, ValueError):
        taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (taken + size, taken + size))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def die_with_parent(lifeline: int) -> None:
    """Wait for the parent's end of a pipe to close, which it does however the parent dies."""
    with suppress(OSError):
        os.read(lifeline, 1)
    os._exit(0)
