"""A graph of two of our own texts, a graph of an enemy, and a browser."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import waitress
from flask.testing import FlaskClient
from playwright.sync_api import Browser, sync_playwright
from pyoxigraph import RdfFormat

from diplograph import documents, pipeline, store
from diplograph.pipeline import Knowledge
from diplograph.server import Settings, create_app

ROOT = Path(__file__).resolve().parents[2]
TEXTS = ("pakistan-russia-ties", "us-pakistan-aid")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def directory(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    sources = [documents.read(ROOT / "data" / "texts" / f"{name}.md") for name in TEXTS]
    pipeline.build(sources, folder, knowledge)
    return folder


@pytest.fixture(scope="session")
def hostile_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graph whose labels, quotes and titles are markup and script."""
    folder = tmp_path_factory.mktemp("hostile")
    with store.building(folder) as graph:
        graph.bulk_load(path=str(Path(__file__).with_name("hostile.trig")), format=RdfFormat.TRIG)
        for path in sorted((ROOT / "ontology").glob("*.ttl")):
            graph.bulk_load(path=str(path), format=RdfFormat.TURTLE)
    return folder


@pytest.fixture(scope="session")
def client(directory: Path) -> Iterator[FlaskClient]:
    app = create_app(directory, settings=Settings())
    yield app.test_client()
    app.extensions["diplograph"].close()


@pytest.fixture(scope="session")
def hostile(hostile_directory: Path) -> Iterator[FlaskClient]:
    app = create_app(hostile_directory, settings=Settings())
    yield app.test_client()
    app.extensions["diplograph"].close()


@contextmanager
def listening(folder: Path) -> Iterator[str]:
    """Serve from a thread of this process."""
    app = create_app(folder, settings=Settings())
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=8, channel_request_lookahead=1)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    app.extensions["diplograph"].close()
    server.close()
    thread.join(timeout=10)


@pytest.fixture(scope="session")
def serving() -> Callable[[Path], AbstractContextManager[str]]:
    """Serve a directory; gives the address."""
    return listening


@pytest.fixture(scope="session")
def address(directory: Path) -> Iterator[str]:
    """The address of a server over the graph of the two texts."""
    with listening(directory) as root:
        yield root


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("there is no chromium; apt-get install chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where screenshots go: the folder that DIPLOGRAPH_SCREENSHOTS names, to be looked at."""
    chosen = os.environ.get("DIPLOGRAPH_SCREENSHOTS")
    folder = Path(chosen) if chosen else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
