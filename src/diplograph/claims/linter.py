"""What is wrong with the frames: entries that clash, repeat each other, cannot match or are matched by no example.

What names nothing known is refused when frames are loaded; the other problems are for those who write frames, and
for the test over them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from itertools import combinations

from diplograph.claims.frames import Frame, LexicalUnit, Lexicon
from diplograph.errors import KnowledgeError

FUNCTIONS = frozenset(
    [
        "subject",
        "object",
        "indirect",
        "possessor",
        "modifier",
        "outer",
        "between",
        "as",
        "self",
        "relation",
        "story",
        "clause_object",
    ]
)
PREPOSITIONS = frozenset(
    [
        "about",
        "across",
        "after",
        "against",
        "along",
        "alongside",
        "around",
        "at",
        "before",
        "behind",
        "beyond",
        "by",
        "down",
        "for",
        "from",
        "in",
        "inside",
        "into",
        "near",
        "of",
        "off",
        "on",
        "onto",
        "out",
        "over",
        "past",
        "through",
        "throughout",
        "to",
        "toward",
        "towards",
        "under",
        "until",
        "up",
        "upon",
        "via",
        "with",
        "within",
    ]
)


def problems(lexicon: Lexicon, roles: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """Return a sentence for each problem, sorted; `roles` tells which kinds of fillers each role accepts."""
    found = [
        *_unknown(lexicon, roles),
        *_repeated(lexicon),
        *_ambiguous(lexicon, roles),
        *_impossible(lexicon),
    ]
    return tuple(sorted(set(found)))


def require_known(lexicon: Lexicon, events: Collection[str], roles: Mapping[str, Collection[str]]) -> None:
    """Raise KnowledgeError naming the first frame whose event class, role or function does not exist."""
    for frame in lexicon.frames:
        if frame.event not in events:
            close = "".join(f"; did you mean {each}?" for each in get_close_matches(frame.event, events, 1))
            raise KnowledgeError(
                f"{frame.source}: the ontology has no event or situation {frame.event!r}{close}"
            )
    for problem in _unknown(lexicon, roles):
        raise KnowledgeError(problem)


def units(lexicon: Lexicon) -> tuple[LexicalUnit, ...]:
    """Return each unit once, in the order of frames and text."""
    each = {id(unit): unit for group in lexicon.units.values() for unit in group}.values()
    order = {id(frame): number for number, frame in enumerate(lexicon.frames)}
    return tuple(sorted(each, key=lambda u: (order.get(id(u.frame), -1), u.part, u.text, sorted(u.heads))))


def unused(lexicon: Lexicon, matched: Collection[LexicalUnit]) -> tuple[LexicalUnit, ...]:
    """Return the units that are not among those that some example matched."""
    seen = set(matched)
    return tuple(unit for unit in units(lexicon) if unit not in seen)


def _unknown(lexicon: Lexicon, roles: Collection[str]) -> Iterator[str]:
    for frame in lexicon.frames:
        given = {name for names, _ in frame.roles for name in names}
        for name in sorted(given - set(roles)):
            yield f"{_title(frame)}: the role {name!r} is not known"
        for name in sorted(frame.requires - given):
            yield f"{_title(frame)}: requires {name!r}, which no function fills"
        for function in sorted({f for _, functions in frame.roles for f in functions if not _is_function(f)}):
            yield f"{_title(frame)}: the function {function!r} is not known"


def _is_function(function: str) -> bool:
    if function in FUNCTIONS | PREPOSITIONS:
        return True
    first, _, rest = function.partition("_")
    return bool(rest) and first in FUNCTIONS | PREPOSITIONS and _is_function(rest)


def _repeated(lexicon: Lexicon) -> Iterator[str]:
    """Two units of one frame that say the same."""
    for one, other in _pairs(lexicon):
        if one.frame is other.frame:
            yield f"{_title(one.frame)}: {_overlap(one, other)} stands in {_short(one)} and in {_short(other)}"


def _ambiguous(lexicon: Lexicon, roles: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Units of frames for different events that match the same words and require fillers of the same kinds."""
    for one, other in _pairs(lexicon):
        if one.frame.event != other.frame.event and _needs(one.frame, roles) == _needs(other.frame, roles):
            yield f"{_title(one.frame)} and {_title(other.frame)}: nothing tells {_overlap(one, other)} apart"


def _needs(frame: Frame, roles: Mapping[str, Collection[str]]) -> list[tuple[str, ...]]:
    """Return the kinds that the required roles accept; all that a state can fill count as alike."""
    kinds = [set(roles.get(name, ())) for name in frame.requires]
    return sorted(("State",) if "State" in each else tuple(sorted(each)) for each in kinds)


def _impossible(lexicon: Lexicon) -> Iterator[str]:
    """A noun never has a preposition before it within its phrase: it must be written `declaration of > war`."""
    for unit in units(lexicon):
        phrases = [*(unit.heads if unit.part == "noun" else ()), *unit.objects]
        for phrase in sorted(phrases):
            inside = set(phrase[:-1]) & PREPOSITIONS
            if inside:
                yield f"{_title(unit.frame)}: {' '.join(phrase)!r} cannot match, for {min(inside)!r} stands after a noun"


def _pairs(lexicon: Lexicon) -> Iterator[tuple[LexicalUnit, LexicalUnit]]:
    """Yield pairs of units that can match the same words with the same number of constraints."""
    alike: dict[tuple[object, ...], list[LexicalUnit]] = defaultdict(list)
    for unit in units(lexicon):
        for head in unit.heads:
            alike[unit.part, head, len(unit.with_words), bool(unit.objects)].append(unit)
    for group in alike.values():
        for one, other in combinations(group, 2):
            if one is not other and _overlap(one, other):
                yield one, other


def _overlap(one: LexicalUnit, other: LexicalUnit) -> str:
    """Return a wording that both match, or an empty string."""
    words = [first & second for first, second in zip(one.with_words, other.with_words, strict=True)]
    objects = one.objects & other.objects
    if not all(words) or bool(one.objects) != bool(objects):
        return ""
    shared = sorted(one.heads & other.heads)[0] if one.heads & other.heads else ()
    parts = [
        " ".join(shared),
        *(min(each) for each in words),
        *([f"> {' '.join(min(objects))}"] if objects else []),
    ]
    return repr(" ".join(parts))


def _short(unit: LexicalUnit) -> str:
    return repr(unit.text if len(unit.text) < 60 else unit.text[:57] + "...")


def _title(frame: Frame) -> str:
    return f"{frame.event} ({frame.source})"
