"""Connections that one thread serves in turn, for requests so small that a change of threads costs more."""

import selectors
import threading
import time
from contextlib import suppress
from typing import Any

_PAUSE = 0.1  # seconds to wait for the next request before connections go back
_STINT = 1.0  # seconds after which they go back all the same, so that those that fell silent are noticed


class Circle:
    """Any thread may add a connection; the thread that leads takes them, serves them and puts them back.

    Connections are those of gunicorn: `sock` is their socket.
    """

    def __init__(self) -> None:
        """Start with none, and nobody who leads."""
        self._resting: dict[int, Any] = {}
        self._served: int | None = None  # descriptor of the one that is taken
        self._taken = 0  # how many have been taken so far
        self._seen = 0  # how many had been at the last look
        self._leader: int | None = None
        self._until = 0.0
        self._selector = selectors.DefaultSelector()
        self._lock = threading.Lock()

    @property
    def led(self) -> bool:
        """Whether a thread serves the circle."""
        return self._leader is not None

    def add(self, connection: Any) -> bool:
        """Take in a connection; return whether the calling thread is to lead, as nobody does."""
        descriptor = connection.sock.fileno()
        with self._lock:
            self._selector.register(descriptor, selectors.EVENT_READ)
            self._resting[descriptor] = connection
            if self._leader is not None:
                return False
            self._leader, self._until = threading.get_ident(), time.monotonic() + _STINT
            return True

    def ready(self) -> list[int]:
        """Return the descriptors on which a request waits; none after a pause, or when the stint is over."""
        if not self._is_mine() or time.monotonic() > self._until:
            return []
        return [key.fd for key, _ in self._selector.select(_PAUSE)]

    def take(self, descriptor: int) -> Any:
        """Return a connection to serve, `None` when it has left; for the thread that leads."""
        with self._lock:
            if not self._is_mine() or descriptor not in self._resting:
                return None
            self._served = descriptor
            self._taken += 1
            return self._resting.pop(descriptor)

    def put_back(self, connection: Any, *, stays: bool) -> bool:
        """Take back the connection just served, or forget it; return whether it is in the circle."""
        with self._lock:
            if not self._is_mine() or self._served is None:
                return False
            descriptor, self._served = self._served, None
            if stays:
                self._resting[descriptor] = connection
            else:
                self._forget(descriptor)
            return stays

    def leave(self) -> list[Any]:
        """End the stint of the calling thread; return the connections there were."""
        with self._lock:
            return self._dissolve() if self._is_mine() else []

    def rescue(self) -> list[Any]:
        """Return the connections that wait while the same one is served as at the last look.

        The thread that serves it leads no longer. Looks, not seconds: on a busy machine both threads stand still.
        """
        with self._lock:
            late = self._served is not None and self._taken == self._seen
            self._seen = self._taken
            return self._dissolve() if late else []

    def _is_mine(self) -> bool:
        return self._leader == threading.get_ident()

    def _dissolve(self) -> list[Any]:
        for descriptor in self._resting:
            self._forget(descriptor)
        if self._served is not None:
            self._forget(self._served)
        left = list(self._resting.values())
        self._resting.clear()
        self._leader = self._served = None
        return left

    def _forget(self, descriptor: int) -> None:
        with suppress(OSError):  # it is closed already
            self._selector.unregister(descriptor)
