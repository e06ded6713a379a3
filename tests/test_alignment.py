"""Rows of SSSOM in, links with their justification out."""

import pyoxigraph as ox
import pytest

from diplograph import alignment, knowledge, validation
from diplograph.alignment import Link
from diplograph.errors import KnowledgeError

PAKISTAN = Link(
    "state:pakistan",
    "Pakistan",
    "owl:sameAs",
    "wd:Q843",
    "Pakistan",
    "semapv:ManualMappingCuration",
    0.99,
    "un.csv",
)
VISIT = Link(
    "dg:Event", "event", "rdfs:subClassOf", "sem:Event", "Event", "semapv:ManualMappingCuration", 0.9, "SEM"
)
TABLE = """\
#mapping_set_id: https://w3id.org/diplograph/mappings
#license: https://creativecommons.org/licenses/by/4.0/
#extension_definitions:
#  - slot_name: verified_by
#    property: http://purl.org/dc/terms/source
#    type_hint: http://www.w3.org/2001/XMLSchema#string
#curie_map:
#  dg: https://w3id.org/diplograph/ontology#
#  owl: http://www.w3.org/2002/07/owl#
#  rdfs: http://www.w3.org/2000/01/rdf-schema#
#  sem: http://semanticweb.cs.vu.nl/2009/11/sem/
#  semapv: https://w3id.org/semapv/vocab/
#  state: https://w3id.org/diplograph/id/state/
#  wd: http://www.wikidata.org/entity/
{columns}
dg:Event	event	rdfs:subClassOf	sem:Event	Event	semapv:ManualMappingCuration	0.9	SEM
state:pakistan	Pakistan	owl:sameAs	wd:Q843	Pakistan	semapv:ManualMappingCuration	0.99	un.csv
""".format(columns="\t".join(alignment.COLUMNS))


def test_a_table_is_read_and_written_alike() -> None:
    assert alignment.read(TABLE, name="x.tsv") == (VISIT, PAKISTAN)
    assert alignment.write([PAKISTAN, VISIT, PAKISTAN]) == TABLE


def test_a_row_states_its_link_and_what_justifies_it() -> None:
    store = ox.Store()
    store.extend(alignment.quads([PAKISTAN]))
    rows = store.query(
        """PREFIX owl: <http://www.w3.org/2002/07/owl#> PREFIX dcterms: <http://purl.org/dc/terms/>
        SELECT ?item ?source WHERE { GRAPH <https://w3id.org/diplograph/graph/alignment> {
          <https://w3id.org/diplograph/id/state/pakistan> owl:sameAs ?item .
          ?axiom a owl:Axiom ;
            owl:annotatedProperty owl:sameAs ;
            owl:annotatedTarget ?item ;
            dcterms:source ?source ;
            <https://w3id.org/sssom/confidence> 0.99 . } }"""
    )
    assert [(row["item"].value, row["source"].value) for row in rows] == [
        ("http://www.wikidata.org/entity/Q843", "un.csv")
    ]


def test_what_is_generated_passes_the_checks_on_links() -> None:
    store = ox.Store()
    store.extend(alignment.quads([PAKISTAN]))
    checks = [check for check in validation.load_checks() if check.slug.startswith("link-")]
    assert len(checks) == 4
    assert list(validation.check_findings(store, checks)) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("wd:Q843", "Q843", r"x\.tsv:17: object_id: 'Q843' is no CURIE"),
        ("wd:Q843", "nowhere:Q843", "'nowhere:Q843' is no CURIE"),
        ("owl:sameAs\twd", "owl:differentFrom\twd", "'owl:differentFrom' is not one of owl:sameAs"),
        ("0.99", "high", "the confidence 'high' is no number between 0 and 1"),
        ("0.99", "1.5", "the confidence '1.5'"),
        ("wd:Q843", "property:Q843", "'property:Q843' is no CURIE"),
        ("\tun.csv", "\t", "say in verified_by what bears out the link"),
        ("\tun.csv", "", "expected 8 cells separated by tabs; found 7"),
        ("\tverified_by", "\treviewer", "expected the columns subject_id"),
    ],
)
def test_a_bad_row_is_refused_with_its_line(old: str, new: str, message: str) -> None:
    with pytest.raises(KnowledgeError, match=message):
        alignment.read(TABLE.replace(old, new, 1), name="x.tsv")


def test_a_namespace_may_be_declared_in_the_table() -> None:
    text = TABLE.replace("#  wd:", "#  ex: http://example.org/\n#  wd:").replace("sem:Event", "ex:Event")
    assert alignment.read(text, name="x.tsv")[0].object_id == "ex:Event"


def test_the_shipped_table_is_sound() -> None:
    path = knowledge.ontology_dir().parent / "data" / "wikidata.sssom.tsv"
    if not path.is_file():
        pytest.skip("data/wikidata.sssom.tsv is not there yet")
    text = path.read_text("utf-8")
    links = alignment.read(text, name=path.name)
    assert links
    assert alignment.write(links) == text
