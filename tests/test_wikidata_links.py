"""Links to Wikidata: each item stands in independent evidence, each entity in the reference data."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from diplograph import alignment, reference
from diplograph import knowledge as files
from diplograph.alignment import Link
from diplograph.reference import Reference
from shared import SHARED, shared

TABLE = files.data_dir() / "wikidata.sssom.tsv"
OURS = ("state:", "person:", "office:", "organization:", "place:", "conflict:", "treaty:", "equipment:")
EXPECTED_FAMILIES = {"conflict", "office", "organization", "person", "place", "state"}
ITEM = re.compile(r"\b[QP]\d+\b")


@pytest.fixture(scope="module")
def links() -> tuple[Link, ...]:
    return alignment.read(TABLE.read_text("utf-8"), name=TABLE.name)


@pytest.fixture(scope="module")
def who() -> Reference:
    return reference.load(files.files(files.data_dir(), "*.ttl"))


def evidence() -> list[Path]:
    """The files that may bear out an item: facts looked up, not our own tables."""
    shared("data/un-members-qid.csv")
    return sorted([*SHARED.glob("data/*.csv"), *SHARED.glob("research/*.md")])


# What a row names as its source, and the file of the evidence that holds it.
SOURCES = {
    "Wikidata export of heads of state and government, 2021-2022": "data/wikidata-world-leaders-2021.csv",
    "Wikidata export of office holders (P39), 2022": "data/wikidata-office-holders.csv",
    "Wikidata items of UN members, alike in rigour 2.6.1 and kif-lib 0.13.0": "data/un-members-qid.csv",
    "histwardb 0.5.2, crosswalk of state codes": "data/state-codes-crosswalk.csv",
    "Wikidata export of positions, 2022": "data/wikidata-positions.csv",
    "Wikidata properties as in kif-lib 0.13.0": "data/wikidata-properties.csv",
    "Wikidata item confirmed in public tables, 2026": "data/qids-verified.csv",
    "Wikidata item and label confirmed in public code, 2026": "research/ontology.md",
}


def test_every_family_is_linked(links: tuple[Link, ...]) -> None:
    families = {link.subject_id.partition(":")[0] for link in links if link.subject_id.startswith(OURS)}
    assert families == EXPECTED_FAMILIES


def test_every_entity_linked_is_in_the_reference_data(links: tuple[Link, ...], who: Reference) -> None:
    ours = [link for link in links if link.subject_id.startswith(OURS)]
    assert len(ours) > 1000
    assert [link.subject_id for link in ours if link.subject_id not in who.entities] == []
    labels = [(link.subject_label, who.entities[link.subject_id].label) for link in ours]
    assert [pair for pair in labels if pair[0] != pair[1]] == []


def test_every_item_stands_in_the_evidence(links: tuple[Link, ...]) -> None:
    found = evidence()
    assert len(found) > 10
    known = {item for path in found for item in ITEM.findall(path.read_text("utf-8"))}
    named = {link.object_id.partition(":")[2] for link in links if link.object_id.startswith(("wd:", "wdt:"))}
    assert len(named) > 1000
    assert sorted(named - known) == []


def test_every_item_stands_in_the_file_that_its_row_names(links: tuple[Link, ...]) -> None:
    texts = {str(path.relative_to(SHARED)): set(ITEM.findall(path.read_text("utf-8"))) for path in evidence()}
    unborne = [
        (link.subject_id, link.object_id, link.verified_by)
        for link in links
        if link.object_id.startswith(("wd:", "wdt:"))
        for name in link.verified_by.split(";")
        if link.object_id.partition(":")[2] not in _items(name, texts)
    ]
    assert unborne == []


def _items(name: str, texts: dict[str, set[str]]) -> set[str]:
    return texts[SOURCES[name]]


def test_members_of_the_united_nations_have_the_items_of_the_evidence(
    links: tuple[Link, ...], who: Reference
) -> None:
    with shared("data/un-members-qid.csv").open(encoding="utf-8", newline="") as lines:
        members = {row["iso3"]: row["qid"] for row in csv.DictReader(lines)}
    assert len(members) == 193
    items = {link.subject_id: link.object_id for link in links if link.predicate_id == "owl:sameAs"}
    assert {code: items[who.codes[code]] for code in members} == {k: f"wd:{v}" for k, v in members.items()}


def test_identity_is_claimed_of_individuals_only_and_once(links: tuple[Link, ...]) -> None:
    same = [link for link in links if link.predicate_id == "owl:sameAs"]
    assert {link.subject_id.partition(":")[0] for link in same} == EXPECTED_FAMILIES - {"conflict"}
    for side in ("subject_id", "object_id"):
        counts = Counter(getattr(link, side) for link in same)
        assert [name for name, count in counts.items() if count > 1] == []
