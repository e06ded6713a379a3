"""Who did what to whom in the whole graph: counts by year, state and pair, and flows between states for the map."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import TypeVar

from diplograph.pages.lanes import lane_of
from diplograph.pages.reading import DG, Reader, ask, names, text

KINDS = {"visits": "Visits", "arms": "Arms", "sanctions": "Sanctions", "conflict": "Conflict"}
_EMBARGO = frozenset(DG + name for name in ("EmbargoImposition", "AidSuspension"))

Counted = TypeVar("Counted", str, tuple[str, str])


@dataclass
class Act:
    """An accepted event: its class, the years it may have been in, and the states at either side."""

    kind: str
    start: int | None
    end: int | None
    source: set[str] = field(default_factory=set)
    target: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Flow:
    """All acts of a kind from one state to another; `years` are the spans of years of each act (`None`: undated)."""

    kind: str
    source: str
    target: str
    years: tuple[tuple[int, int] | None, ...]

    def number(self, year: int | None) -> int:
        """Return how many acts may have been in a year (`None`: at any time)."""
        return sum(year is None or (span is not None and span[0] <= year <= span[1]) for span in self.years)


@dataclass(frozen=True)
class Coverage:
    """How much the graph tells of: events by year, by state and by pair of states (most first), with names."""

    years: tuple[tuple[int, int], ...]
    undated: int
    states: tuple[tuple[str, str, int], ...]
    pairs: tuple[tuple[str, str, int], ...]
    flows: tuple[Flow, ...]
    names: Mapping[str, str]


def coverage(reader: Reader) -> Coverage:
    """Return the coverage of the present version; this reads all events."""
    acts = _acts(reader)
    by_state = Counter(state for act in acts for state in act.source | act.target)
    by_pair = Counter(pair for act in acts for pair in combinations(sorted(act.source | act.target), 2))
    known = names(reader, by_state)
    dated = Counter(act.start for act in acts if act.start is not None and act.start == act.end)
    return Coverage(
        tuple(sorted(dated.items())),
        sum(act.start is None for act in acts),
        tuple((state, known[state], number) for state, number in _most(by_state)),
        tuple((one, other, number) for (one, other), number in _most(by_pair)),
        _flows(acts),
        known,
    )


def _most(counts: Counter[Counted]) -> list[tuple[Counted, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))


def _acts(reader: Reader) -> list[Act]:
    acts: dict[str, Act] = {}
    for row in ask(reader, "acts"):
        start, end = (_year(text(row, name)) for name in ("start", "end"))
        act = acts.setdefault(text(row, "event"), Act(text(row, "class"), start, end))
        (act.source if text(row, "side") == DG + "SourceSide" else act.target).add(text(row, "state"))
    return [acts[event] for event in sorted(acts)]


def _year(day: str) -> int | None:
    return int(day[:4]) if day[:4].isdigit() else None


def _flows(acts: list[Act]) -> tuple[Flow, ...]:
    found: dict[tuple[str, str, str], list[tuple[int, int] | None]] = defaultdict(list)
    for act in acts:
        kind = "sanctions" if act.kind in _EMBARGO else lane_of(act.kind, real=True)
        span = (act.start, act.end) if act.start is not None and act.end is not None else None
        for source in act.source if kind in KINDS else ():
            for target in act.target - {source}:
                found[kind, source, target].append(span)
    return tuple(
        Flow(*key, tuple(sorted(spans, key=lambda span: span or (0, 0))))
        for key, spans in sorted(found.items())
    )
