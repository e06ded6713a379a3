from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat

from diplograph import store
from diplograph.server import create_app

SAMPLE = Path(__file__).with_name("sample.trig")


@pytest.fixture(scope="session")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store directory with the sample graph; tests that write make their own."""
    folder = tmp_path_factory.mktemp("graph")
    build(folder)
    return folder


def build(folder: Path) -> None:
    with store.building(folder) as graph:
        graph.bulk_load(path=str(SAMPLE), format=RdfFormat.TRIG)


@pytest.fixture(scope="session")
def client(directory: Path) -> FlaskClient:
    return create_app(directory).test_client()
