"""The graph on the web: a SPARQL endpoint, and a page for everything that has an IRI.

Query workers import this package many times a day, so what is heavy (Flask) is imported when called for.
"""

import socket
from pathlib import Path
from typing import TYPE_CHECKING

from diplograph.errors import InputError
from diplograph.server.settings import Settings

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["Settings", "create_app", "publish_description", "require_free", "serve"]


def create_app(
    source: Path | str, *, base_url: str | None = None, settings: Settings | None = None
) -> "Flask":
    """Return the WSGI application that serves a graph.

    `source` is the directory of the graph (as `diplograph build -o` left it), or the URL of a SPARQL endpoint to
    pass queries on to. `base_url` is where the public sees this server, when that is not what requests say.
    Raises `StoreError` when there is no graph.
    """
    from diplograph.server.application import create_app as create  # noqa: PLC0415

    return create(source, base_url=base_url, settings=settings or Settings())


def serve(
    source: Path | str, host: str = "127.0.0.1", port: int = 8000, *, settings: Settings | None = None
) -> None:
    """Serve a graph (see `create_app`) until interrupted."""
    from diplograph.server.application import serve as run  # noqa: PLC0415

    run(source, host, port, settings or Settings())


def require_free(host: str, port: int) -> None:
    """Raise InputError where something else listens already."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise InputError(
                f"cannot serve on {host}, port {port}: {error.strerror}; choose another with --port"
            ) from error


def publish_description(directory: Path) -> None:
    """Write into graph:meta of a built graph what tools look for: VoID, example queries, prefixes.

    The server gives the same at `/.well-known/void` and `/.well-known/sparql-examples` without it; in the graph
    it can be found by SPARQL. What a former call wrote is replaced. Raises `StoreError`.
    """
    from diplograph import store  # noqa: PLC0415
    from diplograph.server.metadata import write_description  # noqa: PLC0415

    with store.writing(directory) as writer:
        write_description(writer.store)
        writer.publish()
