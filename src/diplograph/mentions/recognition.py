"""Names that the reference data do not know: which words are one, and whether it is a person, an organization or a place.

Told by form: titles, given names, words of organizations, initials, and the place in the clause. The parser's own
statistical recognizer was let go: half of its time, and the events found were no better for it (CONTRIBUTING.md has the figures).
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from diplograph.trees import Phrase, Token, Tree

_INITIALS = re.compile(r"(?:[A-Z]\.-?)+")
_ROMAN = re.compile(r"[IVXLC]+")
_SUBJECTS = {"nsubj", "nsubjpass"}
_LONGEST_ACRONYM = 6


@dataclass(frozen=True)
class NameWords:
    """The words by which names are told: `titles` stand before a person, the tables are those of `names.toml`."""

    titles: frozenset[str]
    tables: Mapping[str, Any]

    def says(self, table: str, key: str, word: str) -> bool:
        """Tell whether a list of words has a word."""
        return word in self.tables[table][key]

    def is_title(self, word: str) -> bool:
        """Tell whether a word may be the last of a title: "minister", not the "of" of "minister of state"."""
        is_small = any(word in group for group in self.tables["inside"].values())
        return not is_small and (word in self.titles or word.removesuffix("s") in self.titles)


@dataclass(frozen=True)
class Unknown:
    """A name that nobody has told of, and its kind: Person, Organization or Place."""

    phrase: Phrase
    kind: str


def recognized(
    tree: Tree, known: Container[int], given: Container[str], persons: Iterable[str], words: NameWords
) -> Iterator[Unknown]:
    """Yield the names of a paragraph but for the known words; `given` are first names, `persons` family names told before."""
    told = set(persons)
    for phrase in _capitalized(tree, known, words):
        titled = _without_titles(phrase, words)
        if len(titled):
            kind = _kind(titled, len(titled) < len(phrase), given, told, words)
            if kind == "Person":
                told.add(titled.tree.tokens[titled.end - 1].text)
            if kind is not None:
                yield Unknown(titled, kind)


def is_person(token: Token, given: Container[str]) -> bool:
    """Tell whether a word is a first name or an initial."""
    return token.lower in given or _INITIALS.fullmatch(token.text) is not None


def _capitalized(tree: Tree, known: Container[int], words: NameWords) -> Iterator[Phrase]:
    """Yield the longest stretches of names, with the small words and hyphens inside them."""
    tokens, start = tree.tokens, 0
    while start < len(tokens):
        if not _is_name(tokens[start], known):
            start += 1
            continue
        end = start + 1
        while (longer := _continued(tokens, end, known, words)) > end:
            end = longer
        yield Phrase(tree, start, end)
        start = end


def _is_name(token: Token, known: Container[int]) -> bool:
    return token.pos == "PROPN" and token.text[:1].isupper() and token.i not in known


def _continued(tokens: list[Token], end: int, known: Container[int], words: NameWords) -> int:
    """Return where a name ends that has reached a word: after the next name, over at most two small words or a hyphen."""
    sentence = tokens[end - 1].sentence
    for at in range(end, min(end + 3, sentence.end)):
        token = tokens[at]
        if _is_name(token, known):
            return at + 1
        hyphen = token.text == "-" and not token.is_spaced
        of_organization = words.says("inside", "organization", token.lower)
        if not (
            hyphen
            or words.says("inside", "person", token.lower)
            or (of_organization and words.says("organization", "words", tokens[end - 1].lower))
        ):
            break
    return end


def _has_word(tokens: list[Token], table: str, key: str, words: NameWords) -> bool:
    return any(words.says(table, key, token.lower) for token in tokens)


def _without_titles(phrase: Phrase, words: NameWords) -> Phrase:
    """Leave out the titles before a name: "Secretary-General Kofi Annan"."""
    tokens, start = phrase.tree.tokens, phrase.start
    while start < phrase.end and (words.is_title(tokens[start].lower) or tokens[start].text == "-"):
        start += 1
    return Phrase(phrase.tree, start, phrase.end)


def _kind(
    phrase: Phrase, titled: bool, given: Container[str], persons: Container[str], words: NameWords
) -> str | None:
    tokens = list(phrase)
    if _has_word(tokens, "organization", "words", words):
        generic = all(words.says("organization", "generic", token.lower) for token in tokens)
        return None if generic else "Organization"
    if _has_word(tokens, "thing", "words", words) or words.says("family", "suffixes", tokens[0].lower):
        return None
    if _is_acronym(tokens):
        return "Organization"
    before = phrase.tree.tokens[phrase.start - 1] if phrase.start else None
    if titled or (before is not None and words.is_title(before.lower)):
        return "Person"
    if _is_named_as_person(tokens, given, persons) or _acts_as_person(phrase, words):
        return "Person"
    if before is not None and words.says("place", "prepositions", before.lower):
        return "Place"
    return None


def _is_acronym(tokens: list[Token]) -> bool:
    text = tokens[0].text
    is_short = len(tokens) == 1 and 1 < len(text) <= _LONGEST_ACRONYM
    return is_short and text.isupper() and text.isalpha() and not _ROMAN.fullmatch(text)


def _is_named_as_person(tokens: list[Token], given: Container[str], persons: Container[str]) -> bool:
    if tokens[-1].text in persons:
        return True
    return len(tokens) > 1 and is_person(tokens[0], given)


def _acts_as_person(phrase: Phrase, words: NameWords) -> bool:
    """Tell whether a name has an office beside it, is spoken of by "who", or does what persons do."""
    root = phrase.root
    if any(child.lower == "the" for child in root.children):
        return False
    beside = [child for child in root.children if child.dep == "appos"] + [root.head] * (root.dep == "appos")
    if any(words.is_title(noun.lemma) for noun in beside):
        return True
    if any(child.dep == "relcl" and _has_who(child) for child in root.children):
        return True
    verb = root.head.lemma
    return root.dep in _SUBJECTS and (words.says("person", "verbs", verb) or len(phrase) > 1)


def _has_who(clause: Token) -> bool:
    return any(child.lower in {"who", "whom", "whose"} for child in clause.children)
