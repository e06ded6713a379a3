"""How the pages read the graph: queries kept in files, asked of functions that the server gives."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from diplograph.errors import StoreError
from diplograph.vocabulary import BASE, ID, PREFIXES, compact

Term = NamedNode | BlankNode | Literal | Triple
Row = Mapping[str, Term]
QUERIES = Path(__file__).parent / "queries"
GRAPH = PREFIXES["graph"]
DG = PREFIXES["dg"]
RDF_TYPE = PREFIXES["rdf"] + "type"
LABEL = PREFIXES["rdfs"] + "label"
_MOST_LABELS = 20_000


def _no_search(_: object) -> object:
    raise StoreError("this server has no graph of its own to search for proofs; ask the one that has")


class Labels:
    """Names of things, kept for the present version of the graph: the same few hundred stand on most pages."""

    def __init__(self) -> None:
        """Know none."""
        self._kept: tuple[str, dict[str, str]] = "", {}

    def of(self, tag: str) -> dict[str, str]:
        """Return those known of the version `tag`, to be added to."""
        kept, known = self._kept
        if tag != kept or len(known) > _MOST_LABELS:
            known = {}
            self._kept = tag, known
        return known


@dataclass(frozen=True)
class Reader:
    """What the server lends the pages: `rows` answers a SELECT over the union of all graphs.

    `tag` names the present version of the graph, `search` answers a question of `whatif` (`StoreError` where the
    graph lies elsewhere), `documents` is the folder with the texts, `link` turns an IRI into an address, and `root_url` is the
    address of the server as others see it.
    """

    rows: Callable[[str], list[Row]]
    tag: Callable[[], str]
    link: Callable[[str], str | None]
    root_url: Callable[[], str]
    search: Callable[[Any], object] = _no_search
    documents: Path | None = None
    labels: Labels = field(default_factory=Labels)


def ask(reader: Reader, name: str, **values: Iterable[str]) -> list[Row]:
    """Return the solutions of `queries/<name>.rq` with the IRIs of `values` in place of its examples."""
    text = _query(name)
    for variable, iris in values.items():
        text = _with_values(text, variable, iris)
    return reader.rows(text)


@cache
def _query(name: str) -> str:
    return (QUERIES / f"{name}.rq").read_text(encoding="utf-8")


def _with_values(text: str, variable: str, iris: Iterable[str]) -> str:
    """Put terms into `VALUES ?variable { ... }`; `NamedNode` refuses what could end the brackets."""
    terms = " ".join(str(NamedNode(iri)) for iri in iris)
    block = re.compile(rf"(VALUES\s+\?{variable}\s*\{{)[^}}]*\}}")
    changed, found = block.subn(lambda match: f"{match[1]} {terms} }}", text)
    if not found:
        raise ValueError(f"the query has no VALUES ?{variable}")
    return changed


def text(row: Row, name: str) -> str:
    """Return a variable as text, "" when it is unbound."""
    term = row.get(name)
    return term.value if isinstance(term, NamedNode | BlankNode | Literal) else ""


def short(iri: str) -> str:
    """Return a name for an IRI without a label: its CURIE, or its kind and what it ends with."""
    curie = compact(iri)
    if curie != iri:
        return curie
    family, slash, slug = iri.removeprefix(ID).rpartition("/")
    if not iri.startswith(ID) or not slash:
        return iri.removeprefix(BASE)
    return f"{family.rpartition('/')[2].replace('-', ' ')} {slug}"


def names(reader: Reader, iris: Iterable[str]) -> dict[str, str]:
    """Return a label for each of `iris`, in English where there is a choice; a short IRI where there is none."""
    wanted = {iri for iri in iris if iri}
    known = reader.labels.of(reader.tag())
    new = sorted(iri for iri in wanted if iri not in known)
    found = {iri: short(iri) for iri in new}
    for row in sorted(ask(reader, "labels", thing=new) if new else [], key=_english_last):
        found[text(row, "thing")] = text(row, "label")
    known |= found
    return {iri: found.get(iri) or known[iri] for iri in sorted(wanted)}


def _english_last(row: Row) -> tuple[bool, str]:
    term = row["label"]
    return isinstance(term, Literal) and term.language in ("en", None), str(term)
