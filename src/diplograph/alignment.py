"""Links to other data sets: rows of SSSOM (https://mapping-commons.github.io/sssom/), and what they state.

A row links an entity or a term of ours to one elsewhere and says what justifies it. The statements that it
stands for go into the graph of alignments: the link, and an axiom about the link with its justification.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from io import StringIO

from pyoxigraph import Literal, NamedNode, Quad

from diplograph.errors import KnowledgeError
from diplograph.vocabulary import BASE, PREFIXES

GRAPH = NamedNode(PREFIXES["graph"] + "alignment")
FOREIGN = {
    "crm": "http://www.cidoc-crm.org/cidoc-crm/",
    "ftm": "https://schema.followthemoney.tech/#",
    "lode": "http://linkedevents.org/ontology/",
    "org": "http://www.w3.org/ns/org#",
    "sdo": "https://schema.org/",
    "semapv": "https://w3id.org/semapv/vocab/",
    "sssom": "https://w3id.org/sssom/",
    "time": "http://www.w3.org/2006/time#",
}
"""Namespaces of other vocabularies that only mappings name."""
PREDICATES = frozenset(
    {
        "owl:sameAs", "rdfs:subClassOf", "rdfs:subPropertyOf", "skos:broadMatch", "skos:closeMatch",
        "skos:exactMatch", "skos:narrowMatch", "skos:relatedMatch",
    }
)  # fmt: skip
_CURIE = re.compile(r"([A-Za-z][\w-]*):(\S+)")
_ENTRY = re.compile(r"#  ([A-Za-z][\w-]*): (\S+)")
_HEADER = """\
#mapping_set_id: https://w3id.org/diplograph/mappings
#license: https://creativecommons.org/licenses/by/4.0/
#extension_definitions:
#  - slot_name: verified_by
#    property: http://purl.org/dc/terms/source
#    type_hint: http://www.w3.org/2001/XMLSchema#string
#curie_map:
"""


@dataclass(frozen=True, order=True)
class Link:
    """One row: `confidence` is between 0 and 1; `verified_by` names the file or work that bears it out."""

    subject_id: str
    subject_label: str
    predicate_id: str
    object_id: str
    object_label: str
    mapping_justification: str
    confidence: float
    verified_by: str


COLUMNS = tuple(field.name for field in fields(Link))


def read(text: str, *, name: str) -> tuple[Link, ...]:
    """Return the rows of an SSSOM table, sorted; `name` is what errors call it.

    Raises `KnowledgeError` with the line for a row that says too little or links to an unknown namespace.
    """
    lines = text.splitlines()
    comments = [line for line in lines if line.startswith("#")]
    table = csv.reader(lines[len(comments) :], delimiter="\t", quoting=csv.QUOTE_NONE)
    header = tuple(next(table, ()))
    if header != COLUMNS:
        raise KnowledgeError(f"{name}: expected the columns {', '.join(COLUMNS)}; found {', '.join(header)}")
    known = _namespaces() | {match[1]: match[2] for line in comments if (match := _ENTRY.fullmatch(line))}
    rows = enumerate(table, start=len(comments) + 2)
    return tuple(sorted(_row(cells, known, f"{name}:{number}") for number, cells in rows))


def write(links: Iterable[Link]) -> str:
    """Return the rows as an SSSOM table, sorted and without repetitions, with the prefixes they use."""
    rows = sorted(set(links))
    curies = [curie for row in rows for curie in (row.subject_id, row.predicate_id, row.object_id)]
    used = {curie.partition(":")[0] for curie in [*curies, "semapv:x"]}
    known = _namespaces()
    out = StringIO()
    out.write(_HEADER)
    out.writelines(f"#  {prefix}: {known[prefix]}\n" for prefix in sorted(used))
    table = csv.writer(out, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(astuple(row) for row in rows)
    return out.getvalue()


def quads(links: Iterable[Link], namespaces: Mapping[str, str] | None = None) -> Iterator[Quad]:
    """Yield what the rows state, for the graph of alignments, with an axiom on what justifies each link."""
    known = _namespaces() | dict(namespaces or {})
    for link in links:
        source, predicate, target = (
            _iri(c, known) for c in (link.subject_id, link.predicate_id, link.object_id)
        )
        axiom = NamedNode(f"{BASE}mapping/{_slug(link)}")
        yield Quad(source, predicate, target, GRAPH)
        about: dict[str, NamedNode | Literal] = {
            "rdf:type": _iri("owl:Axiom", known),
            "owl:annotatedSource": source,
            "owl:annotatedProperty": predicate,
            "owl:annotatedTarget": target,
            "sssom:mapping_justification": _iri(link.mapping_justification, known),
            "sssom:confidence": Literal(str(link.confidence), datatype=_iri("xsd:decimal", known)),
            "dcterms:source": Literal(link.verified_by),
        }
        for name, value in about.items():
            yield Quad(axiom, _iri(name, known), value, GRAPH)


def _iri(curie: str, known: Mapping[str, str]) -> NamedNode:
    prefix, _, local = curie.partition(":")
    return NamedNode(known[prefix] + local)


def _namespaces() -> dict[str, str]:
    return FOREIGN | PREFIXES


def _row(cells: list[str], known: Mapping[str, str], where: str) -> Link:
    if len(cells) != len(COLUMNS):
        raise KnowledgeError(f"{where}: expected {len(COLUMNS)} cells separated by tabs; found {len(cells)}")
    named = dict(zip(COLUMNS, cells, strict=True))
    for column in ("subject_id", "predicate_id", "object_id", "mapping_justification"):
        _require_curie(named[column], known, f"{where}: {column}")
    if named["predicate_id"] not in PREDICATES:
        raise KnowledgeError(
            f"{where}: {named['predicate_id']!r} is not one of {', '.join(sorted(PREDICATES))}"
        )
    if not named["verified_by"]:
        raise KnowledgeError(f"{where}: say in verified_by what bears out the link, or leave the row out")
    return Link(**named | {"confidence": _confidence(named["confidence"], where)})  # type: ignore[arg-type]


def _require_curie(text: str, known: Mapping[str, str], where: str) -> None:
    match = _CURIE.fullmatch(text)
    if match is None or match[1] not in known:
        raise KnowledgeError(f"{where}: {text!r} is no CURIE with a prefix of the table's curie_map")


def _confidence(text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value <= 1:
        raise KnowledgeError(f"{where}: the confidence {text!r} is no number between 0 and 1")
    return value


def _slug(link: Link) -> str:
    return "-".join(re.sub(r"[^\w-]+", "-", part) for part in (link.subject_id, link.object_id))
