"""What tools read to find their way: service description, VoID, example queries, prefixes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Store

from diplograph.server.formats import GRAPHS, SOLUTIONS
from diplograph.server.functions import DESCRIPTIONS
from diplograph.server.graphs import Row, Rows
from diplograph.server.library import Example
from diplograph.server.rdf import Thing, english, name
from diplograph.server.settings import Settings
from diplograph.server.statistics import Statistics
from diplograph.server.tokens import form, tokens
from diplograph.vocabulary import BASE, PREFIXES

TITLE = "diplograph: who did what to whom in diplomacy, and who says so"
_LICENSE = "https://creativecommons.org/licenses/by/4.0/"
_FORMS = {
    "SELECT": ("sh:SPARQLSelectExecutable", "sh:select"),
    "ASK": ("sh:SPARQLAskExecutable", "sh:ask"),
    "CONSTRUCT": ("sh:SPARQLConstructExecutable", "sh:construct"),
    "DESCRIBE": ("spex:SPARQLDescribeExecutable", "spex:describe"),
}


@dataclass(frozen=True, order=True)
class Use:
    """How often instances of a class have a property (with values of a class or datatype, if given)."""

    subject: str
    predicate: str
    object: str
    datatype: str
    number: int


def service(endpoint: str, root: str, settings: Settings, counts: Statistics) -> list[Thing]:
    """Return the SPARQL 1.1 service description of `endpoint`, on a server whose pages begin with `root`."""
    described = Thing(f"{endpoint}#service").is_a("sd:Service").say("sd:endpoint", NamedNode(endpoint))
    described.say("sd:supportedLanguage", name("sd:SPARQL11Query"))
    if settings.writable:
        described.say("sd:supportedLanguage", name("sd:SPARQL11Update"))
    described.say("sd:feature", name("sd:UnionDefaultGraph"))
    if settings.allow_service:
        described.say("sd:feature", name("sd:BasicFederatedQuery"))
    formats = sorted({each.iri for each in (*SOLUTIONS, *GRAPHS) if each.iri})
    described.say("sd:resultFormat", *(NamedNode(iri) for iri in formats))
    described.say("sd:inputFormat", *(NamedNode(iri) for iri in sorted({e.iri for e in GRAPHS if e.iri})))
    described.say("sd:extensionFunction", *(NamedNode(iri) for iri in sorted(DESCRIPTIONS)))
    functions = [
        Thing(iri).is_a("sd:Function").say("rdfs:label", english(text)) for iri, text in DESCRIPTIONS.items()
    ]
    dataset = Thing(f"{endpoint}#dataset").is_a("sd:Dataset", "void:Dataset")
    dataset.say("rdfs:seeAlso", NamedNode(f"{root}/.well-known/void"))
    described.say("sd:defaultDataset", dataset.node)
    return [described, dataset, *functions, *_graphs(endpoint, dataset, counts)]


def _graphs(endpoint: str, dataset: Thing, counts: Statistics) -> Iterator[Thing]:
    default = Thing(f"{endpoint}#default-graph").is_a("sd:Graph").say("void:triples", counts.statements)
    dataset.say("sd:defaultGraph", default.node)
    yield default
    for number, each in enumerate(counts.graphs, start=1):
        named = Thing(f"{endpoint}#named-graph-{number}").is_a("sd:NamedGraph")
        named.say("sd:name", NamedNode(each.iri))
        graph = Thing(f"{endpoint}#graph-{number}").is_a("sd:Graph").say("void:triples", each.number)
        named.say("sd:graph", graph.node)
        dataset.say("sd:namedGraph", named.node)
        yield named
        yield graph


def void(root: str, counts: Statistics) -> list[Thing]:
    """Return the VoID and DCAT description of the graph: how much of what; `partitions` says what goes with what."""
    dataset = _dataset(root)
    dataset.say("dcterms:title", english(TITLE)).say("dcterms:license", NamedNode(_LICENSE))
    dataset.say("void:sparqlEndpoint", NamedNode(f"{root}/sparql")).say("void:uriSpace", BASE)
    dataset.say("void:triples", counts.statements).say("void:classes", len(counts.classes))
    dataset.say("void:properties", len(counts.properties))
    dataset.say("rdfs:seeAlso", NamedNode(f"{root}/.well-known/void/partitions"))
    access = Thing(f"{root}/.well-known/void#sparql").is_a("dcat:Distribution")
    access.say("dcat:accessURL", NamedNode(f"{root}/sparql"))
    dataset.say("dcat:distribution", access.node)
    properties = []
    for number, each in enumerate(counts.properties, start=1):
        part = Thing(f"{dataset.iri}-property-{number}").say("void:property", NamedNode(each.iri))
        properties.append(part.say("void:triples", each.number))
        dataset.say("void:propertyPartition", part.node)
    return [dataset, access, *_classes(dataset, counts), *properties]


def partitions(root: str, counts: Statistics, uses: Sequence[Use]) -> list[Thing]:
    """Return which class has which properties with which values, in the shape that query editors read."""
    dataset = _dataset(root)
    classes = _classes(dataset, counts)
    found = [dataset, *classes]
    for part, each in zip(classes, counts.classes, strict=True):
        found += _property_partitions(part, [use for use in uses if use.subject == each.iri])
    return found


def _dataset(root: str) -> Thing:
    return Thing(f"{root}/.well-known/void#dataset").is_a("void:Dataset", "dcat:Dataset")


def _classes(dataset: Thing, counts: Statistics) -> list[Thing]:
    parts = []
    for number, each in enumerate(counts.classes, start=1):
        part = Thing(f"{dataset.iri}-class-{number}").say("void:class", NamedNode(each.iri))
        parts.append(part.say("void:entities", each.number))
        dataset.say("void:classPartition", part.node)
    return parts


def _property_partitions(part: Thing, uses: Sequence[Use]) -> Iterator[Thing]:
    for number, predicate in enumerate(sorted({use.predicate for use in uses}), start=1):
        same = [use for use in uses if use.predicate == predicate]
        total = sum(use.number for use in same if not (use.object or use.datatype))
        of_property = Thing(f"{part.iri}-property-{number}").say("void:property", NamedNode(predicate))
        of_property.say("void:triples", total)
        part.say("void:propertyPartition", of_property.node)
        yield of_property
        for index, use in enumerate(same, start=1):
            value = Thing(f"{of_property.iri}-value-{index}").say("void:triples", use.number)
            if use.object:
                of_property.say("void:classPartition", value.say("void:class", NamedNode(use.object)).node)
                yield value
            elif use.datatype:
                value.say("void-ext:datatype", NamedNode(use.datatype))
                of_property.say("void-ext:datatypePartition", value.node)
                yield value


def dataset_card(root: str) -> dict[str, object]:
    """Return the schema.org description of the graph that search engines read from the front page."""
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": f"{root}/.well-known/void#dataset",
        "name": TITLE,
        "description": "A knowledge graph of what states do to each other, read out of prose; with quotes and proofs.",
        "license": _LICENSE,
        "url": f"{root}/",
        "keywords": ["diplomacy", "international relations", "knowledge graph", "events"],
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": media_type, "contentUrl": f"{root}/sparql"}
            for media_type in ("application/sparql-results+json", "text/turtle")
        ],
    }


def uses(graph: Rows) -> tuple[Use, ...]:
    """Return how classes and properties are used together, by asking; for a graph that lies elsewhere."""
    distinct = "{ SELECT DISTINCT ?s ?class ?p ?o { ?s a ?class ; ?p ?o } }"
    totals = graph.rows(f"SELECT ?class ?p (COUNT(*) AS ?n) {{ {distinct} }} GROUP BY ?class ?p")
    kinds = graph.rows(f"""
        SELECT ?class ?p ?of ?type (COUNT(*) AS ?n) {{
            {distinct} OPTIONAL {{ ?o a ?of }} BIND(DATATYPE(?o) AS ?type) FILTER(BOUND(?of) || BOUND(?type))
        }} GROUP BY ?class ?p ?of ?type""")
    found = (_use(row) for row in (*totals, *kinds))
    return tuple(sorted(use for use in found if use.subject and use.predicate))


def uses_in(graph: Store) -> tuple[Use, ...]:
    """Return the same for a store that lies here, much faster: by reading every triple once."""
    kinds = _kinds(graph)
    none: frozenset[str] = frozenset()
    seen: Counter[tuple[frozenset[str], str, frozenset[str], str]] = Counter()
    for subject, predicate, value in {(quad.subject, quad.predicate, quad.object) for quad in graph}:
        of = kinds.get(subject)
        if of is not None:
            datatype = value.datatype.value if isinstance(value, Literal) else ""
            seen[of, predicate.value, kinds.get(value, none), datatype] += 1
    counted: Counter[tuple[str, str, str, str]] = Counter()
    for (of, predicate_iri, values, datatype), number in seen.items():
        for each in of:
            counted[each, predicate_iri, "", ""] += number
            for kind in values:
                counted[each, predicate_iri, kind, ""] += number
            if datatype:
                counted[each, predicate_iri, "", datatype] += number
    return tuple(sorted(Use(*which, number) for which, number in counted.items()))


def _kinds(graph: Store) -> dict[object, frozenset[str]]:
    """Return the classes of everything that has some."""
    found: dict[object, set[str]] = {}
    for quad in graph.quads_for_pattern(None, name("rdf:type"), None):
        if isinstance(quad.object, NamedNode):
            found.setdefault(quad.subject, set()).add(quad.object.value)
    alike = {frozenset(kinds): frozenset(kinds) for kinds in found.values()}
    return {thing: alike[frozenset(kinds)] for thing, kinds in found.items()}


def _use(row: Row) -> Use:
    subject, predicate, of, datatype = (_text(row.get(key)) for key in ("class", "p", "of", "type"))
    return Use(subject, predicate, of, datatype, int(_text(row["n"])))


def example_things(root: str, examples: Sequence[Example]) -> list[Thing]:
    """Return the example queries as RDF (SHACL executables), and the prefixes they use."""
    document = f"{root}/.well-known/sparql-examples"
    prefixes = Thing(f"{document}#prefixes").is_a("owl:Ontology")
    return [*_examples(document, root, examples, prefixes), prefixes, *prefix_things(document, prefixes)]


def _examples(document: str, root: str, examples: Sequence[Example], prefixes: Thing) -> Iterator[Thing]:
    for example in examples:
        kind, predicate = _FORMS[form(tokens(example.text)) or "SELECT"]
        thing = Thing(f"{document}#{example.slug}").is_a("sh:SPARQLExecutable", kind)
        thing.say("rdfs:comment", english(example.question)).say("sh:prefixes", prefixes.node)
        thing.say(predicate, example.text).say("schema:target", NamedNode(f"{root}/sparql"))
        yield thing.say("schema:keywords", *example.keywords)


def prefix_things(document: str, prefixes: Thing) -> Iterator[Thing]:
    """Return the declarations of all prefixes, and have `prefixes` declare them."""
    for prefix, namespace in sorted(PREFIXES.items()):
        declared = Thing(f"{document}#prefix-{prefix}").say("sh:prefix", prefix)
        declared.say("sh:namespace", Literal(namespace, datatype=name("xsd:anyURI")))
        prefixes.say("sh:declare", declared.node)
        yield declared


def _text(term: object) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else ""
