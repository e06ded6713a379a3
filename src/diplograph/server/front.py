"""The outermost layer: endpoint and graph store without a framework in between, everything else to the pages.

Adds to every answer what all of them carry, writes the access log, and keeps count.
"""

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from diplograph.server.compression import compress
from diplograph.server.endpoint import QUERY_RECORD, QueryRecord
from diplograph.server.metrics import Metrics
from diplograph.server.pool import ClientGone
from diplograph.server.problems import Problem
from diplograph.server.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ACCESS = logging.getLogger("diplograph.access")
SLOW = logging.getLogger("diplograph.slow")
LOG = logging.getLogger(__name__)
CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_EXPOSED = "Content-Location, ETag, Link, Location, Retry-After, X-Version"
_ACCEPTED = "Accept, Authorization, Content-Type, If-None-Match"
GONE = 499  # nobody waits for the answer; seen in the log only


@dataclass(frozen=True)
class Routes:
    """What answers below the pages. Each raises `Problem`; `show_problem` makes one an answer."""

    sparql: Callable[[Request], Response]
    graphs: Callable[[Request, str], Response]
    show_problem: Callable[[Request, Problem], Response]


class Front:
    """A WSGI application around the one that makes the pages."""

    def __init__(
        self, pages: "WSGIApplication", routes: Routes, metrics: Metrics, settings: Settings
    ) -> None:
        """Send to `routes` what is theirs and to `pages` what is left."""
        self._pages = pages
        self._routes = routes
        self._metrics = metrics
        self._settings = settings

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        started = time.perf_counter()
        request = Request(environ)
        kind, response = self._answer(request)
        body: Iterable[bytes] | None = None
        if kind == "sparql":
            body = _sent(request, response, start_response)
        if body is None:
            _finish(request, response)
            body = response(environ, start_response)
        return _Observed(body, lambda size: self._over(request, kind, response, started, size))

    def _answer(self, request: Request) -> tuple[str, Response]:
        path = request.path.rstrip("/")
        if request.method == "OPTIONS":
            return "options", _preflight(path)
        if path == "/sparql":
            request.max_content_length = self._settings.max_request
            return "sparql", self._guarded(request, self._routes.sparql)
        if path == "/graphs" or path.startswith("/graphs/"):
            request.max_content_length = self._settings.max_upload
            rest = path.removeprefix("/graphs")
            return "graphs", self._guarded(request, lambda each: self._routes.graphs(each, rest))
        return "pages", Response.from_app(self._pages, request.environ)

    def _guarded(self, request: Request, answer: Callable[[Request], Response]) -> Response:
        try:
            return answer(request)
        except Problem as problem:
            return self._routes.show_problem(request, problem)
        except HTTPException as error:
            status = error.code or 500
            return self._routes.show_problem(
                request, Problem(status, error.description or "the request is faulty")
            )
        except ClientGone:
            return Response(status=GONE)
        except Exception:
            LOG.exception("an error of ours while answering %s %s", request.method, request.path)
            return self._routes.show_problem(request, Problem(500, "an error of ours; it has been logged"))

    def _over(self, request: Request, kind: str, response: Response, started: float, size: int) -> None:
        """Count and log a request whose last byte has been given to the server."""
        seconds = time.perf_counter() - started
        record = request.environ.get(QUERY_RECORD)
        cached = isinstance(record, QueryRecord) and record.cached
        self._metrics.count(kind, response.status_code, seconds, size, cached=cached)
        if ACCESS.isEnabledFor(logging.INFO):
            ACCESS.info(json.dumps(_entry(request, response, seconds, size, record)))
        if isinstance(record, QueryRecord) and seconds > self._settings.slow_log:
            SLOW.warning(json.dumps({"seconds": round(seconds, 3), "query": record.text}))


class _Observed:
    """A body that tells when it is over."""

    def __init__(self, body: Iterable[bytes], over: Callable[[int], None]) -> None:
        self._body = body
        self._over = over
        self._size = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._body:
            self._size += len(piece)
            yield piece

    def close(self) -> None:
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            self._over(self._size)


def _entry(request: Request, response: Response, seconds: float, size: int, record: object) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "client": request.remote_addr,
        "method": request.method,
        "path": request.path,
        "status": response.status_code,
        "seconds": round(seconds, 4),
        "bytes": size,
    }
    if isinstance(record, QueryRecord):
        entry["query"] = blake2b(record.text.encode(), digest_size=8).hexdigest()
        entry["rows"] = record.rows
        entry["cached"] = record.cached
    return entry


def _preflight(path: str) -> Response:
    """Answer OPTIONS for every address, with what a browser's script may do there."""
    allowed = "GET, HEAD, OPTIONS"
    if path == "/sparql":
        allowed = "GET, HEAD, OPTIONS, POST"
    elif path.startswith("/graphs"):
        allowed = "DELETE, GET, HEAD, OPTIONS, POST, PUT"
    elif path.startswith("/queries"):
        allowed = "DELETE, GET, HEAD, OPTIONS"
    response = Response(status=204)
    response.headers["Allow"] = allowed
    response.headers["Access-Control-Allow-Methods"] = allowed
    response.headers["Access-Control-Allow-Headers"] = _ACCEPTED
    response.headers["Access-Control-Max-Age"] = "86400"
    return response


_VARY = ("Vary", "Accept, Accept-Encoding")
_OF_ALL = [
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", _EXPOSED),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
]


def _sent(request: Request, response: Response, start_response: "StartResponse") -> list[bytes] | None:
    """Send a small answer to a query without the detours that others need; `None` for what is another."""
    whole = response.response
    if (
        response.status_code != HTTPStatus.OK
        or request.method == "HEAD"
        or not isinstance(whole, list)
        or "HTTP_ACCEPT_ENCODING" in request.environ
        or response.content_type == "text/html; charset=utf-8"
    ):
        return None
    body = b"".join(whole)
    response.headers["Content-Length"] = str(len(body))
    start_response("200 OK", [*response.headers.to_wsgi_list(), *_OF_ALL, _VARY])
    return [body]


def _finish(request: Request, response: Response) -> None:
    response.headers.extend(_OF_ALL)
    if response.mimetype == "text/html":
        response.headers["Content-Security-Policy"] = CONTENT_POLICY
    response.headers[_VARY[0]] = _VARY[1]
    compress(request, response)
