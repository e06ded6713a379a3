"""What the templates can say in a word."""

from pathlib import Path
from urllib.parse import urlencode

from flask import Blueprint, request, url_for

from diplograph.pages.dates import in_words
from diplograph.pages.reading import GRAPH, Reader, short
from diplograph.vocabulary import PREFIXES, compact

_STATIC = Path(__file__).parent / "static"
_WIKIDATA = "http://www.wikidata.org/entity/"


def register(routes: Blueprint, read: Reader) -> None:
    """Make the filters and functions of the templates known."""
    routes.app_template_filter("address")(lambda iri: _address(read, iri))
    routes.app_template_filter("when")(in_words)
    routes.app_template_filter("named")(_named)
    routes.app_template_global("proof_of")(_proof_of)
    routes.app_template_global("dyad_of")(_dyad_of)
    routes.app_template_global("version_of_graph")(read.tag)
    routes.app_template_global("root_url")(read.root_url)
    routes.app_template_global("prefixes")(lambda: PREFIXES)
    routes.app_template_global("has_editor")((_STATIC / "vendor" / "query-editor.js").is_file)


def _address(read: Reader, iri: str) -> str | None:
    """Return where an IRI is found from the page at hand."""
    found = read.link(iri)
    return request.root_path + found if found is not None and found.startswith("/") else found


def _named(iri: str) -> str:
    """Return a name for a term of ours without its prefix, for others the short form."""
    if iri.startswith(_WIKIDATA):
        return f"Wikidata {iri.removeprefix(_WIKIDATA)}"
    return short(iri).removeprefix("dg:").removeprefix(GRAPH)


def _proof_of(subject: str, predicate: str, other: str) -> str:
    """Return the address of a proof; not by `url_for`, which takes long for the hundreds that a page may have."""
    asked = {"s": compact(subject), "p": compact(predicate), "o": compact(other)}
    return f"{request.root_path}/proof?{urlencode(asked, safe=':/')}"


def _dyad_of(one: str, other: str) -> str:
    return url_for("views.dyad", pair=f"{one}-{other}")
