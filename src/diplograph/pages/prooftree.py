"""A proof as people read it: each rule once, and once each thing that its premises speak of.

Premises that one rule derived from the same facts are one step.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pyoxigraph import Literal, NamedNode, Triple

from diplograph.inference import Derivation, Proof
from diplograph.inference.evidence import Evidence
from diplograph.inference.rendering import shorten
from diplograph.inference.rule import Rule
from diplograph.pages.reading import RDF_TYPE, Reader, names, short
from diplograph.vocabulary import text_span


@dataclass(frozen=True)
class Word:
    """A term of a statement as shown: its text, and its IRI ("" for a literal)."""

    text: str
    iri: str = ""


Statement = tuple[Word, Word, Word]


@dataclass(frozen=True)
class Quote:
    """Words of a document, or the source of reference data."""

    words: str
    document: str = ""
    title: str = ""
    span: str = ""
    place: str = ""


@dataclass(frozen=True)
class Step:
    """A node of the tree. A rule's step has what it concluded and rests on; a leaf has who says so.

    `kind` is "derived", "stated" or "reference". `axiom` spells the OWL axiom of a step that no rule file has.
    """

    kind: str
    subject: Word
    statements: tuple[Statement, ...]
    rule: Word | None = None
    rule_id: str = ""
    definition: str = ""
    axiom: str = ""
    absent: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    steps: tuple["Step", ...] = ()
    number: int = 0
    as_in: int = 0  # the number of the step that has the same premises, where they are not said again


@dataclass(frozen=True)
class Rests:
    """What a proof rests on: documents and rules with their names, each a "what if" of its own."""

    documents: tuple[tuple[str, str], ...]
    rules: tuple[tuple[str, str, str], ...]  # IRI, id, label


def tree(reader: Reader, proof: Proof) -> Step:
    """Return the tree of a proof, numbered in the order of reading."""
    known = names(reader, set(_iris(proof)))
    return _numbered(_step([proof], known), iter(range(1, 1_000_000)), {})


def rests_on(reader: Reader, proof: Proof) -> Rests:
    """Return the documents and the rules of a proof, in the order of reading."""
    documents = dict.fromkeys(
        item.document for leaf in proof.leaves() for item in leaf.evidence if item.document
    )
    known = names(reader, documents)
    rules = {rule.iri.value: (rule.id, rule.label) for rule in _rules(proof)}
    return Rests(
        tuple((iri, known[iri]) for iri in documents),
        tuple((iri, *described) for iri, described in rules.items()),
    )


def words(reader: Reader, triple: Triple) -> Statement:
    """Return a triple in words."""
    known = names(reader, [term.value for term in _terms(triple) if isinstance(term, NamedNode)])
    return statement(triple, known)


def _rules(proof: Proof) -> Iterator[Rule]:
    for derivation in proof.derivations:
        if not derivation.rule.axioms:
            yield derivation.rule
        for premise in derivation.premises:
            yield from _rules(premise)


def _terms(triple: Triple) -> tuple[object, object, object]:
    return triple.subject, triple.predicate, triple.object


def _iris(proof: Proof) -> Iterator[str]:
    yield from (term.value for term in _terms(proof.triple) if isinstance(term, NamedNode))
    yield from (item.document for item in proof.evidence if item.document)
    for derivation in proof.derivations:
        for premise in derivation.premises:
            yield from _iris(premise)


def statement(triple: Triple, known: Mapping[str, str]) -> Statement:
    """Return a triple in words, with the names that are known."""
    subject, predicate, other = (_word(term, known) for term in _terms(triple))
    return subject, replace(predicate, text="is a") if predicate.iri == RDF_TYPE else predicate, other


def _word(term: object, known: Mapping[str, str]) -> Word:
    if isinstance(term, NamedNode):
        return Word(known.get(term.value) or short(term.value), term.value)
    return Word(term.value if isinstance(term, Literal) else str(term))


def _step(proofs: Sequence[Proof], known: Mapping[str, str]) -> Step:
    """Return the step of proofs that one rule made from the same premises."""
    proof = proofs[0]
    statements = tuple(statement(each.triple, known) for each in proofs)
    if not proof.derivations:
        return _leaf(proofs, statements, known)
    derivation = proof.derivations[0]
    rule = derivation.rule
    return Step(
        "derived",
        statements[0][0],
        statements,
        None if rule.axioms else Word(rule.label, rule.iri.value),
        rule.id,
        rule.definition,
        "; ".join(rule.axioms),
        tuple(shorten(absent) for absent in derivation.absent),
        steps=tuple(_step(group, known) for group in _groups(derivation)),
    )


def _groups(derivation: Derivation) -> list[list[Proof]]:
    """Put premises together: stated ones by what they speak of, derived ones by rule and what they rest on."""
    groups: dict[object, list[Proof]] = {}
    for premise in derivation.premises:
        groups.setdefault(_key(premise), []).append(premise)
    return sorted(groups.values(), key=lambda group: _weight(group[0]))


def _key(premise: Proof) -> object:
    if premise.derivations:
        rests = frozenset(str(leaf.triple.subject) for leaf in premise.leaves())
        return premise.derivations[0].rule.id, rests
    return str(premise.triple.subject)


def _weight(proof: Proof) -> int:
    """Steps come first, then what texts say, then reference data."""
    return 0 if proof.derivations else 1 if any(item.document for item in proof.evidence) else 2


def _leaf(proofs: Sequence[Proof], statements: tuple[Statement, ...], known: Mapping[str, str]) -> Step:
    evidence = dict.fromkeys(item for proof in proofs for item in proof.evidence)
    kind = "stated" if any(item.document for item in evidence) else "reference"
    return Step(kind, statements[0][0], statements, quotes=tuple(_quote(item, known) for item in evidence))


def _quote(item: Evidence, known: Mapping[str, str]) -> Quote:
    if not item.document:
        return Quote(item.source)
    name = item.document.rpartition("/")[2]
    located = item.start is not None and item.end is not None
    span = text_span(name, item.start or 0, item.end or 0) if located else item.document
    place = f"{item.start}–{item.end}" if located else ""
    return Quote(item.exact or "", item.document, known.get(item.document, name), span, place)


def _numbered(step: Step, numbers: Iterator[int], seen: dict[object, int]) -> Step:
    """Number the steps, and say only once what several rest on."""
    number, key = next(numbers), (step.rule_id, tuple(_leaves(step)))
    if step.kind == "derived" and key in seen:
        return replace(step, number=number, as_in=seen[key], steps=(), absent=())
    seen[key] = number
    return replace(step, number=number, steps=tuple(_numbered(each, numbers, seen) for each in step.steps))


def _leaves(step: Step) -> Iterator[str]:
    if not step.steps:
        yield step.subject.iri
    for each in step.steps:
        yield from _leaves(each)
