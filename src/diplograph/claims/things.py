"""Noun phrases to what is not an actor: lots of arms, joint bodies, treaties, kinds of aid."""

import re

from diplograph.claims import syntax
from diplograph.claims.scene import Scene
from diplograph.mentions import calendar
from diplograph.model import Actor, Lot
from diplograph.trees import Token

_AID_KINDS = {
    "MilitaryAid": {"military", "defense", "defence", "security", "arms"},
    "EconomicAid": {
        "economic",
        "financial",
        "development",
        "budget",
        "technical",
        "loan",
        "credit",
        "bailout",
    },
    "HumanitarianAid": {"humanitarian", "food", "relief", "emergency", "medical", "disaster"},
}
_NAME_WORD = re.compile(r"[A-Z]")


def lot(token: Token, scene: Scene) -> Lot | None:
    """Return the amount of arms that a noun phrase names, or None where it names none."""
    equipment = _equipment(token, scene)
    if equipment is None and not _is_arms(token, scene):
        return None
    quantity = next(
        (n for c in syntax.children(token, "nummod") if (n := calendar.number(c.lower.replace(",", "")))),
        None,
    )
    first = next((c for c in syntax.children(token, "nummod", "compound", "amod", "nmod")), token)
    span = scene.paragraph.span(first, token)
    if equipment is not None:
        entity = scene.reference.entities[equipment]
        return Lot(entity.label, entity.iri, quantity, span)
    words = [
        c.lower
        for c in syntax.children(token, "amod", "compound")
        if c.lower in scene.lexica.descriptions["arms"]["military_words"]
    ]
    return Lot(" ".join([*words[-2:], token.lemma]), None, quantity, span)


def body(token: Token, scene: Scene) -> Actor | None:
    """Return the joint body that a noun phrase names ("the Joint Commission"), or refers back to."""
    if token.lemma not in scene.lexica.descriptions["body"]["nouns"] and not _is_body_name(token, scene):
        return None
    words = [
        t
        for t in token.tree.tokens[token.first : token.i + 1]
        if t.pos not in {"DET"} and t.dep != "poss" and t.tag != "POS"
    ]
    names = [t for t in words if _NAME_WORD.match(t.text) or t.is_punctuation]
    span = scene.paragraph.span(token, token)
    if _NAME_WORD.match(token.text) and len([t for t in names if not t.is_punctuation]) > 1:
        label = re.sub(r"\s?-\s?", "-", " ".join(t.text for t in names)).strip(" -")
        return Actor(label, "Body", None, None, (), span)
    known = [m.actor for m in scene.discourse.before(scene.position(token)) if m.actor.kind == "Body"]
    definite = any(c.lower in {"the", "this", "that", "its"} for c in token.children)
    return known[0] if known and definite else None


def treaty(token: Token, scene: Scene) -> Actor | None:
    """Return the treaty of the reference data that a name in a noun phrase stands for."""
    for index in range(token.first, token.last + 1):
        mention = scene.names.get(index)
        names = mention.names if mention and mention.start <= token.i < mention.end else ()
        named = next((name.entity for name in names if name.entity.startswith("treaty:")), None)
        if named is not None:
            entity = scene.reference.entities[named]
            return Actor(entity.label, "Treaty", entity.iri, None, (), scene.paragraph.span(token, token))
    return None


def aid_kind(tokens: tuple[Token, ...]) -> str:
    """Return the kind of aid that the words before an aid noun say; military, economic, humanitarian or other."""
    words = {child.lower for token in tokens for child in syntax.children(token, "amod", "compound", "nmod")}
    words |= {token.lemma for token in tokens}
    return next((kind for kind, signs in _AID_KINDS.items() if words & signs), "OtherAid")


def _equipment(token: Token, scene: Scene) -> str | None:
    for candidate in (token, *syntax.children(token, "compound", "nmod", "amod", "appos", "nummod")):
        for each in (candidate, *syntax.children(candidate, "compound", "nmod", "amod")):
            mention = scene.names.get(each.i)
            if mention and mention.kind == "equipment":
                return mention.names[0].entity
    return None


def _is_arms(token: Token, scene: Scene) -> bool:
    arms, lemma = scene.lexica.descriptions["arms"], token.lemma
    if token.pos not in {"NOUN", "PROPN"} or not {lemma, token.lower} & arms["nouns"]:
        return False
    if token.lower in {"arms", "weapons"}:
        return True
    before = {child.lower for child in syntax.children(token, "amod", "compound", "nmod")}
    return lemma not in arms["needs_military_word"] or bool(before & arms["military_words"])


def _is_body_name(token: Token, scene: Scene) -> bool:
    return any(
        child.lemma in scene.lexica.descriptions["body"]["nouns"]
        for child in syntax.children(token, "compound")
    )
