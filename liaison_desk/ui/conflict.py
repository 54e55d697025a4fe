"""Somebody saved first: for each field what was there, what they made of it and what one typed, to be chosen from.

Nothing of one's own is lost by it: whatever is decided, the form keeps what was typed until it is closed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from liaison_desk.core.countdown import when
from liaison_desk.core.errors import BadInput
from liaison_desk.core.lifecycle import OUTCOME_WORDS, STATE_WORDS, LegState, Outcome
from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.cases import FRAUD_TYPES
from liaison_desk.desk.versions import ChangedField, ChangedSince, changed_since
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Text
from liaison_desk.ui.columns import NOTHING
from liaison_desk.ui.context import Context
from liaison_desk.ui.theme import GRID, Tone, look, say

if TYPE_CHECKING:
    from liaison_desk.ui.commanddialog import CommandDialog

LABELS: dict[str, Message] = {
    "asked": msg("Amount asked (yuan)"),
    "remark": msg("Remark"),
    "document_kind": msg("Legal document"),
    "document_number": msg("Document number"),
    "state": msg("State"),
    "institution_code": msg("Institution"),
    "claimed_by": msg("Claimed by"),
    "holder": msg("Holder"),
    "fraud_type": msg("Type of fraud"),
    "area": msg("Area"),
    "summary": msg("What happened"),
    "answer.outcome": msg("Outcome"),
    "answer.executed": msg("Amount executed (yuan)"),
    "answer.balance_before": msg("Balance before (yuan)"),
    "answer.earlier": msg("Earlier stops and freezes on it (yuan)"),
    "answer.earlier_authority": msg("Earlier authority"),
    "answer.earlier_until": msg("Earlier freeze until"),
    "answer.starts_at": msg("Start of the hold"),
    "answer.ends_at": msg("End as the institution states it"),
    "answer.happened_at": msg("Done at"),
    "answer.technical_reason": msg("Technical reason"),
    "answer.remark": msg("Remark"),
    "answer.person_name": msg("Answered by, at the institution"),
    "answer.person_phone": msg("Their phone"),
}
"""What the fields are called, as their forms call them."""


@dataclass(frozen=True)
class Merge:
    """What a form says of itself, so that its fields can be laid beside those of whoever was faster."""

    kind: Literal["leg", "case"]
    fields: Mapping[str, str]
    """By column: the form's field that shows it."""
    renew: Callable[[int], None]
    """From now on the form is about that version."""
    states: Collection[LegState] | None = None
    """States in which it can still be saved; None: always."""


@dataclass(frozen=True)
class Compared:
    """One line of the comparison. ``mine`` is None where the form has no such field."""

    changed: ChangedField
    before: str
    theirs: str
    mine: str | None
    choice: bool
    """Whether both differ from what was there, so that somebody has to decide."""


def resolve(dialog: CommandDialog, about: tuple[str, int, int], merge: Merge) -> None:
    """Read what has changed since the form was opened, and ask field by field."""
    context, (_, id_, version) = dialog.context, about
    desk = context.desk

    def show(found: ChangedSince) -> None:
        lines = compared(dialog, found, merge)
        box = ConflictDialog(context, found, lines, still_possible(found, merge), dialog)
        box.decided.connect(lambda theirs: _take(dialog, found, merge, theirs))
        box.dropped.connect(dialog.reject)
        box.open()

    context.background.read(
        lambda: desk.read(changed_since, merge.kind, id_, version),
        show,
        failed=dialog.show_error,
        owner=dialog,
    )


def still_possible(found: ChangedSince, merge: Merge) -> Message | None:
    """Why what one typed cannot be saved any more; None when it can."""
    state = next((one.now for one in found.fields if one.name == "state"), None)
    if merge.states is None or state is None or state in merge.states:
        return None
    return msg(
        "It is {state} now, so this can no longer be saved. Copy what you need.", state=STATE_WORDS[state]
    )


def compared(dialog: CommandDialog, found: ChangedSince, merge: Merge) -> list[Compared]:
    """The three values of each field that changed."""
    context, lines = dialog.context, []
    for one in found.fields:
        field = merge.fields.get(one.name)
        mine = _typed(dialog, field) if field is not None else None
        shown = words(context, one.name, mine) if field is not None else None
        hidden = say(msg("not for your eyes"))
        before = hidden if one.hidden else words(context, one.name, one.before)
        theirs = hidden if one.hidden else words(context, one.name, one.now)
        choice = field is not None and shown not in (before, theirs)
        lines.append(Compared(one, before, theirs, shown, choice))
    return lines


def words(context: Context, name: str, value: Any) -> str:
    """A value as its form shows it."""
    column = name.rpartition(".")[2]
    if value is None or value == "":
        return NOTHING
    if isinstance(value, LegState):
        return say(STATE_WORDS[value])
    if isinstance(value, Outcome):
        return say(OUTCOME_WORDS[value])
    if isinstance(value, datetime):
        return when(value, context.now(), context.zone, seconds=True)
    if isinstance(value, int):
        return yuan(value)
    if column == "institution_code":
        return say(context.institution(value))
    return say(FRAUD_TYPES[value]) if column == "fraud_type" and value in FRAUD_TYPES else str(value)


def _typed(dialog: CommandDialog, field: str) -> Any:
    """What the form says now; what cannot be read as a value stands as it was typed."""
    editor = dialog.form.fields.get(field)
    if editor is None:
        return None
    try:
        return editor.value()
    except BadInput:
        text = getattr(editor.editor, "text", None)
        return text() if callable(text) else None


def _take(dialog: CommandDialog, found: ChangedSince, merge: Merge, theirs: frozenset[str]) -> None:
    for one in found.fields:
        field = merge.fields.get(one.name)
        if field is not None and one.name in theirs and not one.hidden:
            dialog.form.fields[field].set_value(one.now)
    merge.renew(found.version)
    dialog.submit()


class _Pick(QWidget):
    """A choice whose words wrap; a click on the words chooses it, too."""

    def __init__(self, field: str, words_: str) -> None:
        super().__init__()
        self.button = QRadioButton()
        self.button.setAccessibleName(f"{field}: {words_}")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        text = Text(words_, wrap=True)
        text.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        row.addWidget(text, 1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self.button.setChecked(True)


class ConflictDialog(QDialog):
    """Before, theirs, mine; a choice only where there is one to make."""

    decided = Signal(frozenset)
    """Names of the fields for which theirs is taken; one's own stand for the others."""
    dropped = Signal()
    """Theirs stays as it is, and the form goes."""

    def __init__(
        self,
        context: Context,
        found: ChangedSince,
        lines: list[Compared],
        impossible: Message | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(say(msg("Saved by somebody else meanwhile")))
        self._lines = lines
        self.choices: dict[str, tuple[QRadioButton, QRadioButton]] = {}
        """By field: theirs and mine."""
        self._groups: list[QButtonGroup] = []
        at = when(found.at, context.now(), context.zone, seconds=True) if found.at is not None else ""
        heading = msg("{who} was faster: {what}, {at}", who=found.who, what=found.what, at=at)
        keep = Button(msg("Keep theirs, drop mine"), run=self._drop)
        back = Button(msg("Back to the form"), run=self.reject)
        self.copy = Button(msg("Copy mine"), icon="copy", kind="quiet", run=self._copy)
        self.save = Button(msg("Save as chosen"), kind="primary", run=self._decide)
        self.save.setVisible(False)
        foot = QHBoxLayout()
        foot.addWidget(self.copy)
        foot.addStretch()
        for button in (keep, back, self.save):
            foot.addWidget(button)
        for button in (self.copy, keep, back, self.save):
            button.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 3, GRID * 2, GRID * 3, GRID * 2)
        column.setSpacing(GRID + GRID // 2)
        column.addWidget(Text(heading, "heading", wrap=True))
        said = impossible or msg("Nothing of yours is saved yet. Choose where the two differ.")
        column.addWidget(Text(said, wrap=True, tone=Tone.SOON if impossible else Tone.NEUTRAL))
        column.addWidget(self._table(impossible is None), 1)
        column.addLayout(foot)
        self.save.setVisible(impossible is None)
        self.copy.setVisible(any(line.mine not in (None, NOTHING) for line in lines))
        self.setMinimumWidth(look().px(700))
        (self.save if impossible is None else back).setFocus()

    def chosen(self) -> frozenset[str]:
        """The fields for which theirs is taken: where it was chosen, and where one has typed nothing oneself."""
        return frozenset(
            line.changed.name
            for line in self._lines
            if line.mine is not None
            and (
                self.choices[line.changed.name][0].isChecked()
                if line.changed.name in self.choices
                else not line.choice
            )
        )

    # Inside --------------------------------------------------------------------------------------

    def _table(self, open_: bool) -> QWidget:
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, GRID, 0)
        grid.setHorizontalSpacing(GRID * 2)
        grid.setVerticalSpacing(GRID)
        heads = (msg("Field"), msg("When you began"), msg("Theirs"), msg("Mine"))
        for column, head in enumerate(heads):
            grid.addWidget(Text(head, "label"), 0, column)
            grid.setColumnStretch(column, 2 if column else 1)
            grid.setColumnMinimumWidth(column, look().px(150 if column else 90))
        for row, line in enumerate(self._lines, 1):
            name = line.changed.name
            grid.addWidget(Text(LABELS[name], "small", wrap=True), row, 0)
            grid.addWidget(Text(line.before, "muted", wrap=True), row, 1)
            if line.choice and open_ and line.mine is not None:
                label = say(LABELS[name])
                theirs, mine = _Pick(label, line.theirs), _Pick(label, line.mine)
                theirs.button.setChecked(True)
                group = QButtonGroup(self)
                for column, pick in ((2, theirs), (3, mine)):
                    group.addButton(pick.button)
                    grid.addWidget(pick, row, column)
                self._groups.append(group)
                self.choices[name] = (theirs.button, mine.button)
            else:
                grid.addWidget(Text(line.theirs, "strong", wrap=True), row, 2)
                grid.addWidget(Text(line.mine or "", wrap=True), row, 3)
        grid.setRowStretch(len(self._lines) + 1, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        inside.setAutoFillBackground(False)
        area.viewport().setAutoFillBackground(False)
        area.setMinimumHeight(look().px(min(48 + 64 * len(self._lines), 340)))
        return area

    def _decide(self) -> None:
        theirs = self.chosen()
        self.accept()
        self.decided.emit(theirs)

    def _drop(self) -> None:
        self.accept()
        self.dropped.emit()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(
            "\n".join(
                f"{say(LABELS[line.changed.name])}: {line.mine}"
                for line in self._lines
                if line.mine not in (None, NOTHING)
            )
        )
