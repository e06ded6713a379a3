"""What a query or update may not do: reach into the network, except where the operator allows it.

Decided on tokens, so that no string, comment or IRI can hide a SERVICE or look like one. The engine's grammar
takes `SERVICESILENT<...>`, `SERVICEex:x{` and `1SERVICE<...>`, so a word that contains the keyword counts as
the keyword. Query workers have no network besides.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from diplograph.server.problems import Problem
from diplograph.server.tokens import Kind, Token, closing
from diplograph.vocabulary import PREFIXES

_GRAPH_NAMES = ("GRAPH", "WITH", "TO", "COPY", "MOVE", "ADD", "USING", "NAMED", "INTO", "SILENT", "PREFIX")


@dataclass(frozen=True)
class Service:
    """A SERVICE clause: the endpoint it names (`None`: a variable), and where it stands in the query."""

    endpoint: str | None
    silent: bool
    start: int  # of the keyword
    opening: int  # of the pattern's braces
    end: int


def services(found: Sequence[Token]) -> tuple[Service, ...]:
    """Return the SERVICE clauses, outermost only."""
    clauses: list[Service] = []
    for index, token in enumerate(found):
        inside = bool(clauses) and token.start < clauses[-1].end
        if not inside and _is_service(found, index):
            clauses.append(_clause(found, index))
    return tuple(clauses)


def refuse_services(clauses: Sequence[Service], allowed: Collection[str]) -> None:
    """Raise `Problem` (403) for a SERVICE that is not on the list."""
    for clause in clauses:
        if clause.endpoint not in allowed:
            named = f"<{clause.endpoint}>" if clause.endpoint else "a variable"
            raise Problem(403, f"SERVICE {named} is not allowed here; allowed are: {_listed(allowed)}")


def refuse_loads(found: Sequence[Token]) -> None:
    """Raise `Problem` (403) for an update that fetches a document."""
    for index, token in enumerate(found):
        if token.depth == 0 and _contains(token, "LOAD") and not _names_a_graph(found, index):
            raise Problem(403, "LOAD is not allowed here; send the document to the graph store at /graphs")


def _is_service(found: Sequence[Token], index: int) -> bool:
    token = found[index]
    if not _contains(token, "SERVICE") or token.depth == 0:
        return False
    if token.kind is Kind.WORD:
        return True
    return index + 1 < len(found) and found[index + 1].text == "{"


def _contains(token: Token, keyword: str) -> bool:
    word = token.text.partition(":")[0] if token.kind is Kind.NAME else token.text
    return token.kind in (Kind.WORD, Kind.NAME) and keyword in word.upper()


def _names_a_graph(found: Sequence[Token], index: int) -> bool:
    """Return whether a prefixed name (`load:x`) stands where an update names a graph or declares a prefix."""
    return found[index].kind is Kind.NAME and index > 0 and found[index - 1].is_word(*_GRAPH_NAMES)


def _clause(found: Sequence[Token], index: int) -> Service:
    keyword = found[index]
    opening = next((i for i in range(index, len(found)) if found[i].text == "{"), len(found) - 1)
    between = found[index:opening]
    silent = any("SILENT" in token.text.upper() for token in between if token.kind is Kind.WORD)
    name = between[-1] if len(between) > 1 else keyword
    last = closing(found, opening)
    return Service(iri_of(found, name), silent, keyword.start, found[opening].start, found[last].end)


def iri_of(found: Sequence[Token], name: Token) -> str | None:
    """Return the IRI that a token names, given the prefixes that the query declares, or `None`."""
    if name.kind is Kind.IRI:
        return name.text[1:-1]
    prefix, colon, local = name.text.partition(":")
    namespace = dict(_declared(found)).get(prefix, PREFIXES.get(prefix))
    return namespace + local if name.kind is Kind.NAME and colon and namespace is not None else None


def _declared(found: Sequence[Token]) -> Iterator[tuple[str, str]]:
    for keyword, name, iri in zip(found, found[1:], found[2:], strict=False):
        if keyword.is_word("PREFIX") and name.text.endswith(":") and iri.kind is Kind.IRI:
            yield name.text[:-1], iri.text[1:-1]


def _listed(allowed: Collection[str]) -> str:
    return ", ".join(f"<{each}>" for each in sorted(allowed)) or "none"
