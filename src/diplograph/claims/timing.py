"""When: which time expression belongs to which trigger."""

from collections.abc import Iterable, Mapping

from spacy.tokens import Doc, Token

from diplograph import edtf
from diplograph.claims import syntax
from diplograph.claims.scene import TimeMention
from diplograph.mentions import times
from diplograph.mentions.times import Clock

_INHERITED = {"xcomp", "ccomp", "conj", "dobj", "obj", "pobj", "prep", "nsubj", "nsubjpass", "agent", "attr", "pcomp", "acl", "dative", "advcl", "oprd", "acomp", "csubj", "amod", "compound", "poss", "appos"}
_BARRIERS = {"relcl"}


def mentions(tokens: Doc, clock: Clock) -> tuple[tuple[TimeMention, ...], Clock]:
    """Return the times of a paragraph, resolved, and the clock as it stands after it."""
    found = []
    for expression, time, later in times.resolve_all(tokens.text, clock):
        span = tokens.char_span(expression.start, expression.end, alignment_mode="expand")
        if span is not None:
            found.append(TimeMention(span.start, span.end, span.root.i, time, expression.kind == "deictic"))
        clock = later
    return tuple(found), clock


def covered(tokens: Doc) -> frozenset[int]:
    """Return the tokens that time expressions cover: no name begins in "22 May"."""
    spans = (tokens.char_span(found.start, found.end, alignment_mode="expand") for found in times.find(tokens.text))
    return frozenset(index for span in spans if span is not None for index in range(span.start, span.end))


def owners(tokens: Doc, found: Iterable[TimeMention], eventful: set[int]) -> Mapping[int, list[TimeMention]]:
    """Return the times by the token they belong to: the nearest verb or event noun above each."""
    owned: dict[int, list[TimeMention]] = {}
    for mention in found:
        token = tokens[mention.head]
        while token.head != token:
            token = token.head
            inside = mention.start <= token.i < mention.end
            if not inside and (token.i in eventful or syntax.is_verb(token)):
                break
        owned.setdefault(token.i, []).append(mention)
    return owned


def of(trigger: Token, matched: Iterable[Token], owned: Mapping[int, list[TimeMention]], eventful: set[int]) -> str | None:
    """Return the EDTF time of a trigger: its own, or that of a governor it shares its time with."""
    for token in (trigger, *matched):
        if token.i in owned:
            return _nearest(trigger, owned[token.i])
    below = _below(trigger, owned, eventful)
    if below is not None:
        return below
    for child, governor in syntax.path_up(trigger):
        if child.dep_ in _BARRIERS or child.dep_ not in _INHERITED or _is_apart(child, governor):
            return None
        if governor.i in owned:
            shared = [m for m in owned[governor.i] if not _has_subject_of_its_own(child) or m.start < governor.i]
            return _nearest(trigger, shared) if shared else None
    return None


def _has_subject_of_its_own(verb: Token) -> bool:
    return verb.dep_ == "conj" and bool(syntax.children(verb, *syntax.SUBJECTS, *syntax.PASSIVE_SUBJECTS))


def starts_by(time: str, day: str) -> bool:
    """Tell whether a time begins on or before the last day of another."""
    return edtf.span(time)[0] <= edtf.span(day)[1]


def _below(trigger: Token, owned: Mapping[int, list[TimeMention]], eventful: set[int]) -> str | None:
    """A time on a verb that merely carries the event, or on a participle of it: "the accord signed in 1955"."""
    for child in trigger.children:
        if child.dep_ in {"acl", "xcomp", "relcl"} and child.i in owned and child.i not in eventful:
            return _nearest(trigger, owned[child.i])
    return None


def _is_apart(child: Token, governor: Token) -> bool:
    """Tell whether a clause has a time of its own although it does not say it: "after the army had removed him"."""
    if child.dep_ == "advcl":
        return any(c.dep_ == "mark" and c.lower_ in {"after", "before", "since", "until", "although", "though", "because"} for c in child.children)
    if child.dep_ == "pcomp":
        return governor.lower_ in {"after", "before", "since", "until"}
    if child.dep_ == "pobj" and governor.lower_ in {"after", "before", "since", "until", "following"}:
        return True
    return False


def _nearest(trigger: Token, found: list[TimeMention]) -> str:
    return min(found, key=lambda mention: (abs(mention.start - trigger.i), mention.start)).time
