"""What goes wrong in the world: queries without end, clients that leave, processes that are killed."""

import http.client
import os
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from diplograph import store

from .live import Live, serving

THINGS = 3000
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
STREAM = "SELECT * { ?a ?b ?c . ?d ?e ?f }"  # nine million rows
GREEDY = "SELECT DISTINCT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c"
POINT = "SELECT ?o { <http://x/7> <http://x/p> ?o }"
TIMEOUT = 120.0  # so long that what ends earlier ends for another reason


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("faults")
    with store.building(directory) as graph:
        predicate, name = NamedNode("http://x/p"), NamedNode("http://x/g")
        graph.bulk_extend(
            Quad(NamedNode(f"http://x/{n}"), predicate, Literal(n), name) for n in range(THINGS)
        )
    return directory


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Live]:
    with serving(folder, timeout=TIMEOUT, writable=True, cache=0, memory=256 << 20) as live:
        yield live


def ask(server: Live, query: str, **parameters: str) -> tuple[int, bytes]:
    return server.get("/sparql?" + urlencode({"query": query, **parameters}))


def eventually(condition: Callable[[], bool], seconds: float = 30.0) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def running(server: Live) -> int:
    status, body = server.get("/queries")
    assert status == 200
    return body.count(b'"id"')


def test_a_query_without_end_gets_503_before_the_first_byte(server: Live) -> None:
    connection = http.client.HTTPConnection(server.host, timeout=30)
    connection.request("GET", "/sparql?" + urlencode({"query": ENDLESS, "timeout": "1"}))
    response = connection.getresponse()
    assert response.status == 503
    assert response.getheader("Retry-After")
    assert response.getheader("Content-Type") == "application/problem+json"
    assert b"longer than 1 seconds" in response.read()
    connection.close()


def test_an_answer_that_cannot_be_finished_is_visibly_cut(server: Live) -> None:
    connection = http.client.HTTPConnection(server.host, timeout=30)
    connection.request("GET", "/sparql?" + urlencode({"query": STREAM, "timeout": "1"}))
    response = connection.getresponse()
    assert response.status == 200
    with pytest.raises(http.client.IncompleteRead):
        while response.read(1 << 20):
            pass
    connection.close()


def test_a_query_that_wants_too_much_memory_is_ended(server: Live) -> None:
    status, body = ask(server, GREEDY)
    assert status == 503
    assert b"memory" in body
    assert ask(server, POINT)[0] == 200


def test_when_a_client_leaves_its_query_ends(server: Live) -> None:
    connection = socket.create_connection(("127.0.0.1", server.port))
    address = "/sparql?" + urlencode({"query": ENDLESS})
    connection.sendall(f"GET {address} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert eventually(lambda: running(server) == 1)
    connection.close()
    assert eventually(lambda: running(server) == 0)


def test_when_a_client_leaves_a_stream_its_query_ends(server: Live) -> None:
    connection = socket.create_connection(("127.0.0.1", server.port))
    address = "/sparql?" + urlencode({"query": STREAM})
    connection.sendall(f"GET {address} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert connection.recv(100)
    connection.close()
    assert eventually(lambda: running(server) == 0)


def test_the_operator_may_end_a_query(server: Live) -> None:
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(ask, server, ENDLESS)
        assert eventually(lambda: running(server) == 1)
        _, body = server.get("/queries")
        identifier = body.partition(b'"id":"')[2].partition(b'"')[0].decode()
        assert server.get(f"/queries/{identifier}", "DELETE")[0] == 204
        status, body = waiting.result()
    assert status == 503
    assert b"operator" in body
    assert server.get("/queries/none", "DELETE")[0] == 404


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="needs Linux")
def test_a_slow_query_steps_back(folder: Path) -> None:
    """It lets others go first, and leaves them a processor where there are several."""
    processors = sorted(os.sched_getaffinity(0))

    def has_stepped_back(pid: int) -> bool:
        with suppress(OSError):  # it may have ended meanwhile
            patient = os.getpriority(os.PRIO_PROCESS, pid) > os.getpriority(os.PRIO_PROCESS, 0)
            return patient and sorted(os.sched_getaffinity(pid)) == (processors[1:] or processors)
        return False

    with serving(folder) as live, ThreadPoolExecutor() as pool:
        assert sum(map(has_stepped_back, live.workers())) <= 1, "the one that searches for proofs"
        waiting = [pool.submit(ask, live, f"{ENDLESS} # {n}", timeout="10") for n in range(2)]
        assert eventually(lambda: sum(map(has_stepped_back, live.workers())) >= 2)
        assert {each.result()[0] for each in waiting} == {503}


def test_point_queries_keep_answering_while_others_run_away(server: Live) -> None:
    stop = threading.Event()
    statuses: Counter[int] = Counter()

    def run_away(number: int) -> None:
        statuses[ask(server, f"{ENDLESS} # {number}", timeout="3")[0]] += 1

    threads = [threading.Thread(target=run_away, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    answered = [ask(server, POINT)[0] for _ in range(100)]
    stop.set()
    for thread in threads:
        thread.join()
    assert set(answered) == {200}
    assert set(statuses) <= {429, 503}
    assert statuses[503] >= 4
    assert sum(statuses.values()) == 50


def test_killed_workers_are_replaced(server: Live) -> None:
    before = server.workers()
    assert before
    for pid in before:
        with suppress(ProcessLookupError):  # exchanged meanwhile
            os.kill(pid, signal.SIGKILL)
    assert [ask(server, POINT)[0] for _ in range(5)] == [200] * 5
    assert eventually(lambda: not any(alive(pid) for pid in before))
    assert eventually(lambda: any(alive(pid) for pid in server.workers()))


def test_workers_die_with_a_killed_server(folder: Path) -> None:
    with serving(folder) as live:
        workers = live.workers()
        assert workers
        ending = threading.Thread(target=ask_quietly, args=(live, ENDLESS))
        ending.start()
        assert eventually(lambda: running(live) == 1)
        os.kill(live.process.pid, signal.SIGKILL)
        live.process.wait()
        ending.join()
        assert eventually(lambda: not any(alive(pid) for pid in workers))


def ask_quietly(server: Live, query: str) -> None:
    try:
        ask(server, query)
    except (OSError, http.client.HTTPException):
        return


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False


def test_a_client_that_dawdles_holds_up_nobody(server: Live) -> None:
    slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(60)]
    for connection in slow:
        connection.sendall(b"GET /sparql?query=ASK HTTP/1.1\r\nHost: x\r\nX-")
    assert [ask(server, POINT)[0] for _ in range(10)] == [200] * 10
    for connection in slow:
        connection.close()


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("request_of", "status"),
    [
        (("POST", "/sparql", b"#" * 10_000_000, {"Content-Type": "application/sparql-query"}), 413),
        (("POST", "/sparql", b"query=" + b"+" * 10_000_000, FORM), 413),
        (("GET", "/sparql?query=" + "+" * 300_000, None, {}), 431),
        (("PUT", "/graphs?graph=http://x/big", b"#" * 300_000_000, {"Content-Type": "text/turtle"}), 413),
    ],
    ids=["body", "form", "address", "document"],
)
def test_what_is_too_big_is_refused(
    server: Live, request_of: tuple[str, str, bytes | None, dict[str, str]], status: int
) -> None:
    method, path, body, headers = request_of
    with suppress(BrokenPipeError, ConnectionResetError):  # it may hang up on us, which says the same
        assert server.get(path, method, body, **headers)[0] == status
    assert ask(server, POINT)[0] == 200


def test_a_killed_writer_changes_nothing(server: Live, folder: Path) -> None:
    before = store.latest(folder).tag
    many = " . ".join(f"<http://x/s{n}> <http://x/q> {n}" for n in range(20_000))
    with ThreadPoolExecutor() as pool:
        body = f"update=INSERT DATA {{ {quote(many)} }}".encode()
        change = pool.submit(server.get, "/sparql", "POST", body, **FORM)
        known = set(server.workers())
        assert eventually(lambda: bool(set(server.workers()) - known))
        for pid in set(server.workers()) - known:
            os.kill(pid, signal.SIGKILL)
        status, _ = change.result()
    assert status == 503
    assert store.latest(folder).tag == before


def test_nothing_leaks(server: Live) -> None:
    """A mixed load leaves the processes, files and memory of the server as they were."""

    def state() -> tuple[int, int]:
        return len(server.workers()), len(list(Path(f"/proc/{server.process.pid}/fd").iterdir()))

    def request(number: int) -> int:
        kind = number % 20
        if kind == 0:
            return ask(server, "SELECT {")[0]
        if kind == 1:
            return ask(server, ENDLESS + f" # {number}", timeout="0.05")[0]
        if kind == 2:
            return ask(server, "SELECT * { ?s ?p ?o }", format="csv")[0]
        if kind == 3:
            return server.get("/nowhere")[0]
        return ask(server, POINT.replace("7", str(number)))[0]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(request, range(200)))
        assert eventually(lambda: running(server) == 0)
        before, memory = state(), resident(server)
        statuses = Counter(pool.map(request, range(1000)))
    assert set(statuses) <= {200, 400, 404, 429, 503}
    assert statuses[200] >= 800
    assert eventually(lambda: state()[0] <= before[0] + 2 and state()[1] <= before[1] + 12), (before, state())
    assert resident(server) < memory * 1.3 + 20_000_000


def resident(server: Live) -> int:
    return int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
