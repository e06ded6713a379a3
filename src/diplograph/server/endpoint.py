"""The SPARQL endpoint: a request in, a job for the engine, an answer out. Knows HTTP, but no framework."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace

from werkzeug.wrappers import Request, Response

from diplograph.server import protocol, updates
from diplograph.server.answers import Answer, QueryEngine, Stream
from diplograph.server.cache import AnswerCache, Kept, Packer, entity_tag
from diplograph.server.clients import authorize, client_of, departure
from diplograph.server.compression import takes_gzip
from diplograph.server.evaluation import Job, Malformed, NotAcceptable
from diplograph.server.federation import resolve
from diplograph.server.formats import GRAPHS, HTML, SOLUTIONS, content_type, negotiate, not_acceptable
from diplograph.server.guard import refuse_loads, refuse_services, services
from diplograph.server.nursery import Nursery
from diplograph.server.problems import Problem, malformed
from diplograph.server.settings import Settings
from diplograph.server.tokens import tokens

QUERY_RECORD = "diplograph.query"  # key of the WSGI environment under which the access log finds the query


@dataclass
class QueryRecord:
    """What the access log says of a query."""

    text: str
    rows: int | None = None
    cached: bool = False
    at_once: bool = False  # answered by the thread that took the request, which had to wait for nobody


@dataclass(frozen=True)
class Endpoint:
    """What `/sparql` needs. `tag` gives the version of the graph."""

    engine: QueryEngine
    cache: AnswerCache
    settings: Settings
    nursery: Nursery | None
    tag: Callable[[], str | None]
    look_up: Callable[[Job], tuple[str, bytes, str] | None]

    def answer(self, request: Request, operation: protocol.Operation) -> tuple[str, Response]:
        """Answer a query or update; return the format as well, so that `html` can be made a page.

        Raises `Problem`, or `ClientGone` when nobody waits any more.
        """
        if operation.kind == "update":
            return "", self._update(request, operation)
        return self._query(request, operation, operation.text or "")

    def _query(self, request: Request, operation: protocol.Operation, text: str) -> tuple[str, Response]:
        job = _job(request, operation, text)
        resolved = resolve(text, self.settings.allow_service, lambda query: self._select(job, query))
        if resolved != text:
            job = replace(job, text=resolved)
        record = QueryRecord(text)
        request.environ[QUERY_RECORD] = record
        tag = self.tag()
        key = None if job.text != text else entity_tag(tag, job)
        if key is not None and key in request.environ.get("HTTP_IF_NONE_MATCH", ""):
            record.at_once = True
            return "", _conditional(Response(status=304), key)
        kept = self.cache.get(key) if key is not None else None
        if kept is not None:
            record.rows, record.cached, record.at_once = kept.rows, True, True
            return kept.written, _conditional(_kept(kept, request), key)
        answer = self._run(request, operation, job, record)
        record.rows = answer.rows
        if answer.coming is not None:
            keep = self._keeping(key if answer.tag == tag else None, answer)
            body_of = _Streamed(answer.coming, record, keep)
            response = Response(body_of, content_type=content_type(answer.written))
            response.direct_passthrough = answer.written != HTML  # of which a page is made here
            return answer.written, _conditional(response, key)
        whole = answer.whole or b""
        if key is not None and answer.tag == tag:
            self.cache.put(key, Kept(answer.written, whole, answer.rows))
        return answer.written, _conditional(Response(whole, content_type=content_type(answer.written)), key)

    def _keeping(self, key: str | None, answer: Answer) -> "_Keeping | None":
        """Return what keeps an answer that streams, `None` when it is not to be kept."""
        packer = self.cache.packer(key) if key is not None else None
        if key is None or packer is None:
            return None
        return _Keeping(
            packer, lambda body, rows: self.cache.put(key, Kept(answer.written, body, rows, packed=True))
        )

    def _select(self, job: Job, query: str) -> Mapping[str, object]:
        """Return the solutions of a SELECT over the dataset of `job`; none that count if it is malformed."""
        try:
            answer = self.engine.answer(replace(job, text=query, solutions="json"))
        except (Malformed, NotAcceptable):  # the whole query will be told so
            return {"vars": [], "bindings": None}
        if answer.coming is None:
            body = answer.whole or b""
        else:
            with closing(answer.coming):
                body = b"".join(answer.coming)
        found = json.loads(body)
        return {"vars": found["head"]["vars"], "bindings": found["results"]["bindings"]}

    def _run(self, request: Request, operation: protocol.Operation, job: Job, record: QueryRecord) -> Answer:
        gone = departure(request.environ)
        try:
            found = self.look_up(job)
            if found is not None:
                record.at_once = True
                return Answer(found[0], found[2], found[1])
            return self.engine.answer(job, client_of(request), gone, _timeout(operation))
        except Malformed as error:
            raise malformed(record.text, str(error)) from error
        except NotAcceptable as error:
            offered = GRAPHS if str(error) == "graph" else SOLUTIONS
            wish = operation.first("format") or request.headers.get("Accept", "")
            raise not_acceptable(offered, wish) from error

    def _update(self, request: Request, operation: protocol.Operation) -> Response:
        nursery = writable(self.settings, self.nursery)
        authorize(request, self.settings.token)
        text = operation.text or ""
        found = tokens(text)
        refuse_services(services(found), ())
        refuse_loads(found)
        text = updates.with_dataset(
            text,
            updates.graph_names(operation.all("using-graph-uri") or ()),
            updates.graph_names(operation.all("using-named-graph-uri") or ()),
        )
        described: dict[str, str | None] = {"kind": "update", "base": request.base_url}
        outcome = updates.change(nursery, described, text.encode(), self.settings.timeout)
        return Response(status=204, headers={"X-Version": outcome.tag})


@dataclass(frozen=True)
class _Keeping:
    """How a streamed answer is kept: what packs it, and what takes it when it is whole."""

    packer: Packer
    put: Callable[[bytes, int | None], None]


class _Streamed:
    """The body of an answer that is still coming; closing it ends the query."""

    def __init__(self, coming: Stream, record: QueryRecord, keep: "_Keeping | None") -> None:
        self._coming = coming
        self._record = record
        self._keep = keep

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._coming:
            if self._keep is not None:
                self._keep.packer.add(piece)
            yield piece
        self._record.rows = self._coming.rows
        packed = self._keep.packer.end() if self._keep is not None else None
        if self._keep is not None and packed is not None:
            self._keep.put(packed, self._record.rows)

    def close(self) -> None:
        """End the query if it is still running."""
        self._coming.close()


def _kept(answer: Kept, request: Request) -> Response:
    """Return a kept answer, packed where the client takes it so."""
    written = content_type(answer.written)
    if not answer.packed:
        return Response(answer.body, content_type=written)
    if answer.written != HTML and takes_gzip(request):
        return Response(answer.body, content_type=written, headers={"Content-Encoding": "gzip"})
    return Response(answer.unpacked(), content_type=written)


def writable(settings: Settings, nursery: Nursery | None) -> Nursery:
    """Return what makes writers; raises `Problem` (403) where nothing may be written."""
    if not settings.writable or nursery is None:
        raise Problem(403, "this server is read-only; start it with --writable to allow changes")
    return nursery


def _job(request: Request, operation: protocol.Operation, text: str) -> Job:
    wish, accept = operation.first("format"), request.headers.get("Accept")
    solutions, triples = negotiate(SOLUTIONS, wish, accept), negotiate(GRAPHS, wish, accept)
    return Job(
        text,
        operation.all("default-graph-uri"),
        operation.all("named-graph-uri"),
        solutions.name if solutions else None,
        triples.name if triples else None,
        base=f"{request.scheme}://{request.host}{request.root_path}/sparql",
    )


def _timeout(operation: protocol.Operation) -> float | None:
    asked = operation.first("timeout")
    if asked is None:
        return None
    try:
        seconds = float(asked)
    except ValueError:
        seconds = 0.0
    if not seconds > 0:
        raise Problem(400, f"the parameter 'timeout' is {asked!r}; expected a number of seconds above zero")
    return seconds


def _conditional(response: Response, key: str | None) -> Response:
    """Say how long the answer may be kept: until the graph changes, which only we can tell."""
    if key is not None:
        response.headers["ETag"] = key
        response.headers["Cache-Control"] = "no-cache"
    else:
        response.headers["Cache-Control"] = "no-store"
    return response
