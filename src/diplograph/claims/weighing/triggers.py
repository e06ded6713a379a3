"""Which word tells an event of which kind? What the network sees of the words of a paragraph."""

from collections.abc import Mapping
from dataclasses import dataclass

from diplograph.claims import drafting, frames
from diplograph.claims.frames import Lexicon
from diplograph.claims.scene import Scene
from diplograph.claims.weighing.proposals import Proposals
from diplograph.trees import Token

STATUSES = ("claim", "inferred", "frame", "head")
"""What may speak for a kind: a claim of the frames, one whose parties the story fills, a frame that matches, its head."""

_PLACES = {"place", "state"}


@dataclass(frozen=True)
class Words:
    """The words of paragraphs as the network sees them, each list with one entry a word.

    `heads` are places in the lists; `seen` has for each kind that a word may tell what the lexicon says for it: that a
    frame matches, or that its head does.
    """

    forms: list[str]
    tags: list[str]
    functions: list[str]
    heads: list[int]
    seen: list[Mapping[str, str]]

    def followed_by(self, later: "Words") -> "Words":
        """Return the words of two paragraphs, one after the other."""
        first = len(self.forms)
        return Words(
            self.forms + later.forms,
            self.tags + later.tags,
            self.functions + later.functions,
            self.heads + [first + head for head in later.heads],
            self.seen + later.seen,
        )


def words(scene: Scene, lexicon: Lexicon) -> Words:
    """Return what the network sees of a paragraph."""
    tree = scene.paragraph.tree
    dated = {i for t in scene.times for i in range(t.start, t.end)}
    return Words(
        [_form(token, scene, dated) for token in tree.tokens],
        [token.tag for token in tree.tokens],
        [token.dep for token in tree.tokens],
        [token.head.i for token in tree.tokens],
        [_seen(token, scene, lexicon) for token in tree.tokens],
    )


def _form(token: Token, scene: Scene, dated: set[int]) -> str:
    mention = scene.names.get(token.i)
    return f"<{mention.kind}>" if mention else "<time>" if token.i in dated else token.lemma


def _seen(token: Token, scene: Scene, lexicon: Lexicon) -> dict[str, str]:
    units = lexicon.units.get((frames.part_of_speech(token) or "", token.lemma), ())
    if not units or drafting.is_barred(token, scene):
        return {}
    matching = frames.match(token, drafting.arguments_of(token, scene), lexicon)
    found = {trigger.frame.event: "frame" for trigger in matching}
    for unit in units:
        found.setdefault(unit.frame.event, "head")
    return found


def is_open(token: Token, offered: Proposals) -> bool:
    """Tell whether a word may tell an event; a place may tell a visit: "the minister, in Manila yesterday, said"."""
    mention = offered.scene.names.get(token.i)
    if token.i in offered.told or (mention is not None and mention.kind in _PLACES):
        return True
    closed = token.i in offered.taken or drafting.is_barred(token, offered.scene)
    return not closed and frames.part_of_speech(token) is not None


def statuses(token: Token, seen: Mapping[str, str], offered: Proposals) -> Mapping[str, str]:
    """Return the kinds of event that the frames see in a token, each with what speaks for it."""
    told = offered.told.get(token.i)
    if told is None:
        return seen
    return {**seen, **{each.claim.kind: "inferred" if each.claim.inferred else "claim" for each in told}}
