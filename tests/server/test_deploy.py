"""The deployment examples name commands and options that exist."""

import re
from pathlib import Path

import pytest

from diplograph import cli

DEPLOY = Path(__file__).resolve().parents[2] / "examples" / "deploy"
FILES = sorted(path for path in DEPLOY.iterdir() if path.is_file())


def test_the_examples_are_there() -> None:
    assert {path.name for path in FILES} == {
        "Containerfile",
        "README.md",
        "compose.yaml",
        "diplograph.service",
        "nginx.conf",
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_options_exist(path: Path) -> None:
    known = {option for parameter in cli.serve.params for option in parameter.opts} | {"--timeout"}
    foreign = {"--no-cache-dir", "--from", "--chown", "--interval", "--start-period", "--system", "--uid"}
    used = set(re.findall(r"(?<![\w-])--[a-z][\w-]*", path.read_text(encoding="utf-8")))
    assert used <= known | foreign
