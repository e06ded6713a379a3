"""How fast inference is, as ratios against peers in the same run.

    python benchmarks/inference.py 100000 --peers owlrl --agree
    python benchmarks/inference.py 1000000 --peers nemo reasonable --proofs 1000
    python benchmarks/inference.py 10000000 --against 1000000

Every engine has a process of its own on one core, and starts from the same N-Triples file: loading counts. owlrl and
reasonable know OWL 2 RL only (reasonable less), so they are compared with our run of the axioms alone; Nemo runs all
our rules, translated. `--agree` compares the conclusions of our two engines, triple for triple. `--proofs` explains
that many conclusions and replays each proof by the verifier of the tests. `--against` compares with a smaller graph.

Nemo orders negation by the names of predicates alone. Rules that depend on each other and negate something are in no
order for it, though they are for us (what they negate is said of other things), so these few are left out of the
comparison with Nemo, for both.
"""

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import rdflib
from generate import generate
from owlrl import DeductiveClosure, OWLRL_Semantics
from pyoxigraph import NamedNode, Quad, RdfFormat, Store

from diplograph.inference import explain, infer, load_rules
from diplograph.inference.cases import shipped_ontology, shipped_program
from diplograph.inference.duckdb_engine import run_duckdb
from diplograph.inference.infer import INFERRED, ONTOLOGY, READ
from diplograph.inference.program import Program, build_program
from diplograph.vocabulary import PREFIXES

TESTS = Path(__file__).parents[1] / "tests"
SCORE = NamedNode(PREFIXES["dg"] + "ploverScore")


def ours(path: Path, program: Program) -> int:
    with tempfile.TemporaryDirectory() as folder:
        return run_duckdb([path], program, Path(folder), limit=10**9).tables.derived


def without_circles() -> Program:
    """Return our program without the domain rules that depend on each other and negate something."""
    together = [stratum for stratum in shipped_program().strata if stratum.recursive]
    left_out = {
        rule.slug
        for stratum in together
        if any(way.absents for rule in stratum.rules for way in rule.variants)
        for rule in stratum.rules
    }
    return build_program([rule for rule in load_rules() if rule.slug not in left_out], shipped_ontology())


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


def by_nemo(path: Path) -> int:
    import nmo_python  # noqa: PLC0415 - a peer that need not be there

    engine = nmo_python.NemoEngine(nmo_python.load_string(path.read_text()))
    engine.reason()
    return 0  # what it holds can only be listed, which takes longer than all the rest


ENGINES: dict[str, tuple[str, Callable[[Path], int]]] = {
    "axioms": ("all.ttl", lambda path: ours(path, build_program((), shipped_ontology()))),
    "all rules": ("all.ttl", lambda path: ours(path, shipped_program())),
    "rules for nemo": ("all.ttl", lambda path: ours(path, without_circles())),
    "owlrl": ("all.ttl", by_owlrl),
    "reasonable": ("all.ttl", by_reasonable),
    "nemo": ("all.rls", by_nemo),
}


def child(engine: str, folder: Path) -> None:
    """Run one engine on one core; print what it took."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    name, work = ENGINES[engine]
    shipped_program()  # making the program is no part of running it
    start = time.perf_counter()
    derived = work(folder / name)
    seconds, megabytes = (
        time.perf_counter() - start,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )
    print(json.dumps({"seconds": seconds, "derived": derived, "megabytes": megabytes}))


def run(engine: str, folder: Path) -> float:
    """Run an engine in a process of its own and return the seconds."""
    found = subprocess.run(
        [sys.executable, __file__, "0", "--child", engine, "--folder", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if found.returncode:
        print(f"  {engine}: failed: {(found.stderr.strip().splitlines() or [found.returncode])[-1]}")
        return 0.0
    told = json.loads(found.stdout.splitlines()[-1])
    print(f"  {engine}: {told['seconds']:.2f} s, {told['megabytes']} MB, {told['derived']} triples derived")
    return float(told["seconds"])


def write(size: int, folder: Path, *, nemo: bool) -> None:
    """Write the graph and the ontology as N-Triples (which is Turtle: reasonable reads no other name)."""
    with (folder / "all.ttl").open("w") as out:
        out.writelines(f"{line.rpartition(' <')[0]} .\n" for line in generate(size))
        out.writelines(f"{triple} .\n" for triple in shipped_ontology())
    if nemo:
        from nemo import facts, translate  # noqa: PLC0415 - what other runs do not need

        (folder / "facts.nt").write_text(facts((folder / "all.ttl").read_text()))
        scored = sorted(
            {triple.subject for triple in shipped_ontology() if triple.predicate == SCORE}, key=str
        )
        text, _ = translate(without_circles(), f"file://{folder / 'facts.nt'}", scored)
        (folder / "all.rls").write_text(text)


def measure(size: int, peers: list[str]) -> float:
    """Print the times of our engine and of peers as ratios; return the time of all rules."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(size, folder, nemo="nemo" in peers)
        print(f"{size} triples:")
        base, whole = run("axioms", folder), run("all rules", folder)
        for peer in peers:
            mine = run("rules for nemo", folder) if peer == "nemo" else base
            seconds = run(peer, folder)
            if seconds:
                print(f"  {peer} takes {seconds / mine:.2f} times as long as we do")
    return whole


def filled(size: int) -> Store:
    store = Store()
    store.bulk_load("".join(generate(size)).encode(), format=RdfFormat.N_QUADS)
    store.extend(Quad(t.subject, t.predicate, t.object, ONTOLOGY) for t in shipped_ontology())
    return store


def inferred(store: Store) -> set[Quad]:
    return {quad for quad in store if str(quad.graph_name).startswith(f"<{INFERRED}")}


def agree(size: int) -> None:
    found = {}
    for engine in ("duckdb", "sparql"):
        store = filled(size)
        infer(store, shipped_program(), engine=engine)
        found[engine] = inferred(store)
    differing = len(found["duckdb"] ^ found["sparql"])
    print(
        f"duckdb and sparql: {len(found['duckdb'])} and {len(found['sparql'])} conclusions, {differing} differ"
    )


def proofs(size: int, number: int) -> None:
    sys.path.insert(0, str(TESTS))
    from verifier import ProofError, verify  # noqa: PLC0415 - it is with the tests

    store, program = filled(size), shipped_program()
    infer(store, program)
    sample = random.Random(1).sample(sorted(inferred(store), key=str), number)
    times, missing, wrong = [], 0, 0
    for quad in sample:
        start = time.perf_counter()
        proof = explain(store, program, quad.triple)
        times.append(time.perf_counter() - start)
        if proof is None:
            missing += 1
            continue
        try:
            verify(proof, store, READ, {})
        except ProofError as error:
            print(f"  {error}")
            wrong += 1
    ranks = [rank * 1000 for rank in statistics.quantiles(times, n=20)]
    print(
        f"{number} proofs at {size} triples: median {ranks[9]:.0f} ms, 95 of 100 within {ranks[18]:.0f} ms; {missing} missing, {wrong} wrong"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("size", type=int)
    parser.add_argument("--peers", nargs="*", default=[], choices=["owlrl", "reasonable", "nemo"])
    parser.add_argument("--against", type=int, default=0)
    parser.add_argument("--agree", action="store_true")
    parser.add_argument("--proofs", type=int, default=0)
    parser.add_argument("--child", choices=list(ENGINES), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child, options.folder)
        return
    small = measure(options.against, []) if options.against else 0.0
    whole = measure(options.size, options.peers)
    if small:
        growth, times = options.size / options.against, whole / small
        print(
            f"{growth:.0f} times the triples take {times:.1f} times as long: {times / growth:.2f} times linear"
        )
    if options.agree:
        agree(options.size)
    if options.proofs:
        proofs(options.size, options.proofs)


if __name__ == "__main__":
    sys.exit(main())
