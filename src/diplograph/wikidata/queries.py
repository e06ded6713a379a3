"""The queries of `ontology/queries/wikidata`: to run on the Wikidata Query Service, about items that are linked."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from diplograph import knowledge
from diplograph.alignment import Link
from diplograph.errors import InputError
from diplograph.reference import Reference

_HEADER = re.compile(r"#\+ (\w+): (.*)")
_FAMILIES = ("office", "organization", "person", "place", "state", "treaty")


@dataclass(frozen=True)
class Query:
    """A query: its name, the question it answers, its text, and of which family the items are that fill it."""

    name: str
    question: str
    text: str
    variable: str | None = None
    family: str | None = None


def folder() -> Path:
    """Return the folder of the queries."""
    return knowledge.ontology_dir() / "queries" / "wikidata"


def load() -> tuple[Query, ...]:
    """Return all queries, sorted by name."""
    return tuple(_read(path) for path in knowledge.files(folder(), "*.rq"))


def named(name: str) -> Query:
    """Return a query by name; `InputError` naming those that there are."""
    found = {query.name: query for query in load()}
    if name not in found:
        raise InputError(f"there is no query {name!r}; there are {', '.join(found)}")
    return found[name]


def filled(query: Query, about: Iterable[str], links: Iterable[Link], reference: Reference) -> str:
    """Return the text of a query about some entities (CURIEs), or about all that are linked.

    A state stands for its offices where a query is about offices.
    """
    if query.variable is None or query.family is None:
        return query.text
    wanted = set(about)
    values = (
        _names_without_item(wanted, links, reference)
        if query.family == "unlinked"
        else _items(query.family, wanted, links, reference)
    )
    if not values:
        raise InputError(f"nothing of {', '.join(sorted(wanted)) or 'ours'} fits the query {query.name!r}")
    block = f"VALUES {query.variable} {{ {' '.join(values)} }}"
    return re.sub(rf"VALUES {re.escape(query.variable)} \{{[^}}]*\}}", lambda _: block, query.text, count=1)


def _items(family: str, wanted: set[str], links: Iterable[Link], reference: Reference) -> list[str]:
    families = _FAMILIES if family == "any" else (family,)
    same = [link for link in links if link.predicate_id == "owl:sameAs" and link.object_id.startswith("wd:")]
    of_family = [link for link in same if link.subject_id.partition(":")[0] in families]
    chosen = [link for link in of_family if not wanted or _concerns(link.subject_id, wanted, reference)]
    return sorted({link.object_id for link in chosen}, key=lambda item: int(item.removeprefix("wd:Q")))


def _concerns(iri: str, wanted: set[str], reference: Reference) -> bool:
    entity = reference.entities.get(iri)
    return iri in wanted or (iri.startswith("office:") and entity is not None and entity.state in wanted)


def _names_without_item(wanted: set[str], links: Iterable[Link], reference: Reference) -> list[str]:
    linked = {link.subject_id for link in links if link.object_id.startswith("wd:")}
    entities = (
        reference.entities[iri] for iri in sorted(wanted or reference.entities) if iri in reference.entities
    )
    missing = (e for e in entities if e.iri not in linked and e.iri.partition(":")[0] in _FAMILIES)
    quoted = (entity.label.replace("\\", "\\\\").replace('"', '\\"') for entity in missing)
    return [f'"{label}"@en' for label in dict.fromkeys(quoted)]


def _read(path: Path) -> Query:
    text = path.read_text("utf-8")
    header = {match[1]: match[2] for line in text.splitlines() if (match := _HEADER.fullmatch(line))}
    variable, _, family = header.get("fill", "").partition(" ")
    return Query(path.stem, header["question"], text, variable or None, family or None)
