"""Linear classifiers over named features with integer weights.

A sum of integers is the same on every machine and in every order, which sums of floating-point numbers are not.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

from diplograph.errors import KnowledgeError

SCALE = 100  # integer weight per unit of log-odds
BIAS = "bias"
_ZEROS = repeat(0)


@dataclass(frozen=True)
class Classifier:
    """Log-odds of each class, times SCALE, as sums of the weights of the features that are present.

    `weights` has for each class a table of features; a feature that is not there counts nothing.
    """

    classes: tuple[str, ...]
    weights: tuple[Mapping[str, int], ...]

    def scores(self, features: Sequence[str]) -> tuple[int, ...]:
        """Return the score of each class."""
        return tuple(table.get(BIAS, 0) + sum(map(table.get, features, _ZEROS)) for table in self.weights)

    def score(self, features: Sequence[str]) -> int:
        """Return the score of the first class."""
        table = self.weights[0]
        return table.get(BIAS, 0) + sum(map(table.get, features, _ZEROS))


@dataclass(frozen=True)
class Conjoined:
    """The first class of a classifier whose features are conjunctions "this|that", looked up without joining them.

    `tables` has for each last part of a feature a table of the parts before it.
    """

    bias: int
    tables: Mapping[str, Mapping[str, int]]

    def score(self, features: Sequence[str], condition: str) -> int:
        """Return the sum of the weights of features, each together with a condition."""
        table = self.tables.get(condition)
        return sum(map(table.get, features, _ZEROS)) if table else 0


def conjoined(classifier: Classifier) -> Conjoined:
    """Return the first class of a classifier with its features split before their last part."""
    tables: dict[str, dict[str, int]] = defaultdict(dict)
    for feature, weight in classifier.weights[0].items():
        first, _, last = feature.rpartition("|")
        tables[last][first] = weight
    return Conjoined(tables.pop(BIAS, {}).get("", 0), dict(tables))


def load(path: Path) -> Classifier:
    """Read a table of features and weights, tab separated, classes in its first line; KnowledgeError if malformed."""
    lines = path.read_text("utf-8").splitlines()
    if not lines or not lines[0].startswith("feature\t"):
        raise KnowledgeError(f"{path}: expected a first line of 'feature' and the classes")
    classes = tuple(lines[0].split("\t")[1:])
    weights: tuple[dict[str, int], ...] = tuple({} for _ in classes)
    for number, line in enumerate(lines[1:], start=2):
        feature, *values = line.split("\t")
        if len(values) != len(classes):
            raise KnowledgeError(
                f"{path}, line {number}: expected {len(classes)} weights, found {len(values)}"
            )
        for table, value in zip(weights, values, strict=True):
            if value != "0":
                table[feature] = int(value)
    return Classifier(classes, weights)


def save(classifier: Classifier, path: Path) -> None:
    """Write what `load` reads, features sorted."""
    features = sorted({feature for table in classifier.weights for feature in table})
    rows = ["\t".join(("feature", *classifier.classes))]
    rows += [
        "\t".join((feature, *(str(table.get(feature, 0)) for table in classifier.weights)))
        for feature in features
    ]
    path.write_text("\n".join(rows) + "\n", "utf-8")
