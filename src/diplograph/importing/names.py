"""Names as keys: what is left of a name when its spelling does not matter, and other ways to write one."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_ABBREVIATIONS = {"st": "saint", "dem": "democratic", "rep": "republic"}
_UNLIKE = str.maketrans(
    {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "&": " and "}
)
_DROPPED = re.compile(r"['’‘ʻʿʾ`´]")
_BRACKETS = re.compile(r"^(?P<outer>.+?)\s*\((?P<inner>[^()]+)\)$")


@lru_cache(maxsize=1 << 16)
def key(name: str) -> str:
    """Return a name without case, accents, punctuation, or a leading article.

    >>> key("The Côte d’Ivoire"), key("St. Lucia")
    ('cote divoire', 'saint lucia')
    """
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_UNLIKE))
    bare = "".join(c for c in _DROPPED.sub("", plain) if not unicodedata.combining(c))
    words = re.sub(r"(?<=\b\w)\.(?=\w\b)", "", bare)  # u.s.s.r. is one word
    tokens = [_ABBREVIATIONS.get(token, token) for token in re.findall(r"\w+", words)]
    return " ".join(tokens[1:] if len(tokens) > 1 and tokens[0] == "the" else tokens)


def compact_key(name: str) -> str:
    """Return a key without spaces, for designations: `Mi 35M` is `Mi-35M`."""
    return key(name).replace(" ", "")


def spellings(name: str) -> Iterator[str]:
    """Yield the ways in which lists write the name of a state, the likeliest first.

    >>> list(spellings("Korea, Republic of"))
    ['Korea, Republic of', 'Republic of Korea', 'Korea']
    >>> list(spellings("Siam (Thailand)"))
    ['Siam (Thailand)', 'Siam', 'Thailand']
    """
    yield name
    match = _BRACKETS.match(name)
    if match:
        yield match["outer"]
        yield match["inner"]
    before, comma, after = name.partition(", ")
    if comma:
        yield f"{after} {before}"
        yield before
    shorter = re.sub(r"^(?:Union|State|Republic|Kingdom|Federation) of (?:the )?", "", name)
    if shorter != name:
        yield shorter
