"""Who asks, and whether they still listen."""

import hmac
import ipaddress
import select
import socket
from collections.abc import Callable
from contextlib import suppress

from werkzeug.wrappers import Request

from diplograph.server.problems import Problem

Environ = dict[str, object]


def client_of(request: Request) -> str:
    """Return the address of the client."""
    return request.remote_addr or ""


def departure(environ: Environ) -> Callable[[], bool]:
    """Return a function that tells whether the client has hung up, as far as the HTTP server lets us know."""
    asked = environ.get("waitress.client_disconnected")
    if callable(asked):
        return lambda: bool(asked())
    connection = environ.get("gunicorn.socket") or environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        return lambda: _hung_up(connection)
    return lambda: False


def _hung_up(connection: socket.socket) -> bool:
    """Return whether the other end has closed; what it has sent meanwhile (a next request) is left alone."""
    with suppress(OSError, ValueError):
        readable, _, _ = select.select([connection], [], [], 0)
        return bool(readable) and connection.recv(1, socket.MSG_PEEK) == b""
    return True


def authorize(request: Request, token: str | None) -> None:
    """Raise `Problem` (401, 403) unless the client may write.

    It must hold the token. Where none is set, it must be on this machine, and no page of another site may
    have sent it: a browser would lend that page its place.
    """
    if token is None:
        if not _is_loopback(request.remote_addr) or "X-Forwarded-For" in request.headers:
            raise Problem(
                403, "only clients on the server's machine may do this; set DIPLOGRAPH_TOKEN for others"
            )
        _refuse_other_sites(request)
        return
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
        raise Problem(
            401,
            "this needs the header 'Authorization: Bearer TOKEN' with the server's token",
            headers={"WWW-Authenticate": 'Bearer realm="diplograph"'},
        )


def _refuse_other_sites(request: Request) -> None:
    host = request.host.rpartition(":")[0] or request.host
    if not (host == "localhost" or _is_loopback(host.strip("[]"))):
        raise Problem(
            403, f"this server was called by the name {host!r}; writing needs its address on this machine"
        )
    origin = request.headers.get("Origin")
    if origin is not None and origin != request.host_url.rstrip("/"):
        raise Problem(403, f"a page of {origin} may not write here")


def _is_loopback(address: str | None) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(address or "").is_loopback
    return False
