"""The engines besides each other: a store at a URL, owlrl, and what the relational engine makes of terms."""

import contextlib
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Store

from diplograph.errors import KnowledgeError, StoreError
from diplograph.inference import tables
from diplograph.inference.cases import case_store, read_case, shipped_ontology
from diplograph.inference.infer import INFERRED, READ, document_graphs, infer
from diplograph.inference.program import build_program
from diplograph.inference.remote import WORKING, Endpoint, infer_remote
from diplograph.inference.rulefile import load_rules, parse_rule

CASES = Path(__file__).parent / "rules"
OXIGRAPH = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")
HEADER = "".join(f"#+ {name}: {value}\n" for name, value in {
    "id": "T1", "label": "Test", "version": "1", "definition": "A test.", "source": "none",
}.items()) + "PREFIX dg: <https://w3id.org/diplograph/ontology#>\n"  # fmt: skip


def inferred(store: Store) -> set[Quad]:
    return {quad for quad in store if getattr(quad.graph_name, "value", "").startswith(INFERRED)}


def given(*names: str) -> Store:
    cases = [read_case(CASES / f"{name}.trig") for name in names]
    return case_store(
        frozenset().union(*(case["given"] for case in cases)),
        frozenset().union(*(case["claims"] for case in cases)),
    )


@contextlib.contextmanager
def remote() -> Iterator[Endpoint]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([str(OXIGRAPH), "serve", "-b", f"127.0.0.1:{port}"], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.05)
        yield Endpoint(f"http://127.0.0.1:{port}/query", f"http://127.0.0.1:{port}/update")
    finally:
        process.terminate()
        process.wait()


def put(endpoint: Endpoint, store: Store) -> None:
    data = store.dump(format=RdfFormat.N_QUADS)
    url = endpoint.query.replace("/query", "/store")
    request = urllib.request.Request(url, data, {"Content-Type": "application/n-quads"}, method="POST")
    urllib.request.urlopen(request).close()


def held(endpoint: Endpoint) -> Store:
    with urllib.request.urlopen(endpoint.query.replace("/query", "/store")) as answer:
        store = Store()
        store.load(answer.read(), format=RdfFormat.N_QUADS)
        return store


@pytest.mark.slow
@pytest.mark.skipif(OXIGRAPH is None, reason="the oxigraph server is not installed")
def test_a_store_at_a_url_draws_the_same_conclusions() -> None:
    local = given("defense-partner", "prediction-outcome", "visit-rank", "dyad-trend")
    same = "https://w3id.org/diplograph/id/state/"
    local.load(
        f"<{same}burma> a <https://w3id.org/diplograph/ontology#State> ; <http://www.w3.org/2002/07/owl#sameAs> "
        f"<{same}myanmar> .".encode(),
        format=RdfFormat.TURTLE,
        to_graph=READ[0],
    )
    assert document_graphs(local)
    with remote() as endpoint:
        put(endpoint, local)
        endpoint.change(f"INSERT DATA {{ GRAPH <{WORKING}left> {{ <urn:a> <urn:b> <urn:c> }} }}")
        report = infer_remote(endpoint, load_rules(), limit=100_000)
        again = infer_remote(endpoint, load_rules(), limit=100_000)
        found = held(endpoint)
    infer(local, load_rules(), engine="sparql")
    assert inferred(found) == inferred(local)
    assert not [name for name in found.named_graphs() if name.value.startswith(WORKING)]
    sizes = {
        slug: sum(1 for _ in found.quads_for_pattern(None, None, None, NamedNode(INFERRED + slug)))
        for slug in report.counts
    }
    assert report.counts == again.counts == sizes


@pytest.mark.skipif(OXIGRAPH is None, reason="the oxigraph server is not installed")
def test_a_rule_that_explodes_at_a_url_leaves_the_old_conclusions() -> None:
    growing = parse_rule(
        HEADER + 'CONSTRUCT { ?x dg:a ?z } WHERE { ?y dg:a ?x . BIND(IRI(CONCAT(STR(?x), "x")) AS ?z) }',
        slug="grow", path="grow.rq",
    )  # fmt: skip
    with remote() as endpoint:
        endpoint.change(
            f"PREFIX dg: <https://w3id.org/diplograph/ontology#> INSERT DATA {{ GRAPH {READ[0]} {{ <urn:a> dg:a <urn:b> }} "
            f"GRAPH <{INFERRED}grow> {{ <urn:old> dg:a <urn:old> }} }}"
        )
        with pytest.raises(KnowledgeError, match=r"grow\.rq: more than 50 triples"):
            infer_remote(endpoint, [growing], limit=50)
        assert [quad.subject for quad in inferred(held(endpoint))] == [NamedNode("urn:old")]


def test_a_url_where_nothing_answers_is_named() -> None:
    with pytest.raises(StoreError, match=r"127\.0\.0\.1:9"):
        infer_remote(Endpoint("http://127.0.0.1:9/query", "http://127.0.0.1:9/update"), [], limit=1)


@pytest.mark.parametrize("name", ["visit-rank", "allied-with"])
def test_owlrl_draws_the_same_conclusions_from_the_axioms(name: str) -> None:
    one, other = given(name), given(name)
    infer(one, build_program((), shipped_ontology()))
    report = infer(other, load_rules(), engine="owlrl")
    assert inferred(one) == inferred(other) != set()
    assert report.counts == {"owl-rl": len(inferred(other))}
    assert not report.clashes


def test_owlrl_tells_of_contradictions() -> None:
    store = given("visit-rank")
    store.load(
        b"@prefix dg: <https://w3id.org/diplograph/ontology#> . <urn:a> a dg:State, dg:Person .",
        format=RdfFormat.TURTLE, to_graph=READ[0],
    )  # fmt: skip
    assert infer(store, [], engine="owlrl").clashes
    assert infer(store, [], engine="duckdb").clashes


@pytest.mark.parametrize("engine", ["duckdb", "sparql"])
def test_the_report_counts_what_the_graphs_hold(engine: str) -> None:
    store = given("defense-partner", "prediction-outcome")
    report = infer(store, load_rules(), engine=engine)
    held = {
        slug: sum(1 for _ in store.quads_for_pattern(None, None, None, NamedNode(INFERRED + slug)))
        for slug in report.counts
    }
    assert report.counts == held
    assert report.total == len(inferred(store)) > 0


def test_names_that_differ_in_neighboring_eighths_are_told_apart() -> None:
    """DuckDB's own hash takes a hundred and sixty of these names for others."""
    codes = [f"{a}{b}{c}" for a in "ab" for b in "abcdefgh" for c in "abcdefgh"]
    names = [
        f"https://w3id.org/diplograph/id/arms-embargo/{code}-aab-{year}-01-01"
        for code in codes
        for year in range(1950, 2025)
    ]
    store = Store()
    store.extend(Quad(NamedNode(name), NamedNode("urn:p"), NamedNode(name + "/x"), READ[0]) for name in names)
    copying = parse_rule(
        HEADER + "CONSTRUCT { ?x dg:a ?y } WHERE { ?x <urn:p> ?y }", slug="copy", path="copy.rq"
    )
    infer(store, [copying], [])
    assert {(q.subject.value, q.object.value) for q in inferred(store)} == {
        (name, name + "/x") for name in names
    }


@pytest.mark.parametrize(
    "body", ["?x dg:b ?y . BIND(?x AS ?z)", '?x dg:b ?y . BIND(IRI(CONCAT(STR(?x), "/", STR(?y))) AS ?z)']
)
def test_two_terms_of_one_number_are_refused(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    weak = tables.SETUP.replace("hash(nt, '....' || nt) >> 2", "hash(nt, '....' || nt) % 3000")
    assert weak != tables.SETUP
    monkeypatch.setattr(tables, "SETUP", weak)
    store = Store()
    pairs = range(60 if "IRI" in body else 400)
    store.extend(
        Quad(
            NamedNode(f"urn:{a}"),
            NamedNode("https://w3id.org/diplograph/ontology#b"),
            NamedNode(f"urn:y{a % 7}"),
            READ[0],
        )
        for a in pairs
    )
    made = parse_rule(HEADER + f"CONSTRUCT {{ ?x dg:a ?z }} WHERE {{ {body} }}", slug="t", path="t.rq")
    with pytest.raises(StoreError, match="same number"):
        infer(store, [made], [])
    assert not inferred(store)
