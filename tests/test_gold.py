"""The annotated passages of tests/gold: in the format of their guide, and broad enough to measure with.

A passage has a text (texts.jsonl) and its events (gold.jsonl), one JSON object a line in either file.
The passages were annotated by reading; nothing here runs the project on them.
"""

import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from diplograph import edtf, knowledge

HERE = Path(__file__).parent / "gold"
NOTATION = "http://www.w3.org/2004/02/skos/core#notation"
STATE = "https://w3id.org/diplograph/id/state/"
TEXT_FIELDS = {"id", "genre", "title", "date_published", "split", "text"}
GOLD_FIELDS = {"id", "source", "sha256", "date_published", "events"}
EVENT_FIELDS = {
    *("type", "source", "target", "time", "polarity", "modality", "stance", "by"),
    *("place", "item", "trigger", "hard"),
}
MUTUAL = {
    *("AgreementSigning", "Alignment", "Ceasefire", "DefensePartnership", "DiplomaticRelationsEstablishment"),
    *("DiplomaticRelationsResumption", "Estrangement", "JointBodyFormation", "JointBodyMeeting"),
    *("JointExercise", "Meeting", "OfficeAssumption", "OfficeDeparture", "Rapprochement"),
    "StrategicPartnership",
}
DIRECTED = {
    *("AgreementRatification", "AgreementTermination", "AidProvision", "AidSuspension", "AllianceAccession"),
    *("AllianceExit", "Annexation", "ArmsDelivery", "ArmsSaleAgreement", "Attack", "Condemnation", "Demand"),
    *("DiplomaticRelationsSeverance", "EmbargoImposition", "EmbargoLifting", "EnvoyAppointment"),
    *("EnvoyRecall", "Independence", "Invasion", "Invitation", "Mediation", "MilitaryTraining"),
    *("Mobilization", "Recognition", "Refusal", "SanctionsImposition", "SanctionsLifting", "Support"),
    *("Threat", "Visit", "WarDeclaration", "Withdrawal"),
}
AID = {"military", "economic", "humanitarian", "other"}
ALLOWED: dict[str, set[Any]] = {
    "type": MUTUAL | DIRECTED,
    "polarity": {"affirmed", "denied"},
    "modality": {"actual", "possible", "predicted", "intended"},
    "stance": {"plain", "opinion", "attributed"},
    "hard": {True, False},
}
PASSAGES = 45
OF_EACH_TYPE = 6
ACRONYMS = {
    "EC"
}  # three capitals are a state, other short names of organizations stand in the reference data

Record = dict[str, Any]


def records(name: str) -> list[Record]:
    """The objects of one file, in its order."""
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


TEXTS = {record["id"]: record for record in records("texts.jsonl")}
GOLD = {record["id"]: record for record in records("gold.jsonl")}
EVENTS = [(id_, event) for id_, record in GOLD.items() for event in record["events"]]


def codes(stem: str) -> set[str]:
    """The notations of one file of reference data."""
    triples = ox.parse(path=knowledge.data_dir() / f"{stem}.ttl", format=ox.RdfFormat.TURTLE)
    return {triple.object.value for triple in triples if triple.predicate.value == NOTATION}


def test_every_passage_has_a_text_and_its_events() -> None:
    assert len(TEXTS) >= PASSAGES
    assert list(TEXTS) == list(GOLD)
    assert len(TEXTS) == len(records("texts.jsonl"))
    assert len(GOLD) == len(records("gold.jsonl"))
    assert all(set(record) == TEXT_FIELDS for record in TEXTS.values())
    assert all(set(record) == GOLD_FIELDS for record in GOLD.values())
    assert all(set(event) == EVENT_FIELDS for _, event in EVENTS)


def test_there_are_as_many_passages_to_tune_on_as_to_report() -> None:
    splits = [record["split"] for record in TEXTS.values()]
    assert splits == ["tune", "report"] * (len(splits) // 2)


def test_passages_are_short_and_of_many_genres() -> None:
    words = {id_: len(record["text"].split()) for id_, record in TEXTS.items()}
    assert {id_: count for id_, count in words.items() if not 100 <= count <= 200} == {}
    assert len({record["genre"] for record in TEXTS.values()}) >= 15


@pytest.mark.parametrize("id_", sorted(GOLD))
def test_the_events_belong_to_this_very_text(id_: str) -> None:
    text, gold = TEXTS[id_], GOLD[id_]
    assert gold["source"] == {"file": "texts.jsonl"}
    assert gold["sha256"] == hashlib.sha256(text["text"].encode()).hexdigest()
    assert gold["date_published"] == text["date_published"]
    assert gold["date_published"] is None or re.fullmatch(r"\d{4}-\d{2}-\d{2}", gold["date_published"])


@pytest.mark.parametrize("id_", sorted(GOLD))
def test_triggers_are_whole_words_of_the_text_in_its_order(id_: str) -> None:
    text, events = TEXTS[id_]["text"], GOLD[id_]["events"]
    spans = [tuple(event["trigger"]) for event in events]
    assert spans == sorted(spans)
    for start, end in spans:
        assert 0 <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        assert not re.match(r"\w", text[start - 1 : start]), text[start:end]
        assert not re.match(r"\w", text[end : end + 1]), text[start:end]


@pytest.mark.parametrize("field", sorted(ALLOWED))
def test_fields_take_the_values_of_the_guide(field: str) -> None:
    assert {event[field] for _, event in EVENTS} <= ALLOWED[field]


def test_times_are_edtf() -> None:
    times = {event["time"] for _, event in EVENTS} - {None}
    assert len(times) > 100
    assert {time for time in times if not edtf.is_valid(time)} == set()


def test_a_claimant_is_named_exactly_for_attributed_events() -> None:
    assert [id_ for id_, event in EVENTS if (event["stance"] == "attributed") != bool(event["by"])] == []


def test_aid_says_its_kind() -> None:
    kinds = {event["item"] for _, event in EVENTS if event["type"] in {"AidProvision", "AidSuspension"}}
    assert kinds <= AID


def test_every_event_has_somebody_as_its_source() -> None:
    assert [(id_, event["type"]) for id_, event in EVENTS if not event["source"]] == []


def test_mutual_events_have_no_target() -> None:
    assert [
        (id_, event["type"]) for id_, event in EVENTS if event["type"] in MUTUAL and event["target"]
    ] == []


def test_nobody_is_named_twice_in_an_event() -> None:
    actors = [(id_, [*event["source"], *event["target"]]) for id_, event in EVENTS]
    assert [(id_, names) for id_, names in actors if len(set(names)) != len(names)] == []


def test_no_event_is_annotated_twice() -> None:
    keys = Counter((id_, json.dumps({**event, "hard": None}, sort_keys=True)) for id_, event in EVENTS)
    assert [key for key, count in keys.items() if count > 1] == []


def test_states_are_codes_and_short_names_are_those_of_the_reference_data() -> None:
    actors = {actor for _, event in EVENTS for actor in [*event["source"], *event["target"]]}
    capitals = {actor for actor in actors if re.fullmatch(r"[A-Z]{2,5}", actor)}
    known = codes("states") | codes("organizations") | ACRONYMS
    assert len(capitals) > 80
    assert capitals - known == set()


@pytest.mark.parametrize("type_", sorted(MUTUAL | DIRECTED))
def test_every_type_occurs_often_enough_and_in_both_halves(type_: str) -> None:
    halves = Counter(TEXTS[id_]["split"] for id_, event in EVENTS if event["type"] == type_)
    assert halves.total() >= OF_EACH_TYPE
    assert set(halves) == {"tune", "report"}
