"""The learned weights: their tables, what they may change, and the prose that they were learned from."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from diplograph import documents, evaluation, pipeline
from diplograph.claims.weighing import network, revision, triggers
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


def test_tables_are_read_as_they_were_written(tmp_path: Path) -> None:
    names = {
        "rows": {"word": {"visit": 1}},
        "kinds": ["Visit"],
        "statuses": ["claim"],
        "standings": ["Affirmed Actual"],
    }
    network.save(tmp_path / "network.npz", {"word": np.array([[0.5, -0.25], [40.0, 1e-9]])}, names)
    read = network.load(tmp_path / "network.npz")
    assert read.tables["word"].tolist() == [[0.5, -0.25], [32.0, 0.0]]
    assert (read.kinds, read.rows["word"]["visit"]) == ({"Visit": 0}, 1)


def test_the_same_numbers_are_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.npz", "other.npz"):
        network.save(tmp_path / name, {"word": np.ones((3, 2))}, {"rows": {}})
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "other.npz").read_bytes()


def test_something_else_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "network.npz").write_text("feature\tx\n", "utf-8")
    with pytest.raises(KnowledgeError, match=r"network\.npz: no tables of weights"):
        network.load(tmp_path / "network.npz")


def test_what_was_learned_is_small_and_whole() -> None:
    files = sorted(revision.WEIGHTS.iterdir())
    assert [path.name for path in files] == ["network.npz", "thresholds.json"]
    assert sum(path.stat().st_size for path in files) < 10_000_000
    learned = revision.load(revision.WEIGHTS).network
    assert len(learned.standings) == 8
    assert len(learned.kinds) > 40
    assert all(len(learned.rows[name]) > 1000 for name in ("word", "power", "when", "standing"))


def test_all_that_is_computed_is_exact_in_any_order() -> None:
    learned = revision.load(revision.WEIGHTS).network
    words = triggers.Words(
        ["<state>", "sign", "a", "treaty"], ["NNP", "VBD", "DT", "NN"], ["nsubj", "ROOT", "det", "dobj"],
        [1, 1, 3, 1], [{}, {"AgreementSigning": "frame"}, {}, {"AgreementSigning": "head"}],
    )  # fmt: skip
    encoded = learned.encode(words)
    scores = learned.tells(1, {"AgreementSigning": "claim"}, encoded)
    assert (scores * 2**9 == np.rint(scores * 2**9)).all()
    assert max(learned.kinds, key=lambda kind: scores[learned.kinds[kind]]) == "AgreementSigning"


def test_a_paragraph_is_seen_as_its_sentences_are() -> None:
    learned = revision.load(revision.WEIGHTS).network
    one = triggers.Words(
        ["<state>", "recall", "<state>"], ["NNP", "VBD", "NNP"], ["nsubj", "ROOT", "dobj"],
        [1, 1, 1], [{}, {"EnvoyRecall": "head"}, {}],
    )  # fmt: skip
    alone, twice = learned.encode(one), learned.encode(one.followed_by(one))
    assert (twice.scores == np.concatenate([alone.scores, alone.scores])).all()


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
