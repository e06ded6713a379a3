"""Files to documents: plain text, Markdown with front matter, HTML; their paragraphs and what each is."""

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import frontmatter
import trafilatura

from diplograph import edtf, knowledge
from diplograph.errors import DocumentError
from diplograph.model import Document, Paragraph, Part, Span

SUFFIXES = (".txt", ".md", ".html", ".htm")
_MAX_HEADING_WORDS = 20
_MIN_REPEATED = 30  # characters; shorter lines recur by chance
_BLANK_LINE = re.compile(r"\r?\n[ \t]*(?:\r?\n[ \t]*)+")
_LINE_BREAK = re.compile(r"\r?\n")
_LIST_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d+[.)])[ \t]+")


def read(path: Path, *, published: str | None = None) -> Document:
    """Read one file; `published` (an EDTF date) overrides what the file itself says.

    Raises DocumentError when the file is missing, binary, of an unknown kind, or empty.
    """
    suffix = path.suffix.lower()
    if not path.is_file():
        raise DocumentError(
            f"{path}: no such file; give the path of a {', '.join(SUFFIXES)} file, or - for standard input"
        )
    if suffix not in SUFFIXES:
        raise DocumentError(
            f"{path}: files of kind {suffix or '(none)'} cannot be read; expected {', '.join(SUFFIXES)}"
        )
    text = decode(path.read_bytes(), name=str(path))
    if not text.strip():
        raise DocumentError(f"{path}: the text is empty")
    if suffix in {".html", ".htm"}:
        return from_html(text, name=path.stem, published=published)
    if suffix == ".md":
        return from_markdown(text, name=path.stem, published=published)
    return from_text(text, name=path.stem, published=published)


def decode(content: bytes, *, name: str) -> str:
    """Decode UTF-8 (or UTF-16 with a byte order mark); anything else is a DocumentError."""
    encoding = "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    if encoding == "utf-8-sig" and b"\x00" in content:
        raise DocumentError(f"{name}: a binary file; expected a text in UTF-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise DocumentError(
            f"{name}: not UTF-8 text (byte {error.start}); convert it, for instance with iconv"
        ) from error


def from_text(text: str, *, name: str, published: str | None = None, **metadata: str | None) -> Document:
    """Make a document of plain text; offsets will count code points of `text` as it is given."""
    if not text.strip():
        raise DocumentError(f"{name}: the text is empty")
    if published is not None and not edtf.is_valid(published):
        raise DocumentError(
            f"{name}: the date {published!r} is no EDTF date; expected for instance 2022-04-08"
        )
    paragraphs = _paragraphs(text)
    author = metadata.pop("author", None) or _author(text, paragraphs)
    return Document(
        id=slug(metadata.pop("id", None) or name),
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        paragraphs=paragraphs,
        author=author,
        published=published,
        **metadata,
    )


def from_markdown(text: str, *, name: str, published: str | None = None) -> Document:
    """Make a document of Markdown; YAML front matter may give id, title, date, author, source, license, genre."""
    try:
        post = frontmatter.loads(text)
    except Exception as error:  # the YAML library raises many kinds
        raise DocumentError(f"{name}: the front matter is no YAML: {' '.join(str(error).split())}") from error
    metadata = {
        key: _plain(post.metadata.get(key)) for key in ("id", "title", "author", "source", "license", "genre")
    }
    return from_text(
        post.content, name=name, published=published or _plain(post.metadata.get("date")), **metadata
    )


def from_html(text: str, *, name: str, published: str | None = None) -> Document:
    """Make a document of the main text of an HTML page; offsets refer to that main text."""
    page = trafilatura.bare_extraction(text, include_comments=False, include_tables=False, with_metadata=True)
    main = getattr(page, "text", None)
    if not main:
        raise DocumentError(f"{name}: no main text was found in the HTML page")
    found = {key: _plain(getattr(page, key, None)) for key in ("title", "author", "license")}
    paragraphs = main.replace("\n", "\n\n")
    source = _plain(getattr(page, "url", None))
    return from_text(
        paragraphs,
        name=name,
        published=published or _plain(getattr(page, "date", None)),
        source=source,
        **found,
    )


def slug(name: str) -> str:
    """Return `name` as an ASCII, lower-case, hyphenated slug.

    >>> slug("Élysée Treaty (1963)")
    'elysee-treaty-1963'
    """
    plain = unicodedata.normalize("NFKD", name.replace("ı", "i")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "untitled"


def _plain(value: Any) -> str | None:
    if isinstance(value, date):
        return value.isoformat()[:10]
    return str(value).strip() or None if value is not None else None


def _paragraphs(text: str) -> tuple[Paragraph, ...]:
    spans = [span for block in _blocks(text) for span in _items(text, block)]
    parts = [_part(text[span.start : span.end], first=index == 0) for index, span in enumerate(spans)]
    return tuple(
        Paragraph(span, part, _repeated(text, span, spans)) for span, part in zip(spans, parts, strict=True)
    )


def _blocks(text: str) -> Iterable[Span]:
    """Split at blank lines; where there is none, each line of a text of long lines is a paragraph."""
    lines = [line for line in text.splitlines() if line.strip()]
    one_a_line = not _BLANK_LINE.search(text.strip()) and len(lines) > 1 and len(max(lines, key=len)) > 150
    return _split(text, Span(0, len(text)), _LINE_BREAK if one_a_line else _BLANK_LINE)


def _items(text: str, block: Span) -> Iterable[Span]:
    """Split a block of list items or a heading line from what follows it."""
    lines = list(_split(text, block, _LINE_BREAK))
    apart = [_LIST_ITEM.match(text, line.start) or text.startswith("#", line.start) for line in lines]
    return lines if len(lines) > 1 and apart[0] else [block]


def _split(text: str, span: Span, separator: re.Pattern[str]) -> Iterable[Span]:
    start = span.start
    for match in [*separator.finditer(text, span.start, span.end), None]:
        end = match.start() if match else span.end
        piece = text[start:end]
        if piece.strip():
            yield Span(start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip()))
        start = match.end() if match else end


def _part(text: str, *, first: bool) -> Part:
    lexicon = _lexicon()
    if any(pattern.match(text) for pattern in lexicon["paragraphs"]) or lexicon["biography"].match(text):
        return Part.BOILERPLATE
    if text.startswith("#") or (first and _is_title(text)):
        return Part.HEADING
    if lexicon["byline"].fullmatch(text):
        return Part.BYLINE
    return Part.HEADING if _is_title(text) else Part.BODY


def _is_title(text: str) -> bool:
    return len(text.split()) <= _MAX_HEADING_WORDS and text[-1] not in '.!?:;,"”’)…'


def _repeated(text: str, span: Span, spans: list[Span]) -> Span | None:
    """Find the paragraph that has all of this one, word for word: a longer one, or an equal one before it."""
    piece = text[span.start : span.end]
    if len(piece) < _MIN_REPEATED:
        return None
    for other in spans:
        longer = other.end - other.start > len(piece)
        if other == span or not (longer or other.start < span.start):
            continue
        at = text.find(piece, other.start, other.end)
        if at >= 0:
            return Span(at, at + len(piece))
    return None


def _author(text: str, paragraphs: tuple[Paragraph, ...]) -> str | None:
    lexicon = _lexicon()
    for name, part in (("biography", Part.BOILERPLATE), ("byline", Part.BYLINE)):
        for paragraph in paragraphs:
            match = lexicon[name].match(text, paragraph.span.start, paragraph.span.end)
            if paragraph.part is part and match:
                return str(match["name"])
    return None


@cache
def _lexicon() -> dict[str, Any]:
    path = knowledge.ontology_dir() / "lexicon" / "boilerplate.toml"
    raw = tomllib.loads(path.read_text("utf-8"))
    return {
        "paragraphs": [re.compile(pattern, re.IGNORECASE) for pattern in raw["paragraphs"]],
        "biography": re.compile(raw["biography"]),
        "byline": re.compile(raw["byline"]),
    }
