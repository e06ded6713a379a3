"""Where things are found: the page of an IRI on this server, the IRI of a page, and names for people."""

from urllib.parse import quote, unquote

from diplograph.vocabulary import BASE, compact

FAMILIES = ("id", "doc", "graph", "rule", "kind", "shape", "mapping", "run")


def href(iri: str, root: str = "") -> str | None:
    """Return the address to link an IRI to: our page for one of ours, itself for another's, else `None`."""
    if iri.startswith(BASE):
        path, mark, fragment = iri.removeprefix(BASE).partition("#")
        return f"{root}/{quote(path, safe='/:@!$&()*+,;=~')}{mark}{quote(fragment, safe='/:@!$&()*+,;=~?')}"
    return iri if iri.startswith(("http://", "https://")) else None


def iri(path: str) -> str:
    """Return the IRI whose page lies at `path` ("/id/state/pakistan")."""
    return BASE + unquote(path.lstrip("/"))


def kind_of(iri_text: str) -> str:
    """Return what an IRI of ours says its thing is, in words; "" for others.

    >>> kind_of(BASE + "id/alliance-accession/pak-1955")
    'alliance accession'
    """
    family, _, rest = iri_text.removeprefix(BASE).partition("/")
    if not iri_text.startswith(BASE) or not rest:
        return ""
    words = rest.rpartition("/")[0] if family == "id" else family
    if words.startswith("described/"):
        return "known by description"
    return words.replace("-", " ").replace("/", " ")


def is_safe(text: str) -> bool:
    """Return whether `text` may stand between angle brackets in a query."""
    return bool(text) and not any(character in '<>"{}|^`\\' or character <= " " for character in text)


def short(iri_text: str) -> str:
    """Return a name for an IRI that has no label: its CURIE, or what it ends with."""
    curie = compact(iri_text)
    if curie != iri_text:
        return curie
    tail = iri_text.removeprefix(BASE)
    return tail if tail != iri_text else iri_text
