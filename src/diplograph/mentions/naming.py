"""Names in a parsed paragraph: what the gazetteer knows, and behind it what the statistical recognizer guesses."""

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from diplograph.mentions import gazetteer as gazetteers
from diplograph.mentions.gazetteer import Gazetteer
from diplograph.reference import Name
from diplograph.sentences import ParsedParagraph
from diplograph.trees import Phrase, Token, Tree

_NER_KINDS = {"PERSON": "Person", "ORG": "Organization", "GPE": "Place", "LOC": "Place", "FAC": "Place"}
_DATELINE = re.compile(r"[^\W\d_a-z]{2}[^a-z—–]{1,30}?(?:, [^—–]{1,30})? (?:—|–|-) ")
_MONTHS = {"march", "april", "may", "june", "august"}
_SUFFIXES = {"jr", "jr.", "sr", "sr."}
_ARTICLES = {"the", "a", "an"}
_GOVERNMENTS = {"administration", "government", "cabinet", "regime"}
_STOP = {
    "foreign",
    "defence",
    "defense",
    "ministry",
    "army",
    "parliament",
    "government",
    "embassy",
    "pm",
    "state",
}


@dataclass(frozen=True)
class NameMention:
    """The tokens from `start` up to `end` are a name; `names` is empty where only the recognizer knows it."""

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
    apart: frozenset[int] = frozenset(),
    titles: Container[str] = frozenset(),
) -> Mapping[int, NameMention]:
    """Return the names of a paragraph by each token index that they cover, none that starts at a token set apart.

    `titles` may stand before a family name: "Chairman Hua" is Hua, "Jeremy Moore" is not just any Moore."""
    found: dict[int, NameMention] = {}
    for mention in (*_known(paragraph, gazetteer, titles), *_recognized(paragraph.tree)):
        if mention.start not in apart and not any(
            index in found for index in range(mention.start, mention.end)
        ):
            found.update(dict.fromkeys(range(mention.start, mention.end), mention))
    return found


def _known(paragraph: ParsedParagraph, gazetteer: Gazetteer, titles: Container[str]) -> Iterator[NameMention]:
    for match in gazetteers.find(paragraph.text, gazetteer):
        span = paragraph.tree.phrase(match.start, match.end)
        if span is not None and not _is_ordinary_word(span, match.names, titles):
            kind = match.names[0].entity.partition(":")[0]
            yield NameMention(span.start, span.end, span.root.i, span.text, kind, match.names)


def _is_ordinary_word(span: Phrase, names: tuple[Name, ...], titles: Container[str]) -> bool:
    """A family name is taken for one only where it is tagged as a name, and not part of another's."""
    if any(name.form != "family" for name in names):
        return False
    said = span.root.entity == "LANGUAGE" or (span.root.entity == "DATE" and span.root.lower in _MONTHS)
    if span.root.pos != "PROPN" or said:
        return True
    return _is_thing(span, titles) or _is_part(span, titles)


def _is_thing(span: Phrase, titles: Container[str]) -> bool:
    """Tell whether a word that may be a family name is something else here: the King, King Haakon, the Horn."""
    before, after = _neighbors(span)
    article = before is not None and before.lower in _ARTICLES
    if span.root.lower in titles and (article or (after is not None and after.pos == "PROPN")):
        return True
    # the Clinton administration is Clinton's, the Horn is nobody
    noun = after is not None and (after.pos == "NOUN" or after.lower in _GOVERNMENTS)
    owns = noun and span.root.head == after
    return article and not owns and not _is_person(span.root)


def _is_part(span: Phrase, titles: Container[str]) -> bool:
    """Tell whether a family name belongs to a longer name: the Moore of Jeremy Moore, the Lee of Lee Hu-rak."""
    before, after = _neighbors(span)
    if (
        after is not None
        and after.text == "-"
        and not after.is_spaced
        and after.i + 1 < len(span.tree.tokens)
    ):
        second = span.tree.tokens[after.i + 1]  # Jean-Philippe Linteau
        if (
            _is_person(span.root)
            and _is_person(second)
            and _is_person(span.tree.tokens[min(after.i + 2, len(span.tree.tokens) - 1)])
        ):
            return True
    elif after is not None and after.pos == "PROPN" and after.lower not in (_GOVERNMENTS | _SUFFIXES):
        near = after.head.i in {span.root.i, span.root.head.i, after.i}
        if near and after.dep != "appos" and _is_person(after) and _is_person(span.root):
            return True
        if span.root.dep == "compound" and span.root.head == after:
            return True
    if before is None or before.pos != "PROPN" or before.lower in titles or before.text.endswith("."):
        return False
    return _is_person(before) or (
        before.dep == "compound" and before.head == span.root and before.entity == ""
    )


def _neighbors(span: Phrase) -> tuple[Token | None, Token | None]:
    """Return the words before and after a name."""
    before = span.tree.tokens[span.start - 1] if span.start else None
    after = span.tree.tokens[span.end] if span.end < len(span.tree.tokens) else None
    return before, after


def _is_person(token: Token) -> bool:
    return token.entity == "PERSON"


def _recognized(tree: Tree) -> Iterator[NameMention]:
    for entity in tree.entities:
        kind = _NER_KINDS.get(entity.entity)
        span = _trimmed(entity) if kind else None
        if (
            kind
            and span is not None
            and len(span) > 0
            and span.root.pos in {"PROPN", "NOUN"}
            and span.text[:1].isupper()
        ):
            yield NameMention(span.start, span.end, span.root.i, span.text, kind)


def _trimmed(entity: Phrase) -> Phrase:
    """Leave out an article before and a possessive mark after the name."""
    start, end = entity.start, entity.end
    while start < end and entity.tree.tokens[start].pos in {"DET", "PUNCT", "ADP"}:
        start += 1
    while end > start and entity.tree.tokens[end - 1].tag in {"POS", ",", "."}:
        end -= 1
    if entity.entity == "ORG" and all(
        token.lower in _STOP or token.pos == "ADJ" for token in entity.tree.tokens[start:end]
    ):
        end = start
    return Phrase(entity.tree, start, end)


def covers(mention: NameMention, token: Token) -> bool:
    """Tell whether a token is part of a name."""
    return mention.start <= token.i < mention.end
