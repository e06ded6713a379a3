"""How fast texts are read, as a ratio to the bare parse of the same texts in the same run, and whether memory stays flat.

    python benchmarks/reading.py [--documents 5000]

Both read the sample texts and the gold passages. The parse is that of the model as spaCy loads it, paragraph by
paragraph, as the reader's is; the reader leaves out the model's recognizer of names, so the second ratio is to the
parse without it. Runs alternate, and the ratios are those of the fastest of each. With --documents, so many documents are read one after
another, and the resident memory is printed every tenth of the way.
"""

import argparse
import importlib.util
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language

from diplograph import documents, pipeline, sentences
from diplograph.model import Document
from diplograph.pipeline import Knowledge

ROOT = Path(__file__).resolve().parents[1]
RUNS = 5


def sample() -> Iterator[Document]:
    """Yield the sample texts and the gold passages."""
    for path in sorted((ROOT / "data" / "texts").glob("*.md")):
        yield documents.read(path)
    for folder in (ROOT / "tests" / "gold", ROOT / "tests" / "gold" / "passages-b"):
        for line in (folder / "texts.jsonl").read_text("utf-8").splitlines():
            passage = json.loads(line)
            yield documents.from_text(
                passage["text"], name=passage["id"], published=passage["date_published"]
            )


def parse(texts: list[Document], parser: Language) -> None:
    """Let the parser alone parse the texts."""
    for text in texts:
        spans = [paragraph.span for paragraph in sentences.read_paragraphs(text)]
        plain = [sentences.plain(text.text[span.start : span.end]) for span in spans]
        for _ in parser.pipe(plain, batch_size=sentences.BATCH):
            pass


def read(texts: list[Document], known: Knowledge) -> None:
    """Read the texts as `build` does."""
    for text in texts:
        pipeline.extract(text, known)


def seconds(work: Callable[[list[Document], Any], None], texts: list[Document], tool: Any) -> float:
    """Return the processor time of some work."""
    start = time.process_time()
    work(texts, tool)
    return time.process_time() - start


def main() -> None:
    """Print the ratios, and the course of memory if wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=0)
    options = parser.parse_args()
    texts, known = list(sample()), pipeline.load_knowledge()
    words = sum(len(text.text.split()) for text in texts)
    model = spacy.load(next(name for name in sentences.MODELS if importlib.util.find_spec(name)))
    seconds(read, texts[:5], known)
    bare, part, whole = [], [], []
    for _ in range(RUNS):
        bare.append(seconds(parse, texts, model))
        part.append(seconds(parse, texts, known.reader.parser))
        whole.append(seconds(read, texts, known))
    sys.stdout.write(
        f"{len(texts)} texts, {words} words; parse {min(bare):.2f} s, without names {min(part):.2f} s, read {min(whole):.2f} s\n"
    )
    sys.stdout.write(f"throughput of reading as a share of the bare parse: {min(bare) / min(whole):.2f}\n")
    sys.stdout.write(f"as a share of the parse without its names: {min(part) / min(whole):.2f}\n")
    for number, text in enumerate(islice(cycle(texts), options.documents)):
        pipeline.extract(text, known)
        if (number + 1) % max(options.documents // 10, 1) == 0:
            size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            sys.stdout.write(f"{number + 1} documents: at most {size} MB\n")


if __name__ == "__main__":
    main()
