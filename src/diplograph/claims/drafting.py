"""One sentence's triggers to drafts of claims: which frame, who fills its roles, which draft gives way to which."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from diplograph.claims import arguments, assertion, completion, ellipsis, frames, roles, syntax, timing
from diplograph.claims.arguments import Arguments
from diplograph.claims.frames import Lexicon, Trigger
from diplograph.claims.roles import Roles
from diplograph.claims.scene import Scene, TimeMention
from diplograph.model import Claim
from diplograph.trees import Phrase, Token

_NAMED_WITHOUT_EVENT = {"conflict", "organization", "person", "place", "equipment", "state"}
_OTHER_EVENT = {"after", "before", "since", "until", "following", "during", "like", "unlike", "despite"}


@dataclass(frozen=True)
class Told:
    """A claim with the word that tells it, and the other words that have no event of their own because of it."""

    token: Token
    claim: Claim
    matched: tuple[Token, ...] = ()


@dataclass(frozen=True)
class Draft:
    """A claim in the making, with the trigger it comes from."""

    trigger: Trigger
    arguments: Arguments
    claim: Claim


@dataclass(frozen=True)
class _Sentence:
    """What the drafts of a sentence have in common."""

    scene: Scene
    lexicon: Lexicon
    owned: Mapping[int, list[TimeMention]]
    eventful: set[int]
    drafts: dict[int, Draft]
    absorbed: dict[int, tuple[Token, ...]]  # trigger -> words of the drafts that gave way to its draft


def claims(sentence: Phrase, scene: Scene, lexicon: Lexicon) -> list[Told]:
    """Return the claims of a sentence, governors read before what they govern."""
    eventful = {token.i for token in sentence if _may_trigger(token, scene, lexicon)}
    times = [t for t in scene.times if sentence.start <= t.start < sentence.end]
    owned = timing.owners(scene.paragraph.tokens, times, eventful)
    state = _Sentence(scene, lexicon, owned, eventful, {}, {})
    for token in sorted((t for t in sentence if t.i in eventful), key=_depth):
        if token.i in state.drafts:
            continue
        draft = _draft(token, state)
        if draft is not None:
            _absorb(draft, state)
            state.drafts.update(dict.fromkeys((matched.i for matched in draft.trigger.matched), draft))
    found = {
        id(d): Told(
            d.trigger.token, d.claim, (*d.trigger.matched, *state.absorbed.get(d.trigger.token.i, ()))
        )
        for d in state.drafts.values()
    }
    told = [*found.values(), *_repetitions(sentence, list(found.values()), state)]
    return sorted(told, key=lambda each: each.token.i)


def _repetitions(sentence: Phrase, told: list[Told], state: _Sentence) -> Iterator[Told]:
    """Yield the claims of clauses that only say that others did the same, or did not."""
    discourse = state.scene.discourse
    for token in sentence:
        if token.i in state.drafts or not ellipsis.is_repetition(token, state.scene):
            continue
        recent = [
            c
            for c, r in zip(discourse.claims, discourse.relations, strict=True)
            if discourse.sentence - r.sentence <= 1
        ]
        model = ellipsis.nearest(token, [(t.token.i, t.claim) for t in told], reversed(recent))
        when = timing.of(token, (token,), state.owned, state.eventful)
        claim = ellipsis.repeated(token, model, when, state.scene) if model else None
        if claim is not None:
            yield Told(token, claim)


def _depth(token: Token) -> tuple[int, int]:
    return sum(1 for _ in syntax.path_up(token)), token.i


def _may_trigger(token: Token, scene: Scene, lexicon: Lexicon) -> bool:
    part = frames.part_of_speech(token)
    return not is_barred(token, scene) and part is not None and (part, token.lemma) in lexicon.units


def is_barred(token: Token, scene: Scene) -> bool:
    """Tell whether a word cannot trigger: part of a name, or a compound ("attack helicopters" are not an attack)."""
    mention = scene.names.get(token.i)
    if mention is not None and mention.kind in _NAMED_WITHOUT_EVENT:
        return True
    return token.dep == "compound" and token.head.pos in {"NOUN", "PROPN"}


def _draft(token: Token, sentence: _Sentence) -> Draft | None:
    """Return the claim of the most specific frame whose required roles are filled, by words first, else by the story."""
    found = arguments_of(token, sentence.scene)
    things = sentence.scene.discourse.recent_things(sentence.scene.position(token))
    triggers = list(frames.match(token, found, sentence.lexicon, things))
    for trigger in triggers:
        outer = _outer(trigger, sentence.drafts)
        if outer is not None and outer.claim.kind == trigger.frame.event and not _is_another(token, outer):
            return None
    for trigger, implicit in _attempts(triggers):
        draft = _attempt(trigger, found, sentence, implicit=implicit)
        if draft is not None:
            return draft
    return None


def _attempts(triggers: list[Trigger]) -> Iterator[tuple[Trigger, bool]]:
    """Yield the triggers to try: a specific pattern may be completed by the story before a vaguer one is tried at all."""
    for trigger in triggers:
        yield trigger, False
        if trigger.unit.objects or trigger.unit.with_words:
            yield trigger, True
    yield from ((trigger, True) for trigger in triggers)


def _attempt(trigger: Trigger, found: Arguments, sentence: _Sentence, *, implicit: bool) -> Draft | None:
    scene, outer = sentence.scene, _outer(trigger, sentence.drafts)
    absorbed = outer is not None and outer.claim.kind in trigger.frame.absorbs
    merged = _with_matched(trigger, found, scene)
    if outer is not None and absorbed:
        merged = arguments.merged(merged, outer.arguments)
    when = timing.of(trigger.token, trigger.matched, sentence.owned, sentence.eventful)
    giver = _outer(outer.trigger, sentence.drafts) if outer is not None and absorbed else outer
    explicit = roles.fill(trigger, merged, scene, when)
    filled = _complete(trigger, explicit, merged, giver, scene, implicit=implicit)
    if filled is None:
        return None
    time = when or (outer.claim.time if outer is not None and absorbed else None)
    time = time or timing.told_with(trigger.token, scene.times)
    time = time or timing.story_year(trigger.token, scene.times)
    claim = assertion.claim(trigger, filled, frozenset(filled) - frozenset(explicit), time, scene)
    return Draft(trigger, merged, claim) if claim else None


def _complete(
    trigger: Trigger, filled: Roles, found: Arguments, giver: Draft | None, scene: Scene, *, implicit: bool
) -> Roles | None:
    """Return the roles if the required ones are filled, perhaps from what the sentence or story said before."""
    if giver is not None:
        filled = completion.from_governor(trigger, filled, giver.claim, scene)
        if giver.claim.kind == trigger.frame.event:
            filled = completion.with_destination(filled, giver.claim, scene)
    if not completion.is_satisfied(trigger, filled) and completion.refers_back(trigger.token, scene):
        antecedent = completion.antecedent(trigger, filled, scene)
        filled = completion.with_antecedent(filled, antecedent)
    if implicit or completion.is_satisfied(trigger, filled):
        filled = completion.implied(trigger, filled, found, scene)
    return filled if completion.is_satisfied(trigger, filled) else None


def _is_another(token: Token, outer: Draft) -> bool:
    """Tell whether an event noun under a trigger of its kind is another event: "visited Moscow after the last visit"."""
    for child, governor in syntax.path_up(token):
        if child.dep == "conj" and syntax.is_verb(child):
            return True  # a clause of its own: "he visited Moscow, but no one visited Islamabad"
        if child.dep == "prep" and child.lower in _OTHER_EVENT:
            return True
        if governor == outer.trigger.token:
            break
    return False


def arguments_of(token: Token, scene: Scene) -> Arguments:
    """Return the arguments of a word that may trigger an event, by function."""
    known = scene.memo.arguments
    if token.i not in known:
        known[token.i] = _arguments(token, scene)
    return known[token.i]


def _arguments(token: Token, scene: Scene) -> Arguments:
    if syntax.is_verb(token):
        return arguments.of_verb(token)
    found = arguments.of_noun(token, light=scene.lexica.factuality["transparent"]["light"])
    if any(
        c.lower in scene.lexica.coreference["event"]["demonstratives"]
        for c in token.children
        if c.dep == "det"
    ):
        found = {
            function: tokens for function, tokens in found.items() if function not in {"outer", "subject"}
        }
    if token.pos in {"ADJ", "ADV"} and syntax.is_verb(token.head):
        return arguments.merged({"subject": syntax.clause_subjects(token.head)}, found)
    if token.dep == "attr" and syntax.is_verb(token.head):
        return arguments.merged(found, {"outer": syntax.clause_subjects(token.head)})
    return found


def _with_matched(trigger: Trigger, found: Arguments, scene: Scene) -> Arguments:
    """Add the arguments of the other words of a pattern: the embargo's "on Pakistan" to "lifted"."""
    light: frozenset[str] = scene.lexica.factuality["transparent"]["light"]
    others = [
        _outwards(token, arguments.of_noun(token, light=light), scene)
        for token in trigger.matched[1:]
        if syntax.is_noun(token)
    ]
    return arguments.merged(found, *others)


def _outwards(noun: Token, found: Arguments, scene: Scene) -> Arguments:
    """Leave out whose envoy or troops a noun names: that is not who expels or fights them."""
    lemma = noun.lemma
    if (
        lemma in scene.lexica.offices
        or lemma
        in scene.lexica.descriptions["collective"]["nouns"] | scene.lexica.descriptions["delegates"]["nouns"]
    ):
        return {
            function: tokens
            for function, tokens in found.items()
            if function not in {"possessor", "modifier", "outer", "subject"}
        }
    return found


def _outer(trigger: Trigger, drafts: Mapping[int, Draft]) -> Draft | None:
    """Return the draft of the nearest governor that has one."""
    for child, governor in syntax.path_up(trigger.token):
        if child.dep in {"relcl", "advcl", "ccomp"}:
            return None
        if governor.i in drafts:
            return drafts[governor.i]
    return None


def _absorb(draft: Draft, sentence: _Sentence) -> None:
    """Remove the governing draft that only announced this one: the agreement on a sale is the sale's."""
    outer = _outer(draft.trigger, sentence.drafts)
    if outer is not None and outer.claim.kind in draft.trigger.frame.absorbs:
        sentence.absorbed[draft.trigger.token.i] = outer.trigger.matched
        for index in [i for i, other in sentence.drafts.items() if other is outer]:
            del sentence.drafts[index]
