"""The ontology together with data: consistent, and what follows by OWL alone is known triple by triple."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import owlrl
import pyoxigraph as ox
import pytest
from rdflib import Graph

from diplograph import inference, knowledge, pipeline, validation
from diplograph.turtle import write_turtle
from diplograph.vocabulary import ID, PREFIXES
from reasoning import is_consistent, terminology, triples, turtle

ONTOLOGY = Path(__file__).parent / "ontology"
SAMPLE = ONTOLOGY / "pakistan-russia.trig"
EXPECTED = ONTOLOGY / "pakistan-russia.owl-rl.ttl"
OWN = PREFIXES["graph"] + "inferred/owl-rl"
ACCEPTED = ox.NamedNode(PREFIXES["graph"] + "accepted")
APART = {
    ox.NamedNode(PREFIXES["graph"] + name) for name in ("ontology", "alignment", "meta", "inferred/owl-rl")
}
PREMISES = ("accepted", "reference", "inferred/")
DG, TYPE = PREFIXES["dg"], PREFIXES["rdf"] + "type"


@cache
def everything() -> tuple[ox.Triple, ...]:
    """Return the reference data, what all sample graphs state, and what the rules conclude from all of it.

    The conclusions in the sample graphs are left out: each was drawn from one text alone, and a sum over a year or
    the first day of a relationship is another one where more texts are read.
    """
    graphs = knowledge.files(knowledge.data_dir() / "graphs", "*.trig")
    assert len(graphs) >= 8
    base = pipeline.load_background()
    together = ox.Store()
    together.bulk_extend(base.quads)
    for path in (*graphs, SAMPLE):
        together.extend(
            quad for quad in ox.parse(path=path) if "/graph/inferred/" not in str(quad.graph_name)
        )
    inference.infer(together, base.program)
    kept = (quad for quad in together if quad.graph_name not in APART)
    return tuple(quad.triple for quad in kept)


@pytest.mark.slow
def test_all_data_together_are_consistent(tmp_path: Path) -> None:
    assert len(everything()) > 90_000
    assert is_consistent(everything(), tmp_path)


@pytest.mark.slow
def test_a_contradiction_among_all_data_is_reported(tmp_path: Path) -> None:
    clash = triples(turtle("state:pakistan a dg:Person ."))
    assert not is_consistent((*everything(), *clash), tmp_path)


# ------------------------------------------------------------------------------------------ what follows


@cache
def premises() -> frozenset[ox.Triple]:
    """Return what the sample graph takes to be so, and what rules conclude from it, without what OWL concludes."""
    names = tuple(PREFIXES["graph"] + name for name in PREMISES)
    quads = [quad for quad in ox.parse(path=SAMPLE) if quad.graph_name.value.startswith(names)]
    return frozenset(quad.triple for quad in quads if quad.graph_name.value != OWN)


def conclusions(closed: Iterable[ox.Triple]) -> set[ox.Triple]:
    """Return what is new in a closure and says something of the sample's things in the ontology's words."""
    return {triple for triple in closed if triple not in premises() and _is_ours(triple)}


def _is_ours(triple: ox.Triple) -> bool:
    if not isinstance(triple.subject, ox.NamedNode) or not triple.subject.value.startswith(ID):
        return False
    word = triple.object if triple.predicate.value == TYPE else triple.predicate
    return isinstance(word, ox.NamedNode) and word.value.startswith(DG)


@cache
def by_owlrl() -> frozenset[ox.Triple]:
    graph = Graph() + terminology() + validation.as_rdflib(ox.Quad(*triple) for triple in premises())
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    assert not [term for term in graph.objects() if "agent-ont#error" in str(term)]
    kept = Graph()
    for triple in graph:
        if str(triple[0]).startswith(ID):  # the closure has literals as subjects, which no format can write
            kept.add(triple)
    return frozenset(conclusions(triples(kept)))


@pytest.mark.slow
def test_what_follows_from_the_sample_is_known_triple_by_triple() -> None:
    """To accept a change, write `write_turtle(by_owlrl(), PREFIXES)` to the file."""
    expected = {quad.triple for quad in ox.parse(path=EXPECTED)}
    assert len(expected) > 300
    assert sorted(map(str, by_owlrl() - expected)) == []
    assert sorted(map(str, expected - by_owlrl())) == []
    assert EXPECTED.read_text("utf-8") == write_turtle(expected, PREFIXES)


@pytest.mark.slow
def test_our_own_engine_draws_the_same_conclusions() -> None:
    store = validation.load_ontology()
    store.extend(ox.Quad(*triple, ACCEPTED) for triple in premises())
    inference.infer(store, ())
    own = {quad.triple for quad in store.quads_for_pattern(None, None, None, ox.NamedNode(OWN))}
    assert own == by_owlrl()


# ------------------------------------------------------------------------------------------ the examples

EMBARGO = """
id:embargo a dg:ArmsEmbargo ; dg:imposedBy state:russia ; dg:imposedOn state:pakistan ;
    dg:time "/2014"^^edtf:EDTF ; dg:latestStart "2014-12-31"^^xsd:date ;
    dg:earliestEnd "2014-01-01"^^xsd:date ; dg:latestEnd "2014-12-31"^^xsd:date .
state:russia rdfs:label "Russia"@en . state:pakistan rdfs:label "Pakistan"@en .
"""


def test_an_embargo_of_which_only_the_end_is_known_was_possibly_in_force_before() -> None:
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in triples(turtle(EMBARGO)))
    query = (knowledge.ontology_dir() / "queries" / "embargoes-in-force.rq").read_text("utf-8")
    answers = {row["day"].value: row["answer"].value for row in store.query(query)}
    assert answers == {"2013-06-30": "possible", "2014-06-30": "possible", "2016-01-01": "no"}
