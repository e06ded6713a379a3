"""Query workers as the server sees them: started ahead of need, spoken to with a deadline, killed if late."""

import json
import os
import queue
import select
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from diplograph.server import frames
from diplograph.server.frames import Kind
from diplograph.server.nursery import QUERIES, Nursery

_PIPE = 1 << 20  # bytes that a worker may be ahead of us
_TICK = 0.25  # seconds between two looks at whether the client is still there
_SET_PIPE_SIZE = 1031  # F_SETPIPE_SZ of fcntl(2)
_NICENESS = 10
_CPU_CLOCK = 2  # CPUCLOCK_SCHED of a process, in the low bits of its clock's id


class WorkerDied(Exception):  # noqa: N818
    """The process ended in the middle of a query: out of memory, or killed."""


class Late(Exception):  # noqa: N818
    """The moment given has passed and nothing has come."""


class ClientGone(Exception):  # noqa: N818
    """Nobody waits for the answer any more."""


class Worker:
    """A query worker and the pipes to it. Used by one thread at a time; `kill` may come from any."""

    def __init__(self, nursery: Nursery, kind: bytes = QUERIES) -> None:
        """Have the process started; raises `OSError`."""
        self._nursery = nursery
        self.child = nursery.start(kind)
        _widen(self.child.out)
        self._poll = select.poll()
        self._poll.register(self.child.out, select.POLLIN)
        self._assembler = frames.Assembler()
        self._polite = False
        self.isolated = False
        self.epoch = 0

    def wait_ready(self, timeout: float) -> None:
        """Wait until the graph is open; raises `WorkerDied` or `Late`."""
        _, payload = self.receive(time.monotonic() + timeout)
        self.isolated = bool(json.loads(payload)["isolated"])

    def send(self, message: bytes) -> None:
        """Hand over a job; raises `WorkerDied`."""
        if any(event & select.POLLHUP for _, event in self._poll.poll(0)):
            raise WorkerDied
        try:
            frames.write_all(self.child.to, message)
        except OSError as error:
            raise WorkerDied from error

    def receive(self, deadline: float, gone: Callable[[], bool] | None = None) -> tuple[Kind, bytes]:
        """Return the next frame; raises `Late` at the deadline, `ClientGone` or `WorkerDied`."""
        while (frame := self._assembler.next()) is None:
            self._wait(deadline, gone)
            piece = os.read(self.child.out, _PIPE)
            if not piece:
                raise WorkerDied
            self._assembler.feed(piece)
        return frame

    def _wait(self, deadline: float, gone: Callable[[], bool] | None) -> None:
        while True:
            left = deadline - time.monotonic()
            if self._poll.poll(max(0.0, min(left, _TICK)) * 1000):
                return
            if left <= 0:
                raise Late
            if gone is not None and gone():
                raise ClientGone

    def worked(self) -> float:
        """Return the seconds of processor time it has taken so far; elsewhere than on Linux, of any time."""
        if sys.platform.startswith("linux"):
            with suppress(OSError):
                return time.clock_gettime((~self.child.pid << 3) | _CPU_CLOCK)
        return time.monotonic()

    def step_back(self) -> None:
        """Let quick queries go first, and leave a processor to them where there are several; cannot be undone."""
        if not self._polite:
            self._polite = True
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self.child.pid, _NICENESS)
                _leave_a_processor(self.child.pid)

    @property
    def polite(self) -> bool:
        """Whether it has stepped back."""
        return self._polite

    def kill(self) -> None:
        """End the process at once; whoever waits for an answer gets `WorkerDied`."""
        self._nursery.kill(self.child)

    def bury(self) -> None:
        """End the process and give back what it held."""
        self._nursery.bury(self.child)


def _leave_a_processor(pid: int) -> None:
    """Keep a process off the first processor: priority alone lets others wait for the rest of its slice of time."""
    if sys.platform.startswith("linux"):
        processors = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(pid, processors[1:] or processors)


def _widen(pipe: int) -> None:
    if sys.platform.startswith("linux"):
        import fcntl  # noqa: PLC0415

        with suppress(OSError):
            fcntl.fcntl(pipe, _SET_PIPE_SIZE, _PIPE)


class Pool:
    """Idle workers. A thread of its own starts and buries them, so that no query waits for that."""

    def __init__(
        self, start: Callable[[], Worker], spare: int, polite: int, closed: Callable[[], None]
    ) -> None:
        """Keep `spare` workers ready that `start` makes, and at most `polite` that have stepped back.

        `closed` is called when all have ended.
        """
        self._most_polite = polite
        self._ended = closed
        self._start = start
        self._spare = spare
        self._idle: queue.LifoQueue[Worker] = queue.LifoQueue()  # the last one used is the fastest
        self._polite: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        self._orders: queue.SimpleQueue[Worker | None] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._epoch = 0
        self.network = "unknown"
        self._thread = threading.Thread(target=self._nurse, daemon=True, name="nursery")
        for _ in range(spare):
            self._orders.put(None)
        self._thread.start()

    def take(self, deadline: float) -> Worker:
        """Return an idle worker; raises `Late`."""
        try:
            return self._idle.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty as error:
            raise Late from error

    def take_polite(self, deadline: float) -> Worker:
        """Return an idle worker that lets others go first; raises `Late`."""
        try:
            return self._polite.get_nowait()
        except queue.Empty:
            worker = self.take(deadline)
            self._orders.put(None)
            worker.step_back()
            return worker

    def replace(self, worker: Worker) -> None:
        """Have a new worker started in the place of one that goes on with a long query."""
        worker.step_back()
        self._orders.put(None)

    def give_back(self, worker: Worker) -> None:
        """Take a worker back that has finished its query."""
        if self._closed.is_set():
            worker.bury()
        elif worker.epoch != self._epoch:
            self._retire(worker)
        elif not worker.polite:
            self._idle.put(worker)
        elif self._polite.qsize() < self._most_polite:
            self._polite.put(worker)
        else:
            self._orders.put(worker)

    def renew(self) -> None:
        """Exchange all workers for new ones, those that are busy when they have finished."""
        self._epoch += 1
        for waiting in (self._idle, self._polite):
            with suppress(queue.Empty):
                for _ in range(waiting.qsize()):
                    self.give_back(waiting.get_nowait())

    def discard(self, worker: Worker) -> None:
        """End a worker, whatever it is doing, and have another started unless one has been already."""
        worker.kill()
        self._retire(worker)

    def _retire(self, worker: Worker) -> None:
        self._orders.put(worker)
        if not worker.polite:
            self._orders.put(None)

    def close(self) -> None:
        """End all idle workers and wait until they have gone."""
        self._closed.set()
        self._orders.put(None)
        self._thread.join()
        self._ended()

    def _nurse(self) -> None:
        while not self._closed.is_set():
            order = self._orders.get()
            if order is not None:
                order.bury()
            elif not self._closed.is_set():
                self._hatch()
        for waiting in (self._idle, self._polite, self._orders):
            while not waiting.empty():
                worker = waiting.get()
                if worker is not None:
                    worker.bury()

    def _hatch(self) -> None:
        epoch = self._epoch
        try:
            worker = self._start()
        except OSError:
            self._try_later()
            return
        worker.epoch = epoch
        try:
            worker.wait_ready(timeout=30.0)
            self.network = "none" if worker.isolated else "open"
            self._idle.put(worker)
        except (WorkerDied, Late):
            worker.bury()
            self._try_later()

    def _try_later(self) -> None:
        """No graph yet, or no memory: try again, but not in haste."""
        if not self._closed.wait(1.0):
            self._orders.put(None)
