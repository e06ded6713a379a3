"""What a proof search finds in a graph from which documents, or in a program from which rules, are left out.

The search asks whether a proof remains. What would newly follow, because something is absent, it does not ask.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import NamedNode, Store, Triple

from diplograph import inference
from diplograph.errors import DiplographError
from diplograph.inference import Program, Proof
from diplograph.pages.reading import DG, GRAPH, Reader, ask, text
from diplograph.pages.rules import rules
from diplograph.vocabulary import PREFIXES, document_graph

_ABOUT = NamedNode(DG + "about")
_ACCEPTED = NamedNode(GRAPH + "accepted")
_KEPT = 200
_AT_A_TIME = 2  # searches; each keeps a processor busy
_PATIENCE = 20.0  # seconds to wait for a place


class BusyError(DiplographError):
    """Too many proofs are being searched for at the time."""


@dataclass
class Prover:
    """Proofs in the graph of a reader. The program and the proofs found are kept until the graph changes."""

    reader: Reader
    _searching: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(_AT_A_TIME)
    )
    _loading: threading.Lock = field(default_factory=threading.Lock)
    _program: tuple[str, Program] | None = None
    _found: OrderedDict[tuple[object, ...], Proof | None] = field(default_factory=OrderedDict)

    def prove(self, triple: Triple, without: frozenset[str] = frozenset()) -> Proof | None:
        """Return why `triple` holds without the documents and rules of `without` (IRIs), `None` when it does not.

        Raises `BusyError` when others' searches take all places for too long.
        """
        key = (self.reader.tag(), triple, without)
        if key not in self._found:
            if not self._searching.acquire(timeout=_PATIENCE):
                raise BusyError(f"{_AT_A_TIME} proofs are being searched for; try again in a while")
            try:
                proof = self._search(triple, without)
            finally:
                self._searching.release()
            self._keep(key, proof)
            return proof
        return self._found[key]

    def _keep(self, key: tuple[object, ...], proof: Proof | None) -> None:
        with self._loading:
            self._found[key] = proof
            while len(self._found) > _KEPT:
                self._found.popitem(last=False)

    def _search(self, triple: Triple, without: frozenset[str]) -> Proof | None:
        store = self.reader.store()
        program = self._rules(store)
        dropped = frozenset(
            iri.removeprefix(PREFIXES["rule"]) for iri in without if iri.startswith(PREFIXES["rule"])
        )
        kept = replace(program, rules=tuple(rule for rule in program.rules if rule.slug not in dropped))
        documents = sorted(iri for iri in without if iri.startswith(PREFIXES["doc"]))
        if not documents:
            return inference.explain(store, kept, triple)
        with _without(self.reader, store, documents) as rest:
            return inference.explain(rest, kept, triple)

    def _rules(self, store: Store) -> Program:
        tag = self.reader.tag()
        with self._loading:
            if self._program is None or self._program[0] != tag:
                self._program = tag, inference.program_of(store, rules())
            return self._program[1]


@contextmanager
def _without(reader: Reader, store: Store, documents: Sequence[str]) -> Iterator[Store]:
    """Give a copy of the store (hard links, where the disk allows) in which the documents were never read."""
    told = {text(row, "event") for row in ask(reader, "told", document=documents)}
    with TemporaryDirectory(prefix="diplograph-") as folder:
        place = Path(folder) / "copy"
        store.backup(str(place))
        copy = Store(str(place))
        for document in documents:
            copy.remove_graph(NamedNode(document_graph(document.removeprefix(PREFIXES["doc"]))))
        for event in sorted(told):
            _forget_untold(copy, NamedNode(event))
        yield copy
        del copy  # the database must be closed before its folder goes


def _forget_untold(store: Store, event: NamedNode) -> None:
    """Take an event out of the accepted ones when no claim about it is left."""
    if next(store.quads_for_pattern(None, _ABOUT, event, None), None) is None:
        for quad in list(store.quads_for_pattern(event, None, None, _ACCEPTED)):
            store.remove(quad)
