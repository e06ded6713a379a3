"""A graph on disk: one writer, and published versions that any number of readers open.

    DIR/store/
        latest             -> 000007, the published version; swapped atomically
        000006/ 000007/    RocksDB databases, never written to again
        000006.search      an index of words, made by the server
        000006.lease       a reader of that version holds a shared lock on it
        writer-*/          the writer's working copy, worthless after a crash
        writer.lock        held by the one writer

A version is complete before `latest` names it, so a process killed at any point leaves either the old or the
new state. A version goes when a newer one is published and its last reader has left.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from pyoxigraph import Store

from diplograph.errors import StoreError

_LATEST = "latest"


@dataclass(frozen=True)
class Version:
    """A published state of the graph: where it lies, and a tag that no other state has."""

    path: Path
    tag: str


class Lease:
    """A shared lock that keeps a version from being removed, until closed or forgotten.

    `descriptor` may be handed to a child process, which then keeps the version too; -1 when there is nothing
    to close.
    """

    def __init__(self, descriptor: int | None) -> None:
        """Own `descriptor`; `None` stands for a medium where nothing is ever removed."""
        self.descriptor = -1 if descriptor is None else descriptor

    def close(self) -> None:
        """Let the version go."""
        descriptor, self.descriptor = self.descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    __del__ = close


@dataclass(frozen=True)
class Snapshot:
    """A version opened for reading; it lies still as long as this object is held."""

    version: Version
    store: Store
    lease: Lease

    def close(self) -> None:
        """Let the version go; the store must not be used afterwards."""
        self.lease.close()


@dataclass(frozen=True)
class Writer:
    """The only process that may write; what it writes is seen by nobody until `publish`."""

    container: Path
    store: Store

    def publish(self) -> Version:
        """Make the present state of `store` the version that readers open next.

        Raises `StoreError` when it cannot be written out (disk full); the old version then stays.
        """
        path = self.container / _next_name(self.container)
        unfinished = path.with_suffix(".tmp")
        try:
            self.store.flush()
            self.store.backup(str(unfinished))
            unfinished.rename(path)
            _sync(self.container)
            _point(self.container, path.name)
        except OSError as error:
            for leftover in (unfinished, path):
                shutil.rmtree(leftover, ignore_errors=True)
            raise StoreError(f"cannot publish to {self.container}: {error}; the old version stays") from error
        _prune(self.container, keep=path.name)
        return _version(path)


def latest(directory: Path) -> Version:
    """Return the published version of the store of `directory`; `StoreError` when there is none."""
    container = directory / "store"
    name = _pointed(container)
    if name is not None and (container / name).is_dir():
        return _version(container / name)
    if (container / "CURRENT").is_file():  # a bare RocksDB, made by another program
        return _version(container)
    expected = container / _LATEST
    raise StoreError(f"no graph in {directory}: expected {expected}; run `diplograph build -o {directory}`")


def stamp(directory: Path) -> tuple[int, int]:
    """Return what changes with every publication, far faster than `latest`; (0, 0) for no graph."""
    try:
        found = os.lstat(f"{directory}/store/{_LATEST}")
    except OSError:
        return 0, 0
    return found.st_ino, found.st_mtime_ns


def snapshot(directory: Path) -> Snapshot:
    """Open the published version read-only; it stays as it is however much is written meanwhile."""
    version, lease = hold(directory)
    return Snapshot(version, _open_read_only(version.path), lease)


def hold(directory: Path) -> tuple[Version, Lease]:
    """Return the published version, and the lease that keeps it where it is."""
    while True:
        version = latest(directory)
        with suppress(BlockingIOError):  # it is being removed: a newer one has been published
            lease = Lease(_lock(version.path.with_suffix(".lease"), shared=True))
            if version.path.is_dir():
                return version, lease


@contextmanager
def building(directory: Path) -> Iterator[Store]:
    """Give an empty store to fill; what is in it at the end replaces the graph of `directory`."""
    with _writing(directory, fresh=True) as writer:
        yield writer.store
        writer.publish()


@contextmanager
def writing(directory: Path) -> Iterator[Writer]:
    """Give a writer that starts from the published version, or from an empty store where there is none."""
    with _writing(directory, fresh=False) as writer:
        yield writer


@contextmanager
def _writing(directory: Path, *, fresh: bool) -> Iterator[Writer]:
    container = directory / "store"
    container.mkdir(parents=True, exist_ok=True)
    try:
        lock = _lock(container / "writer.lock", shared=False)
    except BlockingIOError as error:
        raise StoreError(f"{container} is being written by another process; wait for it to end") from error
    try:
        for leftover in (*container.glob("writer-*"), *container.glob("*.tmp")):
            shutil.rmtree(leftover, ignore_errors=True)  # a killed writer's copy may hold half an update
        working = Path(mkdtemp(prefix="writer-", dir=container))
        yield Writer(container, _working_copy(container, working / "copy", fresh))
        shutil.rmtree(working, ignore_errors=True)
    finally:
        Lease(lock).close()


def _working_copy(container: Path, working: Path, fresh: bool) -> Store:
    """Open a store to write to: empty, or as the published version is (hard links: no bytes are copied)."""
    try:
        if not fresh and _pointed(container) is not None:
            _open_read_only(latest(container.parent).path).backup(str(working))
        return Store(str(working))
    except OSError as error:
        raise StoreError(f"cannot write to {working}: {error}; check the disk") from error


def _open_read_only(path: Path) -> Store:
    try:
        return Store.read_only(str(path))
    except (OSError, RuntimeError) as error:
        raise StoreError(f"cannot open {path}: {error}; build the store anew") from error


def _version(path: Path) -> Version:
    """Tag by name and time of the RocksDB manifest: a rebuilt directory may reuse a name."""
    written = (path / "CURRENT").stat().st_mtime_ns
    return Version(path, f"{path.name}-{written:x}")


def _next_name(container: Path) -> str:
    taken = [int(path.name) for path in container.iterdir() if path.name.isdigit()]
    return f"{max(taken, default=0) + 1:06d}"


def _pointed(container: Path) -> str | None:
    pointer = container / _LATEST
    if pointer.is_symlink():
        return str(pointer.readlink())
    return pointer.read_text().strip() if pointer.is_file() else None


def _point(container: Path, name: str) -> None:
    """Swap the pointer in one step; a plain file stands in where symbolic links are not allowed."""
    fresh = container / f"{_LATEST}.new"
    fresh.unlink(missing_ok=True)
    try:
        fresh.symlink_to(name, target_is_directory=True)
    except (NotImplementedError, PermissionError):
        fresh.write_text(name)
    fresh.replace(container / _LATEST)
    _sync(container)


def _prune(container: Path, keep: str) -> None:
    for path in sorted(container.iterdir()):
        if path.name.isdigit() and path.name != keep:
            _remove_unless_read(path)


def _remove_unless_read(path: Path) -> None:
    lease = path.with_suffix(".lease")
    with suppress(OSError):  # a reader holds it: the next publication tries again
        lock = _lock(lease, shared=False)
        doomed = path.with_suffix(".tmp")
        path.rename(doomed)
        shutil.rmtree(doomed, ignore_errors=True)
        path.with_suffix(".search").unlink(missing_ok=True)
        lease.unlink(missing_ok=True)
        Lease(lock).close()


def _lock(path: Path, *, shared: bool) -> int | None:
    """Lock `path` and return its descriptor, or `None` on a read-only medium: nothing is ever removed there.

    Raises `BlockingIOError` when another process holds it; a dead one holds nothing.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError:
        return None
    try:
        _flock(descriptor, shared)
    except OSError as error:
        os.close(descriptor)
        raise BlockingIOError(f"{path} is locked") from error
    return descriptor


def _flock(descriptor: int, shared: bool) -> None:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415

        if not shared:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl  # noqa: PLC0415

        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)


def _sync(folder: Path) -> None:
    """Make renames in `folder` survive a power cut, where the system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
