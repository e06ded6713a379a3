"""Fixtures that many tests share: the loaded knowledge, and the graph of the op-ed that the design starts from."""

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import diplograph
from diplograph import documents, pipeline
from diplograph.api import Graph
from diplograph.pipeline import Knowledge
from shared import shared

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """The ontology's word lists, the reference data and the parser, loaded once."""
    return pipeline.load_knowledge()


@pytest.fixture(scope="session")
def frames_alone(knowledge: Knowledge) -> Knowledge:
    """The same knowledge without learned weights: what the frames read is what is read."""
    return replace(knowledge, reader=replace(knowledge.reader, judge=None))


@pytest.fixture(scope="session")
def seed_directory(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph of the op-ed, built afresh."""
    directory = tmp_path_factory.mktemp("seed")
    source = documents.read(shared("texts/pakistan-russia-romance.txt"), published="2022-04-08")
    pipeline.build([source], directory, knowledge)
    return directory


@pytest.fixture(scope="session")
def seed(seed_directory: Path) -> Iterator[Graph]:
    """The graph of the op-ed, opened."""
    with diplograph.open(seed_directory) as graph:
        yield graph


@pytest.fixture(autouse=True)
def _no_surprises_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [
        name for name in os.environ if name.startswith("DIPLOGRAPH_") and name != "DIPLOGRAPH_SHARED"
    ]:
        monkeypatch.delenv(name)
