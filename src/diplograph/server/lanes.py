"""Whose turn it is: quick queries never wait behind slow ones, and nobody takes all the places.

Every query begins in the quick lane, which has few places and little patience. One that is not done by then
needs a place in the slow lane. A query that was slow before goes there at once.
"""

import threading
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager

from diplograph.server.problems import Problem

_REMEMBERED = 1024  # queries known to be slow
_RETRY = 5  # seconds that a client is asked to wait


class Lanes:
    """Places for running queries, and how many may wait for one."""

    def __init__(self, *, quick: int, slow: int, waiting: int, per_client: int) -> None:
        """Give `quick` and `slow` places; `waiting` queries may wait in each lane."""
        self._free = {"quick": quick, "slow": slow}
        self._waiting: dict[str, deque[object]] = {"quick": deque(), "slow": deque()}
        self._most_waiting = waiting
        self._per_client = per_client
        self._clients: Counter[str] = Counter()
        self._slow_ones: OrderedDict[int, None] = OrderedDict()
        self._lock = threading.Lock()
        self._changed = {lane: threading.Condition(self._lock) for lane in self._free}  # nobody wakes in vain

    @contextmanager
    def quick(self, deadline: float) -> Iterator[None]:
        """Hold a place in the quick lane; raises `Problem` (429, 503)."""
        self._enter("quick", deadline)
        try:
            yield
        finally:
            self._leave("quick")

    def try_slow(self, client: str) -> bool:
        """Take a place in the slow lane if there is one and nobody waits for it."""
        with self._lock:
            free = self._free["slow"] > 0 and not self._waiting["slow"]
            if not free or self._clients[client] >= self._per_client:
                return False
            self._clients[client] += 1
            self._free["slow"] -= 1
            return True

    def enter_slow(self, client: str, deadline: float) -> None:
        """Take a place in the slow lane, to be given back by `leave_slow`; raises `Problem` (429, 503)."""
        with self._lock:
            if self._clients[client] >= self._per_client:
                raise busy(f"{self._per_client} long queries of yours are under way; wait for one to end")
            self._clients[client] += 1
        try:
            self._enter("slow", deadline)
        except Problem:
            self._forget(client)
            raise

    def leave_slow(self, client: str) -> None:
        """Give the place back."""
        self._forget(client)
        self._leave("slow")

    def know_slow_ones(self) -> bool:
        """Return whether any query was slow before."""
        return bool(self._slow_ones)

    def is_slow(self, query: int) -> bool:
        """Return whether the query with this hash was slow before."""
        with self._lock:
            return query in self._slow_ones

    def remember_slow(self, query: int) -> None:
        """Send the query with this hash to the slow lane at once, next time."""
        with self._lock:
            self._slow_ones[query] = None
            self._slow_ones.move_to_end(query)
            if len(self._slow_ones) > _REMEMBERED:
                self._slow_ones.popitem(last=False)

    def crowded(self) -> bool:
        """Return whether somebody waits for a quick place."""
        return bool(self._waiting["quick"])

    def counts(self) -> dict[str, int]:
        """Return how many places are free and how many queries wait, for the metrics."""
        with self._lock:
            return {f"{lane}_free": free for lane, free in self._free.items()} | {
                f"{lane}_waiting": len(waiting) for lane, waiting in self._waiting.items()
            }

    def _enter(self, lane: str, deadline: float) -> None:
        """Take a place in the order of arrival."""
        waiting, changed, ticket = self._waiting[lane], self._changed[lane], object()
        with self._lock:
            if self._free[lane] == 0 and len(waiting) >= self._most_waiting:
                raise busy(f"{self._most_waiting} queries are waiting already; try again later")
            waiting.append(ticket)
            left = max(0.0, deadline - time.monotonic())
            try:
                if not changed.wait_for(lambda: self._free[lane] > 0 and waiting[0] is ticket, left):
                    raise overdue("no place came free in time")
                self._free[lane] -= 1
            finally:
                waiting.remove(ticket)
                changed.notify_all()

    def _leave(self, lane: str) -> None:
        with self._lock:
            self._free[lane] += 1
            self._changed[lane].notify_all()

    def _forget(self, client: str) -> None:
        with self._lock:
            self._clients[client] -= 1
            if self._clients[client] <= 0:
                del self._clients[client]


def busy(detail: str) -> Problem:
    """Return the 429 for a client that asks too much at a time."""
    return Problem(429, detail, headers={"Retry-After": str(_RETRY)})


def overdue(detail: str) -> Problem:
    """Return the 503 for a query that had to be given up."""
    return Problem(503, detail, headers={"Retry-After": str(_RETRY)})
