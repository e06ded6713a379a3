"""Did it happen? Features of how a trigger's event is presented, beside what the walk up the tree says."""

from collections.abc import Iterator

from diplograph.claims import assertion, frames, syntax
from diplograph.claims.weighing.proposals import Proposals, Reading
from diplograph.model import Modality, Polarity
from diplograph.trees import Token

Standing = tuple[Polarity, Modality]
FACT = "Affirmed Actual"


def name(standing: Standing) -> str:
    """Return the class of a polarity and a modality."""
    return f"{standing[0]} {standing[1]}"


def rule(read: Reading, offered: Proposals) -> Standing | None:
    """Return what the frames say, or what the walk up the tree says of a word that they read nothing at."""
    if read.claim is not None:
        return read.claim.polarity, read.claim.modality
    made = (
        assertion.stated(read.trigger, {}, frozenset(), None, offered.scene)
        if read.trigger is not None
        else None
    )
    return (made.polarity, made.modality) if made else None


def features(token: Token, kind: str, rule: Standing | None, signs: frozenset[str]) -> list[str]:
    """Return the features of a trigger; `rule` is what the frames say, `signs` are words that tell wherever they stand."""
    return list(_features(token, kind, name(rule) if rule else "unsaid", signs))


def _features(token: Token, kind: str, rule: str, signs: frozenset[str]) -> Iterator[str]:
    part = frames.part_of_speech(token) or "other"
    yield f"r={rule}"
    yield f"r={rule}|{kind}"
    yield f"w={token.lemma}|{part}"
    yield f"tag={token.tag}|{token.dep}"
    yield f"k={kind}|{token.tag}"
    for each in token.children:
        if each.dep in {"neg", "aux", "auxpass", "det", "mark"}:
            yield f"c={each.dep}:{each.lower}"
            yield f"c={each.lower}|r={rule}"
        elif each.dep in {"amod", "advmod"}:
            yield f"c={each.lower}"
    for level, (child, governor) in enumerate(syntax.path_up(token)):
        if level == 3:
            break
        yield f"g{level}={governor.lemma}|{child.dep}"
        yield f"g={governor.lemma}"
        for each in governor.children:
            if each.dep in {"neg", "aux", "mark"} and each.i != child.i:
                yield f"gc={each.dep}:{each.lower}|{level}"
                yield f"gc={each.lower}"
    sentence = token.sentence
    finite = sentence.root
    yield f"root={finite.tag}"
    for word in {t.lower for t in sentence} & signs:
        yield f"s={word}"
