"""Connections that one thread serves in turn, and how they are taken from it."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from diplograph.server.circle import Circle


@dataclass
class Connection:
    sock: socket.socket
    client: socket.socket

    @property
    def number(self) -> int:
        return self.sock.fileno()


@pytest.fixture
def connections() -> Iterator[list[Connection]]:
    made = [Connection(*socket.socketpair()) for _ in range(3)]
    yield made
    for each in made:
        each.sock.close()
        each.client.close()


def elsewhere(call: object, *arguments: object) -> object:
    """Call in another thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call, *arguments).result()  # type: ignore[arg-type]


def test_the_first_that_adds_leads(connections: list[Connection]) -> None:
    circle = Circle()
    assert not circle.led
    assert circle.add(connections[0])
    assert circle.led
    assert not elsewhere(circle.add, connections[1])


def test_what_has_a_request_is_served_and_put_back(connections: list[Connection]) -> None:
    circle = Circle()
    for each in connections:
        circle.add(each)
    connections[1].client.send(b"x")
    assert circle.ready() == [connections[1].number]
    assert circle.take(connections[1].number) is connections[1]
    assert circle.take(connections[1].number) is None, "it is being served"
    connections[1].sock.recv(1)
    assert circle.put_back(connections[1], stays=True)
    assert circle.ready() == []
    assert set(map(id, circle.leave())) == set(map(id, connections))
    assert not circle.led


def test_only_the_thread_that_leads_takes(connections: list[Connection]) -> None:
    circle = Circle()
    circle.add(connections[0])
    connections[0].client.send(b"x")
    assert elsewhere(circle.ready) == []
    assert elsewhere(circle.take, connections[0].number) is None
    assert elsewhere(circle.leave) == []
    assert circle.ready() == [connections[0].number]


def test_a_connection_that_does_not_stay_is_forgotten(connections: list[Connection]) -> None:
    circle = Circle()
    circle.add(connections[0])
    circle.take(connections[0].number)
    assert not circle.put_back(connections[0], stays=False)
    connections[0].client.send(b"x")
    assert circle.ready() == []


def test_the_others_are_rescued_from_a_thread_that_is_kept(connections: list[Connection]) -> None:
    circle = Circle()
    for each in connections:
        circle.add(each)
    circle.take(connections[0].number)
    assert elsewhere(circle.rescue) == [], "at the first look it has just begun"
    assert set(map(id, elsewhere(circle.rescue))) == set(map(id, connections[1:]))  # type: ignore[call-overload]
    assert not circle.led
    assert not circle.put_back(connections[0], stays=True), "it leads no longer"
    assert elsewhere(circle.add, connections[1]), "another leads"
    connections[0].client.send(b"x")
    assert circle.ready() == []


def test_nobody_is_rescued_from_a_thread_that_gets_on(connections: list[Connection]) -> None:
    circle = Circle()
    circle.add(connections[0])
    for _ in range(5):
        circle.take(connections[0].number)
        assert elsewhere(circle.rescue) == []
        circle.put_back(connections[0], stays=True)
    assert circle.led
