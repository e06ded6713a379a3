"""The Reconciliation Service API over HTTP, as a blueprint for the server.

/reconcile                   versions 0.1 and 0.2, entities by our IRIs
/reconcile/wikidata          the same for what is linked, by Wikidata items
/reconcile/1.0-draft         the draft of version 1.0, and /reconcile/wikidata/1.0-draft
"""

import json
import re
import threading
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from flask import Blueprint, Response, request
from markupsafe import Markup, escape

from diplograph.errors import InputError
from diplograph.importing import run, who
from diplograph.reconciliation import index, protocol, spaces
from diplograph.reconciliation.protocol import Json, Service

_CALLBACK = re.compile(r"[A-Za-z_$][\w$.]{0,80}")
_PREVIEW = (400, 120)
_DRAFT = "1.0-draft"
Load = Callable[[], Service]


def blueprint(directory: Path | None = None, base_url: str | None = None) -> Blueprint:
    """Return the routes under `/reconcile`; the imports of a graph's directory are known to them too.

    `base_url` is where the public sees the server, when that is not what requests say. Names are loaded when
    they are first asked for.
    """
    routes = Blueprint("reconciliation", __name__, url_prefix="/reconcile")
    services = _Services(directory)
    for path, load in (("", services.ours), ("/wikidata", services.wikidata)):
        _add_02(routes, path, load, base_url)
        _add_10(routes, f"{path}/{_DRAFT}", load, base_url)
    routes.after_request(_allow_other_origins)
    routes.register_error_handler(InputError, _refuse)
    return routes


class _Services:
    """Both services, loaded once for all threads."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._loaded: tuple[Service, Service] | None = None

    def ours(self) -> Service:
        """Return the service of all entities."""
        return self._both()[0]

    def wikidata(self) -> Service:
        """Return the service of what is linked."""
        return self._both()[1]

    def _both(self) -> tuple[Service, Service]:
        with self._lock:
            if self._loaded is None:
                known = who.people_and_places(run.turtle_files(self._directory) if self._directory else ())
                names = index.build(known)
                links = who.links()
                self._loaded = (
                    Service(names, spaces.ours(known, links)),
                    Service(names, spaces.wikidata(known, links)),
                )
            return self._loaded


def _add_02(routes: Blueprint, path: str, load: Load, base_url: str | None) -> None:
    def endpoint() -> Response:
        service = load()
        if (text := request.values.get("queries")) is not None:
            return _answer(protocol.results_02(protocol.questions_02(_json(text), service), service))
        if (text := request.values.get("query")) is not None:
            batch = {"q": _json(text) if text.lstrip().startswith("{") else {"query": text}}
            return _answer(protocol.results_02(protocol.questions_02(batch, service), service)["q"])
        if (text := request.values.get("extend")) is not None:
            return _answer(protocol.extended_02(_json(text), service))
        return _answer(_manifest_02(service, _root(base_url) + f"/reconcile{path}"))

    def flyout() -> Response:
        found = _wanted(load())
        return _answer({"id": found["id"], "html": str(_shown(found))})

    name = path.strip("/") or "ours"
    routes.add_url_rule(path or "/", f"{name}", endpoint, methods=["GET", "POST"], strict_slashes=False)
    routes.add_url_rule(f"{path}/flyout", f"{name}-flyout", flyout)
    routes.add_url_rule(f"{path}/properties", f"{name}-properties", lambda: _propose(load()))
    _add_common(routes, path, name, load)


def _add_10(routes: Blueprint, path: str, load: Load, base_url: str | None) -> None:
    def match() -> Response:
        return _answer(protocol.matches_10(_body(), load()))

    def extend() -> Response:
        return _answer(protocol.extended_10(_body(), load()))

    def manifest() -> Response:
        return _answer(_manifest_10(load(), base_url))

    name = path.strip("/").replace("/", "-").replace(".", "-")
    routes.add_url_rule(path, name, manifest, strict_slashes=False)
    routes.add_url_rule(f"{path}/match", f"{name}-match", match, methods=["POST"])
    routes.add_url_rule(f"{path}/extend", f"{name}-extend", extend, methods=["POST"])
    routes.add_url_rule(f"{path}/extend/propose", f"{name}-propose", lambda: _propose(load()))
    _add_common(routes, path, name, load)


def _add_common(routes: Blueprint, path: str, name: str, load: Load) -> None:
    def entities() -> Response:
        offset = _count("cursor", _count("offset", 0))
        prefix = request.args.get("prefix", "")
        return _answer(protocol.suggested_entities(prefix, offset, _count("limit", 10), load()))

    def types() -> Response:
        return _answer(protocol.suggested_types(request.args.get("prefix", ""), load()))

    def properties() -> Response:
        return _answer(protocol.suggested_properties(request.args.get("prefix", ""), load()))

    def preview() -> Response:
        return Response(str(_page(_wanted(load()))), content_type="text/html; charset=utf-8")

    routes.add_url_rule(f"{path}/suggest/entity", f"{name}-entities", entities)
    routes.add_url_rule(f"{path}/suggest/type", f"{name}-types", types)
    routes.add_url_rule(f"{path}/suggest/property", f"{name}-suggested-properties", properties)
    routes.add_url_rule(f"{path}/preview", f"{name}-preview", preview)


def _manifest_02(service: Service, address: str) -> Json:
    space = service.space
    suggest = {
        kind: {"service_url": address, "service_path": f"/suggest/{kind}"}
        for kind in ("entity", "type", "property")
    }
    suggest["entity"]["flyout_service_path"] = "/flyout?id=${id}"
    return {
        "versions": ["0.1", "0.2"],
        "name": space.name,
        "identifierSpace": space.identifiers,
        "schemaSpace": space.schema,
        "serviceVersion": version("diplograph"),
        "view": {"url": space.view},
        "defaultTypes": protocol.default_types(service),
        "preview": {"url": f"{address}/preview?id={{{{id}}}}", "width": _PREVIEW[0], "height": _PREVIEW[1]},
        "suggest": suggest,
        "extend": {"propose_properties": {"service_url": address, "service_path": "/properties"}},
        "batchSize": protocol.BATCH,
    }


def _manifest_10(service: Service, base_url: str | None) -> Json:
    return {
        "versions": [_DRAFT],
        "name": service.space.name,
        "lang": "en",
        "dir": "ltr",
        "documentation": _root(base_url) + "/",
        "serviceVersion": version("diplograph"),
        "view": {"url": service.space.view.replace("{{id}}", "{+id}")},
        "defaultTypes": protocol.default_types(service),
        "preview": {"width": _PREVIEW[0], "height": _PREVIEW[1]},
        "suggest": {"entity": True, "property": True, "type": True},
        "extend": {"proposeProperties": True},
        "batchSize": protocol.BATCH,
        "standardizedScore": True,
    }


def _propose(service: Service) -> Response:
    limit = _count("limit", -1)
    return _answer(protocol.proposed(request.args.get("type"), None if limit < 0 else limit, service))


def _root(base_url: str | None) -> str:
    return (base_url or request.root_url).rstrip("/")


def _wanted(service: Service) -> Json:
    identifier = request.args.get("id", "")
    found = protocol.entity_of(identifier, service)
    if found is None:
        raise InputError(f"there is no entity {identifier!r} here")
    return found


def _shown(entity: Json) -> Markup:
    kinds = ", ".join(kind["name"].lower() for kind in entity["notable"])
    return Markup("<p><b>{}</b> ({})<br>{}</p>").format(entity["name"], kinds, entity["description"])


def _page(entity: Json) -> Markup:
    head = Markup('<!doctype html><html lang="en"><meta charset="utf-8"><title>{}</title>').format(
        escape(entity["name"])
    )
    return head + Markup("<body>") + _shown(entity) + Markup("</body></html>\n")


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"no JSON was sent: {error}") from error


def _body() -> object:
    return _json(request.get_data(as_text=True))


def _count(name: str, usual: int) -> int:
    text = request.args.get(name)
    if text is None:
        return usual
    if not text.isdecimal():
        raise InputError(f"{name} is {text!r}; expected a number")
    return int(text)


def _answer(found: Json) -> Response:
    """Return JSON, or the call of a function where version 0.1 asks for one."""
    text = json.dumps(found, ensure_ascii=False)
    callback = request.args.get("callback")
    if callback is None:
        return Response(text, content_type="application/json; charset=utf-8")
    if not _CALLBACK.fullmatch(callback):
        raise InputError(f"{callback!r} is no name of a function")
    return Response(f"/**/{callback}({text});", content_type="application/javascript; charset=utf-8")


def _refuse(error: InputError) -> Response:
    status = 413 if "too many" in str(error) else 404 if "there is no entity" in str(error) else 400
    text = json.dumps({"error": str(error)}, ensure_ascii=False)
    return Response(text, status=status, content_type="application/json; charset=utf-8")


def _allow_other_origins(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Headers"] = "Content-Type"
    return response
