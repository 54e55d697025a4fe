"""The fund-flow picture as a file: SVG, PDF (A4, A3) or PNG; masked whoever hands it out, and logged first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog

from liaison_desk.core.errors import Refused
from liaison_desk.core.flow import Flow, FlowPicture, View
from liaison_desk.core.flow_layout import Layout, lay_out
from liaison_desk.core.flow_picture import picture
from liaison_desk.core.flow_words import MARK_WORDS, Mark, inputs
from liaison_desk.core.words import Message, Say, msg
from liaison_desk.desk.flows import flow_paper
from liaison_desk.exchange.files import write_whole
from liaison_desk.reports import flow as paper
from liaison_desk.ui import messages
from liaison_desk.ui.colours import LIGHT
from liaison_desk.ui.flowpaint import Painting, inks, picture_font, write
from liaison_desk.ui.theme import look, say

if TYPE_CHECKING:
    from liaison_desk.ui.flowpage import FlowPage

FRAME = 24
HEAD, FOOT = 60, 62
"""Pixels at 100 % for the title above and the legend below the picture."""
PNG_SIDE = 16_000
"""Pixels that the longer side of a PNG has at most; a larger picture is smaller in it."""
PNG_FINE = 2.0
"""Pixels of a PNG for each of the picture's, as long as that fits."""

KINDS = (
    ("PDF A4 (*.pdf)", ".pdf", "A4"),
    ("PDF A3 (*.pdf)", ".pdf", "A3"),
    ("SVG (*.svg)", ".svg", ""),
    ("PNG (*.png)", ".png", ""),
)


def ask_and_export(page: FlowPage) -> None:
    """Ask where to and in which form, then write what the picture shows."""
    context, flow = page.context, page.flow
    if flow is None:
        return
    day = context.now().astimezone(context.zone).strftime("%Y%m%d-%H%M")
    number = flow.case_number.replace("〔", "-").replace("〕", "-")
    name, kind = QFileDialog.getSaveFileName(
        page,
        say(msg("Export the picture")),
        f"{say(msg('Flow'))}-{number}-{day}.pdf",
        ";;".join(each[0] for each in KINDS),
    )
    if name:
        size = next((each[2] for each in KINDS if each[0] == kind), "A4")
        export_to(page, Path(name), size or "A4")


def export_to(page: FlowPage, path: Path, size: str = "A4") -> None:
    """Write the picture as it is filtered and opened, by the file's ending; PDF unless it says otherwise."""
    context, case_id, view = page.context, page.case_id, page.filters.view()
    words = look().say
    if case_id is None:
        return
    if path.suffix.lower() not in {each[1] for each in KINDS}:
        path = path.with_name(f"{path.name}.pdf")
    desk = context.desk

    def make() -> Path:
        layout = released(desk.release(flow_paper, "export", case_id), view)
        write_whole(path, drawn(layout, path.suffix.lower(), size, words))
        return path

    context.background.do(
        make, lambda done: messages.done(msg("The picture is written to {file}", file=done.name)), owner=page
    )


def released(flow: Flow, view: View) -> Layout:
    """The masked flow as the view shows it."""
    return lay_out(picture(flow, view))


def drawn(layout: Layout, suffix: str, size: str, say: Say) -> bytes:
    """The file's bytes."""
    if suffix == ".svg":
        return svg(layout, say)
    if suffix == ".png":
        return png(layout, say)
    return paper.render(layout, say, size).pdf


def svg(layout: Layout, say: Say) -> bytes:
    """One vector picture with title and legend."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    width, height = _measure(layout)
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    # 96 pixels to the inch, as every browser counts them: otherwise Qt writes letters of another size.
    generator.setResolution(96)
    generator.setSize(QSize(round(width), round(height)))
    generator.setViewBox(QRectF(0, 0, width, height))
    generator.setTitle(say(_title(layout.picture)))
    generator.setDescription(" · ".join(map(say, inputs(layout.picture))))
    painter = QPainter(generator)
    # An SVG carries no fonts: its letters are shapes, the same wherever it is opened.
    _draw(painter, layout, say, width, height, outlines=True)
    painter.end()
    buffer.close()
    return bytes(data.data())


def png(layout: Layout, say: Say) -> bytes:
    """One picture of pixels, twice as fine as the screen. Raises Refused when it cannot be held in memory."""
    width, height = _measure(layout)
    fine = min(PNG_FINE, PNG_SIDE / max(width, height))
    image = QImage(round(width * fine), round(height * fine), QImage.Format.Format_RGB32)
    if image.isNull():
        raise Refused(
            msg("The picture is too large for a PNG. Nothing was written; take SVG or PDF, or sum more up.")
        )
    image.fill(QColor("#ffffff"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    painter.scale(fine, fine)
    _draw(painter, layout, say, width, height)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    buffer.close()
    return bytes(data.data())


def _title(shown: FlowPicture) -> Message:
    return msg("Fund flow · case {case}", case=shown.flow.case_number)


def _measure(layout: Layout) -> tuple[float, float]:
    return max(layout.width, 760.0) + 2 * FRAME, layout.height + HEAD + FOOT + 2 * FRAME


def _draw(
    painter: QPainter, layout: Layout, say: Say, width: float, height: float, *, outlines: bool = False
) -> None:
    """Title, what it rests on, the picture, the legend; black on white whatever the screen looks like."""
    colours = inks(LIGHT)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(QRectF(0, 0, width, height), QColor("#ffffff"))
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    room = width - 2 * FRAME
    painter.setFont(picture_font(18, bold=True))
    painter.setPen(QColor(colours.text))
    head = " · ".join(part for part in (say(_title(layout.picture)), layout.picture.flow.office) if part)
    write(painter, QRectF(FRAME, FRAME, room, 26), left, head, outlines=outlines)
    painter.setFont(picture_font(11))
    painter.setPen(QColor(colours.muted))
    write(
        painter,
        QRectF(FRAME, FRAME + 28, room, 18),
        left,
        " · ".join(map(say, inputs(layout.picture))),
        outlines=outlines,
    )
    painter.save()
    painter.translate(FRAME, FRAME + HEAD)
    painting = Painting(layout, say, colours, outlines)
    painting.paint(painter, QRectF(0, 0, layout.width, layout.height), 1.0)
    painter.restore()
    at, low = QPointF(FRAME, height - FRAME - 40), height - FRAME - 40
    painter.setFont(picture_font(11))
    for mark in Mark:
        text = say(MARK_WORDS[mark])
        advance = painter.fontMetrics().horizontalAdvance(text) + 44.0
        if at.x() + advance > width - FRAME:
            at = QPointF(FRAME, at.y() + 20)
        painter.fillRect(QRectF(at.x(), at.y() + 1, 5, 14), QColor(colours.marks[mark]))
        painting.mark(painter, mark, QRectF(at.x() + 9, at.y() + 2, 12, 12))
        painter.setPen(QColor(colours.text))
        write(painter, QRectF(at.x() + 25, at.y(), advance, 16), left, text, outlines=outlines)
        at += QPointF(advance, 0)
    painter.setPen(QColor(colours.line))
    painter.drawLine(QPointF(FRAME, low - 8), QPointF(width - FRAME, low - 8))
