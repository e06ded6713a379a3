"""The command line: what it prints, and that bad input gets a message, an exit code and no traceback."""

import json
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from diplograph.cli import main

NOTE = "Russia lifted its arms embargo on Pakistan in 2014. No Russian president has visited Islamabad.\n"


def run(*arguments: str | Path, given: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=given)


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    (folder / "note.txt").write_text(NOTE, "utf-8")
    result = run("build", folder / "note.txt", "--date", "2022-04-08", "-o", folder / "graph", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["documents"] == 1
    return folder / "graph"


def test_extract_prints_an_object_an_event(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text(NOTE, "utf-8")
    result = run("extract", tmp_path / "note.txt")
    records = [json.loads(line) for line in result.stdout.splitlines()]
    facts = [(r["type"], r["source"], r["target"], r["time"], r["polarity"]) for r in records]
    assert ("EmbargoLifting", ["RUS"], ["PAK"], "2014", "affirmed") in facts
    assert [r["polarity"] for r in records if r["type"] == "Visit"] == ["denied"]
    for record in records:
        start, end = record["trigger"]
        assert NOTE[start:end].strip()


def test_extract_reads_standard_input() -> None:
    result = run("extract", "-", given="President Musharraf visited Russia in 2003.")
    assert json.loads(result.stdout)["source"] == ["Pervez Musharraf", "PAK"]


def test_a_text_without_an_event_gives_nothing_and_no_error() -> None:
    result = run("extract", "-", given="The weather was mild and the tea was hot.")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "the text tells of no event" in result.stderr


@pytest.mark.parametrize(
    ("form", "start"),
    [
        ("json", "{"),
        ("csv", "time"),
        ("tsv", "?time"),
        ("xml", "<?xml"),
        ("table", "┏"),
    ],
)
def test_query_formats(graph: Path, form: str, start: str) -> None:
    result = run("query", graph, "SELECT ?time { ?e a dg:EmbargoLifting ; dg:time ?time }", "-f", form)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(start)
    assert "2014" in result.stdout


def test_query_gives_graphs(graph: Path) -> None:
    result = run(
        "query", graph, "CONSTRUCT { ?e a dg:EmbargoLifting } WHERE { ?e a dg:EmbargoLifting }", "-f", "ttl"
    )
    assert "a dg:EmbargoLifting" in result.stdout


def test_query_reads_a_file(graph: Path, tmp_path: Path) -> None:
    (tmp_path / "ask.rq").write_text("ASK { ?e a dg:EmbargoLifting }", "utf-8")
    assert run("query", graph, tmp_path / "ask.rq").stdout == "yes\n"


def test_explain_quotes_the_words(graph: Path) -> None:
    result = run("explain", graph, "RUS", "dg:embargoed", "PAK")
    assert result.exit_code == 0, result.output
    assert "R06" in result.stdout
    assert "“Russia lifted its arms embargo on Pakistan”" in result.stdout


def test_explain_of_what_does_not_hold(graph: Path) -> None:
    result = run("explain", graph, "FRA", "dg:embargoed", "PAK")
    assert result.exit_code == 1
    assert "neither stated nor derived" in result.stderr


def test_why_not_says_what_is_missing(graph: Path) -> None:
    result = run("why-not", graph, "RUS", "dg:visited", "PAK")
    assert result.exit_code == 0, result.output
    assert "it does not hold" in result.stdout
    assert "lacks" in result.stdout
    assert "dg:EmbargoLifting (2014), dg:Affirmed, dg:Actual" in result.stdout


def test_why_not_on_a_day(graph: Path) -> None:
    assert (
        "it does not hold on 2016-01-01"
        in run("why-not", graph, "RUS", "dg:embargoed", "PAK", "--on", "2016-01-01").stdout
    )
    assert run("why-not", graph, "RUS", "dg:embargoed", "PAK", "--on", "some day").exit_code == 2


def test_ablation_of_a_document_and_of_a_rule(graph: Path) -> None:
    for without in ("note", "embargo-in-force"):
        result = run("ablate", graph, "--without", without)
        assert result.exit_code == 0, result.output
        assert "vanishes: id/arms-embargo/rus-pak-until-2014-01-01 a dg:ArmsEmbargo" in result.stdout
    assert run("ablate", graph, "--without", "nothing").exit_code == 2


def test_sweep_shows_what_comes_and_goes(graph: Path) -> None:
    result = run("sweep", graph, "--param", "relation-trend.gap=1,2")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[0].split() == ["relation-trend.gap", "conclusions", "gained", "lost"]


def test_validate_conforms(graph: Path) -> None:
    result = run("validate", graph)
    assert result.exit_code == 0, result.output
    assert "the graph conforms" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("build", "missing.txt"), "no such file"),
        (("build", "empty.txt"), "empty.txt: the text is empty"),
        (("build", "binary.txt"), "not UTF-8 text"),
        (("build", "zeros.txt"), "a binary file"),
        (("build", "program.txt"), "a binary file"),
        (("build", "cable.docx"), "cannot be read"),
        (("extract", "folder"), "a folder; name one text"),
        (("serve", "nowhere"), "no graph in nowhere"),
        (("build", "note.txt", "--date", "yesterday"), "is no EDTF date"),
        (("build", "folder"), "the folder has no"),
        (("build", "front.md"), "the front matter is no YAML"),
        (("extract", "note.txt", "--format", "yaml"), "'yaml' is not one of"),
        (("query", "nowhere", "ASK {}"), "nowhere"),
        (("explain", "nowhere", "PAK", "dg:visited", "RUS"), "nowhere"),
        (("validate", "nowhere"), "nowhere"),
        (("frobnicate",), "No such command"),
    ],
)
def test_bad_input(
    arguments: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("note.txt").write_text(NOTE, "utf-8")
    Path("empty.txt").write_text(" \n", "utf-8")
    Path("binary.txt").write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe")
    Path("zeros.txt").write_bytes(b"\x00\x01\x02")
    Path("program.txt").write_bytes(b"\x7fELF\x00\xf0\xff")
    Path("cable.docx").write_bytes(b"PK")
    Path("front.md").write_text("---\ntitle: [open\n---\ntext", "utf-8")
    Path("folder").mkdir()
    result = run(*arguments)
    assert result.exit_code in {1, 2}
    assert message in result.stderr
    assert result.exception is None or isinstance(result.exception, SystemExit)


@pytest.mark.parametrize(
    ("query", "form", "message"),
    [
        ("SELECT ?x {", "table", "the query cannot be read"),
        ("SELECT ?x { ?x a foo:Visit }", "table", "after “SELECT ?x { ?x a foo:Visit”: Prefix not found"),
        ("SELECT ?x { ?x a dg:Visit }", "ttl", "use -f"),
        ("INSERT DATA { <a:a> <a:b> <a:c> }", "table", "an update"),
        ("words " * 100, "table", "neither a file nor a SPARQL query"),
        ("", "table", "neither a file nor a SPARQL query"),
        ("DESCRIBE state:pakistan", "csv", "use -f ttl"),
        ("no-such-file.rq", "table", "neither a file nor a SPARQL query"),
        ("SELECT ?x { ?x a dg:Visit }", "yaml", "'yaml' is not one of"),
    ],
)
def test_bad_queries(graph: Path, query: str, form: str, message: str) -> None:
    result = run("query", graph, query, "-f", form)
    assert result.exit_code == 2
    assert message in result.stderr
    assert isinstance(result.exception, SystemExit)


def test_an_unknown_name_is_told(graph: Path) -> None:
    result = run("explain", graph, "Atlantis", "dg:visited", "PAK")
    assert result.exit_code == 2
    assert "nothing in the graph is called 'Atlantis'" in result.stderr


@pytest.mark.parametrize("command", ["explain", "why-not"])
def test_an_unknown_relation_is_told(graph: Path, command: str) -> None:
    for name in ("admires", "dg:admires", "nope:visited", "nope"):
        result = run(command, graph, "RUS", name, "PAK")
        assert result.exit_code == 2
        assert f"the graph knows no relation {name!r}" in result.stderr
    assert run(command, graph, "RUS", "embargoed", "PAK").exit_code == 0


def test_help_has_examples_for_every_command() -> None:
    assert len(main.commands) >= 6
    for name in ("build", "extract", "query", "explain"):
        assert f"diplograph {name}" in run(name, "--help").stdout


def test_a_graph_that_is_built_anew_keeps_its_imports(tmp_path: Path) -> None:
    roster = tmp_path / "keepers.csv"
    roster.write_text(
        "state,position,person,start,end\nPakistan,Keeper of the Test Seal,Ada Exemplar,1999,\n", "utf-8"
    )
    (tmp_path / "note.txt").write_text(NOTE, "utf-8")
    graph, rows = tmp_path / "graph", "SELECT * { GRAPH <%s> { ?s ?p ?o } } ORDER BY ?s ?p ?o"
    options = ("--license", "CC0", "--retrieved", "2026-11-24", "-o", graph)
    assert run("import", roster, *options).exit_code == 0
    query = rows % "https://w3id.org/diplograph/graph/import/keepers"
    before = run("query", graph, query, "-f", "csv").stdout
    assert "Ada Exemplar" in before
    result = run("build", tmp_path / "note.txt", "-o", graph)
    assert "imports kept: keepers" in result.stdout
    assert run("query", graph, query, "-f", "csv").stdout == before
    assert (
        run("query", graph, "ASK { GRAPH graph:meta { ?import dcterms:source 'keepers.csv' } }").stdout
        == "yes\n"
    )
    assert run("query", graph, "ASK { ?e a dg:EmbargoLifting }").stdout == "yes\n"


def test_inference_where_there_is_no_graph_writes_nothing(tmp_path: Path) -> None:
    result = run("infer", tmp_path / "nowhere")
    assert result.exit_code == 1
    assert "no graph in" in result.stderr
    assert not (tmp_path / "nowhere").exists()


def test_what_is_neither_rule_nor_document_gets_a_guess(graph: Path) -> None:
    result = run("ablate", graph, "--without", "defence-partner")
    assert result.exit_code == 2
    assert "did you mean defense-partner?" in result.stderr and "note" in result.stderr


def test_a_parameter_is_never_less_than_nothing(graph: Path) -> None:
    result = run("infer", graph, "--set", "defense-partner.window=-3")
    assert result.exit_code == 1
    assert "-3" in result.stderr and "less than nothing" in result.stderr


def test_what_is_named_like_a_file_is_no_prose() -> None:
    result = run("link", "missing.txt")
    assert result.exit_code == 2
    assert "missing.txt: no such file" in result.stderr


def test_a_taken_port_is_one_line(graph: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = run("serve", graph, "--port", str(port))
    assert result.exit_code == 2
    assert f"port {port}" in result.stderr and "--port" in result.stderr
    assert "serves" not in result.stderr


def test_an_import_of_which_nothing_is_taken_is_refused(tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text("position,person,start,end\nKeeper,Bo Test,2001,2003\n", "utf-8")
    asked = ("--kind", "roster", "--license", "x", "--retrieved", "2026-11-24", "-o", tmp_path / "graph")
    refused = run("import", roster, *asked)
    assert refused.exit_code == 1
    assert "row 2: no state is named" in refused.stderr
    assert not (tmp_path / "graph").exists()
    roster.write_text("position,person,start,end,state\nKeeper,Bo Test,2001,2003,SWE\n", "utf-8")
    assert run("import", roster, *asked).exit_code == 0
