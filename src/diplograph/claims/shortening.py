"""Powers that are called by less than a name: "the League", "the alliance", "Brussels", and several by one word.

Which words, and which organizations and states they may mean, is said in `ontology/lexicon/descriptions.toml`.
"""

from collections.abc import Iterable

from diplograph import linking
from diplograph.claims import syntax
from diplograph.claims.scene import Scene
from diplograph.trees import Token

_NEAR = 6  # years: a time said nearby may be that of another clause


def may_mean(token: Token, scene: Scene) -> bool:
    """Tell whether a word is one that calls a power by less than a name."""
    words, phrase = scene.lexica.descriptions, _phrase(token)
    return phrase in words["group"] or phrase in words["short"] or _bare(token, scene) is not None


def organization(token: Token, scene: Scene, when: str | None) -> str | None:
    """Return the organization that "the League", "the Commission" or "the alliance" is at a time."""
    words = scene.lexica.descriptions
    phrase = _phrase(token)
    if not _is_definite(token):
        return None
    if token.text[:1].isupper() and phrase in words["short"]:
        return _likeliest(words["short"][phrase], scene, when)
    options = _bare(token, scene)
    if options is not None and phrase not in words["plain"]["phrases"]:
        options = [iri for iri in options if _is_spoken_of(iri, scene)]
    return _likeliest(options or (), scene, when)


def is_ruler(token: Token, scene: Scene) -> bool:
    """Tell whether a title stands alone for who bears it: "the Kaiser", not "Kaiser Wilhelm"."""
    after = token.tree.tokens[token.i + 1] if token.i + 1 < len(token.tree.tokens) else None
    named_so = after is not None and after.pos == "PROPN" and after.sentence == token.sentence
    return token.lower in scene.lexica.descriptions["ruler"]["words"] and not named_so and _is_definite(token)


def ruler(offices: tuple[str, ...], scene: Scene) -> str | None:
    """Return which of the offices of a title is meant: the only one, or that of the state named last."""
    of_state = {scene.reference.entities[iri].state: iri for iri in reversed(offices)}
    if len(of_state) == 1:
        return offices[0]
    known = {state: scene.discourse.named[state] for state in of_state if state in scene.discourse.named}
    return of_state[max(known, key=lambda state: (known[state], state or ""))] if known else None


def seated(place: str, country: str | None, scene: Scene, when: str | None) -> str | None:
    """Return the organization that a city stands for: Brussels is the Union, where the text is not about Belgium."""
    found = scene.lexica.descriptions["seat"].get(place)
    if found is None or not linking.existed(scene.reference.entities[found], when):
        return None
    at_home = country is not None and scene.speaks_of(country) and not scene.speaks_of(found)
    return None if at_home else str(found)


def is_occasion(token: Token, scene: Scene) -> bool:
    """Tell whether a place only says which talks or which treaty: the Geneva talks, the Treaty of Nice."""
    head = token.head
    if token.dep == "pobj" and head.lower == "of":
        head = head.head
    elif token.dep not in {"compound", "nmod", "amod"}:
        return False
    return syntax.is_noun(head) and head.lemma in scene.lexica.descriptions["occasion"]["nouns"]


def members(token: Token, scene: Scene, when: str | None) -> tuple[str, ...]:
    """Return the states that "the Baltic states" or "the Scandinavians" are."""
    return _existing(scene.lexica.descriptions["group"].get(_phrase(token), ()), scene, when)


def members_of(entity: str, scene: Scene, when: str | None) -> tuple[str, ...]:
    """Return the states that a region or a union is when it acts."""
    return _existing(scene.lexica.descriptions["group"].get(entity, ()), scene, when)


def _existing(states: Iterable[str], scene: Scene, when: str | None) -> tuple[str, ...]:
    return tuple(iri for iri in sorted(states) if linking.existed(scene.reference.entities[iri], when))


def _bare(token: Token, scene: Scene) -> Iterable[str] | None:
    """Return the organizations that a word may mean where the text speaks of them; a capital in the list is one in the text."""
    table = scene.lexica.descriptions["bare"]
    found: Iterable[str] | None = table.get(_phrase(token), table.get(token.text))
    return found


def _is_spoken_of(organization: str, scene: Scene) -> bool:
    """Tell whether the text calls an organization, or that which it is a part of, by its name."""
    parts = scene.reference.entities[organization].properties.get("dcterms:isPartOf", ())
    return any(scene.speaks_of(iri) for iri in (organization, *parts))


def _likeliest(options: Iterable[str], scene: Scene, when: str | None) -> str | None:
    """Return which of some organizations is meant: the nearest in time, then the one named last, then one spoken of at all."""
    named, entities = scene.discourse.named, scene.reference.entities
    apart = {iri: linking.years_apart(entities[iri].time, when) for iri in options}
    return min(
        (iri for iri in apart if apart[iri] <= _NEAR),
        key=lambda iri: (apart[iri], -named.get(iri, -1), not scene.speaks_of(iri), iri),
        default=None,
    )


def _phrase(token: Token) -> str:
    """Return a noun with the words that say which one: "the Atlantic alliance"; a plural stays one, allies are each an ally."""
    before = [c.lower for c in token.children if c.dep in {"amod", "compound"}]
    last = "ally" if token.lower == "allies" else token.lower
    return " ".join([*before, last])


def _is_definite(token: Token) -> bool:
    """Tell whether "the" stands before a word and nothing after it says which one it is."""
    owned = any(word in {"of", "between", "with", "for", "against"} for word, _ in syntax.complements(token))
    told = any(child.dep == "relcl" for child in token.children)
    return not owned and not told and any(child.lower == "the" for child in token.children)
