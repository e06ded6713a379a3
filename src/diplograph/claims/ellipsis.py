"""Clauses that repeat an event with another subject: "Britain did so in 1938", "Chile did not", "Brazil followed"."""

from collections.abc import Iterable
from dataclasses import replace

from diplograph.claims import actors, factuality, syntax
from diplograph.claims.discourse import POWERS, power_of
from diplograph.claims.scene import Scene
from diplograph.model import Actor, Claim, Evidence, Filler, Modality, Polarity
from diplograph.trees import Token

_ACTING = POWERS | {"Person", "DescribedPerson", "CollectiveAgent"}


def is_repetition(token: Token, scene: Scene) -> bool:
    """Tell whether a verb only stands for one that was used before."""
    words = scene.lexica.coreference["repeat"]
    if (
        token.lemma not in words["verbs"]
        or not syntax.is_verb(token)
        or token.dep in {"aux", "auxpass"}
        or syntax.is_passive(token)
    ):
        return False
    said = {c.lemma for c in token.children if c.dep in {*syntax.OBJECTS, "advmod", "attr", "npadvmod"}}
    if said & words["complements"]:
        return token.tag != "VB" or bool(syntax.children(token, "nsubj", "aux"))
    objects = syntax.children(token, *syntax.OBJECTS, "xcomp", "ccomp", "acomp", "attr")
    return (
        not objects
        and bool(syntax.children(token, *syntax.SUBJECTS))
        and (token.lemma == "follow" or token.tag in {"VBD", "VBZ", "VBP"})
    )


def repeated(token: Token, model: Claim, when: str | None, scene: Scene) -> Claim | None:
    """Return the claim that somebody else did, or did not do, what a claim before tells."""
    doers = [
        a
        for s in syntax.clause_subjects(token)
        for t in syntax.coordinated(s)
        for a in actors.resolve(t, scene, when)
        if a.kind in _ACTING
    ]
    if not doers:
        return None
    filled = _with_doers(model, doers, scene)
    if filled is None:
        return None
    verdict = factuality.judge(token, scene.lexica.factuality)
    modality = verdict.modality if verdict.modality is not Modality.ACTUAL else Modality.ACTUAL
    polarity = (
        verdict.polarity
        if model.polarity is Polarity.AFFIRMED or verdict.polarity is Polarity.DENIED
        else model.polarity
    )
    span = scene.paragraph.span(token, token)
    return replace(
        model, roles=filled, evidence=(Evidence(span, span),), time=when, polarity=polarity, modality=modality,
        stance=verdict.stance, ordinal=None, inferred=frozenset(filled),
    )  # fmt: skip


def nearest(token: Token, here: Iterable[tuple[int, Claim]], before: Iterable[Claim]) -> Claim | None:
    """Return the claim that a repeating verb means: the last told before it in its sentence, else in the one before."""
    earlier = [claim for index, claim in sorted(here, key=lambda pair: pair[0]) if index < token.i]
    return earlier[-1] if earlier else next(iter(before), None)


def _with_doers(model: Claim, doers: list[Actor], scene: Scene) -> dict[str, tuple[Filler, ...]] | None:
    """Put the doers in the place of those who acted; a partner in a relation of equals stays."""
    symmetric = scene.lexica.roles["symmetric"]["roles"]
    mine = {power_of(actor) for actor in doers}
    filled: dict[str, tuple[Filler, ...]] = {}
    for role, fillers in model.roles.items():
        if role in symmetric:
            partner = _partner(fillers, scene)
            filled[role] = tuple(
                dict.fromkeys((*doers, *([partner] if partner and power_of(partner) not in mine else [])))
            )
        elif role in scene.lexica.sides["source"]:
            filled[role] = tuple(doers)
        else:
            filled[role] = tuple(f for f in fillers if not (isinstance(f, Actor) and power_of(f) in mine))
    return (
        {role: fillers for role, fillers in filled.items() if fillers}
        if any(doers[0] in f for f in filled.values())
        else None
    )


def _partner(fillers: tuple[Filler, ...], scene: Scene) -> Actor | None:
    """Of those who were equals before, the one that the text is about."""
    several = [f for f in fillers if isinstance(f, Actor) and power_of(f)]
    return max(
        several, key=lambda actor: scene.discourse.shares.get(power_of(actor) or "", 0.0), default=None
    )
