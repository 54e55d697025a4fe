"""The sign-in: calm, in the language and colours one wants, and shown before anything heavy is loaded.

It only collects and says what happened; who may come in is decided behind the door. The same widget greets
at the start, after a switch of persons, and while the window is locked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from liaison_desk.core.errors import BadInput, DeskError
from liaison_desk.core.roles import ROLE_WORDS, Role
from liaison_desk.core.words import Message, msg
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Text, rule
from liaison_desk.ui.editors import LineEdit, SecretEdit
from liaison_desk.ui.forms import Field, Form
from liaison_desk.ui.theme import GRID, look

PRODUCT = msg("Liaison Desk")
THEME_WORDS = {
    "light": (msg("Light"), "sun"),
    "dark": (msg("Dark"), "moon"),
    "contrast": (msg("High contrast"), "contrast"),
}
"""The themes in the order in which one button goes through them, with their icons."""
LANGUAGE_NAMES = {"zh_CN": Message("中文"), "en": Message("English")}
"""A language is called by its own name, whatever the window speaks."""


@dataclass(frozen=True)
class DemoPerson:
    """Somebody of the demo office whom one click signs in; ``institution`` as it is to be read."""

    login: str
    name: str
    role: Role
    institution: str


class SignIn(QWidget):
    """Login and password, or one's name after a lock; ``entered`` says what was typed."""

    entered = Signal(str, str)
    """Login and password, as typed."""
    demo_chosen = Signal(str)
    """Login of a person of the demo office."""
    password_chosen = Signal(str)
    """The new password of somebody whose first one must be changed."""
    lost = Signal()
    """The administrator wants to use the recovery code."""
    elsewhere = Signal()
    """Another office is to be opened."""
    language_chosen = Signal(str)
    theme_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, tools: bool = True) -> None:
        super().__init__(parent)
        self.setProperty("surface", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.office = Text("", "muted")
        self.office.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.office.setWordWrap(True)
        self.said = Text("", "muted", wrap=True)
        self.said.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.said.hide()
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        self._waiting = False
        self.form = self._sign_in_form()
        self.renewal = self._renewal_form()
        self.renewal.hide()
        self._demo = QWidget()
        self._demo_grid = QGridLayout(self._demo)
        self._demo_grid.setContentsMargins(0, 0, 0, 0)
        self._demo_grid.setSpacing(GRID)
        self._demo.hide()
        self._card = self._lay_out(tools)
        look().theme_changed.connect(self._again)
        look().language_changed.connect(self._again)
        self._again()

    # What the window tells it ------------------------------------------------------------------------

    def greet(self, office: str, login: str = "", *, demo: Sequence[DemoPerson] = ()) -> None:
        """The office whose sign-in this is; a login known from last time leaves only the password."""
        self.office.set(office)
        self._offer(demo)
        self.clear()
        self.form.fields["login"].set_value(login)
        self._lost.setVisible(not demo)
        self._take_focus()

    def greet_locked(self, name: str, login: str) -> None:
        """The window is locked: the same person comes back by password, another by login and password."""
        self.office.set(msg("{name}: the window is locked", name=name))
        self.clear()
        self.form.fields["login"].set_value(login)
        self.tell(msg("What was open is kept for {name} and dropped for anybody else.", name=name))
        self._elsewhere.hide()
        self._lost.hide()
        self._take_focus()

    def ask_new_password(self) -> None:
        """A first password was given by somebody else: one's own is asked for at once."""
        self.wait(None)
        self.said.hide()
        self._demo.hide()
        self.renewal.set_values(new="", again="")
        self.renewal.clear_errors()
        self.form.hide()
        self._lost.hide()
        self.renewal.show()
        self.renewal.fields["new"].setFocus()

    def clear(self) -> None:
        """Nothing typed, nothing said."""
        self.wait(None)
        self.said.hide()
        self.renewal.hide()
        self.form.show()
        self.form.clear_errors()
        self.form.set_values(login="", password="")
        self.renewal.set_values(new="", again="")
        self._caps.hide()

    def wait(self, message: Message | None) -> None:
        """While something is under way nothing can be entered; None ends it."""
        self._waiting = message is not None
        self._busy.setVisible(self._waiting)
        if message is not None:
            self.tell(message)
        elif self.said.property("waiting"):
            self.said.hide()
        self.said.setProperty("waiting", self._waiting)
        for widget in (self._enter, self._renew, self._demo):
            widget.setEnabled(not self._waiting)

    @property
    def waiting(self) -> bool:
        return self._waiting

    def tell(self, message: Message) -> None:
        """A quiet sentence above the form."""
        self.said.set(message)
        self.said.show()

    def show_error(self, error: DeskError) -> None:
        """What went wrong, in place; the password is to be typed anew."""
        self.wait(None)
        form = self.form if self.renewal.isHidden() else self.renewal
        if form is self.renewal and error.field == "password":
            error = BadInput(error.message, field="new")
        form.show_error(error)
        if form is self.form:
            form.fields["password"].set_value("")
            self._take_focus()

    # Parts -------------------------------------------------------------------------------------------

    def _sign_in_form(self) -> Form:
        form = Form()
        login = LineEdit(longest=64)
        login.setInputMethodHints(
            Qt.InputMethodHint.ImhLatinOnly
            | Qt.InputMethodHint.ImhNoAutoUppercase
            | Qt.InputMethodHint.ImhNoPredictiveText
        )
        password = SecretEdit()
        password.installEventFilter(self)
        form.add(Field("login", msg("Login"), login))
        form.add(Field("password", msg("Password"), password))
        self._caps = Text(msg("Caps Lock seems to be on."), "small")
        self._caps.hide()
        form.add_widget(self._caps)
        self._enter = Button(msg("Sign in"), icon="log-in", kind="primary", run=form.submit)
        # In the dialog of the lock Return would press it twice: once by the form, once as default.
        self._enter.setAutoDefault(False)
        self._enter.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        form.add_widget(self._enter)
        form.submitted.connect(self._entered)
        return form

    def _renewal_form(self) -> Form:
        form = Form()
        form.add_widget(Text(msg("Choose a password of your own"), "title"))
        form.add_widget(
            Text(
                msg("The one you typed was given by the administrator and holds only this once."),
                "small",
                wrap=True,
            )
        )
        form.add(
            Field("new", msg("New password"), SecretEdit(), hint=msg("At least 8 characters."), required=True)
        )
        form.add(Field("again", msg("The same once more"), SecretEdit(), required=True))
        self._renew = Button(msg("Set the password and go on"), kind="primary", run=form.submit)
        self._renew.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        form.add_widget(self._renew)
        form.submitted.connect(self._renewed)
        return form

    def _lay_out(self, tools: bool) -> QFrame:
        card = QFrame()
        card.setProperty("surface", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(GRID * 4, GRID * 4, GRID * 4, GRID * 3)
        inside.setSpacing(GRID)
        brand = Text(PRODUCT, "welcome")
        brand.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        inside.addWidget(brand)
        inside.addWidget(self.office)
        inside.addSpacing(GRID)
        inside.addWidget(self.said)
        inside.addWidget(self._busy)
        inside.addWidget(self.form)
        inside.addWidget(self.renewal)
        self._lost = Button(msg("Lost password?"), kind="quiet", run=self._explain)
        inside.addWidget(self._lost, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addWidget(self._demo)
        column = QVBoxLayout()
        column.addStretch(2)
        column.addWidget(card)
        column.addStretch(3)
        row = QHBoxLayout()
        row.addStretch()
        row.addLayout(column)
        row.addStretch()
        foot = QHBoxLayout()
        foot.setContentsMargins(GRID * 2, 0, GRID * 2, GRID)
        self._elsewhere = Button(
            msg("Another office…"), icon="database", kind="quiet", run=self.elsewhere.emit
        )
        foot.addWidget(self._elsewhere)
        foot.addStretch()
        self.language_button = Button(
            LANGUAGE_NAMES["en"], icon="languages", kind="quiet", run=self._next_language
        )
        self.theme_button = Button(THEME_WORDS["dark"][0], icon="moon", kind="quiet", run=self._next_theme)
        foot.addWidget(self.theme_button)
        foot.addWidget(self.language_button)
        inner = QWidget()
        whole = QVBoxLayout(inner)
        whole.setContentsMargins(GRID * 2, GRID * 2, GRID * 2, GRID * 2)
        whole.addLayout(row, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        scroll.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(scroll, 1)
        outer.addLayout(foot)
        for button in (self.theme_button, self.language_button, self._elsewhere):
            button.setVisible(tools)
        return card

    def _offer(self, people: Sequence[DemoPerson]) -> None:
        while (item := self._demo_grid.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self._demo.setVisible(bool(people))
        if not people:
            return
        self._demo_grid.setContentsMargins(0, GRID * 2, 0, 0)
        self._demo_grid.addWidget(rule(), 0, 0, 1, 2)
        self._demo_grid.addWidget(
            Text(msg("Demo: sign in with one click (every password is “demo”)"), "small"), 1, 0, 1, 2
        )
        for place, person in enumerate(people):
            made = Button(
                msg("{role} · {name}", role=ROLE_WORDS[person.role], name=person.name),
                run=partial(self.demo_chosen.emit, person.login),
            )
            made.setObjectName(f"demo-{person.login}")
            made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            made.setToolTip(person.institution)
            self._demo_grid.addWidget(made, 2 + place // 2, place % 2)

    # What the person does ----------------------------------------------------------------------------

    def _entered(self) -> None:
        if self._waiting:
            return
        values = self.form.collect()
        if values is None:
            return
        login, password = str(values["login"]), str(values["password"])
        if not login or not password:
            missing = "login" if not login else "password"
            label = self.form.fields[missing].label
            self.form.show_error(BadInput(msg("“{field}” is empty; fill it in.", field=label), field=missing))
            return
        self.entered.emit(login, password)

    def _renewed(self) -> None:
        values = self.renewal.collect()
        if values is None or self._waiting:
            return
        if values["new"] != values["again"]:
            self.renewal.show_error(
                BadInput(msg("The two are not the same. Type both again."), field="again")
            )
            return
        self.password_chosen.emit(str(values["new"]))

    def _explain(self) -> None:
        self.lost.emit()

    def _next_language(self) -> None:
        self.language_chosen.emit("en" if look().say.chinese else "zh_CN")

    def _next_theme(self) -> None:
        self.theme_chosen.emit(self._theme_after())

    @staticmethod
    def _theme_after() -> str:
        names = list(THEME_WORDS)
        return names[(names.index(look().theme.name) + 1) % len(names)]

    def _take_focus(self) -> None:
        known = bool(self.form.fields["login"].value())
        self.form.fields["password" if known else "login"].setFocus(Qt.FocusReason.OtherFocusReason)

    def _again(self) -> None:
        self.language_button.set_message(LANGUAGE_NAMES["en" if look().say.chinese else "zh_CN"])
        words, mark = THEME_WORDS[self._theme_after()]
        self.theme_button.set_message(words)
        self.theme_button.set_icon(mark)
        self._card.setFixedWidth(look().px(440))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            typed = event.text()
            if typed.isalpha() and typed.isascii():
                shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self._caps.setVisible(typed.isupper() != shift)
            elif event.key() == Qt.Key.Key_CapsLock:
                self._caps.hide()
        return False
