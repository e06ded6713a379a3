"""The frames' claims of a sentence, revised: some dropped, some added, parties, times and factuality weighed."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from diplograph.claims import actors, assertion, completion, roles, syntax
from diplograph.claims.drafting import Told
from diplograph.claims.extraction import Revision
from diplograph.claims.frames import Lexicon
from diplograph.claims.roles import Roles
from diplograph.claims.scene import Scene
from diplograph.claims.weighing import network, parties, proposals, standing, triggers, whens
from diplograph.claims.weighing.network import Encoded, Network
from diplograph.claims.weighing.parties import Setting
from diplograph.claims.weighing.proposals import Power, Proposals, Reading
from diplograph.claims.weighing.whens import When
from diplograph.model import Actor, Claim, Filler, Modality, Polarity
from diplograph.trees import Phrase, Token

_TRUSTED = {"claim", "inferred"}  # statuses that say that the frames read an event
WEIGHTS = Path(__file__).with_name("weights")


@dataclass(frozen=True)
class Weights:
    """What was learned: the network, and from which score on it is believed."""

    network: Network
    thresholds: Mapping[str, float]


def load(folder: Path) -> Weights:
    """Load what was learned from a folder."""
    thresholds = json.loads((folder / "thresholds.json").read_text("utf-8"))
    return Weights(network.load(folder / "network.npz"), thresholds)


@dataclass(frozen=True)
class Judge:
    """Revises the claims of a paragraph by weights."""

    weights: Weights

    def __call__(self, scene: Scene, lexicon: Lexicon) -> Revision:
        """Return what gives the claims of a sentence of the paragraph that stand, in the order of the text."""
        words = triggers.words(scene, lexicon)
        if not words.forms:
            return lambda _, told: told
        encoded = self.weights.network.encode(words)

        def revise(sentence: Phrase, told: list[Told]) -> list[Told]:
            offered = proposals.propose(sentence, told, scene, lexicon)
            return _revised(_Sentence(offered, words, encoded, self.weights))

        return revise


@dataclass(frozen=True)
class _Sentence:
    """What the events of a sentence have in common."""

    offered: Proposals
    words: triggers.Words
    encoded: Encoded
    weights: Weights


@dataclass(frozen=True)
class _Event:
    """What a word tells: its kind, and what the frames make of it."""

    token: Token
    kind: str
    read: Reading

    @property
    def teller(self) -> tuple[str, int]:
        """Return the kind and the number of the word."""
        return self.kind, self.token.i


def _revised(sentence: _Sentence) -> list[Told]:
    """Return the claims of a sentence that stand; what the network never saw is left to the frames."""
    events = list(_events(sentence))
    known = [event for event in events if event.kind in sentence.weights.network.kinds]
    made = list(_claims(list(_drafts(known, sentence)), sentence))
    claims = {event.token.i: claim for event, claim in _weighed(made, sentence)}
    claims |= {e.token.i: e.read.claim for e in events if e not in known and e.read.claim is not None}
    return [Told(event.token, claims[event.token.i]) for event in events if event.token.i in claims]


def _events(sentence: _Sentence) -> Iterator[_Event]:
    """Yield the words that tell an event of some kind, unless neither a frame nor a claim has that kind."""
    offered = sentence.offered
    for token in offered.sentence:
        kind = _kind(token, sentence) if triggers.is_open(token, offered) else None
        if kind is not None:
            read = proposals.reading(token, kind, offered)
            if read.trigger is not None or read.claim is not None:
                yield _Event(token, kind, read)


def _kind(token: Token, sentence: _Sentence) -> str | None:
    network, thresholds = sentence.weights.network, sentence.weights.thresholds
    found = triggers.statuses(token, sentence.words.seen[token.i], sentence.offered)
    scores = network.tells(token.i, found, sentence.encoded)
    trusted = {kind: status for kind, status in found.items() if status in _TRUSTED}
    if trusted:
        scores = scores.copy()
        for kind, status in trusted.items():
            if kind in network.kinds:
                scores[network.kinds[kind]] += thresholds[f"trust {status}"]
    best = int(scores.argmax())
    if scores[best] > thresholds["trigger"]:
        return network.names[best]
    return next(
        (kind for kind, status in trusted.items() if kind not in network.kinds and status == "claim"), None
    )


@dataclass(frozen=True)
class _Draft:
    """An event with those who take part in it; `inferred` are the roles that the story fills, not the clause."""

    event: _Event
    filled: Roles
    inferred: frozenset[str]


def _drafts(events: list[_Event], sentence: _Sentence) -> Iterator[_Draft]:
    """Yield the events that somebody takes part in."""
    offered = sentence.offered
    for event, found in zip(events, _sides(events, sentence), strict=True):
        sides = _returned(event.token, found, offered)
        filled = _roles(event.kind, event.read, sides, offered)
        if any(sides.values()) and not _is_unlicensed(event, sides, offered):
            inferred = frozenset(
                role
                for role, each in filled.items()
                if any(isinstance(f, Actor) and f.span is None for f in each)
            )
            yield _Draft(event, filled, inferred)


def _claims(drafts: list[_Draft], sentence: _Sentence) -> Iterator[tuple[_Event, Claim]]:
    """Yield what drafts claim at their likeliest times, but for relations of one party."""
    for draft, when in zip(drafts, _times(drafts, sentence), strict=True):
        read, scene = draft.event.read, sentence.offered.scene
        if read.claim is not None:
            yield draft.event, replace(read.claim, roles=draft.filled, time=when, inferred=draft.inferred)
        elif read.trigger is not None:
            made = assertion.stated(read.trigger, draft.filled, draft.inferred, when, scene)
            if made is not None:
                yield draft.event, made


def _returned(
    token: Token, sides: Mapping[str, list[Power]], offered: Proposals
) -> Mapping[str, list[Power]]:
    """Return the sides of what is done in return, changed where the sentence names neither: "no return visit followed"."""
    words = offered.scene.lexica.coreference["return"]["words"]
    back = any(child.lower in words for child in syntax.children(token, "amod", "compound"))
    if not back or any(power.named for powers in sides.values() for power in powers):
        return sides
    return {"source": sides["target"], "target": sides["source"]}


def _is_unlicensed(event: _Event, sides: Mapping[str, list[Power]], offered: Proposals) -> bool:
    """Tell whether an event that nobody may be supposed to have done would be laid to powers named elsewhere only.

    "The attacks of September 11" are nobody's whom the story spoke of before."""
    scene, trigger = offered.scene, event.read.trigger
    if event.kind not in scene.lexica.roles["implied"]["never"] or trigger is None:
        return False
    back = completion.refers_back(trigger.token, scene) and completion.antecedent(trigger, {}, scene)
    return not back and not any(power.named for powers in sides.values() for power in powers)


def _sides(events: list[_Event], sentence: _Sentence) -> list[dict[str, list[Power]]]:
    """Return the powers on each side of each event."""
    offered = sentence.offered
    powers = [proposals.powers(event.token, event.read.filled, offered) for event in events]
    asked = [(event, each) for event, each in zip(events, powers, strict=True) if each]
    settings = [parties.setting(e.token, e.kind, e.read, each, offered) for e, each in asked]
    features = [[parties.features(p, s) for p in each] for (_, each), s in zip(asked, settings, strict=True)]
    places = [[parties.places(p) for p in each] for _, each in asked]
    tellers = [event.teller for event, _ in asked]
    scored = sentence.weights.network.sides(tellers, features, places, sentence.encoded) if asked else []
    found = {
        event.token.i: _chosen(each, setting, scores, sentence.weights.thresholds)
        for (event, each), setting, scores in zip(asked, settings, scored, strict=True)
    }
    return [found.get(event.token.i, {"source": [], "target": []}) for event in events]


def _chosen(
    powers: list[Power], setting: Setting, scored: network.Array, thresholds: Mapping[str, float]
) -> dict[str, list[Power]]:
    """Return the powers likely enough on each side, and on a side left empty the likeliest that is not unlikely."""
    sides: dict[str, list[Power]] = {"source": [], "target": []}
    trust = thresholds["trust again" if setting.again else "trust party"]
    scores = {
        p.key: _trusting((s[1] - s[0], s[2] - s[0]), p, setting, trust)
        for p, s in zip(powers, scored.tolist(), strict=True)
    }
    for power in powers:
        source, target = scores[power.key]
        if max(source, target) > thresholds["party"]:
            sides["source" if source >= target or setting.symmetric else "target"].append(power)
    for number, side in enumerate(("source", "target")):
        if sides[side] or (setting.symmetric and side == "target"):
            continue
        rest = [p for p in powers if p not in sides["source"] and p not in sides["target"]]
        best = max(rest, key=lambda p: scores[p.key][number], default=None)
        if best is not None and scores[best.key][number] > thresholds[f"any {side}"]:
            sides[side].append(best)
    return sides


def _trusting(
    scores: tuple[float, float], power: Power, setting: Setting, trust: float
) -> tuple[float, float]:
    """Return the scores of a power, raised on the side where the frames say it stands, lowered where they say another."""
    said = [
        {key for key, how in setting.rule[side].items() if how != "inferred" or setting.again}
        for side in parties.SIDES
    ]
    source, target = (
        score + (trust if power.key in keys else -trust if keys else 0)
        for score, keys in zip(scores, said, strict=True)
    )
    return source, target


def _roles(kind: str, read: Reading, sides: Mapping[str, list[Power]], offered: Proposals) -> Roles:
    """Return the roles with just the chosen powers on each side."""
    chosen = {side: {power.key for power in powers} for side, powers in sides.items()}
    filled: dict[str, list[Filler]] = {}
    for role, fillers in read.filled.items():
        side = parties.side_of(role, offered)
        kept = [
            f for f in fillers
            if side is None or not isinstance(f, Actor) or proposals.key_of(f) is None or proposals.key_of(f) in chosen[side]
        ]  # fmt: skip
        if kept:
            filled[role] = kept
    for side, powers in sides.items():
        present = {
            proposals.key_of(f) for role, fs in filled.items() if parties.side_of(role, offered) == side
            for f in fs if isinstance(f, Actor)
        }  # fmt: skip
        for power in powers:
            if power.key not in present:
                _seat(power, side, kind, filled, offered)
    return {role: tuple(fillers) for role, fillers in filled.items()}


def _seat(power: Power, side: str, kind: str, filled: dict[str, list[Filler]], offered: Proposals) -> None:
    """Let a power fill the first role of a side that accepts it, itself or as its state."""
    scene = offered.scene
    actor = power.actor if power.named else replace(power.actor, span=None)
    state = actors.states(actor, scene)
    names = [name for name in offered.lexicon.roles.get(kind, ()) if parties.side_of(name, offered) == side]
    for each in (actor, state):
        for name in names:
            if each is not None and each.kind in roles.accepts(name, scene):
                filled.setdefault(name, []).append(each)
                return


def _times(drafts: list[_Draft], sentence: _Sentence) -> list[str | None]:
    """Return the likeliest time of each draft."""
    if not drafts:
        return []
    events = [draft.event for draft in drafts]
    rules = [event.read.claim.time if event.read.claim else None for event in events]
    offered = sentence.offered
    options = [whens.candidates(e.token, rule, offered) for e, rule in zip(events, rules, strict=True)]
    features = [
        [whens.features(o, e.token, e.kind, rule, n, offered) for n, o in enumerate(each)]
        for e, rule, each in zip(events, rules, options, strict=True)
    ]
    scored = sentence.weights.network.times([e.token.i for e in events], features, sentence.encoded)
    return [
        _likeliest(event, rule, each, scores.tolist(), sentence)
        for event, rule, each, scores in zip(events, rules, options, scored, strict=True)
    ]


def _likeliest(
    event: _Event, rule: str | None, options: list[When], scores: list[float], sentence: _Sentence
) -> str | None:
    back = rule is None and event.read.claim is not None and _is_retold(event, sentence.offered)
    trust = sentence.weights.thresholds["trust again" if back else "trust when"]
    is_read = rule is not None or back
    ranked = [
        (score + trust * (is_read and option.time == rule), -number, option.time)
        for number, (option, score) in enumerate(zip(options, scores, strict=True))
    ]
    return max(ranked, key=lambda each: each[:2])[2]


def _is_retold(event: _Event, offered: Proposals) -> bool:
    """Tell whether the story fills a claim or it refers back: then it has no time that the frames do not know of."""
    claim = event.read.claim
    return claim is not None and (bool(claim.inferred) or completion.refers_back(event.token, offered.scene))


def _weighed(claims: list[tuple[_Event, Claim]], sentence: _Sentence) -> Iterator[tuple[_Event, Claim]]:
    """Yield claims with their likeliest polarity and modality."""
    if not claims:
        return
    signs = sentence.offered.scene.lexica.factuality["signs"]["words"]
    thresholds = sentence.weights.thresholds
    features = [standing.features(e.token, e.kind, (c.polarity, c.modality), signs) for e, c in claims]
    tellers = [event.teller for event, _ in claims]
    scored = sentence.weights.network.stands(tellers, features, sentence.encoded)
    for (event, claim), scores in zip(claims, scored, strict=True):
        scores[standing.name((claim.polarity, claim.modality))] += thresholds["trust standing"]
        scores[standing.FACT] -= thresholds["doubt"] if _is_doubted(event.read) else 0.0
        best = max(scores, key=lambda name: (scores[name], name))
        polarity, _, modality = best.partition(" ")
        yield event, replace(claim, polarity=Polarity(polarity), modality=Modality(modality))


def _is_doubted(read: Reading) -> bool:
    """Tell whether a fact may be none; what is done by deciding it ("the decision to suspend aid") is one."""
    return read.claim is None or read.trigger is None or not read.trigger.frame.performative
