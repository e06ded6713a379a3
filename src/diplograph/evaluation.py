"""How well a text is read: gold events against found ones, lenient and strict, by class, with the errors to read.

A found event matches a gold one of the same passage when type and the set of states (or other names) on each side
agree; strictly, also the year, polarity and modality. Each event matches at most one (`gold/GUIDE.md` of the
annotators; the lenient measure is that of dyadic event coding, e.g. PETRARCH's validation suites).
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diplograph import documents, edtf
from diplograph.errors import InputError
from diplograph.model import Document

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Score:
    """Counts of true positives, false positives and false negatives."""

    right: int = 0
    spurious: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Return the share of found events that are right, 0 where none was found."""
        found = self.right + self.spurious
        return self.right / found if found else 0.0

    @property
    def recall(self) -> float:
        """Return the share of gold events that were found, 0 where there is none."""
        gold = self.right + self.missed
        return self.right / gold if gold else 0.0

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    def __add__(self, other: "Score") -> "Score":
        """Return the sum of the counts."""
        return Score(self.right + other.right, self.spurious + other.spurious, self.missed + other.missed)


@dataclass(frozen=True)
class Evaluation:
    """Scores over all passages, by type, and a line for each error."""

    lenient: Score
    strict: Score
    by_type: Mapping[str, Score]
    false_actual: (
        float  # share of denied, possible, predicted or intended gold events found as actual and affirmed
    )
    errors: tuple[str, ...]


def evaluate(gold: Mapping[str, Iterable[Record]], found: Mapping[str, Iterable[Record]]) -> Evaluation:
    """Score found records against gold ones, both by passage."""
    lenient, strict = Score(), Score()
    by_type: dict[str, Score] = defaultdict(Score)
    errors: list[str] = []
    unreal = mistaken = 0
    for passage in sorted(gold):
        wanted, given = list(gold[passage]), list(found.get(passage, ()))
        pairs, missed, spurious = _align(wanted, given)
        lenient += Score(len(pairs), len(spurious), len(missed))
        exact = sum(_strictly(g, f) for g, f in pairs)
        strict += Score(exact, len(given) - exact, len(wanted) - exact)
        for g, _ in pairs:
            by_type[g["type"]] += Score(right=1)
        for g in missed:
            by_type[g["type"]] += Score(missed=1)
        for f in spurious:
            by_type[f["type"]] += Score(spurious=1)
        unreal += sum(not _is_fact(g) for g in wanted)
        mistaken += sum(not _is_fact(g) and _is_fact(f) for g, f in pairs)
        errors += _errors(passage, pairs, missed, spurious)
    return Evaluation(
        lenient, strict, dict(sorted(by_type.items())), mistaken / unreal if unreal else 0.0, tuple(errors)
    )


def passages(
    gold: Path, texts: Path, split: str | None = None
) -> dict[str, tuple[Document, list[dict[str, Any]]]]:
    """Return the passages of TEXTS.jsonl that GOLD.jsonl annotates, by id: each as a document, and its events.

    `split` leaves out those of another split. InputError names the file and line that is no object with an id.
    """
    events = {line["id"]: line["events"] for line in _lines(gold, "events")}
    return {
        line["id"]: (
            documents.from_text(line["text"], name=line["id"], published=line.get("date_published")),
            events[line["id"]],
        )
        for line in _lines(texts, "text")
        if line["id"] in events and (split is None or line.get("split") == split)
    }


def _lines(path: Path, key: str) -> Iterator[dict[str, Any]]:
    for number, text in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not text.strip():
            continue
        try:
            line = json.loads(text)
        except json.JSONDecodeError as error:
            raise InputError(f"{path}, line {number}: no JSON object ({error})") from error
        if not isinstance(line, dict) or not {"id", key} <= line.keys():
            raise InputError(f"{path}, line {number}: expected an object with 'id' and {key!r}")
        yield line


def sides(record: Record) -> tuple[frozenset[str], frozenset[str]]:
    """Return the sets of states on each side; other names where a side has no state."""
    return _states(record["source"]), _states(record["target"])


def _states(actors: Iterable[str]) -> frozenset[str]:
    names = list(actors)
    codes = frozenset(name for name in names if len(name) == 3 and name.isupper())
    return codes or frozenset(name.casefold() for name in names)


def _align(
    gold: list[Record], found: list[Record]
) -> tuple[list[tuple[Record, Record]], list[Record], list[Record]]:
    """Pair events greedily, those that agree most first."""
    options = [
        (_closeness(g, f), i, j) for i, g in enumerate(gold) for j, f in enumerate(found)
        if g["type"] == f["type"] and sides(g) == sides(f)
    ]  # fmt: skip
    paired: dict[int, int] = {}
    for _, i, j in sorted(options, key=lambda option: (-option[0], option[1], option[2])):
        if i not in paired and j not in paired.values():
            paired[i] = j
    pairs = [(gold[i], found[j]) for i, j in sorted(paired.items())]
    missed = [g for i, g in enumerate(gold) if i not in paired]
    return pairs, missed, [f for j, f in enumerate(found) if j not in paired.values()]


def _closeness(gold: Record, found: Record) -> int:
    return sum(
        (
            _same_year(gold, found),
            gold["polarity"] == found["polarity"],
            gold["modality"] == found["modality"],
        )
    )


def _strictly(gold: Record, found: Record) -> bool:
    return _closeness(gold, found) == 3


def _same_year(gold: Record, found: Record) -> bool:
    if not gold["time"] or not found["time"]:
        return not gold["time"] and not found["time"]
    return _years(gold["time"]) == _years(found["time"])


def _years(time: str) -> tuple[int, int]:
    first, last = edtf.span(time)
    return first.year, last.year


def _is_fact(record: Record) -> bool:
    return bool(record["polarity"] == "affirmed" and record["modality"] == "actual")


def _errors(
    passage: str, pairs: list[tuple[Record, Record]], missed: list[Record], spurious: list[Record]
) -> list[str]:
    lines = [f"{passage} missed   {describe(g)}" for g in missed] + [
        f"{passage} spurious {describe(f)}" for f in spurious
    ]
    lines += [
        f"{passage} differs  {describe(g)} | found {describe(f)}" for g, f in pairs if not _strictly(g, f)
    ]
    return lines


def describe(record: Record) -> str:
    """Return a record in one line."""
    side = [", ".join(record[name]) or "-" for name in ("source", "target")]
    facts = (record["polarity"], record["modality"], record["time"] or "undated")
    return f"{record['type']}: {side[0]} -> {side[1]} [{', '.join(facts)}] @{record['trigger'][0]}"


def table(result: Evaluation) -> str:
    """Return the scores as a text table."""
    lines = [f"{'':36}{'n':>5}{'P':>7}{'R':>7}{'F1':>7}"]
    rows = [("lenient", result.lenient), ("strict", result.strict), *result.by_type.items()]
    lines += [f"{n:36}{s.right + s.missed:5}{s.precision:7.3f}{s.recall:7.3f}{s.f1:7.3f}" for n, s in rows]
    return "\n".join([*lines, f"{'found as fact though not one':36}{'':5}{result.false_actual:7.3f}"])


def most_frequent(errors: Iterable[str]) -> Counter[str]:
    """Return how often each kind of error befell each type."""
    return Counter(" ".join(error.split()[1:3]).rstrip(":") for error in errors)
