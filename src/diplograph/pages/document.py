"""A document: its text cut where claims begin and end, and the claims in the order of the text."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from diplograph.pages.facts import Fact, Said, facts
from diplograph.pages.reading import DG, Reader, ask, names, text
from diplograph.vocabulary import PREFIXES

_SPAN = re.compile(r"#char=(\d+),(\d+)$")
_NAME = re.compile(r"[\w.-]+")
_DETAILS = {
    PREFIXES["dcterms"] + "creator": "author",
    PREFIXES["dcterms"] + "issued": "published",
    PREFIXES["dcterms"] + "source": "source",
    PREFIXES["dcterms"] + "license": "license",
    DG + "sha256": "sha256",
}


@dataclass(frozen=True)
class Claim:
    """A claim of the document: its number in the order of the text, what it is about, and where it stands."""

    number: int
    iri: str
    fact: Fact
    said: Said
    spans: tuple[tuple[int, int], ...]
    trigger: tuple[int, int] | None

    @property
    def standing(self) -> str:
        """How the document puts it: affirmed, denied, or what the modality says."""
        return (
            self.said.modality.lower()
            if self.said.modality not in ("Actual", "")
            else self.said.polarity.lower()
        )


@dataclass(frozen=True)
class Piece:
    """A stretch of text with the numbers of the claims that rest on it; `anchors` are spans that begin here."""

    words: str
    claims: tuple[int, ...]
    trigger: bool
    standing: str
    anchors: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """All that the page shows. `paragraphs` is empty when the text is not stored."""

    iri: str
    title: str
    details: tuple[tuple[str, str, str], ...]  # name, value, IRI or ""
    claims: tuple[Claim, ...]
    paragraphs: tuple[tuple[Piece, ...], ...]


def document(reader: Reader, iri: str) -> Page | None:
    """Return what the page of a document shows, `None` when the graph does not know it."""
    about = ask(reader, "about", thing=[iri])
    if not any(text(row, "value") == DG + "Document" for row in about):
        return None
    claims = _claims(reader, iri)
    values = {text(row, "property"): text(row, "value") for row in about}
    known = names(
        reader, [value for name, value in values.items() if name == PREFIXES["dcterms"] + "creator"]
    )
    details = tuple((word, known.get(values[name], values[name]), values[name] if values[name] in known else "")
                    for name, word in _DETAILS.items() if name in values)  # fmt: skip
    title = values.get(PREFIXES["dcterms"] + "title", iri.removeprefix(PREFIXES["doc"]))
    stored = _stored(reader.documents, iri.removeprefix(PREFIXES["doc"]))
    return Page(iri, title, details, claims, tuple(_paragraphs(stored, claims)) if stored else ())


def _stored(folder: Path | None, name: str) -> str:
    """Return the text of a document, "" when it is not kept."""
    if folder is None or not _NAME.fullmatch(name):
        return ""
    try:
        found = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return str(found.get("text") or "") if isinstance(found, dict) else ""


def _claims(reader: Reader, iri: str) -> tuple[Claim, ...]:
    rows = ask(reader, "document", document=[iri])
    spans: dict[str, set[tuple[int, int]]] = defaultdict(set)
    triggers = {text(row, "claim"): _offsets(text(row, "trigger")) for row in rows}
    events = {text(row, "claim"): text(row, "event") for row in rows}
    for row in rows:
        if (found := _offsets(text(row, "span"))) is not None:
            spans[text(row, "claim")].add(found)
    of_event = {fact.iri: fact for fact in facts(reader, sorted(set(events.values())))}
    told = sorted(
        (claim for claim in events if events[claim] in of_event),
        key=lambda claim: (min(spans[claim], default=(0, 0)), claim),
    )
    return tuple(
        _claim(number, claim, of_event[events[claim]], sorted(spans[claim]), triggers[claim])
        for number, claim in enumerate(told, start=1)
    )


def _claim(
    number: int, iri: str, fact: Fact, spans: Sequence[tuple[int, int]], trigger: tuple[int, int] | None
) -> Claim:
    said = next(said for said in fact.said if said.claim == iri)
    return Claim(number, iri, fact, said, tuple(spans), trigger)


def _offsets(span: str) -> tuple[int, int] | None:
    found = _SPAN.search(span)
    return (int(found[1]), int(found[2])) if found else None


def _paragraphs(whole: str, claims: Sequence[Claim]) -> Iterator[tuple[Piece, ...]]:
    for found in re.finditer(r"[^\n]+", whole):
        yield tuple(_pieces(whole, found.start(), found.end(), claims))


def _pieces(whole: str, start: int, end: int, claims: Sequence[Claim]) -> Iterator[Piece]:
    """Cut a paragraph wherever a span or trigger begins or ends."""
    cuts = {start, end}
    for claim in claims:
        for bounds in (*claim.spans, *((claim.trigger,) if claim.trigger else ())):
            cuts |= {cut for cut in bounds if start < cut < end}
    ordered = sorted(cuts)
    for left, right in pairwise(ordered):
        over = [claim for claim in claims if any(s <= left and right <= e for s, e in claim.spans)]
        anchors = sorted({f"char={s},{e}" for claim in claims for s, e in claim.spans if s == left})
        trigger = any(
            claim.trigger and claim.trigger[0] <= left and right <= claim.trigger[1] for claim in over
        )
        standing = over[0].standing if over else ""
        yield Piece(
            whole[left:right], tuple(claim.number for claim in over), trigger, standing, tuple(anchors)
        )
