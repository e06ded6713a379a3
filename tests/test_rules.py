"""Every rule, on a case of its own: given these triples, then those follow from it, and these never do."""

from pathlib import Path

import pytest

from diplograph.inference.cases import run_case
from diplograph.inference.rulefile import rule_paths

CASES = Path(__file__).parent / "rules"


def test_every_rule_has_a_case() -> None:
    rules = {path.stem for path in rule_paths()}
    assert rules
    assert {path.stem for path in CASES.glob("*.trig")} == rules


@pytest.mark.parametrize("path", sorted(CASES.glob("*.trig")), ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    result = run_case(path)
    assert sorted(map(str, result.missing)) == []
    assert sorted(map(str, result.forbidden)) == []
