"""The graph in the memory of workers: the same graph, in none but new workers, and never an old one."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from diplograph import store
from diplograph.server import Settings, create_app
from diplograph.server.evaluation import Job
from diplograph.server.frames import Kind
from diplograph.server.nursery import Nursery
from diplograph.server.pool import Worker
from diplograph.server.worker import as_message

from .live import Live, children, serving

G, P = NamedNode("http://x/g"), NamedNode("http://x/p")
QUADS = [
    Quad(NamedNode("http://x/a"), P, Literal("in the default graph")),
    Quad(BlankNode("b"), P, BlankNode("c"), G),
    Quad(BlankNode("c"), NamedNode("http://x/q"), Literal("chat", language="fr"), BlankNode("h")),
    Quad(NamedNode("http://x/a"), P, Triple(NamedNode("http://x/a"), P, Literal(1)), G),
    *(Quad(NamedNode(f"http://x/{n}"), P, Literal(n), G) for n in range(5000)),
]
QUESTIONS = [
    "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY STR(?s) STR(?o)",
    "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY STR(?g)",
    "SELECT ?g { GRAPH ?g {} } ORDER BY STR(?g)",
    "SELECT ?o { ?s <http://x/p> ?b . ?b <http://x/q> ?o }",
    "SELECT ?s { ?s <http://x/p> ?o FILTER(isTRIPLE(?o)) }",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with store.building(tmp_path) as graph:
        graph.extend(QUADS)
        graph.add_graph(NamedNode("http://x/empty"))
    return tmp_path


@pytest.fixture
def make(folder: Path) -> Iterator[Callable[[int], Nursery]]:
    made: list[Nursery] = []

    def nursery(most: int) -> Nursery:
        made.append(Nursery(folder, 1 << 30, most))
        return made[-1]

    yield nursery
    for each in made:
        each.close()


def eventually(condition: Callable[[], object]) -> bool:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def answers(nursery: Nursery) -> list[Any]:
    """Return what a new worker answers."""
    worker = Worker(nursery)
    worker.wait_ready(timeout=30)
    found = []
    for question in QUESTIONS:
        worker.send(as_message(Job(question)))
        kind, body = Kind.HEADER, b""
        while kind is not Kind.END:
            kind, piece = worker.receive(time.monotonic() + 30)
            assert kind is not Kind.ERROR, piece
            body += piece if kind is Kind.DATA else b""
        found.append(json.loads(body)["results"]["bindings"])
    worker.bury()
    return found


def test_a_graph_in_memory_is_the_same_graph(make: Callable[[int], Nursery]) -> None:
    nursery = make(len(QUADS))
    from_disk = answers(nursery)
    nursery.hold()
    assert eventually(lambda: nursery.is_held() is not None)
    assert nursery.is_held()
    assert answers(nursery) == from_disk
    assert [len(rows) for rows in from_disk] == [len(QUADS), 2, 3, 1, 1]


def test_a_graph_that_is_too_large_stays_on_the_disk(make: Callable[[int], Nursery]) -> None:
    nursery = make(len(QUADS) - 1)
    nursery.hold()
    assert eventually(lambda: nursery.is_held() is not None)
    assert not nursery.is_held()
    assert len(answers(nursery)[0]) == len(QUADS)


def test_workers_are_exchanged_and_none_gives_an_old_answer(folder: Path) -> None:
    app = create_app(folder, settings=Settings(cache=0, in_memory=10 * len(QUADS)))
    client = app.test_client()

    def count() -> int:
        found = client.get("/sparql?query=SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").json
        return int(found["results"]["bindings"][0]["n"]["value"])

    def loading() -> bool:
        return bool(client.get("/ready").json["loading"])

    try:
        for number in range(3):
            assert count() == len(QUADS) + number
            assert eventually(lambda: not loading())
            assert count() == len(QUADS) + number
            with store.writing(folder) as writer:
                writer.store.add(Quad(NamedNode("http://x/new"), P, Literal(f"new {number}"), G))
                writer.publish()
    finally:
        app.extensions["diplograph"].close()


def forked(live: Live, folder: Path) -> list[int]:
    """Return the holder of a graph and its workers, who serve on and are nobody's children once it is dead."""
    commands = {int(each.parent.name): each for each in Path("/proc").glob("[0-9]*/cmdline")}
    found = []
    for process, command in commands.items():
        with suppress(OSError):
            if str(folder).encode() in command.read_bytes() and process != live.process.pid:
                found.append(process)
    return found


def test_a_killed_holder_is_replaced(folder: Path) -> None:
    with serving(folder, in_memory=10 * len(QUADS)) as live:

        def loading() -> bool:
            return bool(json.loads(live.get("/ready")[1])["loading"])

        assert eventually(lambda: not loading())
        assert children(live.process.pid)
        for process in forked(live, folder):
            with suppress(ProcessLookupError):  # an old worker that was about to be exchanged
                os.kill(process, signal.SIGKILL)
        query = "/sparql?query=" + quote("ASK { <http://x/4999> ?p ?o . ?s ?q 4998 }")
        assert [live.get(query)[0] for _ in range(5)] == [200] * 5
        assert eventually(lambda: not loading() and live.workers())
        assert live.get(query) == live.get(query)
