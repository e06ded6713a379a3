"""Expressions of SPARQL as SQL: an error is NULL, and the three truth values of both languages agree."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pyoxigraph import BlankNode, NamedNode

from diplograph.errors import KnowledgeError
from diplograph.inference.rule import Call, Constant, Expression, Var
from diplograph.inference.sqlterms import DATE, EPOCH, INTEGER, LITERAL, XSD, ZERO, day_number, quoted

NT = Callable[["Value"], str]


@dataclass(frozen=True)
class Value:
    """A SQL expression and what it stands for.

    `type` is iri, any, date, int, num, str, lit or bool. With `id`, `sql` is the identifier of a term;
    without, it is the plain value: days since 1970 for a date, the IRI itself for an iri, the lexical form
    for a lit. `fixed` says that `sql` needs no table.
    """

    sql: str
    type: str
    id: bool = False
    datatype: str = ""
    fixed: bool = False


@dataclass(frozen=True)
class Scope:
    """What the variables are, and how to get at the N-Triples text of a term that is only a number."""

    values: Mapping[Var, Value]
    text: NT
    number: Callable[[Constant], str]


def compile_expression(expression: Expression, scope: Scope) -> Value:
    """Return the SQL of `expression`; raises `KnowledgeError` for what this engine cannot compute."""
    if isinstance(expression, Var):
        return scope.values.get(expression, Value("NULL", "any", id=True))
    if not isinstance(expression, Call):
        return constant_value(expression, scope)
    if expression.name in _LAZY:
        return _LAZY[expression.name](expression, scope)
    parts = [compile_expression(part, scope) for part in expression.arguments]
    if expression.name == "!=" and (tested := _unlike(expression, parts, scope)):
        return tested
    if expression.name in _COMPARE:
        return _compared(expression.name, parts[0], parts[1], scope)
    if expression.name not in _FUNCTIONS:
        raise KnowledgeError(f"the relational engine has no function {expression.name}")
    return _FUNCTIONS[expression.name](parts, scope)


def constant_value(term: Constant, scope: Scope) -> Value:
    """Return a constant as a value."""
    if isinstance(term, (NamedNode, BlankNode)):
        return Value(scope.number(term), "iri", id=True)
    kind = term.datatype.value.removeprefix(XSD)
    if kind == "date" and day_number(term) is not None:
        return Value(str(day_number(term)), "date")
    if kind == "integer":
        return Value(f"({int(term.value)})::BIGINT", "int")
    if kind == "decimal":
        return Value(f"({term.value})::DECIMAL(30, 6)", "num")
    if kind == "boolean":
        return Value("TRUE" if term.value in ("true", "1") else "FALSE", "bool")
    if kind == "string":
        return Value(quoted(term.value), "str")
    return Value(scope.number(term), "any", id=True)


def as_days(value: Value, scope: Scope) -> str:
    """Return the days since 1970 of a date."""
    if value.type == "date":
        return f"({value.sql} - {DATE})::BIGINT - {EPOCH}" if value.id else value.sql
    return f"day_of({scope.text(value)})" if value.type == "any" else "NULL::BIGINT"


def as_number(value: Value, scope: Scope) -> str:
    """Return the number that a value is."""
    if value.type == "int":
        return f"(({value.sql} - {INTEGER})::BIGINT - {ZERO})" if value.id else value.sql
    if value.type == "num":
        return value.sql
    return f"number_of({scope.text(value)})" if value.type == "any" else "NULL::BIGINT"


def as_text(value: Value, scope: Scope) -> str:
    """Return the string that a string literal is; NULL for anything else."""
    if value.type == "str":
        return value.sql
    return f"text_of({scope.text(value)})" if value.type == "any" else "NULL::VARCHAR"


def lexical(value: Value, scope: Scope) -> str:
    """Return STR() of a value."""
    if value.type == "date":
        return f"(DATE '1970-01-01' + ({as_days(value, scope)})::INTEGER)::VARCHAR"
    if value.type == "int":
        return f"{as_number(value, scope)}::VARCHAR"
    if value.type == "num":
        return f"plain_decimal({value.sql})"
    if value.type == "bool":
        return f"CASE WHEN {value.sql} THEN 'true' WHEN NOT {value.sql} THEN 'false' END"
    return f"lexical({scope.text(value)})" if value.id else value.sql


def ntriples_sql(value: Value, scope: Scope) -> str:
    """Return the SQL of the N-Triples text of a value that is no identifier yet."""
    inner = f"escaped({lexical(value, scope)})"
    if value.type == "iri":
        return f"'<' || {value.sql} || '>'"
    if value.type == "str":
        return f"'\"' || {inner} || '\"'"
    kinds = {"date": "date", "int": "integer", "num": "decimal", "bool": "boolean"}
    datatype = value.datatype or XSD + kinds[value.type]
    return f"'\"' || {inner} || {quoted(f'{chr(34)}^^<{datatype}>')}"


def truth(expression: Expression, scope: Scope) -> str:
    """Return a test as a SQL condition."""
    value = compile_expression(expression, scope)
    if value.type == "bool":
        return value.sql
    raise KnowledgeError(f"the relational engine needs a comparison, not the bare value {expression}")


def _compared(sign: str, left: Value, right: Value, scope: Scope) -> Value:
    if sign in ("=", "!=") and left.id and right.id:
        return Value(f"({left.sql} {'=' if sign == '=' else '<>'} {right.sql})", "bool")
    if sign in ("=", "!=") and "iri" in (left.type, right.type):
        both = f"{lexical(left, scope)} {'=' if sign == '=' else '<>'} {lexical(right, scope)}"
        return Value(f"({both})", "bool")
    operator = "<>" if sign == "!=" else sign
    options = [
        f"({read(left, scope)} {operator} {read(right, scope)})"
        for types, read in _READERS
        if {left.type, right.type} <= types
    ]
    if not options:
        return Value("NULL::BOOLEAN", "bool")
    return Value(options[0] if len(options) == 1 else f"coalesce({', '.join(options)})", "bool")


def _unlike(call: Call, texts: list[Value], scope: Scope) -> Value | None:
    """Return STR(?x) != STR(?y) as a test that looks up no text where both are the same term."""
    terms = [
        compile_expression(part.arguments[0], scope)
        for part in call.arguments
        if isinstance(part, Call) and part.name == "STR"
    ]
    if len(terms) != 2 or not all(term.id for term in terms):
        return None
    one, other = (term.sql for term in terms)
    return Value(f"({one} <> {other} AND {texts[0].sql} <> {texts[1].sql})", "bool")


_READERS: tuple[tuple[frozenset[str], Callable[[Value, Scope], str]], ...] = (
    (frozenset(("date", "any")), as_days),
    (frozenset(("int", "num", "any")), as_number),
    (frozenset(("str", "any")), as_text),
    (frozenset(("lit",)), lambda value, _: value.sql),
)
_COMPARE = frozenset(("=", "!=", "<", ">", "<=", ">="))


def _arithmetic(sign: str) -> Callable[[list[Value], Scope], Value]:
    def compute(parts: list[Value], scope: Scope) -> Value:
        numbers = [as_number(part, scope) for part in parts]
        whole = all(part.type == "int" for part in parts) and sign != "/"
        if sign == "/":
            numbers[1] = f"nullif({numbers[1]}, 0)"
            return Value(f"({numbers[0]}::DECIMAL(30, 6) / {numbers[1]})::DECIMAL(30, 6)", "num")
        return Value(f"({numbers[0]} {sign} {numbers[1]})", "int" if whole else "num")

    return compute


def _on_text(pattern: str, result: str = "str") -> Callable[[list[Value], Scope], Value]:
    """Return a function of strings that SQL has under another name; `pattern` has a slot an argument."""

    def compute(parts: list[Value], scope: Scope) -> Value:
        return Value(pattern.format(*(as_text(part, scope) for part in parts)), result)

    return compute


def _year(part: str) -> Callable[[list[Value], Scope], Value]:
    def compute(parts: list[Value], scope: Scope) -> Value:
        return Value(f"{part}(DATE '1970-01-01' + ({as_days(parts[0], scope)})::INTEGER)", "int")

    return compute


def _substring(parts: list[Value], scope: Scope) -> Value:
    numbers = "".join(f", {as_number(part, scope)}" for part in parts[1:])
    return Value(f"substr({as_text(parts[0], scope)}{numbers})", "str")


def _string(parts: list[Value], scope: Scope) -> Value:
    return Value(lexical(parts[0], scope), "str")


def _iri(parts: list[Value], scope: Scope) -> Value:
    return parts[0] if parts[0].type == "iri" else Value(as_text(parts[0], scope), "iri")


def _is_literal(parts: list[Value], scope: Scope) -> Value:
    del scope
    value = parts[0]
    return Value(f"({value.sql} >= {LITERAL})" if value.id else str(value.type != "iri").upper(), "bool")


def _is_iri(parts: list[Value], scope: Scope) -> Value:
    value = parts[0]
    return Value(f"({scope.text(value)}[1] = '<')" if value.id else str(value.type == "iri").upper(), "bool")


def _same(parts: list[Value], scope: Scope) -> Value:
    return _compared("=", parts[0], parts[1], scope)


_FUNCTIONS: dict[str, Callable[[list[Value], Scope], Value]] = {
    "+": _arithmetic("+"), "-": _arithmetic("-"), "*": _arithmetic("*"), "/": _arithmetic("/"),
    "LCASE": _on_text("lower({})"), "UCASE": _on_text("upper({})"),
    "CONTAINS": _on_text("contains({}, {})", "bool"), "STRSTARTS": _on_text("starts_with({}, {})", "bool"),
    "STRENDS": _on_text("ends_with({}, {})", "bool"), "STRLEN": _on_text("length({})", "int"),
    "REPLACE": _on_text("regexp_replace({}, {}, {}, 'g')"), "SUBSTR": _substring,
    "STRBEFORE": _on_text("CASE WHEN contains({0}, {1}) THEN split_part({0}, {1}, 1) ELSE '' END"),
    "STRAFTER": _on_text(
        "CASE WHEN contains({0}, {1}) THEN substr({0}, strpos({0}, {1}) + length({1})) ELSE '' END"
    ),
    "YEAR": _year("year"), "MONTH": _year("month"), "DAY": _year("day"),
    "STR": _string, "IRI": _iri, "ISLITERAL": _is_literal, "ISIRI": _is_iri, "SAMETERM": _same,
    "ABS": lambda parts, scope: Value(
        f"abs({as_number(parts[0], scope)})", "int" if parts[0].type == "int" else "num"
    ),
}  # fmt: skip


def _connective(word: str) -> Callable[[Call, Scope], Value]:
    def compute(call: Call, scope: Scope) -> Value:
        return Value("(" + f" {word} ".join(truth(part, scope) for part in call.arguments) + ")", "bool")

    return compute


def _not(call: Call, scope: Scope) -> Value:
    return Value(f"(NOT {truth(call.arguments[0], scope)})", "bool")


def _bound(call: Call, scope: Scope) -> Value:
    return Value(f"({compile_expression(call.arguments[0], scope).sql} IS NOT NULL)", "bool")


def _if(call: Call, scope: Scope) -> Value:
    test = truth(call.arguments[0], scope)
    yes, no = _alike([compile_expression(part, scope) for part in call.arguments[1:]], scope)
    return Value(
        f"CASE WHEN {test} THEN {yes.sql} WHEN NOT {test} THEN {no.sql} END", yes.type, yes.id, yes.datatype
    )


def _coalesce(call: Call, scope: Scope) -> Value:
    parts = _alike([compile_expression(part, scope) for part in call.arguments], scope)
    return Value(
        f"coalesce({', '.join(part.sql for part in parts)})", parts[0].type, parts[0].id, parts[0].datatype
    )


def _alike(values: list[Value], scope: Scope) -> list[Value]:
    """Return values of one representation, as the branches of a CASE must be."""
    known = [value for value in values if value.sql != "NULL"]
    shapes = {(value.type, value.id, value.datatype) for value in known}
    if len(shapes) > 1 and {value.type for value in known} <= {"str", "any"}:
        return [value if value.sql == "NULL" else Value(as_text(value, scope), "str") for value in values]
    if len(shapes) > 1:
        raise KnowledgeError(f"the branches of IF or COALESCE differ in kind: {sorted(map(str, shapes))}")
    model = known[0]
    return [v if v.sql != "NULL" else Value("NULL", model.type, model.id, model.datatype) for v in values]


def _concat(call: Call, scope: Scope) -> Value:
    parts = [as_text(compile_expression(part, scope), scope) for part in call.arguments]
    return Value("(" + " || ".join(parts) + ")", "str")


def _strdt(call: Call, scope: Scope) -> Value:
    datatype = call.arguments[1]
    if not isinstance(datatype, NamedNode):
        raise KnowledgeError("STRDT needs a datatype that is written out")
    text = as_text(compile_expression(call.arguments[0], scope), scope)
    if datatype.value == XSD + "date":
        return Value(f"(try_cast({text} AS DATE) - DATE '1970-01-01')", "date")
    if datatype.value == XSD + "integer":
        return Value(f"try_cast({text} AS BIGINT)", "int")
    return Value(text, "lit", datatype=datatype.value)


def _in(call: Call, scope: Scope) -> Value:
    first = call.arguments[0]
    tests = [truth(Call("=", (first, part)), scope) for part in call.arguments[1:]]
    joined = "(" + " OR ".join(tests) + ")"
    return Value(joined if call.name == "IN" else f"(NOT {joined})", "bool")


_LAZY: dict[str, Callable[[Call, Scope], Value]] = {
    "&&": _connective("AND"), "||": _connective("OR"), "!": _not, "BOUND": _bound, "IF": _if,
    "COALESCE": _coalesce, "CONCAT": _concat, "STRDT": _strdt, "IN": _in, "NOT IN": _in,
}  # fmt: skip
