"""Requests meant to break things: paths, headers, markup, and whatever hypothesis thinks of."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from diplograph import store

Start = Callable[..., AbstractContextManager[Flask]]
HTML = {"Accept": "text/html"}
PROBES = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "</textarea><script>alert(1)</script>",
    "javascript:alert(1)",
    "{{ 7191 * 7 }}",
    "\u202e\u0000<svg onload=alert(1)>",
]
LABEL = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")


def harmless(page: str) -> None:
    """No markup but ours: no script, no handler, no script address."""
    assert "<script>alert" not in page
    assert not re.search(r"<(img|svg)[^>]*on\w+=", page)
    assert not re.search(r"(href|src|action)=[\"']?\s*javascript:", page)
    assert "50337" not in page, "what looks like a template is not run"


@pytest.mark.parametrize("probe", PROBES)
def test_a_query_stays_text(client: FlaskClient, probe: str) -> None:
    for query in (f'SELECT ("""{probe}""" AS ?x) {{}}', probe, f"ASK {{}} # {probe}"):
        harmless(client.get("/sparql", query_string={"query": query}, headers=HTML).text)
        harmless(client.post("/sparql", data={"query": query}, headers=HTML).text)


@pytest.mark.parametrize("probe", PROBES)
def test_parameters_and_paths_stay_text(client: FlaskClient, probe: str) -> None:
    for path in ("/", "/sparql", "/search", "/ontology"):
        harmless(client.get(path, query_string={"q": probe, "format": probe, "x": probe}, headers=HTML).text)
    for family in ("id", "doc", "graph", "rule", "nothing"):
        harmless(client.get(f"/{family}/{probe}", headers=HTML).text)


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    with store.building(tmp_path) as graph:
        for number, probe in enumerate(PROBES):
            thing = NamedNode(f"https://w3id.org/diplograph/id/x/{number}")
            graph.add(Quad(thing, LABEL, Literal(probe)))
            graph.add(Quad(thing, NamedNode("javascript:alert(1)"), NamedNode("javascript:alert(2)")))
            graph.add(Quad(thing, NamedNode("http://x/p?a='b'"), Literal(probe, language="en")))
    return tmp_path


def test_what_is_in_the_graph_stays_text(hostile: Path, start: Start) -> None:
    with start(hostile) as app:
        client = app.test_client()
        for number, probe in enumerate(PROBES):
            page = client.get(f"/id/x/{number}", headers=HTML)
            assert page.status_code == 200
            harmless(page.text)
            harmless(client.get("/search", query_string={"q": probe}, headers=HTML).text)
        harmless(client.get("/", headers=HTML).text)
        query = {"query": "SELECT * { ?s ?p ?o }"}
        harmless(client.get("/sparql", query_string=query, headers=HTML).text)


def test_pages_forbid_what_they_do_not_need(client: FlaskClient) -> None:
    headers = client.get("/", headers=HTML).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../application.py",
        "/static/..%2fapplication.py",
        "/static/%2e%2e/application.py",
        "/static//etc/passwd",
        "/id/../../etc/passwd",
        "/graphs/../../etc/passwd",
        "//etc/passwd",
    ],
)
def test_no_path_leads_out(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code in (404, 301, 308)
    assert b"root:" not in response.data
    assert b"import" not in response.data


@pytest.mark.parametrize("value", ["x\r\nSet-Cookie: a=b", "x\nX-Evil: 1", "x%0d%0aSet-Cookie:%20a=b"])
def test_headers_cannot_be_smuggled_in(client: FlaskClient, value: str) -> None:
    for path in ("/sparql", "/graphs", "/search", "/id/state/russia"):
        response = client.get(
            path, query_string={"format": value, "graph": value, "query": value, "q": value}
        )
        assert "Set-Cookie" not in response.headers
        assert "X-Evil" not in response.headers


def test_there_is_no_jsonp(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": "ASK {}", "callback": "alert"})
    assert b"alert" not in response.data
    assert response.mimetype == "application/sparql-results+json"


TEXTS = st.text(max_size=80)
WORDS = ["SELECT", "*", "{", "}", "?s", "SERVICE", "<http://x>", "'", '"""', "#", "FROM", "\n", "(", ")"]
FRAGMENTS = st.lists(st.sampled_from(WORDS) | TEXTS, max_size=12).map(" ".join)
NAMES = ["query", "update", "format", "default-graph-uri", "graph", "default", "timeout", "q"]
PATHS = ["/sparql", "/graphs", "/search", "/id/", "/graphs/x", "/.well-known/void", "/queries/1"]
METHODS = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE"]
TYPES = [
    "",
    "application/sparql-query",
    "application/sparql-update",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/turtle",
    "application/sparql-query; charset=utf-16",
    "a/b;;=",
    "\x7f",
]
ACCEPTS = ["", "*/*", "text/html", "text/csv;q=x", ",;=,", "a/b;q=-1", "text/turtle;q=0.1, */*;q=0"]
REQUESTS = st.fixed_dictionaries(
    {
        "method": st.sampled_from(METHODS),
        "path": st.sampled_from(PATHS),
        "query_string": st.lists(st.tuples(st.sampled_from(NAMES), FRAGMENTS), max_size=4),
        "data": st.binary(max_size=200) | FRAGMENTS.map(lambda text: text.encode("utf-8", "surrogatepass")),
        "headers": st.fixed_dictionaries(
            {"Content-Type": st.sampled_from(TYPES), "Accept": st.sampled_from(ACCEPTS)}
        ),
    }
)


@given(sent=REQUESTS)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_a_client_sends_is_an_error_of_ours(client: FlaskClient, sent: dict[str, object]) -> None:
    response = client.open(**sent)
    assert response.status_code < 500, response.text
    assert response.status_code < 400 or response.mimetype in ("application/problem+json", "text/html")
    response.close()
