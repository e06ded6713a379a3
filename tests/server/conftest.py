from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat

from diplograph import store
from diplograph.server import Settings, create_app

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


@contextmanager
def running(folder: Path, **options: object) -> Iterator[Flask]:
    """An application whose workers are gone afterwards."""
    app = create_app(folder, settings=Settings(**options))  # type: ignore[arg-type]
    yield app
    app.extensions["diplograph"].close()


@pytest.fixture(scope="session")
def app(directory: Path) -> Iterator[Flask]:
    with running(directory) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def start() -> Callable[..., AbstractContextManager[Flask]]:
    """Make an application over another directory or with other settings."""
    return running
