"""Names of known entities in running text: the longest match at each word, by the case in which it is written."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from diplograph.reference import Name, Reference

_FIRST_WORD = re.compile(r"[^\W_]+")
_WORD_START = re.compile(r"(?<![^\W_])[^\W_]")
_INITIAL = re.compile(r"(?:[A-Z]\.)+")
_FAMILY_FIRST = {"state:japan", "state:hungary"}  # their citizens are labelled in the other order
_FORMS = ("name", "adjective", "demonym", "metonym", "family")


@dataclass(frozen=True)
class Match:
    """A stretch of text that is the name of one or more entities."""

    start: int
    end: int
    names: tuple[Name, ...]


@dataclass(frozen=True)
class Gazetteer:
    """Names by their first word, as it is written and in capitals, longest first; `reference` says what each entity is, `given` are first names."""

    reference: Reference
    index: Mapping[str, tuple[tuple[str, tuple[Name, ...]], ...]]
    given: frozenset[str] = frozenset()


def build(reference: Reference) -> Gazetteer:
    """Index the names of the reference data, and their spellings without accents."""
    by_text: dict[str, list[Name]] = defaultdict(list)
    for name in reference.names:
        if name.form in _FORMS and not name.entity.startswith("office:") and not _is_description(name):
            for order in (name.text, *_as_written(name, reference)):
                for text in _spellings(order):
                    by_text[text].append(name)
    index: dict[str, list[tuple[str, tuple[Name, ...]]]] = defaultdict(list)
    for text in sorted(by_text, key=lambda text: (-len(text), text)):
        first = _FIRST_WORD.search(text)
        for word in {first[0], first[0].upper()} if first else ():
            index[word].append((text, tuple(dict.fromkeys(by_text[text]))))
    return Gazetteer(reference, {word: tuple(entries) for word, entries in index.items()}, _given(reference))


def _given(reference: Reference) -> frozenset[str]:
    """Return the first names of the persons of the reference data, in lower case."""
    families = {name.text for name in reference.names if name.form == "family"}
    persons = (entity for iri, entity in reference.entities.items() if iri.startswith("person:"))
    names = (entity.label.split() for entity in persons)
    first = {words[0] for words in names if len(words) > 1 and words[0][1:].isalpha()}
    return frozenset(word.lower() for word in first - families)


def _as_written(name: Name, reference: Reference) -> Iterable[str]:
    """Yield the other ways to write a person's name: John Kennedy, and Matsuoka Yosuke where the family comes first."""
    if not name.entity.startswith("person:") or name.form != "name":
        return
    first, *middle = name.text.split()
    if len(middle) > 1 and any(_INITIAL.fullmatch(word) for word in middle[:-1]):
        yield " ".join([first, *(word for word in middle if not _INITIAL.fullmatch(word))])
    entity = reference.entities[name.entity]
    given, _, family = name.text.rpartition(" ")
    known = entity.properties.get("foaf:familyName", ())
    if given and entity.state in _FAMILY_FIRST and family in known:
        yield f"{family} {given}"


def find(text: str, gazetteer: Gazetteer) -> Iterator[Match]:
    """Yield the names in a text from left to right, the longest where several begin at one word."""
    done = 0
    for start in (match.start() for match in _WORD_START.finditer(text)):
        if start < done:
            continue
        match = _longest(text, start, gazetteer)
        if match:
            done = match.end
            yield match


def _is_description(name: Name) -> bool:
    """Tell whether a conflict is called by a description ("Russian invasion of Ukraine"), which the frames read."""
    words = [
        word
        for word in name.text.split()
        if word not in {"of", "the", "in", "on", "and", "for", "over", "at"}
    ]
    return name.entity.startswith("conflict:") and any(word[0].islower() for word in words)


def _longest(text: str, start: int, gazetteer: Gazetteer) -> Match | None:
    word = _FIRST_WORD.match(text, start)
    for name, entries in gazetteer.index.get(word[0], ()) if word else ():
        end = start + len(name)
        written = text[start:end]
        if text[end : end + 1] == "s" and entries[0].entity.startswith("equipment:"):
            end += 1  # "F-16s"
        whole = name.endswith("-") or not text[end : end + 1].isalnum()  # "Sino-" is only a beginning
        if (written == name or _is_headline(written, name)) and whole:
            return Match(start, end, entries)
    return None


def _is_headline(written: str, name: str) -> bool:
    """Accept ISLAMABAD for Islamabad, but not US for Us."""
    return len(name) > 3 and written.isupper() and written == name.upper()


def _spellings(text: str) -> Iterable[str]:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    straight = plain.replace("’", "'").replace("‘", "'").replace("–", "-")
    return dict.fromkeys((text, straight))
