"""Annotated passages as people write them, read into the records that `diplograph eval` compares.

    === t001 | 1975-08-04 | wire story
    The text, in any number of paragraphs.
    ---
    Visit | Imran Khan, PAK | RUS | 2022-02 | visited | place=Moscow
    AgreementSigning | RUS, PAK | | 2022 | sign#2 | denied; by=Imran Khan

A line of annotation is: type | source | target | EDTF time | trigger, `#n` for its nth occurrence | flags.
Flags: denied; possible, predicted or intended; opinion; by=NAME for attributed; place=, item=; hard.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from diplograph import edtf

MODALITIES = ("possible", "predicted", "intended")
FLAGS = {"denied", "opinion", "hard", *MODALITIES}
KEYS = {"by", "place", "item"}


class PassageError(ValueError):
    """A passage that cannot be read: its message names the file, the passage and the line."""


def read(path: Path, types: frozenset[str]) -> Iterator[dict[str, Any]]:
    """Yield passages as objects with id, date_published, genre, text and events; types are the classes allowed."""
    for block in path.read_text("utf-8").split("\n=== ")[
        0 if path.read_text("utf-8").startswith("=== ") else 1 :
    ]:
        head, _, body = block.removeprefix("=== ").partition("\n")
        fields = [part.strip() for part in head.split("|")]
        if len(fields) != 3 or "\n---\n" not in body:
            raise PassageError(
                f"{path.name}: {head}: want '=== id | date | genre', the text, '---', the events"
            )
        name, date, genre = fields
        text, _, lines = body.partition("\n---\n")
        text = text.strip()
        try:
            events = [_event(line, text, types) for line in lines.splitlines() if line.strip()]
        except PassageError as error:
            raise PassageError(f"{path.name}: {name}: {error}") from error
        yield {"id": name, "date_published": date or None, "genre": genre, "text": text, "events": events}


def _event(line: str, text: str, types: frozenset[str]) -> dict[str, Any]:
    parts = [part.strip() for part in line.split("|")]
    if len(parts) not in (5, 6):
        raise PassageError(f"want 5 or 6 fields: {line}")
    kind, source, target, time, trigger = parts[:5]
    if kind not in types:
        raise PassageError(f"no such type: {line}")
    if time:
        edtf.span(time)
    words, values = _flags(parts[5] if len(parts) == 6 else "", line)
    modality = next((word for word in MODALITIES if word in words), "actual")
    return {
        "type": kind,
        "source": _names(source),
        "target": _names(target),
        "time": time or None,
        "polarity": "denied" if "denied" in words else "affirmed",
        "modality": modality,
        "stance": "attributed" if "by" in values else "opinion" if "opinion" in words else "plain",
        "by": values.get("by"),
        "place": values.get("place"),
        "item": values.get("item"),
        "trigger": _span(trigger, text, line),
        "hard": "hard" in words,
    }


def _names(field: str) -> list[str]:
    return [name.strip() for name in field.split(",") if name.strip()]


def _flags(field: str, line: str) -> tuple[set[str], dict[str, str]]:
    parts = [part.strip() for part in field.split(";") if part.strip()]
    words = {part for part in parts if "=" not in part}
    values = dict(part.split("=", 1) for part in parts if "=" in part)
    if not words <= FLAGS or not values.keys() <= KEYS:
        raise PassageError(f"unknown flag: {line}")
    return words, values


def _span(trigger: str, text: str, line: str) -> list[int]:
    word, _, nth = trigger.partition("#")
    at = -1
    for _ in range(int(nth or 1)):
        at = text.find(word, at + 1)
        if at < 0:
            raise PassageError(f"the trigger is not in the text: {line}")
    return [at, at + len(word)]


def all_types(gold: Path) -> frozenset[str]:
    """Return the types that events of the gold passages have."""
    return frozenset(
        e["type"] for line in gold.read_text("utf-8").splitlines() for e in json.loads(line)["events"]
    )


if __name__ == "__main__":
    ROOT = Path(__file__).resolve().parents[1]
    known = all_types(ROOT / "tests/gold/gold.jsonl") | all_types(ROOT / "tests/gold/passages-b/gold.jsonl")
    for name in sys.argv[1:]:
        found = list(read(Path(name), known))
        sys.stdout.write(f"{name}: {len(found)} passages, {sum(len(p['events']) for p in found)} events\n")
