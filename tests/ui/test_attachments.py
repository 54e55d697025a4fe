"""Attachments at the window: added by choosing, dropping, pasting and scanning; opened, saved, voided."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from liaison_desk.core.errors import BadInput, DeskError
from liaison_desk.desk.attachments import AddAttachment, VoidAttachment, attachment_bytes, attachments
from liaison_desk.ui import attachments as module
from liaison_desk.ui.attachdialog import AttachDialog, ScanDialog
from liaison_desk.ui.attachments import VoidDialog
from liaison_desk.ui.background import Cancelled, Progress, SynchronousBackground
from liaison_desk.ui.filework import Incoming, free_name, newest_files, read_in, size_words, write_out
from liaison_desk.ui.queuepage import QueuePage
from tests import given
from tests.given import Office
from tests.ui.conftest import Said
from tests.ui.seats import Bench, context_of

PDF = b"%PDF-1.7 statement"


def quiet() -> Progress:
    return Progress(lambda done, total, message: None)


def bench_of(
    office: Office, login: str, background: SynchronousBackground, qtbot: QtBot
) -> tuple[Bench, QueuePage]:
    given.case(office, [("ICBC", 3_500_000), ("CCB", 100_000)])
    page = QueuePage(context_of(office.door(login), background))
    bench = Bench(page, qtbot)
    page.show_item(1)
    return bench, page


def labels(page: QueuePage) -> list[str]:
    QApplication.processEvents()
    return [label.text() for label in page.pane.files.findChildren(QLabel) if label.isVisible()]


def asked(page: QueuePage) -> AttachDialog:
    (dialog,) = [each for each in page.window().findChildren(AttachDialog) if each.isVisible()]
    return dialog


def test_a_chosen_file_goes_to_the_addressee_by_default_and_is_listed(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot, tmp_path: Path
) -> None:
    bench, page = bench_of(sqlite_office, "zhao", background, qtbot)
    path = tmp_path / "笔录.pdf"
    path.write_bytes(PDF)
    page.pane.files.take([Incoming(path.name, path)])
    dialog = asked(page)
    assert [code for code, box in dialog.addressed.items() if box.isChecked()] == ["ICBC"]
    dialog.submit()
    assert bench.announced == "已添加“笔录.pdf”"
    (row,) = sqlite_office.icbc.read(attachments, leg_id=1)
    assert (row.name, row.size, row.addressed) == ("笔录.pdf", 18, ("ICBC",))
    assert sqlite_office.ccb.read(attachments, 1) == ()
    shown = labels(page)
    assert "笔录.pdf" in shown
    assert any("赵民警" in text and "18 B" in text and "@ICBC" in text for text in shown)
    assert said.errors == []


def test_a_representatives_file_goes_to_nobody_else_unless_chosen(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot, tmp_path: Path
) -> None:
    _, page = bench_of(sqlite_office, "li", background, qtbot)
    (tmp_path / "a.txt").write_text("流水")
    page.pane.files.take([Incoming("a.txt", tmp_path / "a.txt")])
    dialog = asked(page)
    assert "ICBC" not in dialog.addressed
    assert not any(box.isChecked() for box in dialog.addressed.values())
    dialog.names[0].set_value("..\\更名?.txt")
    dialog.submit()
    assert [row.name for row in sqlite_office.officer.read(attachments, 1)] == ["更名_.txt"]


def test_dropped_files_and_a_pasted_picture_ask_first(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot, tmp_path: Path
) -> None:
    _, page = bench_of(sqlite_office, "zhao", background, qtbot)
    (tmp_path / "a.txt").write_text("a")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.txt")), QUrl.fromLocalFile(str(tmp_path))])
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(QPointF(5, 5).toPoint(), copy, mime, Qt.MouseButton.LeftButton, none)
    QApplication.sendEvent(page.pane, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(
        page.pane, QDragMoveEvent(QPointF(6, 6).toPoint(), copy, mime, Qt.MouseButton.LeftButton, none)
    )
    assert "松开即可添加为附件" in labels(page)
    QApplication.sendEvent(page.pane, QDropEvent(QPointF(5, 5), copy, mime, Qt.MouseButton.LeftButton, none))
    dialog = asked(page)
    assert [str(editor.value()) for editor in dialog.names] == ["a.txt"], "a folder is passed over"
    dialog.reject()
    QApplication.processEvents()

    image = QImage(20, 10, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    picture = QMimeData()
    picture.setImageData(image)
    page.pane.note.edit.insertFromMimeData(picture)
    dialog = asked(page)
    assert str(dialog.names[0].value()) == "2026-03-10 100500.png"
    dialog.submit()
    file = sqlite_office.officer.read(attachment_bytes, 1)
    assert file.media == "image/png"
    assert QImage.fromData(file.data).size() == image.size()
    assert page.pane.note.edit.toPlainText() == ""


def test_pasting_by_key_and_nothing_to_paste(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    bench, _ = bench_of(sqlite_office, "zhao", background, qtbot)
    QGuiApplication.clipboard().setText("只是文字")
    assert bench.press("Shift+F")
    assert bench.announced == "没有可添加的文件或图片。"
    QGuiApplication.clipboard().clear()


def test_the_newest_scans_are_offered_and_the_folder_is_remembered(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot, tmp_path: Path
) -> None:
    import os

    _, page = bench_of(sqlite_office, "zhao", background, qtbot)
    folder = tmp_path / "scans"
    folder.mkdir()
    for n, name in enumerate(("旧.pdf", "新.pdf", ".~lock", "半.pdf.part")):
        (folder / name).write_bytes(PDF)
        os.utime(folder / name, (1_000_000 + n, 1_000_000 + n))
    dialog = ScanDialog(page.context, page)
    qtbot.addWidget(dialog)
    assert not dialog.deed.isEnabled()
    dialog.use_folder(str(folder))
    assert [dialog.list.item(n).text().split()[0] for n in range(dialog.list.count())] == ["新.pdf", "旧.pdf"]
    assert [file.name for file in dialog.chosen()] == ["新.pdf"]
    again = ScanDialog(page.context, page)
    qtbot.addWidget(again)
    assert again.list.count() == 2
    again.use_folder(str(tmp_path / "gone"))
    assert again.list.count() == 0


def test_a_file_is_saved_whole_and_opened_only_when_it_is_harmless(
    sqlite_office: Office,
    background: SynchronousBackground,
    said: Said,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench, page = bench_of(sqlite_office, "zhao", background, qtbot)
    sqlite_office.icbc.do(AddAttachment(leg_id=1, name="流水.pdf", data=PDF))
    sqlite_office.icbc.do(AddAttachment(leg_id=1, name="工具.pdf", data=b"MZ program"))
    page.refresh()
    program, statement = page.pane.files.rows
    page.pane.files.save_to(statement, tmp_path / "流水.pdf")
    assert (tmp_path / "流水.pdf").read_bytes() == PDF
    assert bench.announced == "已保存：流水.pdf"
    opened: list[Path] = []
    monkeypatch.setattr(module, "_show_file", opened.append)
    asked_where: list[str] = []
    monkeypatch.setattr(type(page.pane.files), "ask_where", lambda view, row: asked_where.append(row.name))
    page.pane.files.open(statement)
    page.pane.files.open(statement)
    page.pane.files.open(program)
    assert [path.name for path in opened] == ["流水.pdf", "流水 (2).pdf"]
    assert opened[0].read_bytes() == PDF
    assert asked_where == ["工具.pdf"]
    page.context.ways.ended.emit()
    assert not opened[0].exists()
    assert said.errors == []


def test_voiding_asks_for_a_reason_and_the_bank_no_longer_gets_it(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    bench, page = bench_of(sqlite_office, "li", background, qtbot)
    sqlite_office.icbc.do(AddAttachment(leg_id=1, name="流水.pdf", data=PDF))
    page.refresh()
    page.pane.files.void(page.pane.files.rows[0])
    dialog = bench.dialog(VoidDialog)
    assert isinstance(dialog, VoidDialog)
    dialog.form.set_values(reason="传错文件")
    dialog.submit()
    assert "作废：传错文件" in labels(page)
    with pytest.raises(DeskError):
        sqlite_office.icbc.read(attachment_bytes, 1)


def test_the_auditor_reads_and_adds_nothing(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    _, page = bench_of(sqlite_office, "shen", background, qtbot)
    sqlite_office.icbc.do(AddAttachment(leg_id=1, name="流水.pdf", data=PDF))
    sqlite_office.icbc.do(VoidAttachment(attachment_id=1, reason="错"))
    page.refresh()
    assert page.pane.files.add.isHidden()
    assert page.pane.files.ways_in() == []
    assert "流水.pdf" in labels(page)


def test_a_file_too_large_or_gone_says_so_and_what_came_before_stays(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot, tmp_path: Path
) -> None:
    bench, page = bench_of(sqlite_office, "zhao", background, qtbot)
    (tmp_path / "a.txt").write_text("a")
    with open(tmp_path / "big.bin", "wb") as stream:
        stream.truncate(20 * 1024 * 1024 + 1)
    files = [Incoming(name, tmp_path / name) for name in ("a.txt", "big.bin")]
    page.pane.files.take(files)
    asked(page).submit()
    assert bench.announced == "已添加“a.txt”"
    assert len(sqlite_office.officer.read(attachments, 1)) == 1
    with pytest.raises(BadInput, match="20 MB"):
        read_in(files[1], 20, quiet())
    with pytest.raises(BadInput, match="cannot be read"):
        read_in(Incoming("c", tmp_path / "c"), 20, quiet())


def test_reading_and_writing_can_be_stopped_and_leave_nothing_half(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(3 * 256 * 1024))
    seen: list[int] = []

    def stopping(progress: list[Progress]) -> Callable[..., None]:
        def say(done: int, total: int, message: object) -> None:
            seen.append(done)
            progress[0].cancel()

        return say

    held: list[Progress] = []
    held.append(Progress(stopping(held)))
    with pytest.raises(Cancelled):
        read_in(Incoming("a", tmp_path / "a"), 20, held[0])
    assert seen == [256 * 1024]
    held.clear()
    held.append(Progress(stopping(held)))
    with pytest.raises(Cancelled):
        write_out(tmp_path / "b", bytes(600 * 1024), held[0])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a"]


def test_names_written_to_a_folder_stay_in_it_and_take_nobodys_place(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"")
    assert free_name(tmp_path, "../a.pdf") == tmp_path / "a (2).pdf"
    assert free_name(tmp_path, "..").parent == tmp_path
    assert [scan.path.name for scan in newest_files(tmp_path)] == ["a.pdf"]
    assert [size_words(size) for size in (312, 18_000, 1_258_291)] == ["312 B", "18 kB", "1.2 MB"]
