"""The server's side of the zygote: processes ordered, spoken to, killed, buried."""

import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from diplograph.server.zygote import ASK, BURY, CHANGES, HELD, HOLD, LOADING, ORDER, PID, QUERIES, SEARCHES

__all__ = ["CHANGES", "QUERIES", "SEARCHES", "Child", "Nursery"]


@dataclass(frozen=True)
class Child:
    """A process: its id, the pipes to and from it, and the end of a pipe whose closing ends it."""

    pid: int
    to: int
    out: int
    lifeline: int


class Nursery:
    """Makes processes over a store directory; its zygote is started when needed, and when it has died."""

    def __init__(self, directory: Path, memory: int, in_memory: int = 0) -> None:
        """Workers of this nursery read `directory` and may take `memory` bytes.

        A graph of at most `in_memory` quads can be held in memory for them.
        """
        self.directory = directory
        self.in_memory = in_memory
        self.hatched = 0  # zygotes so far
        self._arguments = [str(directory), str(memory), str(in_memory)]
        self._lock = threading.Lock()
        self._zygote: subprocess.Popen[bytes] | None = None
        self._orders: socket.socket | None = None

    def start(self, kind: bytes) -> Child:
        """Start a query worker (`QUERIES`) or a writer (`CHANGES`); raises `OSError`."""
        given, to = os.pipe()
        out, taken = os.pipe()
        life, lifeline = os.pipe()
        theirs, ours = (given, taken, life), (to, out, lifeline)
        try:
            return Child(self._order(kind, theirs), *ours)
        except OSError:
            _close(*ours)
            raise
        finally:
            _close(*theirs)

    def bury(self, child: Child) -> None:
        """Kill a process, collect what is left of it, and close the pipes."""
        self.kill(child)
        with self._lock, suppress(OSError):
            if self._orders is not None:
                self._orders.sendall(ORDER.pack(BURY, child.pid))
        _close(child.to, child.out, child.lifeline)

    def hold(self) -> None:
        """Have the published graph taken into memory for workers started from now on; raises `OSError`."""
        self._order(HOLD, ())

    def is_held(self) -> bool | None:
        """Return whether it is there, `None` while it is still coming; raises `OSError`."""
        state = self._order(ASK, ())
        return None if state == LOADING else state == HELD

    @staticmethod
    def kill(child: Child) -> None:
        """End a process at once. Its id is its own until it is buried."""
        with suppress(OSError):
            os.kill(child.pid, signal.SIGKILL)

    def close(self) -> None:
        """End the zygote. Workers that are left end when their lifelines close."""
        with self._lock:
            self._abandon()

    def _order(self, kind: bytes, theirs: tuple[int, ...]) -> int:
        with self._lock:
            for attempt in (1, 2):
                try:
                    return self._ask(kind, theirs)
                except OSError:
                    self._abandon()
                    if attempt == 2:
                        raise
        raise AssertionError("unreachable")

    def _ask(self, kind: bytes, theirs: tuple[int, ...]) -> int:
        if self._orders is None:
            self._orders = self._hatch()
        socket.send_fds(self._orders, [ORDER.pack(kind, 0)], list(theirs))
        answer = self._orders.recv(PID.size)
        if len(answer) < PID.size:
            raise BrokenPipeError("the zygote has died")
        return int(PID.unpack(answer)[0])

    def _hatch(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        self._zygote = subprocess.Popen(  # noqa: S603  (our own code, no shell)
            [sys.executable, "-c", _MAIN, str(theirs.fileno()), *self._arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
        )
        theirs.close()
        self.hatched += 1
        return ours

    def _abandon(self) -> None:
        if self._orders is not None:
            self._orders.close()
        if self._zygote is not None:
            self._zygote.kill()
            self._zygote.wait()
        self._orders = self._zygote = None


_MAIN = "from diplograph.server.zygote import main; main()"


def _close(*descriptors: int) -> None:
    for descriptor in descriptors:
        with suppress(OSError):
            os.close(descriptor)
