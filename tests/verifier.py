"""An independent check of proofs: every step follows from its premises alone, and every leaf is asserted."""

from collections.abc import Collection

from pyoxigraph import NamedNode, Quad, Store, Triple

from diplograph.inference.proof import Derivation, Proof


class ProofError(AssertionError):
    """A proof that proves nothing, and where it fails."""


def verify(proof: Proof, store: Store, asserted: Collection[NamedNode], known: dict[Triple, Proof]) -> None:
    """Check `proof` against the graphs `asserted` of `store`; `known` keeps what was checked before."""
    _verify(proof, store, asserted, known, ())


def _verify(
    proof: Proof,
    store: Store,
    asserted: Collection[NamedNode],
    known: dict[Triple, Proof],
    above: tuple[Triple, ...],
) -> None:
    if proof.triple in above:
        raise ProofError(f"{proof.triple} rests on itself")
    if known.get(proof.triple) == proof:
        return
    if not proof.derivations and not any(_quad(proof.triple, graph) in store for graph in asserted):
        raise ProofError(f"{proof.triple} is neither asserted nor derived")
    for derivation in proof.derivations:
        if proof.triple not in _consequences(derivation):
            raise ProofError(f"{proof.triple} does not follow by {derivation.rule.id}")
        for premise in derivation.premises:
            _verify(premise, store, asserted, known, (*above, proof.triple))
    known[proof.triple] = proof


def _consequences(derivation: Derivation) -> set[Triple]:
    alone = Store()
    alone.extend(Quad(p.triple.subject, p.triple.predicate, p.triple.object) for p in derivation.premises)
    return set(alone.query(derivation.rule.text))


def _quad(triple: Triple, graph: NamedNode) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object, graph)
