"""The network that weighs what the frames propose, run with NumPy; `training/network.py` learns it.

All numbers are multiples of a power of two, rounded after each step, so that every sum is exact whatever its order:
the same text is read the same on every machine, which floating-point sums alone would not promise. Products are
those of BLIS, which spaCy's networks use too: one thread, which small matrices are fastest with.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    """The words of a sentence: a vector for each, and how likely it tells an event of each kind, as log-odds."""

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

    def encode(self, words: Words) -> Encoded:
        """Return what a sentence's words tell."""
        t, status = self.tables, self._status(words)
        seen = np.maximum(self._linear("status", status), 0)
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
            beside = np.concatenate([_shifted(vectors, 1), vectors, _shifted(vectors, -1)], axis=1)
            vectors = self._norm(2 * n + 1, vectors + np.maximum(self._linear(f"beside.{n}", beside), 0))
            around = np.concatenate([tree.above(vectors), vectors, tree.below(vectors)], axis=1)
            vectors = self._norm(2 * n + 2, vectors + np.maximum(self._linear(f"around.{n}", around), 0))
        scores = self._linear("tells", np.concatenate([vectors, first, seen], axis=1))
        return Encoded(vectors, scores + gemm(status, t["trusts.weight"]))

    def sides(
        self, kind: str, token: int, features: Sequence[Sequence[str]], places: Sequence[Sequence[int]], encoded: Encoded
    ) -> Array:  # fmt: skip
        """Return for each power with some features, named at some places, scores of no side, source and target."""
        t, width = self.tables, self.tables["power"].shape[1]
        teller = self._linear("teller", encoded.vectors[token])
        nothing = np.zeros(encoded.vectors.shape[1], np.float32)
        means = np.stack([encoded.vectors[list(p)].mean(0) if p else nothing for p in places])
        named = self._linear("named", _rounded(means))
        own = self._sums("power", features) + t["kind"][self.kinds[kind]]
        own = own + teller[:width] + named[:, :width] + teller[3 * width :] * named[:, width:]
        own = _rounded(np.maximum(own, 0))
        return self._linear("side", self._beside_others("sees_power", own))

    def times(self, token: int, features: Sequence[Sequence[str]], encoded: Encoded) -> Array:
        """Return how right each time with some features is."""
        width = self.tables["when"].shape[1]
        teller = self._linear("teller", encoded.vectors[token])[width : 2 * width]
        own = _rounded(np.maximum(self._sums("when", features) + teller, 0))
        return self._linear("right", self._beside_others("sees_when", own))[:, 0]

    def stands(self, kind: str, token: int, features: Sequence[str], encoded: Encoded) -> dict[str, float]:
        """Return the score of each polarity and modality."""
        t, width = self.tables, self.tables["standing"].shape[1]
        teller = self._linear("teller", encoded.vectors[token])[2 * width : 3 * width]
        own = self._sums("standing", [features])[0] + t["kind"][self.kinds[kind]] + teller
        return dict(
            zip(self.standings, self._linear("stands", _rounded(np.maximum(own, 0))).tolist(), strict=True)
        )

    def _numbers(self, name: str, found: Sequence[str]) -> list[int]:
        return [self.rows[name].get(each, 0) for each in found]

    def _status(self, words: Words) -> Array:
        status = np.zeros((len(words.forms), len(self.kinds) * len(self.statuses)), np.float32)
        for n, found in enumerate(words.statuses):
            for kind, each in found.items():
                if kind in self.kinds:
                    status[n, self.kinds[kind] * len(self.statuses) + self.statuses[each]] = 1
        return status

    def _linear(self, name: str, values: Array) -> Array:
        rows = np.ascontiguousarray(np.atleast_2d(values))
        found = gemm(rows, self.tables[f"{name}.weight"]) + self.tables[f"{name}.bias"]
        return _rounded(found.reshape(*values.shape[:-1], found.shape[-1]))

    def _norm(self, number: int, values: Array) -> Array:
        exact = values.astype(np.float64)  # squares need more than 32 bits
        apart = exact - exact.mean(1, keepdims=True)
        spread = np.sqrt((apart * apart).mean(1, keepdims=True) + _NORM)
        t = self.tables
        return _rounded(apart / spread * t[f"norms.{number}.weight"] + t[f"norms.{number}.bias"])

    def _sums(self, name: str, groups: Sequence[Sequence[str]]) -> Array:
        rows = self.rows[name]
        flat: list[int] = []
        starts: list[int] = []
        for group in groups:
            starts.append(len(flat))
            flat.append(0)  # the row of zeros, so that no group is empty
            flat += [rows[f] for f in group if f in rows]
        return np.asarray(np.add.reduceat(self.tables[name][flat], starts, axis=0), np.float32)

    def _beside_others(self, name: str, own: Array) -> Array:
        """Return vectors with what they are beside the mean of the others and the greatest of all."""
        rest = _rounded((own.sum(0) - own) / max(len(own) - 1, 1))
        most = np.broadcast_to(own.max(0), own.shape)
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


def _shifted(vectors: Array, by: int) -> Array:
    moved = np.zeros_like(vectors)
    if by > 0:
        moved[by:] = vectors[:-by]
    else:
        moved[:by] = vectors[-by:]
    return moved


def _rounded(values: NDArray[np.floating[Any]]) -> Array:
    return np.asarray(np.rint(values * _GRID) / _GRID, np.float32)


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
    rounds = sum(name.startswith("beside.") and name.endswith(".weight") for name in tables)
    kinds = {kind: n for n, kind in enumerate(names["kinds"])}
    statuses = {status: n for n, status in enumerate(names["statuses"])}
    return Network(tables, names["rows"], kinds, statuses, tuple(names["standings"]), rounds)
