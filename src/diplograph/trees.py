"""The words of a paragraph and the tree that the parser found over them, read out of it once.

What is asked of a tree is asked many times over; plain objects answer several times as fast as the parser's own, and
nothing that reads trees needs to know which parser made them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from spacy.tokens import Doc

_NAMED: list[int | str] = ["LOWER", "LEMMA", "POS", "TAG", "DEP"]
_NUMBERS: list[int | str] = ["IDX", "LENGTH", "HEAD", "SPACY", "SENT_START", "LIKE_NUM", "IS_PUNCT"]


@dataclass(slots=True, eq=False, repr=False)
class Token:
    """A word with its place in the text and in the tree; `tag` is Penn's, `pos` Universal Dependencies', `dep` ClearNLP's.

    `lower` and `lemma` are in lower case.
    """

    i: int
    idx: int
    text: str
    lower: str
    lemma: str
    pos: str
    tag: str
    dep: str
    is_spaced: bool
    is_number: bool
    is_punctuation: bool
    tree: "Tree"
    head: "Token" = field(init=False)
    sentence: "Phrase" = field(init=False)
    children: tuple["Token", ...] = ()

    def __repr__(self) -> str:
        """Return the word with its tag."""
        return f"{self.text}/{self.tag}"

    @property
    def end(self) -> int:
        """Return where the word ends in the text."""
        return self.idx + len(self.text)

    @property
    def subtree(self) -> Iterator["Token"]:
        """Yield the word and all that it governs, in the order of the text."""
        later = [child for child in self.children if child.i > self.i]
        for child in self.children[: len(self.children) - len(later)]:
            yield from child.subtree
        yield self
        for child in later:
            yield from child.subtree

    @property
    def first(self) -> int:
        """Return the number of the first word that it governs, or its own."""
        return min(token.i for token in self.subtree)

    @property
    def last(self) -> int:
        """Return the number of the last word that it governs, or its own."""
        return max(token.i for token in self.subtree)


@dataclass(frozen=True, slots=True)
class Phrase:
    """The words from `start` up to `end` of a tree."""

    tree: "Tree"
    start: int
    end: int

    def __iter__(self) -> Iterator[Token]:
        """Yield the words."""
        return iter(self.tree.tokens[self.start : self.end])

    def __len__(self) -> int:
        """Return how many words there are."""
        return self.end - self.start

    @property
    def text(self) -> str:
        """Return the words as they were written."""
        first, last = self.tree.tokens[self.start], self.tree.tokens[self.end - 1]
        return self.tree.text[first.idx : last.end]

    @property
    def root(self) -> Token:
        """Return the word that governs the others: of those governed from outside, the one nearest to the tree's root.

        A mark that governs nothing is it only where there is nothing else."""
        outer = [token for token in self if not self.start <= token.head.i < self.end]
        top = next((token for token in self if token.head is token), None)
        return top or min(outer, key=_height, default=self.tree.tokens[self.start])


def _height(token: Token) -> tuple[bool, int]:
    is_mark, height = (token.is_punctuation or token.text.isspace()) and not token.children, 0
    while token.head is not token:
        token, height = token.head, height + 1
    return is_mark, height


@dataclass(eq=False)
class Tree:
    """The words of a text and its sentences."""

    text: str
    tokens: list[Token] = field(default_factory=list)
    sentences: list[Phrase] = field(default_factory=list)

    def phrase(self, start: int, end: int) -> Phrase | None:
        """Return the words that a stretch of text touches."""
        touched = [token.i for token in self.tokens if token.idx < end and start < token.end]
        return Phrase(self, touched[0], touched[-1] + 1) if touched else None


def grown(parsed: Doc, text: str) -> Tree:
    """Return the tree that the parser found over a text."""
    tree = Tree(text)
    names = [[_name(code, parsed) for code in column] for column in parsed.to_array(_NAMED).T.tolist()]
    numbers = parsed.to_array(_NUMBERS).astype("int32").T.tolist()
    tree.tokens = _tokens(tree, names, numbers)
    for token, offset in zip(tree.tokens, numbers[2], strict=True):
        token.head = tree.tokens[token.i + offset]
    _join_children(tree.tokens)
    tree.sentences = _sentences(tree, numbers[4])
    return tree


_known: dict[int, str] = {}  # codes are hashes of the names, the same for every parser


def _name(code: int, parsed: Doc) -> str:
    name = _known.get(code)
    return name if name is not None else _known.setdefault(code, parsed.vocab.strings[code])


def _tokens(tree: Tree, names: list[list[str]], numbers: list[list[int]]) -> list[Token]:
    lower, lemma, pos, tag, dep = names
    idx, length, _, spaced, _, number, punctuation = numbers
    return [
        Token(i, start, tree.text[start : start + size], low, base.lower(), part, kind, function, bool(space), bool(num), bool(mark), tree)
        for i, (start, size, low, base, part, kind, function, space, num, mark) in enumerate(
            zip(idx, length, lower, lemma, pos, tag, dep, spaced, number, punctuation, strict=True)
        )
    ]  # fmt: skip


def _join_children(tokens: list[Token]) -> None:
    children: list[list[Token]] = [[] for _ in tokens]
    for token in tokens:
        if token.head is not token:
            children[token.head.i].append(token)
    for token, below in zip(tokens, children, strict=True):
        token.children = tuple(below)


def _sentences(tree: Tree, starts: list[int]) -> list[Phrase]:
    first = [i for i, start in enumerate(starts) if start == 1 or i == 0]
    sentences = [Phrase(tree, a, b) for a, b in zip(first, [*first[1:], len(starts)], strict=True)]
    for sentence in sentences:
        for token in sentence:
            token.sentence = sentence
    return sentences
