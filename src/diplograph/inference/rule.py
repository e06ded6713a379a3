"""The one form in which every rule is held, whichever file or axiom it comes from.

A rule derives the triples of its `head` for every solution of its `body`. A body is a `Group` of elements
that are joined; `Union` and `Optional` are allowed here and compiled away by `variants`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pyoxigraph import BlankNode, Literal, NamedNode

from diplograph.vocabulary import PREFIXES


@dataclass(frozen=True, order=True)
class Var:
    """A variable of a rule."""

    name: str

    def __str__(self) -> str:
        """Spell the variable as SPARQL does."""
        return f"?{self.name}"


Constant = NamedNode | Literal | BlankNode
Term = Var | Constant


@dataclass(frozen=True)
class Pattern:
    """A triple with variables."""

    subject: Term
    predicate: Term
    object: Term

    def __iter__(self) -> Iterator[Term]:
        """Go through subject, predicate and object."""
        return iter((self.subject, self.predicate, self.object))

    def __str__(self) -> str:
        """Spell the triple as SPARQL does."""
        return " ".join(str(term) for term in self)


@dataclass(frozen=True)
class Call:
    """An operator or function of SPARQL applied to expressions; `name` is its keyword or sign."""

    name: str
    arguments: tuple["Expression", ...]


Expression = Var | Constant | Call


@dataclass(frozen=True)
class Filter:
    """A test that a solution must pass; an error in it counts as a failure."""

    test: Expression


@dataclass(frozen=True)
class Bind:
    """A variable computed from others; an error leaves it unbound."""

    variable: Var
    expression: Expression


@dataclass(frozen=True)
class Values:
    """Rows of constants; no cell is undefined."""

    variables: tuple[Var, ...]
    rows: tuple[tuple[Constant, ...], ...]


@dataclass(frozen=True)
class Union:
    """Alternatives; a variable of one branch only stays unbound in the others."""

    branches: tuple["Group", ...]


@dataclass(frozen=True)
class Optional:
    """What is joined where it is there."""

    group: "Group"


@dataclass(frozen=True)
class Absent:
    """What must not be there: NOT EXISTS, or MINUS with a shared variable."""

    group: "Group"


@dataclass(frozen=True)
class Column:
    """An aggregate: COUNT, MIN, MAX or SUM of `argument` (None: of the rows)."""

    variable: Var
    function: str
    argument: Var | None
    distinct: bool


@dataclass(frozen=True)
class Aggregate:
    """A sub-select that groups the solutions of `group` by `keys`."""

    keys: tuple[Var, ...]
    columns: tuple[Column, ...]
    group: "Group"


Element = Pattern | Filter | Bind | Values | Union | Optional | Absent | Aggregate


@dataclass(frozen=True)
class Group:
    """Elements that hold together, in the order of the text."""

    elements: tuple[Element, ...]


@dataclass(frozen=True)
class Parameter:
    """A number that a reader may change: `VALUES ?name { value }` in the text of the rule."""

    name: str
    value: Literal
    description: str


@dataclass(frozen=True)
class Rule:
    """A rule; `text` is the same rule as a SPARQL CONSTRUCT that any store can run.

    `slug` names the graph its triples go to. The rules compiled from OWL axioms all have the slug `owl-rl`;
    their `id` is the name of the rule in the OWL 2 RL profile, and `premises` holds the axiom itself.
    A rule that is `part_of` another (a slug) also takes the parameters of that one that are named as its own.
    `clash` marks a rule whose head says that its solution is a contradiction. A rule that `reads` "claims"
    also sees the graphs of documents; it runs last, and no other rule builds on it.
    """

    id: str
    slug: str
    label: str
    head: tuple[Pattern, ...] = field(compare=False)
    body: Group = field(compare=False, repr=False)
    text: str = field(repr=False)
    version: str = "1"
    definition: str = ""
    source: str = ""
    parameters: tuple[Parameter, ...] = ()
    path: str = ""
    axioms: tuple[str, ...] = ()
    clash: bool = False
    reads: str = ""
    part_of: str = ""
    variants: tuple["Variant", ...] = field(default=(), compare=False, repr=False)

    @property
    def iri(self) -> NamedNode:
        """The IRI of the rule, `rule:<slug>`."""
        return NamedNode(PREFIXES["rule"] + self.slug)

    @property
    def graph(self) -> NamedNode:
        """The named graph of the rule's conclusions, `graph:inferred/<slug>`."""
        return NamedNode(PREFIXES["graph"] + "inferred/" + self.slug)

    def with_variants(self, variants: tuple["Variant", ...]) -> "Rule":
        """Return the rule with its body expanded into `variants`."""
        return replace(self, variants=variants)


@dataclass(frozen=True)
class Variant:
    """One way to satisfy a rule: no alternatives left, predicates and classes spelled out.

    `binds` and `filters` are evaluated after all patterns, values and groupings are joined; `head` has lost
    the triples of which a variable can never be bound in this variant.
    """

    head: tuple[Pattern, ...]
    patterns: tuple[Pattern, ...]
    values: tuple[Values, ...]
    groupings: tuple["Grouping", ...]
    binds: tuple[Bind, ...]
    filters: tuple[Filter, ...]
    absents: tuple["Negation", ...]


@dataclass(frozen=True)
class Grouping:
    """A sub-select, as the ways in which its group can hold; their solutions are counted together.

    `keyed` says that it groups by something, be it by keys that have been replaced by what they are: then no
    solutions make no group. Without, no solutions are one group, of which the count is nought.
    """

    keys: tuple[Var, ...]
    columns: tuple[Column, ...]
    ways: tuple[Variant, ...]
    keyed: bool = True


@dataclass(frozen=True)
class Negation:
    """Something absent, as the ways in which it could be present; none of them may hold."""

    ways: tuple[Variant, ...]


def variables(item: object) -> frozenset[Var]:
    """Return the variables that occur anywhere in an element, expression, group or tuple of them."""
    if isinstance(item, Var):
        return frozenset((item,))
    if isinstance(item, (Aggregate, Grouping)):
        return frozenset(item.keys) | frozenset(column.variable for column in item.columns)
    if isinstance(item, (Pattern, tuple)):
        return frozenset().union(*(variables(part) for part in item))
    parts = getattr(item, "__dataclass_fields__", {})
    return frozenset().union(*(variables(getattr(item, part)) for part in parts))
