"""Relations and families: what a rule reads and writes, as finely as can be told without looking at data.

A relation is a predicate, and for rdf:type also the class. Bounds such as dg:latestEnd are written for many
kinds of situations, so a relation is further split by the family of its subjects: the constant beginning of
the IRIs a rule mints (`.../id/arms-embargo/`), or "" for what is asserted. A negated reading of the end of an
office holding thus does not wait for the rule that writes the end of a defense partnership.

This takes for granted that nothing is asserted of a minted IRI that would place it in another family, and
that dg:byRule is never asserted.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, product, takewhile

from pyoxigraph import Literal, NamedNode

from diplograph.inference.rule import Call, Pattern, Rule, Term, Var, Variant, variables
from diplograph.inference.variants import TYPE
from diplograph.vocabulary import PREFIXES

Key = tuple[str, str]
Node = tuple[Key, str, str]
Assignment = tuple[tuple[Var, str], ...]
Families = frozenset[str]
ASSERTED: Families = frozenset(("",))
ANY: Key = ("*", "")
ANY_CLASS: Key = (TYPE.value, "")
BY_RULE: Key = (PREFIXES["dg"] + "byRule", "")


def key(pattern: Pattern) -> Key:
    """Return the relation of a pattern: its predicate, and its class if that is rdf:type."""
    if not isinstance(pattern.predicate, NamedNode):
        return ANY
    if pattern.predicate == TYPE:
        return (TYPE.value, pattern.object.value if isinstance(pattern.object, NamedNode) else "")
    return (pattern.predicate.value, "")


def minted(variant: Variant) -> dict[Var, str]:
    """Return the variables for which a BIND mints an IRI, with the constant beginning of the IRI."""
    found = {}
    for bind in variant.binds:
        made = bind.expression
        if isinstance(made, Call) and made.name == "IRI":
            inner = made.arguments[0]
            parts = inner.arguments if isinstance(inner, Call) and inner.name == "CONCAT" else (inner,)
            beginning = takewhile(lambda part: isinstance(part, Literal), parts)
            found[bind.variable] = "".join(part.value for part in beginning if isinstance(part, Literal))
    return found


class FamilyTable:
    """Which families the subjects and objects of each relation can belong to: a fixpoint over the rules."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Work out the families that follow from what `rules` mint."""
        self._related = _hierarchy(rules)
        self._subjects: dict[Key, Families] = defaultdict(lambda: ASSERTED, {BY_RULE: frozenset()})
        self._objects: dict[Key, Families] = defaultdict(lambda: ASSERTED)
        variants = [variant for rule in rules for variant in rule.variants]
        growing = True
        while growing:
            growing = False
            for variant in variants:
                growing |= self._grow(variant)

    def split(self, rule: Rule) -> tuple[Assignment, ...]:
        """Return the families of the head's variables for which `rule` can be looked at separately.

        An axiom says nothing across families; a domain rule is looked at as a whole, which is the empty
        assignment.
        """
        variant = rule.variants[0]
        if not rule.axioms or len(rule.variants) > 1:
            return ((),)
        known = self._of(variant.patterns, {})
        names = sorted(variables(variant.head) & frozenset(known))
        return tuple(
            tuple(zip(names, choice, strict=True)) for choice in product(*(sorted(known[n]) for n in names))
        )

    def read(self, rule: Rule, assignment: Assignment) -> Iterator[tuple[Node, bool]]:
        """Yield the nodes that `rule` reads, with True where it needs them finished."""
        for variant in rule.variants:
            yield from self._reads(variant, _fixed(assignment), negative=False)

    def written(self, rule: Rule, assignment: Assignment) -> Iterator[tuple[Node, Variant, Pattern]]:
        """Yield the nodes that `rule` writes, with the variant and the triple of its head."""
        for variant in rule.variants:
            known, made = self._of(variant.patterns, _fixed(assignment)), minted(variant)
            for pattern in variant.head:
                for subject, object_ in self._ends(pattern, known, made):
                    yield (key(pattern), subject, object_), variant, pattern

    def _reads(
        self, variant: Variant, outer: dict[Var, Families], *, negative: bool
    ) -> Iterator[tuple[Node, bool]]:
        known = self._of(variant.patterns, outer)
        for pattern in variant.patterns:
            for subject, object_ in self._ends(pattern, known, {}):
                for relation in self._asked(pattern, variant):
                    yield (relation, subject, object_), negative
        for way in chain.from_iterable(item.ways for item in variant.groupings):
            yield from self._reads(way, {}, negative=True)
        for way in chain.from_iterable(item.ways for item in variant.absents):
            yield from self._reads(way, known, negative=True)

    def _ends(
        self, pattern: Pattern, known: dict[Var, Families], made: dict[Var, str]
    ) -> Iterator[tuple[str, str]]:
        """Yield the families of a pattern's subject and object; of a class the object has none."""
        objects = ASSERTED if pattern.predicate == TYPE else self._family(pattern.object, known, made)
        yield from product(self._family(pattern.subject, known, made), objects)

    def _asked(self, pattern: Pattern, variant: Variant) -> Iterable[Key]:
        """Return the relations that a pattern asks for.

        What else something is that is known to be an event is taken to be a wider or narrower kind of event.
        """
        if key(pattern) != ANY_CLASS:
            return (key(pattern),)
        known = [
            p.object
            for p in variant.patterns
            if p.subject == pattern.subject and key(p) not in (ANY_CLASS, ANY)
        ]
        classes = [c.value for c in known if isinstance(c, NamedNode) and c.value in self._related]
        return {(TYPE.value, other) for c in classes for other in self._related[c]} or (ANY_CLASS,)

    def _of(self, patterns: Iterable[Pattern], outer: dict[Var, Families]) -> dict[Var, Families]:
        known = dict(outer)
        for pattern in patterns:
            relation = key(pattern)
            for term, table in ((pattern.subject, self._subjects), (pattern.object, self._objects)):
                if isinstance(term, Var):
                    known[term] = known.get(term, table[relation]) & table[relation]
        return known

    def _family(self, term: Term, known: dict[Var, Families], made: dict[Var, str]) -> Families:
        if not isinstance(term, Var):
            return ASSERTED
        return frozenset((made[term],)) if term in made else known.get(term, ASSERTED)

    def _grow(self, variant: Variant) -> bool:
        known, made = self._of(variant.patterns, {}), minted(variant)
        grown = False
        for pattern in variant.head:
            for relation in {key(pattern), _any_class(key(pattern))}:
                for term, table in ((pattern.subject, self._subjects), (pattern.object, self._objects)):
                    wider = table[relation] | self._family(term, known, made)
                    grown |= wider != table[relation]
                    table[relation] = wider
        return grown


def _hierarchy(rules: Sequence[Rule]) -> dict[str, set[str]]:
    """Return, for each class, itself and the classes that the axioms place above or below it."""
    related: dict[str, set[str]] = defaultdict(set)
    for rule in rules:
        pair = [p for v in rule.variants for p in (*v.patterns, *v.head)] if rule.axioms else []
        ends = [p.object.value for p in pair if p.predicate == TYPE and isinstance(p.object, NamedNode)]
        if len(pair) == len(ends) == 2 and pair[0].subject == pair[1].subject:
            for one, other in (ends, ends[::-1]):
                related[one] |= {one, other}
    return related


def _fixed(assignment: Assignment) -> dict[Var, Families]:
    return {var: frozenset((family,)) for var, family in assignment}


def _any_class(relation: Key) -> Key:
    return ANY_CLASS if relation[0] == TYPE.value else relation


def readings(node: Node) -> tuple[Node, Node]:
    """Return the nodes under which others may read `node`: as itself, and as one of all classes."""
    relation, subject, object_ = node
    return node, (_any_class(relation), subject, object_)
