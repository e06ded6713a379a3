"""What the words that stand on a word itself say of whether it happened: negation, modals, adverbs, adjectives."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from diplograph.claims import syntax
from diplograph.model import Modality, Polarity, Stance
from diplograph.trees import Token

_INVERTED = {"had", "should", "were"}
_ARGUMENTS = syntax.SUBJECTS | syntax.PASSIVE_SUBJECTS | syntax.OBJECTS | {"attr", "dative"}


@dataclass(frozen=True)
class Factuality:
    """How a trigger's event is presented. `source` is the verb of saying on whose word it stands."""

    polarity: Polarity = Polarity.AFFIRMED
    modality: Modality = Modality.ACTUAL
    stance: Stance = Stance.PLAIN
    source: Token | None = None


def own_words(
    node: Token, verdict: Factuality, words: Mapping[str, Any], *, planned: bool, via: Token | None = None
) -> Factuality:
    """Apply the negation, modals, adverbs, determiners and adjectives that stand on a node itself."""
    if _is_inverted(node):
        verdict = with_modality(verdict, Modality.POSSIBLE)
    for child in node.children:
        if child == via:
            continue
        verdict = _marker(node, child, verdict, words, planned=planned)
    if (
        node.dep == "conj"
        and syntax.is_verb(node)
        and node.tag in {"VB", "VBN"}
        and not syntax.children(node, *syntax.SUBJECTS)
    ):
        for child in node.head.children:
            if child.dep == "aux" and not syntax.children(node, "aux", "auxpass") and child.i < node.i:
                verdict = _marker(node, child, verdict, words, planned=planned)
            if child.dep == "neg" and is_alternative(node):
                verdict = turned(verdict)
    return verdict


def is_alternative(verb: Token) -> bool:
    """Tell whether "or" or "nor" joins a verb to the one before it."""
    return any(c.lower in {"or", "nor"} for c in verb.head.children if c.dep == "cc")


def _marker(
    node: Token, child: Token, verdict: Factuality, words: Mapping[str, Any], *, planned: bool
) -> Factuality:
    word = child.lower
    if child.dep == "neg" or (child.dep in {"advmod", "preconj"} and word in words["negation"]["adverbs"]):
        return turned(verdict)
    if child.dep == "det" and word in words["negation"]["determiners"]:
        return turned(verdict)
    if child.dep in _ARGUMENTS and syntax.is_verb(node) and is_negative(child, words):
        return turned(verdict)
    if child.dep == "agent" and any(is_negative(noun, words) for noun in syntax.children(child, "pobj")):
        return turned(verdict)
    if child.dep == "aux":
        return _modal(node, child, verdict, words, planned=planned)
    if child.dep in {"mark", "advmod"} and word == "once" and node.dep == "advcl" and _is_unfinished(node):
        return with_modality(verdict, Modality.INTENDED)
    if child.dep == "mark" and word in words["possible"]["marks"]:
        return with_modality(verdict, Modality.POSSIBLE)
    if child.dep == "advmod":
        return _adverb(word, verdict, words)
    if child.dep == "amod" and syntax.is_noun(node):
        return adjective(word, verdict, words)
    return verdict


def is_negative(noun: Token, words: Mapping[str, Any]) -> bool:
    """Tell whether a subject or object denies its clause: nobody came, not a line was signed, they sold none of the arms."""
    if noun.lower in words["negation"]["nominals"]:
        return True
    return any(
        (c.dep == "det" and c.lower in {"no", "neither"}) or (c.dep == "neg" and c.lower == "not")
        for c in noun.children
    )


def _modal(
    node: Token, aux: Token, verdict: Factuality, words: Mapping[str, Any], *, planned: bool
) -> Factuality:
    word = aux.lower
    if word in words["predicted"]["modals"]:
        return with_modality(verdict, Modality.INTENDED if planned else Modality.PREDICTED)
    if word == "would" and _under_report(node, words):
        return with_modality(verdict, Modality.INTENDED if planned else Modality.PREDICTED)
    if word in {"must", "need"} or (word == "to" and _is_to(node)):
        return with_modality(verdict, Modality.INTENDED)
    return with_modality(verdict, Modality.POSSIBLE) if word in words["possible"]["modals"] else verdict


def _is_unfinished(verb: Token) -> bool:
    """Tell whether a clause after "once" is still to come: "once approved", "once they agree", not "once they had agreed"."""
    finite = [verb, *syntax.children(verb, "aux", "auxpass")]
    return not any(token.tag == "VBD" for token in finite)


def _is_to(verb: Token) -> bool:
    """Tell whether a verb stands in "is to exchange missions": arranged for the future."""
    first = verb
    while first.dep == "conj" and syntax.is_verb(first.head):
        first = first.head
    governor = first.head
    return first.dep == "xcomp" and governor.lemma == "be" and not syntax.children(governor, "acomp", "attr")


def _under_report(verb: Token, words: Mapping[str, Any]) -> bool:
    governors = [g.lemma for c, g in syntax.path_up(verb) if c.dep in {"ccomp", "conj", "parataxis"}]
    later = [c.lemma for c in verb.children if c.dep in {"parataxis", "ccomp"}]
    return any(lemma in words["reporting"]["verbs"] for lemma in (*governors, *later))


def _adverb(word: str, verdict: Factuality, words: Mapping[str, Any]) -> Factuality:
    if word in words["possible"]["adverbs"]:
        return with_modality(verdict, Modality.POSSIBLE)
    if word in words["hedges"]["adverbs"] and verdict.stance is Stance.PLAIN:
        return replace(verdict, stance=Stance.HEDGED)
    if word in words["opinion"]["adverbs"] and verdict.stance is Stance.PLAIN:
        return replace(verdict, stance=Stance.OPINION)
    return verdict


def adjective(word: str, verdict: Factuality, words: Mapping[str, Any]) -> Factuality:
    """Apply an adjective: likely, planned, possible."""
    for name, modality in (
        ("predicted", Modality.PREDICTED),
        ("intended", Modality.INTENDED),
        ("possible", Modality.POSSIBLE),
    ):
        if word in words[name]["adjectives"]:
            return with_modality(verdict, modality)
    return verdict


def _is_inverted(verb: Token) -> bool:
    """Tell whether a clause is a condition by its order alone: "had Britain invaded", "should Turkey take"."""
    first = next(iter(verb.children), None)
    return (
        verb.dep == "advcl"
        and first is not None
        and first.dep == "aux"
        and first.i < verb.i
        and first.lower in _INVERTED
        and any(c.dep in syntax.SUBJECTS | syntax.PASSIVE_SUBJECTS and c.i > first.i for c in verb.children)
    )


def turned(verdict: Factuality) -> Factuality:
    """Return a verdict with the opposite polarity."""
    opposite = Polarity.AFFIRMED if verdict.polarity is Polarity.DENIED else Polarity.DENIED
    return replace(verdict, polarity=opposite)


def with_modality(verdict: Factuality, modality: Modality) -> Factuality:
    """Return a verdict with a modality, unless a word nearer to the event has set another."""
    return replace(verdict, modality=modality) if verdict.modality is Modality.ACTUAL else verdict
