"""Visits of foreign leaders to the United States, and travels of its presidents and secretaries of state.

Both are tables made of the Office of the Historian's data (https://github.com/HistoryAtState, CC0).
"""

from collections.abc import Iterator
from pathlib import Path

from diplograph.importing import dates, files
from diplograph.importing.rows import Journey, Ref, Row

VISITS = ("id", "start", "end", "visitor", "from_id", "from_name", "description")
TRAVELS = ("id", "role", "name", "start-date", "end-date", "country", "locale", "remarks")
_AMERICA = Ref("United States", code="iso3:USA")


def recognizes_visits(head: str) -> bool:
    """Tell whether a file begins as the table of visits."""
    return head.startswith(",".join(VISITS))


def recognizes_travels(head: str) -> bool:
    """Tell whether a file begins as the table of travels."""
    return head.startswith(",".join(TRAVELS))


def read_visits(path: Path) -> Iterator[Row]:
    """Yield a visit for each row; its origin is refused only when it is resolved."""
    for number, cells in files.table(path, VISITS):
        try:
            time = dates.duration(dates.point(cells["start"]), dates.point(cells["end"]))
            if time is None:
                raise ValueError("no date is given")
        except ValueError as error:
            yield Row(number, id=cells["id"], refused=str(error))
            continue
        sender = Ref(cells["from_name"], code=f"slug:{cells['from_id']}")
        journey = Journey(cells["visitor"], sender, _AMERICA, time, None, cells["description"])
        yield Row(number, journey, id=cells["id"])


def read_travels(path: Path) -> Iterator[Row]:
    """Yield a visit for each row."""
    for number, cells in files.table(path, TRAVELS):
        try:
            time = dates.duration(dates.point(cells["start-date"]), dates.point(cells["end-date"]))
            if time is None:
                raise ValueError("no date is given")
        except ValueError as error:
            yield Row(number, id=cells["id"], refused=str(error))
            continue
        host, place = Ref(cells["country"]), cells["locale"] or None
        journey = Journey(cells["name"], _AMERICA, host, time, place, cells["remarks"])
        yield Row(number, journey, id=cells["id"])
