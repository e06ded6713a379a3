"""How well names and descriptions are linked on real lists, and what loading who is who costs.

Needs the shared evidence beside the checkout, or where DIPLOGRAPH_SHARED points:

    python benchmarks/linking.py
"""

import csv
import os
import random
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from diplograph import edtf, reference
from diplograph import knowledge as files
from diplograph.importing import journeys, resolution, roster, run, who
from diplograph.importing.names import key
from diplograph.importing.resolution import Resolver
from diplograph.importing.rows import Journey, Ref, Row, Term
from diplograph.importing.run import Origin
from diplograph.mentions import calendar, gazetteer
from diplograph.reconciliation import describing, index, mentions
from diplograph.reconciliation.index import Index
from diplograph.reconciliation.mentions import Linker

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("DIPLOGRAPH_SHARED", ROOT.parent / "shared"))
REMARKS = ROOT / "tests" / "linking" / "remarks.tsv"
MONTHS = tuple(
    name.capitalize() for name in calendar.MONTHS if len(name) > 4 or name in {"may", "june", "july"}
)


@dataclass(frozen=True)
class Asked:
    """A description, who fits it by the roster, and who was found."""

    text: str
    expected: frozenset[str]
    found: frozenset[str]

    @property
    def verdict(self) -> str:
        """Say how it went."""
        if self.found == self.expected:
            return "alone" if len(self.expected) == 1 else "full set"
        if len(self.found) == 1:
            return "wrong single answer"
        if not self.found:
            return "nobody"
        return "set with more" if self.found > self.expected else "set with fewer or others"


def imported(table: Path) -> tuple[Path, Resolver]:
    """Import a roster into a fresh graph; return its Turtle file, and who is who with it."""
    directory = Path(tempfile.mkdtemp())
    origin = Origin(
        table, "roster", "roster", "https://creativecommons.org/publicdomain/zero/1.0/", "2022-08-02"
    )
    run.run(origin, directory, who.load(), lambda: (), lenient=True)
    (turtle,) = run.turtle_files(directory)
    return turtle, who.load((turtle,))


def office_terms(table: Path, known: Resolver, *, size: int = 2000, seed: int = 4) -> list[Asked]:
    """Ask for "the <adjective> <office> in <month year>" in the middle of terms drawn at random."""
    taken = [row.fact for row in roster.read(table) if isinstance(row.fact, Term)]
    names = index.build(known.reference)
    groups: dict[tuple[str, str], list[Term]] = defaultdict(list)
    for term in taken:
        groups[str(term.state), key(str(term.office))].append(term)
    dated = [(term, month) for term in taken if (month := _middle(term.time)) and _state(term, known)]
    asked = []
    for term, month in random.Random(seed).sample(dated, size):
        fitting = groups[str(term.state), key(str(term.office))]
        holders = {_person(each, known) for each in fitting if edtf.overlap(each.time, month)}
        text = (
            f"the {_adjective(term, known, names)} {term.office} in {MONTHS[int(month[5:]) - 1]} {month[:4]}"
        )
        _, found = describing.holders_of_text(text, names)
        asked.append(Asked(text, frozenset(holders), frozenset(each.term.subject for each in found)))
    return asked


def states_of_journeys(rows: Iterable[Row], known: Resolver) -> Iterator[tuple[str, str, str | None]]:
    """Yield the name of the foreign state of each journey, its time, and the state that it resolves to."""
    for row in rows:
        if isinstance(row.fact, Journey):
            journey = row.fact
            foreign = journey.host if journey.sender.code == "iso3:USA" else journey.sender
            yield str(foreign), journey.time, _resolved(journey, foreign, known)


def people_of_remarks(table: Path, known: Resolver) -> Iterator[tuple[str, str, str, frozenset[str]]]:
    """Yield row, mention, right state and states found for the sample of remarks that was read by hand."""
    linker = Linker(gazetteer.build(known.reference), index.build(known.reference))
    with table.open(encoding="utf-8", newline="") as lines:
        rows = {row["id"]: row for row in csv.DictReader(lines)}
    with REMARKS.open(encoding="utf-8", newline="") as lines:
        for sample in csv.DictReader(lines, delimiter="\t"):
            yield (
                sample["row"],
                sample["mention"],
                sample["state"],
                _found(sample["mention"], rows[sample["row"]], known, linker),
            )


def _found(mention: str, row: dict[str, str], known: Resolver, linker: Linker) -> frozenset[str]:
    try:
        host = resolution.state(Ref(row["country"]), row["start-date"], known, place=row["locale"])
    except resolution.UnresolvedError:
        host = None
    start = row["remarks"].index(mention)
    found = mentions.mentions(row["remarks"], linker, when=row["start-date"], state=host)
    for each in found:
        is_person = each.title or any(c.iri.startswith("person:") for c in each.candidates)
        if is_person and each.start < start + len(mention) and start < each.end:
            return mentions.states_of(each, linker.index)
    return frozenset()


def _resolved(journey: Journey, foreign: Ref, known: Resolver) -> str | None:
    from diplograph.importing import statements  # noqa: PLC0415

    try:
        if foreign is journey.sender:
            return statements.sender(journey, known)
        return resolution.state(foreign, journey.time, known, place=journey.place)
    except resolution.UnresolvedError:
        return None


def _middle(time_: str) -> str | None:
    bounds = edtf.extent(time_)
    if not bounds.latest_start or not bounds.earliest_end:
        return None
    day = bounds.latest_start + (bounds.earliest_end - bounds.latest_start) / 2
    return f"{day.year:04d}-{day.month:02d}"


def _state(term: Term, known: Resolver) -> str | None:
    try:
        return resolution.state(term.state, None, known) if term.state else None
    except resolution.UnresolvedError:
        return None


def _adjective(term: Term, known: Resolver, names: Index) -> str:
    """Return the adjective that the fewest other states have."""
    state = known.reference.entities[_state(term, known) or ""]
    adjectives = [text for text in state.properties["dg:adjective"] if not text.endswith("-")]
    return min(adjectives, key=lambda text: (len(describing.states_called(text, None, names)), text))


def _person(term: Term, known: Resolver) -> str:
    return known.items.get(term.person.item or "", term.person.item or str(term.person))


def _timed(label: str, started: float) -> None:
    print(f"{label}: {time.perf_counter() - started:.2f} s")


def main() -> None:
    started = time.perf_counter()
    known = reference.load(files.files(files.data_dir(), "*.ttl"))
    _timed(f"reference data loaded ({len(known.entities)} entities, {len(known.names)} names)", started)
    started = time.perf_counter()
    linker = Linker(gazetteer.build(known), index.build(known))
    _timed("names indexed", started)
    with (SHARED / "data" / "us-president-secretary-travels-to-1989.csv").open(encoding="utf-8") as lines:
        remarks = [row["remarks"] for row in csv.DictReader(lines)]
    started = time.perf_counter()
    for text in remarks:
        mentions.mentions(text, linker, when="1980")
    _timed(f"{len(remarks)} remarks of {sum(map(len, remarks))} characters linked", started)

    table = SHARED / "data" / "wikidata-office-holders.csv"
    _, resolver = imported(table)
    for several, label in ((False, "one holder"), (True, "several holders")):
        asked = [a for a in office_terms(table, resolver) if (len(a.expected) > 1) == several]
        print(f"office terms with {label}: {len(asked)}, {dict(Counter(a.verdict for a in asked))}")
    for name, read in (
        ("us-visits-by-foreign-leaders-to-1989", journeys.read_visits),
        ("us-president-secretary-travels-to-1989", journeys.read_travels),
    ):
        states = list(states_of_journeys(read(SHARED / "data" / f"{name}.csv"), who.load()))
        print(f"{name}: {sum(s is not None for *_, s in states)} of {len(states)} rows have their state")
    people = list(
        people_of_remarks(SHARED / "data" / "us-president-secretary-travels-to-1989.csv", who.load())
    )
    right = sum(found == {state} for *_, state, found in people)
    print(f"people named in remarks: {right} of {len(people)} with the right state alone")


if __name__ == "__main__":
    main()
