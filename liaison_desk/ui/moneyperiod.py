"""Which period the figures are of, and as of which recording point: the head of the place "Money"."""

from __future__ import annotations

from datetime import date, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from liaison_desk.core.errors import BadInput
from liaison_desk.core.words import msg
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Text
from liaison_desk.ui.chips import Filter, FilterBar
from liaison_desk.ui.context import Context
from liaison_desk.ui.editors import DateEdit, MomentEdit
from liaison_desk.ui.moneycolumns import days, period
from liaison_desk.ui.theme import GRID, LARGE_TEXT, look


class PeriodBar(QWidget):
    """Today, this shift, month, year or two days; and "as recorded up to" a moment."""

    changed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._shift_from: datetime | None = None
        self.periods = FilterBar()
        self.first, self.last = DateEdit(), DateEdit()
        self.as_of = MomentEdit(context.zone, context.now)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(GRID, 0, 0, 0)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        rows.addLayout(row)
        row.addWidget(self.periods)
        for editor in (self.first, self.last):
            editor.setMaximumWidth(look().px(116))
            editor.hide()
            editor.editingFinished.connect(self.changed)
            row.addWidget(editor)
        row.addStretch()
        if look().scale >= LARGE_TEXT:
            # No room for all of it in one line.
            row = QHBoxLayout()
            row.setSpacing(GRID)
            rows.addLayout(row)
        row.addWidget(Text(msg("As recorded up to"), "muted"))
        row.addWidget(self.as_of)
        self.show_then = Button(msg("Show"), parent=self)
        self.show_now = Button(msg("Everything recorded"), kind="quiet", parent=self)
        self.show_now.hide()
        row.addWidget(self.show_then)
        row.addWidget(self.show_now)
        self.periods.changed.connect(lambda _: self._chosen())
        self.show_then.clicked.connect(lambda _: self._as_of_chosen())
        self.show_now.clicked.connect(lambda _: self._of_now())
        look().language_changed.connect(self._again)
        self._again()

    def span(self) -> tuple[datetime, datetime]:
        """The chosen period as (start, end], UTC; raises BadInput for days that are none."""
        now, zone = self._context.now(), self._context.zone
        chosen = next(iter(self.periods.chosen), "today")
        if chosen == "shift" and self._shift_from is not None:
            return self._shift_from, now
        if chosen == "dates":
            first, last = self.first.value(), self.last.value()
            if not isinstance(first, date) or not isinstance(last, date):
                raise BadInput(msg("Type both days of the period."), field="date")
            return days(first, last, zone)
        return period(chosen, now, zone)

    def set_shift(self, since: datetime | None) -> None:
        """When the running shift began to count; None: there is none to choose."""
        appeared = (since is None) is not (self._shift_from is None)
        self._shift_from = since
        if appeared:
            self._again()

    def _chosen(self) -> None:
        dates = self.periods.chosen[:1] == ("dates",)
        for editor in (self.first, self.last):
            editor.setVisible(dates)
        if dates and not self.first.text():
            today = self._context.now().astimezone(self._context.zone).date()
            self.first.set_value(today.replace(day=1))
            self.last.set_value(today)
        self.changed.emit()

    def _as_of_chosen(self) -> None:
        self.show_now.setVisible(bool(self.as_of.line.text().strip()))
        self.changed.emit()

    def _of_now(self) -> None:
        self.as_of.set_value(None)
        self._as_of_chosen()

    def _again(self) -> None:
        shift = [Filter("shift", msg("This shift"))] if self._shift_from is not None else []
        self.periods.set_filters(
            [
                Filter("today", msg("Today")),
                *shift,
                Filter("month", msg("This month")),
                Filter("year", msg("This year")),
                Filter("dates", msg("From – to")),
            ]
        )
