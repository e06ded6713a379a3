"""Where the terms are used: the words that evoke an event, and the questions, rules and checks that name a term."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diplograph.knowledge import files

_NAMED = re.compile(r"\b(?:dg|kind):(\w+)")
_FIELD = re.compile(r"^#\+ (\w+): (.*)$", re.MULTILINE)
_PARTS = ("verbs", "nouns", "adjectives")
_KINDS = {"queries": "question", "rules": "label", "checks": "label"}


@dataclass(frozen=True)
class Words:
    """One frame of a class: its lexical units by part of speech as they are written, its roles, what it reads."""

    units: tuple[tuple[str, tuple[str, ...]], ...]
    roles: tuple[str, ...]
    examples: tuple[str, ...]


@dataclass(frozen=True, order=True)
class Use:
    """A query, rule or check: the name of its file, and what it asks or says."""

    slug: str
    text: str


@dataclass(frozen=True)
class Uses:
    """By local name: the frames of an event, the events whose frames fill a role, and the files that use a term."""

    words: Mapping[str, tuple[Words, ...]]
    filled: Mapping[str, tuple[str, ...]]
    files: Mapping[str, Mapping[str, tuple[Use, ...]]]


def read(folder: Path) -> Uses:
    """Return the uses that the files in the folder of the ontology make of its terms."""
    words: dict[str, list[Words]] = defaultdict(list)
    filled: dict[str, set[str]] = defaultdict(set)
    for path in files(folder / "frames", "*.toml"):
        for table in tomllib.loads(path.read_text("utf-8")).get("frame", ()):
            frame = _words(table)
            words[table["event"]].append(frame)
            for role in frame.roles:
                filled[role].add(table["event"])
    return Uses(
        {event: tuple(found) for event, found in words.items()},
        {role: tuple(sorted(events)) for role, events in filled.items()},
        {kind: _using(folder / kind, field) for kind, field in _KINDS.items()},
    )


def _words(table: Mapping[str, Any]) -> Words:
    roles = {name.strip() for names in table.get("roles", {}) for name in names.split(",")}
    return Words(
        tuple((part, tuple(table[part])) for part in _PARTS if table.get(part)),
        tuple(sorted(roles)),
        tuple(example["text"] for example in table.get("example", ()) if not example.get("none")),
    )


def _using(folder: Path, field: str) -> dict[str, tuple[Use, ...]]:
    found: dict[str, list[Use]] = defaultdict(list)
    for path in files(folder, "*.rq"):
        text = path.read_text("utf-8")
        use = Use(path.stem, dict(_FIELD.findall(text)).get(field, path.stem))
        for name in sorted(set(_NAMED.findall(text))):
            found[name].append(use)
    return {name: tuple(uses) for name, uses in found.items()}
