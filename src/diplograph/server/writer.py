"""The writer: a process that makes one change to the graph, publishes the result and ends.

Killed at any moment, it leaves the published version as it was.
"""

import json
import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from diplograph import store
from diplograph.errors import StoreError
from diplograph.server import frames
from diplograph.server.worker import die_with_parent

_PAUSE = 0.02  # seconds between two tries to become the writer


def run(directory: Path, given: int, taken: int, lifeline: int) -> None:
    """Read a change from the pipe `given`, make it, and say into the pipe `taken` how it went."""
    threading.Thread(target=die_with_parent, args=(lifeline,), daemon=True).start()
    with os.fdopen(given, "rb") as changes:
        head, body = frames.read(changes), frames.read(changes)
    if head is None or body is None:
        return
    outcome = _outcome(directory, json.loads(head[1]), body[1])
    frames.write_all(taken, frames.pack(frames.Kind.HEADER, json.dumps(outcome).encode()))


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
