"""What passes from stage to stage: documents, mentions, entities, claims, events. Frozen, no behavior.

Offsets are Unicode code points in `Document.text`; `end` is exclusive.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Polarity(StrEnum):
    """Whether a claim says that something is so, or that it is not."""

    AFFIRMED = "Affirmed"
    DENIED = "Denied"


class Modality(StrEnum):
    """Whether a claim is about what is, may be, will be, or is meant to be."""

    ACTUAL = "Actual"
    POSSIBLE = "Possible"
    PREDICTED = "Predicted"
    INTENDED = "Intended"


class Stance(StrEnum):
    """How the text stands to what it says."""

    PLAIN = "Plain"
    OPINION = "Opinion"
    HEDGED = "Hedged"
    PRESUPPOSED = "Presupposed"
    ATTRIBUTED = "Attributed"


@dataclass(frozen=True, order=True)
class Span:
    """A stretch of a document's text."""

    start: int
    end: int


class Part(StrEnum):
    """What a paragraph of a document is; only headings and bodies speak of the world."""

    HEADING = "heading"
    BODY = "body"
    BYLINE = "byline"
    BOILERPLATE = "boilerplate"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `repeats` is the span of an earlier one of which it is a verbatim repetition."""

    span: Span
    part: Part
    repeats: Span | None = None


@dataclass(frozen=True)
class Document:
    """A text as it was read. `published` is an EDTF date or `None`."""

    id: str
    text: str
    sha256: str
    paragraphs: tuple[Paragraph, ...] = ()
    title: str | None = None
    author: str | None = None
    published: str | None = None
    source: str | None = None
    license: str | None = None
    genre: str | None = None


@dataclass(frozen=True, order=True)
class Candidate:
    """An entity that a mention may stand for; `reasons` say what speaks for it, strongest first."""

    iri: str
    score: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entity:
    """One entry of the gazetteer. `iri` is a CURIE such as `state:pakistan`; `time` an EDTF interval."""

    iri: str
    kind: str
    label: str
    names: tuple[str, ...] = ()
    code: str | None = None
    time: str | None = None
    state: str | None = None
    properties: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Actor:
    """Who fills a role: an entity, or someone known only by description.

    `iri` is the entity's CURIE, or `None` for a description; `state` the state it belongs to or acts for;
    `offices` the offices that the description names; `label` is canonical, never the words of the text.
    """

    label: str
    kind: str
    iri: str | None = None
    state: str | None = None
    offices: tuple[str, ...] = ()
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Lot:
    """An amount of equipment: what, and how many if the text says so."""

    label: str
    equipment: str | None = None
    quantity: int | None = None
    span: Span | None = field(default=None, compare=False)


Filler = Actor | Lot | str


@dataclass(frozen=True)
class Evidence:
    """Where a document says it: the clause and, within it, the words that evoke the event."""

    span: Span
    trigger: Span


@dataclass(frozen=True)
class Claim:
    """What one document says of one event or situation, with the words that say it.

    `kind` is the local name of a class of the ontology, `roles` maps local names of role properties to
    fillers, `time` is EDTF as the text licenses it.
    """

    document: str
    kind: str
    roles: Mapping[str, tuple[Filler, ...]]
    evidence: tuple[Evidence, ...]
    time: str | None = None
    polarity: Polarity = Polarity.AFFIRMED
    modality: Modality = Modality.ACTUAL
    stance: Stance = Stance.PLAIN
    claimant: Actor | None = None
    ordinal: int | None = None
    inferred: frozenset[str] = frozenset()

    @property
    def is_fact(self) -> bool:
        """Tell whether the claim asserts that its event took place."""
        return self.polarity is Polarity.AFFIRMED and self.modality is Modality.ACTUAL


@dataclass(frozen=True)
class Event:
    """What claims speak of: one event or situation, or, where none says it took place, a hypothetical one."""

    slug: str
    kind: str
    roles: Mapping[str, tuple[Filler, ...]]
    claims: tuple[Claim, ...]
    time: str | None = None
    hypothetical: bool = False
    ordinal: int | None = None
    aliases: tuple[str, ...] = ()
