"""The axioms about a term that one name cannot say, in words."""

from collections.abc import Iterator

from diplograph.documentation.facts import Facts, is_blank


def sufficient(facts: Facts, name: str) -> tuple[str, ...]:
    """Return the class expressions from which membership of a class follows."""
    found = (node for node in facts.having("rdfs:subClassOf", name) if is_blank(node))
    return tuple(sorted(expression(facts, node) for node in found))


def expression(facts: Facts, node: str) -> str:
    """Return a class expression in words: intersections and existential restrictions, all that is in use."""
    if not is_blank(node):
        return facts.one(node, "rdfs:label") or node
    if members := facts.one(node, "owl:intersectionOf"):
        return " and ".join(expression(facts, member) for member in facts.members(members))
    filler = expression(facts, facts.one(node, "owl:someValuesFrom"))
    return f"{expression(facts, facts.one(node, 'owl:onProperty'))} some {filler}"


def chains(facts: Facts, name: str) -> tuple[str, ...]:
    """Return the chains of properties that a property follows from."""
    heads = facts.all(name, "owl:propertyChainAxiom")
    return tuple(sorted(" then ".join(_labels(facts, head)) for head in heads))


def disjoint(facts: Facts, name: str) -> tuple[str, ...]:
    """Return the classes that can have no member in common with a class, sorted; inherited ones are left out."""
    return _others(facts, name, "owl:AllDisjointClasses", "owl:members")


def different(facts: Facts, name: str) -> tuple[str, ...]:
    """Return the individuals that are stated to differ from an individual, sorted."""
    return _others(facts, name, "owl:AllDifferent", "owl:distinctMembers")


def _others(facts: Facts, name: str, type_: str, predicate: str) -> tuple[str, ...]:
    groups = [
        set(facts.members(head))
        for node in facts.having("rdf:type", type_)
        for head in facts.all(node, predicate)
    ]
    return tuple(sorted({other for group in groups if name in group for other in group} - {name}))


def _labels(facts: Facts, head: str) -> Iterator[str]:
    return (facts.one(member, "rdfs:label") or member for member in facts.members(head))
