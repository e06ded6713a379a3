"""The word lists of `ontology/lexicon`, read once and passed to whoever needs them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diplograph.errors import KnowledgeError
from diplograph.mentions.recognition import NameWords

_FILES = ("descriptions", "coreference", "factuality", "roles", "codes")
_NAMES = "names"


@dataclass(frozen=True)
class Lexica:
    """Descriptions of agents, words that refer back, factuality, and what may fill which role."""

    descriptions: Mapping[str, Any]
    coreference: Mapping[str, Any]
    factuality: Mapping[str, Any]
    roles: Mapping[str, Any]
    codes: Mapping[str, Any]
    sides: Mapping[str, frozenset[str]]  # source, target -> roles
    fillers: Mapping[str, frozenset[str]]  # role -> kinds of what may fill it
    names: NameWords
    offices: Mapping[
        str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    ]  # head word -> (phrase, classes)


def load(folder: Path, sides: Mapping[str, frozenset[str]]) -> Lexica:
    """Read the word lists of a folder; `sides` tells the roles of source and target.

    KnowledgeError names the file that is missing or malformed."""
    tables = {name: _read(folder / f"{name}.toml") for name in _FILES}
    offices = _offices(tables["descriptions"])
    titles = frozenset((*offices, *tables["descriptions"]["rank"]["words"]))
    return Lexica(
        **{name: _frozen(table) for name, table in tables.items()},
        names=NameWords(titles, _frozen(_read(folder / f"{_NAMES}.toml"))),
        sides=sides,
        fillers=_fillers(tables["roles"]),
        offices=offices,
    )


def _fillers(table: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Return the kinds of fillers of each role; the kind of an aid is a word, not somebody."""
    groups = [group for group in table.values() if "accepts" in group]
    return {role: frozenset(group["accepts"]) for group in reversed(groups) for role in group["roles"]} | {
        "aidKind": frozenset()
    }


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise KnowledgeError(f"{path}: {error}") from error


def _frozen(value: Any) -> Any:
    """Lists of words become frozen sets, for they are only asked whether they hold a word."""
    if isinstance(value, dict):
        return {key: _frozen(item) for key, item in value.items()}
    return frozenset(value) if isinstance(value, list) else value


def _offices(table: Mapping[str, Any]) -> dict[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]]:
    heads: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for phrase, classes in table["office"].items():
        words = tuple(phrase.split())
        for word in words:
            heads.setdefault(word, []).append((words, tuple(classes)))
    return {word: tuple(sorted(found, key=lambda pair: -len(pair[0]))) for word, found in heads.items()}
