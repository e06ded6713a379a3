"""The lists of OOPS! and FOOPS!: each item is answered by a check, by a test, or by a reason why no machine can."""

import re
import tomllib
from pathlib import Path

import pytest
from rdflib import OWL, RDF, Graph, URIRef

from diplograph import alignment, knowledge, validation
from diplograph.vocabulary import BASE, PREFIXES

HERE = Path(__file__).parent
LISTS = tomllib.loads((HERE / "ontology" / "pitfalls.toml").read_text("utf-8"))
ITEMS = {f"{name} {item}": said for name, table in LISTS.items() for item, said in table.items()}
CHECKS = {check.slug for check in validation.load_checks()}
TESTS = set(
    re.findall(r"^def (test_\w+)", "\n".join(p.read_text("utf-8") for p in HERE.glob("test_*.py")), re.M)
)
IRI = URIRef(BASE + "ontology")
DCTERMS = PREFIXES["dcterms"]


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return validation.as_rdflib(validation.load_ontology())


def test_the_lists_are_whole() -> None:
    assert set(LISTS) == {"oops", "foops"}
    assert set(LISTS["oops"]) == {f"P{number:02}" for number in range(1, 42)}
    assert len(LISTS["foops"]) == 21


@pytest.mark.parametrize("item", sorted(ITEMS))
def test_an_item_is_answered(item: str) -> None:
    said = ITEMS[item]
    assert set(said) in ({"about", "checks"}, {"about", "tests"}, {"about", "none"})
    assert set(said.get("checks", ())) <= CHECKS
    assert set(said.get("tests", ())) <= TESTS
    assert all(said.values())


def test_addresses_are_persistent_and_open(ontology: Graph) -> None:
    assert [str(iri) for iri in ontology.subjects(RDF.type, OWL.Ontology)] == [str(IRI)]
    version = ontology.value(IRI, OWL.versionIRI)
    license_ = ontology.value(IRI, URIRef(DCTERMS + "license"))
    for address in (IRI, version):
        assert str(address).startswith("https://w3id.org/")
    assert str(license_) == "https://creativecommons.org/licenses/by/4.0/"


def test_the_header_has_what_is_recommended(ontology: Graph) -> None:
    said = {str(predicate).removeprefix(DCTERMS) for predicate in ontology.predicates(IRI)}
    assert {
        "language",
        "publisher",
        "rights",
        "source",
        "issued",
        "modified",
        "bibliographicCitation",
    } <= said
    known = ("http://purl.org/", "http://www.w3.org/")
    assert all(str(predicate).startswith(known) for predicate in ontology.predicates(IRI))


def test_other_vocabularies_are_reused_or_linked(ontology: Graph) -> None:
    used = {
        name
        for name in ("skos", "prov", "oa", "foaf")
        for term in ontology.subjects()
        if term.startswith(PREFIXES[name])
    }
    assert used == {"skos", "prov", "oa", "foaf"}
    path = knowledge.data_dir() / "wikidata.sssom.tsv"
    links = alignment.read(path.read_text("utf-8"), name=path.name)
    linked = {link.object_id.partition(":")[0] for link in links if link.subject_id.startswith("dg:")}
    assert {"sem", "prov", "org", "foaf", "sdo", "crm", "lode", "time", "oa", "ftm", "wd"} <= linked
