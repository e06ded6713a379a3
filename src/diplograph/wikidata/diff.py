"""What Wikidata has and we lack, what we have and it lacks, and on what the two disagree."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from diplograph import edtf, importing
from diplograph.alignment import Link
from diplograph.errors import InputError
from diplograph.importing import results
from diplograph.importing.resolution import Resolver
from diplograph.importing.rows import Ref, Row, StateRecord, Term
from diplograph.reference import Tenure

THERE, HERE, BOTH = "only Wikidata", "only here", "differs"
_CHECK = {"item", "label", "redirect"}


@dataclass(frozen=True, order=True)
class Difference:
    """One difference: where it stands (`THERE`, `HERE` or `BOTH`), about what, and what either side says."""

    where: str
    subject: str
    property: str
    ours: str = ""
    theirs: str = ""


def compare(path: Path, who: Resolver, links: Iterable[Link]) -> list[Difference]:
    """Return the differences between the reference data and a saved result of a query, sorted.

    Compared are holders of offices, states, and the check of links. Raises `InputError` for other results.
    """
    if _is_check(path):
        return sorted(set(_links(path, links)))
    rows = list(importing.KINDS[importing.kind_of(path)].read(path))
    terms = [row.fact for row in rows if isinstance(row.fact, Term)]
    states = [row.fact for row in rows if isinstance(row.fact, StateRecord)]
    if not terms and not states:
        raise InputError(
            f"{path}: only office holders, states and checked links are compared; found {_kinds(rows)}"
        )
    return sorted({*_terms(terms, who), *(found for fact in states for found in _state(fact, who))})


def _is_check(path: Path) -> bool:
    head = importing.files.head(path)
    if not results.recognizes(head) and "redirect" not in head:
        return False
    first = next(iter(results.solutions(path)), None) if "redirect" in head else None
    return first is not None and set(first[1]) >= _CHECK


def _kinds(rows: list[Row]) -> str:
    return (
        ", ".join(sorted({type(row.fact).__name__ for row in rows if row.fact}))
        or "no row that could be read"
    )


def _links(path: Path, links: Iterable[Link]) -> Iterator[Difference]:
    ours = {link.object_id.removeprefix("wd:"): link for link in links if link.object_id.startswith("wd:")}
    for _, _, cells in results.solutions(path):
        link = ours.get(cells["item"])
        if link is None:
            yield Difference(THERE, cells["item"], "link", "", cells.get("label", ""))
        elif cells.get("redirect"):
            yield Difference(BOTH, link.subject_id, "item", cells["item"], cells["redirect"])
        elif not cells.get("label"):
            yield Difference(HERE, link.subject_id, "item", cells["item"])
        elif cells["label"] != link.object_label:
            yield Difference(BOTH, link.subject_id, "label", link.object_label, cells["label"])


def _state(fact: StateRecord, who: Resolver) -> Iterator[Difference]:
    iri = who.items.get(fact.ref.item or "")
    if iri is None:
        yield Difference(THERE, str(fact.ref.item), "state", "", _shown(fact.ref, fact.time))
        return
    entity = who.reference.entities[iri]
    codes = entity.properties.get("dg:iso3", ())
    if fact.iso3 and fact.iso3 not in codes:
        yield Difference(BOTH if codes else THERE, iri, "iso3", ", ".join(codes), fact.iso3)
    yield from _interval(iri, "", entity.time or "/", fact.time or "/")
    for demonym in fact.demonyms:
        if demonym not in entity.names:
            yield Difference(THERE, iri, "demonym", "", demonym)


def _terms(facts: list[Term], who: Resolver) -> Iterator[Difference]:
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    offices = set()
    for fact in facts:
        office, person = (who.items.get(ref.item or "") for ref in (fact.office, fact.person))
        if office is None:
            yield Difference(THERE, str(fact.office.item or fact.office), "office", "", str(fact.office))
            continue
        offices.add(office)
        if person is None:
            yield Difference(THERE, office, "holder", "", _shown(fact.person, fact.time))
        else:
            groups[person, office].append(fact.time)
    for (person, office), times in sorted(groups.items()):
        known = [t.time for t in who.reference.holders.get(office, ()) if t.subject == person]
        yield from _paired(person, office, known, times)
    for office in sorted(offices):
        for term in who.reference.holders.get(office, ()):
            if (term.subject, office) not in groups:
                yield _lacking(term)


def _lacking(term: Tenure) -> Difference:
    return Difference(HERE, term.object, "holder", f"{term.subject} ({term.time})")


def _paired(person: str, office: str, ours: list[str], theirs: list[str]) -> Iterator[Difference]:
    """Compare the terms of one person in one office, each with the one nearest: by its start, then by days shared."""
    left = list(ours)
    for time in theirs:
        near = max(left, key=lambda known: _nearness(known, time), default=None)
        if near is None or _shared_days(near, time) < 0:
            yield Difference(THERE, person, f"term as {office}", "", time)
        else:
            left.remove(near)
            yield from _interval(person, f" as {office}", near, time)
    for time in left:
        yield Difference(HERE, person, f"term as {office}", time)


def _nearness(one: str, other: str) -> tuple[bool, int]:
    start, other_start = _ends(one)[0], _ends(other)[0]
    return bool(start and other_start and edtf.overlap(start, other_start)), _shared_days(one, other)


def _shared_days(one: str, other: str) -> int:
    (first, last), (other_first, other_last) = edtf.span(one), edtf.span(other)
    return (min(last, other_last) - max(first, other_first)).days


def _interval(subject: str, suffix: str, ours: str, theirs: str) -> Iterator[Difference]:
    """Compare the ends of two intervals; a date agrees with a less precise one that it lies in."""
    for name, mine, other in zip(("start", "end"), _ends(ours), _ends(theirs), strict=True):
        if mine == other or (mine and other and edtf.overlap(mine, other) and (_within(mine, other))):
            continue
        where = BOTH if mine and other else HERE if mine else THERE
        yield Difference(where, subject, f"{name}{suffix}", mine or "", other or "")


def _ends(interval: str) -> tuple[str | None, str | None]:
    start, slash, end = interval.partition("/")
    return start.strip(".") or None, (end if slash else start).strip(".") or None


def _within(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _shown(ref: Ref, time: str | None) -> str:
    item = f" {ref.item}" if ref.item and ref.name else ""
    return f"{ref}{item} ({time or '/'})"
