"""What a text names or describes, each with its candidates and what speaks for them; no parser is needed.

Names are found by the gazetteer and ranked by `linking` with the title, the state and the time around them;
descriptions ("Pakistan's army chief") by state and title. This is what `diplograph link` shows.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from diplograph import edtf, linking
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
_LONGEST_DESCRIPTION = 80  # characters
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
    matches = [match for match in gazetteer.find(text, linker.gazetteer) if not _is_month(match, said)]
    for number, match in enumerate(matches):
        near = _time_near(match.start, match.end, said)
        around = Around(text, match, matches[:number], matches[number + 1 :], near, when, state)
        found.append(_description(around, linker) or _named(around, linker))
    found += _unknown(text, found, matches, linker, Context(None, when, {}, state))
    return sorted(_without_parts(found), key=lambda mention: mention.start)


def _is_month(match: Match, said: Said) -> bool:
    """Tell whether a family name is part of a time: the May of "May 1999"."""
    family = all(name.form == "family" for name in match.names)
    return family and any(e.start <= match.start and match.end <= e.end for e, _ in said)


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
    """Take an owner and a title right after or before it, that no name follows, as somebody described."""
    called = around.text[around.match.start : around.match.end]
    time = around.when or around.published
    owners = describing.owners_called(called, time, linker.index)
    found = (_owner_first(around, linker) or _title_first(around, linker)) if owners else None
    if found is None:
        return None
    start, end, phrase = found
    title, late = describing.qualified(phrase)
    early = describing.qualified(around.text[start : around.match.end])[1]
    description = Description(title, owners, time, early or late)
    candidates = _holders(description, linker)
    offices = describing.offices(description, linker.index)
    context = Context(time, around.published, {}, _owner_then(owners, time, linker), offices)
    chosen = candidates[0] if len(candidates) == 1 else None
    return Mention(start, end, around.text[start:end], context, candidates, chosen, title)


def _owner_first(around: Around, linker: Linker) -> tuple[int, int, str] | None:
    """Return where "Pakistan's then army chief" begins and ends, and what follows the owner."""
    rest = re.match(r"(?:'s|’s|’|')?\s+", around.text[around.match.end :])
    if rest is None:
        return None
    begin = around.match.end + rest.end()
    after = around.text[begin : begin + _LONGEST_DESCRIPTION]
    skipped = len(after) - len(describing.qualified(after)[0])
    end, title = _title_at(around.text, begin + skipped, linker.index)
    if title is None or _name_follows(end, around):
        return None
    return _qualifiers_before(around), end, around.text[begin:end]


def _qualifiers_before(around: Around) -> int:
    """Return where "the former" right before an owner begins, or the owner itself."""
    text, match = around.text, around.match
    called = text[match.start : match.end]
    starts = [word.start() for word in _WORD.finditer(text[: match.start])][-2:]
    found = (start for start in starts if describing.qualified(text[start : match.end])[0] == called)
    return next(found, match.start)


def _owner_then(owners: frozenset[str], when: str | None, linker: Linker) -> str:
    """Return the owner that existed at the time, rather than one of the same name."""
    entities = linker.index.reference.entities
    return min(owners, key=lambda iri: (not linking.existed(entities[iri], when), iri))


def _title_first(around: Around, linker: Linker) -> tuple[int, int, str] | None:
    """Return where "the former prime minister of India" begins and ends, and its title."""
    of = re.search(r"\s+of\s+(?:the\s+)?$", around.text[: around.match.start])
    if of is None or _name_follows(around.match.end, around):
        return None
    words = list(_WORD.finditer(around.text[: of.start()]))[-_LONGEST_TITLE:]
    for word in words:
        phrase = around.text[word.start() : of.start()]
        if describing.offices_titled(describing.qualified(phrase)[0], linker.index):
            return word.start(), around.match.end, phrase
    return None


def _holders(description: Description, linker: Linker) -> tuple[Candidate, ...]:
    """Return who fits, each once: alike where they held the office then, else those who left it last before others."""
    held = describing.holders(description, linker.index) if description.when else ()
    latest = sorted(held, key=lambda each: edtf.span(each.term.time)[1], reverse=True)
    best: dict[str, Candidate] = {}
    for place, holding in enumerate(latest):
        term = holding.term
        score = max(1.0 - 0.05 * (place + 1), 0.1) if description.former else 1.0
        best.setdefault(
            term.subject, Candidate(term.subject, round(score, 3), (f"held {term.object} ({term.time})",))
        )
    return tuple(sorted(best.values(), key=lambda candidate: (-candidate.score, candidate.iri)))


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
    own = frozenset({iri if iri.startswith("state:") else entity.state} - {None})
    return (acted & own) or acted or own  # type: ignore[return-value]
