"""Other SPARQL endpoints, asked from here; only those at public addresses."""

import http.client
import ipaddress
import json
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from diplograph.server.problems import Problem

_MOST_BYTES = 10_000_000
_TIMEOUT = 30.0  # seconds


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
