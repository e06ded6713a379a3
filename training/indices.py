"""Annotated examples as numbers: the rows of words and features, and batches of passages as tensors."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import torch
from recording import EventExample, Example
from torch import Tensor

LEAST = 2  # a word or feature that occurs less often is unknown


@dataclass(frozen=True)
class Indices:
    """The numbers of words, tags, functions, kinds, statuses and features; 0 stands for unknown ones."""

    words: dict[str, int]
    tags: dict[str, int]
    functions: dict[str, int]
    kinds: tuple[str, ...]
    statuses: tuple[str, ...]
    standings: tuple[str, ...]
    powers: dict[str, int]
    whens: dict[str, int]
    standing: dict[str, int]


def _numbered(found: Iterable[str], least: int = LEAST) -> dict[str, int]:
    counts = Counter(found)
    return {name: n for n, name in enumerate(sorted(w for w, c in counts.items() if c >= least), start=1)}


def indices(examples: Sequence[Example], statuses: tuple[str, ...], standings: tuple[str, ...]) -> Indices:
    """Number what occurs in examples."""
    events = [event for example in examples for event in example.events]
    told = {kind for example in examples for _, kind in example.told}
    return Indices(
        _numbered(form for e in examples for form in e.words.forms),
        _numbered(tag for e in examples for tag in e.words.tags),
        _numbered(name for e in examples for name in e.words.functions),
        tuple(sorted(told)),
        statuses,
        standings,
        _numbered(f for e in events for each in e.powers for f in set(each)),
        _numbered(f for e in events for each in e.whens for f in set(each)),
        _numbered(f for e in events for f in set(e.standing)),
    )


@dataclass
class EventIndices:
    """An event with its features as numbers."""

    token: int
    kind: int
    powers: list[list[int]]
    places: list[list[int]]
    sides: list[int]
    whens: list[list[int]]
    right: list[bool]
    standing: list[int]
    wanted: int


@dataclass
class ExampleIndices:
    """A passage with its words as numbers."""

    words: list[int]
    tags: list[int]
    functions: list[int]
    heads: list[int]
    seen: list[tuple[int, int]]
    statuses: list[tuple[int, int]]
    told: list[tuple[int, int]]
    hidden: list[tuple[int, int]]
    is_open: list[bool]
    events: list[EventIndices]


@dataclass
class Events:
    """The events of several passages, their powers and times one after the other; `of_*` say whose each is."""

    tellers: Tensor
    kinds: Tensor
    powers: list[list[int]]
    of_power: Tensor
    sides: Tensor
    named: Tensor
    namer: Tensor
    whens: list[list[int]]
    of_when: Tensor
    right: Tensor
    standing: list[list[int]]
    wanted: Tensor


@dataclass
class Batch:
    """Several passages, one after the other."""

    words: Tensor
    tags: Tensor
    functions: Tensor
    heads: Tensor
    has_head: Tensor
    dependents: Tensor
    seen: Tensor
    statuses: Tensor
    told: Tensor
    mask: Tensor
    events: Events


def numbered(example: Example, known: Indices) -> ExampleIndices:
    """Return a passage as numbers."""
    words, kinds = example.words, {kind: n for n, kind in enumerate(known.kinds)}
    return ExampleIndices(
        [known.words.get(form, 0) for form in words.forms],
        [known.tags.get(tag, 0) for tag in words.tags],
        [known.functions.get(name, 0) for name in words.functions],
        words.heads,
        _columns(words.seen, kinds, known),
        _columns(example.statuses, kinds, known),
        [(n, kinds[kind]) for n, kind in example.told],
        [(n, kinds[kind]) for n, kind in example.unclear if kind in kinds],
        example.is_open,
        [_event(event, known, kinds) for event in example.events],
    )


def _columns(
    found: Sequence[Mapping[str, str]], kinds: dict[str, int], known: Indices
) -> list[tuple[int, int]]:
    """Return which columns of which words say what speaks for a kind."""
    width = len(known.statuses)
    return [
        (n, kinds[kind] * width + known.statuses.index(status))
        for n, each in enumerate(found)
        for kind, status in each.items()
        if kind in kinds
    ]


def _event(event: EventExample, known: Indices, kinds: dict[str, int]) -> EventIndices:
    def numbers(features: list[str], table: dict[str, int]) -> list[int]:
        return [table[f] for f in features if f in table]

    return EventIndices(
        event.token,
        kinds[event.kind],
        [numbers(each, known.powers) for each in event.powers],
        event.places,
        event.sides,
        [numbers(each, known.whens) for each in event.whens],
        event.right,
        numbers(event.standing, known.standing),
        known.standings.index(event.wanted),
    )


def batch(passages: Sequence[ExampleIndices], known: Indices) -> Batch:
    """Lay passages one after the other."""
    starts, total = [], 0
    for s in passages:
        starts.append(total)
        total += len(s.words)
    seen = torch.zeros(total, len(known.kinds) * len(known.statuses))
    statuses = torch.zeros_like(seen)
    told = torch.zeros(total, len(known.kinds))
    mask = torch.ones(total, len(known.kinds))
    for first, s in zip(starts, passages, strict=True):
        for n, column in s.seen:
            seen[first + n, column] = 1
        for n, column in s.statuses:
            statuses[first + n, column] = 1
        for n, is_open in enumerate(s.is_open):
            mask[first + n] = float(is_open)
        for n, kind in s.hidden:
            mask[first + n, kind] = 0
        for n, kind in s.told:
            told[first + n, kind] = mask[first + n, kind] = 1
    heads = torch.tensor([first + h for first, s in zip(starts, passages, strict=True) for h in s.heads])
    has_head = (heads != torch.arange(total)).float()[:, None]
    dependents = torch.zeros(total).index_add(0, heads, has_head[:, 0]).clamp(min=1)[:, None]
    flat = {
        name: torch.tensor([n for s in passages for n in getattr(s, name)])
        for name in ("words", "tags", "functions")
    }
    events = _together([(first, e) for first, s in zip(starts, passages, strict=True) for e in s.events])
    return Batch(
        **flat, heads=heads, has_head=has_head, dependents=dependents,
        seen=seen, statuses=statuses, told=told, mask=mask, events=events,
    )  # fmt: skip


def _together(events: list[tuple[int, EventIndices]]) -> Events:
    powers = [(n, first, e, p) for n, (first, e) in enumerate(events) for p in range(len(e.powers))]
    places = [(row, first + at) for row, (_, first, e, p) in enumerate(powers) for at in e.places[p]]
    whens = [(n, e, w) for n, (_, e) in enumerate(events) for w in range(len(e.whens))]
    return Events(
        torch.tensor([first + e.token for first, e in events], dtype=torch.long),
        torch.tensor([e.kind for _, e in events], dtype=torch.long),
        [e.powers[p] for _, _, e, p in powers],
        torch.tensor([n for n, _, _, _ in powers], dtype=torch.long),
        torch.tensor([e.sides[p] for _, _, e, p in powers], dtype=torch.long),
        torch.tensor([at for _, at in places], dtype=torch.long),
        torch.tensor([row for row, _ in places], dtype=torch.long),
        [e.whens[w] for _, e, w in whens],
        torch.tensor([n for n, _, _ in whens], dtype=torch.long),
        torch.tensor([e.right[w] for _, e, w in whens]),
        [e.standing for _, e in events],
        torch.tensor([e.wanted for _, e in events], dtype=torch.long),
    )
