"""The list on the left and its pane on the right: how wide each is, whether the pane is shown, remembered."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from liaison_desk.ui.context import Context
from liaison_desk.ui.page import Page
from liaison_desk.ui.theme import look

DETAIL_WIDTH = 344
"""Of the pane on the right, at 100 %, before the person changes it."""


class DetailSplit(QSplitter):
    """Pages on the left, the pane of the page that is shown on the right."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._context = context
        self._pages, self._panes = QStackedWidget(), QStackedWidget()
        self._panes.setProperty("surface", "detail")
        self._open = context.recall("detail_open", "1") == "1"
        self.setChildrenCollapsible(True)
        self.setHandleWidth(1)
        self.addWidget(self._pages)
        self.addWidget(self._panes)
        self.setCollapsible(0, False)
        self.setStretchFactor(0, 1)
        self.setStretchFactor(1, 0)
        self.splitterMoved.connect(self._keep_width)

    def add_page(self, page: Page) -> None:
        """This page can be shown from now on, with its pane if it has one."""
        self._pages.addWidget(page)
        pane = page.detail()
        if pane is not None:
            self._panes.addWidget(pane)

    def show_page(self, page: Page) -> None:
        self._pages.setCurrentWidget(page)
        pane = page.detail()
        if pane is not None:
            self._panes.setCurrentWidget(pane)
        self.fit()

    def toggle(self) -> None:
        """Show or hide the pane; its width stays."""
        self._open = not self._open
        self._context.remember("detail_open", "1" if self._open else "0")
        self.fit()

    def fit(self) -> None:
        """Give the pane its width, as far as the list keeps the greater part."""
        page = self._pages.currentWidget()
        shown = self._open and isinstance(page, Page) and page.detail() is not None
        self._panes.setVisible(shown)
        if shown:
            width = int(self._context.recall("detail_width", str(DETAIL_WIDTH)) or DETAIL_WIDTH)
            wanted = min(look().px(max(width, 200)), self.width() * 2 // 5)
            self.setSizes([max(self.width() - wanted, 1), wanted])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def _keep_width(self) -> None:
        width = self.sizes()[1]
        if width:
            self._context.remember("detail_width", str(round(width / look().scale)))
        else:
            self.toggle()
