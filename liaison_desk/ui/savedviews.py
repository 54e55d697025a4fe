"""Keeping and removing a view of a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QCheckBox, QWidget

from liaison_desk.core.words import Message, msg
from liaison_desk.desk.views import LONGEST_NAME, RemoveView, SaveView, ViewRow
from liaison_desk.desk.work import Command
from liaison_desk.ui import messages
from liaison_desk.ui.commanddialog import CommandDialog, hint
from liaison_desk.ui.context import Context
from liaison_desk.ui.editors import LineEdit
from liaison_desk.ui.forms import Field
from liaison_desk.ui.theme import say


class SaveViewDialog(CommandDialog):
    """A name, and whether the others have the view, too."""

    def __init__(
        self,
        context: Context,
        place: str,
        content: str,
        views: Sequence[ViewRow],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, msg("Save this view"), msg("Save"), parent)
        self._place, self._content = place, content
        self._mine = {row.name: row for row in views if row.own}
        self.name = LineEdit(longest=LONGEST_NAME)
        self.form.add(Field("name", msg("Name"), self.name, required=True))
        self.shared = QCheckBox(say(msg("Others see it, too")))
        self.body.addWidget(self.form)
        self.body.addWidget(self.shared)
        self._replaces = hint(msg("Filters, order and columns of the list as they are now."))
        self.body.addWidget(self._replaces)
        self.name.textChanged.connect(lambda _: self._tell())
        self.name.setFocus()

    def _tell(self) -> None:
        known = self._mine.get(str(self.name.value()))
        self._replaces.set(
            msg("This replaces your view of that name.")
            if known is not None
            else msg("Filters, order and columns of the list as they are now.")
        )
        if known is not None:
            self.shared.setChecked(known.shared)

    def command(self) -> Command[Any]:
        values = self.form.values()
        return SaveView(
            place=self._place,
            content=self._content,
            name=str(values["name"]),
            shared=self.shared.isChecked(),
        )

    def said(self, result: Any) -> Message | None:
        return msg("View “{name}” saved", name=str(self.name.value()))


def remove_view(context: Context, row: ViewRow, owner: QWidget, then: Callable[[], None]) -> None:
    """Ask, then take the view off the list."""
    desk = context.desk
    command = RemoveView(
        place=row.place,
        name=row.name,
        author_id=None if row.own else row.author_id,
        version=row.version,
    )

    def done(_: None) -> None:
        messages.done(msg("View “{name}” removed", name=row.name))
        then()

    if messages.ask(msg("Remove the view “{name}”?", name=row.name), msg("Remove"), parent=owner.window()):
        context.background.do(lambda: desk.do(command), done, owner=owner)
