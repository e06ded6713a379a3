"""What a text names or describes, each with its candidates and what speaks for them; no parser is needed.

Names are found by the gazetteer and ranked by `linking` with the title, the state and the time around them;
descriptions ("Pakistan's army chief") by state and title. This is what `diplograph link` shows.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from diplograph import linking
from diplograph.linking import Context
from diplograph.mentions import gazetteer, times
from diplograph.mentions.gazetteer import Gazetteer, Match
from diplograph.mentions.times import Clock
from diplograph.model import Candidate
from diplograph.reconciliation import describing
from diplograph.reconciliation.describing import Description
from diplograph.reconciliation.index import Index
from diplograph.reference import Name

_WORD = re.compile(r"[\w’'.-]+")
_OF_STATE = re.compile(r"[\s,]*(?:\w+\s)?of\s+(?:the\s+)?$")
_LONGEST_TITLE = 6
_PARTICLE = r"(?:(?:de|da|do|dos|du|di|la|der|den|von|van|el|al|bin|ibn) )*"
_NAME = re.compile(rf" {_PARTICLE}[A-Z][\w’'-]+(?: {_PARTICLE}[A-Z][\w’'-]+)*")
Said = list[tuple[times.TimeExpression, str]]


@dataclass(frozen=True)
class Mention:
    """A stretch of text, how it is taken, what it was looked up with, and its candidates, best first."""

    start: int
    end: int
    text: str
    context: Context
    candidates: tuple[Candidate, ...]
    chosen: Candidate | None
    title: str | None = None


@dataclass(frozen=True)
class Linker:
    """What linking a text needs: names to find, and names to ask for."""

    gazetteer: Gazetteer
    index: Index


def mentions(
    text: str, linker: Linker, *, when: str | None = None, state: str | None = None
) -> list[Mention]:
    """Return what a text mentions, in order.

    `when` is the date of the text, `state` the CURIE of one that people are taken to be of where nothing else
    is said: the host in the report of a journey.
    """
    said = _times(text, when)
    found: list[Mention] = []
    matches = list(gazetteer.find(text, linker.gazetteer))
    for number, match in enumerate(matches):
        near = _time_near(match.start, match.end, said)
        around = Around(text, match, matches[:number], matches[number + 1 :], near, when, state)
        found.append(_description(around, linker) or _named(around, linker))
    found += _unknown(text, found, matches, linker, Context(None, when, {}, state))
    return sorted(_without_parts(found), key=lambda mention: mention.start)


@dataclass(frozen=True)
class Around:
    """A name and what stands around it."""

    text: str
    match: Match
    before: list[Match]
    after: list[Match]
    when: str | None
    published: str | None
    state: str | None


def _named(around: Around, linker: Linker) -> Mention:
    match, reference = around.match, linker.index.reference
    start, title = _title_before(around, linker.index)
    said = _state_after(around) or _state_before(around, start)
    offices = describing.offices_titled(title, linker.index) if title else ()
    names = _eligible(match.names, title)
    for state in dict.fromkeys((said, said or around.state)):
        context = Context(around.when, around.published, {}, state, offices)
        candidates = linking.rank(names, context, reference)
        chosen = linking.decided(candidates)
        if chosen is not None and _serves(chosen, names, context, linker):
            break
        chosen = None
    return Mention(start, match.end, around.text[start : match.end], context, candidates, chosen, title)


def _serves(chosen: Candidate, names: Iterable[Name], context: Context, linker: Linker) -> bool:
    """A title and a family name mean somebody only who held such an office then: others bear the name too."""
    full = any(name.entity == chosen.iri and name.form != "family" for name in names)
    time = context.when or context.published
    if full or not context.offices or time is None:
        return True
    terms = linker.index.reference.terms.get(chosen.iri, ())
    return any(t.object in context.offices and linking.existed_over(t.time, time) for t in terms)


def _unknown(
    text: str, found: list[Mention], matches: list[Match], linker: Linker, context: Context
) -> Iterator[Mention]:
    """Yield titles with names that nobody known bears; whose people they are is all that can be told."""
    for word in _WORD.finditer(text):
        if not word[0][0].isupper() or any(m.start <= word.start() < m.end for m in found):
            continue
        end, title = _title_at(text, word.start(), linker.index)
        name = _NAME.match(text, end)
        if title is None or name is None or any(m.start < name.end() and m.end > end for m in found):
            continue
        before = [match for match in matches if match.end <= word.start()]
        after = [match for match in matches if match.start >= name.end()]
        here = Match(word.start(), name.end(), ())
        around = Around(text, here, before, after, None, context.published, context.state)
        state = _state_after(around) or _state_before(around, word.start()) or context.state
        offices = describing.offices_titled(title, linker.index)
        seen = replace(context, state=state, offices=offices)
        yield Mention(word.start(), name.end(), text[word.start() : name.end()], seen, (), None, title)


def _eligible(names: Iterable[Name], title: str | None) -> list[Name]:
    """After a title, a name is a person's if it can be one."""
    people = [name for name in names if name.entity.startswith("person:")]
    return people if title and people else list(names)


def _description(around: Around, linker: Linker) -> Mention | None:
    """Take a state and a title right after it, that no name follows, as somebody described."""
    match, text = around.match, around.text
    called = text[match.start : match.end]
    states = describing.states_called(called, around.when or around.published, linker.index)
    if not states:
        return None
    rest = re.match(r"(?:'s|’s|’|')?\s+", text[match.end :])
    if rest is None:
        return None
    begin = match.end + rest.end()
    end, title = _title_at(text, begin, linker.index)
    if title is None or _name_follows(end, around):
        return None
    time = around.when or around.published
    description = Description(title, states, time)
    held = describing.holders(description, linker.index) if time else ()
    candidates = tuple(
        sorted({Candidate(h.term.subject, 1.0, (f"held {h.term.object} ({h.term.time})",)) for h in held})
    )
    people = {candidate.iri for candidate in candidates}
    context = Context(time, around.published, {}, min(states), describing.offices(description, linker.index))
    chosen = candidates[0] if len(people) == 1 else None
    return Mention(match.start, end, text[match.start : end], context, candidates, chosen, title)


def _title_before(around: Around, index: Index) -> tuple[int, str | None]:
    """Return where the longest title right before a name begins, and the title."""
    words = list(_WORD.finditer(around.text[: around.match.start]))
    for length in range(min(_LONGEST_TITLE, len(words)), 0, -1):
        first = words[-length]
        phrase = around.text[first.start() : around.match.start]
        if phrase.strip() == "" or not phrase.endswith(" ") or not first[0][0].isupper():
            continue
        if describing.offices_titled(phrase.strip(), index):
            return first.start(), phrase.strip()
    return around.match.start, None


def _title_at(text: str, begin: int, index: Index) -> tuple[int, str | None]:
    """Return where the longest title that begins somewhere ends, and the title."""
    words = list(_WORD.finditer(text, begin))[:_LONGEST_TITLE]
    for last in reversed(words):
        phrase = text[begin : last.end()].rstrip(".")
        if describing.offices_titled(phrase, index):
            return begin + len(phrase), phrase
    return begin, None


def _name_follows(end: int, around: Around) -> bool:
    following = around.text[end : end + 2]
    return bool(re.match(r" [A-Z]", following)) and not any(
        m.start == end + 1 and _is_state(m) for m in around.after
    )


def _state_before(around: Around, start: int) -> str | None:
    """Return the state of an adjective or name right before a title or name: "Pakistani Prime Minister"."""
    last = around.before[-1] if around.before else None
    if last is None or not _is_state(last):
        return None
    between = around.text[last.end : start]
    return _only_state(last) if re.fullmatch(r"(?:'s|’s)?\s*", between) else None


def _state_after(around: Around) -> str | None:
    """Return the state after a name: "Prince Sihanouk of Cambodia"."""
    following = around.after[0] if around.after else None
    if following is None or not _is_state(following):
        return None
    between = around.text[around.match.end : following.start]
    return _only_state(following) if _OF_STATE.fullmatch(between) else None


def _is_state(match: Match) -> bool:
    return any(name.entity.startswith("state:") for name in match.names)


def _only_state(match: Match) -> str | None:
    states = dict.fromkeys(name.entity for name in match.names if name.entity.startswith("state:"))
    return next(iter(states), None) if len(states) == 1 else None


def _times(text: str, when: str | None) -> Said:
    """Return the time expressions of a text whose meaning is known, each relative to the one before."""
    found: Said = []
    clock = Clock(publication=when)
    for expression in times.find(text):
        time = times.resolve(expression, clock)
        if time is not None:
            found.append((expression, time))
            clock = replace(clock, story=times.narrowed(time))
    return found


def _time_near(start: int, end: int, said: Said) -> str | None:
    """Return the time nearest to a stretch of the text."""
    distances = [
        (min(abs(expression.start - end), abs(start - expression.end)), time) for expression, time in said
    ]
    return min(distances)[1] if distances else None


def _without_parts(found: list[Mention]) -> list[Mention]:
    """Leave out a mention that lies within another one."""
    return [m for m in found if not any(o is not m and o.start <= m.start and m.end <= o.end for o in found)]


def states_of(mention: Mention, index: Index) -> frozenset[str]:
    """Return the states that a mention is of: those the chosen one is or acted for then, else the one around it."""
    if mention.chosen is None:
        return frozenset({mention.context.state} - {None})  # type: ignore[arg-type]
    reference, iri = index.reference, mention.chosen.iri
    entity = reference.entities[iri]
    time = mention.context.when or mention.context.published
    terms = reference.terms.get(iri, ())
    then = [term for term in terms if time is None or linking.existed_over(term.time, time)]
    offices = (reference.entities.get(term.object) for term in then or terms)
    acted = frozenset(office.state for office in offices if office is not None and office.state)
    own = iri if iri.startswith("state:") else entity.state
    return acted or frozenset({own} if own else ())
