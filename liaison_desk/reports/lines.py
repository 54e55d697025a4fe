"""Text on paper: where a line may end in Chinese and Latin text, and the flowable that draws such lines.

No line begins with closing punctuation (，。」) or ends with opening punctuation (「（〔); words and numbers stay
whole while they fit. There is no markup: ``<b>`` is four characters like any others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from liaison_desk.reports import fonts, style

Align = Literal["left", "center", "right"]

_CLOSING = frozenset("，。、；：？！”’）》〉」』】〕〗］｝…—～·％‰℃,.;:?!)]}%»›'\"")
_OPENING = frozenset("“‘（《〈「『【〔〖［｛￥＄([{$¥«‹#")
_SPACES = frozenset(" \u2002\u2003\u3000")
NBSP = "\u00a0"
"""Holds the groups of a number together in one line."""


def _stands_alone(char: str) -> bool:
    """Whether a line may end on either side of the character: ideographs, kana, full-width forms."""
    return ord(char) >= 0x2E80


def _units(text: str) -> Iterator[str]:
    """The pieces between which a line may end; a piece of spaces stands for itself."""
    unit = ""
    spaces = False
    for char in text:
        blank = char in _SPACES
        if unit:
            last = unit[-1]
            if blank or spaces:
                together = blank and spaces
            elif char in _CLOSING or last in _OPENING:
                together = True
            else:
                together = not (_stands_alone(char) or _stands_alone(last)) and last not in "…—·/"
            if not together:
                yield unit
                unit = ""
        unit += char
        spaces = blank
    if unit:
        yield unit


def broken(text: str, room: float, size: float, bold: bool = False) -> list[str]:
    """The lines of a drawable text in ``room`` points; at least one, none wider than the room.

    Only a character that alone is wider than the room sticks out.
    """
    advances = fonts.advances(bold)
    limit = room / size
    lines: list[str] = []
    for part in text.split("\n"):
        if sum(map(advances.__getitem__, part)) <= limit:
            lines.append(part)
            continue
        line, used = "", 0.0
        for unit in _units(part):
            long = sum(map(advances.__getitem__, unit))
            if used + long <= limit:
                line, used = line + unit, used + long
                continue
            if unit[0] in _SPACES:
                lines.append(line)
                line, used = "", 0.0
                continue
            if long <= limit:
                lines.append(line.rstrip())
                line, used = unit, long
                continue
            for char in unit:
                step = advances[char]
                if line and used + step > limit:
                    # Closing punctuation takes its neighbour along rather than begin the next line.
                    taken = line[-1] if char in _CLOSING and len(line) > 1 else ""
                    lines.append(line[: len(line) - len(taken)].rstrip())
                    line, used = taken, sum(map(advances.__getitem__, taken))
                line, used = line + char, used + step
        lines.append(line)
    return lines


def draw_line(
    canvas: Canvas,
    x: float,
    y: float,
    text: str,
    size: float,
    *,
    color: Color = style.INK,
    bold: bool = False,
    align: Align = "left",
) -> None:
    """One drawable line at a baseline; ``x`` is its left end, middle or right end."""
    if align != "left":
        wide = fonts.width(text, size, bold)
        x -= wide if align == "right" else wide / 2
    canvas.setFillColor(color)
    for run in fonts.runs(text, bold):
        canvas.setFont(run.font, size)
        if bold and run.font == fonts.RARE:
            # There is no bold of the rare characters: an outline keeps a name as heavy as its neighbours.
            canvas.saveState()
            canvas.setStrokeColor(color)
            canvas.setLineWidth(size * 0.045)
            canvas.drawString(x, y, run.text, mode=2)
            canvas.restoreState()
        else:
            canvas.drawString(x, y, run.text)
        x += fonts.width(run.text, size, bold)


class Lines(Flowable):
    """A paragraph: broken when it is wrapped, split between pages by lines."""

    def __init__(
        self,
        text: str,
        size: float = style.BODY,
        *,
        bold: bool = False,
        color: Color = style.INK,
        align: Align = "left",
        before: float = 0,
        after: float = 0,
        keep_with_next: bool = False,
        ready: Sequence[str] = (),
        in_cell: bool = False,
    ) -> None:
        super().__init__()
        self._text = text
        self._size = size
        self._bold = bold
        self._color = color
        self._align: Align = align
        self._in_cell = in_cell
        self._ready = list(ready)
        self._lines: list[str] = self._ready
        self.spaceBefore = before
        self.spaceAfter = after
        self.keepWithNext = keep_with_next

    @property
    def _leading(self) -> float:
        return self._size * style.LEADING

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:
        self._lines = self._ready or broken(self._text, aW, self._size, self._bold)
        self.width, self.height = aW, len(self._lines) * self._leading
        return self.width, self.height

    def split(self, aW: float, aH: float) -> list[Flowable]:
        self.wrap(aW, aH)
        fit = int(aH // self._leading)
        if fit < 1 or fit >= len(self._lines):
            return []
        return [self._part(self._lines[:fit], before=True), self._part(self._lines[fit:], before=False)]

    def _part(self, ready: Sequence[str], *, before: bool) -> Lines:
        return Lines(
            "",
            self._size,
            bold=self._bold,
            color=self._color,
            align=self._align,
            before=self.spaceBefore if before else 0,
            after=0 if before else self.spaceAfter,
            ready=ready,
            in_cell=self._in_cell,
        )

    def draw(self) -> None:
        x = {"left": 0.0, "center": self.width / 2, "right": self.width}[self._align]
        # In a table reportlab puts a string's first baseline one size below the padding; so must this.
        y = self.height - self._size * (1 if self._in_cell else (style.LEADING + 0.76) / 2)
        for line in self._lines:
            draw_line(
                self.canv, x, y, line, self._size, color=self._color, bold=self._bold, align=self._align
            )
            y -= self._leading


def held(text: str) -> str:
    """The spaces inside a grouped or masked number (``6217 00** **** 4874``) made unbreakable."""
    return _GROUPS.sub(NBSP, text)


_GROUPS = re.compile(r"(?<=[0-9*]) (?=[0-9*])")


def grouped(number: str) -> str:
    """A long number in groups of four, as people read it; what is not a plain number stays as typed."""
    bare = number.strip()
    if len(bare) < 12 or not (bare.isascii() and all(char.isdigit() or char == "*" for char in bare)):
        return number
    return NBSP.join(bare[at : at + 4] for at in range(0, len(bare), 4))
