"""How well our gold passages are read, by class, in both halves: writes docs/accuracy.md.

    python benchmarks/accuracy.py

The tuning half was looked at while the reader was made, and the weights were learned from it among others; the
report half was not. `tests/gold/second.jsonl` has the report half annotated by a second annotator from the guide
alone: how far two people agree is how far reading can be measured.
"""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from diplograph import evaluation, pipeline
from diplograph.evaluation import Evaluation, Score, evaluate
from diplograph.model import Document
from diplograph.pipeline import Knowledge

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = (ROOT / "tests" / "gold", ROOT / "tests" / "gold" / "passages-b")
SECOND = ROOT / "tests" / "gold" / "second.jsonl"
PAGE = ROOT / "docs" / "accuracy.md"


def halves(split: str) -> dict[str, tuple[Document, list[dict[str, Any]]]]:
    """Return the passages of one half of the gold, by id."""
    return {
        name: passage
        for folder in FOLDERS
        for name, passage in evaluation.passages(folder / "gold.jsonl", folder / "texts.jsonl", split).items()
    }


def agreement() -> Evaluation:
    """Return how far the second annotator agrees with the gold on the report half."""
    second = [json.loads(line) for line in SECOND.read_text("utf-8").splitlines()]
    gold = {name: events for name, (_, events) in halves("report").items()}
    return evaluate(gold, {line["id"]: line["events"] for line in second})


def measure(split: str, known: Knowledge) -> tuple[Evaluation, int]:
    """Return the scores on one half of the gold, and its number of passages."""
    passages = halves(split)
    found = {name: pipeline.extract_records(text, known) for name, (text, _) in passages.items()}
    return evaluate({name: events for name, (_, events) in passages.items()}, found), len(passages)


def page(
    tune: tuple[Evaluation, int], report: tuple[Evaluation, int], alone: Evaluation, people: Evaluation
) -> str:
    """Return the page in Markdown; `alone` and `people` are what frames alone and a person reach on the report half."""
    (tuned, passages), (reported, others) = tune, report
    head = f"""# How well texts are read

Measured on {passages + others} passages of our own prose, of all genres and continents, annotated by hand.
The tuning half ({passages} passages) was looked at while the reader was made, and the network that revises what the frames
read was learned from it and from the passages in `training`. Nothing was learned from the report half ({others}); its
scores were seen while an earlier reader was made. Its measure is a second annotator, who had the guide and the texts only.
Lenient: the class and the states on each side are right.
Strict: also the year, the polarity and the modality.
`make accuracy` writes this page.

| half | measure | events | precision | recall | F1 |
|---|---|--:|--:|--:|--:|
"""
    rows = [
        _row("report | lenient", reported.lenient),
        _row("report | strict", reported.strict),
        _row("report, frames alone | lenient", alone.lenient),
        _row("report, frames alone | strict", alone.strict),
        _row("report, a second annotator | lenient", people.lenient),
        _row("report, a second annotator | strict", people.strict),
        _row("tuning | lenient", tuned.lenient),
        _row("tuning | strict", tuned.strict),
    ]
    note = f"""
Of the events of the report half that are denied, possible, predicted or intended, {reported.false_actual:.1%} are read as facts.

## By class, report half, lenient

| class | events | precision | recall | F1 |
|---|--:|--:|--:|--:|
"""
    return (
        head + "".join(rows) + note + "".join(_row(name, score) for name, score in reported.by_type.items())
    )


def _row(name: str, score: Score) -> str:
    events = score.right + score.missed
    return f"| {name} | {events} | {score.precision:.2f} | {score.recall:.2f} | {score.f1:.2f} |\n"


if __name__ == "__main__":
    known = pipeline.load_knowledge()
    frames = replace(known, reader=replace(known.reader, judge=None))
    results = measure("tune", known), measure("report", known), measure("report", frames)[0], agreement()
    PAGE.write_text(page(*results), "utf-8")
    sys.stdout.write(f"{PAGE}\n")
