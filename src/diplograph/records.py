"""Events as records for analysts and for scoring: one JSON object an event, actors by code or name."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from diplograph.events import Sides
from diplograph.model import Actor, Claim, Event, Filler, Lot, Stance

_STANCES = {Stance.PLAIN: "plain", Stance.PRESUPPOSED: "plain", Stance.ATTRIBUTED: "attributed"}
_OPINION = "opinion"
# A text can only declare a partnership; the guide of the annotators has one type for both.
TYPES = {"DeclaredDefensePartnership": "DefensePartnership"}
_PLACES = ("visitPlace", "place")
_ITEMS = ("hasLot", "agreement", "aidKind", "body")


def records(events: Iterable[Event], sides: Sides, codes: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield a record for each event and each document that tells of it, in the order of the text.

    `codes` maps the CURIE of a state or organization to its code. Keys: type, source, target, time, polarity,
    modality, stance, by, place, item, trigger, roles, evidence, document.
    """
    found = [_record(event, claim, sides, codes) for event in events for claim in _first_claims(event)]
    yield from sorted(found, key=lambda record: (record["document"], record["trigger"], record["type"]))


def _first_claims(event: Event) -> Iterator[Claim]:
    """Yield one claim a document: the first that asserts the event, else the first."""
    chosen: dict[str, Claim] = {}
    for claim in event.claims:
        known = chosen.setdefault(claim.document, claim)
        if claim.is_fact and not known.is_fact:
            chosen[claim.document] = claim
    return iter(chosen.values())


def _record(event: Event, claim: Claim, sides: Sides, codes: Mapping[str, str]) -> dict[str, Any]:
    evidence = claim.evidence[0]
    return {
        "document": claim.document,
        "type": TYPES.get(event.kind, event.kind),
        "source": _side(event, sides.source, codes),
        "target": _side(event, sides.target, codes),
        "time": event.time,
        "polarity": claim.polarity.lower(),
        "modality": claim.modality.lower(),
        "stance": _STANCES.get(claim.stance, _OPINION),
        "by": claim.claimant.label if claim.claimant and claim.stance is Stance.ATTRIBUTED else None,
        "place": _first(event, _PLACES),
        "item": _first(event, _ITEMS),
        "trigger": [evidence.trigger.start, evidence.trigger.end],
        "roles": {role: [_name(f) for f in fillers] for role, fillers in event.roles.items()},
        "evidence": [[e.span.start, e.span.end] for e in claim.evidence],
    }


def _side(event: Event, roles: frozenset[str], codes: Mapping[str, str]) -> list[str]:
    """Return who stands on a side: persons by name, then the states they act for, states by code."""
    actors = [
        f for role, fillers in event.roles.items() if role in roles for f in fillers if isinstance(f, Actor)
    ]
    return list(dict.fromkeys(name for actor in actors for name in _names(actor, codes)))


def _names(actor: Actor, codes: Mapping[str, str]) -> Iterator[str]:
    if actor.kind in {"Person", "Organization", "Bloc"}:
        yield codes.get(actor.iri or "", actor.label)
    if actor.state and actor.state != actor.iri:
        yield codes.get(actor.state, actor.state)
    elif actor.kind == "State" and actor.iri:
        yield codes.get(actor.iri, actor.label)


def _first(event: Event, roles: tuple[str, ...]) -> str | None:
    return next((_name(f) for role in roles for f in event.roles.get(role, ())), None)


def _name(filler: Filler) -> str:
    if isinstance(filler, Lot):
        return f"{filler.quantity} {filler.label}" if filler.quantity else filler.label
    return filler if isinstance(filler, str) else filler.label
