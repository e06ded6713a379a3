"""Answers to a question: candidates with a score, and the features that it is made of.

The name counts most. A class, an office, a date and a state that the question gives each raise what fits and
lower what does not. Only a name (or description) that fits one candidate alone, and with it everything else that
was asked, is a match; what several share is none.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from diplograph import linking
from diplograph.importing.names import key
from diplograph.model import Entity
from diplograph.reconciliation import describing
from diplograph.reconciliation import index as indexes
from diplograph.reconciliation.index import Index
from diplograph.reference import Name, Tenure

_FORMS = {"name": 1.0, "code": 0.98, "adjective": 0.9, "demonym": 0.9, "metonym": 0.85, "family": 0.7}
_NAME, _CONTEXT = 70.0, 30.0
_ALIKE = 0.55  # names less alike than this are no candidates
_SAME = 0.97
_MARGIN = 5.0
_LIMIT = 10


@dataclass(frozen=True)
class Question:
    """What is asked for: a name or description, and what is known of the entity otherwise.

    `kinds` are names of classes, `state` and `office` names or CURIEs, `when` is EDTF.
    """

    text: str
    kinds: tuple[str, ...] = ()
    state: str | None = None
    office: str | None = None
    when: str | None = None
    limit: int = _LIMIT
    required: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Answer:
    """A candidate: `score` is between 0 and 100, `match` says that it is certain."""

    entity: Entity
    score: float
    match: bool
    features: Mapping[str, float] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()


def answer(question: Question, index: Index) -> list[Answer]:
    """Return the candidates, best first."""
    scored = [found for found in _scored(question, index) if _has_required(found, question)]
    ranked = sorted(scored, key=lambda found: (-found.score, found.entity.iri))
    certain = _certain(ranked)
    limited = ranked[: max(question.limit, 0)]
    return [Answer(a.entity, a.score, a.entity.iri == certain, a.features, a.reasons) for a in limited]


def _scored(question: Question, index: Index) -> Iterator[Answer]:
    names = _names(question.text, index)
    described = _described(question, index)
    for iri in sorted({*names, *described}):
        entity = index.reference.entities[iri]
        if question.kinds and not _is_a(entity, question.kinds):
            continue
        name, reasons = names.get(iri, (0.0, ""))
        features = {"name": round(name, 3)}
        why = [reasons] if reasons else []
        if iri in described:
            features["description"] = 1.0
            why += [f"held {term.object} ({term.time})" for term in described[iri]]
        context = _context(entity, question, index)
        features |= {kind: float(fits) for kind, (fits, _) in context.items()}
        yield Answer(
            entity, _score(features), False, features, (*why, *(reason for _, reason in context.values()))
        )


def _score(features: Mapping[str, float]) -> float:
    best = max(features["name"], features.get("description", 0.0))
    context = [value for name, value in features.items() if name not in {"name", "description"}]
    if not context:
        return round(100 * best, 1)
    return round(_NAME * best + _CONTEXT * sum(context) / len(context), 1)


def _certain(ranked: list[Answer]) -> str | None:
    """Return the one that is certain: alike, fitting in all, and clearly ahead."""
    if not ranked:
        return None
    first = ranked[0]
    best = max(first.features["name"], first.features.get("description", 0.0))
    fits = all(value == 1.0 for name, value in first.features.items() if name not in {"name", "description"})
    ahead = len(ranked) == 1 or first.score - ranked[1].score >= _MARGIN
    return first.entity.iri if best >= _SAME and fits and ahead else None


def _has_required(found: Answer, question: Question) -> bool:
    return all(found.features.get(name, 0.0) == 1.0 for name in question.required)


def _names(text: str, index: Index) -> dict[str, tuple[float, str]]:
    """Return how well the best name of each candidate fits, and in words."""
    best: dict[str, tuple[float, str]] = {}
    for name in indexes.exact(text, index):
        _better(best, name, 1.0)
    for name, alike in indexes.similar(text, index):
        if alike >= _ALIKE:
            _better(best, name, alike)
    for iri, value in _titled(text, index):
        if value > best.get(iri, (0.0, ""))[0]:
            best[iri] = value, "written as a title and its name"
    return best


def _titled(text: str, index: Index) -> Iterator[tuple[str, float]]:
    """Yield the people meant by a title and a name, such as "President Xi", those who held such an office first."""
    words = text.split()
    for length in range(1, len(words)):
        offices = set(describing.offices_titled(" ".join(words[:length]), index))
        for name in indexes.exact(" ".join(words[length:]), index) if offices else ():
            if name.entity.startswith("person:"):
                held = {term.object for term in index.reference.terms.get(name.entity, ())}
                yield name.entity, 1.0 if held & offices else 0.6


def _better(best: dict[str, tuple[float, str]], name: Name, alike: float) -> None:
    value = alike * _FORMS.get(name.form, 0.5)
    if value > best.get(name.entity, (0.0, ""))[0]:
        how = "written as" if alike == 1.0 else "similar to"
        best[name.entity] = (value, f"{how} its {name.form} {name.text!r}")


def _described(question: Question, index: Index) -> dict[str, list[Tenure]]:
    """Return the people whom the text describes by office, state and time."""
    states = _states_asked(question, index) if question.state else frozenset()
    _, found = describing.holders_of_text(question.text, index, when=question.when, states=states)
    people: dict[str, list[Tenure]] = {}
    for holding in found:
        people.setdefault(holding.term.subject, []).append(holding.term)
    return people


def _context(entity: Entity, question: Question, index: Index) -> dict[str, tuple[bool, str]]:
    found: dict[str, tuple[bool, str]] = {}
    if question.state:
        states = _states_asked(question, index)
        fits = bool(states & states_of(entity, index))
        found["state"] = fits, f"{'of' if fits else 'not of'} {question.state}"
    if question.office:
        fits = any(_is_office(term.object, question, index) for term in _terms(entity, question.when, index))
        found["office"] = fits, f"{'held' if fits else 'did not hold'} the office {question.office}"
    if question.when:
        fits = _existed(entity, question.when, index)
        found["date"] = fits, f"{'fits' if fits else 'does not fit'} {question.when}"
    return found


def _states_asked(question: Question, index: Index) -> frozenset[str]:
    asked = question.state or ""
    if asked in index.reference.entities:
        return frozenset({asked})
    return describing.states_called(asked, question.when, index)


def states_of(entity: Entity, index: Index) -> set[str]:
    """Return the states that an entity is, belongs to, or held an office of."""
    terms = index.reference.terms.get(entity.iri, ())
    offices = (index.reference.entities.get(term.object) for term in terms)
    states = {office.state for office in offices if office is not None}
    return {iri for iri in (entity.iri, entity.state, *states) if iri}


def _terms(entity: Entity, when: str | None, index: Index) -> list[Tenure]:
    terms = index.reference.terms.get(entity.iri, ())
    return [term for term in terms if when is None or linking.existed_over(term.time, when)]


def _is_office(office: str, question: Question, index: Index) -> bool:
    if office == question.office:
        return True
    entity = index.reference.entities[office]
    description = describing.Description(question.office or "", frozenset({entity.state or ""}))
    return office in describing.offices(description, index) or key(question.office or "") == key(entity.label)


def _existed(entity: Entity, when: str, index: Index) -> bool:
    """A person fits a date by a term in office then, anything else by having existed."""
    if entity.iri.startswith("person:"):
        return bool(_terms(entity, when, index))
    return linking.existed(entity, when)


def _is_a(entity: Entity, kinds: tuple[str, ...]) -> bool:
    return any(kind in kinds_of(entity) for kind in kinds)


def kinds_of(entity: Entity) -> tuple[str, ...]:
    """Return the classes of an entity: its own, and the one that its family is."""
    return tuple(dict.fromkeys((entity.kind, FAMILIES[entity.iri.partition(":")[0]])))


FAMILIES = {
    "bloc": "Bloc",
    "conflict": "Conflict",
    "equipment": "EquipmentModel",
    "office": "Office",
    "organization": "Organization",
    "person": "Person",
    "place": "Place",
    "state": "State",
    "treaty": "Treaty",
}
