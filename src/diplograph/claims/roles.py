"""Which argument fills which role: functions in the frame's order of preference, fillers by their kind."""

from collections.abc import Container, Iterator, Mapping

from diplograph.claims import actors, arguments, syntax, things
from diplograph.claims.arguments import Arguments
from diplograph.claims.frames import Trigger
from diplograph.claims.scene import Scene
from diplograph.model import Actor, Filler
from diplograph.trees import Token

Roles = dict[str, tuple[Filler, ...]]
GATHERED = {"participant", "signatory", "party"}  # everyone on either side fills them
_METONYMIC = {
    "subject",
    "by",
    "with",
    "between",
    "possessor",
    "object",
    "against",
    "on",
    "outer",
    "indirect",
    "relation",
    "upon",
}
_RELATION_PARTS = ("between", "possessor", "modifier", "with", "of", "to", "among")


def fill(trigger: Trigger, found: Arguments, scene: Scene, when: str | None) -> Roles:
    """Return the roles of a trigger that its arguments fill; who fills one does not fill a later one."""
    roles: Roles = {}
    taken: set[str] = set()
    for names, functions in trigger.frame.roles:
        group = _fillers(names, functions, trigger, found, scene, when, taken)
        for name, fillers in group.items():
            if fillers:
                roles[name] = tuple(dict.fromkeys((*roles.get(name, ()), *fillers)))
        actors_ = [
            f for fillers in group.values() for f in fillers if isinstance(f, Actor) and f.kind != "Place"
        ]
        taken |= {name for actor in actors_ for name in (actor.label, actor.state) if name}
    return roles


def accepts(role: str, scene: Scene) -> frozenset[str]:
    """Return the kinds of fillers that a role accepts."""
    return scene.lexica.fillers.get(role, frozenset())


def _fillers(
    names: tuple[str, ...],
    functions: tuple[str, ...],
    trigger: Trigger,
    found: Arguments,
    scene: Scene,
    when: str | None,
    taken: Container[str],
) -> Mapping[str, list[Filler]]:
    filled: dict[str, list[Filler]] = {name: [] for name in names}
    gathered = bool(GATHERED & set(names)) or (trigger.frame.mutual and names == trigger.frame.roles[0][0])
    pairwise = trigger.frame.event in scene.lexica.roles["symmetric"]["pairwise"]
    for function in functions:
        if function == "outer" and any(filled.values()) and not pairwise:
            break
        if function == "story" and not any(filled.values()):
            filled[names[0]] += scene.discourse.pair(scene.position(trigger.token))
        for token in _tokens(function, trigger, found, scene):
            if pairwise and len(filled[names[0]]) >= 2:
                break
            for filler in _resolve(token, names, function, trigger, scene, when):
                name = next((n for n in names if _kind(filler) in accepts(n, scene) or n == "aidKind"), None)
                if name is not None and filler not in filled[name] and not _is_echo(filler, taken):
                    filled[name].append(filler)
        if any(filled.values()) and not gathered:
            break
    return filled


def _is_echo(filler: Filler, taken: Container[str]) -> bool:
    """Tell whether an agent already fills an earlier role, itself or by its state: nobody recognizes himself."""
    return isinstance(filler, Actor) and (
        filler.label in taken or (filler.state is not None and filler.state in taken)
    )


def _kind(filler: Filler) -> str:
    return filler.kind if isinstance(filler, Actor) else type(filler).__name__


def _tokens(function: str, trigger: Trigger, found: Arguments, scene: Scene) -> Iterator[Token]:
    """Yield the tokens of a function; `object_of` is the "of" of the object, `relation` what a relation is between."""
    if function == "self":
        yield trigger.token
    elif function == "relation":
        for token in (
            *found.get("subject", ()),
            *found.get("object", ()),
            *found.get("of", ()),
            *found.get("in", ()),
        ):
            yield from _relation_tokens(token)
    elif function == "clause_object":
        yield from _clause_arguments(trigger.token)
    elif "_" in function:
        outer, _, inner = function.partition("_")
        for token in found.get(outer, ()):
            if (inner == "possessor" and any(child.tag == "POS" for child in token.children)) or (
                inner == "modifier" and token.pos == "ADJ"
            ):
                yield token  # "expelled Israel's", "the Australian and the Fijian envoys"
            yield from _tokens(inner, trigger, arguments.of_noun(token, light=frozenset()), scene)
    else:
        yield from found.get(function, ())


def _relation_tokens(noun: Token) -> Iterator[Token]:
    inner = arguments.of_noun(noun, light=frozenset())
    for part in _RELATION_PARTS:
        yield from inner.get(part, ())


def _clause_arguments(token: Token) -> Iterator[Token]:
    """Yield whom a complement clause is directed at: "refused to meet the envoys"."""
    for clause in syntax.children(token, "xcomp", "acl", "ccomp"):
        inner = arguments.of_verb(clause)
        for function in ("object", "with", "to", "on", "for"):
            yield from inner.get(function, ())


def _resolve(
    token: Token, names: tuple[str, ...], function: str, trigger: Trigger, scene: Scene, when: str | None
) -> Iterator[Filler]:
    if "hasLot" in names:
        lot = things.lot(token, scene)
        if lot is not None:
            yield lot
    elif "body" in names:
        body = things.body(token, scene)
        if body is not None:
            yield body
    elif "agreement" in names:
        treaty = things.treaty(token, scene)
        if treaty is not None:
            yield treaty
    elif "aidKind" in names:
        yield things.aid_kind(trigger.matched)
    else:
        yield from _actors(token, names, function, scene, when)


def _actors(
    token: Token, names: tuple[str, ...], function: str, scene: Scene, when: str | None
) -> Iterator[Actor]:
    """Yield the actors of a noun phrase, each turned into a kind that one of the roles accepts."""
    if (
        function == "modifier"
        and token.i not in scene.names
        and token.lower not in scene.lexica.coreference["pair"]["adjectives"]
    ):
        return
    if token.lower in scene.lexica.coreference["pair"]["adjectives"]:
        yield from scene.discourse.pair(scene.position(token))
        return
    wanted = frozenset().union(*(accepts(name, scene) for name in names))
    for actor in actors.resolve(token, scene, when):
        if actor.kind in wanted:
            yield actor
        elif "State" in wanted and (
            actor.kind != "Place" or function in _METONYMIC or _is_towards(names, scene)
        ):
            state = actors.states(actor, scene)
            if state is not None:
                yield state


def _is_towards(names: tuple[str, ...], scene: Scene) -> bool:
    """Tell whether a place in a role stands for its state: an envoy to Ankara, arms for Kabul, an embassy in Havana."""
    return any(name in scene.lexica.sides["target"] for name in names)
