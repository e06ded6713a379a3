"""Questions and answers as the Reconciliation Service API writes them: 0.1 and 0.2 alike, the 1.0 draft apart.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
https://reconciliation-api.github.io/specs/draft/
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from diplograph import edtf
from diplograph.errors import InputError
from diplograph.mentions import times
from diplograph.mentions.times import Clock
from diplograph.reconciliation import index as indexes
from diplograph.reconciliation import matching, properties
from diplograph.reconciliation.index import Index
from diplograph.reconciliation.matching import Answer, Condition, Question
from diplograph.reconciliation.properties import FAMILIES, PROPERTIES, Property, Value
from diplograph.reconciliation.spaces import Space

BATCH = 500
_MOST = 100
_FEATURES = {"name": "similarity of the name", "description": "fits the description"}
Json = dict[str, Any]


@dataclass(frozen=True)
class Service:
    """Who is who, and how one service names it."""

    index: Index
    space: Space


def questions_02(batch: object, service: Service) -> dict[str, Question]:
    """Return the questions of a batch of version 0.1 or 0.2 by their keys."""
    if not isinstance(batch, Mapping):
        raise InputError("queries must be an object of queries by key")
    _limit_batch(batch)
    return {str(key): _question_02(query, service) for key, query in batch.items()}


def results_02(questions: Mapping[str, Question], service: Service) -> Json:
    """Return the answer to a batch of version 0.1 or 0.2."""
    return {
        key: {"result": _candidates(question, service, named=False)} for key, question in questions.items()
    }


def matches_10(batch: object, service: Service) -> Json:
    """Return the answer to a batch of the 1.0 draft."""
    queries = batch.get("queries") if isinstance(batch, Mapping) else None
    if not isinstance(queries, list):
        raise InputError('the body must be {"queries": [...]}')
    _limit_batch(queries)
    return {"results": [{"candidates": _matched_10(query, service)} for query in queries]}


def extended_02(request: object, service: Service) -> Json:
    """Return the values that a data extension query of version 0.1 or 0.2 asks for."""
    ids, wanted = _extension(request)
    rows = {i: {asked: _values(i, known, service) for asked, known in _known(wanted, service)} for i in ids}
    return {"meta": _meta(wanted, service), "rows": rows}


def extended_10(request: object, service: Service) -> Json:
    """Return the values that a data extension query of the 1.0 draft asks for."""
    ids, wanted = _extension(request)
    rows = [
        {
            "id": i,
            "properties": [
                {"id": p, "values": _values(i, known, service)} for p, known in _known(wanted, service)
            ],
        }
        for i in ids
    ]
    return {"meta": _meta(wanted, service), "rows": rows}


def proposed(kind: str | None, limit: int | None, service: Service) -> Json:
    """Return the properties that can be fetched for entities of a class."""
    ours = service.space.class_of(kind) if kind else None
    family = next((name for name, known in FAMILIES.items() if known == ours), None)
    found = [_property(p, service) for p in PROPERTIES.values() if family is None or family in p.families]
    answer: Json = {"properties": found[:limit]}
    return answer | ({"type": kind} if kind else {}) | ({"limit": limit} if limit is not None else {})


def suggested_entities(prefix: str, offset: int, limit: int, service: Service) -> Json:
    """Return entities of the space whose names begin so."""
    space, index = service.space, service.index
    found = dict.fromkeys(n.entity for n in indexes.beginning(prefix, index) if n.entity in space.ids)
    page = list(found)[offset : offset + min(limit, _MOST)]
    return {"result": [_suggestion(iri, service) for iri in page]}


def suggested_types(prefix: str, service: Service) -> Json:
    """Return the classes whose names have a word that begins so."""
    named = [_class(kind, service) for kind in FAMILIES.values()]
    return {"result": [each for each in named if _begins(each["name"], prefix)]}


def suggested_properties(prefix: str, service: Service) -> Json:
    """Return the properties whose names have a word that begins so."""
    named = [_property(p, service) for p in PROPERTIES.values()]
    return {"result": [each for each in named if _begins(each["name"], prefix)]}


def default_types(service: Service) -> list[Json]:
    """Return the classes to choose from."""
    return [_class(kind, service) for kind in FAMILIES.values()]


def entity_of(identifier: str, service: Service) -> Json | None:
    """Return id, name, description and classes of an entity of the space, or `None`."""
    iri = service.space.iri_of(identifier)
    return _suggestion(iri, service) if iri in service.space.ids and iri else None


def _question_02(query: object, service: Service) -> Question:
    if not isinstance(query, Mapping):
        raise InputError("a query must be an object")
    kinds = query.get("type") or query.get("types") or ()
    wanted = [kinds] if isinstance(kinds, str) else list(kinds)
    conditions = tuple(
        _condition(each.get("pid"), each.get("v"), "any", False, service)
        for each in query.get("properties") or ()
        if isinstance(each, Mapping)
    )
    return Question(
        str(query.get("query") or ""),
        tuple(service.space.class_of(str(kind)) for kind in wanted),
        tuple(condition for condition in conditions if condition),
        _number(query.get("limit"), 10),
    )


def _matched_10(query: object, service: Service) -> list[Json]:
    if not isinstance(query, Mapping) or not isinstance(query.get("conditions"), list):
        raise InputError("a query must have conditions")
    names, ids, conditions = [], [], []
    for each in query["conditions"]:
        match each.get("matchType") if isinstance(each, Mapping) else None:
            case "name":
                names += _texts(each.get("propertyValue"), service)
            case "id":
                ids += _texts(each.get("propertyValue"), service)
            case "property":
                conditions.append(_condition_10(each, service))
            case other:
                raise InputError(f"matchType is {other!r}; expected name, id or property")
    kinds = (service.space.class_of(str(query["type"])),) if query.get("type") else ()
    limit = _number(query.get("limit"), 10)
    if ids:
        found = (entity_of(i, service) for i in ids)
        return [_certain(each) for each in found if each][:limit]
    question = Question(" ".join(names), kinds, tuple(c for c in conditions if c), limit)
    return _candidates(question, service, named=True)


def _certain(entity: Json) -> Json:
    return {
        "id": entity["id"],
        "name": entity["name"],
        "type": entity["notable"],
        "score": 100.0,
        "match": True,
    }


def _condition_10(each: Mapping[str, Any], service: Service) -> Condition | None:
    quantifier = each.get("matchQuantifier") or "any"
    if quantifier not in {"any", "all", "none"}:
        raise InputError(f"matchQuantifier is {quantifier!r}; expected any, all or none")
    return _condition(
        each.get("propertyId"), each.get("propertyValue"), quantifier, bool(each.get("required")), service
    )


def _condition(
    pid: object, value: object, quantifier: str, required: bool, service: Service
) -> Condition | None:
    """Return a condition on a property; empty cells are no condition."""
    name = service.space.property_of(str(pid))
    texts = [text for text in _texts(value, service) if text]
    values = tuple(filter(None, map(_as_date, texts))) if name == "date" else tuple(texts)
    return Condition(name, values, quantifier, required) if values else None


def _texts(value: object, service: Service) -> list[str]:
    many = value if isinstance(value, list) else [value]
    found = []
    for each in many:
        if isinstance(each, Mapping):
            identifier = str(each.get("id", ""))
            found.append(service.space.iri_of(identifier) or str(each.get("name") or identifier))
        elif each is not None:
            text = str(each).strip()
            found.append(service.space.iri_of(text) or text)
    return found


def _as_date(text: str) -> str | None:
    """Return a date as EDTF, from ISO with a time or from words; what is no date is left out."""
    day = re.sub(r"T\d{2}:\d{2}.*$", "", text)
    if edtf.is_valid(day):
        return day
    expressions = times.find(text)
    return times.resolve(expressions[-1], Clock()) if expressions else None


def _candidates(question: Question, service: Service, *, named: bool) -> list[Json]:
    limit = min(max(question.limit, 0), _MOST)
    asked = Question(question.text, question.kinds, question.conditions, len(service.space.ids))
    found = [each for each in matching.answer(asked, service.index) if each.entity.iri in service.space.ids]
    return [_candidate(each, service, named=named) for each in found[:limit]]


def _candidate(answer: Answer, service: Service, *, named: bool) -> Json:
    entity = answer.entity
    features: list[Json] = [{"id": name, "value": value} for name, value in answer.features.items()]
    if named:
        features = [{**f, "name": _FEATURES.get(f["id"]) or f"fits the {f['id']}"} for f in features]
    return {
        "id": service.space.ids[entity.iri],
        "name": entity.label,
        "description": "; ".join(answer.reasons[:3]) or properties.description(entity, service.index),
        "type": [_class(kind, service) for kind in properties.kinds_of(entity)],
        "score": answer.score,
        "match": answer.match,
        "features": features,
    }


def _class(kind: str, service: Service) -> Json:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind)
    return {"id": service.space.classes.get(kind, kind), "name": words[:1] + words[1:].lower()}


def _property(known: Property, service: Service) -> Json:
    return {"id": service.space.properties[known.id], "name": known.name, "description": known.description}


def _suggestion(iri: str, service: Service) -> Json:
    entity = service.index.reference.entities[iri]
    return {
        "id": service.space.ids[iri],
        "name": entity.label,
        "description": properties.description(entity, service.index),
        "notable": [_class(kind, service) for kind in properties.kinds_of(entity)],
    }


def _begins(name: str, prefix: str) -> bool:
    wanted = prefix.casefold()
    return name.casefold().startswith(wanted) or any(w.startswith(wanted) for w in name.casefold().split())


def _extension(request: object) -> tuple[list[str], list[str]]:
    if not isinstance(request, Mapping):
        raise InputError("extend must be an object with ids and properties")
    ids, wanted = request.get("ids"), request.get("properties")
    if not isinstance(ids, list) or not isinstance(wanted, list):
        raise InputError("extend must have the arrays ids and properties")
    _limit_batch(ids)
    return [str(i) for i in ids], [str(p["id"]) for p in wanted if isinstance(p, Mapping) and "id" in p]


def _known(wanted: list[str], service: Service) -> list[tuple[str, Property | None]]:
    return [(asked, PROPERTIES.get(service.space.property_of(asked))) for asked in wanted]


def _meta(wanted: list[str], service: Service) -> list[Json]:
    return [{"id": asked, "name": known.name if known else asked} for asked, known in _known(wanted, service)]


def _values(identifier: str, known: Property | None, service: Service) -> list[Json]:
    iri = service.space.iri_of(identifier)
    if known is None or iri is None:
        return []
    entity = service.index.reference.entities[iri]
    return [_value(value, service) for value in known.values(entity, service.index)]


def _value(value: Value, service: Service) -> Json:
    if value.entity in service.space.ids and value.entity:
        return {"id": service.space.ids[value.entity], "name": value.text}
    if value.is_date and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.text):
        return {"date": f"{value.text}T00:00:00Z"}
    return {"str": value.text}


def _limit_batch(batch: Mapping[Any, Any] | list[Any]) -> None:
    if len(batch) > BATCH:
        raise InputError(f"{len(batch)} at once are too many; send at most {BATCH}")


def _number(value: object, usual: int) -> int:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else usual
