"""Statements of a graph that Wikidata lacks, each borne out by a page on the web.

The queries of `ontology/queries/wikidata/export` say what is worth exporting; an item must be linked on both
sides, and Wikidata must have been asked about the subject (the query `statements`), so that nothing is added that
is there already. A statement that the graph has with several times is left out: QuickStatements would run them
together.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, QuerySolution, QuerySolutions, Store

from diplograph import knowledge
from diplograph.errors import InputError
from diplograph.importing import results
from diplograph.vocabulary import compact
from diplograph.wikidata.queries import folder
from diplograph.wikidata.quickstatements import Reference, Statement

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Known:
    """What Wikidata has: the items it was asked about, and their statements."""

    asked: frozenset[str]
    statements: frozenset[Key]


@dataclass(frozen=True, order=True)
class Found:
    """A statement found in the graph in our names, how its text puts it, and why it is left out, if it is."""

    subject: str
    property: str
    value: str
    time: str
    stance: str
    quote: str
    url: str
    left_out: str | None = None


@dataclass(frozen=True)
class Export:
    """Statements to give to Wikidata, and everything that was looked at."""

    statements: tuple[Statement, ...]
    found: tuple[Found, ...]


def known(path: Path) -> Known:
    """Read the saved result of the query `statements`."""
    asked, statements = set(), set()
    for _, variables, cells in results.solutions(path):
        if not {"item", "property", "value"} <= set(variables):
            raise InputError(f"{path}: no result of the query `statements`; found {', '.join(variables)}")
        asked.add(cells["item"])
        if cells["value"]:
            statements.add((cells["item"], cells["property"], cells["value"]))
    return Known(frozenset(asked), frozenset(statements))


def export(store: Store, items: Mapping[str, str], there: Known, retrieved: str) -> Export:
    """Return what of a graph Wikidata lacks; `items` are those of our entities by CURIE, `retrieved` is a day."""
    groups: dict[Key, list[QuerySolution]] = defaultdict(list)
    for path in knowledge.files(folder() / "export", "*.rq"):
        for row in _select(store, path):
            groups[_name(row["subject"]), _text(row["property"]), _name(row["value"])].append(row)
    statements: list[Statement] = []
    found: list[Found] = []
    for key, rows in sorted(groups.items()):
        why = _why_not(key, rows, items, there)
        found.append(_found(key, rows[0], why))
        if why is None:
            statements.append(_statement(key, rows[0], items, retrieved))
    return Export(tuple(sorted(statements)), tuple(found))


def _select(store: Store, path: Path) -> QuerySolutions:
    found = store.query(path.read_text("utf-8"), use_default_graph_as_union=True)
    assert isinstance(found, QuerySolutions)  # noqa: S101 - all of them are SELECT queries
    return found


def _why_not(key: Key, rows: Iterable[QuerySolution], items: Mapping[str, str], there: Known) -> str | None:
    subject, name, value = key
    for entity in (subject, value):
        if entity not in items:
            return f"{entity} is not linked to an item"
    item = items[subject]
    if item not in there.asked:
        return f"Wikidata was not asked about {item}"
    if (item, name, items[value]) in there.statements:
        return "Wikidata has it"
    times = sorted({_text(row["time"]) for row in rows})
    return f"the graph has it at several times: {', '.join(times)}" if len(times) > 1 else None


def _found(key: Key, row: QuerySolution, why: str | None) -> Found:
    time, quote, url = (_text(row[name]) for name in ("time", "quote", "url"))
    return Found(*key, time, _name(row["stance"]), quote, url, why)


def _statement(key: Key, row: QuerySolution, items: Mapping[str, str], retrieved: str) -> Statement:
    reference = Reference(
        _text(row["url"]), _text(row["title"]), _text(row["quote"]), _text(row["issued"]) or None, retrieved
    )
    subject, name, value = key
    return Statement(
        items[subject], name, items[value], _text(row["qualifier"]), _text(row["time"]) or None, reference
    )


def _name(term: object) -> str:
    return compact(term.value) if isinstance(term, NamedNode) else _text(term)


def _text(term: object) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else ""
