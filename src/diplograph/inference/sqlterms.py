"""Terms as numbers: the 64-bit identifiers that the relational engine joins on.

The two highest bits tell what a term is: an IRI or blank node, a literal, an integer or a date. Integers and
dates hold their value, so they are compared and counted without looking anything up; the rest is a hash of
the term's N-Triples text. DuckDB's hash takes eight bytes at a time and lets differences at the ends of two
neighbors cancel out, so it is taken twice, the second time with the text moved by four bytes. The dictionary
keeps every text: two texts of one number are found when they are entered, and the run is refused.
"""

from datetime import date

from pyoxigraph import Literal

from diplograph.inference.rule import Constant
from diplograph.vocabulary import PREFIXES

XSD = PREFIXES["xsd"]
LITERAL, INTEGER, DATE = 1 << 62, 2 << 62, 3 << 62
ZERO = 1 << 60
EPOCH = 1 << 31
_INT_SUFFIX = f'"^^<{XSD}integer>'
_DATE_SUFFIX = f'"^^<{XSD}date>'
_DATE_LENGTH = 11 + len(_DATE_SUFFIX)

_NUMBERS = ", ".join(
    f"'^^<{XSD}{name}>'"
    for name in ("integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger")
)

SETUP = f"""
CREATE MACRO inner_text(nt, suffix) AS substr(nt, 2, length(nt) - 1 - suffix);
CREATE MACRO day_id(day) AS {DATE}::UBIGINT + ((day::DATE - DATE '1970-01-01') + {EPOCH})::UBIGINT;
CREATE MACRO number_id(n) AS {INTEGER}::UBIGINT + (n + {ZERO})::UBIGINT;
CREATE MACRO plain_number(text) AS CASE WHEN abs(try_cast(text AS BIGINT)) < {ZERO}
    AND try_cast(text AS BIGINT)::VARCHAR = text THEN try_cast(text AS BIGINT) END;
CREATE MACRO hashed(nt) AS hash(nt, '....' || nt) >> 2;
CREATE MACRO literal_id(nt) AS {LITERAL}::UBIGINT + hashed(nt);
CREATE MACRO term_id(nt) AS CASE
    WHEN nt IS NULL THEN NULL
    WHEN nt[1] <> '"' THEN hashed(nt)
    WHEN length(nt) = {_DATE_LENGTH} AND ends_with(nt, '{_DATE_SUFFIX}')
        AND try_cast(substr(nt, 2, 10) AS DATE) IS NOT NULL THEN day_id(substr(nt, 2, 10))
    WHEN ends_with(nt, '{_INT_SUFFIX}') THEN coalesce(
        number_id(plain_number(inner_text(nt, {len(_INT_SUFFIX)}))), literal_id(nt))
    ELSE literal_id(nt) END;
CREATE MACRO escaped(text) AS replace(replace(replace(replace(text, '\\', '\\\\'), '"', '\\"'),
    chr(10), '\\n'), chr(13), '\\r');
CREATE MACRO unescaped(text) AS CASE WHEN contains(text, '\\') THEN replace(replace(replace(replace(
    replace(replace(text, '\\\\', chr(1)), '\\"', '"'), '\\n', chr(10)), '\\r', chr(13)), '\\t', chr(9)),
    chr(1), '\\')
    ELSE text END;
CREATE MACRO lexical(nt) AS CASE WHEN nt[1] = '<' THEN substr(nt, 2, length(nt) - 2)
    WHEN nt[1] = '"' AND nt[-1] = '"' THEN unescaped(substr(nt, 2, length(nt) - 2))
    WHEN nt[1] = '"' THEN unescaped(regexp_extract(nt, '^"(.*)"(@[^"]*|\\^\\^<[^"]*>)$', 1, 's')) END;
CREATE MACRO text_of(nt) AS CASE WHEN nt[1] = '"' AND nt[-1] <> '>' THEN lexical(nt) END;
CREATE MACRO number_of(nt) AS CASE WHEN nt[-1] = '>' AND nt[1] = '"'
    AND list_contains([{_NUMBERS}], split_part(nt, '"', 3))
    THEN try_cast(split_part(nt, '"', 2) AS DECIMAL(30, 6)) END;
CREATE MACRO day_of(nt) AS CASE WHEN ends_with(nt, '{_DATE_SUFFIX}')
    THEN try_cast(substr(nt, 2, 10) AS DATE) - DATE '1970-01-01' END;
CREATE MACRO plain_decimal(n) AS CASE WHEN contains(n::VARCHAR, '.')
    THEN rtrim(rtrim(n::VARCHAR, '0'), '.') ELSE n::VARCHAR END;
CREATE TABLE term (id UBIGINT, nt VARCHAR);
"""


def ntriples(term: Constant) -> str:
    """Return a term as it stands in an N-Triples file."""
    return str(term)


def quoted(text: str) -> str:
    """Return `text` as a string of SQL."""
    return "'" + text.replace("'", "''") + "'"


def day_number(literal: Literal) -> int | None:
    """Return the days from 1970-01-01 to an xsd:date, or None where `literal` is no such date."""
    try:
        return (date.fromisoformat(literal.value) - date(1970, 1, 1)).days
    except ValueError:
        return None
