"""What happens when the program itself is wrong: a report that the user can hand on, and work goes on.

A DeskError never gets here: it is a sentence for the user. The report holds versions and the traceback
without local values; numbers and Chinese text in the exception's words are blotted out, since they may be
somebody's.
"""

from __future__ import annotations

import logging
import platform
import re
import sys
import threading
import traceback
from types import TracebackType

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import QObject, Qt, Signal, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
)
from shiboken6 import isValid

from liaison_desk.core.errors import DeskError
from liaison_desk.core.words import msg
from liaison_desk.ui import messages
from liaison_desk.ui.theme import GRID, look, say

_log = logging.getLogger(__name__)

_PERSONAL = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+|\d(?: ?\d){4,}\w*")


def _version(package: str) -> str:
    # Only a crash needs it, and every start would pay for it.
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "?"


def _words(error: BaseException) -> str:
    """The exception's own words, first line only, with whatever may be personal blotted out."""
    first = (str(error).splitlines() or [""])[0][:200]
    return f"{type(error).__name__}: {_PERSONAL.sub('…', first)}".rstrip(": ")


def describe(error: BaseException) -> str:
    """The report as text: versions, then each exception of the chain with its frames, no values."""
    lines = [
        f"liaison-desk {_version('liaison-desk')}",
        f"Python {platform.python_version()} · Qt {qVersion()} · PySide6 {pyside_version}",
        f"{platform.system()} {platform.release()} {platform.machine()}",
        "",
    ]
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    for number, link in enumerate(reversed(chain)):
        if number:
            lines += ["", "which led to", ""]
        for frame in traceback.extract_tb(link.__traceback__):
            # The file's folder could name the computer's user.
            name = frame.filename.replace("\\", "/").split("/site-packages/")[-1]
            name = name[name.rfind("liaison_desk/") :] if "liaison_desk/" in name else name.split("/")[-1]
            lines.append(f"  {name}:{frame.lineno} {frame.name}: {frame.line or ''}".rstrip(": "))
        lines.append(_words(link))
    return "\n".join(lines)


class CrashDialog(QDialog):
    """Says that the program made a mistake, and shows the report for handing on."""

    def __init__(self, text: str) -> None:
        super().__init__(QApplication.activeWindow())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(say(msg("Error in the program")))
        sentence = QLabel(
            say(
                msg(
                    "The program made a mistake. What was saved before is kept; what you did last may not be. "
                    "You can go on working. Please copy the report and hand it to the administrator."
                )
            )
        )
        sentence.setTextFormat(Qt.TextFormat.PlainText)
        sentence.setWordWrap(True)
        self.report = QPlainTextEdit(text)
        self.report.setReadOnly(True)
        self.report.setFont(look().font(12, mono=True))
        self.report.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        copy = QPushButton(say(msg("Copy report")))
        copy.clicked.connect(self.copy)
        close = QPushButton(say(msg("Close")))
        close.setDefault(True)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(copy)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 3, GRID * 3, GRID * 3, GRID * 2)
        column.setSpacing(GRID * 2)
        column.addWidget(sentence)
        column.addWidget(self.report)
        column.addLayout(buttons)
        self.resize(look().px(640), look().px(420))

    def copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report.toPlainText())


class _Desk(QObject):
    """Brings reports of other threads to the GUI thread and shows one at a time."""

    reported = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.open: CrashDialog | None = None
        self.reported.connect(self.show_report, Qt.ConnectionType.QueuedConnection)

    def show_report(self, error: BaseException) -> None:
        if self.open is not None and isValid(self.open) and self.open.isVisible():
            # While one report is being read, a second box would only be in the way; the log has it.
            return
        self.open = CrashDialog(describe(error))
        self.open.open()


def report(error: BaseException) -> None:
    """Log the report and show it once; callable from any thread. A DeskError is said instead."""
    if isinstance(error, DeskError):
        messages.show_error(error)
        return
    _log.error("bug: %s", describe(error))
    application = QApplication.instance()
    if application is None:
        return
    desk = application.findChild(_Desk)
    if threading.current_thread() is threading.main_thread():
        (desk or _Desk(application)).show_report(error)
    elif desk is not None:
        desk.reported.emit(error)


def install(application: QApplication) -> None:
    """Catch what nobody caught, on the GUI thread and on others, from now on."""
    if application.findChild(_Desk) is None:
        _Desk(application)

    def uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt | SystemExit):
            sys.__excepthook__(kind, error, trace)
        else:
            report(error)

    def uncaught_elsewhere(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            report(args.exc_value)

    sys.excepthook = uncaught
    threading.excepthook = uncaught_elsewhere
