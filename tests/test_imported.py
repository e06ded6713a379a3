"""What was imported is known: to the reader, whom a text names; to the rules, what is on record; a proof cites it."""

import json
from pathlib import Path

from click.testing import CliRunner

from diplograph.cli import main


def test_rules_and_reading_know_what_was_imported(tmp_path: Path) -> None:
    directory, runner = str(tmp_path / "graph"), CliRunner()
    for name, more in (("sipri.csv", []), ("roster.csv", ["--kind", "roster"])):
        path = str(Path(__file__).parent / "importing" / name)
        done = runner.invoke(
            main, ["import", path, "--license", "x", "--retrieved", "2026-11-24", "-o", directory, *more]
        )
        assert done.exit_code == 0, done.output
    asked = ["explain", directory, "RUS", "dg:armsSupplierOf", "PAK"]
    proved = runner.invoke(main, asked)
    assert proved.exit_code == 0, proved.output
    assert "retrieved 2026-11-24" in proved.output
    text = tmp_path / "text.txt"
    text.write_text("Ada Exemplar visited Moscow in May 2000.", "utf-8")
    built = runner.invoke(main, ["build", str(text), "-o", directory])
    assert built.exit_code == 0, built.output
    record = json.loads((tmp_path / "graph" / "claims" / "text.jsonl").read_text("utf-8"))
    assert record["source"] == ["Ada Exemplar", "PAK"]
    visitor = "SELECT ?who { GRAPH <https://w3id.org/diplograph/graph/accepted> { ?visit dg:visitor ?who } }"
    assert "ada-exemplar" in runner.invoke(main, ["query", directory, visitor]).output
    again = runner.invoke(main, asked)
    assert again.output == proved.output
