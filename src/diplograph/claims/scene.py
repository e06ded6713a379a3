"""Everything that is at hand while one paragraph is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from diplograph.claims import syntax
from diplograph.claims.arguments import Arguments
from diplograph.claims.discourse import Discourse
from diplograph.claims.lexica import Lexica
from diplograph.mentions.naming import NameMention
from diplograph.model import Actor, Document
from diplograph.reference import Reference
from diplograph.sentences import ParsedParagraph
from diplograph.trees import Token

_NEAR = 30  # tokens: a time said further back no longer tells which polity a name means


def _is_present(verb: Token) -> bool:
    """Tell whether a verb speaks of what is, has been or will be."""
    words = (verb, *(child for child in verb.children if child.dep in {"aux", "auxpass"}))
    return any(word.tag in {"VBZ", "VBP", "MD"} for word in words)


@lru_cache(maxsize=512)
def speaks_of(text: str, names: tuple[str, ...]) -> bool:
    """Tell whether one of some names stands in a text."""
    either = "|".join(re.escape(name) for name in names)
    return bool(names) and re.search(rf"(?<![^\W_])(?:{either})(?![^\W_])", text) is not None


Asked = tuple[int, str | None, int, int]
"""A word, the time it speaks of, the sentence that is read, and how many mentions were known when it was asked about."""


@dataclass(frozen=True)
class Memo:
    """What was found out about words of a paragraph, for it is asked again: arguments, times spoken of, whom they mean."""

    arguments: dict[int, Arguments] = field(default_factory=dict)
    stories: dict[int, str | None] = field(default_factory=dict)
    resolved: dict[Asked, tuple[Actor, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class TimeMention:
    """A resolved time expression: the tokens it covers, its governor in the tree, its EDTF value."""

    start: int
    end: int
    head: int
    time: str
    deictic: bool = False
    moves: bool = False  # says when the story takes place


@dataclass(frozen=True)
class Scene:
    """A paragraph with its names and times, the words and entities known, and the memory of what came before."""

    document: Document
    paragraph: ParsedParagraph
    names: Mapping[int, NameMention]
    times: tuple[TimeMention, ...]
    lexica: Lexica
    reference: Reference
    discourse: Discourse
    author: str | None = None
    era: str | None = None  # the time that the story had reached before the paragraph
    memo: Memo = field(default_factory=Memo)

    def position(self, token: Token) -> int:
        """Return where a token stands in the document."""
        return self.paragraph.offset + token.idx

    def speaks_of(self, entity: str) -> bool:
        """Tell whether the document calls an entity by one of its names anywhere."""
        return speaks_of(self.document.text, self.reference.entities[entity].names)

    def story(self, token: Token) -> str | None:
        """Return the time that the text speaks of at a token: said in its clause, else in its sentence or shortly before.

        What a dated text says in the present tense is as old as the text, unless its own sentence says a time."""
        stories = self.memo.stories
        if token.i not in stories:
            stories[token.i] = self._story(token)
        return stories[token.i]

    def _story(self, token: Token) -> str | None:
        sentence, clause = token.sentence, syntax.clause_of(token)
        here = [t for t in self.times if sentence.start <= t.start < sentence.end]
        same = [t for t in here if syntax.clause_of(self.paragraph.tokens[t.head]) == clause]
        if not here and self.document.published is not None and _is_present(clause):
            return None
        lately = [t for t in self.times if t.start < sentence.start and sentence.start - t.end < _NEAR]
        options = (
            next((t for t in reversed(same) if t.start <= token.i), None),
            next(iter(same), None),
            next((t for t in reversed(here) if t.start <= token.i), None),
            next(reversed(lately), None),
            next(iter(here), None),
        )
        chosen = next((t for t in options if t is not None), None)
        return self._ended(chosen.time) if chosen is not None else None

    def _ended(self, time: str) -> str:
        """Return a time that goes on as one that ends with the text, or else as its beginning: "since 1967" in 1983."""
        first, _, last = time.partition("/")
        if last == ".." and first != "..":
            written = self.document.published
            return written if written and written >= first else first
        return last if first == ".." else time

    def written(self, token: Token) -> str | None:
        """Return when the text was written; one that does not say it is as old as the time its story has reached."""
        if self.document.published is not None:
            return self.document.published
        moving = [time for time in self.times if time.moves]
        earlier = [time.time for time in moving if time.start <= token.i]
        known = [
            *earlier[::-1],
            *([self.era] if self.era else []),
            *(time.time for time in [*moving, *self.times]),
        ]
        return self._ended(known[0]) if known else None
