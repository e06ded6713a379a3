"""What comes with an answer: tags, caching, compression, logs, numbers."""

import gzip
import json
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from diplograph import store
from diplograph.server.cache import AnswerCache, Kept, entity_tag
from diplograph.server.evaluation import Job

from .conftest import build

Start = Callable[..., AbstractContextManager[Flask]]
QUERY = {"query": "SELECT ?s ?o { ?s rdfs:label ?o } ORDER BY ?s"}
ALL = {"query": "SELECT * { ?s ?p ?o }"}


def test_an_answer_that_has_not_changed_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/sparql", query_string=QUERY)
    again = client.get("/sparql", query_string=QUERY, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get("/sparql", query_string=QUERY, headers={"If-None-Match": 'W/"other"'})
    assert other.data == first.data


def test_the_tag_tells_formats_queries_and_datasets_apart(client: FlaskClient) -> None:
    tags = {
        client.get("/sparql", query_string=QUERY | more).headers["ETag"]
        for more in ({}, {"format": "csv"}, {"query": "ASK {}"}, {"default-graph-uri": "http://x/g"})
    }
    assert len(tags) == 4


@pytest.mark.parametrize("call", ["NOW()", "RAND()", "UUID()", "STRUUID()", "BNODE()"])
def test_what_is_new_every_time_is_never_kept(client: FlaskClient, call: str) -> None:
    response = client.get("/sparql", query_string={"query": f"SELECT ({call} AS ?x) {{}}"})
    assert "ETag" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"
    assert entity_tag("1", Job("SELECT ('NOW()' AS ?x) {}")) is not None


def test_the_cache_stays_within_its_bytes() -> None:
    cache = AnswerCache(1600)
    for number in range(40):
        cache.put(str(number), Kept("json", b"x" * 100, None))
    kept = [key for number in range(40) if cache.get(key := str(number)) is not None]
    assert kept == [str(number) for number in range(24, 40)]
    cache.put("big", Kept("json", b"x" * 101, None))
    assert cache.get("big") is None, "nothing may take more than a sixteenth"


def test_a_repeated_query_is_answered_from_the_cache(directory: Path, start: Start) -> None:
    with start(directory) as app:
        client = app.test_client()
        bodies = {client.get("/sparql", query_string=QUERY, buffered=True).data for _ in range(3)}
        assert len(bodies) == 1
        assert "diplograph_cached_answers_total 2" in client.get("/metrics").text


@pytest.mark.parametrize("query", [ALL, {"query": "CONSTRUCT WHERE { ?s ?p ?o }"}])
def test_answers_are_compressed_for_those_who_take_it(client: FlaskClient, query: dict[str, str]) -> None:
    plain = client.get("/sparql", query_string=query)
    packed = client.get("/sparql", query_string=query, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    refused = client.get("/sparql", query_string=query, headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


def write_numbers(folder: Path) -> None:
    """Write a graph whose listing is too long for one piece."""
    with store.building(folder) as graph:
        lines = (f"<http://x/{n}> <http://x/p> {n} ." for n in range(5000))
        graph.update(f"INSERT DATA {{ {' '.join(lines)} }}")


def test_a_streamed_answer_is_whole_and_compressed(tmp_path: Path, start: Start) -> None:
    write_numbers(tmp_path)
    with start(tmp_path) as app:
        client = app.test_client()
        plain = client.get("/sparql", query_string=ALL)
        packed = client.get("/sparql", query_string=ALL, headers={"Accept-Encoding": "gzip"})
        assert len(json.loads(plain.data)["results"]["bindings"]) == 5000
        assert len(plain.data) > 65536
        assert gzip.decompress(packed.data) == plain.data


def test_a_streamed_answer_is_kept_when_it_is_asked_for_again(tmp_path: Path, start: Start) -> None:
    write_numbers(tmp_path)
    with start(tmp_path) as app:
        client = app.test_client()

        def cached() -> int:
            return int(
                client.get("/metrics").text.partition("\ndiplograph_cached_answers_total ")[2].split()[0]
            )

        answers = [client.get("/sparql", query_string=ALL, buffered=True).data for _ in range(4)]
        assert len(answers[0]) > 65536
        assert len(set(answers)) == 1
        assert cached() == 2, "first streamed, then streamed and packed, then kept"
        packed = client.get("/sparql", query_string=ALL, headers={"Accept-Encoding": "gzip"}, buffered=True)
        assert gzip.decompress(packed.data) == answers[0]
        assert packed.headers["Content-Encoding"] == "gzip"
        assert cached() == 3
        page = client.get("/sparql", query_string=ALL | {"format": "html"}).text
        assert page.count("<tr>") == 1001
        with store.building(tmp_path) as graph:
            graph.update("INSERT DATA { <http://x/a> <http://x/p> 1 }")
        assert client.get("/sparql", query_string=ALL).data.count(b'"a"') < 5000


def test_what_is_too_long_is_streamed_every_time(tmp_path: Path, start: Start) -> None:
    write_numbers(tmp_path)
    with start(tmp_path, cache=16 * 1000) as app:
        client = app.test_client()
        answers = {client.get("/sparql", query_string=ALL, buffered=True).data for _ in range(4)}
        assert len(answers) == 1
        assert "diplograph_cached_answers_total 0" in client.get("/metrics").text


@pytest.mark.parametrize(
    ("written", "rows"), [("json", 4), ("xml", 4), ("csv", 4), ("tsv", 4)], ids=["json", "xml", "csv", "tsv"]
)
def test_the_access_log_says_what_was_asked_and_how_it_went(
    directory: Path, start: Start, caplog: pytest.LogCaptureFixture, written: str, rows: int
) -> None:
    with start(directory, cache=0) as app, caplog.at_level(logging.INFO, logger="diplograph.access"):
        query = "SELECT ?s ?label { ?s a dg:State ; rdfs:label ?label }"
        response = app.test_client().get("/sparql", query_string={"query": query, "format": written})
        size = len(response.data)
        response.close()
    entry = json.loads(caplog.messages[-1])
    assert (entry["status"], entry["rows"], entry["bytes"]) == (200, rows, size)
    assert entry["path"] == "/sparql"
    assert len(entry["query"]) == 16


def test_slow_queries_are_written_down(
    directory: Path, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    with start(directory, slow_log=0.0) as app:
        app.test_client().get("/sparql", query_string=QUERY).close()
    assert json.loads(caplog.messages[-1])["query"] == QUERY["query"]


def test_health_readiness_and_numbers(client: FlaskClient) -> None:
    assert client.get("/health").json == {"status": "up"}
    ready = client.get("/ready").json
    assert ready["status"] == "ready"
    client.get("/sparql", query_string={"query": "ASK {"}, buffered=True)
    text = client.get("/metrics").text
    assert 'diplograph_requests_total{kind="sparql",status="400"}' in text
    assert 'le="+Inf"' in text
    for line in text.splitlines():
        assert line.startswith("#") or len(line.rsplit(" ", 1)) == 2


def test_the_list_of_queries_is_for_the_operator(directory: Path, start: Start) -> None:
    with start(directory, token="t") as app:
        client = app.test_client()
        assert client.get("/queries").status_code == 401
        assert client.delete("/queries/1").status_code == 401
        assert client.get("/queries", headers={"Authorization": "Bearer t"}).json == []


def test_a_server_behind_a_proxy_knows_its_name(tmp_path: Path, start: Start) -> None:
    build(tmp_path)
    forwarded = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "graph.example",
        "X-Forwarded-Prefix": "/dg",
    }
    turtle = {"Accept": "text/turtle"}
    with start(tmp_path, trust_proxy=True) as app:
        description = app.test_client().get("/sparql", headers=turtle | forwarded).text
        assert "<https://graph.example/dg/sparql>" in description
        page = app.test_client().get("/", headers=forwarded).text
        assert 'href="/dg/static/style.css"' in page
    with start(tmp_path) as app:
        assert "graph.example" not in app.test_client().get("/sparql", headers=turtle | forwarded).text
    with start(tmp_path, base_url="https://named.example/x/") as app:
        assert "<https://named.example/x/sparql>" in app.test_client().get("/sparql", headers=turtle).text


def test_search_finds_labels_and_quotes(client: FlaskClient) -> None:
    def find(words: str) -> list[tuple[str, str]]:
        found = client.get("/search", query_string={"q": words}).json["hits"]
        return [(hit["iri"].rpartition("/")[2], hit["kind"]) for hit in found]

    assert find("pakist")[0] == ("pakistan", "label")
    assert find("cote ivoire") == [("cote-d-ivoire", "label")], "accents do not matter"
    assert find("flew to moscow") == [("sample#char=0,41", "quote")]
    assert find("musharraf moscow")[0][1] == "quote"
    for nothing in ("", "xyzzy", '"', "NEAR(a b)", "a AND", "label:x", "*", "'; DROP TABLE words; --"):
        assert find(nothing) == []


def test_search_is_a_page_for_people(client: FlaskClient) -> None:
    page = client.get("/search?q=<script>alert(1)", headers={"Accept": "text/html"}).text
    assert "<script>" not in page
    page = client.get("/search?q=moscow", headers={"Accept": "text/html"}).text
    assert "<q>Musharraf flew to Moscow in February 2003</q>" in page
