"""On which side does a power stand in an event? Features of a power beside a trigger of a kind."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from diplograph.claims import completion, frames, syntax
from diplograph.claims.weighing import proposals as proposing
from diplograph.claims.weighing.proposals import Named, Power, Proposals, Reading, key_of
from diplograph.model import Actor, Claim
from diplograph.trees import Token

SIDES = ("source", "target")
_RECENT = 60  # events told before: who dealt with whom longer ago says little


@dataclass(frozen=True)
class Setting:
    """What all powers beside one trigger share."""

    token: Token
    kind: str
    part: str
    symmetric: bool
    functions: Mapping[int, tuple[str, ...]]  # argument token -> functions
    rule: Mapping[str, Mapping[str, str]]  # side -> power -> explicit or inferred
    before: tuple[frozenset[str], frozenset[str]]  # sides of the last event told
    same: tuple[frozenset[str], frozenset[str]]  # sides of the last event of this kind
    order: Mapping[str, int]  # power -> place among those named, negative before the trigger
    count: int
    again: bool  # the words refer back to an event that was told with just these parties
    topics: Mapping[
        str, int
    ]  # power -> place among those that the text is about, but for the parties that are said
    pairs: Mapping[str, int]  # power -> how often it was told to deal with a party that is said


def setting(token: Token, kind: str, read: Reading, powers: Sequence[Power], proposals: Proposals) -> Setting:
    """Return what all powers beside a trigger share."""
    functions: dict[int, list[str]] = {}
    for function, tokens in proposals.arguments(token).items():
        for each in tokens:
            functions.setdefault(each.i, []).append(function)
    scene = proposals.scene
    told, relations = scene.discourse.claims, scene.discourse.relations
    nothing = (frozenset[str](), frozenset[str]())
    last = (relations[-1].source, relations[-1].target) if relations else nothing
    same = next(
        (
            (r.source, r.target)
            for c, r in zip(reversed(told), reversed(relations), strict=False)
            if c.kind == kind
        ),
        nothing,
    )
    rule = _rule(read, proposals)
    said = {key for side in SIDES for key, how in rule[side].items() if how != "inferred"}
    shares = scene.discourse.shares
    topics = sorted((key for key in shares if key not in said), key=lambda key: (-shares[key], key))
    opposites = [r.opposite(key) for r in relations[-_RECENT:] for key in said]
    return Setting(
        token,
        kind,
        frames.part_of_speech(token) or "other",
        any(
            role in scene.lexica.roles["symmetric"]["roles"] for role in proposals.lexicon.roles.get(kind, ())
        ),
        {i: tuple(f) for i, f in functions.items()},
        rule,
        last,
        same,
        _order(token, powers),
        sum(bool(p.named) for p in powers),
        _is_again(token, read, proposals),
        {key: place for place, key in enumerate(topics)},
        Counter(key for group in opposites for key in group),
    )


def _rule(read: Reading, proposals: Proposals) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {side: {} for side in SIDES}
    for role, fillers in read.filled.items():
        side = side_of(role, proposals)
        for filler in fillers:
            key = key_of(filler) if isinstance(filler, Actor) else None
            if side and key:
                found[side][key] = _manner(role, read.claim)
    return found


def _is_again(token: Token, read: Reading, proposals: Proposals) -> bool:
    if read.claim is None or read.trigger is None or not completion.refers_back(token, proposals.scene):
        return False
    return completion.antecedent(read.trigger, dict(read.claim.roles), proposals.scene) is not None


def _manner(role: str, claim: Claim | None) -> str:
    return "partly" if claim is None else "inferred" if role in claim.inferred else "explicit"


def side_of(role: str, proposals: Proposals) -> str | None:
    """Return the side that a role stands on; where one went is a side as well."""
    return {"visitPlace": "target", "ofState": "source"}.get(role) or completion.side_of(
        role, proposals.scene
    )


def _order(token: Token, powers: Sequence[Power]) -> dict[str, int]:
    nearest = {p.key: min((n.token.i - token.i for n in p.named), key=abs) for p in powers if p.named}
    before = sorted((k for k, d in nearest.items() if d < 0), key=lambda k: (-nearest[k], k))
    after = sorted((k for k, d in nearest.items() if d >= 0), key=lambda k: (nearest[k], k))
    return {k: -n for n, k in enumerate(before, 1)} | {k: n for n, k in enumerate(after, 1)}


def features(power: Power, setting: Setting) -> list[str]:
    """Return the features of a power beside the trigger of a setting."""
    part, kind = setting.part, setting.kind
    sym = "sym" if setting.symmetric else "dir"
    rule = _verdict(power, setting)
    others = "+".join(
        f"{side[0]}{sorted(set(setting.rule[side].values()))[0][0]}" for side in SIDES if setting.rule[side]
    )
    found = [
        f"r={rule}|{others}|{sym}",
        f"r={rule}|{kind}",
        f"kind={power.actor.kind}|{kind}",
        f"kind={power.actor.kind}",
    ]
    where = "in" if power.named else f"b{min(power.distance, 5)}"
    found += [
        f"where={where}|{sym}|{min(setting.count, 3)}",
        f"where={where}|{kind}",
        f"where={where}|r={rule}|{others}",
        f"rank={min(power.rank, 5)}|{where}|{sym}",
        f"rank={min(power.rank, 5)}|r={rule}|{where}",
        f"share={min(int(power.share * 5), 4)}|{where}|{sym}",
        f"share={min(int(power.share * 5), 4)}|r={rule}",
        f"was={_was(power.key, setting.before)}|{where}|{sym}",
        f"was={_was(power.key, setting.before)}|{where}|{kind}",
        f"same={_was(power.key, setting.same)}|{where}|{sym}",
        f"same={_was(power.key, setting.same)}|{where}|{kind}",
    ]
    topic, pairs = min(setting.topics.get(power.key, 5), 5), min(setting.pairs.get(power.key, 0), 3)
    found += [
        f"topic={topic}|{where}|{others}|{sym}",
        f"topic={topic}|{where}|{kind}",
        f"topic={topic}|r={rule}|{others}",
        f"pairs={pairs}|{where}|{others}|{sym}",
        f"pairs={pairs}|topic={topic}|{where}|{sym}",
        f"pairs={pairs}|{kind}|{where}",
    ]
    if power.named:
        found += _named(power, setting, rule, sym)
    found += [f"{where}|w={setting.token.lemma}|{part}"]
    return found


def _verdict(power: Power, setting: Setting) -> str:
    return next(
        (f"{side[0]}{setting.rule[side][power.key][0]}" for side in SIDES if power.key in setting.rule[side]),
        "no",
    )


def _was(key: str, sides: tuple[frozenset[str], frozenset[str]]) -> str:
    source, target = sides
    return "s" if key in source else "t" if key in target else "n" if source or target else "-"


def _named(power: Power, setting: Setting, rule: str, sym: str) -> Iterator[str]:
    part, kind, lemma = setting.part, setting.kind, setting.token.lemma
    place = max(-3, min(3, setting.order.get(power.key, 9)))
    passive = "pass" if syntax.is_verb(setting.token) and syntax.is_passive(setting.token) else "act"
    yield f"at={place}|{part}|{passive}|{sym}"
    yield f"at={place}|{kind}|{part}|{passive}"
    yield f"at={place}|r={rule}"
    ways = [(proposing.path(setting.token, n.token), n) for n in power.named]
    way, nearest = min(ways, key=lambda pair: (pair[0].startswith(("far", "none")), len(pair[0]), pair[0]))
    yield f"path={way}|{part}|{passive}|{sym}"
    yield f"path={way}|{kind}"
    yield f"path={way}|w={lemma}"
    yield f"path={way}|r={rule}"
    functions = sorted({f for n in power.named for f in _functions(n, setting)})
    for function in functions or ["none"]:
        yield f"f={function}|{part}|{sym}"
        yield f"f={function}|{kind}|{part}"
        yield f"f={function}|w={lemma}|{part}"
        yield f"f={function}|r={rule}|{sym}"
        yield f"f={function}|{place}|{passive}"
    yield f"dep={nearest.token.dep}|{place}|{sym}"
    if nearest.token.head.pos == "ADP":
        yield f"prep={nearest.token.head.lower}|{kind}"
        yield f"prep={nearest.token.head.lower}|{sym}|{place}"
    yield f"pos={nearest.token.pos}|{nearest.token.dep}|{sym}"
    yield f"subject={any(n.subject for n in power.named)}|{place}|{sym}"
    yield f"times={min(len(power.named), 3)}|{sym}"
    distance = abs(nearest.token.i - setting.token.i)
    yield f"far={min(distance // 4, 5)}|{place > 0}|{sym}"
    yield f"far={min(distance // 4, 5)}|r={rule}"


def _functions(named: Named, setting: Setting) -> tuple[str, ...]:
    token = named.token
    for _ in range(3):
        if token.i in setting.functions:
            return setting.functions[token.i]
        if token.head == token or token.dep not in {
            "compound",
            "poss",
            "amod",
            "nmod",
            "appos",
            "pobj",
            "prep",
        }:
            break
        token = token.head
    return ()


def places(power: Power) -> list[int]:
    """Return at which words of the paragraph the sentence names a power."""
    return [named.token.i for named in power.named]
