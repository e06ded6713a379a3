"""A query run against a store: what it gave, written in the wanted format piece by piece.

Imports little, so that a query worker starts fast.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Protocol, cast

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    serialize,
)

from diplograph.server.tokens import Kind, Token, has_dataset, tokens
from diplograph.vocabulary import PREFIXES

Term = NamedNode | BlankNode | Literal | Triple

_PREFIX = re.compile(r"[\w-]+(?=:)")
PAGE_ROWS = 1000  # rows that an HTML page of results shows

_SOLUTIONS = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
_GRAPHS = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "rdf": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
    "trig": RdfFormat.TRIG,
    "nq": RdfFormat.N_QUADS,
}


class Output(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> int:
        """Take the bytes."""
        ...


@dataclass(frozen=True)
class Job:
    """A query and what it is asked of.

    `default_graphs` and `named_graphs` are the dataset of the request, `None` where the request names none:
    the default graph is then the union of all graphs. `solutions` and `graph` name the format for either kind
    of answer, `None` where the client accepts none.
    """

    text: str
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    solutions: str | None = "json"
    graph: str | None = "ttl"
    base: str | None = None
    own_default: bool = False  # the default graph is the unnamed one, not the union


class NotAcceptable(Exception):  # noqa: N818
    """The answer is of a kind (`solutions` or `graph`) that the client accepts in no format."""


class Malformed(Exception):  # noqa: N818
    """The query is not SPARQL, or calls what does not exist."""


Functions = Mapping[NamedNode, Callable[..., Term | None]]
Answer = QuerySolutions | QueryBoolean | QueryTriples
Write = Callable[[Output], None]


def evaluate(store: Store, job: Job, functions: Functions | None = None) -> tuple[str, Write]:
    """Run the query as far as needed to know that it is one; return the format and a function that writes.

    The rest of the work is done while writing. Raises `Malformed` or `NotAcceptable`.
    """
    answer = _query(store, job, functions)
    written = job.graph if isinstance(answer, QueryTriples) else job.solutions
    if written is None:
        raise NotAcceptable("graph" if isinstance(answer, QueryTriples) else "solutions")
    return written, _writer(answer, written)


def _query(store: Store, job: Job, functions: Functions | None) -> Answer:
    union = "from" not in job.text.lower() or not has_dataset(tokens(job.text))
    answer = _ask(store, job, job.text, functions, union=union)
    if "*" in job.text and isinstance(answer, QuerySolutions):
        text = _spelled_out(job.text, {variable.value for variable in answer.variables})
        if text != job.text:
            return _ask(store, job, text, functions, union=union)
    return answer


def _spelled_out(text: str, names: set[str]) -> str:
    """Return the query with the columns of SELECT * as they occur in it; the engine would sort them."""
    found = tokens(text)
    order = [token.text[1:] for token in found if token.kind is Kind.VARIABLE and token.text[1:] in names]
    names_in_order = list(dict.fromkeys(order))
    star = _star(found) if names_in_order != sorted(names_in_order) else None
    if star is None:
        return text
    columns = " ".join(f"?{name}" for name in names_in_order)
    return f"{text[:star]} {columns} {text[star + 1 :]}"


def _star(found: tuple[Token, ...]) -> int | None:
    """Return the offset of the `*` of an outermost SELECT *, or `None`."""
    for index, token in enumerate(found):
        if token.is_word("SELECT") and token.depth == 0:
            following = found[index + 1 : index + 3]
            return next((each.start for each in following if each.text == "*"), None)
    return None


def _ask(store: Store, job: Job, text: str, functions: Functions | None, *, union: bool) -> Answer:
    union = union and not job.own_default
    whole = job.default_graphs is None and job.named_graphs is None
    try:
        return store.query(
            text,
            base_iri=job.base,
            prefixes={name: PREFIXES[name] for name in _PREFIX.findall(text) if name in PREFIXES},
            use_default_graph_as_union=union and whole,
            default_graph=None if whole else [NamedNode(iri) for iri in job.default_graphs or ()],
            named_graphs=None if whole else [NamedNode(iri) for iri in job.named_graphs or ()],
            custom_functions=dict(functions or {}),
        )
    except (SyntaxError, ValueError, RuntimeError) as error:
        raise Malformed(str(error)) from error


def _writer(answer: Answer, written: str) -> Write:
    if written == "html":
        return lambda output: _write_page(answer, output)
    if isinstance(answer, QueryTriples):
        return lambda output: _write_graph(answer, output, _GRAPHS[written])
    return lambda output: _write_solutions(answer, output, _SOLUTIONS[written])


def _write_graph(triples: QueryTriples, output: Output, written: RdfFormat) -> None:
    try:
        if written in (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS):
            triples.serialize(cast(IO[bytes], output), written)
        else:
            serialize(triples, cast(IO[bytes], output), written, prefixes=PREFIXES)
    except OSError as error:
        if written == RdfFormat.JSON_LD and "RDF 1.2" in str(error):  # it knows no triple terms
            raise NotAcceptable("graph") from error
        raise


def _write_solutions(
    answer: QuerySolutions | QueryBoolean, output: Output, written: QueryResultsFormat
) -> None:
    answer.serialize(cast(IO[bytes], output), written)


def _write_page(answer: Answer, output: Output) -> None:
    """Write what a page of results needs: columns, at most `PAGE_ROWS` rows, and whether there are more."""
    page: dict[str, object]
    if isinstance(answer, QueryBoolean):
        page = {"boolean": bool(answer)}
    else:
        columns, rows = _rows(answer)
        shown: list[list[dict[str, str] | None]] = []
        more = False
        for row in rows:
            if len(shown) == PAGE_ROWS:
                more = True
                break
            shown.append([None if term is None else as_json(term) for term in row])
        page = {"columns": columns, "rows": shown, "more": more, "graph": isinstance(answer, QueryTriples)}
    output.write(json.dumps(page, ensure_ascii=False).encode())


def _rows(answer: QuerySolutions | QueryTriples) -> tuple[list[str], Iterator[tuple[Term | None, ...]]]:
    if isinstance(answer, QueryTriples):
        return ["subject", "predicate", "object"], ((t.subject, t.predicate, t.object) for t in answer)
    columns = [variable.value for variable in answer.variables]
    return columns, (tuple(solution[name] for name in columns) for solution in answer)


def as_json(term: Term) -> dict[str, str]:
    """Return a term as the SPARQL JSON results format writes it (a triple term as its N-Triples text)."""
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, Triple):
        return {"type": "triple", "value": str(term)}
    written = {"type": "literal", "value": term.value}
    if term.language:
        return written | {"xml:lang": term.language}
    if term.datatype.value == "http://www.w3.org/2001/XMLSchema#string":
        return written
    return written | {"datatype": term.datatype.value}
