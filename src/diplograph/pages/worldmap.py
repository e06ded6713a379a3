"""The map of who visits, arms, sanctions and fights whom: capitals and flows in the Equal Earth projection."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import asin, cos, hypot, radians, sin, sqrt
from pathlib import Path

from diplograph.pages.acts import Coverage, Flow
from diplograph.pages.reading import Reader, ask, text

WIDTH, HEIGHT = 1000.0, 487.0
_OUTLINE = Path(__file__).parent / "static" / "vendor" / "world.json"
_A = (
    1.340264,
    -0.081106,
    0.000893,
    0.003796,
)  # Šavrič, Patterson and Jenny (2018), The Equal Earth map projection
_M = sqrt(3) / 2
_LETTER = 5.3  # width of a letter of a name, more or less
_Box = tuple[float, float, float, float]  # left, top, right, bottom
_EDGE = (2.7066, 1.3173)  # half the width and half the height of the projected world


@dataclass(frozen=True)
class Arc:
    """A flow as drawn: a curve, its width, and the spans of years of its acts for the browser."""

    flow: Flow
    path: str
    width: float
    number: int
    spans: str


@dataclass(frozen=True)
class Dot:
    """A state as drawn, at its capital."""

    state: str
    x: float
    y: float
    name: str = ""  # where there is room for it
    before: bool = False  # the name stands to the left of the dot


@dataclass(frozen=True)
class Map:
    """All that the drawing needs; `years` are the first and the last with anything to show."""

    arcs: tuple[Arc, ...]
    dots: tuple[Dot, ...]
    unplaced: tuple[Arc, ...]
    years: tuple[int, int]
    land: str


def project(latitude: float, longitude: float) -> tuple[float, float]:
    """Return where a place is on the drawing.

    >>> project(0, 0)
    (500.0, 243.5)
    """
    theta = asin(_M * sin(radians(latitude)))
    squared = theta * theta
    sixth = squared**3
    slope = 9 * _A[3] * sixth * squared + 7 * _A[2] * sixth + 3 * _A[1] * squared + _A[0]
    x = radians(longitude) * cos(theta) / (_M * slope)
    y = theta * (_A[0] + _A[1] * squared + sixth * (_A[2] + _A[3] * squared))
    return WIDTH / 2 * (1 + x / _EDGE[0]), HEIGHT / 2 * (1 - y / _EDGE[1])


def draw(reader: Reader, covered: Coverage, year: int | None) -> Map:
    """Return the map; `year` tells which flows are to be seen (`None`: all)."""
    places = _capitals(reader)
    arcs = [_arc(flow, places, year) for flow in covered.flows]
    spans = [span for flow in covered.flows for span in flow.years if span is not None]
    used = sorted({state for flow in covered.flows for state in (flow.source, flow.target)} & set(places))
    return Map(
        tuple(arc for arc in arcs if arc.path),
        tuple(_named([Dot(state, *places[state], covered.names[state]) for state in used], covered)),
        tuple(arc for arc in arcs if not arc.path),
        (min((span[0] for span in spans), default=2000), max((span[1] for span in spans), default=2000)),
        _outline(),
    )


@cache
def _outline() -> str:
    """Return the outlines that the front-end build made as a path, "" without it."""
    try:
        return str(json.loads(_OUTLINE.read_text(encoding="utf-8"))["land"])
    except (OSError, ValueError, KeyError):
        return ""


def _capitals(reader: Reader) -> dict[str, tuple[float, float]]:
    """Return where to draw states: at the capital that was the last to become one."""
    rows = sorted(ask(reader, "capitals"), key=lambda row: (text(row, "start"), text(row, "lat")))
    return {text(row, "state"): project(float(text(row, "lat")), float(text(row, "long"))) for row in rows}


def _named(dots: Sequence[Dot], covered: Coverage) -> list[Dot]:
    """Return the dots, those of most events first, with names where they cover neither dots nor other names."""
    numbers = {state: number for state, _, number in covered.states}
    taken = [(dot.x - 3, dot.y - 3, dot.x + 3, dot.y + 3) for dot in dots]
    found = []
    for dot in sorted(dots, key=lambda dot: (-numbers.get(dot.state, 0), dot.state)):
        width = len(dot.name) * _LETTER
        places = (
            (False, (dot.x + 5, dot.y - 5, dot.x + 5 + width, dot.y + 5)),
            (True, (dot.x - 5 - width, dot.y - 5, dot.x - 5, dot.y + 5)),
        )
        fit = [each for each in places if each[1][0] >= 0 and each[1][2] <= WIDTH]
        free = next((each for each in fit if not any(_meet(each[1], other) for other in taken)), None)
        if free is None:
            found.append(Dot(dot.state, dot.x, dot.y))
        else:
            taken.append(free[1])
            found.append(Dot(dot.state, dot.x, dot.y, dot.name, free[0]))
    return found


def _meet(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _arc(flow: Flow, places: dict[str, tuple[float, float]], year: int | None) -> Arc:
    number = flow.number(year)
    spans = " ".join(f"{span[0]}-{span[1]}" if span else "-" for span in flow.years)
    if flow.source not in places or flow.target not in places:
        return Arc(flow, "", 0, number, spans)
    path = _curve(places[flow.source], places[flow.target])
    return Arc(flow, path, round(0.9 + 0.7 * sqrt(len(flow.years)), 1), number, spans)


def _curve(start: Sequence[float], end: Sequence[float]) -> str:
    """Return a curve that bends to the left of its way, so that there and back are told apart, with an arrow's head."""
    (x1, y1), (x2, y2) = start, end
    bend_x, bend_y = (x1 + x2) / 2 + (y2 - y1) * 0.22, (y1 + y2) / 2 - (x2 - x1) * 0.22
    along = hypot(x2 - bend_x, y2 - bend_y) or 1.0
    back_x, back_y = 7 * (x2 - bend_x) / along, 7 * (y2 - bend_y) / along
    one = f"{x2 - back_x - back_y * 0.45:.1f} {y2 - back_y + back_x * 0.45:.1f}"
    other = f"{x2 - back_x + back_y * 0.45:.1f} {y2 - back_y - back_x * 0.45:.1f}"
    return f"M{x1:.1f} {y1:.1f}Q{bend_x:.1f} {bend_y:.1f} {x2:.1f} {y2:.1f}M{one}L{x2:.1f} {y2:.1f}L{other}"
