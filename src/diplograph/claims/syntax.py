"""Questions to a dependency tree that the parser answers only indirectly: who is the subject, what is shared.

Labels are those of spaCy's English models (the ClearNLP scheme); see
https://github.com/explosion/spaCy/blob/master/spacy/glossary.py
"""

from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache

from diplograph.trees import Token, Tree

SUBJECTS = {"nsubj", "csubj"}
PASSIVE_SUBJECTS = {"nsubjpass", "csubjpass"}
OBJECTS = {"dobj", "obj"}
CLAUSES = {
    "ROOT",
    "ccomp",
    "advcl",
    "relcl",
    "acl",
    "pcomp",
    "csubj",
    "csubjpass",
    "parataxis",
    "xcomp",
    "conj",
}
_NOMINAL = {"NOUN", "PROPN", "PRON", "NUM"}
_VERBAL = {"VERB", "AUX"}
_RELATIVE = {"who", "which", "that", "whom", "whose", "where", "when"}
PARTITIVES = {
    "all", "any", "both", "each", "either", "few", "half", "last", "majority", "many", "most", "much", "neither", "none", "number",
    "one", "remainder", "rest", "several", "some", "two", "whole",
}  # fmt: skip
OBJECT_CONTROL = {
    "accuse", "advise", "allow", "ask", "beg", "cause", "compel", "convince", "encourage", "enable", "expect",
    "force", "get", "help", "implore", "induce", "instruct", "invite", "lead", "let", "lobby", "oblige", "order",
    "permit", "persuade", "press", "pressure", "prompt", "push", "remind", "request", "require", "tell", "urge",
    "warn", "want",
}  # fmt: skip


def is_verb(token: Token) -> bool:
    """Tell whether a token is a verb or an auxiliary used as one."""
    return token.pos in _VERBAL


def is_noun(token: Token) -> bool:
    """Tell whether a token heads a noun phrase."""
    return token.pos in _NOMINAL


def children(token: Token, *labels: str) -> list[Token]:
    """Return the children with one of the labels, in order."""
    return [child for child in token.children if child.dep in labels]


def coordinated(token: Token) -> Iterator[Token]:
    """Yield a token and the nominals coordinated with it: Germany, France and Italy."""
    yield token
    for child in token.children:
        if child.dep == "conj" and (is_noun(child) or not is_noun(token)):
            yield from coordinated(child)


def whole(token: Token) -> Token:
    """Return what a partitive is a part of: the sanctions in "most of the sanctions"."""
    if token.lower in PARTITIVES:
        for preposition in children(token, "prep"):
            if preposition.lower == "of":
                return next(iter(children(preposition, "pobj")), token)
    return token


def first_conjunct(token: Token) -> Token:
    """Return the first of the coordination that a token belongs to."""
    while token.dep == "conj" and token.head.i < token.i and is_noun(token) == is_noun(token.head):
        token = token.head
    return token


def is_passive(verb: Token) -> bool:
    """Tell whether a verb is passive, as a clause or as a participle after a noun."""
    if children(verb, "nsubjpass", "auxpass", "csubjpass", "agent"):
        return True
    return verb.tag == "VBN" and verb.dep == "acl"


def verb_chain(verb: Token) -> Iterator[Token]:
    """Yield the verb and the verbs that it is coordinated with and shares its subject with."""
    yield verb
    while verb.dep == "conj" and is_verb(verb.head) and not children(verb, *SUBJECTS, *PASSIVE_SUBJECTS):
        verb = verb.head
        yield verb


def clause_subjects(verb: Token) -> list[Token]:
    """Return the heads of the understood subject of a verb: its own, shared, controlled or relative one."""
    own = children(verb, *SUBJECTS, *PASSIVE_SUBJECTS)
    if own:
        return _antecedents(own, verb)
    if verb.dep == "conj" and is_verb(verb.head):
        return clause_subjects(verb.head)
    if verb.dep in {"xcomp", "ccomp"} and is_verb(verb.head):
        return _controller(verb)
    if verb.dep == "advcl" and is_verb(verb.head):
        return clause_subjects(verb.head)
    if verb.dep in {"acl", "relcl"} and is_noun(verb.head):
        return _noun_controller(verb)
    if verb.dep == "pcomp":
        return _preposition_controller(verb.head)
    return []


def passive_or_active_roles(verb: Token) -> tuple[list[Token], list[Token]]:
    """Return (who does it, to whom it is done), undoing the passive.

    For a participle after a noun ("an embargo imposed by Britain") the noun is what it is done to.
    """
    subjects = clause_subjects(verb)
    if is_passive(verb):
        agents = [o for by in children(verb, "agent") for o in children(by, "pobj")]
        done_to = subjects or ([verb.head] if verb.dep == "acl" else [])
        return agents, done_to + children(verb, *OBJECTS)
    return subjects, _objects(verb)


def _objects(verb: Token) -> list[Token]:
    objects = _antecedents(children(verb, *OBJECTS, "attr", "oprd"), verb)
    if objects:
        return objects
    shared = [o for child in children(verb, "conj") if is_verb(child) for o in children(child, *OBJECTS)]
    if shared and not children(verb, "prep", "xcomp", "ccomp"):
        return shared  # signed and ratified the treaty
    if verb.dep == "relcl" and is_noun(verb.head) and not _has_gap_filler(verb):
        return [verb.head]  # the treaty that they signed
    return []


def _has_gap_filler(verb: Token) -> bool:
    """Tell whether the antecedent of a relative clause is its subject or stands in a preposition."""
    relative = [
        child
        for child in verb.subtree
        if child.lower in _RELATIVE and child.tag in {"WP", "WDT", "WP$", "WRB"}
    ]
    subject = any(child.dep in SUBJECTS | PASSIVE_SUBJECTS and child.head == verb for child in relative)
    other = any(child.dep in {"pobj", "advmod", "poss"} for child in relative)
    return subject or other


def _antecedents(tokens: list[Token], verb: Token) -> list[Token]:
    """Replace relative pronouns by the noun that the relative clause modifies."""
    clause = next((v for v in verb_chain(verb) if v.dep == "relcl"), None)
    if clause is None:
        return tokens
    return [clause.head if token.lower in _RELATIVE and token.tag[0] == "W" else token for token in tokens]


def _controller(verb: Token) -> list[Token]:
    governor = verb.head
    objects = children(governor, *OBJECTS, "dative")
    if governor.lemma in OBJECT_CONTROL and objects:
        return objects
    if is_passive(governor) or governor.lemma not in OBJECT_CONTROL or not objects:
        return clause_subjects(governor)
    return []


def _noun_controller(verb: Token) -> list[Token]:
    """The subject of a clause on a noun: the noun, or, in "decision to suspend", whose decision it is."""
    noun = verb.head
    if verb.dep == "relcl":
        return []
    if any(child.dep == "aux" and child.lower == "to" for child in verb.children):
        return owners(noun)
    return [] if verb.tag == "VBN" else [_name_before(verb) or noun]


def _name_before(participle: Token) -> Token | None:
    """The name right before a participle is its subject, whatever it was attached to: "a factor in Russia opening up"."""
    before = participle.tree.tokens[participle.i - 1] if participle.i else None
    return before if before is not None and before.pos == "PROPN" and participle.tag == "VBG" else None


def _preposition_controller(preposition: Token) -> list[Token]:
    governor = preposition.head
    if preposition.dep == "prep" and is_noun(governor):
        return owners(governor)
    return clause_subjects(governor) if is_verb(governor) else []


def owners(noun: Token) -> list[Token]:
    """Return whose a noun is: possessor, adjective or compound before it, "by" or "of" after it, or light subject."""
    found = children(noun, "poss")
    for preposition in children(noun, "prep", "agent"):
        if preposition.lower in {"by", "from"}:
            found += children(preposition, "pobj")
    found += [child for child in children(noun, "amod", "compound", "nmod") if child.pos in {"ADJ", "PROPN"}]
    if found:
        return found
    governor = noun.head
    if noun.dep in OBJECTS | {"pobj"} and is_verb(governor):
        return clause_subjects(governor)
    return []


def complements(token: Token) -> Iterator[tuple[str, Token]]:
    """Yield (preposition, noun) for each prepositional phrase on a token, through chains like "out of"."""
    for child in token.children:
        if child.dep in {"prep", "dative", "agent", "prt"} and not is_attribution(child):
            yield from _prepositional(child)


def is_attribution(token: Token) -> bool:
    """Tell whether a word names whose word something is told on: "according to Reuters"."""
    return token.lower == "according"


def speakers(source: Token) -> list[Token]:
    """Return who says what hangs on a verb of saying or on "according"."""
    if not is_attribution(source):
        return clause_subjects(source)
    return [noun for to in children(source, "prep") for noun in children(to, "pobj")]


def _prepositional(preposition: Token) -> Iterator[tuple[str, Token]]:
    for child in preposition.children:
        if child.dep in {"pobj", "pcomp"}:
            yield preposition.lower, child
        elif child.dep == "prep":
            yield from _prepositional(child)
            if (preposition.lower, child.lower) == ("out", "of"):
                yield from (("from", noun) for _, noun in _prepositional(child))


def clause_of(token: Token) -> Token:
    """Return the verb (or root) of the clause that a token stands in."""
    while not (is_verb(token) and token.dep != "amod") and token.head != token:
        token = token.head
    return token


def path_up(token: Token) -> Iterator[tuple[Token, Token]]:
    """Yield (child, governor) from a token up to the root of its sentence, or to a semicolon between two clauses."""
    while token.head != token and not _are_parted(token, token.head):
        yield token, token.head
        token = token.head


def _are_parted(child: Token, governor: Token) -> bool:
    """Tell whether a semicolon makes two clauses independent, however they were attached."""
    if not (is_verb(child) and is_verb(governor)):
        return False
    marks = _semicolons(child.tree)
    first, last = sorted((child.i, governor.i))
    return bisect_left(marks, first) < bisect_left(marks, last)


@lru_cache(maxsize=8)
def _semicolons(tree: Tree) -> tuple[int, ...]:
    return tuple(token.i for token in tree.tokens if token.text == ";")
