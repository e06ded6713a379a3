"""Many files to claims: several processes, resumable, a bad file reported and skipped.

Claims are kept by the hash of the text and of all that reading depends on, so a second run reads again only what
is new or changed.
"""

import gc
import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

from diplograph import codec, graph, knowledge, sentences
from diplograph.claims import extraction
from diplograph.claims.extraction import Reader
from diplograph.loading import Knowledge, load_knowledge
from diplograph.model import Claim, Document

_FEW = 24  # documents that one process reads before others would have started
_CHUNK = 8


@dataclass(frozen=True)
class Cache:
    """A folder of claims that were read before; `state` is a hash of all that reading depends on but the text."""

    folder: Path
    state: str

    def get(self, document: Document) -> tuple[Claim, ...] | None:
        """Return the claims of a document, if its text was read in this state."""
        path = self._path(document)
        if not path.is_file():
            return None
        try:
            claims = codec.loads(path.read_text("utf-8"))
        except (ValueError, KeyError, TypeError):
            return None  # half written by a run that was killed: read the text again
        return tuple(replace(claim, document=document.id) for claim in claims)

    def put(self, document: Document, claims: Iterable[Claim]) -> None:
        """Keep the claims of a document; the file appears whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self._path(document)
        partial = path.with_suffix(f".{os.getpid()}")
        partial.write_text(codec.dumps(claims), "utf-8")
        partial.replace(path)

    def _path(self, document: Document) -> Path:
        about = f"{document.sha256} {document.published} {document.author} {self.state}"
        return self.folder / f"{hashlib.sha256(about.encode()).hexdigest()}.jsonl"


def state(known: Knowledge) -> str:
    """Return a hash of all that reading depends on: the package, the model, frames, word lists, who is who, imports."""
    reader = known.reader
    weighed = "weighed" if reader.judge else "frames alone"
    digest = hashlib.sha256(
        f"{version('diplograph')} {sentences.model_name(reader.parser)} {weighed}".encode()
    )
    folders = (
        (knowledge.ontology_dir() / "frames", "*.toml"),
        (knowledge.ontology_dir() / "lexicon", "*.toml"),
        (knowledge.data_dir(), "*.ttl"),
        (Path(extraction.__file__).parent, "*.py"),
        (Path(extraction.__file__).parent / "weighing", "*.py"),
        (Path(extraction.__file__).parent / "weighing" / "weights", "*"),
        (Path(extraction.__file__).parent.parent / "mentions", "*.py"),
    )
    for folder, pattern in folders:
        for path in knowledge.files(folder, pattern):
            digest.update(path.read_bytes())
    for path in known.imports:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def read(
    documents: Sequence[Document], known: Knowledge, cache: Cache | None, *, processes: int = 1
) -> Iterator[tuple[Document, tuple[Claim, ...]]]:
    """Yield each document with its claims, as they become ready; each is checked against its text."""
    fresh = []
    for document in documents:
        kept = cache.get(document) if cache else None
        if kept is None:
            fresh.append(document)
        else:
            yield document, kept
    source = (
        _in_parallel(fresh, known, processes)
        if processes > 1 and len(fresh) > _FEW
        else _one_by_one(fresh, known.reader)
    )
    for document, claims in source:
        if cache:
            cache.put(document, claims)
        yield document, claims


def _one_by_one(
    documents: Iterable[Document], reader: Reader
) -> Iterator[tuple[Document, tuple[Claim, ...]]]:
    for document in documents:
        claims = extraction.read(document, reader)
        graph.check_against_source(document, claims)
        yield document, claims


def _in_parallel(
    documents: Sequence[Document], known: Knowledge, processes: int
) -> Iterator[tuple[Document, tuple[Claim, ...]]]:
    chunks = [documents[at : at + _CHUNK] for at in range(0, len(documents), _CHUNK)]
    given = (known.reader.judge is not None, known.imports)
    with ProcessPoolExecutor(processes, get_context("spawn"), initializer=_load, initargs=given) as pool:
        waiting: set[Future[list[tuple[Document, tuple[Claim, ...]]]]] = {
            pool.submit(_read_chunk, c) for c in chunks
        }
        for done in as_completed(waiting):
            waiting.discard(done)
            yield from done.result()


_worker: dict[str, Reader] = {}  # what a worker process loads once


def _load(weighed: bool, imports: tuple[Path, ...]) -> None:
    _worker["reader"] = load_knowledge(weighed=weighed, imports=imports).reader
    gc.freeze()  # what is loaded stays: collecting garbage need not look at it again


def _read_chunk(documents: Sequence[Document]) -> list[tuple[Document, tuple[Claim, ...]]]:
    return list(_one_by_one(documents, _worker["reader"]))
