"""Who may write, what a write does, and what it must not do."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from diplograph import store
from diplograph.server.problems import Problem
from diplograph.server.updates import with_dataset

Start = Callable[..., AbstractContextManager[Flask]]
INSERT = "INSERT DATA { <http://x/a> <http://x/p> 1 }"
TOKEN = "a-secret-of-the-tests"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with store.building(tmp_path) as graph:
        graph.update("INSERT DATA { GRAPH <http://x/g> { <http://x/s> <http://x/p> <http://x/o> } }")
    return tmp_path


def update(client: FlaskClient, text: str = INSERT, **options: object) -> int:
    return client.post("/sparql", data={"update": text}, **options).status_code  # type: ignore[arg-type]


def size(folder: Path) -> int:
    return len(store.snapshot(folder).store)


def test_without_writable_nobody_may_write(folder: Path, start: Start) -> None:
    with start(folder, token=TOKEN) as app:
        client = app.test_client()
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        assert update(client, headers=bearer) == 403
        for method in ("PUT", "POST", "DELETE"):
            assert client.open("/graphs?graph=http://x/g", method=method, headers=bearer).status_code == 403
    assert size(folder) == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": f"Bearer {TOKEN}"}, 204),
        ({"Authorization": f"bearer {TOKEN}"}, 204),
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": "Bearer "}, 401),
        ({"Authorization": f"Basic {TOKEN}"}, 401),
        ({"Authorization": TOKEN}, 401),
    ],
)
def test_with_a_token_only_its_holder_may_write(
    folder: Path, start: Start, headers: dict[str, str], status: int
) -> None:
    with start(folder, writable=True, token=TOKEN) as app:
        assert update(app.test_client(), headers=headers) == status
    assert size(folder) == (2 if status == 204 else 1)


@pytest.mark.parametrize(
    ("environ", "headers", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, {}, 204),
        ({"REMOTE_ADDR": "::1"}, {}, 204),
        ({"REMOTE_ADDR": "192.0.2.7"}, {}, 403),
        ({"REMOTE_ADDR": "127.0.0.1"}, {"X-Forwarded-For": "192.0.2.7"}, 403),
        ({"REMOTE_ADDR": "127.0.0.1"}, {"Origin": "https://evil.example"}, 403),
        ({"REMOTE_ADDR": "127.0.0.1"}, {"Origin": "http://localhost"}, 204),
        ({"REMOTE_ADDR": "127.0.0.1"}, {"Host": "rebound.example"}, 403),
    ],
)
def test_without_a_token_only_this_machine_may_write(
    folder: Path, start: Start, environ: dict[str, str], headers: dict[str, str], status: int
) -> None:
    with start(folder, writable=True) as app:
        assert update(app.test_client(), environ_overrides=environ, headers=headers) == status


def test_an_update_is_seen_by_the_next_query_and_survives(folder: Path, start: Start) -> None:
    with start(folder, writable=True) as app:
        client = app.test_client()
        before = client.get("/sparql?query=ASK{?s+<http://x/p>+1}")
        assert update(client) == 204
        after = client.get("/sparql?query=ASK{?s+<http://x/p>+1}")
        assert (before.json["boolean"], after.json["boolean"]) == (False, True)
        assert before.headers["ETag"] != after.headers["ETag"]
    with start(folder) as app:
        assert app.test_client().get("/sparql?query=ASK{?s+<http://x/p>+1}").json["boolean"] is True


def test_an_update_happens_whole_or_not_at_all(folder: Path, start: Start) -> None:
    with start(folder, writable=True) as app:
        client = app.test_client()
        assert update(client, f"{INSERT} ; INSERT DATA {{ <http://x/b> }}") == 400
        assert update(client, f"{INSERT} ; CREATE GRAPH <http://x/g>") in (400, 503)
    assert size(folder) == 1


def test_an_endless_update_is_ended(folder: Path, start: Start) -> None:
    with store.building(folder) as graph:
        for number in range(300):
            graph.update(f"INSERT DATA {{ <http://x/{number}> <http://x/p> {number} }}")
    endless = (
        "INSERT { ?a <http://x/q> ?n } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l BIND(1 AS ?n) }"
    )
    with start(folder, writable=True, timeout=1.0) as app:
        response = app.test_client().post("/sparql", data={"update": endless})
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert size(folder) == 300


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
            "DELETE { ?s ?p ?o }  USING <http://x/g> WHERE { ?s ?p ?o }",
        ),
        (
            "DELETE WHERE { ?s ?p 'WHERE' }",
            "DELETE { ?s ?p 'WHERE' } USING <http://x/g> WHERE { ?s ?p 'WHERE' }",
        ),
        (INSERT, INSERT),
        (
            "INSERT { ?s ?p 'WHERE # }' } # WHERE\nWHERE { SELECT ?s WHERE { ?s ?p 1 } }",
            "INSERT { ?s ?p 'WHERE # }' } # WHERE\n USING <http://x/g> WHERE { SELECT ?s WHERE { ?s ?p 1 } }",
        ),
    ],
)
def test_the_dataset_of_a_request_goes_before_every_where(text: str, expected: str) -> None:
    assert with_dataset(text, ["http://x/g"], []) == expected


def test_named_graphs_of_a_request_go_there_too() -> None:
    text = with_dataset(
        "DELETE { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }", [], ["http://x/g", "http://x/h"]
    )
    assert "USING NAMED <http://x/g> USING NAMED <http://x/h> WHERE" in text


@pytest.mark.parametrize("clause", ["WITH <http://x/g>", "DELETE {} USING <http://x/h>"])
def test_two_datasets_are_a_contradiction(clause: str) -> None:
    with pytest.raises(Problem, match="USING or WITH"):
        with_dataset(f"{clause} INSERT {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}", ["http://x/g"], [])


@pytest.mark.parametrize("name", ["http://x/g> } ; DROP ALL ; #", "a b", "", "x\ny"])
def test_a_graph_name_cannot_smuggle_an_update_in(folder: Path, start: Start, name: str) -> None:
    with start(folder, writable=True) as app:
        client = app.test_client()
        text = "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o . FILTER(false) }"
        response = client.post("/sparql", data={"update": text, "using-graph-uri": name})
        assert response.status_code == 400
        assert client.put("/graphs", query_string={"graph": name}, data="").status_code == 400
    assert size(folder) == 1


def test_graphs_are_put_got_added_to_and_removed(folder: Path, start: Start) -> None:
    with start(folder, writable=True) as app:
        client, address = app.test_client(), "/graphs?graph=http://x/new"
        turtle = {"content_type": "text/turtle"}
        assert client.get(address).status_code == 404
        assert client.put(address, data="<http://x/1> <http://x/p> 1 .", **turtle).status_code == 201
        assert client.put(address, data="<http://x/2> <http://x/p> 2 .", **turtle).status_code == 204
        assert client.post(address, data="<http://x/3> <http://x/p> 3 .", **turtle).status_code == 204
        lines = sorted(client.get(address, headers={"Accept": "application/n-triples"}).text.splitlines())
        assert [line[:14] for line in lines] == ["<http://x/2> <", "<http://x/3> <"]
        assert client.delete(address).status_code == 204
        assert client.delete(address).status_code == 404


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (("graph=http://x/n", "text/turtle", "<http://x/1> <http://x/p>"), 400),
        (("graph=http://x/n", "image/png", "x"), 415),
        (("graph=http://x/n", "application/n-quads", "<http://x/1> <http://x/p> 1 <http://x/g> ."), 400),
        (("graph=relative", "text/turtle", ""), 400),
        (("", "text/turtle", ""), 400),
        (("default&graph=http://x/n", "text/turtle", ""), 400),
        (("graph=http://x/n&graph=http://x/m", "text/turtle", ""), 400),
    ],
)
def test_a_bad_graph_is_refused_and_changes_nothing(
    folder: Path, start: Start, sent: tuple[str, str, str], status: int
) -> None:
    query, content_type, body = sent
    with start(folder, writable=True) as app:
        response = app.test_client().put(f"/graphs?{query}", data=body, content_type=content_type)
    assert response.status_code == status
    assert size(folder) == 1
