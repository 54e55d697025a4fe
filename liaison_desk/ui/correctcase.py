"""Facts of a case put right, with a reason: the kind of fraud, the area, what happened."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from liaison_desk.core.words import Message, msg
from liaison_desk.desk.casebook import CaseDetail
from liaison_desk.desk.cases import FRAUD_TYPES, CorrectCase
from liaison_desk.ui.commanddialog import CommandDialog, hint
from liaison_desk.ui.conflict import Merge
from liaison_desk.ui.context import Context
from liaison_desk.ui.editors import CodeCombo, LineEdit, NoteEdit
from liaison_desk.ui.forms import Field


class CorrectCaseDialog(CommandDialog):
    """The old facts stay in the entry; whoever was faster is laid beside what one typed."""

    def __init__(self, context: Context, detail: CaseDetail, parent: QWidget | None = None) -> None:
        number = detail.row.number
        super().__init__(context, msg("Correct a case"), msg("Correct {number}", number=number), parent)
        self._id, self._number, self._version = detail.row.id, number, detail.version
        self.body.addWidget(
            hint(msg("{number}: what was entered before stays in its history.", number=number))
        )
        fraud = next((code for code, words in FRAUD_TYPES.items() if words == detail.row.fraud_type), "other")
        self.form.add(
            Field("fraud_type", msg("Type of fraud"), CodeCombo(list(FRAUD_TYPES.items())), required=True)
        ).set_value(fraud)
        self.form.add(Field("area", msg("Area"), LineEdit(longest=100))).set_value(detail.row.area)
        self.form.add(Field("summary", msg("What happened"), NoteEdit(lines=5))).set_value(detail.summary)
        self.form.add(Field("reason", msg("Reason"), NoteEdit(lines=2), required=True))
        self.body.addWidget(self.form)

    def command(self) -> CorrectCase:
        values = self.form.values()
        return CorrectCase(
            case_id=self._id,
            version=self._version,
            fraud_type=str(values["fraud_type"]),
            area=str(values["area"]),
            summary=str(values["summary"]),
            reason=str(values["reason"]),
        )

    def said(self, result: Any) -> Message | None:
        return msg("{number} corrected", number=self._number)

    def merge(self) -> Merge | None:
        return Merge("case", {name: name for name in ("fraud_type", "area", "summary")}, self._renew)

    def _renew(self, version: int) -> None:
        self._version = version
