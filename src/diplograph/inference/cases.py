"""Cases: a rule's examples, as one TriG file of the rule's name with three graphs.

GRAPH <given> { ... }   what is accepted; dates as dg:time only, bounds are worked out
GRAPH <then> { ... }    what this rule must derive from it
GRAPH <never> { ... }   what no rule may derive
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, RdfFormat, Store, Triple

from diplograph import edtf
from diplograph.errors import KnowledgeError
from diplograph.inference.infer import INFERRED, ONTOLOGY, READ, graph_triples, infer
from diplograph.inference.program import Program, build_program
from diplograph.inference.rulefile import load_rules
from diplograph.inference.sparql_engine import quad
from diplograph.knowledge import files, ontology_dir
from diplograph.vocabulary import BASE, PREFIXES

CASE = BASE + "case/"
PARTS = ("given", "then", "never")
_ACCEPTED = READ[0]
_DOCUMENT = NamedNode(PREFIXES["graph"] + "doc/case")
_DG = PREFIXES["dg"]
_DATE = NamedNode(PREFIXES["xsd"] + "date")


@dataclass(frozen=True)
class CaseResult:
    """What a case found wrong: triples the rule should have derived, and triples that should not be there."""

    missing: frozenset[Triple]
    forbidden: frozenset[Triple]


def read_case(path: Path) -> dict[str, frozenset[Triple]]:
    """Return the graphs of a case file by PARTS. Raises `KnowledgeError` when one is missing or empty."""
    store = Store()
    store.load(path=path, format=RdfFormat.TRIG)
    case = {part: frozenset(graph_triples(store, NamedNode(CASE + part))) for part in (*PARTS, "claims")}
    empty = [part for part in PARTS if not case[part]]
    if empty:
        raise KnowledgeError(
            f"{path}: a case needs the graphs <given>, <then> and <never>; {empty[0]} is empty"
        )
    return case


def run_case(path: Path, program: Program | None = None) -> CaseResult:
    """Return what is wrong with the case at `path`, by the rules of the ontology or by `program`."""
    case = read_case(path)
    store = case_store(case["given"], case["claims"])
    infer(store, program or shipped_program())
    mine = frozenset(graph_triples(store, NamedNode(INFERRED + path.stem)))
    derived = {item.triple for item in store if item.graph_name not in (*READ, _DOCUMENT)}
    return CaseResult(case["then"] - mine, case["never"] & derived)


@lru_cache(maxsize=1)
def shipped_program() -> Program:
    """Return the program of the rules and the ontology that come with the package."""
    return build_program(load_rules(), shipped_ontology())


@lru_cache(maxsize=1)
def shipped_ontology() -> tuple[Triple, ...]:
    """Return the triples of the ontology that comes with the package."""
    store = Store()
    for path in files(ontology_dir(), "*.ttl"):
        store.load(path=path, format=RdfFormat.TURTLE)
    return tuple(item.triple for item in store)


def case_store(given: frozenset[Triple], claims: frozenset[Triple] = frozenset()) -> Store:
    """Return a store with the ontology, `given` as what is accepted, and `claims` as what a document says.

    The bounds of dates are worked out.
    """
    store = Store()
    store.extend(quad(triple, ONTOLOGY) for triple in shipped_ontology())
    store.extend(quad(triple, _ACCEPTED) for triple in given)
    store.extend(quad(triple, _DOCUMENT) for triple in claims)
    for graph in (_ACCEPTED, _DOCUMENT):
        store.extend(list(_bounds(store, graph)))
    return store


def _bounds(store: Store, graph: NamedNode) -> list[Quad]:
    events = _events(store)
    found = []
    for item in store.quads_for_pattern(None, NamedNode(_DG + "time"), None, graph):
        if isinstance(item.object, Literal):
            read = edtf.occurrence if item.subject in events else edtf.extent
            bounds = read(item.object.value)
            for name in ("earliest_start", "latest_start", "earliest_end", "latest_end"):
                first, _, last = name.partition("_")
                day = getattr(bounds, name)
                literal = Literal(day.isoformat(), datatype=_DATE) if day else None
                if literal is not None:
                    predicate = NamedNode(f"{_DG}{first}{last.title()}")
                    found.append(Quad(item.subject, predicate, literal, graph))
    return found


def _events(store: Store) -> frozenset[object]:
    solutions = store.query(
        f"SELECT ?event {{ GRAPH {ONTOLOGY} {{ ?class <{PREFIXES['rdfs']}subClassOf>* <{_DG}Event> }}"
        f" GRAPH {_ACCEPTED} {{ ?event a ?class }} }}"
    )
    rows = solutions if isinstance(solutions, QuerySolutions) else ()
    return frozenset(row["event"] for row in rows)
