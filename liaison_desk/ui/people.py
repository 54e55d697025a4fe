"""People of the office: who may sign in, added, changed, left, and helped with a new first password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from liaison_desk.core.roles import POLICE, ROLE_WORDS, Role
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.people import AddPerson, ChangePerson, PersonRow, ResetPassword, people
from liaison_desk.ui import columns, messages
from liaison_desk.ui.actions import ActionSpec
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import EmptyState, Fact, FactGrid, Text
from liaison_desk.ui.columns import Column
from liaison_desk.ui.commanddialog import CommandDialog
from liaison_desk.ui.context import Context
from liaison_desk.ui.doing import carry_out
from liaison_desk.ui.editors import CodeCombo, LineEdit
from liaison_desk.ui.forms import Field
from liaison_desk.ui.recovery import given_password
from liaison_desk.ui.rows import RowsModel
from liaison_desk.ui.table import Table
from liaison_desk.ui.theme import GRID, Tone, look, say

CHOICES = (Role.REPRESENTATIVE, Role.OFFICER, Role.LEAD, Role.ADMINISTRATOR, Role.AUDITOR)


class FirstPassword(QDialog):
    """A first password on its one showing, to be handed over; its owner chooses another at once."""

    def __init__(self, name: str, login: str, password: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(say(msg("First password")))
        self.facts = FactGrid(2)
        self.facts.set_facts(
            [
                Fact(msg("Login"), login, mono=True, strong=True),
                Fact(msg("First password"), password, mono=True, strong=True),
            ]
        )
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(Button(msg("I have handed it over"), kind="primary", run=self.accept))
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 3, GRID * 2, GRID * 3, GRID * 2)
        column.setSpacing(GRID * 2)
        column.addWidget(Text(msg("First password for {name}", name=name), "heading"))
        column.addWidget(self.facts)
        column.addWidget(
            Text(
                msg("It is shown this once. At the first sign-in {name} must choose another.", name=name),
                "muted",
                wrap=True,
            )
        )
        column.addStretch()
        column.addLayout(foot)
        self.setMinimumWidth(look().px(440))


class AddPersonDialog(CommandDialog):
    """A new person; the first password is made by the program."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, msg("Add a person"), msg("Add"), parent)
        self.password = given_password()
        self._role = CodeCombo([(role, ROLE_WORDS[role]) for role in CHOICES])
        self._institution = CodeCombo()
        self.form.add(Field("name", msg("Name"), LineEdit(longest=60), required=True))
        self.form.add(
            Field(
                "login",
                msg("Login"),
                LineEdit(longest=32),
                hint=msg("Small letters, digits, dots or dashes; it begins with a letter."),
                required=True,
            )
        )
        self.form.add(Field("role", msg("Role"), self._role))
        self.form.add(Field("institution", msg("Institution"), self._institution))
        self.form.add(Field("phone", msg("Phone"), LineEdit(longest=40)))
        self.form.add(Field("police_number", msg("Police number"), LineEdit(longest=40)))
        self.body.addWidget(self.form)
        self._role.currentIndexChanged.connect(self._fit)
        self._fit()
        self.form.fields["name"].setFocus()

    def _fit(self) -> None:
        """Representatives belong to a bank or carrier, everybody else to the police."""
        outside = self._role.value() is Role.REPRESENTATIVE
        self._institution.set_choices(
            [(row.code, self.context.institution(row.code)) for row in self.context.seats()]
            if outside
            else [(POLICE, self.context.institution(POLICE))]
        )
        self.form.fields["police_number"].setVisible(self._role.value() in (Role.OFFICER, Role.LEAD))

    def command(self) -> AddPerson:
        values = self.form.values()
        role = values["role"]
        assert isinstance(role, Role)
        return AddPerson(
            login=str(values["login"]),
            name=str(values["name"]),
            role=role,
            institution=str(values["institution"] or ""),
            password=self.password,
            phone=str(values["phone"]),
            police_number=str(values["police_number"]) if role in (Role.OFFICER, Role.LEAD) else "",
        )

    def given(self) -> tuple[str, str, str]:
        """Name, login as the door keeps it, first password."""
        values = self.form.values()
        return str(values["name"]), str(values["login"]).strip().lower(), self.password


class ChangePersonDialog(CommandDialog):
    """Name, phone, police number; role and institution never change: that is another person's sign-in."""

    def __init__(self, context: Context, row: PersonRow, parent: QWidget | None = None) -> None:
        super().__init__(context, msg("Change {name}", name=row.name), msg("Save"), parent)
        self._row = row
        self.form.add(Field("name", msg("Name"), LineEdit(longest=60), required=True))
        self.form.add(Field("phone", msg("Phone"), LineEdit(longest=40)))
        self.form.add(Field("police_number", msg("Police number"), LineEdit(longest=40)))
        self.form.set_values(name=row.name, phone=row.phone, police_number=row.police_number)
        self.form.fields["police_number"].setVisible(row.role in (Role.OFFICER, Role.LEAD))
        self.body.addWidget(self.form)
        self.form.fields["name"].setFocus()

    def command(self) -> ChangePerson:
        values = self.form.values()
        return ChangePerson(
            person_id=self._row.id,
            version=self._row.version,
            name=str(values["name"]),
            phone=str(values["phone"]),
            police_number=str(values["police_number"]),
            active=self._row.active,
        )

    def said(self, result: Any) -> Message | None:
        return msg("Saved")


class PeoplePanel(QWidget):
    """Everybody who has or had a sign-in."""

    changed = Signal()
    """What can be done here has changed."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.model = RowsModel(self._columns(), key=lambda row: row.id)
        self.table: Table[PersonRow] = Table(self.model, empty=EmptyState("users", msg("Nobody here yet")))
        self.table.selection_changed.connect(self._selected)
        self.table.opened.connect(lambda _: self.change())
        self.buttons: dict[str, Button] = {}
        row = QHBoxLayout()
        row.setSpacing(GRID)
        for spec in self.offers():
            button = Button(spec.title, icon=spec.icon, keys=spec.keys, run=spec.run)
            self.buttons[spec.name] = button
            row.addWidget(button)
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
            lambda: desk.read(people), self._show, failed=lambda _: None, key=f"people-{id(self)}", owner=self
        )

    def _show(self, rows: tuple[PersonRow, ...]) -> None:
        # Who has left stands below who is here.
        self.model.replace(sorted(rows, key=lambda row: not row.active))
        self._selected()

    # What can be done ----------------------------------------------------------------------------------

    @property
    def row(self) -> PersonRow | None:
        rows = self.table.selected_rows
        return rows[0] if len(rows) == 1 else None

    def offers(self) -> list[ActionSpec]:
        desk = self.context.desk
        found = []
        if desk.may(AddPerson):
            found.append(ActionSpec("add-person", msg("Add a person…"), self.add, "N", "plus", primary=True))
        if desk.may(ChangePerson):
            one = self._needs_one
            found += [
                ActionSpec("change-person", msg("Change…"), self.change, "E", "pencil", *one()),
                ActionSpec("reset-password", msg("New first password…"), self.reset, "R", "lock", *one()),
                ActionSpec(
                    "leave-person",
                    msg("Leaves or comes back"),
                    self.switch_active,
                    "D",
                    "ban",
                    *one(),
                ),
            ]
        return found

    def _needs_one(self) -> tuple[Callable[[], bool], bool, Callable[[], Message | None]]:
        return lambda: self.row is not None, False, lambda: msg("Choose a person first.")

    def add(self) -> None:
        dialog = AddPersonDialog(self.context, self)
        dialog.carried_out.connect(lambda _: FirstPassword(*dialog.given(), parent=self).open())
        dialog.open()

    def change(self) -> None:
        row = self.row
        if row is not None and self.context.desk.may(ChangePerson):
            ChangePersonDialog(self.context, row, self).open()

    def reset(self) -> None:
        """A new first password for somebody who lost theirs, shown once."""
        row = self.row
        if row is None or not messages.ask(
            msg("Give {name} a new first password?", name=row.name),
            msg("New password for {name}", name=row.name),
            detail=msg("The present one stops working at once, and {name} is signed out.", name=row.name),
            parent=self,
        ):
            return
        password, desk = given_password(), self.context.desk
        command = ResetPassword(person_id=row.id, password=password)
        self.context.background.do(
            lambda: desk.do(command),
            lambda _: FirstPassword(row.name, row.login, password, self).open(),
            owner=self,
        )

    def switch_active(self) -> None:
        """Somebody leaves the office, and is out at once, or comes back."""
        row = self.row
        if row is None:
            return
        if row.active and not messages.ask(
            msg("Does {name} leave the office?", name=row.name),
            msg("{name} leaves", name=row.name),
            detail=msg("{name} is signed out at once. What {name} did stays as it is.", name=row.name),
            parent=self,
        ):
            return
        command = ChangePerson(
            person_id=row.id,
            version=row.version,
            name=row.name,
            phone=row.phone,
            police_number=row.police_number,
            active=not row.active,
        )
        sentence = (
            msg("{name} has left", name=row.name) if row.active else msg("{name} is back", name=row.name)
        )
        carry_out(self.context, [command], lambda _: sentence, owner=self)

    def _selected(self) -> None:
        for spec in self.offers():
            if spec.name in self.buttons:
                self.buttons[spec.name].setEnabled(spec.enabled())
        self.changed.emit()

    def _columns(self) -> list[Column[PersonRow]]:
        context = self.context
        return [
            Column("name", msg("Name"), lambda row: columns.text(row.name, bold=True), width=140),
            Column("login", msg("Login"), lambda row: columns.code(row.login), width=120),
            Column("role", msg("Role"), lambda row: columns.text(ROLE_WORDS[row.role]), width=120),
            Column(
                "institution",
                msg("Institution"),
                lambda row: columns.text(context.institution(row.institution)),
                width=150,
            ),
            Column("phone", msg("Phone"), lambda row: columns.code(row.phone), width=140),
            Column(
                "police_number", msg("Police number"), lambda row: columns.code(row.police_number), width=130
            ),
            Column("active", msg("State"), _state, width=110),
        ]


def _state(row: PersonRow) -> columns.Cell:
    if row.active:
        return columns.chip(msg("active"), Tone.OK, "circle-check")
    return columns.chip(msg("has left"), Tone.MUTED, "ban")
