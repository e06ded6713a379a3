"""Learn how to weigh what the frames propose, from the annotated passages, into the package's tables of weights.

    python training/learn.py [--out DIR] [--without-tuning] [--rounds N]

Trained on `training/passages/*.txt` and on the tuning half of `tests/gold`; never on its report half. One thread and
a fixed seed make it the same on the same kind of processor; what it learned is read the same on all of them.
"""

import argparse
import json
import multiprocessing
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import network
from indices import indices
from passages import all_types, read
from recording import Example, Passage, record
from rich.progress import track

from diplograph import documents, evaluation, pipeline
from diplograph.claims.weighing import network as runtime
from diplograph.claims.weighing import revision, triggers
from diplograph.model import Modality, Polarity

ROOT = Path(__file__).resolve().parents[1]
GOLD = (ROOT / "tests" / "gold", ROOT / "tests" / "gold" / "passages-b")
ROUNDS = 12
STANDINGS = tuple(f"{p.value} {m.value}" for p in Polarity for m in Modality)

# In units of log-odds: from which score on a word tells an event, a power takes part, the likeliest one does where
# nobody else is found; how much what the frames read weighs more; how much a fact must be likelier than anything else.
THRESHOLDS = {
    "trigger": 0.3,
    "party": 0.6,
    "any source": -1.0,
    "any target": -1.0,
    "trust claim": 7.2,
    "trust inferred": 3.2,
    "trust party": 2.0,
    "trust again": 8.0,
    "trust when": 3.0,
    "trust standing": 2.5,
    "doubt": 4.0,
}


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


def recorded(passages: list[Passage], weights: Path | None = None) -> Iterator[Example]:
    """Yield the examples that passages give, in their order; read with weights of a folder, else with the frames alone."""
    with multiprocessing.Pool(initializer=_prepare, initargs=(weights,)) as pool:
        examples = pool.imap(_record, passages, chunksize=4)
        yield from track(examples, "reading", total=len(passages))


_reading: dict[str, Any] = {}  # what a process reads with


def _prepare(weights: Path | None) -> None:
    _reading["known"] = pipeline.load_knowledge(weighed=False)
    _reading["judge"] = revision.Judge(revision.load(weights)) if weights else None


def _record(passage: Passage) -> Example:
    return next(record([passage], _reading["known"], _reading["judge"]))


def train(passages: list[Passage], out: Path, rounds: int) -> None:
    """Learn from passages and write what was learned to a folder."""
    examples = list(recorded(passages))
    known = indices(examples, triggers.STATUSES, STANDINGS)
    learned = network.learn(examples, known, rounds=rounds)
    out.mkdir(parents=True, exist_ok=True)
    runtime.save(out / "network.npz", network.tables(learned), network.names(known))
    (out / "thresholds.json").write_text(json.dumps(THRESHOLDS, indent=1) + "\n", "utf-8")
    size = (out / "network.npz").stat().st_size
    events = sum(len(example.events) for example in examples)
    sys.stdout.write(f"{len(passages)} passages, {events} events, {size / 1e6:.1f} MB\n")


def main() -> None:
    """Train and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "src/diplograph/claims/weighing/weights")
    parser.add_argument("--without-tuning", action="store_true")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    train(annotated() + ([] if options.without_tuning else tuning()), options.out, options.rounds)


if __name__ == "__main__":
    main()
