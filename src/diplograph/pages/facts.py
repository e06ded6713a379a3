"""Facts: events and situations with who did what to whom, when, who says so in which words, and what is only inferred."""

import re
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pyoxigraph import NamedNode

from diplograph.edtf import Bounds
from diplograph.pages.dates import day, first, in_words
from diplograph.pages.lanes import BAND, lane_of
from diplograph.pages.reading import DG, GRAPH, LABEL, RDF_TYPE, Reader, Row, ask, names, short, text
from diplograph.vocabulary import PREFIXES

INFERRED = GRAPH + "inferred/"
_DERIVED = PREFIXES["prov"] + "wasDerivedFrom"
_REPLACED = PREFIXES["dcterms"] + "isReplacedBy"
_MOST_GENERAL = frozenset(
    DG + name for name in ("Eventuality", "Event", "Situation", "Dyad", "HypotheticalEvent")
)
DETAILS = ("visitPlace", "place", "agreement", "agreementName", "topic", "about", "occasion", "aidKind",
           "body", "office", "supplyBasis", "cooperationKind", "eventCount", "scoreSum", "quantityOrdered")  # fmt: skip
_ORDERS = 64  # things
NOT_SHOWN = frozenset(DG + name for name in ("DyadYear", "CapitalStatus", "Claim", "ArmsLot"))


@dataclass(frozen=True)
class Role:
    """Who took part, as what (`term` is the property); `graph` is where it is said."""

    term: str
    name: str
    side: str
    agent: str
    label: str
    graph: str

    @property
    def inferred(self) -> bool:
        """Whether a rule says so."""
        return self.graph.startswith(INFERRED)


@dataclass(frozen=True)
class Detail:
    """What else is known of a fact: a place, a treaty, a topic. `iri` is "" for plain text."""

    name: str
    text: str
    iri: str = ""


@dataclass(frozen=True)
class Said:
    """A claim and the words that make it, by code points of the document."""

    claim: str
    polarity: str
    modality: str
    stance: str
    status: str
    claimant: str
    document: str
    title: str
    issued: str
    span: str
    quote: str
    trigger: str
    before: str = ""
    after: str = ""
    claimant_name: str = ""

    @property
    def place(self) -> str:
        """The code points of the quote, "120–155", or "" when they are not known."""
        _, mark, numbers = self.span.partition("#char=")
        return numbers.replace(",", "–") if mark else ""


@dataclass(frozen=True)
class Fact:
    """An event, situation or hypothetical event. `kind` is its narrowest class, or the class it would be of."""

    iri: str
    kind: str
    kind_name: str
    time: str
    bounds: Bounds
    roles: tuple[Role, ...]
    details: tuple["Detail", ...]
    said: tuple[Said, ...]
    hypothetical: bool
    rule: str = ""
    premises: tuple[str, ...] = ()
    source: str = ""  # of reference data
    label: str = ""  # of what reference data know by a name of its own: a treaty, a war

    @property
    def standing(self) -> str:
        """How it stands: happened, inferred, denied, or possible, predicted or intended."""
        if self.rule:
            return "inferred"
        if not self.hypothetical:
            return "happened"
        if any(each.polarity == "Denied" for each in self.said):
            return "denied"
        return next((each.modality.lower() for each in self.said if each.modality != "Actual"), "possible")

    @property
    def lasting(self) -> bool:
        """Whether it lasts, as a relation, a treaty or a war does, rather than happens at a time."""
        return bool(self.label) or lane_of(self.kind, real=True) == BAND

    @property
    def disputed(self) -> bool:
        """Whether its claims do not agree."""
        return any(each.status == "Disputed" for each in self.said)

    @property
    def when(self) -> str:
        """Its time in words."""
        return in_words(self.time) if self.time else _from_bounds(self.bounds)

    def side(self, name: str) -> tuple[Role, ...]:
        """Return the roles of one side; people before the states they act for."""
        return tuple(role for role in self.roles if role.side == name)

    @property
    def title(self) -> str:
        """What happened between whom, in a line."""
        if self.label:
            return self.label
        source, target = (_agents(self.side(side)) for side in ("SourceSide", "TargetSide"))
        kind = self.kind_name[:1].upper() + self.kind_name[1:]
        who = " → ".join(", ".join(each) for each in (source, target) if each)
        return f"{kind}: {who}" if who else kind

    @property
    def documents(self) -> tuple[str, ...]:
        """The documents that tell of it, each once."""
        return tuple(dict.fromkeys(each.document for each in self.said))


def _agents(roles: Sequence[Role]) -> list[str]:
    """Name who took part: someone known only by description gives way to who it was."""
    narrow = [role for role in roles if role.term != DG + "sendingState"] or list(roles)
    named = [role for role in narrow if "/id/described/" not in role.agent]
    identified = {role.term for role in named}
    return list(dict.fromkeys(
        role.label for role in narrow if role in named or role.term not in identified
    ))  # fmt: skip


def _from_bounds(bounds: Bounds) -> str:
    if bounds.earliest_start is None:
        return f"until {bounds.latest_end.year}" if bounds.latest_end else ""
    start = str(bounds.earliest_start.year)
    return start if bounds.latest_end else f"since {start}"


def _own_label(rows: Sequence[Row]) -> str:
    reference = [row for row in rows if text(row, "graph") == GRAPH + "reference"]
    return next((text(row, "value") for row in reference if text(row, "property") == LABEL), "")


def events_of(reader: Reader, things: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return the events in which things have a role, in the order of their starts, and which things those are."""
    who: dict[str, set[str]] = defaultdict(set)
    rows = ask(reader, "events", thing=things, role=roles_with_sides(reader))
    # SPARQL puts what has no start first
    for row in sorted(rows, key=lambda row: "start" not in row):
        who[text(row, "event")].add(text(row, "thing"))
    return {event: frozenset(found) for event, found in who.items()}


class Orders:
    """The events of things in the order of time, kept for the things asked for last: sorting those of a hub takes long."""

    def __init__(self, reader: Reader) -> None:
        """Read from `reader`."""
        self._reader = reader
        self._kept: OrderedDict[tuple[str, str], tuple[str, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, thing: str) -> tuple[str, ...]:
        """Return the events in which a thing has a role, in the order of their starts."""
        key = (self._reader.tag(), thing)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = tuple(events_of(self._reader, [thing]))
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > _ORDERS:
                self._kept.popitem(last=False)
        return found


def in_order(found: Iterable[Fact]) -> list[Fact]:
    """Return facts in the order of time, what has no date last."""
    return sorted(found, key=lambda fact: (first(fact.bounds) or date.max, fact.time, fact.iri))


def facts(reader: Reader, events: Sequence[str]) -> list[Fact]:
    """Return the facts at the IRIs of `events`, in that order; what is no eventuality is left out."""
    if not events:
        return []
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in ask(reader, "statements", event=events):
        grouped[text(row, "event")].append(row)
    claims = _claims(reader, events)
    sides = roles_with_sides(reader)
    labels = names(reader, _mentioned(grouped, claims))
    found = (
        _fact(event, grouped[event], claims[event], sides, labels) for event in events if event in grouped
    )
    return [fact for fact in found if fact.kind and fact.kind not in NOT_SHOWN]


def roles_with_sides(reader: Reader) -> dict[str, str]:
    """Return the role properties and the local name of their side."""
    return {text(row, "role"): text(row, "side").removeprefix(DG) for row in ask(reader, "roles")}


def _claims(reader: Reader, events: Sequence[str]) -> dict[str, list[Said]]:
    found: dict[str, dict[tuple[str, str], Said]] = defaultdict(dict)
    rows = sorted(
        ask(reader, "claims", event=events), key=lambda row: (text(row, "issued"), text(row, "span"))
    )
    for row in rows:
        said = _said(row)
        found[text(row, "event")].setdefault((said.claim, said.span), said)
    return defaultdict(list, {event: list(each.values()) for event, each in found.items()})


def _said(row: Row) -> Said:
    return Said(
        claim=text(row, "claim"),
        polarity=text(row, "polarity").removeprefix(DG),
        modality=text(row, "modality").removeprefix(DG),
        stance=text(row, "stance").removeprefix(DG),
        status=text(row, "status").removeprefix(DG),
        claimant=text(row, "claimant"),
        document=text(row, "document"),
        title=text(row, "title"),
        issued=text(row, "issued"),
        span=text(row, "span"),
        quote=text(row, "quote"),
        trigger=text(row, "triggerQuote"),
        before=_from_word(text(row, "before")),
        after=_to_word(text(row, "after")),
    )


def _from_word(words: str) -> str:
    """Return the words before a quote, from the sentence's or a word's beginning."""
    kept = re.split(r"(?<=[.!?])\s+|\n+", words)[-1]
    return kept if kept != words or not words else "…" + words.partition(" ")[2]


def _to_word(words: str) -> str:
    """Return the words after a quote, up to the end of the sentence or of a word."""
    ending = re.search(r"[.!?](?=\s|$)|\n", words)
    return words[: ending.end()].rstrip() if ending else words.rpartition(" ")[0] + "…" if words else ""


def _mentioned(grouped: Mapping[str, list[Row]], claims: Mapping[str, list[Said]]) -> set[str]:
    wanted = {text(row, "property") for rows in grouped.values() for row in rows}
    for rows in grouped.values():
        wanted |= {row["value"].value for row in rows if isinstance(row["value"], NamedNode)}
    return wanted | {said.claimant for each in claims.values() for said in each}


def _fact(
    iri: str, rows: Sequence[Row], claims: Sequence[Said], sides: Mapping[str, str], labels: Mapping[str, str]
) -> Fact:
    values: dict[str, list[str]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (text(row, "property"), text(row, "value"))):
        values[text(row, "property")].append(text(row, "value"))
    types = {text(row, "value"): text(row, "graph") for row in rows if text(row, "property") == RDF_TYPE}
    kind = _narrowest(values.get(DG + "wouldBe", []), types)
    return Fact(
        iri=iri,
        kind=kind,
        kind_name=labels.get(kind) or short(kind),
        time=next(iter(values.get(DG + "time", [])), ""),
        bounds=_bounds(values),
        roles=tuple(_roles(rows, sides, labels)),
        details=tuple(_details(values, labels)),
        said=tuple(replace(said, claimant_name=labels.get(said.claimant, "")) for said in claims),
        hypothetical=DG + "HypotheticalEvent" in types,
        rule=next(iter(values.get(DG + "byRule", [])), ""),
        premises=tuple(dict.fromkeys(values.get(_DERIVED, []))),
        source="; ".join(values.get(PREFIXES["dcterms"] + "source", [])),
        label=_own_label(rows),
    )


def _narrowest(would_be: Sequence[str], types: Mapping[str, str]) -> str:
    """Return the class that is stated, before one that is inferred, before one that only follows from axioms."""
    if would_be:
        return would_be[0]
    narrow = [kind for kind in types if kind not in _MOST_GENERAL]
    return min(narrow, key=lambda kind: (_rank(types[kind]), kind), default="")


def _rank(graph: str) -> int:
    return 2 if graph == INFERRED + "owl-rl" else 1 if graph.startswith(INFERRED) else 0


def _bounds(values: Mapping[str, Sequence[str]]) -> Bounds:
    return Bounds(*(
        day(next(iter(values.get(DG + name, [])), ""))
        for name in ("earliestStart", "latestStart", "earliestEnd", "latestEnd")
    ))  # fmt: skip


def _roles(rows: Sequence[Row], sides: Mapping[str, str], labels: Mapping[str, str]) -> list[Role]:
    """Return the roles; one that is both stated and inferred counts as stated."""
    found: dict[tuple[str, str], Role] = {}
    for row in sorted(rows, key=lambda row: _rank(text(row, "graph"))):
        name, agent = text(row, "property"), text(row, "value")
        if name in sides and isinstance(row["value"], NamedNode):
            role = Role(name, labels[name], sides[name], agent, labels[agent], text(row, "graph"))
            found.setdefault((name, agent), role)
    return sorted(
        found.values(),
        key=lambda role: (role.side, role.term == DG + "sendingState", role.term, role.label),
    )


def _details(values: Mapping[str, Sequence[str]], labels: Mapping[str, str]) -> list[Detail]:
    return [
        Detail(labels.get(DG + name, name), labels.get(value, value), value if value in labels else "")
        for name in DETAILS
        for value in dict.fromkeys(values.get(DG + name, []))
        if not (name == "place" and value in values.get(DG + "visitPlace", []))
    ]
