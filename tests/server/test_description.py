"""What tools read: VoID, example queries, prefixes; and that all of it is true of the graph."""

import json
import re
from pathlib import Path

import pytest
import rdflib
from flask.testing import FlaskClient
from pyoxigraph import NamedNode

from diplograph import knowledge, store
from diplograph.server import description, library, publish_description
from diplograph.server.formats import GRAPHS
from diplograph.server.graphs import LocalGraph
from diplograph.vocabulary import PREFIXES

from .conftest import build

VOID = rdflib.Namespace("http://rdfs.org/ns/void#")
EXT = rdflib.Namespace("http://ldf.fi/void-ext#")
SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")
DG = rdflib.Namespace(PREFIXES["dg"])
EXAMPLES = library.examples()
DOCUMENTS = [each for each in GRAPHS if each.name not in ("html", "trig", "nq")]

# what the SPARQL editor of the SIB asks an endpoint's description, to complete classes and properties
PARTITIONS = """
    PREFIX void: <http://rdfs.org/ns/void#> PREFIX void-ext: <http://ldf.fi/void-ext#>
    SELECT DISTINCT ?subject ?property ?object ?datatype {
        { ?part void:class ?subject ; void:propertyPartition ?pp . ?pp void:property ?property .
          OPTIONAL { ?pp void:classPartition [ void:class ?object ] }
          OPTIONAL { ?pp void-ext:datatypePartition [ void-ext:datatype ?datatype ] } } }"""


@pytest.fixture
def void(client: FlaskClient) -> rdflib.Graph:
    response = client.get("/.well-known/void", headers={"Accept": "text/turtle"})
    return rdflib.Graph().parse(data=response.data, format="turtle")


def test_void_counts_what_is_there(void: rdflib.Graph, directory: Path) -> None:
    dataset = void.value(None, rdflib.RDF.type, VOID.Dataset)
    graph = store.snapshot(directory).store
    triples = {(quad.subject, quad.predicate, quad.object) for quad in graph}
    assert void.value(dataset, VOID.triples).toPython() == len(triples)
    states = void.value(None, VOID["class"], DG.State)
    assert void.value(states, VOID.entities).toPython() == 3
    assert not set(void.objects(states, VOID.propertyPartition))  # which is said elsewhere
    of_dataset = set(void.objects(dataset, VOID.propertyPartition)) & set(
        void.subjects(VOID.property, rdflib.RDFS.label)
    )
    named = len(set(graph.quads_for_pattern(None, NamedNode(str(rdflib.RDFS.label)), None)))
    assert [void.value(each, VOID.triples).toPython() for each in of_dataset] == [named]
    assert (
        dataset,
        rdflib.RDFS.seeAlso,
        rdflib.URIRef("http://localhost/.well-known/void/partitions"),
    ) in void


@pytest.fixture
def partitions(client: FlaskClient) -> rdflib.Graph:
    response = client.get("/.well-known/void/partitions", headers={"Accept": "text/turtle"})
    return rdflib.Graph().parse(data=response.data, format="turtle")


def test_partitions_count_what_instances_have(partitions: rdflib.Graph, void: rdflib.Graph) -> None:
    states = partitions.value(None, VOID["class"], DG.State)
    assert states == void.value(None, VOID["class"], DG.State)
    parts = set(partitions.objects(states, VOID.propertyPartition))
    labels = parts & set(partitions.subjects(VOID.property, rdflib.RDFS.label))
    assert [partitions.value(each, VOID.triples).toPython() for each in labels] == [4]


def local(term: object) -> str | None:
    return str(term).rpartition("#")[2] if term else None


def test_partitions_have_the_shape_that_editors_read(partitions: rdflib.Graph) -> None:
    found = {tuple(local(term) for term in row) for row in partitions.query(PARTITIONS)}
    assert ("Visit", "visitor", "Person", None) in found
    assert ("Visit", "earliestStart", None, "date") in found
    assert ("Visit", "hostState", "State", None) in found


@pytest.mark.parametrize(
    "path", ["/.well-known/void", "/.well-known/void/partitions", "/.well-known/sparql-examples", "/sparql"]
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of rdflib's own JSON-LD
@pytest.mark.parametrize("written", DOCUMENTS, ids=lambda each: each.name)
def test_descriptions_come_in_every_format(client: FlaskClient, path: str, written: object) -> None:
    response = client.get(path, headers={"Accept": written.media_types[0]})  # type: ignore[attr-defined]
    assert response.mimetype == written.media_types[0]  # type: ignore[attr-defined]
    assert len(rdflib.Graph().parse(data=response.data, format=response.mimetype)) > 5


def test_the_examples_are_those_of_the_ontology() -> None:
    files = {path.stem for path in (knowledge.ontology_dir() / "queries").glob("*.rq")}
    assert {example.slug for example in EXAMPLES} == files
    assert files


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.slug)
def test_every_example_runs_as_it_is_published(client: FlaskClient, example: library.Example) -> None:
    response = client.get("/.well-known/sparql-examples", headers={"Accept": "text/turtle"})
    published = rdflib.Graph().parse(data=response.data, format="turtle")
    thing = rdflib.URIRef(f"http://localhost/.well-known/sparql-examples#{example.slug}")
    kinds = [SH[kind] for kind in ("select", "ask", "construct")]
    texts = [str(text) for kind in kinds for text in published.objects(thing, kind)]
    assert len(texts) == 1
    assert str(published.value(thing, rdflib.RDFS.comment)) == example.question
    expected = 403 if "federation" in example.keywords else 200
    assert client.get("/sparql", query_string={"query": texts[0]}).status_code == expected


def test_prefixes_are_declared(client: FlaskClient) -> None:
    response = client.get("/.well-known/sparql-examples", headers={"Accept": "text/turtle"})
    published = rdflib.Graph().parse(data=response.data, format="turtle")
    declared = {
        str(published.value(node, SH.prefix)): str(published.value(node, SH.namespace))
        for node in published.objects(None, SH.declare)
    }
    assert declared == PREFIXES


def test_the_front_page_offers_every_example(client: FlaskClient) -> None:
    page = client.get("/").text
    assert page.count("<details>") == len(EXAMPLES)


@pytest.mark.parametrize(
    ("day", "expected"),
    [("1999-01-01", "no"), ("2003-02-01", "possible"), ("2003-03-01", "no")],
)
def test_holds_at_and_its_plain_equivalent_agree(client: FlaskClient, day: str, expected: str) -> None:
    visit = NamedNode("https://w3id.org/diplograph/id/visit/pak-rus-2003-pervez-musharraf")
    asked = f'SELECT (dg:holdsAt({visit}, "{day}"^^xsd:date) AS ?holds) {{}}'
    assert one(client, asked) == expected


@pytest.mark.parametrize(
    ("thing", "day", "expected"),
    [
        ("id/arms-supply-relationship/rus-pak-2015", "2014-12-31", "no"),
        ("id/arms-supply-relationship/rus-pak-2015", "2015-06-01", "possible"),
        ("id/arms-supply-relationship/rus-pak-2015", "2020-01-01", "certain"),
        ("id/visit/pak-rus-2003-pervez-musharraf", "2003-02-10", "possible"),
        ("id/visit/pak-rus-2003-pervez-musharraf", "2004-01-01", "no"),
    ],
)
def test_what_held_at_a_date(client: FlaskClient, thing: str, day: str, expected: str) -> None:
    iri = f"<https://w3id.org/diplograph/{thing}>"
    by_function = f'SELECT (dg:holdsAt({iri}, "{day}"^^xsd:date) AS ?holds) {{}}'
    assert one(client, by_function) == expected
    assert one(client, PLAIN.replace("?x", iri).replace("?day", f'"{day}"^^xsd:date')) == expected


def test_what_is_no_situation_has_no_answer(client: FlaskClient) -> None:
    assert one(client, 'SELECT (dg:holdsAt(dg:Visit, "2014-01-01"^^xsd:date) AS ?holds) {}') is None


def plain() -> str:
    """The equivalent as it is documented, made a query."""
    from diplograph.server import functions

    lines = [line.strip() for line in (functions.__doc__ or "").splitlines() if line.startswith("    ")]
    return f"SELECT ?holds {{ {' '.join(lines)} }}"


PLAIN = plain()


def one(client: FlaskClient, query: str) -> str | None:
    response = client.get("/sparql", query_string={"query": query})
    assert response.status_code == 200, response.text
    rows = response.json["results"]["bindings"]
    return rows[0]["holds"]["value"] if rows and "holds" in rows[0] else None


def test_matches_finds_by_words_in_a_query(client: FlaskClient) -> None:
    query = 'SELECT ?holds { ?holds a dg:State FILTER(dg:matches(?holds, "cote iv")) }'
    assert one(client, query) == "https://w3id.org/diplograph/id/state/cote-d-ivoire"


def test_the_front_page_describes_the_dataset_to_search_engines(client: FlaskClient) -> None:
    card = re.search(r'<script type="application/ld\+json">(.*?)</script>', client.get("/").text, re.DOTALL)
    assert card is not None
    described = json.loads(card[1])
    assert described["@type"] == "Dataset"
    assert described["@id"] == "http://localhost/.well-known/void#dataset"


def test_the_description_can_be_in_the_graph_itself(tmp_path: Path) -> None:
    build(tmp_path)
    before = {str(quad) for quad in store.snapshot(tmp_path).store}
    publish_description(tmp_path)
    once = {str(quad) for quad in store.snapshot(tmp_path).store}
    publish_description(tmp_path)
    twice = store.snapshot(tmp_path).store
    assert before < once
    assert len(twice) == len(once), "what was there before is replaced, not added to"
    prefixes = twice.query(
        "SELECT ?p { [] sh:prefix ?p ; sh:namespace ?n }", use_default_graph_as_union=True, prefixes=PREFIXES
    )
    assert {solution["p"].value for solution in prefixes} == set(PREFIXES)
    classes = twice.query(PARTITIONS, use_default_graph_as_union=True)
    assert (PREFIXES["dg"] + "Visit") in {solution["subject"].value for solution in classes}


def test_reading_and_asking_find_the_same_uses(directory: Path) -> None:
    graph = LocalGraph(directory)
    found = description.uses_in(graph.snapshot().store)
    assert found == description.uses(graph)
    assert len(found) > 20
