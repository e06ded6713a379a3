"""The SPARQL endpoint: a request in, a job for the engine, an answer out."""

import json
from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, render_template, request

from diplograph.server import protocol
from diplograph.server.evaluation import Job, Malformed, NotAcceptable
from diplograph.server.formats import (
    GRAPHS,
    HTML,
    SOLUTIONS,
    Format,
    content_type,
    negotiate,
    not_acceptable,
)
from diplograph.server.graphs import Graph
from diplograph.server.library import Example, by_keyword
from diplograph.server.links import href, short
from diplograph.server.problems import Problem, malformed
from diplograph.vocabulary import PREFIXES, prefix_header


def blueprint(graph: Graph, examples: tuple[Example, ...], describe: Callable[[Format], bytes]) -> Blueprint:
    """Return the routes of `/sparql`; `describe` writes the service description."""
    routes = Blueprint("endpoint", __name__)

    @routes.route("/sparql", methods=["GET", "HEAD", "POST"], strict_slashes=False)
    def sparql() -> Response:
        operation = protocol.read(request)
        if operation.kind == "update":
            raise Problem(403, "this endpoint is read-only; start it with --writable to allow updates")
        if operation.text is None:
            return _without_query(operation, examples, describe)
        return _answer(graph, operation, operation.text)

    return routes


def _without_query(
    operation: protocol.Operation, examples: tuple[Example, ...], describe: Callable[[Format], bytes]
) -> Response:
    """Answer a bare GET: a form to people, the service description to programs."""
    wish = operation.one("format")
    accept = request.headers.get("Accept")
    written = negotiate(GRAPHS, wish, accept)
    if written is None:
        raise not_acceptable(GRAPHS, wish or accept or "")
    if written.name == HTML:
        page = render_template("sparql.html", query=prefix_header(), groups=by_keyword(examples), result=None)
        return make_response(page)
    return Response(describe(written), content_type=written.content_type)


def _answer(graph: Graph, operation: protocol.Operation, text: str) -> Response:
    wish, accept = operation.one("format"), request.headers.get("Accept")
    solutions, triples = negotiate(SOLUTIONS, wish, accept), negotiate(GRAPHS, wish, accept)
    job = Job(
        text,
        operation.all("default-graph-uri"),
        operation.all("named-graph-uri"),
        solutions.name if solutions else None,
        triples.name if triples else None,
        base=request.base_url,
        prefixes=PREFIXES,
    )
    try:
        written, body = graph.answer(job)
    except Malformed as error:
        raise malformed(text, str(error)) from error
    except NotAcceptable as error:
        offered = GRAPHS if str(error) == "graph" else SOLUTIONS
        raise not_acceptable(offered, wish or accept or "") from error
    if written == HTML:
        return make_response(_page(operation, body))
    return Response(body, content_type=content_type(written))


def _page(operation: protocol.Operation, body: bytes) -> str:
    result = json.loads(body)
    for row in result.get("rows", ()):
        for term in row:
            if term and term["type"] == "uri":
                term["href"], term["short"] = href(term["value"], request.root_path), short(term["value"])
    kept = [(key, value) for key, value in operation.parameters if key not in ("query", "format")]
    downloads = {
        each.name: "?" + urlencode([("query", operation.text or ""), *kept, ("format", each.name)])
        for each in (GRAPHS if result.get("graph") else SOLUTIONS)
        if each.name != HTML
    }
    return render_template("sparql.html", query=operation.text, groups={}, result=result, downloads=downloads)
