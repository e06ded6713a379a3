"""SERVICE, answered by us: the pattern is sent to the endpoint, what comes back takes the clause's place.

The workers that evaluate queries have no network, so no query can reach what is not on the list. An endpoint
is looked up once and spoken to at the address that was found to be public: a name cannot lead to this machine
or its neighbors.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence

from diplograph.server.guard import Service, refuse_services, services
from diplograph.server.outside import ask
from diplograph.server.problems import Problem
from diplograph.server.tokens import Kind, Token, closing, tokens
from diplograph.vocabulary import prefix_header

_MOST_VALUES = 500  # rows that are sent along with a pattern
_SKOLEM = "urn:bnode:"


Select = Callable[[str], Mapping[str, object]]  # from a SELECT to its `vars` and `bindings`


def resolve(text: str, allowed: Collection[str], select: Select) -> str:
    """Return the query with every SERVICE replaced by its solutions.

    What stands before a SERVICE in its group is asked of `select` first, and the values found are sent along.
    Raises `Problem`: 403 for an endpoint that is not on the list or not public, 502 for one that fails.
    """
    if "service" not in text.lower():
        return text
    refuse_services(services(tokens(text)), allowed)
    prologue = _prologue(text)
    while clauses := services(found := tokens(text)):
        clause = clauses[0]
        refuse_services(services(tokens(text[clause.opening : clause.end])), ())
        pattern = _with_values(text, found, clause, prologue, select)
        text = f"{text[: clause.start]} {_solutions_of(clause, prologue, pattern)} {text[clause.end :]}"
    return text


def _solutions_of(clause: Service, prologue: str, pattern: str) -> str:
    try:
        solutions = ask(clause.endpoint or "", f"{prologue}SELECT * WHERE {pattern}")
        return as_values(solutions)
    except Problem as problem:
        if clause.silent and problem.status != 403:
            return "{}"
        raise


def _with_values(text: str, found: Sequence[Token], clause: Service, prologue: str, select: Select) -> str:
    """Return the pattern of a SERVICE, begun with the values its variables can have, when they are few."""
    pattern = text[clause.opening : clause.end]
    before = left_side(text, found, clause)
    shared = sorted(_variables(before) & _variables(pattern))
    if not shared:
        return pattern
    names = " ".join(f"?{name}" for name in shared)
    values = select(f"{prologue}SELECT DISTINCT {names} WHERE {{ {before} }} LIMIT {_MOST_VALUES + 1}")
    rows = values["bindings"]
    if not isinstance(rows, list) or len(rows) > _MOST_VALUES or any(_has_blank(row) for row in rows):
        return pattern
    return f"{{ {as_values({'vars': shared, 'bindings': rows})} {pattern[1:]}"


def left_side(text: str, found: Sequence[Token], clause: Service) -> str:
    """Return what is joined to a SERVICE from the left: its group up to it, and the one around an OPTIONAL.

    Filters are left out: they may speak of what is still to come, and without them no value is missed.
    """
    at = next(index for index, token in enumerate(found) if token.start == clause.start)
    opening = _opening(found, at)
    parts = [_without_filters(text, found[opening + 1 : at])]
    if opening > 0 and found[opening - 1].is_word("OPTIONAL"):
        outer = _opening(found, opening)
        parts.insert(0, _without_filters(text, found[outer + 1 : opening - 1]))
    return " ".join(parts)


def _opening(found: Sequence[Token], at: int) -> int:
    """Return the index of the brace that opens the group in which the token at `at` stands."""
    depth = found[at].depth - 1
    return next(
        index for index in range(at - 1, -1, -1) if found[index].text == "{" and found[index].depth == depth
    )


def _without_filters(text: str, found: Sequence[Token]) -> str:
    pieces, index, kept = [], 0, found[0].start if found else 0
    while index < len(found):
        if found[index].is_word("FILTER") and found[index].depth == found[0].depth:
            pieces.append(text[kept : found[index].start])
            index = _after_filter(found, index)
            kept = found[index].start if index < len(found) else found[-1].end
        else:
            index += 1
    return " ".join([*pieces, text[kept : found[-1].end] if found else ""])


def _after_filter(found: Sequence[Token], index: int) -> int:
    """Return the index of the first token after the FILTER at `index`: brackets closed, or a group ended."""
    open_brackets = 0
    for after in range(index + 1, len(found)):
        sign = found[after].text if found[after].kind is Kind.SIGN else ""
        if sign == "{" and open_brackets == 0:
            return closing(found, after) + 1
        open_brackets += (sign == "(") - (sign == ")")
        if sign == ")" and open_brackets == 0:
            return after + 1
    return len(found)


def _variables(text: str) -> set[str]:
    return {token.text[1:] for token in tokens(text) if token.kind is Kind.VARIABLE}


def _has_blank(row: Mapping[str, Mapping[str, str]]) -> bool:
    return any(term["type"] == "bnode" for term in row.values())


def _prologue(text: str) -> str:
    """Return our prefixes and the query's own declarations; later ones win."""
    for token in tokens(text):
        if token.is_word("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"):
            return prefix_header() + text[: token.start]
    return prefix_header()


def as_values(solutions: Mapping[str, object]) -> str:
    """Return solutions as a group with one VALUES block; what cannot be written there becomes UNDEF."""
    names, bindings = solutions["vars"], solutions["bindings"]
    if not isinstance(names, list) or not isinstance(bindings, list):
        raise Problem(502, "the endpoint gave no SPARQL JSON results")
    if not names:
        return "{}" if bindings else "{ FILTER(false) }"
    head = " ".join(f"?{name}" for name in names)
    rows = "\n".join("(" + " ".join(_term(row.get(name)) for name in names) + ")" for row in bindings)
    return f"{{ VALUES ({head}) {{ {rows} }} }}"


def _term(term: Mapping[str, str] | None) -> str:
    if term is None:
        return "UNDEF"
    value = term["value"]
    if term["type"] == "uri":
        return f"<{_iri(value)}>"
    if term["type"] == "bnode":
        return f"<{_SKOLEM}{_iri(value)}>"
    quoted = json.dumps(value, ensure_ascii=False)
    if "xml:lang" in term:
        return f"{quoted}@{''.join(c for c in term['xml:lang'] if c.isalnum() or c == '-')}"
    return f"{quoted}^^<{_iri(term['datatype'])}>" if "datatype" in term else quoted


def _iri(value: str) -> str:
    return "".join(f"\\u{ord(c):04X}" if c in '<>"{}|^`\\' or c <= " " else c for c in value)
