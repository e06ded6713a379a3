"""What the text has spoken of so far, and what words that refer back refer to.

Who is meant is whom the text speaks of most: a mention weighs more the nearer it is and more as a subject, after
Lappin and Leass (1994), "An algorithm for pronominal anaphora resolution", Computational Linguistics 20.
"""

from bisect import insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from diplograph.model import Actor, Claim
from diplograph.trees import Token

PEOPLE = frozenset({"Person", "DescribedPerson"})
POWERS = frozenset({"State", "Organization", "Bloc"})
_FADING = 0.3  # a sentence further back, a mention weighs so much less; tried on the passages of training
_AHEAD = 0.6  # what is named only later weighs so much less
_SUBJECT = 1.6  # what a clause is about weighs so much more
_PAIRED = 1.5  # whoever dealt with a power last is its likeliest counterpart
_TOPICAL = 12.0  # what the whole text is about is likelier than what it names in passing
_RECENT = 2  # sentences: "it" means a thing named no longer ago
_RELATIONS = 12  # who dealt with whom before that is forgotten
_WINDOW = 90  # mentions; what is further back no longer weighs


@dataclass(frozen=True, order=True)
class Mentioned:
    """An agent that was named at a position of the document; `subject` where it was what a clause is about."""

    position: int
    sentence: int = 0
    actor: Actor = field(default_factory=lambda: Actor("", ""), compare=False)
    subject: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Relation:
    """Which powers a claim of some sentence put on either side."""

    sentence: int
    source: frozenset[str]
    target: frozenset[str]

    def opposite(self, power: str) -> frozenset[str]:
        """Return whom a power dealt with; in a relation of equals, the others."""
        if not self.target:
            return self.source - {power} if power in self.source else frozenset()
        return self.target if power in self.source else self.source if power in self.target else frozenset()


@dataclass(frozen=True)
class Thing:
    """A noun that was used; "it" may mean it later."""

    position: int
    sentence: int
    lemma: str
    token: Token

    @property
    def before(self) -> frozenset[str]:
        """Return the words of its phrase that stand before it."""
        return frozenset(t.lower for t in self.token.tree.tokens[self.token.first : self.token.i])


@dataclass
class Discourse:
    """The memory of a reader: grows from left to right, and is asked backwards from a position."""

    sentence: int = 0
    mentioned: list[Mentioned] = field(default_factory=list)
    people: dict[str, Actor] = field(default_factory=dict)  # family name -> fullest actor
    claims: list[Claim] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    named: dict[str, int] = field(default_factory=dict)  # entity -> last position
    things: list[Thing] = field(default_factory=list)
    shares: Mapping[str, float] = field(
        default_factory=dict
    )  # state -> share of the names of states hereabouts

    def note(self, actor: Actor, position: int, *, subject: bool = False) -> None:
        """Remember that an actor was named at a position."""
        insort(self.mentioned, Mentioned(position, self.sentence, actor, subject))
        for iri in (actor.iri, actor.state):
            if iri:
                self.named[iri] = max(position, self.named.get(iri, -1))
        if actor.kind == "Person":
            self.people.setdefault(actor.label.split()[-1], actor)

    def before(self, position: int) -> Iterator[Mentioned]:
        """Yield what was named before a position, the nearest first."""
        return (mention for mention in reversed(self.mentioned) if mention.position < position)

    def person(self, position: int, but: frozenset[str] = frozenset()) -> Actor | None:
        """Return whom "he" or "she" at a position means; `but` are labels of persons that it cannot mean."""
        return self._most_salient(
            position, lambda actor: actor.kind in PEOPLE and actor.label not in but, span=4
        )

    def power(self, position: int, but: frozenset[str] = frozenset()) -> Actor | None:
        """Return what "it" or "the country" at a position means."""
        return self._most_salient(
            position, lambda actor: actor.kind in POWERS and actor.label not in but, span=6
        )

    def topic(self) -> Actor | None:
        """Return the state that the text has named most often so far."""
        counts: dict[str, int] = {}
        for mention in self.mentioned:
            if mention.actor.kind == "State" and mention.actor.iri:
                counts[mention.actor.iri] = counts.get(mention.actor.iri, 0) + 1
        top = max(counts, key=lambda iri: (counts[iri], iri), default=None)
        return self.actor_of(top) if top else None

    def recent_things(self, position: int) -> list[Thing]:
        """Return the things that "it" at a position may mean, the nearest first."""
        found = []
        for thing in reversed(self.things):
            if self.sentence - thing.sentence > _RECENT:
                break
            if thing.position < position:
                found.append(thing)
        return found

    def pair(self, position: int) -> tuple[Actor, ...]:
        """Return the two states that "both countries" at a position means, in the order they were named."""
        here = _distinct(
            m.actor for m in self.before(position) if m.sentence == self.sentence and m.actor.kind == "State"
        )
        if len(here) == 2:
            return tuple(reversed(here))
        weights = self.salience(position)
        for power, share in self.shares.items():
            weights[power] = weights.get(power, 0.0) + _TOPICAL * share
        states = {m.actor.iri: m for m in self.before(position) if m.actor.kind == "State" and m.actor.iri}
        ranked = sorted((iri for iri in states if iri in weights), key=lambda iri: (-weights[iri], iri))[:2]
        chosen = sorted(
            (states[iri] for iri in ranked if iri is not None), key=lambda mention: mention.position
        )
        return tuple(mention.actor for mention in chosen) if len(chosen) == 2 else ()

    def two_people(self, position: int) -> tuple[Actor, ...]:
        """Return the two persons that "both leaders" means, if two were named lately."""
        recent = (m for m in self.before(position) if self.sentence - m.sentence <= 3)
        return tuple(reversed(_distinct(m.actor for m in recent if m.actor.kind == "Person")[:2]))

    def salience(self, position: int) -> dict[str, float]:
        """Return how much each power is spoken of at a position, by entity or else by name."""
        weights: dict[str, float] = {}
        for mention in self.mentioned[-_WINDOW:]:
            power = power_of(mention.actor)
            if power is not None:
                weight = self._weight(mention) * (1.0 if mention.position < position else _AHEAD)
                weights[power] = weights.get(power, 0.0) + weight
        return weights

    def counterpart(self, position: int, known: Iterable[str], but: Iterable[str] = ()) -> str | None:
        """Return the power that is most likely on the other side of known ones; `but` are powers that it cannot be."""
        known, excluded = set(known), {*known, *but}
        weights = self.salience(position)
        for power, share in self.shares.items():
            weights[power] = weights.get(power, 0.0) + _TOPICAL * share
        for power in known:
            relation = next((r for r in reversed(self.relations) if r.opposite(power)), None)
            for other in relation.opposite(power) if relation else ():
                weights[other] = weights.get(other, 0.0) + _PAIRED * _FADING ** (
                    self.sentence - relation.sentence if relation else 0
                )
        options = sorted(
            (power for power in weights if power not in excluded), key=lambda power: (-weights[power], power)
        )
        return options[0] if options else None

    def quarrel(self, but: frozenset[str]) -> frozenset[str]:
        """Return the two powers that dealt with each other last, lately, and not with any of some others."""
        for relation in reversed(self.relations[-_RELATIONS:]):
            everyone = relation.source | relation.target
            if len(everyone) == 2 and not everyone & but:
                return everyone
        return frozenset()

    def beside(self, position: int, known: Iterable[str]) -> str | None:
        """Return the likeliest counterpart of known powers among those that the sentence names before a position."""
        here = {power_of(m.actor) for m in self.before(position) if m.sentence == self.sentence}
        return self.counterpart(
            position,
            known,
            {power for power in self.salience(position) if power not in here} | (set(self.shares) - here),
        )

    def actor_of(self, power: str) -> Actor | None:
        """Return the actor that was last named for a power."""
        return next(
            (
                m.actor
                for m in reversed(self.mentioned)
                if m.actor.kind in POWERS and (m.actor.iri or m.actor.label) == power
            ),
            None,
        )

    def _weight(self, mention: Mentioned) -> float:
        return float(_FADING ** (self.sentence - mention.sentence)) * (_SUBJECT if mention.subject else 1.0)

    def _most_salient(self, position: int, fits: Callable[[Actor], bool], *, span: int) -> Actor | None:
        weights: dict[str, float] = {}
        latest: dict[str, Actor] = {}
        here = [m for m in self.before(position) if m.sentence == self.sentence and fits(m.actor)]
        if here:
            return next((m.actor for m in here if m.subject), here[0].actor)
        for mention in self.before(position):
            if self.sentence - mention.sentence > span:
                break
            if fits(mention.actor):
                key = mention.actor.iri or mention.actor.label
                latest.setdefault(key, mention.actor)
                weights[key] = weights.get(key, 0.0) + self._weight(mention)
        order = list(latest)
        best = max(order, key=lambda key: (weights[key], -order.index(key)), default=None)
        return latest[best] if best else None


def power_of(actor: Actor) -> str | None:
    """Return the entity (or name) of the state or organization that an actor is or belongs to."""
    if actor.kind == "Place":
        return None
    return actor.state or ((actor.iri or actor.label) if actor.kind in POWERS else None)


def _distinct(actors: Iterable[Actor]) -> list[Actor]:
    return list({actor.label: actor for actor in actors}.values())
