"""Tables and forms of the papers: heads repeated on every page, figures right-aligned, long texts broken.

Cells are broken into lines here and handed to reportlab as plain strings, three times faster than paragraphs
and free of markup; only a cell with a rare character becomes a flowable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise
from typing import Any

from reportlab.lib.colors import Color
from reportlab.platypus import Flowable, Table
from reportlab.platypus.tables import CellStyle

from liaison_desk.reports import fonts, lines, style

_TALLEST = 36
"""Lines of one table row on one page; what is longer goes on in a row below without a line between."""


@dataclass(frozen=True)
class Column:
    title: str
    share: float
    """Of the table's width, relative to the other columns."""
    align: lines.Align = "left"


class Mark(Enum):
    """How a row looks."""

    BODY = "body"
    GROUP = "group"
    """One text across the table, above the rows it speaks of."""
    TOTAL = "total"


@dataclass(frozen=True)
class Row:
    cells: Sequence[str]
    mark: Mark = Mark.BODY
    red: tuple[int, ...] = ()
    """Columns printed red and bold."""


def table(
    setter: fonts.Typesetter,
    columns: Sequence[Column],
    rows: Iterable[Row],
    *,
    size: float = style.BODY,
    width: float = style.WIDTH,
) -> Flowable:
    """A table with a repeated head; ``rows`` hold text as it was typed."""
    shares = sum(column.share for column in columns)
    widths = [width * column.share / shares for column in columns]
    rooms = [wide - 2 * style.PAD_X for wide in widths]
    titles = [
        "\n".join(lines.broken(setter.drawn(column.title), room, size, bold=True))
        for column, room in zip(columns, rooms, strict=True)
    ]
    looks = _Looks(columns, size)
    body: list[list[Any]] = [titles]
    styles = [looks.head]
    commands: list[tuple[Any, ...]] = [
        ("BACKGROUND", (0, 0), (-1, 0), style.TINT),
        ("BOX", (0, 0), (-1, -1), style.HAIR, style.LINE),
        ("INNERGRID", (0, 0), (-1, 0), style.HAIR, style.LINE),
    ]
    continued: set[int] = set()
    groups: list[int] = []
    for row in rows:
        at = len(body)
        if row.mark is Mark.GROUP:
            text = lines.broken(setter.drawn(row.cells[0]), width - 2 * style.PAD_X, size, bold=True)
            body.append([_cell(text, True, "left", size, style.INK), *[""] * (len(columns) - 1)])
            styles.append(looks.group)
            groups.append(at)
            # No SPAN: the text runs over empty cells all the same, and spans cost time at every page.
            # Where it would end a page, it goes with the row under it.
            commands.append(("NOSPLIT", (0, at), (0, at + 1)))
            continue
        body += _parts(setter, columns, row, rooms, size)
        styles += [looks.of(row)] * (len(body) - at)
        continued.update(range(at + 1, len(body)))
        if row.mark is Mark.TOTAL:
            commands.append(("BACKGROUND", (0, at), (-1, len(body) - 1), style.TINT))
    commands += _rules(len(body), groups, continued)
    return Table(body, colWidths=widths, repeatRows=1, style=commands, cellStyles=styles, hAlign="LEFT")


class _Looks:
    """Cell styles shared by all rows of one look: a style command for each would touch every cell again."""

    def __init__(self, columns: Sequence[Column], size: float) -> None:
        self._size = size
        self._aligns = [column.align for column in columns]
        self.head = [self._look("center", bold=True, middle=True) for _ in columns]
        self.group = [self._look("left", bold=True) for _ in columns]
        self._body = [self._look(align) for align in self._aligns]
        self._bold = [self._look(align, bold=True) for align in self._aligns]
        self._red = [self._look(align, bold=True, color=style.RED) for align in self._aligns]

    def of(self, row: Row) -> list[CellStyle]:
        usual = self._bold if row.mark is Mark.TOTAL else self._body
        if not row.red:
            return usual
        return [self._red[n] if n in row.red else look for n, look in enumerate(usual)]

    def _look(
        self, align: lines.Align, *, bold: bool = False, middle: bool = False, color: Color = style.INK
    ) -> CellStyle:
        look = CellStyle("")
        look.fontname = fonts.BOLD if bold else fonts.REGULAR
        look.fontsize, look.leading = self._size, self._size * style.LEADING
        look.leftPadding = look.rightPadding = style.PAD_X
        # A string's first baseline stands one size below the padding: unequal paddings look equal.
        look.topPadding, look.bottomPadding = style.PAD_Y + 0.7, style.PAD_Y - 0.7
        look.color = color
        look.alignment = "LEFT" if align == "left" else "RIGHT" if align == "right" else "CENTER"
        look.valign = "MIDDLE" if middle else "TOP"
        return look


def _parts(
    setter: fonts.Typesetter, columns: Sequence[Column], row: Row, rooms: Sequence[float], size: float
) -> Iterator[list[str | Flowable]]:
    """The row's cells; more than one part when a cell is too tall for one page."""
    bold = [row.mark is Mark.TOTAL or n in row.red for n in range(len(columns))]
    cells = [
        lines.broken(setter.drawn(text), room, size, bold=heavy)
        for text, room, heavy in zip(row.cells, rooms, bold, strict=True)
    ]
    for start in range(0, max(map(len, cells)), _TALLEST):
        yield [
            _cell(
                cell[start : start + _TALLEST],
                bold[n],
                columns[n].align,
                size,
                style.RED if n in row.red else style.INK,
            )
            for n, cell in enumerate(cells)
        ]


def _rules(count: int, groups: Sequence[int], continued: set[int]) -> Iterator[tuple[Any, ...]]:
    """Lines between rows, but not inside a row that goes on, and upright ones but not through a group's text."""
    bounds = [0, *groups, count]
    for before, end in pairwise(bounds):
        first = before + 1
        if first < end:
            yield ("LINEBEFORE", (1, first), (-1, end - 1), style.HAIR, style.LINE)
    if not continued:
        yield ("LINEABOVE", (0, 1), (-1, -1), style.HAIR, style.LINE)
        return
    for at in range(1, count):
        if at not in continued:
            yield ("LINEABOVE", (0, at), (-1, at), style.HAIR, style.LINE)


def _cell(text: Sequence[str], bold: bool, align: lines.Align, size: float, color: Color) -> str | Flowable:
    if all(map(fonts.plain, text)):
        return "\n".join(text)
    return lines.Lines("", size, bold=bold, align=align, color=color, ready=text, in_cell=True)


@dataclass(frozen=True)
class Field:
    """A labelled cell of a form; ``value`` as it was typed, empty to be filled in by hand."""

    label: str
    value: str = ""
    share: float = 1.0
    bold: bool = False
    options: Sequence[str] = ()
    """Printed behind check boxes instead of a value."""
    abreast: int = 4
    """Check boxes side by side."""


_BOX = "□ "
_BY_HAND = 20.0
_PAD = 2.2
"""Above and below the text of a form: a slip with all its fields must fit one page."""


def form(
    setter: fonts.Typesetter, rows: Iterable[Sequence[Field]], label: float, *, by_hand: bool = False
) -> list[Flowable]:
    """Rows of labelled cells, frame to frame; ``label`` points for each label, ``by_hand`` leaves room to write."""
    least = _BY_HAND if by_hand else 0
    return [_FormRow([_FormCell.of(setter, one, row, label) for one in row], label, least) for row in rows]


@dataclass(frozen=True)
class _FormCell:
    label: Sequence[str]
    value: Sequence[Sequence[str]]
    """Columns of lines: one, or as many as check boxes stand side by side."""
    width: float
    bold: bool

    @classmethod
    def of(cls, setter: fonts.Typesetter, one: Field, row: Sequence[Field], beside: float) -> _FormCell:
        wide = style.WIDTH * one.share / sum(other.share for other in row)
        room = wide - beside - 2 * style.PAD_X
        label = lines.broken(setter.drawn(one.label), beside - 2 * style.PAD_X, style.BODY)
        if not one.options:
            text = lines.broken(setter.drawn(one.value), room, style.BODY, one.bold)
            return cls(label, [text], wide, one.bold)
        columns: list[list[str]] = [[] for _ in range(min(one.abreast, len(one.options)))]
        each = room / len(columns)
        for start in range(0, len(one.options), len(columns)):
            abreast = [
                lines.broken(_BOX + setter.drawn(option), each, style.BODY)
                for option in one.options[start : start + len(columns)]
            ]
            deep = max(map(len, abreast))
            for n, column in enumerate(columns):
                text = abreast[n] if n < len(abreast) else []
                column += [*text, *[""] * (deep - len(text))]
        return cls(label, columns, wide, one.bold)


class _FormRow(Flowable):
    """One row of a form; splits between lines where it is taller than what is left of the page."""

    def __init__(self, cells: Sequence[_FormCell], label: float, least: float) -> None:
        super().__init__()
        self._cells = cells
        self._label = label
        self._least = least

    _leading = style.BODY * style.LEADING

    @property
    def _deep(self) -> int:
        return max(max(len(cell.label), *map(len, cell.value)) for cell in self._cells)

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:
        self.width = aW
        self.height = max(self._least, self._deep * self._leading + 2 * _PAD)
        return self.width, self.height

    def split(self, aW: float, aH: float) -> list[Flowable]:
        fit = int((aH - 2 * _PAD) // self._leading)
        if fit < 3 or fit >= self._deep:
            return []
        head = [replace(cell, value=[column[:fit] for column in cell.value]) for cell in self._cells]
        tail = [replace(cell, value=[column[fit:] for column in cell.value]) for cell in self._cells]
        return [_FormRow(head, self._label, self._least), _FormRow(tail, self._label, self._least)]

    def draw(self) -> None:
        canvas = self.canv
        canvas.setLineWidth(style.HAIR)
        canvas.setStrokeColor(style.LINE)
        x = 0.0
        for cell in self._cells:
            canvas.setFillColor(style.TINT)
            canvas.rect(x, 0, self._label, self.height, stroke=1, fill=1)
            canvas.rect(x + self._label, 0, cell.width - self._label, self.height, stroke=1, fill=0)
            self._write(cell.label, x + style.PAD_X, False)
            room = (cell.width - self._label - 2 * style.PAD_X) / len(cell.value)
            for n, column in enumerate(cell.value):
                self._write(column, x + self._label + style.PAD_X + n * room, cell.bold)
            x += cell.width

    def _write(self, text: Sequence[str], x: float, bold: bool) -> None:
        """In the middle of the row's height, as on every printed form."""
        y = (self.height + len(text) * self._leading) / 2 - style.BODY * (style.LEADING + 0.76) / 2
        for line in text:
            lines.draw_line(self.canv, x, y, line, style.BODY, bold=bold)
            y -= self._leading


@dataclass(frozen=True)
class Box:
    """A framed place: a line or more of text, something quiet below it, room to write."""

    text: str
    below: str = ""
    least: float = 0
    """Height in points when the text needs less."""
    bold: bool = False


def boxes(
    setter: fonts.Typesetter, rows: Iterable[Sequence[Box]], *, color: Color = style.INK
) -> list[Flowable]:
    """Rows of framed places of equal width."""
    return [_BoxRow(setter, row, color) for row in rows]


class _BoxRow(Flowable):
    _leading = style.BODY * style.LEADING

    def __init__(self, setter: fonts.Typesetter, row: Sequence[Box], color: Color) -> None:
        super().__init__()
        self._color = color
        self._each = style.WIDTH / len(row)
        room = self._each - 2 * style.PAD_X
        self._row = row
        self._text = [lines.broken(setter.drawn(one.text), room, style.BODY, one.bold) for one in row]
        self._below = [
            lines.broken(setter.drawn(one.below), room, style.SMALL) if one.below else [] for one in row
        ]

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:
        deep = max(len(text) + len(below) for text, below in zip(self._text, self._below, strict=True))
        self.width = aW
        self.height = max(deep * self._leading + 2 * style.PAD_Y, *(one.least for one in self._row))
        return self.width, self.height

    def draw(self) -> None:
        canvas = self.canv
        canvas.setLineWidth(style.HAIR)
        canvas.setStrokeColor(style.LINE if self._color is style.INK else self._color)
        for n, one in enumerate(self._row):
            x = n * self._each
            canvas.rect(x, 0, self._each, self.height, stroke=1, fill=0)
            y = self.height - style.PAD_Y - style.BODY * (style.LEADING + 0.76) / 2
            for line in self._text[n]:
                lines.draw_line(
                    canvas, x + style.PAD_X, y, line, style.BODY, color=self._color, bold=one.bold
                )
                y -= self._leading
            for line in self._below[n]:
                lines.draw_line(canvas, x + style.PAD_X, y, line, style.SMALL, color=style.QUIET)
                y -= self._leading
