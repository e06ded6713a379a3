"""The query, update and syntax suites of the W3C, as a ratchet: what fails is listed, with the reason."""

import tempfile
import tomllib
from pathlib import Path

import pytest

from . import w3c, w3c_queries

ROOT = w3c.unpack(Path(tempfile.mkdtemp(prefix="w3c-")))
KNOWN = tomllib.loads(Path(__file__).with_name("w3c_known.toml").read_text(encoding="utf-8"))
TOTALS = {"sparql10": 482, "sparql11": 498, "sparql12": 269}

pytestmark = pytest.mark.skipif(
    ROOT is None, reason=f"the SPARQL suites are not at {w3c.shared() / 'suites'}; set DIPLOGRAPH_SHARED"
)


def outcome(test: w3c_queries.Test) -> bool:
    try:
        return w3c_queries.passes(test)
    except (SyntaxError, ValueError, OSError, RuntimeError):
        return False


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of rdflib, which reads the manifests
@pytest.mark.parametrize("suite", sorted(TOTALS))
def test_suite(suite: str) -> None:
    assert ROOT is not None
    found = w3c_queries.tests_of(ROOT, suite)
    assert len(found) == TOTALS[suite]
    failed = {test.id for test in found if not outcome(test)}
    assert failed == set(KNOWN[suite])
