"""Rosters of office holders: `position,person,start,end`, the state in a column or in the name of a list.

The form is that of the lists of every-politician-scrapers; `personID` or `person_qid` may hold a Wikidata item,
and the state may stand as name, ISO code or item under `state`, `country` or `countryid`, or in `repo`
(`south-korea-ministers`). Lists with `officeholderLabel`, `positionLabel`, `start_year` and `end_year` are read too.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from diplograph.importing import dates, files
from diplograph.importing.rows import Ref, Row, Term

COLUMNS = ("position", "person", "start", "end")
_SYNONYMS = {
    "officeholderLabel": "person",
    "officeholder": "person_qid",
    "position": "position_qid",
    "positionLabel": "position",
    "start_year": "start",
    "end_year": "end",
}
_ITEM = re.compile(r"Q[1-9]\d*")
_LIST = re.compile(r"(.+?)-(?:ministers|cabinet|officeholders)")


def recognizes(head: str) -> bool:
    """Tell whether a file begins as one of this format."""
    header = head.partition("\n")[0].strip().split(",")
    return all(column in header for column in COLUMNS) or all(column in header for column in _SYNONYMS)


def read(path: Path) -> Iterator[Row]:
    """Yield a term in office for each row; a row that repeats an earlier one is refused."""
    seen: dict[tuple[str, ...], int] = {}
    required = _SYNONYMS if "officeholderLabel" in files.head(path).partition("\n")[0] else COLUMNS
    for number, found in files.table(path, required):
        cells = (
            {_SYNONYMS.get(name, name): cell for name, cell in found.items()}
            if required is _SYNONYMS
            else found
        )
        key = tuple(cells.values())
        if key in seen:
            yield Row(number, refused=f"repeats row {seen[key]}")
        else:
            seen[key] = number
            yield _row(number, cells)


def _row(number: int, cells: dict[str, str]) -> Row:
    item = cells.get("person_qid") or cells.get("personID") or None
    if item and not _ITEM.fullmatch(item):
        return Row(number, refused=f"{item!r} is no Wikidata item")
    if not cells["person"] or not cells["position"]:
        return Row(number, refused="no person or no position is named")
    state = _state(cells)
    if state is None:
        return Row(number, refused="no state is named: give it in a column state, country or countryid")
    try:
        time = dates.interval(dates.point(cells["start"]), dates.point(cells["end"]))
    except ValueError as error:
        return Row(number, refused=str(error))
    office = Ref(cells["position"], cells.get("position_qid") or None)
    return Row(number, Term(Ref(cells["person"], item), office, time, state))


def _state(cells: dict[str, str]) -> Ref | None:
    item = cells.get("countryid") or cells.get("country_qid") or None
    name = cells.get("state") or cells.get("country") or None
    if name and _ITEM.fullmatch(name):
        name, item = None, name
    if not name and (match := _LIST.fullmatch(cells.get("repo", ""))):
        name = match[1].replace("-", " ")
    return Ref(name, item) if name or item else None
