"""Which queries are answered on the spot, and that the answer is the same."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, Quad, Store

from diplograph import store
from diplograph.server.evaluation import Job
from diplograph.server.lookup import look_up, subject
from diplograph.server.tokens import tokens

THING = "http://x/s"
SMALL = [
    "SELECT ?p ?o { <http://x/s> ?p ?o }",
    "SELECT * WHERE { <http://x/s> <http://x/p> ?o . }",
    "select distinct ?p where { <http://x/s> ?p ?o }",
    "PREFIX x: <http://x/> SELECT ?o { x:s a ?o }",
    "ASK { <http://x/s> ?p <http://x/o> }",
    "# about\nASK WHERE {\n<http://x/s> ?p ?o\n}",
]
OTHERS = [
    "SELECT * { ?s ?p ?o }",
    "SELECT * { ?s ?p <http://x/s> }",
    "SELECT * { <http://x/s> ?p ?o . ?o ?q ?r }",
    "SELECT * { <http://x/s> ?p ?o } ORDER BY ?o",
    "SELECT * { <http://x/s> ?p ?o } LIMIT 1",
    "SELECT * { <http://x/s> <http://x/p>* ?o }",
    "SELECT * { <http://x/s> ?p ?o FILTER(?o > 1) }",
    "SELECT * { <http://x/s> ?p ?o, ?q }",
    "SELECT * { <http://x/s> ?p ?o ; ?q ?r }",
    "SELECT * { { <http://x/s> ?p ?o } }",
    "SELECT * { GRAPH ?g { <http://x/s> ?p ?o } }",
    "SELECT (COUNT(*) AS ?n) { <http://x/s> ?p ?o }",
    "SELECT * FROM <http://x/g> { <http://x/s> ?p ?o }",
    "SELECT * { 'x' ?p ?o }",
    "SELECT * { <http://x/s> ?p 1 }",
    "SELECT * { _:b ?p ?o }",
    "CONSTRUCT WHERE { <http://x/s> ?p ?o }",
    "DESCRIBE <http://x/s>",
    "SELECT",
    "{",
    "",
]


@pytest.mark.parametrize("query", SMALL)
def test_a_query_about_one_thing_is_small(query: str) -> None:
    assert subject(tokens(query)) == THING


@pytest.mark.parametrize("query", OTHERS)
def test_anything_else_is_not(query: str) -> None:
    assert subject(tokens(query)) is None
    assert look_up(Store(), Job(query)) is None


def test_a_thing_of_which_much_is_said_is_for_a_worker() -> None:
    graph = Store()
    graph.extend(Quad(NamedNode(THING), NamedNode("http://x/p"), Literal(n)) for n in range(499))
    assert look_up(graph, Job(SMALL[0])) is not None
    graph.extend(Quad(NamedNode(THING), NamedNode("http://x/q"), Literal(n)) for n in range(4999))
    assert look_up(graph, Job(SMALL[0])) is None
    assert look_up(graph, Job(SMALL[0], default_graphs=("http://x/g",))) is None


def test_the_answer_is_the_same_as_a_worker_gives(client: FlaskClient, directory: Path) -> None:
    russia = "<https://w3id.org/diplograph/id/state/russia>"
    small, long = f"SELECT ?p ?o {{ {russia} ?p ?o }}", f"SELECT ?p ?o {{ {{ {russia} ?p ?o }} }}"
    assert look_up(store.snapshot(directory).store, Job(small)) is not None
    first, second = (
        client.get("/sparql", query_string={"query": query, "format": "csv"}) for query in (small, long)
    )
    assert sorted(first.text.splitlines()) == sorted(second.text.splitlines())
    assert first.headers["ETag"] != second.headers["ETag"]
    assert first.text.count("\n") > 2
