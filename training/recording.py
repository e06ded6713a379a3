"""What there is to decide in annotated passages, and how it should have been decided: the examples to learn from."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from sys import intern
from typing import Any

from diplograph import edtf, records
from diplograph.claims import extraction, frames
from diplograph.claims.extraction import Judge
from diplograph.claims.weighing import parties, proposals, standing, triggers, whens
from diplograph.model import Document
from diplograph.pipeline import Knowledge

Record = dict[str, Any]
Passage = tuple[Document, list[Record]]
NOBODY, SOURCE, TARGET = range(3)
KINDS = {
    type_: kind for kind, type_ in records.TYPES.items()
}  # what annotators call otherwise than the ontology


@dataclass
class EventExample:
    """An annotated event at a word: the powers, times and standings that it may have, and those that it has."""

    token: int
    kind: str
    powers: list[list[str]] = field(default_factory=list)  # features of each
    places: list[list[int]] = field(default_factory=list)  # words that name each
    sides: list[int] = field(default_factory=list)
    whens: list[list[str]] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)
    standing: list[str] = field(default_factory=list)
    wanted: str = ""


@dataclass
class Example:
    """A passage as the network sees it, the kinds that its words tell, and those that cannot be told.

    `statuses` has for each kind that a word may tell what speaks for it, `is_open` whether it may tell an event.
    """

    words: triggers.Words = field(default_factory=lambda: triggers.Words([], [], [], [], []))
    statuses: list[Mapping[str, str]] = field(default_factory=list)
    is_open: list[bool] = field(default_factory=list)
    told: list[tuple[int, str]] = field(default_factory=list)
    unclear: list[tuple[int, str]] = field(default_factory=list)
    events: list[EventExample] = field(default_factory=list)


@dataclass
class Recorder:
    """A judge that notes what there was to decide, and how it should have been decided, and leaves it to another.

    What was decided is what the text has told when the next sentence is read; without `judge` it is what the frames read.
    """

    known: Knowledge
    events: list[Record]
    judge: Judge | None = None
    example: Example = field(default_factory=Example)
    first: int = 0  # number of the first word of the paragraph

    def __call__(self, scene: Any, lexicon: Any) -> Any:
        """Return what notes what the sentences of a paragraph offer."""
        words = triggers.words(scene, lexicon)
        self.first = len(self.example.words.forms)
        self.example.words = self.example.words.followed_by(words)
        revise = self.judge(scene, lexicon) if self.judge else None

        def note(sentence: Any, told: Any) -> Any:
            self._note_sentence(proposals.propose(sentence, told, scene, lexicon), words)
            return revise(sentence, told) if revise else told

        return note

    def _note_sentence(self, offered: Any, words: triggers.Words) -> None:
        sentence = offered.sentence
        self.example.statuses += [
            triggers.statuses(token, words.seen[token.i], offered) for token in sentence
        ]
        self.example.is_open += [triggers.is_open(token, offered) for token in sentence]
        for event in self.events:
            covered = [
                t for t in sentence if _overlaps(offered.scene.position(t), len(t.text), event["trigger"])
            ]
            if covered:
                self._note(event, covered, offered)

    def _note(self, event: Record, covered: list[Any], offered: Any) -> None:
        kind, example = KINDS.get(event["type"], event["type"]), self.example
        token = _teller(kind, covered, offered)
        example.unclear += [(self.first + t.i, kind) for t in covered if t is not token]
        if token is None:
            return
        example.told.append((self.first + token.i, kind))
        read = proposals.reading(token, kind, offered)
        if read.trigger is None and read.claim is None:
            return
        noted = EventExample(self.first + token.i, kind)
        self._note_powers(noted, event, token, read, offered)
        _note_times(noted, event, token, read, offered)
        rule = standing.rule(read, offered)
        signs = offered.scene.lexica.factuality["signs"]["words"]
        noted.standing = _shared(standing.features(token, kind, rule, signs))
        noted.wanted = f"{event['polarity'].capitalize()} {event['modality'].capitalize()}"
        example.events.append(noted)

    def _note_powers(self, noted: EventExample, event: Record, token: Any, read: Any, offered: Any) -> None:
        powers = proposals.powers(token, read.filled, offered)
        setting = parties.setting(token, noted.kind, read, powers, offered)
        for power in powers:
            name = self.known.analysts_codes.get(power.key, power.actor.label)
            noted.powers.append(_shared(parties.features(power, setting)))
            noted.places.append([self.first + place for place in parties.places(power)])
            side = SOURCE if name in event["source"] else TARGET if name in event["target"] else NOBODY
            noted.sides.append(side)


def _shared(features: list[str]) -> list[str]:
    """Return equal features as one object, for there are millions."""
    return [intern(feature) for feature in features]


def _overlaps(start: int, length: int, span: list[int]) -> bool:
    return bool(span[0] < start + length and start < span[1])


def _teller(kind: str, covered: list[Any], offered: Any) -> Any | None:
    """Return the word that tells an event: one whose claim is of its kind, else the head of those annotated."""
    for told in (each for group in offered.told.values() for each in group if each.claim.kind == kind):
        if told.token in covered or any(t in covered for t in told.matched):
            return told.token
    words = [t for t in covered if frames.part_of_speech(t) is not None] or covered
    within = {t.i for t in covered}
    heads = [t for t in words if t.head.i not in within or t.head == t]
    return next(iter(heads or words), None)


def _note_times(noted: EventExample, event: Record, token: Any, read: Any, offered: Any) -> None:
    rule = read.claim.time if read.claim else None
    options = whens.candidates(token, rule, offered)
    exact = [o.time == event["time"] for o in options]
    noted.right = exact if any(exact) else [_same_year(o.time, event["time"]) for o in options]
    noted.whens = [
        _shared(whens.features(option, token, noted.kind, rule, number, offered))
        for number, option in enumerate(options)
    ]


def _same_year(one: str | None, other: str | None) -> bool:
    if not one or not other:
        return one == other
    return [d.year for d in edtf.span(one)] == [d.year for d in edtf.span(other)]


def record(passages: Iterable[Passage], known: Knowledge, judge: Judge | None = None) -> Iterator[Example]:
    """Read passages, with the frames alone or with a judge, and yield each as an example."""
    for document, events in passages:
        recorder = Recorder(known, events, judge)
        extraction.read(document, replace(known.reader, judge=recorder))
        yield recorder.example
