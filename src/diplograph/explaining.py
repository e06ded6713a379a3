"""Questions for a proof, as people ask them: names and codes become IRIs, and the proof becomes text."""

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, QuerySolutions, Store, Triple

from diplograph import inference
from diplograph.errors import InputError
from diplograph.inference import Derivation, Proof
from diplograph.querying import short
from diplograph.vocabulary import BASE, PREFIXES, compact, expand

FORMATS = ("text", "tree", "json", "ttl", "mermaid")

_BY_NAME = """SELECT DISTINCT ?thing {
  VALUES ?name { %s }
  { ?thing skos:notation ?name } UNION { ?thing rdfs:label ?name }
  FILTER(STRSTARTS(STR(?thing), "https://w3id.org/diplograph/id/"))
} ORDER BY ?thing LIMIT 10"""


def explain(store: Store, subject: str, predicate: str, object: str, *, every: bool, form: str) -> str | None:
    """Return the proof of a triple in a format, or `None` if the store neither states nor derives it.

    Raises InputError when a name stands for nothing or for several things.
    """
    triple = Triple(node(store, subject), relation(store, predicate), node(store, object))
    proof = inference.explain(store, inference.load_rules(inference.rule_paths()), triple, all=every)
    if proof is None:
        return None
    return (
        "\n".join(outline(proof))
        if form == "text"
        else inference.render_proof(proof, "text" if form == "tree" else form)
    )


def outline(proof: Proof, level: int = 0) -> Iterator[str]:
    """Yield the lines of a proof as a person reads it: each rule once, and once each thing that its premises speak of.

    Premises that one rule derived from the same facts are one step; what was looked for and not found is left to
    the form `tree`.
    """
    indent = "  " * level
    yield f"{indent}{_sentence(proof)}"
    for number, derivation in enumerate(proof.derivations):
        yield from _step(derivation, level + 1, "or, by" if number else "by")
    if proof.asserted:
        yield from _evidence(proof, level + 1)


def _step(derivation: Derivation, level: int, by: str) -> Iterator[str]:
    indent = "  " * level
    yield f"{indent}{by} {derivation.rule.id} {derivation.rule.label}: {derivation.rule.definition}"
    known: dict[str, dict[str, None]] = {}  # sources -> what they tell of
    facts: dict[str, Proof] = {}
    steps: dict[tuple[str, frozenset[str]], Derivation] = {}
    for premise in derivation.premises:
        subject = str(getattr(premise.triple.subject, "value", premise.triple.subject))
        if premise.derivations:
            inner = premise.derivations[0]
            steps.setdefault((inner.rule.id, _rests_on(premise)), inner)
        elif any(item.document for item in premise.evidence):
            facts.setdefault(subject, premise)
        else:
            known.setdefault(_sources(premise), {})[compact(subject)] = None
    for fact in facts.values():
        yield f"{indent}  {_name(fact)}"
        yield from _evidence(fact, level + 2)
    for sources, subjects in known.items():
        yield f"{indent}  reference data{sources}: {', '.join(subjects)}"
    for inner in steps.values():
        yield from _step(inner, level + 1, "and by")


def _sources(premise: Proof) -> str:
    """Return, in brackets, what a premise that no text tells of was taken from, where that is said."""
    sources = dict.fromkeys(item.source for item in premise.evidence if item.source)
    return f" ({'; '.join(sources)})" if sources else ""


def _rests_on(proof: Proof) -> frozenset[str]:
    return frozenset(str(leaf.triple.subject) for leaf in proof.leaves())


def _sentence(proof: Proof) -> str:
    triple = proof.triple
    return f"{short(triple.subject)} {short(triple.predicate)} {short(triple.object)}" + (
        "   (stated)" if proof.asserted else ""
    )


def _name(proof: Proof) -> str:
    return short(proof.triple.subject).removeprefix(BASE)


def _evidence(proof: Proof, level: int) -> Iterator[str]:
    for item in proof.evidence:
        words = f"“{item.exact}” " if item.exact else ""
        place = (
            f"{compact(item.document)} {item.start}-{item.end}"
            if item.document
            else f"reference data, from {item.source}"
        )
        yield f"{'  ' * level}{words}({place})"


def node(store: Store, name: str) -> NamedNode:
    """Return the thing that an IRI, a CURIE, a code or a label stands for."""
    expanded = expand(name.strip("<>"))
    if "://" in expanded:
        return NamedNode(expanded)
    found = _named(store, name)
    if len(found) == 1:
        return found[0]
    if not found:
        raise InputError(
            f"nothing in the graph is called {name!r}; give an IRI, a CURIE such as state:pakistan, a code (PAK) or a label"
        )
    raise InputError(f"{name!r} may be any of {', '.join(map(short, found))}; give one of these")


def relation(store: Store, name: str) -> NamedNode:
    """Return the property that an IRI, a CURIE or the local name of a term of the ontology stands for.

    Raises InputError where the store knows no such property.
    """
    expanded = expand(name.strip("<>"))
    if "://" not in expanded and ":" not in name:
        expanded = expand("rdf:type" if name == "a" else f"dg:{name}")
    if "://" in expanded:
        found = NamedNode(expanded)
        if any(store.quads_for_pattern(found, None, None)) or any(store.quads_for_pattern(None, found, None)):
            return found
    raise InputError(
        f"the graph knows no relation {name!r}; give an IRI or a CURIE of a property such as dg:armsSupplierOf"
    )


def _named(store: Store, name: str) -> list[NamedNode]:
    values = " ".join(str(value) for value in (Literal(name), Literal(name, language="en")))
    rows = store.query(_BY_NAME % values, prefixes=PREFIXES, use_default_graph_as_union=True)
    if not isinstance(rows, QuerySolutions):
        raise TypeError("the query for names is a SELECT")
    return [row["thing"] for row in rows if isinstance(row["thing"], NamedNode)]
