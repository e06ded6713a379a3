"""The endpoint's human face: the query form, results as a table, errors that help."""

import json
from urllib.parse import urlencode

from flask import Flask, render_template
from werkzeug.wrappers import Request, Response

from diplograph.server.formats import GRAPHS, HTML, SOLUTIONS
from diplograph.server.functions import DESCRIPTIONS
from diplograph.server.library import Example, by_keyword
from diplograph.server.links import href, short
from diplograph.server.problems import Problem
from diplograph.server.protocol import Operation
from diplograph.server.settings import Settings
from diplograph.vocabulary import prefix_header

_PAGE = "text/html; charset=utf-8"


def form(app: Flask, request: Request, examples: tuple[Example, ...], settings: Settings) -> Response:
    """Return the page with an empty query, example questions, and what there is to know about the endpoint."""
    with app.request_context(request.environ):
        page = render_template(
            "sparql.html",
            query=prefix_header(),
            groups=by_keyword(examples),
            result=None,
            functions=DESCRIPTIONS,
            settings=settings,
        )
    return Response(page, content_type=_PAGE)


def table(app: Flask, request: Request, operation: Operation, response: Response) -> Response:
    """Return the page that shows the results in the body of `response`, with its headers."""
    result = json.loads(response.get_data())
    for row in result.get("rows", ()):
        for term in row:
            if term and term["type"] == "uri":
                term["href"], term["short"] = href(term["value"], request.root_path), short(term["value"])
    downloads = _downloads(operation, graph=bool(result.get("graph")))
    with app.request_context(request.environ):
        page = render_template(
            "sparql.html", query=operation.text, groups={}, result=result, downloads=downloads
        )
    response.data = page.encode()
    return response


def problem(app: Flask, request: Request, found: Problem) -> Response:
    """Return an error as a page to a browser, as problem details to a program."""
    offered = ["application/problem+json", "application/json", "text/html"]
    if request.accept_mimetypes.best_match(offered) == "text/html":
        with app.request_context(request.environ):
            page = render_template("problem.html", problem=found, query=_query(request))
        response = Response(page, found.status, content_type=_PAGE)
    else:
        response = Response(found.body(), found.status, content_type="application/problem+json")
    response.headers.extend(found.headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def _query(request: Request) -> str | None:
    return request.args.get("query") if request.method in ("GET", "HEAD") else None


def _downloads(operation: Operation, *, graph: bool) -> dict[str, str]:
    kept = [(key, value) for key, value in operation.parameters if key not in ("query", "format")]
    return {
        each.name: "?" + urlencode([("query", operation.text or ""), *kept, ("format", each.name)])
        for each in (GRAPHS if graph else SOLUTIONS)
        if each.name != HTML
    }
