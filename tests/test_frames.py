"""The frames of ontology/frames: every example is read as it says, and no entry clashes with another.

The examples stand beside the words that they explain, as `example` tables with a `text` and what must be found in
it: `source` and `target` (and `event`, where it is not the frame's own), or `none = true` where nothing of that
kind may be found. `xfail` says what the reading cannot do yet; when it can, the test says so.
"""

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from diplograph import documents, knowledge, pipeline, trees
from diplograph.claims import arguments, frames, lexica, linter, syntax
from diplograph.errors import KnowledgeError
from diplograph.pipeline import Knowledge

STEMS = {
    *("agreements", "arms", "conflict", "cooperation", "diplomacy"),
    *("offices", "relations", "sanctions", "statements", "visits"),
}
KEYS = {"text", "event", "source", "target", "none", "xfail"}
UNITS = 1500
# A text can only declare a partnership; records have one type for both.
TYPES = {"DeclaredDefensePartnership": "DefensePartnership"}

PATHS = {path.stem: path for path in sorted((knowledge.ontology_dir() / "frames").glob("*.toml"))}
TABLES = {stem: tomllib.loads(path.read_text("utf-8"))["frame"] for stem, path in PATHS.items()}
FRAMES = [
    (f"{stem}-{number}-{frame['event']}", frame)
    for stem, tables in TABLES.items()
    for number, frame in enumerate(tables, 1)
]
EXAMPLES = [(name, frame["event"], example) for name, frame in FRAMES for example in frame.get("example", ())]


def parameters() -> list[Any]:
    """One parameter an example, marked where the reading is known to fail."""
    marks = [
        [pytest.mark.xfail(reason=e["xfail"], strict=True)] if "xfail" in e else [] for _, _, e in EXAMPLES
    ]
    return [
        pytest.param(event, example, id=f"{name}: {example['text'][:50]}", marks=mark)
        for (name, event, example), mark in zip(EXAMPLES, marks, strict=True)
    ]


@pytest.fixture(scope="module")
def lexicon() -> frames.Lexicon:
    return frames.load(PATHS.values())


@pytest.fixture(scope="module")
def roles() -> dict[str, frozenset[str]]:
    sides: dict[str, frozenset[str]] = {"source": frozenset(), "target": frozenset()}
    return dict(lexica.load(knowledge.ontology_dir() / "lexicon", sides).fillers)


def test_the_files_of_frames_are_found() -> None:
    assert set(PATHS) == STEMS
    assert all(TABLES.values())


@pytest.mark.parametrize(("name", "frame"), FRAMES, ids=[name for name, _ in FRAMES])
def test_each_frame_has_examples_for_and_against(name: str, frame: dict[str, Any]) -> None:
    examples = frame["example"]
    assert {key for example in examples for key in example} <= KEYS
    assert any("source" in example for example in examples), "no positive example"
    assert any(example.get("none") for example in examples), "no negative example"
    assert all(
        bool(example.get("none")) != bool(example.get("source") or example.get("target"))
        for example in examples
    )


def test_no_example_is_given_twice() -> None:
    assert [
        text for text, count in Counter(example["text"] for _, _, example in EXAMPLES).items() if count > 1
    ] == []


@pytest.mark.parametrize(("event", "example"), parameters())
def test_an_example_is_read_as_it_says(event: str, example: dict[str, Any], frames_alone: Knowledge) -> None:
    kind = example.get("event", event)
    document = documents.from_text(example["text"], name="x", published="2020-01-01")
    found = [
        r for r in pipeline.extract_records(document, frames_alone) if r["type"] == TYPES.get(kind, kind)
    ]
    sides = [(set(record["source"]), set(record["target"])) for record in found]
    if example.get("none"):
        assert sides == []
    else:
        assert (set(example.get("source", ())), set(example.get("target", ()))) in sides


def test_no_entry_is_doubtful(lexicon: frames.Lexicon, roles: dict[str, frozenset[str]]) -> None:
    assert linter.problems(lexicon, roles) == ()


def test_there_are_enough_lexical_units(lexicon: frames.Lexicon) -> None:
    """Counted by head: `buy|purchase` are two."""
    assert sum(len(unit.heads) for unit in linter.units(lexicon)) >= UNITS


def test_every_frame_is_evoked_by_one_of_its_examples(knowledge: Knowledge) -> None:
    unused = set(linter.unused(knowledge.reader.lexicon, matched(knowledge)))
    evoked = {unit.frame.source for unit in linter.units(knowledge.reader.lexicon) if unit not in unused}
    assert {frame.source for frame in knowledge.reader.lexicon.frames} - evoked == set()


def matched(known: Knowledge) -> set[frames.LexicalUnit]:
    """The units that match some word of an example, whether or not their roles are filled."""
    found = set()
    texts = [example["text"] for _, _, example in EXAMPLES]
    for text, parsed in zip(texts, known.reader.parser.pipe(texts), strict=True):
        for token in trees.grown(parsed, text).tokens:
            given = (
                arguments.of_verb(token)
                if syntax.is_verb(token)
                else arguments.of_noun(token, light=frozenset())
            )
            found |= {trigger.unit for trigger in frames.match(token, given, known.reader.lexicon)}
    return found


LINTED = """
[[frame]]
event = "Visit"
verbs = ["call on", "see|visit", "visit > museum"]
nouns = ["show of force"]
requires = ["actor", "missing"]
[frame.roles]
actor = ["subject", "sideways"]
stranger = ["object"]

[[frame]]
event = "Meeting"
verbs = ["see", "see"]
requires = ["actor", "missing"]
[frame.roles]
actor = ["subject"]
"""


def test_the_linter_finds_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "linted.toml"
    path.write_text(LINTED)
    found = linter.problems(frames.load([path]), {"actor": {"State"}, "missing": {"Person"}})
    assert len(found) == 7
    text = "\n".join(found)
    expected = (
        "role 'stranger'",
        "requires 'missing'",
        "function 'sideways'",
        "tells 'see' apart",
        "'see' stands in",
        "'show of force' cannot",
    )
    assert [words for words in expected if words not in text] == []


def test_the_linter_lists_units_that_nothing_matched(lexicon: frames.Lexicon) -> None:
    every = linter.units(lexicon)
    assert linter.unused(lexicon, every) == ()
    assert linter.unused(lexicon, every[1:]) == every[:1]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('event = "Meeting"', 'event = "Meetings"', "did you mean Meeting?"),
        ('actor = ["subject"]', 'acter = ["subject"]', "the role 'acter' is not known"),
        ('actor = ["subject"]', 'actor = ["subjects"]', "the function 'subjects' is not known"),
        ('requires = ["actor"]', 'requires = ["target"]', "requires 'target', which no function fills"),
    ],
)
def test_a_frame_that_names_nothing_known_is_refused(
    old: str, new: str, said: str, tmp_path: Path, roles: dict[str, frozenset[str]]
) -> None:
    text = '[[frame]]\nevent = "Meeting"\nverbs = ["see"]\nrequires = ["actor"]\n[frame.roles]\nactor = ["subject"]\n'
    path = tmp_path / "own.toml"
    path.write_text(text, "utf-8")
    linter.require_known(frames.load([path]), {"Meeting", "Visit"}, roles)
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(KnowledgeError, match=re.escape(said)) as refused:
        linter.require_known(frames.load([path]), {"Meeting", "Visit"}, roles)
    assert "own.toml, frame 1" in str(refused.value)
