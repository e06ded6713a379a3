"""Words that refer back: pronouns, "both countries", "the president", "the country"."""

from dataclasses import replace

from diplograph.claims import syntax
from diplograph.claims.scene import Scene
from diplograph.model import Actor
from diplograph.trees import Token

_COUNTED = {"det", "nummod", "predet", "amod"}
_LOCAL = {"nsubj", "nsubjpass"}


def pronoun(token: Token, scene: Scene) -> tuple[Actor, ...] | None:
    """Return whom a pronoun refers to, or None where the token is no pronoun."""
    words, position = scene.lexica.coreference["pronouns"], scene.position(token)
    if token.pos not in {"PRON", "DET"} and token.tag not in {"PRP", "PRP$"}:
        return None
    if token.lower in words["first"]:
        return _narrator(token, scene)
    if token.lower in words["person"]:
        found = scene.discourse.person(position, _co_arguments(token, scene))
    elif token.lower in words["thing"]:
        found = scene.discourse.power(position, _co_arguments(token, scene))
    elif token.lower in words["plural"]:
        return here(_group(token, scene), token, scene)
    else:
        return None
    return (replace(found, span=scene.paragraph.span(token, token)),) if found else ()


def pair(token: Token, scene: Scene) -> tuple[Actor, ...]:
    """Return the two that "both countries", "the two sides" or "the neighbors" are."""
    words, position = scene.lexica.coreference["pair"], scene.position(token)
    determiners = {child.lower for child in token.children if child.dep in _COUNTED}
    lemma = token.lemma
    two = bool(determiners & words["determiners"]) and lemma in words["nouns"]
    alone = token.lower == "both" or (
        lemma in words["alone"] and token.tag in {"NNS", "CD"} and _stands_alone(token)
    )
    if not (two or alone or _plural_of_both(token, scene)):
        return ()
    if lemma in words["people"]:
        people = scene.discourse.two_people(position)
        classes = {
            name
            for words_, names in scene.lexica.offices.get(lemma, ())
            if words_[-1] == lemma
            for name in names
        }
        if len(people) == 2 and (lemma == "man" or all(held_classes(p, scene) & classes for p in people)):
            return here(people, token, scene)
    return here(scene.discourse.pair(position), token, scene)


def definite_state(token: Token, word: str, scene: Scene) -> Actor | None:
    """Return what "the country" or "the government" refers back to."""
    if any(child.lower in {"new", "next", "incoming"} for child in token.children):
        return scene.discourse.topic()
    definite = any(child.lower in {"the", "this", "that", "its", "their"} for child in token.children)
    if not definite or word not in scene.lexica.coreference["state"]["nouns"]:
        return None
    return scene.discourse.power(scene.position(token), _co_arguments(token, scene))


def definite_person(token: Token, classes: tuple[str, ...], scene: Scene) -> tuple[Actor, ...]:
    """Return whom "the president" refers back to: the nearest person who holds such an office."""
    if not any(
        child.lower in {"the", "his", "her"} for child in token.children if child.dep in {"det", "poss"}
    ):
        return ()
    seen: dict[str, Actor] = {}
    for mention in scene.discourse.before(scene.position(token)):
        if mention.actor.kind in {"Person", "DescribedPerson"} and len(seen) < 8:
            seen.setdefault(mention.actor.label, mention.actor)
    return next(((actor,) for actor in seen.values() if held_classes(actor, scene) & set(classes)), ())


def held_classes(actor: Actor, scene: Scene) -> set[str]:
    """Return the classes of the offices that an actor is known to have held."""
    terms = scene.reference.terms.get(actor.iri or "", ())
    offices = (*actor.offices, *(term.object for term in terms))
    return {scene.reference.entities[office].kind for office in offices if office in scene.reference.entities}


def here(found: tuple[Actor, ...], token: Token, scene: Scene) -> tuple[Actor, ...]:
    """Return the actors as named by a word at hand, not by the words it refers back to."""
    return tuple(replace(actor, span=scene.paragraph.span(token, token)) for actor in found)


def _narrator(_token: Token, _scene: Scene) -> tuple[Actor, ...]:
    return ()


def _group(token: Token, scene: Scene) -> tuple[Actor, ...]:
    """Return whom "they" means: the subjects that the last sentence coordinates, else the two states spoken of."""
    position = scene.position(token)
    for back in (0, 1):
        subjects = [
            m.actor
            for m in scene.discourse.before(position)
            if scene.discourse.sentence - m.sentence == back and m.subject
        ]
        labels = {actor.label: actor for actor in reversed(subjects)}
        if len(labels) > 1:
            return tuple(labels.values())
    return scene.discourse.pair(position)


def _stands_alone(token: Token) -> bool:
    """Tell whether "two" counts nothing else: "the two signed", not "two treaties"."""
    return token.tag != "CD" or (
        token.dep not in {"nummod", "compound"} and any(c.lower == "the" for c in token.children)
    )


def _plural_of_both(token: Token, scene: Scene) -> bool:
    """Tell whether "the foreign ministers" are those of the two states that the text is about."""
    words = scene.lexica.coreference["pair"]
    bare = not syntax.children(token, "poss", "amod", "compound", "nummod") or token.lemma == "minister"
    owned = any(preposition in {"of", "from"} for preposition, _ in syntax.complements(token))
    definite = any(c.lower in {"the", "their"} for c in token.children if c.dep in {"det", "poss"})
    return token.tag == "NNS" and token.lemma in words["plurals"] and definite and bare and not owned


def _co_arguments(token: Token, scene: Scene) -> frozenset[str]:
    """Return the labels of those who, standing beside a pronoun under one verb, cannot be meant by it."""
    if token.dep == "poss" or token.dep in _LOCAL:
        return frozenset()
    verb = syntax.clause_of(token)
    subjects = {t.i for subject in syntax.clause_subjects(verb) for t in syntax.coordinated(subject)}
    positions = {scene.position(scene.paragraph.tokens[index]) for index in subjects}
    return frozenset(m.actor.label for m in scene.discourse.mentioned[-40:] if m.position in positions)
