"""The tree of a proof as a drawing: the conclusion left, what it rests on to the right of it, leaves in rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

from diplograph.pages.prooftree import Step

BOX, HEIGHT = 218, 56
_ACROSS, _DOWN = 258, 68
_LETTERS = 30  # of a line in a box


@dataclass(frozen=True)
class Box:
    """A step as drawn: its lines of text, where it stands, and the middle of its right edge."""

    step: Step
    x: int
    y: int
    lines: tuple[str, ...]
    caption: str


@dataclass(frozen=True)
class Drawing:
    """Boxes and the curves between them (as SVG path data)."""

    boxes: tuple[Box, ...]
    curves: tuple[str, ...]
    width: int
    height: int


def draw(root: Step) -> Drawing:
    """Lay out the tree."""
    rows = iter(range(10_000))
    boxes: list[Box] = []
    curves: list[str] = []
    _place(root, 0, rows, boxes, curves)
    width = max(box.x for box in boxes) + BOX + 2
    height = max(box.y for box in boxes) + HEIGHT + 2
    return Drawing(tuple(boxes), tuple(curves), width, height)


def _place(step: Step, depth: int, rows: Iterator[int], boxes: list[Box], curves: list[str]) -> int:
    """Place a step and those below it; return the y of its middle."""
    below = [_place(each, depth + 1, rows, boxes, curves) for each in step.steps if each.kind != "reference"]
    known = [each for each in step.steps if each.kind == "reference"]
    if known:
        below.append(_put(known[0], depth + 1, _row(rows), boxes, _joined(known)))
    middle = (below[0] + below[-1]) // 2 if below else _row(rows)
    _put(step, depth, middle, boxes, _lines(step))
    edge, bend = depth * _ACROSS + 1 + BOX, (_ACROSS - BOX) // 2
    curves += [
        f"M{edge} {middle}C{edge + bend} {middle} {edge + bend} {end} {edge + _ACROSS - BOX} {end}"
        for end in below
    ]
    return middle


def _row(rows: Iterator[int]) -> int:
    return next(rows) * _DOWN + HEIGHT // 2 + 1


def _put(step: Step, depth: int, middle: int, boxes: list[Box], lines: tuple[str, ...]) -> int:
    boxes.append(Box(step, depth * _ACROSS + 1, middle - HEIGHT // 2, lines, _caption(step)))
    return middle


def _joined(steps: Sequence[Step]) -> tuple[str, ...]:
    """Name all reference data of a step in one box."""
    return _two_lines(", ".join(dict.fromkeys(step.subject.text for step in steps)))


def _lines(step: Step) -> tuple[str, ...]:
    """Say what the step is about in two lines."""
    if step.kind == "derived":
        said = " ".join(word.text for word in step.statements[0])
    elif step.kind == "stated" and step.quotes[0].words:
        said = f"“{step.quotes[0].words}”"
    else:
        said = step.subject.text
    return _two_lines(said)


def _two_lines(said: str) -> tuple[str, ...]:
    lines = wrap(said, _LETTERS) or [""]
    return (
        (lines[0], lines[1] if len(lines) == 2 else lines[1][: _LETTERS - 1] + "…")
        if len(lines) > 1
        else (lines[0],)
    )


def _caption(step: Step) -> str:
    if step.as_in:
        return f"{step.rule_id}, as in step {step.as_in}"
    if step.kind == "derived":
        caption = f"{step.rule_id} {step.rule.text}" if step.rule else f"OWL 2 RL {step.rule_id}"
    elif step.kind == "stated":
        caption = step.quotes[0].title if step.quotes else "stated"
    else:
        caption = "reference data"
    return caption if len(caption) <= _LETTERS else caption[: _LETTERS - 1] + "…"
