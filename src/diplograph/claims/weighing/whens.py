"""When was it? Features of a time, or of none, beside a trigger of a kind."""

from collections.abc import Iterator
from dataclasses import dataclass

from diplograph import edtf
from diplograph.claims import frames, syntax
from diplograph.claims.scene import TimeMention
from diplograph.claims.weighing import proposals as proposing
from diplograph.claims.weighing.proposals import Proposals
from diplograph.trees import Token

_MOST = 6  # times before the sentence


@dataclass(frozen=True)
class When:
    """A time that an event may have: EDTF or none, and where it comes from."""

    time: str | None
    source: str  # rule, here, before, event, none
    mention: TimeMention | None = None
    back: int = 0


def candidates(token: Token, rule: str | None, proposals: Proposals) -> list[When]:
    """Return the times that what a token triggers may have, each value once, that of the frames first."""
    scene, sentence = proposals.scene, proposals.sentence
    found = [When(rule, "rule")] if rule else []
    here = [t for t in scene.times if sentence.start <= t.start < sentence.end]
    found += [When(t.time, "here", t) for t in sorted(here, key=lambda t: abs(t.start - token.i))]
    before = [t for t in scene.times if t.start < sentence.start]
    found += [When(t.time, "before", t, back) for back, t in enumerate(reversed(before[-_MOST:]), 1)]
    last = next((c.time for c in reversed(scene.discourse.claims) if c.time), None)
    found += [When(last, "event")] if last else []
    unique: dict[str | None, When] = {}
    for when in found:
        known = unique.get(when.time)
        if known is None or (known.mention is None and when.mention is not None):
            unique[when.time] = (
                when if known is None else When(when.time, known.source, when.mention, when.back)
            )
    return [*unique.values(), When(None, "none")]


def features(
    when: When, token: Token, kind: str, rule: str | None, number: int, proposals: Proposals
) -> list[str]:
    """Return the features of the `number`th candidate for the time of a trigger; `rule` is what the frames say."""
    return list(_features(when, token, kind, rule, number, proposals))


def _features(
    when: When, token: Token, kind: str, rule: str | None, number: int, proposals: Proposals
) -> Iterator[str]:
    scene, sentence = proposals.scene, proposals.sentence
    part = frames.part_of_speech(token) or "other"
    said = sum(sentence.start <= t.start < sentence.end for t in scene.times)
    agreed = "rule" if when.time == rule else "other"
    ruled = "some" if rule else "none"
    last = next((c.time for c in reversed(scene.discourse.claims) if c.time), None)
    sources = f"{when.source}|{agreed}|{ruled}"
    yield f"t={sources}"
    yield f"t={sources}|n{min(said, 2)}"
    yield f"t={when.source}|{agreed}|{kind}"
    yield f"t={when.source}|{part}|{token.tag}|{ruled}"
    yield f"t={when.source}|{token.dep}|{ruled}"
    yield f"t={when.source}|g={token.head.lemma}"
    yield f"t={when.source}|w={token.lemma}"
    yield f"t={when.source}|#{min(number, 4)}|{ruled}"
    verb = syntax.clause_of(token)
    aux = "+".join(c.lower for c in verb.children if c.dep in {"aux", "auxpass"})
    yield f"t={when.source}|v={verb.tag}|{aux}|{ruled}"
    if when.time is not None:
        yield f"last={when.time == last}|{when.source}|{ruled}"
        yield f"shape={_shape(when.time)}|{when.source}|{agreed}"
        yield f"shape={_shape(when.time)}|{kind}"
    if when.mention is not None:
        yield from _mentioned(when, when.mention, token, agreed, ruled, proposals)


def _mentioned(
    when: When, mention: TimeMention, token: Token, agreed: str, ruled: str, proposals: Proposals
) -> Iterator[str]:
    document, sentence = token.tree.tokens, proposals.sentence
    inside = sentence.start <= mention.start < sentence.end
    back = "in" if inside else f"b{min(when.back, 4)}"
    yield f"m={back}|{agreed}|{ruled}|{mention.deictic}|{mention.moves}"
    first = document[mention.start]
    yield f"word={document[mention.start - 1].lower if mention.start else '^'}|{back}|{ruled}"
    yield f"first={first.lower if not first.is_number else 'NUM'}|{back}|{ruled}"
    if not inside:
        return
    distance = mention.start - token.i
    yield f"far={min(abs(distance) // 3, 6)}|{distance > 0}|{ruled}|{agreed}"
    way = proposing.path(token, document[mention.head])
    yield f"path={way}|{ruled}"
    yield f"path={way}|{agreed}"
    verbs = sum(
        syntax.is_verb(t) and t.dep not in {"aux", "auxpass"}
        for t in document[min(token.i, mention.start) + 1 : max(token.i, mention.start)]
    )
    commas = sum(
        t.text in {",", ";", ":"} for t in document[min(token.i, mention.start) : max(token.i, mention.start)]
    )
    yield f"between={min(verbs, 3)}|{min(commas, 3)}|{distance > 0}|{ruled}"
    yield f"between={min(verbs, 3)}|{min(commas, 3)}|{agreed}"


def _shape(time: str) -> str:
    """Return what kind of time an EDTF string is: its precision, or that it is open or a range."""
    start, slash, end = time.partition("/")
    if slash:
        return "until" if start in {"", ".."} else "since" if end in {"", ".."} else "range"
    first, last = edtf.span(time)
    return f"{min((last - first).days // 28, 13)}"
