"""A process of gunicorn in which one thread stays with the connections that are answered at once.

Gunicorn hands a connection back to the thread that waits for all of them after each request; and two threads that
answer small requests take turns at the lock of the interpreter. Each change of hands costs more than such a request does.
So connections whose last request needed no waiting go into a circle that one thread serves, one request after
the other. Should a request keep that thread after all, the others of the circle are taken from it within two ticks.
"""

import select
import threading
import time
from concurrent.futures import Future
from typing import Any

from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

from diplograph.server.circle import Circle
from diplograph.server.endpoint import QUERY_RECORD, QueryRecord

_PAUSE = 2  # milliseconds to wait for the next request before the connection goes back
_TICK = 0.01  # seconds between two looks at whether one request keeps the others of the circle waiting
_COURTESY = 0.0002  # seconds a connection already held holds back from taking another
_MOST_COURTESY = 0.0006

_IN_CIRCLE = object()  # what is said of a connection that stays in the circle


class SteadyWorker(ThreadWorker):  # type: ignore[misc]
    """Answers small requests in one thread, others in one each, and leaves new connections to idler processes."""

    def init_process(self) -> None:
        """Make the circle in the process that serves, not in the one it is forked from."""
        self._circle = Circle()
        self._last = threading.local()
        super().init_process()

    def note(self, environ: dict[str, Any]) -> None:
        """Note whether the request that this thread has served was answered without waiting."""
        record: QueryRecord | None = environ.get(QUERY_RECORD)
        self._last.at_once = record is not None and record.at_once

    def handle(self, conn: Any) -> Any:
        """Handle the request that is there, and those that follow at once; return whether to keep the connection."""
        kept = self._handle(conn)
        while kept is True and self.alive:
            if self._fits(conn):
                if self._circle.add(conn):
                    self._lead()
                return _IN_CIRCLE
            if not self._follows(conn):
                break
            kept = self._handle(conn)
        return kept

    def finish_request(self, conn: Any, fs: Any) -> None:
        """Do with the connection as was found, unless the circle has it."""
        if fs.cancelled() or fs.exception() is not None or fs.result() is not _IN_CIRCLE:
            super().finish_request(conn, fs)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Wait, but no longer than a tick while a thread serves the circle: it may need to be relieved."""
        super().wait_for_and_dispatch_events(min(timeout, _TICK) if self._circle.led else timeout)
        for conn in self._circle.rescue():
            self.finish_request(conn, _done(kept=True))

    def accept(self, listener: Any) -> None:
        """Take a new connection, unless a process with fewer of them does so first."""
        if self.nr_conns and self.cfg.workers > 1:
            time.sleep(min(self.nr_conns * _COURTESY, _MOST_COURTESY))
        super().accept(listener)

    def _handle(self, conn: Any) -> Any:
        self._last.at_once = False
        return super().handle(conn)

    def _lead(self) -> None:
        """Serve the circle until it is quiet, or until this thread was relieved."""
        try:
            while self.alive and not self._others_wait() and (ready := self._circle.ready()):
                for descriptor in ready:
                    self._serve(descriptor)
        finally:
            for conn in self._circle.leave():
                self.method_queue.defer(self.finish_request, conn, _done(kept=True))

    def _serve(self, descriptor: int) -> None:
        """Serve one request of the circle; a connection that may not stay goes back to gunicorn."""
        conn = self._circle.take(descriptor)
        if conn is None:
            return
        kept = self._handle(conn)
        if not self._circle.put_back(conn, stays=kept is True and self._fits(conn)):
            self.method_queue.defer(self.finish_request, conn, _done(kept=kept is True))

    def _fits(self, conn: Any) -> bool:
        """Tell whether a connection belongs into the circle, after the request this thread has just served."""
        return bool(self._last.at_once) and not _is_read_ahead(conn) and not self._others_wait()

    def _follows(self, conn: Any) -> bool:
        """Tell whether the next request is here, or comes at once; nobody may wait for this thread meanwhile."""
        if self._others_wait():
            return False
        if _is_read_ahead(conn):
            return True
        waiting = select.poll()
        waiting.register(conn.sock, select.POLLIN)
        return bool(waiting.poll(_PAUSE))

    def _others_wait(self) -> bool:
        return bool(self.tpool._work_queue.qsize())


def _done(*, kept: bool) -> Future[bool]:
    """Return the outcome of a request as gunicorn wants it told."""
    outcome: Future[bool] = Future()
    outcome.set_result(kept)
    return outcome


def note(worker: SteadyWorker, _request: object, environ: dict[str, Any], _response: object) -> None:
    """Tell the worker what it has served; gunicorn calls this after each request."""
    worker.note(environ)


def _is_read_ahead(conn: Any) -> bool:
    """Tell whether the beginning of the next request was read with this one."""
    return bool(conn.parser.unreader.buf.getvalue())
