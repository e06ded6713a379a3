"""How the server and a query worker talk over a pipe: frames of a kind, a length and a payload."""

import os
import struct
from enum import IntEnum
from typing import BinaryIO

_HEAD = struct.Struct(">BI")


class Kind(IntEnum):
    """What a frame carries."""

    JOB = 1  # to the worker: a query, as JSON
    READY = 2  # the worker has opened the graph: what it is, as JSON
    HEADER = 3  # the answer has begun: its format and the version of the graph, as JSON
    DATA = 4  # a piece of the answer
    END = 5  # that was all of it
    ERROR = 6  # no answer, or no more of it: why, as JSON


def pack(kind: Kind, payload: bytes = b"") -> bytes:
    """Return a frame as bytes."""
    return _HEAD.pack(kind, len(payload)) + payload


def read(stream: BinaryIO) -> tuple[Kind, bytes] | None:
    """Return the next frame of a blocking stream, or `None` at its end."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    kind, length = _HEAD.unpack(head)
    payload = stream.read(length)
    return (Kind(kind), payload) if len(payload) == length else None


class Assembler:
    """Frames out of whatever pieces a pipe gives."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._buffer = bytearray()

    def feed(self, piece: bytes) -> None:
        """Take what was read."""
        self._buffer += piece

    def next(self) -> tuple[Kind, bytes] | None:
        """Return the next whole frame, or `None` when more must be read first."""
        if len(self._buffer) < _HEAD.size:
            return None
        kind, length = _HEAD.unpack_from(self._buffer)
        end = _HEAD.size + length
        if len(self._buffer) < end:
            return None
        payload = bytes(self._buffer[_HEAD.size : end])
        del self._buffer[:end]
        return Kind(kind), payload


def write_all(descriptor: int, message: bytes) -> None:
    """Write all of `message`, however little the pipe takes at a time."""
    view = memoryview(message)
    while view:
        view = view[os.write(descriptor, view) :]
