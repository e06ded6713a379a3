"""Frames: which words evoke which event, and which grammatical function fills which role. Read from TOML.

A lexical unit is written `visit`, `travel|fly to` (a particle or preposition), `lift|end > arms embargo|embargo`
(what the object, or the noun after the preposition, must be), `suspend / cut off > aid` (either of two patterns).
The longer pattern wins over the shorter.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diplograph.claims import syntax
from diplograph.claims.arguments import Arguments
from diplograph.claims.discourse import Thing
from diplograph.errors import KnowledgeError
from diplograph.trees import Token

_KEYS = {
    "event",
    "verbs",
    "nouns",
    "adjectives",
    "roles",
    "requires",
    "performative",
    "absorbs",
    "countable",
    "mutual",
    "example",
}
_PARTS = {"verbs": "verb", "nouns": "noun", "adjectives": "adjective"}
_NOUNS = {"NOUN", "PROPN"}


@dataclass(frozen=True)
class Frame:
    """One way in which prose tells of a kind of event.

    `roles` maps role names (several where the filler's type decides) to functions in order of preference;
    `requires` lists roles without which the words mean something else; a `performative` event is done by deciding it;
    `absorbs` names the kinds of a governing trigger that only announce this one (an agreement on a sale); a `countable`
    noun evokes it only with a determiner, an owner or in the plural; in a `mutual` one all sides fill the first role,
    for none acts on the other (a clash).
    """

    event: str
    roles: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    requires: frozenset[str] = frozenset()
    performative: bool = False
    absorbs: frozenset[str] = frozenset()
    countable: bool = False
    mutual: bool = False
    source: str = ""


@dataclass(frozen=True)
class LexicalUnit:
    """A pattern of words: a head, perhaps a particle or preposition, perhaps what must follow."""

    text: str
    part: str
    heads: frozenset[tuple[str, ...]]
    with_words: tuple[frozenset[str], ...]
    objects: frozenset[tuple[str, ...]]
    frame: Frame

    @property
    def specificity(self) -> int:
        """Return how many constraints the pattern has."""
        longest = max(len(head) for head in self.heads)
        return longest + len(self.with_words) + 2 * bool(self.objects)


@dataclass(frozen=True)
class Lexicon:
    """All lexical units by part of speech and last word of the head."""

    units: Mapping[tuple[str, str], tuple[LexicalUnit, ...]]
    frames: tuple[Frame, ...]
    by_event: Mapping[str, tuple[LexicalUnit, ...]]  # one unit for each frame of an event class
    roles: Mapping[str, tuple[str, ...]]  # those of all frames of an event class, in their order


@dataclass(frozen=True)
class Trigger:
    """A word that evokes a frame, with what else the pattern matched."""

    token: Token
    unit: LexicalUnit
    matched: tuple[Token, ...]

    @property
    def frame(self) -> Frame:
        """Return the frame that the words evoke."""
        return self.unit.frame


def load(paths: Iterable[Path]) -> Lexicon:
    """Read frame files. Raises KnowledgeError naming file and frame that is malformed."""
    units: dict[tuple[str, str], list[LexicalUnit]] = defaultdict(list)
    frames = []
    for path in paths:
        for number, table in enumerate(_frames(path), start=1):
            frame = _frame(table, f"{path.name}, frame {number}")
            frames.append(frame)
            for unit in _units(table, frame):
                for head in unit.heads:
                    units[unit.part, head[-1]].append(unit)
    ordered = {
        key: tuple(sorted(group, key=lambda u: (-u.specificity, -len(u.frame.requires), u.text)))
        for key, group in units.items()
    }
    by_event = _by_event(ordered)
    roles = {event: _role_names(group) for event, group in by_event.items()}
    return Lexicon(ordered, tuple(frames), by_event, roles)


def _role_names(units: Iterable[LexicalUnit]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for unit in units for names, _ in unit.frame.roles for name in names))


def _by_event(units: Mapping[tuple[str, str], tuple[LexicalUnit, ...]]) -> dict[str, tuple[LexicalUnit, ...]]:
    """Return the first unit of each frame, by the event class of the frame."""
    first: dict[str, LexicalUnit] = {}
    for group in units.values():
        for unit in group:
            first.setdefault(unit.frame.source, unit)
    found: dict[str, list[LexicalUnit]] = defaultdict(list)
    for _, unit in sorted(first.items()):
        found[unit.frame.event].append(unit)
    return {event: tuple(group) for event, group in found.items()}


def _frames(path: Path) -> list[dict[str, Any]]:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise KnowledgeError(f"{path}: {error}") from error
    return list(table.get("frame", []))


def _frame(table: dict[str, Any], source: str) -> Frame:
    unknown = set(table) - _KEYS
    if unknown or "event" not in table:
        raise KnowledgeError(
            f"{source}: {'unknown key ' + min(unknown) if unknown else 'no event'}; expected {sorted(_KEYS)}"
        )
    return Frame(
        event=table["event"],
        roles=tuple(
            (tuple(_split(names, ",")), tuple(functions))
            for names, functions in table.get("roles", {}).items()
        ),
        requires=frozenset(table.get("requires", ())),
        performative=table.get("performative", False),
        absorbs=frozenset(table.get("absorbs", ())),
        countable=table.get("countable", False),
        mutual=table.get("mutual", False),
        source=source,
    )


def _units(table: dict[str, Any], frame: Frame) -> Iterator[LexicalUnit]:
    for key, part in _PARTS.items():
        for text in table.get(key, ()):
            left, _, right = text.partition(">")
            for pattern in left.split("/"):
                yield _unit(text, pattern.split(), _split(right, "|"), part, frame)


def _unit(text: str, words: list[str], objects: list[str], part: str, frame: Frame) -> LexicalUnit:
    if not words:
        raise KnowledgeError(f"{frame.source}: the lexical unit {text!r} has no head")
    if part == "noun":
        has_preposition = len(words) > 1 and words[-1].split("|")[0] in _PREPOSITIONS
        head, with_words = (words[:-1], words[-1:]) if has_preposition else (words, [])
    else:
        head, with_words = words[:1], words[1:]
    return LexicalUnit(
        text=text,
        part=part,
        heads=frozenset((*head[:-1], *_hyphened(last)) for last in head[-1].split("|")),
        with_words=tuple(frozenset(word.split("|")) for word in with_words),
        objects=frozenset(_hyphened(option) for option in objects),
        frame=frame,
    )


_PREPOSITIONS = {
    "of",
    "to",
    "in",
    "on",
    "with",
    "against",
    "for",
    "from",
    "between",
    "into",
    "at",
    "by",
    "over",
    "toward",
    "towards",
    "about",
    "under",
    "as",
}


def _hyphened(text: str) -> tuple[str, ...]:
    """Return the words of a phrase as the parser sees them: "cease-fire" is three tokens, the mark among them."""
    return tuple(text.replace("-", " ").split())


def _split(text: str, separator: str) -> list[str]:
    return [piece.strip() for piece in text.split(separator) if piece.strip()]


def match(
    token: Token, arguments: Arguments, lexicon: Lexicon, things: Sequence[Thing] = ()
) -> Iterator[Trigger]:
    """Yield the triggers that a token can be, the most specific first; `things` are what "it" may mean, nearest first."""
    part = part_of_speech(token)
    if part is None:
        return
    units = lexicon.units.get((part, token.lemma), ())
    meant = _meant(units, things)
    for unit in units:
        matched = _match_unit(token, unit, arguments, meant)
        if matched is not None:
            yield Trigger(token, unit, (token, *matched))


def _meant(units: Iterable[LexicalUnit], things: Sequence[Thing]) -> Thing | None:
    """Return the nearest thing that one of the patterns of a verb takes as its object."""
    wanted = [words for unit in units for words in unit.objects]
    lemmas = {words[-1] for words in wanted}
    return next(
        (t for t in things if t.lemma in lemmas and any(_is_thing(t, words) for words in wanted)), None
    )


def _is_thing(thing: Thing, words: tuple[str, ...]) -> bool:
    return thing.lemma == words[-1] and all(word in thing.before for word in words[:-1])


def part_of_speech(token: Token) -> str | None:
    """Return which lexical units a token can head: verb, noun, adjective or none."""
    if token.pos in _NOUNS:
        return "noun"
    if token.pos == "VERB" or (token.pos == "AUX" and token.dep not in {"aux", "auxpass"}):
        return "verb"
    return "adjective" if token.pos in {"ADJ", "ADV"} else None


def _match_unit(
    token: Token, unit: LexicalUnit, arguments: Arguments, meant: Thing | None
) -> tuple[Token, ...] | None:
    if not any(_has_words_before(token, head[:-1]) for head in unit.heads if head[-1] == token.lemma):
        return None
    if unit.frame.countable and unit.part == "noun" and not _is_counted(token):
        return None
    places = list(arguments.get("object", ()))
    for words in unit.with_words:
        linked, is_particle = _linked(token, words, arguments)
        if not linked:
            return None
        places = places if is_particle else linked
    if not unit.objects:
        return ()
    for noun in places:
        if any(noun.lemma == words[-1] and _has_words_before(noun, words[:-1]) for words in unit.objects):
            return (noun,)
        if meant is not None and is_elliptic(noun) and any(_is_thing(meant, words) for words in unit.objects):
            return (noun,)
    return None


def is_elliptic(noun: Token) -> bool:
    """Tell whether a phrase stands for a thing named before: "lifted it", "recalled its own", "expelled Israel's"."""
    if noun.lower in {
        "it",
        "them",
        "this",
        "that",
        "these",
        "those",
        "one",
        "ones",
        "own",
        "theirs",
        "whole",
    }:
        return True
    return (
        any(child.tag == "POS" for child in noun.children)
        and noun.dep in syntax.OBJECTS | syntax.PASSIVE_SUBJECTS
    )


def _linked(token: Token, words: frozenset[str], arguments: Arguments) -> tuple[list[Token], bool]:
    """Return what a preposition governs, or the particle itself, and whether it is a particle."""
    governed = [noun for word in sorted(words) for noun in arguments.get(word, ())]
    if governed:
        return governed, False
    return [
        c for c in token.children if c.dep in {"prt", "advmod", "acomp", "oprd"} and c.lower in words
    ], True


def _is_counted(noun: Token) -> bool:
    """Tell whether a noun stands for one thing: with an article, a number or an owner, in the plural, or as a name."""
    if noun.tag in {"NNS", "NNP", "NNPS"} or any(
        child.dep in {"det", "poss", "nummod"} for child in noun.children
    ):
        return True
    return any(child.dep == "compound" and child.pos == "PROPN" for child in noun.children)


def _has_words_before(noun: Token, words: tuple[str, ...]) -> bool:
    if not words:
        return True
    before = {child.lower for child in noun.children if child.i < noun.i}
    before |= {t.lower for child in syntax.children(noun, "compound", "amod", "nmod") for t in child.subtree}
    return all(word in before for word in words)
