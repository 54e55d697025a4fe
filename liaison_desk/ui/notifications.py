"""How new work is announced to whoever sits here: sound and its volume, tray message, quiet hours.

These are settings of the person's own computer account, not of the office: a representative beside a telephone
wants another volume than an officer alone at night, and nobody's choice may silence a colleague.
"""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from liaison_desk.core.errors import BadInput
from liaison_desk.core.folding import fold
from liaison_desk.core.words import Message, msg
from liaison_desk.settings import UserSettings
from liaison_desk.ui import chime, messages
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Text
from liaison_desk.ui.commanddialog import hint
from liaison_desk.ui.editors import LineEdit
from liaison_desk.ui.forms import Field, Form
from liaison_desk.ui.messages import caption
from liaison_desk.ui.theme import GRID, look, say


class ClockEdit(LineEdit):
    """A time of day as ``HH:MM``; ``22``, ``22点`` and ``2230`` are understood. Empty: none."""

    def value(self) -> str:
        text = fold(self.text()).strip()
        if not text:
            return ""
        found = re.fullmatch(r"(\d{1,2})(?:[:.点时]?(\d{2})分?|[点时]|)", text)
        if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
            raise BadInput(msg("Type a time of day like 22:30."), field="quiet")
        return f"{int(found[1]):02d}:{int(found[2] or 0):02d}"


class Volume(QWidget):
    """A slider from 0 to 100 in steps of ten, with its figure beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider.setSingleStep(10)
        self.slider.setPageStep(20)
        self.slider.setAccessibleName(say(msg("Volume")))
        self._figure = Text("", "strong")
        self.slider.valueChanged.connect(lambda value: self._figure.set(f"{value} %"))
        self.test = Button(msg("Try it"), icon="bell", run=lambda: chime.play(self.slider.value()))
        self.test.setAutoDefault(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.slider, 1)
        row.addWidget(self._figure)
        row.addWidget(self.test)
        self._figure.setMinimumWidth(look().px(44))
        self.setFocusProxy(self.slider)

    def value(self) -> int:
        return self.slider.value()

    def set_value(self, value: object) -> None:
        self.slider.setValue(value if isinstance(value, int) else 0)
        self._figure.set(f"{self.slider.value()} %")


class NotificationsDialog(QDialog):
    """Saved for this account at once by Ctrl+Return; the next new work follows it."""

    def __init__(self, settings: UserSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(say(msg("Notifications")))
        self.sound = _tick(msg("A sound for new work"), settings.sound)
        self.tray = _tick(msg("A message in the tray, with number and kind only"), settings.tray)
        self.volume = Volume()
        self.form = Form()
        self.form.submitted.connect(self.submit)
        self.form.add_widget(self.sound)
        self.form.add(Field("volume", msg("Volume"), self.volume)).set_value(settings.volume)
        self.form.add_widget(self.tray)
        self.form.add_widget(Text(msg("Quiet hours"), "title"))
        self.form.add_widget(
            hint(
                msg(
                    "Between these times there is no sound; tray message, taskbar and badge stay. Over midnight is possible."
                )
            )
        )
        for name, label, value in (
            ("quiet_from", msg("Quiet from"), settings.quiet_from),
            ("quiet_until", msg("Quiet until"), settings.quiet_until),
        ):
            editor = ClockEdit(longest=8)
            editor.setPlaceholderText("22:00" if name == "quiet_from" else "06:30")
            self.form.add(Field(name, label, editor)).set_value(value)
        self.sound.toggled.connect(self.volume.setEnabled)
        self.volume.setEnabled(settings.sound)
        self.deed = Button(msg("Save"), kind="primary", keys="Ctrl ⏎", run=self.form.submit)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            self.deed.press_by(keys)
        self.stay = Button(msg("Cancel"), run=self.reject)
        foot = QHBoxLayout()
        foot.addStretch()
        for button in (self.stay, self.deed):
            button.setAutoDefault(False)
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 3, GRID * 2, GRID * 3, GRID * 2)
        column.setSpacing(GRID + GRID // 2)
        column.addWidget(Text(msg("Notifications"), "heading"))
        column.addWidget(hint(msg("For you on this computer; your colleagues choose their own.")))
        column.addWidget(self.form, 1)
        column.addLayout(foot)
        self.setMinimumWidth(look().px(440))
        self.sound.setFocus()

    def submit(self) -> None:
        self.form.clear_errors()
        values: dict[str, object] = {}
        for name in ("volume", "quiet_from", "quiet_until"):
            try:
                values[name] = self.form.fields[name].value()
            except BadInput as error:
                self.form.show_error(BadInput(error.message, field=name))
                return
        start, end = str(values["quiet_from"]), str(values["quiet_until"])
        if bool(start) != bool(end):
            missing = "quiet_until" if start else "quiet_from"
            self.form.show_error(BadInput(msg("Quiet hours need a beginning and an end."), field=missing))
            return
        settings = self._settings
        settings.sound, settings.tray = self.sound.isChecked(), self.tray.isChecked()
        settings.volume = self.volume.value()
        settings.quiet_from, settings.quiet_until = start, end
        settings.save()
        self.accept()
        messages.done(msg("Notifications saved"))


def _tick(words: Message, on: bool) -> QCheckBox:
    box = QCheckBox(caption(say(words)))
    box.setChecked(on)
    return box
