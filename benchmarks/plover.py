"""How often frames alone give the PLOVER root of what a marked source does to a marked target.

The rows are `sentence_id, sentence, source, target, plover_root`, tab separated, of ../shared/gold/plover-train.tsv
(or of $DIPLOGRAPH_SHARED). An old dictionary coder has 0.50 on rows of this kind, a trained linear model 0.72.

    python benchmarks/plover.py [--errors]
"""

import csv
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph

from diplograph import knowledge, sentences, trees
from diplograph.claims import arguments, factuality, frames, lexica, syntax
from diplograph.claims.frames import Lexicon, Trigger
from diplograph.model import Modality, Polarity
from diplograph.trees import Token, Tree
from diplograph.vocabulary import compact

SHARED = Path(os.environ.get("DIPLOGRAPH_SHARED", Path(__file__).resolve().parents[2] / "shared"))
FRIENDLY = {"AGREE", "AID", "CONSULT", "COOPERATE", "SUPPORT", "YIELD"}
HOSTILE = {"ASSAULT", "COERCE", "MOBILIZE", "PROTEST", "SANCTION"}
ONE_ROOT = {"RETREAT": "YIELD", "CONCEDE": "YIELD"}


@dataclass(frozen=True)
class Row:
    """A sentence with a marked pair, and the root that coders gave it."""

    sentence: str
    source: str
    target: str
    root: str


@dataclass(frozen=True)
class Coder:
    """What coding needs: the patterns, the root of each class, and the word lists of factuality."""

    lexicon: Lexicon
    roots: Mapping[str, str]
    words: lexica.Lexica


def rows() -> list[Row]:
    """Return the rows of the shared gold."""
    path = SHARED / "gold" / "plover-train.tsv"
    with path.open(encoding="utf-8") as lines:
        table = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Row(r["sentence"], r["source"], r["target"], r["plover_root"]) for r in table]


def load() -> Coder:
    """Load the frames, those of acts outside the ontology, and the roots of its classes."""
    ontology = knowledge.ontology_dir()
    files = (*knowledge.files(ontology / "frames", "*.toml"), Path(__file__).with_name("plover.toml"))
    words = lexica.load(ontology / "lexicon", {"source": frozenset(), "target": frozenset()})
    return Coder(frames.load(files), dict(class_roots()), words)


def class_roots() -> Iterator[tuple[str, str]]:
    """Yield the local name of each class and its PLOVER root."""
    for path in knowledge.files(knowledge.ontology_dir(), "*.ttl"):
        for quad in pyoxigraph.parse(path=path, format=pyoxigraph.RdfFormat.TURTLE):
            if compact(quad.predicate.value) == "dg:plover":
                yield compact(quad.subject.value).removeprefix("dg:"), quad.object.value


def code(tree: Tree, row: Row, coder: Coder) -> str | None:
    """Return the root of the trigger that best connects the pair, or None where no pattern matches."""
    source, target = _head(tree, row.source), _head(tree, row.target)
    best = max(_candidates(tree, coder), key=lambda t: _strength(t, source, target), default=None)
    if best is None:
        return None
    return _turned(best, coder)


def _candidates(tree: Tree, coder: Coder) -> Iterator[Trigger]:
    for token in tree.tokens:
        found = (
            arguments.of_verb(token) if syntax.is_verb(token) else arguments.of_noun(token, light=frozenset())
        )
        matches = (
            t
            for t in frames.match(token, found, coder.lexicon)
            if t.frame.event in coder.roots or t.frame.event.isupper()
        )
        yield from list(matches)[:1]


def _head(tree: Tree, text: str) -> Token | None:
    start = tree.text.find(text)
    span = tree.phrase(start, start + len(text)) if start >= 0 else None
    return span.root if span is not None else None


def _strength(trigger: Trigger, source: Token | None, target: Token | None) -> tuple[float, int]:
    token = trigger.token
    score = 0.0
    if source is not None:
        subjects = syntax.clause_subjects(token) if syntax.is_verb(token) else []
        score += 3 * any(source in subject.subtree for subject in subjects)
        score += _governing(token, source)
    if target is not None:
        score += _governing(token, target)
    if source is not None and target is not None:
        between = sorted((source.i, target.i))
        score += 1 * (between[0] < token.i < between[1])
    score += 0.5 * syntax.is_verb(token) + 0.25 * bool(trigger.unit.objects or trigger.unit.with_words)
    return score, -token.i


def _governing(token: Token, end: Token) -> int:
    """Return 3 where a word stands above another, 1 where it is the same."""
    return 1 if token is end else 3 * (end in token.subtree)


def _turned(trigger: Trigger, coder: Coder) -> str | None:
    """To intend a friendly act is to agree, to intend a hostile one to threaten; not to do a friendly one is to reject."""
    kind = trigger.frame.event
    root = ONE_ROOT.get(coder.roots.get(kind, kind), coder.roots.get(kind, kind))
    verdict = factuality.judge(trigger.token, coder.words.factuality)
    if verdict.polarity is Polarity.DENIED:
        return "REJECT" if root in FRIENDLY else root
    if any(child.lower == "must" for child in trigger.token.children if child.dep == "aux"):
        return "REQUEST"
    if verdict.modality in {Modality.INTENDED, Modality.PREDICTED}:
        return "AGREE" if root in FRIENDLY else "THREATEN" if root in HOSTILE else root
    return root


def scores(pairs: list[tuple[str, str | None]]) -> tuple[float, float, dict[str, tuple[int, float, float]]]:
    """Return accuracy, macro-F1, and (rows, precision, recall) by root, of (gold, coded) pairs."""
    right: Counter[str] = Counter(gold for gold, coded in pairs if gold == coded)
    golds, codeds = Counter(gold for gold, _ in pairs), Counter(coded for _, coded in pairs)
    by_root = {}
    for root in sorted(golds):
        precision = right[root] / codeds[root] if codeds[root] else 0.0
        by_root[root] = (golds[root], precision, right[root] / golds[root])
    f1 = [2 * p * r / (p + r) if p + r else 0.0 for _, p, r in by_root.values()]
    return right.total() / len(pairs), sum(f1) / len(f1), by_root


def main() -> None:
    """Print accuracy, macro-F1 and a row for each root; with --errors also what went wrong."""
    gold, coder = rows(), load()
    parser = sentences.load_parser()
    texts = [sentences.plain(row.sentence) for row in gold]
    parsed = map(trees.grown, parser.pipe(texts), texts)
    coded = [(row, code(tree, row, coder)) for row, tree in zip(gold, parsed, strict=True)]
    accuracy, macro, by_root = scores([(row.root, root) for row, root in coded])
    print(
        f"rows {len(coded)}  accuracy {accuracy:.3f}  macro-F1 {macro:.3f}  uncoded {sum(r is None for _, r in coded)}"
    )
    for root, (number, precision, recall) in by_root.items():
        print(f"{root:12}{number:5}{precision:7.3f}{recall:7.3f}")
    if "--errors" in sys.argv:
        wrong = defaultdict(list)
        for row, root in coded:
            if root != row.root:
                wrong[row.root, root or "-"].append(row)
        for (root, other), found in sorted(wrong.items(), key=lambda item: -len(item[1])):
            for row in found:
                print(f"{root} coded {other}: [{row.source}] -> [{row.target}] {row.sentence}")


if __name__ == "__main__":
    main()
