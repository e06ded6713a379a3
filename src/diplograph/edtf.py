"""Dates as precisely as a text gives them: EDTF literals and the four bounds they imply.

The accepted subset of the Extended Date/Time Format (ISO 8601-2, https://www.loc.gov/standards/datetime/):
years, months and days, seasons (21-24) and quarters (33-36), unspecified digits (`197X`, `19XX`), the
qualifiers `?`, `~` and `%`, and intervals with known, unknown (empty) and open (`..`) ends.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from diplograph.errors import KnowledgeError

_POINT = re.compile(r"(?P<year>\d{2}XX|\d{3}X|\d{4})(?:-(?P<month>\d{2}|XX))?(?:-(?P<day>\d{2}|XX))?[?~%]?")
_MONTHS_OF_SEASON = {21: (3, 5), 22: (6, 8), 23: (9, 11), 24: (12, 12)}
_MONTHS_OF_QUARTER = {33: (1, 3), 34: (4, 6), 35: (7, 9), 36: (10, 12)}
_MONTHS = {month: (month, month) for month in range(1, 13)} | _MONTHS_OF_SEASON | _MONTHS_OF_QUARTER


@dataclass(frozen=True, order=True)
class Bounds:
    """The earliest and latest day on which something started and ended; `None` where unknown."""

    earliest_start: date | None = None
    latest_start: date | None = None
    earliest_end: date | None = None
    latest_end: date | None = None


def extent(text: str) -> Bounds:
    """Return the bounds of what holds over the time `text`.

    >>> extent("/2014").latest_end.isoformat(), extent("/2014").earliest_start
    ('2014-12-31', None)
    """
    if "/" not in text:
        first, last = _days(text)
        return Bounds(first, last, first, last)
    start, end = _ends(text)
    latest_start = start[1] or end[1]
    return Bounds(start[0], latest_start, end[0] or start[0], end[1])


def occurrence(text: str) -> Bounds:
    """Return the bounds of what happened at some time within `text`.

    >>> occurrence("2010/..")
    Bounds(earliest_start=datetime.date(2010, 1, 1), latest_start=None, earliest_end=datetime.date(2010, 1, 1), latest_end=None)
    """
    if "/" not in text:
        return extent(text)
    start, end = _ends(text)
    return Bounds(start[0], end[1], start[0], end[1])


def is_valid(text: str) -> bool:
    """Tell whether `text` is an EDTF date or interval of the accepted subset."""
    try:
        extent(text)
    except KnowledgeError:
        return False
    return True


@lru_cache(maxsize=4096)
def span(text: str | None) -> tuple[date, date]:
    """Return the first and last possible day of `text`, the ends of the calendar where unbounded."""
    bounds = occurrence(text) if text else Bounds()
    return bounds.earliest_start or date.min, bounds.latest_end or date.max


def overlap(one: str | None, other: str | None) -> bool:
    """Tell whether two times can be the same time.

    >>> overlap("2003", "2003-02-04"), overlap("2003", "2004"), overlap("2003", None)
    (True, False, True)
    """
    (first, last), (other_first, other_last) = span(one), span(other)
    return first <= other_last and other_first <= last


def most_precise(times: list[str]) -> str | None:
    """Return the narrowest of `times`; the first of equals."""
    return min(times, key=_width) if times else None


def year(text: str | None) -> str | None:
    """Return the year of a time that lies within one year, else `None`.

    >>> year("2003-02-04"), year("2003~"), year("197X")
    ('2003', '2003', None)
    """
    first, last = span(text)
    return f"{first.year:04d}" if first.year == last.year else None


def _width(text: str) -> int:
    first, last = span(text)
    return (last - first).days


def _ends(text: str) -> tuple[tuple[date | None, date | None], tuple[date | None, date | None]]:
    start, _, end = text.partition("/")
    ends = tuple((None, None) if side in {"", ".."} else _days(side) for side in (start, end))
    if ends[0][0] and ends[1][1] and ends[0][0] > ends[1][1]:
        raise KnowledgeError(f"the interval {text!r} ends before it starts")
    return ends[0], ends[1]


def _days(text: str) -> tuple[date, date]:
    match = _POINT.fullmatch(text)
    if match is None:
        raise KnowledgeError(
            f"{text!r} is no EDTF date; expected for instance 2014, 2014-06, 197X or 2010/.."
        )
    try:
        return _first_and_last(match)
    except (ValueError, KeyError) as error:
        raise KnowledgeError(f"{text!r} names no day of the calendar") from error


def _first_and_last(match: re.Match[str]) -> tuple[date, date]:
    digits = match["year"]
    first_year, last_year = int(digits.replace("X", "0")), int(digits.replace("X", "9"))
    month = match["month"]
    if month is None or month == "XX":
        return date(first_year, 1, 1), date(last_year, 12, 31)
    first_month, last_month = _MONTHS[int(month)]
    if match["day"] and match["day"] != "XX":
        day = date(first_year, first_month, int(match["day"]))
        return day, day
    if int(month) == 24:  # the winter of a year runs into the next one
        return date(first_year, 12, 1), _month_end(first_year + 1, 2)
    return date(first_year, first_month, 1), _month_end(last_year, last_month)


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
