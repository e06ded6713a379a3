"""What the text has spoken of so far, and what words that refer back refer to."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from diplograph.model import Actor, Claim

_PEOPLE = {"Person", "DescribedPerson"}
_POWERS = {"State", "Organization", "Bloc"}


@dataclass(frozen=True)
class Mentioned:
    """An agent that was named at a position of the document; `subject` where it was what a clause is about."""

    position: int
    actor: Actor
    subject: bool = False


@dataclass
class Discourse:
    """The memory of a reader: grows from left to right, and is asked backwards from a position."""

    mentioned: list[Mentioned] = field(default_factory=list)
    people: dict[str, Actor] = field(default_factory=dict)  # family name -> fullest actor
    claims: list[Claim] = field(default_factory=list)
    named: dict[str, int] = field(default_factory=dict)  # entity -> last position

    def note(self, actor: Actor, position: int, *, subject: bool = False) -> None:
        """Remember that an actor was named at a position."""
        self.mentioned.append(Mentioned(position, actor, subject))
        self.mentioned.sort(key=lambda mention: mention.position)
        for iri in (actor.iri, actor.state):
            if iri:
                self.named[iri] = max(position, self.named.get(iri, -1))
        if actor.kind == "Person":
            self.people.setdefault(actor.label.split()[-1], actor)

    def before(self, position: int) -> Iterator[Mentioned]:
        """Yield what was named before a position, the nearest first."""
        return (mention for mention in reversed(self.mentioned) if mention.position < position)

    def person(self, position: int) -> Actor | None:
        """Return whom "he" or "she" at a position means: the nearest person."""
        return next((m.actor for m in self.before(position) if m.actor.kind in _PEOPLE), None)

    def power(self, position: int, sentence: int) -> Actor | None:
        """Return what "it" or "the country" means: the subject of this or the last sentence, else the nearest state."""
        nearest = [m for m in self.before(position) if m.actor.kind in _POWERS]
        here = [m for m in nearest if m.position >= sentence]
        subject = next((m for m in here if m.subject), None)
        chosen = subject or next(iter(here), None) or next((m for m in nearest[:4] if m.subject), None) or next(iter(nearest), None)
        return chosen.actor if chosen else None

    def pair(self, position: int) -> tuple[Actor, ...]:
        """Return the two states that "both countries" at a position means, in the order they were named."""
        return _last_two(m.actor for m in self.before(position) if m.actor.kind == "State")

    def two_people(self, position: int) -> tuple[Actor, ...]:
        """Return the two persons that "both leaders" means, if two were named lately."""
        return _last_two(m.actor for m in self.before(position) if m.actor.kind == "Person")

    def topic(self, known: str) -> Actor | None:
        """Return the state that the text has named most often so far, other than a known one."""
        counts: dict[str, int] = {}
        for mention in self.mentioned:
            if mention.actor.kind == "State" and mention.actor.iri and mention.actor.iri != known:
                counts[mention.actor.iri] = counts.get(mention.actor.iri, 0) + 1
        top = max(counts, key=lambda iri: (counts[iri], iri), default=None)
        return next((m.actor for m in reversed(self.mentioned) if m.actor.iri == top), None) if top else None

    def partner(self, position: int, known: str) -> Actor | None:
        """Return the state last named together with a known one."""
        return next((m.actor for m in self.before(position) if m.actor.kind == "State" and m.actor.iri != known), None)


def _last_two(actors: Iterator[Actor]) -> tuple[Actor, ...]:
    found: list[Actor] = []
    for actor in actors:
        if all(actor.label != other.label for other in found):
            found.append(actor)
        if len(found) == 2:
            return tuple(reversed(found))
    return ()
