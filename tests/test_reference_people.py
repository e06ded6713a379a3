"""Offices, people and their terms: whole, unambiguous, and in agreement with independent evidence.

The comparison reads terms that Wikidata gave in 2022. They are not part of the project: it runs where a
folder `shared` lies beside the checkout, or where DIPLOGRAPH_SHARED names one.
"""

import csv
import os
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import pyoxigraph as ox
import pytest

from diplograph import edtf, knowledge
from diplograph.vocabulary import compact

HERE = Path(__file__).parent
EXPECTED = tomllib.loads((HERE / "test_reference_people.toml").read_text(encoding="utf-8"))
SHARED = Path(os.environ.get("DIPLOGRAPH_SHARED") or HERE.parent.parent / "shared")
EVIDENCE = SHARED / "data" / "wikidata-office-holders.csv"
MONTH = timedelta(days=31)
TOLERANCE = timedelta(days=60)
Blocks = dict[str, dict[str, list[str]]]


def read(paths: Iterable[Path]) -> Blocks:
    """Return the statements of Turtle files by subject and predicate, IRIs as CURIEs."""
    found: Blocks = defaultdict(lambda: defaultdict(list))
    for path in paths:
        for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE):
            found[term(quad.subject)][term(quad.predicate)].append(term(quad.object))
    return found


def term(node: ox.NamedNode | ox.BlankNode | ox.Literal) -> str:
    return compact(node.value) if isinstance(node, ox.NamedNode) else node.value


def blocks(*names: str) -> Blocks:
    return read(knowledge.data_dir() / f"{name}.ttl" for name in names)


OFFICES = {iri: block for iri, block in blocks("offices").items() if iri.startswith("office:")}
PEOPLE = {iri: block for iri, block in blocks("people").items() if iri.startswith("person:")}
ENVOYS = {iri: block for iri, block in blocks("envoys").items() if iri.startswith("person:")}
HOLDINGS = {iri: block for iri, block in blocks("people").items() if iri.startswith("holding:")}


def names(block: dict[str, list[str]]) -> list[str]:
    return block["rdfs:label"] + block["skos:altLabel"]


def plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()


def test_there_are_offices_people_and_terms() -> None:
    assert len(OFFICES) > 900
    assert len(PEOPLE) > 4000
    assert len(HOLDINGS) > 5000


def test_the_files_hold_nothing_else() -> None:
    assert set(blocks("offices")) == set(OFFICES)
    assert set(blocks("people")) == set(PEOPLE) | set(HOLDINGS)


def test_every_block_has_a_source() -> None:
    every = {**OFFICES, **PEOPLE, **HOLDINGS}
    assert [iri for iri, block in every.items() if not block["dcterms:source"]] == []


def test_every_office_has_a_class_a_title_and_one_body_that_exists() -> None:
    known = set(blocks("states", "organizations"))
    ontology = read(knowledge.files(knowledge.ontology_dir(), "*.ttl"))
    classes = {iri for iri, block in ontology.items() if "owl:Class" in block["rdf:type"]}
    for iri, block in OFFICES.items():
        assert set(block["rdf:type"]) <= classes, iri
        assert block["dg:title"], iri
        bodies = block["dg:ofState"] + block["dg:ofOrganization"]
        assert len(bodies) == 1, iri
        assert bodies[0] in known, (iri, bodies)


def test_every_person_has_a_name_a_state_and_a_family_name_that_is_part_of_a_name() -> None:
    states = set(blocks("states"))
    for iri, block in PEOPLE.items():
        assert block["rdf:type"] == ["dg:Person"], iri
        assert len(block["rdfs:label"]) == 1, iri
        assert block["dg:citizenOf"], iri
        assert set(block["dg:citizenOf"]) <= states, (iri, block["dg:citizenOf"])
        assert block["foaf:familyName"], iri
        for family in block["foaf:familyName"]:
            assert any(family in name for name in names(block)), (iri, family)


def test_every_envoy_is_told_from_all_others_and_has_a_state() -> None:
    states = set(blocks("states"))
    assert len(ENVOYS) > 3000
    assert not ENVOYS.keys() & PEOPLE.keys()
    for iri, block in ENVOYS.items():
        assert (block["rdf:type"], len(block["rdfs:label"])) == (["dg:Person"], 1), iri
        assert block["dg:citizenOf"], iri
        assert set(block["dg:citizenOf"]) <= states, iri
        assert all(any(family in name for name in names(block)) for family in block["foaf:familyName"]), iri
    families = [family for block in PEOPLE.values() for family in block["foaf:familyName"]]
    own = [family for block in ENVOYS.values() for family in block["foaf:familyName"]]
    assert len(own) == len(set(own))
    assert set(own) & set(families) == set()


def test_every_term_has_a_holder_an_office_and_a_time() -> None:
    for iri, block in HOLDINGS.items():
        assert block["rdf:type"] == ["dg:OfficeHolding"], iri
        holder, office, time = (block[key] for key in ("dg:holder", "dg:office", "dg:time"))
        assert len(holder) == len(office) == len(time) == 1, iri
        assert holder[0] in PEOPLE, (iri, holder)
        assert office[0] in OFFICES, (iri, office)
        assert edtf.is_valid(time[0]), (iri, time)
        assert iri.startswith(f"holding:{holder[0].partition(':')[2]}-{office[0].partition(':')[2]}-"), iri


def test_offices_have_one_holder_at_a_time() -> None:
    by_office = defaultdict(list)
    for block in HOLDINGS.values():
        if block["dg:concurrent"] != ["true"]:
            by_office[block["dg:office"][0]].append((block["dg:time"][0], block["dg:holder"][0]))
    clashes = [
        (office, one, other)
        for office, terms in by_office.items()
        for one, other in combinations(sorted(terms), 2)
        if shared_days(one[0], other[0]) > MONTH
    ]
    assert clashes == []


def shared_days(one: str, other: str) -> timedelta:
    """Return for how long both certainly held."""
    a, b = edtf.extent(one), edtf.extent(other)
    start = max(x.latest_start or date.max for x in (a, b))
    end = min(x.earliest_end if x.latest_end and x.earliest_end else date.max for x in (a, b))
    return end - start


def test_no_name_stands_for_two_people_of_one_state() -> None:
    bearers = defaultdict(set)
    for iri, block in PEOPLE.items():
        for state in block["dg:citizenOf"]:
            for name in names(block):
                bearers[state, name].add(iri)
    assert {key: found for key, found in bearers.items() if len(found) > 1} == {}


def test_no_name_stands_for_two_offices() -> None:
    bearers = defaultdict(set)
    for iri, block in OFFICES.items():
        for name in names(block):
            bearers[name].add(iri)
    assert {key: found for key, found in bearers.items() if len(found) > 1} == {}


@dataclass(frozen=True)
class Case:
    """An office that one person holds at a time known beyond doubt."""

    office: str
    when: str
    holder: str


CASES = [Case(**case) for case in EXPECTED["known"]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.office} {case.when}")
def test_an_office_and_a_date_name_a_person(case: Case) -> None:
    found = {
        block["dg:holder"][0]
        for block in HOLDINGS.values()
        if block["dg:office"] == [f"office:{case.office}"] and edtf.overlap(block["dg:time"][0], case.when)
    }
    assert found == {f"person:{case.holder}"}


@dataclass(frozen=True)
class Term:
    """A term of somebody in an office: the first and last possible days of its start and its end."""

    start: tuple[date, date]
    end: tuple[date, date]


def interval(time: str) -> Term:
    bounds = edtf.extent(time)
    start = bounds.earliest_start or date.min, bounds.latest_start or date.max
    if bounds.earliest_end is None or bounds.latest_end is None:
        return Term(start, (date.max, date.max))
    return Term(start, (bounds.earliest_end, bounds.latest_end))


def merged(terms: list[Term]) -> list[Term]:
    """Join terms of one person that follow each other without a gap or overlap."""
    joined: list[Term] = []
    for next_term in sorted(terms, key=lambda one: (one.start, one.end)):
        if joined and next_term.start[0] - min(joined[-1].end[1], date(9000, 1, 1)) <= TOLERANCE:
            last = joined.pop()
            joined.append(Term(last.start, max(last.end, next_term.end)))
        else:
            joined.append(next_term)
    return joined


def distance(one: tuple[date, date], other: tuple[date, date]) -> timedelta:
    return max(one[0] - other[1], other[0] - one[1], timedelta(0))


def agree(ours: Term, theirs: Term) -> bool:
    """Tell whether starts and ends are near; a term that Wikidata leaves open may have ended since 2022."""
    if distance(ours.start, theirs.start) > TOLERANCE:
        return False
    open_then = theirs.end[1] == date.max
    return ours.end[1] >= date(2022, 7, 1) if open_then else distance(ours.end, theirs.end) <= TOLERANCE


def evidence() -> dict[tuple[str, str], list[Term]]:
    """Return Wikidata's terms by office and the name of the holder."""
    office_of = {position: office for office, all_ in EXPECTED["positions"].items() for position in all_}
    found = defaultdict(list)
    with EVIDENCE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            office = office_of.get(f"{row['repo']}: {row['position']}")
            if office and row["start"]:
                found[office, row["person"]].append(interval(f"{row['start']}/{row['end'] or '..'}"))
    return found


def differences() -> set[tuple[str, str]]:
    ours = defaultdict(list)
    for block in HOLDINGS.values():
        for name in names(PEOPLE[block["dg:holder"][0]]):
            ours[block["dg:office"][0].partition(":")[2], plain(name)].append(interval(block["dg:time"][0]))
    return {
        (office, person)
        for (office, person), terms in evidence().items()
        for theirs in merged(terms)
        if not any(agree(mine, theirs) for mine in merged(ours[office, plain(person)]))
    }


@pytest.mark.skipif(not EVIDENCE.is_file(), reason=f"no evidence to compare with: {EVIDENCE} does not exist")
def test_terms_agree_with_wikidata_but_for_differences_with_a_reason() -> None:
    listed = {(entry["office"], entry["person"]) for entry in EXPECTED["differences"]}
    assert len(evidence()) > 500
    assert {office for office, _ in evidence()} == set(EXPECTED["positions"])
    assert differences() == listed


def test_every_listed_difference_has_a_reason() -> None:
    assert [entry for entry in EXPECTED["differences"] if len(entry["reason"]) < 20] == []
