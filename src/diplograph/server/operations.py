"""For operators and robots: is it alive, what is it doing; and the documents that tools look for."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from flask import Blueprint, Response, jsonify, request

from diplograph.errors import StoreError
from diplograph.server.answers import QueryEngine
from diplograph.server.clients import authorize
from diplograph.server.formats import GRAPHS, HTML, negotiate, not_acceptable
from diplograph.server.graphs import Graph
from diplograph.server.metrics import Metrics
from diplograph.server.problems import Problem
from diplograph.server.rdf import Thing, write
from diplograph.server.settings import Settings

_DOCUMENTS = tuple(each for each in GRAPHS if each.name != HTML)
Describe = Callable[[str], Sequence[Thing]]  # from the address of the server to what is said of it


@dataclass(frozen=True)
class Watched:
    """What the operator looks at."""

    graph: Graph
    engine: QueryEngine
    metrics: Metrics
    settings: Settings
    void: Describe
    partitions: Describe
    examples: Describe


def blueprint(watched: Watched) -> Blueprint:
    """Return the routes `/health`, `/ready`, `/metrics`, `/queries`, `/robots.txt` and `/.well-known/...`."""
    routes = Blueprint("operations", __name__)

    @routes.get("/health")
    def health() -> Response:
        return jsonify(status="up")

    @routes.get("/ready")
    def ready() -> Response:
        return _ready(watched)

    @routes.get("/metrics")
    def metrics() -> Response:
        return Response(watched.metrics.text(_gauges(watched)), content_type="text/plain; version=0.0.4")

    @routes.get("/queries")
    def queries() -> Response:
        authorize(request, watched.settings.token)
        return jsonify(_running(watched.engine))

    @routes.delete("/queries/<query>")
    def cancel(query: str) -> Response:
        authorize(request, watched.settings.token)
        if not watched.engine.cancel(query):
            raise Problem(404, f"no query {query!r} is under way")
        return Response(status=204)

    @routes.get("/robots.txt")
    def robots() -> Response:
        return Response("User-agent: *\nDisallow: /sparql\nDisallow: /graphs\n", content_type="text/plain")

    @routes.get("/.well-known/void")
    def void() -> Response:
        return _document(watched.void, watched.settings)

    @routes.get("/.well-known/void/partitions")
    def partitions() -> Response:
        return _document(watched.partitions, watched.settings)

    @routes.get("/.well-known/sparql-examples")
    def examples() -> Response:
        return _document(watched.examples, watched.settings)

    return routes


def root_of(settings: Settings, host_url: str) -> str:
    """Return the address of the server as clients see it, without a slash at the end."""
    return (settings.base_url or host_url).rstrip("/")


def _document(describe: Describe, settings: Settings) -> Response:
    wish, accept = request.args.get("format"), request.headers.get("Accept")
    written = negotiate(_DOCUMENTS, wish, accept)
    if written is None and "text/html" in (accept or ""):
        written = _DOCUMENTS[0]
    if written is None:
        raise not_acceptable(_DOCUMENTS, wish or accept or "")
    things = describe(root_of(settings, request.root_url))
    return Response(write(things, written.name), content_type=written.content_type)


def _ready(watched: Watched) -> Response:
    try:
        tag = watched.graph.tag
    except StoreError as error:
        raise Problem(503, str(error), headers={"Retry-After": "5"}) from error
    return jsonify(
        status="ready", version=tag, network=watched.engine.network(), loading=watched.engine.loading()
    )


def _gauges(watched: Watched) -> dict[str, float]:
    running = watched.engine.running()
    return {
        "queries_running": len(running),
        "oldest_query_seconds": max((time.monotonic() - each.started for each in running), default=0.0),
        **{f"places_{name}": float(number) for name, number in watched.engine.places().items()},
    }


def _running(engine: QueryEngine) -> list[dict[str, object]]:
    now = time.monotonic()
    return [
        {
            "id": each.id,
            "client": each.client,
            "seconds": round(now - each.started, 3),
            "hash": blake2b(each.text.encode(), digest_size=8).hexdigest(),
            "query": each.text,
        }
        for each in engine.running()
    ]
