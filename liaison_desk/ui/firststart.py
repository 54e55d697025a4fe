"""The assistant for a computer without an office: try the demo, set a new office up, or open one that exists."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from liaison_desk.core.errors import BadInput, DeskError
from liaison_desk.core.words import Message, msg
from liaison_desk.ui.background import Background, Progress, Task
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import ChoiceCard, Text, section
from liaison_desk.ui.editors import LineEdit, SecretEdit
from liaison_desk.ui.forms import Field, Form
from liaison_desk.ui.opening import Hindered, Hindrance, OfficeFacts, Opening, SetUp
from liaison_desk.ui.placeedit import PlaceEdit
from liaison_desk.ui.recovery import CodeSheet
from liaison_desk.ui.signin import LANGUAGE_NAMES, PRODUCT
from liaison_desk.ui.theme import GRID, look


class FirstStart(QWidget):
    """The assistant; ``ready`` says that there is an office to sign in to."""

    ready = Signal()
    language_chosen = Signal(str)

    def __init__(self, opening: Opening, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._opening, self._background = opening, background
        self._checks: dict[str, QCheckBox] = {}
        self._busy = False
        self._long: Task | None = None
        self._steps = QStackedWidget()
        self.trouble = Text("", "error", wrap=True)
        self.trouble.hide()
        self.choices = self._choices()
        self.set_up, self._set_up_page = self._set_up_form()
        self.existing, self._existing_page = self._existing_form()
        self.sheet = CodeSheet()
        self.sheet.done.connect(self._written)
        self._wait_page = self._waiting()
        self._steps.addWidget(self.choices)
        for page in (self._set_up_page, self._existing_page, self.sheet, self._wait_page):
            self._steps.addWidget(page)
        self._lay_out()
        look().language_changed.connect(self._again)
        look().theme_changed.connect(self._again)
        self._again()

    def begin(self, where: str) -> None:
        """Show the three ways; a new office would be made at ``where``."""
        self.set_up.set_values(where=where)
        self.existing.set_values(where="")
        self.trouble.hide()
        self._steps.setCurrentWidget(self.choices)
        self.demo_card.setFocus()

    # Pages -------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._column = QWidget()
        inside = QVBoxLayout(self._column)
        inside.setContentsMargins(0, GRID * 4, 0, GRID * 3)
        inside.setSpacing(GRID * 2)
        head = QHBoxLayout()
        head.addWidget(Text(PRODUCT, "brand"))
        head.addStretch()
        self._language = Button(
            LANGUAGE_NAMES["en"],
            icon="languages",
            kind="quiet",
            run=lambda: self.language_chosen.emit("en" if look().say.chinese else "zh_CN"),
        )
        head.addWidget(self._language)
        inside.addLayout(head)
        inside.addWidget(self.trouble)
        inside.addWidget(self._steps, 1)
        middle = QWidget()
        row = QHBoxLayout(middle)
        row.addStretch()
        row.addWidget(self._column)
        row.addStretch()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(middle)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.viewport().setAutoFillBackground(False)
        middle.setAutoFillBackground(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def _choices(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID * 2)
        column.addWidget(Text(msg("There is no office on this computer yet"), "heading"))
        column.addWidget(Text(msg("How do you want to begin?"), "muted"))
        self.demo_card = ChoiceCard(
            "eye",
            msg("Look around in the demo"),
            msg("An invented office in the middle of a busy shift. Nothing of it is kept."),
        )
        self.new_card = ChoiceCard(
            "building-2",
            msg("Set up a new office"),
            msg("For the first computer: name, administrator, institutions. It takes two minutes."),
        )
        self.open_card = ChoiceCard(
            "database",
            msg("Open an office that exists"),
            msg("A database file on this computer, or the address of the room's PostgreSQL server."),
        )
        self.demo_card.chosen.connect(self._demo)
        self.new_card.chosen.connect(lambda: self._show(self._set_up_page, self.set_up))
        self.open_card.chosen.connect(lambda: self._show(self._existing_page, self.existing))
        for card in (self.demo_card, self.new_card, self.open_card):
            column.addWidget(card)
        column.addStretch()
        return page

    def _set_up_form(self) -> tuple[Form, QWidget]:
        form = Form()
        form.add_widget(Text(msg("Set up a new office"), "heading"))
        form.add(Field("name", msg("Name of the office"), LineEdit(), required=True))
        form.add(
            Field(
                "admin",
                msg("Login of the administrator"),
                LineEdit(longest=32),
                hint=msg("Small letters, digits, dots or dashes; it begins with a letter."),
                required=True,
            )
        )
        form.add(
            Field(
                "password",
                msg("Password of the administrator"),
                SecretEdit(),
                hint=msg("At least 8 characters."),
                required=True,
            )
        )
        form.add(Field("again", msg("The same once more"), SecretEdit(), required=True))
        form.add_widget(section(msg("Institutions with a seat (more can be added later)")))
        self._institutions = QWidget()
        self._grid = QGridLayout(self._institutions)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GRID * 2)
        form.add_widget(self._institutions)
        form.add(
            Field(
                "where",
                msg("Place"),
                PlaceEdit(new=True),
                hint=msg(
                    "A file on this computer's own disk; for several computers a server, "
                    "like postgresql://desk@server/office."
                ),
                required=True,
            )
        )
        form.submitted.connect(self._make)
        form.set_values(admin="admin")
        return form, self._page(form, Button(msg("Set up"), kind="primary", run=form.submit))

    def _existing_form(self) -> tuple[Form, QWidget]:
        form = Form()
        form.add_widget(Text(msg("Open an office that exists"), "heading"))
        form.add(
            Field(
                "where",
                msg("File or address"),
                PlaceEdit(new=False),
                hint=msg("For example postgresql://desk@server/office"),
                required=True,
            )
        )
        form.submitted.connect(self._open)
        return form, self._page(form, Button(msg("Open"), kind="primary", run=form.submit))

    def _page(self, form: Form, go: Button) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID * 2)
        column.addWidget(form)
        row = QHBoxLayout()
        row.addWidget(Button(msg("Back"), icon="chevron-left", run=self._back))
        row.addStretch()
        row.addWidget(go)
        column.addLayout(row)
        column.addStretch()
        return page

    def _waiting(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID * 2)
        self.progress_words = Text("", "title")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        column.addWidget(self.progress_words)
        column.addWidget(self.progress)
        self._stop = Button(msg("Cancel"), run=self._cancel)
        column.addWidget(self._stop, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch()
        return page

    # Steps -------------------------------------------------------------------------------------------

    def _show(self, page: QWidget, form: Form) -> None:
        self.trouble.hide()
        form.clear_errors()
        if page is self._set_up_page:
            self._fill_institutions()
        self._steps.setCurrentWidget(page)
        next(iter(form.fields.values())).setFocus()

    def _back(self) -> None:
        self.trouble.hide()
        self._steps.setCurrentWidget(self.choices)

    def _fill_institutions(self) -> None:
        if self._checks:
            return
        from liaison_desk.desk.office import EIGHT

        for place, seat in enumerate(EIGHT):
            check = QCheckBox()
            check.setChecked(True)
            self._checks[seat.code] = check
            self._grid.addWidget(check, place // 2, place % 2)
        self._name_institutions()

    def _name_institutions(self) -> None:
        if not self._checks:
            return
        from liaison_desk.desk.office import EIGHT

        for seat in EIGHT:
            self._checks[seat.code].setText(seat.name_zh if look().say.chinese else seat.name_en)

    def _make(self) -> None:
        values = self.set_up.collect()
        if values is None or self._busy:
            return
        if values["password"] != values["again"]:
            self.set_up.show_error(BadInput(msg("The two are not the same. Type both again."), field="again"))
            return
        from liaison_desk.desk.office import EIGHT

        plan = SetUp(
            where=str(values["where"]),
            name=str(values["name"]),
            admin=str(values["admin"]),
            password=str(values["password"]),
            institutions=tuple(seat for seat in EIGHT if self._checks[seat.code].isChecked()),
        )
        self._set_up_page.setEnabled(False)
        self._busy = True
        self._background.do(
            lambda: self._opening.set_up(plan),
            lambda code: self._made(plan.name, code),
            failed=self._not_made,
            owner=self,
        )

    def _made(self, name: str, code: str) -> None:
        self._busy = False
        self._set_up_page.setEnabled(True)
        self.set_up.set_values(password="", again="")
        self.sheet.show_code(name, code)
        self._steps.setCurrentWidget(self.sheet)

    def _not_made(self, error: DeskError) -> None:
        self._busy = False
        self._set_up_page.setEnabled(True)
        known = error.field in self.set_up.fields
        self.set_up.show_error(
            error if known else BadInput(error.message, field="admin" if error.field == "login" else "where")
        )

    def _written(self) -> None:
        self.sheet.forget()
        self.ready.emit()

    def _open(self) -> None:
        values = self.existing.collect()
        if values is None or self._busy:
            return
        where, before = str(values["where"]), self._opening.address
        self._existing_page.setEnabled(False)
        self._busy = True

        def attempt() -> OfficeFacts | Hindered:
            self._opening.use(where)
            return self._opening.look()

        self._background.do(
            attempt, partial(self._opened, before), failed=partial(self._not_opened, before), owner=self
        )

    def _opened(self, before: str, found: OfficeFacts | Hindered) -> None:
        if isinstance(found, Hindered) and found.kind in (Hindrance.MISSING, Hindrance.OTHER):
            self._not_opened(before, found.error)
            return
        self._busy = False
        self._existing_page.setEnabled(True)
        self.ready.emit()

    def _not_opened(self, before: str, error: DeskError) -> None:
        self._busy = False
        self._existing_page.setEnabled(True)
        self._opening.use(before)
        self.existing.show_error(BadInput(error.message, field="where"))

    def _demo(self) -> None:
        self.run_long(msg("The demo office is being made…"), self._opening.make_demo)

    def run_long(self, words: Message, work: Callable[[Progress], object]) -> None:
        """Show progress until the work is done, then say ``ready``."""
        if self._busy:
            return
        self._busy = True
        self.progress_words.set(words)
        self.progress.setRange(0, 0)
        self._steps.setCurrentWidget(self._wait_page)
        self._long = self._background.long(
            work,
            lambda _: self._long_done(None),
            failed=self._long_done,
            progress=self._advanced,
            cancelled=lambda: self._long_done(None, stopped=True),
            owner=self,
        )

    def _advanced(self, done: int, total: int, message: Message | None) -> None:
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        if message is not None:
            self.progress_words.set(message)

    def _long_done(self, error: DeskError | None, *, stopped: bool = False) -> None:
        self._busy = False
        if error is None and not stopped:
            self.ready.emit()
            return
        self._back()
        if error is not None:
            self.trouble.set(error.message)
            self.trouble.show()

    def _cancel(self) -> None:
        if self._busy and self._long is not None:
            self._long.cancel()

    def _again(self) -> None:
        self._column.setFixedWidth(look().px(600))
        self._language.set_message(LANGUAGE_NAMES["en" if look().say.chinese else "zh_CN"])
        self._name_institutions()
