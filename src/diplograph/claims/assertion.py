"""A filled frame to a claim: when, whether it happened, who says so, and which words say it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from diplograph.claims import actors, completion, factuality, markers, syntax, timing
from diplograph.claims.frames import Trigger
from diplograph.claims.markers import Factuality
from diplograph.claims.roles import Roles
from diplograph.claims.scene import Scene
from diplograph.mentions import calendar
from diplograph.model import Actor, Claim, Evidence, Lot, Modality, Polarity, Span
from diplograph.trees import Token


def claim(
    trigger: Trigger, filled: Roles, inferred: frozenset[str], when: str | None, scene: Scene
) -> Claim | None:
    """Return the claim that a filled frame makes, or None where a relation has one party only.

    `inferred` are the roles that the story fills, not the clause."""
    back = when is None and completion.refers_back(trigger.token, scene)
    told = completion.antecedent(trigger, filled, scene) if back else None
    time = when or (told.time if told else None)
    made = stated(trigger, filled, inferred, when, scene)
    return replace(made, roles=completion.with_antecedent(filled, told), time=time) if made else None


def stated(
    trigger: Trigger, filled: Roles, inferred: frozenset[str], when: str | None, scene: Scene
) -> Claim | None:
    """Return the claim that a trigger makes with just these roles and this time; None for a relation of one party."""
    kind, words = trigger.frame.event, scene.lexica.factuality
    if len(filled.get("party", "  ")) < 2:
        return None
    planned = kind not in words["unplanned"]["kinds"]
    verdict = factuality.judge(trigger.token, words, performative=trigger.frame.performative, planned=planned)
    verdict = _done_to(kind, trigger, _promised(kind, trigger, verdict, scene), scene)
    return Claim(
        document=scene.document.id,
        kind=kind,
        roles=filled,
        evidence=(_evidence(trigger, filled, scene),),
        time=when,
        polarity=verdict.polarity,
        modality=_future(verdict, when, scene.document.published),
        stance=verdict.stance,
        claimant=_claimant(verdict, scene),
        ordinal=_ordinal(trigger.matched),
        inferred=inferred,
    )


def _promised(kind: str, trigger: Trigger, verdict: Factuality, scene: Scene) -> Factuality:
    """What is promised, and not only said, is intended: "promised aid"."""
    words = scene.lexica.factuality["promised"]
    if kind not in words["kinds"] or verdict.modality is not Modality.ACTUAL:
        return verdict
    promises = trigger.token.lemma in words["verbs"]
    return replace(verdict, modality=Modality.INTENDED) if promises else verdict


def _done_to(kind: str, trigger: Trigger, verdict: Factuality, scene: Scene) -> Factuality:
    """What is approved is intended, and what is taken back is denied: "approved the dispatch", "withdrew its recognition"."""
    words, noun = scene.lexica.factuality, syntax.first_conjunct(trigger.token)
    if len(trigger.matched) > 1 and _takes_back(noun.lemma, kind, words):
        return markers.turned(verdict)
    if not syntax.is_noun(noun) or noun.dep not in syntax.OBJECTS | syntax.PASSIVE_SUBJECTS:
        return verdict
    verb = noun.head.lemma
    if verb in words["authorized"]["verbs"] and kind in words["authorized"]["kinds"]:
        return markers.with_modality(verdict, Modality.INTENDED)
    return replace(verdict, polarity=Polarity.DENIED) if _takes_back(verb, kind, words) else verdict


def _takes_back(verb: str, kind: str, words: Mapping[str, Any]) -> bool:
    return verb in words["revoked"]["verbs"] and kind in words["revoked"]["kinds"]


def _future(verdict: Factuality, when: str | None, published: str | None) -> Modality:
    """What is dated after publication has not happened yet, however it is put."""
    if when and published and verdict.modality is Modality.ACTUAL and not when.endswith(".."):
        later = not timing.starts_by(when, published)
        return Modality.INTENDED if later else verdict.modality
    return verdict.modality


def _claimant(verdict: Factuality, scene: Scene) -> Actor | None:
    if verdict.source is not None:
        for token in syntax.speakers(verdict.source):
            for actor in actors.resolve(token, scene):
                speaker = actors.states(actor, scene) if actor.kind == "Place" else actor
                if speaker is not None:  # a capital speaks for its state, a place for nobody
                    return speaker
        return Actor("unnamed sources", "CollectiveAgent")
    return Actor(scene.author, "Person") if scene.author else None


def _ordinal(tokens: tuple[Token, ...]) -> int | None:
    words = (child.lower for token in tokens for child in token.children if child.dep == "amod")
    return next((calendar.ORDINALS[word] for word in words if word in calendar.ORDINALS), None)


def _evidence(trigger: Trigger, filled: Roles, scene: Scene) -> Evidence:
    """The words from the first to the last of trigger and fillers, within the sentence."""
    sentence = trigger.token.sentence
    spans = [scene.paragraph.span(t, t) for t in trigger.matched]
    words = scene.paragraph.tokens
    limits = scene.paragraph.span(words[sentence.start], words[sentence.end - 1])
    for fillers in filled.values():
        spans += [
            f.span
            for f in fillers
            if isinstance(f, Actor | Lot) and f.span and limits.start <= f.span.start < limits.end
        ]
    return Evidence(Span(min(s.start for s in spans), max(s.end for s in spans)), spans[0])
