"""Reading a rule: from the SPARQL algebra of rdflib to the rule form, refusing what is outside the subset."""

from collections.abc import Callable, Mapping
from typing import Any

from pyoxigraph import Literal, NamedNode
from rdflib import term as rdf
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from diplograph.inference.rule import (
    Absent,
    Aggregate,
    Bind,
    Call,
    Column,
    Constant,
    Element,
    Expression,
    Filter,
    Group,
    Optional,
    Pattern,
    Term,
    Union,
    Values,
    Var,
    variables,
)

FUNCTIONS = frozenset(
    [
        "ABS",
        "BOUND",
        "COALESCE",
        "CONCAT",
        "CONTAINS",
        "DATATYPE",
        "DAY",
        "IF",
        "IRI",
        "ISIRI",
        "ISLITERAL",
        "LANG",
        "LCASE",
        "MONTH",
        "REPLACE",
        "SAMETERM",
        "STR",
        "STRAFTER",
        "STRBEFORE",
        "STRDT",
        "STRENDS",
        "STRLEN",
        "STRSTARTS",
        "SUBSTR",
        "UCASE",
        "URI",
        "YEAR",
    ]
)
_AGGREGATES = {"Count": "COUNT", "Min": "MIN", "Max": "MAX", "Sum": "SUM"}


class UnsupportedError(ValueError):
    """A construct outside the subset; `token` is what to look for in the text, to find its line."""

    def __init__(self, reason: str, token: str) -> None:
        """Keep `token` beside the reason."""
        super().__init__(reason)
        self.token = token


def read_construct(text: str) -> tuple[tuple[Pattern, ...], Group]:
    """Return the head and the body of the CONSTRUCT query `text`.

    Raises `UnsupportedError` for what the rule form cannot hold, and rdflib's own errors for bad syntax.
    """
    query = translateQuery(parseQuery(text)).algebra
    if query.name != "ConstructQuery":
        raise UnsupportedError(f"a rule is a CONSTRUCT query, not {query.name}", query.name[:6].upper())
    if query.datasetClause:
        raise UnsupportedError("FROM is not for a rule to say: it reads what the engine gives it", "FROM")
    if not query.template:
        raise UnsupportedError(
            "CONSTRUCT WHERE has no template of its own; spell the template out", "CONSTRUCT"
        )
    head = tuple(_pattern(triple) for triple in query.template)
    _refuse_blank(head)
    return tuple(sorted(head, key=str)), Group(_elements(query.p))


def _refuse_blank(head: tuple[Pattern, ...]) -> None:
    if any(var.name.startswith(_BLANK) for var in variables(head)):
        raise UnsupportedError("a blank node in the head would be a new one at each run; mint an IRI", "[")


_BLANK = "_blank_"


def _elements(node: CompValue) -> tuple[Element, ...]:
    try:
        read = _NODES[node.name]
    except KeyError:
        raise UnsupportedError(f"{_spelled(node.name)} is outside the rule language", _token(node)) from None
    return read(node)


def _spelled(name: str) -> str:
    return {
        "Graph": "GRAPH",
        "ServiceGraphPattern": "SERVICE",
        "Slice": "LIMIT or OFFSET",
        "OrderBy": "ORDER BY",
    }.get(name, name)


def _token(node: CompValue) -> str:
    return _spelled(node.name).split()[0]


def _bgp(node: CompValue) -> tuple[Element, ...]:
    return tuple(sorted((_pattern(triple) for triple in node.triples), key=str))


def _join(node: CompValue) -> tuple[Element, ...]:
    left, right = _elements(node.p1), _elements(node.p2)
    _refuse_leak(left, right)
    _refuse_leak(right, left)
    return left + right


def _refuse_leak(inner: tuple[Element, ...], outside: tuple[Element, ...]) -> None:
    """Refuse a test inside braces about a variable that only the outside binds.

    SPARQL evaluates the inside first, where the variable has no value: the test would never pass.
    """
    strange = variables(outside) - _binding(inner)
    for element in inner:
        if isinstance(element, Union):
            for branch in element.branches:
                _refuse_leak(branch.elements, outside)
        elif isinstance(element, (Filter, Bind, Absent)) and variables(element) & strange:
            name = min(variables(element) & strange).name
            raise UnsupportedError(
                f"a test inside braces uses ?{name}, which only the outside binds and the inside cannot see; "
                "repeat the pattern that binds it",
                f"?{name}",
            )


def _binding(elements: tuple[Element, ...]) -> frozenset[Var]:
    """Return the variables that elements give values to."""
    bound = [variables(e) for e in elements if isinstance(e, (Pattern, Values, Aggregate, Optional))]
    bound += [frozenset((e.variable,)) for e in elements if isinstance(e, Bind)]
    bound += [_binding(branch.elements) for e in elements if isinstance(e, Union) for branch in e.branches]
    return frozenset[Var]().union(*bound)


def _left_join(node: CompValue) -> tuple[Element, ...]:
    always = isinstance(node.expr, CompValue) and node.expr.name == "TrueFilter"
    tests = () if always else _conditions(node.expr)
    return (*_elements(node.p1), Optional(Group(_elements(node.p2) + tests)))


def _union(node: CompValue) -> tuple[Element, ...]:
    return (Union(_branches(node)),)


def _branches(node: CompValue) -> tuple[Group, ...]:
    if node.name != "Union":
        return (Group(_elements(node)),)
    return _branches(node.p1) + _branches(node.p2)


def _filter(node: CompValue) -> tuple[Element, ...]:
    return _elements(node.p) + _conditions(node.expr)


def _extend(node: CompValue) -> tuple[Element, ...]:
    return (*_elements(node.p), Bind(_variable(node.var), _expression(node.expr)))


def _minus(node: CompValue) -> tuple[Element, ...]:
    kept, removed = _elements(node.p1), Group(_elements(node.p2))
    if not variables(kept) & variables(removed):
        raise UnsupportedError(
            "MINUS shares no variable with what stands before it, so it removes nothing", "MINUS"
        )
    return (*kept, Absent(removed))


def _multiset(node: CompValue) -> tuple[Element, ...]:
    if node.p.name == "values":
        return _values(node.p)
    if node.p.name in ("Project", "Distinct"):
        return (_subselect(node.p if node.p.name == "Project" else node.p.p),)
    return _elements(node.p)


def _values(node: CompValue) -> tuple[Element, ...]:
    names = sorted(node.res[0]) if node.res else []
    if any(str(cell) == "UNDEF" for row in node.res for cell in row.values()):
        raise UnsupportedError("UNDEF in VALUES is outside the rule language", "UNDEF")
    rows = tuple(tuple(_constant(row[name]) for name in names) for row in node.res)
    return (Values(tuple(Var(str(name)) for name in names), rows),)


def _subselect(node: CompValue) -> Aggregate:
    """Read a sub-select; one without aggregates is grouped by what it projects, which is its DISTINCT."""
    inner, renamed = node.p, dict[str, str]()
    while inner.name == "Extend" and isinstance(inner.expr, rdf.Variable):
        renamed[str(inner.expr)] = str(inner.var)
        inner = inner.p
    if inner.name != "AggregateJoin":
        return Aggregate(tuple(_variable(name) for name in node.PV), (), Group(_elements(node.p)))
    if inner.p.name != "Group":
        raise UnsupportedError("HAVING is outside the rule language; filter the result outside", "HAVING")
    return _aggregate(inner, renamed)


def _aggregate(node: CompValue, renamed: Mapping[str, str]) -> Aggregate:
    keys = tuple(_variable(key) for key in node.p.expr or ())
    columns = [_column(item, renamed) for item in node.A if item.name != "Aggregate_Sample"]
    return Aggregate(keys, tuple(columns), Group(_elements(node.p.p)))


def _column(item: CompValue, renamed: Mapping[str, str]) -> Column:
    kind = item.name.removeprefix("Aggregate_")
    if kind not in _AGGREGATES:
        raise UnsupportedError(f"the aggregate {kind.upper()} is outside the rule language", kind.upper())
    if str(item.res) not in renamed:
        raise UnsupportedError("an aggregate inside an expression is outside the rule language", kind.upper())
    argument = None if item.vars == "*" else _variable(item.vars)
    return Column(Var(renamed[str(item.res)]), _AGGREGATES[kind], argument, bool(item.distinct))


def _query(node: CompValue) -> tuple[Element, ...]:
    return _elements(node.p)


_NODES: dict[str, Callable[[CompValue], tuple[Element, ...]]] = {
    "BGP": _bgp,
    "Join": _join,
    "LeftJoin": _left_join,
    "Union": _union,
    "Filter": _filter,
    "Extend": _extend,
    "Minus": _minus,
    "ToMultiSet": _multiset,
    "Project": _query,
    "Distinct": _query,
}


def _conditions(expr: Any) -> tuple[Element, ...]:
    """Read a filter as the conjunction it is: each part a test or something absent."""
    if isinstance(expr, CompValue) and expr.name == "ConditionalAndExpression":
        parts = (expr.expr, *expr.other)
        return tuple(element for part in parts for element in _conditions(part))
    if isinstance(expr, CompValue) and expr.name == "Builtin_NOTEXISTS":
        return (Absent(Group(_elements(expr.graph))),)
    if isinstance(expr, CompValue) and expr.name == "Builtin_EXISTS":
        raise UnsupportedError("EXISTS is outside the rule language; write the pattern itself", "EXISTS")
    return (Filter(_expression(expr)),)


def _expression(expr: Any) -> Expression:
    if not isinstance(expr, CompValue):
        return Var(str(expr)) if isinstance(expr, rdf.Variable) else _constant(expr)
    if expr.name in _OPERATORS:
        return _OPERATORS[expr.name](expr)
    name = expr.name.removeprefix("Builtin_").upper()
    if name in ("NOTEXISTS", "EXISTS"):
        raise UnsupportedError("NOT EXISTS may only be joined to other tests by &&", "EXISTS")
    if name not in FUNCTIONS:
        raise UnsupportedError(f"the function {name} is outside the rule language", name)
    return Call("IRI" if name == "URI" else name, tuple(_expression(part) for part in _arguments(expr)))


def _arguments(expr: CompValue) -> list[Any]:
    if expr.name in ("Builtin_CONCAT", "Builtin_COALESCE"):
        return list(expr.arg)
    names = ("arg", "arg1", "arg2", "arg3", "start", "length", "pattern", "replacement", "flags")
    return [expr[name] for name in names if name in expr and expr[name] is not None]


def _relational(expr: CompValue) -> Expression:
    left = _expression(expr.expr)
    if expr.op in ("IN", "NOT IN"):
        return Call(expr.op, (left, *(_expression(part) for part in expr.other)))
    return Call(expr.op, (left, _expression(expr.other)))


def _chain(expr: CompValue) -> Expression:
    result = _expression(expr.expr)
    for sign, part in zip(expr.op, expr.other, strict=True):
        result = Call(sign, (result, _expression(part)))
    return result


def _junction(sign: str) -> Callable[[CompValue], Expression]:
    def read(expr: CompValue) -> Expression:
        return Call(sign, tuple(_expression(part) for part in (expr.expr, *expr.other)))

    return read


_OPERATORS: dict[str, Callable[[CompValue], Expression]] = {
    "RelationalExpression": _relational,
    "AdditiveExpression": _chain,
    "MultiplicativeExpression": _chain,
    "ConditionalAndExpression": _junction("&&"),
    "ConditionalOrExpression": _junction("||"),
    "UnaryNot": lambda expr: Call("!", (_expression(expr.expr),)),
    "UnaryMinus": lambda expr: Call("-", (Literal(0), _expression(expr.expr))),
}


def _pattern(triple: Any) -> Pattern:
    subject, predicate, object_ = triple
    if not isinstance(predicate, (rdf.URIRef, rdf.Variable)):
        raise UnsupportedError(
            "a property path is outside the rule language; spell the steps out", "CONSTRUCT"
        )
    return Pattern(_term(subject), _term(predicate), _term(object_))


def _term(node: Any) -> Term:
    if isinstance(node, rdf.BNode):
        return Var(_BLANK + str(node))
    return Var(str(node)) if isinstance(node, rdf.Variable) else _constant(node)


def _variable(node: Any) -> Var:
    if not isinstance(node, rdf.Variable):
        raise UnsupportedError("an expression stands where a variable is needed; BIND it first", "GROUP")
    return Var(str(node))


def _constant(node: Any) -> Constant:
    if isinstance(node, rdf.URIRef):
        return NamedNode(str(node))
    if not isinstance(node, rdf.Literal):
        raise UnsupportedError(f"{node!r} is no constant", str(node))
    if node.language:
        return Literal(str(node), language=node.language)
    return Literal(str(node), datatype=NamedNode(str(node.datatype))) if node.datatype else Literal(str(node))
