"""Cases out of a workbook in the window: each row's verdict before anything is stored, then the result."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from liaison_desk.desk import casebook
from liaison_desk.ui import messages
from liaison_desk.ui.background import SynchronousBackground
from liaison_desk.ui.importcases import ImportCasesDialog
from tests import given
from tests.given import Office
from tests.ui.conftest import Said
from tests.ui.seats import context_of, press_in

CONTROL = Qt.KeyboardModifier.ControlModifier
ROWS = (
    "受害人,手机,收款账号,收款人,金额,转账时间\n"
    f"王小明,13904341122,{given.card('ICBC', 1)},李四,5000,2026-03-10 09:00\n"
    f"欧阳娜娜,,{given.card('ABC', 2)},赵敏,几万,2026-03-10 09:05\n"
    f"买买提·吐尔逊,13812341234,{given.card('CCB', 3)},周杰,80.50,2026-03-10 09:10\n"
)


@pytest.fixture
def dialog(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> Iterator[ImportCasesDialog]:
    given.case(sqlite_office)  # of 买买提·吐尔逊, 13812341234
    window = QMainWindow()
    messages.attach(window)
    qtbot.addWidget(window)
    made = ImportCasesDialog(context_of(sqlite_office.officer, background), window)
    window.show()
    made.open()
    QApplication.processEvents()
    yield made
    window.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "登记.csv"
    path.write_text(ROWS, encoding="gb18030")
    return path


def shown(dialog: ImportCasesDialog) -> list[tuple[str, ...]]:
    """Line, verdict and victim as they stand in the table."""
    rows = dialog.table.rows
    return [tuple(rows.cell(n, column).text for column in (0, 1, 3)) for n in range(rows.rowCount())]


def cases(office: Office) -> list[str]:
    return [row.number for row in office.officer.read(casebook.cases, casebook.CaseView()).rows]


def test_each_row_stands_with_its_verdict_before_anything_is_stored_and_can_be_filtered(
    dialog: ImportCasesDialog, sqlite_office: Office, file: Path, said: Said
) -> None:
    assert not dialog.store.isEnabled()
    dialog.read(file)
    assert shown(dialog) == [
        ("2", "将导入", "王小明"),
        ("3", "无法导入", "—"),
        ("4", "被害人已有案件", "买买提·吐尔逊"),
    ]
    assert cases(sqlite_office) == ["AJ〔2026〕1"]
    dialog.filters.pill("rejected").click()
    assert [row[0] for row in shown(dialog)] == ["3"]
    assert "几万" in dialog.table.rows.cell(0, 2).text
    assert dialog.store.text() == "导入 2 起案件"
    dialog.leave_out.setChecked(True)
    assert dialog.store.text() == "导入 1 起案件"
    assert said.errors == []


def test_storing_says_what_is_stored_and_leaves_what_could_not_be(
    dialog: ImportCasesDialog, sqlite_office: Office, file: Path
) -> None:
    dialog.read(file)
    press_in(Qt.Key.Key_Return)
    assert cases(sqlite_office) == ["AJ〔2026〕1"]
    press_in(Qt.Key.Key_Return, CONTROL)
    assert cases(sqlite_office) == ["AJ〔2026〕3", "AJ〔2026〕2", "AJ〔2026〕1"]
    assert dialog.outcome is not None
    assert (dialog.outcome.stored, dialog.outcome.legs) == (2, 2)
    assert shown(dialog) == [("3", "无法导入", "—")]
    assert dialog.store.isHidden()
    dialog.read(file)
    assert [row[1] for row in shown(dialog)] == ["已有", "无法导入", "已有"]
    assert not dialog.store.isEnabled()
    assert "赵民警" in dialog._before.text()


def test_a_dropped_file_is_read_and_one_that_is_none_is_refused_in_words(
    dialog: ImportCasesDialog, file: Path, tmp_path: Path
) -> None:
    for path, rows in ((file, 3), (tmp_path / "照片.png", 3)):
        if path is not file:
            path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\0")
        held = QMimeData()
        held.setUrls([QUrl.fromLocalFile(str(path))])
        dialog.dropEvent(
            QDropEvent(
                QPointF(1, 1),
                Qt.DropAction.CopyAction,
                held,
                Qt.MouseButton.LeftButton,
                Qt.KeyboardModifier.NoModifier,
            )
        )
        assert dialog.table.rows.rowCount() == rows
    assert "照片.png" in dialog._wrong.text()
    assert not dialog._wrong.isHidden()


def test_the_template_names_the_banks_of_this_office(dialog: ImportCasesDialog, tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    dialog.save_template(path)
    lists = load_workbook(path)["列表"]
    assert "工商银行" in [cell.value for cell in lists["A"]]
    assert "刷单返利" in [cell.value for cell in lists["B"]]
