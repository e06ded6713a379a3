"""Answers of the Wikidata Query Service, saved as SPARQL results JSON or as CSV.

What a table is about is told by its variables, which are those of `diplograph wikidata queries`.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from pyoxigraph import Literal, NamedNode, QueryResultsFormat, QuerySolutions, parse_query_results

from diplograph.importing import dates, files
from diplograph.importing.faults import ImportFaultError
from diplograph.importing.rows import (
    Fact,
    Membership,
    Names,
    OfficeRecord,
    Ref,
    Relations,
    Row,
    StateRecord,
    Term,
    TreatyRecord,
    Weapon,
)

Cells = Mapping[str, str]
_ENTITY = "http://www.wikidata.org/entity/"


def recognizes(head: str) -> bool:
    """Tell whether a file begins as results whose variables are known."""
    if head.lstrip().startswith("{"):
        return '"head"' in head and '"vars"' in head
    return _maker(head.partition("\n")[0].strip().replace('"', "").split(",")) is not None


def read(path: Path) -> Iterator[Row]:
    """Yield what each solution says.

    Raises `ImportFaultError` for results that are cut off and for variables that no query of ours has.
    """
    number = 0
    make: Callable[[Cells], Fact] | None = None
    for number, variables, cells in solutions(path):
        make = make or _maker(variables)
        if make is None:
            detail = f"found {', '.join(variables)}; the queries are printed by `diplograph wikidata queries`"
            raise ImportFaultError(path, None, "variables must be those of a known query", detail)
        yield _row(number, cells, make)


def solutions(path: Path) -> Iterator[tuple[int, list[str], dict[str, str]]]:
    """Yield the number, the variables and the cells of each solution; items lose their namespace."""
    plain = path.with_suffix("") if path.suffix in {".gz", ".bz2"} else path
    if plain.suffix.lower() in {".json", ".srj"} or files.head(path).lstrip().startswith("{"):
        yield from _json(path)
    else:
        for number, cells in files.table(path, ()):
            yield number, list(cells), {name: _bare(value) for name, value in cells.items()}


def _json(path: Path) -> Iterator[tuple[int, list[str], dict[str, str]]]:
    number = 0
    with files.open_bytes(path) as stream:
        try:
            results = parse_query_results(stream, format=QueryResultsFormat.JSON)
            if not isinstance(results, QuerySolutions):
                raise ImportFaultError(path, None, "results must be solutions", "found the answer of an ASK")
            variables = [variable.value for variable in results.variables]
            for number, solution in enumerate(results, start=1):
                yield number, variables, {name: _value(solution[name]) for name in variables}
        except (SyntaxError, ValueError, EOFError, OSError) as error:
            detail = f"{error}; the file is cut off or damaged, save the results again"
            raise ImportFaultError(path, number + 1, "results must be whole", detail) from error


def _value(term: object) -> str:
    return _bare(term.value) if isinstance(term, NamedNode | Literal) else ""


def _bare(value: str) -> str:
    return value.removeprefix(_ENTITY).strip()


def _row(number: int, cells: Cells, make: Callable[[Cells], Fact]) -> Row:
    try:
        fact = make(cells)
    except ValueError as error:
        return Row(number, refused=str(error))
    return Row(number, fact, id=cells.get("statement") or None)


def _maker(variables: list[str]) -> Callable[[Cells], Fact] | None:
    known = set(variables)
    for needed, make in _MAKERS:
        if needed <= known:
            return make
    return None


def _ref(cells: Cells, item: str, label: str) -> Ref:
    if not cells[item].startswith("Q"):
        raise ValueError(f"?{item} is {cells[item]!r}, no Wikidata item")
    return Ref(cells.get(label) or None, cells[item])


def _date(cells: Cells, name: str) -> str | None:
    precision = cells.get(f"{name}Precision")
    return dates.point(cells.get(name, ""), int(precision) if precision else None)


def _interval(cells: Cells, start: str = "start", end: str = "end") -> str:
    return dates.interval(_date(cells, start), _date(cells, end))


def _many(cells: Cells, name: str) -> tuple[str, ...]:
    return tuple(sorted(_bare(part) for part in cells.get(name, "").split("|") if part))


def _state(cells: Cells) -> StateRecord:
    return StateRecord(
        _ref(cells, "item", "label"),
        cells.get("iso3") or None,
        _interval(cells, "inception", "dissolved"),
        _many(cells, "demonyms"),
        _many(cells, "replacedBy"),
    )


def _office(cells: Cells) -> OfficeRecord:
    return OfficeRecord(
        _ref(cells, "office", "officeLabel"), _ref(cells, "state", "stateLabel"), cells["role"]
    )


def _term(cells: Cells) -> Term:
    state = _ref(cells, "state", "stateLabel") if cells.get("state") else None
    return Term(
        _ref(cells, "person", "personLabel"), _ref(cells, "office", "officeLabel"), _interval(cells), state
    )


def _weapon(cells: Cells) -> Weapon:
    origin = Ref(item=cells["origin"]) if cells["origin"] else None
    return Weapon(_ref(cells, "item", "label"), _many(cells, "aliases"), origin)


def _treaty(cells: Cells) -> TreatyRecord:
    parties = tuple(Ref(item=item) for item in _many(cells, "signatories"))
    time = _interval(cells, "effective", "end") if cells.get("effective") else None
    return TreatyRecord(
        _ref(cells, "item", "label"), parties, _date(cells, "signed"), time, (), cells.get("unts") or None
    )


def _membership(cells: Cells) -> Membership:
    return Membership(_ref(cells, "org", "orgLabel"), _ref(cells, "member", "memberLabel"), _interval(cells))


def _relations(cells: Cells) -> Relations:
    return Relations(_ref(cells, "a", "aLabel"), _ref(cells, "b", "bLabel"), _interval(cells))


def _names(cells: Cells) -> Names:
    if cells["kind"] not in {"label", "alias", "demonym"}:
        raise ValueError(f"?kind is {cells['kind']!r}; expected label, alias or demonym")
    return Names(cells["item"], ((cells["kind"], cells["text"]),))


_MAKERS: tuple[tuple[frozenset[str], Callable[[Cells], Fact]], ...] = (
    (frozenset({"person", "personLabel", "office", "start", "end"}), _term),
    (frozenset({"org", "orgLabel", "member"}), _membership),
    (frozenset({"state", "role", "office", "officeLabel"}), _office),
    (frozenset({"a", "b", "start", "end"}), _relations),
    (frozenset({"item", "label", "signed", "effective", "signatories"}), _treaty),
    (frozenset({"item", "label", "origin", "aliases"}), _weapon),
    (frozenset({"item", "label", "inception", "dissolved"}), _state),
    (frozenset({"item", "kind", "text"}), _names),
)
