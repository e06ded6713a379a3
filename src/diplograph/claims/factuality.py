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

from diplograph.claims import markers, syntax
from diplograph.claims.markers import Factuality
from diplograph.model import Modality, Stance
from diplograph.trees import Token

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
_INFINITIVES = {"xcomp", "acl"}
_REACHED = {*_COMPLEMENTS, "prep", "conj", *syntax.PASSIVE_SUBJECTS, *syntax.SUBJECTS}


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
    verdict = markers.own_words(trigger, Factuality(), words, planned=planned)
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
            verdict = markers.own_words(step.governor, verdict, words, planned=planned, via=step.child)
    if verdict.stance is Stance.PLAIN:
        verdict = replace(verdict, **_according(trigger))
    denied = _follows_nor(trigger) or _is_instead(trigger, words)
    return _question(trigger, markers.turned(verdict) if denied else verdict)


def _according(trigger: Token) -> dict[str, Any]:
    """Return stance and source where the clause is told "according to" somebody."""
    above = {trigger.i, *(governor.i for _, governor in syntax.path_up(trigger))}
    found = (t for t in trigger.sentence if syntax.is_attribution(t) and t.head.i in above)
    return next(({"stance": Stance.ATTRIBUTED, "source": token} for token in found), {})


def _is_instead(trigger: Token, words: Mapping[str, Any]) -> bool:
    """Tell whether a verb stands right after "rather than" or "instead of"."""
    before = " ".join(
        t.lower for t in trigger.tree.tokens[max(trigger.i - 2, trigger.sentence.start) : trigger.i]
    )
    return syntax.is_verb(trigger) and before in words["negation"]["instead"]


def _follows_nor(trigger: Token) -> bool:
    """Tell whether "nor" opens the clause: "nor did the Soviet Union"; one that the parser attached is a negation already."""
    if not syntax.is_verb(trigger) or any(c.lower in {"nor", "not", "never"} for c in trigger.children):
        return False
    first = trigger.first
    return (
        first > trigger.sentence.start
        and trigger.tree.tokens[first - 1].lower == "nor"
        and not markers.is_alternative(trigger)
    )


def _steps(trigger: Token) -> list[_Step]:
    steps = []
    for child, governor in syntax.path_up(trigger):
        relation = syntax.first_conjunct(child).dep if child.dep == "conj" else child.dep
        if child.dep == "conj" and syntax.is_verb(child) and syntax.is_verb(governor):
            relation = "conj"
        steps.append(_Step(child, governor, relation))
    return steps


def _contrasted(child: Token) -> bool:
    """Tell whether what follows "but" is out of reach of the negation before it: "not an event but the culmination"."""
    return child.dep == "conj" and any(c.dep == "cc" and c.lower == "but" for c in child.head.children)


def _ends_scope(step: _Step, trigger: Token, words: Mapping[str, Any]) -> bool:
    """Tell whether what stands above the step no longer bears on whether the event happened."""
    governor, lemma = step.governor, step.governor.lemma
    if (_phrase(governor, words) and not _is_aside(step, words)) or _wished(step, words):
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
    if step.relation == "prep" and step.child.lower == "against":
        return lemma not in words["fails"]["against"]
    if step.relation == "prep" and syntax.is_verb(governor):
        if step.child.lower == "by" and syntax.children(step.child, "pcomp"):
            return False  # what it may or will do by doing this, it may or will do
        return not (
            step.child.lower in {"from", "to", "on", "for", "of", "in", "against", "into", "as", "with"}
            and (_bears(lemma, words) or _is_meant_for(step, words))
        )
    if step.relation in {"dobj", "obj"} and lemma in words["factive"]["verbs"] and syntax.is_noun(step.child):
        return True
    return (
        step.relation in {"dobj", "obj"}
        and _definite(step.child)
        and step.child == trigger
        and not _bears(lemma, words)
    )


def _wished(step: _Step, words: Mapping[str, Any]) -> bool:
    """Tell whether a clause says what is called for: "called for the ban to be lifted"."""
    governor = step.governor
    return (
        step.relation == "advcl"
        and _is_infinitive(step.child)
        and governor.lemma in words["possible"]["verbs"]
        and any(t.lower == "for" for t in governor.tree.tokens[governor.i + 1 : governor.i + 2])
    )


def _is_aside(step: _Step, words: Mapping[str, Any]) -> bool:
    """Tell whether a phrase tells only how, when or why something was cut short."""
    return step.relation == "prep" and step.child.lower in words["fails"]["aside"]


def _is_meant_for(step: _Step, words: Mapping[str, Any]) -> bool:
    return step.child.lower == "for" and step.governor.lemma in words["intended"]["for"]


def _phrase(governor: Token, words: Mapping[str, Any]) -> bool:
    """Tell whether a verb and its particle say that something did not come about: call off, fall through, yet to."""
    said = (c.lower for c in governor.children if c.dep in {"prt", "advmod", "acomp"})
    return any(f"{governor.lemma} {word}" in words["fails"]["phrases"] for word in said)


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
    said = [child.lower for child in governor.children if child.dep in {"acomp", "attr", "oprd"}]
    lists = (
        words["possible"]["adjectives"],
        words["predicted"]["adjectives"],
        words["intended"]["adjectives"],
        words["fails"]["adjectives"],
    )
    near = any(word in words["possible"]["near"] for word in said)
    return near or any(word in each for word in said for each in lists) or bool(_predicates(governor, words))


def _predicates(governor: Token, words: Mapping[str, Any]) -> list[str]:
    """Return "possible" or "fails" for each phrase that says so of a subject: "is under study", "is on hold"."""
    said = [
        f"{preposition} {noun.lemma}"
        for preposition, noun in syntax.complements(governor)
        if governor.lemma in {"be", "remain", "stay", "seem"}
    ]
    return [name for name in ("possible", "fails") for each in said if each in words[name]["predicates"]]


def _definite(noun: Token) -> bool:
    return any(
        (c.dep in {"det", "poss"} and c.lower in {"the", "this", "that", "these", "those"}) or c.dep == "poss"
        for c in noun.children
    )


def _governed(
    step: _Step, verdict: Factuality, words: Mapping[str, Any], *, performative: bool, planned: bool
) -> Factuality:
    """Apply what the governor says of its complement."""
    governor, lemma = step.governor, step.governor.lemma
    if step.relation in {"pobj", "pcomp"} and (
        governor.lower in words["negation"]["prepositions"]
        or f"{governor.head.lower} {governor.lower}" in words["negation"]["instead"]
    ):
        return verdict if _is_instead(step.child, words) else markers.turned(verdict)
    if _wished(step, words):
        return markers.with_modality(verdict, Modality.POSSIBLE)
    if lemma in words["fails"]["left_open"] and any(child.dep == "neg" for child in governor.children):
        verdict = markers.with_modality(verdict, Modality.POSSIBLE)
    if step.relation != "conj" and _phrase(governor, words) and not _is_aside(step, words):
        return markers.turned(verdict)
    if step.relation == "prep" and step.child.lower == "against" and lemma in words["fails"]["against"]:
        return markers.turned(verdict)
    if step.relation not in _REACHED:
        return verdict
    if step.relation == "prep" and step.child.lower == "of" and _is_none_of(governor, words):
        return markers.turned(verdict)
    verdict = _reported(step, verdict, words)
    if step.relation == "conj":
        return verdict
    if step.relation in syntax.SUBJECTS:
        verdict = _said_of_subject(governor, verdict, words, planned=planned)
    if performative and lemma in words["decisions"]["words"]:
        return verdict
    part = "verbs" if syntax.is_verb(governor) else "nouns" if syntax.is_noun(governor) else "adjectives"
    return _by_list(step, part, lemma, verdict, words, planned=planned)


def _is_none_of(noun: Token, words: Mapping[str, Any]) -> bool:
    """Tell whether nothing of something is said to be: "not a line of the treaty has been signed"."""
    return (
        syntax.is_noun(noun)
        and any(c.dep == "neg" for c in noun.children)
        and markers.is_negative(noun, words)
    )


def _said_of_subject(
    governor: Token, verdict: Factuality, words: Mapping[str, Any], *, planned: bool
) -> Factuality:
    """Apply what a predicate says of its subject: "a visit remains unlikely", "a pact is under study"."""
    for name in _predicates(governor, words):
        verdict = (
            markers.turned(verdict) if name == "fails" else markers.with_modality(verdict, Modality.POSSIBLE)
        )
    for child in governor.children:
        if child.dep in {"acomp", "attr", "oprd"}:
            if planned and child.lower in words["possible"]["near"]:
                verdict = markers.with_modality(verdict, Modality.POSSIBLE)
            verdict = (
                markers.turned(verdict)
                if child.lower in words["fails"]["adjectives"]
                else markers.adjective(child.lower, verdict, words)
            )
    return verdict


def _by_list(
    step: _Step, part: str, lemma: str, verdict: Factuality, words: Mapping[str, Any], *, planned: bool
) -> Factuality:
    infinitive = step.relation in _INFINITIVES or (step.relation == "ccomp" and _is_infinitive(step.child))
    if lemma in words["fails"][part]:
        return markers.turned(verdict) if _takes(step, part) else verdict
    if (step.relation == "prep" and _is_meant_for(step, words)) or _is_going_to(step, lemma):
        return markers.with_modality(verdict, Modality.INTENDED if planned else Modality.PREDICTED)
    if _is_near(step, part, lemma, words):
        return markers.with_modality(verdict, Modality.POSSIBLE)
    for name, modality in (
        ("predicted", Modality.PREDICTED),
        ("intended", Modality.INTENDED),
        ("possible", Modality.POSSIBLE),
    ):
        table = words[name]
        only = table.get("infinitive_only", ()) if part == "verbs" else table.get("infinitive_nouns", ())
        if modality is Modality.INTENDED and not planned and not infinitive:
            continue
        if lemma in table[part] and _takes(step, part) and (infinitive or lemma not in only):
            return markers.with_modality(_without(step.governor, part, verdict), modality)
    if part == "nouns" and step.relation == "acl" and _is_infinitive(step.child):
        return (
            verdict
            if lemma in words["decisions"]["words"]
            else markers.with_modality(verdict, Modality.POSSIBLE)
        )
    if step.relation in {"relcl", "acl"} and _enables(
        syntax.first_conjunct(step.child), step.governor, words
    ):
        return markers.with_modality(verdict, Modality.POSSIBLE)
    return verdict


def _is_going_to(step: _Step, lemma: str) -> bool:
    return lemma == "go" and step.governor.tag == "VBG" and step.relation == "xcomp"


def _is_near(step: _Step, part: str, lemma: str, words: Mapping[str, Any]) -> bool:
    """Tell whether something is close to being done, or looked forward to."""
    if part == "adjectives" or step.governor.pos == "ADV":
        near = lemma in words["possible"]["near"] and step.relation == "prep"
        return near and step.governor.head.lemma != "come"
    return part == "verbs" and any(
        f"{lemma} {child.lower}" in words["possible"]["phrases"] for child in step.governor.children
    )


def _without(governor: Token, part: str, verdict: Factuality) -> Factuality:
    """There is "no talk of a treaty", "no plan to visit": what is not even spoken of is denied."""
    none = part == "nouns" and any(c.dep == "det" and c.lower in {"no", "neither"} for c in governor.children)
    return markers.turned(verdict) if none else verdict


def _takes(step: _Step, part: str) -> bool:
    """Tell whether the child stands where the governor's complement stands."""
    if part == "verbs":
        return step.relation in _COMPLEMENTS | syntax.PASSIVE_SUBJECTS | {"prep"}
    return step.relation in {"prep", "acl", "pcomp", "relcl", "ccomp", "xcomp", *syntax.SUBJECTS}


def _is_infinitive(verb: Token) -> bool:
    return any(child.dep == "aux" and child.lower == "to" for child in verb.children)


def _enables(verb: Token, noun: Token, words: Mapping[str, Any]) -> bool:
    """Tell whether a clause hangs on "opened the way for ... to": made possible, not said to have happened."""
    pattern = f"{noun.head.lemma} > {noun.lemma}"
    return pattern in words["possible"]["enabling"] and verb.i > noun.i


def _reported(step: _Step, verdict: Factuality, words: Mapping[str, Any]) -> Factuality:
    governor = step.governor
    if step.relation not in {"ccomp", "parataxis"} or governor.lemma not in words["reporting"]["verbs"]:
        return verdict
    subject = next(iter(syntax.clause_subjects(governor)), None)
    if subject is None or subject.lower in words["reporting"]["impersonal"]:
        return replace(verdict, stance=Stance.HEDGED) if verdict.stance is Stance.PLAIN else verdict
    if subject.lower in words["opinion"]["pronouns"]:
        return replace(verdict, stance=Stance.OPINION)
    return replace(verdict, stance=Stance.ATTRIBUTED, source=governor)


def _conditional(step: _Step, verdict: Factuality, words: Mapping[str, Any]) -> Factuality:
    """A clause after "if", or a main clause under one, is possible only."""
    marks = [c.lower for c in step.child.children if c.dep == "mark"] if step.relation == "advcl" else []
    awaited = any(mark in words["possible"]["until"] for mark in marks) and _is_to_come(step)
    return (
        markers.with_modality(verdict, Modality.POSSIBLE)
        if awaited or any(mark in words["possible"]["marks"] for mark in marks)
        else verdict
    )


def _is_to_come(step: _Step) -> bool:
    """Tell whether a clause of time hangs on something to come: "will end as soon as they have left"."""
    governor = step.governor.head if step.governor.pos == "ADV" else step.governor
    modals = {c.lower for c in governor.children if c.dep == "aux"}
    tenses = {t.tag for t in (step.child, *syntax.children(step.child, "aux", "auxpass"))}
    if modals & {"would", "could", "should"}:
        return not any(c.lower == "had" for c in syntax.children(step.child, "aux"))
    return bool(modals & {"will", "shall", "'ll", "must", "can", "may"}) and "VBD" not in tenses


def _question(trigger: Token, verdict: Factuality) -> Factuality:
    return (
        markers.with_modality(verdict, Modality.POSSIBLE)
        if trigger.sentence.text.rstrip().endswith("?")
        else verdict
    )
