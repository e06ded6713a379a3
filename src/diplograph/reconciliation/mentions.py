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

    `when` is the date of the text, `state` the CURIE of one to prefer where nothing else tells candidates apart.
    """
    said = list(times.resolve_all(text, Clock(publication=when)))
    found: list[Mention] = []
    matches = list(gazetteer.find(text, linker.gazetteer))
    for number, match in enumerate(matches):
        around = Around(
            text, match, matches[:number], matches[number + 1 :], _time_near(match, said), when, state
        )
        description = _description(around, linker)
        found.append(description or _named(around, linker))
    return _without_parts(found)


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
    state = _state_after(around) or _state_before(around, start)
    offices = describing.offices_titled(title, linker.index) if title else ()
    context = Context(around.when, around.published, {}, state, offices)
    candidates = linking.rank(_eligible(match.names, title), context, reference)
    chosen = linking.decided(candidates)
    if chosen is None and around.state and state is None:
        context = replace(context, state=around.state)
        candidates = linking.rank(_eligible(match.names, title), context, reference)
        chosen = linking.decided(candidates)
    return Mention(start, match.end, around.text[start : match.end], context, candidates, chosen, title)


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


def _time_near(match: Match, said: list[tuple[times.TimeExpression, str, Clock]]) -> str | None:
    """Return the time nearest to a name in the text, one after it before one at the same distance in front."""
    distances = [
        (min(abs(expression.start - match.end), abs(match.start - expression.end)), time)
        for expression, time, _ in said
    ]
    return min(distances)[1] if distances else None


def _without_parts(found: list[Mention]) -> list[Mention]:
    """Leave out a mention that lies within another one."""
    return [m for m in found if not any(o is not m and o.start <= m.start and m.end <= o.end for o in found)]


def states_of(mention: Mention, index: Index) -> Iterator[str]:
    """Yield the states that the chosen candidate is, or acted for at the time."""
    if mention.chosen is None:
        return
    reference, iri = index.reference, mention.chosen.iri
    entity = reference.entities[iri]
    time = mention.context.when or mention.context.published
    terms = reference.terms.get(iri, ())
    then = [term for term in terms if time is None or linking.existed_over(term.time, time)]
    for term in then or terms:
        office = reference.entities.get(term.object)
        if office is not None and office.state:
            yield office.state
    if not terms:
        yield iri if iri.startswith("state:") else entity.state or iri
