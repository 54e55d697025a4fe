"""Icons of one family (Lucide, ISC licence beside the files), tinted from the palette and crisp at any scale."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from liaison_desk import paths
from liaison_desk.ui.theme import Tone, look

SIZES = (14, 16, 18, 20, 24, 28, 32, 36, 40, 48, 64)
"""Pixel sizes drawn ahead: what buttons and menus ask for, at 100, 150 and 200 %."""


@lru_cache(maxsize=256)
def source(name: str) -> bytes:
    """The icon's SVG text, its colour still to be filled in. Raises KeyError for a name without a file."""
    path = paths.resources() / "icons" / f"{name}.svg"
    if not path.is_file():
        raise KeyError(f"no icon {name}")
    return path.read_bytes()


@lru_cache(maxsize=1024)
def pixmap(name: str, colour: str, size: int, ratio: float = 1.0) -> QPixmap:
    """The icon in ``colour`` (#rrggbb), ``size`` logical pixels square, drawn for a screen of that ratio."""
    real = max(1, round(size * ratio))
    image = QPixmap(QSize(real, real))
    image.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(QByteArray(source(name).replace(b"currentColor", colour.encode())))
    painter = QPainter(image)
    renderer.render(painter, QRectF(0, 0, real, real))
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image


@lru_cache(maxsize=256)
def _icon(name: str, colour: str, disabled: str) -> QIcon:
    result = QIcon()
    for size in SIZES:
        result.addPixmap(pixmap(name, colour, size), QIcon.Mode.Normal)
        result.addPixmap(pixmap(name, disabled, size), QIcon.Mode.Disabled)
    return result


def icon(name: str, colour: str | Tone = Tone.NEUTRAL) -> QIcon:
    """The icon as QIcon in a tone of the present theme or in ``#rrggbb``; ask again on ``theme_changed``.

    Raises KeyError for a name without a file in resources/icons.
    """
    theme = look().theme
    return _icon(name, theme.colour(colour) if isinstance(colour, Tone) else colour, theme.line_strong)
