"""What a matched time expression means: EDTF, given the dates of publication and of the story.

Each function takes the match of its pattern (`times.py`) and the clock, and gives an EDTF date or `None` where what
it is relative to is not known.
"""

import re
from dataclasses import dataclass
from datetime import date

from diplograph import edtf
from diplograph.mentions import calendar
from diplograph.mentions.calendar import MONTHS, ORDINALS, SEASONS, WEEKDAYS


@dataclass(frozen=True)
class Clock:
    """What relative times are relative to: EDTF dates of publication and of the story so far."""

    publication: str | None = None
    story: str | None = None
    last: str | None = None  # the date said last, be it that of the story or not
    goes_on: bool = False  # whether the story was still being told at the end of the paragraph before
    ahead: bool = False  # whether what is dated lies after publication

    @property
    def day(self) -> date | None:
        """Return the day of publication when it is known to the day."""
        first, last = edtf.span(self.publication)
        return first if first == last else None


def _month_of(match: re.Match[str]) -> str:
    year = match["year"]
    return f"{year}-{MONTHS[match['month'].lower().rstrip('.')]:02d}"


def full(match: re.Match[str], _clock: Clock) -> str | None:
    """Resolve a day of a month of a year."""
    return valid(f"{_month_of(match)}-{int(match['day']):02d}")


def days(match: re.Match[str], _clock: Clock) -> str | None:
    """Resolve several days of a month: 18-24 April 1955."""
    month = _month_of(match)
    return valid(f"{month}-{int(match['first']):02d}/{month}-{int(match['day']):02d}")


def month_year(match: re.Match[str], _clock: Clock) -> str | None:
    """Resolve a month of a year, or a part of it."""
    return _with_part(match, _month_of(match))


def iso(match: re.Match[str], _clock: Clock) -> str | None:
    """Resolve an ISO date."""
    return valid(match[0])


def year(match: re.Match[str], _clock: Clock) -> str | None:
    """Resolve a year, or a part of it."""
    return _with_part(match, match["year"])


def decade(match: re.Match[str], _clock: Clock) -> str | None:
    """Resolve a decade in figures: the 1970s."""
    digits = match["decade"]
    return _with_part(match, (digits if len(digits) == 4 else f"19{digits}")[:3] + "X")


def decade_word(match: re.Match[str], _clock: Clock) -> str | None:
    """Resolve a decade in words: the seventies."""
    tens = ["twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties"]
    return _with_part(match, f"19{tens.index(match['tens'].lower()) + 2}X")


def century(match: re.Match[str], _clock: Clock) -> str | None:
    """Resolve a century."""
    word = match["ordinal"].lower()
    ordinal = ORDINALS.get(word) or int(re.sub(r"\D", "", word))
    return _with_part(match, f"{ordinal - 1:02d}XX")


def season(match: re.Match[str], _clock: Clock) -> str | None:
    """Resolve a season of a year."""
    return f"{match['year']}-{SEASONS[match['season'].lower()]}"


def season_alone(match: re.Match[str], clock: Clock) -> str | None:
    """Resolve a season of the year of publication, or of the story."""
    season, which = SEASONS[match["season"].lower()], (match["which"] or "the").lower()
    base = clock.publication if which in {"this", "last", "next"} else clock.story or clock.publication
    year = edtf.year(base)
    offset = {"last": -1, "next": 1, "the following": 1, "the next": 1}.get(which, 0)
    return f"{int(year) + offset}-{season}" if year else None


def day_of_month(match: re.Match[str], clock: Clock) -> str | None:
    """The day in "on the 30th": of the month that the story has reached."""
    word = match["ordinal"].lower()
    day = ORDINALS.get(word) or int(re.sub(r"\D", "", word) or 0)
    return valid(f"{clock.story[:7]}-{day:02d}") if clock.story and len(clock.story) >= 7 else None


def then(_match: re.Match[str], clock: Clock) -> str | None:
    """Resolve "then", "at once": the date said last."""
    return clock.last or clock.story


def quarter(match: re.Match[str], _clock: Clock) -> str | None:
    """Resolve a quarter of a year."""
    number = match["quarter"]
    return f"{match['year']}-{32 + (int(number) if number.isdecimal() else ORDINALS[number.lower()])}"


def half(match: re.Match[str], _clock: Clock) -> str | None:
    """Resolve half a year."""
    months = ("01", "06") if match["half"].lower() == "first" else ("07", "12")
    return f"{match['year']}-{months[0]}/{match['year']}-{months[1]}"


def years(match: re.Match[str], _clock: Clock) -> str | None:
    """Resolve 1939-45."""
    return valid(calendar.joined(match["year"], match["until"]))


def between_years(match: re.Match[str], _clock: Clock) -> str | None:
    """Resolve between two years."""
    return valid(f"{match['year']}/{match['until']}")


def day_month(match: re.Match[str], clock: Clock) -> str | None:
    """Resolve a day of a month without its year."""
    year = _year_of_month(MONTHS[match["month"].lower()], clock)
    return valid(f"{year}-{MONTHS[match['month'].lower()]:02d}-{int(match['day']):02d}") if year else None


def days_month(match: re.Match[str], clock: Clock) -> str | None:
    """Resolve days of a month without its year."""
    month = MONTHS[match["month"].lower()]
    year = _year_of_month(month, clock)
    first, last = int(match["first"]), int(match["day"])
    return valid(f"{year}-{month:02d}-{first:02d}/{year}-{month:02d}-{last:02d}") if year else None


def month_alone(match: re.Match[str], clock: Clock) -> str | None:
    """Resolve a month without its year."""
    month = MONTHS[match["month"].lower()]
    which = (match["which"] or "").lower()
    if which in {"last", "this", "next"}:
        return _deictic_month(which, month, clock)
    year = (edtf.year(clock.story) if which and which != "of" else None) or _year_of_month(month, clock)
    if year and which in {"following", "next"} and not _later_in_year(month, clock):
        year = f"{int(year) + 1}"
    if year and which in {"previous", "preceding"} and _later_in_year(month, clock):
        year = f"{int(year) - 1}"
    return _with_part(match, f"{year}-{month:02d}") if year else None


def _deictic_month(which: str, month: int, clock: Clock) -> str | None:
    day = clock.day
    if day is None:
        return None
    earlier, later = month < day.month, month > day.month
    offset = {"last": 0 if earlier else -1, "this": 0, "next": 0 if later else 1}[which]
    return f"{day.year + offset}-{month:02d}"


def _later_in_year(month: int, clock: Clock) -> bool:
    first, _ = edtf.span(clock.story)
    return month > first.month


def _year_of_month(month: int, clock: Clock) -> str | None:
    """The year of a bare month: the story's, which goes forward; else the latest that is not after publication."""
    first, last = edtf.span(clock.publication)
    if clock.ahead and first != date.min:
        return f"{first.year if month >= first.month else first.year + 1}"
    if clock.story:
        start = edtf.span(clock.story)[0]
        year = start.year + 1 if len(clock.story) >= 7 and month < start.month else start.year
        if year * 12 + month <= last.year * 12 + last.month:
            return f"{year}"
    if last == date.max:
        return None
    return f"{first.year if month <= last.month else first.year - 1}"


def weekday(match: re.Match[str], clock: Clock) -> str | None:
    """Resolve a weekday: the last one, or the next."""
    day = clock.day
    if day is None:
        return None
    name, which = WEEKDAYS[match["weekday"].lower()], (match["which"] or "").lower()
    if which == "next" or (clock.ahead and not which):
        return calendar.next_weekday(name, day)
    return calendar.recent_weekday(name, day, strictly=which == "last")


def deictic_day(match: re.Match[str], clock: Clock) -> str | None:
    """Resolve yesterday, today, tomorrow."""
    offset = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1, "last night": -1}[
        match["deictic"].lower()
    ]
    return calendar.shift(clock.day.isoformat(), offset, "day") if clock.day else None


def deictic_unit(match: re.Match[str], clock: Clock) -> str | None:
    """Resolve last week, this month, next year."""
    offset = {"last": -1, "past": -1, "this": 0, "next": 1, "coming": 1}[match["which"].lower()]
    unit, base = match["unit"].lower(), clock.publication
    if base is None:
        return None
    if unit == "week":
        return calendar.week(clock.day, offset) if clock.day else None
    if unit == "month":
        return calendar.shift(edtf.span(base)[0].isoformat()[:7], offset, "month") if len(base) >= 7 else None
    if unit == "decade":
        return f"{int(base[:3]) + offset}X"
    return calendar.shift(base, offset, unit) if unit == "year" else None


def month_of_deictic_year(match: re.Match[str], clock: Clock) -> str | None:
    """Resolve May of last year."""
    year = edtf.year(clock.publication)
    offset = {"last": -1, "this": 0, "next": 1}[match["which"].lower()]
    return f"{int(year) + offset}-{MONTHS[match['month'].lower()]:02d}" if year else None


def month_of_story_year(match: re.Match[str], clock: Clock) -> str | None:
    """Resolve May of the following year."""
    year = edtf.year(clock.story)
    offset = {"previous": -1, "preceding": -1, "following": 1, "next": 1}.get(match["which"].lower(), 0)
    return f"{int(year) + offset}-{MONTHS[match['month'].lower()]:02d}" if year else None


def ago(match: re.Match[str], clock: Clock) -> str | None:
    """Resolve three years ago."""
    amount = calendar.number(match["number"])
    if clock.publication is None or amount is None:
        return None
    return calendar.shift(clock.publication, -amount, _unit(match))


def anaphoric_shift(match: re.Match[str], clock: Clock) -> str | None:
    """Resolve three years later."""
    amount = calendar.number(match["number"])
    if clock.story is None or amount is None:
        return None
    sign = 1 if match["sense"].lower() in {"later", "afterwards", "on"} else -1
    return calendar.shift(clock.story, sign * amount, _unit(match))


def anaphoric_unit(match: re.Match[str], clock: Clock) -> str | None:
    """Resolve that year, the following month."""
    if clock.story is None:
        return None
    which = match["which"].lower()
    offset = 0 if which in {"that", "same", "that same"} else -1 if which in {"previous", "preceding"} else 1
    if match["before"] and offset == 0:
        offset = -1 if match["before"].lower() == "before" else 1
    return _same_unit(clock.story, offset, _unit(match))


def unit_before(match: re.Match[str], clock: Clock) -> str | None:
    """Resolve the year before."""
    offset = -1 if match["sense"].lower() == "before" else 1
    return _same_unit(clock.story, offset, _unit(match)) if clock.story else None


def _same_unit(story: str, offset: int, unit: str) -> str | None:
    first, last = edtf.span(story)
    if unit == "year":
        return f"{first.year + offset}"
    if unit == "month" and (last - first).days <= 31:
        return calendar.shift(story, offset, unit)
    return calendar.shift(story, offset, unit) if first == last else story


def _unit(match: re.Match[str]) -> str:
    unit = match["unit"].lower()
    return "century" if unit == "centurie" else unit


def _with_part(match: re.Match[str], time: str) -> str:
    part = (match.groupdict().get("part") or "").lower()
    part = {"beginning": "early", "start": "early", "middle": "mid", "end": "late", "close": "late"}.get(
        part, part
    )
    return calendar.third(part, time) if part else time


def valid(time: str) -> str | None:
    """Return a time if it is EDTF."""
    return time if edtf.is_valid(time) else None
