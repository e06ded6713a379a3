"""The OWL 2 RL conformance suite of Schneider and Mainzer, core part: both engines against the tests owlrl passes."""

import os
import re
import tarfile
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Quad, RdfFormat, Store, Triple, parse

from diplograph.inference.entailment import entail

SHARED = Path(os.environ.get("DIPLOGRAPH_SHARED", Path(__file__).parents[2] / "shared"))
ARCHIVE = SHARED / "suites" / "owl2rl.tar.xz"
# The profile has axiomatic triples that say nothing about a graph; the terminology is closed without them.
LEFT_OUT = {"rdfbased-sem-eqdis-sameas-rflxv": "that everything is the same as itself is not written down"}

pytestmark = pytest.mark.skipif(not ARCHIVE.is_file(), reason=f"the conformance suite is not at {ARCHIVE}")


@lru_cache(maxsize=1)
def suite() -> dict[str, dict[str, str]]:
    """Return the files of the core tests by test and by the middle of the file name."""
    tests: dict[str, dict[str, str]] = {}
    with tarfile.open(ARCHIVE) as archive:
        for member in archive.getmembers():
            parts = Path(member.name).name.split(".")
            if member.isfile() and not parts[0].startswith("rdfbased-dat") and parts[1] != "owlwgwiki":
                content = archive.extractfile(member)
                assert content is not None
                tests.setdefault(parts[0], {})[parts[1]] = content.read().decode()
    return tests


def names() -> list[str]:
    return sorted(suite()) if ARCHIVE.is_file() else []


def test_the_whole_core_is_there() -> None:
    kinds = [kind(test) for test in suite().values()]
    assert (kinds.count("POSITIVE_ENTAILMENT"), kinds.count("INCONSISTENCY")) == (94, 23)


@pytest.mark.parametrize("engine", ["duckdb", "sparql"])
@pytest.mark.parametrize("name", names())
def test_core(name: str, engine: str) -> None:
    if name in LEFT_OUT:
        pytest.skip(LEFT_OUT[name])
    test = suite()[name]
    if kind(test) == "INCONSISTENCY":
        assert not entail(triples(test.get("graph") or test["premisegraph"]), engine=engine).consistent
    else:
        found = entail(triples(test["premisegraph"]), engine=engine)
        assert holds(triples(test["conclusiongraph"]), found.triples)


def kind(test: dict[str, str]) -> str:
    found = re.search(r'testcase\.type">(\w+)', test["metadata"])
    assert found is not None
    return found.group(1)


def triples(turtle: str) -> list[Triple]:
    return [item.triple for item in parse(turtle.encode(), format=RdfFormat.TURTLE)]


def holds(conclusion: Iterable[Triple], facts: Iterable[Triple]) -> bool:
    """Tell whether `facts` simply entail `conclusion`: its blank nodes may stand for anything."""
    store = Store()
    store.extend(Quad(fact.subject, fact.predicate, fact.object) for fact in facts)
    patterns = [" ".join(map(variable, (t.subject, t.predicate, t.object))) + " ." for t in conclusion]
    return bool(store.query(f"ASK {{ {' '.join(patterns)} }}"))


def variable(term: object) -> str:
    return f"?b{term.value}" if isinstance(term, BlankNode) else str(term)
