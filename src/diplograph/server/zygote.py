"""A process that has everything loaded and makes workers by forking: one is there in 10 ms instead of 100.

It leaves the network first, so no worker has one. It has neither threads nor an open store: forking is safe.
Started as `python -c "from diplograph.server.zygote import main; main()" SOCKET DIRECTORY MEMORY`.
"""

import ctypes
import gc
import os
import signal
import socket
import struct
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from diplograph.server import searcher, worker, writer

ORDER = struct.Struct("<cI")  # what to do, and the process it is about
PID = struct.Struct("<I")
QUERIES, CHANGES, SEARCHES, BURY = b"Q", b"C", b"S", b"B"  # fork a worker of a kind; collect a dead one
_NEW_NETWORK, _NEW_USER = 0x40000000, 0x10000000  # flags of unshare(2)


def main() -> None:
    """Fork on order until the socket closes."""
    orders = socket.socket(fileno=int(sys.argv[1]))
    directory, memory = Path(sys.argv[2]), int(sys.argv[3])
    runs = {
        QUERIES: partial(worker.run, directory, memory, isolated=_leave_network()),
        CHANGES: partial(writer.run, directory),
        SEARCHES: partial(searcher.run, directory, memory),
    }
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then closes the socket
    gc.freeze()
    while True:
        message, descriptors, _, _ = socket.recv_fds(orders, ORDER.size, 3)
        if len(message) < ORDER.size:
            os._exit(0)
        order, process = ORDER.unpack(message)
        if order == BURY:
            _bury(process)
        else:
            orders.sendall(PID.pack(_fork(runs[order], orders, descriptors)))


def _fork(run: Callable[[int, int, int], None], orders: socket.socket, descriptors: list[int]) -> int:
    """Return the process in which `run` is given the descriptors."""
    process = os.fork()
    if process != 0:
        for descriptor in descriptors:
            os.close(descriptor)
        return process
    status = 1
    try:
        orders.close()
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
