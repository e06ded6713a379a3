"""The description of a graph, kept in the graph itself."""

from pyoxigraph import NamedNode, Quad, Store

from diplograph.server import description, library
from diplograph.server.graphs import StoreGraph
from diplograph.server.rdf import triples
from diplograph.server.statistics import statistics
from diplograph.vocabulary import BASE, PREFIXES

_ROOT = BASE.rstrip("/")
_META = NamedNode(PREFIXES["graph"] + "meta")
_OURS = f"{_ROOT}/.well-known/"


def write_description(graph: Store) -> None:
    """Replace in graph:meta what this function wrote before: VoID, example queries and prefixes."""
    for quad in list(graph.quads_for_pattern(None, None, None, _META)):
        if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(_OURS):
            graph.remove(quad)
    counts = statistics(StoreGraph(graph))
    things = [
        *description.void(_ROOT, counts),
        *description.partitions(_ROOT, counts, description.uses_in(graph)),
        *description.example_things(_ROOT, library.examples()),
    ]
    graph.extend(Quad(each.subject, each.predicate, each.object, _META) for each in triples(things))
