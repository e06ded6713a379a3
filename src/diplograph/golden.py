"""Regenerate the golden graphs: what each text of ours gives by itself, committed and diffed.

python -m diplograph.golden data/texts data/graphs
"""

import sys
from pathlib import Path

from diplograph import documents, knowledge, pipeline
from diplograph.pipeline import Background, Knowledge


def write(texts: Path, folder: Path, known: Knowledge, base: Background) -> list[Path]:
    """Write a TriG file for each text of `texts` into `folder`; return the files in order."""
    written = []
    for text in knowledge.files(texts, "*.md"):
        source = documents.read(text)
        path = folder / f"{source.id}.trig"
        path.write_text(pipeline.as_trig(pipeline.document_graph(source, known, base)), "utf-8")
        written.append(path)
    return written


if __name__ == "__main__":
    for path in write(
        Path(sys.argv[1]),
        Path(sys.argv[2]),
        pipeline.load_knowledge(),
        pipeline.load_background(with_conclusions=True),
    ):
        sys.stdout.write(f"{path}\n")
