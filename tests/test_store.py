import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad

from diplograph import store
from diplograph.errors import StoreError

KILLED_WRITER = """
    import os, signal, sys
    from pathlib import Path
    from pyoxigraph import NamedNode, Quad
    from diplograph import store

    def quad(n):
        return Quad(NamedNode("http://x/s"), NamedNode("http://x/p"), NamedNode(f"http://x/{n}"))

    moment = sys.argv[2]
    def die(*_, **__):
        os.kill(os.getpid(), signal.SIGKILL)
    if moment != "after writing":
        setattr(store, moment, die)
    with store.writing(Path(sys.argv[1])) as writer:
        writer.store.extend(quad(n) for n in range(1000, 2000))
        if moment == "after writing":
            die()
        writer.publish()
"""


def quad(n: int) -> Quad:
    return Quad(NamedNode("http://x/s"), NamedNode("http://x/p"), NamedNode(f"http://x/{n}"))


def build(directory: Path, *numbers: int) -> None:
    with store.building(directory) as graph:
        graph.extend(quad(n) for n in numbers)


def test_a_built_store_is_read_back(tmp_path: Path) -> None:
    build(tmp_path, 1, 2)
    assert set(store.snapshot(tmp_path).store) == {quad(1), quad(2)}


def test_building_again_replaces_everything(tmp_path: Path) -> None:
    build(tmp_path, 1)
    build(tmp_path, 2)
    assert set(store.snapshot(tmp_path).store) == {quad(2)}


def test_a_build_that_fails_changes_nothing(tmp_path: Path) -> None:
    build(tmp_path, 1)
    with pytest.raises(RuntimeError, match="half way"), store.building(tmp_path) as graph:
        graph.add(quad(2))
        raise RuntimeError("half way")
    assert set(store.snapshot(tmp_path).store) == {quad(1)}


def test_writing_starts_from_the_published_version(tmp_path: Path) -> None:
    build(tmp_path, 1)
    with store.writing(tmp_path) as writer:
        writer.store.add(quad(2))
        writer.publish()
        writer.store.add(quad(3))
    assert set(store.snapshot(tmp_path).store) == {quad(1), quad(2)}


def test_a_snapshot_does_not_move_and_outlives_newer_versions(tmp_path: Path) -> None:
    build(tmp_path, 1)
    old = store.snapshot(tmp_path)
    build(tmp_path, 2)
    build(tmp_path, 3)
    assert set(old.store) == {quad(1)}
    assert old.version.path.is_dir()
    assert set(store.snapshot(tmp_path).store) == {quad(3)}


def test_versions_without_readers_are_removed(tmp_path: Path) -> None:
    build(tmp_path, 1)
    old = store.snapshot(tmp_path)
    build(tmp_path, 2)
    old.close()
    build(tmp_path, 3)
    assert [path.name for path in sorted((tmp_path / "store").glob("0*")) if path.is_dir()] == ["000003"]


def test_every_version_has_its_own_tag(tmp_path: Path) -> None:
    tags = set()
    for n in range(3):
        build(tmp_path, n)
        tags.add(store.latest(tmp_path).tag)
    assert len(tags) == 3


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    build(tmp_path, 1)
    with store.writing(tmp_path), pytest.raises(StoreError, match="another process"), store.writing(tmp_path):
        pass


def test_a_missing_store_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="diplograph build"):
        store.latest(tmp_path)


def test_a_damaged_store_is_an_error_of_ours(tmp_path: Path) -> None:
    build(tmp_path, 1)
    (tmp_path / "store" / "latest" / "CURRENT").write_text("nonsense")
    with pytest.raises(StoreError, match="cannot open"):
        store.snapshot(tmp_path)


def test_a_failed_publication_leaves_the_old_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path, 1)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with store.writing(tmp_path) as writer:
        writer.store.add(quad(2))
        monkeypatch.setattr(store, "_point", full)
        with pytest.raises(StoreError, match="the old version stays"):
            writer.publish()
    assert set(store.snapshot(tmp_path).store) == {quad(1)}
    assert not list((tmp_path / "store").glob("*.tmp"))


@pytest.mark.parametrize(
    ("moment", "survives"),
    [("after writing", 1), ("_next_name", 1), ("_sync", 1), ("_point", 1), ("_prune", 1001), ("_version", 1)],
)
def test_a_killed_writer_leaves_the_old_or_the_new_state(tmp_path: Path, moment: str, survives: int) -> None:
    build(tmp_path, 1)
    script = textwrap.dedent(KILLED_WRITER)
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path), moment], check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(store.snapshot(tmp_path).store) == survives
    with store.writing(tmp_path) as writer:  # and the next writer finds its way
        writer.store.add(quad(5))
        writer.publish()
    assert len(store.snapshot(tmp_path).store) == survives + 1


FULL_DISK = """
    import resource, signal, sys
    from pathlib import Path
    from pyoxigraph import NamedNode, Quad
    from diplograph import store
    from diplograph.errors import StoreError

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write beyond the limit fails, as on a full disk
    try:
        with store.writing(Path(sys.argv[1])) as writer:
            resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
            s, p = NamedNode("http://x/s"), NamedNode("http://x/p")
            for start in range(0, 100_000, 10_000):
                names = (f"http://x/{n}" + "x" * 50 for n in range(start, start + 10_000))
                writer.store.extend(Quad(s, p, NamedNode(name)) for name in names)
            writer.publish()
    except (OSError, StoreError) as error:
        print("refused:", error)
        sys.exit(7)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the limit on file sizes is a matter of POSIX")
def test_a_full_disk_leaves_the_old_version(tmp_path: Path) -> None:
    build(tmp_path, 1)
    script = textwrap.dedent(FULL_DISK)
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False, capture_output=True)
    assert done.returncode == 7, done.stderr
    assert set(store.snapshot(tmp_path).store) == {quad(1)}
    build(tmp_path, 2)
    assert set(store.snapshot(tmp_path).store) == {quad(2)}
