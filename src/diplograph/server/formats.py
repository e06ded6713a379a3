"""The formats of answers, and which of them a client gets: by `format=`, else by the Accept header."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pyoxigraph import QueryResultsFormat, RdfFormat
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from diplograph.server.problems import Problem

HTML = "html"


@dataclass(frozen=True, eq=False)  # there is one of each, and they are looked up by thousands
class Format:
    """A way to write an answer: its name in `format=` and in suffixes, and its media types, ours first."""

    name: str
    media_types: tuple[str, ...]
    iri: str | None = None

    @property
    def content_type(self) -> str:
        """The value of Content-Type."""
        media_type = self.media_types[0]
        return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def _solutions(name: str, written: QueryResultsFormat, *others: str) -> Format:
    return Format(name, (written.media_type.partition(";")[0], *others), written.iri)


def _graph(name: str, written: RdfFormat, *others: str) -> Format:
    return Format(name, (written.media_type.partition(";")[0], *others), written.iri)


_PAGE = Format(HTML, ("text/html", "application/xhtml+xml"))

SOLUTIONS: tuple[Format, ...] = (
    _solutions("json", QueryResultsFormat.JSON, "application/json"),
    _solutions("xml", QueryResultsFormat.XML, "application/xml", "text/xml"),
    _solutions("csv", QueryResultsFormat.CSV),
    _solutions("tsv", QueryResultsFormat.TSV),
    _PAGE,
)
GRAPHS: tuple[Format, ...] = (
    _graph("ttl", RdfFormat.TURTLE, "application/x-turtle"),
    _graph("nt", RdfFormat.N_TRIPLES, "text/plain"),
    _graph("rdf", RdfFormat.RDF_XML, "application/xml", "text/xml"),
    _graph("jsonld", RdfFormat.JSON_LD, "application/json"),
    _graph("trig", RdfFormat.TRIG),
    _graph("nq", RdfFormat.N_QUADS),
    _PAGE,
)
SYNONYMS: Mapping[str, str] = {
    "turtle": "ttl",
    "ntriples": "nt",
    "n-triples": "nt",
    "rdfxml": "rdf",
    "rdf/xml": "rdf",
    "json-ld": "jsonld",
    "srj": "json",
    "srx": "xml",
}
ALL: tuple[Format, ...] = tuple(dict.fromkeys((*SOLUTIONS, *GRAPHS)))
_CONTENT_TYPES = {each.name: each.content_type for each in ALL}


def of_name(offered: Sequence[Format], asked: str) -> Format | None:
    """Return the format called `asked`: by name, synonym or media type."""
    name = SYNONYMS.get(asked.lower(), asked.lower())
    if offered is GRAPHS and name in {"json", "xml"}:  # the usual words for both kinds of answers
        name = {"json": "jsonld", "xml": "rdf"}[name]
    return next((each for each in offered if name == each.name or name in each.media_types), None)


@lru_cache(maxsize=256)  # of clients there are many, of Accept headers few
def negotiate(offered: tuple[Format, ...], asked: str | None, accept: str | None) -> Format | None:
    """Return the format to answer in, or `None` when none of `offered` will do; no wish gets the first."""
    if asked:
        return of_name(offered, asked)
    if not accept or not accept.strip():
        return offered[0]
    media_types = {media_type: each for each in offered for media_type in each.media_types}
    ranges = [(each.partition(";")[0].strip(), q) for each, q in parse_accept_header(accept, MIMEAccept)]
    best = MIMEAccept(ranges).best_match(list(media_types))  # a charset there says nothing
    return media_types[best] if best is not None else None


def content_type(name: str) -> str:
    """Return the Content-Type of a format by its name."""
    return _CONTENT_TYPES[name]


def not_acceptable(offered: Sequence[Format], wish: str) -> Problem:
    """Return the 406 that says what there is."""
    return Problem(
        406,
        f"{wish!r} cannot be given here; ask for one of {', '.join(each.media_types[0] for each in offered)}",
        {"available": [each.media_types[0] for each in offered]},
    )
