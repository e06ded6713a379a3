"""The declarative knowledge, loaded: who is who, how prose says it, what the classes are."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from diplograph import knowledge, linking, reference, schema, sentences
from diplograph.claims import frames, lexica, linter
from diplograph.claims.extraction import Reader
from diplograph.claims.weighing import revision
from diplograph.claims.weighing.revision import Judge
from diplograph.events import Sides
from diplograph.mentions import gazetteer
from diplograph.reference import Reference
from diplograph.schema import Schema


@dataclass(frozen=True)
class Knowledge:
    """The declarative knowledge, loaded: who is who, how prose says it, what the classes are."""

    reference: Reference
    schema: Schema
    reader: Reader
    sides: Sides
    codes: Mapping[str, str]
    analysts_codes: Mapping[str, str]
    imports: tuple[Path, ...] = ()


def load_knowledge(
    model: str | None = None, *, weighed: bool = True, imports: tuple[Path, ...] = ()
) -> Knowledge:
    """Load the ontology's word lists, the reference data and the parser.

    `weighed` lets learned weights revise what the frames read; without them the frames alone decide. `imports` are
    Turtle files of people and others who are known beside the reference data.
    Raises KnowledgeError naming the file, and what in it is not known: a class, a role, a function.
    """
    ontology = knowledge.ontology_dir()
    known = reference.load((*knowledge.files(knowledge.data_dir(), "*.ttl"), *imports))
    classes = schema.load(knowledge.files(ontology, "*.ttl"))
    words = lexica.load(ontology / "lexicon", {"source": classes.source, "target": classes.target})
    lexicon = frames.load(knowledge.files(ontology / "frames", "*.toml"))
    linter.require_known(lexicon, classes.situations | classes.events, words.fillers)
    judge = Judge(revision.load(revision.WEIGHTS)) if weighed else None
    reader = Reader(sentences.load_parser(model), gazetteer.build(known), lexicon, words, judge)
    sides = Sides(
        source=classes.source | {"ofState"},
        target=classes.target | {"visitPlace"},
        symmetric=words.roles["symmetric"]["roles"],
        situations=classes.situations,
    )
    codes = {iri: entity.code for iri, entity in known.entities.items() if entity.code}
    table = words.codes
    naming = linking.Naming(
        table["kept"], table["counted_as"], table["called"], table["apart"]["organizations"]
    )
    analysts = linking.analysts_codes(known, naming)
    return Knowledge(known, classes, reader, sides, codes, analysts, imports)
