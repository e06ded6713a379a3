"""When: which time expression belongs to which trigger."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from diplograph import edtf
from diplograph.claims import syntax
from diplograph.claims.scene import TimeMention
from diplograph.mentions import times
from diplograph.mentions.times import Clock, TimeExpression
from diplograph.sentences import ParsedParagraph
from diplograph.trees import Phrase, Token, Tree

_INHERITED = {
    "xcomp",
    "ccomp",
    "conj",
    "dobj",
    "obj",
    "pobj",
    "prep",
    "nsubj",
    "nsubjpass",
    "agent",
    "attr",
    "pcomp",
    "acl",
    "dative",
    "advcl",
    "oprd",
    "acomp",
    "csubj",
    "amod",
    "compound",
    "poss",
    "appos",
}

_MODIFIERS = {"nummod", "compound", "amod", "nmod"}
_STORY_GOES_ON = 4  # sentences in the past tense after one that says when


def expressions(paragraph: ParsedParagraph) -> list[tuple[TimeExpression, Phrase]]:
    """Return the time expressions of a paragraph with the tokens that they cover."""
    spans = ((found, paragraph.tree.phrase(found.start, found.end)) for found in times.find(paragraph.text))
    return [(found, span) for found, span in spans if span is not None]


def mentions(
    tree: Tree, said: list[tuple[TimeExpression, Phrase]], clock: Clock
) -> tuple[tuple[TimeMention, ...], Clock]:
    """Return the times of a paragraph, resolved, and the clock as it stands after it."""
    found: list[TimeMention] = []
    reached = 1 if clock.goes_on else 0  # where the story was last said to take place at a time
    for expression, span in said:
        told = clock.story if _is_told_on(reached, span, clock) else None
        base = (
            clock.last
            if expression.points_back
            else told
            if expression.needs_year
            else clock.story or clock.last
        )
        ahead = (
            clock.publication is not None
            and (expression.needs_year or expression.kind == "deictic")
            and _is_ahead(span)
        )
        time = times.resolve(expression, replace(clock, story=base, ahead=ahead))
        if time is None:
            continue
        moves = _moves_story(span, expression)
        found.append(
            TimeMention(span.start, span.end, span.root.i, time, expression.kind == "deictic", moves)
        )
        clock = replace(clock, last=times.narrowed(time))
        if expression.kind != "deictic" and moves:
            clock, reached = replace(clock, story=clock.last), span.end
    end = Phrase(tree, len(tree.tokens) - 1, len(tree.tokens))
    return tuple(found), replace(clock, goes_on=bool(reached) and _is_told_on(reached, end, clock))


def _is_told_on(reached: int, span: Phrase, clock: Clock) -> bool:
    """Tell whether a month without a year is one of the story's, and not the last before publication.

    A story goes on from one sentence to the next, and ends where the present is spoken of."""
    if clock.publication is None:
        return True
    sentence = span.tree.tokens[span.start].sentence
    for _ in range(_STORY_GOES_ON):
        if reached > sentence.start:
            return True
        if not sentence.start or _is_present(sentence):
            return False
        sentence = sentence.tree.tokens[sentence.start - 1].sentence
    return False


def _is_ahead(span: Phrase) -> bool:
    """Tell whether a date is of something that is to come: "will open on 1 March", "are to meet in May"."""
    for _, governor in syntax.path_up(span.root):
        if syntax.is_verb(governor):
            words = {child.lower for child in governor.children if child.dep == "aux"}
            if words & {"will", "shall", "'ll"} or _is_scheduled(governor, words):
                return True
            if "to" in words:
                return not _is_past_plan(governor)
            if governor.dep not in {"conj", "xcomp"}:
                return False
    return False


def _is_past_plan(infinitive: Token) -> bool:
    """Tell whether what was to be done lies back: "had refused to sign in November", but "plans to meet in May"."""
    governor = infinitive.head
    return infinitive.dep == "xcomp" and any(c.dep == "aux" and c.lower == "had" for c in governor.children)


def _is_scheduled(verb: Token, auxiliaries: set[str]) -> bool:
    """Tell whether a simple present tells a timetable: "flies to Beijing on Thursday", "resume on Monday"."""
    return verb.tag in {"VBZ", "VBP"} and not auxiliaries and verb.pos == "VERB"


def _is_present(sentence: Phrase) -> bool:
    finite = [sentence.root, *syntax.children(sentence.root, "aux", "auxpass")]
    return any(
        token.tag in {"VBZ", "VBP", "MD"} and token.lower not in {"would", "could", "might"}
        for token in finite
    )


def _moves_story(span: Phrase, expression: TimeExpression) -> bool:
    """Tell whether a date says when the story takes place; one of a thing ("the treaty of 1932", "its 1932 treaty") or
    of a clause aside does not."""
    if expression.relation in {"since", "until", "till", "before", "from", "to"}:
        return False
    token = span.root
    if expression.kind == "year" and token.dep in _MODIFIERS and token.head.pos in {"NOUN", "PROPN"}:
        return False
    if token.head.lower == "of" and not syntax.is_verb(token.head.head):
        return False
    return all(child.dep not in {"relcl", "acl"} for child, _ in syntax.path_up(token))


def owners(
    tokens: Sequence[Token], found: Iterable[TimeMention], eventful: set[int]
) -> Mapping[int, list[TimeMention]]:
    """Return the times by the token they belong to: the nearest verb or event noun above each."""
    owned: dict[int, list[TimeMention]] = {}
    for mention in found:
        token = tokens[mention.head]
        while token.head != token:
            token = token.head
            inside = mention.start <= token.i < mention.end
            if not inside and (token.i in eventful or syntax.is_verb(token)):
                break
        owned.setdefault((_closed_off(tokens, mention, token) or token).i, []).append(mention)
    return owned


def _closed_off(tokens: Sequence[Token], mention: TimeMention, governor: Token) -> Token | None:
    """Return the verb that a time belongs to where a comma closes its clause before the verb that it was attached to.

    In "Sadat, who had become president that October, signed" the month is that of becoming president."""
    if governor.i < mention.end or tokens[mention.end].text != ",":
        return None
    for token in reversed(tokens[tokens[mention.start].sentence.start : mention.start]):
        if token.text in {",", ";", ":"}:
            return None
        if syntax.is_verb(token) and token.dep not in {"aux", "auxpass"}:
            return token
    return None


def of(
    trigger: Token, matched: Iterable[Token], owned: Mapping[int, list[TimeMention]], eventful: set[int]
) -> str | None:
    """Return the EDTF time of a trigger: its own, or that of a governor it shares its time with."""
    for token in (trigger, *matched):
        if token.i in owned:
            return _nearest(trigger, owned[token.i])
    below = _below(trigger, owned, eventful)
    if below is not None:
        return below
    for child, governor in syntax.path_up(trigger):
        if _is_apart(child, governor) or (child.dep not in _INHERITED and not _goes_on(child)):
            return None
        if governor.i in owned:
            shared = [
                m for m in owned[governor.i] if not _has_subject_of_its_own(child) or m.start < governor.i
            ]
            return _nearest(trigger, shared) if shared else None
    return None


def told_with(trigger: Token, found: Sequence[TimeMention]) -> str | None:
    """Return the time of the sentence before, which a simple past tense carries on: "In October ... Helsinki refused"."""
    sentence = trigger.sentence
    if not syntax.is_verb(trigger) or not _is_narrated(trigger) or not sentence.start:
        return None
    if any(sentence.start <= mention.start < trigger.i for mention in found):
        return None
    before = trigger.tree.tokens[sentence.start - 1].sentence
    times_before = [m for m in found if before.start <= m.start < before.end and not m.deictic and m.moves]
    return times_before[-1].time if times_before else None


def story_year(trigger: Token, found: Sequence[TimeMention]) -> str | None:
    """Return the year that the story had reached when a simple past tense tells on, in the sentence or in the next."""
    if not syntax.is_verb(trigger) or not _is_past(trigger):
        return None
    said = [m for m in found if m.start < trigger.i and (m.moves or m.deictic)]
    if not said or _sentences_between(said[-1], trigger) > 1:
        return None
    return edtf.year(said[-1].time)


def _sentences_between(mention: TimeMention, trigger: Token) -> int:
    return sum(1 for t in trigger.tree.tokens[mention.end : trigger.i] if t.sentence.start == t.i)


def _is_past(verb: Token) -> bool:
    if any(child.dep == "aux" for child in verb.children):
        return False
    passive = [child for child in verb.children if child.dep == "auxpass"]
    return passive[0].tag == "VBD" if passive else verb.tag == "VBD"


def _is_narrated(verb: Token) -> bool:
    """Tell whether a verb is a main verb in the simple past."""
    return _is_past(verb) and verb.dep in {"ROOT", "conj"}


def _goes_on(child: Token) -> bool:
    """Tell whether a relative clause carries the story on: "demanded an inquiry, which Karimov refused"."""
    if child.dep != "relcl" or child.tag != "VBD":
        return False
    return any(token.text == "," for token in child.tree.tokens[child.head.i : child.i])


def _has_subject_of_its_own(verb: Token) -> bool:
    return verb.dep == "conj" and bool(syntax.children(verb, *syntax.SUBJECTS, *syntax.PASSIVE_SUBJECTS))


def starts_by(time: str, day: str) -> bool:
    """Tell whether a time begins on or before the last day of another."""
    return edtf.span(time)[0] <= edtf.span(day)[1]


def _below(trigger: Token, owned: Mapping[int, list[TimeMention]], eventful: set[int]) -> str | None:
    """A time on a verb that merely carries the event, or on a participle of it: "the accord signed in 1955"."""
    for child in trigger.children:
        told_of_it = child.i not in eventful or (
            child.dep == "acl" and child.tag == "VBN" and not syntax.is_verb(trigger)
        )
        if child.dep in {"acl", "xcomp", "relcl"} and child.i in owned and told_of_it:
            return _nearest(trigger, owned[child.i])
    return None


def _is_apart(child: Token, governor: Token) -> bool:
    """Tell whether a clause has a time of its own although it does not say it: "after the army had removed him"."""
    if child.dep == "advcl":
        return any(
            c.dep == "mark"
            and c.lower in {"after", "before", "since", "until", "although", "though", "because"}
            for c in child.children
        )
    if child.dep == "pcomp":
        return governor.lower in {"after", "before", "since", "until"}
    return bool(child.dep == "pobj" and governor.lower in {"after", "before", "since", "until", "following"})


def _nearest(trigger: Token, found: list[TimeMention]) -> str:
    return min(found, key=lambda mention: (abs(mention.start - trigger.i), mention.start)).time
