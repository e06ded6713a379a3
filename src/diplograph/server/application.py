"""The application: the routes put together, errors made readable, headers that every answer carries."""

import logging
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

from flask import Flask, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from diplograph.server import endpoint, library, pages
from diplograph.server.formats import Format
from diplograph.server.graphs import LocalGraph
from diplograph.server.problems import Problem
from diplograph.server.settings import Settings

LOG = logging.getLogger(__name__)
_CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def create_app(directory: Path, *, base_url: str | None, settings: Settings) -> Flask:
    """Return the application over the published graph of `directory`; `StoreError` when there is none."""
    settings = replace(settings, base_url=base_url or settings.base_url)
    graph = LocalGraph(directory)
    examples = library.examples()
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_request
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.register_blueprint(endpoint.blueprint(graph, examples, _no_description))
    app.register_blueprint(pages.blueprint(graph, examples))
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)
    app.before_request(_preflight)
    app.after_request(_headers)
    return app


def serve(directory: Path, host: str, port: int, settings: Settings) -> None:
    """Serve until interrupted."""
    import waitress  # type: ignore[import-untyped]  # noqa: PLC0415

    waitress.serve(create_app(directory, base_url=None, settings=settings), host=host, port=port, threads=16)


def _no_description(_: Format) -> bytes:
    return b""


def _preflight() -> Response | None:
    """Answer OPTIONS for every address, with what a browser's script may do there."""
    if request.method != "OPTIONS":
        return None
    response = make_response("", HTTPStatus.NO_CONTENT)
    allowed = ", ".join(sorted(_allowed_methods()))
    response.headers["Allow"] = allowed
    response.headers["Access-Control-Allow-Methods"] = allowed
    response.headers["Access-Control-Allow-Headers"] = "Accept, Authorization, Content-Type, If-None-Match"
    response.headers["Access-Control-Max-Age"] = "86400"
    return response


def _allowed_methods() -> set[str]:
    if request.url_rule is None or request.url_rule.methods is None:
        return {"GET", "HEAD", "OPTIONS"}
    return set(request.url_rule.methods) | {"OPTIONS"}


def _headers(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = (
        "Content-Location, ETag, Link, Location, Retry-After, X-Query-Id"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    if response.mimetype == "text/html":
        response.headers["Content-Security-Policy"] = _CONTENT_POLICY
    if "Vary" not in response.headers:
        response.headers["Vary"] = "Accept"
    return response


def _problem(problem: Problem) -> Response:
    offered = ["application/problem+json", "application/json", "text/html"]
    if request.accept_mimetypes.best_match(offered) == "text/html":
        response = make_response(render_template("problem.html", problem=problem), problem.status)
    else:
        response = Response(problem.body(), problem.status, content_type="application/problem+json")
    response.headers.extend(problem.headers)
    return response


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if 300 <= status < 400:
        return make_response(error.get_response())
    headers = {}
    if isinstance(allowed := getattr(error, "valid_methods", None), (list, tuple, set)):
        headers["Allow"] = ", ".join(sorted(allowed))
    return _problem(Problem(status, error.description or HTTPStatus(status).phrase, headers=headers))


def _unexpected(error: Exception) -> Response:
    LOG.error("an error of ours while answering %s %s", request.method, request.path, exc_info=error)
    return _problem(Problem(500, "an error of ours; it has been logged"))
