"""Dates of files as EDTF: year, month and day in cells, ISO strings, Wikidata times with their precision."""

import re
from datetime import date

from diplograph import edtf

_ISO = re.compile(r"\+?(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(?:T\d{2}:\d{2}:\d{2}Z?)?")
_DAY, _MONTH, _YEAR, _DECADE = 11, 10, 9, 8


def point(text: str, precision: int | None = None) -> str | None:
    """Return an ISO date or Wikidata time as EDTF, no more precise than `precision`; `None` for an empty cell.

    >>> point("2004-10-08T00:00:00Z", 10), point("+1999-00-00T00:00:00Z", 9), point("")
    ('2004-10', '1999', None)

    Raises ValueError for what is no date of the years 0001 to 9999.
    """
    if not text:
        return None
    match = _ISO.fullmatch(text)
    if match is None or (precision is not None and precision < _DECADE):
        raise ValueError(f"{text!r} is no date; expected for instance 1999, 1999-10 or 1999-10-12")
    year, month, day = (part if part and part != "00" else None for part in match.groups())
    if precision == _DECADE:
        return f"{match[1][:3]}X"
    precise = {_YEAR: 1, _MONTH: 2}.get(precision or _DAY, 3)
    return _checked("-".join(part for part in (year, month, day if month else None)[:precise] if part))


def of_cells(year: str, month: str = "", day: str = "") -> str | None:
    """Return cells of numbers as EDTF; empty ones, zeros and negative codes say that a part is unknown.

    >>> of_cells("1879", "10", "-9"), of_cells("0"), of_cells("1815", "6", "8")
    ('1879-10', None, '1815-06-08')
    """
    numbers = [int(float(cell)) if cell else 0 for cell in (year, month, day)]
    if numbers[0] <= 0:
        return None
    known = [f"{numbers[0]:04d}"]
    for number in numbers[1:]:
        if number <= 0:
            break
        known.append(f"{number:02d}")
    return _checked("-".join(known))


def interval(start: str | None, end: str | None) -> str:
    """Return the interval between two EDTF dates, either of which may be unknown.

    Raises ValueError when it ends before it starts.
    """
    text = f"{start or ''}/{end or ''}"
    if start and end and edtf.span(start)[0] > edtf.span(end)[1]:
        raise ValueError(f"it ends ({end}) before it starts ({start})")
    return text


def duration(start: str | None, end: str | None) -> str | None:
    """Return when something took place: a day where start and end are one, else the interval."""
    return start if start == end or end is None else interval(start, end)


def years(text: str) -> str | None:
    """Return a list of years ("1979; 1980; 1981") as one EDTF interval.

    >>> years("1979; 1981"), years("2018"), years("")
    ('1979/1981', '2018', None)
    """
    found = sorted(re.findall(r"\d{4}", text))
    if not found:
        return None
    return found[0] if found[0] == found[-1] else f"{found[0]}/{found[-1]}"


def is_day(text: str) -> bool:
    """Tell whether a text is a calendar day, such as a retrieval date must be."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10


def _checked(text: str) -> str:
    if not edtf.is_valid(text):
        raise ValueError(f"{text!r} names no day of the calendar")
    return text
