"""What a start and the window's memory are measured against: a bare PySide6 window with a table of 100 rows.

``python tests/bench/floor_window.py [--rows N]`` shows the window and, once it is painted, prints one line of
JSON: the monotonic time and the resident memory in kB. Written before the code it measures and never changed
together with it. It imports nothing of the program.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
)
from PySide6.QtWidgets import QApplication, QMainWindow, QTableView

SEEN = 30
"""Rows that a window shows at once: so many are asked for their text."""


class PlainModel(QAbstractTableModel):
    """Rows of plain values, shown as they are."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Sequence[Any]] = []

    def fill(self, lines: list[Sequence[Any]]) -> None:
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008  Qt's own
        return len(self.lines)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008  as above
        return len(self.lines[0]) if self.lines else 0

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return str(self.lines[index.row()][index.column()])
        return None


def show_plainly(model: PlainModel, lines: list[Sequence[Any]]) -> None:
    """Fills the model and asks what the rows in sight say."""
    model.fill(lines)
    for row in range(min(SEEN, model.rowCount())):
        for column in range(model.columnCount()):
            model.data(model.index(row, column))


def resident_kb() -> int:
    """What the process holds in memory now (Linux; elsewhere 0)."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            found = next((line for line in status if line.startswith("VmRSS:")), "VmRSS: 0 kB")
    except OSError:
        return 0
    return int(found.split()[1])


class _FirstPaint(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            watched.removeEventFilter(self)
            # After this event the picture stands.
            QTimer.singleShot(0, _say)
        return False


def _say() -> None:
    print(json.dumps({"painted": time.monotonic(), "resident_kb": resident_kb()}), flush=True)
    QApplication.quit()


def main() -> None:
    application = QApplication(sys.argv[:1])
    rows = int(sys.argv[sys.argv.index("--rows") + 1]) if "--rows" in sys.argv else 100
    model = PlainModel()
    model.fill([tuple(f"{row} · {column}" for column in range(12)) for row in range(rows)])
    table = QTableView()
    table.setModel(model)
    window = QMainWindow()
    window.setCentralWidget(table)
    window.resize(1366, 768)
    first = _FirstPaint()
    table.viewport().installEventFilter(first)
    window.show()
    application.exec()


if __name__ == "__main__":
    main()
