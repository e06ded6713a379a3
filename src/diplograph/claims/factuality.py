"""Does the text say that it happened? Polarity, modality, stance and claimant of a trigger.

The walk goes from the trigger up the dependency tree. Each governor acts on what it governs as a complement:
implicatives turn polarity, modals, plans and predictions set the modality, reporting verbs name a claimant,
factives end the walk, for what they take for granted stays so whatever is said of them. What stands in the
subject, or in an adjunct, is out of the reach of a negation: "the invasion did not bode well" denies no invasion.
After Karttunen (1971), "Implicative verbs", Language 47, and Sauri and Pustejovsky (2012), "Are you sure that this
event happened?", Computational Linguistics 38.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from spacy.tokens import Token

from diplograph.claims import syntax
from diplograph.model import Modality, Polarity, Stance

_COMPLEMENTS = {
    "xcomp",
    "ccomp",
    "dobj",
    "obj",
    "acl",
    "pcomp",
    "oprd",
    "attr",
    "acomp",
    "pobj",
    "relcl",
    "dative",
}
_INVERTED = {"had", "should", "were"}
_INFINITIVES = {"xcomp", "acl"}
_REACHED = {*_COMPLEMENTS, "prep", "conj", *syntax.PASSIVE_SUBJECTS, *syntax.SUBJECTS}
_ARGUMENTS = syntax.SUBJECTS | syntax.PASSIVE_SUBJECTS | syntax.OBJECTS | {"attr", "dative"}


@dataclass(frozen=True)
class Factuality:
    """How a trigger's event is presented. `source` is the verb of saying on whose word it stands."""

    polarity: Polarity = Polarity.AFFIRMED
    modality: Modality = Modality.ACTUAL
    stance: Stance = Stance.PLAIN
    source: Token | None = None


@dataclass(frozen=True)
class _Step:
    """One step up: from `child` to `governor`, the relation being that of the first of coordinated children."""

    child: Token
    governor: Token
    relation: str


def judge(
    trigger: Token, words: Mapping[str, Any], *, performative: bool = False, planned: bool = True
) -> Factuality:
    """Return the factuality of a trigger; `performative` events are done by deciding them, `planned` ones announced by "will"."""
    verdict = _own_words(trigger, Factuality(), words, planned=planned)
    presupposed = False
    for step in _steps(trigger):
        if presupposed:
            verdict = _reported(step, verdict, words)
            continue
        if _ends_scope(step, trigger, words):
            presupposed = True
            verdict = _conditional(step, verdict, words)
            if syntax.is_noun(trigger) and verdict.stance is Stance.PLAIN:
                verdict = replace(verdict, stance=Stance.PRESUPPOSED)
            continue
        verdict = _governed(step, verdict, words, performative=performative, planned=planned)
        shares_words = step.relation != "conj" and not _contrasted(
            step.child
        )  # coordinated verbs share by _own_words
        if shares_words and (syntax.is_verb(step.governor) or step.relation == "pobj"):
            verdict = _own_words(step.governor, verdict, words, planned=planned, via=step.child)
    return _question(trigger, _turned(verdict) if _follows_nor(trigger) else verdict)


def _follows_nor(trigger: Token) -> bool:
    """Tell whether "nor" opens the clause: "nor did the Soviet Union"; one that the parser attached is a negation already."""
    if not syntax.is_verb(trigger) or any(
        c.lower_ in {"nor", "not", "never"} for c in syntax.dependents(trigger)
    ):
        return False
    first = trigger.left_edge.i
    return first > trigger.sent.start and trigger.doc[first - 1].lower_ == "nor" and not _alternative(trigger)


def _steps(trigger: Token) -> list[_Step]:
    steps = []
    for child, governor in syntax.path_up(trigger):
        relation = syntax.first_conjunct(child).dep_ if child.dep_ == "conj" else child.dep_
        if child.dep_ == "conj" and syntax.is_verb(child) and syntax.is_verb(governor):
            relation = "conj"
        steps.append(_Step(child, governor, relation))
    return steps


def _contrasted(child: Token) -> bool:
    """Tell whether what follows "but" is out of reach of the negation before it: "not an event but the culmination"."""
    return child.dep_ == "conj" and any(
        c.dep_ == "cc" and c.lower_ == "but" for c in syntax.dependents(child.head)
    )


def _ends_scope(step: _Step, trigger: Token, words: Mapping[str, Any]) -> bool:
    """Tell whether what stands above the step no longer bears on whether the event happened."""
    governor, lemma = step.governor, step.governor.lemma_.lower()
    if _phrase(governor, words):
        return False
    if step.relation in syntax.SUBJECTS:
        return not (lemma in words["transparent"]["existence"] or _predicative(governor, words))
    if step.relation in syntax.PASSIVE_SUBJECTS:
        return lemma in words["factive"]["verbs"] or not _bears(lemma, words)
    if step.relation == "agent":
        return lemma not in words["transparent"]["existence"]
    if step.relation == "relcl":
        return not _is_infinitive(syntax.first_conjunct(step.child))
    if step.relation in {"advcl", "poss", "appos", "npadvmod"}:
        return True
    if step.relation == "prep" and step.child.lower_ == "against":
        return lemma not in words["fails"]["against"]
    if step.relation == "prep" and syntax.is_verb(governor):
        return not (
            step.child.lower_ in {"from", "to", "on", "for", "of", "in", "against", "into"}
            and _bears(lemma, words)
        )
    if step.relation in {"dobj", "obj"} and lemma in words["factive"]["verbs"] and syntax.is_noun(step.child):
        return True
    return (
        step.relation in {"dobj", "obj"}
        and _definite(step.child)
        and step.child == trigger
        and not _bears(lemma, words)
    )


def _phrase(governor: Token, words: Mapping[str, Any]) -> bool:
    """Tell whether a verb and its particle say that something did not come about: call off, fall through, yet to."""
    said = (c.lower_ for c in syntax.dependents(governor) if c.dep_ in {"prt", "advmod", "acomp"})
    return any(f"{governor.lemma_.lower()} {word}" in words["fails"]["phrases"] for word in said)


def _bears(lemma: str, words: Mapping[str, Any]) -> bool:
    """Tell whether a verb says anything of whether its argument takes place."""
    lists = (
        words["fails"]["verbs"],
        words["possible"]["verbs"],
        words["intended"]["verbs"],
        words["predicted"]["verbs"],
    )
    return lemma in words["transparent"]["light"] or any(lemma in each for each in lists)


def _predicative(governor: Token, words: Mapping[str, Any]) -> bool:
    """Tell whether a verb says of its subject that it is likely, possible, unlikely..."""
    said = [child.lower_ for child in syntax.dependents(governor) if child.dep_ in {"acomp", "attr", "oprd"}]
    lists = (
        words["possible"]["adjectives"],
        words["predicted"]["adjectives"],
        words["intended"]["adjectives"],
        words["fails"]["adjectives"],
    )
    return any(word in each for word in said for each in lists)


def _definite(noun: Token) -> bool:
    return any(
        (c.dep_ in {"det", "poss"} and c.lower_ in {"the", "this", "that", "these", "those"})
        or c.dep_ == "poss"
        for c in syntax.dependents(noun)
    )


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


def _own_words(
    node: Token, verdict: Factuality, words: Mapping[str, Any], *, planned: bool, via: Token | None = None
) -> Factuality:
    """Apply the negation, modals, adverbs, determiners and adjectives that stand on a node itself."""
    if _is_inverted(node):
        verdict = _set(verdict, Modality.POSSIBLE)
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
            if child.dep_ == "neg" and _alternative(node):
                verdict = _turned(verdict)
    return verdict


def _alternative(verb: Token) -> bool:
    return any(c.lower_ in {"or", "nor"} for c in syntax.dependents(verb.head) if c.dep_ == "cc")


def _marker(
    node: Token, child: Token, verdict: Factuality, words: Mapping[str, Any], *, planned: bool
) -> Factuality:
    word = child.lower_
    if child.dep_ == "neg" or (child.dep_ in {"advmod", "preconj"} and word in words["negation"]["adverbs"]):
        return _turned(verdict)
    if child.dep_ == "det" and word in words["negation"]["determiners"]:
        return _turned(verdict)
    if child.dep_ in _ARGUMENTS and syntax.is_verb(node) and _is_negative(child, words):
        return _turned(verdict)
    if child.dep_ == "aux":
        return _modal(node, child, verdict, words, planned=planned)
    if child.dep_ in {"mark", "advmod"} and word == "once" and node.dep_ == "advcl" and _is_unfinished(node):
        return _set(verdict, Modality.INTENDED)
    if child.dep_ == "mark" and word in words["possible"]["marks"]:
        return _set(verdict, Modality.POSSIBLE)
    if child.dep_ == "advmod":
        return _adverb(word, verdict, words)
    if child.dep_ == "amod" and syntax.is_noun(node):
        return _adjective(word, verdict, words)
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
        return _set(verdict, Modality.INTENDED if planned else Modality.PREDICTED)
    if word == "would" and _under_report(node, words):
        return _set(verdict, Modality.INTENDED if planned else Modality.PREDICTED)
    if word in {"must", "need"} or (word == "to" and _is_to(node)):
        return _set(verdict, Modality.INTENDED)
    return _set(verdict, Modality.POSSIBLE) if word in words["possible"]["modals"] else verdict


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
        return _set(verdict, Modality.POSSIBLE)
    if word in words["hedges"]["adverbs"] and verdict.stance is Stance.PLAIN:
        return replace(verdict, stance=Stance.HEDGED)
    if word in words["opinion"]["adverbs"] and verdict.stance is Stance.PLAIN:
        return replace(verdict, stance=Stance.OPINION)
    return verdict


def _adjective(word: str, verdict: Factuality, words: Mapping[str, Any]) -> Factuality:
    for name, modality in (
        ("predicted", Modality.PREDICTED),
        ("intended", Modality.INTENDED),
        ("possible", Modality.POSSIBLE),
    ):
        if word in words[name]["adjectives"]:
            return _set(verdict, modality)
    return verdict


def _governed(
    step: _Step, verdict: Factuality, words: Mapping[str, Any], *, performative: bool, planned: bool
) -> Factuality:
    """Apply what the governor says of its complement."""
    governor, lemma = step.governor, step.governor.lemma_.lower()
    if step.relation == "pobj" and governor.lower_ in words["negation"]["prepositions"]:
        return _turned(verdict)
    if step.relation != "conj" and _phrase(governor, words):
        return _turned(verdict)
    if step.relation == "prep" and step.child.lower_ == "against" and lemma in words["fails"]["against"]:
        return _turned(verdict)
    if step.relation not in _REACHED:
        return verdict
    verdict = _reported(step, verdict, words)
    if step.relation == "conj":
        return verdict
    if step.relation in syntax.SUBJECTS:
        verdict = _said_of_subject(governor, verdict, words)
    if performative and lemma in words["decisions"]["words"]:
        return verdict
    part = "verbs" if syntax.is_verb(governor) else "nouns" if syntax.is_noun(governor) else "adjectives"
    return _by_list(step, part, lemma, verdict, words, planned=planned)


def _said_of_subject(governor: Token, verdict: Factuality, words: Mapping[str, Any]) -> Factuality:
    """Apply what a predicate says of its subject: "a visit remains unlikely"."""
    for child in syntax.dependents(governor):
        if child.dep_ in {"acomp", "attr", "oprd"}:
            verdict = (
                _turned(verdict)
                if child.lower_ in words["fails"]["adjectives"]
                else _adjective(child.lower_, verdict, words)
            )
    return verdict


def _by_list(
    step: _Step, part: str, lemma: str, verdict: Factuality, words: Mapping[str, Any], *, planned: bool
) -> Factuality:
    infinitive = step.relation in _INFINITIVES or (step.relation == "ccomp" and _is_infinitive(step.child))
    if lemma in words["fails"][part]:
        return _turned(verdict) if _takes(step, part) else verdict
    for name, modality in (
        ("predicted", Modality.PREDICTED),
        ("intended", Modality.INTENDED),
        ("possible", Modality.POSSIBLE),
    ):
        table = words[name]
        only = table.get("infinitive_only", ()) if part == "verbs" else table.get("infinitive_nouns", ())
        if modality is Modality.INTENDED and not planned:
            continue
        if lemma in table[part] and _takes(step, part) and (infinitive or lemma not in only):
            return _set(verdict, modality)
    if part == "nouns" and step.relation == "acl" and _is_infinitive(step.child):
        return verdict if lemma in words["decisions"]["words"] else _set(verdict, Modality.POSSIBLE)
    if step.relation in {"relcl", "acl"} and _enables(
        syntax.first_conjunct(step.child), step.governor, words
    ):
        return _set(verdict, Modality.POSSIBLE)
    return verdict


def _takes(step: _Step, part: str) -> bool:
    """Tell whether the child stands where the governor's complement stands."""
    if part == "verbs":
        return step.relation in _COMPLEMENTS | syntax.PASSIVE_SUBJECTS | {"prep"}
    return step.relation in {"prep", "acl", "pcomp", "relcl", "ccomp", "xcomp", *syntax.SUBJECTS}


def _is_infinitive(verb: Token) -> bool:
    return any(child.dep_ == "aux" and child.lower_ == "to" for child in syntax.dependents(verb))


def _enables(verb: Token, noun: Token, words: Mapping[str, Any]) -> bool:
    """Tell whether a clause hangs on "opened the way for ... to": made possible, not said to have happened."""
    pattern = f"{noun.head.lemma_.lower()} > {noun.lemma_.lower()}"
    return pattern in words["possible"]["enabling"] and verb.i > noun.i


def _reported(step: _Step, verdict: Factuality, words: Mapping[str, Any]) -> Factuality:
    governor = step.governor
    if (
        step.relation not in {"ccomp", "parataxis"}
        or governor.lemma_.lower() not in words["reporting"]["verbs"]
    ):
        return verdict
    subject = next(iter(syntax.clause_subjects(governor)), None)
    if subject is None or subject.lower_ in words["reporting"]["impersonal"]:
        return replace(verdict, stance=Stance.HEDGED) if verdict.stance is Stance.PLAIN else verdict
    if subject.lower_ in words["opinion"]["pronouns"]:
        return replace(verdict, stance=Stance.OPINION)
    return replace(verdict, stance=Stance.ATTRIBUTED, source=governor)


def _conditional(step: _Step, verdict: Factuality, words: Mapping[str, Any]) -> Factuality:
    """A clause after "if", or a main clause under one, is possible only."""
    marks = (
        [c.lower_ for c in syntax.dependents(step.child) if c.dep_ == "mark"]
        if step.relation == "advcl"
        else []
    )
    return (
        _set(verdict, Modality.POSSIBLE)
        if any(mark in words["possible"]["marks"] for mark in marks)
        else verdict
    )


def _question(trigger: Token, verdict: Factuality) -> Factuality:
    return _set(verdict, Modality.POSSIBLE) if trigger.sent.text.rstrip().endswith("?") else verdict


def _turned(verdict: Factuality) -> Factuality:
    turned = Polarity.AFFIRMED if verdict.polarity is Polarity.DENIED else Polarity.DENIED
    return replace(verdict, polarity=turned)


def _set(verdict: Factuality, modality: Modality) -> Factuality:
    """The modality nearest to the event stands."""
    return replace(verdict, modality=modality) if verdict.modality is Modality.ACTUAL else verdict
