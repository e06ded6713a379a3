"""States, places and organizations: whole, unambiguous at any date, and in agreement with the members list.

The comparison with the United Nations reads a list that is not part of the project: it runs where a folder
`shared` lies beside the checkout, or where DIPLOGRAPH_SHARED names one.
"""

import csv
import os
from collections import defaultdict
from graphlib import TopologicalSorter
from itertools import combinations
from pathlib import Path

import pytest

from diplograph import edtf, knowledge, linking, reference
from diplograph.turtle import format_turtle

SHARED = Path(os.environ.get("DIPLOGRAPH_SHARED") or Path(__file__).parent.parent.parent / "shared")
MEMBERS = SHARED / "data" / "un-members-qid.csv"
FAMILIES = {
    "states": {"state", "capital"},
    "places": {"place"},
    "organizations": {"organization", "bloc"},
}
AT_LEAST = {"states": 500, "places": 900, "organizations": 280}
NOT_MEMBERS = {"ESH", "PSE", "TWN", "VAT"}
PREDECESSOR = ("dg:continuatorOf", "dg:immediateSuccessorOf")
Blocks = dict[str, dict[str, list[str]]]


def blocks(stem: str) -> Blocks:
    found: Blocks = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value in reference._triples(knowledge.data_dir() / f"{stem}.ttl"):
        found[subject][predicate].append(value)
    return found


FILES = {stem: blocks(stem) for stem in FAMILIES}
STATES = {iri: block for iri, block in FILES["states"].items() if iri.startswith("state:")}
CAPITALS = {iri: block for iri, block in FILES["states"].items() if iri.startswith("capital:")}
PLACES = FILES["places"]
ORGANIZATIONS = FILES["organizations"]
REFERENCE = reference.load(knowledge.data_dir() / f"{stem}.ttl" for stem in FAMILIES)


def days_together(one: str, other: str) -> int:
    (start, end), (other_start, other_end) = edtf.span(one), edtf.span(other)
    return (min(end, other_end) - max(start, other_start)).days


def is_present(block: dict[str, list[str]]) -> bool:
    return block["rdf:type"] == ["dg:State"]


@pytest.mark.parametrize("stem", FAMILIES)
def test_enough_entities_of_the_right_families(stem: str) -> None:
    assert len(FILES[stem]) >= AT_LEAST[stem]
    assert {iri.partition(":")[0] for iri in FILES[stem]} == FAMILIES[stem]


@pytest.mark.parametrize("stem", FAMILIES)
def test_the_file_is_in_canonical_form(stem: str) -> None:
    text = (knowledge.data_dir() / f"{stem}.ttl").read_text(encoding="utf-8")
    assert format_turtle(text) == text


@pytest.mark.parametrize("stem", FAMILIES)
def test_every_block_has_one_class_and_one_source(stem: str) -> None:
    assert [
        iri
        for iri, block in FILES[stem].items()
        if len(block["rdf:type"]) != 1 or len(block["dcterms:source"]) != 1
    ] == []


@pytest.mark.parametrize("stem", FAMILIES)
def test_times_are_valid_and_run_forward(stem: str) -> None:
    times = [(iri, time) for iri, block in FILES[stem].items() for time in block["dg:time"]]
    assert times
    assert [(iri, time) for iri, time in times if not edtf.is_valid(time)] == []
    spans = [(iri, edtf.span(time)) for iri, time in times]
    assert [iri for iri, (first, last) in spans if first > last] == []


def test_members_of_the_united_nations_are_those_of_the_list() -> None:
    if not MEMBERS.is_file():
        pytest.skip(f"the list of members is not part of the project, and {MEMBERS} does not exist")
    with MEMBERS.open(encoding="utf-8", newline="") as lines:
        listed = {row["iso3"]: row["iso2"] for row in csv.DictReader(lines)}
    ours = {
        block["dg:iso3"][0]: block["dg:iso2"][0]
        for block in STATES.values()
        if block["dg:iso3"] and block["dg:memberOf"] == ["organization:united-nations"]
    }
    assert len(listed) == 193
    assert {code: ours[code] for code in ours if code not in NOT_MEMBERS} == listed


def test_codes_of_iso_belong_to_present_states() -> None:
    coded = {block["dg:iso3"][0]: iri for iri, block in STATES.items() if block["dg:iso3"]}
    assert len(coded) == 193 + len(NOT_MEMBERS)
    assert set(coded) > NOT_MEMBERS
    assert [iri for iri in coded.values() if not is_present(STATES[iri])] == []
    assert [iri for code, iri in coded.items() if STATES[iri]["skos:notation"] != [code]] == []


@pytest.mark.parametrize("code", ["dg:iso2", "dg:iso3", "skos:notation", "rdfs:label"])
def test_a_code_or_label_names_one_state(code: str) -> None:
    values = [value for block in STATES.values() for value in block[code]]
    assert len(values) > 190
    assert sorted(set(values)) == sorted(values)


@pytest.mark.parametrize("code", ["dg:cowCode", "dg:gwCode"])
def test_a_number_names_one_state_at_a_time(code: str) -> None:
    bearers = defaultdict(list)
    for iri, block in STATES.items():
        for value in block[code]:
            bearers[value].append((iri, block["dg:time"][0]))
    assert len(bearers) > 190
    handover = 60  # the Republic of China was proclaimed before the last emperor gave up the throne
    assert [
        (value, one, other)
        for value, states in bearers.items()
        for (one, time), (other, other_time) in combinations(states, 2)
        if days_together(time, other_time) > handover
    ] == []


@pytest.mark.parametrize("stem", ["places", "organizations"])
def test_a_label_names_one_thing(stem: str) -> None:
    labels = [label for block in FILES[stem].values() for label in block["rdfs:label"]]
    assert len(labels) == len(FILES[stem])
    assert sorted(set(labels)) == sorted(labels)


def test_a_notation_names_one_organization() -> None:
    notations = [
        notation
        for iri, block in ORGANIZATIONS.items()
        if iri.startswith("organization:")
        for notation in block["skos:notation"]
    ]
    assert len(notations) == sum(iri.startswith("organization:") for iri in ORGANIZATIONS)
    assert sorted(set(notations)) == sorted(notations)


def test_every_state_has_a_name_a_code_an_adjective_and_a_time() -> None:
    needed = ("rdfs:label", "dg:officialName", "skos:notation", "dg:adjective", "dg:time")
    assert [(iri, key) for iri, block in STATES.items() for key in needed if not block[key]] == []
    assert [
        iri for iri, block in STATES.items() if len(block["dg:demonym"]) != len(block["dg:demonymPlural"])
    ] == []


def test_only_present_states_go_on() -> None:
    assert [
        iri for iri, block in STATES.items() if is_present(block) != block["dg:time"][0].endswith("/..")
    ] == []


def test_every_state_has_a_capital_while_it_lasts() -> None:
    of_state = defaultdict(list)
    for block in CAPITALS.values():
        of_state[block["dg:ofState"][0]].append(block["dg:time"][0])
    assert set(of_state) == set(STATES)
    for iri, times in of_state.items():
        assert all(days_together(time, STATES[iri]["dg:time"][0]) > 0 for time in times), iri
        assert is_present(STATES[iri]) == any(time.endswith("/..") for time in times), iri


def test_no_place_is_the_capital_of_two_states_at_a_time() -> None:
    of_place = defaultdict(list)
    for block in CAPITALS.values():
        of_place[block["dg:capital"][0]].append((block["dg:ofState"][0], block["dg:time"][0]))
    assert len(of_place) > 190
    assert [
        (place, one, other)
        for place, states in of_place.items()
        for (one, time), (other, other_time) in combinations(states, 2)
        if days_together(time, other_time) > 0
    ] == []


def test_every_place_lies_somewhere() -> None:
    for iri, block in PLACES.items():
        assert len(block["geo:lat"]) == len(block["geo:long"]) == 1, iri
        assert abs(float(block["geo:lat"][0])) <= 90, iri
        assert abs(float(block["geo:long"][0])) <= 180, iri


def test_every_city_lies_in_one_state() -> None:
    cities = [iri for iri, block in PLACES.items() if block["rdf:type"] == ["dg:City"]]
    assert len(cities) > 500
    assert [iri for iri in cities if len(PLACES[iri]["dg:country"]) != 1] == []
    assert [iri for iri, block in PLACES.items() if len(block["dg:country"]) > 1] == []


@pytest.mark.parametrize(
    ("stem", "predicate", "target", "at_least"),
    [
        ("states", "dg:capital", "places", 300),
        ("states", "dg:ofState", "states", 300),
        ("states", "dg:immediateSuccessorOf", "states", 40),
        ("states", "dg:continuatorOf", "states", 20),
        ("states", "dg:memberOf", "organizations", 193),
        ("places", "dg:country", "states", 600),
        ("organizations", "dg:headquarters", "places", 150),
        ("organizations", "dg:leader", "states", 5),
        ("organizations", "dcterms:isPartOf", "organizations", 30),
        ("organizations", "dcterms:replaces", "organizations", 15),
    ],
)
def test_what_is_referred_to_exists(stem: str, predicate: str, target: str, at_least: int) -> None:
    referred = [value for block in FILES[stem].values() for value in block[predicate]]
    assert len(referred) >= at_least
    assert set(referred) - set(FILES[target]) == set()


@pytest.mark.parametrize("predicates", [PREDECESSOR, ("dcterms:isPartOf",), ("dcterms:replaces",)])
def test_nothing_comes_from_itself(predicates: tuple[str, ...]) -> None:
    earlier = {
        iri: {value for key in predicates for value in block[key]}
        for stem in ("states", "organizations")
        for iri, block in FILES[stem].items()
    }
    assert sum(map(len, earlier.values())) > 10
    assert len(list(TopologicalSorter(earlier).static_order())) == len(earlier)


def test_predecessors_are_states_that_ended() -> None:
    predecessors = {value for block in STATES.values() for key in PREDECESSOR for value in block[key]}
    assert len(predecessors) > 30
    assert [iri for iri in predecessors if is_present(STATES[iri])] == []


def test_an_ended_state_has_one_continuator_and_continues_one() -> None:
    continued = [value for block in STATES.values() for value in block["dg:continuatorOf"]]
    assert len(continued) > 20
    assert sorted(set(continued)) == sorted(continued)
    assert [iri for iri, block in STATES.items() if len(block["dg:continuatorOf"]) > 1] == []


@pytest.mark.parametrize(
    ("name", "when", "expected"),
    [
        ("Russia", "1890", "russian-empire"),
        ("Russia", "1999", "russia"),
        ("Kremlin", "1974", "soviet-union"),
        ("Kremlin", "2012", "russia"),
        ("Germany", "1900", "german-empire"),
        ("Germany", "1938", "german-reich"),
        ("Germany", "1972", "west-germany"),
        ("Germany", "2003", "germany"),
        ("China", "1860", "qing-empire"),
        ("China", "1937", "republic-of-china"),
        ("China", "1972", "china"),
        ("Korea", "1882", "korea"),
        ("Korea", "1975", "north-korea south-korea"),
        ("Vietnam", "1965", "north-vietnam south-vietnam"),
        ("Vietnam", "1995", "vietnam"),
        ("Congo", "1965", "congo-leopoldville republic-of-the-congo"),
        ("Yemen", "1975", "north-yemen south-yemen"),
        ("Yemen", "2015", "yemen"),
        ("Turkey", "1913", "ottoman-empire"),
        ("Turkey", "1952", "turkey"),
        ("Sublime Porte", "1878", "ottoman-empire"),
        ("Yugoslavia", "1934", "kingdom-of-yugoslavia"),
        ("Yugoslavia", "1961", "yugoslavia"),
        ("Yugoslavia", "1999", "federal-republic-of-yugoslavia"),
        ("India", "1919", "british-india"),
        ("India", "1971", "india"),
        ("Burma", "1955", "myanmar"),
        ("Zaire", "1975", "zaire"),
        ("Dominican", "2000", "dominica dominican-republic"),
        ("U.S.", "1990", "united-states"),
        ("Foggy Bottom", "2001", "united-states"),
        ("Whitehall", "1956", "united-kingdom"),
    ],
)
def test_a_name_means_the_states_of_its_date(name: str, when: str, expected: str) -> None:
    meant = {known.entity for known in REFERENCE.names if known.text == name}
    existing = {iri for iri in meant if linking.existed(REFERENCE.entities[iri], when)}
    assert existing == {f"state:{slug}" for slug in expected.split()}


@pytest.mark.parametrize(
    ("place", "when", "state"),
    [
        ("bonn", "1972", "west-germany"),
        ("berlin", "1938", "german-reich"),
        ("berlin", "2005", "germany"),
        ("moscow", "1974", "soviet-union"),
        ("moscow", "2012", "russia"),
        ("saint-petersburg", "1907", "russian-empire"),
        ("karachi", "1954", "pakistan"),
        ("new-delhi", "1935", "british-india"),
        ("kolkata", "1900", "british-india"),
        ("nanjing", "1934", "republic-of-china"),
        ("chongqing", "1943", "republic-of-china"),
        ("ho-chi-minh-city", "1965", "south-vietnam"),
        ("cairo", "1960", "united-arab-republic"),
        ("cairo", "1973", "egypt"),
        ("istanbul", "1900", "ottoman-empire"),
        ("gdansk", "1930", "free-city-of-danzig"),
        ("harare", "1970", "rhodesia"),
        ("vichy", "1942", "vichy-france"),
        ("geneva", "1985", "switzerland"),
    ],
)
def test_a_place_stands_for_the_state_of_its_date(place: str, when: str, state: str) -> None:
    assert linking.states_of_place(f"place:{place}", when, None, REFERENCE) == (f"state:{state}",)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Peking", "beijing"),
        ("Leningrad", "saint-petersburg"),
        ("Constantinople", "istanbul"),
        ("Saigon", "ho-chi-minh-city"),
        ("Bombay", "mumbai"),
        ("Rangoon", "yangon"),
        ("Batavia", "jakarta"),
        ("Salisbury", "harare"),
        ("Leopoldville", "kinshasa"),
        ("Danzig", "gdansk"),
        ("Malvinas", "falkland-islands"),
    ],
)
def test_a_former_name_finds_the_place(name: str, place: str) -> None:
    assert {known.entity for known in REFERENCE.names if known.text == name} == {f"place:{place}"}
