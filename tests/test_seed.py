"""What the graph of one op-ed must say, and must not say; asked in SPARQL."""

import csv
import io

import pytest

from diplograph.api import Graph
from shared import shared

EVENT = "https://w3id.org/diplograph/id/"


def rows(graph: Graph, query: str) -> list[tuple[str, ...]]:
    table = csv.reader(io.StringIO(graph.query(query, "csv")))
    next(table)
    return [tuple(row) for row in table]


def local(values: list[tuple[str, ...]]) -> set[tuple[str, ...]]:
    return {tuple(value.rsplit("/", 1)[-1].rsplit("#", 1)[-1] for value in row) for row in values}


def asked(graph: Graph, query: str) -> bool:
    return graph.query(query).strip() == "yes"


def test_there_are_exactly_five_visits(seed: Graph) -> None:
    found = rows(seed, "SELECT DISTINCT ?visit { ?visit a dg:Visit }")
    assert len(found) == 5


@pytest.mark.parametrize(
    ("visitor", "time", "host"),
    [
        ("zulfikar-ali-bhutto", "1974", "soviet-union"),
        ("pervez-musharraf", "2003", "russia"),
        ("ashfaq-parvez-kayani", "2012", "russia"),
        ("imran-khan", "", "russia"),
    ],
)
def test_who_visited_whom_and_when(seed: Graph, visitor: str, time: str, host: str) -> None:
    found = rows(
        seed,
        f"SELECT ?host ?time {{ ?v a dg:Visit ; dg:visitor person:{visitor} ; dg:hostState ?host OPTIONAL {{ ?v dg:time ?time }} }}",
    )
    assert local(found) == {(host, time)}


def test_the_visitor_of_1999_is_a_set_of_candidates(seed: Graph) -> None:
    found = rows(
        seed,
        'SELECT ?who { ?v a dg:Visit ; dg:time "1999"^^edtf:EDTF ; dg:visitor ?d . ?d a dg:DescribedPerson ; dg:candidate ?who }',
    )
    assert local(found) == {("nawaz-sharif",), ("pervez-musharraf",), ("muhammad-rafiq-tarar",)}
    assert not asked(
        seed, 'ASK { ?v a dg:Visit ; dg:time "1999"^^edtf:EDTF ; dg:visitor ?p . ?p a dg:Person }'
    )


def test_the_army_chief_of_2012_is_inferred_not_stated(seed: Graph) -> None:
    graphs = rows(seed, "SELECT ?g { GRAPH ?g { ?v dg:visitor person:ashfaq-parvez-kayani } }")
    assert local(graphs) == {("office-resolution",)}


def test_no_russian_leader_visited_and_the_denial_is_a_claim(seed: Graph) -> None:
    assert not asked(seed, "ASK { ?v a dg:Visit ; dg:hostState state:pakistan }")
    assert not asked(seed, "ASK { ?v a dg:Visit ; dg:sendingState state:russia }")
    denials = rows(
        seed,
        """SELECT ?start ?end { ?claim dg:polarity dg:Denied ; dg:about ?h ; dg:evidence ?span .
           ?h dg:wouldBe kind:Visit ; dg:sendingState state:russia . ?span oa:hasSelector [ oa:start ?start ; oa:end ?end ] }""",
    )
    assert [(int(start) >= 1854, int(end) <= 1911) for start, end in denials] == [(True, True)]


def test_embargo_lifted_and_when_it_was_in_force(seed: Graph) -> None:
    assert local(
        rows(
            seed,
            "SELECT ?by ?on ?time { ?e a dg:EmbargoLifting ; dg:actor ?by ; dg:target ?on ; dg:time ?time }",
        )
    ) == {("russia", "pakistan", "2014")}
    question = """SELECT ?certainty { ?e a dg:ArmsEmbargo ; dg:imposedBy state:russia ; dg:imposedOn state:pakistan .
      BIND("%s"^^xsd:date AS ?d)
      OPTIONAL { ?e dg:earliestStart ?es } OPTIONAL { ?e dg:latestStart ?ls } OPTIONAL { ?e dg:earliestEnd ?ee } OPTIONAL { ?e dg:latestEnd ?le }
      FILTER(!BOUND(?le) || ?d <= ?le) FILTER(!BOUND(?es) || ?d >= ?es)
      BIND(IF(BOUND(?ls) && ?d >= ?ls && (!BOUND(?ee) || ?d < ?ee), "certain", "possible") AS ?certainty) }"""
    assert rows(seed, question % "2013-06-30") == [("possible",)]
    assert rows(seed, question % "2016-01-01") == []
    assert not asked(
        seed, "ASK { ?e a dg:ArmsEmbargo ; dg:imposedOn state:pakistan ; dg:earliestStart ?start }"
    )


def test_arms_were_ordered_and_nothing_was_delivered(seed: Graph) -> None:
    found = rows(
        seed,
        """SELECT ?from ?to ?time ?model ?n { ?e a dg:ArmsSaleAgreement ; dg:supplier ?from ; dg:recipient ?to ; dg:time ?time ; dg:hasLot ?lot .
           ?lot dg:equipment ?model ; dg:quantityOrdered ?n }""",
    )
    assert local(found) == {("russia", "pakistan", "2015", "mi-35m", "4")}
    assert not asked(seed, "ASK { ?e a dg:ArmsDelivery }")
    assert not asked(seed, "ASK { ?lot dg:quantityDelivered ?n }")


def test_the_committee_met_in_2018_and_its_formation_is_undated(seed: Graph) -> None:
    assert rows(seed, "SELECT ?time { ?e a dg:JointBodyMeeting ; dg:time ?time }") == [("2018",)]
    assert rows(seed, "SELECT (COUNT(?e) AS ?n) { ?e a dg:JointBodyFormation }") == [("1",)]
    assert not asked(seed, "ASK { ?e a dg:JointBodyFormation ; dg:time ?time }")


def test_aid_was_suspended_once_in_two_places(seed: Graph) -> None:
    found = rows(
        seed,
        "SELECT ?e ?from ?to ?kind { ?e a dg:AidSuspension ; dg:donor ?from ; dg:recipient ?to ; dg:aidKind ?kind }",
    )
    assert {row[1:] for row in local(found)} == {("united-states", "pakistan", "MilitaryAid")}
    assert len(found) == 1
    spans = rows(
        seed, "SELECT DISTINCT ?span { ?claim dg:about ?e ; dg:evidence ?span . ?e a dg:AidSuspension }"
    )
    assert len(spans) == 2


def test_the_army_chief_condemned_not_pakistan(seed: Graph) -> None:
    who = rows(seed, "SELECT ?who { ?e a dg:Condemnation ; dg:actor ?who }")
    assert who
    assert all("state/" not in row[0] for row in who)
    assert asked(
        seed,
        "ASK { ?e a dg:Condemnation ; dg:actor ?who . ?who dg:describedOffice office:chief-of-army-staff-of-pakistan }",
    )


def test_russia_invaded_ukraine(seed: Graph) -> None:
    assert local(rows(seed, "SELECT ?a ?t { ?e a dg:Invasion ; dg:actor ?a ; dg:target ?t }")) == {
        ("russia", "ukraine")
    }


@pytest.mark.parametrize(
    ("kind", "constraint"),
    [
        ("Estrangement", "?h dg:party state:pakistan, state:russia"),
        ("Rapprochement", "?h dg:party state:pakistan, state:united-states"),
        ("OfficeDeparture", "?h dg:holder person:imran-khan"),
        ("OfficeAssumption", "?h dg:ofState state:pakistan"),
    ],
)
def test_predictions_are_never_events(seed: Graph, kind: str, constraint: str) -> None:
    assert asked(
        seed,
        f"ASK {{ ?claim dg:modality dg:Predicted ; dg:about ?h . ?h a dg:HypotheticalEvent ; dg:wouldBe kind:{kind} . {constraint} }}",
    )
    assert not asked(seed, f"ASK {{ ?h a dg:{kind} . {constraint} }}")


def test_defense_partnership_is_derived_from_2018_on(seed: Graph) -> None:
    assert asked(seed, "ASK { state:pakistan dg:defensePartnerOf state:russia }")
    starts = rows(
        seed,
        """SELECT ?start { ?p a dg:DerivedDefensePartnership ; dg:party state:pakistan, state:russia ;
             dg:earliestStart ?start }""",
    )
    assert starts == [("2018-01-01",)]


def test_india_and_russia_are_partners_by_declaration_only(seed: Graph) -> None:
    assert asked(
        seed,
        "ASK { GRAPH graph:accepted { ?p a dg:DeclaredDefensePartnership ; dg:party state:india, state:russia } }",
    )
    assert not asked(seed, "ASK { ?p a dg:DerivedDefensePartnership ; dg:party state:india, state:russia }")


def test_the_proof_has_the_rule_its_premises_and_the_words(seed: Graph) -> None:
    text = shared("texts/pakistan-russia-romance.txt").read_text("utf-8")
    proof = seed.explain("PAK", "dg:defensePartnerOf", "RUS")
    assert proof is not None
    assert "R08" in proof
    for premise, quote in (
        ("arms-sale-agreement/rus-pak-2015-mi-35m", "Mi-35M"),
        ("joint-body-meeting/pak-rus-2018", "first meeting"),
    ):
        line = next(line for line in proof.splitlines() if quote in line and "“" in line)
        words, place = line.split("“")[1].split("” (")
        start, end = place.rstrip(")").split()[-1].split("-")
        assert premise in proof
        assert text[int(start) : int(end)] == words


def test_nothing_is_both_hypothetical_and_an_event(seed: Graph) -> None:
    assert rows(seed, "SELECT (COUNT(*) AS ?n) { ?e a dg:HypotheticalEvent ; a dg:Event }") == [("0",)]


def test_the_checks_of_the_ontology_find_nothing(seed: Graph) -> None:
    from diplograph import validation

    report = validation.validate(seed.store, shapes=False)
    assert [str(f) for f in report.findings if f.severity == "Violation"] == []
