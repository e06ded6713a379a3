"""Synthetic diplomacy of any size: states, offices and their holders, visits, treaties, arms, force.

    python benchmarks/generate.py 100000 > graph.nq

The same size and seed give the same bytes. Events fall on states by a Zipf law, as in event data; dates have
year, month or day precision. Reference data (who held which office) grow with the size up to a full roster.
"""

import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

DG = "https://w3id.org/diplograph/ontology#"
ID = "https://w3id.org/diplograph/id/"
XSD = "http://www.w3.org/2001/XMLSchema#"
EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
NOTATION = "<http://www.w3.org/2004/02/skos/core#notation>"
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
ACCEPTED = "<https://w3id.org/diplograph/graph/accepted>"
REFERENCE = "<https://w3id.org/diplograph/graph/reference>"
MOST_STATES = 195
OFFICES = (
    ("HeadOfStateOffice", "president"),
    ("HeadOfGovernmentOffice", "premier"),
    ("ForeignMinisterOffice", "foreign-minister"),
    ("MilitaryChiefOffice", "army-chief"),
)
FIRST, LAST = 1950, 2024
EVENTS = (
    ("Visit", 40), ("Meeting", 14), ("ArmsSaleAgreement", 8), ("ArmsDelivery", 8), ("JointExercise", 8),
    ("MilitaryTraining", 4), ("JointBodyMeeting", 4), ("AllianceTreaty", 2),
    ("DefenseCooperationAgreement", 2), ("EmbargoImposition", 1), ("EmbargoLifting", 1), ("Attack", 1), ("Condemnation", 7),
)  # fmt: skip
ROLES = {
    "ArmsSaleAgreement": ("supplier", "recipient"),
    "ArmsDelivery": ("supplier", "recipient"),
    "MilitaryTraining": ("trainer", "trainee"),
    "AllianceTreaty": ("party", "party"),
    "DefenseCooperationAgreement": ("party", "party"),
    "EmbargoImposition": ("actor", "target"),
    "EmbargoLifting": ("actor", "target"),
    "Attack": ("actor", "target"),
    "Condemnation": ("actor", "target"),
}
Line = tuple[str, str, str, str]


def generate(size: int, *, seed: int = 1) -> Iterator[str]:
    """Yield about `size` N-Quads lines (exactly `size` when the reference data leave room)."""
    lines = _everything(size, random.Random(seed))
    yield from (f"{s} {p} {o} {g} .\n" for s, p, o, g in islice(lines, size))


def _everything(size: int, chance: random.Random) -> Iterator[Line]:
    terms, states = max(1, min(20, size // 25_000)), max(12, min(MOST_STATES, size // 400))
    yield from _states(states)
    yield from _rosters(states, terms, chance)
    weights = [1 / (rank + 1) for rank in range(states)]
    kinds = chance.choices([kind for kind, _ in EVENTS], [weight for _, weight in EVENTS], k=size // 5 + 10)
    sides = iter(chance.choices(range(states), weights, k=4 * len(kinds)))
    for number, kind in enumerate(kinds):
        one, other = next(sides), next(sides)
        yield from _event(number, kind, (one, other if other != one else (one + 1) % states), terms, chance)


def _states(states: int) -> Iterator[Line]:
    for index in range(states):
        state = _state(index)
        yield state, TYPE, _dg("State"), REFERENCE
        yield state, NOTATION, f'"{_code(index)}"', REFERENCE
        yield state, LABEL, f'"State {index}"@en', REFERENCE
        capital, city = f"<{ID}capital/{index}>", f"<{ID}place/city-{index}>"
        yield city, TYPE, _dg("City"), REFERENCE
        yield capital, TYPE, _dg("CapitalStatus"), REFERENCE
        yield capital, _dg("capital"), city, REFERENCE
        yield capital, _dg("ofState"), state, REFERENCE
        yield from _bounds(capital, date(1900, 1, 1), None, REFERENCE)


def _rosters(states: int, terms: int, chance: random.Random) -> Iterator[Line]:
    for index in range(states):
        for class_, slug in OFFICES:
            office = f"<{ID}office/{slug}-of-{index}>"
            yield office, TYPE, _dg(class_), REFERENCE
            yield office, _dg("ofState"), _state(index), REFERENCE
            yield from _holdings(index, office, slug, terms, chance)


def _holdings(index: int, office: str, slug: str, terms: int, chance: random.Random) -> Iterator[Line]:
    length = (LAST - FIRST + 1) * 365 // terms
    for term in range(terms):
        start = date(FIRST, 1, 1) + timedelta(days=term * length + chance.randrange(30))
        end = date(FIRST, 1, 1) + timedelta(days=(term + 1) * length)
        holding, person = f"<{ID}holding/{slug}-{index}-{term}>", _person(index, slug, term)
        yield person, TYPE, _dg("Person"), REFERENCE
        yield person, _dg("citizenOf"), _state(index), REFERENCE
        yield holding, TYPE, _dg("OfficeHolding"), REFERENCE
        yield holding, _dg("holder"), person, REFERENCE
        yield holding, _dg("office"), office, REFERENCE
        yield from _bounds(holding, start, end, REFERENCE)


def _event(
    number: int, kind: str, sides: tuple[int, int], terms: int, chance: random.Random
) -> Iterator[Line]:
    one, other = sides
    node = f"<{ID}event/{kind.lower()}-{number}>"
    start, end = _when(chance)
    yield node, TYPE, _dg(kind), ACCEPTED
    yield node, LABEL, f'"{kind} {number}"@en', ACCEPTED
    if kind == "Visit":
        slug = OFFICES[chance.randrange(len(OFFICES))][1]
        term = min(terms - 1, (start - date(FIRST, 1, 1)).days // ((LAST - FIRST + 1) * 365 // terms))
        yield node, _dg("visitor"), _person(one, slug, term), ACCEPTED
        yield node, _dg("visitPlace"), f"<{ID}place/city-{other}>", ACCEPTED
    else:
        first, second = ROLES.get(kind, ("participant", "participant"))
        yield node, _dg(first), _state(one), ACCEPTED
        yield node, _dg(second), _state(other), ACCEPTED
    if kind == "AllianceTreaty":
        yield node, _dg("hasObligation"), _dg("DefenseObligation"), ACCEPTED
    lasting = kind.endswith(("Treaty", "CooperationAgreement"))
    yield from _bounds(node, start, end, ACCEPTED, instant=not lasting)


def _when(chance: random.Random) -> tuple[date, date]:
    """Return the first and last day of a date of year, month or day precision."""
    day = date(chance.randint(FIRST, LAST), chance.randint(1, 12), chance.randint(1, 28))
    precision = chance.random()
    if precision < 0.3:
        return date(day.year, 1, 1), date(day.year, 12, 31)
    if precision < 0.6:
        return day.replace(day=1), day.replace(day=28)
    return day, day


def _bounds(node: str, start: date, end: date | None, graph: str, *, instant: bool = False) -> Iterator[Line]:
    yield node, _dg("time"), f'"{start}/{end or ".."}"^^<{EDTF}>', graph
    yield node, _dg("earliestStart"), _day(start), graph
    yield node, _dg("latestStart"), _day(end if instant and end else start), graph
    if end is not None:
        yield node, _dg("earliestEnd"), _day(start if instant else end), graph
        yield node, _dg("latestEnd"), _day(end), graph


def _day(day: date) -> str:
    return f'"{day.isoformat()}"^^<{XSD}date>'


def _dg(name: str) -> str:
    return f"<{DG}{name}>"


def _state(index: int) -> str:
    return f"<{ID}state/s{index}>"


def _person(index: int, slug: str, term: int) -> str:
    return f"<{ID}person/{slug}-{index}-{term}>"


def _code(index: int) -> str:
    return "".join(chr(65 + index // 26**place % 26) for place in (2, 1, 0))


if __name__ == "__main__":
    sys.stdout.writelines(generate(int(sys.argv[1]), seed=int(sys.argv[2]) if len(sys.argv) > 2 else 1))
