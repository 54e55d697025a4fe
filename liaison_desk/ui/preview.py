"""Papers before they are printed: rendered apart from the window, shown by QtPdf, kept in memory only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from liaison_desk import paths
from liaison_desk.core.errors import DeskError
from liaison_desk.core.papers import HandoverSummary, Rendered, SlipSummary, canonical, read_back
from liaison_desk.core.words import Message, load, msg
from liaison_desk.desk import handoversheet, papers
from liaison_desk.ui import messages
from liaison_desk.ui.background import Task
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Text
from liaison_desk.ui.context import Context
from liaison_desk.ui.theme import GRID, Tone, look, say

ZOOM_STEP = 1.25
PRINT_DPI = 300
"""Enough for 8-point text; more only makes the spooler slow."""


def render_slips(summaries: tuple[bytes, ...], language: str) -> Rendered:
    """Request slips from their canonical texts; runs in a process of its own."""
    from liaison_desk.reports import slip

    return slip.render(
        [read_back(SlipSummary, data) for data in summaries], load(language, paths.resources() / "i18n")
    )


def render_handover(summary: bytes, language: str) -> Rendered:
    """The handover sheet from its canonical text; runs in a process of its own."""
    from liaison_desk.reports import handover

    return handover.render(read_back(HandoverSummary, summary), load(language, paths.resources() / "i18n"))


def show_slips(context: Context, numbers: tuple[str, ...], parent: QWidget | None = None) -> Preview:
    """Preview the slips of these requests. They carry full data: the access log has it before they are drawn."""
    desk, language = context.desk, look().say.language
    preview = Preview(
        context,
        msg("Slip {number}", number=numbers[0])
        if len(numbers) == 1
        else msg("{count} slips", count=len(numbers)),
        "slips" if len(numbers) > 1 else numbers[0],
        parent,
    )
    preview.open()
    preview.begin(
        lambda: tuple(canonical(one) for one in desk.release(papers.slips, "print", numbers)),
        lambda data: context.background.heavy(
            render_slips, data, language, then=preview.show_paper, failed=preview.failed, owner=preview
        ),
    )
    return preview


def show_handover(context: Context, parent: QWidget | None = None) -> Preview:
    """Preview the running shift's handover sheet (masked)."""
    desk, language = context.desk, look().say.language
    preview = Preview(context, msg("Handover sheet"), "handover", parent)
    preview.open()
    preview.begin(
        lambda: canonical(desk.release(handoversheet.handover, "print")),
        lambda data: context.background.heavy(
            render_handover, data, language, then=preview.show_paper, failed=preview.failed, owner=preview
        ),
    )
    return preview


class Preview(QDialog):
    """The pages with zoom, saving and printing; while they are made, how it goes and a way out."""

    def __init__(
        self, context: Context, title: Message, file_name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context, self._file_name = context, file_name
        self._pdf = b""
        self._task: Task | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(say(title))
        self.document = QPdfDocument(self)
        self._buffer = QBuffer(self)
        self.view = QPdfView(self)
        self.view.setDocument(self.document)
        self.view.setPageMode(QPdfView.PageMode.MultiPage)
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self._pages = Text("", "muted")
        self.wait = QProgressBar()
        self.wait.setRange(0, 0)
        self._wait_words = Text(msg("Drawing the paper…"), "muted")
        self._missing = Text("", tone=Tone.SOON, wrap=True)
        self._missing.hide()
        self.print_button = Button(
            msg("Print…"), icon="printer", keys="Ctrl P", kind="primary", run=self.print
        )
        self.print_button.setShortcut("Ctrl+P")
        self.save_button = Button(msg("Save as PDF…"), icon="download", keys="Ctrl S", run=self.save)
        self.save_button.setShortcut("Ctrl+S")
        self.close_button = Button(msg("Close"), run=self.reject)
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(Text(title, "title"))
        top.addWidget(self._pages)
        top.addStretch()
        for words, keys, run in (
            (msg("Smaller"), "Ctrl+-", self.smaller),
            (msg("Larger"), "Ctrl++", self.larger),
            (msg("Page width"), "Ctrl+0", self.fit),
        ):
            button = Button(words, kind="quiet", run=run)
            button.setShortcut(keys)
            button.setAutoDefault(False)
            top.addWidget(button)
        foot = QHBoxLayout()
        foot.setSpacing(GRID)
        foot.addWidget(self._missing, 1)
        foot.addStretch()
        for button in (self.close_button, self.save_button, self.print_button):
            button.setAutoDefault(False)
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 2, GRID * 2, GRID * 2, GRID * 2)
        column.setSpacing(GRID)
        column.addLayout(top)
        column.addWidget(self._wait_words)
        column.addWidget(self.wait)
        column.addWidget(self.view, 1)
        column.addLayout(foot)
        self.resize(look().px(900), look().px(690))
        self._ready(False)

    def begin(self, read: Callable[[], Any], draw: Callable[[Any], Task]) -> None:
        """Read the summary behind the door, then draw it elsewhere; closing the dialog drops both."""

        def drawn(data: Any) -> None:
            self._task = draw(data)

        self._task = self._context.background.read(read, drawn, failed=self.failed, owner=self)

    def show_paper(self, paper: Rendered) -> None:
        """Show the finished paper."""
        self._pdf = paper.pdf
        self._buffer.setData(QByteArray(paper.pdf))
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self.document.load(self._buffer)
        if paper.missing:
            listed = " ".join(paper.missing[:12])
            self._missing.set(
                msg("Characters no font here can draw stand as code points: {codes}", codes=listed)
            )
            self._missing.show()
        self._pages.set(msg("{count} pages", count=self.page_count))
        self._ready(True)
        self.print_button.setFocus()

    def failed(self, error: DeskError) -> None:
        self.reject()
        messages.show_error(error, self.parentWidget())

    @property
    def page_count(self) -> int:
        return self.document.pageCount()

    def larger(self) -> None:
        self._zoom(ZOOM_STEP)

    def smaller(self) -> None:
        self._zoom(1 / ZOOM_STEP)

    def fit(self) -> None:
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)

    def _zoom(self, factor: float) -> None:
        now = self.view.zoomFactor()
        if self.view.zoomMode() is not QPdfView.ZoomMode.Custom:
            # From what is seen now: the factor of a fitted page is not kept by the view.
            page = self.document.pagePointSize(0)
            pixels = page.width() * self.view.logicalDpiX() / 72
            now = (self.view.viewport().width() - GRID * 4) / pixels if pixels else 1.0
            self.view.setZoomMode(QPdfView.ZoomMode.Custom)
        self.view.setZoomFactor(min(max(now * factor, 0.2), 5.0))

    def save(self) -> None:
        """Write the PDF where the user says."""
        name, _ = QFileDialog.getSaveFileName(
            self, say(msg("Save as PDF")), f"{self._file_name}.pdf", "PDF (*.pdf)"
        )
        if name:
            self.save_to(name)

    def save_to(self, name: str) -> None:
        pdf = self._pdf

        def write() -> None:
            try:
                with open(name, "wb") as file:
                    file.write(pdf)
            except OSError as error:
                raise DeskError(
                    msg(
                        "{file} could not be written ({why}). Choose another place.",
                        file=name,
                        why=error.strerror or "",
                    )
                ) from error

        self._context.background.do(
            write, lambda _: messages.done(msg("Saved: {file}", file=name)), owner=self
        )

    def print(self) -> None:
        """To any printer, with the system's own dialog."""
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(self._file_name)
        printer.setResolution(PRINT_DPI)
        dialog = QPrintDialog(printer, self)
        dialog.setMinMax(1, max(self.page_count, 1))
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.print_on(printer)

    def print_on(self, printer: QPrinter) -> None:
        """Draw the chosen pages, each as large as the paper allows."""
        first, last = printer.fromPage() or 1, printer.toPage() or self.page_count
        painter = QPainter(printer)
        for page in range(first - 1, min(last, self.page_count)):
            if page > first - 1:
                printer.newPage()
            room = painter.viewport()
            points = self.document.pagePointSize(page)
            factor = min(room.width() / points.width(), room.height() / points.height())
            size = QSize(round(points.width() * factor), round(points.height() * factor))
            image: QImage = self.document.render(page, size)
            painter.drawImage((room.width() - size.width()) // 2, (room.height() - size.height()) // 2, image)
        painter.end()
        messages.done(msg("Sent to the printer"))

    def reject(self) -> None:
        if self._task is not None:
            self._task.cancel()
        super().reject()

    def _ready(self, ready: bool) -> None:
        for widget in (self.wait, self._wait_words):
            widget.setVisible(not ready)
        self.view.setVisible(ready)
        for button in (self.print_button, self.save_button):
            button.setEnabled(ready)
        self.close_button.set_message(msg("Close") if ready else msg("Cancel"))
