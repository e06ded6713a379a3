"""Queries and reports as text: tables for people, standard formats for machines."""

import io
import json
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

from diplograph.errors import QueryError
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
FORMATS = ("table", *_TABULAR, *_GRAPHS)


def run(store: Store, query: str, form: str) -> str:
    """Return the result of a SPARQL query in a format of FORMATS.

    Raises QueryError when the query is malformed, or when the format does not fit its kind of result.
    """
    try:
        result = store.query(query, prefixes=PREFIXES, use_default_graph_as_union=True)
        return _written(result, form)
    except SyntaxError as error:
        raise QueryError(f"the query cannot be read: {error}") from error
    except (ValueError, RuntimeError, OSError) as error:
        raise QueryError(f"the query cannot be run: {error}") from error


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
    return f"{_rendered(table)}{rows} {'row' if rows == 1 else 'rows'}\n"


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


def report_as_text(report: "BuildReport", directory: Path) -> str:
    """Return a build report for people."""
    derived = sum(report.inference.counts.values())
    lines = [
        f"{report.documents} documents, {report.claims} claims",
        f"{report.events} events and situations; {report.hypothetical} denied, possible, predicted or intended ones",
        f"{derived} triples derived by {len(report.inference.counts)} rules; {report.triples} triples in all",
        f"written to {directory}; look at it with: diplograph serve {directory}",
    ]
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
