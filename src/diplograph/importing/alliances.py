"""Alliances of the Alliance Treaty Obligations and Provisions project (ATOP) and of the Correlates of War (COW).

ATOP: one row an alliance, its members as COW codes in `mem1`, `mem2`, ... COW: one row a member
(`alliance_v4.1_by_member.csv`) or a pair of members (`alliance_v4.1_by_dyad.csv`).
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from diplograph.importing import dates, files
from diplograph.importing.rows import Ref, Row, TreatyRecord

_ATOP = ("atopid", "begyr", "begmo", "begday", "endyr", "endmo", "endday", "mem1", "mem2")
_ATOP_OBLIGATIONS = {
    "defense": "DefenseObligation",
    "offense": "OffenseObligation",
    "neutral": "NeutralityObligation",
    "nonagg": "NonaggressionObligation",
    "consul": "ConsultationObligation",
}
_COW = ("version4id", "defense", "neutrality", "nonaggression", "entente")
_COW_OBLIGATIONS = {
    "defense": "DefenseObligation",
    "neutrality": "NeutralityObligation",
    "nonaggression": "NonaggressionObligation",
    "entente": "ConsultationObligation",
}


def recognizes_atop(head: str) -> bool:
    """Tell whether a file begins as ATOP's table of alliances."""
    first = head.partition("\n")[0]
    return "atopid" in first and "begyr" in first


def recognizes_cow(head: str) -> bool:
    """Tell whether a file begins as one of the tables of alliances of the Correlates of War."""
    return "version4id" in head.partition("\n")[0]


def read_atop(path: Path) -> Iterator[Row]:
    """Yield an alliance for each row."""
    for number, cells in files.table(path, (*_ATOP, *_ATOP_OBLIGATIONS)):
        name = f"ATOP {cells['atopid']}"
        members = [cells[column] for column in cells if column.startswith("mem") and column[3:].isdecimal()]
        yield _row(number, name, members, ("beg", "end"), cells, _ATOP_OBLIGATIONS, unique=True)


def read_cow(path: Path) -> Iterator[Row]:
    """Yield what each row says of an alliance: a member, or two; several rows are about one alliance."""
    for number, cells in files.table(path, _COW):
        members = [cells[column] for column in ("ccode", "ccode1", "ccode2") if column in cells]
        span = ("all_st", "all_end") if "all_st_year" in cells else ("dyad_st", "dyad_end")
        if not members or f"{span[0]}_year" not in cells:
            yield Row(number, refused="no member or no date of the alliance is given")
        else:
            name = f"COW alliance {cells['version4id']}"
            yield _row(number, name, members, span, cells, _COW_OBLIGATIONS, unique=False)


def _row(
    number: int,
    name: str,
    members: list[str],
    span: tuple[str, str],
    cells: Mapping[str, str],
    flags: Mapping[str, str],
    *,
    unique: bool,
) -> Row:
    try:
        start, end = (_date(prefix, cells) for prefix in span)
        treaty = TreatyRecord(
            Ref(name),
            tuple(Ref(code=f"cow:{int(float(code))}") for code in members if code),
            signed=start,
            time=dates.interval(start, end) if start or end else None,
            obligations=tuple(obligation for flag, obligation in flags.items() if _is_set(cells[flag])),
        )
    except ValueError as error:
        return Row(number, id=name, refused=str(error), unique=unique)
    return Row(number, treaty, id=name, unique=unique)


def _date(prefix: str, cells: Mapping[str, str]) -> str | None:
    suffixes = ("yr", "mo", "day") if f"{prefix}yr" in cells else ("_year", "_month", "_day")
    return dates.of_cells(*(cells[prefix + suffix] for suffix in suffixes))


def _is_set(cell: str) -> bool:
    """Flags are 1; ATOP also has other positive codes for obligations of some kind."""
    return bool(cell) and float(cell) > 0
