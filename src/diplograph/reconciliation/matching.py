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
from diplograph.reconciliation import describing, properties
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
class Condition:
    """What else is known: `state`, `office` or `date`, or any property that can be fetched, and its values.

    Values are names, CURIEs or EDTF dates; `quantifier` is any, all or none of them.
    """

    property: str
    values: tuple[str, ...]
    quantifier: str = "any"
    required: bool = False


@dataclass(frozen=True)
class Question:
    """What is asked for: a name or description, classes by name, and what is known of the entity otherwise."""

    text: str
    kinds: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    limit: int = _LIMIT

    def asked(self, name: str) -> tuple[str, ...]:
        """Return the values that a property should have."""
        found = (c.values for c in self.conditions if c.property == name and c.quantifier != "none")
        return tuple(value for values in found for value in values)

    @property
    def when(self) -> str | None:
        """Return the date asked for."""
        return next(iter(self.asked("date")), None)


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
    return all(found.features[c.property] == 1.0 for c in question.conditions if c.required)


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
    states = {s for value in question.asked("state") for s in _states_asked(value, question.when, index)}
    _, found = describing.holders_of_text(question.text, index, when=question.when, states=states)
    people: dict[str, list[Tenure]] = {}
    for holding in found:
        people.setdefault(holding.term.subject, []).append(holding.term)
    return people


def _context(entity: Entity, question: Question, index: Index) -> dict[str, tuple[bool, str]]:
    found: dict[str, tuple[bool, str]] = {}
    for condition in question.conditions:
        each = [_fits(entity, condition.property, value, question, index) for value in condition.values]
        fits = {"any": any(each), "all": all(each), "none": not any(each)}[condition.quantifier]
        said = f"{condition.property} {'fits' if fits else 'does not fit'} {', '.join(condition.values)}"
        found[condition.property] = fits, said
    return found


def _fits(entity: Entity, name: str, value: str, question: Question, index: Index) -> bool:
    if name == "state":
        return bool(_states_asked(value, question.when, index) & properties.states_of(entity, index))
    if name == "office":
        return any(_is_office(term.object, value, index) for term in _terms(entity, question.when, index))
    if name == "date":
        return _existed(entity, value, index)
    return key(value) in {key(text) for text in properties.texts(entity, name, index)}


def _states_asked(value: str, when: str | None, index: Index) -> frozenset[str]:
    if value in index.reference.entities:
        return frozenset({value})
    return describing.states_called(value, when, index)


def _terms(entity: Entity, when: str | None, index: Index) -> list[Tenure]:
    terms = index.reference.terms.get(entity.iri, ())
    return [term for term in terms if when is None or linking.existed_over(term.time, when)]


def _is_office(office: str, value: str, index: Index) -> bool:
    if office == value:
        return True
    entity = index.reference.entities[office]
    described = describing.Description(value, frozenset({entity.state or ""}))
    return key(value) == key(entity.label) or office in describing.offices(described, index)


def _existed(entity: Entity, when: str, index: Index) -> bool:
    """A person fits a date by a term in office then, anything else by having existed."""
    if entity.iri.startswith("person:"):
        return bool(_terms(entity, when, index))
    return linking.existed(entity, when)


def _is_a(entity: Entity, kinds: tuple[str, ...]) -> bool:
    return any(kind in properties.kinds_of(entity) for kind in kinds)
