"""The same under gunicorn, with two processes."""

import contextlib
import http.client
import re
import socket
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from diplograph import store

from .live import Live, children, serving

pytest.importorskip(
    "gunicorn", reason="gunicorn is not installed (it is the production server, and optional)"
)

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
STREAM = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
POINT = "SELECT ?o { <http://x/7> <http://x/p> ?o }"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("production")
    with store.building(folder) as graph:
        p, g = NamedNode("http://x/p"), NamedNode("http://x/g")
        graph.bulk_extend(Quad(NamedNode(f"http://x/{n}"), p, Literal(n), g) for n in range(3000))
    with serving(folder, timeout=120.0, writable=True, processes=2) as live:
        yield live


def ask(server: Live, query: str, **parameters: str) -> tuple[int, bytes]:
    return server.get("/sparql?" + urlencode({"query": query, **parameters}))


def test_many_clients_are_answered(server: Live) -> None:
    with ThreadPoolExecutor(8) as pool:
        statuses = Counter(status for status, _ in pool.map(lambda _: ask(server, POINT), range(100)))
    assert statuses == {200: 100}


def test_a_slow_request_does_not_hold_up_the_connections_served_with_it(server: Live) -> None:
    """After small requests a few connections share a thread; one then asks for something endless."""
    with contextlib.ExitStack() as stack:
        shared = [stack.enter_context(contextlib.closing(kept_alive(server))) for _ in range(6)]
        for _ in range(20):
            for connection in shared:
                assert small(connection)
        begun = time.monotonic()
        address = "/sparql?" + urlencode({"query": ENDLESS + " # shared", "timeout": "20"})
        shared[0].request("GET", address)
        assert all(small(connection) for _ in range(5) for connection in shared[1:])
        assert time.monotonic() - begun < 20, "the others were answered before the endless one was given up"
        shared[0].sock.close()


def test_requests_sent_without_waiting_are_answered_in_order(server: Live) -> None:
    numbers = [n % 3000 for n in range(0, 4000, 97)]
    lines = [
        f"GET /sparql?{urlencode({'query': f'SELECT ?o {{ <http://x/{n}> <http://x/p> ?o }}', 'format': 'csv'})}"
        " HTTP/1.1\r\nHost: x\r\n"
        for n in numbers
    ]
    lines[-1] += "Connection: close\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall("".join(f"{line}\r\n" for line in lines).encode())
        said = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    assert [int(body) for body in re.findall(rb"\r\n\r\no\r\n(\d+)\r\n", said)] == numbers


def kept_alive(server: Live) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(server.host, timeout=30)


def small(connection: http.client.HTTPConnection) -> bool:
    connection.request("GET", "/sparql?" + urlencode({"query": POINT, "format": "csv"}))
    return connection.getresponse().read() == b"o\r\n7\r\n"


def test_a_query_without_end_gets_503(server: Live) -> None:
    assert ask(server, ENDLESS, timeout="0.5")[0] == 503


def test_an_answer_that_cannot_be_finished_is_visibly_cut(server: Live) -> None:
    connection = http.client.HTTPConnection(server.host, timeout=30)
    connection.request("GET", "/sparql?" + urlencode({"query": STREAM, "timeout": "1"}))
    response = connection.getresponse()
    assert response.status == 200
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        while response.read(1 << 20):
            pass
    connection.close()


def test_when_a_client_leaves_its_query_ends(server: Live) -> None:
    address = "/sparql?" + urlencode({"query": ENDLESS + " # left"})
    connection = socket.create_connection(("127.0.0.1", server.port))
    connection.sendall(f"GET {address} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert wait(lambda: b"# left" in everything_running(server))
    connection.close()
    assert wait(lambda: b"# left" not in everything_running(server)), "long before its deadline"


def everything_running(server: Live) -> bytes:
    """Ask often enough that both processes have answered."""
    return b"".join(server.get("/queries")[1] for _ in range(6))


def wait(condition: object) -> bool:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.05)
    return False


def test_an_update_is_seen_by_all_processes(server: Live) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    update = urlencode({"update": "INSERT DATA { <http://x/new> <http://x/p> 1 }"}).encode()
    assert server.get("/sparql", "POST", update, **form)[0] == 204
    query = "ASK { <http://x/new> <http://x/p> 1 }"
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: ask(server, f"{query} # {n}")[1], range(40)))
    assert all(b"true" in body for body in found)


def test_when_it_ends_all_processes_end(tmp_path: Path) -> None:
    with store.building(tmp_path):
        pass
    with serving(tmp_path, processes=2) as live:
        processes = children(live.process.pid)
        assert len(processes) == 2
    assert not any(Path(f"/proc/{pid}").exists() for pid in processes)
