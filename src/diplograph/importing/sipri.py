"""The trade register of the SIPRI Arms Transfers Database, as its site exports it.

Eleven lines of preamble, latin-1, and unnamed columns that hold a question mark where the column before them
is uncertain. The data are SIPRI's: a user may import what SIPRI's terms allow, and nothing of it is shipped.
"""

from collections.abc import Iterator
from pathlib import Path

from diplograph.importing import dates, files
from diplograph.importing.rows import Deal, Ref, Row

PREAMBLE = 11
COLUMNS = (
    "Recipient", "Supplier", "Year of order", "Year of order?", "Number ordered", "Number ordered?",
    "Weapon designation", "Weapon description", "Number delivered", "Number delivered?", "Year(s) of delivery",
)  # fmt: skip
_UNCERTAIN = {
    "Year of order?": "year",
    "Number ordered?": "quantity ordered",
    "Number delivered?": "quantity delivered",
}


def recognizes(head: str) -> bool:
    """Tell whether a file begins as one of this format."""
    return "Recipient,Supplier,Year of order" in head and "SIPRI" in head


def read(path: Path) -> Iterator[Row]:
    """Yield a deal for each row."""
    for number, cells in files.table(path, COLUMNS, encoding="latin-1", skip=PREAMBLE):
        yield _row(number, cells)


def _row(number: int, cells: dict[str, str]) -> Row:
    if not cells["Weapon designation"]:
        return Row(number, refused="no weapon is designated")
    try:
        doubtful = tuple(name for column, name in _UNCERTAIN.items() if cells[column] == "?")
        deal = Deal(
            supplier=Ref(cells["Supplier"]),
            recipient=Ref(cells["Recipient"]),
            ordered=_year(cells["Year of order"], doubtful="year" in doubtful),
            designation=cells["Weapon designation"],
            description=cells["Weapon description"],
            quantity=_number(cells["Number ordered"]),
            delivered=_number(cells["Number delivered"]),
            deliveries=dates.years(cells["Year(s) of delivery"]),
            doubtful=doubtful,
        )
    except ValueError as error:
        return Row(number, refused=str(error))
    return Row(number, deal)


def _year(text: str, *, doubtful: bool) -> str | None:
    year = dates.point(text)
    return f"{year}?" if year and doubtful else year


def _number(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal():
        raise ValueError(f"{text!r} is no number of pieces")
    return int(text)
