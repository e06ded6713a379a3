"""The rules run inside another SPARQL 1.1 store, by its URL: nothing but queries and updates is sent.

The rules write into graphs of their own, `graph:inferring/<slug>`. One last update puts these in the place of
the old conclusions, so whatever happens before leaves the old ones as they are.
"""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from pyoxigraph import RdfFormat, Triple, parse

from diplograph.errors import InputError, KnowledgeError, StoreError
from diplograph.inference.classes import SAME
from diplograph.inference.infer import GRAPH, IMPORTS, INFERRED, ONTOLOGY, READ, Clash, InferenceReport
from diplograph.inference.owl import CLASH_SLUG, SLUG
from diplograph.inference.program import OURS, Program, build_program
from diplograph.inference.rule import Rule
from diplograph.inference.sparql_engine import EQUALITY, Progress
from diplograph.inference.stratify import Stratum
from diplograph.inference.variants import TYPE

WORKING = GRAPH + "inferring/"
_TIMEOUT = 600  # seconds for one rule
_CONSTRUCT = re.compile(r"CONSTRUCT\s*(\{.*?\})\s*WHERE", re.DOTALL)


@dataclass(frozen=True)
class Endpoint:
    """Where a store answers queries and takes updates; `token` goes into the Authorization header."""

    query: str
    update: str
    token: str = ""

    def ask(self, query: str, graphs: Sequence[str], accept: str) -> bytes:
        """Return the answer to a query over the union of `graphs`."""
        pairs = [("query", query), *(("default-graph-uri", graph) for graph in graphs)]
        return self._post(self.query, [*pairs, *(("named-graph-uri", graph) for graph in graphs)], accept)

    def rows(self, query: str, graphs: Sequence[str] = ()) -> list[dict[str, str]]:
        """Return the rows of a SELECT."""
        answer = json.loads(self.ask(query, graphs, "application/sparql-results+json"))
        return [{name: cell["value"] for name, cell in row.items()} for row in answer["results"]["bindings"]]

    def triples(self, query: str, graphs: Sequence[str]) -> Iterator[Triple]:
        """Yield the triples of a CONSTRUCT."""
        answer = self.ask(query, graphs, "application/n-triples")
        return (item.triple for item in parse(answer, format=RdfFormat.N_TRIPLES))

    def change(self, update: str, graphs: Sequence[str] = ()) -> None:
        """Run an update; its patterns are over the union of `graphs`."""
        pairs = [("update", update), *(("using-graph-uri", graph) for graph in graphs)]
        self._post(self.update, pairs, "*/*")

    def _post(self, url: str, pairs: list[tuple[str, str]], accept: str) -> bytes:
        if urlsplit(url).scheme not in ("http", "https"):
            raise InputError(f"{url} is no address of a store: expected http:// or https://")
        headers = {"Accept": accept} | ({"Authorization": f"Bearer {self.token}"} if self.token else {})
        request = urllib.request.Request(url, urlencode(pairs).encode(), headers)  # noqa: S310 - checked above
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as response:  # noqa: S310
                answer = response.read()
        except urllib.error.HTTPError as error:
            told = error.read(500).decode(errors="replace")
            raise StoreError(f"{url} answered {error.code}: {told.strip() or error.reason}") from error
        except OSError as error:
            raise StoreError(f"{url} does not answer: {error}") from error
        return bytes(answer)


def infer_remote(
    endpoint: Endpoint, rules: Sequence[Rule], *, limit: int, progress: Progress | None = None
) -> InferenceReport:
    """Replace the inferred graphs of a store by what follows from its accepted, reference and imported graphs.

    The axioms are those of its `graph:ontology`. Raises `StoreError` when the store does not answer or
    refuses, and `KnowledgeError` when more than `limit` triples are derived.
    """
    axioms = endpoint.triples("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", [ONTOLOGY.value])
    program = build_program(rules, axioms)
    run = _Run(
        endpoint,
        limit,
        (*(graph.value for graph in READ), *_graphs(endpoint, IMPORTS)),
        _graphs(endpoint, GRAPH + "doc/"),
    )
    run.clear()
    strata = (*program.identity, *program.strata)
    for number, stratum in enumerate(strata):
        if progress:
            progress(stratum.rules[0].label, number, len(strata))
        run.stratum(stratum)
    for stratum in program.claims if run.documents else ():
        run.stratum(stratum)
    clashes = tuple(run.clashes(program))
    run.tidy()
    return InferenceReport("sparql", run.publish(program), run.rounds, clashes)


def _graphs(endpoint: Endpoint, beginning: str) -> tuple[str, ...]:
    query = f'SELECT DISTINCT ?g {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), "{beginning}")) }}'
    return tuple(sorted(row["g"] for row in endpoint.rows(query)))


def _insert(construct: str, slug: str) -> str:
    """Return a CONSTRUCT as the update that puts its triples into the working graph of a rule."""
    found = _CONSTRUCT.search(construct)
    if found is None:
        raise KnowledgeError(f"the rule {slug} is no CONSTRUCT ... WHERE")
    head = f"INSERT {{ GRAPH <{WORKING}{slug}> {found.group(1)} }} WHERE"
    return construct[: found.start()] + head + construct[found.end() :]


@dataclass
class _Run:
    endpoint: Endpoint
    limit: int
    read: tuple[str, ...]
    documents: tuple[str, ...]
    rounds: int = 0
    size: int = 0
    written: set[str] = field(default_factory=set)

    def clear(self) -> None:
        """Remove what a run that was killed has left."""
        for graph in _graphs(self.endpoint, WORKING):
            self.endpoint.change(f"DROP SILENT GRAPH <{graph}>")

    def stratum(self, stratum: Stratum) -> None:
        """Run the rules of a stratum until nothing new comes."""
        growing = True
        while growing:
            self.rounds += 1
            before = self.size
            for rule in stratum.rules:
                documents = self.documents if rule.reads else ()
                self.endpoint.change(_insert(rule.text, rule.slug), [*self._graphs(), *documents])
                self.written.add(WORKING + rule.slug)
            self._equate()
            self._count(stratum)
            growing = stratum.recursive and self.size > before

    def _graphs(self) -> list[str]:
        return [*self.read, *sorted(self.written)]

    def _equate(self) -> None:
        """Copy what is said under one name of a thing to its other names, until nothing new comes."""
        several = f"SELECT ?x {{ ?x {SAME} ?y FILTER(?x != ?y) }} LIMIT 1"
        size = -1
        while size != self.size and self.endpoint.rows(several, self._graphs()):
            size = self.size
            self.written.add(WORKING + SLUG)
            for text in EQUALITY:
                self.endpoint.change(_insert(text, SLUG), self._graphs())
            self.size = self._sum()

    def _sum(self) -> int:
        return sum(self._sizes(WORKING).values())

    def _sizes(self, beginning: str) -> dict[str, int]:
        query = f'SELECT ?g (COUNT(*) AS ?n) {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), "{beginning}")) }} GROUP BY ?g'
        return {row["g"]: int(row["n"]) for row in self.endpoint.rows(query) if "g" in row}

    def _count(self, stratum: Stratum) -> None:
        self.size = self._sum()
        if self.size > self.limit:
            rule = stratum.rules[0]
            raise KnowledgeError(
                f"{rule.path or rule.label}: more than {self.limit} triples were derived when rule {rule.id} ran; "
                "either a rule mints ever new things, or the limit is too low for this graph"
            )

    def clashes(self, program: Program) -> Iterator[Clash]:
        """Yield the contradictions, by the rules that find them."""
        if WORKING + CLASH_SLUG not in self._sizes(WORKING):
            return
        for rule in program.rules:
            if rule.clash:
                for triple in self.endpoint.triples(rule.text, self._graphs()):
                    yield Clash(rule.id, rule.axioms[0], triple)

    def tidy(self) -> None:
        """Take out what is asserted, what axioms say in other vocabularies, and what a rule concludes too."""
        for graph in sorted(self.written):
            for told in self.read:
                self._delete(graph, f"GRAPH <{told}> {{ ?s ?p ?o }}")
            if graph not in (WORKING + SLUG, WORKING + CLASH_SLUG):
                self._delete(WORKING + SLUG, f"GRAPH <{graph}> {{ ?s ?p ?o }}")
        mine = f'STRSTARTS(STR(?p), "{OURS}") || (?p = {SAME} && ?s != ?o)'
        kind = f'?p = {TYPE} && ISIRI(?o) && STRSTARTS(STR(?o), "{OURS}")'
        self._delete(WORKING + SLUG, f"FILTER(!({mine} || ({kind})))")

    def _delete(self, graph: str, condition: str) -> None:
        self.endpoint.change(
            f"DELETE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} {condition} }}"
        )

    def publish(self, program: Program) -> dict[str, int]:
        """Put the new graphs in the place of the old ones, in one update; return their sizes by slug."""
        sizes = {graph.removeprefix(WORKING): size for graph, size in self._sizes(WORKING).items()}
        drops = [f"DROP SILENT GRAPH <{graph}>" for graph in _graphs(self.endpoint, INFERRED)]
        moves = [f"MOVE SILENT GRAPH <{WORKING}{slug}> TO GRAPH <{INFERRED}{slug}>" for slug in sizes]
        self.endpoint.change(" ;\n".join([*drops, *moves]) or "DROP SILENT GRAPH <urn:nothing>")
        slugs = {rule.slug for stratum in (*program.identity, *program.strata) for rule in stratum.rules}
        return {slug: sizes.get(slug, 0) for slug in sorted(slugs | set(sizes))}
