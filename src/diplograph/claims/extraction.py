"""Documents to claims: triggers in each sentence, their roles, time and factuality, and where the text says it."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from spacy.language import Language

from diplograph import sentences
from diplograph.claims import actors, completion, drafting, references, shortening, syntax, things, timing
from diplograph.claims.discourse import Discourse, Relation, Thing
from diplograph.claims.drafting import Told
from diplograph.claims.frames import Lexicon
from diplograph.claims.lexica import Lexica
from diplograph.claims.scene import Scene
from diplograph.mentions import naming
from diplograph.mentions.gazetteer import Gazetteer
from diplograph.mentions.times import Clock
from diplograph.model import Actor, Claim, Document, Evidence, Span
from diplograph.trees import Phrase, Token

_AROUND = 3  # paragraphs before and after: what the text is about may change with its chapters
_WHERE = {"in", "at", "near", "over", "off", "around", "outside", "inside", "through", "via"}
_SUBJECTS = syntax.SUBJECTS | syntax.PASSIVE_SUBJECTS


Revision = Callable[[Phrase, list[Told]], list[Told]]
"""What revises the claims that the frames read in a sentence."""
Judge = Callable[[Scene, Lexicon], Revision]
"""Who revises the claims that the frames read in the sentences of a paragraph, one after the other."""


@dataclass(frozen=True)
class Reader:
    """All that reading needs: the parser, the declarative knowledge, and who revises what the frames read, if anybody."""

    parser: Language
    gazetteer: Gazetteer
    lexicon: Lexicon
    lexica: Lexica
    judge: Judge | None = None


def read(document: Document, reader: Reader) -> tuple[Claim, ...]:
    """Return the claims of a document in the order of the text."""
    discourse = Discourse()
    scenes = _with_first_time(list(_scenes(document, reader, discourse)))
    counts = [_counts(scene) for scene in scenes]
    for number, scene in enumerate(scenes):
        discourse.shares = _shares(counts[max(number - _AROUND, 0) : number + _AROUND + 1])
        revise = reader.judge(scene, reader.lexicon) if reader.judge is not None else None
        for sentence in scene.paragraph.tree.sentences:
            _read_sentence(sentence, scene, reader.lexicon, revise)
    return tuple(_with_repeats(claim, document) for claim in discourse.claims)


def _scenes(document: Document, reader: Reader, discourse: Discourse) -> Iterator[Scene]:
    clock, persons = Clock(document.published), set[str]()
    for paragraph in sentences.parse(document, reader.parser):
        said = timing.expressions(paragraph)
        era = clock.story
        found, clock = timing.mentions(paragraph.tree, said, clock)
        dated = frozenset(token.i for _, span in said for token in span)
        apart = dated | naming.dateline(paragraph)
        names = naming.find(paragraph, reader.gazetteer, reader.lexica.names, apart, persons)
        persons |= {name.text.split()[-1] for name in names.values() if name.kind == "Person"}
        reference = reader.gazetteer.reference
        yield Scene(
            document, paragraph, names, found, reader.lexica, reference, discourse, document.author, era
        )


def _with_first_time(scenes: list[Scene]) -> list[Scene]:
    """Tell the scenes before the first time that a text says that it is about that time."""
    first = next((time.time for scene in scenes for time in scene.times if time.moves), None)
    return [replace(scene, era=first) if scene.era is None else scene for scene in scenes]


def _counts(scene: Scene) -> Counter[str]:
    """Return how often a paragraph names each state, its people and its capital."""
    counts: Counter[str] = Counter()
    for token, mention in actors.all_named(scene):
        if mention.kind in {"state", "person"} or (mention.kind == "place" and not _is_scene(token, scene)):
            counts.update(filter(None, (actor.state for actor in actors.resolve(token, scene))))
    return counts


def _shares(several: list[Counter[str]]) -> dict[str, float]:
    """Return how much of the text around a paragraph is about each state; the shares sum to 1."""
    counts = sum(several, Counter[str]())
    return {state: count / counts.total() for state, count in counts.items()}


def _read_sentence(sentence: Phrase, scene: Scene, lexicon: Lexicon, revise: Revision | None) -> None:
    discourse = scene.discourse
    discourse.sentence += 1
    _note_actors(sentence, scene)
    told = drafting.claims(sentence, scene, lexicon)
    if revise is not None:
        told = revise(sentence, told)
    for each in told:
        discourse.claims.append(each.claim)
        discourse.relations.append(Relation(discourse.sentence, *completion.sides_of(each.claim, scene)))


def _note_actors(sentence: Phrase, scene: Scene) -> None:
    """Remember whom a sentence names, describes or means by a pronoun, so that later words can refer back to them."""
    for token in sentence:
        body = things.body(token, scene) if token.pos == "PROPN" else None
        if body is not None:
            scene.discourse.note(body, scene.position(token))
        for actor in _mentioned(token, scene):
            _note(actor, token, scene)
        if token.pos in {"NOUN", "PROPN"}:
            thing = Thing(scene.position(token), scene.discourse.sentence, token.lemma, token)
            scene.discourse.things.append(thing)


def _mentioned(token: Token, scene: Scene) -> tuple[Actor, ...]:
    mention = scene.names.get(token.i)
    if mention is not None:
        return actors.resolve(token, scene) if mention.head == token.i else ()
    if token.lower in scene.lexica.offices or shortening.may_mean(token, scene):
        return actors.resolve(token, scene)
    return (references.pronoun(token, scene) or ()) if token.pos == "PRON" else ()


def _note(actor: Actor, token: Token, scene: Scene) -> None:
    if actor.kind == "Place" and shortening.is_occasion(token, scene):
        actor = replace(actor, state=None)
    subject = syntax.first_conjunct(token).dep in _SUBJECTS
    scene.discourse.note(actor, scene.position(token), subject=subject)
    state = actors.states(actor, scene) if actor.kind == "Place" and not _is_scene(token, scene) else None
    if state is not None:
        scene.discourse.note(state, scene.position(token), subject=subject)


def _is_scene(token: Token, scene: Scene) -> bool:
    """Tell whether a place is only where something happens: in Geneva, at Yalta, through Suez, the Vienna talks."""
    head = syntax.first_conjunct(token)
    there = head.dep == "pobj" and head.head.lower in _WHERE
    return there or shortening.is_occasion(head, scene)


def _with_repeats(claim: Claim, document: Document) -> Claim:
    """Add the second place where a paragraph that repeats another says the same, as one claim with two spans."""
    return replace(
        claim, evidence=(*claim.evidence, *(e for each in claim.evidence for e in _repeats(each, document)))
    )


def _repeats(evidence: Evidence, document: Document) -> Iterator[Evidence]:
    for paragraph in document.paragraphs:
        original = paragraph.repeats
        if original and original.start <= evidence.span.start and evidence.span.end <= original.end:
            moved = paragraph.span.start - original.start
            yield Evidence(
                Span(evidence.span.start + moved, evidence.span.end + moved),
                Span(evidence.trigger.start + moved, evidence.trigger.end + moved),
            )
