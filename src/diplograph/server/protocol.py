"""The SPARQL 1.1 Protocol: what an HTTP request asks for."""

from dataclasses import dataclass
from urllib.parse import parse_qsl

from werkzeug.wrappers import Request

from diplograph.server.problems import Problem

QUERY_TYPE = "application/sparql-query"
UPDATE_TYPE = "application/sparql-update"
FORM_TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Operation:
    """A query or an update with its parameters; `text` is `None` for a request that carries neither."""

    kind: str  # "query" or "update"
    text: str | None
    parameters: tuple[tuple[str, str], ...] = ()

    def all(self, name: str) -> tuple[str, ...] | None:
        """Return the values of a parameter, or `None` when it is not given."""
        return tuple(value for key, value in self.parameters if key == name) or None

    def first(self, name: str) -> str | None:
        """Return the first value of a parameter, or `None`; some clients give `format` twice."""
        return next((value for key, value in self.parameters if key == name), None)

    def one(self, name: str) -> str | None:
        """Return the value of a parameter, or `None`; given twice it is a 400."""
        values = self.all(name) or ()
        if len(values) > 1:
            raise Problem(400, f"the parameter {name!r} is given {len(values)} times; give it once")
        return values[0] if values else None


def read(request: Request) -> Operation:
    """Return what the request asks for; raises `Problem` (400, 405, 415) where it breaks the protocol."""
    in_url = _pairs(request.query_string, "the query string")
    if request.method in ("GET", "HEAD"):
        return _from_url(in_url)
    if request.method != "POST":
        allowed = {"Allow": "GET, HEAD, POST, OPTIONS"}
        raise Problem(405, f"{request.method} is not for this address", headers=allowed)
    media_type = request.mimetype
    if media_type == FORM_TYPE:
        return _from_form(in_url, _pairs(_body(request), "the form"))
    if media_type in (QUERY_TYPE, UPDATE_TYPE):
        kind = "query" if media_type == QUERY_TYPE else "update"
        _refuse(in_url, ("query", "update"), f"in the address of a request whose body is the {kind}")
        return Operation(kind, _text(_body(request), "the body"), in_url)
    raise Problem(
        415,
        f"a body of type {media_type or '(none)'!r} is not understood;"
        f" send {FORM_TYPE}, {QUERY_TYPE} or {UPDATE_TYPE}",
        headers={"Accept-Post": f"{FORM_TYPE}, {QUERY_TYPE}, {UPDATE_TYPE}"},
    )


def _from_url(in_url: tuple[tuple[str, str], ...]) -> Operation:
    _refuse(in_url, ("update",), "in a GET request; send updates by POST")
    operation = Operation("query", None, in_url)
    return Operation("query", operation.one("query"), in_url)


def _from_form(in_url: tuple[tuple[str, str], ...], form: tuple[tuple[str, str], ...]) -> Operation:
    _refuse(in_url, ("query", "update"), "in the address of a form; put it into the form")
    carried = [Operation(kind, Operation(kind, None, form).one(kind)) for kind in ("query", "update")]
    given = [each for each in carried if each.text is not None]
    if len(given) != 1:
        found = "both" if given else "none"
        raise Problem(400, f"expected one of the form fields 'query' and 'update'; found {found}")
    return Operation(given[0].kind, given[0].text, in_url + form)


def _refuse(pairs: tuple[tuple[str, str], ...], names: tuple[str, ...], where: str) -> None:
    for name, _ in pairs:
        if name in names:
            raise Problem(400, f"the parameter {name!r} must not stand {where}")


def _body(request: Request) -> bytes:
    charset = request.mimetype_params.get("charset", "utf-8")
    if charset.lower().replace("_", "-") not in ("utf-8", "utf8", "us-ascii"):
        raise Problem(415, f"the character encoding {charset!r} is not understood; send UTF-8")
    return request.get_data(cache=False, parse_form_data=False)


def _pairs(encoded: bytes, where: str) -> tuple[tuple[str, str], ...]:
    try:
        pairs = parse_qsl(encoded.decode(), keep_blank_values=True, errors="strict", max_num_fields=1000)
        return tuple(pairs)
    except ValueError as error:
        raise Problem(400, f"{where} is not URL-encoded UTF-8: {error}") from error


def _text(body: bytes, where: str) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Problem(400, f"{where} is not UTF-8: {error.reason} at byte {error.start}") from error
