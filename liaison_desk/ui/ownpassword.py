"""One's own password: changed by giving the old one, without having to sign in again."""

from __future__ import annotations

import copy
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from liaison_desk.core.errors import BadInput, DeskError
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.people import ChangeOwnPassword
from liaison_desk.ui.commanddialog import CommandDialog
from liaison_desk.ui.context import Context
from liaison_desk.ui.editors import SecretEdit
from liaison_desk.ui.forms import Field


def change_own_password(desk: Desk, old: str, new: str) -> None:
    """Change it and let this door go on under the new sign-in; runs off the GUI thread.

    The change ends every other sign-in of the person. It is announced only when this door knows the new
    stamp, since a window that looked in between would be shown out.
    """
    silent = copy.copy(desk)
    silent.announced = []
    stamp = silent.do(ChangeOwnPassword(old=old, password=new))
    desk.actor = replace(desk.actor, stamp=stamp)
    for call in list(desk.announced):
        call()


class OwnPasswordDialog(CommandDialog):
    """Old password, new password twice."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, msg("Change my password"), msg("Change"), parent)
        self.form.add(Field("old", msg("Old password"), SecretEdit(), required=True))
        self.form.add(
            Field(
                "password",
                msg("New password"),
                SecretEdit(),
                hint=msg("At least 8 characters."),
                required=True,
            )
        )
        self.form.add(Field("again", msg("The same once more"), SecretEdit(), required=True))
        self.body.addWidget(self.form)
        self.form.fields["old"].setFocus()

    def command(self) -> ChangeOwnPassword:
        values = self.form.values()
        if values["password"] != values["again"]:
            raise BadInput(msg("The two are not the same. Type both again."), field="again")
        return ChangeOwnPassword(old=str(values["old"]), password=str(values["password"]))

    def submit(self) -> None:
        if not self.deed.isEnabled():
            return
        self.clear_errors()
        try:
            command = self.command()
        except BadInput as error:
            self.show_error(error)
            return
        self.deed.setEnabled(False)
        desk = self.context.desk
        self.context.background.do(
            lambda: change_own_password(desk, command.old, command.password),
            self._changed,
            failed=self._refused,
            owner=self,
        )

    def said(self, result: object) -> Message | None:
        return msg("Password changed; other windows of yours must sign in anew")

    def _changed(self, result: object) -> None:
        self.deed.setEnabled(True)
        self._done((result, ()))

    def _refused(self, error: DeskError) -> None:
        self.deed.setEnabled(True)
        self.show_error(error)
