"""Files of others: what is taken of them, what is refused and why, and that a bad file leaves no trace."""

import bz2
import gzip
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from diplograph import importing, store
from diplograph.cli import main
from diplograph.errors import InputError
from diplograph.imported import graph_name, turtle_files
from diplograph.imported import quads as imported_quads
from diplograph.importing import run, who
from diplograph.importing.faults import ImportFaultError
from diplograph.importing.names import key
from diplograph.importing.resolution import Resolver, family_name
from diplograph.importing.run import Origin, Report
from diplograph.vocabulary import BASE, expand
from shared import shared

FOLDER = Path(__file__).parent / "importing"
CASES: dict[str, dict[str, Any]] = tomllib.loads((FOLDER / "cases.toml").read_text("utf-8"))
DAY = "2026-11-24"
SOURCE = ox.Quad(
    ox.NamedNode("http://example.org/a"),
    ox.NamedNode("http://example.org/b"),
    ox.Literal("c"),
    ox.NamedNode("http://example.org/g"),
)


@pytest.fixture(scope="module")
def resolver() -> Resolver:
    return who.load()


def background() -> Iterator[ox.Quad]:
    yield SOURCE


def origin(path: Path, kind: str | None = None) -> Origin:
    name = path.name.partition(".")[0]
    return Origin(path, kind or importing.kind_of(path), name, "https://example.org/license", DAY)


def imported(
    path: Path, directory: Path, resolver: Resolver, *, kind: str | None = None, lenient: bool = False
) -> Report:
    return run.run(origin(path, kind), directory, resolver, background, lenient=lenient)


def quads(directory: Path) -> list[ox.Quad]:
    snapshot = store.snapshot(directory)
    try:
        return list(snapshot.store)
    finally:
        snapshot.close()


def term(text: str) -> ox.NamedNode | ox.Literal:
    if text.startswith('"'):
        value, _, rest = text[1:].rpartition('"')
        if rest.startswith("@"):
            return ox.Literal(value, language=rest[1:])
        return ox.Literal(value, datatype=ox.NamedNode(expand(rest[2:]))) if rest else ox.Literal(value)
    return ox.NamedNode(BASE + "id/" + text[3:] if text.startswith("id:") else expand(text))


def test_every_file_has_a_case_and_every_format_a_file() -> None:
    files = {path.name for path in FOLDER.iterdir() if path.is_file() and path.name != "cases.toml"}
    assert files == set(CASES)
    assert {case["kind"] for case in CASES.values()} == set(importing.KINDS)


@pytest.fixture(scope="module")
def everything(
    tmp_path_factory: pytest.TempPathFactory, resolver: Resolver
) -> tuple[Path, dict[str, Report]]:
    """All files of the folder imported into one graph, each under its whole name."""
    directory = tmp_path_factory.mktemp("everything")
    reports = {name: imported(FOLDER / name, directory, resolver) for name in sorted(CASES)}
    return directory, reports


@pytest.mark.parametrize("name", sorted(CASES))
def test_rows_are_taken_or_refused_with_a_reason(
    name: str, everything: tuple[Path, dict[str, Report]]
) -> None:
    case, (directory, reports) = CASES[name], everything
    assert importing.kind_of(FOLDER / name) == case["kind"]
    report = reports[name]
    assert report.read == case["read"]
    refused = dict(report.refused)
    assert {str(row) for row in refused} == set(case["refused"])
    assert [row for row, why in refused.items() if case["refused"][str(row)] not in why] == []
    assert report.taken == case["read"] - len(case["refused"])
    graph = graph_name(name.partition(".")[0])
    found = {(q.subject, q.predicate, q.object) for q in quads(directory) if q.graph_name == graph}
    missing = [text for text in case["triples"] if tuple(map(term, text.split(" ", 2))) not in found]
    assert case["triples"] and missing == []
    assert report.triples == case["count"]


def test_what_is_written_is_read_as_reference_data_and_gives_the_same_graph(
    everything: tuple[Path, dict[str, Report]], resolver: Resolver
) -> None:
    directory, reports = everything
    files = turtle_files(directory)
    assert {path.stem for path in files} == {name.partition(".")[0] for name in reports}
    assert set(imported_quads(directory)) == set(quads(directory)) - {SOURCE}
    known = who.people_and_places(files)
    assert set(known.entities) > set(resolver.reference.entities)
    terms = known.terms["person:ada-exemplar-q999999001"]
    assert {term.time for term in terms} == {"1901/1902-03", "1999/2001-06", "2019/"}


def test_an_import_says_where_it_is_from(tmp_path: Path, resolver: Resolver) -> None:
    imported(FOLDER / "visits.csv", tmp_path, resolver)
    node = graph_name("visits")
    about = {
        q.predicate.value.rpartition("/")[2]: q.object.value for q in quads(tmp_path) if q.subject == node
    }
    assert about["license"] == "https://example.org/license"
    assert about["retrievedOn"] == DAY
    assert about["source"] == "visits.csv"
    assert {q.graph_name for q in quads(tmp_path) if q.subject == node} == {
        ox.NamedNode(expand("graph:meta"))
    }


def test_importing_again_replaces_and_leaves_other_graphs(tmp_path: Path, resolver: Resolver) -> None:
    imported(FOLDER / "visits.csv", tmp_path, resolver)
    first = quads(tmp_path)
    imported(FOLDER / "sipri.csv", tmp_path, resolver)
    imported(FOLDER / "visits.csv", tmp_path, resolver)
    graphs = {q.graph_name for q in quads(tmp_path)}
    assert {graph_name("visits"), graph_name("sipri"), SOURCE.graph_name} <= graphs
    assert set(first) <= set(quads(tmp_path))
    (tmp_path / "short").mkdir()
    short = tmp_path / "short" / "visits.csv"
    short.write_text(
        "".join((FOLDER / "visits.csv").read_text("utf-8").splitlines(keepends=True)[:2]), "utf-8"
    )
    imported(short, tmp_path, resolver)
    visits = {q.subject for q in quads(tmp_path) if q.graph_name == graph_name("visits")}
    assert ox.NamedNode(BASE + "id/visit/visits-1") in visits
    assert ox.NamedNode(BASE + "id/visit/visits-2") not in visits


def test_offices_of_an_earlier_import_are_known_to_a_later_one(tmp_path: Path, resolver: Resolver) -> None:
    imported(FOLDER / "offices.csv", tmp_path, resolver)
    table = tmp_path / "holders.csv"
    table.write_text(
        "person,personLabel,office,start,end\nQ999999001,Ada Exemplar,Q999999100,1999-01-01T00:00:00Z,\n",
        "utf-8",
    )
    with pytest.raises(ImportFaultError, match="import the offices first"):
        imported(table, tmp_path, resolver)
    assert imported(table, tmp_path, who.load(turtle_files(tmp_path))).refused == ()


@pytest.mark.parametrize(
    ("name", "state", "family"),
    [
        ("Ada Exemplar", "state:pakistan", "Exemplar"),
        ("Ada Exemplar Jr.", "state:united-states", "Exemplar"),
        ("Exem Plar-ada", "state:china", "Exem"),
        ("Exem Plar-ada", "state:south-korea", "Exem"),
        ("Ada Exemplar", "state:thailand", None),  # lists name Thais either way
        ("Exemplar", "state:pakistan", None),
        ("Ada Exemplar", None, None),
    ],
)
def test_the_place_of_the_family_name_is_learnt_from_the_people_of_a_state(
    name: str, state: str | None, family: str | None, resolver: Resolver
) -> None:
    assert family_name(name, state, resolver) == family


VISITS_HEADER = "id,start,end,visitor,from_id,from_name,description\n"
VISIT = "{},1960-01-01,1960-01-02,Keeper Exemplar,france,France,none\n"
ROSTER_HEADER = "state,position,person,start,end\n"
STATES_HEADER = "item,label,inception,dissolved,replacedBy\n"
WHOLE = (VISITS_HEADER + VISIT.format(1) * 1 + "".join(VISIT.format(n) for n in range(2, 5000))).encode()
FAULTS: dict[str, tuple[str, bytes, int | None, str]] = {
    "truncated gzip": ("visits.csv.gz", gzip.compress(WHOLE)[:9000], None, "compressed data must be whole"),
    "truncated bzip2": ("visits.csv.bz2", bz2.compress(WHOLE)[:-20], None, "compressed data must be whole"),
    "damaged gzip": ("visits.csv.gz", gzip.compress(WHOLE)[:-8] + b"\0" * 8, None, "compressed data"),
    "no gzip": ("visits.csv.gz", WHOLE, None, "compressed data must be whole"),
    "wrong columns": (
        "visits.csv",
        b"id,start,visitor\n1,2,3\n",
        1,
        "no column end, from_id, from_name, desc",
    ),
    "column twice": (
        "visits.csv",
        b"id,id,start,end,visitor,from_id,from_name,description\n",
        1,
        "id stands there more than once",
    ),
    "missing cells": ("visits.csv", (VISITS_HEADER + "1,1960-01-01\n").encode(), 2, "expected 7 cells"),
    "wrong encoding": (
        "visits.csv",
        (VISITS_HEADER + VISIT.format(1) + VISIT.format(2).replace("Keeper", "Künstler")).encode("latin-1"),
        3,
        "byte 26 is not utf-8; save the file as utf-8",
    ),
    "duplicate ids": (
        "visits.csv",
        (VISITS_HEADER + VISIT.format(1) + VISIT.format(2) + VISIT.format(1)).encode(),
        4,
        "ids must differ: 1 is also the id of row 2",
    ),
    "cyclic successors": (
        "states.csv",
        (STATES_HEADER + "Q1,A,,,Q2\nQ2,B,,,Q3\nQ3,C,,,Q1\n").encode(),
        4,
        "no state may come after itself: Q3 is replaced by Q1 is replaced by Q2 is replaced by Q3",
    ),
    "its own successor": (
        "states.csv",
        (STATES_HEADER + "Q1,A,,,Q1\n").encode(),
        2,
        "no state may come after itself: Q1 is replaced by Q1",
    ),
    "overlapping terms of one person": (
        "roster.csv",
        (
            ROSTER_HEADER
            + "Iran,Keeper,Ada,1990,1999\nIran,Keeper,Bob,1995,1996\nIran,Keeper,Ada,1997,2003\n"
        ).encode(),
        4,
        "terms must not overlap: Ada as Keeper (1997/2003) overlaps with the term of row 2",
    ),
    "overlapping leaders": (
        "archigos.csv",
        b"obsid,leadid,ccode,idacr,leader,startdate,enddate\n"
        b"A,a,365,RUS,Ada,1990-01-01,1994-01-01\nB,b,365,RUS,Bob,1993-01-01,1996-01-01\n",
        3,
        "terms must not overlap: Bob as Effective Leader",
    ),
    "cut off results": (
        "holders.json",
        (FOLDER / "holders.json").read_bytes()[:900],
        None,
        "results must be whole",
    ),
    "unknown variables": (
        "holders.json",
        b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"1"}}]}}',
        None,
        "variables must be those of a known query",
    ),
    "answer of an ASK": ("holders.json", b'{"head":{},"boolean":true,"vars":1}', None, "results must be"),
    "bad line of a dump": (
        "dump.json",
        b'[\n{"id":"Q1","claims":{"P39":[]},"labels":{}},\n{"id":"Q2","claims":{"P39":\n]\n',
        3,
        "each line must be one entity",
    ),
    "no rows": ("visits.csv", VISITS_HEADER.encode(), None, "file must have rows"),
    "empty": ("visits.csv", b"", 1, "found nothing"),
}
KIND = {
    "visits": "us-visits",
    "states": "wikidata-results",
    "holders": "wikidata-results",
    "dump": "wikidata-dump",
}


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_bad_file_is_named_with_row_and_rule_and_leaves_no_trace(
    fault: str, tmp_path: Path, resolver: Resolver
) -> None:
    name, content, row, message = FAULTS[fault]
    path = tmp_path / name
    path.write_bytes(content)
    stem = name.partition(".")[0]
    with pytest.raises(ImportFaultError) as raised:
        imported(path, tmp_path / "graph", resolver, kind=KIND.get(stem, stem))
    assert str(raised.value).startswith(str(path))
    assert message in str(raised.value)
    assert row is None or raised.value.row == row
    assert not (tmp_path / "graph").exists()


@pytest.mark.parametrize("fault", ["duplicate ids", "cyclic successors", "overlapping leaders"])
def test_contradictions_are_refused_row_by_row_when_asked(
    fault: str, tmp_path: Path, resolver: Resolver
) -> None:
    name, content, row, message = FAULTS[fault]
    path = tmp_path / name
    path.write_bytes(content)
    stem = name.partition(".")[0]
    report = imported(path, tmp_path / "graph", resolver, kind=KIND.get(stem, stem), lenient=True)
    assert [message in why for number, why in report.refused if number == row] == [True]


def test_a_fault_leaves_the_earlier_graph_as_it_was(tmp_path: Path, resolver: Resolver) -> None:
    imported(FOLDER / "visits.csv", tmp_path, resolver)
    before = set(quads(tmp_path))
    path = tmp_path / "visits.csv"
    path.write_bytes(FAULTS["duplicate ids"][1])
    with pytest.raises(ImportFaultError):
        imported(path, tmp_path, resolver)
    assert set(quads(tmp_path)) == before
    assert {file.name for file in (tmp_path / "imports").iterdir()} == {"visits.ttl", "visits.refused.tsv"}


def test_the_command_reports_and_its_exit_code_tells_faults_from_mistakes(tmp_path: Path) -> None:
    runner = CliRunner()
    target = ["-o", str(tmp_path / "graph"), "--retrieved", DAY]
    done = runner.invoke(main, ["import", str(FOLDER / "visits.csv"), *target, "--json"])
    assert done.exit_code == 0, done.output
    report = json.loads(done.output)
    assert (report["read"], report["taken"], len(report["refused"])) == (5, 2, 3)
    bad = tmp_path / "visits.csv"
    bad.write_bytes(FAULTS["duplicate ids"][1])
    fault = runner.invoke(main, ["import", str(bad), *target])
    assert fault.exit_code == 1
    assert f"{bad}, row 4: ids must differ" in fault.output
    unlicensed = runner.invoke(main, ["import", str(FOLDER / "sipri.csv"), *target])
    assert (unlicensed.exit_code, "--license" in unlicensed.output) == (2, True)
    undated = runner.invoke(main, ["import", str(FOLDER / "visits.csv"), "--retrieved", "today"])
    assert (undated.exit_code, "'today' is no day" in undated.output) == (2, True)
    unknown = tmp_path / "unknown.csv"
    unknown.write_text("a,b\n1,2\n", "utf-8")
    assert runner.invoke(main, ["import", str(unknown), *target]).exit_code == 2


def test_the_kinds_of_the_command_are_those_of_the_package() -> None:
    option = next(p for p in main.commands["import"].params if p.name == "kind")  # type: ignore[attr-defined]
    assert set(option.type.choices) == set(importing.KINDS)


def test_an_unknown_beginning_is_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n", "utf-8")
    with pytest.raises(InputError, match=r"no known format begins so; known are .*--kind"):
        importing.kind_of(path)


REAL = {
    "archigos-4.1.csv": ("archigos", 3409, 0.98),
    "us-president-secretary-travels-to-1989.csv": ("us-travels", 1553, 0.98),
    "us-visits-by-foreign-leaders-to-1989.csv": ("us-visits", 1167, 0.98),
    "wikidata-world-leaders-2021.csv": ("roster", 424, 1.0),
    "wikidata-office-holders.csv": ("roster", 9556, 0.98),
}


@pytest.mark.parametrize("name", sorted(REAL))
def test_real_files_are_taken_nearly_whole(name: str, tmp_path: Path, resolver: Resolver) -> None:
    path = shared(f"data/{name}")
    kind, rows, least = REAL[name]
    assert importing.kind_of(path) == kind
    report = imported(path, tmp_path, resolver, lenient=kind == "roster")
    assert report.read == rows
    assert report.taken / rows >= least


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Côte d’Ivoire", "Cote d'Ivoire"),
        ("U.S.S.R.", "USSR"),
        ("St. Lucia", "Saint Lucia"),
        ("The Gambia", "Gambia"),
        ("Muscat & Oman", "Muscat and Oman"),
    ],
)
def test_spelling_does_not_matter_to_a_key(one: str, other: str) -> None:
    assert key(one) == key(other)
    assert key(one) != key("Oman")
