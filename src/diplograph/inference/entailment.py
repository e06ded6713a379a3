"""OWL 2 RL over any graph at all: what a set of triples entails, by either engine.

The conformance suite and the differential tests use it. Axioms that are themselves conclusions are taken up
in another turn, until nothing changes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import rdflib
from pyoxigraph import BlankNode, NamedNode, RdfFormat, Store, Triple, parse

from diplograph.inference.classes import CLASH
from diplograph.inference.duckdb_engine import conclusions, run_duckdb, write_lines
from diplograph.inference.program import Program, build_program
from diplograph.inference.sparql_engine import quad, run_sparql
from diplograph.inference.tables import dumped
from diplograph.inference.terminology import constant, is_axiom, terminology

BLANK = "urn:diplograph:blank:"
_GRAPH = NamedNode("urn:diplograph:graph")
_LIMIT = 5_000_000


@dataclass(frozen=True)
class Entailment:
    """The triples that hold, given and derived, and whether they contradict each other.

    Blank nodes have become IRIs that begin with BLANK.
    """

    triples: frozenset[Triple]
    consistent: bool


def entail(triples: Iterable[Triple], *, engine: str = "duckdb") -> Entailment:
    """Return what `triples` entail under OWL 2 RL, without the axiomatic triples of the profile."""
    run = {"duckdb": _by_duckdb, "sparql": _by_sparql}[engine]
    facts = frozenset(named(triple) for triple in triples)
    while True:
        program = build_program((), facts, keep_all=True)
        found = facts | run(facts, program) | _schema(facts)
        new_axioms = [triple for triple in found - facts if is_axiom(triple) and triple not in _schema(facts)]
        if not new_axioms:
            return Entailment(found, not any(triple.predicate == CLASH for triple in found))
        facts |= frozenset(new_axioms)


def named(triple: Triple) -> Triple:
    """Return `triple` with IRIs in the place of blank nodes, which a rule could not name."""
    subject, object_ = triple.subject, triple.object
    return Triple(
        NamedNode(BLANK + subject.value) if isinstance(subject, BlankNode) else subject,
        triple.predicate,
        NamedNode(BLANK + object_.value) if isinstance(object_, BlankNode) else object_,
    )


def _schema(facts: frozenset[Triple]) -> frozenset[Triple]:
    axioms = ((constant(s), constant(p), constant(o)) for s, p, o in terminology(facts) if not _literal(s))
    return frozenset(
        Triple(s, p, o) for s, p, o in axioms if isinstance(s, NamedNode) and isinstance(p, NamedNode)
    )


def _literal(node: object) -> bool:
    return isinstance(node, rdflib.Literal)


def _by_sparql(facts: frozenset[Triple], program: Program) -> frozenset[Triple]:
    found = run_sparql(facts, program, limit=_LIMIT)
    return frozenset().union(found.equality, *found.by_rule.values())


def _by_duckdb(facts: frozenset[Triple], program: Program) -> frozenset[Triple]:
    store = Store()
    store.extend(quad(triple, _GRAPH) for triple in facts)
    with TemporaryDirectory(prefix="diplograph-") as name:
        run = run_duckdb(dumped(store, (_GRAPH,), Path(name)), program, Path(name), limit=_LIMIT)
        found: set[Triple] = set()
        for slug, query in conclusions(run, everything=True):
            path = Path(name) / f"{slug}.nt"
            write_lines(run.tables, query, path)
            found |= {item.triple for item in parse(path=path, format=RdfFormat.N_TRIPLES)}
        run.tables.connection.close()
    return frozenset(found)
