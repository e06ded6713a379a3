"""What the reading stages need of the ontology: which classes hold over time, and on which side each role stands."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph

from diplograph.errors import KnowledgeError
from diplograph.vocabulary import compact

_SIDES = {"dg:SourceSide", "dg:TargetSide"}


@dataclass(frozen=True)
class Schema:
    """Local names: the classes of situations and of events, and the roles of either side."""

    situations: frozenset[str]
    events: frozenset[str]
    source: frozenset[str]
    target: frozenset[str]


def load(paths: Iterable[Path]) -> Schema:
    """Read the Turtle files of the ontology; KnowledgeError names the one that cannot be parsed."""
    parents: dict[str, set[str]] = defaultdict(set)
    sides: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        try:
            for quad in pyoxigraph.parse(path=path, format=pyoxigraph.RdfFormat.TURTLE):
                if not isinstance(quad.subject, pyoxigraph.NamedNode) or not isinstance(
                    quad.object, pyoxigraph.NamedNode
                ):
                    continue
                predicate, value = compact(quad.predicate.value), compact(quad.object.value)
                if predicate == "rdfs:subClassOf":
                    parents[value].add(compact(quad.subject.value))
                elif predicate == "dg:side" and value in _SIDES:
                    sides[value].add(compact(quad.subject.value).removeprefix("dg:"))
        except SyntaxError as error:
            raise KnowledgeError(f"{path}: {error}") from error
    return Schema(
        situations=_below("dg:Situation", parents),
        events=_below("dg:Event", parents),
        source=frozenset(sides["dg:SourceSide"]),
        target=frozenset(sides["dg:TargetSide"]),
    )


def _below(name: str, parents: dict[str, set[str]]) -> frozenset[str]:
    found: set[str] = set()
    queue = [name]
    while queue:
        for child in parents[queue.pop()]:
            if child not in found:
                found.add(child)
                queue.append(child)
    return frozenset(child.removeprefix("dg:") for child in found)
