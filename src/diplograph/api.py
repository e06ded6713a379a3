"""The Python interface, of the same shape as the command line."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyoxigraph import Store

    from diplograph.pipeline import BuildReport
    from diplograph.validation import Report


@dataclass(frozen=True)
class Graph:
    """An opened graph. `store` is a read-only pyoxigraph store with all named graphs."""

    store: "Store"

    def query(self, sparql: str, form: str = "table") -> str:
        """Return the result of a SPARQL query as text: table, json, csv, tsv, xml, ttl or nt."""
        from diplograph import querying  # noqa: PLC0415 - what one does not use is not loaded

        return querying.run(self.store, sparql, form)

    def explain(
        self, subject: str, predicate: str, object: str, *, every: bool = False, form: str = "text"
    ) -> str | None:
        """Return the proof of a triple as text, json, ttl or mermaid; `None` if it neither is stated nor follows."""
        from diplograph import explaining  # noqa: PLC0415

        return explaining.explain(self.store, subject, predicate, object, every=every, form=form)

    def validate(self) -> "Report":
        """Return what the shapes and checks of the ontology find."""
        from diplograph import validation  # noqa: PLC0415

        return validation.validate(self.store)


def build(
    texts: Iterable[str | Path], directory: str | Path, *, date: str | None = None, quotes: str = "full"
) -> "BuildReport":
    """Build the graph of some text files in a directory; `date` is the publication date of those that do not say it."""
    from diplograph import documents, imported, pipeline  # noqa: PLC0415

    sources = [documents.read(Path(text), published=date) for text in texts]
    known = pipeline.load_knowledge(imports=imported.turtle_files(Path(directory)))
    return pipeline.build(sources, Path(directory), known, quotes=quotes)


def extract(text: str, *, date: str | None = None) -> list[dict[str, Any]]:
    """Return the events that a text (its words, not a file name) tells of, as records."""
    from diplograph import documents, pipeline  # noqa: PLC0415

    return pipeline.extract_records(
        documents.from_text(text, name="text", published=date), pipeline.load_knowledge()
    )


@contextmanager
def open(directory: str | Path) -> Iterator[Graph]:  # noqa: A001
    """Open a graph for reading; StoreError if the directory holds none."""
    from diplograph import store  # noqa: PLC0415

    snapshot = store.snapshot(Path(directory))
    try:
        yield Graph(snapshot.store)
    finally:
        snapshot.close()
