"""A lane timeline as geometry: which mark goes where, how far it is certain, and which years to name.

Everything is in the units of the drawing. A mark has a whole extent (from the earliest to the latest day that it
may have been under way) and, inside, the part that is certain; what is known to the day is a point.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from diplograph.pages.dates import day, first, last, years
from diplograph.pages.facts import Fact
from diplograph.pages.lanes import Lane, lane_of, lanes

WIDTH = 1100.0
LEFT, RIGHT = 150.0, 1092.0
UNDATED = 190.0  # width of the column for what has no date
ROW = 22.0
POINT = 11.0
_GAP = 8.0  # between marks of a row
_HALO = 20.0
_TOP = 26.0
_SCORES = 52.0  # height of the bars of scores
_LETTER = 6.1  # width of a letter of a caption, more or less
_MOST_CAPTIONS = 90
_LONGEST = 26  # letters of a caption
_FAR = date(9999, 1, 1)

Place = Callable[[float], float]


@dataclass(frozen=True)
class Mark:
    """One fact as drawn: `x` to `x + width` may be, `sure_x` to `sure_x + sure_width` is certain.

    `point` tells that it happened within the extent, rather than lasting over it.
    """

    fact: Fact
    number: int
    x: float
    width: float
    sure_x: float = 0.0
    sure_width: float = 0.0
    point: bool = True
    opens_left: bool = False
    opens_right: bool = False
    caption: str = ""
    caption_at: str = "right"  # of the mark, or "left" of it, or "inside"
    y: float = 0.0

    @property
    def left(self) -> float:
        """Where the mark begins, with its caption."""
        return self.x - self._letters() if self.caption_at == "left" else self.x

    @property
    def right(self) -> float:
        """Where the mark ends, with its caption."""
        return self.x + self.width + (self._letters() if self.caption_at == "right" else 0)

    def _letters(self) -> float:
        return len(self.caption) * _LETTER + 6 if self.caption else 0.0


@dataclass(frozen=True)
class Strip:
    """A lane as drawn."""

    lane: Lane
    y: float
    height: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Tick:
    """A year on the axis."""

    x: float
    label: str


@dataclass(frozen=True)
class Bar:
    """The mean score of the events of a year, drawn from the zero line."""

    x: float
    width: float
    y: float
    height: float
    year: int
    score: float
    events: int


@dataclass(frozen=True)
class Timeline:
    """All that the drawing needs. `right` is where dated marks end, `zero` the line that scores start from."""

    strips: tuple[Strip, ...]
    ticks: tuple[Tick, ...]
    height: float
    right: float
    undated: bool
    bars: tuple[Bar, ...]
    zero: float


def span_of(facts: Iterable[Fact]) -> tuple[int, int]:
    """Return the years that a timeline of `facts` covers, with a year of room at either end."""
    days = [day for fact in facts for day in (first(fact.bounds), last(fact.bounds)) if day]
    return (min(days).year - 1, max(days).year + 2) if days else (2000, 2002)


def draw(
    facts: Sequence[Fact], span: tuple[int, int], scores: Sequence[tuple[int, float, int]] = ()
) -> Timeline:
    """Lay out `facts` between the years of `span`, numbered as they come. `scores` are year, mean and events."""
    undated = any(first(fact.bounds) is None for fact in facts)
    right = RIGHT - (UNDATED if undated else 0)
    place, strips = _scale(span, right), list[Strip]()
    y = _TOP + (_SCORES if scores else 0.0)
    for lane in lanes():
        chosen = [(number, fact) for number, fact in enumerate(facts, start=1) if _lane(fact) == lane.slug]
        if chosen:
            marks = _pack(
                [_mark(*each, place, right, named=len(facts) <= _MOST_CAPTIONS) for each in chosen], y
            )
            height = max(mark.y for mark in marks) + ROW + 4 - y
            strips.append(Strip(lane, y, height, tuple(marks)))
            y += height
    zero = _TOP + _SCORES / 2 - 2
    bars = tuple(_bar(place, zero, each) for each in scores if span[0] <= each[0] < span[1])
    return Timeline(tuple(strips), tuple(_ticks(span, place)), y + 6, right, undated, bars, zero)


def _lane(fact: Fact) -> str:
    return lane_of(fact.kind, real=not fact.hypothetical)


def _scale(span: tuple[int, int], right: float) -> Place:
    start, end = span
    return lambda year: LEFT + (min(max(year, start), end) - start) / (end - start) * (right - LEFT)


def _pack(marks: Sequence[Mark], top: float) -> list[Mark]:
    """Put marks into as few rows as go without overlap."""
    ends: list[float] = []
    placed: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: (mark.left, mark.number)):
        row = next((index for index, end in enumerate(ends) if end <= mark.left), len(ends))
        ends[row : row + 1] = [mark.right + _GAP]
        placed.append(replace(mark, y=top + 4 + row * ROW))
    return sorted(placed, key=lambda mark: mark.number)


def _mark(number: int, fact: Fact, place: Place, right: float, *, named: bool) -> Mark:
    caption = _caption(fact) if named else ""
    bare = replace(_extent(number, fact, place, right), caption=caption)
    if bare.right < (RIGHT if bare.x > right else right):
        return bare
    aside = replace(bare, caption_at="left")
    return aside if aside.left > LEFT or bare.point else replace(bare, caption_at="inside")


def _extent(number: int, fact: Fact, place: Place, right: float) -> Mark:
    bounds = fact.bounds
    start, end = first(bounds), last(bounds)
    if start is None or end is None:
        return Mark(fact, number, right + 14, POINT)
    goes_on = bounds.latest_end is None
    x = place(years(start)) if bounds.earliest_start else LEFT
    until = right if goes_on else place(years(end))
    least = POINT if start == end else _HALO  # what is not known to the day has a halo
    if until - x < least:
        x, until = (x + until - least) / 2, (x + until + least) / 2
    if fact.lasting:
        sure_x, sure_width = _certain(fact, place)
        opens_left = bounds.earliest_start is None
        return Mark(fact, number, x, until - x, sure_x, sure_width, False, opens_left, goes_on)
    return Mark(fact, number, x, until - x)


def _certain(fact: Fact, place: Place) -> tuple[float, float]:
    """Return where something is certainly under way: from its latest start to its earliest end.

    What goes on does so for sure until the last of the texts that say so was written.
    """
    since, until = fact.bounds.latest_start, fact.bounds.earliest_end
    if since is None or until is None:
        return 0.0, 0.0
    if "/.." in fact.time:
        until = max((written for said in fact.said if (written := day(said.issued))), default=_FAR)
    return place(years(since)), max(0.0, place(years(until)) - place(years(since)))


def _caption(fact: Fact) -> str:
    """Say in a word or two what a mark is: who came, or what kind of thing it was."""
    if fact.label:
        words = fact.label
    else:
        people = [role.label for role in fact.roles if role.term.endswith(("#visitor", "#invitee"))]
        named = [label for label in people if not label.startswith("unnamed")] or people
        words = named[0] if named and not fact.hypothetical else fact.kind_name
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1].rstrip() + "…"


def _ticks(span: tuple[int, int], place: Place) -> list[Tick]:
    start, end = span
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 1000) if (end - start) / step <= 14)
    return [Tick(place(year), str(year)) for year in range(-(-start // step) * step, end, step)]


def _bar(place: Place, zero: float, scored: tuple[int, float, int]) -> Bar:
    year, score, events = scored
    x, height = place(year), min(abs(score), 10) * (_SCORES / 2 - 6) / 10
    return Bar(
        x,
        max(2.0, place(year + 1) - x - 1),
        zero - height if score > 0 else zero,
        height,
        year,
        score,
        events,
    )
