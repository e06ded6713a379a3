"""The rule language: what it accepts, and what it refuses with file, line and reason."""

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse

from diplograph.errors import KnowledgeError
from diplograph.inference.infer import INFERRED, READ, graph_triples, infer
from diplograph.inference.program import build_program
from diplograph.inference.rulefile import load_rules, parse_rule, rule_paths

HEADER = "".join(f"#+ {name}: {value}\n" for name, value in {
    "id": "T1", "label": "Test", "version": "1", "definition": "A test.", "source": "none",
}.items())  # fmt: skip
PREFIX = "PREFIX dg: <https://w3id.org/diplograph/ontology#>\n"
MALFORMED = {
    "no header": (PREFIX + "CONSTRUCT { ?x dg:a ?y } WHERE { ?x dg:b ?y }", 1, "header lacks"),
    "no SPARQL": (HEADER + PREFIX + "CONSTRUCT { ?x dg:a ?y } WHERE { ?x dg:b ", 7, "no valid SPARQL"),
    "a SELECT": (HEADER + PREFIX + "SELECT ?x WHERE { ?x dg:b ?y }", 7, "CONSTRUCT query"),
    "an unknown prefix": (HEADER + "CONSTRUCT { ?x ex:a ?y } WHERE { ?x ex:b ?y }", 1, "prefix"),
    "a property path": (HEADER + PREFIX + "CONSTRUCT { ?x dg:a ?y } WHERE { ?x dg:b+ ?y }", 7, "property path"),
    "a service": (
        HEADER + PREFIX + "CONSTRUCT { ?x dg:a ?y } WHERE {\n SERVICE <http://e> { ?x dg:b ?y } }", 8, "SERVICE",
    ),
    "a named graph": (HEADER + PREFIX + "CONSTRUCT { ?x dg:a ?y } WHERE {\n GRAPH ?g { ?x dg:b ?y } }", 8, "GRAPH"),
    "an unknown function": (
        HEADER + PREFIX + "CONSTRUCT { ?x dg:a ?z } WHERE { ?x dg:b ?y .\n BIND(MD5(?y) AS ?z) }", 8, "MD5",
    ),
    "a blank node in the head": (HEADER + PREFIX + "CONSTRUCT { [] dg:a ?y } WHERE { ?x dg:b ?y }", 7, "blank node"),
    "a free predicate": (HEADER + PREFIX + "CONSTRUCT { ?x ?p ?y } WHERE { ?y ?p ?x }", 1, "variable predicate"),
    "a test that cannot see": (
        HEADER + PREFIX + "CONSTRUCT { ?x dg:a ?y } WHERE { ?x dg:b ?y . { ?x dg:c ?z\n FILTER(?y > ?z) } UNION { ?x dg:d ?z } }",
        7, "only the outside binds",
    ),
    "an order": (HEADER + PREFIX + "CONSTRUCT { ?x dg:a ?y } WHERE { ?x dg:b ?y } ORDER BY ?x", 7, "ORDER BY"),
    "an unbound head": (HEADER + PREFIX + "CONSTRUCT { ?x dg:a ?w } WHERE { ?x dg:b ?y }", 7, "ever bound"),
    "an unused parameter": (
        HEADER + "#+ parameter: window 5 years\n" + PREFIX + "CONSTRUCT { ?x dg:a ?y } WHERE { ?x dg:b ?y }", 1, "window",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_rule_is_refused_with_its_place(name: str) -> None:
    text, line, reason = MALFORMED[name]
    with pytest.raises(KnowledgeError) as caught:
        parse_rule(text, slug="wrong", path="rules/wrong.rq")
    assert str(caught.value).startswith(f"rules/wrong.rq:{line}:"), caught.value
    assert reason in str(caught.value)


def test_two_rules_of_one_id_are_refused(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.rq").write_text(
            HEADER + PREFIX + "CONSTRUCT { ?x dg:a ?y } WHERE { ?x dg:b ?y }"
        )
    with pytest.raises(KnowledgeError, match="T1 is already"):
        load_rules(tmp_path.glob("*.rq"))


def rule(slug: str, body: str, head: str = "?x dg:a ?y", id_: str = "T1") -> str:
    del slug
    return HEADER.replace("T1", id_) + PREFIX + f"CONSTRUCT {{ {head} }} WHERE {{ {body} }}"


def test_negation_in_a_circle_names_the_rules() -> None:
    one = parse_rule(rule("one", "?x dg:c ?y FILTER NOT EXISTS { ?x dg:b ?y }"), slug="one", path="one.rq")
    two = parse_rule(rule("two", "?x dg:a ?y", "?x dg:b ?y", "T2"), slug="two", path="two.rq")
    with pytest.raises(KnowledgeError, match=r"(one|two)\.rq -> (two|one)\.rq -> (one|two)\.rq"):
        build_program([one, two], [])


def test_a_rule_that_explodes_is_stopped() -> None:
    text = rule("grow", '?y dg:a ?x . BIND(IRI(CONCAT(STR(?x), "x")) AS ?z)', "?x dg:a ?z")
    growing = parse_rule(text, slug="grow", path="grow.rq")
    for engine in ("sparql", "duckdb"):
        store = accepted("<urn:a> dg:a <urn:b> .")
        with pytest.raises(KnowledgeError, match="more than 500 triples"):
            infer(store, [growing], [], engine=engine, limit=500)
        assert not list(graph_triples(store, NamedNode(INFERRED + "grow"))), "nothing is written"


def accepted(facts: str) -> Store:
    store = Store()
    turtle = f"@prefix dg: <https://w3id.org/diplograph/ontology#> . {facts}"
    for item in parse(turtle.encode(), format=RdfFormat.TURTLE):
        store.add(Quad(item.subject, item.predicate, item.object, READ[0]))
    return store


XSD = "http://www.w3.org/2001/XMLSchema#"
LANGUAGE = {
    "optional": (
        "?x dg:b ?y OPTIONAL { ?x dg:c ?z }", "?x dg:a ?y ; dg:d ?z",
        "<urn:1> dg:b <urn:2> ; dg:c <urn:3> . <urn:4> dg:b <urn:5> .",
    ),
    "bound in optional": (
        "?x dg:b ?y OPTIONAL { ?x dg:c ?z } FILTER(!BOUND(?z))", "?x dg:a ?y",
        "<urn:1> dg:b <urn:2> ; dg:c <urn:3> . <urn:4> dg:b <urn:5> .",
    ),
    "minus": ("?x dg:b ?y MINUS { ?x dg:c ?y }", "?x dg:a ?y", "<urn:1> dg:b <urn:2>, <urn:3> ; dg:c <urn:3> ."),
    "count": (
        "{ SELECT ?x (COUNT(DISTINCT ?y) AS ?n) WHERE { ?x dg:b ?y } GROUP BY ?x } FILTER(?n >= 2)", "?x dg:a ?n",
        "<urn:1> dg:b <urn:2>, <urn:3> . <urn:4> dg:b <urn:5> .",
    ),
    "sum and least": (
        "{ SELECT ?x (SUM(?v) AS ?n) (MIN(?v) AS ?m) WHERE { ?x dg:b ?v } GROUP BY ?x }", "?x dg:a ?n ; dg:d ?m",
        "<urn:1> dg:b 2, 3 . <urn:4> dg:b 5 .",
    ),
    "recursion": (
        "?x dg:a ?m . ?m dg:a ?y", "?x dg:a ?y",
        "<urn:1> dg:a <urn:2> . <urn:2> dg:a <urn:3> . <urn:3> dg:a <urn:1> .",
    ),
    "strings": (
        '?x dg:b ?v BIND(CONCAT(UCASE(SUBSTR(?v, 1, 1)), STRAFTER(?v, "-"), STR(STRLEN(?v))) AS ?w)', "?x dg:a ?w",
        '<urn:1> dg:b "ab-cd", "quo\\"te-d", "none" .',
    ),
    "dates": (
        f"?x dg:b ?d BIND(YEAR(?d) - 1 AS ?y) FILTER(MONTH(?d) IN (1, 2) || ?d > \"2020-01-01\"^^<{XSD}date>)",
        "?x dg:a ?y",
        " ".join(f'<urn:{d}> dg:b "{d}"^^<{XSD}date> .' for d in ("2019-02-03", "2019-05-03", "2021-05-03")),
    ),
    "a choice": (
        "?x dg:b ?v BIND(IF(?v > 2, \"more\", COALESCE(?none, \"less\")) AS ?w)", "?x dg:a ?w", "<urn:1> dg:b 1, 3 .",
    ),
    "nested absence": (
        "?x dg:b ?y FILTER NOT EXISTS { ?x dg:c ?z FILTER NOT EXISTS { ?z dg:d ?y } }", "?x dg:a ?y",
        "<urn:1> dg:b <urn:2> ; dg:c <urn:3> . <urn:3> dg:d <urn:2> . <urn:4> dg:b <urn:5> ; dg:c <urn:3> .",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LANGUAGE)
def test_both_engines_read_the_language_alike(name: str) -> None:
    body, head, facts = LANGUAGE[name]
    made = parse_rule(rule("t", body, head), slug="t", path="t.rq")
    found = []
    for engine in ("sparql", "duckdb"):
        store = accepted(facts)
        infer(store, [made], [], engine=engine)
        found.append(set(graph_triples(store, NamedNode(INFERRED + "t"))))
    assert found[0] == found[1] != set()


def test_the_text_of_every_shipped_rule_keeps_its_parameters() -> None:
    rules = load_rules(overrides={"defense-confirmation.window": "3"})
    assert {r.slug for r in rules} == {path.stem for path in rule_paths()}
    chosen = next(r for r in rules if r.slug == "defense-confirmation")
    assert [p.value for p in chosen.parameters] == [
        Literal("3", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer"))
    ]
    with pytest.raises(KnowledgeError, match="whole number"):
        load_rules(overrides={"defense-confirmation.window": "many"})


GROUPS = {
    "a key that is known": ("VALUES ?class { dg:K dg:L } { SELECT ?class (COUNT(?x) AS ?n) WHERE { ?x a ?class } GROUP BY ?class }", 1),
    "a key that says of what class something is": (
        "VALUES ?class { dg:K dg:L } ?y a ?class . { SELECT ?class (COUNT(?x) AS ?n) WHERE { ?x dg:b ?class } GROUP BY ?class }", 1,
    ),
    "no key": ("{ SELECT (COUNT(?x) AS ?n) WHERE { ?x a dg:L } } BIND(dg:L AS ?class)", 1),
    "no key, another way": ("{ SELECT (COUNT(?x) AS ?n) WHERE { ?x a dg:M ; a dg:K } } BIND(dg:L AS ?class)", 1),
    "nothing counted": ("VALUES ?class { dg:K dg:L } { SELECT DISTINCT ?class WHERE { ?x a ?class } } BIND(1 AS ?n)", 1),
}  # fmt: skip


@pytest.mark.parametrize("name", GROUPS)
def test_what_has_no_solutions_makes_no_group_with_a_key(name: str) -> None:
    body, expected = GROUPS[name]
    made = parse_rule(rule("t", body, "?class dg:a ?n"), slug="t", path="t.rq")
    found = []
    for engine in ("sparql", "duckdb"):
        store = accepted("<urn:1> a dg:K ; dg:b dg:K . <urn:2> a dg:M .")
        infer(store, [made], [], engine=engine)
        found.append(set(graph_triples(store, NamedNode(INFERRED + "t"))))
    assert found[0] == found[1]
    assert len(found[0]) == expected


def test_a_part_takes_the_parameters_of_the_whole() -> None:
    def under(*overrides: tuple[str, str]) -> dict[str, str]:
        rules = load_rules(overrides=dict(overrides))
        return {f"{r.slug}.{p.name}": p.value.value for r in rules for p in r.parameters}

    assert under(("defense-partner.window", "3"))["defense-confirmation.window"] == "3"
    both = under(("defense-partner.lapse", "7"))
    assert (both["defense-partner.lapse"], both["defense-partner-end.lapse"]) == ("7", "7")
    one = under(("defense-partner.lapse", "7"), ("defense-partner-end.lapse", "8"))
    assert (one["defense-partner.lapse"], one["defense-partner-end.lapse"]) == ("7", "8")
    with pytest.raises(KnowledgeError, match=r"defense-partner\.width"):
        under(("defense-partner.width", "3"))
