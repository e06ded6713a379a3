"""The JSON dump of Wikidata (`latest-all.json.gz`): one entity a line, of which few are wanted.

Kept are states, office holders, weapon systems and treaties, by their classes (P31) and positions held (P39).
Classes are taken as they stand: the dump holds no closure of subclasses.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from diplograph.importing import dates, files
from diplograph.importing.faults import ImportFaultError
from diplograph.importing.rows import Fact, Ref, Row, StateRecord, Term, TreatyRecord, Weapon

_STATES = {"Q3624078", "Q3024240"}  # sovereign state, historical country
_WEAPONS = {"Q15142894", "Q15142889", "Q15056995", "Q15056993", "Q137188246"}
_TREATIES = {"Q131569"}
_HUMAN = "Q5"
_WANTED = tuple(f'"{item}"' for item in (*_STATES, *_WEAPONS, *_TREATIES, "P39"))
Entity = dict[str, Any]


def recognizes(head: str) -> bool:
    """Tell whether a file begins as a dump: an array, or bare lines, of entities."""
    start = head.lstrip().removeprefix("[").lstrip()
    return start.startswith("{") and '"claims"' in head and '"id":"Q' in head.replace(" ", "")


def read(path: Path) -> Iterator[Row]:
    """Yield what is wanted of each entity, one line in memory at a time; other entities are no rows."""
    for number, line in files.lines(path):
        text = line.strip().removesuffix(",")
        if text in {"", "[", "]"} or not any(mark in text for mark in _WANTED):
            continue
        yield from _rows(number, _entity(path, number, text))


def _entity(path: Path, number: int, text: str) -> Entity:
    try:
        entity = json.loads(text)
    except json.JSONDecodeError as error:
        raise ImportFaultError(path, number, "each line must be one entity", str(error)) from error
    if not isinstance(entity, dict) or "id" not in entity:
        raise ImportFaultError(path, number, "each line must be one entity", "found no id")
    return entity


def _rows(number: int, entity: Entity) -> Iterator[Row]:
    classes = {value for value in map(_item, _best(entity, "P31")) if value}
    label = _label(entity)
    if label is None:
        yield Row(number, refused=f"{entity['id']} has no English label")
        return
    ref = Ref(label, entity["id"])
    if _HUMAN in classes:
        yield from _terms(number, ref, entity)
        return
    try:
        fact = _fact(ref, classes, entity)
    except ValueError as error:
        yield Row(number, id=entity["id"], refused=str(error))
        return
    if fact is not None:
        yield Row(number, fact, id=entity["id"])


def _fact(ref: Ref, classes: set[str], entity: Entity) -> Fact | None:
    if classes & _STATES:
        time = dates.interval(_first_date(entity, "P571"), _first_date(entity, "P576"))
        successors = tuple(item for item in map(_item, _best(entity, "P1366")) if item)
        return StateRecord(ref, _first_text(entity, "P298"), time, _demonyms(entity), successors)
    if classes & _WEAPONS:
        origin = next((item for item in map(_item, _best(entity, "P495")) if item), None)
        return Weapon(ref, _aliases(entity), Ref(item=origin) if origin else None)
    if classes & _TREATIES:
        parties = tuple(Ref(item=item) for item in map(_item, _best(entity, "P1891")) if item)
        return TreatyRecord(ref, parties, _first_date(entity, "P585"))
    return None


def _terms(number: int, person: Ref, entity: Entity) -> Iterator[Row]:
    for statement in _best(entity, "P39"):
        office = _item(statement)
        if office is None:
            continue
        qualifiers = statement.get("qualifiers", {})
        try:
            start, end = (_date_of(qualifiers.get(pid, [])) for pid in ("P580", "P582"))
            fact = Term(person, Ref(item=office), dates.interval(start, end))
        except ValueError as error:
            yield Row(number, id=statement.get("id"), refused=f"{person.item}: {error}")
            continue
        yield Row(number, fact, id=statement.get("id"))


def _best(entity: Entity, pid: str) -> list[Entity]:
    """Return the statements of a property that are not deprecated."""
    claims: list[Entity] = entity.get("claims", {}).get(pid, [])
    return [claim for claim in claims if claim.get("rank") != "deprecated"]


def _item(statement: Entity) -> str | None:
    value = _value(statement.get("mainsnak", {}))
    return value.get("id") if isinstance(value, dict) else None


def _value(snak: Entity) -> Any:
    return snak.get("datavalue", {}).get("value")


def _date_of(snaks: list[Entity]) -> str | None:
    for value in map(_value, snaks):
        if isinstance(value, dict) and "time" in value:
            return dates.point(value["time"], value.get("precision"))
    return None


def _first_date(entity: Entity, pid: str) -> str | None:
    return _date_of([claim.get("mainsnak", {}) for claim in _best(entity, pid)])


def _first_text(entity: Entity, pid: str) -> str | None:
    values = (_value(claim.get("mainsnak", {})) for claim in _best(entity, pid))
    return next((value for value in values if isinstance(value, str)), None)


def _demonyms(entity: Entity) -> tuple[str, ...]:
    values = (_value(claim.get("mainsnak", {})) for claim in _best(entity, "P1549"))
    return tuple(sorted(v["text"] for v in values if isinstance(v, dict) and v.get("language") == "en"))


def _label(entity: Entity) -> str | None:
    found = entity.get("labels", {}).get("en", {}).get("value")
    return found if isinstance(found, str) else None


def _aliases(entity: Entity) -> tuple[str, ...]:
    return tuple(sorted({alias["value"] for alias in entity.get("aliases", {}).get("en", [])}))
