"""A process of gunicorn that stays with a connection while requests come without a pause.

Gunicorn hands a connection back to the thread that waits for all of them after each request; between the two threads
the lock of the interpreter changes hands twice, which costs more than a small request does.
"""

import select
import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

_PAUSE = 2  # milliseconds to wait for the next request before the connection goes back
_COURTESY = 0.0002  # seconds a connection already held holds back from taking another
_MOST_COURTESY = 0.0006


class SteadyWorker(ThreadWorker):  # type: ignore[misc]
    """Answers one request after the other of a busy connection, and leaves new connections to idler processes."""

    def handle(self, conn: Any) -> Any:
        """Handle the request that is there, and those that follow at once; return whether to keep the connection."""
        kept = super().handle(conn)
        while kept is True and self.alive and self._follows(conn):
            kept = super().handle(conn)
        return kept

    def _follows(self, conn: Any) -> bool:
        """Tell whether the next request is here, or comes at once; nobody may wait for this thread meanwhile."""
        if self.tpool._work_queue.qsize():
            return False
        if conn.parser.unreader.buf.getvalue():
            return True
        waiting = select.poll()
        waiting.register(conn.sock, select.POLLIN)
        return bool(waiting.poll(_PAUSE))

    def accept(self, listener: Any) -> None:
        """Take a new connection, unless a process with fewer of them does so first."""
        if self.nr_conns and self.cfg.workers > 1:
            time.sleep(min(self.nr_conns * _COURTESY, _MOST_COURTESY))
        super().accept(listener)
