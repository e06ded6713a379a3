"""Descriptions of office holders: "the Pakistani army chief in October 2012", "Ankara's foreign minister"."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from diplograph import knowledge, linking
from diplograph.importing.names import key
from diplograph.mentions import times
from diplograph.mentions.times import Clock
from diplograph.reconciliation.index import Index
from diplograph.reference import Tenure

_STATE_FORMS = {"name", "adjective", "demonym", "metonym", "code"}
_LEADING = re.compile(r"^(?:the |then |former |current |incumbent )+", re.IGNORECASE)
_TRAILING = re.compile(r"[\s,]*\b(?:in|on|as of|during|of|by)?[\s,]*$", re.IGNORECASE)
_ISO = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])(?:-\d{2})?")
_SPELLINGS = {"defence": "defense", "minister for": "minister of", "pm": "prime minister"}


@dataclass(frozen=True)
class Description:
    """What a description says: the title, the states that it may be of, and the time, where it says one."""

    title: str
    states: frozenset[str]
    when: str | None = None


@dataclass(frozen=True)
class Holding:
    """A term that fits a description, and the office by which it does."""

    term: Tenure
    office: str


def descriptions(text: str, index: Index, *, when: str | None = None) -> list[Description]:
    """Return the ways to take a text as state and title; a time in it prevails over `when`."""
    bare, said = _without_time(text)
    bare = _LEADING.sub("", bare.strip())
    time = said or when
    words = bare.split()
    found = [
        Description(" ".join(words[length:]), states, time)
        for length in range(min(len(words) - 1, 6), 0, -1)
        if (states := states_called(" ".join(words[:length]), time, index))
    ]
    title, of, state = bare.rpartition(" of ")
    if of and (states := states_called(state, time, index)):
        found.append(Description(title, states, time))
    return found or [Description(bare, frozenset(), time)]


def states_called(text: str, when: str | None, index: Index) -> frozenset[str]:
    """Return the states that a name, adjective, demonym, metonym or capital stands for, whenever they existed."""
    bare = re.sub(r"(?:'|’)s?$", "", text.strip())
    names = index.by_key.get(key(bare), ())
    states = {n.entity for n in names if n.entity.startswith("state:") and n.form in _STATE_FORMS}
    if not states:
        places = [name.entity for name in names if name.entity.startswith("place:")]
        states = {s for place in places for s in linking.states_of_place(place, when, when, index.reference)}
    return frozenset(states)


def offices(description: Description, index: Index) -> tuple[str, ...]:
    """Return the offices that a title names: those so called, else those of the class that the lexicon gives it."""
    found = offices_titled(description.title, index)
    of_states = tuple(iri for iri in found if index.reference.entities[iri].state in description.states)
    if of_states:
        return of_states
    of_class = _of_class(description.title, index)
    return tuple(iri for iri in of_class if index.reference.entities[iri].state in description.states)


def offices_titled(title: str, index: Index) -> tuple[str, ...]:
    """Return the offices of all states that have a title, in any of its spellings; else those of its class."""
    wanted = _spelled(title)
    spellings = (key(title), wanted, wanted.replace("defense", "defence"))
    found = {iri for spelling in spellings for iri in index.titles.get(spelling, ())}
    return tuple(sorted(found)) or _of_class(title, index)


def _of_class(title: str, index: Index) -> tuple[str, ...]:
    classes = _lexicon().get(_spelled(title), ())
    entities = index.reference.entities.values() if classes else ()
    return tuple(sorted(e.iri for e in entities if e.iri.startswith("office:") and e.kind in classes))


def holders(description: Description, index: Index) -> tuple[Holding, ...]:
    """Return everyone who held an office described at some time within the description's."""
    found = (
        Holding(term, office)
        for office in offices(description, index)
        for term in linking.holders([office], description.when, index.reference)
    )
    return tuple(sorted(found, key=lambda holding: (holding.term.subject, holding.term.time)))


def holders_of_text(
    text: str, index: Index, *, when: str | None = None, states: Iterable[str] = ()
) -> tuple[Description | None, tuple[Holding, ...]]:
    """Return how a text is taken as a description and whom it fits; `states` where it names none."""
    for description in descriptions(text, index, when=when):
        complete = description if description.states else replace(description, states=frozenset(states))
        if complete.states and offices(complete, index):
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
def _lexicon() -> Mapping[str, tuple[str, ...]]:
    path = knowledge.ontology_dir() / "lexicon" / "descriptions.toml"
    phrases = tomllib.loads(path.read_text("utf-8"))["office"]
    return {_spelled(phrase): tuple(classes) for phrase, classes in phrases.items()}
