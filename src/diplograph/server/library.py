"""The questions that come with the graph: `ontology/queries/*.rq`, one a file, described by `#+` lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from diplograph import knowledge
from diplograph.errors import KnowledgeError


@dataclass(frozen=True)
class Example:
    """A query that runs, the question it answers, and words to find it by."""

    slug: str
    question: str
    text: str
    keywords: tuple[str, ...] = ()


def examples(folder: Path | None = None) -> tuple[Example, ...]:
    """Return the examples of `folder` (default: those of the ontology), sorted; no folder means none."""
    folder = folder or _default_folder()
    return tuple(_read(path) for path in sorted(folder.glob("*.rq"))) if folder is not None else ()


def headers(text: str) -> dict[str, str]:
    """Return the `#+ key: value` lines at the head of a query; a repeated key is joined by a blank."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith("#+") and ":" in line:
            key, _, value = line[2:].partition(":")
            found[key.strip()] = " ".join(filter(None, (found.get(key.strip(), ""), value.strip())))
    return found


def body(text: str) -> str:
    """Return a query without its header lines."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("#+")).strip() + "\n"


def by_keyword(found: Sequence[Example]) -> dict[str, list[Example]]:
    """Return the examples under their first keyword, sorted."""
    groups: dict[str, list[Example]] = {}
    for example in found:
        groups.setdefault(example.keywords[0] if example.keywords else "other", []).append(example)
    return dict(sorted(groups.items()))


def _read(path: Path) -> Example:
    text = path.read_text(encoding="utf-8")
    described = headers(text)
    if "question" not in described:
        raise KnowledgeError(f"{path}: expected a line '#+ question: ...' that says what the query answers")
    words = tuple(word.strip() for word in described.get("keywords", "").split(",") if word.strip())
    return Example(path.stem, described["question"], body(text), words)


def _default_folder() -> Path | None:
    try:
        return knowledge.ontology_dir() / "queries"
    except KnowledgeError:
        return None
