"""Papers on the screen: logged before they are drawn, kept in memory, saved and printed whole."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from liaison_desk.store.chain import Access
from liaison_desk.ui import messages
from liaison_desk.ui.background import SynchronousBackground
from liaison_desk.ui.preview import Preview, show_handover, show_slips
from tests import given
from tests.given import Office
from tests.ui.conftest import Said
from tests.ui.seats import context_of


def window_of(qtbot: QtBot) -> QMainWindow:
    window = QMainWindow()
    messages.attach(window)
    qtbot.addWidget(window)
    window.show()
    return window


def test_slips_are_shown_with_their_pages_and_logged_as_printed(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    case = given.case(sqlite_office, [("ICBC", 3_500_000), ("CCB", 100_000)])
    window = window_of(qtbot)
    context = context_of(sqlite_office.officer, background)
    numbers = ("ZF〔2026〕1", "ZF〔2026〕2")
    preview = show_slips(context, numbers, window)
    assert said.errors == []
    assert said.bugs == []
    assert preview.page_count == len(case.leg_ids)
    assert preview.print_button.isEnabled()
    assert "紧急止付请求单" in preview.document.getAllText(0).text()
    with sqlite_office.database.reading() as session:
        ways = session.execute(select(Access.way, Access.text).where(Access.way == "print")).all()
    assert [json.loads(row.text)["details"]["with"]["args"] for row in ways] == [[list(numbers)]]
    preview.reject()


def test_the_handover_sheet_is_saved_as_it_is_shown(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot, tmp_path: Path
) -> None:
    given.busy(sqlite_office)
    window = window_of(qtbot)
    preview = show_handover(context_of(sqlite_office.lead, background), window)
    assert said.errors == []
    assert preview.page_count >= 1
    file = tmp_path / "交接班.pdf"
    preview.save_to(str(file))
    assert file.read_bytes()[:5] == b"%PDF-"
    preview.save_to(str(tmp_path / "missing" / "x.pdf"))
    assert len(said.errors) == 1
    preview.reject()


def test_every_page_goes_to_the_printer(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot, tmp_path: Path
) -> None:
    given.case(sqlite_office, [("ICBC", 3_500_000), ("CCB", 100_000)])
    window = window_of(qtbot)
    preview = show_slips(
        context_of(sqlite_office.officer, background), ("ZF〔2026〕1", "ZF〔2026〕2"), window
    )
    printer = QPrinter(QPrinter.PrinterMode.ScreenResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    preview.print_on(printer)
    preview.reject()
    printed = (tmp_path / "printed.pdf").read_bytes()
    assert len(re.findall(rb"/Type /Page\b", printed)) == 2


def test_closing_the_preview_drops_what_is_still_being_drawn(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    given.case(sqlite_office)
    window = window_of(qtbot)
    background.hold()
    preview = show_slips(context_of(sqlite_office.officer, background), ("ZF〔2026〕1",), window)
    assert not preview.print_button.isEnabled()
    assert preview.wait.isVisibleTo(preview)
    preview.reject()
    background.release()
    assert said.errors == []
    assert said.bugs == []


def test_a_number_one_may_not_print_is_refused_with_its_sentence(
    sqlite_office: Office,
    background: SynchronousBackground,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given.case(sqlite_office)
    window = window_of(qtbot)
    shown: list[object] = []
    monkeypatch.setattr(messages, "show_error", lambda error, parent=None: shown.append(error))
    show_slips(context_of(sqlite_office.ccb, background), ("ZF〔2026〕1",), window)
    assert len(shown) == 1
    assert not [dialog for dialog in window.findChildren(Preview) if dialog.isVisible()]
