"""How much of what is in the graph; counted once a version."""

from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from diplograph.server.entities import labels
from diplograph.server.graphs import Rows
from diplograph.server.links import short
from diplograph.vocabulary import PREFIXES


@dataclass(frozen=True)
class Count:
    """A class, property or graph, its name for people, and how often it occurs."""

    iri: str
    name: str
    number: int


@dataclass(frozen=True)
class Statistics:
    """Counts of a graph: statements, instances by class, statements by property and by named graph; most first."""

    statements: int
    classes: tuple[Count, ...]
    properties: tuple[Count, ...]
    graphs: tuple[Count, ...]

    def of(self, local_name: str) -> int:
        """Return the number of instances of a class of our ontology."""
        return next((each.number for each in self.classes if each.iri == PREFIXES["dg"] + local_name), 0)


def statistics(graph: Rows) -> Statistics:
    """Return the counts of the present version; this reads the whole graph."""
    classes = _counts(graph, "SELECT ?x (COUNT(DISTINCT ?s) AS ?n) { ?s a ?x } GROUP BY ?x")
    properties = _counts(graph, "SELECT ?x (COUNT(*) AS ?n) { ?s ?x ?o } GROUP BY ?x")
    graphs = _counts(graph, "SELECT ?x (COUNT(*) AS ?n) { GRAPH ?x { ?s ?p ?o } } GROUP BY ?x")
    total = graph.rows("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    number = total[0]["n"]
    return Statistics(int(number.value) if isinstance(number, Literal) else 0, classes, properties, graphs)


def _counts(graph: Rows, query: str) -> tuple[Count, ...]:
    counted: dict[str, int] = {}
    for row in graph.rows(query):
        thing, number = row.get("x"), row["n"]
        if isinstance(thing, NamedNode) and isinstance(number, Literal):
            counted[thing.value] = int(number.value)
    names = labels(graph, counted)
    found = (Count(iri, names.get(iri, short(iri)), number) for iri, number in counted.items())
    return tuple(sorted(found, key=lambda each: (-each.number, each.iri)))
