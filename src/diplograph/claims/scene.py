"""Everything that is at hand while one paragraph is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from spacy.tokens import Token

from diplograph.claims.discourse import Discourse
from diplograph.claims.lexica import Lexica
from diplograph.mentions.naming import NameMention
from diplograph.model import Document
from diplograph.reference import Reference
from diplograph.sentences import ParsedParagraph

_NEAR = 30  # tokens: a time said further back no longer tells which polity a name means


@lru_cache(maxsize=512)
def speaks_of(text: str, names: tuple[str, ...]) -> bool:
    """Tell whether one of some names stands in a text."""
    either = "|".join(re.escape(name) for name in names)
    return bool(names) and re.search(rf"(?<![^\W_])(?:{either})(?![^\W_])", text) is not None


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

    def position(self, token: Token) -> int:
        """Return where a token stands in the document."""
        return self.paragraph.offset + token.idx

    def speaks_of(self, entity: str) -> bool:
        """Tell whether the document calls an entity by one of its names anywhere."""
        return speaks_of(self.document.text, self.reference.entities[entity].names)

    def story(self, token: Token) -> str | None:
        """Return the time that the text speaks of at a token: said in its sentence, else shortly before."""
        sentence = token.sent
        near = [
            time for time in self.times if time.start < sentence.end and sentence.start - time.end < _NEAR
        ]
        before = [time for time in near if time.start <= token.i and time.start >= sentence.start]
        return (before or near[::-1])[-1].time if near else None

    def written(self, token: Token) -> str | None:
        """Return when the text was written; one that does not say it is as old as the time its story has reached."""
        if self.document.published is not None:
            return self.document.published
        earlier = [time.time for time in self.times if time.moves and time.start <= token.i]
        later = [time.time for time in self.times if time.moves]
        return next(iter([*earlier[::-1], *([self.era] if self.era else []), *later]), None)
