"""Questions for a proof, as people ask them: names and codes become IRIs, and the proof becomes text."""

from pyoxigraph import Literal, NamedNode, QuerySolutions, Store, Triple

from diplograph import inference
from diplograph.errors import InputError
from diplograph.querying import short
from diplograph.vocabulary import PREFIXES, expand

_BY_NAME = """SELECT DISTINCT ?thing {
  VALUES ?name { %s }
  { ?thing skos:notation ?name } UNION { ?thing rdfs:label ?name }
  FILTER(STRSTARTS(STR(?thing), "https://w3id.org/diplograph/id/"))
} ORDER BY ?thing LIMIT 10"""


def explain(store: Store, subject: str, predicate: str, object: str, *, every: bool, form: str) -> str | None:  # noqa: A002
    """Return the proof of a triple in a format, or `None` if the store neither states nor derives it.

    Raises InputError when a name stands for nothing or for several things.
    """
    triple = Triple(node(store, subject), NamedNode(expand(predicate)), node(store, object))
    proof = inference.explain(store, inference.load_rules(inference.rule_paths()), triple, all=every)
    return inference.render_proof(proof, form) if proof else None


def node(store: Store, name: str) -> NamedNode:
    """Return the thing that an IRI, a CURIE, a code or a label stands for."""
    expanded = expand(name.strip("<>"))
    if "://" in expanded:
        return NamedNode(expanded)
    found = _named(store, name)
    if len(found) == 1:
        return found[0]
    if not found:
        raise InputError(f"nothing in the graph is called {name!r}; give an IRI, a CURIE such as state:pakistan, a code (PAK) or a label")
    raise InputError(f"{name!r} may be any of {', '.join(map(short, found))}; give one of these")


def _named(store: Store, name: str) -> list[NamedNode]:
    values = " ".join(str(value) for value in (Literal(name), Literal(name, language="en")))
    rows = store.query(_BY_NAME % values, prefixes=PREFIXES, use_default_graph_as_union=True)
    if not isinstance(rows, QuerySolutions):
        raise TypeError("the query for names is a SELECT")
    return [row["thing"] for row in rows if isinstance(row["thing"], NamedNode)]
