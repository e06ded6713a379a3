"""Ratios of this server to `oxigraph serve-read-only` (PyPI: oxigraph) on the same data, in one run.

Both take the union of all named graphs for the default graph.
Needs `oxigraph` and, for the requests per second, `wrk` (Debian: wrk). `--things` sets the size of the graph.
"""

import argparse
import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Quad

from diplograph import store

LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
POINT = "SELECT ?p ?o { <http://ex.org/s%d> ?p ?o }"
JOIN = "SELECT * { ?a <http://ex.org/p1> ?b . ?b <http://ex.org/p2> ?c . ?c <http://ex.org/p0> <http://ex.org/c%d> } LIMIT 200"
AGGREGATE = "SELECT ?c (COUNT(?s) AS ?n) { ?s <http://ex.org/p0> ?c } GROUP BY ?c ORDER BY ?c"
EXPORT = f"SELECT ?s ?label {{ ?s <{LABEL}> ?label }}"
SERVE = """
import sys
from pathlib import Path
from diplograph.server import Settings, serve
serve(Path(sys.argv[1]), "127.0.0.1", int(sys.argv[2]), settings=Settings(processes=int(sys.argv[3]), cache=int(sys.argv[4])))
"""


def quads(things: int) -> Iterator[Quad]:
    """Five triples a thing, in one named graph."""
    graph = NamedNode("http://ex.org/graph")
    for n in range(things):
        thing = NamedNode(f"http://ex.org/s{n}")
        said = {
            LABEL: Literal(f"label of thing number {n}"),
            "http://ex.org/p0": NamedNode(f"http://ex.org/c{n % 50}"),
            "http://ex.org/p1": NamedNode(f"http://ex.org/s{n * 7 % things}"),
            "http://ex.org/p2": NamedNode(f"http://ex.org/s{(n * 13 + 5) % things}"),
            "http://ex.org/p3": Literal(n),
        }
        for predicate, value in said.items():
            yield Quad(thing, NamedNode(predicate), value, graph)


@contextlib.contextmanager
def running(command: list[str], port: int, path: str) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with contextlib.suppress(OSError):
                if get(port, path, "ASK {}")[0] == 200:
                    break
            time.sleep(0.1)
        time.sleep(1.5)  # counts of the graph, caches of the disk
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(
    port: int, path: str, query: str, accept: str = "application/sparql-results+json"
) -> tuple[int, float, float]:
    """Return status, seconds to the first byte of the body, and seconds to the last."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    started = time.perf_counter()
    connection.request("GET", f"{path}?query={quote(query)}", headers={"Accept": accept})
    response = connection.getresponse()
    response.read(1)
    first = time.perf_counter() - started
    while response.read(1 << 20):
        pass
    total = time.perf_counter() - started
    connection.close()
    return response.status, first, total


def wrk() -> str | None:
    """Return the load generator, or `None`."""
    return os.environ.get("WRK") or shutil.which("wrk")


def rate(port: int, path: str, query: str, count: int, seconds: int, folder: Path) -> float:
    """Return requests per second of four connections; `count` is how many queries `%d` in the text stands for."""
    before, _, after = query.partition("%d")
    script = folder / "requests.lua"
    script.write_text(f"""
        local n = 0
        wrk.headers["Accept"] = "application/sparql-results+json"
        request = function()
            n = (n + 7919) % {count}
            local number = {"tostring(n)" if "%d" in query else '""'}
            return wrk.format("GET", "{path}?query={quote(before)}" .. number .. "{quote(after)}")
        end""")
    command = [str(wrk()), "-t1", "-c4", f"-d{seconds}s", "-s", str(script), f"http://127.0.0.1:{port}"]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out:
        sys.exit(f"some answers were errors:\n{out}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", out)
    return float(found[1]) if found else 0.0


def export(port: int, path: str, accept: str) -> tuple[float, float]:
    """Return the median of five in seconds: first byte, and total, of all labels."""
    runs = [get(port, path, EXPORT, accept)[1:] for _ in range(5)]
    return statistics.median(first for first, _ in runs), statistics.median(total for _, total in runs)


def measure(port: int, path: str, things: int, seconds: int, folder: Path) -> dict[str, float]:
    csv_first, csv_total = export(port, path, "text/csv")
    json_first, json_total = export(port, path, "application/sparql-results+json")
    return {
        "point lookup, requests/s": rate(port, path, POINT, things, seconds, folder),
        "join of three, requests/s": rate(port, path, JOIN, 50, seconds, folder),
        "aggregate, requests/s": rate(port, path, AGGREGATE, 1, seconds, folder),
        "export as CSV, 1/s": 1 / csv_total,
        "export as JSON, 1/s": 1 / json_total,
        "export, ms to the first byte": 1000 * max(csv_first, json_first),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--things", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    peer = shutil.which("oxigraph", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if peer is None:
        print("skipped: oxigraph is not installed (pip install oxigraph==0.5.13)")
        return
    if wrk() is None:
        print("skipped: wrk is not installed (apt-get install wrk, or name it in $WRK)")
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with store.building(folder) as graph:
            graph.bulk_extend(quads(options.things))
            graph.optimize()
        database = str(store.latest(folder).path)
        results = {}
        port = free_port()
        command = [
            peer,
            "serve-read-only",
            "--union-default-graph",
            "-l",
            database,
            "-b",
            f"127.0.0.1:{port}",
        ]
        with running(command, port, "/query"):
            results["oxigraph"] = measure(port, "/query", options.things, options.seconds, folder)
        for name, cache in (("diplograph", 0), ("diplograph, cached", 64 << 20)):
            port = free_port()
            command = [sys.executable, "-c", SERVE, scratch, str(port), str(options.processes), str(cache)]
            with running(command, port, "/sparql"):
                results[name] = measure(port, "/sparql", options.things, options.seconds, folder)
    print(f"{'':32}{'oxigraph':>12}{'ratio':>10}{'cached':>10}")
    for key, peers in results["oxigraph"].items():
        mine, cached = results["diplograph"][key], results["diplograph, cached"][key]
        print(f"{key:32}{peers:12.2f}{mine / peers:10.2f}{cached / peers:10.2f}")
        if "first byte" in key:
            print(f"{'':32}{'':12}{mine:9.1f}ms{cached:8.1f}ms")


if __name__ == "__main__":
    main()
