"""Learn how to weigh what the frames propose, from the annotated passages, into the package's tables of weights.

    python training/learn.py [--out DIR] [--without-tuning]

Trained on `training/passages/*.txt` and on the tuning half of `tests/gold`; never on its report half. Logistic
regression by liblinear, which is deterministic; weights are rounded to hundredths of log-odds.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from passages import all_types, read
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from diplograph import documents, edtf, evaluation, pipeline
from diplograph.claims import assertion, drafting, extraction, frames
from diplograph.claims.weighing import classifier, parties, proposals, standing, triggers, whens
from diplograph.claims.weighing.classifier import BIAS, SCALE, Classifier
from diplograph.model import Document
from diplograph.pipeline import Knowledge

ROOT = Path(__file__).resolve().parents[1]
GOLD = (ROOT / "tests" / "gold", ROOT / "tests" / "gold" / "passages-b")
Record = dict[str, Any]
Passage = tuple[Document, list[Record]]


def annotated() -> list[Passage]:
    """Return the passages written for training; their events are of the kinds of the gold."""
    types = all_types(GOLD[0] / "gold.jsonl") | all_types(GOLD[1] / "gold.jsonl")
    found = (p for path in sorted((ROOT / "training" / "passages").glob("*.txt")) for p in read(path, types))
    return [
        (documents.from_text(p["text"], name=p["id"], published=p["date_published"]), p["events"])
        for p in found
    ]


def tuning() -> list[Passage]:
    """Return the tuning half of the gold passages."""
    halves = (evaluation.passages(f / "gold.jsonl", f / "texts.jsonl", "tune") for f in GOLD)
    return [passage for half in halves for passage in half.values()]


@dataclass
class Examples:
    """Features and labels for each of the four questions, with the passage they come from."""

    rows: list[list[str]] = field(default_factory=list)
    labels: list[tuple[int, ...]] = field(default_factory=list)
    passages: list[str] = field(default_factory=list)
    groups: list[tuple[int, int, Any]] = field(
        default_factory=list
    )  # first, last and setting of what is weighed together

    def add(self, features: list[str], label: tuple[int, ...], passage: str = "") -> None:
        """Add an example."""
        self.rows.append(features)
        self.labels.append(label)
        self.passages.append(passage)

    def part(self, chosen: Iterable[int]) -> "Examples":
        """Return some of the examples."""
        numbers = list(chosen)
        return Examples([self.rows[n] for n in numbers], [self.labels[n] for n in numbers])


@dataclass
class Observed:
    """A word with a kind as it was offered, and the gold event that it tells, if any."""

    span: tuple[int, int]
    sentence: int
    kind: str
    status: str
    features: list[str]
    event: Record | None


STANDINGS = tuple(
    f"{p} {m}" for p in ("Affirmed", "Denied") for m in ("Actual", "Possible", "Predicted", "Intended")
)
STRENGTH = {
    "trigger": 0.2,
    "party": 0.05,
    "beside": 0.05,
    "when": 0.1,
    "standing": 0.1,
}  # inverse of regularization
CERTAIN = 500  # the bias of what no example contradicts
LEAST = 2  # a weight below two hundredths is left out
NAMES = ("trigger", "party", "when", "standing")


@dataclass
class Recorder:
    """A judge that changes nothing and notes what there was to decide, and how it should have been decided."""

    known: Knowledge
    learned: dict[str, tuple[str, ...]]
    events: list[Record] = field(default_factory=list)
    passage: str = ""
    observed: list[Observed] = field(default_factory=list)
    examples: dict[str, Examples] = field(default_factory=lambda: {name: Examples() for name in NAMES})
    words: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __call__(self, sentence: Any, told: Any, scene: Any, lexicon: Any) -> Any:
        """Note what a sentence offers."""
        offered = proposals.propose(sentence, told, scene, lexicon)
        for token in sentence:
            start = scene.position(token)
            here = [
                e for e in self.events if e["trigger"][0] < start + len(token) and start < e["trigger"][1]
            ]
            part = frames.part_of_speech(token)
            for event in here:
                if part and not drafting.is_barred(token, scene):
                    self.words[f"{part} {token.lemma_.lower()}", event["type"]] += 1
            statuses = proposals.kinds(token, offered, self.learned)
            words = triggers.words(token, offered) if statuses else ()
            for kind, status in statuses.items():
                event = next((e for e in here if e["type"] == kind), None)
                candidate = triggers.candidate(token, kind, statuses, offered)
                features = triggers.features(candidate, words)
                self.observed.append(
                    Observed(
                        (start, start + len(token)), scene.discourse.sentence, kind, status, features, event
                    )
                )
                if event is not None:
                    self._note_event(token, kind, event, offered)
        return told

    def _note_event(self, token: Any, kind: str, event: Record, offered: Any) -> None:
        read = proposals.reading(token, kind, offered)
        if read.trigger is None and read.claim is None:
            return
        powers = proposals.powers(token, read.filled, offered)
        setting = parties.setting(token, kind, read, powers, offered)
        party = self.examples["party"]
        party.groups.append((len(party.rows), len(party.rows) + len(powers), setting))
        for power in powers:
            name = self._name(power)
            label = (int(name in event["source"]), int(name in event["target"]))
            party.add(parties.features(power, setting), label, self.passage)
        self._note_time(token, kind, event, read, offered)
        rule = (read.claim.polarity, read.claim.modality) if read.claim else None
        if rule is None and read.trigger is not None:
            made = assertion.stated(read.trigger, {}, frozenset(), None, offered.scene)
            rule = (made.polarity, made.modality) if made else None
        wanted = f"{event['polarity'].capitalize()} {event['modality'].capitalize()}"
        label = tuple(int(wanted == each) for each in STANDINGS)
        self.examples["standing"].add(
            standing.features(token, kind, rule, offered.scene.lexica.factuality["signs"]["words"]), label
        )

    def _name(self, power: Any) -> str:
        codes = self.known.analysts_codes
        return codes.get(power.key, power.actor.label)

    def _note_time(self, token: Any, kind: str, event: Record, read: Any, offered: Any) -> None:
        rule = read.claim.time if read.claim else None
        options = whens.candidates(token, rule, offered)
        exact = [o.time == event["time"] for o in options]
        right = exact if any(exact) else [_same_year(o.time, event["time"]) for o in options]
        if any(right):
            for number, (option, good) in enumerate(zip(options, right, strict=True)):
                self.examples["when"].add(
                    whens.features(option, token, kind, rule, number, offered), (int(good),)
                )

    def close(self) -> None:
        """Turn what was observed in a passage into examples of triggers."""
        covered = {id(o.event) for o in self.observed if o.event is not None}
        for each in self.observed:
            if each.event is None and self._is_unclear(each, covered):
                continue
            self.examples["trigger"].add(each.features, (int(each.event is not None),))
        self.observed.clear()

    def _is_unclear(self, each: Observed, covered: set[int]) -> bool:
        """Tell whether a word may tell an event of its kind that was annotated at another word nearby."""
        near = [
            e for e in self.events
            if e["type"] == each.kind and abs(e["trigger"][0] - each.span[0]) < 60
        ]  # fmt: skip
        return any(id(e) not in covered or each.status == "claim" for e in near)


def _same_year(one: str | None, other: str | None) -> bool:
    if not one or not other:
        return one == other
    return [d.year for d in edtf.span(one)] == [d.year for d in edtf.span(other)]


def record(passages: Iterable[Passage], known: Knowledge, learned: dict[str, tuple[str, ...]]) -> Recorder:
    """Read passages with the frames alone and note what there was to decide."""
    recorder = Recorder(known, learned)
    reader = replace(known.reader, judge=recorder)
    for document, events in passages:
        recorder.events, recorder.passage = events, document.id
        extraction.read(document, reader)
        recorder.close()
    return recorder


def learned_words(words: Counter[tuple[str, str]], known: Knowledge) -> dict[str, tuple[str, ...]]:
    """Return the words that told events of a kind at least twice although no frame of the kind has them."""
    found: dict[str, list[str]] = defaultdict(list)
    for (word, kind), count in sorted(words.items()):
        part, _, lemma = word.partition(" ")
        units = known.reader.lexicon.units.get((part, lemma), ())
        if count >= 2 and kind not in {unit.frame.event for unit in units}:
            found[word].append(kind)
    return {word: tuple(kinds) for word, kinds in found.items()}


def fit(examples: Examples, classes: Sequence[str], strength: float, least: int = 2) -> Classifier:
    """Return the classifier of examples: one logistic regression a class; `least` is how often a feature must occur."""
    counts = Counter(feature for row in examples.rows for feature in set(row))
    features = sorted(feature for feature, count in counts.items() if count >= least)
    matrix = _matrix(examples.rows, {feature: n for n, feature in enumerate(features)})
    labels = np.array(examples.labels)
    tables = tuple(_table(matrix, labels[:, number], features, strength) for number in range(len(classes)))
    return Classifier(tuple(classes), tables)


def _matrix(rows: list[list[str]], index: dict[str, int]) -> csr_matrix:
    pointers, columns = [0], []
    for row in rows:
        columns += sorted({index[f] for f in row if f in index})
        pointers.append(len(columns))
    return csr_matrix((np.ones(len(columns)), columns, pointers), shape=(len(rows), len(index)))


def _table(matrix: csr_matrix, labels: np.ndarray, features: list[str], strength: float) -> dict[str, int]:
    """Return the weights of a class; one that is always so, or never, has only a bias."""
    if labels.min() == labels.max():
        return {BIAS: CERTAIN if labels[0] else -CERTAIN}
    model = LogisticRegression(C=strength, solver="liblinear", random_state=0, max_iter=200)
    model.fit(matrix, labels)
    rounded = ((f, round(SCALE * value)) for f, value in zip(features, model.coef_[0], strict=True))
    bias = round(SCALE * float(model.intercept_[0]))
    return {feature: value for feature, value in rounded if abs(value) >= LEAST} | {BIAS: bias}


def with_neighbors(examples: Examples, strength: float, folds: int = 4) -> Examples:
    """Return the examples of parties with how each was scored beside the others, by classifiers that had not seen it."""
    names = sorted(set(examples.passages))
    fold = {name: number % folds for number, name in enumerate(names)}
    found = Examples()
    for number in range(folds):
        rest = [n for n, name in enumerate(examples.passages) if fold[name] != number]
        table = fit(examples.part(rest), ("source", "target"), strength)
        for first, last, setting in examples.groups:
            if first < last and fold[examples.passages[first]] == number:
                scores = [table.scores(examples.rows[n]) for n in range(first, last)]
                for n, more in zip(range(first, last), parties.beside(scores, setting), strict=True):
                    found.add([*examples.rows[n], *more], examples.labels[n])
    return found


# In hundredths of log-odds: from which score on a word tells an event, a power takes part, the likeliest one does where
# nobody else is found; how much what the frames read weighs more; how much a fact must be likelier than anything else.
THRESHOLDS = {
    "trigger": 0,
    "party": 0,
    "any source": -150,
    "any target": -150,
    "trust trigger": 500,
    "trust inferred": 150,
    "trust party": 1000,
    "trust when": 100,
    "trust standing": 300,
    "doubt": 300,
}


def main() -> None:
    """Train and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "src/diplograph/claims/weighing/weights")
    parser.add_argument("--without-tuning", action="store_true")
    options = parser.parse_args()
    passages = annotated() + ([] if options.without_tuning else tuning())
    known = pipeline.load_knowledge(weighed=False)
    first = record(passages, known, {})
    learned = learned_words(first.words, known)
    second = record(passages, known, learned)
    options.out.mkdir(parents=True, exist_ok=True)
    second.examples["beside"] = with_neighbors(second.examples["party"], STRENGTH["party"])
    classes = {
        "beside": ("source", "target"),
        "trigger": ("event",),
        "party": ("source", "target"),
        "when": ("right",),
        "standing": STANDINGS,
    }
    for name, labels in classes.items():
        table = fit(second.examples[name], labels, STRENGTH[name])
        classifier.save(table, options.out / f"{name}.tsv")
        sys.stdout.write(
            f"{name}: {len(second.examples[name].rows)} examples, {sum(map(len, table.weights))} weights\n"
        )
    document = {"thresholds": THRESHOLDS, "words": {w: list(k) for w, k in sorted(learned.items())}}
    (options.out / "learned.json").write_text(
        json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8"
    )


if __name__ == "__main__":
    main()
