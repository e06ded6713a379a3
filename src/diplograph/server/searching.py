"""Searches for proofs, and for what would go with a rule, made by processes that can be ended.

What passes between server and process is pickled: both ends are this program, and nobody else has the pipe.
"""

import pickle
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from tempfile import mkdtemp

from diplograph.errors import DiplographError
from diplograph.pages.whatif import BusyError, Prepare, Question
from diplograph.server import frames
from diplograph.server.nursery import SEARCHES, Nursery
from diplograph.server.pool import Late, Worker, WorkerDied

_PLACES = 2  # searches at a time; each keeps a processor busy
_PATIENCE = 20.0  # seconds to wait for a place


class Searches:
    """Processes that search, at most `_PLACES` at a time; an idle one is used again."""

    def __init__(self, nursery: Nursery, timeout: float) -> None:
        """Give up a search after `timeout` seconds."""
        self._nursery = nursery
        self._timeout = timeout
        self._places = threading.BoundedSemaphore(_PLACES)
        self._idle: deque[Worker] = deque()

    def ask(self, question: Question, gone: Callable[[], bool] = lambda: False) -> object:
        """Return the answer to a question; raises `BusyError`, or `ClientGone` when nobody waits for it."""
        if not self._places.acquire(timeout=_PATIENCE):
            raise BusyError(f"{_PLACES} searches are under way; try again in a while")
        scratch = mkdtemp(prefix="diplograph-")
        worker = None
        try:
            worker = self._take()
            answer = self._answer(worker, question, scratch, gone)
            self._idle.append(worker)
            worker = None
        except (Late, WorkerDied) as error:
            raise BusyError(self._excuse(error)) from error
        finally:
            if worker is not None:
                worker.bury()
            shutil.rmtree(scratch, ignore_errors=True)
            self._places.release()
        return answer

    def warm(self) -> None:
        """Have a process ready before somebody asks."""
        with suppress(BusyError, DiplographError, OSError):
            self.ask(Prepare())

    def close(self) -> None:
        """End the idle processes."""
        while self._idle:
            self._idle.pop().bury()

    def _take(self) -> Worker:
        with suppress(IndexError):
            return self._idle.pop()
        worker = Worker(self._nursery, SEARCHES)
        worker.step_back()
        return worker

    def _answer(self, worker: Worker, question: Question, scratch: str, gone: Callable[[], bool]) -> object:
        deadline = time.monotonic() + self._timeout
        worker.send(frames.pack(frames.Kind.JOB, pickle.dumps((question, scratch))))
        kind, payload = worker.receive(deadline, gone)
        if kind is frames.Kind.ERROR:
            raise DiplographError(payload.decode())
        return pickle.loads(payload)  # noqa: S301  (from our own process)

    def _excuse(self, error: Exception) -> str:
        if isinstance(error, Late):
            return f"the search took longer than {self._timeout:g} seconds"
        return "the search needed more memory than it may have"
