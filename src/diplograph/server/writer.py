"""The writer: a process that makes one change to the graph, publishes the result and ends.

Killed at any moment, it leaves the published version as it was.
Started as `python -c "from diplograph.server.writer import main; main()" DIRECTORY`.
"""

import ctypes
import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from diplograph import store
from diplograph.errors import StoreError
from diplograph.server import frames

_DEATH_SIGNAL, _KILL = 1, 9  # PR_SET_PDEATHSIG of prctl(2)
_PAUSE = 0.02  # seconds between two tries to become the writer


def main() -> None:
    """Read a change from standard input, make it, and say how it went on standard output."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, _KILL)  # whoever wants the change waits for it in one thread
    output = os.dup(1)
    os.dup2(2, 1)
    head, body = frames.read(sys.stdin.buffer), frames.read(sys.stdin.buffer)
    if head is None or body is None:
        return
    outcome = _outcome(Path(sys.argv[1]), json.loads(head[1]), body[1])
    frames.write_all(output, frames.pack(frames.Kind.HEADER, json.dumps(outcome).encode()))


def _outcome(directory: Path, change: Mapping[str, str | None], body: bytes) -> dict[str, object]:
    try:
        return _make(directory, change, body)
    except (SyntaxError, ValueError) as error:
        return {"error": "malformed", "message": str(error)}
    except StoreError as error:
        return {"error": "store", "message": str(error)}
    except (OSError, RuntimeError) as error:
        return {"error": "failed", "message": str(error)}


def _make(directory: Path, change: Mapping[str, str | None], body: bytes) -> dict[str, object]:
    while True:
        try:
            with store.writing(directory) as writer:
                existed = _change(writer.store, change, body)
                return {"existed": existed, "tag": writer.publish().tag}
        except StoreError as error:
            if "another process" not in str(error):
                raise
            time.sleep(_PAUSE)


def _change(graph: Store, change: Mapping[str, str | None], body: bytes) -> bool:
    """Make the change; return whether the named graph it is about was there before."""
    kind = change["kind"]
    if kind == "update":
        graph.update(body.decode(), base_iri=change["base"])
        return True
    name = NamedNode(change["graph"]) if change["graph"] else DefaultGraph()
    existed = isinstance(name, DefaultGraph) or graph.contains_named_graph(name)
    if kind in ("replace", "remove"):
        graph.clear_graph(name) if isinstance(name, DefaultGraph) else graph.remove_graph(name)
    if kind in ("replace", "add"):
        _load(graph, name, change, body)
    return existed


def _load(
    graph: Store, name: NamedNode | DefaultGraph, change: Mapping[str, str | None], body: bytes
) -> None:
    """Add the triples of a document to a graph; what a dataset says of other graphs is not for here."""
    written = RdfFormat.from_media_type(change["media_type"] or "")
    if written is None:
        raise ValueError(f"{change['media_type']!r} is no format that can be read")
    if not isinstance(name, DefaultGraph):
        graph.add_graph(name)
    for quad in list(parse(body, written, base_iri=change["base"], rename_blank_nodes=True)):
        if not isinstance(quad.graph_name, DefaultGraph):
            raise ValueError("the document has named graphs of its own; send triples")
        graph.add(Quad(quad.subject, quad.predicate, quad.object, name))
