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
from diplograph.inference import Program, Proof
from diplograph.pages.reading import DG, GRAPH, Reader, ask, text
from diplograph.vocabulary import PREFIXES, document_graph

_ABOUT = NamedNode(DG + "about")
_ACCEPTED = NamedNode(GRAPH + "accepted")
_KEPT = 200


@dataclass
class Prover:
    """Proofs in the graph of a reader. The program and the proofs found are kept until the graph changes."""

    reader: Reader
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _program: tuple[str, Program] | None = None
    _found: OrderedDict[tuple[object, ...], Proof | None] = field(default_factory=OrderedDict)

    def prove(self, triple: Triple, without: frozenset[str] = frozenset()) -> Proof | None:
        """Return why `triple` holds without the documents and rules of `without` (IRIs), `None` when it does not."""
        key = (self.reader.tag(), triple, without)
        with self._lock:
            if key not in self._found:
                self._found[key] = self._search(triple, without)
                if len(self._found) > _KEPT:
                    self._found.popitem(last=False)
            self._found.move_to_end(key)
            return self._found[key]

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
        if self._program is None or self._program[0] != tag:
            self._program = tag, inference.program_of(store, inference.load_rules())
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
