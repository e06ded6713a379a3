"""What the words that stand on a word itself say of whether it happened: negation, modals, adverbs, adjectives."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from spacy.tokens import Token

from diplograph.claims import syntax
from diplograph.model import Modality, Polarity, Stance

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
    for child in syntax.dependents(node):
        if child == via:
            continue
        verdict = _marker(node, child, verdict, words, planned=planned)
    if (
        node.dep_ == "conj"
        and syntax.is_verb(node)
        and node.tag_ in {"VB", "VBN"}
        and not syntax.children(node, *syntax.SUBJECTS)
    ):
        for child in syntax.dependents(node.head):
            if child.dep_ == "aux" and not syntax.children(node, "aux", "auxpass") and child.i < node.i:
                verdict = _marker(node, child, verdict, words, planned=planned)
            if child.dep_ == "neg" and is_alternative(node):
                verdict = turned(verdict)
    return verdict


def is_alternative(verb: Token) -> bool:
    """Tell whether "or" or "nor" joins a verb to the one before it."""
    return any(c.lower_ in {"or", "nor"} for c in syntax.dependents(verb.head) if c.dep_ == "cc")


def _marker(
    node: Token, child: Token, verdict: Factuality, words: Mapping[str, Any], *, planned: bool
) -> Factuality:
    word = child.lower_
    if child.dep_ == "neg" or (child.dep_ in {"advmod", "preconj"} and word in words["negation"]["adverbs"]):
        return turned(verdict)
    if child.dep_ == "det" and word in words["negation"]["determiners"]:
        return turned(verdict)
    if child.dep_ in _ARGUMENTS and syntax.is_verb(node) and _is_negative(child, words):
        return turned(verdict)
    if child.dep_ == "agent" and any(_is_negative(noun, words) for noun in syntax.children(child, "pobj")):
        return turned(verdict)
    if child.dep_ == "aux":
        return _modal(node, child, verdict, words, planned=planned)
    if child.dep_ in {"mark", "advmod"} and word == "once" and node.dep_ == "advcl" and _is_unfinished(node):
        return with_modality(verdict, Modality.INTENDED)
    if child.dep_ == "mark" and word in words["possible"]["marks"]:
        return with_modality(verdict, Modality.POSSIBLE)
    if child.dep_ == "advmod":
        return _adverb(word, verdict, words)
    if child.dep_ == "amod" and syntax.is_noun(node):
        return adjective(word, verdict, words)
    return verdict


def _is_negative(noun: Token, words: Mapping[str, Any]) -> bool:
    """Tell whether a subject or object denies its clause: nobody came, they sent no troops, sold none of the arms."""
    if noun.lower_ in words["negation"]["nominals"]:
        return True
    return any(c.dep_ == "det" and c.lower_ in {"no", "neither"} for c in syntax.dependents(noun))


def _modal(
    node: Token, aux: Token, verdict: Factuality, words: Mapping[str, Any], *, planned: bool
) -> Factuality:
    word = aux.lower_
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
    return not any(token.tag_ == "VBD" for token in finite)


def _is_to(verb: Token) -> bool:
    """Tell whether a verb stands in "is to exchange missions": arranged for the future."""
    first = verb
    while first.dep_ == "conj" and syntax.is_verb(first.head):
        first = first.head
    governor = first.head
    return (
        first.dep_ == "xcomp" and governor.lemma_ == "be" and not syntax.children(governor, "acomp", "attr")
    )


def _under_report(verb: Token, words: Mapping[str, Any]) -> bool:
    governors = [
        g.lemma_.lower() for c, g in syntax.path_up(verb) if c.dep_ in {"ccomp", "conj", "parataxis"}
    ]
    later = [c.lemma_.lower() for c in syntax.dependents(verb) if c.dep_ in {"parataxis", "ccomp"}]
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
    first = next(iter(syntax.dependents(verb)), None)
    return (
        verb.dep_ == "advcl"
        and first is not None
        and first.dep_ == "aux"
        and first.i < verb.i
        and first.lower_ in _INVERTED
        and any(
            c.dep_ in syntax.SUBJECTS | syntax.PASSIVE_SUBJECTS and c.i > first.i
            for c in syntax.dependents(verb)
        )
    )


def turned(verdict: Factuality) -> Factuality:
    """Return a verdict with the opposite polarity."""
    opposite = Polarity.AFFIRMED if verdict.polarity is Polarity.DENIED else Polarity.DENIED
    return replace(verdict, polarity=opposite)


def with_modality(verdict: Factuality, modality: Modality) -> Factuality:
    """Return a verdict with a modality, unless a word nearer to the event has set another."""
    return replace(verdict, modality=modality) if verdict.modality is Modality.ACTUAL else verdict
