"""The same server over a graph behind another SPARQL endpoint: queries are passed on, pages ask it too."""

import http.client
import json
import time
from collections.abc import Callable, Iterator
from itertools import islice, pairwise
from urllib.parse import urlencode, urlsplit

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from diplograph.server.answers import Answer, Cut, Running
from diplograph.server.engine import WHOLE
from diplograph.server.evaluation import PAGE_ROWS, Job, Malformed, NotAcceptable, Term, as_json
from diplograph.server.formats import GRAPHS, HTML, SOLUTIONS
from diplograph.server.graphs import Row
from diplograph.server.lanes import overdue
from diplograph.server.problems import Problem
from diplograph.server.search import Hit
from diplograph.server.tokens import tokens
from diplograph.vocabulary import PREFIXES

_FRESH = 600  # seconds for which what was counted over there is taken for true
_PIECE = 65536
_KINDS = {"SELECT": "solutions", "ASK": "solutions", "CONSTRUCT": "graph", "DESCRIBE": "graph"}
_OLD_ANSWER = "__ASK_RETVAL"  # the column in which Virtuoso 7 answers ASK
_PAGE_OF = {"solutions": "json", "graph": "nt"}  # what a page is made from


class RemoteStream:
    """The rest of an answer as it comes in from over there."""

    rows = None

    def __init__(self, first: bytes, response: http.client.HTTPResponse, close: Callable[[], None]) -> None:
        """Give `first` and then what `response` still has."""
        self._first = first
        self._response = response
        self.close = close

    def __iter__(self) -> Iterator[bytes]:
        """Return the pieces; raises `Cut` when the other side stops."""
        yield self._first
        try:
            while piece := self._response.read(_PIECE):
                yield piece
        except (OSError, http.client.HTTPException) as error:
            raise Cut(f"the store stopped answering: {error!r}") from error


class RemoteEngine:
    """Passes queries on to an endpoint."""

    def __init__(self, endpoint: str, timeout: float) -> None:
        """Ask `endpoint`, and wait `timeout` seconds at most."""
        self._endpoint = urlsplit(endpoint)
        self.timeout = timeout

    def answer(
        self,
        job: Job,
        client: str = "",  # noqa: ARG002
        gone: Callable[[], bool] = lambda: False,  # noqa: ARG002
        timeout: float | None = None,
    ) -> Answer:
        """Return the answer of the endpoint; raises `Malformed`, `NotAcceptable`, or `Problem` (502, 503)."""
        connection = self._connect(min(timeout or self.timeout, self.timeout))
        try:
            return self._answer(connection, job)
        except TimeoutError as late:
            connection.close()
            raise overdue("the store behind this server did not answer in time") from late
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise Problem(502, f"the store behind this server cannot be asked: {error}") from error
        except BaseException:
            connection.close()
            raise

    def _answer(self, connection: http.client.HTTPConnection, job: Job) -> Answer:
        response = self._ask(connection, job)
        first = response.read(WHOLE + 1)
        if response.status != http.client.OK:
            raise _refusal(response.status, first, job)
        kind, written = _written(response, job)
        asked = job.solutions if kind == "solutions" else job.graph
        if len(first) > WHOLE and asked != HTML:
            return Answer(written, "", None, RemoteStream(first, response, connection.close))
        whole = _standard(first + response.read(), written)
        connection.close()
        return Answer(HTML, "", _page(whole, kind)) if asked == HTML else Answer(written, "", whole)

    def _connect(self, timeout: float) -> http.client.HTTPConnection:
        secure = self._endpoint.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        return kind(self._endpoint.hostname or "", self._endpoint.port, timeout=timeout)

    def _ask(self, connection: http.client.HTTPConnection, job: Job) -> http.client.HTTPResponse:
        form = [("query", with_prefixes(job.text))]
        form += [("default-graph-uri", iri) for iri in job.default_graphs or ()]
        form += [("named-graph-uri", iri) for iri in job.named_graphs or ()]
        path = (self._endpoint.path or "/") + (f"?{self._endpoint.query}" if self._endpoint.query else "")
        accept = ", ".join(media_type for _, _, media_type in _wanted(job))
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": accept}
        connection.request("POST", path, urlencode(form).encode(), headers)
        return connection.getresponse()

    def running(self) -> tuple[Running, ...]:
        """Return nothing: what runs over there is not known here."""
        return ()

    def places(self) -> dict[str, int]:
        """Return nothing: there are no lanes here."""
        return {}

    def network(self) -> str:
        """Return that there are no workers here."""
        return "remote"

    def loading(self) -> bool:
        """Return `False`: the other endpoint has it."""
        return False

    def cancel(self, query: str) -> bool:  # noqa: ARG002
        """Return that there is no such query here."""
        return False

    def close(self) -> None:
        """Let go of nothing."""


class RemoteGraph:
    """What pages ask of a graph, asked of an endpoint."""

    def __init__(self, engine: RemoteEngine) -> None:
        """Ask through `engine`."""
        self._engine = engine

    @property
    def tag(self) -> str:
        """A name that changes every ten minutes: nobody tells when the graph does."""
        return f"remote-{int(time.monotonic() // _FRESH)}"

    def rows(self, query: str) -> list[Row]:
        """Return the solutions of a SELECT."""
        _, body = self.answer(Job(query))
        bindings = json.loads(body)["results"]["bindings"]
        return [{name: _term(term) for name, term in binding.items()} for binding in bindings]

    def answer(self, job: Job) -> tuple[str, bytes]:
        """Return the format of the answer to a query, and all of it."""
        answer = self._engine.answer(job)
        if answer.coming is None:
            return answer.written, answer.whole or b""
        try:
            return answer.written, b"".join(answer.coming)
        finally:
            answer.coming.close()

    def look_up(self, job: Job) -> None:
        """Return nothing: everything lies over there."""

    def has_graph(self, name: str) -> bool:
        """Return whether there is a named graph of that IRI with something in it."""
        return bool(self.rows(f"SELECT ?s {{ GRAPH <{name}> {{ ?s ?p ?o }} }} LIMIT 1"))

    def search(self, words: str, limit: int) -> list[Hit]:
        """Return what has a label with all the words somewhere in it; slow over there if the graph is big."""
        wanted = [json.dumps(word.lower(), ensure_ascii=False) for word in words.split()]
        if not wanted:
            return []
        filters = " ".join(f"FILTER(CONTAINS(LCASE(STR(?text)), {word}))" for word in wanted)
        rows = self.rows(
            f"SELECT DISTINCT ?x ?text {{ ?x rdfs:label|skos:altLabel ?text {filters} }}"
            f" ORDER BY STRLEN(STR(?text)) ?text ?x LIMIT {limit}"
        )
        return [
            Hit(thing.value, "label", text.value)
            for row in rows
            if isinstance(thing := row.get("x"), NamedNode) and isinstance(text := row.get("text"), Literal)
        ]


def with_prefixes(text: str) -> str:
    """Return the query with those of our prefixes that it uses and does not declare, on its first line."""
    declared = {name.text for word, name in pairwise(tokens(text)) if word.is_word("PREFIX")}
    wanted = (name for name in PREFIXES if f"{name}:" in text and f"{name}:" not in declared)
    return "".join(f"PREFIX {name}: <{PREFIXES[name]}> " for name in wanted) + text


def _form(text: str) -> str:
    """Return what a query asks for: SELECT, ASK, CONSTRUCT or DESCRIBE; "" when it is none of these."""
    words = (token.text.upper() for token in tokens(text) if token.is_word(*_KINDS) and token.depth == 0)
    return next(words, "")


def _wanted(job: Job) -> Iterator[tuple[str, str, str]]:
    """Return kind of answer, format and media type for what the client accepts.

    Only the kind that the query gives is asked for: some stores take the first format named, whatever the query.
    """
    given = _KINDS.get(_form(job.text))
    for kind, asked, offered in (("solutions", job.solutions, SOLUTIONS), ("graph", job.graph, GRAPHS)):
        if given is not None and kind != given:
            continue
        if given is not None and asked is None:
            raise NotAcceptable(kind)
        name = _PAGE_OF[kind] if asked == HTML else asked
        for each in offered:
            if each.name == name:
                yield kind, each.name, each.media_types[0]


def _written(response: http.client.HTTPResponse, job: Job) -> tuple[str, str]:
    """Return kind and format of what came; raises `NotAcceptable` or `Problem` (502)."""
    given = (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
    for kind, name, media_type in _wanted(job):
        if given == media_type:
            return kind, name
    for kind, offered in (("solutions", SOLUTIONS), ("graph", GRAPHS)):
        if any(given in each.media_types for each in offered):
            raise NotAcceptable(kind)
    raise Problem(502, f"the store behind this server answered with {given or 'no type'!r}")


def _refusal(status: int, body: bytes, job: Job) -> Exception:
    said = body[:1000].decode(errors="replace").strip()
    if status == http.client.BAD_REQUEST:
        return Malformed(said)
    if status == http.client.NOT_ACCEPTABLE:
        return NotAcceptable("solutions" if job.solutions is None else "graph")
    if status in (http.client.TOO_MANY_REQUESTS, http.client.SERVICE_UNAVAILABLE):
        return overdue(f"the store behind this server is busy: {said}")
    return Problem(502, f"the store behind this server answered with status {status}: {said}")


def _standard(whole: bytes, written: str) -> bytes:
    """Return an answer as the standard has it, where a store gives yes or no as a table."""
    if written != "json" or _OLD_ANSWER.encode() not in whole:
        return whole
    found = json.loads(whole)
    if found["head"]["vars"] != [_OLD_ANSWER]:
        return whole
    bindings = found["results"]["bindings"]
    return json.dumps(
        {"head": {}, "boolean": any(each[_OLD_ANSWER]["value"] != "0" for each in bindings)}
    ).encode()


def _page(whole: bytes, kind: str) -> bytes:
    """Return what a page of results is made from, as a query worker would write it."""
    page: dict[str, object]
    if kind == "graph":
        triples = list(islice(parse(whole, RdfFormat.N_TRIPLES), PAGE_ROWS + 1))
        rows = [[as_json(term) for term in (t.subject, t.predicate, t.object)] for t in triples]
        page = {"columns": ["subject", "predicate", "object"], "rows": rows, "graph": True}
    else:
        found = json.loads(whole)
        if "boolean" in found:
            return whole
        columns = found["head"]["vars"]
        rows = [[binding.get(name) for name in columns] for binding in found["results"]["bindings"]]
        page = {"columns": columns, "rows": rows, "graph": False}
    page |= {"rows": rows[:PAGE_ROWS], "more": len(rows) > PAGE_ROWS}
    return json.dumps(page, ensure_ascii=False).encode()


def _term(term: dict[str, str]) -> Term:
    if term["type"] == "uri":
        return NamedNode(term["value"])
    if term["type"] == "bnode":
        return BlankNode(term["value"].removeprefix("nodeID://"))
    if "xml:lang" in term:
        return Literal(term["value"], language=term["xml:lang"])
    return (
        Literal(term["value"], datatype=NamedNode(term["datatype"]))
        if "datatype" in term
        else Literal(term["value"])
    )
