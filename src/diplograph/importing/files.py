"""Files as streams of text or cells, compressed or not; what cannot be read is a fault with its place."""

import bz2
import csv
import gzip
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from diplograph.importing.faults import ImportFaultError

_LONGEST_CELL = 1 << 24
_BOM = "\ufeff"


def open_bytes(path: Path) -> BinaryIO:
    """Open a file for reading; .gz and .bz2 are decompressed on the way."""
    try:
        if path.suffix == ".gz":
            return cast(BinaryIO, gzip.open(path, "rb"))
        if path.suffix == ".bz2":
            return cast(BinaryIO, bz2.open(path, "rb"))
        return path.open("rb")
    except OSError as error:
        raise ImportFaultError(path, None, "file must be readable", str(error)) from error


def lines(path: Path, encoding: str = "utf-8") -> Iterator[tuple[int, str]]:
    """Yield the lines of a file with their numbers, without their ends; one line is in memory at a time."""
    number = 0
    with open_bytes(path) as stream:
        try:
            for number, raw in enumerate(stream, start=1):
                text = _decoded(raw, encoding, path, number).rstrip("\r\n")
                yield number, text.removeprefix(_BOM) if number == 1 else text
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            detail = f"{error}; the file is cut off or damaged, fetch it again"
            raise ImportFaultError(path, number, "compressed data must be whole", detail) from error
        except OSError as error:
            raise ImportFaultError(path, number, "file must be readable", str(error)) from error


def table(
    path: Path, required: Iterable[str], *, encoding: str = "utf-8", skip: int = 0
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a CSV file as cells by column, stripped, with the line on which each begins.

    `skip` lines of preamble go before the header. Unnamed columns are called after the column before
    them: `Number ordered`, `Number ordered?`.
    """
    counted = _Counted(path, encoding, skip)
    reader = csv.reader(counted, strict=True)
    csv.field_size_limit(_LONGEST_CELL)
    try:
        header = _header(next(reader, []))
        _require(path, header, required, skip + 1)
        before = counted.line
        for cells in reader:
            number, before = before + 1, counted.line
            if not any(cells):
                continue
            if len(cells) != len(header):
                detail = f"expected {len(header)} cells as in the header, found {len(cells)}"
                raise ImportFaultError(path, number, "rows must have the header's columns", detail)
            yield number, {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
    except csv.Error as error:
        raise ImportFaultError(path, counted.line, "file must be CSV", str(error)) from error


def head(path: Path, size: int = 1 << 14) -> str:
    """Return the beginning of a file, decompressed, to recognize its format by; latin-1, so never in error."""
    with open_bytes(path) as stream:
        try:
            return stream.read(size).decode("latin-1").removeprefix("ï»¿")
        except (OSError, EOFError, zlib.error):
            return ""


class _Counted:
    """The lines of a file with their ends, counting; a quoted cell may run over several."""

    def __init__(self, path: Path, encoding: str, skip: int) -> None:
        self.line = 0
        self._lines = lines(path, encoding)
        self._skip = skip

    def __iter__(self) -> Iterator[str]:
        for number, text in self._lines:
            self.line = number
            if number > self._skip:
                yield text + "\n"


def _decoded(raw: bytes, encoding: str, path: Path, number: int) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        detail = f"byte {error.start + 1} is not {encoding}; save the file as {encoding}"
        raise ImportFaultError(path, number, f"text must be {encoding}", detail) from error


def _header(cells: list[str]) -> list[str]:
    names: list[str] = []
    for cell in cells:
        name = cell.strip()
        if name in {"", "?"}:
            name = f"{names[-1] if names else 'column'}?"
        names.append(name)
    return names


def _require(path: Path, header: list[str], required: Iterable[str], number: int) -> None:
    missing = [name for name in required if name not in header]
    if missing:
        found = ", ".join(header) if header else "nothing"
        detail = f"no column {', '.join(missing)}; found {found}"
        raise ImportFaultError(path, number, "columns must be those of the format", detail)
    doubled = sorted({name for name in header if header.count(name) > 1})
    if doubled:
        detail = f"{', '.join(doubled)} stands there more than once"
        raise ImportFaultError(path, number, "columns must have different names", detail)
