"""Proofs: every inferred triple has one, and each replays from its leaves; the words are found."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from diplograph.inference.cases import case_store, read_case, shipped_program
from diplograph.inference.infer import INFERRED, READ, infer
from diplograph.inference.program import build_program
from diplograph.inference.proof import Proof, explain
from diplograph.inference.rendering import FORMATS, render_proof
from diplograph.inference.rulefile import parse_rule
from verifier import ProofError, verify

CASES = Path(__file__).parent / "rules"
STATE = "https://w3id.org/diplograph/id/state/"
DG = "https://w3id.org/diplograph/ontology#"
PATHS = sorted(CASES.glob("*.trig"))


@cache
def inferred_store(path: Path) -> Store:
    case = read_case(path)
    store = case_store(case["given"], case["claims"])
    infer(store, shipped_program(), engine="sparql")
    return store


def inferred(store: Store) -> list[Triple]:
    return sorted(
        (q.triple for q in store if getattr(q.graph_name, "value", "").startswith(INFERRED)), key=str
    )


def asserted(store: Store) -> list[NamedNode]:
    """Return the graphs that no rule wrote: what is accepted, what texts claim, the reference data."""
    names = (name for name in store.named_graphs() if isinstance(name, NamedNode))
    return [name for name in names if not name.value.startswith(INFERRED)]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_inferred_triple_has_a_proof_that_replays(path: Path) -> None:
    store = inferred_store(path)
    conclusions = inferred(store)
    assert conclusions
    known: dict[Triple, Proof] = {}
    for triple in conclusions:
        proof = explain(store, shipped_program(), triple)
        assert proof is not None, triple
        verify(proof, store, asserted(store), known)


UNTOLD = f"""
PREFIX dg: <{DG}> PREFIX prov: <http://www.w3.org/ns/prov#>
SELECT ?thing ?told {{
  {{ SELECT DISTINCT ?thing {{ ?thing dg:byRule ?rule }} }}
  BIND(EXISTS {{
    ?thing prov:wasDerivedFrom|prov:wasDerivedFrom/prov:wasDerivedFrom ?fact . GRAPH ?graph {{ ?fact a ?class }}
    FILTER(!STRSTARTS(STR(?graph), "{INFERRED}"))
  }} AS ?told)
}}
"""


def test_what_a_rule_derives_is_two_steps_from_what_is_told() -> None:
    """In the store itself, without a proof: the claims about a fact, and their words, hang on the fact."""
    rows = [
        row for path in PATHS for row in inferred_store(path).query(UNTOLD, use_default_graph_as_union=True)
    ]
    assert len(rows) > len(PATHS)
    assert [row["thing"] for row in rows if row["told"].value != "true"] == []


def test_a_triple_that_does_not_hold_has_no_proof() -> None:
    store = inferred_store(CASES / "defense-partner.trig")
    wrong = Triple(
        NamedNode(STATE + "russia"), NamedNode(DG + "defensePartnerOf"), NamedNode(STATE + "india")
    )
    assert explain(store, shipped_program(), wrong) is None


def test_all_witnesses_are_found() -> None:
    store = inferred_store(CASES / "defense-confirmation.trig")
    flat = Triple(
        NamedNode(STATE + "russia"), NamedNode(DG + "defensePartnerOf"), NamedNode(STATE + "pakistan")
    )
    proof = explain(store, shipped_program(), flat, all=True)
    assert proof is not None
    assert len({derivation.premises for derivation in proof.derivations}) == len(proof.derivations) > 1
    verify(proof, store, asserted(store), {})
    for derivation in proof.derivations:
        assert all(flat not in {inner.triple for inner in walk(premise)} for premise in derivation.premises)


def walk(proof: Proof) -> list[Proof]:
    below = [inner for d in proof.derivations for premise in d.premises for inner in walk(premise)]
    return [proof, *below]


def quoted_store() -> tuple[Store, Triple]:
    """Return a store in which the agreements have a claim with its words, and the edge that rests on it."""
    store = case_store(read_case(CASES / "arms-supplier.trig")["given"])
    store.load(CLAIM, format=RdfFormat.TRIG)
    infer(store, shipped_program(), engine="sparql")
    return store, Triple(
        NamedNode(STATE + "russia"), NamedNode(DG + "contractedToArm"), NamedNode(STATE + "pakistan")
    )


CLAIM = b"""
@prefix dg: <https://w3id.org/diplograph/ontology#> .
@prefix doc: <https://w3id.org/diplograph/doc/> .
@prefix oa: <http://www.w3.org/ns/oa#> .
<https://w3id.org/diplograph/graph/doc/story> {
  <https://w3id.org/diplograph/id/claim/1> a dg:Claim ; dg:about <https://w3id.org/diplograph/case/mi-35m>,
      <https://w3id.org/diplograph/case/engines> ;
    dg:polarity dg:Affirmed ; dg:modality dg:Actual ;
    dg:evidence <https://w3id.org/diplograph/doc/story#char=10,45> .
  <https://w3id.org/diplograph/doc/story#char=10,45> oa:hasSource doc:story ;
    oa:hasSelector <urn:p>, <urn:q> .
  <urn:p> a oa:TextPositionSelector ; oa:start 10 ; oa:end 45 .
  <urn:q> a oa:TextQuoteSelector ; oa:exact "an agreement on four attack helicopters" .
}
"""


def test_a_proof_ends_in_words() -> None:
    store, edge = quoted_store()
    proof = explain(store, shipped_program(), edge)
    assert proof is not None
    found = {(item.start, item.end, item.exact) for leaf in proof.leaves() for item in leaf.evidence}
    assert (10, 45, "an agreement on four attack helicopters") in found


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_shows_rule_and_words(form: str) -> None:
    store, edge = quoted_store()
    proof = explain(store, shipped_program(), edge)
    assert proof is not None
    shown = render_proof(proof, form)
    assert "arms-supplier" in shown or "R07" in shown
    assert "story" in shown
    if form == "json":
        assert json.loads(shown)["asserted"] is False
    if form == "ttl":
        parsed = Store()
        parsed.load(shown.encode(), format=RdfFormat.TURTLE)
        derived = NamedNode("http://www.w3.org/ns/prov#wasDerivedFrom")
        assert list(parsed.quads_for_pattern(None, derived, None))
        assert Literal("state:russia dg:contractedToArm state:pakistan") in {q.object for q in parsed}


def test_an_unknown_form_is_refused() -> None:
    store, edge = quoted_store()
    proof = explain(store, shipped_program(), edge)
    assert proof is not None
    with pytest.raises(ValueError, match="mermaid"):
        render_proof(proof, "png")


def test_what_holds_under_another_name_has_a_proof() -> None:
    facts = b"""
        @prefix dg: <https://w3id.org/diplograph/ontology#> . @prefix state: <https://w3id.org/diplograph/id/state/> .
        <https://w3id.org/diplograph/graph/accepted> {
          state:burma a dg:State ; <http://www.w3.org/2002/07/owl#sameAs> state:myanmar .
          <urn:visit> a dg:Visit ; dg:hostState state:burma .
        }
    """
    store = case_store(frozenset())
    store.load(facts, format=RdfFormat.TRIG)
    infer(store, shipped_program(), engine="sparql")
    hosted = Triple(NamedNode("urn:visit"), NamedNode(DG + "hostState"), NamedNode(STATE + "myanmar"))
    proof = explain(store, shipped_program(), hosted)
    assert proof is not None
    assert proof.derivations[0].rule.id == "eq-rep-o"
    verify(proof, store, asserted(store), {})


@pytest.mark.parametrize("name", ["defense-cooperation", "dyad-year", "dyad-trend", "relation-trend"])
def test_what_was_counted_has_no_proof_once_there_is_nothing_to_count(name: str) -> None:
    case = read_case(CASES / f"{name}.trig")
    store = case_store(case["given"])
    infer(store, shipped_program())
    mine = [quad.triple for quad in store.quads_for_pattern(None, None, None, NamedNode(f"{INFERRED}{name}"))]
    assert mine
    assert all(explain(store, shipped_program(), triple) for triple in mine)
    for quad in list(store.quads_for_pattern(None, None, None, READ[0])):
        store.remove(quad)
    assert [triple for triple in mine if explain(store, shipped_program(), triple)] == []


def test_a_count_of_nothing_is_no_proof() -> None:
    text = (
        "#+ id: T1\n#+ label: Test\n#+ version: 1\n#+ definition: A test.\n#+ source: none\n"
        "PREFIX dg: <https://w3id.org/diplograph/ontology#>\n"
        "CONSTRUCT { ?x dg:a dg:Told } WHERE { { SELECT ?x (COUNT(?y) AS ?n) WHERE { ?x dg:b ?y } GROUP BY ?x } }"
    )
    program = build_program([parse_rule(text, slug="told", path="told.rq")], [])
    told = Quad(NamedNode("urn:x"), NamedNode(DG + "b"), NamedNode("urn:y"), READ[0])
    store = Store()
    store.add(told)
    infer(store, program)
    conclusion = Triple(NamedNode("urn:x"), NamedNode(DG + "a"), NamedNode(DG + "Told"))
    proof = explain(store, program, conclusion)
    assert proof is not None
    assert [leaf.triple for leaf in proof.leaves()] == [told.triple]
    store.remove(told)
    assert explain(store, program, conclusion) is None


# The first premise is proved from further away than the second, so that a circle of two inverse relations is within
# reach when the second is looked for.
CHAIN = {
    "whole": "?x dg:far ?y . ?x dg:one ?y -> ?x dg:whole ?y",
    "far": "?x dg:farther ?y -> ?x dg:far ?y",
    "farther": "?x dg:farthest ?y -> ?x dg:farther ?y",
    "farthest": "?x dg:told ?y -> ?x dg:farthest ?y",
}
CIRCLE = f"""
@prefix dg: <{DG}> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
dg:one a owl:ObjectProperty ; owl:inverseOf dg:other .
dg:other a owl:ObjectProperty .
dg:told a owl:ObjectProperty ; <http://www.w3.org/2000/01/rdf-schema#subPropertyOf> dg:one .
"""


def test_no_step_of_a_proof_rests_on_itself() -> None:
    rules = []
    for slug, said in CHAIN.items():
        body, _, head = said.partition(" -> ")
        text = (
            f"#+ id: {slug}\n#+ label: Test\n#+ version: 1\n#+ definition: A test.\n#+ source: none\n"
            f"PREFIX dg: <{DG}>\nCONSTRUCT {{ {head} }} WHERE {{ {body} }}"
        )
        rules.append(parse_rule(text, slug=slug, path=f"{slug}.rq"))
    program = build_program(rules, (item.triple for item in parse(CIRCLE.encode(), format=RdfFormat.TURTLE)))
    store = Store()
    store.add(Quad(NamedNode("urn:x"), NamedNode(DG + "told"), NamedNode("urn:y"), READ[0]))
    infer(store, program)
    proof = explain(store, program, Triple(NamedNode("urn:x"), NamedNode(DG + "whole"), NamedNode("urn:y")))
    assert proof is not None
    verify(proof, store, asserted(store), {})


def test_the_verifier_refuses_what_does_not_follow() -> None:
    store = inferred_store(CASES / "defense-confirmation.trig")
    triple = inferred(store)[0]
    proof = explain(store, shipped_program(), triple)
    assert proof is not None
    other = Triple(NamedNode(STATE + "chad"), triple.predicate, triple.object)
    with pytest.raises(ProofError, match="does not follow"):
        verify(replace(proof, triple=other), store, asserted(store), {})
    with pytest.raises(ProofError, match="neither asserted nor derived"):
        verify(replace(proof, derivations=(), triple=other), store, asserted(store), {})
