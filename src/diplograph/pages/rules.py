"""Rules: what each means, who says so, the SPARQL it is, and what it derived in the graph at hand."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pyoxigraph import NamedNode

from diplograph import inference
from diplograph.inference.rule import Rule
from diplograph.pages.prooftree import Statement, Word
from diplograph.pages.reading import GRAPH, RDF_TYPE, Reader, Row, ask, names, text
from diplograph.vocabulary import PREFIXES

MOST = 120  # edges that are listed
PLUMBING = frozenset(
    PREFIXES[prefix] + name
    for prefix, name in (
        ("dg", "byRule"), ("dg", "earliestStart"), ("dg", "latestStart"), ("dg", "earliestEnd"), ("dg", "latestEnd"),
        ("dg", "time"), ("dg", "dyad"), ("prov", "wasDerivedFrom"),
    )
)  # fmt: skip


@dataclass(frozen=True)
class Card:
    """A rule and its consequences. `edges` are the triples worth reading, `triples` the number of all."""

    rule: Rule
    query: str
    triples: int
    by_property: tuple[tuple[str, str, int], ...]  # IRI, name, number
    edges: tuple[Statement, ...]
    more: int


@cache
def rules() -> tuple[Rule, ...]:
    """Return the rules of the ontology; they are files of the installation, and do not change while it runs."""
    return inference.load_rules()


def card(reader: Reader, slug: str) -> Card | None:
    """Return the card of a rule, `None` when there is no such rule."""
    rule = next((rule for rule in rules() if rule.slug == slug), None)
    if rule is None:
        return None
    rows = ask(reader, "consequences", graph=[rule.graph.value])
    worth = [row for row in rows if text(row, "property") not in PLUMBING]
    counts = Counter(text(row, "property") for row in worth)
    listed = sorted(worth, key=_order)[:MOST]
    known = names(
        reader,
        {*counts, *(term.value for row in listed for term in row.values() if isinstance(term, NamedNode))},
    )
    return Card(
        rule,
        _query(rule.text),
        len(rows),
        tuple(
            (iri, known[iri], number)
            for iri, number in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
        ),
        tuple(_edge(row, known) for row in listed),
        len(worth) - len(listed),
    )


def _order(row: Row) -> tuple[bool, str, str, str]:
    """Put relations before the types of the situations they belong to."""
    return text(row, "property") == RDF_TYPE, text(row, "property"), text(row, "subject"), text(row, "object")


def _edge(row: Row, known: dict[str, str]) -> Statement:
    subject, name, other = (_word(row, each, known) for each in ("subject", "property", "object"))
    return subject, Word("is a", name.iri) if name.iri == RDF_TYPE else name, other


def _word(row: Row, name: str, known: dict[str, str]) -> Word:
    value = text(row, name)
    return Word(known.get(value, value), value if isinstance(row[name], NamedNode) else "")


def _query(whole: str) -> str:
    return "\n".join(line for line in whole.splitlines() if not line.startswith("#+")).strip()


def counts(reader: Reader, listed: Sequence[Rule]) -> dict[str, int]:
    """Return how many triples each rule derived, by slug."""
    rows = ask(reader, "graph_sizes", graph=[rule.graph.value for rule in listed])
    return {text(row, "graph").removeprefix(GRAPH + "inferred/"): int(text(row, "number")) for row in rows}
