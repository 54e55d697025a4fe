"""The balance line of a case (money.md, "Every case balances"): a bar and the sum in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QPainter,
    QPainterPath,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from liaison_desk.core.money import yuan
from liaison_desk.core.words import msg
from liaison_desk.ui.theme import GRID, SMALL, Share, look, say


@dataclass(frozen=True)
class Part:
    """A part of a loss, in fen (money.md, "Every case balances")."""

    share: Share
    fen: int


SHARE_WORDS = {
    Share.RETURNED: msg("returned"),
    Share.FROZEN: msg("frozen"),
    Share.STOPPED: msg("stopped"),
    Share.ELSEWHERE: msg("recovered elsewhere"),
    Share.SPENT: msg("cashed out or spent"),
    Share.BEYOND: msg("beyond trace"),
    Share.UNTRACED: msg("still untraced"),
}


class MoneyBar(QWidget):
    """The case's balance line: a bar of where the loss is, and below it the sum in words with its colours."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loss = 0
        self._parts: tuple[Part, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        look().theme_changed.connect(self._again)
        look().language_changed.connect(self._again)

    def set_parts(self, loss: int, parts: Sequence[Part]) -> None:
        """The loss and what it is made of, in fen; parts of 0 are left out of the words."""
        self._loss, self._parts = loss, tuple(parts)
        self._again()

    @property
    def balanced(self) -> bool:
        """Whether the parts add up to the loss and none is below 0."""
        return sum(part.fen for part in self._parts) == self._loss and all(
            part.fen >= 0 for part in self._parts
        )

    @property
    def equation(self) -> str:
        """``Loss 68,000.00 = frozen 5,500.00 + …``."""
        return f"{self._loss_words()} {' + '.join(self._part_words(part) for part in self._told())}".strip()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._lay_out(width)[1]

    def sizeHint(self) -> QSize:
        return QSize(look().px(240), self.heightForWidth(max(self.width(), look().px(240))))

    def minimumSizeHint(self) -> QSize:
        return QSize(look().px(160), look().px(GRID * 4))

    def paintEvent(self, event: QPaintEvent) -> None:
        now, theme = look(), look().theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = QRectF(0, 0, self.width(), now.px(10))
        outline = QPainterPath()
        outline.addRoundedRect(bar, now.px(3), now.px(3))
        painter.setClipPath(outline)
        painter.fillRect(bar, QColor(theme.line))
        whole = sum(max(part.fen, 0) for part in self._parts) or 1
        left = 0.0
        for part in self._parts:
            width = self.width() * max(part.fen, 0) / whole
            if width:
                # A hair of the surface between the parts: neighbours differ not by colour alone.
                painter.fillRect(
                    QRectF(left, 0, max(width - 1, 1), bar.height()), QColor(theme.shares[part.share])
                )
            left += width
        painter.setClipping(False)
        painter.setFont(now.font(SMALL))
        for box, words, share in self._lay_out(self.width())[0]:
            side = now.px(8)
            if share is not None:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(theme.shares[share]))
                painter.drawRoundedRect(QRectF(box.left(), box.center().y() - side / 2 + 1, side, side), 2, 2)
            text = box.adjusted(side + now.px(4) if share is not None else 0, 0, 0, 0)
            painter.setPen(QColor(theme.text if self.balanced else theme.soon))
            painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        painter.end()

    def _told(self) -> list[Part]:
        return [part for part in self._parts if part.fen]

    def _loss_words(self) -> str:
        return say(msg("Loss {amount} =", amount=yuan(self._loss)))

    def _part_words(self, part: Part) -> str:
        return f"{say(SHARE_WORDS[part.share])} {yuan(part.fen)}"

    def _lay_out(self, width: int) -> tuple[list[tuple[QRect, str, Share | None]], int]:
        """Where the words of the sum stand, broken between its members, and the height of it all."""
        now = look()
        metrics = QFontMetrics(now.font(SMALL))
        line = metrics.height() + now.px(2)
        members: list[tuple[str, Share | None]] = [(self._loss_words(), None)]
        told = self._told()
        members += [
            (self._part_words(part) + (" +" if part is not told[-1] else ""), part.share) for part in told
        ]
        if not self.balanced and self._parts:
            members.append((say(msg("(out of balance)")), None))
        placed: list[tuple[QRect, str, Share | None]] = []
        x, y = 0, now.px(10) + now.px(6)
        for words, share in members:
            need = metrics.horizontalAdvance(words) + (now.px(12) if share is not None else 0)
            if x and x + need > width:
                x, y = 0, y + line
            placed.append((QRect(x, y, need + 2, line), words, share))
            x += need + now.px(6)
        return placed, y + line

    def _again(self) -> None:
        self.setAccessibleName(self.equation)
        self.updateGeometry()
        self.update()
