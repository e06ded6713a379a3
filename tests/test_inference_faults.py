"""What goes wrong while the rules run: a process that is killed, a disk that is full, rules without end."""

import resource
import shutil
import signal
import subprocess
import sys
import textwrap
from functools import partial
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad

from diplograph import store
from diplograph.inference.cases import case_store, read_case, shipped_program
from diplograph.inference.infer import INFERRED, ONTOLOGY, infer

CASES = Path(__file__).parent / "rules"
OUTDATED = Quad(
    NamedNode("urn:old"), NamedNode("urn:old"), NamedNode("urn:old"), NamedNode(INFERRED + "arms-supplier")
)
INFER = "import sys; from diplograph.cli import main; main(['infer', *sys.argv[1:]])"
KILLED = """
    import importlib, os, signal, sys
    from diplograph import store
    from diplograph.cli import main
    infer = importlib.import_module("diplograph.inference.infer")  # the package has a function of that name

    def die(*_, **__):
        os.kill(os.getpid(), signal.SIGKILL)

    where, name = {moment}
    setattr(where, name, die)
    main(["infer", sys.argv[1]])
"""
MOMENTS = {
    "before the rules run": "infer, 'run_duckdb'",
    "when they have run": "infer, 'conclusions'",
    "before the old conclusions go": "infer.Job, 'drop'",
    "when they are gone": "infer, 'InferenceReport'",
    "before the new state is published": "store.Writer, 'publish'",
}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graph with conclusions, and one among them that the rules would not draw again."""
    folder = tmp_path_factory.mktemp("published")
    facts = case_store(read_case(CASES / "defense-partner.trig")["given"])
    infer(facts, shipped_program())
    facts.add(OUTDATED)
    with store.building(folder) as graph:
        graph.bulk_extend(iter(facts))
    return folder


@pytest.fixture
def graph(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "graph", symlinks=True))


def held(directory: Path) -> set[Quad]:
    return set(store.snapshot(directory).store)


def run(
    script: str, *arguments: str | Path, bytes_: int = resource.RLIM_INFINITY
) -> subprocess.CompletedProcess[str]:
    """Run a program that can write no file of more than so many bytes: a write beyond fails, as on a full disk."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        check=False, capture_output=True, text=True, preexec_fn=partial(limit, bytes_),
    )  # fmt: skip


def limit(bytes_: int) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_, bytes_))


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_a_killed_run_leaves_the_old_conclusions(graph: Path, moment: str) -> None:
    before = held(graph)
    assert run(KILLED.format(moment=moment), graph).returncode == -signal.SIGKILL
    assert held(graph) == before
    again = run(INFER, graph)
    assert again.returncode == 0, again.stderr
    assert held(graph) == before - {OUTDATED}


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.02, 0.5])
def test_a_full_disk_leaves_the_old_conclusions(graph: Path, share: float) -> None:
    before = held(graph)
    largest = sum(len(f"{quad.triple} .\n") for quad in before if quad.graph_name == ONTOLOGY)
    failed = run(INFER, graph, bytes_=int(share * largest))
    assert failed.returncode not in (0, -signal.SIGKILL)
    assert "disk" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert held(graph) == before
    assert run(INFER, graph).returncode == 0
    assert held(graph) == before - {OUTDATED}


def test_too_many_conclusions_leave_the_old_ones(graph: Path) -> None:
    before = held(graph)
    failed = run(INFER, graph, "--limit", "10")
    assert failed.returncode not in (0, -signal.SIGKILL)
    assert "more than 10 triples were derived" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert held(graph) == before
