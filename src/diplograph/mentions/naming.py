"""Names in a parsed paragraph: what the gazetteer knows, and behind it what is a name by its form."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

from diplograph.mentions import gazetteer as gazetteers
from diplograph.mentions import recognition
from diplograph.mentions.gazetteer import Gazetteer
from diplograph.mentions.recognition import NameWords
from diplograph.reference import Name
from diplograph.sentences import ParsedParagraph
from diplograph.trees import Phrase, Token

_DATELINE = re.compile(r"[^\W\d_a-z]{2}[^a-z—–]{1,30}?(?:, [^—–]{1,30})? (?:—|–|-) ")
_ARTICLES = {"the", "a", "an"}


@dataclass(frozen=True)
class NameMention:
    """The tokens from `start` up to `end` are a name; `names` is empty where only its form tells that it is one."""

    start: int
    end: int
    head: int
    text: str
    kind: str
    names: tuple[Name, ...] = ()


def dateline(paragraph: ParsedParagraph) -> frozenset[int]:
    """Return the tokens of a wire story's dateline: where it was filed is not what it is about."""
    match = _DATELINE.match(paragraph.text)
    return (
        frozenset(token.i for token in paragraph.tokens if token.idx < match.end()) if match else frozenset()
    )


def find(
    paragraph: ParsedParagraph,
    gazetteer: Gazetteer,
    words: NameWords,
    apart: frozenset[int] = frozenset(),
    persons: Iterable[str] = (),
) -> Mapping[int, NameMention]:
    """Return the names of a paragraph by each token index that they cover, none that starts at a token set apart.

    A title may stand before a family name: "Chairman Hua" is Hua, "Jeremy Moore" is not just any Moore. `persons` are
    the family names of persons whom the text has told of and nobody knows."""
    found: dict[int, NameMention] = {}
    for mention in _known(paragraph, gazetteer, words):
        if mention.start not in apart:
            found.update(dict.fromkeys(range(mention.start, mention.end), mention))
    known = apart | found.keys()
    for unknown in recognition.recognized(paragraph.tree, known, gazetteer.given, persons, words):
        phrase = unknown.phrase
        mention = NameMention(phrase.start, phrase.end, phrase.root.i, phrase.text, unknown.kind)
        found.update(dict.fromkeys(range(mention.start, mention.end), mention))
    return found


def _known(paragraph: ParsedParagraph, gazetteer: Gazetteer, words: NameWords) -> Iterator[NameMention]:
    for match in gazetteers.find(paragraph.text, gazetteer):
        span = paragraph.tree.phrase(match.start, match.end)
        if span is not None and not _is_ordinary_word(span, match.names, gazetteer, words):
            kind = match.names[0].entity.partition(":")[0]
            yield NameMention(span.start, span.end, span.root.i, span.text, kind, match.names)


def _is_ordinary_word(span: Phrase, names: tuple[Name, ...], gazetteer: Gazetteer, words: NameWords) -> bool:
    """A family name is taken for one only where it is tagged as a name, and not part of another's."""
    if any(name.form != "family" for name in names):
        return False
    if span.root.pos != "PROPN":
        return True
    return _is_thing(span, words) or _is_part(span, gazetteer.given, words)


def _is_thing(span: Phrase, words: NameWords) -> bool:
    """Tell whether a word that may be a family name is something else here: the King, King Haakon, the Horn."""
    before, after = _neighbors(span)
    article = before is not None and before.lower in _ARTICLES
    if span.root.lower in words.titles and (article or (after is not None and after.pos == "PROPN")):
        return True
    # the Clinton administration is Clinton's, the Horn is nobody
    noun = after is not None and (after.pos == "NOUN" or words.says("family", "owned", after.lower))
    return article and not (noun and span.root.head is after)


def _is_part(span: Phrase, given: Container[str], words: NameWords) -> bool:
    """Tell whether a family name belongs to a longer name: the Moore of Jeremy Moore, the Lee of Lee Hu-rak."""
    before, after = _neighbors(span)
    if after is not None and after.text == "-" and not after.is_spaced:
        if recognition.is_person(span.root, given):
            return True  # Jean-Philippe Linteau
    elif after is not None and after.pos == "PROPN" and not _is_told(after, words):
        near = after.head.i in {span.root.i, span.root.head.i, after.i}
        if near and after.dep != "appos" and recognition.is_person(span.root, given):
            return True
        if span.root.dep == "compound" and span.root.head is after:
            return True
    if before is None or before.pos != "PROPN" or before.lower in words.titles or before.text.endswith("."):
        return False
    return recognition.is_person(before, given) or (before.dep == "compound" and before.head is span.root)


def _is_told(token: Token, words: NameWords) -> bool:
    """Tell whether a word after a family name goes with it: King Jr., the Clinton administration."""
    return any(words.says("family", key, token.lower) for key in ("suffixes", "owned"))


def _neighbors(span: Phrase) -> tuple[Token | None, Token | None]:
    """Return the words before and after a name."""
    before = span.tree.tokens[span.start - 1] if span.start else None
    after = span.tree.tokens[span.end] if span.end < len(span.tree.tokens) else None
    return before, after


def covers(mention: NameMention, token: Token) -> bool:
    """Tell whether a token is part of a name."""
    return mention.start <= token.i < mention.end
