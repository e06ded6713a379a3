"""What would go with a rule, as people read it."""

from dataclasses import dataclass

from pyoxigraph import NamedNode

from diplograph.pages.prooftree import Statement, statement
from diplograph.pages.reading import Reader, names
from diplograph.pages.whatif import Loss


@dataclass(frozen=True)
class LossPage:
    """A loss with names for what it speaks of; `by_property` has IRI, name and number."""

    loss: Loss
    by_property: tuple[tuple[str, str, int], ...]
    edges: tuple[Statement, ...]


def lost(reader: Reader, loss: Loss) -> LossPage:
    """Return what the page of a loss shows."""
    parts = [term for t in loss.edges for term in (t.subject, t.predicate, t.object)]
    iris = {term.value for term in parts if isinstance(term, NamedNode)}
    known = names(reader, iris | {iri for iri, _ in loss.by_property})
    counted = tuple((iri, known[iri], number) for iri, number in loss.by_property)
    return LossPage(loss, counted, tuple(statement(triple, known) for triple in loss.edges))
