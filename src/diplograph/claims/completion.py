"""Who takes part although the clause does not name him: the governing event's sides, an event told before, the story's.

"Helsinki refused" says to whom only with the sentence before it; an embargo is lifted from whom it was imposed on.
What is filled in like this is marked as inferred (`Claim.inferred`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from diplograph.claims import roles, syntax
from diplograph.claims.arguments import Arguments
from diplograph.claims.discourse import power_of
from diplograph.claims.frames import Trigger
from diplograph.claims.roles import Roles
from diplograph.claims.scene import Scene
from diplograph.model import Actor, Claim, Filler, Lot, Stance
from diplograph.trees import Token

_NEARBY = 200  # characters: what the last sentence asserted comes before what it only presupposed
_SIDES = ("source", "target")


def is_satisfied(trigger: Trigger, filled: Mapping[str, tuple[Filler, ...]]) -> bool:
    """Tell whether the roles that the frame requires are filled, by anyone but places."""
    groups = {name: names for names, _ in trigger.frame.roles for name in names}
    needed = all(any(name in filled for name in groups.get(role, (role,))) for role in trigger.frame.requires)
    return needed and any(
        isinstance(f, Actor) and f.kind != "Place" for fillers in filled.values() for f in fillers
    )


def from_governor(trigger: Trigger, filled: Roles, outer: Claim, scene: Scene) -> Roles:
    """Take over the sides of the governing event: "lifted an embargo, followed by an agreement on the sale of"."""
    result = dict(filled)
    if outer.kind in scene.lexica.roles["inherited"]["not_from"]:
        return result
    for name in (name for names, _ in trigger.frame.roles for name in names):
        side = side_of(name, scene)
        if side is None or name in result or name not in scene.lexica.roles["inherited"]["roles"]:
            continue
        wanted, taken = roles.accepts(name, scene), {f.label for f in _actors(result)}
        both = name in scene.lexica.roles["symmetric"]["roles"]
        fillers = [
            f for role, each in outer.roles.items() if both or role in scene.lexica.sides[side]
            for f in each if isinstance(f, Actor) and f.kind in wanted and f.label not in taken
        ]  # fmt: skip
        if fillers:
            result[name] = tuple(fillers)
    return result


def with_destination(filled: Roles, outer: Claim, scene: Scene) -> Roles:
    """An event compared with one of its kind was towards the same side: "visited Moscow after the last visit by"."""
    target = scene.lexica.sides["target"] | {"visitPlace"}
    if any(role in target for role in filled):
        return filled
    return {**filled, **{role: fillers for role, fillers in outer.roles.items() if role in target}}


def refers_back(token: Token, scene: Scene) -> bool:
    """Tell whether a noun's article or demonstrative says that its event was told of before."""
    words = scene.lexica.coreference["event"]
    return any(
        c.lower in words["demonstratives"] | words["definite"] for c in token.children if c.dep == "det"
    )


def antecedent(trigger: Trigger, filled: Roles, scene: Scene) -> Claim | None:
    """Return the last claim of the same kind whose roles agree with those that are filled."""
    fitting = [
        claim for claim in reversed(scene.discourse.claims[-40:])
        if claim.kind == trigger.frame.event and all(_agree(claim.roles.get(role, f), f) for role, f in filled.items())
    ]  # fmt: skip
    nearby = [
        c for c in fitting if fitting[0].evidence[0].trigger.start - c.evidence[0].trigger.start < _NEARBY
    ]
    return next((c for c in nearby if c.stance is not Stance.PRESUPPOSED), nearby[0] if nearby else None)


def with_antecedent(filled: Roles, told: Claim | None) -> Roles:
    """Return the roles of an event told before and those of its new mention; "the helicopters" name no other ones."""
    if told is None:
        return filled
    vague = {
        role
        for role, each in filled.items()
        if role in told.roles and all(isinstance(f, Lot) and f.equipment is None for f in each)
    }
    return {**told.roles, **{role: each for role, each in filled.items() if role not in vague}}


def implied(trigger: Trigger, filled: Roles, found: Arguments, scene: Scene) -> Roles:
    """Return the roles with the sides filled that the words leave open and the text before them tells."""
    if trigger.frame.event in scene.lexica.roles["implied"]["never"]:
        return filled
    equals = _role_of_equals(trigger, scene)
    if equals is not None:
        return _with_partner(trigger, equals, filled, scene)
    open_sides = {side: name for side in _SIDES if (name := _open_role(side, trigger, filled, found, scene))}
    if not open_sides:
        return filled
    if (
        len(open_sides) == 2
        and not _may_imply_both(trigger, scene)
        and _model(trigger, dict.fromkeys(_SIDES, frozenset()), scene) is None
    ):
        return filled
    return _with_sides(trigger, filled, open_sides, scene)


def _with_sides(trigger: Trigger, filled: Roles, open_sides: Mapping[str, str], scene: Scene) -> Roles:
    known = {side: _powers(_on_side(filled, side, scene)) for side in _SIDES}
    model = _model(trigger, known, scene)
    result = dict(filled)
    for side, name in open_sides.items():
        other = known["target" if side == "source" else "source"]
        powers = model[side] if model is not None else frozenset()
        if not powers and not (model is not None and _is_of_equals(model)):
            powers = _counterparts(trigger, known, other, scene)
        actors = tuple(
            a for power in sorted(powers) if power not in other and (a := _actor_for(power, name, scene))
        )
        if actors:
            result[name] = actors
            known[side] = _powers(actors)
    return result


def _is_of_equals(sides: Mapping[str, frozenset[str]]) -> bool:
    """Tell whether several did something together, and to nobody: "the accord was never ratified"."""
    return len(sides["source"]) > 1 and not sides["target"]


def _counterparts(
    trigger: Trigger, known: Mapping[str, frozenset[str]], other: frozenset[str], scene: Scene
) -> frozenset[str]:
    if not other and any(known.values()):
        return frozenset()
    if trigger.frame.event in scene.lexica.roles["implied"]["between"]:
        two = scene.discourse.quarrel(other)
        if two:
            return two
    power = scene.discourse.counterpart(scene.position(trigger.token), other)
    return frozenset({power}) if power else frozenset()


def _model(
    trigger: Trigger, known: Mapping[str, frozenset[str]], scene: Scene
) -> Mapping[str, frozenset[str]] | None:
    """Return the sides of the last event that this one repeats, ends or carries out, where its known side agrees."""
    kinds = scene.lexica.roles["presupposes"].get(trigger.frame.event, frozenset())
    if trigger.unit.part == "noun" and refers_back(trigger.token, scene):
        kinds = kinds | {trigger.frame.event}
    for claim in reversed(scene.discourse.claims[-30:]):
        if claim.kind in kinds:
            sides = _oriented({side: _powers(_on_side(claim.roles, side, scene)) for side in _SIDES}, known)
            if all(not known[side] or known[side] & sides[side] for side in _SIDES):
                return sides
    return None


def _oriented(
    sides: dict[str, frozenset[str]], known: Mapping[str, frozenset[str]]
) -> dict[str, frozenset[str]]:
    """Turn a relation of equals towards the side that is known."""
    if sides["target"] or len(sides["source"]) < 2:
        return sides
    everyone = sides["source"]
    if known["source"]:
        return {"source": known["source"] & everyone, "target": everyone - known["source"]}
    return {"source": everyone - known["target"], "target": known["target"] & everyone}


def _open_role(side: str, trigger: Trigger, filled: Roles, found: Arguments, scene: Scene) -> str | None:
    """Return the role of a side that nobody fills, where the words do not say that somebody else does."""
    for names, functions in trigger.frame.roles:
        name = next(
            (
                n
                for n in names
                if n in scene.lexica.sides[side] and n in scene.lexica.roles["implied"]["roles"]
            ),
            None,
        )
        if name is None:
            continue
        if any(n in filled for n in names) or _is_towards_nobody(side, functions, found, scene):
            return None
        if side == "source" and any(
            not _is_agent(t, scene) for f in functions if f in {"subject", "by"} for t in found.get(f, ())
        ):
            return None
        return name
    return None


def _is_towards_nobody(side: str, functions: tuple[str, ...], found: Arguments, scene: Scene) -> bool:
    """Tell whether the words say that an event is directed at no one: a war on terror."""
    abstract = scene.lexica.descriptions["abstract"]["nouns"]
    return side == "target" and any(t.lemma in abstract for f in functions for t in found.get(f, ()))


def _is_agent(token: Token, scene: Scene) -> bool:
    """Tell whether a phrase that names no known actor may stand for one: a pronoun, a group, an office."""
    words, lemma = scene.lexica.descriptions, token.lemma
    if token.pos == "PRON":
        return True
    owned = bool(syntax.children(token, "amod", "compound", "poss", "nmod"))
    return not owned and (
        lemma in words["state"]["nouns"] | words["collective"]["nouns"] or lemma in scene.lexica.offices
    )


def _may_imply_both(trigger: Trigger, scene: Scene) -> bool:
    """A clause without any named side still tells an event ("the accords were denounced"); a bare noun only if it refers back."""
    return syntax.is_verb(trigger.token) or refers_back(trigger.token, scene)


def _role_of_equals(trigger: Trigger, scene: Scene) -> str | None:
    """Return the role that everyone fills in a relation of equals."""
    if trigger.frame.mutual:
        return trigger.frame.roles[0][0][0]
    symmetric = scene.lexica.roles["symmetric"]["roles"]
    return next((name for names, _ in trigger.frame.roles for name in names if name in symmetric), None)


def _with_partner(trigger: Trigger, name: str, filled: Roles, scene: Scene) -> Roles:
    """Complete a relation of equals: with the one that the known party dealt with last, or with both sides of the story."""
    present = [f for f in filled.get(name, ()) if isinstance(f, Actor)]
    powers = _powers(present)
    if (
        len(powers) > 1
        or (present and not powers)
        or (not present and name == "party" and not _names_relation(trigger, scene))
        or _is_multilateral(trigger, present, scene)
    ):
        return filled
    added = _partners(trigger, powers, scene)
    actors = [a for power in sorted(added - powers) if (a := _actor_for(power, name, scene))]
    return {**filled, name: (*present, *actors)} if actors else filled


def _partners(trigger: Trigger, powers: frozenset[str], scene: Scene) -> frozenset[str]:
    position = scene.position(trigger.token)
    told = antecedent(trigger, {}, scene) if refers_back(trigger.token, scene) else None
    if told is not None:
        everyone = _powers(_actors(told.roles))
        if powers <= everyone and len(everyone) > 1:
            return everyone
    if powers:
        related = trigger.frame.event in scene.lexica.roles["symmetric"]["pairwise"]
        other = (
            scene.discourse.beside(position, powers) if related else None
        ) or scene.discourse.counterpart(position, powers)
        return frozenset({other}) if other else frozenset()
    return frozenset(actor.iri for actor in scene.discourse.pair(position) if actor.iri)


def _names_relation(trigger: Trigger, scene: Scene) -> bool:
    """Tell whether the words are about a relation that needs no naming again: "ties were mended", "the thaw"."""
    return bool(trigger.unit.objects) or refers_back(trigger.token, scene)


def _is_multilateral(trigger: Trigger, present: Iterable[Actor], scene: Scene) -> bool:
    if any(actor.kind in {"Organization", "Bloc"} for actor in present):
        return True
    return any(token.lemma in scene.lexica.roles["symmetric"]["multilateral"] for token in trigger.matched)


def _actor_for(power: str, role: str, scene: Scene) -> Actor | None:
    actor = scene.discourse.actor_of(power) or _state(power, scene)
    return (
        replace(actor, span=None) if actor is not None and actor.kind in roles.accepts(role, scene) else None
    )


def _state(power: str, scene: Scene) -> Actor | None:
    entity = scene.reference.entities.get(power)
    kind = "State" if power.startswith("state:") else "Organization"
    return Actor(entity.label, kind, entity.iri, entity.iri if kind == "State" else None) if entity else None


def sides_of(claim: Claim, scene: Scene) -> tuple[frozenset[str], frozenset[str]]:
    """Return the powers on the source side and on the target side of a claim."""
    return _powers(_on_side(claim.roles, "source", scene)), _powers(_on_side(claim.roles, "target", scene))


def _on_side(filled: Mapping[str, tuple[Filler, ...]], side: str, scene: Scene) -> Iterator[Actor]:
    for role, fillers in filled.items():
        if role in scene.lexica.sides[side] or (side == "target" and role == "visitPlace"):
            yield from (f for f in fillers if isinstance(f, Actor))


def side_of(role: str, scene: Scene) -> str | None:
    """Return the side that a role stands on: source, target or neither."""
    return next((side for side in _SIDES if role in scene.lexica.sides[side]), None)


def _actors(filled: Mapping[str, tuple[Filler, ...]]) -> Iterator[Actor]:
    return (f for fillers in filled.values() for f in fillers if isinstance(f, Actor))


def _powers(actors: Iterable[Actor]) -> frozenset[str]:
    found = (actor.state if actor.kind == "Place" else power_of(actor) for actor in actors)
    return frozenset(power for power in found if power)


def _agree(one: tuple[Filler, ...], other: tuple[Filler, ...]) -> bool:
    if any(isinstance(f, Lot) and f.equipment is None for f in (*one, *other)):
        return True  # "the helicopters" may be any that were named
    return bool({getattr(f, "label", f) for f in one} & {getattr(f, "label", f) for f in other})
