"""From the way in which a file refers to something to the entity of ours that it is; never a guess.

States are those that bore the name or code at the time. A name that several bear stays unresolved unless its
place, or a second way in which the file refers to it, tells them apart.
"""

import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from diplograph import edtf, knowledge, linking
from diplograph.alignment import Link
from diplograph.importing.names import compact_key, key, spellings
from diplograph.importing.rows import Ref
from diplograph.reference import Reference

_CODES = {"iso2": "dg:iso2", "iso3": "dg:iso3", "cow": "dg:cowCode", "gw": "dg:gwCode"}
_ITEM = "wd:"
_GENERATIONS = {"Jr", "Sr", "II", "III", "IV"}
_ENOUGH = 5  # people of a state from whom the place of the family name is learnt
_AGREED = 0.8


class UnresolvedError(ValueError):
    """Nothing of ours, or more than one thing, is what a file refers to; `candidates` are the several."""

    def __init__(self, message: str, candidates: tuple[str, ...] = ()) -> None:
        """Say what was referred to."""
        super().__init__(message)
        self.candidates = candidates


@dataclass(frozen=True)
class Resolver:
    """Indexes over the reference data: by item, by code, and by the key of a name for each family."""

    reference: Reference
    items: Mapping[str, str]
    codes: Mapping[str, tuple[str, ...]]
    named: Mapping[tuple[str, str], tuple[str, ...]]
    office_classes: Mapping[str, str]
    linked: frozenset[str]
    family_first: Mapping[
        str, bool
    ]  # states whose people's names have the family name at one end, nearly all


def resolver(reference: Reference, links: Iterable[Link]) -> Resolver:
    """Index the reference data and the links to Wikidata."""
    codes: dict[str, list[str]] = defaultdict(list)
    named: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for iri, entity in sorted(reference.entities.items()):
        for scheme, predicate in _CODES.items():
            for code in entity.properties.get(predicate, ()):
                codes[f"{scheme}:{code}"].append(iri)
    for name in reference.names:
        family = name.entity.partition(":")[0]
        if name.form in {"name", "family", "title"}:
            named[family, key(name.text)][name.entity] = None
        if family == "equipment":
            named[family, compact_key(name.text)][name.entity] = None
    items = _identified(reference) | {
        link.object_id.removeprefix(_ITEM): link.subject_id for link in links if _is_identity(link)
    }
    return Resolver(
        reference,
        items,
        {code: tuple(iris) for code, iris in codes.items()},
        {known: tuple(iris) for known, iris in named.items()},
        _office_classes(),
        frozenset(items.values()),
        _family_first(reference),
    )


def state(ref: Ref, when: str | None, who: Resolver, *, place: str | None = None) -> str:
    """Return the state meant, as of the beginning of `when` (`None`: now).

    Raises `UnresolvedError` where no state bore the name then, or several did.
    """
    if ref.item and ref.item in who.items:
        return who.items[ref.item]
    start = (when or "").partition("/")[0] or None
    rounds = [who.codes.get(ref.code, ())] if ref.code and not ref.code.startswith("slug:") else []
    rounds += [who.named.get(("state", key(text)), ()) for text in _spellings(ref)]
    rounds += [(iri,) for iri in (who.reference.codes.get(ref.name or ""),) if iri]
    for known in rounds:
        then = _then(known, start, who.reference)
        if len(then) > 1:
            then = _told_apart(then, ref, start, place, who)
        if len(then) == 1:
            return then[0]
        if then:
            several = tuple(sorted(then))
            raise UnresolvedError(f"{ref} may be {' or '.join(several)}", several)
    of_place = _state_of_place(ref, start, who)
    if of_place is not None:
        return of_place
    known_ever = sorted({iri for known in rounds for iri in known})
    if known_ever:
        raise UnresolvedError(f"{ref} ({', '.join(known_ever)}) did not exist in {start or 'our day'}")
    raise UnresolvedError(f"no state is called {ref}")


def person(ref: Ref, state_iri: str | None, when: str | None, who: Resolver) -> str | None:
    """Return the person of ours that is meant, or `None`: by item, else by full name and state."""
    if ref.item and ref.item in who.items:
        return who.items[ref.item]
    if ref.item and ref.name is None:
        return None
    if ref.item:  # a namesake with an item of its own is somebody else
        found = [iri for iri in who.named.get(("person", key(ref.name or "")), ()) if iri not in who.linked]
    else:
        found = list(who.named.get(("person", key(ref.name or "")), ()))
    fitting = [iri for iri in found if state_iri is None or state_iri in states_of(iri, who.reference)]
    return _one_in_office(fitting, when, who.reference, needed=ref.item is None and len(fitting) > 1)


def family_name(name: str, state_iri: str | None, who: Resolver) -> str | None:
    """Return the family name in a name of two or more words, or `None` where the people of the state differ in its place."""
    words = [word for word in name.split() if word.rstrip(".") not in _GENERATIONS]
    first = who.family_first.get(state_iri or "")
    return None if first is None or len(words) < 2 else words[0 if first else -1]


def titled_person(text: str, state_iri: str, when: str, who: Resolver) -> str | None:
    """Return whom a title and name ("President Park Chung Hee") mean among people of a state, or `None`."""
    words = text.split()
    for start in range(len(words)):
        found = who.named.get(("person", key(" ".join(words[start:]))), ())
        fitting = [iri for iri in found if state_iri in states_of(iri, who.reference)]
        if fitting:
            return _one_in_office(fitting, when, who.reference, needed=start > 0)
    return None


def office(ref: Ref, state_iri: str | None, who: Resolver) -> str | None:
    """Return the office of ours that is meant, or `None`: by item, else by title among those of the state."""
    if ref.item and ref.item in who.items:
        return who.items[ref.item]
    if not ref.name:
        return None
    found = who.named.get(("office", key(ref.name)), ())
    of_state = [iri for iri in found if state_iri in {None, who.reference.entities[iri].state}]
    return of_state[0] if len(of_state) == 1 else None


def office_class(title: str, who: Resolver) -> str:
    """Return the class of an office with a title: as the lexicon has it, a minister's, or plainly an office."""
    known = who.office_classes.get(key(title))
    if known:
        return known
    words = key(title).split()
    return "MinisterOffice" if "minister" in words or words[:2] == ["secretary", "of"] else "Office"


def thing(family: str, ref: Ref, who: Resolver) -> str | None:
    """Return the organization, place, treaty or weapon system meant, or `None`."""
    if ref.item and ref.item in who.items:
        return who.items[ref.item]
    keys = (key(ref.name or ""), compact_key(ref.name or ""))
    found = {iri for text in keys for iri in who.named.get((family, text), ())}
    return found.pop() if len(found) == 1 else None


def states_of(person_iri: str, reference: Reference) -> set[str]:
    """Return the states that a person belongs to or held an office of."""
    terms = reference.terms.get(person_iri, ())
    offices = (reference.entities[term.object].state for term in terms if term.object in reference.entities)
    return {iri for iri in (reference.entities[person_iri].state, *offices) if iri}


def _identified(reference: Reference) -> dict[str, str]:
    """Return the entities of earlier imports by the items that they came with."""
    entities = reference.entities.values()
    return {
        item: e.iri
        for e in entities
        for item in e.properties.get("dcterms:identifier", ())
        if item[:1] == "Q"
    }


def _family_first(reference: Reference) -> dict[str, bool]:
    """Learn from the people of each state whether family names come first or last, where nearly all agree."""
    places: dict[str, Counter[bool]] = defaultdict(Counter)
    for iri, entity in reference.entities.items():
        words, families = entity.label.split(), entity.properties.get("foaf:familyName", ())
        if iri.startswith("person:") and entity.state and len(words) > 1 and families:
            places[entity.state].update(at == 0 for at in (0, len(words) - 1) if words[at] == families[0])
    return {
        state: found.most_common(1)[0][0]
        for state, found in places.items()
        if found.total() >= _ENOUGH and found.most_common(1)[0][1] >= _AGREED * found.total()
    }


def _is_identity(link: Link) -> bool:
    return link.predicate_id == "owl:sameAs" and link.object_id.startswith(_ITEM)


def _spellings(ref: Ref) -> list[str]:
    return list(dict.fromkeys(spellings(ref.name))) if ref.name else []


def _then(known: Iterable[str], start: str | None, reference: Reference) -> list[str]:
    """Keep what existed at a time; on the day of a change, what came."""
    entities = [reference.entities[iri] for iri in dict.fromkeys(known)]
    if start is None:
        return [entity.iri for entity in entities if (entity.time or "/..").endswith("/..")]
    then = [entity for entity in entities if linking.existed(entity, start)]
    later = [entity for entity in then if edtf.span(entity.time)[1] > edtf.span(start)[1]]
    return [entity.iri for entity in later or then]


def _told_apart(then: list[str], ref: Ref, start: str | None, place: str | None, who: Resolver) -> list[str]:
    """Narrow by the capital named (other places changed hands), then by the other words of the reference, in any order."""
    if place:
        places = who.named.get(("place", key(place.partition(",")[0])), ())
        terms = [term for iri in places for term in who.reference.capitals.get(iri, ())]
        near = {term.object for term in terms if start is None or linking.existed_over(term.time, start)}
        if len(near & set(then)) == 1:
            return list(near & set(then))
    if ref.code and ref.code.startswith("slug:"):
        words = sorted(key(ref.code.removeprefix("slug:").replace("-", " ")).split())
        worded = [
            iri
            for iri in then
            if any(sorted(key(n).split()) == words for n in who.reference.entities[iri].names)
        ]
        if len(worded) == 1:
            return worded
    named_so = [iri for iri in then if ref.name and key(who.reference.entities[iri].label) == key(ref.name)]
    return named_so if len(named_so) == 1 else then


def _state_of_place(ref: Ref, start: str | None, who: Resolver) -> str | None:
    """Return the state of a place whose name a file gives for a state, such as Vatican City."""
    places = who.named.get(("place", key(ref.name)), ()) if ref.name else ()
    found = {s for place in places for s in linking.states_of_place(place, start, start, who.reference)}
    then = {iri for iri in found if linking.existed(who.reference.entities[iri], start)}
    return then.pop() if len(then) == 1 else None


def _one_in_office(found: list[str], when: str | None, reference: Reference, *, needed: bool) -> str | None:
    """Return the only person found, or the only one in office then; with `needed`, one must have been."""
    if when is None:
        return found[0] if len(found) == 1 else None
    serving = [
        iri for iri in found if any(linking.existed_over(t.time, when) for t in reference.terms.get(iri, ()))
    ]
    if len(serving) == 1:
        return serving[0]
    return found[0] if len(found) == 1 and not needed else None


def _office_classes() -> dict[str, str]:
    path = knowledge.ontology_dir() / "lexicon" / "descriptions.toml"
    phrases: Mapping[str, list[str]] = tomllib.loads(path.read_text("utf-8"))["office"]
    return {key(phrase): classes[0] for phrase, classes in phrases.items() if len(classes) == 1}
