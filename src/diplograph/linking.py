"""Names to entities: every candidate with its score and reasons; ambiguity stays a candidate set, never a guess.

The features are few and all have words: how the name is written, whether the entity existed then, whether the
text has named it before, whether the person held office then, and whether the person's state fits the words
around the name.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from diplograph import edtf
from diplograph.model import Candidate, Entity
from diplograph.reference import Name, Reference, Tenure

_FORM_SCORE = {"name": 1.0, "adjective": 0.95, "demonym": 0.95, "metonym": 0.9, "family": 0.5}
_MARGIN = 0.1  # candidates nearer to each other than this are not told apart
_MINIMUM = 0.5
_MISDATED = 40  # years by which a time spoken of may miss that of a state or an organization
_CAREER = 25  # years before or after office in which somebody is still spoken of as acting


@dataclass(frozen=True)
class Context:
    """What surrounds a name: the time spoken of, publication, what was named before (latest largest), a state, a title."""

    when: str | None = None
    published: str | None = None
    named: Mapping[str, int] = field(default_factory=dict)
    state: str | None = None
    offices: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    usual: Container[str] = ()  # states that a name means first


def rank(names: Iterable[Name], context: Context, reference: Reference) -> tuple[Candidate, ...]:
    """Return the candidates for a name, best first; those that cannot be meant at that time are left out."""
    best: dict[str, Candidate] = {}
    for name in names:
        entity = reference.entities[_then(name, context, reference)]
        candidate = _score(name, entity, context, reference)
        if candidate.score > best.get(entity.iri, Candidate(entity.iri, 0.0)).score:
            best[entity.iri] = candidate
    _accept_nearest(best, context, reference)
    return tuple(sorted(best.values(), key=lambda candidate: (-candidate.score, candidate.iri)))


def _accept_nearest(found: dict[str, Candidate], context: Context, reference: Reference) -> None:
    """Where no bearer of a name existed then, take the nearest in time: Korea of 1943 is one that was or will be."""
    time = context.when or context.published
    if any(candidate.score >= _MINIMUM for candidate in found.values()):
        return
    apart = {
        iri: years_apart(reference.entities[iri].time, time)
        for iri, candidate in found.items()
        if iri.startswith(("state:", "organization:")) and candidate.score > 0
    }
    nearest = min(apart, key=lambda iri: (apart[iri], iri), default=None)
    if nearest is not None and apart[nearest] <= _MISDATED:
        reasons = (*found[nearest].reasons, "nobody of the name is nearer in time")
        found[nearest] = Candidate(nearest, _MINIMUM + _MARGIN, reasons)


def decided(candidates: tuple[Candidate, ...]) -> Candidate | None:
    """Return the best candidate if it is good enough and clearly better than the next one."""
    if not candidates or candidates[0].score < _MINIMUM:
        return None
    if len(candidates) > 1 and candidates[0].score - candidates[1].score < _MARGIN:
        return None
    return candidates[0]


def states_of_place(
    place: str, when: str | None, published: str | None, reference: Reference
) -> tuple[str, ...]:
    """Return the states that a place belonged to at a time: by its terms as a capital, else its country."""
    for time in (when, published):
        if time is None:
            continue
        states = tuple(t.object for t in reference.capitals.get(place, ()) if existed_over(t.time, time))
        if states:
            return states[-1:]
    country = reference.entities[place].state if place in reference.entities else None
    if country is None:
        capital_of = reference.capitals.get(place, ())
        return (capital_of[-1].object,) if capital_of else ()
    return (_at_time(country, when, reference),)


def holders(offices: Iterable[str], when: str | None, reference: Reference) -> tuple[Tenure, ...]:
    """Return the terms of those who held one of the offices at some time within `when`."""
    if when is None:
        return ()
    terms = (term for office in offices for term in reference.holders.get(office, ()))
    return tuple(term for term in terms if existed_over(term.time, when))


def past_holders(offices: Iterable[str], when: str | None, reference: Reference) -> tuple[Tenure, ...]:
    """Return the terms that were over before `when`, the latest first: "the former prime minister"."""
    if when is None:
        return ()
    begin = edtf.span(when)[0]
    terms = (term for office in offices for term in reference.holders.get(office, ()))
    over = [term for term in terms if edtf.span(term.time)[1] < begin]
    return tuple(sorted(over, key=lambda term: (edtf.span(term.time)[1], term.subject), reverse=True))


def namesakes(plural: str, when: str | None, reference: Reference) -> tuple[str, ...]:
    """Return the states that a plural of their common name counts: the Koreas, the Vietnams of 1960."""
    word = plural.removesuffix("s")
    states = reference.namesakes.get(word, ()) if word != plural else ()
    return tuple(iri for iri in states if existed(reference.entities[iri], when))


def titled(title: str, when: str | None, reference: Reference) -> tuple[str, ...]:
    """Return the offices that bore a title at a time: the Kaiser of 1905 is the German Emperor."""
    offices = reference.titles.get(title.lower(), ())
    return tuple(iri for iri in offices if existed(reference.entities[iri], when))


def offices_of(
    state: str, kinds: Iterable[str], reference: Reference, when: str | None = None
) -> tuple[str, ...]:
    """Return the offices of some kinds (class names) that a state has, or had at a time, sorted."""
    wanted = set(kinds)
    return tuple(
        office
        for office in reference.offices.get(state, ())
        if not wanted.isdisjoint(classes(reference.entities[office]))
        and existed(reference.entities[office], when)
    )


def classes(entity: Entity) -> tuple[str, ...]:
    """Return the class names of an entity; a president may be head of state and of government."""
    return tuple(kind.removeprefix("dg:") for kind in entity.properties.get("rdf:type", ())) or (entity.kind,)


@dataclass(frozen=True)
class Naming:
    """How analysts name: codes that stay, codes that count as others, names by entity, and parts named apart."""

    kept: Container[str]
    counted_as: Mapping[str, str]
    called: Mapping[str, str] = field(default_factory=dict)
    apart: Container[str] = ()


def analysts_codes(reference: Reference, naming: Naming) -> Mapping[str, str]:
    """Return the code or name by which analysts call each state and organization.

    A former state is called as who continues it, a state without an ISO code by its name, and a part of an
    organization as the whole."""
    heirs = {
        old: iri
        for iri, entity in reference.entities.items()
        for old in entity.properties.get("dg:continuatorOf", ())
    }
    found = {}
    for iri, entity in reference.entities.items():
        if iri in naming.called:
            found[iri] = naming.called[iri]
        elif iri.startswith("state:"):
            found[iri] = _code_of_state(entity, heirs, naming, reference)
        elif iri.startswith("organization:"):
            found[iri] = _name_of_organization(entity, naming, reference)
    return found


def _code_of_state(entity: Entity, heirs: Mapping[str, str], naming: Naming, reference: Reference) -> str:
    """Return the code of a state, or that of the state that continues it; its name where neither has one."""
    heir: str | None = entity.iri
    while heir is not None:
        bearer = reference.entities[heir]
        code = bearer.code or ""
        if code in naming.counted_as:
            return naming.counted_as[code]
        if code in naming.kept or "dg:iso3" in bearer.properties:
            return code
        heir = heirs.get(heir)
    return entity.label


def _name_of_organization(entity: Entity, naming: Naming, reference: Reference) -> str:
    """Return the code that is said of an organization, or of the one that it is a part of; else its name."""
    seen: set[str] = set()
    part: Entity | None = entity
    while part is not None and part.iri not in seen:
        seen.add(part.iri)
        code = part.code or ""
        if code in naming.kept:
            return code
        whole = part.properties.get("dcterms:isPartOf", ())
        part = reference.entities.get(whole[0]) if whole and part.iri not in naming.apart else None
    return entity.code if entity.code and not entity.code.isupper() else entity.label


def existed(entity: Entity, when: str | None) -> bool:
    """Tell whether an entity can have existed at a time; what has no dates always can."""
    return entity.time is None or when is None or existed_over(entity.time, when)


@lru_cache(maxsize=4096)
def existed_over(interval: str, time: str) -> bool:
    """Tell whether two EDTF times have a day in common."""
    return edtf.overlap(interval, time)


def _then(name: Name, context: Context, reference: Reference) -> str:
    """Return the state that a state's name meant at the time: who says Russia of 1950 means the Soviet Union.

    The name of a state that is no more means another one only if it was its name too: a Soviet is never a subject of
    the Tsar."""
    if not name.entity.startswith("state:"):
        return name.entity
    then = _at_time(name.entity, context.when or context.published, reference)
    lasts = (reference.entities[name.entity].time or "..").endswith("..")
    return then if lasts or name.text in reference.entities[then].names else name.entity


def _score(name: Name, entity: Entity, context: Context, reference: Reference) -> Candidate:
    score = _FORM_SCORE.get(name.form, 0.0)
    reasons: list[str] = [f"written as its {name.form}"]
    time = context.when or context.published
    if not existed(entity, time):
        later = context.when is None or (context.published is not None and existed(entity, context.published))
        score, reasons = score - (0.3 if later else 0.6), [*reasons, f"did not exist in {time}"]
    if time is None and entity.time is not None and not entity.time.endswith(".."):
        score, reasons = score - 0.2, [*reasons, "no longer exists, and no time is spoken of"]
    if name.text == entity.label and entity.iri.startswith("state:") and existed(entity, time):
        score, reasons = score + 0.5, [*reasons, "its very name"]
    if entity.iri in context.usual:
        score, reasons = score + 0.15, [*reasons, "meant where nothing else tells"]
    if entity.iri in context.named:
        score, reasons = score + 0.3, [*reasons, "named before"]
        if context.named[entity.iri] == max(context.named.values()):
            score, reasons = score + 0.05, [*reasons, "named last"]
    if entity.iri.startswith("person:"):
        extra, why = _person_fit(entity, context, reference)
        score, reasons = score + extra, [*reasons, *why]
        if (
            name.form == "family"
            and entity.iri not in context.named
            and _is_of_another_age(entity, context, reference)
        ):
            score, reasons = score - 0.6, [*reasons, "of another age"]
        if name.form == "family" and entity.iri not in reference.terms and len(reasons) == 1:
            score, reasons = score - 0.1, [*reasons, "in no office known, nor named before"]
    return Candidate(entity.iri, round(score, 3), tuple(reasons))


def _person_fit(entity: Entity, context: Context, reference: Reference) -> tuple[float, list[str]]:
    score = 0.0
    reasons: list[str] = []
    terms = reference.terms.get(entity.iri, ())
    time = context.when or context.published
    if time and any(existed_over(term.time, time) for term in terms):
        score, reasons = score + 0.2, [*reasons, f"in office in {time}"]
    if any(is_titled(term.object, context, reference) for term in terms):
        score, reasons = score + 0.3, [*reasons, "held the office named"]
    if context.state:
        fits = context.state == entity.state or any(
            _office_state(t, reference) == context.state for t in terms
        )
        score += 0.3 if fits else -0.6
        reasons.append("of the state named" if fits else "of another state than the one named")
    return score, reasons


def is_titled(office: str, context: Context, reference: Reference) -> bool:
    """Tell whether an office is one that the title before a name may mean."""
    entity = reference.entities.get(office)
    by_class = (
        entity is not None
        and not set(context.classes).isdisjoint(classes(entity))
        and context.state in {None, entity.state}
    )
    return by_class or office in context.offices


def _is_of_another_age(entity: Entity, context: Context, reference: Reference) -> bool:
    """Tell whether somebody held office long before or after both the time spoken of and publication."""
    times = [time for time in (context.when, context.published) if time]
    terms = reference.terms.get(entity.iri, ())
    return (
        bool(times and terms)
        and min(years_apart(term.time, time) for term in terms for time in times) > _CAREER
    )


def years_apart(interval: str | None, time: str | None) -> int:
    """Return how many years lie between two EDTF times; none where one of them is not known."""
    if interval is None or time is None:
        return 0
    (first, last), (start, end) = edtf.span(interval), edtf.span(time)
    return max(first.year - end.year, start.year - last.year, 0)


def _office_state(term: Tenure, reference: Reference) -> str | None:
    office = reference.entities.get(term.object)
    return office.state if office else None


def whole(organ: str, when: str | None, apart: Container[str], reference: Reference) -> str | None:
    """Return the organization that another is a part of, or the one that it replaced where it did not exist yet."""
    entity = reference.entities[organ]
    parts = entity.properties.get("dcterms:isPartOf", ()) if organ not in apart else ()
    found = reference.entities.get(parts[0]) if parts else None
    while found is not None and not existed(found, when):
        earlier = found.properties.get("dcterms:replaces", ())
        found = reference.entities.get(earlier[0]) if earlier else None
    return found.iri if found is not None else None


def polity(state: str, when: str | None, reference: Reference) -> str:
    """Return the state that a state's institution belonged to at a time: the Duma of 1910 is the Russian Empire's."""
    return _at_time(state, when, reference)


def _at_time(state: str, when: str | None, reference: Reference) -> str:
    """Return the state, or the one before it that existed at the time: one that it continues, however far back,
    or one that it or they came out of."""
    seen: set[str] = set()
    entity = reference.entities.get(state)
    while entity is not None and entity.iri not in seen:
        if existed(entity, when):
            return entity.iri
        seen.add(entity.iri)
        continued, left = (
            [iri for iri in entity.properties.get(key, ()) if iri in reference.entities]
            for key in ("dg:continuatorOf", "dg:immediateSuccessorOf")
        )
        earlier = [iri for iri in (*continued, *left) if existed(reference.entities[iri], when)]
        entity = reference.entities[(earlier or continued)[0]] if earlier or continued else None
    return state
