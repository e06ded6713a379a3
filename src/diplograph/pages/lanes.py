"""The lanes of a timeline: which class of events goes where."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from diplograph.pages.reading import DG
from diplograph.vocabulary import PREFIXES

BAND = "band"
UNREAL = "unreal"
OTHER = "other"


@dataclass(frozen=True)
class Lane:
    """A lane, and the local names of the classes in it."""

    slug: str
    label: str
    classes: tuple[str, ...]


@cache
def lanes() -> tuple[Lane, ...]:
    """Return the lanes from the top, the band first."""
    known = tomllib.loads(Path(__file__).with_name("lanes.toml").read_text(encoding="utf-8"))
    band = Lane(BAND, known["band"]["label"], tuple(known["band"]["classes"]))
    listed = (Lane(each["slug"], each["label"], tuple(each["classes"])) for each in known["lane"])
    return (band, *listed, Lane(OTHER, "Other", ()), Lane(UNREAL, "Denied or predicted", ()))


@cache
def _lane_of_class() -> Mapping[str, str]:
    return {name: lane.slug for lane in lanes() for name in lane.classes}


def lane_of(kind: str, *, real: bool) -> str:
    """Return the slug of the lane for a class or kind; what did not happen has a lane of its own."""
    if not real:
        return UNREAL
    return _lane_of_class().get(kind.removeprefix(DG).removeprefix(PREFIXES["kind"]), OTHER)
