"""Queries and reports as text: tables for people, standard formats for machines."""

import io
import json
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyoxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    serialize,
)
from rich.console import Console
from rich.table import Table

from diplograph.errors import InputError, QueryError
from diplograph.vocabulary import PREFIXES, compact

if TYPE_CHECKING:  # a query needs neither the reader nor the shapes
    from diplograph.pipeline import BuildReport
    from diplograph.validation import Report

_TABULAR = {
    "json": QueryResultsFormat.JSON,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
    "xml": QueryResultsFormat.XML,
}
_GRAPHS = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES}
_EXPECTED = re.compile(
    r"error at (?P<line>\d+):(?P<column>\d+): expected (?:one of )?(?P<wanted>.*)", re.DOTALL
)
_EXCERPT = 30  # characters of the query that are quoted before a fault
_CHARACTERS = re.compile(r"\[(?:[^\[\]'_]|'(?:\\u\{\w+\}|\\?.)'|_)*\]", re.DOTALL)
_QUERY = re.compile(
    r"(?:\s|#[^\n]*\n)*(?:SELECT|ASK|CONSTRUCT|DESCRIBE|PREFIX|BASE|VERSION)\b", re.IGNORECASE
)
_UPDATE = re.compile(
    r"\s*(?:INSERT|DELETE|LOAD|CLEAR|DROP|CREATE|ADD|MOVE|COPY|WITH)\s.*[{<]", re.IGNORECASE | re.DOTALL
)
FORMATS = ("table", *_TABULAR, *_GRAPHS)


def text(query: str) -> str:
    """Return a query that is given as such, as the name of a file, or as - for standard input.

    Raises InputError when it is none of these.
    """
    if query == "-":
        return sys.stdin.read()
    if _QUERY.match(query):
        return query
    if _UPDATE.match(query):
        raise InputError(
            "an update; `diplograph query` only reads, send it to a server started with --writable"
        )
    try:
        return Path(query).read_text("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{query}: a file, but no text in UTF-8; expected a SPARQL query") from error
    except (OSError, ValueError) as error:  # nothing of that name, a folder, or words longer than a file name
        raise InputError(
            f"{query!r}: neither a file nor a SPARQL query (one begins with SELECT, ASK, CONSTRUCT or DESCRIBE)"
        ) from error


def run(store: Store, query: str, form: str) -> str:
    """Return the result of a SPARQL query in a format of FORMATS.

    Raises QueryError when the query is malformed, or when the format does not fit its kind of result.
    """
    try:
        result = store.query(query, prefixes=PREFIXES, use_default_graph_as_union=True)
        return _written(result, form)
    except SyntaxError as error:
        raise QueryError(f"the query cannot be read: {_fault(str(error), query)}") from error
    except (ValueError, RuntimeError, OSError) as error:
        raise QueryError(f"the query cannot be run: {error}") from error


def _fault(message: str, query: str) -> str:
    """Return a parser's message with the words before the place, without all the characters it would have taken.

    >>> _fault("error at 1:7: expected one of Prefix not found, ['%'], ['-' | '0' ..= '9'], [_]", "ASK {a:b c:d}")
    'line 1, column 7, after “ASK {a”: Prefix not found'
    """
    match = _EXPECTED.fullmatch(message)
    if match is None:
        return message
    wanted = [item.strip() for item in _CHARACTERS.sub(" ", match["wanted"]).split(", ")]
    kept = [item for item in wanted if item.strip(" ,")]
    faults = [item for item in kept if " " in item]
    expected = f"expected {' or '.join(kept)}" if kept else "not SPARQL from here on"
    line, column = int(match["line"]), int(match["column"])
    before = (query.splitlines() or [""])[min(line, len(query.splitlines())) - 1][: column - 1][-_EXCERPT:]
    return f"line {line}, column {column}, after “{before.strip()}”: {', '.join(faults) or expected}"


def _written(result: QuerySolutions | QueryBoolean | QueryTriples, form: str) -> str:
    if isinstance(result, QueryTriples):
        return _graph(result, form)
    if form in _GRAPHS:
        raise QueryError(
            f"a SELECT or ASK query gives rows, not a graph; use -f {', '.join(('table', *_TABULAR))}"
        )
    if form != "table":
        written = result.serialize(format=_TABULAR[form])
        return (written or b"").decode().removesuffix("\n") + "\n"
    return f"{'yes' if result else 'no'}\n" if isinstance(result, QueryBoolean) else _table(result)


def _graph(result: QueryTriples, form: str) -> str:
    if form not in {*_GRAPHS, "table"}:
        raise QueryError(
            f"a CONSTRUCT or DESCRIBE query gives a graph, not rows; use -f {' or '.join(_GRAPHS)}"
        )
    written = serialize(result, format=_GRAPHS.get(form, RdfFormat.TURTLE), prefixes=PREFIXES)
    return (written or b"").decode()


def _table(result: QuerySolutions) -> str:
    names = [variable.value for variable in result.variables]
    table = Table(*names)
    rows = 0
    for row in result:
        table.add_row(*(short(row[name]) for name in names))
        rows += 1
    return f"{_rendered(table)}{_counted(rows, 'row')}\n"


def short(term: object) -> str:
    """Return a term as a person reads it: CURIEs, and literals without their datatype."""
    if isinstance(term, NamedNode):
        return compact(term.value)
    return term.value if isinstance(term, Literal) else "" if term is None else str(term)


def _rendered(table: Table) -> str:
    stream = io.StringIO()
    width = 10_000 if not Console().is_terminal else None
    Console(file=stream, width=width).print(table)
    return stream.getvalue()


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def report_as_text(report: "BuildReport", directory: Path) -> str:
    """Return a build report for people."""
    derived = sum(report.inference.counts.values())
    lines = [
        f"{_counted(report.documents, 'document')}, {_counted(report.claims, 'claim')}",
        f"{report.events} events and situations; {report.hypothetical} denied, possible, predicted or intended ones",
        f"{derived} triples derived by {len(report.inference.counts)} rules; {report.triples} triples in all",
        f"written to {directory}; look at it with: diplograph serve {directory}",
    ]
    if report.imports:
        lines.insert(3, f"imports kept: {', '.join(report.imports)}")
    lines[3:3] = [f"contradiction: {clash}" for clash in report.inference.clashes]
    return "\n".join(lines)


def report_as_json(report: "BuildReport") -> Mapping[str, Any]:
    """Return a build report for machines."""
    return {
        "documents": report.documents,
        "claims": report.claims,
        "events": report.events,
        "hypothetical": report.hypothetical,
        "triples": report.triples,
        "imports": list(report.imports),
        "derived": dict(report.inference.counts),
        "contradictions": [str(clash) for clash in report.inference.clashes],
    }


def findings_as_text(report: "Report") -> str:
    """Return a validation report for people."""
    counts = (
        ", ".join(f"{number} {severity}" for severity, number in report.counts().items()) or "no findings"
    )
    verdict = "the graph conforms" if report.conforms else "the graph does not conform"
    return "\n".join([*map(str, report.findings), f"{verdict} ({counts})"])


def findings_as_json(report: "Report") -> str:
    """Return a validation report for machines."""
    fields: Callable[[object], dict[str, Any]] = vars
    return json.dumps(
        {"conforms": report.conforms, "findings": [fields(f) for f in report.findings]}, indent=1, default=str
    )
