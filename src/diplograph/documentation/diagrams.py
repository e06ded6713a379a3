"""Class diagrams as inline SVG: the tree below a class, and a class between the roles of either side.

The pictures take their colors from the page (`currentColor`), link to the entries and need no script.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from diplograph.documentation.facts import Facts
from diplograph.documentation.terms import PREFIX, Role

_LETTER = 7.3  # width of a letter of 12 pixels, rounded up
_HEIGHT, _LINE, _GAP, _MARGIN = 22, 28, 34, 2
_LEAST = 60


@dataclass(frozen=True)
class Box:
    """A class in a diagram, by the place of its left upper corner."""

    name: str
    x: float
    y: float
    width: float

    @property
    def middle(self) -> float:
        """The height of its middle."""
        return self.y + _HEIGHT / 2


def tree(facts: Facts, top: str) -> Markup:
    """Return the classes below `top`, general ones on the left."""
    widths = _widths(facts, top)
    starts = [_MARGIN + sum(widths[:depth]) + _GAP * depth for depth in range(len(widths))]
    boxes: dict[str, Box] = {}
    shapes = list(_branch(facts, top, 0, starts, boxes))
    width = max(box.x + box.width for box in boxes.values()) + _MARGIN
    return _svg(f"Class tree below {_local(top)}", width, _bottom(boxes), shapes)


def _widths(facts: Facts, top: str) -> list[float]:
    """Return the width of each column."""
    widths: list[float] = []
    level = [top]
    while level:
        widths.append(max(_width(_local(name)) for name in level))
        level = [child for name in level for child in facts.below(name)]
    return widths


def _branch(
    facts: Facts, name: str, depth: int, starts: Sequence[float], boxes: dict[str, Box]
) -> Iterator[Markup]:
    """Yield the lines and boxes of a class and what is below it, and note in `boxes` where they stand."""
    first = len([box for box in boxes.values() if not facts.below(box.name)])
    own = Box(name, starts[depth], _MARGIN + first * _LINE, _width(_local(name)))
    boxes[name] = own
    yield _box(own)
    for child in facts.below(name):
        if child not in boxes:  # a class with two parents stands under the first
            yield from _branch(facts, child, depth + 1, starts, boxes)
        yield _elbow(own, boxes[child])


def roles(name: str, taken: Sequence[Role]) -> Markup:
    """Return a class between what fills its roles: the source side on the left, the target side on the right."""
    left, right = ([role for role in taken if role.side == side] for side in ("source", "target"))
    if not left and not right:
        return Markup("")
    wide = [max([_width(_said(role)) for role in side], default=0) for side in (left, right)]
    center = Box(name, _MARGIN + wide[0] + bool(left) * 2 * _GAP, _MARGIN, _width(_local(name)))
    start = center.x + center.width + 2 * _GAP
    shapes = [_box(center)]
    for column, x, width in ((left, _MARGIN, wide[0]), (right, start, wide[1])):
        for number, role in enumerate(column):
            other = Box(role.name, x, _MARGIN + number * _LINE, width)
            shapes += [
                _box(other, _said(role)),
                _arrow(*((other, center) if x < center.x else (center, other))),
            ]
    width = start + wide[1] + _MARGIN if right else center.x + center.width + _MARGIN
    height = _MARGIN * 2 + max(len(left), len(right)) * _LINE
    return _svg(f"Roles of {_local(name)}", width, height, shapes)


def _said(role: Role) -> str:
    return f"{_local(role.name)}: {', '.join(map(_local, role.fillers)) or 'anything'}"


def _local(name: str) -> str:
    return name.removeprefix(PREFIX)


def _width(text: str) -> float:
    return round(max(_LEAST, len(text) * _LETTER + 14), 1)


def _bottom(boxes: dict[str, Box]) -> float:
    return max(box.y for box in boxes.values()) + _HEIGHT + _MARGIN


def _svg(title: str, width: float, height: float, shapes: Sequence[Markup]) -> Markup:
    return Markup(
        '<svg role="group" aria-label="{0}" width="{1:.0f}" height="{2:.0f}" viewBox="0 0 {1:.0f} {2:.0f}"'
        ' font-size="12" fill="none" stroke="currentColor">{3}</svg>'
    ).format(title, width, height, Markup("").join(shapes))


def _box(box: Box, text: str | None = None) -> Markup:
    frame = Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{}" rx="4"/>').format(
        box.x, box.y, box.width, _HEIGHT
    )
    words = Markup('<text x="{:.1f}" y="{:.1f}" fill="currentColor" stroke="none">{}</text>').format(
        box.x + 7, box.y + 15, escape(text or _local(box.name))
    )
    return Markup('<a href="#{}">{}{}</a>').format(_local(box.name), frame, words)


def _elbow(parent: Box, child: Box) -> Markup:
    start, end = parent.x + parent.width, child.x
    middle = end - _GAP / 2
    return Markup('<path d="M{:.1f} {:.1f}H{:.1f}V{:.1f}H{:.1f}"/>').format(
        start, parent.middle, middle, child.middle, end
    )


def _arrow(source: Box, target: Box) -> Markup:
    """Draw an arrow in the direction of the act; its head is part of the line, so that no marker is shared."""
    start, end = source.x + source.width, target.x
    bend = (start + end) / 2
    line = f"M{start:.1f} {source.middle:.1f}H{bend:.1f}V{target.middle:.1f}H{end:.1f}"
    return Markup('<path d="{0}m-6 -4l6 4l-6 4"/>').format(line)
