"""What a sentence offers to be weighed: the words that may trigger an event, and the powers that may take part."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from diplograph.claims import actors, drafting, frames, roles
from diplograph.claims.arguments import Arguments
from diplograph.claims.discourse import power_of
from diplograph.claims.drafting import Told
from diplograph.claims.frames import Lexicon, Trigger
from diplograph.claims.roles import Roles
from diplograph.claims.scene import Scene
from diplograph.model import Actor, Claim
from diplograph.trees import Phrase, Token

_BACK = 4  # sentences: a power named further back takes part only if the text is about it
_TOPICS = 3
_MOST = 14  # powers weighed for one trigger
_LOOKED_AT = 150  # mentions


@dataclass(frozen=True)
class Named:
    """A power as a sentence names it: by a token, as an actor."""

    token: Token
    actor: Actor
    subject: bool = False


@dataclass(frozen=True)
class Power:
    """A state, an organization or a stateless person that may take part; `named` where this sentence names it."""

    key: str
    actor: Actor
    named: tuple[Named, ...] = ()
    distance: int = 0  # sentences back, where it was named last
    rank: int = 0  # by how much the text speaks of it here, the first being 0
    share: float = 0.0


@dataclass
class Proposals:
    """A sentence with all that is to be weighed in it; fills up as it is asked."""

    sentence: Phrase
    scene: Scene
    lexicon: Lexicon
    told: Mapping[int, list[Told]]
    named: tuple[Named, ...]
    taken: frozenset[int]  # words of claims beside their triggers
    _resolved: dict[int, tuple[Actor, ...]] = field(default_factory=dict)

    def arguments(self, token: Token) -> Arguments:
        """Return the arguments of a token by function, those of the matched words of its frame included."""
        return drafting.arguments_of(token, self.scene)

    def trigger(self, token: Token, kind: str) -> Trigger | None:
        """Return the token as a trigger of a kind: by the pattern that matches, else by any with its head, else by any."""
        things = self.scene.discourse.recent_things(self.scene.position(token))
        for trigger in frames.match(token, self.arguments(token), self.lexicon, things):
            if trigger.frame.event == kind:
                return trigger
        key = (frames.part_of_speech(token) or "", token.lemma)
        units = (*self.lexicon.units.get(key, ()), *self.lexicon.by_event.get(kind, ()))
        unit = next((u for u in units if u.frame.event == kind), None)
        return Trigger(token, unit, (token,)) if unit else None

    def resolved(self, token: Token) -> tuple[Actor, ...]:
        """Return whom a noun phrase stands for."""
        if token.i not in self._resolved:
            self._resolved[token.i] = actors.resolve(token, self.scene)
        return self._resolved[token.i]


@dataclass(frozen=True)
class Reading:
    """What the frames make of a token as the trigger of a kind: their claim, or the roles that a frame fills in part."""

    trigger: Trigger | None
    claim: Claim | None
    filled: Roles


def reading(token: Token, kind: str, proposals: Proposals) -> Reading:
    """Return what the frames make of a token as the trigger of a kind."""
    claim = next((t.claim for t in proposals.told.get(token.i, ()) if t.claim.kind == kind), None)
    trigger = proposals.trigger(token, kind)
    if claim is not None:
        return Reading(trigger, claim, dict(claim.roles))
    filled = roles.fill(trigger, proposals.arguments(token), proposals.scene, None) if trigger else {}
    return Reading(trigger, None, filled)


def propose(sentence: Phrase, told: list[Told], scene: Scene, lexicon: Lexicon) -> Proposals:
    """Collect what is to be weighed in a sentence that the frames have read as `told`."""
    by_token: dict[int, list[Told]] = {}
    for each in told:
        by_token.setdefault(each.token.i, []).append(each)
    taken = frozenset(t.i for each in told for t in each.matched)
    named = tuple(sorted(_named(sentence, scene), key=lambda each: each.token.i))
    return Proposals(sentence, scene, lexicon, by_token, named, taken)


def _named(sentence: Phrase, scene: Scene) -> Iterator[Named]:
    at = {scene.position(token): token for token in sentence}
    for mention in reversed(scene.discourse.mentioned):
        if mention.sentence < scene.discourse.sentence:
            break
        token = at.get(mention.position)
        if token is not None and key_of(mention.actor) is not None:
            yield Named(token, mention.actor, mention.subject)


def key_of(actor: Actor) -> str | None:
    """Return what identifies the power that an actor is or acts for; persons of no known state stand for themselves."""
    power = power_of(actor)
    if power is not None:
        return power
    return actor.label if actor.kind == "Person" else actor.state


def powers(token: Token, filled: Roles, proposals: Proposals) -> list[Power]:
    """Return the powers that may take part in what a token triggers, those named in the sentence first."""
    scene = proposals.scene
    found: dict[str, list[Named]] = {}
    for named in (*proposals.named, *_in_arguments(token, proposals)):
        key = key_of(named.actor)
        if key is not None and (named.token.i != token.i or token.i in scene.names):
            found.setdefault(key, []).append(named)
    discourse, position = scene.discourse, scene.position(token)
    weights = discourse.salience(position)
    ranked = {power: rank for rank, power in enumerate(sorted(weights, key=lambda p: (-weights[p], p)))}
    back: dict[str, tuple[int, Actor]] = {}
    for mention in islice(discourse.before(position), _LOOKED_AT):
        key = key_of(mention.actor)
        if key is not None and key not in back:
            back[key] = (discourse.sentence - mention.sentence, mention.actor)
    topics = sorted(discourse.shares, key=lambda p: (-discourse.shares[p], p))[:_TOPICS]
    chosen = list(found)
    chosen += [
        k
        for k, (d, _) in back.items()
        if (k not in found and 0 < d <= _BACK) or (k in topics and k not in found)
    ]
    for actor in (f for fillers in filled.values() for f in fillers if isinstance(f, Actor)):
        key = key_of(actor)
        if key is not None and key not in chosen:
            chosen.append(key)
            back.setdefault(key, (9, actor))
    return [
        Power(
            key,
            (found[key][0].actor if key in found else back[key][1]),
            tuple(found.get(key, ())),
            0 if key in found else back[key][0],
            min(ranked.get(key, 9), 9),
            discourse.shares.get(key, 0.0),
        )
        for key in dict.fromkeys(chosen)
    ][:_MOST]


def _in_arguments(token: Token, proposals: Proposals) -> Iterator[Named]:
    """Yield the powers that the arguments of a token stand for without naming them: the government, both sides."""
    for tokens in proposals.arguments(token).values():
        for each in tokens:
            if each.pos == "NOUN" or each.lower in {"both", "two"}:
                for actor in proposals.resolved(each):
                    yield Named(each, actor)


def path(start: Token, end: Token) -> str:
    """Return the way through the tree between two tokens: ">" goes up, "<" down, prepositions with their word."""
    up: list[Token] = [start]
    while up[-1].head != up[-1]:
        up.append(up[-1].head)
    places = {token.i: number for number, token in enumerate(up)}
    down: list[Token] = [end]
    while down[-1].i not in places:
        if down[-1].head == down[-1]:
            return "none"
        down.append(down[-1].head)
    top = places[down[-1].i]
    rising = [f">{_step(token)}" for token in up[:top]]
    falling = [f"<{_step(token)}" for token in reversed(down[:-1])]
    steps = rising + falling
    return "".join(steps) if len(steps) <= 6 else f"far{min(len(steps), 9)}"


def _step(token: Token) -> str:
    return f"{token.dep}:{token.lower}" if token.dep in {"prep", "agent", "mark", "prt"} else token.dep
