"""``python -m tests.house.pictures [FOLDER]``: opens the demo office offscreen and takes a picture of every screen.

Without FOLDER the few pictures of the README and the help go to ``resources/help/pictures``; with it, all of
them, in Chinese and English, light and dark (``--width``, ``--height``, ``--only``, ``--looks`` narrow it,
``--scale 2.0`` takes them with large text).
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from liaison_desk import app as program
from liaison_desk import paths
from liaison_desk.core.errors import DeskError
from liaison_desk.core.lifecycle import LegState
from liaison_desk.desk.casebook import CaseView, cases
from liaison_desk.desk.demo import make_demo
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.filters import ColumnFilter
from liaison_desk.desk.flags import Flag, SetFlag
from liaison_desk.desk.flows import case_flow
from liaison_desk.desk.lists import QueueView, queue
from liaison_desk.desk.queuerows import QueueRow
from liaison_desk.settings import UserSettings
from liaison_desk.store.database import Database
from liaison_desk.ui import preview, theme
from liaison_desk.ui.answerform import AnswerForm
from liaison_desk.ui.background import Background, SynchronousBackground
from liaison_desk.ui.newcase import NewCaseDialog
from liaison_desk.ui.officepage import OfficePage
from liaison_desk.ui.queuepage import QueuePage
from liaison_desk.ui.room import Room
from liaison_desk.ui.table import Table
from liaison_desk.ui.window import MainWindow

MOMENT = datetime(2026, 11, 22, 6, 40, tzinfo=UTC)
"""14:40 in Beijing: the pictures always show the same afternoon."""
REPORT = (
    "报警人王小明，电话13900001234，今天下午2点05分被骗，冒充客服，先后转了3万5到工商银行 "
    "6222 0200 0076 5432 198 户名 张三，又转 12,800.50 元到 6217000000229629633，订单号 20261122140533"
)
README = {
    ("queue", "zh", "light"),
    ("cases", "zh", "light"),
    ("answer", "zh", "light"),
    ("queue", "en", "dark"),
}

Shot = tuple[str, str, Callable[["Studio"], QWidget]]
"""Name, login, and how the widget to be taken comes about."""


class Afternoon(program.Office):
    """The way into the demo office, with a clock that stands still."""

    def _door(self) -> Desk:
        desk = super()._door()
        desk.clock = lambda: MOMENT
        return desk


class Studio:
    """One window on the demo office, at a fixed moment, with answers that come at once."""

    def __init__(self, where: str, width: int, height: int) -> None:
        self._office = Afternoon(where)
        self.window = MainWindow(self._office, UserSettings(), make_background=_synchronous)
        self.window.resize(width, height)
        self.window.show()
        self.window.begin()
        self.settle()

    def enter(self, login: str) -> None:
        """Somebody signs in."""
        self.window.sign_in.entered.emit(login, "demo")
        self.settle()

    @property
    def room(self) -> Room:
        assert self.window.room is not None, "nobody came in"
        return self.window.room

    def at(self, place: str) -> QWidget:
        """The window with that place open and its first line chosen."""
        self.room.show_place(place)
        self.settle()
        table = self.room.page.findChild(Table) if self.room.page is not None else None
        if table is not None and table.model().rowCount():
            table.selectRow(0)
        self.settle()
        return self.window

    def dialog(self, dialog: QDialog) -> QWidget:
        """A dialog over the window, opened."""
        dialog.open()
        self.settle()
        return dialog

    def first_row(self, state: LegState) -> QueueRow:
        view = QueueView(states=frozenset({state}), institution=self.room.context.desk.actor.institution)
        return self.room.context.desk.read(queue, view).rows[0]

    def settle(self) -> None:
        """Until everything that was waiting for the event loop has happened."""
        for _ in range(8):
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def close(self) -> None:
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QDialog):
                widget.close()
        self.window.close()
        self.settle()
        self._office.leave()


def _new_case(studio: Studio) -> QWidget:
    dialog = NewCaseDialog(studio.room.context, studio.window)
    studio.dialog(dialog)
    dialog.paste.edit.setPlainText(REPORT)
    studio.settle()
    return dialog


def _answer(studio: Studio) -> QWidget:
    dialog = AnswerForm(studio.room.context, studio.first_row(LegState.QUEUED), studio.window)
    return studio.dialog(dialog)


def _lock(studio: Studio) -> QWidget:
    studio.window.lock()
    studio.settle()
    assert studio.window.locked is not None
    return studio.window


def _filter(studio: Studio) -> QWidget:
    """The queue narrowed by two columns, one line flagged, the filter of a third open."""
    page = studio.room.show_place("queue") or studio.room.page
    assert isinstance(page, QueuePage)
    rows = [row for row in page.table.rows.rows if row.item == "leg"]
    for row, flag in zip(rows, Flag, strict=False):
        studio.room.context.desk.do(SetFlag(leg_id=row.id, colour=flag.value))
    page.tools.set_filter("level", ColumnFilter("level", most=3))
    page.tools.set_filter("amount", ColumnFilter("amount", least=100_000))
    studio.settle()
    page.refresh()
    page.table.selectAll()
    studio.settle()
    number = next(n for n, column in enumerate(page.table.rows.columns) if column.key == "state")
    popup = page.tools.open_filter(number)
    assert popup is not None
    popup.tick("claimed")
    studio.settle()
    return popup


def _filtered(studio: Studio) -> QWidget:
    _filter(studio).close()
    page = studio.room.page
    assert isinstance(page, QueuePage)
    page.table.selectRow(0)
    studio.settle()
    return studio.window


def _palette(studio: Studio) -> QWidget:
    studio.at("queue")
    studio.room.open_palette()
    studio.settle()
    return studio.room.palette_window


def _slips(studio: Studio) -> QWidget:
    row = studio.first_row(LegState.QUEUED)
    shown = preview.show_slips(studio.room.context, (row.number,), studio.window)
    studio.settle()
    return shown


def _rules(studio: Studio) -> QWidget:
    shown = studio.at("office")
    page = studio.room.pages["office"]
    assert isinstance(page, OfficePage)
    page.show_panel("rules")
    studio.settle()
    return shown


def _flow(studio: Studio) -> QWidget:
    """The fund flow of the case with the most accounts among the newest."""
    desk = studio.room.context.desk
    found = [desk.read(case_flow, row.id) for row in desk.read(cases, CaseView()).rows[:30]]
    studio.room.context.ways.open_flow.emit(max(found, key=lambda flow: len(flow.movements)).case_id)
    studio.settle()
    return studio.window


def _handover(studio: Studio) -> QWidget:
    shown = preview.show_handover(studio.room.context, studio.window)
    studio.settle()
    return shown


def shots() -> list[Shot]:
    """Every screen: name, who sits there, how it comes about."""
    return [
        ("signin", "", lambda studio: studio.window),
        ("queue", "icbc1", lambda studio: studio.at("queue")),
        ("queue-officer", "zhao", lambda studio: studio.at("queue")),
        ("queue-other-bank", "ccb1", lambda studio: studio.at("queue")),
        ("queue-filter", "icbc1", _filter),
        ("queue-filtered", "icbc1", _filtered),
        ("cases", "zhao", lambda studio: studio.at("cases")),
        ("cases-bank", "icbc1", lambda studio: studio.at("cases")),
        ("clocks", "zhao", lambda studio: studio.at("clocks")),
        ("clocks-bank", "icbc1", lambda studio: studio.at("clocks")),
        ("flow", "zhao", _flow),
        ("flow-bank", "icbc1", _flow),
        ("money", "wang", lambda studio: studio.at("money")),
        ("money-bank", "icbc1", lambda studio: studio.at("money")),
        ("shift", "wang", lambda studio: studio.at("shift")),
        ("office", "admin", lambda studio: studio.at("office")),
        ("settings", "wang", lambda studio: studio.at("office")),
        ("rules", "wang", _rules),
        ("newcase", "zhao", _new_case),
        ("answer", "icbc1", _answer),
        ("palette", "zhao", _palette),
        ("slips", "icbc1", _slips),
        ("handover", "wang", _handover),
        ("lock", "zhao", _lock),
    ]


def _synchronous(on_error: Callable[[DeskError], None]) -> Background:
    return SynchronousBackground(on_error=on_error)


def main() -> int:
    wishes = argparse.ArgumentParser()
    wishes.add_argument("folder", nargs="?")
    wishes.add_argument("--width", type=int, default=1440)
    wishes.add_argument("--height", type=int, default=900)
    wishes.add_argument("--only", default="")
    wishes.add_argument("--scale", type=float, default=1.0)
    wishes.add_argument("--looks", default="light,dark")
    given = wishes.parse_args()
    folder = Path(given.folder) if given.folder else paths.resources() / "help" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as scratch:
        where = str(Path(scratch) / "demo.db")
        make_demo(Database(where), requests=240, seed=1, now=MOMENT)
        for language, short in (("zh_CN", "zh"), ("en", "en")):
            for look in given.looks.split(","):
                theme.apply(application, look, given.scale, language)
                for name, login, make in shots():
                    wanted = given.folder or (name, short, look) in README
                    if not wanted or (given.only and name not in given.only.split(",")):
                        continue
                    studio = Studio(where, given.width, given.height)
                    if login:
                        studio.enter(login)
                    make(studio).grab().save(str(folder / f"{name}-{short}-{look}.png"))
                    studio.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
