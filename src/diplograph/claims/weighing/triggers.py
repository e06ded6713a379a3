"""Which word tells an event of which kind? What the network sees of the words of a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass

from diplograph.claims import drafting, frames
from diplograph.claims.scene import Scene
from diplograph.claims.weighing.proposals import Proposals
from diplograph.trees import Token

STATUSES = ("claim", "inferred", "frame", "head")
"""What may speak for a kind: a claim of the frames, one whose parties the story fills, a frame that matches, its head."""

_PLACES = {"place", "state"}


@dataclass(frozen=True)
class Words:
    """The words of a sentence as the network sees them, each list with one entry a word.

    `heads` are places in the sentence; `statuses` has for each kind that a word may tell what speaks for it.
    """

    forms: list[str]
    tags: list[str]
    functions: list[str]
    heads: list[int]
    statuses: list[Mapping[str, str]]
    is_open: list[bool]  # may tell an event


def words(offered: Proposals) -> Words:
    """Return what the network sees of a sentence."""
    tokens, scene = list(offered.sentence), offered.scene
    dated = {i for t in scene.times for i in range(t.start, t.end)}
    first = offered.sentence.start
    return Words(
        [_form(token, scene, dated) for token in tokens],
        [token.tag for token in tokens],
        [token.dep for token in tokens],
        [token.head.i - first for token in tokens],
        [_statuses(token, offered) for token in tokens],
        [_is_open(token, offered) for token in tokens],
    )


def _form(token: Token, scene: Scene, dated: set[int]) -> str:
    mention = scene.names.get(token.i)
    return f"<{mention.kind}>" if mention else "<time>" if token.i in dated else token.lemma


def _is_open(token: Token, offered: Proposals) -> bool:
    """Tell whether a word may tell an event; a place may tell a visit: "the minister, in Manila yesterday, said"."""
    mention = offered.scene.names.get(token.i)
    if token.i in offered.told or (mention is not None and mention.kind in _PLACES):
        return True
    closed = token.i in offered.taken or drafting.is_barred(token, offered.scene)
    return not closed and frames.part_of_speech(token) is not None


def _statuses(token: Token, offered: Proposals) -> dict[str, str]:
    """Return the kinds of event that the frames see in a token, each with what speaks for it."""
    told = offered.told.get(token.i, ())
    found = {each.claim.kind: "inferred" if each.claim.inferred else "claim" for each in told}
    if not _is_open(token, offered):
        return found
    units = offered.lexicon.units.get((frames.part_of_speech(token) or "", token.lemma), ())
    if units:
        things = offered.scene.discourse.recent_things(offered.scene.position(token))
        for trigger in frames.match(token, offered.arguments(token), offered.lexicon, things):
            found.setdefault(trigger.frame.event, "frame")
        for unit in units:
            found.setdefault(unit.frame.event, "head")
    return found
