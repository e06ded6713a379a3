"""Files of others as rows of facts, and those as a named graph of its own with license and retrieval date."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from diplograph.errors import InputError
from diplograph.importing import alliances, archigos, dump, files, journeys, results, roster, sipri
from diplograph.importing.rows import Row


@dataclass(frozen=True)
class Kind:
    """A format: how to recognize it by the beginning of a file, how to read it, and under what license it is known."""

    title: str
    recognizes: Callable[[str], bool]
    read: Callable[[Path], Iterator[Row]]
    license: str | None = None


_CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
KINDS: Mapping[str, Kind] = {
    "wikidata-results": Kind("Wikidata Query Service", results.recognizes, results.read, _CC0),
    "wikidata-dump": Kind("Wikidata JSON dump", dump.recognizes, dump.read, _CC0),
    "us-visits": Kind("Visits by foreign leaders", journeys.recognizes_visits, journeys.read_visits, _CC0),
    "us-travels": Kind("Travels abroad", journeys.recognizes_travels, journeys.read_travels, _CC0),
    "archigos": Kind("Archigos", archigos.recognizes, archigos.read),
    "atop": Kind(
        "Alliance Treaty Obligations and Provisions", alliances.recognizes_atop, alliances.read_atop
    ),
    "cow-alliances": Kind("COW Formal Alliances", alliances.recognizes_cow, alliances.read_cow),
    "sipri": Kind("SIPRI Arms Transfers Database", sipri.recognizes, sipri.read),
    "roster": Kind("Roster of office holders", roster.recognizes, roster.read),
}


def kind_of(path: Path) -> str:
    """Return the kind of a file by how it begins; `InputError` where no format begins so."""
    head = files.head(path)
    for name, kind in KINDS.items():
        if kind.recognizes(head):
            return name
    raise InputError(
        f"{path}: no known format begins so; known are {', '.join(KINDS)} (`diplograph import` takes --kind)"
    )
