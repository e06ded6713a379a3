"""The application put together, and served."""

import logging
import signal
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

from flask import Flask, request
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Request, Response

from diplograph import pages as views
from diplograph.errors import StoreError
from diplograph.reconciliation import service
from diplograph.server import description, heap, library, operations, pages, protocol, query_pages
from diplograph.server.answers import QueryEngine
from diplograph.server.cache import AnswerCache
from diplograph.server.clients import departure
from diplograph.server.endpoint import Endpoint
from diplograph.server.engine import Engine
from diplograph.server.formats import GRAPHS, HTML, negotiate, not_acceptable
from diplograph.server.front import GONE, Front, Routes
from diplograph.server.graphs import Graph, LocalGraph, once_a_version
from diplograph.server.graphstore import GraphStore
from diplograph.server.lanes import Lanes
from diplograph.server.links import href
from diplograph.server.metrics import Metrics
from diplograph.server.nursery import Nursery
from diplograph.server.pool import ClientGone, Pool, Worker
from diplograph.server.preloading import Preloader
from diplograph.server.problems import Problem
from diplograph.server.rdf import Thing, write
from diplograph.server.remote import RemoteEngine, RemoteGraph
from diplograph.server.searching import Searches
from diplograph.server.settings import Settings
from diplograph.server.statistics import Statistics, statistics

LOG = logging.getLogger(__name__)


def create_app(source: Path | str, *, base_url: str | None, settings: Settings) -> Flask:
    """Return the application over a directory's published graph, or over the endpoint at a URL.

    Raises `StoreError` when there is no graph.
    """
    settings = replace(settings, base_url=base_url or settings.base_url)
    if isinstance(source, str):
        remote = RemoteEngine(source, settings.timeout)
        return _assemble(RemoteGraph(remote), remote, None, settings)
    graph = LocalGraph(source)
    nursery = Nursery(source, settings.memory, settings.in_memory)
    searches = Searches(nursery, settings.timeout)
    return _assemble(graph, _engine(nursery, searches, settings), nursery, settings, searches)


def _engine(nursery: Nursery, searches: Searches, settings: Settings) -> Engine:
    lanes = Lanes(
        quick=settings.quick,
        slow=settings.slow,
        waiting=settings.waiting,
        per_client=settings.per_client,
    )

    def close() -> None:
        searches.close()
        nursery.close()

    pool = Pool(lambda: Worker(nursery), settings.quick + settings.spare, settings.slow, close)
    preloader = Preloader(nursery, pool.renew)
    return Engine(pool, lanes, preloader, timeout=settings.timeout, patience=settings.patience)


def _assemble(
    graph: Graph,
    engine: QueryEngine,
    nursery: Nursery | None,
    settings: Settings,
    searches: Searches | None = None,
) -> Flask:
    examples, metrics = library.examples(), Metrics()
    counts = once_a_version(graph, statistics)
    uses = once_a_version(graph, _uses)
    app = Flask(__name__, static_folder=None)
    app.extensions["diplograph"] = engine
    app.extensions["searches"] = searches
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    watched = operations.Watched(
        graph,
        engine,
        metrics,
        settings,
        void=lambda root: description.void(root, counts()),
        partitions=lambda root: description.partitions(root, counts(), uses()),
        examples=lambda root: description.example_things(root, examples),
    )
    app.register_blueprint(operations.blueprint(watched))
    app.register_blueprint(views.blueprint(_reader(graph, settings, searches)))
    app.register_blueprint(pages.blueprint(graph, examples, counts))
    app.register_blueprint(service.blueprint(_directory(graph), settings.base_url))
    app.add_url_rule("/sparql", "endpoint.sparql", build_only=True)
    _show_errors(app)
    endpoint = Endpoint(
        engine,
        AnswerCache(settings.cache),
        settings,
        nursery,
        lambda: graph.tag if nursery else None,
        graph.look_up,
    )
    store = GraphStore(graph, engine, settings, nursery)
    routes = Routes(
        sparql=lambda each: _sparql(app, endpoint, examples, counts, each),
        graphs=store.answer,
        show_problem=lambda each, problem: query_pages.problem(app, each, problem),
    )
    _wrap(app, routes, metrics, settings)
    _warm(counts, lambda: graph.search("", 1))
    return app


def _reader(graph: Graph, settings: Settings, searches: Searches | None) -> views.Reader:
    """Return what the pages read from; proofs and texts need the graph to lie here."""
    read = views.Reader(
        graph.rows, lambda: graph.tag, href, lambda: operations.root_of(settings, request.root_url)
    )
    if searches is None:
        return read
    directory = _directory(graph)
    return replace(
        read,
        search=lambda question: searches.ask(question, departure(request.environ)),
        documents=directory / "documents" if directory else None,
    )


def _directory(graph: Graph) -> Path | None:
    return graph.directory if isinstance(graph, LocalGraph) else None


def _uses(graph: Graph) -> tuple[description.Use, ...]:
    if isinstance(graph, LocalGraph):
        snapshot = graph.snapshot()
        return description.uses_in(snapshot.store)
    return description.uses(graph)


def _wrap(app: Flask, routes: Routes, metrics: Metrics, settings: Settings) -> None:
    front = Front(app.wsgi_app, routes, metrics, settings)
    if settings.trust_proxy:
        app.wsgi_app = ProxyFix(front, x_for=1, x_proto=1, x_host=1, x_prefix=1)  # type: ignore[method-assign]
    else:
        app.wsgi_app = front  # type: ignore[method-assign]


def warm(app: Flask) -> None:
    """Get the first search ready in the background, for a server that will run for long."""
    searches: Searches | None = app.extensions["searches"]
    if searches is not None:
        threading.Thread(target=searches.warm, daemon=True, name="warm-up of searches").start()


def _warm(*costly: Callable[[], object]) -> None:
    """Count what is in the graph before somebody asks."""

    def count() -> None:
        with suppress(StoreError, OSError, RuntimeError, Problem):
            for each in costly:
                each()

    threading.Thread(target=count, daemon=True, name="warm-up").start()


def _sparql(
    app: Flask,
    endpoint: Endpoint,
    examples: tuple[library.Example, ...],
    counts: Callable[[], Statistics],
    asked: Request,
) -> Response:
    operation = protocol.read(asked)
    if operation.kind == "query" and operation.text is None:
        return _without_query(app, endpoint.settings, examples, counts, asked)
    written, response = endpoint.answer(asked, operation)
    return query_pages.table(app, asked, operation, response) if written == HTML else response


def _without_query(
    app: Flask,
    settings: Settings,
    examples: tuple[library.Example, ...],
    counts: Callable[[], Statistics],
    asked: Request,
) -> Response:
    """Answer a bare GET: a form to people, the service description to programs."""
    wish, accept = asked.args.get("format"), asked.headers.get("Accept")
    written = negotiate(GRAPHS, wish, accept)
    if written is None:
        raise not_acceptable(GRAPHS, wish or accept or "")
    if written.name == HTML:
        return query_pages.form(app, asked, examples, settings)
    root = operations.root_of(settings, asked.root_url)
    address = f"{root}/sparql" if settings.base_url else asked.base_url
    things: Sequence[Thing] = description.service(address, root, settings, counts())
    return Response(write(things, written.name), content_type=written.content_type)


def _show_errors(app: Flask) -> None:
    @app.errorhandler(Problem)
    def problem(found: Problem) -> Response:
        return query_pages.problem(app, request, found)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        status = error.code or 500
        if status < HTTPStatus.BAD_REQUEST:
            return error.get_response()
        allowed = getattr(error, "valid_methods", None)
        headers = {"Allow": ", ".join(sorted(allowed))} if allowed else {}
        described = error.description or HTTPStatus(status).phrase
        return query_pages.problem(app, request, Problem(status, described, headers=headers))

    @app.errorhandler(ClientGone)
    def gone(_: ClientGone) -> Response:
        return Response(status=GONE)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        LOG.error("an error of ours while answering %s %s", request.method, request.path, exc_info=error)
        return query_pages.problem(app, request, Problem(500, "an error of ours; it has been logged"))


def serve(source: Path | str, host: str, port: int, settings: Settings) -> None:
    """Serve until interrupted."""
    heap.settle()
    if settings.processes:
        from diplograph.server import production  # noqa: PLC0415

        production.run(source, host, port, settings)
        return
    import waitress  # type: ignore[import-untyped]  # noqa: PLC0415

    app = create_app(source, base_url=None, settings=settings)
    warm(app)
    engine: QueryEngine = app.extensions["diplograph"]
    _end_in_order()
    server = waitress.create_server(
        app,
        host=host,
        port=port,
        threads=settings.threads,
        ident="diplograph",
        channel_request_lookahead=1,  # so that a client that hangs up is noticed
        max_request_body_size=settings.max_upload,
    )
    try:
        server.run()
    finally:
        engine.close()
        server.close()


def _end_in_order() -> None:
    """Let a request to terminate end the server as Ctrl-C does: workers first."""

    def stop(*_: object) -> None:
        raise SystemExit

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, stop)
