"""What the rows of files say, whatever the format: frozen facts that name things as their file does.

Times are EDTF. An end that a file leaves out is unknown, not open.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Ref:
    """How a file refers to something: by name, by Wikidata item (`Q843`), by code (`cow:770`), or several of them."""

    name: str | None = None
    item: str | None = None
    code: str | None = None

    def __str__(self) -> str:
        """Name it in messages."""
        return self.name or self.item or self.code or "nothing"


@dataclass(frozen=True)
class StateRecord:
    """A state; `replaced_by` are items."""

    ref: Ref
    iso3: str | None = None
    time: str | None = None
    demonyms: tuple[str, ...] = ()
    replaced_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class OfficeRecord:
    """An office of a state; `role` is "head of state", "head of government" or "office"."""

    ref: Ref
    state: Ref
    role: str = "office"


@dataclass(frozen=True)
class Term:
    """A person held an office; `single` where the source knows one holder at a time."""

    person: Ref
    office: Ref
    time: str
    state: Ref | None = None
    single: bool = False


@dataclass(frozen=True)
class Names:
    """Further names of something that has an item, of form `label`, `alias` or `demonym`."""

    item: str
    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Weapon:
    """A weapon system and where it comes from."""

    ref: Ref
    aliases: tuple[str, ...] = ()
    origin: Ref | None = None


@dataclass(frozen=True)
class TreatyRecord:
    """A treaty; of an alliance that comes in several rows, each row names the parties it knows."""

    ref: Ref
    parties: tuple[Ref, ...]
    signed: str | None = None
    time: str | None = None
    obligations: tuple[str, ...] = ()
    unts: str | None = None


@dataclass(frozen=True)
class Membership:
    """A state belonged to an organization."""

    organization: Ref
    member: Ref
    time: str


@dataclass(frozen=True)
class Relations:
    """Two states had diplomatic relations."""

    one: Ref
    other: Ref
    time: str


@dataclass(frozen=True)
class Deal:
    """An order of arms and what of it was delivered; `doubtful` names the columns that the source marks."""

    supplier: Ref
    recipient: Ref
    ordered: str | None
    designation: str
    description: str
    quantity: int | None = None
    delivered: int | None = None
    deliveries: str | None = None
    doubtful: tuple[str, ...] = ()


@dataclass(frozen=True)
class Journey:
    """Somebody visited a state. `text` is what the file says of it in words."""

    visitor: str
    sender: Ref
    host: Ref
    time: str
    place: str | None = None
    text: str = ""


Fact = (
    StateRecord
    | OfficeRecord
    | Term
    | Names
    | Weapon
    | TreatyRecord
    | Membership
    | Relations
    | Deal
    | Journey
)


@dataclass(frozen=True)
class Row:
    """A row of a file: its line (or number), the id it bears in the file, and what it says or why it is refused."""

    number: int
    fact: Fact | None = None
    id: str | None = None
    refused: str | None = None
    unique: bool = field(default=True, compare=False)  # whether no other row may bear the id
