"""The frames' claims of a sentence, revised: some dropped, some added, parties, times and factuality weighed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from diplograph.claims import actors, assertion, completion, roles, syntax
from diplograph.claims.drafting import Told
from diplograph.claims.frames import Lexicon
from diplograph.claims.roles import Roles
from diplograph.claims.scene import Scene
from diplograph.claims.weighing import network, parties, proposals, standing, triggers, whens
from diplograph.claims.weighing.network import Encoded, Network
from diplograph.claims.weighing.parties import Setting
from diplograph.claims.weighing.proposals import Power, Proposals, Reading
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
    """Revises the claims of a sentence by weights."""

    weights: Weights

    def __call__(self, sentence: Phrase, told: list[Told], scene: Scene, lexicon: Lexicon) -> list[Told]:
        """Return the claims that stand, in the order of the text."""
        offered = proposals.propose(sentence, told, scene, lexicon)
        words = triggers.words(offered)
        encoded = self.weights.network.encode(words)
        found = []
        for number, token in enumerate(sentence):
            kind = _kind(number, words, encoded, self.weights) if words.is_open[number] else None
            if kind is not None:
                claim = _claim(token, kind, offered, encoded, self.weights)
                if claim is not None:
                    found.append(Told(token, claim))
        return found


def _kind(number: int, words: triggers.Words, encoded: Encoded, weights: Weights) -> str | None:
    """Return the kind of event that a word tells, if any; what the network never saw is left to the frames."""
    rows, found = weights.network.kinds, words.statuses[number]
    scores = encoded.scores[number].copy()
    for kind, status in found.items():
        if kind in rows and status in _TRUSTED:
            scores[rows[kind]] += weights.thresholds[f"trust {status}"]
    best = int(scores.argmax())
    if scores[best] > weights.thresholds["trigger"]:
        return list(rows)[best]
    return next((kind for kind, status in found.items() if kind not in rows and status == "claim"), None)


def _claim(token: Token, kind: str, offered: Proposals, encoded: Encoded, weights: Weights) -> Claim | None:
    read = proposals.reading(token, kind, offered)
    if kind not in weights.network.kinds:
        return read.claim
    if read.trigger is None and read.claim is None:
        return None
    sides = _returned(token, _sides(token, kind, read, offered, encoded, weights), offered)
    filled = _roles(kind, read, sides, offered)
    if not any(sides.values()) or _is_unlicensed(read, kind, sides, offered):
        return None
    when = _when(token, kind, read, offered, encoded, weights)
    inferred = frozenset(
        role for role, each in filled.items() if any(isinstance(f, Actor) and f.span is None for f in each)
    )
    if read.claim is not None:
        claim = replace(read.claim, roles=filled, time=when, inferred=inferred)
    else:
        made = assertion.stated(read.trigger, filled, inferred, when, offered.scene) if read.trigger else None
        if made is None:
            return None
        claim = made
    # what is done by deciding it ("the decision to suspend aid") is not doubted for being decided only
    is_doubted = read.claim is None or read.trigger is None or not read.trigger.frame.performative
    return _weighed(claim, token, offered, encoded, weights, is_doubted=is_doubted)


def _returned(
    token: Token, sides: Mapping[str, list[Power]], offered: Proposals
) -> Mapping[str, list[Power]]:
    """Return the sides of what is done in return, changed where the sentence names neither: "no return visit followed"."""
    words = offered.scene.lexica.coreference["return"]["words"]
    back = any(child.lower in words for child in syntax.children(token, "amod", "compound"))
    if not back or any(power.named for powers in sides.values() for power in powers):
        return sides
    return {"source": sides["target"], "target": sides["source"]}


def _is_unlicensed(read: Reading, kind: str, sides: Mapping[str, list[Power]], offered: Proposals) -> bool:
    """Tell whether an event that nobody may be supposed to have done would be laid to powers named elsewhere only.

    "The attacks of September 11" are nobody's whom the story spoke of before."""
    scene, trigger = offered.scene, read.trigger
    if kind not in scene.lexica.roles["implied"]["never"] or trigger is None:
        return False
    back = completion.refers_back(trigger.token, scene) and completion.antecedent(trigger, {}, scene)
    return not back and not any(power.named for powers in sides.values() for power in powers)


def _sides(
    token: Token, kind: str, read: Reading, offered: Proposals, encoded: Encoded, weights: Weights
) -> dict[str, list[Power]]:
    """Return the powers on each side."""
    sides: dict[str, list[Power]] = {"source": [], "target": []}
    powers = proposals.powers(token, read.filled, offered)
    if not powers:
        return sides
    setting = parties.setting(token, kind, read, powers, offered)
    features = [parties.features(p, setting) for p in powers]
    places = [parties.places(p, offered) for p in powers]
    number = token.i - offered.sentence.start
    scored = weights.network.sides(kind, number, features, places, encoded)
    trust = weights.thresholds["trust again" if setting.again else "trust party"]
    scores = {
        p.key: _trusting((s[1] - s[0], s[2] - s[0]), p, setting, trust)
        for p, s in zip(powers, scored.tolist(), strict=True)
    }
    for power in powers:
        source, target = scores[power.key]
        if max(source, target) > weights.thresholds["party"]:
            sides["source" if source >= target or setting.symmetric else "target"].append(power)
    for number, side in enumerate(("source", "target")):
        if sides[side] or (setting.symmetric and side == "target"):
            continue
        rest = [p for p in powers if p not in sides["source"] and p not in sides["target"]]
        best = max(rest, key=lambda p: scores[p.key][number], default=None)
        if best is not None and scores[best.key][number] > weights.thresholds[f"any {side}"]:
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


def _when(
    token: Token, kind: str, read: Reading, offered: Proposals, encoded: Encoded, weights: Weights
) -> str | None:
    rule = read.claim.time if read.claim else None
    options = whens.candidates(token, rule, offered)
    features = [whens.features(o, token, kind, rule, n, offered) for n, o in enumerate(options)]
    back = rule is None and read.claim is not None and _is_retold(token, read.claim, offered)
    trust = weights.thresholds["trust again" if back else "trust when"]
    is_read = rule is not None or back
    scores = weights.network.times(token.i - offered.sentence.start, features, encoded).tolist()
    scored = [
        (score + trust * (is_read and option.time == rule), -number, option.time)
        for number, (option, score) in enumerate(zip(options, scores, strict=True))
    ]
    return max(scored, key=lambda each: each[:2])[2]


def _is_retold(token: Token, claim: Claim, offered: Proposals) -> bool:
    """Tell whether the story fills a claim or it refers back: then it has no time that the frames do not know of."""
    return bool(claim.inferred) or completion.refers_back(token, offered.scene)


def _weighed(
    claim: Claim, token: Token, offered: Proposals, encoded: Encoded, weights: Weights, *, is_doubted: bool
) -> Claim:
    """Return the claim with the likeliest polarity and modality."""
    signs = offered.scene.lexica.factuality["signs"]["words"]
    rule = (claim.polarity, claim.modality)
    features = standing.features(token, claim.kind, rule, signs)
    scores = weights.network.stands(claim.kind, token.i - offered.sentence.start, features, encoded)
    scores[standing.name(rule)] += weights.thresholds["trust standing"]
    scores[standing.FACT] -= weights.thresholds["doubt"] if is_doubted else 0.0
    best = max(scores, key=lambda name: (scores[name], name))
    polarity, _, modality = best.partition(" ")
    return replace(claim, polarity=Polarity(polarity), modality=Modality(modality))
