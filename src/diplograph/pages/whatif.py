"""What a search finds in a graph from which documents, or in a program from which rules, are left out.

A search can take long and cannot be interrupted, so the server has it made by a process of its own that it can end.
A proof search asks whether a proof remains; what would newly follow, because something is absent, it does not ask.
"""

import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from pyoxigraph import NamedNode, Store, Triple

from diplograph import inference
from diplograph.errors import DiplographError
from diplograph.inference import Program, Proof
from diplograph.inference.infer import graph_triples
from diplograph.pages.reading import DG, GRAPH, RDF_TYPE, Reader, ask, text
from diplograph.pages.rules import PLUMBING, rules
from diplograph.vocabulary import PREFIXES, document_graph

_ABOUT = NamedNode(DG + "about")
_ACCEPTED = NamedNode(GRAPH + "accepted")
_KEPT = 200  # answers
_LISTED = 60  # conclusions that go with a rule
_TYPE = NamedNode(RDF_TYPE)


class BusyError(DiplographError):
    """A search takes longer than it may, or others' searches take all places."""


@dataclass(frozen=True)
class Why:
    """Why a triple holds without the documents and rules of `without` (IRIs)."""

    triple: Triple
    without: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Lost:
    """What would no longer follow without the rule of this slug."""

    rule: str


@dataclass(frozen=True)
class Prepare:
    """Nothing yet: make the program, so that the first question need not wait for it."""


Question = Why | Lost | Prepare


@dataclass(frozen=True)
class Loss:
    """What goes with a rule: how many conclusions, `own` of them its own, and how many of its own stay on other grounds.

    `by_property` counts what other rules concluded and goes too, most first; `edges` are the first of these.
    """

    total: int
    own: int
    kept: int
    by_property: tuple[tuple[str, int], ...]
    edges: tuple[Triple, ...]
    more: int


Answer = Proof | Loss | None


@dataclass
class Prover:
    """Asks the reader's searches and keeps their answers until the graph changes."""

    reader: Reader
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _found: OrderedDict[tuple[str, Question], object] = field(default_factory=OrderedDict)

    def prove(self, triple: Triple, without: frozenset[str] = frozenset()) -> Proof | None:
        """Return why `triple` holds without the documents and rules of `without`, `None` when it does not.

        Raises `BusyError` when it cannot be found out in time.
        """
        found = self._answer(Why(triple, without))
        return found if isinstance(found, Proof) else None

    def loss(self, rule: str) -> Loss:
        """Return what would not follow without a rule; raises `BusyError` when it cannot be found out in time."""
        found = self._answer(Lost(rule))
        if not isinstance(found, Loss):
            raise TypeError(f"expected a loss, found {found!r}")
        return found

    def _answer(self, question: Question) -> object:
        key = (self.reader.tag(), question)
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
        answer = self.reader.search(question)
        with self._lock:
            self._found[key] = answer
            while len(self._found) > _KEPT:
                self._found.popitem(last=False)
        return answer


@dataclass
class Searcher:
    """Answers questions about a graph; the program is made once for as long as the ontology is the same."""

    _program: tuple[str, Program] | None = None

    def answer(self, reader: Reader, store: Store, question: Question, scratch: Path) -> Answer:
        """Return the answer; `scratch` is an empty folder that may be filled."""
        if isinstance(question, Lost):
            return _loss(store, question.rule)
        program = self._rules(reader.tag(), store)
        if isinstance(question, Prepare):
            return None
        dropped = {
            iri.removeprefix(PREFIXES["rule"]) for iri in question.without if iri.startswith(PREFIXES["rule"])
        }
        kept = replace(program, rules=tuple(rule for rule in program.rules if rule.slug not in dropped))
        documents = sorted(iri for iri in question.without if iri.startswith(PREFIXES["doc"]))
        if not documents:
            return inference.explain(store, kept, question.triple)
        with _without(reader, store, documents, scratch) as rest:
            return inference.explain(rest, kept, question.triple)

    def _rules(self, tag: str, store: Store) -> Program:
        if self._program is None or self._program[0] != tag:
            self._program = tag, inference.program_of(store, rules())
        return self._program[1]


def _loss(store: Store, slug: str) -> Loss:
    found = inference.ablate_rule(store, rules(), slug)
    own = frozenset(graph_triples(store, NamedNode(f"{GRAPH}inferred/{slug}")))
    others = [triple for triple in found.lost if triple not in own]
    worth = [triple for triple in others if triple.predicate.value not in PLUMBING]
    counts = Counter(triple.predicate.value for triple in worth)
    listed = sorted(worth, key=lambda triple: (triple.predicate == _TYPE, str(triple)))[:_LISTED]
    return Loss(
        len(found.lost),
        len(found.lost) - len(others),
        len(found.kept),
        tuple(sorted(counts.items(), key=lambda each: (-each[1], each[0]))),
        tuple(listed),
        len(worth) - len(listed),
    )


@contextmanager
def _without(reader: Reader, store: Store, documents: Sequence[str], scratch: Path) -> Iterator[Store]:
    """Give a copy of the store (hard links, where the disk allows) in which the documents were never read."""
    told = {text(row, "event") for row in ask(reader, "told", document=documents)}
    place = scratch / "copy"
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
