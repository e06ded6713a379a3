"""Small charts of the front page as geometry."""

from collections.abc import Sequence
from dataclasses import dataclass

_STEPS = (1, 2, 5, 10, 20, 25, 50, 100)


@dataclass(frozen=True)
class Column:
    """A year (or several) as a column."""

    x: float
    width: float
    y: float
    height: float
    label: str
    number: int


@dataclass(frozen=True)
class Columns:
    """A column chart with the years to name below it."""

    columns: tuple[Column, ...]
    ticks: tuple[tuple[float, str], ...]
    most: int
    width: int
    height: int


def by_year(years: Sequence[tuple[int, int]], width: int = 520, height: int = 120) -> Columns | None:
    """Return columns for (year, number); several years share a column where there are too many."""
    if not years:
        return None
    start, end = years[0][0], years[-1][0] + 1
    step = next((step for step in _STEPS if (end - start) / step <= width / 6), 100)
    first = start - start % step
    counts = [
        (year, sum(number for each, number in years if year <= each < year + step))
        for year in range(first, end, step)
    ]
    most, across = max(number for _, number in counts), width / len(counts)
    columns = tuple(
        Column(
            place * across,
            max(across - 1, 1),
            height - height * number / most,
            height * number / most,
            _label(year, step),
            number,
        )
        for place, (year, number) in enumerate(counts)
    )
    named = next((named for named in (1, 5, 10, 20, 50, 100) if (end - first) / named <= 9), 100)
    ticks = tuple(
        ((year - first) / step * across, str(year)) for year in range(-(-first // named) * named, end, named)
    )
    return Columns(columns, ticks, most, width, height)


def _label(year: int, step: int) -> str:
    return str(year) if step == 1 else f"{year}–{year + step - 1}"
