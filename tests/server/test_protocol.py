"""Requests of the SPARQL Protocol, beyond what the suite of the W3C asks."""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import rdflib
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from diplograph import store
from diplograph.server.formats import GRAPHS, SOLUTIONS

SELECT = "SELECT ?s ?label { ?s a dg:State ; rdfs:label ?label } ORDER BY ?s ?label"
CONSTRUCT = "CONSTRUCT { ?s rdfs:label ?label } WHERE { ?s a dg:State ; rdfs:label ?label }"
Start = Callable[..., AbstractContextManager[Flask]]
RDFLIB_WARNS = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of its own classes
STATES = 4  # labels of states in the sample


def get(client: FlaskClient, query: str, accept: str = "application/json", **parameters: str) -> TestResponse:
    return client.get("/sparql", query_string={"query": query, **parameters}, headers={"Accept": accept})


def read_solutions(response: TestResponse, name: str) -> int:
    if name == "json":
        return len(json.loads(response.data)["results"]["bindings"])
    if name == "xml":
        return response.data.count(b"<result>")
    if name == "html":
        return response.text.count("<tr>") - 1
    return len(list(csv.reader(io.StringIO(response.text), delimiter="," if name == "csv" else "\t"))) - 1


@pytest.mark.parametrize("name", [each.name for each in SOLUTIONS])
@pytest.mark.parametrize("way", ["format", "accept"])
def test_solutions_in_every_format(client: FlaskClient, name: str, way: str) -> None:
    wanted = next(each for each in SOLUTIONS if each.name == name)
    response = (
        get(client, SELECT, format=name) if way == "format" else get(client, SELECT, wanted.media_types[0])
    )
    assert response.status_code == 200
    assert response.mimetype == wanted.media_types[0]
    assert read_solutions(response, name) == STATES


@RDFLIB_WARNS
@pytest.mark.parametrize("name", [each.name for each in GRAPHS])
@pytest.mark.parametrize("way", ["format", "accept"])
def test_graphs_in_every_format(client: FlaskClient, name: str, way: str) -> None:
    wanted = next(each for each in GRAPHS if each.name == name)
    response = (
        get(client, CONSTRUCT, format=name)
        if way == "format"
        else get(client, CONSTRUCT, wanted.media_types[0])
    )
    assert response.status_code == 200
    assert response.mimetype == wanted.media_types[0]
    if name == "html":
        assert response.text.count("<tr>") - 1 == STATES
    else:
        assert len(rdflib.Dataset().parse(data=response.data, format=wanted.media_types[0])) == STATES


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("application/json", "application/sparql-results+json"),
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.9", "application/sparql-results+xml"),
        ("text/csv, */*;q=0.1", "text/csv"),
        ("text/*", "text/xml"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("text/turtle, text/tab-separated-values;q=0.2", "text/tab-separated-values"),
        ("image/png", None),
        ("application/sparql-results+json;q=0", None),
        ("text/turtle", None),
    ],
)
def test_the_accept_header_is_weighed(client: FlaskClient, accept: str, expected: str | None) -> None:
    response = get(client, SELECT, accept)
    if expected is None:
        assert response.status_code == 406
        assert "application/sparql-results+json" in response.get_json(force=True)["available"]
    else:
        found = next(each for each in SOLUTIONS if response.mimetype in each.media_types)
        assert expected in found.media_types


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ({"data": {"query": "ASK {}"}}, 200),
        ({"data": "ASK {}", "content_type": "application/sparql-query"}, 200),
        ({"data": "ASK {}".encode("utf-16"), "content_type": "application/sparql-query"}, 400),
        ({"data": "ASK {}", "content_type": "application/sparql-query; charset=utf-16"}, 415),
        ({"data": b"query=%FF", "content_type": "application/x-www-form-urlencoded"}, 400),
        ({"data": "ASK {}", "content_type": "text/plain"}, 415),
        ({"data": "ASK {}"}, 415),
        ({"data": {}}, 415),
        ({"data": {"other": "x"}}, 400),
        ({"data": {"query": "ASK {}", "update": "CLEAR ALL"}}, 400),
        ({"data": {"query": ["ASK {}", "ASK {}"]}}, 400),
        ({"data": {"query": "ASK {"}}, 400),
        ({"data": {"query": "SELECT (<http://x/f>(1) AS ?y) {}"}}, 400),
        ({"data": {"query": "ASK {}", "default-graph-uri": "not an IRI"}}, 400),
        ({"data": {"query": "INSERT DATA { <http://a> <http://b> 1 }"}}, 400),
        ({"data": {"update": "INSERT DATA { <http://a> <http://b> 1 }"}}, 403),
        ({"data": {"query": "ASK {}"}, "method": "PUT"}, 405),
    ],
)
def test_every_way_to_ask_and_to_ask_wrongly(
    client: FlaskClient, arguments: dict[str, object], status: int
) -> None:
    response = client.open("/sparql", **{"method": "POST", **arguments})  # type: ignore[arg-type]
    assert response.status_code == status
    if status >= 400:
        assert response.mimetype == "application/problem+json"
        assert response.get_json(force=True)["status"] == status


def test_a_syntax_error_is_located(client: FlaskClient) -> None:
    problem = get(client, "SELECT *\nWHERE { ?s ?p }").get_json(force=True)
    assert (problem["line"], problem["column"]) == (2, 16)
    assert problem["excerpt"] == "WHERE { ?s ?p }"


def test_a_browser_gets_its_error_as_a_page(client: FlaskClient) -> None:
    response = get(client, "SELECT <script>", "text/html")
    assert response.status_code == 400
    assert response.mimetype == "text/html"
    assert "<script>" not in response.text


def rows(client: FlaskClient, query: str, **parameters: str) -> int:
    return len(get(client, query, **parameters).get_json(force=True)["results"]["bindings"])


def test_the_default_graph_is_the_union_unless_the_request_or_the_query_says_otherwise(
    client: FlaskClient,
) -> None:
    reference, accepted = (f"https://w3id.org/diplograph/graph/{name}" for name in ("reference", "accepted"))
    assert rows(client, "SELECT ?s { ?s a dg:State }") == 3
    assert rows(client, "SELECT ?s { ?s a dg:Visit }") == 1
    assert rows(client, "SELECT ?s { ?s a dg:Visit }", **{"default-graph-uri": reference}) == 0
    assert rows(client, f"SELECT ?s FROM <{reference}> {{ ?s a dg:Visit }}") == 0
    assert (
        rows(client, f"SELECT ?s FROM <{reference}> {{ ?s a dg:Visit }}", **{"default-graph-uri": accepted})
        == 1
    )
    assert rows(client, "SELECT ?g { GRAPH ?g { ?s a dg:Visit } }", **{"named-graph-uri": reference}) == 0
    assert rows(client, "SELECT ?s { ?s a dg:State }", **{"named-graph-uri": reference}) == 0


def test_columns_come_as_they_are_written(client: FlaskClient) -> None:
    assert get(client, "SELECT * { ?z ?p ?a } LIMIT 1", format="csv").text.splitlines()[0] == "z,p,a"
    assert get(client, "SELECT ?b (1 AS ?a) { ?b a dg:State }", format="csv").text.splitlines()[0] == "b,a"
    nested = "SELECT * { ?z a dg:State { SELECT ?b { ?b a dg:Person } } }"
    assert get(client, nested, format="csv").text.splitlines()[0] == "z,b"


def test_a_script_of_another_site_may_ask(client: FlaskClient) -> None:
    preflight = client.options("/sparql", headers={"Origin": "https://example.org"})
    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert {"GET", "POST"} <= set(preflight.headers["Access-Control-Allow-Methods"].split(", "))
    assert "Content-Type" in preflight.headers["Access-Control-Allow-Headers"]
    assert get(client, "ASK {}").headers["Access-Control-Allow-Origin"] == "*"
    assert get(client, "ASK {").headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("encoding", [None, "gzip", "identity"])
@pytest.mark.parametrize(
    "query", [SELECT, CONSTRUCT, "ASK {}", "SELECT *", "SELECT ?p ?o { state:russia ?p ?o }"]
)
def test_every_header_comes_once(client: FlaskClient, query: str, encoding: str | None) -> None:
    """And the length it tells is that of the body; some clients hang up otherwise."""
    wanted = {"Accept-Encoding": encoding} if encoding else {}
    response = client.get("/sparql", query_string={"query": query}, headers=wanted)
    names = Counter(name.lower() for name, _ in response.headers)
    assert max(names.values()) == 1
    assert {"vary", "access-control-allow-origin", "x-content-type-options"} <= set(names)
    assert int(response.headers["Content-Length"]) == len(response.data)


def test_head_answers_like_get_without_a_body(client: FlaskClient) -> None:
    response = client.head("/sparql", query_string={"query": "ASK {}"})
    assert response.status_code == 200
    assert response.mimetype == "application/sparql-results+json"
    assert response.data == b""


def test_a_new_version_is_seen_by_the_next_query(tmp_path: Path, start: Start) -> None:
    with store.building(tmp_path) as graph:
        graph.update("INSERT DATA { <http://x/1> a <http://x/T> }")
    with start(tmp_path) as app:
        client = app.test_client()
        assert rows(client, "SELECT * { ?s ?p ?o }") == 1
        with store.writing(tmp_path) as writer:
            writer.store.update("INSERT DATA { <http://x/2> a <http://x/T> }")
            assert rows(client, "SELECT * { ?s ?p ?o }") == 1
            writer.publish()
            assert rows(client, "SELECT * { ?s ?p ?o }") == 2


def test_a_graph_that_is_taken_away_is_answered_from_until_another_comes(
    tmp_path: Path, start: Start
) -> None:
    with store.building(tmp_path) as graph:
        graph.update("INSERT DATA { <http://x/1> a <http://x/T> }")
    with start(tmp_path) as app:
        client = app.test_client()
        (tmp_path / "store" / "latest").unlink()
        assert client.get("/sparql?query=ASK{<http://x/1>+?p+?o}").json["boolean"] is True
        with store.building(tmp_path) as graph:
            graph.update("INSERT DATA { <http://x/2> a <http://x/T> }")
        assert client.get("/sparql?query=ASK{<http://x/2>+?p+?o}").json["boolean"] is True
