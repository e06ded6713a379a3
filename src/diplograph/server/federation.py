"""SERVICE, answered by us: the pattern is sent to the endpoint, what comes back takes the clause's place.

The workers that evaluate queries have no network, so no query can reach what is not on the list. An endpoint
is looked up once and spoken to at the address that was found to be public: a name cannot lead to this machine
or its neighbors. A SERVICE is evaluated before the rest of the query; values to join with belong inside it.
"""

import http.client
import ipaddress
import json
import socket
import ssl
from collections.abc import Collection, Mapping
from urllib.parse import urlencode, urlsplit

from diplograph.server.guard import Service, refuse_services, services
from diplograph.server.problems import Problem
from diplograph.server.tokens import tokens
from diplograph.vocabulary import prefix_header

_MOST_BYTES = 10_000_000
_TIMEOUT = 30.0  # seconds
_SKOLEM = "urn:bnode:"


def resolve(text: str, allowed: Collection[str]) -> str:
    """Return the query with every SERVICE replaced by its solutions.

    Raises `Problem`: 403 for an endpoint that is not on the list or not public, 502 for one that fails.
    """
    if "service" not in text.lower():
        return text
    clauses = services(tokens(text))
    refuse_services(clauses, allowed)
    prologue = _prologue(text)
    for clause in reversed(clauses):
        pattern = text[clause.opening : clause.end]
        refuse_services(services(tokens(pattern)), ())
        text = f"{text[: clause.start]} {_values(clause, prologue, pattern)} {text[clause.end :]}"
    return text


def _values(clause: Service, prologue: str, pattern: str) -> str:
    try:
        solutions = ask(clause.endpoint or "", f"{prologue}SELECT * WHERE {pattern}")
        return as_values(solutions)
    except Problem as problem:
        if clause.silent and problem.status != 403:
            return "{}"
        raise


def _prologue(text: str) -> str:
    """Return our prefixes and the query's own declarations; later ones win."""
    for token in tokens(text):
        if token.is_word("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"):
            return prefix_header() + text[: token.start]
    return prefix_header()


def ask(endpoint: str, query: str) -> Mapping[str, object]:
    """Return `vars` and `bindings` that a public endpoint gives for a SELECT; raises `Problem` (403, 502)."""
    body = urlencode({"query": query}).encode()
    headers = {
        "Accept": "application/sparql-results+json",
        "Content-Type": "application/x-www-form-urlencoded",
        "User-Agent": "diplograph",
    }
    try:
        connection = _connect(endpoint)
        try:
            connection.request("POST", _path(endpoint), body, headers)
            response = connection.getresponse()
            content = response.read(_MOST_BYTES + 1)
        finally:
            connection.close()
    except (OSError, http.client.HTTPException) as error:
        raise Problem(502, f"<{endpoint}> cannot be asked: {error}") from error
    return _solutions(endpoint, response.status, content)


def _solutions(endpoint: str, status: int, content: bytes) -> Mapping[str, object]:
    if status != 200 or len(content) > _MOST_BYTES:
        found = f"status {status}" if status != 200 else f"more than {_MOST_BYTES} bytes"
        raise Problem(502, f"<{endpoint}> gave {found}; expected solutions")
    try:
        solutions = json.loads(content)
        return {"vars": solutions["head"]["vars"], "bindings": solutions["results"]["bindings"]}
    except (ValueError, KeyError, TypeError) as error:
        raise Problem(502, f"<{endpoint}> gave no SPARQL JSON results") from error


def _path(endpoint: str) -> str:
    parts = urlsplit(endpoint)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _connect(endpoint: str) -> http.client.HTTPConnection:
    """Connect to the address that was checked, whatever the name may mean a moment later."""
    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Problem(403, f"<{endpoint}> is no HTTP address")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = public_address(parts.hostname, port)
    raw = socket.create_connection((address, port), timeout=_TIMEOUT)
    if parts.scheme == "https":
        secured = http.client.HTTPSConnection(parts.hostname, port, timeout=_TIMEOUT)
        secured.sock = ssl.create_default_context().wrap_socket(raw, server_hostname=parts.hostname)
        return secured
    plain = http.client.HTTPConnection(parts.hostname, port, timeout=_TIMEOUT)
    plain.sock = raw
    return plain


def public_address(host: str, port: int) -> str:
    """Return the first address of `host`, if all its addresses are public; raises `Problem` (403)."""
    found = [entry[4][0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for address in found:
        if not is_public(str(address)):
            raise Problem(403, f"{host} leads to {address}, which is not a public address")
    return str(found[0])


def is_public(address: str) -> bool:
    """Return whether an IP address belongs to the internet at large."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return parsed.is_global and not parsed.is_multicast


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
