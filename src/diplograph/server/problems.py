"""Errors as the client sees them: RFC 9457 problem details."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

_POSITION = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_EXCERPT = 120  # characters of the faulty line that are quoted


@dataclass(eq=False)  # not frozen: whoever raises it adds a traceback
class Problem(Exception):  # noqa: N818  (the standard's word)
    """What went wrong with a request: status, what was found, expected and to do, and members of its own."""

    status: int
    detail: str
    members: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The status in words."""
        return HTTPStatus(self.status).phrase

    def body(self) -> bytes:
        """Return the `application/problem+json` document."""
        document = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **self.members,
        }
        return json.dumps(document, ensure_ascii=False, indent=1).encode()


def malformed(query: str, message: str) -> Problem:
    """Return the 400 for a query that the parser refused, with the line, the column and the line's text."""
    found = _POSITION.search(message)
    if found is None:
        return Problem(400, message)
    line, column, expected = int(found[1]), int(found[2]), found[3]
    lines = query.splitlines() or [""]
    text = lines[min(line, len(lines)) - 1]
    start = max(0, column - _EXCERPT // 2)
    return Problem(
        400,
        f"the query is not SPARQL: line {line}, column {column}: {expected}",
        {"line": line, "column": column, "excerpt": text[start : start + _EXCERPT]},
    )
