"""Time expressions: where they stand, and what they mean once publication date and story are known.

A pattern either gives an EDTF date by itself or, when it is relative, names a resolver that needs the date
of publication (deictic: "last week") or the date the story has reached (anaphoric: "the following year").
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from diplograph import edtf
from diplograph.mentions import calendar
from diplograph.mentions.calendar import MONTHS, NUMBERS, ORDINALS, SEASONS, WEEKDAYS


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


@dataclass(frozen=True)
class TimeExpression:
    """A stretch of the paragraph's text that names a time; `relation` is the preposition before it."""

    start: int
    end: int
    words: re.Match[str]
    kind: str
    relation: str = "in"

    @property
    def needs_year(self) -> bool:
        """Tell whether it names a month, day or season of a year that it does not name."""
        groups = self.words.groupdict()
        return (
            self.kind in {"month", "day", "days"}
            and groups.get("year") is None
            and (groups.get("which") or "").lower() in {"", "of"}
        )

    @property
    def points_back(self) -> bool:
        """Tell whether it repeats the time said last: "that month", "the same year", "at once"."""
        return (self.words.groupdict().get("which") or "").lower() in {
            "that",
            "same",
            "that same",
            "the same",
        }


Resolver = Callable[[re.Match[str], Clock], str | None]


def _alternatives(words: object) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))  # type: ignore[call-overload]


_MONTH = rf"(?P<month>{_alternatives(MONTHS)})\.?"
_YEAR = r"(?P<year>1[5-9]\d\d|20\d\d)"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_NUMBER = rf"(?P<number>{_alternatives(NUMBERS)}|\d+)"
_UNIT = r"(?P<unit>day|night|week|fortnight|month|year|decade|century|centurie)s?"
_PART = r"(?:(?P<part>early|mid|late|beginning|start|middle|end|close)(?:[ -](?:of |in )?(?:the )?)?)"
_ARTICLE = r"(?:the )?"
_TO = r"\s?(?:-|–|—|to|and|through|until|till)\s?"


def _date(match: re.Match[str]) -> str:
    year = match["year"]
    return f"{year}-{MONTHS[match['month'].lower().rstrip('.')]:02d}"


def _full(match: re.Match[str], _clock: Clock) -> str | None:
    return _valid(f"{_date(match)}-{int(match['day']):02d}")


def _days(match: re.Match[str], _clock: Clock) -> str | None:
    month = _date(match)
    return _valid(f"{month}-{int(match['first']):02d}/{month}-{int(match['day']):02d}")


def _month_year(match: re.Match[str], _clock: Clock) -> str | None:
    return _with_part(match, _date(match))


def _iso(match: re.Match[str], _clock: Clock) -> str | None:
    return _valid(match[0])


def _year(match: re.Match[str], _clock: Clock) -> str | None:
    return _with_part(match, match["year"])


def _decade(match: re.Match[str], _clock: Clock) -> str | None:
    digits = match["decade"]
    return _with_part(match, (digits if len(digits) == 4 else f"19{digits}")[:3] + "X")


def _decade_word(match: re.Match[str], _clock: Clock) -> str | None:
    tens = ["twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties"]
    return _with_part(match, f"19{tens.index(match['tens'].lower()) + 2}X")


def _century(match: re.Match[str], _clock: Clock) -> str | None:
    word = match["ordinal"].lower()
    ordinal = ORDINALS.get(word) or int(re.sub(r"\D", "", word))
    return _with_part(match, f"{ordinal - 1:02d}XX")


def _season(match: re.Match[str], clock: Clock) -> str | None:
    return f"{match['year']}-{SEASONS[match['season'].lower()]}"


def _season_alone(match: re.Match[str], clock: Clock) -> str | None:
    season, which = SEASONS[match["season"].lower()], (match["which"] or "the").lower()
    base = clock.publication if which in {"this", "last", "next"} else clock.story or clock.publication
    year = edtf.year(base)
    offset = {"last": -1, "next": 1, "the following": 1, "the next": 1}.get(which, 0)
    return f"{int(year) + offset}-{season}" if year else None


def _day_of_month(match: re.Match[str], clock: Clock) -> str | None:
    """The day in "on the 30th": of the month that the story has reached."""
    word = match["ordinal"].lower()
    day = ORDINALS.get(word) or int(re.sub(r"\D", "", word) or 0)
    return _valid(f"{clock.story[:7]}-{day:02d}") if clock.story and len(clock.story) >= 7 else None


def _then(_match: re.Match[str], clock: Clock) -> str | None:
    return clock.last or clock.story


def _quarter(match: re.Match[str], _clock: Clock) -> str | None:
    number = match["quarter"]
    return f"{match['year']}-{32 + (int(number) if number.isdecimal() else ORDINALS[number.lower()])}"


def _half(match: re.Match[str], _clock: Clock) -> str | None:
    months = ("01", "06") if match["half"].lower() == "first" else ("07", "12")
    return f"{match['year']}-{months[0]}/{match['year']}-{months[1]}"


def _years(match: re.Match[str], _clock: Clock) -> str | None:
    return _valid(calendar.joined(match["year"], match["until"]))


def _between_years(match: re.Match[str], _clock: Clock) -> str | None:
    return _valid(f"{match['year']}/{match['until']}")


def _day_month(match: re.Match[str], clock: Clock) -> str | None:
    year = _year_of_month(MONTHS[match["month"].lower()], clock)
    return _valid(f"{year}-{MONTHS[match['month'].lower()]:02d}-{int(match['day']):02d}") if year else None


def _days_month(match: re.Match[str], clock: Clock) -> str | None:
    month = MONTHS[match["month"].lower()]
    year = _year_of_month(month, clock)
    first, last = int(match["first"]), int(match["day"])
    return _valid(f"{year}-{month:02d}-{first:02d}/{year}-{month:02d}-{last:02d}") if year else None


def _month_alone(match: re.Match[str], clock: Clock) -> str | None:
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


def _weekday(match: re.Match[str], clock: Clock) -> str | None:
    day = clock.day
    if day is None:
        return None
    name, which = WEEKDAYS[match["weekday"].lower()], (match["which"] or "").lower()
    if which == "next" or (clock.ahead and not which):
        return calendar.next_weekday(name, day)
    return calendar.recent_weekday(name, day, strictly=which == "last")


def _deictic_day(match: re.Match[str], clock: Clock) -> str | None:
    offset = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1, "last night": -1}[
        match["deictic"].lower()
    ]
    return calendar.shift(clock.day.isoformat(), offset, "day") if clock.day else None


def _deictic_unit(match: re.Match[str], clock: Clock) -> str | None:
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


def _month_of_deictic_year(match: re.Match[str], clock: Clock) -> str | None:
    year = edtf.year(clock.publication)
    offset = {"last": -1, "this": 0, "next": 1}[match["which"].lower()]
    return f"{int(year) + offset}-{MONTHS[match['month'].lower()]:02d}" if year else None


def _month_of_story_year(match: re.Match[str], clock: Clock) -> str | None:
    year = edtf.year(clock.story)
    offset = {"previous": -1, "preceding": -1, "following": 1, "next": 1}.get(match["which"].lower(), 0)
    return f"{int(year) + offset}-{MONTHS[match['month'].lower()]:02d}" if year else None


def _ago(match: re.Match[str], clock: Clock) -> str | None:
    amount = calendar.number(match["number"])
    if clock.publication is None or amount is None:
        return None
    return calendar.shift(clock.publication, -amount, _unit(match))


def _anaphoric_shift(match: re.Match[str], clock: Clock) -> str | None:
    amount = calendar.number(match["number"])
    if clock.story is None or amount is None:
        return None
    sign = 1 if match["sense"].lower() in {"later", "afterwards", "on"} else -1
    return calendar.shift(clock.story, sign * amount, _unit(match))


def _anaphoric_unit(match: re.Match[str], clock: Clock) -> str | None:
    if clock.story is None:
        return None
    which = match["which"].lower()
    offset = 0 if which in {"that", "same", "that same"} else -1 if which in {"previous", "preceding"} else 1
    if match["before"] and offset == 0:
        offset = -1 if match["before"].lower() == "before" else 1
    return _same_unit(clock.story, offset, _unit(match))


def _unit_before(match: re.Match[str], clock: Clock) -> str | None:
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


def _valid(time: str) -> str | None:
    return time if edtf.is_valid(time) else None


_PATTERNS: tuple[tuple[str, Resolver, str], ...] = (
    ("iso", _iso, r"\d{4}-\d\d-\d\d"),
    ("days", _days, rf"(?:from )?(?P<first>\d\d?){_TO}{_DAY} {_MONTH},? {_YEAR}"),
    ("days", _days, rf"(?:from )?{_MONTH} (?P<first>\d\d?){_TO}{_DAY},? {_YEAR}"),
    ("full", _full, rf"{_DAY}(?: of)? {_MONTH},? {_YEAR}"),
    ("full", _full, rf"{_MONTH} {_DAY},? {_YEAR}"),
    ("deictic", _month_of_deictic_year, rf"{_MONTH} of (?P<which>last|this|next) year"),
    ("month", _month_year, rf"{_PART}?{_MONTH}(?: of|,)? {_YEAR}"),
    ("anaphoric", _month_of_story_year, rf"{_MONTH} of (?:the )?(?P<which>same|that|following|next|previous|preceding) year"),
    ("days", _days_month, rf"(?:from )?(?P<first>\d\d?){_TO}{_DAY} {_MONTH}(?! \d)"),
    ("day", _day_month, rf"(?:{_ARTICLE}{_DAY}(?: of)? {_MONTH})(?!\w| \d{{4}})"),
    ("day", _day_month, rf"{_MONTH} {_DAY}(?![\d,]*\d)"),
    ("quarter", _quarter, rf"Q(?P<quarter>[1-4]) {_YEAR}"),
    ("quarter", _quarter, rf"{_ARTICLE}(?P<quarter>first|second|third|fourth|last) quarter of {_YEAR}"),
    ("half", _half, rf"{_ARTICLE}(?P<half>first|second) half of {_YEAR}"),
    ("season", _season, rf"{_ARTICLE}(?P<season>{_alternatives(SEASONS)})(?: of)? {_YEAR}"),
    ("season", _season_alone, rf"(?P<which>this|last|next|that|the following|the next|the same|the) (?P<season>{_alternatives(SEASONS)})(?! of)"),
    ("anaphoric", _day_of_month, rf"(?<=on the )(?P<ordinal>{_alternatives(ORDINALS)}|\d\d?(?:st|nd|rd|th))(?=[,.;:]| [a-z]+(?:ed|ew|et)\b)"),
    ("anaphoric", _then, r"(?<=by )then|(?<=until )then|(?<=since )then"),
    ("anaphoric", _then, r"(?:within (?:hours|days|weeks|a week|the week|the hour|the day|a day)|at once|on the spot|at the same time|the same (?:day|week|hour))"),
    ("decade", _decade, rf"{_ARTICLE}{_PART}?(?P<decade>1[5-9]\d0|20\d0|(?<=')\d0)'?s"),
    ("decade", _decade_word, rf"the {_PART}?(?P<tens>twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties)"),
    ("century", _century, rf"{_ARTICLE}{_PART}?(?P<ordinal>{_alternatives(ORDINALS)}|\d\d?(?:st|nd|rd|th)) century"),
    ("years", _between_years, rf"(?:between|from) {_YEAR}(?: and| to| until| through|-) (?P<until>1[5-9]\d\d|20\d\d)"),
    ("years", _years, rf"{_YEAR}(?:-|–|/)(?P<until>\d{{4}}|\d\d)(?![\d-])"),
    ("year", _year, rf"{_ARTICLE}{_PART}?{_YEAR}(?!\d|['’]?s\b|,\d|-\w)"),
    ("deictic", _ago, rf"{_NUMBER} {_UNIT} ago(?: today| this week)?"),
    ("anaphoric", _anaphoric_shift, rf"(?:(?:some|about|nearly|almost|only|just) )?{_NUMBER} {_UNIT} (?P<sense>later|afterwards|earlier|before(?=[ ,.;]*(?:,|;|\.|$))|previously|on(?=,))"),
    ("deictic", _deictic_day, r"(?P<deictic>yesterday|today|tonight|tomorrow|last night)"),
    ("deictic", _weekday, rf"(?:(?P<which>last|next|this) )?(?P<weekday>{_alternatives(WEEKDAYS)})"),
    ("deictic", _deictic_unit, r"(?:the )?(?P<which>last|this|next|past|coming) (?P<unit>week|month|year|decade)(?! of)"),
    ("anaphoric", _anaphoric_unit, rf"(?:the )?(?P<which>that same|that|same|following|next|previous|preceding) {_UNIT}(?: (?P<before>before|after))?"),
    ("anaphoric", _unit_before, rf"the {_UNIT} (?P<sense>before|after)(?=[ ,.;]*(?:,|;|\.|$))"),
    ("month", _month_alone, rf"(?:(?:in|by|since|until|from|before|after|during|throughout|of) )?(?:(?:the |that )?(?P<which>last|this|next|that|following|same|previous|preceding) )?{_PART}?{_MONTH}(?= |,|\.|;|:|$|\)|-)(?! \d)"),
)  # fmt: skip
_COMPILED = tuple(
    (kind, resolver, re.compile(rf"(?<![\w-]){pattern}(?!\w)", re.IGNORECASE))
    for kind, resolver, pattern in _PATTERNS
)
_RESOLVERS = {id(pattern): resolver for _, resolver, pattern in _COMPILED}
_RELATION = re.compile(
    r"\b(after|since|from|before|until|till|by|to|in|on|during|at|of|between|around|about|circa|throughout)\s+(?:the\s+)?(?:about\s+|around\s+)?$",
    re.IGNORECASE,
)
_AMBIGUOUS_MONTHS = {"may", "march", "mar", "jan", "sep", "dec"}


def find(text: str) -> list[TimeExpression]:
    """Return the time expressions of a paragraph in order; where they overlap, the earlier and longer one."""
    found: list[TimeExpression] = []
    for kind, _, pattern in _COMPILED:
        for match in pattern.finditer(text):
            if _is_month(match, kind, text) and not _overlaps(match, found):
                found.append(_expression(match, kind, text))
    return sorted(found, key=lambda expression: expression.start)


def resolve(expression: TimeExpression, clock: Clock) -> str | None:
    """Return the EDTF time of an expression, or `None` when what it is relative to is not known."""
    time = _RESOLVERS[id(expression.words.re)](expression.words, clock)
    return _valid(calendar.opened(expression.relation, time)) if time else None


def narrowed(time: str) -> str:
    """Return the start of an interval, or its end where it has no start."""
    start, _, end = time.partition("/")
    return start if start not in {"", ".."} else end


def _expression(match: re.Match[str], kind: str, text: str) -> TimeExpression:
    start = match.start()
    relation = _RELATION.search(text, 0, start)
    own = re.match(r"(in|by|since|until|from|before|after|during|throughout|of) ", match[0], re.IGNORECASE)
    if kind in {"years", "days"}:
        return TimeExpression(start, match.end(), match, kind)
    word = own[1] if own else relation[1] if relation else "in"
    return TimeExpression(start, match.end(), match, kind, word.lower())


def _is_month(match: re.Match[str], kind: str, text: str) -> bool:
    """Keep "may" and "march" from being months where they are a verb: a month is capitalized and follows a preposition or article."""
    month = match.groupdict().get("month")
    if month is None:
        return True
    if not month[0].isupper():
        return False
    bare = kind == "month" and match.groupdict().get("year") is None
    return not (
        bare and month.lower().rstrip(".") in _AMBIGUOUS_MONTHS and match.start() == match.start("month")
    )


def _overlaps(match: re.Match[str], found: list[TimeExpression]) -> bool:
    return any(match.start() < other.end and other.start < match.end() for other in found)
