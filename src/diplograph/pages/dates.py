"""When things were: bounds of a start and an end as numbers to draw with, and EDTF in words."""

import re
from datetime import date

from diplograph.edtf import Bounds

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_PARTS = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_DECADE = re.compile(r"(\d{3})X")
_CENTURY = re.compile(r"(\d{2})XX")


def first(bounds: Bounds) -> date | None:
    """Return the earliest day on which something may have been under way, as far as that is known."""
    return bounds.earliest_start or bounds.latest_start or bounds.earliest_end or bounds.latest_end


def last(bounds: Bounds) -> date | None:
    """Return the latest day that is known of something."""
    return bounds.latest_end or bounds.earliest_end or bounds.latest_start or bounds.earliest_start


def day(text: str) -> date | None:
    """Return an `xsd:date` as a date; `None` for what Python's calendar does not have."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def years(moment: date) -> float:
    """Return a date as a number of years."""
    start = date(moment.year, 1, 1).toordinal()
    return moment.year + (moment.toordinal() - start) / 366


def in_words(edtf: str) -> str:
    """Return an EDTF date as people write it; what is of no common form is returned as it is.

    >>> in_words("2003-02"), in_words("197X"), in_words("2010/.."), in_words("1954/1954")
    ('February 2003', '1970s', 'since 2010', '1954')
    """
    start, slash, end = edtf.partition("/")
    if not slash or start == end:
        return _one(start)
    if end in ("", ".."):
        return f"since {_one(start)}" + ("" if end else ", end unknown")
    if start in ("", ".."):
        return f"until {_one(end)}"
    return f"{_one(start)} – {_one(end)}"


def _one(edtf: str) -> str:
    plain = edtf.rstrip("~?%")
    about = "about " if edtf.endswith(("~", "%")) else ""
    doubt = " (uncertain)" if edtf.endswith(("?", "%")) else ""
    return f"{about}{_plain(plain)}{doubt}"


def _plain(edtf: str) -> str:
    if found := _PARTS.fullmatch(edtf):
        year, month, number = found.groups()
        named = _MONTHS[int(month) - 1] if month and 1 <= int(month) <= 12 else None
        if named is None:
            return edtf if month else year
        return f"{int(number)} {named} {year}" if number else f"{named} {year}"
    if found := _DECADE.fullmatch(edtf):
        return f"{found[1]}0s"
    if found := _CENTURY.fullmatch(edtf):
        return f"{found[1]}00s"
    return edtf
