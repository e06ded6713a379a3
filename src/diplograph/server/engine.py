"""Queries run in worker processes: started, watched, streamed, ended in time."""

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from diplograph.server.answers import Answer, Cut, Running
from diplograph.server.evaluation import Job, Malformed, NotAcceptable
from diplograph.server.frames import Kind
from diplograph.server.lanes import Lanes, overdue
from diplograph.server.pool import ClientGone, Late, Pool, Worker, WorkerDied
from diplograph.server.preloading import Preloader
from diplograph.server.problems import Problem
from diplograph.server.tokens import tokens
from diplograph.server.worker import as_message

WHOLE = 65536  # bytes up to which an answer is waited for and sent in one piece
_HASTE = 0.02  # seconds of patience when others wait for a quick place
_LONG = 10_000  # characters of a query that is known again only as it is
_LIVES = 3  # workers that may die at once under a query before it is blamed
_LONGEST_LOOK = 10  # times the patience, when the worker gets little of the processor


class Engine:
    """Answers queries out of a pool of workers."""

    def __init__(
        self, pool: Pool, lanes: Lanes, preloader: Preloader, *, timeout: float, patience: float
    ) -> None:
        """Give up a query after `timeout` seconds; take it for slow after `patience`."""
        self._pool = pool
        self._preloader = preloader
        self._lanes = lanes
        self.timeout = timeout
        self._patience = patience
        self._running: dict[str, Running] = {}
        self._ids = itertools.count(1)
        self._lock = threading.Lock()

    def answer(
        self,
        job: Job,
        client: str = "",
        gone: Callable[[], bool] = lambda: False,
        timeout: float | None = None,
    ) -> Answer:
        """Return the answer, as soon as it is whole or has begun.

        Raises `Malformed`, `NotAcceptable`, `ClientGone`, or `Problem` (429, 503). Once it has begun,
        `coming` raises `Cut` when the rest cannot be had; whoever stops reading must close it.
        """
        allowed = min(timeout or self.timeout, self.timeout)
        running = Running(str(next(self._ids)), client, job.text, time.monotonic(), allowed, gone)
        with self._lock:
            self._running[running.id] = running
        try:
            found = self._quickly(job, running) or self._slowly(job, running)
        except BaseException:
            self._end(running)
            raise
        if found.whole is not None:
            self._end(running)
        return found

    def running(self) -> tuple[Running, ...]:
        """Return the queries under way, oldest first."""
        with self._lock:
            return tuple(self._running.values())

    def places(self) -> dict[str, int]:
        """Return how many places are free, and how many queries wait for one."""
        return self._lanes.counts()

    def network(self) -> str:
        """Return what network workers can reach: `none`, `open`, or `unknown` before the first is up."""
        return self._pool.network

    def loading(self) -> bool:
        """Return whether the graph is still on its way into memory."""
        return not self._preloader.done

    def cancel(self, query: str) -> bool:
        """End a query; return whether there was one of that id."""
        with self._lock:
            running = self._running.get(query)
        if running is None:
            return False
        running.cancelled = True
        if running.worker is not None:
            running.worker.kill()
        return True

    def close(self) -> None:
        """End all workers."""
        for running in self.running():
            self.cancel(running.id)
        self._preloader.close()
        self._pool.close()

    def _quickly(self, job: Job, running: Running) -> Answer | None:
        """Answer in the quick lane; `None` when the query is slow and there is no place for it yet."""
        if self._is_slow(job):
            return None
        with self._lanes.quick(running.deadline):
            if self._is_slow(job):  # found out by its like, while it waited
                return None
            progress = self._begin(self._pool.take, job, running)
            try:
                self._look(progress)
            except WorkerDied as death:
                if running.cancelled:
                    raise _lost(running) from death
                return None  # it may have died before: the query has one more chance
            if progress.ended:
                return self._finish(progress, lambda: None)
            self._lanes.remember_slow(_key(job))  # next time it need not be found out
            if not self._lanes.try_slow(running.client):
                self._pool.discard(progress.worker)
                return None
            self._pool.replace(progress.worker)
        return self._finish(progress, lambda: self._lanes.leave_slow(running.client))

    def _is_slow(self, job: Job) -> bool:
        return self._lanes.know_slow_ones() and self._lanes.is_slow(_key(job))

    def _look(self, progress: "_Progress") -> None:
        """Read for as long as a query may take that is not slow.

        That is a time of work: on a busy machine a worker may have to wait for the processor.
        """
        worker, deadline = progress.worker, progress.running.deadline
        begun, end = worker.worked(), min(deadline, time.monotonic() + _LONGEST_LOOK * self._patience)
        while True:
            with suppress(Late):
                self._advance(progress, min(end, time.monotonic() + _HASTE))
            if progress.ended or progress.size > WHOLE or time.monotonic() >= end:
                return
            patience = _HASTE if self._lanes.crowded() else self._patience
            if worker.worked() - begun >= patience:
                return

    def _slowly(self, job: Job, running: Running) -> Answer:
        self._lanes.enter_slow(running.client, running.deadline)
        progress = None
        try:
            progress = self._survivor(job, running)
        finally:
            if progress is None:
                self._lanes.leave_slow(running.client)
        return self._finish(progress, lambda: self._lanes.leave_slow(running.client))

    def _survivor(self, job: Job, running: Running) -> "_Progress":
        """Hand the query to a worker that is not dying already, of something else than this query."""
        for attempt in range(1, _LIVES + 1):
            progress = self._begin(self._pool.take_polite, job, running)
            try:
                self._advance(progress, min(running.deadline, time.monotonic() + self._patience))
            except Late:
                break
            except WorkerDied as death:
                if running.cancelled or attempt == _LIVES:
                    raise _lost(running) from death
            else:
                break
        return progress

    def _begin(self, take: Callable[[float], Worker], job: Job, running: Running) -> "_Progress":
        """Hand the query to a worker; one that died while idle is replaced by the next."""
        while True:
            try:
                worker = take(running.deadline)
            except Late as late:
                raise overdue("no query worker came free in time") from late
            running.worker = worker
            if running.cancelled:
                worker.kill()
            try:
                worker.send(as_message(job))
            except WorkerDied:
                self._pool.discard(worker)
                if running.cancelled:
                    raise _lost(running) from None
            else:
                return _Progress(worker, running)

    def _advance(self, progress: "_Progress", until: float) -> None:
        """Read until the answer is whole or too long for one piece; raises `Late`, or what ends the query."""
        worker, running = progress.worker, progress.running
        try:
            while not progress.ended and progress.size <= WHOLE:
                progress.take(*worker.receive(until, running.unwanted))
        except (WorkerDied, ClientGone) as error:
            self._pool.discard(worker)
            if isinstance(error, ClientGone) and running.cancelled:
                raise WorkerDied from error
            raise
        except (Malformed, NotAcceptable, Problem):
            self._pool.give_back(worker)
            raise

    def _finish(self, progress: "_Progress", leave: Callable[[], None]) -> Answer:
        """Read on until the deadline; return the whole answer, or the beginning of one that is coming."""
        begun = False
        try:
            self._advance(progress, progress.running.deadline)
            begun = not progress.ended
        except WorkerDied as death:
            raise _lost(progress.running) from death
        except Late as late:
            self._pool.discard(progress.worker)
            raise overdue(f"the query took longer than {_span(progress.running)} seconds") from late
        finally:
            if not begun:
                leave()
        header = progress.header
        if begun:
            return Answer(
                header["written"], header["tag"], None, Coming(progress, lambda: self._done(progress, leave))
            )
        self._pool.give_back(progress.worker)
        return Answer(header["written"], header["tag"], b"".join(progress.pieces), rows=progress.rows)

    def _done(self, progress: "_Progress", leave: Callable[[], None]) -> None:
        """Take back the worker of a stream that has ended, kill that of one that has not."""
        if progress.ended:
            self._pool.give_back(progress.worker)
        else:
            self._pool.discard(progress.worker)
        leave()
        self._end(progress.running)

    def _end(self, running: Running) -> None:
        with self._lock:
            self._running.pop(running.id, None)


class _Progress:
    """How far the answer of a worker has come."""

    def __init__(self, worker: Worker, running: Running) -> None:
        self.worker = worker
        self.running = running
        self.header: dict[str, str] = {}
        self.pieces: list[bytes] = []
        self.size = 0
        self.ended = False
        self.rows: int | None = None

    def take(self, kind: Kind, payload: bytes) -> None:
        """Take a frame; raises what an ERROR frame says."""
        if kind is Kind.HEADER:
            self.header = json.loads(payload)
        elif kind is Kind.DATA:
            self.pieces.append(payload)
            self.size += len(payload)
        elif kind is Kind.END:
            self.ended = True
            self.rows = json.loads(payload)["rows"]
        else:
            raise _failure(json.loads(payload))


class Coming:
    """The rest of an answer. Closing it early ends the query; it must be closed."""

    def __init__(self, progress: _Progress, done: Callable[[], None]) -> None:
        """Give what `progress` has and will have; call `done` once, at the end."""
        self._progress = progress
        self._done = done
        self._open = True

    def __iter__(self) -> Iterator[bytes]:
        """Return itself."""
        return self

    def __next__(self) -> bytes:
        """Return the next piece; raises `Cut` when there will be no end."""
        progress = self._progress
        while not progress.pieces:
            if progress.ended or not self._open:
                raise StopIteration
            self._read()
        piece = b"".join(progress.pieces)
        progress.pieces.clear()
        return piece

    def _read(self) -> None:
        progress = self._progress
        try:
            progress.take(*progress.worker.receive(progress.running.deadline))
        except (Late, WorkerDied, Malformed, NotAcceptable, Problem) as error:
            self.close()
            raise Cut(f"the answer to query {progress.running.id} was cut: {error!r}") from error

    @property
    def rows(self) -> int | None:
        """How many solutions or triples there were, where known."""
        return self._progress.rows

    def close(self) -> None:
        """Give back the worker."""
        if self._open:
            self._open = False
            self._done()


def _failure(described: dict[str, str]) -> Exception:
    kind, message = described["kind"], described["message"]
    if kind == "malformed":
        return Malformed(message)
    if kind == "not acceptable":
        return NotAcceptable(message)
    return Problem(500, f"the query failed: {message}")


def _lost(running: Running) -> Problem:
    if running.cancelled:
        return overdue("the query was ended by the operator")
    return overdue("the query needed more memory than it may have")


def _span(running: Running) -> str:
    return f"{running.timeout:g}"


def _key(job: Job) -> int:
    """Return the same number for queries that differ in white space and comments only."""
    text = job.text
    words = tuple(token.text for token in tokens(text)) if len(text) < _LONG else (text,)
    return hash((words, job.default_graphs, job.named_graphs))
