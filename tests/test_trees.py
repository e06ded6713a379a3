"""The trees that the parser grows, read out: words, sentences, phrases, who governs whom."""

import pytest

from diplograph import trees
from diplograph.pipeline import Knowledge
from diplograph.trees import Tree

TEXT = "Kenya's envoy left Lima. Peru, angry at last, recalled its own."


@pytest.fixture(scope="module")
def tree(knowledge: Knowledge) -> Tree:
    parser = knowledge.reader.parser
    return next(map(trees.grown, parser.pipe([TEXT]), [TEXT]))


def test_words_stand_where_the_text_has_them(tree: Tree) -> None:
    assert len(tree.tokens) > 10
    assert [TEXT[t.idx : t.end] for t in tree.tokens] == [t.text for t in tree.tokens]
    assert [t.i for t in tree.tokens] == list(range(len(tree.tokens)))
    assert all(t.lower == t.text.lower() and t.lemma == t.lemma.lower() for t in tree.tokens)


def test_sentences_share_out_the_words(tree: Tree) -> None:
    assert [sentence.text for sentence in tree.sentences] == TEXT.replace(". ", ".|").split("|")
    assert [t for sentence in tree.sentences for t in sentence] == tree.tokens
    assert all(t.sentence.start <= t.i < t.sentence.end for t in tree.tokens)


def test_everyone_is_a_child_of_his_head_and_of_nobody_else(tree: Tree) -> None:
    for token in tree.tokens:
        parents = [other for other in tree.tokens if token in other.children]
        assert parents == ([] if token.head is token else [token.head])


def test_a_root_governs_its_sentence(tree: Tree) -> None:
    for sentence in tree.sentences:
        assert sentence.root.head is sentence.root
        assert list(sentence.root.subtree) == list(sentence)
        assert (sentence.root.first, sentence.root.last) == (sentence.start, sentence.end - 1)


@pytest.mark.parametrize(
    ("words", "touched", "root"),
    [("envoy", "envoy", "envoy"), ("nya's env", "Kenya's envoy", "envoy"), ("at last", "at last", "at"), (",", ",", ",")],
)  # fmt: skip
def test_a_stretch_of_text_touches_a_phrase(tree: Tree, words: str, touched: str, root: str) -> None:
    start = TEXT.index(words)
    phrase = tree.phrase(start, start + len(words))
    assert phrase is not None
    assert (phrase.text, phrase.root.text) == (touched, root)
    assert tree.phrase(len(TEXT), len(TEXT) + 1) is None
