"""The network that weighs what the frames propose, run with NumPy; `training/network.py` learns it.

All numbers are multiples of a power of two, rounded after each step, so that every sum is exact whatever its order:
the same text is read the same on every machine, which floating-point sums alone would not promise. Products are
those of BLIS, which spaCy's networks use too: one thread, which small matrices are fastest with.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from blis.py import gemm
from numpy.typing import NDArray

from diplograph.claims.weighing.triggers import Words
from diplograph.errors import KnowledgeError

Array = NDArray[np.float32]
WEIGHT = 1024.0  # weights are kept as 16-bit integers, in units of 1/1024
_UNIT = (
    512.0  # and used in units of 1/512; what is computed from them is rounded to units of 1/128: so far below
)
_GRID = 128.0  # 2**24 units of 1/65536 that 32 bits hold every sum exactly
_NORM = 1e-5


@dataclass(frozen=True)
class Encoded:
    """The words of a paragraph: a vector for each, and how likely it tells an event of each kind, as log-odds."""

    vectors: Array
    scores: Array


@dataclass(frozen=True)
class Network:
    """Tables of numbers by name, and which of their rows stand for which word, tag, kind and feature."""

    tables: Mapping[str, Array]
    rows: Mapping[str, Mapping[str, int]]  # by table of features or words; what is not there has row 0
    kinds: Mapping[str, int]
    statuses: Mapping[str, int]
    standings: tuple[str, ...]
    rounds: int

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return the kinds by their rows."""
        return tuple(self.kinds)

    def encode(self, words: Words) -> Encoded:
        """Return what words tell, for all that the frames see in them."""
        t = self.tables
        seen = _rounded(np.maximum(self._seen(words), 0))
        entered = np.concatenate(
            [
                t["word"][self._numbers("word", words.forms)],
                t["tag"][self._numbers("tag", words.tags)],
                t["function"][self._numbers("function", words.functions)],
                seen,
            ],
            axis=1,
        )
        first = vectors = self._norm(0, np.maximum(self._linear("enter", entered), 0))
        tree = _Tree(words.heads)
        for n in range(self.rounds):
            around = np.concatenate([tree.above(vectors), vectors, tree.below(vectors)], axis=1)
            vectors = self._norm(n + 1, vectors + np.maximum(self._linear(f"around.{n}", around), 0))
        return Encoded(vectors, self._linear("tells", np.concatenate([vectors, first, seen], axis=1)))

    def tells(self, word: int, statuses: Mapping[str, str], encoded: Encoded) -> Array:
        """Return how likely a word tells an event of each kind, as log-odds, for what speaks for some kinds."""
        scores: Array = encoded.scores[word]
        rows = self._status_rows(statuses)
        if rows:
            scores = scores + self.tables["trusts.weight"][rows].sum(0)
        return scores

    def sides(
        self,
        events: Sequence[tuple[str, int]],
        features: Sequence[Sequence[Sequence[str]]],
        places: Sequence[Sequence[Sequence[int]]],
        encoded: Encoded,
    ) -> list[Array]:
        """Return for each power of each event the scores of standing on no side, as source, as target.

        `events` are kinds with the word that tells each; `features` and `places`, the words that name it, are those of
        the powers of each, of which there is at least one.
        """
        t, width = self.tables, self.tables["power"].shape[1]
        counts = [len(powers) for powers in features]
        of = np.repeat(np.arange(len(events)), counts)
        teller = self._linear("teller", encoded.vectors[[word for _, word in events]])[of]
        named = self._linear("named", _means(encoded.vectors, [p for powers in places for p in powers]))
        own = self._sums("power", [f for powers in features for f in powers])
        own = own + t["kind"][[self.kinds[kind] for kind, _ in events]][of]
        own = own + teller[:, :width] + named[:, :width] + teller[:, 3 * width :] * named[:, width:]
        own = _rounded(np.maximum(own, 0))
        return _apart(self._linear("side", self._beside_others("sees_power", own, counts)), counts)

    def times(
        self, words: Sequence[int], features: Sequence[Sequence[Sequence[str]]], encoded: Encoded
    ) -> list[Array]:
        """Return how right each time with some features is for what each word tells."""
        width, counts = self.tables["when"].shape[1], [len(times) for times in features]
        of = np.repeat(np.arange(len(words)), counts)
        teller = self._linear("teller", encoded.vectors[words])[:, width : 2 * width]
        own = self._sums("when", [f for times in features for f in times]) + teller[of]
        own = _rounded(np.maximum(own, 0))
        return _apart(self._linear("right", self._beside_others("sees_when", own, counts))[:, 0], counts)

    def stands(
        self, events: Sequence[tuple[str, int]], features: Sequence[Sequence[str]], encoded: Encoded
    ) -> list[dict[str, float]]:
        """Return the score of each polarity and modality of each event."""
        t, width = self.tables, self.tables["standing"].shape[1]
        teller = self._linear("teller", encoded.vectors[[word for _, word in events]])
        own = self._sums("standing", features) + t["kind"][[self.kinds[kind] for kind, _ in events]]
        own = _rounded(np.maximum(own + teller[:, 2 * width : 3 * width], 0))
        return [dict(zip(self.standings, row, strict=True)) for row in self._linear("stands", own).tolist()]

    def _numbers(self, name: str, found: Sequence[str]) -> list[int]:
        return [self.rows[name].get(each, 0) for each in found]

    def _status_rows(self, statuses: Mapping[str, str]) -> list[int]:
        kinds, width = self.kinds, len(self.statuses)
        return [
            kinds[kind] * width + self.statuses[status] for kind, status in statuses.items() if kind in kinds
        ]

    def _seen(self, words: Words) -> Array:
        """Return what the lexicon says of words, each the sum of the vectors of what speaks for a kind."""
        table, bias = self.tables["status.weight"], self.tables["status.bias"]
        found = np.tile(bias, (len(words.seen), 1))
        for n, seen in enumerate(words.seen):
            if seen:
                found[n] += table[self._status_rows(seen)].sum(0)
        return found

    def _linear(self, name: str, values: Array) -> Array:
        found = gemm(np.ascontiguousarray(values), self.tables[f"{name}.weight"])
        found += self.tables[f"{name}.bias"]
        return _rounded(found)

    def _norm(self, number: int, values: Array) -> Array:
        exact = values.astype(np.float64)  # squares need more than 32 bits
        apart = exact - exact.mean(1, keepdims=True)
        spread = np.sqrt((apart * apart).mean(1, keepdims=True) + _NORM)
        t = self.tables
        return _rounded(apart / spread * t[f"norms.{number}.weight"] + t[f"norms.{number}.bias"])

    def _sums(self, name: str, groups: Sequence[Sequence[str]]) -> Array:
        row = self.rows[name].get
        flat: list[int] = []
        starts: list[int] = []
        for group in groups:
            starts.append(len(flat))
            flat.append(0)  # the row of zeros, so that no group is empty
            flat += [number for number in map(row, group) if number]
        return np.asarray(np.add.reduceat(self.tables[name][flat], starts, axis=0), np.float32)

    def _beside_others(self, name: str, own: Array, counts: Sequence[int]) -> Array:
        """Return vectors with what they are beside the mean of the others of their group and the greatest of all in it."""
        of, starts = np.repeat(np.arange(len(counts)), counts), np.cumsum([0, *counts[:-1]])
        others = np.maximum(np.array(counts, np.float32) - 1, 1)[of, None]
        rest = _rounded((np.add.reduceat(own, starts, axis=0)[of] - own) / others)
        most = np.maximum.reduceat(own, starts, axis=0)[of]
        seen = np.maximum(self._linear(name, np.concatenate([own, rest, most], axis=1)), 0)
        return np.concatenate([seen, own], axis=1)


class _Tree:
    """Who governs whom in a sentence."""

    def __init__(self, heads: Sequence[int]) -> None:
        self._heads = np.array(heads)
        self._has_head = (self._heads != np.arange(len(heads)))[:, None]
        dependents = np.zeros(len(heads), np.float32)
        np.add.at(dependents, self._heads, self._has_head[:, 0])
        self._dependents = np.maximum(dependents, 1)[:, None]

    def above(self, vectors: Array) -> Array:
        """Return for each word the vector of its governor; zeros for the root."""
        return np.asarray(vectors[self._heads] * self._has_head)

    def below(self, vectors: Array) -> Array:
        """Return for each word the mean of the vectors of its dependents."""
        below = np.zeros_like(vectors)
        np.add.at(below, self._heads, vectors * self._has_head)
        return _rounded(below / self._dependents)


def _means(vectors: Array, places: Sequence[Sequence[int]]) -> Array:
    """Return the means of the vectors at some places; zeros where there is none."""
    means = np.zeros((len(places), vectors.shape[1]), np.float32)
    for n, words in enumerate(places):
        if words:
            means[n] = vectors[words[0]] if len(words) == 1 else vectors[words].mean(0)
    return _rounded(means)


def _apart(values: Array, counts: Sequence[int]) -> list[Array]:
    """Return the rows of each group."""
    return np.split(values, np.cumsum(counts)[:-1])


def _rounded(values: NDArray[np.floating[Any]]) -> Array:
    scaled = values * _GRID
    np.rint(scaled, out=scaled)
    scaled /= _GRID
    return np.asarray(scaled, np.float32)


def save(path: Path, tables: Mapping[str, NDArray[np.float32]], names: Mapping[str, Any]) -> None:
    """Write tables, each number in units of 1/1024, and the names of their rows; the same bytes for the same numbers."""
    whole = {name: np.clip(np.rint(t * WEIGHT), -32768, 32767).astype("<i2") for name, t in tables.items()}
    text = json.dumps(names, ensure_ascii=False, sort_keys=True).encode()
    with path.open("wb") as file:
        np.savez_compressed(file, names=np.frombuffer(text, np.uint8), **whole)


def _used(whole: NDArray[np.int16]) -> Array:
    return np.ascontiguousarray(np.rint(whole.astype(np.float64) * (_UNIT / WEIGHT)) / _UNIT, np.float32)


def load(path: Path) -> Network:
    """Read what `save` wrote. Raises KnowledgeError where the file is missing or something else."""
    try:
        with np.load(path) as file:
            tables = {name: _used(file[name]) for name in file.files if name != "names"}
            names = json.loads(file["names"].tobytes())
    except (OSError, ValueError, KeyError) as error:
        raise KnowledgeError(f"{path}: no tables of weights ({error})") from error
    rounds = sum(name.startswith("around.") and name.endswith(".weight") for name in tables)
    kinds = {kind: n for n, kind in enumerate(names["kinds"])}
    statuses = {status: n for n, status in enumerate(names["statuses"])}
    return Network(tables, names["rows"], kinds, statuses, tuple(names["standings"]), rounds)
