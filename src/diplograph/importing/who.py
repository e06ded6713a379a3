"""Who is who, loaded for resolving what files refer to: the reference data, imports, and the links to Wikidata."""

from pathlib import Path

from diplograph import alignment, knowledge, reference
from diplograph.alignment import Link
from diplograph.importing.resolution import Resolver, resolver
from diplograph.reference import Reference


def load(imported: tuple[Path, ...] = ()) -> Resolver:
    """Return the resolver of the reference data that are part of the project, and of imported Turtle files."""
    return resolver(people_and_places(imported), links())


def people_and_places(imported: tuple[Path, ...] = ()) -> Reference:
    """Return the reference data together with imported Turtle files."""
    return reference.load((*knowledge.files(knowledge.data_dir(), "*.ttl"), *imported))


def links() -> tuple[Link, ...]:
    """Return the links to Wikidata."""
    path = knowledge.data_dir() / "wikidata.sssom.tsv"
    return alignment.read(path.read_text("utf-8"), name=path.name)
