"""Every rule, on a case of its own: given these triples, then those follow from it, and these never do."""

from functools import lru_cache
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple

from diplograph import edtf
from diplograph.inference.infer import infer
from diplograph.inference.rulefile import load_rules, rule_paths
from diplograph.knowledge import files, ontology_dir
from diplograph.vocabulary import PREFIXES

CASES = Path(__file__).parent / "rules"
BASE = "https://w3id.org/diplograph/case/"
GRAPH = PREFIXES["graph"]
ACCEPTED = NamedNode(GRAPH + "accepted")
ONTOLOGY = NamedNode(GRAPH + "ontology")
DG = PREFIXES["dg"]
TIME = NamedNode(DG + "time")
DATE = NamedNode(PREFIXES["xsd"] + "date")


def test_every_rule_has_a_case() -> None:
    rules = {path.stem for path in rule_paths()}
    assert rules
    assert {path.stem for path in CASES.glob("*.trig")} == rules


@pytest.mark.parametrize("path", sorted(CASES.glob("*.trig")), ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    case = read_case(path)
    assert all(case.values()), "a case needs given, then and never"
    store = store_of(case["given"])
    infer(store, load_rules())
    mine = triples(store, f"{GRAPH}inferred/{path.stem}")
    assert case["then"] - mine == set()
    everything = {quad.triple for quad in store if quad.graph_name != ACCEPTED}
    assert case["never"] & everything == set()


def read_case(path: Path) -> dict[str, set[Triple]]:
    store = Store()
    store.load(path=path, format=RdfFormat.TRIG)
    return {name: triples(store, BASE + name) for name in ("given", "then", "never")}


def triples(store: Store, graph: str) -> set[Triple]:
    return {quad.triple for quad in store.quads_for_pattern(None, None, None, NamedNode(graph))}


def store_of(given: set[Triple]) -> Store:
    """Return a store with the ontology and `given` as what is accepted, dates worked out."""
    store = Store()
    store.extend(Quad(*triple, ONTOLOGY) for triple in ontology())
    store.extend(Quad(*triple, ACCEPTED) for triple in given)
    add_bounds(store)
    return store


@lru_cache(maxsize=1)
def ontology() -> tuple[Triple, ...]:
    store = Store()
    for path in files(ontology_dir(), "*.ttl"):
        store.load(path=path, format=RdfFormat.TURTLE)
    return tuple(quad.triple for quad in store)


def add_bounds(store: Store) -> None:
    events = {
        row["event"]
        for row in store.query(
            f"SELECT ?event {{ GRAPH {ONTOLOGY} {{ ?class <{PREFIXES['rdfs']}subClassOf>* <{DG}Event> }}"
            f" GRAPH {ACCEPTED} {{ ?event a ?class }} }}"
        )
    }
    for quad in list(store.quads_for_pattern(None, TIME, None, ACCEPTED)):
        read = edtf.occurrence if quad.subject in events else edtf.extent
        bounds = read(quad.object.value)
        for name in ("earliest_start", "latest_start", "earliest_end", "latest_end"):
            day = getattr(bounds, name)
            first, _, last = name.partition("_")
            if day is not None:
                literal = Literal(day.isoformat(), datatype=DATE)
                store.add(Quad(quad.subject, NamedNode(f"{DG}{first}{last.title()}"), literal, ACCEPTED))
