"""Names by key, by beginning and by pairs of letters, for questions that come with a name only."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from diplograph.importing.names import key
from diplograph.reference import Name, Reference

_FORMS = {"name", "adjective", "demonym", "metonym", "family", "code"}
_MOST = 400  # names compared letter by letter


@dataclass(frozen=True)
class Index:
    """Names of a reference: by key, sorted, and the keys that hold a word."""

    reference: Reference
    by_key: Mapping[str, tuple[Name, ...]]
    keys: tuple[str, ...]
    by_word: Mapping[str, tuple[str, ...]]
    titles: Mapping[str, tuple[str, ...]]


def build(reference: Reference) -> Index:
    """Index all names, the codes of states too, and the titles of offices."""
    by_key: dict[str, dict[Name, None]] = defaultdict(dict)
    titles: dict[str, dict[str, None]] = defaultdict(dict)
    for name in _names(reference):
        if name.form in _FORMS:
            by_key[key(name.text)][name] = None
        if name.entity.startswith("office:") and name.form in {"title", "name"}:
            titles[key(name.text)][name.entity] = None
    by_word: dict[str, list[str]] = defaultdict(list)
    for text in by_key:
        for word in set(text.split()):
            by_word[word].append(text)
    return Index(
        reference,
        {text: tuple(names) for text, names in by_key.items()},
        tuple(sorted(by_key)),
        {word: tuple(texts) for word, texts in by_word.items()},
        {text: tuple(offices) for text, offices in titles.items()},
    )


def exact(text: str, index: Index) -> tuple[Name, ...]:
    """Return the names that are written alike but for case, accents and punctuation."""
    return index.by_key.get(key(text), ())


def beginning(prefix: str, index: Index) -> Iterator[Name]:
    """Yield the names that begin so, shorter ones first."""
    start = key(prefix)
    position = bisect_left(index.keys, start)
    found = []
    for text in index.keys[position:]:
        if not text.startswith(start):
            break
        found.append(text)
    for text in sorted(found, key=lambda each: (len(each), each)):
        yield from index.by_key[text]


def similar(text: str, index: Index) -> Iterator[tuple[Name, float]]:
    """Yield names that share a word with the text, and how alike they are between 0 and 1."""
    wanted = key(text)
    words = sorted(set(wanted.split()), key=lambda word: len(index.by_word.get(word, ())))
    seen: dict[str, None] = {}
    for word in words:
        for candidate in index.by_word.get(word, ())[:_MOST]:
            seen[candidate] = None
        if len(seen) > _MOST:
            break
    for candidate in seen:
        likeness = likeness_of(wanted, candidate)
        for name in index.by_key[candidate]:
            yield name, likeness


def likeness_of(one: str, other: str) -> float:
    """Return the Dice coefficient of the pairs of letters of two keys, whose words may stand in any order.

    >>> likeness_of("imran khan", "khan imran"), likeness_of("imran", "imran khan") < 1
    (1.0, True)
    """
    first, second = _pairs(one), _pairs(other)
    total = len(first) + len(second)
    return 2 * len(first & second) / total if total else 0.0


def _pairs(text: str) -> set[str]:
    return {f" {word} "[i : i + 2] for word in text.split() for i in range(len(word) + 1)}


def _names(reference: Reference) -> Iterable[Name]:
    yield from reference.names
    for code, iri in sorted(reference.codes.items()):
        yield Name(code, "code", iri)
    for iri, entity in sorted(reference.entities.items()):
        for scheme in ("dg:iso2", "dg:iso3166part3"):
            for code in entity.properties.get(scheme, ()):
                yield Name(code, "code", iri)
