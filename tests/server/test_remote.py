"""The same server over somebody else's store."""

import configparser
import contextlib
import json
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import rdflib
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat

from diplograph import store
from diplograph.server import Settings, create_app
from diplograph.server.remote import with_prefixes

from .conftest import build
from .live import serving

HTML = {"Accept": "text/html"}
VIRTUOSO, ISQL = shutil.which("virtuoso-t"), shutil.which("isql-vt")
OXIGRAPH = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")


@contextlib.contextmanager
def ourselves(folder: Path) -> Iterator[str]:
    with serving(folder) as live:
        yield f"{live.url}/sparql"


@contextlib.contextmanager
def oxigraph(folder: Path) -> Iterator[str]:
    port = free_port()
    location = str(store.latest(folder).path)
    command = [
        str(OXIGRAPH),
        "serve-read-only",
        "--union-default-graph",
        "-l",
        location,
        "-b",
        f"127.0.0.1:{port}",
    ]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/query"
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def virtuoso(folder: Path) -> Iterator[str]:
    """Serve the graph from Virtuoso, as Debian has it (virtuoso-opensource-7-bin)."""
    sql, web = free_port(), free_port()
    store.snapshot(folder).store.dump(str(folder / "all.nq"), RdfFormat.N_QUADS)
    settings = {
        "Database": {
            "DatabaseFile": "virtuoso.db",
            "ErrorLogFile": "virtuoso.log",
            "LockFile": "virtuoso.lck",
            "TransactionFile": "virtuoso.trx",
            "xa_persistent_file": "virtuoso.pxa",
        },
        "TempDatabase": {"DatabaseFile": "temp.db", "TransactionFile": "temp.trx"},
        "Parameters": {
            "ServerPort": f"127.0.0.1:{sql}",
            "DirsAllowed": str(folder),
            "NumberOfBuffers": "4000",
            "MaxDirtyBuffers": "3000",
        },
        "HTTPServer": {"ServerPort": f"127.0.0.1:{web}", "ServerRoot": str(folder)},
    }
    written = configparser.ConfigParser()
    written.optionxform = str  # type: ignore[assignment,method-assign]
    written.read_dict(settings)
    with (folder / "virtuoso.ini").open("w") as out:
        written.write(out)
    command = [str(VIRTUOSO), "+foreground", "+configfile", "virtuoso.ini"]
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    )
    load = f"DB.DBA.TTLP_MT(file_to_string_output('{folder}/all.nq'), '', 'http://x/none', 512);"
    ask = [str(ISQL), f"127.0.0.1:{sql}", "dba", "dba", f"exec={load}"]
    try:
        for _ in range(300):
            done = subprocess.run(ask, capture_output=True, text=True, check=False)
            if "Done" in done.stdout:
                break
            time.sleep(0.2)
        else:
            pytest.fail(f"Virtuoso has not loaded the graph: {done.stdout} {done.stderr}")
        yield f"http://127.0.0.1:{web}/sparql"
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


STORES: dict[str, Callable[[Path], AbstractContextManager[str]]] = {
    "ourselves": ourselves,
    "oxigraph": oxigraph,
    "virtuoso": virtuoso,
}


@pytest.fixture(scope="module", params=STORES)
def endpoint(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if request.param == "oxigraph" and OXIGRAPH is None:
        pytest.skip("the oxigraph server is not installed (pip install oxigraph)")
    if request.param == "virtuoso" and (VIRTUOSO is None or ISQL is None):
        pytest.skip("Virtuoso is not installed (apt-get install virtuoso-opensource-7-bin)")
    folder = tmp_path_factory.mktemp("remote")
    build(folder)
    with STORES[request.param](folder) as address:
        yield address


@pytest.fixture
def client(endpoint: str) -> FlaskClient:
    return create_app(endpoint).test_client()


@pytest.mark.parametrize("written", ["json", "xml", "csv", "tsv", "html"])
def test_solutions_pass_through(client: FlaskClient, written: str) -> None:
    query = "SELECT ?s ?label { ?s a dg:State ; rdfs:label ?label } ORDER BY ?label"
    response = client.get("/sparql", query_string={"query": query, "format": written})
    assert response.status_code == 200, response.text
    assert response.text.count("id/state/") >= 4
    assert "ETag" not in response.headers


@pytest.mark.parametrize("written", ["ttl", "nt", "html"])
def test_graphs_pass_through(client: FlaskClient, written: str) -> None:
    query = "CONSTRUCT WHERE { ?s a dg:State }"
    response = client.get("/sparql", query_string={"query": query, "format": written})
    assert response.status_code == 200, response.text
    if written != "html":
        assert len(rdflib.Graph().parse(data=response.data, format=response.mimetype)) == 3


def test_ask_and_its_page(client: FlaskClient) -> None:
    assert client.get("/sparql", query_string={"query": "ASK { ?s a dg:State }"}).json["boolean"] is True
    assert "yes" in client.get("/sparql", query_string={"query": "ASK { ?s a dg:State }"}, headers=HTML).text


def test_errors_are_told(client: FlaskClient) -> None:
    assert client.get("/sparql", query_string={"query": "SELECT {"}).status_code == 400
    assert client.get("/sparql?query=ASK{}", headers={"Accept": "text/turtle"}).status_code == 406
    assert client.post("/sparql", data={"update": "CLEAR ALL"}).status_code == 403


def test_pages_are_made_from_it(client: FlaskClient) -> None:
    assert "<h1>Russia</h1>" in client.get("/id/state/russia", headers=HTML).text
    assert "named graph of" in client.get("/graph/accepted", headers=HTML).text
    graph = rdflib.Graph().parse(data=client.get("/id/state/russia.ttl").data)
    assert len(graph) > 5
    assert "named graphs" in client.get("/", headers=HTML).text.lower()
    hits = client.get("/search?q=pak").json["hits"]
    assert hits[0]["iri"].endswith("id/state/pakistan")
    assert client.get("/id/state/atlantis").status_code == 404
    assert client.get("/ready").json["network"] == "remote"
    assert b"void#Dataset" in client.get("/.well-known/void?format=nt").data


def test_a_store_that_is_not_there() -> None:
    nobody = f"http://127.0.0.1:{free_port()}/sparql"
    client = create_app(nobody).test_client()
    assert client.get("/sparql?query=ASK{}").status_code == 502


def test_a_store_that_is_slow() -> None:
    class Slow(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            release.wait()

        def log_message(self, *args: object) -> None:
            pass

    release = threading.Event()
    with HTTPServer(("127.0.0.1", 0), Slow) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        client = create_app(
            f"http://127.0.0.1:{server.server_port}/", settings=Settings(timeout=0.3)
        ).test_client()
        response = client.get("/sparql?query=ASK{}")
        release.set()
        thread.join()
    assert response.status_code == 503
    assert response.headers["Retry-After"]


def test_long_answers_stream(tmp_path: Path) -> None:
    with store.building(tmp_path) as graph:
        graph.update(
            f"INSERT DATA {{ {' '.join(f'<http://x/{n}> <http://x/p> {n} .' for n in range(5000))} }}"
        )
    with ourselves(tmp_path) as address:
        client = create_app(address).test_client()
        response = client.get("/sparql", query_string={"query": "SELECT * { ?s ?p ?o }"})
        assert len(json.loads(response.data)["results"]["bindings"]) == 5000


def test_prefixes_are_added_where_they_are_missing() -> None:
    text = with_prefixes("PREFIX dg: <http://other/> SELECT * { ?s a dg:X ; rdfs:label ?l }")
    assert text.startswith("PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX dg: <http://other/>")
    assert with_prefixes("ASK {}") == "ASK {}"
