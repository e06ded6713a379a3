"""Documents to claims: triggers in each sentence, their roles, time and factuality, and where the text says it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from spacy.language import Language
from spacy.tokens import Span as Tokens
from spacy.tokens import Token

from diplograph import sentences
from diplograph.claims import actors, arguments, factuality, frames, roles, syntax, things, timing
from diplograph.claims.arguments import Arguments
from diplograph.claims.discourse import Discourse
from diplograph.claims.factuality import Factuality
from diplograph.claims.frames import Lexicon, Trigger
from diplograph.claims.lexica import Lexica
from diplograph.claims.scene import Scene
from diplograph.mentions import calendar, naming
from diplograph.mentions.gazetteer import Gazetteer
from diplograph.mentions.times import Clock
from diplograph.model import Actor, Claim, Document, Evidence, Filler, Lot, Modality, Span, Stance

_NEARBY = 200  # characters: what the last sentence asserted comes before what it only presupposed
_NAMED_WITHOUT_EVENT = {"conflict", "organization", "person", "place", "equipment", "state"}


@dataclass(frozen=True)
class Reader:
    """All that reading needs: the parser and the declarative knowledge."""

    parser: Language
    gazetteer: Gazetteer
    lexicon: Lexicon
    lexica: Lexica


@dataclass(frozen=True)
class _Draft:
    """A claim in the making, with the trigger it comes from."""

    trigger: Trigger
    arguments: Arguments
    claim: Claim


def read(document: Document, reader: Reader) -> tuple[Claim, ...]:
    """Return the claims of a document in the order of the text."""
    discourse, clock = Discourse(), Clock(document.published)
    for paragraph in sentences.parse(document, reader.parser):
        found, clock = timing.mentions(paragraph.tokens, clock)
        scene = Scene(
            document, paragraph, naming.find(paragraph.tokens, reader.gazetteer), found,
            reader.lexica, reader.gazetteer.reference, discourse, document.author,
        )  # fmt: skip
        for sentence in paragraph.tokens.sents:
            _note_actors(sentence, scene)
            for claim in _claims(sentence, scene, reader.lexicon):
                discourse.claims.append(claim)
    return tuple(_with_repeats(claim, document) for claim in discourse.claims)


def _note_actors(sentence: Tokens, scene: Scene) -> None:
    """Remember whom a sentence names or describes, so that later words can refer back to them."""
    for token in sentence:
        body = things.body(token, scene) if token.pos_ == "PROPN" else None
        if body is not None:
            scene.discourse.note(body, scene.position(token))
        mention = scene.names.get(token.i)
        if (mention is None or mention.head != token.i) and token.lower_ not in scene.lexica.offices:
            continue
        subject = token.dep_ in syntax.SUBJECTS | syntax.PASSIVE_SUBJECTS
        for actor in actors.resolve(token, scene):
            scene.discourse.note(actor, scene.position(token), subject=subject)
            state = actors.states(actor, scene) if actor.kind == "Place" else None
            if state is not None:
                scene.discourse.note(state, scene.position(token), subject=subject)


def _claims(sentence: Tokens, scene: Scene, lexicon: Lexicon) -> list[Claim]:
    """Return the claims of a sentence, governors read before what they govern."""
    eventful = {token.i for token in sentence if _may_trigger(token, scene, lexicon)}
    owned = timing.owners(scene.paragraph.tokens, [t for t in scene.times if sentence.start <= t.start < sentence.end], eventful)
    drafts: dict[int, _Draft] = {}
    for token in sorted((t for t in sentence if t.i in eventful), key=_depth):
        if token.i in drafts:
            continue
        draft = _draft(token, scene, lexicon, owned, eventful, drafts)
        if draft is not None:
            _absorb(draft, drafts)
            for matched in draft.trigger.matched:
                drafts[matched.i] = draft
    unique = {id(draft): draft for draft in drafts.values()}.values()
    return [draft.claim for draft in sorted(unique, key=lambda draft: draft.trigger.token.i)]


def _depth(token: Token) -> tuple[int, int]:
    return sum(1 for _ in syntax.path_up(token)), token.i


def _may_trigger(token: Token, scene: Scene, lexicon: Lexicon) -> bool:
    mention = scene.names.get(token.i)
    if mention is not None and mention.kind in _NAMED_WITHOUT_EVENT:
        return False
    part = frames.part_of_speech(token)
    if token.dep_ == "compound" and token.head.pos_ in {"NOUN", "PROPN"}:
        return False  # "attack helicopters" are not an attack
    return part is not None and (part, token.lemma_.lower()) in lexicon.units


def _draft(
    token: Token, scene: Scene, lexicon: Lexicon, owned: Mapping[int, list[timing.TimeMention]], eventful: set[int], drafts: Mapping[int, _Draft]
) -> _Draft | None:
    """Return the claim of the most specific frame whose required roles are filled."""
    found = _arguments(token, scene)
    for trigger in frames.match(token, found, lexicon):
        outer = _outer(trigger, drafts)
        if outer is not None and outer.claim.kind == trigger.frame.event and not _is_another(token, outer):
            return None
        merged = _with_matched(trigger, found, scene)
        if outer is not None and outer.claim.kind in trigger.frame.absorbs:
            merged = arguments.merged(merged, outer.arguments)
        when = timing.of(token, trigger.matched, owned, eventful)
        giver = outer if outer is None or outer.claim.kind not in trigger.frame.absorbs else _outer(outer.trigger, drafts)
        filled = _complete(trigger, roles.fill(trigger, merged, scene, when), giver, scene)
        if filled is not None and giver is not None and giver.claim.kind == trigger.frame.event:
            filled = _with_destination(filled, giver, scene)
        if filled is not None:
            claim = _claim(trigger, filled, when or _absorbed_time(trigger, outer), scene)
            return _Draft(trigger, merged, claim) if claim else None
    return None


def _is_another(token: Token, outer: _Draft) -> bool:
    """Tell whether an event noun under a trigger of its kind is another event: "visited Moscow after the last visit"."""
    for child, governor in syntax.path_up(token):
        if child.dep_ == "conj" and syntax.is_verb(child):
            return True  # a clause of its own: "he visited Moscow, but no one visited Islamabad"
        if child.dep_ == "prep" and child.lower_ in {"after", "before", "since", "until", "following", "during", "like", "unlike", "despite"}:
            return True
        if governor == outer.trigger.token:
            break
    return False


def _arguments(token: Token, scene: Scene) -> Arguments:
    if syntax.is_verb(token):
        return arguments.of_verb(token)
    found = arguments.of_noun(token, light=scene.lexica.factuality["transparent"]["light"])
    if any(c.lower_ in scene.lexica.coreference["event"]["demonstratives"] for c in token.children if c.dep_ == "det"):
        found = {function: tokens for function, tokens in found.items() if function not in {"outer", "subject"}}
    if token.pos_ in {"ADJ", "ADV"} and syntax.is_verb(token.head):
        return arguments.merged({"subject": syntax.clause_subjects(token.head)}, found)
    if token.dep_ == "attr" and syntax.is_verb(token.head):
        return arguments.merged(found, {"outer": syntax.clause_subjects(token.head)})
    return found


def _with_matched(trigger: Trigger, found: Arguments, scene: Scene) -> Arguments:
    """Add the arguments of the other words of a pattern: the embargo's "on Pakistan" to "lifted"."""
    light: frozenset[str] = scene.lexica.factuality["transparent"]["light"]
    others = [arguments.of_noun(token, light=light) for token in trigger.matched[1:] if syntax.is_noun(token)]
    return arguments.merged(found, *others)


def _outer(trigger: Trigger, drafts: Mapping[int, _Draft]) -> _Draft | None:
    """Return the draft of the nearest governor that has one."""
    for child, governor in syntax.path_up(trigger.token):
        if child.dep_ in {"relcl", "advcl", "ccomp"}:
            return None
        if governor.i in drafts:
            return drafts[governor.i]
    return None


def _absorbed_time(trigger: Trigger, outer: _Draft | None) -> str | None:
    return outer.claim.time if outer is not None and outer.claim.kind in trigger.frame.absorbs else None


def _absorb(draft: _Draft, drafts: dict[int, _Draft]) -> None:
    """Remove the governing draft that only announced this one: the agreement on a sale is the sale's."""
    outer = _outer(draft.trigger, drafts)
    if outer is not None and outer.claim.kind in draft.trigger.frame.absorbs:
        for index in [i for i, other in drafts.items() if other is outer]:
            del drafts[index]


def _complete(trigger: Trigger, filled: roles.Roles, outer: _Draft | None, scene: Scene) -> roles.Roles | None:
    """Return the roles if the required ones are filled, perhaps from what the sentence or story said before."""
    filled = _paired(trigger, filled, scene)
    if outer is not None:
        filled = _inherited(trigger, filled, outer, scene)
    if not _is_satisfied(trigger, filled) and _refers_back(trigger.token, scene):
        antecedent = _antecedent(trigger, filled, scene)
        filled = {**antecedent.roles, **filled} if antecedent else filled
    return filled if _is_satisfied(trigger, filled) else None


def _is_satisfied(trigger: Trigger, filled: Mapping[str, tuple[Filler, ...]]) -> bool:
    groups = {name: names for names, _ in trigger.frame.roles for name in names}
    needed = all(any(name in filled for name in groups.get(role, (role,))) for role in trigger.frame.requires)
    return needed and any(isinstance(f, Actor) and f.kind != "Place" for fillers in filled.values() for f in fillers)


def _paired(trigger: Trigger, filled: roles.Roles, scene: Scene) -> roles.Roles:
    """Complete a relation that has one party only with the other side of the story, where words say there is one."""
    parties = filled.get("party", ())
    if trigger.frame.event not in scene.lexica.roles["symmetric"]["pairwise"] or len(parties) != 1:
        return filled
    known = parties[0]
    if not isinstance(known, Actor):
        return filled
    definite = _refers_back(trigger.token, scene)
    partner = scene.discourse.partner(scene.position(trigger.token), known.iri or "") if definite else scene.discourse.topic(known.iri or "")
    return {**filled, "party": (known, partner)} if partner else {}


def _inherited(trigger: Trigger, filled: roles.Roles, outer: _Draft, scene: Scene) -> roles.Roles:
    """Take over the sides of the governing event: "lifted an embargo, followed by an agreement on the sale of"."""
    sides = scene.lexica.sides
    result = dict(filled)
    for names, _ in trigger.frame.roles:
        for name in names:
            side = next((side for side in ("source", "target") if name in sides[side]), None)
            if side is None or name in result or name not in scene.lexica.roles["inherited"]["roles"]:
                continue
            wanted = roles.accepts(name, scene)
            taken = {f.label for fillers in result.values() for f in fillers if isinstance(f, Actor)}
            both = name in scene.lexica.roles["symmetric"]["roles"]
            fillers = [
                f for role, each in outer.claim.roles.items() if both or role in sides[side]
                for f in each if isinstance(f, Actor) and f.kind in wanted and f.label not in taken
            ]  # fmt: skip
            if fillers:
                result[name] = tuple(fillers)
    return result


def _with_destination(filled: roles.Roles, outer: _Draft, scene: Scene) -> roles.Roles:
    """An event compared with one of its kind was towards the same side: "visited Moscow after the last visit by"."""
    target = scene.lexica.sides["target"] | {"visitPlace"}
    if any(role in target for role in filled):
        return filled
    return {**filled, **{role: fillers for role, fillers in outer.claim.roles.items() if role in target}}


def _refers_back(token: Token, scene: Scene) -> bool:
    words = scene.lexica.coreference["event"]
    return any(c.lower_ in words["demonstratives"] | words["definite"] for c in token.children if c.dep_ == "det")


def _antecedent(trigger: Trigger, filled: roles.Roles, scene: Scene) -> Claim | None:
    """Return the last claim of the same kind whose roles agree with those that are filled."""
    fitting = [
        claim for claim in reversed(scene.discourse.claims[-40:])
        if claim.kind == trigger.frame.event and all(_agree(claim.roles.get(role, f), f) for role, f in filled.items())
    ]  # fmt: skip
    nearby = [c for c in fitting if fitting[0].evidence[0].trigger.start - c.evidence[0].trigger.start < _NEARBY]
    return next((c for c in nearby if c.stance is not Stance.PRESUPPOSED), nearby[0] if nearby else None)


def _agree(one: tuple[Filler, ...], other: tuple[Filler, ...]) -> bool:
    return bool({getattr(f, "label", f) for f in one} & {getattr(f, "label", f) for f in other})


def _claim(trigger: Trigger, filled: roles.Roles, when: str | None, scene: Scene) -> Claim | None:
    kind, words = trigger.frame.event, scene.lexica.factuality
    verdict = factuality.judge(
        trigger.token, words, performative=trigger.frame.performative, planned=kind not in words["unplanned"]["kinds"]
    )
    if len(filled.get("party", "  ")) < 2:
        return None
    antecedent = _antecedent(trigger, filled, scene) if when is None and _refers_back(trigger.token, scene) else None
    return Claim(
        document=scene.document.id,
        kind=kind,
        roles={**(antecedent.roles if antecedent else {}), **filled},
        evidence=(_evidence(trigger, filled, scene),),
        time=when or (antecedent.time if antecedent else None),
        polarity=verdict.polarity,
        modality=_future(verdict, when, scene.document.published),
        stance=verdict.stance,
        claimant=_claimant(verdict, scene),
        ordinal=_ordinal(trigger.matched),
    )


def _future(verdict: Factuality, when: str | None, published: str | None) -> Modality:
    """What is dated after publication has not happened yet, however it is put."""
    if when and published and verdict.modality is Modality.ACTUAL and not when.endswith(".."):
        later = not timing.starts_by(when, published)
        return Modality.INTENDED if later else verdict.modality
    return verdict.modality


def _claimant(verdict: Factuality, scene: Scene) -> Actor | None:
    if verdict.source is not None:
        for token in syntax.clause_subjects(verdict.source):
            found = actors.resolve(token, scene)
            if found:
                return found[0]
        return Actor("unnamed sources", "CollectiveAgent")
    return Actor(scene.author, "Person") if scene.author else None


def _ordinal(tokens: tuple[Token, ...]) -> int | None:
    words = (child.lower_ for token in tokens for child in token.children if child.dep_ == "amod")
    return next((calendar.ORDINALS[word] for word in words if word in calendar.ORDINALS), None)


def _evidence(trigger: Trigger, filled: roles.Roles, scene: Scene) -> Evidence:
    """The words from the first to the last of trigger and fillers, within the sentence."""
    sentence = trigger.token.sent
    spans = [scene.paragraph.span(t, t) for t in trigger.matched]
    limits = scene.paragraph.span(sentence[0], sentence[-1])
    for fillers in filled.values():
        spans += [f.span for f in fillers if isinstance(f, Actor | Lot) and f.span and limits.start <= f.span.start < limits.end]
    return Evidence(Span(min(s.start for s in spans), max(s.end for s in spans)), spans[0])


def _with_repeats(claim: Claim, document: Document) -> Claim:
    """Add the second place where a paragraph that repeats another says the same, as one claim with two spans."""
    return replace(claim, evidence=(*claim.evidence, *(e for each in claim.evidence for e in _repeats(each, document))))


def _repeats(evidence: Evidence, document: Document) -> Iterator[Evidence]:
    for paragraph in document.paragraphs:
        original = paragraph.repeats
        if original and original.start <= evidence.span.start and evidence.span.end <= original.end:
            moved = paragraph.span.start - original.start
            yield Evidence(
                Span(evidence.span.start + moved, evidence.span.end + moved),
                Span(evidence.trigger.start + moved, evidence.trigger.end + moved),
            )

