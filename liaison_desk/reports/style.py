"""Colours, sizes and distances of every paper, in points, in one place."""

from __future__ import annotations

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm

PAGE_WIDTH, PAGE_HEIGHT = A4
LEFT = RIGHT = 15 * mm
TOP = 20 * mm
BOTTOM = 25 * mm
WIDTH = PAGE_WIDTH - LEFT - RIGHT
"""Of the text between the margins."""
HEIGHT = PAGE_HEIGHT - TOP - BOTTOM

INK: Color = HexColor(0x1A1A1A)
QUIET: Color = HexColor(0x555555)
LINE: Color = HexColor(0x8A8A8A)
TINT: Color = HexColor(0xF1F1EC)
RED: Color = HexColor(0xA3161B)
"""The rule under the title, and what is overdue; nothing else is coloured."""
WATERMARK = Color(0.1, 0.1, 0.1, alpha=0.07)
"""Ink over the whole page: seen on every copy, in no reader's way."""

TITLE = 18.0
SUBTITLE = 10.0
HEADING = 10.5
BODY = 9.0
DENSE = 8.5
"""Of tables with many columns."""
SMALL = 8.0
LEADING = 1.45
"""Line distance as a multiple of the size: Chinese needs air."""

PAD_X = 4.0
PAD_Y = 3.0
HAIR = 0.5
RULE = 1.6
