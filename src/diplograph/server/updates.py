"""Changes to the graph: SPARQL updates with the dataset of their request, whole graphs put and removed."""

import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from diplograph.server import frames
from diplograph.server.lanes import overdue
from diplograph.server.nursery import CHANGES, Nursery
from diplograph.server.pool import Late, Worker, WorkerDied
from diplograph.server.problems import Problem, malformed
from diplograph.server.tokens import Kind, Token, closing, tokens

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


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
        if len(lexed) != 1 or lexed[0].kind is not Kind.IRI or not _ABSOLUTE.match(name):
            raise Problem(400, f"{name!r} is not an absolute IRI")
    return tuple(names)


def change(nursery: Nursery, described: dict[str, str | None], body: bytes, timeout: float) -> Outcome:
    """Have a writer make a change and publish it.

    `described` has the `kind`: `update` (the body is its text, with `base`), or `replace`, `add`, `remove`
    with the `graph` (`None`: the default graph) and for the first two the `media_type` of the body.
    Raises `Problem`: 400 for a malformed body, 503 when it takes too long or cannot be published.
    """
    deadline = time.monotonic() + timeout
    writer = Worker(nursery, CHANGES)
    head = frames.pack(frames.Kind.JOB, json.dumps(described).encode())
    try:
        writer.send(head + frames.pack(frames.Kind.DATA, body))
        _, answer = writer.receive(deadline)
    except Late as late:
        raise overdue(f"the change took longer than {timeout:g} seconds; nothing was changed") from late
    except WorkerDied as death:
        raise overdue("the writer was ended; nothing was changed") from death
    finally:
        writer.bury()
    return _read(json.loads(answer), body)


def _read(said: dict[str, Any], body: bytes) -> Outcome:
    if said.get("error") == "malformed":
        raise malformed(body.decode(errors="replace"), said["message"])
    if "error" in said:
        raise overdue(said["message"])
    return Outcome(said["existed"], said["tag"])
