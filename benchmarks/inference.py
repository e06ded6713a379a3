"""How fast inference is, as ratios against peers in the same run.

    python benchmarks/inference.py 100000            the relational engine: OWL alone, then with all rules
    python benchmarks/inference.py 100000 --peers    with owlrl and, where they are installed, other reasoners
    python benchmarks/inference.py 1000000 --proofs 1000

Loading counts: every engine starts from the same N-Triples file. Peers do OWL 2 RL only (reasonable less).
"""

import argparse
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import rdflib
from generate import generate
from owlrl import DeductiveClosure, OWLRL_Semantics
from pyoxigraph import Quad, RdfFormat, Store

from diplograph.inference import explain, infer
from diplograph.inference.cases import shipped_ontology, shipped_program
from diplograph.inference.duckdb_engine import run_duckdb
from diplograph.inference.infer import INFERRED, ONTOLOGY, READ
from diplograph.inference.program import Program, build_program


def timed(work: Callable[[], object]) -> tuple[float, object]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def filled(size: int) -> Store:
    store = Store()
    store.bulk_load("".join(generate(size)).encode(), format=RdfFormat.N_QUADS)
    store.extend(Quad(t.subject, t.predicate, t.object, ONTOLOGY) for t in shipped_ontology())
    return store


def ours(store: Store, program: Program) -> int:
    with tempfile.TemporaryDirectory() as folder:
        run = run_duckdb(store, READ, program, Path(folder), limit=10**9)
        derived = run.tables.derived
        run.tables.connection.close()
    return derived


def by_owlrl(path: Path) -> int:
    graph = rdflib.Graph().parse(path, format="nt")
    before = len(graph)
    DeductiveClosure(OWLRL_Semantics, axiomatic_triples=False, datatype_axioms=False).expand(graph)
    return len(graph) - before


def by_reasonable(path: Path) -> int:
    import reasonable  # noqa: PLC0415 - a peer that need not be there

    reasoner = reasonable.PyReasoner()
    reasoner.load_file(str(path))
    return len(reasoner.reason())


def ntriples(store: Store, path: Path) -> None:
    with path.open("wb") as out:
        for graph in READ:
            store.dump(out, RdfFormat.N_TRIPLES, from_graph=graph)


def peers(path: Path, base: float) -> None:
    work: dict[str, Callable[[], int]] = {
        "reasonable": lambda: by_reasonable(path),
        "owlrl": lambda: by_owlrl(path),
    }
    for name, run in work.items():
        try:
            seconds, derived = timed(run)
        except ImportError:
            print(f"{name}: not installed")
            continue
        print(
            f"{name}: {seconds / base:.1f} times our time for OWL; {derived} triples, its own axioms among them"
        )


def proofs(store: Store, program: Program, number: int) -> None:
    print("inferring into the store, for the proofs")
    infer(store, program)
    graphs = [
        g for g in store.named_graphs() if g.value.startswith(INFERRED) and not g.value.endswith("clash")
    ]
    triples = [quad.triple for graph in graphs for quad in store.quads_for_pattern(None, None, None, graph)]
    sample = random.Random(1).sample(triples, min(number, len(triples)))
    times, missing = [], 0
    for triple in sample:
        seconds, proof = timed(lambda triple=triple: explain(store, program, triple))
        times.append(seconds)
        missing += proof is None
    ranks = statistics.quantiles(times, n=100)
    print(
        f"{len(sample)} proofs: median {ranks[49] * 1000:.0f} ms, 95 of 100 within {ranks[94] * 1000:.0f} ms; {missing} missing"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("size", type=int)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--proofs", type=int, default=0)
    options = parser.parse_args()
    store = filled(options.size)
    owl, everything = build_program((), shipped_ontology()), shipped_program()
    base, derived = timed(lambda: ours(store, owl))
    print(f"{len(store)} triples; OWL: {base:.2f} s, {derived} derived")
    whole, derived = timed(lambda: ours(store, everything))
    print(f"OWL and all rules: {whole:.2f} s ({whole / base:.1f} times OWL alone), {derived} derived")
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB at most")
    if options.peers:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "all.ttl"  # N-Triples is Turtle, and reasonable reads no other name
            ntriples(store, path)
            peers(path, base)
    if options.proofs:
        proofs(store, everything, options.proofs)


if __name__ == "__main__":
    sys.exit(main())
