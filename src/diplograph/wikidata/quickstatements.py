"""Statements as lines of QuickStatements V1 (https://www.wikidata.org/wiki/Help:QuickStatements).

Cells are separated by tabs, so that quotes and bars in texts need no escape. A statement is written once, with
one reference whose parts do not change from run to run: QuickStatements adds neither a statement that is there
nor a reference that it has.
"""

import re
from dataclasses import dataclass

from diplograph import edtf

_POINT = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
_LONGEST = 400  # longer texts in one language are refused


@dataclass(frozen=True, order=True)
class Reference:
    """What bears a statement out: a page, and the words in it."""

    url: str
    title: str
    quote: str
    issued: str | None
    retrieved: str


@dataclass(frozen=True, order=True)
class Statement:
    """A statement about an item, qualified by a time (an EDTF date) where it has one."""

    subject: str
    property: str
    value: str
    qualifier: str
    time: str | None
    reference: Reference


def line(statement: Statement) -> str:
    """Return a statement as one line, without its end."""
    reference = statement.reference
    cells = [statement.subject, statement.property, statement.value]
    cells += _timed(statement.qualifier, statement.time)
    cells += ["S854", _string(reference.url), "S1476", _english(reference.title)]
    cells += _timed("S577", reference.issued) + _timed("S813", reference.retrieved)
    if len(reference.quote) <= _LONGEST:
        cells += ["S1683", _english(reference.quote)]
    return "\t".join(cells)


def point(time: str) -> str | None:
    """Return an EDTF date as a time with its precision; `None` for what is no plain year, month or day.

    >>> point("2022-04"), point("2010/.."), point("197X")
    ('+2022-04-00T00:00:00Z/10', None, None)
    """
    match = _POINT.fullmatch(time)
    if match is None or not edtf.is_valid(time) or int(match[2] or 1) > 12:
        return None
    precision = 11 if match[3] else 10 if match[2] else 9
    return f"+{match[1]}-{match[2] or '00'}-{match[3] or '00'}T00:00:00Z/{precision}"


def _timed(name: str, time: str | None) -> list[str]:
    written = point(time) if time else None
    return [name, written] if written else []


def _string(text: str) -> str:
    return f'"{" ".join(text.split())}"'


def _english(text: str) -> str:
    return f"en:{_string(text)}"
