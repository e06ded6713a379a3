"""Does a word tell an event of a kind? Features of a word in its sentence, and of the word with the kind."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from spacy.tokens import Token

from diplograph.claims import frames, syntax
from diplograph.claims.weighing.classifier import Conjoined
from diplograph.claims.weighing.proposals import Proposals, key_of
from diplograph.model import Actor

_KEPT = {"neg", "aux", "auxpass", "mark", "prt"}


@dataclass(frozen=True)
class Candidate:
    """A kind that a token may tell, with the features that depend on the kind; `status` is what speaks for it."""

    kind: str
    status: str
    features: tuple[str, ...]


def candidate(token: Token, kind: str, statuses: Mapping[str, str], proposals: Proposals) -> Candidate:
    """Return a kind that a token may tell with what speaks for it; `statuses` are those of all kinds it may tell."""
    status = statuses[kind]
    rivals = "+".join(sorted({s[:5] for k, s in statuses.items() if k != kind})) or "alone"
    found = [f"s={status}|", f"s={status}/{rivals}|", f"k={kind}|", f"s={status}/k={kind}|"]
    claim = next((t.claim for t in proposals.told.get(token.i, ()) if t.claim.kind == kind), None)
    if claim is not None:
        found.append(f"claim/inferred={len(claim.inferred)}/{len(claim.roles)}|")
        found.append(f"claim/inferred={','.join(sorted(claim.inferred))}/{kind}|")
        if _same_before(kind, proposals):
            found.append("claim/again|")
    return Candidate(kind, status[:5], tuple(found))


def features(each: Candidate, words: Sequence[str]) -> list[str]:
    """Return all features of a kind that a token may tell; `words` are those of the token alone."""
    return [
        *each.features,
        *(f"{word}|{each.kind}" for word in words),
        *(f"{word}|{each.status}" for word in words),
    ]


def score(each: Candidate, words: Sequence[str], weights: Conjoined) -> int:
    """Return what a classifier of `features` gives, without joining words and kinds."""
    alone = [feature[:-1] for feature in each.features]
    return (
        weights.bias
        + weights.score(alone, "")
        + weights.score(words, each.kind)
        + weights.score(words, each.status)
    )


def _same_before(kind: str, proposals: Proposals) -> bool:
    return any(claim.kind == kind for claim in proposals.scene.discourse.claims[-6:])


def words(token: Token, proposals: Proposals) -> tuple[str, ...]:
    """Return the features of a token alone: itself, its dependents, its governor, its neighbors, who is around."""
    return tuple(dict.fromkeys(_words(token, proposals)))


def _words(token: Token, proposals: Proposals) -> Iterator[str]:
    part, lemma = frames.part_of_speech(token) or "other", token.lemma_.lower()
    yield f"w={lemma}/{part}"
    yield f"p={part}/{token.tag_}"
    yield f"d={part}/{token.dep_}"
    if token.i in proposals.scene.names:
        yield f"name={proposals.scene.names[token.i].kind}"
    yield from _dependents(token, part)
    yield from _governor(token, part)
    yield from _arguments(token, part, proposals)
    document, start, end = token.doc, token.sent.start, token.sent.end
    yield f"-1={document[token.i - 1].lower_}" if token.i > start else "-1=^"
    yield f"+1={document[token.i + 1].lower_}" if token.i + 1 < end else "+1=$"
    yield f"n={min(len({key_of(n.actor) for n in proposals.named}), 4)}/{part}"
    sentence = proposals.sentence
    if any(sentence.start <= t.start < sentence.end for t in proposals.scene.times):
        yield f"time/{part}"


def _dependents(token: Token, part: str) -> Iterator[str]:
    determined = False
    for child in token.children:
        if child.dep_ in {"dobj", "obj", "attr", "nsubjpass", "oprd"}:
            yield f"o={child.lemma_.lower()}"
        elif child.dep_ in {"amod", "compound", "nmod"}:
            yield f"m={child.lemma_.lower()}" if child.pos_ != "PROPN" else "m=NAME"
        elif child.dep_ in {"prep", "agent", "dative"}:
            yield f"c={child.lower_}"
            for governed in child.children:
                if governed.dep_ == "pobj" and governed.pos_ == "NOUN":
                    yield f"c={child.lower_}+{governed.lemma_.lower()}"
        elif child.dep_ in _KEPT:
            yield f"{child.dep_}={child.lower_}"
        elif child.dep_ in {"det", "poss"}:
            determined = True
            yield f"{child.dep_}={child.lower_ if child.dep_ == 'det' else 'y'}/{part}"
        elif child.dep_ in {"xcomp", "ccomp"}:
            yield f"{child.dep_}={child.lemma_.lower()}"
        elif child.dep_ == "nsubj":
            yield f"sb={child.lemma_.lower()}" if child.pos_ == "NOUN" else f"sb={child.pos_}"
    if not determined:
        yield f"bare/{part}"


def _governor(token: Token, part: str) -> Iterator[str]:
    head = token.head
    if head == token:
        yield f"g=ROOT/{part}"
        return
    yield f"g={head.lemma_.lower()}/{token.dep_}"
    yield f"gp={head.pos_}/{token.dep_}"
    if token.dep_ == "pobj" and head.head != head:
        yield f"gg={head.head.lemma_.lower()}/{head.lower_}"


def _arguments(token: Token, part: str, proposals: Proposals) -> Iterator[str]:
    known: set[str] = set()
    for function, tokens in proposals.arguments(token).items():
        for each in tokens:
            found = [a for a in proposals.resolved(each) if isinstance(a, Actor)]
            for actor in found[:1]:
                known.update(filter(None, (key_of(actor),)))
                yield f"a={function}/{actor.kind}"
            if not found and each.pos_ in {"NOUN", "PROPN"}:
                yield f"a={function}/{each.pos_}"
                if each.pos_ == "NOUN" and function in {"subject", "object"}:
                    yield f"a={function}/{each.lemma_.lower()}"
    yield f"ka={min(len(known), 3)}/{part}"
    if syntax.is_verb(token) and syntax.is_passive(token):
        yield "passive"
