"""A place that scrolls as a whole on a low screen or with large text, so that nothing in it is squeezed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget


def scrolled(page: QWidget) -> QWidget:
    """Gives the widget to fill in place of ``page``; it is as wide as the page and never lower than its parts."""
    inside = QWidget()
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inside)
    # The area fills its widget's background when it takes it.
    inside.setAutoFillBackground(False)
    area.viewport().setAutoFillBackground(False)
    outer = QVBoxLayout(page)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.addWidget(area)
    return inside
