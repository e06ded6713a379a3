"""The weapons, treaties, conflicts and texts of data/: complete, consistent and free of double names."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from diplograph import edtf, knowledge
from diplograph.turtle import format_turtle

DG = "https://w3id.org/diplograph/ontology#"
ID = "https://w3id.org/diplograph/id/"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
ALT_LABEL = "http://www.w3.org/2004/02/skos/core#altLabel"
SOURCE = "http://purl.org/dc/terms/source"
PART_OF = "http://purl.org/dc/terms/isPartOf"
STEMS = ("conflicts", "equipment", "treaties")
FAMILY = {"conflicts": "conflict", "equipment": "equipment", "treaties": "treaty"}
AT_LEAST = {"conflicts": 200, "equipment": 400, "treaties": 280}
# A people or a colony may sign before the state it becomes is recognized.
YEARS_BEFORE_STATEHOOD = 4
FRONT_MATTER = {"id", "title", "date", "author", "genre", "license", "language"}

Block = dict[str, list[str]]


def blocks(stem: str) -> dict[str, Block]:
    """The statements of one file by subject and predicate, IRIs and literals as plain text."""
    found: dict[str, Block] = defaultdict(lambda: defaultdict(list))
    for triple in ox.parse(path=knowledge.data_dir() / f"{stem}.ttl", format=ox.RdfFormat.TURTLE):
        subject, predicate, value = triple.subject, triple.predicate, triple.object
        assert isinstance(subject, ox.NamedNode)
        assert isinstance(value, ox.NamedNode | ox.Literal)
        found[subject.value][predicate.value].append(value.value)
    return found


THINGS = {stem: blocks(stem) for stem in STEMS}
STATES = {iri: block for iri, block in blocks("states").items() if iri.startswith(f"{ID}state/")}


def test_states_are_found() -> None:
    assert len(STATES) > 200


@pytest.mark.parametrize("stem", STEMS)
def test_enough_things_each_of_its_own_family(stem: str) -> None:
    assert len(THINGS[stem]) >= AT_LEAST[stem]
    assert {iri.removeprefix(ID).partition("/")[0] for iri in THINGS[stem]} == {FAMILY[stem]}


@pytest.mark.parametrize("stem", STEMS)
def test_the_file_is_in_canonical_form(stem: str) -> None:
    text = (knowledge.data_dir() / f"{stem}.ttl").read_text(encoding="utf-8")
    assert format_turtle(text) == text


@pytest.mark.parametrize("stem", STEMS)
def test_every_block_has_one_label_a_source_and_a_class(stem: str) -> None:
    incomplete = [
        iri
        for iri, block in THINGS[stem].items()
        if len(block[LABEL]) != 1 or len(block[SOURCE]) != 1 or not block[RDF_TYPE]
    ]
    assert incomplete == []


@pytest.mark.parametrize("stem", STEMS)
def test_no_name_belongs_to_two_things_of_a_class(stem: str) -> None:
    names = Counter(
        name
        for block in THINGS[stem].values()
        for name in {_plain(name) for name in [*block[LABEL], *block[ALT_LABEL]]}
    )
    assert {name for name, count in names.items() if count > 1} == set()


def _plain(name: str) -> str:
    return re.sub(r"[–—]", "-", name).casefold()


@pytest.mark.parametrize("stem", STEMS)
def test_no_name_is_that_of_a_state_a_place_or_a_person(stem: str) -> None:
    others = {
        name.casefold()
        for other in ("states", "places", "people")
        for block in blocks(other).values()
        for name in [*block[LABEL], *block[ALT_LABEL]]
    }
    assert len(others) > 500
    own = {name for block in THINGS[stem].values() for name in [*block[LABEL], *block[ALT_LABEL]]}
    assert {name for name in own if name.casefold() in others} == set()


@pytest.mark.parametrize("stem", STEMS)
def test_every_state_referred_to_exists(stem: str) -> None:
    referred = {
        value
        for block in THINGS[stem].values()
        for values in block.values()
        for value in values
        if value.startswith(f"{ID}state/")
    }
    assert len(referred) > 20
    assert referred - set(STATES) == set()


@pytest.mark.parametrize("stem", STEMS)
def test_every_term_of_the_ontology_is_declared(stem: str) -> None:
    declared = {
        triple.subject.value
        for path in knowledge.files(knowledge.ontology_dir(), "*.ttl")
        for triple in ox.parse(path=path, format=ox.RdfFormat.TURTLE)
        if isinstance(triple.subject, ox.NamedNode) and triple.predicate.value == RDF_TYPE
    }
    used = {
        term
        for block in THINGS[stem].values()
        for predicate, values in block.items()
        for term in [predicate, *values]
        if term.startswith(DG)
    }
    assert len(used) > 2
    assert used - declared == set()


def times(stem: str) -> Iterator[tuple[str, str]]:
    """Subject and EDTF literal, for every time stated in a file."""
    for iri, block in THINGS[stem].items():
        for predicate in (f"{DG}time", f"{DG}signedTime"):
            for time in block[predicate]:
                yield iri, time


@pytest.mark.parametrize("stem", ["conflicts", "treaties"])
def test_times_are_valid_and_run_forward(stem: str) -> None:
    stated = list(times(stem))
    assert len(stated) >= AT_LEAST[stem]
    assert [(iri, time) for iri, time in stated if not edtf.is_valid(time)] == []
    backward = []
    for iri, time in stated:
        bounds = edtf.extent(time)
        if bounds.earliest_start and bounds.latest_end and bounds.earliest_start > bounds.latest_end:
            backward.append((iri, time))
    assert backward == []


def test_every_conflict_has_one_time() -> None:
    assert [iri for iri, block in THINGS["conflicts"].items() if len(block[f"{DG}time"]) != 1] == []


def test_no_state_is_on_both_sides_of_a_conflict() -> None:
    assert [
        iri
        for iri, block in THINGS["conflicts"].items()
        if set(block[f"{DG}sideA"]) & set(block[f"{DG}sideB"])
    ] == []


def test_every_weapon_has_one_category_a_kind_and_an_origin() -> None:
    incomplete = [
        iri
        for iri, block in THINGS["equipment"].items()
        if len(block[f"{DG}equipmentCategory"]) != 1
        or len(block[f"{DG}equipmentKind"]) != 1
        or not block[f"{DG}originState"]
    ]
    assert incomplete == []


def test_every_treaty_was_signed_by_somebody_at_some_time() -> None:
    incomplete = [
        iri
        for iri, block in THINGS["treaties"].items()
        if len(block[f"{DG}signedTime"]) != 1 or not block[f"{DG}party"] or len(block[f"{DG}time"]) > 1
    ]
    assert incomplete == []


def test_alliances_and_only_they_carry_obligations() -> None:
    for iri, block in THINGS["treaties"].items():
        is_alliance = f"{DG}AllianceTreaty" in block[RDF_TYPE]
        assert is_alliance == bool(block[f"{DG}hasObligation"]), iri


def test_parts_of_a_treaty_name_the_whole_and_have_no_other_name() -> None:
    parts = {iri: block for iri, block in THINGS["treaties"].items() if block[PART_OF]}
    assert len(parts) > 10
    for iri, block in parts.items():
        assert set(block[PART_OF]) <= set(THINGS["treaties"]), iri
        assert block[ALT_LABEL] == [], iri


def test_parties_existed_when_they_signed() -> None:
    anachronisms = [
        (iri, party)
        for iri, block in THINGS["treaties"].items()
        for party in block[f"{DG}party"]
        if not _existed(STATES[party], block[f"{DG}signedTime"][0])
    ]
    assert anachronisms == []


def _existed(state: Block, time: str) -> bool:
    life = edtf.extent(state[f"{DG}time"][0])
    signed = edtf.occurrence(time)
    assert signed.earliest_start
    if life.latest_end and life.latest_end < signed.earliest_start:
        return False
    return (
        not life.earliest_start
        or life.earliest_start.year - signed.earliest_start.year <= YEARS_BEFORE_STATEHOOD
    )


def texts() -> dict[str, tuple[dict[str, str], str]]:
    """Front matter and prose of every text, by file stem."""
    found = {}
    for path in knowledge.files(knowledge.data_dir() / "texts", "*.md"):
        _, head, prose = path.read_text(encoding="utf-8").split("---\n", 2)
        fields = dict(line.split(": ", 1) for line in head.splitlines())
        found[path.stem] = ({key: value.strip('"') for key, value in fields.items()}, prose)
    return found


def test_there_are_texts_of_many_genres() -> None:
    found = texts()
    assert len(found) >= 10
    assert {"op-ed", "wire story", "joint communique", "policy brief", "history essay"} <= {
        fields["genre"] for fields, _ in found.values()
    }


@pytest.mark.parametrize("stem", sorted(texts()))
def test_every_text_says_what_it_is_and_is_short(stem: str) -> None:
    fields, prose = texts()[stem]
    assert set(fields) == FRONT_MATTER
    assert fields["id"] == stem
    assert (fields["author"], fields["license"]) == ("diplograph contributors", "CC BY 4.0")
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", fields["date"])
    assert edtf.is_valid(fields["date"])
    assert 300 <= len(prose.split()) <= 600
