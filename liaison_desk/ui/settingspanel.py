"""The office's own numbers and words, with their units; each change is an entry of its own."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from liaison_desk.core.errors import BadInput, DeskError
from liaison_desk.core.office import OfficeSettings
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.office import ChangeSetting, office_settings
from liaison_desk.ui import messages
from liaison_desk.ui.actions import ActionSpec
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Text
from liaison_desk.ui.context import Context
from liaison_desk.ui.editors import LineEdit, NoteEdit
from liaison_desk.ui.forms import Field, Form
from liaison_desk.ui.theme import GRID, look, say

WORKS, FREE = "班", "休"
"""After a day: it is worked, or it is free. English readers write work and off."""
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\s*(\S+)")
_MEANS = {"班": True, "工作": True, "work": True, "休": False, "放假": False, "off": False}


class NumberEdit(LineEdit):
    """A whole number; its value is an int."""

    def value(self) -> int:
        text = unicodedata.normalize("NFKC", self.text()).strip()
        if not text.isdigit() or len(text) > 6:
            raise BadInput(msg("Type a whole number."), field="number")
        return int(text)


class SwitchEdit(QCheckBox):
    """On or off, with its own words."""

    def __init__(self, words: Message) -> None:
        super().__init__()
        self._words = words
        look().language_changed.connect(self._again)
        self._again()

    def value(self) -> bool:
        return self.isChecked()

    def set_value(self, value: object) -> None:
        self.setChecked(bool(value))

    def _again(self) -> None:
        self.setText(say(self._words))


class DaysEdit(NoteEdit):
    """The office's additions to the holiday calendar, one day a line: ``2026-10-10 班``, ``2026-10-12 休``."""

    def value(self) -> dict[str, bool]:
        return read_days(self.toPlainText())

    def set_value(self, value: object) -> None:
        days = value if isinstance(value, dict) else {}
        self.setPlainText("\n".join(f"{day} {WORKS if days[day] else FREE}" for day in sorted(days)))


def read_days(text: str) -> dict[str, bool]:
    """ISO day → worked or not. Raises BadInput with the first line that cannot be read."""
    found: dict[str, bool] = {}
    for line in text.splitlines():
        clean = unicodedata.normalize("NFKC", line).strip()
        if not clean:
            continue
        parts = _DAY.fullmatch(clean)
        means = _MEANS.get(parts[4].casefold()) if parts else None
        try:
            day = date(int(parts[1]), int(parts[2]), int(parts[3])) if parts else None
        except ValueError:
            day = None
        if day is None or means is None:
            raise BadInput(
                msg(
                    "“{line}” is not a day: write it like 2026-10-10 班 or 2026-10-12 休.", line=line.strip()
                ),
                field="extra_days",
            )
        found[day.isoformat()] = means
    return found


class SettingsPanel(QWidget):
    """All of it in one column; what differs is saved, one command a value."""

    changed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._seen = context.office
        self.may = context.desk.may(ChangeSetting)
        self.form = self._form()
        self.form.setEnabled(self.may)
        self.form.submitted.connect(self.save)
        self.save_button = Button(msg("Save"), kind="primary", keys="Ctrl ⏎", run=self.form.submit)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, GRID * 2, 0)
        column.setSpacing(GRID * 2)
        self.form.setMaximumWidth(look().px(560))
        column.addWidget(self.form)
        foot = QHBoxLayout()
        foot.addWidget(self.save_button)
        foot.addStretch()
        column.addLayout(foot)
        column.addStretch()
        self.save_button.setVisible(self.may)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        scroll.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)
        self._fill(self._seen)

    def _form(self) -> Form:
        form = Form()
        form.add_widget(Text(msg("Names"), "title"))
        form.add(Field("office_name", msg("Name of the office"), LineEdit(longest=60), required=True))
        form.add(
            Field(
                "office_code",
                msg("Short code of the office"),
                LineEdit(longest=12),
                hint=msg("Stands on every case and goes along with what is exchanged."),
                required=True,
            )
        )
        form.add(
            Field(
                "police_unit",
                msg("Police unit on request slips"),
                LineEdit(longest=60),
                hint=msg("Empty: the name of the office."),
            )
        )
        form.add(
            Field(
                "number_pattern",
                msg("Pattern of numbers"),
                LineEdit(longest=60),
                hint=Message("{series}〔{year}〕{n}", {"series": "ZF", "year": "2026", "n": "1187"}),
                required=True,
            )
        )
        form.add(
            Field(
                "zone_name",
                msg("Time zone"),
                LineEdit(longest=40),
                hint=msg("Clocks end at 24:00 of this zone, for example Asia/Shanghai."),
                required=True,
            )
        )
        form.add_widget(Text(msg("Clocks"), "title"))
        for key, label, hint in (
            ("claim_minutes", msg("To claim a request (minutes)"), msg("From the moment it is queued.")),
            ("answer_minutes", msg("To answer a request (minutes)"), msg("From the moment it is queued.")),
            ("stop_hours", msg("A stop holds (hours)"), msg("To the second.")),
            ("freeze_months", msg("A freeze holds (months)"), msg("To 24:00 of the last day.")),
            ("release_days", msg("To release (days)"), msg("To 24:00 of the last day.")),
            ("stops_per_account", msg("Stops an account may have at most"), None),
            (
                "emptied_minutes",
                msg("An account counts as emptied when all is gone within (minutes)"),
                msg("In the place Flow, among the accounts that meet."),
            ),
        ):
            form.add(Field(key, label, NumberEdit(longest=6), hint=hint, required=True))
        form.add(
            Field(
                "extra_days",
                msg("Days beside the holiday calendar"),
                DaysEdit(lines=4, placeholder=Message(f"2026-10-10 {WORKS}\n2026-10-12 {FREE}")),
                hint=msg("One day a line: 班 or work for a working day, 休 or off for a free one."),
            )
        )
        form.add_widget(Text(msg("The room"), "title"))
        form.add(
            Field(
                "idle_lock_minutes",
                msg("Lock a window nobody has touched for (minutes)"),
                NumberEdit(longest=6),
                required=True,
            )
        )
        form.add(
            Field(
                "file_megabytes",
                msg("A kept file has at most (MB)"),
                NumberEdit(longest=6),
                hint=msg("Attachments and archived files; each backup carries them."),
                required=True,
            )
        )
        form.add(
            Field(
                "mask_own_data",
                msg("Wide screen"),
                SwitchEdit(msg("Mask an institution's own data as well")),
                hint=msg("Where several people look at the same screen. F8 shows it while held."),
            )
        )
        return form

    # What is shown -------------------------------------------------------------------------------------

    def refresh(self) -> None:
        desk = self.context.desk
        self.context.background.read(
            lambda: desk.read(office_settings),
            self._show,
            failed=lambda _: None,
            key=f"settings-{id(self)}",
            owner=self,
        )

    def _show(self, settings: OfficeSettings) -> None:
        try:
            typed = bool(self.differing())
        except BadInput:
            typed = True
        # What somebody is typing is not overwritten; saving then tells of the conflict.
        if not typed:
            self._fill(settings)

    def _fill(self, settings: OfficeSettings) -> None:
        self._seen = settings
        self.form.set_values(**{key: self._plain(settings, key) for key in self.form.fields})

    @staticmethod
    def _plain(settings: OfficeSettings, key: str) -> object:
        value = getattr(settings, key)
        return dict(value) if key == "extra_days" else value

    # Saving --------------------------------------------------------------------------------------------

    def differing(self) -> dict[str, object]:
        """What was typed and is not what stands there; raises BadInput."""
        typed = self.form.values()
        return {key: value for key, value in typed.items() if value != self._plain(self._seen, key)}

    def offers(self) -> list[ActionSpec]:
        return []

    def save(self) -> None:
        try:
            differing = self.differing()
        except BadInput as error:
            self.form.show_error(error)
            return
        if not differing:
            messages.inform(msg("Nothing was changed"))
            return
        desk, seen = self.context.desk, self._seen
        commands = [
            ChangeSetting(key=key, value=value, before=self._plain(seen, key))
            for key, value in differing.items()
        ]

        def work() -> tuple[int, DeskError | None]:
            done = 0
            for command in commands:
                try:
                    desk.do(command)
                except DeskError as error:
                    return done, error
                done += 1
            return done, None

        self.save_button.setEnabled(False)
        self.context.background.do(work, self._saved, failed=self._failed, owner=self)

    def _saved(self, answer: tuple[int, DeskError | None]) -> None:
        done, error = answer
        self.save_button.setEnabled(True)
        if error is not None:
            self.form.show_error(error)
            return
        desk = self.context.desk
        messages.done(msg("{count} settings saved", count=done) if done > 1 else msg("Setting saved"))
        self.context.background.read(lambda: desk.read(office_settings), self._fill, owner=self)

    def _failed(self, error: DeskError) -> None:
        self.save_button.setEnabled(True)
        self.form.show_error(error)
