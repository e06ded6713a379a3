"""What the tests of the axioms share: the ontology without its shapes, and HermiT, which needs Java."""

import shutil
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import RDFS, SKOS, BNode, Graph, URIRef
from rdflib.term import Node

from diplograph import validation
from diplograph.vocabulary import PREFIXES

_PROSE = {RDFS.label, RDFS.isDefinedBy, SKOS.definition, SKOS.example, SKOS.scopeNote, SKOS.altLabel}
_XSD = PREFIXES["xsd"]
_QUICK = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")  # a run lasts too briefly to repay a better compiler
_KNOWN_TO_HERMIT = {_XSD + name for name in ("boolean", "decimal", "integer", "string")}


@cache
def axioms() -> Graph:
    """Return the ontology without the shapes."""
    graph = validation.as_rdflib(validation.load_ontology())
    shapes = [s for s in set(graph.subjects()) if isinstance(s, URIRef) and s.startswith(validation.SHAPE)]
    for shape in shapes:
        _remove(graph, shape)
    return graph


def _remove(graph: Graph, subject: Node) -> None:
    for triple in list(graph.triples((subject, None, None))):
        graph.remove(triple)
        if isinstance(triple[2], BNode):
            _remove(graph, triple[2])


@cache
def terminology() -> Graph:
    """Return the axioms without what only people read: closing it is five times as fast."""
    graph = Graph()
    for triple in axioms():
        if triple[1] not in _PROSE and not str(triple[1]).startswith("https://schema.org/"):
            graph.add(triple)
    return graph


def turtle(text: str) -> Graph:
    names = PREFIXES | {"id": "https://w3id.org/diplograph/id/"}
    head = "".join(f"@prefix {name}: <{namespace}> .\n" for name, namespace in names.items())
    return Graph().parse(data=head + text, format="turtle")


def triples(graph: Graph) -> list[ox.Triple]:
    nt = graph.serialize(format="nt").encode()
    return [quad.triple for quad in ox.parse(nt, format=ox.RdfFormat.N_TRIPLES)]


def java() -> str:
    if (found := shutil.which("java")) is None:
        pytest.skip("HermiT needs Java, and there is none on the PATH")
    return found


def is_consistent(data: Iterable[ox.Triple], folder: Path) -> bool:
    """Ask HermiT whether the ontology with `data` is consistent; no class may be empty of necessity.

    HermiT refuses datatypes outside of OWL 2, such as dates, so it is given their words as plain strings: two
    different dates still differ.
    """
    owlready2 = pytest.importorskip("owlready2", reason="owlready2, which brings HermiT, is not installed")
    path = folder / "ontology.owl"
    given = [*triples(terminology()), *map(_readable, data)]
    ox.serialize(given, output=path, format=ox.RdfFormat.RDF_XML)
    hermit = Path(owlready2.__file__).parent / "hermit"
    command = [
        java(),
        *_QUICK,
        "-cp",
        f"{hermit}:{hermit / 'HermiT.jar'}",
        "org.semanticweb.HermiT.cli.CommandLine",
    ]
    result = subprocess.run([*command, "-U", path.as_uri()], capture_output=True, text=True, check=False)
    if "InconsistentOntologyException" in result.stderr:
        return False
    assert result.stdout.split() == ["Classes", "equivalent", "to", "'owl:Nothing':", "owl:Nothing"], result
    return True


def _readable(triple: ox.Triple) -> ox.Triple:
    value = triple.object
    if isinstance(value, ox.Literal) and not value.language and value.datatype.value not in _KNOWN_TO_HERMIT:
        return ox.Triple(triple.subject, triple.predicate, ox.Literal(value.value))
    return triple
