"""The golden graphs: reading our own texts again gives the same bytes."""

from pathlib import Path

import pytest

from conftest import ROOT
from diplograph import documents, pipeline
from diplograph.pipeline import Background, Knowledge
from shared import shared

TEXTS = sorted((ROOT / "data" / "texts").glob("*.md"))
GRAPHS = sorted((ROOT / "data" / "graphs").glob("*.trig"))
SEED = "pakistan-russia-romance"


@pytest.fixture(scope="module")
def background() -> Background:
    return pipeline.load_background(with_conclusions=True)


def test_each_text_has_its_graph() -> None:
    assert len(TEXTS) >= 8
    assert {path.stem for path in GRAPHS} == {path.stem for path in TEXTS} | {SEED}


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.stem)
def test_a_text_gives_the_same_graph_again(text: Path, knowledge: Knowledge, background: Background) -> None:
    again = pipeline.as_trig(pipeline.document_graph(documents.read(text), knowledge, background))
    assert again == (ROOT / "data" / "graphs" / f"{text.stem}.trig").read_text("utf-8"), "run: make graphs"


def test_the_op_ed_gives_the_same_graph_again(knowledge: Knowledge, background: Background) -> None:
    source = documents.read(shared(f"texts/{SEED}.txt"), published="2022-04-08")
    again = pipeline.as_trig(pipeline.document_graph(source, knowledge, background, quotes="trigger"))
    assert again == (ROOT / "data" / "graphs" / f"{SEED}.trig").read_text("utf-8"), "run: make graphs"


def test_the_graph_of_the_op_ed_holds_no_sentence_of_it() -> None:
    words = shared(f"texts/{SEED}.txt").read_text("utf-8").split()
    graph = " ".join((ROOT / "data" / "graphs" / f"{SEED}.trig").read_text("utf-8").split())
    runs = {" ".join(words[i : i + 5]) for i in range(len(words) - 4) if not _is_name(words[i : i + 5])}
    assert len(runs) > 500
    assert not [run for run in runs if run in graph]


def _is_name(words: list[str]) -> bool:
    """Tell whether words are all capitalized: the name of a committee is a fact, not a sentence."""
    return all(word[0].isupper() for word in words)
