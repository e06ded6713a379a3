"""Ratios of this server to `oxigraph serve-read-only` (PyPI: oxigraph) on the same data, in one run.

Both take the union of all named graphs for the default graph. They run side by side and take turns, round by round,
so that whatever else the machine does falls on both; ratios are of the same round.
Needs `oxigraph` and, for the requests per second, `wrk` (Debian: wrk). `--things` sets the size of the graph.
"""

import argparse
import contextlib
import http.client
import json
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
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Quad

from diplograph import store

_IN_A_ROW = 30
_WARM = 6  # seconds in which servers count what they have and make ready
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


def wait_until_loaded(port: int) -> None:
    """Wait until every process of our server has the graph in memory; connections reach one or the other."""
    in_a_row = 0
    while in_a_row < _IN_A_ROW:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/ready")
        loading = json.loads(connection.getresponse().read())["loading"]
        connection.close()
        in_a_row = 0 if loading else in_a_row + 1
        time.sleep(0.1)


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


Measure = Callable[[int, str], float]


def measures(things: int, seconds: int, folder: Path) -> dict[str, Measure]:
    """Return what is measured at a port and path: the more the better."""
    as_json, csv = "application/sparql-results+json", "text/csv"
    return {
        "point lookup, requests/s": lambda port, path: rate(port, path, POINT, things, seconds, folder),
        "join of three, requests/s": lambda port, path: rate(port, path, JOIN, 50, seconds, folder),
        "aggregate, requests/s": lambda port, path: rate(port, path, AGGREGATE, 1, seconds, folder),
        "export as CSV, 1/s": lambda port, path: 1 / get(port, path, EXPORT, csv)[2],
        "export as JSON, 1/s": lambda port, path: 1 / get(port, path, EXPORT, as_json)[2],
        "CSV, 1/s to the first byte": lambda port, path: 1 / get(port, path, EXPORT, csv)[1],
        "JSON, 1/s to the first byte": lambda port, path: 1 / get(port, path, EXPORT, as_json)[1],
    }


def duel(servers: dict[str, tuple[int, str]], measure: Measure, rounds: int) -> dict[str, list[float]]:
    """Return what each server reached in each round; they take turns, so that other load falls on all alike."""
    found: dict[str, list[float]] = {name: [] for name in servers}
    for number in range(rounds):
        order = list(servers.items())[:: -1 if number % 2 else 1]
        for name, (port, path) in order:
            found[name].append(measure(port, path))
    return found


def show(label: str, found: dict[str, list[float]]) -> None:
    """Print the peer's median, and the median and best ratio to it of the same round."""
    peer = found.pop("oxigraph")
    line = f"{label:30}{statistics.median(peer):12.1f}"
    for mine in found.values():
        ratios = [own / other for own, other in zip(mine, peer, strict=True)]
        line += f"{statistics.median(ratios):12.2f}{max(ratios):8.2f}"
        if "first byte" in label:
            line += f"{1000 / statistics.median(mine):9.1f} ms"
    print(line, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--things", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=1, help="of each measure of requests per second")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    peer = shutil.which("oxigraph", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if peer is None:
        print("skipped: oxigraph is not installed (pip install oxigraph==0.5.13)")
        return
    if wrk() is None:
        print("skipped: wrk is not installed (apt-get install wrk, or name it in $WRK)")
        return
    with tempfile.TemporaryDirectory() as scratch, contextlib.ExitStack() as started:
        folder = Path(scratch)
        with store.building(folder) as graph:
            graph.bulk_extend(quads(options.things))
            graph.optimize()
        database = str(store.latest(folder).path)
        servers = {"oxigraph": (free_port(), "/query")}
        address = f"127.0.0.1:{servers['oxigraph'][0]}"
        command = [peer, "serve-read-only", "--union-default-graph", "-l", database, "-b", address]
        started.enter_context(running(command, *servers["oxigraph"]))
        for name, cache in (("diplograph", 0), ("cached", 64 << 20)):
            servers[name] = free_port(), "/sparql"
            port, processes = str(servers[name][0]), str(options.processes)
            command = [sys.executable, "-c", SERVE, scratch, port, processes, str(cache)]
            started.enter_context(running(command, *servers[name]))
            wait_until_loaded(servers[name][0])
        time.sleep(_WARM)
        print(
            f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; {options.rounds} rounds, ratios to oxigraph"
        )
        print(f"{'':30}{'oxigraph':>12}{'uncached':>12}{'best':>8}{'cached':>12}{'best':>8}")
        for label, measure in measures(options.things, options.seconds, folder).items():
            show(label, duel(servers, measure, options.rounds))


if __name__ == "__main__":
    main()
