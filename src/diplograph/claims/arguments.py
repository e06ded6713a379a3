"""The arguments of a trigger by grammatical function: one finder for verbs and nouns.

Functions are `subject`, `object`, `indirect`, `possessor`, `modifier` (adjectives and compounds before a noun),
`outer` (the subject of the clause around a noun) and the prepositions. What a verb's passive, a participle, a
relative clause, control, coordination or a light verb hide is undone here, so that a frame need not know them.
Strict subject-verb-object reaches 28 % of pairs in news; arguments inside noun phrases and inherited ones 84 %.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from diplograph.claims import syntax
from diplograph.trees import Token

Arguments = Mapping[str, list[Token]]
_BEFORE_NOUN = ("amod", "compound", "nmod", "npadvmod", "nummod")
_BROUGHT_ABOUT = {
    "lead",
    "order",
    "sign",
    "conclude",
    "mount",
    "stage",
    "negotiate",
    "make",
    "pose",
    "lend",
    "send",
    "sell",
    "supply",
}
_BETWEEN_WORDS = {"between", "among"}


def of_verb(verb: Token) -> Arguments:
    """Return the arguments of a verb, coordination spread out."""
    found: dict[str, list[Token]] = defaultdict(list)
    subjects, objects = syntax.passive_or_active_roles(verb)
    _add(found, "subject", subjects)
    _add(found, "object", objects)
    _add(found, "indirect", syntax.children(verb, "dative"))
    for preposition, noun in _verb_complements(verb):
        _add(found, preposition, [noun])
    _add_relative_place(found, verb)
    return found


def of_noun(noun: Token, *, light: frozenset[str]) -> Arguments:
    """Return the arguments of a noun: those inside its phrase, and those of the verb that carries it."""
    found: dict[str, list[Token]] = defaultdict(list)
    _add(found, "possessor", syntax.children(noun, "poss"))
    _add(found, "modifier", _modifiers(noun))
    for preposition, governed in syntax.complements(noun):
        _add(found, "subject" if preposition == "by" else preposition, [governed])
    for clause in syntax.children(noun, "acl"):
        _add_participle(found, clause, light)
    _add_from_governor(found, noun, light)
    return found


def merged(*several: Arguments) -> Arguments:
    """Return the union of arguments, the earlier ones first."""
    found: dict[str, list[Token]] = defaultdict(list)
    for arguments in several:
        for function, tokens in arguments.items():
            _add(found, function, tokens)
    return found


def _verb_complements(verb: Token) -> Iterator[tuple[str, Token]]:
    yield from ((p, n) for p, n in syntax.complements(verb) if p != "by" or not syntax.is_passive(verb))
    for later in syntax.children(verb, "conj"):
        # "met and talked with the envoys": a complement at the end may belong to both
        if syntax.is_verb(later) and not syntax.children(verb, *syntax.OBJECTS, "prep"):
            yield from syntax.complements(later)


def _add_relative_place(found: dict[str, list[Token]], verb: Token) -> None:
    """In "the Kremlin, where he was received", the antecedent is the place."""
    if verb.dep == "relcl" and any(child.lower == "where" for child in verb.children):
        _add(found, "in", [verb.head])


def _modifiers(noun: Token) -> list[Token]:
    """Adjectives and compounds before a noun, with what is coordinated or hyphened to them (the Pakistan-Russia accord)."""
    found: list[Token] = []
    for child in syntax.children(noun, *_BEFORE_NOUN):
        found.append(child)
        found += [
            t
            for t in child.subtree
            if t != child and t.dep in {"compound", "nmod", "conj", "amod", "npadvmod"}
        ]
    return found


def _add_participle(found: dict[str, list[Token]], clause: Token, light: frozenset[str]) -> None:
    """A participle on the noun brings its agent: an accord signed by both, an offensive launched by Iraq."""
    for preposition, governed in syntax.complements(clause):
        if preposition != "by" or clause.lemma in light | _BROUGHT_ABOUT:
            _add(found, "subject" if preposition == "by" else preposition, [governed])


def _add_from_governor(found: dict[str, list[Token]], noun: Token, light: frozenset[str]) -> None:
    head = syntax.first_conjunct(noun)
    preposition = head.head if head.dep == "pobj" else None
    governor = preposition.head if preposition is not None else head.head
    if preposition is not None and preposition.lower == "as":
        _add_as(found, governor)
    if not syntax.is_verb(governor) or governor == head:
        return
    subjects, objects = syntax.passive_or_active_roles(governor)
    is_light = governor.lemma in light
    if head in objects or preposition is not None:
        controlled = preposition is not None and governor.lemma in syntax.OBJECT_CONTROL and objects
        doers = objects if controlled else [subject for subject in subjects if subject != head]
        _add(found, "subject" if is_light or controlled else "outer", doers)
        _add(found, "indirect", syntax.children(governor, "dative"))
    if is_light or head.dep in syntax.PASSIVE_SUBJECTS | syntax.SUBJECTS:
        for word, governed in syntax.complements(governor):
            if governed != head and word != "by":
                _add(found, word, [governed])


def _add_as(found: dict[str, list[Token]], governor: Token) -> None:
    """In "proximity with India as a partner", those that the noun before "as" relates are the partners."""
    if syntax.is_noun(governor):
        inner = [t for _, t in syntax.complements(governor) if t.dep == "pobj" and t.head.lower != "as"]
        _add(found, "as", [governor, *syntax.children(governor, "poss"), *_modifiers(governor), *inner])
    elif syntax.is_verb(governor):
        subjects, objects = syntax.passive_or_active_roles(governor)
        _add(found, "as", [*subjects, *objects])


def _add(found: dict[str, list[Token]], function: str, tokens: list[Token]) -> None:
    function = "between" if function in _BETWEEN_WORDS else function
    for token in tokens:
        for each in map(syntax.whole, syntax.coordinated(syntax.whole(token))):
            if each not in found[function]:
                found[function].append(each)
