"""The page of a thing: its names and links, the partners it has, and its facts in the order of time."""

import tomllib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from diplograph.pages.dates import in_words
from diplograph.pages.facts import Fact, Orders, facts, in_order, roles_with_sides
from diplograph.pages.lanes import UNREAL, lane_of, lanes
from diplograph.pages.reading import DG, GRAPH, LABEL, RDF_TYPE, Reader, Row, ask, names, short, text
from diplograph.vocabulary import PREFIXES, compact

PER_PAGE = 40
PARTNERS = 14
_CHIPS = 40  # of a relation
_ALTERNATIVE = PREFIXES["skos"] + "altLabel"
_SAME = tuple(
    PREFIXES[prefix] + name
    for prefix, name in (("owl", "sameAs"), ("skos", "exactMatch"), ("skos", "closeMatch"))
)
_CODES = {DG + "iso3": "ISO 3166", DG + "cowCode": "COW", DG + "gwCode": "Gleditsch–Ward"}
_PARTNER_FAMILIES = ("/id/state/", "/id/organization/", "/id/bloc/")
_OWL_RL = GRAPH + "inferred/owl-rl"


@dataclass(frozen=True)
class Statement:
    """A triple about the thing: `term` is the property, then the term at the other end, and the graphs that say so."""

    term: str
    name: str
    value: str
    shown: str
    language: str
    is_iri: bool
    graphs: tuple[str, ...]

    @property
    def inferred(self) -> bool:
        """Whether only rules say so."""
        return all(graph.startswith(GRAPH + "inferred/") for graph in self.graphs)


@dataclass(frozen=True)
class Relation:
    """A relation that rules derive: property and name, IRI and name of the first at its other end, and how many more."""

    iri: str
    name: str
    others: tuple[tuple[str, str], ...]
    more: int


@dataclass(frozen=True)
class Partner:
    """Another agent in the facts of the thing: how many facts in each lane."""

    iri: str
    name: str
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """The number of facts with both."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Entity:
    """All that the page shows. `itself` is the fact that the thing is, when it is one."""

    iri: str
    label: str
    labels: tuple[tuple[str, str], ...]  # language, label in it
    types: tuple[tuple[str, str], ...]
    other_names: tuple[str, ...]
    codes: tuple[tuple[str, str], ...]
    links: tuple[str, ...]
    when: str
    code: str
    itself: Fact | None
    relations: tuple["Relation", ...]
    partners: tuple[Partner, ...]
    facts: tuple[Fact, ...]
    total: int
    page: int
    outgoing: tuple[Statement, ...]
    incoming: tuple[Statement, ...]
    replaced_by: str

    @property
    def pages(self) -> int:
        """How many pages of facts there are."""
        return max(1, -(-self.total // PER_PAGE))

    @property
    def near(self) -> list[int]:
        """The pages that this one links to: the first, those around it, and the last."""
        around = range(max(1, self.page - 4), min(self.pages, self.page + 4) + 1)
        return sorted({1, *around, self.pages})

    @property
    def is_state(self) -> bool:
        """Whether it has a page for every pair with another."""
        return "/id/state/" in self.iri and bool(self.code)


def entity(reader: Reader, orders: Orders, iri: str, page: int = 1) -> Entity | None:
    """Return what the page of `iri` shows, `None` when the graph does not know it."""
    rows = ask(reader, "about", thing=[iri])
    order = orders.of(iri)
    total = len(order)
    if not rows and not total:
        return None
    page = min(max(page, 1), max(1, -(-total // PER_PAGE)))
    itself = next(iter(facts(reader, [iri])), None) if _is_fact(rows) else None
    others = in_order(facts(reader, order[(page - 1) * PER_PAGE : page * PER_PAGE]))
    sides = roles_with_sides(reader)
    incoming = [
        row for row in ask(reader, "named", thing=[iri]) if not _is_role(text(row, "property"), sides)
    ]
    known = names(reader, _mentioned(iri, rows, incoming))
    values = _values(rows)
    return Entity(
        iri=iri,
        label=itself.title if itself else known[iri],
        labels=_in_other_languages(rows),
        types=tuple((kind, known[kind]) for kind in _types(rows)),
        other_names=tuple(values.get(_ALTERNATIVE, ())),
        codes=tuple((name, values[code][0]) for code, name in _CODES.items() if code in values),
        links=tuple(link for same in _SAME for link in values.get(same, ())),
        when=in_words(values[DG + "time"][0]) if DG + "time" in values else "",
        code=next(iter(values.get(PREFIXES["skos"] + "notation", ())), ""),
        itself=itself,
        relations=_relations(rows, known),
        partners=_partners(iri, others),
        facts=tuple(others),
        total=total,
        page=page,
        outgoing=_statements(rows, "value", known),
        incoming=_statements(incoming, "subject", known),
        replaced_by=next(iter(values.get(PREFIXES["dcterms"] + "isReplacedBy", ())), ""),
    )


def _is_fact(rows: Sequence[Row]) -> bool:
    kinds = {text(row, "value") for row in rows if text(row, "property") == RDF_TYPE}
    return bool(
        kinds & {DG + name for name in ("Event", "Situation", "HypotheticalEvent", "Treaty", "Conflict")}
    ) and (not kinds & {DG + "DyadYear", DG + "CapitalStatus"})


def _is_role(name: str, sides: Mapping[str, str]) -> bool:
    return name in sides or name == DG + "hasParticipant"


def _values(rows: Sequence[Row]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: text(row, "value")):
        if text(row, "value") not in values[text(row, "property")]:
            values[text(row, "property")].append(text(row, "value"))
    return {name: found for name, found in values.items() if found}


def _types(rows: Sequence[Row]) -> list[str]:
    stated = [row for row in rows if text(row, "property") == RDF_TYPE and text(row, "graph") != _OWL_RL]
    return sorted({text(row, "value") for row in stated})


def _in_other_languages(rows: Sequence[Row]) -> tuple[tuple[str, str], ...]:
    labels = (row["value"] for row in rows if text(row, "property") == LABEL)
    found = {(each.language, each.value) for each in labels if isinstance(each, Literal) and each.language}
    return tuple(sorted((language, label) for language, label in found if language != "en"))


def _relations(rows: Sequence[Row], known: Mapping[str, str]) -> tuple[Relation, ...]:
    derived = {DG + name for name in _derived()}
    grouped: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if text(row, "property") in derived and isinstance(row["value"], NamedNode):
            grouped[text(row, "property")].add(text(row, "value"))
    found = []
    for relation in sorted(grouped, key=known.__getitem__):
        others = sorted(grouped[relation], key=known.__getitem__)
        listed = tuple((other, known[other]) for other in others[:_CHIPS])
        found.append(Relation(relation, known[relation], listed, len(others) - len(listed)))
    return tuple(found)


def provable(reader: Reader) -> list[tuple[str, str]]:
    """Return the relations that rules derive, as CURIE and name."""
    known = names(reader, [DG + name for name in _derived()])
    return [(compact(iri), name) for iri, name in sorted(known.items())]


@cache
def _derived() -> tuple[str, ...]:
    """Return the local names of relations that rules derive."""
    file = Path(__file__).with_name("relations.toml")
    return tuple(tomllib.loads(file.read_text(encoding="utf-8"))["properties"])


def _partners(iri: str, found: Sequence[Fact]) -> tuple[Partner, ...]:
    """Return the agents that share most facts with the thing, most first."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    labels: dict[str, str] = {}
    for fact in found:
        others = {
            role.agent: role.label for role in fact.roles if role.agent != iri and _may_be_partner(role.agent)
        }
        labels |= others
        for other in others if len(others) <= 4 else ():
            counts[other][lane_of(fact.kind, real=not fact.hypothetical)] += 1
    partners = (Partner(other, labels[other], dict(each)) for other, each in counts.items())
    return tuple(sorted(partners, key=lambda each: (-each.total, each.name))[:PARTNERS])


def _may_be_partner(iri: str) -> bool:
    return any(family in iri for family in _PARTNER_FAMILIES)


def partner_lanes(partners: Sequence[Partner]) -> list[tuple[str, str]]:
    """Return slug and label of the lanes in which there is anything."""
    used = {lane for partner in partners for lane in partner.counts}
    return [
        (lane.slug, lane.label if lane.slug != UNREAL else "Not a fact")
        for lane in lanes()
        if lane.slug in used
    ]


def _mentioned(iri: str, rows: Sequence[Row], incoming: Sequence[Row]) -> set[str]:
    found = {iri}
    for row in (*rows, *incoming):
        found |= {row[name].value for name in row if isinstance(row[name], NamedNode)}  # type: ignore[union-attr]
    return found


def _statements(rows: Sequence[Row], other: str, known: Mapping[str, str]) -> tuple[Statement, ...]:
    graphs: dict[tuple[str, str], set[str]] = defaultdict(set)
    terms: dict[tuple[str, str], Row] = {}
    for row in rows:
        key = text(row, "property"), text(row, other)
        graphs[key].add(text(row, "graph"))
        terms[key] = row
    return tuple(
        _statement(terms[key], other, known, tuple(sorted(graphs[key])))
        for key in sorted(terms, key=lambda key: (known.get(key[0], key[0]), known.get(key[1], key[1])))
    )


def _statement(row: Row, other: str, known: Mapping[str, str], graphs: tuple[str, ...]) -> Statement:
    name, value, term = text(row, "property"), text(row, other), row[other]
    is_iri = isinstance(term, NamedNode)
    language = term.language or "" if isinstance(term, Literal) else ""
    return Statement(
        name, known.get(name) or short(name), value, known.get(value, value), language, is_iri, graphs
    )
