"""A process that searches: for proofs, and for what would go with a rule.

It keeps the program of the rules between questions, and holds a version of the graph only during one.
"""

import os
import pickle
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from diplograph import store
from diplograph.errors import DiplographError
from diplograph.server import frames
from diplograph.server.worker import die_with_parent, limit_memory

if TYPE_CHECKING:
    from diplograph.pages.whatif import Searcher

_SHARE = 4  # times the memory of a query: deriving everything anew takes more


def run(directory: Path, memory: int, given: int, taken: int, lifeline: int) -> None:
    """Answer the questions that come through the pipe `given` into the pipe `taken`, until the first ends."""
    threading.Thread(target=die_with_parent, args=(lifeline,), daemon=True).start()
    from diplograph.pages.whatif import Searcher  # noqa: PLC0415  (most processes of the zygote never need it)

    limit_memory(memory * _SHARE)
    searcher = Searcher()
    with os.fdopen(given, "rb") as questions:
        while (frame := frames.read(questions)) is not None:
            frames.write_all(taken, _answer(searcher, directory, frame[1]))


def _answer(searcher: "Searcher", directory: Path, asked: bytes) -> bytes:
    from diplograph.pages.reading import Reader  # noqa: PLC0415
    from diplograph.server.graphs import StoreGraph  # noqa: PLC0415

    question, scratch = pickle.loads(asked)  # noqa: S301  (from our own server)
    try:
        snapshot = store.snapshot(directory)
        read = Reader(
            StoreGraph(snapshot.store).rows, lambda: snapshot.version.tag, lambda _: None, lambda: ""
        )
        answer = searcher.answer(read, snapshot.store, question, Path(scratch))
        snapshot.close()
    except (DiplographError, OSError, RuntimeError, ValueError) as error:
        return frames.pack(frames.Kind.ERROR, str(error).encode())
    return frames.pack(frames.Kind.DATA, pickle.dumps(answer))
