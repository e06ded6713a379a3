"""The SPARQL 1.1 Graph Store Protocol: whole graphs got, put, added to and removed at `/graphs`."""

from contextlib import closing
from dataclasses import dataclass
from uuid import uuid4

from pyoxigraph import RdfFormat
from werkzeug.formparser import parse_form_data
from werkzeug.wrappers import Request, Response

from diplograph.server import updates
from diplograph.server.answers import QueryEngine
from diplograph.server.clients import authorize, client_of, departure
from diplograph.server.endpoint import writable
from diplograph.server.evaluation import Job
from diplograph.server.formats import GRAPHS, HTML, Format, content_type, negotiate, not_acceptable
from diplograph.server.graphs import Graph
from diplograph.server.nursery import Nursery
from diplograph.server.problems import Problem
from diplograph.server.settings import Settings

FORMATS = tuple(each for each in GRAPHS if each.name != HTML)


@dataclass(frozen=True)
class GraphStore:
    """What `/graphs` needs."""

    graph: Graph
    engine: QueryEngine
    settings: Settings
    nursery: Nursery | None

    def answer(self, request: Request, path: str) -> Response:
        """Answer a request for `/graphs` + `path`; raises `Problem`."""
        if request.method in ("GET", "HEAD"):
            return self._get(request, _named(request, path))
        nursery = writable(self.settings, self.nursery)
        authorize(request, self.settings.token)
        if request.method == "DELETE":
            return self._delete(nursery, _named(request, path))
        if request.method == "POST" and not path and not request.query_string:
            return self._create(request, nursery, f"{request.base_url.rstrip('/')}/{uuid4()}")
        return self._put(request, nursery, _named(request, path))

    def _get(self, request: Request, name: str | None) -> Response:
        wish, accept = request.args.get("format"), request.headers.get("Accept")
        written = negotiate(FORMATS, wish, accept)
        if written is None:
            raise not_acceptable(FORMATS, wish or accept or "")
        if name is not None and not self._exists(name):
            raise _no_such(name)
        answer = self.engine.answer(_content(name, written), client_of(request), departure(request.environ))
        body = answer.whole if answer.coming is None else answer.coming
        response = Response(body, content_type=content_type(written.name))
        response.headers["ETag"] = f'W/"{answer.tag}-{written.name}"'
        return response

    def _put(self, request: Request, nursery: Nursery, name: str | None) -> Response:
        body, media_type = _document(request)
        kind = "replace" if request.method == "PUT" else "add"
        described = {"kind": kind, "graph": name, "media_type": media_type, "base": name or request.base_url}
        outcome = updates.change(nursery, described, body, self.settings.timeout)
        return Response(status=204 if outcome.existed else 201, headers={"X-Version": outcome.tag})

    def _create(self, request: Request, nursery: Nursery, name: str) -> Response:
        response = self._put(request, nursery, name)
        response.status_code = 201
        response.headers["Location"] = name
        response.autocorrect_location_header = False
        return response

    def _delete(self, nursery: Nursery, name: str | None) -> Response:
        if name is not None and not self._exists(name):
            raise _no_such(name)
        outcome = updates.change(nursery, {"kind": "remove", "graph": name}, b"", self.settings.timeout)
        return Response(status=204, headers={"X-Version": outcome.tag})

    def _exists(self, name: str) -> bool:
        return self.graph.has_graph(name)


def _named(request: Request, path: str) -> str | None:
    """Return the IRI of the graph a request is about, `None` for the default graph."""
    if path:
        return updates.graph_names([request.base_url])[0]
    names = request.args.getlist("graph")
    if "default" in request.args and not names:
        return None
    if len(names) != 1 or "default" in request.args:
        raise Problem(400, "expected either ?default or one ?graph=IRI")
    return updates.graph_names(names)[0]


def _content(name: str | None, written: Format) -> Job:
    if name is None:
        return Job("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", graph=written.name, own_default=True)
    return Job(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{name}> {{ ?s ?p ?o }} }}", graph=written.name)


def _document(request: Request) -> tuple[bytes, str]:
    """Return the RDF of a request and its media type; of a form, all its files, which must be alike."""
    if request.mimetype != "multipart/form-data":
        return request.get_data(cache=False), _readable(request.mimetype or "text/turtle")
    _, _, files = parse_form_data(request.environ, silent=False)
    parts = []
    for name in files:
        for part in files.getlist(name):
            with closing(part):
                parts.append((part.read(), _readable(part.mimetype or "text/turtle")))
    media_types = {media_type for _, media_type in parts}
    if len(media_types) != 1:
        raise Problem(400, f"expected files of one format in the form; found {sorted(media_types) or 'none'}")
    return b"\n".join(content for content, _ in parts), media_types.pop()


def _readable(media_type: str) -> str:
    if RdfFormat.from_media_type(media_type) is None:
        accepted = ", ".join(each.media_types[0] for each in FORMATS)
        raise Problem(
            415, f"{media_type!r} is not understood; send one of {accepted}", headers={"Accept": accepted}
        )
    return media_type


def _no_such(name: str) -> Problem:
    return Problem(404, f"there is no graph <{name}>")
