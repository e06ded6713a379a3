"""How many of the facts that were annotated in the seed text are found, with polarity, modality and year.

Reads gold/seed-facts.json and texts/ of ../shared (or of $DIPLOGRAPH_SHARED). A fact counts where its kind has a
class of the ontology; it is found where a claim of that class has its trigger in the fact's words and agrees in
polarity, modality and year. What is asserted and in no fact's words is listed.

    python benchmarks/seed.py [--errors]
"""

import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from diplograph import documents, pipeline
from diplograph.model import Claim, Event

SHARED = Path(os.environ.get("DIPLOGRAPH_SHARED", Path(__file__).resolve().parents[2] / "shared"))
TEXT = "texts/pakistan-russia-romance.txt"
CLASSES = {
    "Reversal": "Estrangement",
    "Shift": "Rapprochement",
    "StrainedRelation": "Estrangement",
    "Closeness": "Alignment",
    "DefencePartnership": "DefensePartnership",
    "CommitteeFormation": "JointBodyFormation",
    "JointMilitaryExercise": "JointExercise",
    "OfficeEnd": "OfficeDeparture",
    "GovernmentFormation": "OfficeAssumption",
    "RefusalToEngage": "Refusal",
    "Meeting": "JointBodyMeeting",
    "AlignmentHiatus": "Alignment",
    "ArmsAcquisition": "ArmsSaleAgreement",
}
OWN_NAMES = {
    "Alignment", "AidSuspension", "ArmsSaleAgreement", "Condemnation", "DiplomaticRelationsEstablishment", "EmbargoLifting",
    "Estrangement", "Independence", "Invasion", "Invitation", "MilitaryTraining", "Rapprochement", "Visit", "Withdrawal",
}  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """An annotated fact of a class of ours; `year` is None where the text gives none."""

    id: str
    kind: str
    start: int
    end: int
    polarity: str
    modality: str
    year: str | None
    quote: str


def facts() -> Iterator[Fact]:
    """Yield the facts whose kind has a class; evaluations and universal statements have none."""
    for line in json.loads((SHARED / "gold" / "seed-facts.json").read_text("utf-8")):
        head = re.match(r"\w+", line["kind"])
        name = head[0] if head else ""
        kind = CLASSES.get(name, name if name in OWN_NAMES else None)
        if kind is None or "universal" in line["kind"]:
            continue
        year = re.match(r"\d{4}$|\d{3}X", line["edtf"].split(",")[0])
        polarity = "denied" if name == "AlignmentHiatus" else line["polarity"]
        yield Fact(
            line["id"],
            kind,
            line["start"],
            line["end"],
            polarity,
            line["modality"],
            year[0] if year else None,
            line["quote"],
        )


def is_found(fact: Fact, event: Event, claim: Claim) -> bool:
    """Tell whether a claim says what a fact says."""
    said = any(e.span.start < fact.end and fact.start < e.span.end for e in claim.evidence)
    dated = fact.year is None or (event.time or "").startswith(fact.year)
    kind = event.kind.removeprefix("Declared")
    return (
        said
        and dated
        and (kind, claim.polarity.lower(), claim.modality.lower())
        == (fact.kind, fact.polarity, fact.modality)
    )


def is_beside(event: Event, claim: Claim, wanted: list[Fact]) -> bool:
    """Tell whether a claim asserts what no fact says."""
    trigger, kind = claim.evidence[0].trigger, event.kind.removeprefix("Declared")
    return claim.is_fact and not any(
        f.kind == kind and f.start < trigger.end and trigger.start < f.end for f in wanted
    )


def main() -> None:
    """Print recall, and with --errors the facts that were not found and the assertions that are in no fact."""
    text = (SHARED / TEXT).read_text("utf-8")
    wanted = list(facts())
    events = pipeline.extract(documents.from_text(text, name="seed"), pipeline.load_knowledge())
    claims = [(event, claim) for event in events for claim in event.claims]
    missed = [fact for fact in wanted if not any(is_found(fact, event, claim) for event, claim in claims)]
    beside = [
        (e, e.claims[0])
        for e in events
        if not e.hypothetical and all(is_beside(e, c, wanted) or not c.is_fact for c in e.claims)
    ]
    found = len(wanted) - len(missed)
    print(
        f"facts {len(wanted)}  found {found}  recall {found / len(wanted):.3f}  asserted beside {len(beside)}"
    )
    if "--errors" in sys.argv:
        for fact in missed:
            print("missed", fact)
        for event, claim in beside:
            print(
                "beside",
                event.kind,
                event.slug,
                text[claim.evidence[0].trigger.start : claim.evidence[0].trigger.end],
            )


if __name__ == "__main__":
    main()
