"""Changes to the graph: SPARQL updates with the dataset of their request, whole graphs put and removed."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from diplograph.server import frames
from diplograph.server.lanes import overdue
from diplograph.server.problems import Problem, malformed
from diplograph.server.tokens import Kind, Token, closing, tokens


@dataclass(frozen=True)
class Outcome:
    """What a change did: whether the graph was there before, and the tag of the version it made."""

    existed: bool
    tag: str


def with_dataset(text: str, default_graphs: Sequence[str], named_graphs: Sequence[str]) -> str:
    """Return an update whose WHERE clauses read the dataset of the request.

    Raises `Problem` (400) when the update names a dataset of its own (USING, WITH), as the protocol wants it.
    """
    if not default_graphs and not named_graphs:
        return text
    found = tokens(text)
    if any(token.depth == 0 and token.is_word("USING", "WITH") for token in found):
        raise Problem(400, "the update has USING or WITH, so the request must not have using-graph-uri")
    using = "".join(f" USING <{iri}>" for iri in default_graphs)
    using += "".join(f" USING NAMED <{iri}>" for iri in named_graphs)
    for index in reversed(range(len(found))):
        if found[index].depth == 0 and found[index].is_word("WHERE"):
            text = _insert(text, found, index, using)
    return text


def _insert(text: str, found: Sequence[Token], where: int, using: str) -> str:
    """Put USING before a WHERE; DELETE WHERE { P } becomes DELETE { P } USING <g> WHERE { P }."""
    start = found[where].start
    if not found[where - 1].is_word("DELETE"):
        return f"{text[:start]}{using} {text[start:]}"
    opening = where + 1
    pattern = text[found[opening].start : found[closing(found, opening)].end]
    return f"{text[:start]}{pattern}{using} {text[start:]}"


def graph_names(names: Sequence[str]) -> tuple[str, ...]:
    """Return the graph IRIs of a request; raises `Problem` (400) for what cannot be one."""
    for name in names:
        lexed = tokens(f"<{name}>")
        if len(lexed) != 1 or lexed[0].kind is not Kind.IRI:
            raise Problem(400, f"{name!r} is not an IRI")
    return tuple(names)


def change(directory: Path, described: dict[str, str | None], body: bytes, timeout: float) -> Outcome:
    """Have the writer make a change and publish it.

    `described` has the `kind`: `update` (the body is its text, with `base`), or `replace`, `add`, `remove`
    with the `graph` (`None`: the default graph) and for the first two the `media_type` of the body.
    Raises `Problem`: 400 for a malformed body, 503 when it takes too long or cannot be published.
    """
    process = subprocess.Popen(  # noqa: S603  (our own code, no shell)
        [sys.executable, "-c", "from diplograph.server.writer import main; main()", str(directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    message = frames.pack(frames.Kind.JOB, json.dumps(described).encode()) + frames.pack(
        frames.Kind.DATA, body
    )
    try:
        answer, _ = process.communicate(message, timeout=timeout)
    except subprocess.TimeoutExpired as late:
        raise overdue(f"the change took longer than {timeout:g} seconds; nothing was changed") from late
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    return _read(answer, body)


def _read(answer: bytes, body: bytes) -> Outcome:
    assembler = frames.Assembler()
    assembler.feed(answer)
    frame = assembler.next()
    if frame is None:
        raise overdue("the writer was ended; nothing was changed")
    said = json.loads(frame[1])
    if said.get("error") == "malformed":
        raise malformed(body.decode(errors="replace"), said["message"])
    if "error" in said:
        raise overdue(said["message"])
    return Outcome(said["existed"], said["tag"])
