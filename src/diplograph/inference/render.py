"""The rule form as SPARQL: what the second engine runs for an axiom, and how a proof asks for instances."""

from collections.abc import Iterable

from diplograph.inference.rule import (
    Absent,
    Aggregate,
    Bind,
    Call,
    Element,
    Expression,
    Filter,
    Group,
    Grouping,
    Negation,
    Optional,
    Pattern,
    Union,
    Values,
    Variant,
)

_INFIX = frozenset(("=", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "&&", "||"))


def construct(head: Iterable[Pattern], body: Group) -> str:
    """Return a CONSTRUCT query for `head` and `body`."""
    template = " ".join(f"{pattern} ." for pattern in head)
    return f"CONSTRUCT {{ {template} }} WHERE {{ {group(body)} }}"


def group(body: Group) -> str:
    """Return the inside of a group graph pattern."""
    return " ".join(_element(element) for element in body.elements)


def where(variant: Variant) -> str:
    """Return the inside of the group graph pattern of one variant."""
    parts = [
        *map(_element, variant.values),
        *map(select, variant.groupings),
        *map(_element, variant.patterns),
    ]
    parts += [
        *map(_element, variant.binds),
        *map(_element, variant.filters),
        *map(negation, variant.absents),
    ]
    return " ".join(parts)


def expression(item: Expression) -> str:
    """Return an expression in SPARQL, fully parenthesized."""
    if not isinstance(item, Call):
        return str(item)
    parts = [expression(part) for part in item.arguments]
    if item.name in _INFIX:
        return "(" + f" {item.name} ".join(parts) + ")"
    if item.name in ("IN", "NOT IN"):
        return f"({parts[0]} {item.name} ({', '.join(parts[1:])}))"
    return f"(!{parts[0]})" if item.name == "!" else f"{item.name}({', '.join(parts)})"


def negation(item: Negation) -> str:
    """Return the filter that none of the ways of `item` holds."""
    return " ".join(f"FILTER NOT EXISTS {{ {where(way)} }}" for way in item.ways)


def select(item: Grouping) -> str:
    """Return a sub-select."""
    ways = " UNION ".join(f"{{ {where(way)} }}" for way in item.ways)
    return _select(item, ways, filled=item.keyed and not item.keys)


def _select(item: Aggregate | Grouping, inner: str, *, filled: bool = False) -> str:
    """Return a sub-select; when it is to be `filled`, no solutions make no group."""
    keys = " ".join(map(str, item.keys))
    columns = " ".join(
        f"({column.function}({'DISTINCT ' * column.distinct}{column.argument or '*'}) AS {column.variable})"
        for column in item.columns
    )
    grouping = f" GROUP BY {keys}" if item.keys else " HAVING (COUNT(*) > 0)" if filled else ""
    chosen = f"{keys} {columns}".strip() or "(COUNT(*) AS ?_solutions)"
    return f"{{ SELECT {chosen} WHERE {{ {inner} }}{grouping} }}"


def _element(element: Element) -> str:
    if isinstance(element, Pattern):
        return f"{element} ."
    if isinstance(element, Filter):
        return f"FILTER({expression(element.test)})"
    if isinstance(element, Bind):
        return f"BIND({expression(element.expression)} AS {element.variable})"
    if isinstance(element, Values):
        names = " ".join(map(str, element.variables))
        rows = " ".join(f"({' '.join(map(str, row))})" for row in element.rows)
        return f"VALUES ({names}) {{ {rows} }}"
    if isinstance(element, Union):
        return " UNION ".join(f"{{ {group(branch)} }}" for branch in element.branches)
    if isinstance(element, Aggregate):
        return _select(element, group(element.group))
    keyword = "OPTIONAL" if isinstance(element, Optional) else "FILTER NOT EXISTS"
    inner = element.group if isinstance(element, (Optional, Absent)) else Group(())
    return f"{keyword} {{ {group(inner)} }}"
