"""Proofs to read: as indented text, as JSON, as PROV in Turtle, as a Mermaid diagram."""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from diplograph.inference.evidence import Evidence
from diplograph.inference.proof import Derivation, Proof
from diplograph.vocabulary import BASE, PREFIXES, compact, prefix_header

_IRI = re.compile(r"<(https?://[^<>\s]*)>")
FORMATS = ("text", "json", "ttl", "mermaid")


def render_proof(proof: Proof, form: str = "text") -> str:
    """Return `proof` in one of FORMATS; raises `ValueError` for another."""
    if form == "text":
        return "\n".join(_text(proof, 0)) + "\n"
    if form == "json":
        return json.dumps(as_data(proof), ensure_ascii=False, indent=2) + "\n"
    if form == "ttl":
        return _turtle(proof)
    if form == "mermaid":
        return _mermaid(proof)
    raise ValueError(f"a proof is shown as {', '.join(FORMATS)}, not as {form!r}")


def words(triple: Triple) -> str:
    """Return a triple in CURIEs."""
    return f"{_term(triple.subject)} {_term(triple.predicate)} {_term(triple.object)}"


def _term(term: object) -> str:
    if isinstance(term, NamedNode):
        return "a" if term.value == PREFIXES["rdf"] + "type" else compact(term.value).replace(BASE, "")
    if isinstance(term, Literal):
        return json.dumps(term.value, ensure_ascii=False)
    return str(term)


def shorten(sparql: str) -> str:
    """Return a piece of SPARQL with its IRIs as CURIEs."""
    return _IRI.sub(lambda match: compact(match.group(1)), sparql)


def quotation(item: Evidence) -> str:
    """Return one piece of evidence in a line: the words, the document and where they stand in it."""
    if item.source:
        return f"reference data, from {item.source}"
    place = (
        f"{compact(item.document)} {item.start}-{item.end}"
        if item.start is not None
        else compact(item.document)
    )
    return f"“{item.exact}” ({place})" if item.exact else f"({place})"


def _text(proof: Proof, level: int) -> Iterator[str]:
    indent = "    " * level
    yield f"{indent}{words(proof.triple)}{'' if proof.derivations else '   (asserted)'}"
    for item in proof.evidence:
        yield f"{indent}  {quotation(item)}"
    for number, derivation in enumerate(proof.derivations):
        rule = derivation.rule
        yield f"{indent}  {'or ' if number else ''}by {rule.id}: {rule.label}"
        for absent in derivation.absent:
            yield f"{indent}    nothing found: {shorten(absent)}"
        for premise in derivation.premises:
            yield from _text(premise, level + 1)


def as_data(proof: Proof) -> dict[str, Any]:
    """Return `proof` as plain dictionaries and lists, ready for JSON."""
    found: dict[str, Any] = {
        "triple": [_plain(term) for term in _terms(proof.triple)],
        "asserted": proof.asserted,
    }
    if proof.evidence:
        found["evidence"] = [_evidence(item) for item in proof.evidence]
    if proof.derivations:
        found["derivations"] = [_derivation(derivation) for derivation in proof.derivations]
    return found


def _terms(triple: Triple) -> tuple[object, object, object]:
    return triple.subject, triple.predicate, triple.object


def _plain(term: object) -> str:
    return term.value if isinstance(term, (NamedNode, Literal)) else str(term)


def _evidence(item: Evidence) -> dict[str, Any]:
    pairs = {
        "claim": item.claim, "document": item.document, "start": item.start, "end": item.end,
        "exact": item.exact, "source": item.source,
    }  # fmt: skip
    return {name: value for name, value in pairs.items() if value not in (None, "")}


def _derivation(derivation: Derivation) -> dict[str, Any]:
    rule = derivation.rule
    return {
        "rule": rule.id,
        "iri": rule.iri.value,
        "label": rule.label,
        "definition": rule.definition,
        "absent": list(derivation.absent),
        "tests": list(derivation.tests),
        "premises": [as_data(premise) for premise in derivation.premises],
    }


def _distinct(proof: Proof) -> dict[Triple, Proof]:
    """Return every triple of the proof with its proof, in the order of reading."""
    found = {proof.triple: proof}
    for derivation in proof.derivations:
        for premise in derivation.premises:
            for triple, inner in _distinct(premise).items():
                found.setdefault(triple, inner)
    return found


def _step(triple: Triple) -> str:
    return hashlib.sha256(str(triple).encode()).hexdigest()[:12]


def _turtle(proof: Proof) -> str:
    lines = [prefix_header(syntax="turtle")]
    for triple, inner in _distinct(proof).items():
        lines.append("\n".join(_statement(triple, inner)))
    return "\n\n".join(lines) + "\n"


def _statement(triple: Triple, proof: Proof) -> Iterator[str]:
    node = f"<{BASE}id/proof-step/{_step(triple)}>"
    yield f"{node} a rdf:Statement, prov:Entity ;"
    for role, term in zip(("subject", "predicate", "object"), _terms(triple), strict=True):
        yield f"    rdf:{role} {term} ;"
    for derivation in proof.derivations:
        for premise in derivation.premises:
            yield f"    prov:wasDerivedFrom <{BASE}id/proof-step/{_step(premise.triple)}> ;"
        yield f"    dg:byRule {derivation.rule.iri} ;"
    for item in proof.evidence:
        yield f"    prov:hadPrimarySource {_source(item)} ;"
    yield f"    rdfs:label {Literal(words(triple))} ."


def _source(item: Evidence) -> str:
    if item.source or item.start is None:
        return str(Literal(item.source)) if item.source else f"<{item.document}>"
    return f"<{item.document}#char={item.start},{item.end}>"


def _mermaid(proof: Proof) -> str:
    lines = ["flowchart BT"]
    for triple, inner in _distinct(proof).items():
        node = f"t{_step(triple)}"
        shape = '["{}"]' if inner.derivations else '(["{}"])'
        lines.append(f"    {node}{shape.format(_escape(words(triple)))}")
        for number, derivation in enumerate(inner.derivations):
            step = f"{node}r{number}"
            lines.append(
                f'    {step}{{{{"{_escape(derivation.rule.id + ": " + derivation.rule.label)}"}}}} --> {node}'
            )
            lines += [f"    t{_step(premise.triple)} --> {step}" for premise in derivation.premises]
        for number, item in enumerate(inner.evidence):
            lines.append(f'    {node}e{number}>"{_escape(quotation(item))}"] -.-> {node}')
    return "\n".join(lines) + "\n"


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "#quot;").replace("<", "&lt;").replace(">", "&gt;")
