"""The words of a SPARQL query or update, told apart as the grammar does: strings and IRIs are whole.

Nothing here parses; what is decided from tokens (is there a SERVICE, where does WHERE begin) is decided where
no string, IRI or comment can fool it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

_ESCAPE = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_TOKEN = re.compile(
    rf"""
    (?P<skip>    [ \t\r\n]+ | \#[^\r\n]* )
  | (?P<iri>     < (?: [^\x00-\x20<>"{{}}|^`\\] | {_ESCAPE} )* > )
  | (?P<string>  \"\"\" (?: \"{{0,2}} (?: [^"\\] | \\. ) )* \"\"\"
               | ''' (?: '{{0,2}} (?: [^'\\] | \\. ) )* '''
               | " (?: [^"\\\r\n] | \\. )* "
               | ' (?: [^'\\\r\n] | \\. )* ' )
  | (?P<variable> [?$] \w+ )
  | (?P<name>    (?: \w [\w.\-]* )? : (?: (?: [\w:\-.] | %[0-9A-Fa-f]{{2}} | \\[_~.\-!$&'()*+,;=/?\#@%] )* ) )
  | (?P<word>    \w+ )
  | (?P<sign>    . )
    """,
    re.VERBOSE | re.DOTALL,
)


class Kind(StrEnum):
    """What a token is."""

    IRI = "iri"
    STRING = "string"
    VARIABLE = "variable"
    NAME = "name"
    WORD = "word"
    SIGN = "sign"


@dataclass(frozen=True)
class Token:
    """A token; `depth` counts the braces that are open before it."""

    kind: Kind
    text: str
    start: int
    depth: int

    @property
    def end(self) -> int:
        """The offset after its last character."""
        return self.start + len(self.text)

    def is_word(self, *words: str) -> bool:
        """Return whether it is one of these keywords, in whatever case."""
        return self.kind is Kind.WORD and self.text.upper() in words


def tokens(text: str) -> tuple[Token, ...]:
    """Return the tokens of `text` in order, without white space and comments."""
    return tuple(_tokens(text))


def _tokens(text: str) -> Iterator[Token]:
    depth = 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind is None or kind == "skip":
            continue
        found = match.group()
        if found == "}":
            depth -= 1
        yield Token(Kind(kind), found, match.start(), depth)
        if found == "{":
            depth += 1


def form(found: Sequence[Token]) -> str | None:
    """Return SELECT, ASK, CONSTRUCT or DESCRIBE, or `None` when the text is no query."""
    for token in found:
        if token.is_word("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"):
            return token.text.upper()
    return None


def has_dataset(found: Sequence[Token]) -> bool:
    """Return whether the query names its own dataset (FROM, FROM NAMED)."""
    return any(token.depth == 0 and token.is_word("FROM") for token in found)


def closing(found: Sequence[Token], opening: int) -> int:
    """Return the index of the brace that closes the one at index `opening`, or the last index."""
    depth = found[opening].depth
    for index in range(opening + 1, len(found)):
        if found[index].text == "}" and found[index].kind is Kind.SIGN and found[index].depth == depth:
            return index
    return len(found) - 1
