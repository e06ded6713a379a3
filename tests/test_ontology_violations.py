"""Every shape and every check can fail: each has a fixture that it reports, and no fixture is idle."""

from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import RDF, SH, Graph, URIRef

from diplograph import knowledge, validation
from diplograph.errors import KnowledgeError
from diplograph.turtle import format_trig, format_turtle

FIXTURES = Path(__file__).parent / "ontology" / "violations"
CHECKS = {check.slug: check for check in validation.load_checks()}


@cache
def ontology() -> ox.Store:
    return validation.load_ontology()


@cache
def shapes() -> Graph:
    return validation.as_rdflib(ontology())


def node_shapes() -> set[str]:
    return {str(shape).removeprefix(validation.SHAPE) for shape in shapes().subjects(RDF.type, SH.NodeShape)}


def constraints(name: str) -> set[str]:
    """Return the shapes that a fixture must make fail: the property shapes, and the node shape's own."""
    node = URIRef(validation.SHAPE + name)
    parts = {str(part).removeprefix(validation.SHAPE) for part in shapes().objects(node, SH.property)}
    return parts | ({name} if shapes().value(node, SH.message) else set())


def load(path: Path) -> ox.Store:
    store = ox.Store()
    store.load(path=path)
    return store


def test_every_shape_and_check_has_its_fixture() -> None:
    assert {path.stem for path in FIXTURES.glob("*.ttl")} == node_shapes() != set()
    assert {path.stem for path in FIXTURES.glob("*.trig")} == set(CHECKS) != set()


@pytest.mark.parametrize("name", sorted(path.stem for path in FIXTURES.glob("*.ttl")))
def test_the_shape_reports_its_fixture(name: str) -> None:
    findings = list(validation.shape_findings(load(FIXTURES / f"{name}.ttl"), shapes()))
    assert constraints(name) <= {finding.source for finding in findings}
    assert constraints(name)
    assert all(finding.message.endswith(".") for finding in findings)


@pytest.mark.parametrize("name", sorted(path.stem for path in FIXTURES.glob("*.trig")))
def test_the_check_reports_its_fixture(name: str) -> None:
    graph = load(FIXTURES / f"{name}.trig")
    if name != "ontology-incomplete-header":
        graph.extend(ontology())
    findings = list(validation.check_findings(graph, [CHECKS[name]]))
    assert findings
    assert all(finding.focus != "the graph" for finding in findings)


def test_the_ontology_itself_is_clean() -> None:
    report = validation.validate(ox.Store())
    assert report.findings == ()
    assert report.conforms


def test_the_worst_comes_first_and_only_violations_count() -> None:
    graph = load(FIXTURES / "Treaty.ttl")
    report = validation.validate(graph)
    assert not report.conforms
    severities = [finding.severity for finding in report.findings]
    assert severities == sorted(severities, key=list(validation.Severity).index)
    assert validation.Severity.WARNING in severities
    warnings = validation.Report(
        tuple(f for f in report.findings if f.severity != validation.Severity.VIOLATION)
    )
    assert warnings.conforms


def test_a_class_that_owl_infers_from_a_role_does_not_excuse_its_filler() -> None:
    graph = load(FIXTURES / "AgentRole.ttl")
    inferred = ox.NamedNode("https://w3id.org/diplograph/graph/inferred/owl-rl")
    crimea = ox.NamedNode("https://w3id.org/diplograph/id/place/crimea")
    rdf_type = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    graph.add(ox.Quad(crimea, rdf_type, ox.NamedNode("https://w3id.org/diplograph/ontology#Agent"), inferred))
    findings = list(validation.shape_findings(graph, shapes()))
    assert "AgentRole" in {finding.source for finding in findings}


def test_a_finding_is_one_line_that_says_what_to_do() -> None:
    finding = next(
        finding
        for finding in validation.validate(load(FIXTURES / "Visit.ttl"), checks=False).findings
        if finding.source == "Visit-source"
    )
    assert str(finding) == (
        "warning: https://w3id.org/diplograph/id/visit/x dg:visitor|dg:sendingState: "
        "Say who travels: dg:visitor, or dg:sendingState if no one is named. [Visit-source]"
    )


def test_a_check_without_a_remedy_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.rq"
    path.write_text("#+ label: x\n#+ definition: x\nSELECT * WHERE {}")
    with pytest.raises(KnowledgeError, match=r"x\.rq: expected the header line '#\+ remedy: \.\.\.'"):
        validation.read_check(path)


def test_fixtures_are_canonical() -> None:
    forms = {".ttl": format_turtle, ".trig": format_trig}
    paths = sorted(FIXTURES.iterdir())
    assert {path.suffix for path in paths} == set(forms)
    assert [p.name for p in paths if forms[p.suffix](text := p.read_text("utf-8")) != text] == []


def test_checks_stand_in_the_ontology() -> None:
    assert {path.stem for path in (knowledge.ontology_dir() / "checks").iterdir()} == set(CHECKS)
