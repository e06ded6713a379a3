"""Queries so small that handing them to a worker costs more than they do: what is said of one thing.

`SELECT ?p ?o { <thing> ?p ?o }` is what pages, browsers and link checkers ask all day. It reads one stretch of
one index; where the answer gets long, the query goes to a worker like any other.
"""

import re
from collections.abc import Sequence

from pyoxigraph import Store

from diplograph.server.evaluation import Job, evaluate
from diplograph.server.guard import iri_of
from diplograph.server.links import is_safe
from diplograph.server.tokens import Kind, Token, tokens

_MOST = 1 << 17  # bytes of an answer that is looked up on the spot
_LONGEST = 2000  # characters of a query worth looking at
_IRI, _VARIABLE = r"<[^\x00-\x20<>\"{}|^`\\]+>", r"\?\w+"
_PLAIN = re.compile(  # the form in which most are written; others are told by their tokens
    rf"\s*SELECT\s+(?:DISTINCT\s+)?(?:\*|{_VARIABLE}(?:\s+{_VARIABLE})*)\s*(?:WHERE\s*)?\{{\s*{_IRI}"
    rf"\s+(?:{_IRI}|{_VARIABLE})\s+(?:{_IRI}|{_VARIABLE})\s*\.?\s*\}}\s*",
    re.IGNORECASE,
)


def look_up(graph: Store, job: Job) -> tuple[str, bytes] | None:
    """Return format and bytes of the answer to a query about one thing, or `None` for any other query."""
    if len(job.text) > _LONGEST or job.default_graphs is not None or job.named_graphs is not None:
        return None
    if _PLAIN.fullmatch(job.text) is None and not _is_about_one_thing(job.text):
        return None
    output = _Short()
    written, write = evaluate(graph, job)
    try:
        write(output)
    except TooLongError:
        return None
    return written, bytes(output.data)


def _is_about_one_thing(text: str) -> bool:
    thing = subject(tokens(text))
    return thing is not None and is_safe(thing)


class TooLongError(Exception):
    """An answer is too long to be made on the spot."""


class _Short:
    """Bytes, but not many; refusing more ends the query."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, data: bytes, /) -> int:
        self.data += data
        if len(self.data) > _MOST:
            raise TooLongError
        return len(data)

    def flush(self) -> None:
        """Asked for by the engine at the end."""


def subject(found: Sequence[Token]) -> str | None:
    """Return the subject of a query whose whole pattern is one triple with a named subject, or `None`."""
    start = next((i for i, token in enumerate(found) if token.is_word("SELECT", "ASK")), None)
    opening = next((i for i, token in enumerate(found) if token.text == "{"), None)
    if start is None or opening is None or not _is_head(found[start + 1 : opening]):
        return None
    pattern = [token for token in found[opening + 1 :] if token.text != "."]
    if len(pattern) != 4 or pattern[3].text != "}" or not all(_is_term(token) for token in pattern[:3]):
        return None
    return iri_of(found, pattern[0])


def _is_term(token: Token) -> bool:
    return token.kind in (Kind.IRI, Kind.NAME, Kind.VARIABLE) or token.text == "a"


def _is_head(head: Sequence[Token]) -> bool:
    """Return whether what stands between SELECT and the pattern is columns and nothing that computes."""
    return all(
        token.kind is Kind.VARIABLE or token.text == "*" or token.is_word("DISTINCT", "REDUCED", "WHERE")
        for token in head
    )
