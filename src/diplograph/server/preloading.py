"""Has each published graph taken into memory, and the workers exchanged for ones that have it there."""

import threading
import time
from collections.abc import Callable

from diplograph import store
from diplograph.server.nursery import Nursery

_LOOK = 0.5  # seconds between two looks at whether a graph was published, or is in memory by now
_CALM = 3.0  # seconds without another publication, after which loading one is worth it


class Preloader:
    """Watches a directory of graphs from a thread of its own."""

    def __init__(self, nursery: Nursery, renew: Callable[[], None]) -> None:
        """Have `renew` called whenever new workers would be faster."""
        self._nursery = nursery
        self._renew = renew
        self._asked: tuple[int, tuple[int, int]] | None = None  # of which zygote, for which graph
        self._stamp = store.stamp(nursery.directory)
        self._since = -_CALM
        self._done = False
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True, name="preloader")
        if nursery.in_memory:
            self._thread.start()

    @property
    def done(self) -> bool:
        """Whether nothing is still to be loaded."""
        return self._done or not self._nursery.in_memory

    def close(self) -> None:
        """Stop watching."""
        self._closed.set()
        if self._thread.is_alive():
            self._thread.join()

    def _watch(self) -> None:
        while not self._closed.wait(_LOOK):
            try:
                self._look()
            except OSError:  # the zygote has died; the next order starts another
                self._asked = None

    def _look(self) -> None:
        stamp = store.stamp(self._nursery.directory)
        if stamp != self._stamp:
            self._stamp, self._since, self._done = stamp, time.monotonic(), False
        wanted = self._nursery.hatched, stamp
        if wanted != self._asked and self._nursery.hatched:
            if time.monotonic() - self._since >= _CALM:
                self._done = False
                self._nursery.hold()
                self._asked = wanted
        elif self._asked is not None and not self._done:
            held = self._nursery.is_held()
            if held:
                self._renew()
            self._done = held is not None
