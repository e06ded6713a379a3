"""What the reader makes of single sentences: arguments, times, factuality, words that refer back.

The cases stand in tests/reading/*.toml, one file a question; their sentences are ours. A case names the events that
must be found (only the keys it gives are compared), the types that must not be, and actors that must not appear.
"""

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from diplograph import documents, pipeline
from diplograph.pipeline import Knowledge

FOLDER = Path(__file__).with_name("reading")
FILES = {path.stem: tomllib.loads(path.read_text("utf-8"))["case"] for path in sorted(FOLDER.glob("*.toml"))}
QUESTIONS = {"arguments", "times", "factuality", "coreference"}
KEYS = {"text", "published", "events", "not", "not_actors", "count", "xfail"}
COMPARED = {"type", "source", "target", "time", "polarity", "modality", "stance"}


def parameters() -> list[Any]:
    """One parameter a case, marked where the reading is known to fail."""
    return [
        pytest.param(case, id=f"{stem}: {case['text'][:60]}", marks=marks(case))
        for stem, cases in FILES.items()
        for case in cases
    ]


def marks(case: dict[str, Any]) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xfail(reason=case["xfail"], strict=True)] if "xfail" in case else []


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return pipeline.load_knowledge(weighed=False)


def test_every_question_has_its_cases() -> None:
    assert set(FILES) == QUESTIONS
    for cases in FILES.values():
        assert len(cases) >= 10
        for case in cases:
            assert set(case) <= KEYS
            assert {"events", "not", "not_actors"} & set(case)
            assert all(set(event) <= COMPARED for event in case.get("events", ()))


@pytest.mark.parametrize("case", parameters())
def test_a_sentence_is_read_as_it_says(case: dict[str, Any], knowledge: Knowledge) -> None:
    document = documents.from_text(case["text"], name="case", published=case.get("published"))
    found = pipeline.extract_records(document, knowledge)
    for event in case.get("events", ()):
        assert any(agrees(event, record) for record in found), [(event, summary(record)) for record in found]
    assert not {record["type"] for record in found} & set(case.get("not", ()))
    actors = {actor for record in found for side in ("source", "target") for actor in record[side]}
    assert not actors & set(case.get("not_actors", ()))
    counts = Counter(record["type"] for record in found)
    assert {kind: counts[kind] for kind in case.get("count", ())} == case.get("count", {})


def agrees(event: dict[str, Any], record: dict[str, Any]) -> bool:
    return all(
        set(record[key]) == set(value) if isinstance(value, list) else record[key] == value
        for key, value in event.items()
    )


def summary(record: dict[str, Any]) -> dict[str, Any]:
    return {key: record[key] for key in sorted(COMPARED)}
