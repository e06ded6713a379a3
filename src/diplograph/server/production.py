"""The application under gunicorn: several processes, for a server that many use."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from diplograph.server.answers import QueryEngine
from diplograph.server.application import create_app, warm
from diplograph.server.settings import Settings
from diplograph.server.steady import SteadyWorker, note

_GRACE = 10  # seconds that requests under way get when the server is asked to end


class _Application(BaseApplication):  # type: ignore[misc]
    """What gunicorn calls in each of its processes."""

    def __init__(self, make: Callable[[], Any], options: dict[str, Any]) -> None:
        self._make = make
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self._make()


def _close_engine(_: object, worker: Any) -> None:
    """End the query workers of a process that ends."""
    engine: QueryEngine | None = getattr(worker.wsgi, "extensions", {}).get("diplograph")
    if engine is not None:
        engine.close()


def run(source: Path | str, host: str, port: int, settings: Settings) -> None:
    """Serve until interrupted, with `settings.processes` processes of `settings.threads` threads each."""
    options = {
        "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "workers": settings.processes,
        "threads": settings.threads,
        "worker_class": SteadyWorker,
        "keepalive": 30,
        "timeout": 0,  # queries have a timeout of their own
        "graceful_timeout": _GRACE,
        "limit_request_line": 0,
        "worker_exit": _close_engine,
        "post_request": note,
        "proc_name": "diplograph",
        "accesslog": None,
    }

    def make() -> Flask:
        app = create_app(source, base_url=None, settings=settings)
        warm(app)
        return app

    _Application(make, options).run()
