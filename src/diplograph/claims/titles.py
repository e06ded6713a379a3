"""Titles: offices that are named before a person or in his stead."""

from diplograph.claims.scene import Scene
from diplograph.mentions.naming import NameMention
from diplograph.trees import Token


def before(mention: NameMention, scene: Scene) -> tuple[str, ...]:
    """Return the office classes of a title that stands right before a name."""
    tokens = scene.paragraph.tokens
    for length in (4, 3, 2, 1):
        start = mention.start - length
        if start < 0:
            continue
        words = tuple(token.lower for token in tokens[start : mention.start])
        for phrase, classes in scene.lexica.offices.get(words[-1], ()):
            if words == phrase:
                return classes
    return ()


def apposed_name(token: Token, scene: Scene) -> NameMention | None:
    """The name in "Russia's foreign minister, Sergey Lavrov" or in "PM Imran Khan" parsed apart."""
    following = token.i + 1
    if scene.lexica.offices.get(token.lower) is None:
        return None
    tokens = scene.paragraph.tokens
    if following < len(tokens) and tokens[following].text == ",":
        following += 1
    mention = scene.names.get(following)
    is_person = mention is not None and (mention.kind in {"Person", "person"})
    if mention is not None and is_person and mention.start == following:
        near = following == token.i + 1 or tokens[mention.head].dep == "appos"
        return mention if near else None
    return None


def office(token: Token, scene: Scene) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return the longest office phrase around a noun: "army chief", "chief of the army staff"."""
    tokens = scene.paragraph.tokens
    for phrase, classes in scene.lexica.offices.get(token.lower, scene.lexica.offices.get(token.lemma, ())):
        for at, word in enumerate(phrase):
            if word not in {token.lower, token.lemma}:
                continue
            start = token.i - at
            window = tuple(t.lower for t in tokens[max(start, 0) : start + len(phrase)])
            if start >= 0 and (window == phrase or (len(phrase) == 1 and at == 0)):
                return phrase, classes
    return None
