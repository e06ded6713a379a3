"""Namespaces, CURIEs and IRIs; the only place that mints one."""

import re

BASE = "https://w3id.org/diplograph/"
_FAMILIES = (
    "state", "person", "office", "holding", "organization", "place",
    "capital", "treaty", "equipment", "conflict", "bloc",
)  # fmt: skip
PREFIXES: dict[str, str] = {
    "dg": BASE + "ontology#",
    "kind": BASE + "kind/",
    "rule": BASE + "rule/",
    "doc": BASE + "doc/",
    "graph": BASE + "graph/",
    "run": BASE + "run/",
    **{family: f"{BASE}id/{family}/" for family in _FAMILIES},
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "oa": "http://www.w3.org/ns/oa#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "edtf": "http://id.loc.gov/datatypes/edtf/",
    "sh": "http://www.w3.org/ns/shacl#",
    "void": "http://rdfs.org/ns/void#",
    "sem": "http://semanticweb.cs.vu.nl/2009/11/sem/",
    "wd": "http://www.wikidata.org/entity/",
    "wdt": "http://www.wikidata.org/prop/direct/",
}
ID = BASE + "id/"
_LOCAL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?<!\.)")
_NAMES = {
    namespace: prefix for prefix, namespace in PREFIXES.items()
}  # all end in / or #, local names have neither


def expand(curie: str) -> str:
    """Return the IRI of a CURIE; what is no CURIE of ours is returned as it is.

    >>> expand("state:pakistan")
    'https://w3id.org/diplograph/id/state/pakistan'
    """
    prefix, colon, local = curie.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else curie


def compact(iri: str) -> str:
    """Return the CURIE of an IRI, or the IRI itself where no prefix fits.

    >>> compact("https://w3id.org/diplograph/id/state/pakistan")
    'state:pakistan'
    """
    end = max(iri.rfind("/"), iri.rfind("#")) + 1
    prefix, local = _NAMES.get(iri[:end]), iri[end:]
    return f"{prefix}:{local}" if prefix is not None and _LOCAL.fullmatch(local) else iri


def kebab(name: str) -> str:
    """Return an UpperCamel class name as a slug.

    >>> kebab("ArmsSaleAgreement")
    'arms-sale-agreement'
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


def document_graph(document: str) -> str:
    """Return the IRI of the named graph of a document."""
    return PREFIXES["graph"] + "doc/" + document


def text_span(document: str, start: int, end: int) -> str:
    """Return the IRI of a stretch of a document's text, as a fragment of RFC 5147."""
    return f"{PREFIXES['doc']}{document}#char={start},{end}"


def prefix_header(*, syntax: str = "sparql") -> str:
    """Return all prefix declarations, in the syntax of `sparql` or `turtle`."""
    form = "PREFIX {}: <{}>\n" if syntax == "sparql" else "@prefix {}: <{}> .\n"
    return "".join(form.format(prefix, namespace) for prefix, namespace in sorted(PREFIXES.items()))
