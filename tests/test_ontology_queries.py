"""The competency questions, asked of a graph made by hand: the answers a reader of the text would give."""

import re
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib.plugins.sparql import prepareQuery

from diplograph import inference, knowledge, validation
from diplograph.server.library import headers
from diplograph.turtle import format_trig

HERE = Path(__file__).parent / "ontology"
GRAPH = HERE / "pakistan-russia.trig"
QUERIES = {path.stem: path.read_text("utf-8") for path in (knowledge.ontology_dir() / "queries").glob("*.rq")}
SERVICE = re.compile(r"\n  SERVICE <https://query\.wikidata\.org/sparql> \{.*?\n  \}", re.DOTALL)


@cache
def graph() -> ox.Store:
    store = validation.load_ontology()
    store.load(path=GRAPH)
    return store


def ask(text: str) -> str:
    """Return the answer as CSV; what is asked of another endpoint is left out."""
    rows = graph().query(SERVICE.sub("", text), use_default_graph_as_union=True)
    return rows.serialize(format=ox.QueryResultsFormat.CSV).decode().replace("\r\n", "\n")


def test_every_query_has_its_answer() -> None:
    assert {path.stem for path in (HERE / "queries").glob("*.csv")} == set(QUERIES) != set()


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_the_answer(name: str) -> None:
    assert ask(QUERIES[name]) == (HERE / "queries" / f"{name}.csv").read_text("utf-8")


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_the_query_is_standard_sparql_in_a_fixed_order(name: str) -> None:
    prepareQuery(QUERIES[name])
    assert "\nORDER BY ?" in QUERIES[name]


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_the_header_says_what_is_asked(name: str) -> None:
    header = headers(QUERIES[name])
    assert header["question"].endswith("?")
    assert header["keywords"]
    assert set(header) <= {"question", "keywords", "needs"}


def test_a_query_says_which_rules_it_needs() -> None:
    rules = {path.stem for path in (knowledge.ontology_dir() / "rules").glob("*.rq")}
    needed = {
        need for text in QUERIES.values() for need in headers(text).get("needs", "").split(", ") if need
    }
    assert rules
    assert needed - {"federation"} <= rules, "a rule was renamed or is missing"


def test_federated_queries_say_so() -> None:
    federated = {name for name, text in QUERIES.items() if "SERVICE" in text}
    assert federated == {
        name for name, text in QUERIES.items() if "federation" in headers(text).get("needs", "")
    }
    assert federated
    assert all(SERVICE.search(QUERIES[name]) for name in federated)


def test_questions_differ() -> None:
    questions = [headers(text)["question"] for text in QUERIES.values()]
    assert len(questions) == len(set(questions)) >= 46


INFERRED = "https://w3id.org/diplograph/graph/inferred/"


def test_the_rules_draw_the_conclusions_that_the_graph_holds() -> None:
    rules = {path.stem for path in inference.rule_paths()} | {"owl-rl"}
    asserted, expected = validation.load_ontology(), set()
    for quad in ox.parse(path=GRAPH):
        slug = quad.graph_name.value.removeprefix(INFERRED)
        if not quad.graph_name.value.startswith(INFERRED):
            asserted.add(quad)
        elif slug in rules:
            expected.add(quad.triple)
    inference.infer(asserted, inference.load_rules(inference.rule_paths()))
    assert len(expected) > 50
    assert sorted(map(str, expected - {quad.triple for quad in asserted})) == []


def test_the_graph_is_canonical_and_conforms() -> None:
    text = GRAPH.read_text("utf-8")
    assert format_trig(text) == text
    assert validation.validate(graph()).findings == ()
