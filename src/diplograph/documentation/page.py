"""The documentation of the ontology for people: one page, made of its statements and of the files that use it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import groupby

import pyoxigraph as ox
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from diplograph import alignment, knowledge
from diplograph.documentation import diagrams, facts, terms, uses
from diplograph.documentation.facts import Facts
from diplograph.documentation.terms import PREFIX, Entry

IRI = "https://w3id.org/diplograph/ontology"
FORMATS = (("ttl", "Turtle"), ("rdf", "RDF/XML"), ("jsonld", "JSON-LD"), ("nt", "N-Triples"))
_HEADER = (
    ("Version", "owl:versionInfo"), ("Version IRI", "owl:versionIRI"), ("Status", "bibo:status"),
    ("Created", "dcterms:created"), ("Issued", "dcterms:issued"), ("Modified", "dcterms:modified"),
    ("Creator", "dcterms:creator"), ("Publisher", "dcterms:publisher"), ("License", "dcterms:license"),
    ("Rights", "dcterms:rights"), ("Prefix", "vann:preferredNamespacePrefix"),
    ("Namespace", "vann:preferredNamespaceUri"), ("Sources", "dcterms:source"),
    ("How to cite", "dcterms:bibliographicCitation"),
)  # fmt: skip


@dataclass(frozen=True)
class Section:
    """The entries of one kind."""

    kind: str
    anchor: str
    entries: tuple[Entry, ...]


@cache
def shipped() -> str:
    """Return the page of the ontology that comes with the package, made once a process."""
    return html(ontology())


@cache
def version() -> str:
    """Return the version of the ontology that comes with the package."""
    return facts.read(ontology()).one(IRI, "owl:versionInfo")


def ontology() -> ox.Store:
    """Return the ontology's files in one store."""
    store = ox.Store()
    for path in knowledge.files(knowledge.ontology_dir(), "*.ttl"):
        store.load(path=path, format=ox.RdfFormat.TURTLE)
    return store


def html(statements: Iterable[ox.Quad], *, stylesheet: str = "static/style.css") -> str:
    """Return the page for the statements of an ontology, such as a store; the same bytes for the same statements.

    All its links to the site are relative to the ontology's own address.
    """
    found = facts.read(statements)
    entries = terms.entries(found, uses.read(knowledge.ontology_dir()), _links())
    tops = _tops(found)
    return _environment(found).get_template("ontology.html").render(
        iri=IRI,
        title=found.one(IRI, "dcterms:title"),
        abstract=found.one(IRI, "dcterms:abstract"),
        description=found.one(IRI, "dcterms:description"),
        header=[(title, found.all(IRI, predicate)) for title, predicate in _HEADER],
        formats=FORMATS,
        stylesheet=stylesheet,
        sections=_sections(entries),
        tops=tops,
        trees=[(top, diagrams.tree(found, top)) for top in tops if found.below(top)],
        strengths=("must", "should", "may"),
    )  # fmt: skip


def _links() -> tuple[alignment.Link, ...]:
    path = knowledge.data_dir() / "wikidata.sssom.tsv"
    return alignment.read(path.read_text("utf-8"), name=path.name)


def _tops(found: Facts) -> tuple[str, ...]:
    """Return the classes at the head of the tree."""
    classes = terms.own(found, "owl:Class")
    return tuple(name for name in classes if not any(above.startswith(PREFIX) for above in found.above(name)))


def _sections(entries: tuple[Entry, ...]) -> list[Section]:
    plural = {"class": "Classes", "individual": "Individuals"}
    return [
        Section(
            plural.get(kind, f"{kind.capitalize().replace('property', 'properties')}"),
            kind.replace(" ", "-"),
            tuple(group),
        )
        for kind, group in groupby(entries, key=lambda entry: entry.kind)
    ]


def _environment(found: Facts) -> Environment:
    made = Environment(
        loader=PackageLoader("diplograph.documentation"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )

    def link(name: str) -> Markup:
        if name.startswith(PREFIX):
            local = name.removeprefix(PREFIX)
            return Markup('<a href="#{0}">{0}</a>').format(local)
        target = facts.expand(name)
        if not target.startswith(("http://", "https://")):
            return escape(name)
        return Markup('<a href="{}">{}</a>').format(target, name)

    made.filters["link"] = link
    made.globals["roles"] = diagrams.roles
    made.globals["below"] = found.below
    return made
