"""The canonical form of Turtle: stable, lossless, and never silent about what it cannot keep."""

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from diplograph import knowledge
from diplograph.errors import KnowledgeError
from diplograph.turtle import format_trig, format_turtle, write_trig, write_turtle

EX = "@prefix ex: <http://example.org/> .\n"
CASES = {
    "type first, then the label, then by name": (
        EX + "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        'ex:s ex:z 1 ; ex:b ex:o ; rdfs:label "s"@en ; a ex:C .',
        "@prefix ex: <http://example.org/> .\n@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n\n"
        'ex:s a ex:C ;\n    rdfs:label "s"@en ;\n    ex:b ex:o ;\n    ex:z 1 .\n',
    ),
    "subjects and objects sorted": (
        EX + "ex:b ex:p ex:y, ex:x .\nex:a ex:p 'q' .",
        EX + '\nex:a ex:p "q" .\n\nex:b ex:p ex:x, ex:y .\n',
    ),
    "unused prefixes dropped": (
        EX + "@prefix other: <http://other.org/> .\nex:a ex:p 'other:x' .",
        EX + '\nex:a ex:p "other:x" .\n',
    ),
    "numbers as they were written": (
        EX + 'ex:a ex:p 1, 01, 1.50, true, "1"^^<http://www.w3.org/2001/XMLSchema#byte> .',
        EX + '\nex:a ex:p "1"^^<http://www.w3.org/2001/XMLSchema#byte>, 01, 1, 1.50, true .\n',
    ),
    "lists and blank nodes in place": (
        EX + "ex:a ex:p ( ex:b [ ex:q ex:c ] ) . [] a ex:T .",
        EX + "\nex:a ex:p ( ex:b [ ex:q ex:c ] ) .\n\n[] a ex:T .\n",
    ),
    "long blank nodes over several lines": (
        EX + f"ex:a ex:p [ ex:q '{'x' * 90}' ; ex:r 1 ] .",
        EX + f'\nex:a ex:p [\n        ex:q "{"x" * 90}" ;\n        ex:r 1\n    ] .\n',
    ),
    "text of several lines": (
        EX + 'ex:a ex:p "one\\n\\"two\\"" .',
        EX + '\nex:a ex:p """one\n\\"two\\"""" .\n',
    ),
    "the comment at the top": (
        "# who\n# what\n" + EX + "ex:a ex:p 'not # a comment' .",
        "# who\n# what\n\n" + EX + '\nex:a ex:p "not # a comment" .\n',
    ),
    "a name that is no local name": (
        EX + "<http://example.org/a#b> ex:p <http://example.org/c.> .",
        EX + "\n<http://example.org/a#b> ex:p <http://example.org/c.> .\n",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_canonical_form(name: str) -> None:
    text, expected = CASES[name]
    assert format_turtle(text) == expected
    assert format_turtle(expected) == expected


def test_the_longest_namespace_wins() -> None:
    text = EX + "@prefix in: <http://example.org/in/> .\n<http://example.org/in/a> ex:p ex:b ."
    assert "in:a ex:p ex:b ." in format_turtle(text)


def test_trig_graphs_are_sorted() -> None:
    text = EX + "ex:g2 { ex:a ex:p ex:b } ex:g1 { ex:a ex:p ex:c } ex:a ex:p ex:d ."
    expected = (
        EX + "\nex:a ex:p ex:d .\n\nex:g1 {\n    ex:a ex:p ex:c .\n}\n\nex:g2 {\n    ex:a ex:p ex:b .\n}\n"
    )
    assert format_trig(text) == expected
    assert format_trig(expected) == expected


def test_the_lines_of_a_literal_in_a_graph_are_not_indented() -> None:
    text = EX + 'ex:g { ex:a ex:p "one\\n\\ntwo\\n  three", "four" ; ex:q "five\\nsix" . ex:b ex:p ex:c }'
    expected = (
        EX + '\nex:g {\n    ex:a ex:p """one\n\ntwo\n  three""", "four" ;\n        ex:q """five\nsix""" .\n'
        "\n    ex:b ex:p ex:c .\n}\n"
    )
    assert format_trig(text) == expected
    assert format_trig(expected) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (EX + "ex:a ex:p ex:b .\n# lost\n", "the comment on line 3 would be lost"),
        (EX + "ex:a ex:p _:x . ex:b ex:p _:x .", "is referred to 2 times; give it an IRI"),
        (EX + "ex:a ex:p", "this is no Turtle"),
    ],
)
def test_what_cannot_be_kept_is_refused(text: str, message: str) -> None:
    with pytest.raises(KnowledgeError, match=message):
        format_turtle(text)


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
LITERALS = st.one_of(
    TEXT.map(ox.Literal),
    TEXT.map(lambda value: ox.Literal(value, language="en")),
    st.integers().map(ox.Literal),
)
NODES = st.sampled_from("abc").map(lambda name: ox.NamedNode(f"http://example.org/{name}"))


@given(st.sets(st.tuples(NODES, NODES, LITERALS | NODES)))
def test_nothing_is_lost(
    statements: set[tuple[ox.NamedNode, ox.NamedNode, ox.Literal | ox.NamedNode]],
) -> None:
    triples = {ox.Triple(*statement) for statement in statements}
    text = write_turtle(triples, {"ex": "http://example.org/"})
    assert {quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)} == triples
    assert format_turtle(text) == text
    quads = {ox.Quad(*statement, ox.NamedNode("http://example.org/g")) for statement in statements}
    text = write_trig(quads, {"ex": "http://example.org/"})
    assert set(ox.parse(text, format=ox.RdfFormat.TRIG)) == quads
    assert format_trig(text) == text


ROOT = knowledge.ontology_dir().parent
FILES = {
    path.relative_to(ROOT).as_posix(): path
    for folder in ("ontology", "data", "data/graphs", "tests/ontology")
    for path in sorted((ROOT / folder).glob("*"))
    if path.suffix in {".ttl", ".trig"}
}
FORMATS = {".ttl": (format_turtle, "turtle"), ".trig": (format_trig, "trig")}


def test_the_files_are_found() -> None:
    assert {path.suffix for path in FILES.values()} == set(FORMATS)
    assert {name.rpartition("/")[0] for name in FILES} >= {"ontology", "data", "tests/ontology"}
    assert {"ontology/core.ttl", "data/people.ttl", "tests/ontology/pakistan-russia.owl-rl.ttl"} <= set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_canonical(name: str) -> None:
    path = FILES[name]
    text = path.read_text("utf-8")
    assert text == FORMATS[path.suffix][0](text), "run diplograph.turtle over it"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of rdflib's own classes
def test_two_parsers_read_every_file_alike() -> None:
    for name, path in FILES.items():
        found = rdflib.Dataset().parse(path, format=FORMATS[path.suffix][1])
        read = {
            quad for quad in ox.parse(path=path) if not any(isinstance(term, ox.BlankNode) for term in quad)
        }
        named = {
            quad for quad in found.quads() if not any(isinstance(term, rdflib.BNode) for term in quad[:3])
        }
        assert len(named) == len(read), name
