"""Institutions with a seat in the office: added, named, and marked when they leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from liaison_desk.core.roles import POLICE, InstitutionKind
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.office import AddInstitution, ChangeInstitution, InstitutionRow, institutions
from liaison_desk.ui import columns, messages
from liaison_desk.ui.actions import ActionSpec
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import EmptyState
from liaison_desk.ui.columns import Column
from liaison_desk.ui.commanddialog import CommandDialog
from liaison_desk.ui.context import Context
from liaison_desk.ui.doing import carry_out
from liaison_desk.ui.editors import CodeCombo, LineEdit
from liaison_desk.ui.forms import Field
from liaison_desk.ui.rows import RowsModel
from liaison_desk.ui.table import Table
from liaison_desk.ui.theme import GRID, Tone

KIND_WORDS = {
    InstitutionKind.POLICE: msg("Police"),
    InstitutionKind.BANK: msg("Bank"),
    InstitutionKind.CARRIER: msg("Carrier"),
    InstitutionKind.PAYMENT: msg("Payment institution"),
}
KINDS = (InstitutionKind.BANK, InstitutionKind.CARRIER, InstitutionKind.PAYMENT)


class InstitutionDialog(CommandDialog):
    """A new institution, or the names of one that has its seat."""

    def __init__(
        self, context: Context, row: InstitutionRow | None = None, parent: QWidget | None = None
    ) -> None:
        title = (
            msg("Add an institution")
            if row is None
            else msg("Change {name}", name=context.institution(row.code))
        )
        super().__init__(context, title, msg("Add") if row is None else msg("Save"), parent)
        self._row = row
        if row is None:
            self.form.add(Field("kind", msg("Kind"), CodeCombo([(kind, KIND_WORDS[kind]) for kind in KINDS])))
            self.form.add(
                Field(
                    "code",
                    msg("Code"),
                    LineEdit(longest=16),
                    hint=msg("2 to 16 capital letters or digits; it never changes."),
                    required=True,
                )
            )
        self.form.add(Field("name_zh", msg("Chinese name"), LineEdit(longest=60), required=True))
        self.form.add(Field("name_en", msg("English name"), LineEdit(longest=60), required=True))
        self.form.add(
            Field(
                "head_code",
                msg("Head-office code"),
                LineEdit(longest=20),
                hint=msg("Of a bank: 12 digits, printed on its request slips."),
            )
        )
        if row is not None:
            self.form.set_values(name_zh=row.name_zh, name_en=row.name_en, head_code=row.head_code)
        self.body.addWidget(self.form)
        next(iter(self.form.fields.values())).setFocus()

    def command(self) -> AddInstitution | ChangeInstitution:
        values = self.form.values()
        names = {key: str(values[key]) for key in ("name_zh", "name_en", "head_code")}
        if self._row is not None:
            return ChangeInstitution(
                institution_id=self._row.id, version=self._row.version, active=self._row.active, **names
            )
        kind = values["kind"]
        assert isinstance(kind, InstitutionKind)
        return AddInstitution(code=str(values["code"]).upper(), kind=kind, **names)

    def said(self, result: Any) -> Message | None:
        return msg("Saved")


class InstitutionsPanel(QWidget):
    """All of them, also those that have left, so that old requests keep their names."""

    changed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.model = RowsModel(self._columns(), key=lambda row: row.id)
        self.table: Table[InstitutionRow] = Table(
            self.model, empty=EmptyState("building-2", msg("No institutions yet"))
        )
        self.table.selection_changed.connect(self._selected)
        self.table.opened.connect(lambda _: self.change())
        self.buttons: dict[str, Button] = {}
        row = QHBoxLayout()
        row.setSpacing(GRID)
        for spec in self.offers():
            self.buttons[spec.name] = Button(spec.title, icon=spec.icon, keys=spec.keys, run=spec.run)
            row.addWidget(self.buttons[spec.name])
        row.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID * 2)
        column.addWidget(self.table, 1)
        if self.buttons:
            column.addLayout(row)
        self._selected()

    def refresh(self) -> None:
        desk = self.context.desk
        self.context.background.read(
            lambda: desk.read(institutions, all_of_them=True),
            self._show,
            failed=lambda _: None,
            key=f"institutions-{id(self)}",
            owner=self,
        )

    def _show(self, rows: tuple[InstitutionRow, ...]) -> None:
        self.model.replace(sorted(rows, key=lambda row: not row.active))
        self._selected()

    @property
    def row(self) -> InstitutionRow | None:
        rows = self.table.selected_rows
        return rows[0] if len(rows) == 1 else None

    def offers(self) -> list[ActionSpec]:
        desk = self.context.desk
        found = []
        if desk.may(AddInstitution):
            found.append(
                ActionSpec("add-institution", msg("Add an institution…"), self.add, "N", "plus", primary=True)
            )
        if desk.may(ChangeInstitution):
            one: tuple[Callable[[], bool], bool, Callable[[], Message | None]] = (
                lambda: self.row is not None,
                False,
                lambda: msg("Choose an institution first."),
            )
            found += [
                ActionSpec("change-institution", msg("Change…"), self.change, "E", "pencil", *one),
                ActionSpec(
                    "leave-institution",
                    msg("Leaves or comes back"),
                    self.switch_active,
                    "D",
                    "ban",
                    lambda: self.row is not None and self.row.code != POLICE,
                    False,
                    lambda: msg("The police keep their seat."),
                ),
            ]
        return found

    def add(self) -> None:
        InstitutionDialog(self.context, None, self).open()

    def change(self) -> None:
        row = self.row
        if row is not None and self.context.desk.may(ChangeInstitution):
            InstitutionDialog(self.context, row, self).open()

    def switch_active(self) -> None:
        """An institution gives up its seat, and its people are out at once, or comes back."""
        row = self.row
        if row is None:
            return
        name = self.context.institution(row.code)
        if row.active and not messages.ask(
            msg("Does {name} give up its seat?", name=name),
            msg("{name} leaves", name=name),
            detail=msg("Its representatives are signed out at once; its open requests stay open."),
            parent=self,
        ):
            return
        command = ChangeInstitution(
            institution_id=row.id,
            version=row.version,
            name_zh=row.name_zh,
            name_en=row.name_en,
            head_code=row.head_code,
            active=not row.active,
        )
        sentence = msg("{name} has left", name=name) if row.active else msg("{name} is back", name=name)
        carry_out(self.context, [command], lambda _: sentence, owner=self)

    def _selected(self) -> None:
        for spec in self.offers():
            if spec.name in self.buttons:
                self.buttons[spec.name].setEnabled(spec.enabled())
        self.changed.emit()

    @staticmethod
    def _columns() -> list[Column[InstitutionRow]]:
        return [
            Column("code", msg("Code"), lambda row: columns.code(row.code, bold=True), width=110),
            Column("kind", msg("Kind"), lambda row: columns.text(KIND_WORDS[row.kind]), width=140),
            Column("name_zh", msg("Chinese name"), lambda row: columns.text(row.name_zh), width=200),
            Column("name_en", msg("English name"), lambda row: columns.text(row.name_en), width=200),
            Column("head_code", msg("Head-office code"), lambda row: columns.code(row.head_code), width=150),
            Column("active", msg("State"), _state, width=130),
        ]


def _state(row: InstitutionRow) -> columns.Cell:
    if row.active:
        return columns.chip(msg("has its seat"), Tone.OK, "circle-check")
    return columns.chip(msg("has left"), Tone.MUTED, "ban")
