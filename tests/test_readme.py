"""The README is true: its commands give what it shows, and its Python runs."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from conftest import ROOT
from diplograph.cli import main

BLOCKS = re.findall(r"```(console|python)\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)


def commands(block: str) -> list[tuple[str, str]]:
    """Pairs of a command and what the README shows of its output."""
    return [(c.split("\n", 1)[0], c.split("\n", 1)[1]) for c in block.split("$ ")[1:]]


def agrees(shown: str, printed: str) -> bool:
    """Compare line by line; `...` stands for anything."""
    pattern = ".*".join(re.escape(piece) for piece in shown.split("..."))
    return re.fullmatch(pattern, printed, re.DOTALL) is not None


def test_the_readme_has_something_to_run() -> None:
    assert [kind for kind, _ in BLOCKS].count("console") >= 4
    assert [kind for kind, _ in BLOCKS].count("python") >= 1


def test_the_readme_is_true(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for kind, block in BLOCKS:
        if kind == "python":
            exec(compile(block, "README.md", "exec"), {})
            assert capsys.readouterr().out.startswith("yes\n")
            continue
        for command, shown in commands(block):
            words = shlex.split(command)
            if words[0] == "cat":
                Path(words[1]).write_text(shown, "utf-8")
                continue
            result = CliRunner().invoke(main, words[1:])
            assert result.exit_code == 0, (command, result.output)
            if shown.strip():
                assert agrees(shown.strip(), result.stdout.replace("\r\n", "\n").strip()), (
                    command,
                    result.stdout,
                )
