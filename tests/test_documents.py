"""Files to documents: what is prose, what is not, and where it stands."""

from pathlib import Path

import pytest

from diplograph import documents
from diplograph.errors import DocumentError
from diplograph.model import Part

PIECE = """A shift of alliances

By Jane Doe

{first}

{first}

Disclaimer: views are the writer's own.

– Jane Doe is a fellow at an institute.
"""
FIRST = "Both governments agreed on a plan that neither had wanted a year before the crisis."


def parts(text: str) -> list[str]:
    return [paragraph.part.value for paragraph in documents.from_text(text, name="x").paragraphs]


def test_prose_is_told_from_boilerplate_and_repeats() -> None:
    document = documents.from_text(PIECE.format(first=FIRST), name="A Shift")
    assert document.id == "a-shift"
    assert document.author == "Jane Doe"
    assert [p.part for p in document.paragraphs] == [
        Part.HEADING,
        Part.BYLINE,
        Part.BODY,
        Part.BODY,
        Part.BOILERPLATE,
        Part.BOILERPLATE,
    ]
    first, second = document.paragraphs[2:4]
    assert first.repeats is None
    assert second.repeats == first.span
    assert document.text[first.span.start : first.span.end] == FIRST


def test_a_pull_quote_repeats_the_longer_paragraph_after_it() -> None:
    quote = "The envoys left the city in the night without telling the press."
    document = documents.from_text(
        f"Title\n\n{quote}\n\nNobody was surprised. {quote} Then it rained.", name="x"
    )
    _, pulled, whole = document.paragraphs
    assert whole.repeats is None
    assert pulled.repeats is not None
    assert document.text[pulled.repeats.start : pulled.repeats.end] == quote


def test_lines_are_paragraphs_where_there_is_no_blank_line() -> None:
    long = (
        "The two ministers met again in the spring and spoke for hours about the river and its waters. " * 3
    )
    assert parts(f"{long}\n{long.upper()}") == ["body", "body"]
    assert parts("The two ministers met\nagain in the spring.") == ["body"]


def test_front_matter_gives_title_and_date(tmp_path: Path) -> None:
    path = tmp_path / "piece.md"
    path.write_text(
        "---\ntitle: A piece\ndate: 2022-04-08\nauthor: Jane Doe\n---\n# Head\n\nThey met.\n", "utf-8"
    )
    document = documents.read(path)
    assert (document.title, document.published, document.author) == ("A piece", "2022-04-08", "Jane Doe")
    assert [p.part for p in document.paragraphs] == [Part.HEADING, Part.BODY]


def test_a_date_given_overrides_the_file(tmp_path: Path) -> None:
    path = tmp_path / "piece.md"
    path.write_text("---\ndate: 2022-04-08\n---\nThey met.\n", "utf-8")
    assert documents.read(path, published="2021").published == "2021"


def test_the_main_text_of_a_page(tmp_path: Path) -> None:
    body = "".join(
        f"<p>In paragraph {n} the two governments agreed to talk about trade again, at length.</p>"
        for n in range(6)
    )
    page = f"<html><head><title>Talks</title></head><body><nav><a href='/'>Home</a></nav><article><h1>Talks</h1>{body}</article></body></html>"
    path = tmp_path / "page.html"
    path.write_text(page, "utf-8")
    document = documents.read(path)
    assert "two governments agreed" in document.text
    assert "Home" not in document.text


def test_offsets_count_code_points() -> None:
    document = documents.from_text("Élysée — “treaty”.\n\nThey signed it.", name="x")
    span = document.paragraphs[1].span
    assert document.text[span.start : span.end] == "They signed it."


def test_utf16_with_a_mark_is_read() -> None:
    assert documents.decode("They met.".encode("utf-16"), name="x") == "They met."


@pytest.mark.parametrize("content", [b"\xff\x00\xfa", b"caf\xe9", b"a\x00b"])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(DocumentError, match="x: "):
        documents.decode(content, name="x")
