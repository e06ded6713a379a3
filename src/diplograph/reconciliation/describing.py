"""Descriptions of office holders: "the Pakistani army chief in October 2012", "Ankara's foreign minister"."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from diplograph import knowledge, linking
from diplograph.importing.names import key
from diplograph.mentions import times
from diplograph.mentions.times import Clock
from diplograph.reconciliation.index import Index
from diplograph.reference import Tenure

_STATE_FORMS = {"name", "adjective", "demonym", "metonym", "code"}
_TRAILING = re.compile(r"[\s,]*\b(?:in|on|as of|during|of|by)?[\s,]*$", re.IGNORECASE)
_ISO = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])(?:-\d{2})?")
_SPELLINGS = {"defence": "defense", "minister for": "minister of", "pm": "prime minister"}


@dataclass(frozen=True)
class Description:
    """What a description says: the title, the states or organizations that it may be of, the time, where it says
    one, and whether the title was held before that time."""

    title: str
    owners: frozenset[str]
    when: str | None = None
    former: bool = False


@dataclass(frozen=True)
class Holding:
    """A term that fits a description, and the office by which it does."""

    term: Tenure
    office: str


def descriptions(text: str, index: Index, *, when: str | None = None) -> list[Description]:
    """Return the ways to take a text as owner and title; a time in it prevails over `when`."""
    bare, said = _without_time(text)
    bare, early = qualified(bare.strip())
    time = said or when
    words = bare.split()
    parts = [(" ".join(words[:n]), " ".join(words[n:])) for n in range(min(len(words) - 1, 6), 0, -1)]
    title, of, owner = bare.rpartition(" of ")
    found = []
    for called, rest in (*parts, *([(owner, title)] if of else ())):
        owners = owners_called(called, time, index)
        if owners:
            titled, late = qualified(rest)
            found.append(Description(titled, owners, time, early or late))
    return found or [Description(bare, frozenset(), time, early)]


def qualified(title: str) -> tuple[str, bool]:
    """Return a title without the words before it that tell when it was held, and whether they say "before".

    >>> qualified("then prime minister"), qualified("ex-president")
    (('prime minister', False), ('president', True))
    """
    former = False
    while match := re.match(r"([A-Za-z-]+?)(?:\s+|-(?=\w))(?=\S)", title):
        word = match[1].lower()
        if word not in _tenure()["then"] and word not in _tenure()["former"]:
            break
        former = former or word in _tenure()["former"]
        title = title[match.end() :]
    return title, former


def owners_called(text: str, when: str | None, index: Index) -> frozenset[str]:
    """Return the states that a text stands for, or the organizations where it is no state's name."""
    states = states_called(text, when, index)
    if states:
        return states
    names = index.by_key.get(key(_bare(text)), ())
    return frozenset(n.entity for n in names if n.entity.startswith("organization:") and n.form == "name")


def states_called(text: str, when: str | None, index: Index) -> frozenset[str]:
    """Return the states that a name, adjective, demonym, metonym or capital stands for, whenever they existed."""
    names = index.by_key.get(key(_bare(text)), ())
    states = {n.entity for n in names if n.entity.startswith("state:") and n.form in _STATE_FORMS}
    if not states:
        places = [name.entity for name in names if name.entity.startswith("place:")]
        states = {s for place in places for s in linking.states_of_place(place, when, when, index.reference)}
    return frozenset(states)


def _bare(text: str) -> str:
    """Leave out the mark of a possessive."""
    return re.sub(r"(?:'|’)s?$", "", text.strip())


def offices(description: Description, index: Index) -> tuple[str, ...]:
    """Return the offices that a title names: those so called, else those of the class that the lexicon gives it."""
    found = offices_titled(description.title, index)
    of_states = tuple(iri for iri in found if index.reference.entities[iri].state in description.owners)
    if of_states:
        return of_states
    of_class = _of_class(description.title, index)
    return tuple(iri for iri in of_class if index.reference.entities[iri].state in description.owners)


def offices_titled(title: str, index: Index) -> tuple[str, ...]:
    """Return the offices of all states that have a title, in any of its spellings; else those of its class."""
    wanted = _spelled(title)
    spellings = (key(title), wanted, wanted.replace("defense", "defence"))
    found = {iri for spelling in spellings for iri in index.titles.get(spelling, ())}
    return tuple(sorted(found)) or _of_class(title, index)


def _of_class(title: str, index: Index) -> tuple[str, ...]:
    classes = _lexicon().get(_spelled(title), frozenset())
    entities = index.reference.entities.values() if classes else ()
    found = (e.iri for e in entities if e.iri.startswith("office:"))
    return tuple(sorted(iri for iri in found if not classes.isdisjoint(_classes(iri, index))))


def _classes(office: str, index: Index) -> tuple[str, ...]:
    return linking.classes(index.reference.entities[office])


def holders(description: Description, index: Index) -> tuple[Holding, ...]:
    """Return everyone who held an office described at some time within the description's, or before it."""
    held = linking.past_holders if description.former else linking.holders
    found = (
        Holding(term, office)
        for office in offices(description, index)
        for term in held([office], description.when, index.reference)
    )
    return tuple(sorted(found, key=lambda holding: (holding.term.subject, holding.term.time)))


def holders_of_text(
    text: str, index: Index, *, when: str | None = None, states: Iterable[str] = ()
) -> tuple[Description | None, tuple[Holding, ...]]:
    """Return how a text is taken as a description and whom it fits; `states` where it names none."""
    for description in descriptions(text, index, when=when):
        complete = description if description.owners else replace(description, owners=frozenset(states))
        if complete.owners and offices(complete, index):
            return complete, holders(complete, index)
    return None, ()


def _without_time(text: str) -> tuple[str, str | None]:
    before, _, last_word = text.rpartition(" ")
    if _ISO.fullmatch(last_word):
        return _TRAILING.sub("", before), last_word
    found = times.find(text)
    if not found:
        return text, None
    last = found[-1]
    before = _TRAILING.sub("", text[: last.start])
    return f"{before} {text[last.end :]}".strip(" ,."), times.resolve(last, Clock())


def _spelled(title: str) -> str:
    text = key(title)
    for variant, usual in _SPELLINGS.items():
        text = re.sub(rf"\b{variant}\b", usual, text)
    return text


@cache
def _words() -> Mapping[str, Any]:
    path = knowledge.ontology_dir() / "lexicon" / "descriptions.toml"
    return tomllib.loads(path.read_text("utf-8"))


@cache
def _lexicon() -> Mapping[str, frozenset[str]]:
    return {_spelled(phrase): frozenset(classes) for phrase, classes in _words()["office"].items()}


@cache
def _tenure() -> Mapping[str, frozenset[str]]:
    return {name: frozenset(words) for name, words in _words()["tenure"].items()}
