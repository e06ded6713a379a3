"""The terms of the ontology: each is good for something, and what others use is declared."""

import os
import re
from functools import cache
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, SH, BNode, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from diplograph import edtf, knowledge, validation
from diplograph.vocabulary import PREFIXES

DG = Namespace(PREFIXES["dg"])
FAMILIES = {
    "agreements", "arms", "conflict", "cooperation", "core", "diplomacy", "offices", "relations", "sanctions",
    "statements", "visits",
}  # fmt: skip
TYPES = (
    OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.NamedIndividual,
)  # fmt: skip
SHARED = Path(os.environ.get("DIPLOGRAPH_SHARED", knowledge.ontology_dir().parent.parent / "shared"))


@cache
def ontology() -> Graph:
    return validation.as_rdflib(validation.load_ontology())


@cache
def terms() -> set[str]:
    declared = {term for type_ in TYPES for term in ontology().subjects(RDF.type, type_)}
    return {term.removeprefix(DG) for term in map(str, declared) if term.startswith(DG)}


def named_in(pattern: str, folder: Path | None = None) -> set[str]:
    """Return the local names in the files of `pattern` that have the prefix dg or kind."""
    paths = knowledge.files(folder or knowledge.ontology_dir(), pattern)
    return set(re.findall(r"\b(?:dg|kind):(\w+)", " ".join(path.read_text("utf-8") for path in paths)))


def named_in_shapes() -> set[str]:
    shapes = {node for node in ontology().subjects() if str(node).startswith(validation.SHAPE)}
    return {name for shape in shapes for name in values_below(shape)}


def values_below(node: Node) -> set[str]:
    found: set[str] = set()
    for value in ontology().objects(node):
        found |= {value.removeprefix(DG)} if isinstance(value, URIRef) and value.startswith(DG) else set()
        found |= values_below(value) if isinstance(value, BNode) else set()
    return found


def words_in_frames() -> set[str]:
    paths = knowledge.files(knowledge.ontology_dir() / "frames", "*.toml")
    return set(re.findall(r"\w+", " ".join(path.read_text("utf-8") for path in paths)))


def test_the_families_are_the_files() -> None:
    assert {path.stem for path in knowledge.ontology_dir().glob("*.ttl")} == FAMILIES


def test_every_term_is_used_by_a_query_rule_frame_or_shape() -> None:
    used = named_in("queries/*.rq") | named_in("rules/*.rq") | named_in_shapes() | words_in_frames()
    assert len(terms()) > 300
    assert sorted(terms() - used) == []


def test_an_accepted_term_is_used_by_a_query_rule_or_frame() -> None:
    status = URIRef("http://purl.org/ontology/bibo/status")
    by_status = {
        name: {str(term).removeprefix(DG) for term in ontology().subjects(status, URIRef(f"{status}/{name}"))}
        for name in ("accepted", "draft")
    }
    used = named_in("queries/*.rq") | named_in("rules/*.rq") | words_in_frames()
    assert terms() <= by_status["accepted"] | by_status["draft"]
    assert by_status["accepted"] & by_status["draft"] == set()
    assert by_status["accepted"]
    assert sorted(by_status["accepted"] - used) == [], "what nothing uses any more is a draft"


@pytest.mark.parametrize("pattern", ["queries/*.rq", "rules/*.rq", "checks/*.rq"])
def test_queries_rules_and_checks_use_declared_terms(pattern: str) -> None:
    names = named_in(pattern)
    assert names
    assert sorted(names - terms() - kinds()) == []


def test_the_reference_data_use_declared_terms() -> None:
    names = named_in("*.ttl", knowledge.data_dir())
    assert names
    assert sorted(names - terms()) == []


def kinds() -> set[str]:
    concepts = {str(s) for s in ontology().subjects(RDF.type, URIRef(PREFIXES["skos"] + "Concept"))}
    return {concept.removeprefix(PREFIXES["kind"]) for concept in concepts}


def test_every_source_of_a_rule_graph_has_a_kind_for_what_may_be_denied() -> None:
    assert {"Visit", "ArmsEmbargo", "Shift", "OfficeDeparture", "Breakthrough"} <= kinds()
    assert "HypotheticalEvent" not in kinds()


@pytest.mark.parametrize(
    "text",
    [
        "2014", "197X", "19XX", "2014-06", "2014-XX", "2014-06-02", "2014~", "2014?", "/2014", "2010/..",
        "../2014", "../..", "2010/", "2014/2015", "197X/1980", "2018-08-18/2022-04-10", "x", "20140",
        "2014/2015/2016", "2014-6", "14", "c. 2014", "",
    ],
)  # fmt: skip
def test_the_shape_of_times_accepts_what_the_reader_of_dates_accepts(text: str) -> None:
    pattern = ontology().value(URIRef(validation.SHAPE + "Timed-time"), SH.pattern)
    assert isinstance(pattern, Literal)
    assert bool(re.search(str(pattern), text)) == edtf.is_valid(text)


def test_the_event_codes_agree_with_the_published_table() -> None:
    table = SHARED / "gold" / "cameo2plover.txt"
    if not table.is_file():
        pytest.skip(f"the table of CAMEO and PLOVER codes is not at {table}; set DIPLOGRAPH_SHARED")
    pairs = set(re.findall(r"^(\d+): ([A-Z]+),", table.read_text("utf-8"), re.MULTILINE))
    ours = {
        (str(ontology().value(class_, DG.cameo)), str(root))
        for class_, root in ontology().subject_objects(DG.plover)
    }
    assert len(ours) > 20
    assert sorted(ours - pairs) == []


def test_a_root_has_one_sign_on_the_scale_of_conflict_and_cooperation() -> None:
    signs: dict[str, set[int]] = {}
    for class_, root in ontology().subject_objects(DG.plover):
        score = float(str(ontology().value(class_, DG.ploverScore)))
        assert -10 <= score <= 10
        signs.setdefault(str(root), set()).add((score > 0) - (score < 0))
    assert signs
    assert {root for root, found in signs.items() if len(found) > 1} == set()


DOCUMENTATION = knowledge.ontology_dir().parent / "docs" / "ontology.md"


@pytest.fixture(scope="module")
def documentation() -> str:
    if not DOCUMENTATION.is_file():
        pytest.skip("the documentation is not part of an installed package")
    return DOCUMENTATION.read_text("utf-8")


def test_the_documentation_names_declared_terms(documentation: str) -> None:
    names = set(re.findall(r"\bdg:(\w+)", documentation))
    assert names
    assert sorted(names - terms()) == []


def test_the_diagrams_show_declared_classes(documentation: str) -> None:
    diagrams = re.findall(r"```mermaid\n(.*?)```", documentation, re.DOTALL)
    shown = {name for text in diagrams for name in re.findall(r"\b[A-Z]\w+", re.sub(r":.*", "", text))}
    assert len(diagrams) == 3
    assert sorted(shown - terms()) == ["Concept"]


def test_the_diagrams_show_the_hierarchy_as_it_is(documentation: str) -> None:
    for upper, lower in re.findall(r"(\w+) <\|-- (\w+)", documentation):
        assert (DG[lower], RDFS.subClassOf, DG[upper]) in ontology(), f"{lower} under {upper}"


def test_the_table_of_events_is_complete(documentation: str) -> None:
    section = documentation.partition("## Events")[2].partition("\n## ")[0]
    listed = {
        word for row in section.splitlines() if row.startswith("|") for word in re.findall(r"[A-Z]\w+", row)
    }
    below = {str(class_).removeprefix(DG) for class_ in ontology().subjects(RDFS.subClassOf, DG.Event)}
    assert listed == below
