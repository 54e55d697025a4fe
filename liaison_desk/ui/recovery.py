"""The recovery code on its one showing, and the way back in for an administrator who lost the password (L2)."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from liaison_desk.core.errors import BadInput, DeskError
from liaison_desk.core.words import msg
from liaison_desk.ui.background import Background
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Text
from liaison_desk.ui.editors import LineEdit, SecretEdit
from liaison_desk.ui.forms import Field, Form
from liaison_desk.ui.theme import GRID, look, say

Recover = Callable[[str, str, str], str]
"""Login, recovery code, new password → the next recovery code. Raises DeskError; runs off the GUI thread."""


class CodeSheet(QWidget):
    """Shows a recovery code once, large; goes on only when the reader says it is written down."""

    done = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._office = ""
        self.code = QLabel()
        self.code.setTextFormat(Qt.TextFormat.PlainText)
        self.code.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.code.setProperty("surface", "card")
        self.code.setWordWrap(True)
        self.written = QCheckBox()
        self.go_on = Button(msg("Go on"), kind="primary", run=self.done.emit)
        self.written.toggled.connect(self.go_on.setEnabled)
        buttons = QHBoxLayout()
        buttons.addWidget(Button(msg("Print…"), icon="printer", run=self.print_out))
        buttons.addStretch()
        buttons.addWidget(self.go_on)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID * 2)
        column.addWidget(Text(msg("The recovery code"), "heading"))
        column.addWidget(
            Text(
                msg(
                    "If the administrator's password is lost, only this code opens the office again. "
                    "It is shown this once; the program keeps no copy. Write it down or print it, and lock it away."
                ),
                "muted",
                wrap=True,
            )
        )
        column.addWidget(self.code)
        column.addWidget(self.written)
        column.addStretch()
        column.addLayout(buttons)
        look().language_changed.connect(self._again)
        look().theme_changed.connect(self._again)
        self._again()

    def show_code(self, office: str, code: str) -> None:
        self._office = office
        self.code.setText(code)
        self.code.setAccessibleName(code)
        self.written.setChecked(False)
        self.go_on.setEnabled(False)

    def forget(self) -> None:
        self.code.clear()
        self.code.setAccessibleName("")

    def sheet(self) -> QTextDocument:
        """What is printed: the office, what the code is for, the code in large letters."""
        document = QTextDocument(self)
        document.setDefaultFont(look().font())
        cursor = QTextCursor(document)
        large, plain = QTextCharFormat(), QTextCharFormat()
        large.setFont(look().font(24, bold=True, mono=True))
        cursor.insertText(f"{say(msg('Recovery code of the administrator'))}\n{self._office}\n\n", plain)
        cursor.insertText(f"{self.code.text()}\n\n", large)
        cursor.insertText(
            say(
                msg(
                    "Whoever has this sheet can take the administrator's place: lock it away. "
                    "After it was used once it is worthless, and the program shows a new one."
                )
            ),
            plain,
        )
        return document

    def print_out(self) -> None:
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(say(msg("Recovery code of the administrator")))
        if QPrintDialog(printer, self.window()).exec():
            self.sheet().print_(printer)

    def _again(self) -> None:
        self.code.setFont(look().font(24, bold=True, mono=True))
        self.code.setMinimumHeight(look().px(72))
        self.written.setText(say(msg("I have written it down or printed it")))


class RecoveryDialog(QDialog):
    """Says what to do about a lost password; the administrator gives login, code and a new password."""

    recovered = Signal(str)
    """Login of the administrator, who signs in with the new password now."""

    def __init__(
        self, background: Background, recover: Recover, office: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._background, self._recover, self._office = background, recover, office
        self._login = ""
        self.form = self._form()
        self.sheet = CodeSheet()
        self.sheet.done.connect(self._finished)
        self._parts = QStackedWidget()
        self._parts.addWidget(self.form)
        self._parts.addWidget(self.sheet)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 3, GRID * 3, GRID * 3, GRID * 2)
        column.addWidget(self._parts)
        self.setWindowTitle(say(msg("Lost password")))
        self.setMinimumWidth(look().px(480))
        for button in self.findChildren(Button):
            # Return in a field is the form's business.
            button.setAutoDefault(False)

    def _form(self) -> Form:
        form = Form()
        form.add_widget(Text(msg("Lost password"), "heading"))
        form.add_widget(
            Text(
                msg(
                    "Everybody else: the administrator gives you a new first password, under Office, People."
                ),
                wrap=True,
            )
        )
        form.add_widget(
            Text(msg("The administrator: with the recovery code from set-up."), "strong", wrap=True)
        )
        form.add(Field("login", msg("Login of the administrator"), LineEdit(longest=64), required=True))
        form.add(
            Field(
                "code",
                msg("Recovery code"),
                LineEdit(longest=60),
                hint=msg("Five groups of four letters and digits; dashes and capitals do not matter."),
                required=True,
            )
        )
        form.add(Field("password", msg("New password"), SecretEdit(), required=True))
        form.add(Field("again", msg("The same once more"), SecretEdit(), required=True))
        self.go = Button(msg("Set the new password"), kind="primary", run=form.submit)
        buttons = QWidget()
        row = QHBoxLayout(buttons)
        row.setContentsMargins(0, GRID, 0, 0)
        row.addStretch()
        row.addWidget(Button(msg("Close"), run=self.reject))
        row.addWidget(self.go)
        form.add_widget(buttons)
        form.submitted.connect(self._submit)
        return form

    def _submit(self) -> None:
        values = self.form.collect()
        if values is None or not self.go.isEnabled():
            return
        if values["password"] != values["again"]:
            self.form.show_error(BadInput(msg("The two are not the same. Type both again."), field="again"))
            return
        self._login = str(values["login"])
        login, code, password = self._login, str(values["code"]), str(values["password"])
        self.go.setEnabled(False)
        self._background.do(
            lambda: self._recover(login, code, password), self._recovered, failed=self._failed, owner=self
        )

    def _recovered(self, code: str) -> None:
        self.sheet.show_code(self._office, code)
        self._parts.setCurrentWidget(self.sheet)

    def _failed(self, error: DeskError) -> None:
        self.go.setEnabled(True)
        self.form.show_error(error)

    def _finished(self) -> None:
        self.sheet.forget()
        self.recovered.emit(self._login)
        self.accept()

    def reject(self) -> None:
        # The new code exists only on this screen: Escape must not lose it.
        if self._parts.currentWidget() is not self.sheet:
            super().reject()


def given_password() -> str:
    """A first password that can be read out over a telephone: three groups without letters misread."""
    import secrets

    letters = "abcdefghjkmnpqrstvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(3))
