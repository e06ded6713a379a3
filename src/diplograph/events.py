"""Claims to events: which claims tell of one event, within a document and across documents.

Two claims of one document tell of one event when their kinds are equal and their sides, times and ordinals can be
the same. The slug of an event is made of what its document says, so it does not change when others are added;
equal slugs of several documents are one event. A coarser telling joins a finer one ("in 2003", "on 4 February
2003") where exactly one fits, and its slug is kept as an alias. What no claim asserts is hypothetical, and stays
with its document.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from diplograph import edtf
from diplograph.documents import slug
from diplograph.model import Actor, Claim, Event, Filler, Lot
from diplograph.vocabulary import kebab

Codes = Mapping[str, str]
_LONGEST_EVENT = 366  # days: a wider time is a period in which something happened, not its date
_CONCEPTS = ("hasLot", "body", "agreement", "aidKind", "bloc")


@dataclass(frozen=True)
class Sides:
    """On which side each role stands, and which kinds hold over time; from the ontology's word lists."""

    source: frozenset[str]
    target: frozenset[str]
    symmetric: frozenset[str]
    situations: frozenset[str] = frozenset()


@dataclass
class _Cluster:
    claims: list[Claim] = field(default_factory=list)

    def roles(self) -> dict[str, tuple[Filler, ...]]:
        return _union(claim.roles for claim in self.claims)


def resolve(claims: Iterable[Claim], sides: Sides, codes: Codes) -> tuple[Event, ...]:
    """Return the events that claims of any number of documents tell of, sorted by slug.

    `codes` maps the CURIE of a state to its three-letter code.
    """
    by_document: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_document[claim.document].append(claim)
    told: dict[tuple[str, str], list[Event]] = defaultdict(list)
    hypothetical: list[Event] = []
    for document in sorted(by_document):
        for event in _of_document(by_document[document], sides, codes):
            if event.hypothetical:
                hypothetical.append(event)
            else:
                told[event.kind, event.slug].append(event)
    joined = _join_coarser([_joined(events) for _, events in sorted(told.items())], sides)
    return tuple(sorted([*joined, *hypothetical], key=lambda event: (event.kind, event.slug)))


def _of_document(claims: list[Claim], sides: Sides, codes: Codes) -> Iterable[Event]:
    facts = _clusters([c for c in claims if c.is_fact], sides)
    others: list[Claim] = []
    for claim in (c for c in claims if not c.is_fact):
        denied = next(
            (
                k
                for k in facts
                if claim.polarity == "Denied" and claim.modality == "Actual" and _denies(claim, k, sides)
            ),
            None,
        )
        if denied is not None:
            denied.claims.append(claim)
        else:
            others.append(claim)
    yield from _named([(cluster, False) for cluster in facts], sides, codes)
    yield from _named([(cluster, True) for cluster in _clusters(others, sides)], sides, codes)


def _clusters(claims: list[Claim], sides: Sides) -> list[_Cluster]:
    clusters: list[_Cluster] = []
    for claim in claims:
        home = next(
            (c for c in reversed(clusters) if all(_compatible(claim, other, sides) for other in c.claims)),
            None,
        )
        if home is None:
            home = _Cluster()
            clusters.append(home)
        home.claims.append(claim)
    return clusters


def _denies(claim: Claim, cluster: _Cluster, sides: Sides) -> bool:
    """A denial is about an asserted event only if both say when, and it is the same time."""
    return claim.time is not None and any(
        c.time is not None
        and edtf.year(c.time) == edtf.year(claim.time)
        and _compatible(replace(claim, polarity=c.polarity, modality=c.modality), c, sides)
        for c in cluster.claims
    )


def _compatible(one: Claim, other: Claim, sides: Sides) -> bool:
    if one.kind != other.kind or (one.polarity, one.modality) != (other.polarity, other.modality):
        return False
    if one.ordinal and other.ordinal and one.ordinal != other.ordinal:
        return False
    return (
        _times_agree(one, other, sides)
        and _sides_agree(one.roles, other.roles, sides)
        and _concepts_agree(one.roles, other.roles)
    )


def _times_agree(one: Claim, other: Claim, sides: Sides) -> bool:
    if one.time is None or other.time is None or one.time == other.time:
        return True
    if not edtf.overlap(one.time, other.time):
        return False
    wide = max(_days(one.time), _days(other.time))
    return one.kind in sides.situations or wide <= _LONGEST_EVENT


def _days(time: str) -> int:
    first, last = edtf.span(time)
    return (last - first).days


def _sides_agree(
    one: Mapping[str, tuple[Filler, ...]], other: Mapping[str, tuple[Filler, ...]], sides: Sides
) -> bool:
    if any(role in sides.symmetric for role in (*one, *other)):
        mine, theirs = _agents(one, sides.symmetric), _agents(other, sides.symmetric)
        return _states(mine) <= _states(theirs) or _states(theirs) <= _states(mine)
    crossed = any(
        _states(_agents(a, sides.source)) & _states(_agents(b, sides.target))
        for a, b in ((one, other), (other, one))
    )  # nobody acts on himself
    return not crossed and all(
        _agree(_agents(one, side), _agents(other, side)) for side in (sides.source, sides.target)
    )


def _agree(mine: list[Actor], theirs: list[Actor]) -> bool:
    """Tell whether two lists of agents can be the same side: no named person, state or description speaks against it."""
    if not mine or not theirs:
        return True
    if not _states(mine) & _states(theirs) and _states(mine) and _states(theirs):
        return False
    people, others = _people(mine), _people(theirs)
    if people and others:
        return bool(people & others)
    return bool(_names(mine) & _names(theirs)) or bool(_states(mine) & _states(theirs))


def _agents(roles: Mapping[str, tuple[Filler, ...]], wanted: frozenset[str]) -> list[Actor]:
    return [f for role, fillers in roles.items() if role in wanted for f in fillers if isinstance(f, Actor)]


def _states(actors: list[Actor]) -> set[str]:
    return {actor.state for actor in actors if actor.state}


def _people(actors: list[Actor]) -> set[str]:
    return {actor.label for actor in actors if actor.kind in {"Person", "DescribedPerson"}}


def _names(actors: list[Actor]) -> set[str]:
    return {actor.label for actor in actors}


def _concepts_agree(one: Mapping[str, tuple[Filler, ...]], other: Mapping[str, tuple[Filler, ...]]) -> bool:
    return all(
        not (
            role in one
            and role in other
            and not {_label(f) for f in one[role]} & {_label(f) for f in other[role]}
        )
        for role in _CONCEPTS
    )


def _label(filler: Filler) -> str:
    return filler if isinstance(filler, str) else filler.label


def _named(clusters: list[tuple[_Cluster, bool]], sides: Sides, codes: Codes) -> Iterable[Event]:
    """Give each cluster its slug; a number tells apart those of one document that would have the same."""
    seen: dict[tuple[str, str], int] = defaultdict(int)
    for cluster, hypothetical in clusters:
        event = _event(cluster, sides, codes, hypothetical=hypothetical)
        seen[event.kind, event.slug] += 1
        number = seen[event.kind, event.slug]
        yield replace(event, slug=f"{event.slug}-{number}") if number > 1 else event


def _event(cluster: _Cluster, sides: Sides, codes: Codes, *, hypothetical: bool) -> Event:
    claims, roles = tuple(cluster.claims), cluster.roles()
    time = edtf.most_precise(
        [claim.time for claim in claims if claim.time and (claim.is_fact or hypothetical)]
    )
    name = _slug(roles, time, sides, codes)
    if hypothetical:
        name = f"{claims[0].document}-{claims[0].modality.lower()}-{claims[0].polarity.lower()}-{name}"
    ordinal = next((claim.ordinal for claim in claims if claim.ordinal), None)
    return Event(name, claims[0].kind, roles, claims, time, hypothetical, ordinal)


def _slug(roles: Mapping[str, tuple[Filler, ...]], time: str | None, sides: Sides, codes: Codes) -> str:
    parts: list[str] = []
    for side in (sides.source, sides.target):
        agents = _agents(roles, side)
        parts += sorted({codes[s].lower() if s in codes else slug(s.split(":")[-1]) for s in _states(agents)})
        parts += sorted(slug(a.label) for a in agents if not a.state and a.kind != "Place")
    parts.append(_time_slug(time))
    people = (
        a for a in _agents(roles, sides.source | sides.target) if a.kind in {"Person", "DescribedPerson"}
    )
    parts += sorted(slug(person.label.removeprefix("unnamed ")) for person in people)
    parts += sorted({slug(kebab(_label(f))) for role in _CONCEPTS for f in roles.get(role, ())})
    return "-".join(dict.fromkeys(parts))


def _time_slug(time: str | None) -> str:
    """Return a time as part of a slug.

    >>> _time_slug("2010/.."), _time_slug("../2018"), _time_slug("197X"), _time_slug(None)
    ('from-2010', 'until-2018', '197x', 'undated')
    """
    if time is None:
        return "undated"
    start, slash, end = time.lower().partition("/")
    if not slash:
        return start.rstrip("?~%")
    if start in {"", ".."}:
        return f"until-{end}"
    return f"from-{start}" if end in {"", ".."} else f"{start}-to-{end}"


def _union(several: Iterable[Mapping[str, tuple[Filler, ...]]]) -> dict[str, tuple[Filler, ...]]:
    union: dict[str, dict[str, Filler]] = {}
    for roles in several:
        for role, fillers in roles.items():
            for filler in fillers:
                known = union.setdefault(role, {}).get(_label(filler))
                if known is None or (
                    isinstance(filler, Lot) and isinstance(known, Lot) and known.quantity is None
                ):
                    union[role][_label(filler)] = filler
    return {role: tuple(fillers.values()) for role, fillers in sorted(union.items())}


def _joined(events: list[Event]) -> Event:
    claims = tuple(claim for event in events for claim in event.claims)
    time = edtf.most_precise([event.time for event in events if event.time])
    ordinal = next((event.ordinal for event in events if event.ordinal), None)
    return replace(
        events[0], roles=_union(e.roles for e in events), claims=claims, time=time, ordinal=ordinal
    )


def _join_coarser(events: list[Event], sides: Sides) -> list[Event]:
    """Join each event to the only finer one of another document that it can be, and keep its slug as an alias."""
    kept = {(event.kind, event.slug): event for event in events}
    for event in sorted(events, key=lambda e: (-_days(e.time) if e.time else 0, e.slug)):
        finer = [other for other in kept.values() if _is_finer(other, event, sides)]
        if len(finer) == 1 and event.time is not None:
            target = finer[0]
            merged = _joined([target, event])
            kept[target.kind, target.slug] = replace(
                merged, aliases=tuple(sorted({*target.aliases, event.slug, *event.aliases}))
            )
            del kept[event.kind, event.slug]
    return list(kept.values())


def _is_finer(finer: Event, coarser: Event, sides: Sides) -> bool:
    if finer.kind != coarser.kind or finer.slug == coarser.slug or finer.time is None or coarser.time is None:
        return False
    if _days(coarser.time) > _LONGEST_EVENT or {c.document for c in finer.claims} & {
        c.document for c in coarser.claims
    }:
        return False
    first, last = edtf.span(finer.time)
    low, high = edtf.span(coarser.time)
    inside = (
        low <= first and last <= high and (finer.time != coarser.time or len(finer.slug) > len(coarser.slug))
    )
    return (
        inside
        and _sides_agree(finer.roles, coarser.roles, sides)
        and _concepts_agree(finer.roles, coarser.roles)
    )
