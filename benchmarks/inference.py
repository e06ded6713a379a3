"""How fast inference is, as ratios against peers in the same run.

    python benchmarks/inference.py 100000 --peers owlrl --agree
    python benchmarks/inference.py 1000000 --peers nemo reasonable --proofs 1000
    python benchmarks/inference.py 10000000 --against 1000000

Every engine has a process of its own on one core, and starts from the same N-Triples file: loading counts. owlrl and
reasonable know OWL 2 RL only (reasonable less), so they are compared with our run of the axioms alone; Nemo runs all
our rules, translated. `--agree` compares the conclusions of our two engines, triple for triple, and with Nemo among the
peers the size of every relation. `--proofs` explains that many conclusions and replays each proof by the verifier of the
tests. `--against` compares with a smaller graph. A peer that wants more than `--memory` gigabytes or `--patience` seconds
is stopped; that it had not finished by then is all that is said of it.

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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rdflib
from generate import generate
from nemo import facts, translate
from owlrl import DeductiveClosure, OWLRL_Semantics
from pyoxigraph import NamedNode, Quad, RdfFormat, Store

from diplograph.inference import explain, infer, load_rules
from diplograph.inference.cases import shipped_ontology, shipped_program
from diplograph.inference.duckdb_engine import run_duckdb
from diplograph.inference.families import Key
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


def by_owlrl(path: Path, _: None) -> int:
    graph = rdflib.Graph().parse(path, format="nt")
    before = len(graph)
    DeductiveClosure(OWLRL_Semantics, axiomatic_triples=False, datatype_axioms=False).expand(graph)
    return len(graph) - before


def by_reasonable(path: Path, _: None) -> int:
    import reasonable  # noqa: PLC0415 - a peer that need not be there

    reasoner = reasonable.PyReasoner()
    reasoner.load_file(str(path))
    return len(reasoner.reason())


def by_nemo(path: Path, _: None) -> int:
    reasoned_by_nemo(path)
    return 0  # what it holds can only be listed, which takes longer than all the rest


def reasoned_by_nemo(path: Path) -> Any:
    import nmo_python  # noqa: PLC0415 - a peer that need not be there

    engine = nmo_python.NemoEngine(nmo_python.load_string(path.read_text()))
    engine.reason()
    return engine


def axioms() -> Program:
    return build_program((), shipped_ontology())


def nothing() -> None:
    """What has to be made beforehand for an engine that reads its rules with the graph."""


ENGINES: dict[str, tuple[str, Callable[[], Any], Callable[[Path, Any], int]]] = {
    "axioms": ("all.ttl", axioms, ours),
    "all rules": ("all.ttl", shipped_program, ours),
    "rules for nemo": ("all.ttl", without_circles, ours),
    "owlrl": ("all.ttl", nothing, by_owlrl),
    "reasonable": ("all.ttl", nothing, by_reasonable),
    "nemo": ("all.rls", nothing, by_nemo),
}
PEERS = ("owlrl", "reasonable", "nemo")


@dataclass(frozen=True)
class Limits:
    """What a peer may use before it is stopped."""

    gigabytes: int
    seconds: float

    def set(self) -> None:
        resource.setrlimit(resource.RLIMIT_AS, (self.gigabytes << 30, self.gigabytes << 30))


def child(engine: str, folder: Path) -> None:
    """Run one engine on one core; print what it took."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    name, program_of, work = ENGINES[engine]
    program = program_of()  # the rules are read once for all graphs: that is no part of running them
    start, cpu = time.perf_counter(), time.process_time()
    derived = work(folder / name, program)
    told = {"seconds": time.perf_counter() - start, "cpu": time.process_time() - cpu}
    print(json.dumps(told | {"derived": derived, "megabytes": peak() // 1024}))


def peak() -> int:
    """Return the most memory this program has held, in kilobytes (getrusage counts what its parent held)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


@dataclass(frozen=True)
class Time:
    """What a run took: seconds on the clock and on the core, which differ where others use the core too."""

    seconds: float
    cpu: float
    finished: bool = True

    def times(self, other: "Time") -> str:
        """Return how many times as long this one took as `other`."""
        least = "" if self.finished else "more than "
        return f"{least}{self.seconds / other.seconds:.2f} times as long ({self.cpu / other.cpu:.2f} on the core)"


def run(engine: str, folder: Path, limits: Limits) -> Time:
    """Run an engine in a process of its own."""
    command = [sys.executable, __file__, "0", "--child", engine, "--folder", str(folder)]
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        found = subprocess.run(
            command, capture_output=True, text=True, check=False,
            timeout=limits.seconds, preexec_fn=limits.set if engine in PEERS else None,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        print(f"  {engine}: not finished after {limits.seconds:.0f} s")
        return Time(limits.seconds, limits.seconds, False)
    if found.returncode:
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        failed = Time(time.perf_counter() - start, cpu, False)
        reason = (found.stderr.strip().splitlines() or [found.returncode])[-1]
        print(f"  {engine}: failed after {failed.seconds:.0f} s, with {limits.gigabytes} GB to use: {reason}")
        return failed
    told = json.loads(found.stdout.splitlines()[-1])
    derived = f", {told['derived']} triples derived" if told["derived"] else ""
    print(
        f"  {engine}: {told['seconds']:.2f} s, {told['cpu']:.2f} s on the core, {told['megabytes']} MB{derived}"
    )
    return Time(told["seconds"], told["cpu"])


def write(size: int, folder: Path, *, nemo: bool) -> dict[Key, str]:
    """Write the graph and the ontology as N-Triples (which is Turtle: reasonable reads no other name).

    For Nemo, write the rules too, and return its names of relations.
    """
    with (folder / "all.ttl").open("w") as out:
        out.writelines(f"{line.rpartition(' <')[0]} .\n" for line in generate(size))
        out.writelines(f"{triple} .\n" for triple in shipped_ontology())
    if not nemo:
        return {}
    with (folder / "all.ttl").open() as lines, (folder / "facts.nt").open("w") as out:
        out.writelines(map(facts, lines))
    scored = sorted({t.subject for t in shipped_ontology() if t.predicate == SCORE}, key=str)
    text, names = translate(without_circles(), f"file://{folder / 'facts.nt'}", scored)
    (folder / "all.rls").write_text(text)
    return names


def measure(size: int, peers: Sequence[str], limits: Limits) -> Time:
    """Print the times of our engine and of peers as ratios; return the time of all rules."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(size, folder, nemo="nemo" in peers)
        print(f"{size} triples:", flush=True)
        base, whole = (run(engine, folder, limits) for engine in ("axioms", "all rules"))
        for peer in peers:
            mine = run("rules for nemo", folder, limits) if peer == "nemo" else base
            print(f"  {peer} takes {run(peer, folder, limits).times(mine)} as we do", flush=True)
    return whole


def filled(size: int) -> Store:
    store = Store()
    store.bulk_load("".join(generate(size)).encode(), format=RdfFormat.N_QUADS)
    store.extend(Quad(t.subject, t.predicate, t.object, ONTOLOGY) for t in shipped_ontology())
    return store


def inferred(store: Store) -> set[Quad]:
    return {quad for quad in store if str(quad.graph_name).startswith(f"<{INFERRED}")}


def agree_with_nemo(size: int) -> None:
    """Compare the size of every relation in the end with that in Nemo."""
    program = without_circles()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        theirs = write(size, folder, nemo=True)
        done = run_duckdb([folder / "all.ttl"], program, folder, limit=10**9)
        engine = reasoned_by_nemo(folder / "all.rls")
        ours = {
            relation: done.tables.size(known.table)
            for relation, known in done.tables.catalog.relations.items()
        }
        sizes = {relation: sum(1 for _ in engine.result(told)) for relation, told in theirs.items()}
    differing = {relation for relation in ours.keys() & sizes.keys() if ours[relation] != sizes[relation]}
    print(f"we and nemo: {len(ours.keys() & sizes.keys())} relations, {len(differing)} of another size")
    for relation in sorted(differing):
        print(f"  {' '.join(relation)}: {ours[relation]} and {sizes[relation]}")


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
    parser.add_argument("--peers", nargs="*", default=[], choices=PEERS)
    parser.add_argument("--memory", type=int, default=16, help="gigabytes that a peer may use")
    parser.add_argument("--patience", type=float, default=3600, help="seconds that a peer may take")
    parser.add_argument("--against", type=int, default=0)
    parser.add_argument("--agree", action="store_true")
    parser.add_argument("--proofs", type=int, default=0)
    parser.add_argument("--child", choices=list(ENGINES), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child, options.folder)
        return
    limits = Limits(options.memory, options.patience)
    small = measure(options.against, (), limits) if options.against else None
    whole = measure(options.size, options.peers, limits)
    if small:
        growth = options.size / options.against
        clock, core = whole.seconds / small.seconds, whole.cpu / small.cpu
        print(f"{growth:.0f} times the triples take {whole.times(small)}:", end=" ")
        print(f"{clock / growth:.2f} times linear ({core / growth:.2f} on the core)")
    if options.agree:
        agree(options.size)
        if "nemo" in options.peers:
            agree_with_nemo(options.size)
    if options.proofs:
        proofs(options.size, options.proofs)


if __name__ == "__main__":
    sys.exit(main())
