"""Queries for Wikidata, differences from it, and statements for it."""

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from rdflib.plugins.sparql import prepareQuery

from diplograph import store
from diplograph.cli import main
from diplograph.errors import InputError
from diplograph.importing import results, who
from diplograph.importing.resolution import Resolver
from diplograph.wikidata import diff, export, queries, quickstatements
from diplograph.wikidata.diff import BOTH, HERE, THERE, Difference
from diplograph.wikidata.quickstatements import Reference, Statement
from shared import shared

HERE_FOLDER = Path(__file__).parent / "wikidata"
NAMES = {
    "by-name", "diplomatic-relations", "links-check", "memberships", "names", "office-holders", "offices",
    "statements", "states", "treaties", "visits-from-diplograph", "weapons",
}  # fmt: skip
DAY = "2026-11-24"


@pytest.fixture(scope="module")
def resolver() -> Resolver:
    return who.load()


def variables(text: str) -> list[str]:
    return [str(variable) for variable in prepareQuery(text).algebra.PV]


def test_the_queries_are_those_expected() -> None:
    assert {query.name for query in queries.load()} == NAMES
    assert {path.stem for path in (queries.folder() / "export").glob("*.rq")} == {
        "diplomatic-relations", "memberships", "offices", "visits",
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_query_parses_and_uses_standard_sparql_only(name: str) -> None:
    query = queries.named(name)
    assert query.question.endswith("?")
    assert variables(query.text)
    assert "wikibase:label" not in query.text and "bd:" not in query.text


@pytest.mark.parametrize("name", sorted(NAMES))
def test_an_importer_knows_the_variables_of_the_queries_that_feed_it(name: str) -> None:
    text = queries.named(name).text
    feeds = next((line for line in text.splitlines() if line.startswith("#+ feeds:")), "")
    known = results._maker(variables(text)) is not None
    assert known == (
        "import" in feeds or name in {"offices", "office-holders", "names", "diplomatic-relations"}
    )


def test_a_query_is_filled_with_the_items_of_what_it_is_about(resolver: Resolver) -> None:
    links = who.links()

    def filled(name: str, *about: str) -> str:
        return queries.filled(queries.named(name), about, links, resolver.reference)

    assert "VALUES ?state { wd:Q843 }" in filled("offices", "state:pakistan")
    assert "VALUES ?office { wd:Q473984 wd:Q735575 wd:Q5251233 }" in filled(
        "office-holders", "state:pakistan"
    )
    assert "VALUES ?item { wd:Q40495 }" in filled("names", "person:pervez-musharraf")
    assert '"Zulfikar Ali Bhutto"@en' in filled("by-name", "person:zulfikar-ali-bhutto")
    everything = filled("links-check")
    assert everything.count("wd:Q") > 1000
    assert variables(everything) == ["item", "label", "redirect", "classes"]
    with pytest.raises(InputError, match="nothing of state:atlantis fits"):
        filled("offices", "state:atlantis")
    with pytest.raises(InputError, match="there is no query 'nothing'; there are by-name"):
        queries.named("nothing")


HOLDERS = """person,personLabel,office,statement,start,startPrecision,end,endPrecision
Q155164,Imran Khan,Q735575,s1,2018-08-18T00:00:00Z,11,2022-04-09T00:00:00Z,11
Q134068,Nawaz Sharif,Q735575,s2,1990-01-01T00:00:00Z,9,1993-01-01T00:00:00Z,9
Q999999001,Ada Exemplar,Q735575,s3,1901-01-01T00:00:00Z,9,,
Q999999001,Ada Exemplar,Q999999200,s4,1901-01-01T00:00:00Z,9,,
"""


def test_terms_are_compared_with_what_wikidata_has(tmp_path: Path, resolver: Resolver) -> None:
    path = tmp_path / "holders.csv"
    path.write_text(HOLDERS, "utf-8")
    found = diff.compare(path, resolver, who.links())
    assert Difference(THERE, "Q999999200", "office", "", "Q999999200") in found
    assert (
        Difference(
            THERE, "office:prime-minister-of-pakistan", "holder", "", "Ada Exemplar Q999999001 (1901/)"
        )
        in found
    )
    khan = [d for d in found if d.subject == "person:imran-khan"]
    assert khan == [
        Difference(
            BOTH, "person:imran-khan", "end as office:prime-minister-of-pakistan", "2022-04-10", "2022-04-09"
        )
    ]
    sharif = [d for d in found if d.subject == "person:nawaz-sharif"]
    assert len(sharif) > 0
    assert {d.where for d in sharif} == {HERE}
    lacking = [d for d in found if d.where == HERE and d.property == "holder"]
    assert any(d.ours.startswith("person:benazir-bhutto (") for d in lacking)


def test_states_are_compared_with_what_wikidata_has(tmp_path: Path, resolver: Resolver) -> None:
    path = tmp_path / "states.csv"
    path.write_text(
        "item,label,iso2,iso3,inception,dissolved,demonyms,replacedBy\n"
        "Q843,Pakistan,PK,PAX,1947-08-14T00:00:00Z,,Pakistani|Testani,\n"
        "Q999999300,Testonia,,,1801-01-01T00:00:00Z,,,\n",
        "utf-8",
    )
    assert diff.compare(path, resolver, who.links()) == [
        Difference(BOTH, "state:pakistan", "iso3", "PAK", "PAX"),
        Difference(THERE, "Q999999300", "state", "", "Testonia Q999999300 (1801-01-01/)"),
        Difference(THERE, "state:pakistan", "demonym", "", "Testani"),
    ]


def test_links_are_checked(tmp_path: Path, resolver: Resolver) -> None:
    path = tmp_path / "check.csv"
    path.write_text(
        "item,label,redirect,classes\nQ843,Pakistan,,Q3624078\nQ159,Russian Federation,,\nQ40495,,,\n"
        "Q155164,Imran Khan,http://www.wikidata.org/entity/Q1,\nQ999999999,Nobody,,\n",
        "utf-8",
    )
    assert diff.compare(path, resolver, who.links()) == [
        Difference(BOTH, "person:imran-khan", "item", "Q155164", "Q1"),
        Difference(BOTH, "state:russia", "label", "Russia", "Russian Federation"),
        Difference(THERE, "Q999999999", "link", "", "Nobody"),
        Difference(HERE, "person:pervez-musharraf", "item", "Q40495", ""),
    ]


def test_what_cannot_be_compared_is_refused(tmp_path: Path, resolver: Resolver) -> None:
    path = tmp_path / "names.csv"
    path.write_text("item,kind,text\nQ843,alias,Pak\n", "utf-8")
    with pytest.raises(
        InputError, match="only office holders, states and checked links are compared; found Names"
    ):
        diff.compare(path, resolver, who.links())


def test_a_real_list_agrees_nearly_everywhere(resolver: Resolver) -> None:
    found = diff.compare(shared("data/wikidata-world-leaders-2021.csv"), resolver, who.links())
    assert len([d for d in found if d.where == BOTH]) < 20
    assert len([d for d in found if d.where == THERE]) < 60


REFERENCE = Reference(
    "https://example.org/page", "A page", 'It said "yes" |\n  and\tjoined.', "2023-04-05", DAY
)
LINES = {
    Statement(
        "Q33", "P463", "Q7184", "P580", "2023-04-04", REFERENCE
    ): "Q33\tP463\tQ7184\tP580\t+2023-04-04T00:00:00Z/11",
    Statement(
        "Q33", "P463", "Q7184", "P580", "2023-04", REFERENCE
    ): "Q33\tP463\tQ7184\tP580\t+2023-04-00T00:00:00Z/10",
    Statement(
        "Q33", "P463", "Q7184", "P580", "2023", REFERENCE
    ): "Q33\tP463\tQ7184\tP580\t+2023-00-00T00:00:00Z/9",
    Statement("Q33", "P463", "Q7184", "P580", "2023?", REFERENCE): "Q33\tP463\tQ7184",
    Statement("Q33", "P463", "Q7184", "P580", "2022/2023", REFERENCE): "Q33\tP463\tQ7184",
    Statement("Q33", "P463", "Q7184", "P580", None, REFERENCE): "Q33\tP463\tQ7184",
}
SOURCE = (
    '\tS854\t"https://example.org/page"\tS1476\ten:"A page"\tS577\t+2023-04-05T00:00:00Z/11'
    '\tS813\t+2026-11-24T00:00:00Z/11\tS1683\ten:"It said "yes" | and joined."'
)


@pytest.mark.parametrize("statement", sorted(LINES, key=str))
def test_a_statement_is_one_line_with_its_reference(statement: Statement) -> None:
    assert quickstatements.line(statement) == LINES[statement] + SOURCE


def test_a_long_quotation_is_left_out() -> None:
    long = Reference("https://example.org/page", "A page", "word " * 100, None, DAY)
    assert "S1683" not in quickstatements.line(Statement("Q1", "P463", "Q2", "P580", None, long))


def graph() -> ox.Store:
    loaded = ox.Store()
    loaded.load((HERE_FOLDER / "graph.trig").read_bytes(), format=ox.RdfFormat.TRIG)
    return loaded


def items() -> dict[str, str]:
    return {link.subject_id: link.object_id[3:] for link in who.links() if link.predicate_id == "owl:sameAs"}


def known(path: Path, *rows: str) -> export.Known:
    path.write_text("item,property,value\n" + "".join(row + "\n" for row in rows), "utf-8")
    return export.known(path)


def test_only_what_wikidata_lacks_is_exported(tmp_path: Path) -> None:
    ours = items()
    asked = [
        f"{ours[name]},,"
        for name in ("state:finland", "state:russia", "person:nawaz-sharif", "state:pakistan")
    ]
    there = known(tmp_path / "known.csv", *asked, f"{ours['state:russia']},P530,{ours['state:pakistan']}")
    found = export.export(graph(), ours, there, DAY)
    assert [(s.subject, s.property, s.value, s.time) for s in found.statements] == sorted(
        [
            (ours["state:finland"], "P463", "Q7184", "2023-04-04"),
            (ours["state:pakistan"], "P530", ours["state:russia"], "1948-05"),
            (ours["state:russia"], "P11801", ours["person:imran-khan"], "2022-02-23/2022-02-24"),
        ]
    )
    left_out = {(each.subject, each.value): each.left_out for each in found.found if each.left_out}
    assert left_out == {
        (
            "person:nawaz-sharif",
            "office:prime-minister-of-pakistan",
        ): "the graph has it at several times: 1990, 2013",
        ("state:russia", "person:nobody"): "person:nobody is not linked to an item",
        ("state:russia", "state:pakistan"): "Wikidata has it",
    }
    assert {each.stance for each in found.found} == {"dg:Plain", "dg:Attributed"}


def test_nothing_is_exported_of_which_wikidata_was_not_asked(tmp_path: Path) -> None:
    found = export.export(graph(), items(), known(tmp_path / "known.csv"), DAY)
    assert found.statements == ()
    assert "Wikidata was not asked about Q33" in {each.left_out for each in found.found}


def test_exporting_twice_adds_nothing(tmp_path: Path) -> None:
    ours = items()
    asked = [
        f"{ours[name]},,"
        for name in ("state:finland", "state:russia", "person:nawaz-sharif", "state:pakistan")
    ]
    there = known(tmp_path / "known.csv", *asked)
    first = export.export(graph(), ours, there, DAY)
    again = export.export(graph(), ours, there, DAY)
    lines = [quickstatements.line(statement) for statement in first.statements]
    assert len(lines) == 4
    assert lines == [quickstatements.line(statement) for statement in again.statements]
    assert len({tuple(line.split("\t")[:3]) for line in lines}) == len(lines)
    after = known(tmp_path / "after.csv", *asked, *(",".join(line.split("\t")[:3]) for line in lines))
    assert export.export(graph(), ours, after, DAY).statements == ()


def test_a_result_of_another_query_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("item,label\nQ1,x\n", "utf-8")
    with pytest.raises(InputError, match="no result of the query `statements`; found item, label"):
        export.known(path)


def test_the_commands_print_compare_and_export(tmp_path: Path) -> None:
    runner = CliRunner()
    listed = runner.invoke(main, ["wikidata", "queries"])
    assert {line.split()[0] for line in listed.output.splitlines()} == NAMES
    printed = runner.invoke(main, ["wikidata", "queries", "offices", "--about", "state:russia"])
    assert "VALUES ?state { wd:Q159 }" in printed.output
    table = tmp_path / "holders.csv"
    table.write_text(HOLDERS, "utf-8")
    compared = runner.invoke(main, ["wikidata", "diff", str(table), "--json"])
    assert {"only Wikidata", "only here", "differs"} == {
        each["where"] for each in json.loads(compared.output)
    }
    with store.building(tmp_path / "graph") as target:
        target.extend(graph())
    (tmp_path / "known.csv").write_text(f"item,property,value\n{items()['state:finland']},,\n", "utf-8")
    options = ["--known", str(tmp_path / "known.csv"), "-o", str(tmp_path / "batch.txt")]
    exported = runner.invoke(
        main, ["wikidata", "export", str(tmp_path / "graph"), *options, "--retrieved", DAY]
    )
    assert exported.exit_code == 0, exported.output
    assert "1 statements to export" in exported.output
    assert '“It said "yes" | and joined.” https://example.org/page' in exported.output
    assert (tmp_path / "batch.txt").read_text("utf-8").count("\n") == 1
    undated = runner.invoke(
        main, ["wikidata", "export", str(tmp_path / "graph"), *options, "--retrieved", "now"]
    )
    assert undated.exit_code == 2
