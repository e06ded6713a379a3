"""Arithmetic on EDTF dates: shifting, opening, joining, and the words for months, seasons and numbers."""

import re
from datetime import date, timedelta

from diplograph import edtf

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun",
            "july jul", "august aug", "september sept sep", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}
WEEKDAYS = {
    name: i
    for i, name in enumerate(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
}
NUMBERS = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
} | {"a": 1, "an": 1, "thirty": 30, "forty": 40, "fifty": 50}
ORDINALS = {
    word: number
    for number, word in enumerate(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
            "thirteenth",
            "fourteenth",
            "fifteenth",
            "sixteenth",
            "seventeenth",
            "eighteenth",
            "nineteenth",
            "twentieth",
            "twenty-first",
        ],
        start=1,
    )
}
_DAYS = {"day": 1, "night": 1, "week": 7, "fortnight": 14}
_MONTHS_IN = {"month": 1, "year": 12, "decade": 120, "century": 1200}
_THIRDS = {"early": 0, "mid": 1, "late": 2}


def number(word: str) -> int | None:
    """Return the number that a word or digits stand for.

    >>> number("twelve"), number("25"), number("several")
    (12, 25, None)
    """
    return int(word) if word.isdecimal() else NUMBERS.get(word.lower())


def shift(time: str, amount: int, unit: str) -> str | None:
    """Return `time` moved by `amount` units, to the precision that the unit leaves.

    >>> shift("1999-12-30", 3, "day"), shift("2013-07", 3, "month"), shift("2013-07-03", 1, "year"), shift("1914", 10, "day")
    ('2000-01-02', '2013-10', '2014', '1914')
    """
    first, last = edtf.span(time)
    if first == date.min or last == date.max:
        return None
    if unit in _DAYS:
        return _shift_days(first, last, amount * _DAYS[unit], time)
    return _shift_months(first, last, amount * _MONTHS_IN[unit], unit)


def _shift_days(first: date, last: date, days: int, time: str) -> str:
    if first == last:
        return (first + timedelta(days)).isoformat()
    return time if (last - first).days > 40 else _month(first + timedelta(days))


def _shift_months(first: date, last: date, months: int, unit: str) -> str:
    index = first.year * 12 + first.month - 1 + months
    year, month = divmod(index, 12)
    if unit == "month" and (last - first).days <= 31:
        return f"{year:04d}-{month + 1:02d}"
    return f"{year:04d}"


def third(part: str, time: str) -> str:
    """Return the early, mid or late third of a year, decade, century or month.

    >>> third("early", "2012"), third("late", "199X"), third("mid", "2012-05")
    ('2012-01/2012-04', '1997/1999', '2012-05-11/2012-05-20')
    """
    which = _THIRDS[part]
    if re.fullmatch(r"\d{4}", time):
        return f"{time}-{1 + 4 * which:02d}/{time}-{4 + 4 * which:02d}"
    if time.endswith("XX"):
        return f"{time[:2]}{(0, 34, 67)[which]:02d}/{time[:2]}{(33, 66, 99)[which]:02d}"
    if time.endswith("X"):
        return f"{time[:3]}{(0, 4, 7)[which]}/{time[:3]}{(3, 6, 9)[which]}"
    if re.fullmatch(r"\d{4}-\d{2}", time):
        last = edtf.span(time)[1].isoformat()
        return (f"{time}-01/{time}-10", f"{time}-11/{time}-20", f"{time}-21/{last}")[which]
    return time


def opened(relation: str, time: str) -> str:
    """Return the interval that a preposition makes of a date, after the annotation guide: both ends inclusive.

    >>> opened("since", "2010"), opened("by", "2018"), opened("in", "1974")
    ('2010/..', '../2018', '1974')
    """
    start, _, end = time.partition("/")
    if relation in {"after", "since", "from"}:
        return f"{end or start if relation == 'after' else start}/.."
    if relation in {"before", "until", "till", "by", "to"}:
        return f"../{start if relation == 'before' else end or start}"
    return time


def joined(start: str, end: str) -> str:
    """Return the interval from one date to another, the second completed from the first.

    >>> joined("1962", "1966"), joined("1939", "45")
    ('1962/1966', '1939/1945')
    """
    if len(end) == 2:
        end = start[:2] + end
    return f"{start.split('/', maxsplit=1)[0]}/{end.split('/')[-1]}"


def recent_weekday(day: int, reference: date, *, strictly: bool = False) -> str:
    """Return the last such weekday on or (strictly) before the reference day, as ISO date."""
    back = (reference.weekday() - day) % 7
    return (reference - timedelta(back or (7 if strictly else 0))).isoformat()


def next_weekday(day: int, reference: date) -> str:
    """Return the next such weekday after the reference day, as ISO date."""
    return (reference + timedelta((day - reference.weekday()) % 7 or 7)).isoformat()


def week(reference: date, offset: int) -> str:
    """Return the calendar week (Monday to Sunday) `offset` weeks from the reference day, as an interval."""
    monday = reference - timedelta(reference.weekday()) + timedelta(7 * offset)
    return f"{monday.isoformat()}/{(monday + timedelta(6)).isoformat()}"


def _month(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"
