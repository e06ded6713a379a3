"""Queries that try to reach the network, in every spelling the engine's grammar takes."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import QueryBoolean, Store

from diplograph import store
from diplograph.server import federation, outside
from diplograph.server.guard import refuse_loads, services
from diplograph.server.problems import Problem
from diplograph.server.tokens import tokens

Start = Callable[..., AbstractContextManager[Flask]]
ATTACKS = [
    "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { service <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { SeRvIcE\n#\n<http://127.0.0.1:9/>\n{ ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { SERVICESILENT<http://127.0.0.1:9/>{?s ?p ?o} }",
    "SELECT * { SERVICE<http://127.0.0.1:9/>{?s ?p ?o} }",
    "SELECT * { BIND(<http://127.0.0.1:9/> AS ?u) SERVICE ?u { ?s ?p ?o } }",
    "SELECT * { VALUES ?u { <http://127.0.0.1:9/> } SERVICE?u{?s ?p ?o} }",
    "PREFIX x: <http://127.0.0.1:9/> SELECT * { SERVICE x:y { ?s ?p ?o } }",
    "PREFIX x: <http://127.0.0.1:9/> SELECT * { SERVICEx:y{?s ?p ?o} }",
    "PREFIX x: <http://127.0.0.1:9/> PREFIX SERVICEx: <http://e/> SELECT * { SERVICEx:y{?s ?p ?o} }",
    "PREFIX : <http://127.0.0.1:9/> SELECT * { SERVICE : { ?s ?p ?o } }",
    "SELECT * { ?a ?b 1SERVICE<http://127.0.0.1:9/>{?s ?p ?o} }",
    "SELECT * { ?a ?b trueSERVICE<http://127.0.0.1:9/>{?s ?p ?o} }",
    "SELECT * { ?a ?b 'x'SERVICE<http://127.0.0.1:9/>{?s ?p ?o} }",
    "SELECT * { ?a ?b ?c.SERVICE<http://127.0.0.1:9/>{?s ?p ?o} }",
    "SELECT * { FILTER(1<2)SERVICE<http://127.0.0.1:9/>{?s ?p ?o}FILTER(3>2) }",
    "SELECT * { ?a ?b '<' SERVICE <http://127.0.0.1:9/> { ?s ?p '>' } }",
    'SELECT * { ?a ?b """a"b""c\\"""" SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }',
    "SELECT * { { SELECT * { OPTIONAL { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } } } } }",
    "ASK { FILTER EXISTS { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } } }",
    "SELECT * { MINUS { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } } }",
    "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "DESCRIBE ?s { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
]
HARMLESS = [
    "SELECT * { ?s ?p 'SERVICE <http://127.0.0.1:9/> { }' }",
    "SELECT * { ?s ?p ?o } # SERVICE <http://127.0.0.1:9/> { }",
    "SELECT * { ?s <http://x/SERVICE> ?service }",
    "PREFIX service: <http://x/> SELECT * { ?s service:x ?o ; service:y 1 . }",
    'SELECT * { ?s ?p """\nSERVICE <x> {\n""" }',
]
LOADS = [
    "LOAD <http://127.0.0.1:9/>",
    "load<http://127.0.0.1:9/>",
    "LOADSILENT<http://127.0.0.1:9/>",
    "LOAD SILENT <file:///etc/passwd> INTO GRAPH <http://x/g>",
    "PREFIX x: <http://127.0.0.1:9/> LOADx:y",
    "INSERT DATA { <http://x/s> <http://x/p> 1 } ; LOAD <http://127.0.0.1:9/>",
]


@pytest.mark.parametrize("query", ATTACKS)
def test_no_spelling_of_service_gets_through(client: FlaskClient, query: str) -> None:
    assert services(tokens(query))
    assert client.get("/sparql", query_string={"query": query}).status_code == 403


@pytest.mark.parametrize("query", ATTACKS)
def test_the_attacks_are_queries_to_the_engine(query: str) -> None:
    """What the engine takes for no query at all would prove nothing about the guard."""
    try:
        answer = Store().query(query)
        bool(answer) if isinstance(answer, QueryBoolean) else list(answer)
    except SyntaxError:
        pytest.fail("the engine does not parse this; it is no attack")
    except (OSError, RuntimeError):
        pass  # it went for the network


@pytest.mark.parametrize("query", HARMLESS)
def test_what_only_looks_like_service_is_answered(client: FlaskClient, query: str) -> None:
    assert not services(tokens(query))
    assert client.get("/sparql", query_string={"query": query}).status_code == 200


@pytest.mark.parametrize("text", LOADS)
def test_no_spelling_of_load_gets_through(tmp_path: Path, start: Start, text: str) -> None:
    with pytest.raises(Problem, match="LOAD"):
        refuse_loads(tokens(text))
    with store.building(tmp_path):
        pass
    with start(tmp_path, writable=True) as app:
        assert app.test_client().post("/sparql", data={"update": text}).status_code == 403


def test_names_that_begin_with_load_are_names() -> None:
    refuse_loads(tokens("PREFIX load: <http://x/> COPY load:a TO load:b ; INSERT DATA { load:a load:b 1 }"))


PRIVATE = """
    127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 0.0.0.0 100.64.0.1 224.0.0.1
    ::1 fe80::1%eth0 fc00::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 :: ff02::1
"""


@pytest.mark.parametrize("address", PRIVATE.split())
def test_private_addresses_are_not_public(address: str) -> None:
    assert not outside.is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "208.80.154.224", "2620:0:861:ed1a::1", "::ffff:1.1.1.1"])
def test_public_addresses_are(address: str) -> None:
    assert outside.is_public(address)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1", "2130706433", "0x7f000001", "[::1]"])
def test_a_listed_name_that_leads_here_is_refused(directory: Path, start: Start, host: str) -> None:
    endpoint = f"http://{host}:9/sparql"
    with start(directory, allow_service=(endpoint,)) as app:
        query = f"SELECT * {{ SERVICE <{endpoint}> {{ ?s ?p ?o }} }}"
        response = app.test_client().get("/sparql", query_string={"query": query})
    assert response.status_code == 403
    assert "not a public address" in response.get_json(force=True)["detail"]


@pytest.mark.parametrize("endpoint", ["file:///etc/passwd", "ftp://1.1.1.1/", "gopher://1.1.1.1:70/"])
def test_only_http_is_spoken(directory: Path, start: Start, endpoint: str) -> None:
    with start(directory, allow_service=(endpoint,)) as app:
        query = f"SELECT * {{ SERVICE <{endpoint}> {{ ?s ?p ?o }} }}"
        assert app.test_client().get("/sparql", query_string={"query": query}).status_code == 403


class _Remote(BaseHTTPRequestHandler):
    """An endpoint of another site, with two visits."""

    asked: list[str]
    status = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.asked.append(parse_qs(body)["query"][0])
        binding = [
            {"state": {"type": "uri", "value": f"https://w3id.org/diplograph/id/state/{name}"}, "n": literal}
            for name, literal in (
                ("pakistan", {"type": "literal", "value": 'a "quoted"\nline\\', "xml:lang": "en"}),
                (
                    "russia",
                    {"type": "literal", "value": "7", "datatype": "http://www.w3.org/2001/XMLSchema#int"},
                ),
                ("atlantis", {"type": "bnode", "value": "b0"}),
            )
        ]
        answer = json.dumps(
            {"head": {"vars": ["state", "n", "none"]}, "results": {"bindings": binding}}
        ).encode()
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def remote(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[_Remote]]:
    monkeypatch.setattr(outside, "public_address", lambda *_: "127.0.0.1")
    handler = type("Handler", (_Remote,), {"asked": []})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        handler.endpoint = f"http://remote.example:{server.server_port}/sparql"
        yield handler
        server.shutdown()
        thread.join()


def federated(
    remote: type[_Remote], directory: Path, start: Start, query: str
) -> list[dict[str, dict[str, str]]]:
    with start(directory, allow_service=(remote.endpoint,)) as app:
        query = query.replace("REMOTE", f"<{remote.endpoint}>")
        response = app.test_client().get("/sparql", query_string={"query": query})
    assert response.status_code == 200, response.text
    return response.json["results"]["bindings"]


def test_an_allowed_service_is_joined(remote: type[_Remote], directory: Path, start: Start) -> None:
    query = "SELECT ?l ?n { SERVICE REMOTE { ?state <http://x/n> ?n } ?state dg:iso3 ?l } ORDER BY ?l"
    rows = federated(remote, directory, start, query)
    assert [(row["l"]["value"], row["n"]["value"]) for row in rows] == [
        ("PAK", 'a "quoted"\nline\\'),
        ("RUS", "7"),
    ]
    assert rows[0]["n"]["xml:lang"] == "en"


def test_values_known_here_are_sent_along(remote: type[_Remote], directory: Path, start: Start) -> None:
    query = """SELECT ?n { ?state a dg:State . FILTER(?state != dg:x && STRLEN(STR(?n)) > 0)
               SERVICE REMOTE { ?state <http://x/n> ?n } }"""
    assert len(federated(remote, directory, start, query)) == 2
    (asked,) = remote.asked
    for name in ("pakistan", "russia", "cote-d-ivoire"):
        assert f"<https://w3id.org/diplograph/id/state/{name}>" in asked


def test_values_go_into_an_optional_service(remote: type[_Remote], directory: Path, start: Start) -> None:
    query = "SELECT * { ?state a dg:State OPTIONAL { SERVICE REMOTE { ?state <http://x/n> ?n } } }"
    rows = federated(remote, directory, start, query)
    assert sorted("n" in row for row in rows) == [False, True, True]
    assert "state/pakistan" in remote.asked[0]


def test_two_services_in_one_query(remote: type[_Remote], directory: Path, start: Start) -> None:
    query = "SELECT * { SERVICE REMOTE { ?state <http://x/n> ?n } SERVICE REMOTE { ?state <http://x/m> ?n } }"
    assert len(federated(remote, directory, start, query)) == 3
    assert len(remote.asked) == 2


@pytest.mark.parametrize(("silent", "status"), [("", 502), ("SILENT", 200)])
def test_a_service_that_fails(
    remote: type[_Remote], directory: Path, start: Start, silent: str, status: int
) -> None:
    remote.status = 500
    with start(directory, allow_service=(remote.endpoint,)) as app:
        query = f"SELECT * {{ SERVICE {silent} <{remote.endpoint}> {{ ?s ?p ?o }} }}"
        response = app.test_client().get("/sparql", query_string={"query": query})
    assert response.status_code == status
    if silent:
        assert response.json["results"]["bindings"] == [{}]


def test_a_service_within_a_service_is_refused(remote: type[_Remote], directory: Path, start: Start) -> None:
    with start(directory, allow_service=(remote.endpoint,)) as app:
        inner = f"SERVICE <{remote.endpoint}> {{ ?s ?p ?o }}"
        query = f"SELECT * {{ SERVICE <{remote.endpoint}> {{ {inner} }} }}"
        assert app.test_client().get("/sparql", query_string={"query": query}).status_code == 403
    assert not remote.asked


def test_filters_are_left_out_of_what_is_asked_first() -> None:
    filters = ["FILTER(?d > (1))", "FILTER NOT EXISTS { ?a ?d ?e }", "FILTER STRLEN(?i)"]
    text = f"SELECT * {{ ?a ?b ?c {filters[0]} {filters[1]} ?f ?g ?h {filters[2]} SERVICE ?x {{}} }}"
    found = tokens(text)
    kept = federation.left_side(text, found, services(found)[0])
    assert kept.split() == ["?a", "?b", "?c", "?f", "?g", "?h"]
