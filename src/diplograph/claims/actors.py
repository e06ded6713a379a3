"""Noun phrases to actors: names, descriptions ("the Pakistani army chief"), groups, and words that refer back."""

from collections.abc import Iterator
from dataclasses import replace

from diplograph import linking
from diplograph.claims import references, shortening, syntax, titles
from diplograph.claims.scene import Scene
from diplograph.linking import Context
from diplograph.mentions.naming import NameMention
from diplograph.model import Actor, Entity, Span
from diplograph.trees import Token

_KINDS = {
    "state": "State", "person": "Person", "organization": "Organization", "place": "Place",
    "equipment": "Equipment", "treaty": "Treaty", "conflict": "Conflict", "bloc": "Bloc",
}  # fmt: skip
_THINGS = ("treaty:", "equipment:", "conflict:")  # an organization may bear the name of its treaty
_BEFORE = ("poss", "amod", "compound", "nmod", "npadvmod", "appos")
_OF = {"of", "from", "in", "for", "to", "at"}


def resolve(token: Token, scene: Scene, when: str | None = None) -> tuple[Actor, ...]:
    """Return whom the noun phrase headed by a token stands for; empty where that is nobody or cannot be told."""
    when, discourse = when or scene.story(token), scene.discourse
    asked = (token.i, when, discourse.sentence, len(discourse.mentioned))
    if asked not in scene.memo.resolved:
        scene.memo.resolved[asked] = _resolved(token, scene, when)
    return scene.memo.resolved[asked]


def _resolved(token: Token, scene: Scene, when: str | None) -> tuple[Actor, ...]:
    mention = scene.names.get(token.i)
    if mention is None or not mention.names:
        several = _namesakes(token, scene, when) or _shortened(token, scene, when)
        if several:
            return several
        if shortening.is_ruler(token, scene):
            mention = None  # a title is no name
    if mention is not None:
        return _named(mention, scene, when)
    word = token.lemma
    pronoun = references.pronoun(token, scene)
    if pronoun is not None:
        return pronoun
    paired = references.pair(token, scene)
    if paired:
        return paired
    titled = titles.apposed_name(token, scene)
    if titled is not None:
        return _named(titled, scene, when)
    if token.pos in {"NOUN", "PROPN"}:
        return _described(token, word, scene, when)
    return ()


def state_of(
    token: Token, scene: Scene, when: str | None = None, *, depth: int = 2, before: tuple[str, ...] = _BEFORE
) -> Actor | None:
    """Return the state that a noun phrase names as its owner: Russia's, Russian, of Russia, its."""
    for child in syntax.children(token, *before):
        state = _as_state(child, scene, when)
        if state is not None:
            return state
        if depth and child.dep in {"poss", "compound", "nmod"} and child.i not in scene.names:
            deeper = state_of(child, scene, when, depth=depth - 1)
            if deeper is not None:
                return deeper
    for preposition, noun in syntax.complements(token):
        if preposition in _OF:
            state = _as_state(noun, scene, when)
            if state is not None:
                return state
    return None


def states_of(token: Token, scene: Scene, when: str | None = None) -> tuple[Actor, ...]:
    """Return all the states that own a plural: Peruvian and Ecuadorian troops, the presidents of Guyana and Venezuela."""
    if token.tag in {"NNS", "NNPS"}:
        owners = (
            *syntax.children(token, *_BEFORE),
            *(noun for word, noun in syntax.complements(token) if word == "of"),
        )
        for owner in owners:
            several = [_as_state(each, scene, when) for each in syntax.coordinated(owner)]
            found = {state.iri: state for state in several if state is not None}
            if len(found) > 1:
                return tuple(found.values())
    state = state_of(token, scene, when)
    return (state,) if state is not None else ()


def states(actor: Actor, scene: Scene) -> Actor | None:
    """Return the state that an actor is, belongs to or acts for."""
    if actor.kind == "State":
        return actor
    return _state_actor(actor.state, actor.span, scene) if actor.state else None


def _as_state(token: Token, scene: Scene, when: str | None) -> Actor | None:
    when = when or scene.story(token)
    if token.pos in {"PRON", "DET"} and token.dep == "poss":
        found = references.pronoun(token, scene) or ()
    elif (
        token.i in scene.names
        and scene.names[token.i].kind == "place"
        and shortening.is_occasion(token, scene)
    ):
        return None
    elif token.i in scene.names and (scene.names[token.i].names or scene.names[token.i].kind == "Person"):
        found = _named(scene.names[token.i], scene, when)
    else:
        return None
    return next((state for actor in found if (state := states(actor, scene))), None)


def _named(mention: NameMention, scene: Scene, when: str | None) -> tuple[Actor, ...]:
    span = scene.paragraph.span(
        scene.paragraph.tokens[mention.start], scene.paragraph.tokens[mention.end - 1]
    )
    if not mention.names:
        return _unknown_name(mention, span, scene, when)
    context = _context(mention, scene, when)
    until, time = scene.lexica.descriptions["renamed"].get(mention.text), when or context.published
    if until is not None and time is not None and not linking.existed_over(until, time):
        return ()
    acting = tuple(name for name in mention.names if not name.entity.startswith(_THINGS))
    candidates = linking.rank(acting or mention.names, context, scene.reference)
    chosen = linking.decided(candidates)
    if chosen is None:
        return _undecided(mention, span, scene)
    states = shortening.members_of(chosen.iri, scene, when or context.published)
    if states:
        return tuple(_state_actor(iri, span, scene) for iri in states)
    entity = scene.reference.entities[chosen.iri]
    return (_actor(entity, span, scene, when, context),)


def _namesakes(token: Token, scene: Scene, when: str | None) -> tuple[Actor, ...]:
    """Return the two states that "the two Koreas" or "both Germanys" are."""
    if token.pos != "PROPN" or not token.text.endswith("s"):
        return ()
    found = linking.namesakes(token.text, when or scene.document.published, scene.reference)
    span = scene.paragraph.span(token, token)
    return tuple(_state_actor(iri, span, scene) for iri in found) if len(found) == 2 else ()


def _shortened(token: Token, scene: Scene, when: str | None) -> tuple[Actor, ...]:
    """Return the organization that "the League" is, or the states that "the Balts" are; what was named in full comes first."""
    span = scene.paragraph.span(token, token)
    time = when or scene.written(token)
    states = shortening.members(token, scene, time)
    if states:
        return tuple(_state_actor(iri, span, scene) for iri in states)
    found = shortening.organization(token, scene, time)
    if found is None:
        return ()
    named = _shortens(token.text, token, scene)
    if named is not None:
        return (replace(named, span=span),)
    context = Context(when, scene.written(token), scene.discourse.named)
    return (_actor(scene.reference.entities[found], span, scene, when, context),)


def _context(mention: NameMention, scene: Scene, when: str | None) -> Context:
    classes: tuple[str, ...] = ()
    owner = None
    if any(name.entity.startswith("person:") for name in mention.names):
        classes, owner = titles.before(mention, scene), _state_around(mention, scene, when)
    state = owner.iri if owner else None
    written = scene.written(scene.paragraph.tokens[mention.head])
    usual = scene.lexica.descriptions["usual"]["states"]
    return Context(when, written, scene.discourse.named, state, classes=classes, usual=usual)


def _state_around(mention: NameMention, scene: Scene, when: str | None) -> Actor | None:
    """The state in "Pakistani Prime Minister Imran Khan" stands before the title."""
    tokens = scene.paragraph.tokens
    for index in range(mention.start - 1, max(mention.start - 6, -1), -1):
        token = tokens[index]
        if index in scene.names and scene.names[index].kind in {"state", "place"}:
            return _as_state(token, scene, when)
        if token.pos not in {"ADJ", "NOUN", "PROPN", "PART"}:
            return None
    return None


def _unknown_name(mention: NameMention, span: Span, scene: Scene, when: str | None) -> tuple[Actor, ...]:
    if mention.kind == "Person":
        known = scene.discourse.people.get(mention.text.split()[-1]) or _by_first_name(mention, scene)
        if known is not None and (mention.text in known.label or " " not in mention.text):
            return (Actor(known.label, "Person", known.iri, known.state, known.offices, span),)
        owner = _state_around(mention, scene, when) or _state_beside(mention, scene, when)
        state = owner.iri if owner else None
        return (Actor(mention.text, "Person", None, state, titles.before(mention, scene), span),)
    organ = scene.lexica.descriptions["organ"].get(mention.text.lower())
    if organ is not None:
        return (
            _state_actor(
                linking.polity(organ, when or scene.document.published, scene.reference), span, scene
            ),
        )
    head = scene.paragraph.tokens[mention.head]
    if mention.kind == "Organization" and head.lemma in scene.lexica.descriptions["state"]["nouns"]:
        return _described(head, head.lemma, scene, when)
    if mention.kind == "Organization":
        known = _shortens(mention.text, head, scene)
        if known is not None:
            return (replace(known, span=span),)
        whole = (_shortened(t, scene, when) for t in scene.paragraph.tokens[mention.start : mention.end])
        found = next((actors for actors in whole if actors), ())
        if found:  # "the Council of the League" is the League's
            return tuple(replace(actor, span=span) for actor in found)
    return (Actor(mention.text, mention.kind, None, None, (), span),)


def _by_first_name(mention: NameMention, scene: Scene) -> Actor | None:
    """Return whom "Sir Anthony" means: the person told of before whose first name it is."""
    before = scene.paragraph.tokens[mention.start - 1].lower if mention.start else ""
    if not scene.lexica.names.says("person", "called_by_first_name", before):
        return None
    people = scene.discourse.people.values()
    return next((each for each in people if each.label.split()[0] == mention.text), None)


def _shortens(name: str, token: Token, scene: Scene) -> Actor | None:
    """Return the organization named last that a part of its name calls again."""
    before = scene.discourse.before(scene.position(token))
    return next((m.actor for m in before if _may_shorten(name, m.actor, scene)), None)


def _may_shorten(name: str, actor: Actor, scene: Scene) -> bool:
    """Tell whether a name is a part of an organization's: "the Council", "the Forum"."""
    if actor.kind != "Organization" or name == actor.label:
        return False
    entity = scene.reference.entities.get(actor.iri or "")
    names = (actor.label, *(entity.names if entity else ()))
    return any(name in known.split() for known in names)


def _state_beside(mention: NameMention, scene: Scene, when: str | None) -> Actor | None:
    """The state in "Kagiso Molefe, president of Botswana" or in "its ambassador, Li Daoyu" stands in the apposition."""
    head = scene.paragraph.tokens[mention.head]
    beside = syntax.children(head, "appos")
    found = next((state for noun in beside if (state := state_of(noun, scene, when))), None)
    if found is None and head.dep == "appos" and head.head.i not in scene.names:
        return state_of(head.head, scene, when, depth=0, before=_BEFORE[:-1])
    return found


def _undecided(mention: NameMention, span: Span, scene: Scene) -> tuple[Actor, ...]:
    """A name with several possible bearers stays the name, unless the text has named one of them in full."""
    known = scene.discourse.people.get(mention.text.split()[-1])
    if known is not None:
        return (Actor(known.label, known.kind, known.iri, known.state, known.offices, span),)
    return ()


def _actor(entity: Entity, span: Span, scene: Scene, when: str | None, context: Context) -> Actor:
    kind = _KINDS[entity.iri.partition(":")[0]]
    state = entity.iri if kind == "State" else entity.state if kind != "Equipment" else None
    offices: tuple[str, ...] = ()
    if kind == "Place":
        found = linking.states_of_place(entity.iri, when, context.published, scene.reference)
        country = found[0] if found else entity.state
        state = shortening.seated(entity.iri, country, scene, when or context.published) or country
    if kind == "Organization":
        apart = scene.lexica.codes["apart"]["organizations"]
        state = linking.whole(entity.iri, when or context.published, apart, scene.reference) or state
    if kind == "Person":
        state = _person_state(entity, scene, when)
        held = {term.object for term in scene.reference.terms.get(entity.iri, ())}
        offices = tuple(
            sorted(office for office in held if linking.is_titled(office, context, scene.reference))
        )
    return Actor(entity.label, kind, entity.iri, state, offices, span)


def _person_state(entity: Entity, scene: Scene, when: str | None) -> str | None:
    terms = scene.reference.terms.get(entity.iri, ())
    time = when or scene.document.published
    then = [term for term in terms if time is not None and linking.existed_over(term.time, time)]
    offices = (scene.reference.entities.get(term.object) for term in (then or terms))
    acted = [office.state for office in offices if office is not None and office.state]
    if entity.state in acted or not acted:  # a co-prince abroad acts for the state that is his own
        return entity.state
    known = [scene.reference.entities.get(iri) for iri in (entity.state or "", acted[0])]
    both = all(each is not None and linking.existed(each, time) for each in known)
    if both and min(linking.years_apart(term.time, time) for term in terms) > 1:
        return entity.state  # who was not yet or is no longer in an office abroad
    return acted[0]


def _state_actor(iri: str, span: Span | None, scene: Scene) -> Actor:
    entity = scene.reference.entities.get(iri)
    kind = "Organization" if iri.startswith("organization:") else "State"
    return Actor(entity.label if entity else iri, kind, iri, iri, (), span)


def _described(token: Token, word: str, scene: Scene, when: str | None) -> tuple[Actor, ...]:
    span = scene.paragraph.span(token, token)
    office = titles.office(token, scene)
    if office is not None:
        return _office_holder(token, office, span, scene, when)
    descriptions = scene.lexica.descriptions
    phrase = _with_compound(token, word)
    if word in descriptions["state"]["nouns"] or phrase in descriptions["state"]["nouns"]:
        state = state_of(token, scene, when) or references.definite_state(token, word, scene)
        return (_state_actor(state.iri, span, scene),) if state and state.iri else ()
    if word in descriptions["collective"]["nouns"] or phrase in descriptions["collective"]["nouns"]:
        found = _owners(token, word, scene, when)
        return tuple(
            Actor(f"{word} of {state.label}", "CollectiveAgent", None, state.iri, (), span) for state in found
        )
    return _institution(token, span, scene, when)


def _owners(token: Token, word: str, scene: Scene, when: str | None) -> tuple[Actor, ...]:
    """Return the states that a group is of: one, or both where it is "of both sides"."""
    owned = states_of(token, scene, when)
    if owned:
        return owned
    state = references.definite_state(token, word, scene)
    if state is not None:
        return (state,)
    paired = (
        references.pair(noun, scene) for preposition, noun in syntax.complements(token) if preposition == "of"
    )
    return next((pair for pair in paired if pair), ())


def _institution(token: Token, span: Span, scene: Scene, when: str | None) -> tuple[Actor, ...]:
    """An institution with a capital letter and a state before it ("the Russian Defense Institutes") is that state's."""
    if token.pos != "PROPN" or not token.text[:1].isupper():
        return ()
    state = state_of(token, scene, when, depth=0)
    return (
        (Actor(f"institution of {state.label}", "CollectiveAgent", None, state.iri, (), span),)
        if state
        else ()
    )


def _with_compound(token: Token, word: str) -> str:
    before = [child.lower for child in syntax.children(token, "compound", "amod")]
    return f"{before[-1]} {word}" if before else word


def _office_holder(
    token: Token, office: tuple[tuple[str, ...], tuple[str, ...]], span: Span, scene: Scene, when: str | None
) -> tuple[Actor, ...]:
    phrase, classes = office
    owners = states_of(token, scene, when)
    if not owners:
        found = references.definite_person(token, classes, scene)
        return _ruler(token, found, scene, when) if shortening.is_ruler(token, scene) else found
    title = f"unnamed {' '.join(phrase)}"
    return tuple(
        Actor(
            f"{title} of {s.label}",
            "DescribedPerson",
            None,
            s.iri,
            linking.offices_of(s.iri or "", classes, scene.reference, when or scene.document.published),
            span,
        )
        for s in owners
    )


def _ruler(token: Token, found: tuple[Actor, ...], scene: Scene, when: str | None) -> tuple[Actor, ...]:
    """Return who "the Kaiser" is: whom the text has named, if it is somebody of a state with that title."""
    time = when or scene.written(token)
    offices = linking.titled(token.lower, time, scene.reference)
    if found and found[0].state in {scene.reference.entities[office].state for office in offices}:
        return found
    office = shortening.ruler(offices, scene)
    if office is None:
        return ()
    state = scene.reference.entities[office].state or ""
    label = f"unnamed {token.lower} of {scene.reference.entities[state].label}"
    return (Actor(label, "DescribedPerson", None, state, (office,), scene.paragraph.span(token, token)),)


def all_named(scene: Scene) -> Iterator[tuple[Token, NameMention]]:
    """Yield the head token of each name of the paragraph, in order."""
    seen = set()
    for index in sorted(scene.names):
        mention = scene.names[index]
        if mention.start not in seen:
            seen.add(mention.start)
            yield scene.paragraph.tokens[mention.head], mention
