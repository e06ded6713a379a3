"""Names in a parsed paragraph: what the gazetteer knows, and behind it what the statistical recognizer guesses."""

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from spacy.tokens import Doc, Span, Token

from diplograph.mentions import gazetteer as gazetteers
from diplograph.mentions.gazetteer import Gazetteer
from diplograph.reference import Name
from diplograph.sentences import ParsedParagraph

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
    for mention in (*_known(paragraph, gazetteer, titles), *_recognized(paragraph.tokens)):
        if mention.start not in apart and not any(
            index in found for index in range(mention.start, mention.end)
        ):
            found.update(dict.fromkeys(range(mention.start, mention.end), mention))
    return found


def _known(paragraph: ParsedParagraph, gazetteer: Gazetteer, titles: Container[str]) -> Iterator[NameMention]:
    for match in gazetteers.find(paragraph.text, gazetteer):
        span = paragraph.tokens.char_span(match.start, match.end, alignment_mode="expand")
        if span is not None and not _is_ordinary_word(span, match.names, titles):
            kind = match.names[0].entity.partition(":")[0]
            yield NameMention(span.start, span.end, span.root.i, span.text, kind, match.names)


def _is_ordinary_word(span: Span, names: tuple[Name, ...], titles: Container[str]) -> bool:
    """A family name is taken for one only where it is tagged as a name, and not part of another's."""
    if any(name.form != "family" for name in names):
        return False
    said = span.root.ent_type_ == "LANGUAGE" or (
        span.root.ent_type_ == "DATE" and span.root.lower_ in _MONTHS
    )
    if span.root.pos_ != "PROPN" or said:
        return True
    return _is_thing(span, titles) or _is_part(span, titles)


def _is_thing(span: Span, titles: Container[str]) -> bool:
    """Tell whether a word that may be a family name is something else here: the King, King Haakon, the Horn."""
    before, after = _neighbors(span)
    article = before is not None and before.lower_ in _ARTICLES
    if span.root.lower_ in titles and (article or (after is not None and after.pos_ == "PROPN")):
        return True
    # the Clinton administration is Clinton's, the Horn is nobody
    noun = after is not None and (after.pos_ == "NOUN" or after.lower_ in _GOVERNMENTS)
    owns = noun and span.root.head == after
    return article and not owns and not _is_person(span.root)


def _is_part(span: Span, titles: Container[str]) -> bool:
    """Tell whether a family name belongs to a longer name: the Moore of Jeremy Moore, the Lee of Lee Hu-rak."""
    before, after = _neighbors(span)
    if after is not None and after.text == "-" and not after.whitespace_ and after.i + 1 < len(span.doc):
        second = span.doc[after.i + 1]  # Jean-Philippe Linteau
        if (
            _is_person(span.root)
            and _is_person(second)
            and _is_person(span.doc[min(after.i + 2, len(span.doc) - 1)])
        ):
            return True
    elif after is not None and after.pos_ == "PROPN" and after.lower_ not in (_GOVERNMENTS | _SUFFIXES):
        near = after.head.i in {span.root.i, span.root.head.i, after.i}
        if near and after.dep_ != "appos" and _is_person(after) and _is_person(span.root):
            return True
        if span.root.dep_ == "compound" and span.root.head == after:
            return True
    if before is None or before.pos_ != "PROPN" or before.lower_ in titles or before.text.endswith("."):
        return False
    return _is_person(before) or (
        before.dep_ == "compound" and before.head == span.root and before.ent_type_ == ""
    )


def _neighbors(span: Span) -> tuple[Token | None, Token | None]:
    """Return the words before and after a name."""
    before = span.doc[span.start - 1] if span.start else None
    after = span.doc[span.end] if span.end < len(span.doc) else None
    return before, after


def _is_person(token: Token) -> bool:
    return token.ent_type_ == "PERSON"


def _recognized(tokens: Doc) -> Iterator[NameMention]:
    for entity in tokens.ents:
        kind = _NER_KINDS.get(entity.label_)
        span = _trimmed(entity) if kind else None
        if (
            kind
            and span is not None
            and len(span) > 0
            and span.root.pos_ in {"PROPN", "NOUN"}
            and span[0].text[:1].isupper()
        ):
            yield NameMention(span.start, span.end, span.root.i, span.text, kind)


def _trimmed(entity: Span) -> Span:
    """Leave out an article before and a possessive mark after the name."""
    start, end = entity.start, entity.end
    while start < end and entity.doc[start].pos_ in {"DET", "PUNCT", "ADP"}:
        start += 1
    while end > start and entity.doc[end - 1].tag_ in {"POS", ",", "."}:
        end -= 1
    if entity.label_ == "ORG" and all(
        token.lower_ in _STOP or token.pos_ == "ADJ" for token in entity.doc[start:end]
    ):
        return entity.doc[start:start]
    return entity.doc[start:end]


def covers(mention: NameMention, token: Token) -> bool:
    """Tell whether a token is part of a name."""
    return mention.start <= token.i < mention.end
