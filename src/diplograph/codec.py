"""Claims as JSON and back, without loss: what lets a build go on where another one stopped."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from diplograph.model import Actor, Claim, Evidence, Filler, Lot, Modality, Polarity, Span, Stance


def dumps(claims: Iterable[Claim]) -> str:
    """Return claims as JSON lines.

    >>> loads(dumps([])) == ()
    True
    """
    return "".join(json.dumps(_plain(claim), ensure_ascii=False, sort_keys=True) + "\n" for claim in claims)


def loads(text: str) -> tuple[Claim, ...]:
    """Return the claims of JSON lines; raises ValueError, KeyError or TypeError where they are not claims."""
    return tuple(_claim(json.loads(line)) for line in text.splitlines())


def _plain(claim: Claim) -> dict[str, Any]:
    plain = asdict(claim)
    plain["inferred"] = sorted(claim.inferred)
    plain["roles"] = {role: [_filler(f) for f in fillers] for role, fillers in claim.roles.items()}
    return plain


def _filler(filler: Filler) -> Any:
    return filler if isinstance(filler, str) else {"is": type(filler).__name__, **asdict(filler)}


def _claim(plain: Mapping[str, Any]) -> Claim:
    return Claim(
        document=plain["document"],
        kind=plain["kind"],
        roles={role: tuple(map(_filled, fillers)) for role, fillers in plain["roles"].items()},
        evidence=tuple(Evidence(Span(**e["span"]), Span(**e["trigger"])) for e in plain["evidence"]),
        time=plain["time"],
        polarity=Polarity(plain["polarity"]),
        modality=Modality(plain["modality"]),
        stance=Stance(plain["stance"]),
        claimant=_actor(plain["claimant"]) if plain["claimant"] else None,
        ordinal=plain["ordinal"],
        inferred=frozenset(plain["inferred"]),
    )


def _filled(plain: Any) -> Filler:
    if isinstance(plain, str):
        return plain
    fields = {key: value for key, value in plain.items() if key != "is"}
    if plain["is"] == "Lot":
        return Lot(**{**fields, "span": _span(fields["span"])})
    return _actor(fields)


def _actor(plain: Mapping[str, Any]) -> Actor:
    return Actor(**{**plain, "offices": tuple(plain["offices"]), "span": _span(plain["span"])})


def _span(plain: Mapping[str, int] | None) -> Span | None:
    return Span(**plain) if plain else None
