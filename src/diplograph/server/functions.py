"""Functions of ours that queries may call: `dg:holdsAt(situation, date)` and `dg:matches(thing, words)`.

dg:matches tells whether a label or quote of a thing has all the words, the last of which may be a beginning.

dg:holdsAt gives "certain", "possible" or "no": whether an event or situation was going on at a date, as far
as its four bounds tell. A missing bound is unknown, unless `dg:time` says that the end is open.
In plain SPARQL:

    ?x dg:time ?time .
    OPTIONAL { ?x dg:earliestStart ?es } OPTIONAL { ?x dg:latestStart ?ls }
    OPTIONAL { ?x dg:earliestEnd ?ee } OPTIONAL { ?x dg:latestEnd ?le }
    BIND(COALESCE(?ls <= ?day, false) || STRSTARTS(STR(?time), "../") AS ?begun)
    BIND(COALESCE(?day <= ?ee, false) || STRENDS(STR(?time), "/..") AS ?goesOn)
    BIND(IF(COALESCE(?day < ?es, false) || COALESCE(?day > ?le, false), "no",
         IF(?begun && ?goesOn, "certain", "possible")) AS ?holds)
"""

from collections.abc import Callable

from pyoxigraph import BlankNode, Literal, NamedNode, Store

from diplograph import store
from diplograph.server.evaluation import Functions, Term
from diplograph.server.search import Index, index
from diplograph.vocabulary import PREFIXES

HOLDS_AT = NamedNode(PREFIXES["dg"] + "holdsAt")
MATCHES = NamedNode(PREFIXES["dg"] + "matches")
DESCRIPTIONS = {
    MATCHES.value: "whether a label of a thing, or the quote of a span, has all these words",
    HOLDS_AT.value: "whether an event or situation was going on at a date: certain, possible or no",
}
_BOUNDS = ("earliestStart", "latestStart", "earliestEnd", "latestEnd")


def functions(snapshot: store.Snapshot) -> Functions:
    """Return the functions over a snapshot, by IRI."""
    return {HOLDS_AT: _holds_at(snapshot.store), MATCHES: _matches(snapshot)}


def _matches(snapshot: store.Snapshot) -> Callable[..., Term | None]:
    opened: list[Index] = []

    def matches(thing: Term, words: Term) -> Term | None:
        if not isinstance(thing, NamedNode) or not isinstance(words, Literal):
            return None
        if not opened:
            opened.append(index(snapshot))
        return Literal(thing.value in opened[0].matching(words.value))

    return matches


def _holds_at(graph: Store) -> Callable[..., Term | None]:
    def holds_at(thing: Term, date: Term) -> Term | None:
        if not isinstance(thing, NamedNode | BlankNode) or not isinstance(date, Literal):
            return None
        time = _value(graph, thing, "time")
        bounds = [_value(graph, thing, name) for name in _BOUNDS]
        return Literal(holds(bounds, date.value[:10], time)) if time or any(bounds) else None

    return holds_at


def holds(bounds: list[str | None], day: str, time: str | None = None) -> str:
    """Return "certain", "possible" or "no" for `day` ("2014-03-18"), given the four bounds and the EDTF time.

    A bound that is `None` is unknown.
    """
    earliest_start, latest_start, earliest_end, latest_end = bounds
    if (earliest_start and day < earliest_start) or (latest_end and day > latest_end):
        return "no"
    begun = (latest_start is not None and latest_start <= day) or (time or "").startswith("../")
    going_on = (earliest_end is not None and day <= earliest_end) or (time or "").endswith("/..")
    return "certain" if begun and going_on else "possible"


def _value(graph: Store, thing: NamedNode | BlankNode, name: str) -> str | None:
    for quad in graph.quads_for_pattern(thing, NamedNode(PREFIXES["dg"] + name), None):
        if isinstance(quad.object, Literal):
            return quad.object.value
    return None
