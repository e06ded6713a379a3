"""Everything that is at hand while one paragraph is read."""

from collections.abc import Mapping
from dataclasses import dataclass

from spacy.tokens import Token

from diplograph.claims.discourse import Discourse
from diplograph.claims.lexica import Lexica
from diplograph.mentions.naming import NameMention
from diplograph.model import Document
from diplograph.reference import Reference
from diplograph.sentences import ParsedParagraph


@dataclass(frozen=True)
class TimeMention:
    """A resolved time expression: the tokens it covers, its governor in the tree, its EDTF value."""

    start: int
    end: int
    head: int
    time: str
    deictic: bool = False


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

    def position(self, token: Token) -> int:
        """Return where a token stands in the document."""
        return self.paragraph.offset + token.idx

    def sentence_start(self, token: Token) -> int:
        """Return where a token's sentence starts in the document."""
        return self.paragraph.offset + token.sent.start_char
