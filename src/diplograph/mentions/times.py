"""Time expressions: where they stand, and what they mean once publication date and story are known.

A pattern either gives an EDTF date by itself or, when it is relative, names a resolver that needs the date
of publication (deictic: "last week") or the date the story has reached (anaphoric: "the following year").
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from diplograph.mentions import calendar, dating
from diplograph.mentions.calendar import MONTHS, NUMBERS, ORDINALS, SEASONS, WEEKDAYS
from diplograph.mentions.dating import Clock

__all__ = ["Clock", "TimeExpression", "find", "narrowed", "resolve"]


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

_PATTERNS: tuple[tuple[str, Resolver, str], ...] = (
    ("iso", dating.iso, r"\d{4}-\d\d-\d\d"),
    ("days", dating.days, rf"(?:from )?(?P<first>\d\d?){_TO}{_DAY} {_MONTH},? {_YEAR}"),
    ("days", dating.days, rf"(?:from )?{_MONTH} (?P<first>\d\d?){_TO}{_DAY},? {_YEAR}"),
    ("full", dating.full, rf"{_DAY}(?: of)? {_MONTH},? {_YEAR}"),
    ("full", dating.full, rf"{_MONTH} {_DAY},? {_YEAR}"),
    ("deictic", dating.month_of_deictic_year, rf"{_MONTH} of (?P<which>last|this|next) year"),
    ("month", dating.month_year, rf"{_PART}?{_MONTH}(?: of|,)? {_YEAR}"),
    ("anaphoric", dating.month_of_story_year, rf"{_MONTH} of (?:the )?(?P<which>same|that|following|next|previous|preceding) year"),
    ("days", dating.days_month, rf"(?:from )?(?P<first>\d\d?){_TO}{_DAY} {_MONTH}(?! \d)"),
    ("day", dating.day_month, rf"(?:{_ARTICLE}{_DAY}(?: of)? {_MONTH})(?!\w| \d{{4}})"),
    ("day", dating.day_month, rf"{_MONTH} {_DAY}(?![\d,]*\d)"),
    ("quarter", dating.quarter, rf"Q(?P<quarter>[1-4]) {_YEAR}"),
    ("quarter", dating.quarter, rf"{_ARTICLE}(?P<quarter>first|second|third|fourth|last) quarter of {_YEAR}"),
    ("half", dating.half, rf"{_ARTICLE}(?P<half>first|second) half of {_YEAR}"),
    ("season", dating.season, rf"{_ARTICLE}(?P<season>{_alternatives(SEASONS)})(?: of)? {_YEAR}"),
    ("season", dating.season_alone, rf"(?P<which>this|last|next|that|the following|the next|the same|the) (?P<season>{_alternatives(SEASONS)})(?! of)"),
    ("anaphoric", dating.day_of_month, rf"(?<=on the )(?P<ordinal>{_alternatives(ORDINALS)}|\d\d?(?:st|nd|rd|th))(?=[,.;:]| [a-z]+(?:ed|ew|et)\b)"),
    ("anaphoric", dating.then, r"(?<=by )then|(?<=until )then|(?<=since )then"),
    ("anaphoric", dating.then, r"(?:within (?:hours|days|weeks|a week|the week|the hour|the day|a day)|at once|on the spot|at the same time|the same (?:day|week|hour))"),
    ("decade", dating.decade, rf"{_ARTICLE}{_PART}?(?P<decade>1[5-9]\d0|20\d0|(?<=')\d0)'?s"),
    ("decade", dating.decade_word, rf"the {_PART}?(?P<tens>twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties)"),
    ("century", dating.century, rf"{_ARTICLE}{_PART}?(?P<ordinal>{_alternatives(ORDINALS)}|\d\d?(?:st|nd|rd|th)) century"),
    ("years", dating.between_years, rf"(?:between|from) {_YEAR}(?: and| to| until| through|-) (?P<until>1[5-9]\d\d|20\d\d)"),
    ("years", dating.years, rf"{_YEAR}(?:-|–|/)(?P<until>\d{{4}}|\d\d)(?![\d-])"),
    ("year", dating.year, rf"{_ARTICLE}{_PART}?{_YEAR}(?!\d|['’]?s\b|,\d|-\w)"),
    ("deictic", dating.ago, rf"{_NUMBER} {_UNIT} ago(?: today| this week)?"),
    ("anaphoric", dating.anaphoric_shift, rf"(?:(?:some|about|nearly|almost|only|just) )?{_NUMBER} {_UNIT} (?P<sense>later|afterwards|earlier|before(?=[ ,.;]*(?:,|;|\.|$))|previously|on(?=,))"),
    ("deictic", dating.deictic_day, r"(?P<deictic>yesterday|today|tonight|tomorrow|last night)"),
    ("deictic", dating.weekday, rf"(?:(?P<which>last|next|this) )?(?P<weekday>{_alternatives(WEEKDAYS)})"),
    ("deictic", dating.deictic_unit, r"(?:the )?(?P<which>last|this|next|past|coming) (?P<unit>week|month|year|decade)(?! of)"),
    ("anaphoric", dating.anaphoric_unit, rf"(?:the )?(?P<which>that same|that|same|following|next|previous|preceding) {_UNIT}(?: (?P<before>before|after))?"),
    ("anaphoric", dating.unit_before, rf"the {_UNIT} (?P<sense>before|after)(?=[ ,.;]*(?:,|;|\.|$))"),
    ("month", dating.month_alone, rf"(?:(?:in|by|since|until|from|before|after|during|throughout|of) )?(?:(?:the |that )?(?P<which>last|this|next|that|following|same|previous|preceding) )?{_PART}?{_MONTH}(?= |,|\.|;|:|$|\)|-)(?! \d)"),
)  # fmt: skip
_COMPILED = tuple(
    (kind, resolver, re.compile(rf"(?<![\w-]){pattern}(?!\w)", re.IGNORECASE))
    for kind, resolver, pattern in _PATTERNS
)
# A pattern is tried only on a text that has what the pattern cannot do without.
_NEEDS = {part: re.compile(part, re.IGNORECASE) for part in (_MONTH, _YEAR, _UNIT)}
_NEEDED = tuple(tuple(part for part in _NEEDS if part in pattern) for _, _, pattern in _PATTERNS)
_RESOLVERS = {id(pattern): resolver for _, resolver, pattern in _COMPILED}
_RELATION = re.compile(
    r"\b(after|since|from|before|until|till|by|to|in|on|during|at|of|between|around|about|circa|throughout)\s+(?:the\s+)?(?:about\s+|around\s+)?$",
    re.IGNORECASE,
)
_AMBIGUOUS_MONTHS = {"may", "march", "mar", "jan", "sep", "dec"}


def find(text: str) -> list[TimeExpression]:
    """Return the time expressions of a paragraph in order; where they overlap, the earlier and longer one."""
    found: list[TimeExpression] = []
    absent = {part for part, pattern in _NEEDS.items() if not pattern.search(text)}
    for (kind, _, pattern), needed in zip(_COMPILED, _NEEDED, strict=True):
        if not absent.isdisjoint(needed):
            continue
        for match in pattern.finditer(text):
            if _is_month(match, kind, text) and not _overlaps(match, found):
                found.append(_expression(match, kind, text))
    return sorted(found, key=lambda expression: expression.start)


def resolve(expression: TimeExpression, clock: Clock) -> str | None:
    """Return the EDTF time of an expression, or `None` when what it is relative to is not known."""
    time = _RESOLVERS[id(expression.words.re)](expression.words, clock)
    return dating.valid(calendar.opened(expression.relation, time)) if time else None


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
