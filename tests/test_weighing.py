"""The learned weights: their tables, what they may change, and the prose that they were learned from."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from diplograph import documents, evaluation, pipeline
from diplograph.claims.weighing import classifier, revision
from diplograph.claims.weighing.classifier import BIAS, Classifier
from diplograph.errors import KnowledgeError
from diplograph.pipeline import Knowledge

ROOT = Path(__file__).resolve().parents[1]
GOLD = (ROOT / "tests" / "gold", ROOT / "tests" / "gold" / "passages-b")
WRITTEN = sorted((ROOT / "training" / "passages").glob("*.txt"))
sys.path.insert(0, str(ROOT / "training"))

import passages as written_passages  # noqa: E402

EXPLICIT = [
    "Poland annexed nothing, but in 1938 Hungary occupied southern Slovakia.",
    "France condemned the Turkish invasion of Cyprus in 1974.",
    "Norway sold Romania 32 fighter jets in 2022, and Romania thanked Norway.",
    "There was no reciprocal visit by a Chilean president to Bolivia.",
    "India and Bangladesh signed a treaty on the Ganges in 1996.",
]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def written() -> list[dict[str, Any]]:
    types = written_passages.all_types(GOLD[0] / "gold.jsonl") | written_passages.all_types(
        GOLD[1] / "gold.jsonl"
    )
    return [passage for path in WRITTEN for passage in written_passages.read(path, types)]


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    table = Classifier(("source", "target"), ({"a|b": 12, BIAS: -30}, {"a|b": -7, "c|": 1, BIAS: 5}))
    classifier.save(table, tmp_path / "party.tsv")
    assert classifier.load(tmp_path / "party.tsv") == table
    assert table.scores(["a|b", "unheard of"]) == (-18, -2)


def test_conjunctions_count_the_same_joined_or_not() -> None:
    table = Classifier(("event",), ({"w=visit|Visit": 40, "d=dobj|Visit": 2, "s=head|": 7, BIAS: -9},))
    split = classifier.conjoined(table)
    joined = table.score(["w=visit|Visit", "d=dobj|Visit", "s=head|"])
    assert (
        split.bias + split.score(["w=visit", "d=dobj"], "Visit") + split.score(["s=head"], "") == joined == 40
    )


@pytest.mark.parametrize(
    ("text", "complaint"), [("a\tb\n", "first line"), ("feature\tx\na\t1\t2\n", "line 2: expected 1")]
)
def test_a_malformed_table_is_refused_by_name(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "when.tsv"
    path.write_text(text, "utf-8")
    with pytest.raises(KnowledgeError, match=rf"when\.tsv.*{complaint}"):
        classifier.load(path)


def test_the_tables_are_small_and_whole() -> None:
    files = sorted(revision.WEIGHTS.iterdir())
    assert {path.name for path in files} >= {
        "beside.tsv",
        "learned.json",
        "party.tsv",
        "standing.tsv",
        "trigger.tsv",
        "when.tsv",
    }
    assert sum(path.stat().st_size for path in files) < 10_000_000
    weights = revision.load(revision.WEIGHTS)
    assert len(weights.standing.classes) == 8
    assert all(
        len(table) > 1000
        for table in (*weights.party.weights, *weights.beside.weights, *weights.when.weights)
    )


@pytest.mark.parametrize("text", EXPLICIT)
def test_what_a_clause_says_outright_stands(text: str, knowledge: Knowledge, frames_alone: Knowledge) -> None:
    document = documents.from_text(text, name="text", published="2024-01-01")
    kept = ("type", "source", "target", "polarity", "modality")
    said = [[r[k] for k in kept] for r in pipeline.extract_records(document, frames_alone)]
    weighed = [[r[k] for k in kept] for r in pipeline.extract_records(document, knowledge)]
    assert said
    assert [record for record in said if record not in weighed] == []


def test_weighing_beats_the_frames_alone(knowledge: Knowledge, frames_alone: Knowledge) -> None:
    passages = {
        name: passage
        for folder in GOLD
        for name, passage in evaluation.passages(
            folder / "gold.jsonl", folder / "texts.jsonl", "report"
        ).items()
    }
    gold = {name: events for name, (_, events) in passages.items()}
    alone = {name: pipeline.extract_records(text, frames_alone) for name, (text, _) in passages.items()}
    weighed = {name: pipeline.extract_records(text, knowledge) for name, (text, _) in passages.items()}
    assert len(gold) > 50
    before, after = evaluation.evaluate(gold, alone), evaluation.evaluate(gold, weighed)
    assert after.lenient.f1 > before.lenient.f1 + 0.03
    assert after.strict.f1 > before.strict.f1 + 0.03


def test_the_passages_to_learn_from_are_many_and_well_formed(written: list[dict[str, Any]]) -> None:
    assert len(written) >= 800
    assert len({passage["id"] for passage in written}) == len(written)
    assert {event["type"] for passage in written for event in passage["events"]} >= {
        "Visit",
        "Withdrawal",
        "Ceasefire",
    }


def test_nothing_to_learn_from_is_measured_with(written: list[dict[str, Any]]) -> None:
    measured = {
        run for folder in GOLD for p in lines(folder / "texts.jsonl")
        if p["split"] == "report" for run in runs(p["text"])
    }  # fmt: skip
    assert measured
    assert [p["id"] for p in written if measured & runs(p["text"])] == []


def runs(text: str, length: int = 14) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        ("=== a | 1990-01-01\ntext\n---\n", "want '=== id"),
        ("=== a | 1990-01-01 | wire\ntext without events", "want '=== id"),
        ("=== a | | wire\nX visited Y.\n---\nVisit | X | Y | | went\n", "not in the text"),
        ("=== a | | wire\nX visited Y.\n---\nHoliday | X | Y | | visited\n", "no such type"),
        ("=== a | | wire\nX visited Y.\n---\nVisit | X | Y | | visited | sure\n", "unknown flag"),
        ("=== a | | wire\nX visited Y.\n---\nVisit | X | visited\n", "want 5 or 6 fields"),
    ],
)
def test_a_malformed_passage_is_refused(tmp_path: Path, block: str, complaint: str) -> None:
    path = tmp_path / "bad.txt"
    path.write_text(block, "utf-8")
    with pytest.raises(written_passages.PassageError, match=complaint):
        list(written_passages.read(path, frozenset({"Visit"})))
