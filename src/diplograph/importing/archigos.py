"""Archigos: who effectively led each state, 1875-2015 (Goemans, Gleditsch and Chiozza).

Columns `obsid leadid ccode idacr leader startdate enddate`, as the package manystates gives them.
"""

from collections.abc import Iterator
from pathlib import Path

from diplograph.importing import dates, files
from diplograph.importing.rows import Ref, Row, Term

COLUMNS = ("obsid", "leadid", "ccode", "idacr", "leader", "startdate", "enddate")


def recognizes(head: str) -> bool:
    """Tell whether a file begins as one of this format."""
    first = head.partition("\n")[0]
    return all(column in first for column in ("obsid", "ccode", "leader", "startdate"))


def read(path: Path) -> Iterator[Row]:
    """Yield a term of effective leadership for each row."""
    for number, cells in files.table(path, COLUMNS):
        yield _row(number, cells)


def _row(number: int, cells: dict[str, str]) -> Row:
    try:
        start, end = dates.point(cells["startdate"]), dates.point(cells["enddate"])
        time = dates.interval(start, end)
    except ValueError as error:
        return Row(number, id=cells["obsid"], refused=str(error))
    state = Ref(code=f"gw:{cells['ccode']}")
    office = Ref(name="Effective Leader")
    term = Term(
        Ref(name=cells["leader"], code=f"archigos:{cells['leadid']}"), office, time, state, single=True
    )
    return Row(number, term, id=cells["obsid"])
