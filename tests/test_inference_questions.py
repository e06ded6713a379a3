"""Why not, what if: the nearest rule and what it lacks; what goes without a rule or a document; other parameters."""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, Triple, parse

from diplograph.errors import InputError, KnowledgeError
from diplograph.inference import whatif
from diplograph.inference.cases import case_store, read_case, shipped_program
from diplograph.inference.incremental import plan, update
from diplograph.inference.infer import INFERRED, READ, infer
from diplograph.inference.rulefile import load_rules
from diplograph.inference.whatif import ablate_document, ablate_rule, sweep, withdraw
from diplograph.inference.whynot import Attempt, why_not
from diplograph.vocabulary import expand

CASES = Path(__file__).parent / "rules"
ACCEPTED = READ[0]


def inferred_case(name: str, *, claims: bytes = b"") -> Store:
    case = read_case(CASES / f"{name}.trig")
    store = case_store(case["given"], case["claims"])
    if claims:
        store.load(claims, format=RdfFormat.TRIG)
    infer(store, shipped_program(), engine="sparql")
    return store


def edge(subject: str, predicate: str, object_: str) -> Triple:
    return Triple(NamedNode(expand(subject)), NamedNode(expand(predicate)), NamedNode(expand(object_)))


def test_one_kind_only_is_named_as_the_reason() -> None:
    store = inferred_case("defense-partner")
    answer = why_not(store, shipped_program(), edge("state:russia", "dg:defensePartnerOf", "state:india"))
    assert not answer.holds
    nearest = answer.attempts[0]
    assert (nearest.rule.id, nearest.kind) == ("R08", "premise")
    assert "confirms" in nearest.missing
    below = nearest.below[0]
    assert (below.rule.id, below.kind) == ("R08c", "test")
    assert below.missing.count("ArmsTransferCooperation") == 2


@pytest.mark.parametrize(
    ("polarity", "modality"), [("Denied", "Actual"), ("Affirmed", "Possible"), ("Affirmed", "Predicted")]
)
def test_a_claim_of_no_fact_is_shown_as_near(polarity: str, modality: str) -> None:
    claims = f"""
        @prefix dg: <https://w3id.org/diplograph/ontology#> . @prefix kind: <https://w3id.org/diplograph/kind/> .
        @prefix state: <https://w3id.org/diplograph/id/state/> .
        <https://w3id.org/diplograph/graph/doc/x> {{
          <urn:c> a dg:Claim ; dg:about <urn:h> ; dg:polarity dg:{polarity} ; dg:modality dg:{modality} .
          <urn:h> a dg:HypotheticalEvent ; dg:wouldBe kind:ArmsDelivery ; dg:supplier state:russia ;
            dg:recipient state:pakistan .
        }}
    """
    store = inferred_case("arms-supplier", claims=claims.encode())
    answer = why_not(store, shipped_program(), edge("state:russia", "dg:armsSupplierOf", "state:pakistan"))
    assert [(near.event, near.kind, near.polarity, near.modality) for near in answer.near] == [
        ("urn:h", expand("kind:ArmsDelivery"), expand(f"dg:{polarity}"), expand(f"dg:{modality}"))
    ]


FAR_APART = b"""
    @prefix dg: <https://w3id.org/diplograph/ontology#> . @prefix edtf: <http://id.loc.gov/datatypes/edtf/> .
    @prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix state: <https://w3id.org/diplograph/id/state/> .
    state:russia a dg:State ; skos:notation "RUS" . state:chad a dg:State ; skos:notation "TCD" .
    <urn:sale> a dg:ArmsSaleAgreement ; dg:supplier state:russia ; dg:recipient state:chad ; dg:time "1990"^^edtf:EDTF .
    <urn:drill> a dg:JointExercise ; dg:participant state:russia, state:chad ; dg:time "2010"^^edtf:EDTF .
"""


def test_what_lies_outside_the_window_is_the_reason() -> None:
    store = case_store(frozenset(item.triple for item in parse(FAR_APART, format=RdfFormat.TURTLE)))
    infer(store, shipped_program(), engine="sparql")
    answer = why_not(store, shipped_program(), edge("state:russia", "dg:defensePartnerOf", "state:chad"))
    below = answer.attempts[0].below[0]
    assert (below.rule.id, below.kind) == ("R08c", "test")
    assert all(part in below.missing for part in ("2010-01-01", "1990-01-01", '"5"'))
    told = [attempt for attempt in walk(answer.attempts) if attempt.rule.id.startswith("eq-")]
    assert not told, "no thing has a second name here"


def walk(attempts: tuple[Attempt, ...]) -> Iterator[Attempt]:
    for attempt in attempts:
        yield attempt
        yield from walk(attempt.below)


@pytest.mark.parametrize(("day", "holds"), [(date(2014, 1, 1), False), (date(2020, 1, 1), True)])
def test_a_day_outside_the_situation_is_a_reason(day: date, holds: bool) -> None:
    store = inferred_case("defense-partner")
    flat = edge("state:russia", "dg:defensePartnerOf", "state:pakistan")
    answer = why_not(store, shipped_program(), flat, on=day)
    assert answer.holds is holds
    assert ("2018-01-01", "2028-12-31") in {(span.earliest_start, span.latest_end) for span in answer.spans}


def test_without_a_rule_its_edges_go() -> None:
    store = inferred_case("defense-partner")
    found = ablate_rule(store, load_rules(), "R08", engine="sparql")
    assert edge("state:russia", "dg:defensePartnerOf", "state:pakistan") in found.lost
    assert edge("state:russia", "dg:contractedToArm", "state:pakistan") not in found.lost
    with pytest.raises(InputError, match="R99"):
        ablate_rule(store, load_rules(), "R99")


CLAIMS = b"""
@prefix dg: <https://w3id.org/diplograph/ontology#> .
@prefix case: <https://w3id.org/diplograph/case/> .
<https://w3id.org/diplograph/graph/doc/one> { <urn:c1> dg:about case:mi-35m . <urn:c2> dg:about case:s-400 . }
<https://w3id.org/diplograph/graph/doc/two> { <urn:c3> dg:about case:mi-35m . }
"""


def test_without_a_document_only_what_it_alone_tells_goes() -> None:
    store = inferred_case("arms-supplier", claims=CLAIMS)
    found = ablate_document(store, shipped_program(), "one", engine="sparql")
    supply = NamedNode(expand("dg:earliestStart"))
    assert {t.subject.value.rpartition("/")[2] for t in found.lost if t.predicate == supply} == {
        "rus-ind-delivered"
    }
    assert edge("state:russia", "dg:armsSupplierOf", "state:india") not in found.lost, (
        "an undated delivery remains"
    )
    with pytest.raises(InputError, match="one, two"):
        withdraw(store, "three")


def test_a_wider_window_flips_an_edge() -> None:
    store = inferred_case("defense-confirmation")
    found = {
        s.value: s
        for s in sweep(store, load_rules(), "defense-confirmation.window", ["2", "5"], engine="sparql")
    }
    confirms = NamedNode(expand("dg:confirms"))
    assert any(t.predicate == confirms for t in found["2"].lost)
    assert any(t.predicate == confirms for t in found["5"].gained)
    with pytest.raises(KnowledgeError, match="no rule has the parameter"):
        next(sweep(store, load_rules(), "defense-confirmation.width", ["2"]))


def test_settings_are_read() -> None:
    assert whatif.settings("defense-partner.lapse=3..5") == ("defense-partner.lapse", ("3", "4", "5"))
    for wrong in ("lapse", "defense-partner.lapse=", "defense-partner.lapse=a..b"):
        with pytest.raises(InputError):
            whatif.settings(wrong)


def everything(store: Store) -> set[Quad]:
    return {quad for quad in store if getattr(quad.graph_name, "value", "").startswith(INFERRED)}


PARTS = ("defense-partner", "aligned-with", "visit-rank", "embargo-in-force")


@pytest.mark.slow
@settings(deadline=None, derandomize=True, max_examples=6, phases=(Phase.generate,))
@given(st.lists(st.sampled_from(PARTS), min_size=2, max_size=6))
def test_any_order_of_comings_and_goings_gives_what_a_build_from_scratch_gives(steps: list[str]) -> None:
    """Each step brings a document's facts, or takes them away again where they are there."""
    store = case_store(frozenset())
    infer(store, shipped_program())
    there: set[str] = set()
    for name in steps:
        there ^= {name}
        wanted, before = accepted(there), set(store.quads_for_pattern(None, None, None, ACCEPTED))
        for quad in before - wanted:
            store.remove(quad)
        store.extend(wanted - before)
        update(store, shipped_program(), [quad.triple for quad in wanted ^ before])
    whole = case_store(frozenset())
    whole.extend(accepted(there))
    infer(whole, shipped_program())
    assert everything(store) == everything(whole)


def accepted(names: Iterable[str]) -> set[Quad]:
    facts = frozenset[Triple]().union(*(read_case(CASES / f"{name}.trig")["given"] for name in names))
    return set(case_store(facts).quads_for_pattern(None, None, None, ACCEPTED))


def test_a_change_that_few_rules_read_runs_few_rules() -> None:
    alignment = edge("case:x", "dg:bloc", "bloc:western-bloc")
    assert 0 < plan(shipped_program(), [alignment]).share < 1
