"""A process that has everything loaded and makes workers by forking: one is there in 10 ms instead of 100.

It leaves the network first, so no worker has one. It has neither threads nor an open store: forking is safe.
It holds the graph as well, where that is not too large; workers forked later find it in their memory.
Started as `python -c "from diplograph.server.zygote import main; main()" SOCKET DIRECTORY MEMORY QUADS`.
"""

import ctypes
import gc
import os
import select
import signal
import socket
import struct
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from diplograph.server import heap, searcher, worker, writer
from diplograph.server.holding import Held, Loading

ORDER = struct.Struct("<cI")  # what to do, and the process it is about
PID = struct.Struct("<I")
QUERIES, CHANGES, SEARCHES, BURY = b"Q", b"C", b"S", b"B"  # fork a worker of a kind; collect a dead one
HOLD, ASK = b"H", b"A"  # take the published graph into memory; tell whether that is done
NOTHING, LOADING, HELD = 0, 1, 2  # answers to both
_NEW_NETWORK, _NEW_USER = 0x40000000, 0x10000000  # flags of unshare(2)


def main() -> None:
    """Fork on order until the socket closes."""
    heap.settle()
    orders = socket.socket(fileno=int(sys.argv[1]))
    zygote = _Zygote(orders, Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then closes the socket
    gc.freeze()
    while True:
        zygote.wait()
        message, descriptors, _, _ = socket.recv_fds(orders, ORDER.size, 3)
        if len(message) < ORDER.size:
            os._exit(0)
        order, process = ORDER.unpack(message)
        zygote.obey(order, process, descriptors)


class _Zygote:
    """What it holds, and what it does on order."""

    def __init__(self, orders: socket.socket, directory: Path, memory: int, most: int) -> None:
        self._orders = orders
        self._directory, self._memory, self._most = directory, memory, most
        self._isolated = _leave_network()
        self._loading: Loading | None = None
        self._held: Held | None = None
        self._state = NOTHING

    def wait(self) -> None:
        """Wait for an order; until one comes, take in what there is of the graph."""
        while self._loading is not None:
            waiting: list[socket.socket | Loading] = [self._orders, self._loading]
            ready, _, _ = select.select(waiting, [], [])
            if self._orders in ready:
                return
            if not self._loading.step():
                self._held, self._loading = self._loading.end(), None
                self._state = HELD if self._held is not None else NOTHING

    def obey(self, order: bytes, process: int, descriptors: list[int]) -> None:
        """Carry out an order, and answer where an answer is waited for."""
        if order == BURY:
            _bury(process)
            return
        if order == HOLD:
            self._load()
        answer = self._state if order in (HOLD, ASK) else self._fork(self._run(order), descriptors)
        self._orders.sendall(PID.pack(answer))

    def _load(self) -> None:
        if self._loading is not None:
            self._loading.end()
        self._held = None
        self._loading, self._state = Loading(self._directory, self._most), LOADING

    def _run(self, kind: bytes) -> Callable[[int, int, int], None]:
        if kind == CHANGES:
            return partial(writer.run, self._directory)
        if kind == SEARCHES:
            return partial(searcher.run, self._directory, self._memory)
        return partial(worker.run, self._directory, self._memory, isolated=self._isolated, held=self._held)

    def _fork(self, run: Callable[[int, int, int], None], descriptors: list[int]) -> int:
        """Return the process in which `run` is given the descriptors."""
        process = os.fork()
        if process != 0:
            for descriptor in descriptors:
                os.close(descriptor)
            return process
        status = 1
        try:
            self._orders.close()
            if self._loading is not None:
                self._loading.forget()
            run(*descriptors)
            status = 0
        finally:
            os._exit(status)


def _bury(process: int) -> None:
    try:
        os.waitpid(process, 0)
    except ChildProcessError:
        return


def _leave_network() -> bool:
    """Move into an empty network, where the system lets us; return whether it did."""
    if not sys.platform.startswith("linux"):
        return False
    unshare = ctypes.CDLL(None, use_errno=True).unshare
    return any(unshare(flags) == 0 for flags in (_NEW_NETWORK, _NEW_USER | _NEW_NETWORK))
