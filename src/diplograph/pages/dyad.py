"""Two states: everything between them and between those that came before them, as a timeline and as a table."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from diplograph.pages.facts import Fact, events_of, facts, in_order
from diplograph.pages.lanes import lane_of, lanes
from diplograph.pages.reading import Reader, ask, names, text
from diplograph.pages.timeline import Timeline, draw, span_of
from diplograph.vocabulary import ID

MOST = 400  # facts that are drawn
_MANY = 6  # parties; a treaty of more is no business of two


@dataclass(frozen=True)
class State:
    """A state by its code, and the states before it whose facts count with it."""

    iri: str
    code: str
    name: str
    before: tuple[tuple[str, str], ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Its IRI and those of the states before it."""
        return (self.iri, *(iri for iri, _ in self.before))


@dataclass(frozen=True)
class Dyad:
    """Two states and what is between them: `facts` are drawn and listed, `many` are of both and many others."""

    one: State
    other: State
    facts: tuple[Fact, ...]
    many: tuple[Fact, ...]
    scores: tuple[tuple[int, float, int], ...]
    total: int

    @property
    def pair(self) -> str:
        """Their codes, as in the address of the page."""
        return f"{self.one.code}-{self.other.code}"

    @property
    def predecessors(self) -> tuple[str, ...]:
        """The names of the states before the two whose facts are here."""
        agents = {role.agent for fact in self.facts for role in fact.roles}
        return tuple(name for state in (self.one, self.other) for iri, name in state.before if iri in agents)


def states(reader: Reader) -> dict[str, State]:
    """Return the states by code, sorted by name; of several with one code the last by name."""
    rows = sorted(ask(reader, "codes"), key=lambda row: (text(row, "label"), text(row, "state")))
    return {
        text(row, "code"): State(text(row, "state"), text(row, "code"), text(row, "label")) for row in rows
    }


def dyad(reader: Reader, pair: str, known: dict[str, State]) -> Dyad | None:
    """Return the dyad of two codes with a hyphen between ("PAK-RUS"), `None` when a code is no state's."""
    first, _, second = pair.upper().partition("-")
    if first not in known or second not in known or first == second:
        return None
    one, other = (_with_predecessors(reader, known[code]) for code in (first, second))
    between = _between(reader, one, other)
    found = in_order(facts(reader, between[:MOST]))
    few = [fact for fact in found if len({role.agent for role in fact.roles}) <= _MANY]
    many = [fact for fact in found if len({role.agent for role in fact.roles}) > _MANY]
    return Dyad(one, other, tuple(few), tuple(many), _scores(reader, one.code, other.code), len(between))


def _with_predecessors(reader: Reader, state: State) -> State:
    before = {text(row, "before") for row in ask(reader, "predecessors", state=[state.iri])} - {state.iri}
    labels = names(reader, before)
    return State(state.iri, state.code, state.name, tuple(sorted(labels.items(), key=lambda each: each[1])))


def _between(reader: Reader, one: State, other: State) -> list[str]:
    """Return the events of both, in the order of time; a state counts through its people too."""
    own = events_of(reader, [*one.all, *other.all])
    sides: dict[str, set[str]] = defaultdict(set)
    for event, who in own.items():
        sides[event] |= who
    for row in ask(reader, "through", state=[*one.all, *other.all]):
        sides[text(row, "event")].add(text(row, "state"))
    both = [event for event, who in sides.items() if who & set(one.all) and who & set(other.all)]
    order = {event: place for place, event in enumerate(own)}
    return sorted(both, key=lambda event: (order.get(event, len(order)), event))


def _scores(reader: Reader, one: str, other: str) -> tuple[tuple[int, float, int], ...]:
    slug = "-".join(sorted((one.lower(), other.lower())))
    rows = ask(reader, "dyad_years", dyad=[NamedNode(f"{ID}dyad/{slug}").value])
    numbers = ((int(text(row, "year")), float(text(row, "total")), int(text(row, "events"))) for row in rows)
    return tuple(sorted((year, round(total / max(events, 1), 2), events) for year, total, events in numbers))


def timelines(dyads: Sequence[Dyad]) -> list[Timeline]:
    """Return the drawings of dyads, all over the same years."""
    span = span_of(fact for each in dyads for fact in each.facts)
    return [draw(each.facts, span, each.scores) for each in dyads]


_COLUMNS = (
    "state1", "state2", "lane", "class", "standing", "what", "edtf", "earliest_start", "latest_start", "earliest_end",
    "latest_end", "source", "target", "rule", "documents", "polarity", "modality", "quote", "iri",
)  # fmt: skip


def table(of: Dyad) -> str:
    """Return the facts of a dyad as CSV, a line each."""
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    labels = {lane.slug: lane.label for lane in lanes()}
    for fact in (*of.facts, *of.many):
        writer.writerow(
            [
                of.one.code,
                of.other.code,
                labels[lane_of(fact.kind, real=not fact.hypothetical)],
                *_cells(fact),
            ]
        )
    return output.getvalue()


def _cells(fact: Fact) -> list[str]:
    said = fact.said[0] if fact.said else None
    bounds = fact.bounds
    days = (bounds.earliest_start, bounds.latest_start, bounds.earliest_end, bounds.latest_end)
    source, target = (
        "; ".join(role.label for role in fact.side(side)) for side in ("SourceSide", "TargetSide")
    )
    return [
        fact.kind_name, fact.standing, fact.title, fact.time, *(day.isoformat() if day else "" for day in days),
        source, target, _tail(fact.rule), "; ".join(_tail(document) for document in fact.documents),
        said.polarity if said else "", said.modality if said else "", (said.quote or said.trigger) if said else "", fact.iri,
    ]  # fmt: skip


def _tail(iri: str) -> str:
    return iri.rpartition("/")[2]


def by_lane(found: Iterable[Fact]) -> list[tuple[str, int]]:
    """Return how many facts are in each lane that has any."""
    counts: dict[str, int] = defaultdict(int)
    for fact in found:
        counts[lane_of(fact.kind, real=not fact.hypothetical)] += 1
    return [(lane.label, counts[lane.slug]) for lane in lanes() if counts[lane.slug]]
