"""The class tree of the graph's ontology, as far as pages need it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode

from diplograph.server.graphs import Graph
from diplograph.vocabulary import PREFIXES

EVENTUALITY = PREFIXES["dg"] + "Eventuality"


@dataclass(frozen=True)
class Classes:
    """All classes above each class."""

    above: Mapping[str, frozenset[str]]

    def is_eventuality(self, kinds: Iterable[str]) -> bool:
        """Return whether something of these classes happens or holds, rather than exists."""
        return any(kind == EVENTUALITY or EVENTUALITY in self.above.get(kind, ()) for kind in kinds)

    def most_specific(self, kinds: Iterable[str]) -> str | None:
        """Return the first class, by name, that has none of the others below it."""
        found = sorted(set(kinds))
        general = {each for kind in found for each in self.above.get(kind, ()) if each != kind}
        return next((kind for kind in found if kind not in general), None)


def classes(graph: Graph) -> Classes:
    """Return the class tree of the present version."""
    parents: dict[str, set[str]] = {}
    for row in graph.rows("SELECT ?c ?d { ?c rdfs:subClassOf ?d FILTER(isIRI(?c) && isIRI(?d)) }"):
        below, above = row["c"], row["d"]
        if isinstance(below, NamedNode) and isinstance(above, NamedNode):
            parents.setdefault(below.value, set()).add(above.value)
    return Classes({each: _closure(each, parents) for each in parents})


def _closure(start: str, parents: Mapping[str, set[str]]) -> frozenset[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for parent in parents.get(waiting.pop(), ()):
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return frozenset(found - {start})
