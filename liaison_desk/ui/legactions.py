"""What can be done with requests, with its keys: the same steps from the queue and from a case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from liaison_desk.core.lifecycle import LegState
from liaison_desk.core.roles import READS, RIGHTS
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import details, lists
from liaison_desk.desk.bulk import BulkDeed, export_legs
from liaison_desk.desk.cases import OpenCase
from liaison_desk.desk.details import LegDetail
from liaison_desk.desk.flows import case_flow
from liaison_desk.desk.holds import AcknowledgeLapse
from liaison_desk.desk.lists import QueuePage, QueueView
from liaison_desk.desk.queuerows import QueueRow
from liaison_desk.desk.requests import (
    ApproveRequest,
    ClaimRequest,
    CloseRequest,
    IssueProposed,
    IssueRequest,
    ReleaseClaim,
)
from liaison_desk.desk.work import Command
from liaison_desk.ui import messages
from liaison_desk.ui.actions import ActionSpec
from liaison_desk.ui.answerform import AnswerForm, NextHopsDialog
from liaison_desk.ui.bulk import BulkDialog, Then, export_lines, print_lines
from liaison_desk.ui.commanddialog import CommandDialog
from liaison_desk.ui.context import Context
from liaison_desk.ui.dialogs import CorrectDialog, ReasonDialog, ReassignDialog, RouteDialog
from liaison_desk.ui.doing import carry_out
from liaison_desk.ui.holddialogs import DocumentDialog
from liaison_desk.ui.newcase import NewCaseDialog
from liaison_desk.ui.preview import show_slips
from liaison_desk.ui.requestdialog import RequestDialog
from liaison_desk.ui.table import Table

MOST_SLIPS = 500


class LegActions:
    """The steps for the selected lines of a list. ``page`` is the window part that dialogs belong to."""

    def __init__(
        self,
        context: Context,
        page: QWidget,
        selected: Callable[[], Sequence[QueueRow]],
        note: Callable[[], None],
        table: Table[QueueRow] | None = None,
    ) -> None:
        self._context, self._page, self._selected, self._note = context, page, selected, note
        self._table = table

    def specs(self) -> list[ActionSpec]:
        """All steps that this person's role may take at all, in the order of the action bar."""
        police = self._context.desk.actor.police
        may = self._context.desk.may
        role = self._context.desk.actor.role
        offered = [
            self._many("claim", "ClaimRequest", msg("Claim"), "C", "hand", self.claim, primary=True),
            self._many(
                "acknowledge",
                "AcknowledgeLapse",
                msg("Take note of the lapse"),
                "K",
                "check",
                self.acknowledge,
                primary=True,
            ),
            self._one("route", "RouteRequest", msg("Route"), "D", "route", self._route, primary=True),
            self._many("issue", "IssueProposed", msg("Issue"), "I", "send", self.issue, primary=True),
            self._many(
                "approve", "ApproveRequest", msg("Approve"), "V", "shield-check", self.approve, primary=True
            ),
            self._one(
                "correct",
                "CorrectRequest",
                msg("Correct and send again"),
                "E",
                "pencil",
                self._correct,
                primary=True,
            ),
            self._one(
                "answer",
                "AnswerRequest",
                msg("Answer by telephone") if police else msg("Answer"),
                "A",
                "circle-check",
                lambda row: AnswerForm(self._context, row, self._page),
                primary=not police,
            ),
            self._one(
                "hops",
                "AddHops",
                msg("Add next hops") if police else msg("Propose next hops"),
                "N",
                "arrow-left-right",
                lambda row: NextHopsDialog(self._context, row, self._page),
            ),
            self._one(
                "return",
                "ReturnForCorrection",
                msg("Return for correction"),
                "R",
                "corner-up-left",
                lambda row: ReasonDialog.for_return(self._context, row, self._page),
            ),
            self._many("release", "ReleaseClaim", msg("Release the claim"), "U", "undo-2", self.release),
            self._many(
                "reassign", "ReassignRequest", msg("Hand to a colleague"), "T", "users", self.reassign
            ),
            self._one(
                "withdraw",
                "WithdrawRequest",
                msg("Withdraw"),
                "W",
                "undo-2",
                lambda row: ReasonDialog.for_withdrawal(self._context, row, self._page),
            ),
            self._one(
                "reopen",
                "ReopenRequest",
                msg("Reopen"),
                "O",
                "history",
                lambda row: ReasonDialog.for_reopening(self._context, row, self._page),
            ),
            self._one(
                "document",
                "AddDocument",
                msg("Enter the document"),
                "F",
                "file-text",
                lambda row: DocumentDialog(self._context, row.id, row.number, self._page),
            ),
            self._many("close", "CloseRequest", msg("Close the request"), "X", "check", self.close),
            self._one(
                "void",
                "VoidRequest",
                msg("Void"),
                "",
                "ban",
                lambda row: ReasonDialog.for_voiding(self._context, row, self._page),
            ),
            self._many("print", "slips", msg("Print slip"), "P", "printer", self.print),
        ]
        made = [spec for command, spec in offered if role in {**READS, **RIGHTS}[command]]
        if may(IssueProposed):
            made.append(
                ActionSpec(
                    "issue_case",
                    msg("Issue all proposed of this case"),
                    self.issue_case,
                    "Shift+I",
                    "send",
                    enabled=lambda: bool(self._rows()),
                )
            )
        if self._table is not None and self._context.desk.may_read(export_legs):
            made.append(
                ActionSpec(
                    "export_selected",
                    msg("Export the selected lines"),
                    self.export,
                    "Ctrl+Shift+E",
                    "download",
                    enabled=lambda: bool(self._rows()),
                )
            )
        if may(OpenCase):
            made.append(ActionSpec("new_case", msg("New case"), self.new_case, "Ctrl+N", "plus"))
        if may(IssueRequest):
            made.append(
                ActionSpec(
                    "new_request",
                    msg("New request in this case"),
                    self.new_request,
                    "Ctrl+R",
                    "plus",
                    enabled=lambda: len({row.case_id for row in self._rows()}) == 1,
                )
            )
        if self._context.desk.may_read(case_flow):
            made.append(
                ActionSpec(
                    "flow",
                    msg("Follow the money"),
                    self._flow,
                    "G",
                    "route",
                    enabled=lambda: len({row.case_id for row in self._rows()}) == 1,
                )
            )
        made.append(
            ActionSpec(
                "note", msg("Write a note"), self._note, "M", "pencil", enabled=lambda: len(self._rows()) == 1
            )
        )
        return made

    # Several at once -----------------------------------------------------------------------------

    def claim(self) -> None:
        """Take the selected request, or say of several what will become of each; whoever was faster is named."""
        if self._in_bulk(BulkDeed.CLAIM):
            return
        rows = self._able("ClaimRequest")
        self._do(
            rows,
            [ClaimRequest(leg_id=row.id) for row in rows],
            lambda n, name: _counted(
                n, name, msg("{name} claimed", name=name), msg("{count} requests claimed", count=n)
            ),
        )

    def release(self) -> None:
        if self._in_bulk(BulkDeed.RELEASE):
            return
        rows = self._able("ReleaseClaim")
        self._do(
            rows,
            [ReleaseClaim(leg_id=row.id, version=row.version) for row in rows],
            lambda n, name: _counted(
                n, name, msg("Claim on {name} released", name=name), msg("{count} claims released", count=n)
            ),
        )

    def approve(self) -> None:
        rows = self._able("ApproveRequest")
        self._do(
            rows,
            [ApproveRequest(leg_id=row.id, version=row.version) for row in rows],
            lambda n, name: _counted(
                n, name, msg("{name} approved", name=name), msg("{count} requests approved", count=n)
            ),
        )

    def close(self) -> None:
        rows = self._able("CloseRequest")
        self._do(
            rows,
            [CloseRequest(leg_id=row.id, version=row.version) for row in rows],
            lambda n, name: _counted(
                n, name, msg("{name} closed", name=name), msg("{count} requests closed", count=n)
            ),
        )

    def acknowledge(self) -> None:
        rows = self._able("AcknowledgeLapse")
        self._do(
            rows,
            [AcknowledgeLapse(hold_id=row.id) for row in rows],
            lambda n, name: _counted(
                n, name, msg("Lapse of {name} noted", name=name), msg("{count} lapses noted", count=n)
            ),
        )

    def issue(self) -> None:
        """The officer's one key: the selected proposals go out in one step."""
        self._issue(self._able("IssueProposed"))

    def issue_case(self) -> None:
        """Everything that is proposed in the case of the selected line goes out."""
        rows = self._rows()
        if not rows:
            return
        desk, view = (
            self._context.desk,
            QueueView(case_id=rows[0].case_id, states=frozenset({LegState.PROPOSED})),
        )

        def found(page: QueuePage) -> None:
            if page.rows:
                self._issue(page.rows)
            else:
                messages.inform(msg("Nothing is proposed in this case."))

        self._context.background.read(
            lambda: desk.read(lists.queue, view, None, 1000), found, owner=self._page
        )

    def _issue(self, rows: Sequence[QueueRow]) -> None:
        ids = tuple(row.id for row in rows)
        if ids:
            carry_out(
                self._context,
                [IssueProposed(leg_ids=ids)],
                lambda results: msg("{count} requests issued", count=results[0]),
                self._page,
            )

    def print(self) -> None:
        """The slips of the selected requests, in one preview and one print job."""
        if self._in_bulk(BulkDeed.SLIPS, lambda lines: print_lines(self._context, lines, self._page)):
            return
        numbers = tuple(row.number for row in self._able("slips"))[:MOST_SLIPS]
        if numbers:
            show_slips(self._context, numbers, self._page)

    def export(self) -> None:
        """The selected requests as a workbook, with the columns that are shown."""
        table = self._table
        if table is not None:
            BulkDialog(
                self._context,
                BulkDeed.EXPORT,
                self._rows(),
                self._page,
                lambda lines: export_lines(self._context, lines, table, self._page),
            ).open()

    def reassign(self) -> None:
        """One request to a colleague, or several to the same one."""
        rows = self._able("ReassignRequest")
        if rows and not self._in_bulk(BulkDeed.REASSIGN):
            ReassignDialog(self._context, rows[0], self._page).open()

    def _in_bulk(self, deed: BulkDeed, then: Then | None = None) -> bool:
        """Several lines are first shown with what will become of each; says whether that is so."""
        rows = self._rows()
        if len(rows) > 1:
            BulkDialog(self._context, deed, rows, self._page, then).open()
        return len(rows) > 1

    # One at a time -------------------------------------------------------------------------------

    def new_case(self) -> None:
        NewCaseDialog(self._context, self._page).open()

    def new_request(self) -> None:
        """A request in the case of the selected line, about its account to begin with."""
        rows = self._rows()
        if rows:
            RequestDialog(self._context, rows[0].case_id, self._page, about=rows[0]).open()

    def _flow(self) -> None:
        """The money of the selected request's case, in its picture."""
        rows = self._rows()
        if rows:
            self._context.ways.open_flow.emit(rows[0].case_id)

    def _route(self, row: QueueRow) -> CommandDialog:
        return RouteDialog(self._context, row, self._page)

    def _correct(self, row: QueueRow) -> None:
        desk = self._context.desk

        def found(detail: LegDetail) -> None:
            CorrectDialog(self._context, detail, self._page).open()

        self._context.background.read(lambda: desk.read(details.leg_detail, row.id), found, owner=self._page)

    # Inside --------------------------------------------------------------------------------------

    def _rows(self) -> Sequence[QueueRow]:
        return self._selected()

    def _able(self, command: str) -> list[QueueRow]:
        return [row for row in self._rows() if command in row.can]

    def _do(
        self, rows: Sequence[QueueRow], commands: Sequence[Command[Any]], said: Callable[[int, str], Message]
    ) -> None:
        if commands:
            name = rows[0].number
            carry_out(self._context, commands, lambda results: said(len(results), name), self._page)

    def _many(
        self,
        name: str,
        command: str,
        title: Message,
        keys: str,
        icon: str,
        run: Callable[[], None],
        *,
        primary: bool = False,
    ) -> tuple[str, ActionSpec]:
        return command, ActionSpec(
            name,
            title,
            run,
            keys,
            icon,
            enabled=lambda: bool(self._able(command)),
            primary=primary,
            why_not=lambda: self._why_not(),
        )

    def _one(
        self,
        name: str,
        command: str,
        title: Message,
        keys: str,
        icon: str,
        make: Callable[[QueueRow], CommandDialog | None],
        *,
        primary: bool = False,
    ) -> tuple[str, ActionSpec]:
        def run() -> None:
            rows = self._able(command)
            if len(self._rows()) == 1 and rows:
                dialog = make(rows[0])
                if dialog is not None:
                    dialog.open()

        return command, ActionSpec(
            name,
            title,
            run,
            keys,
            icon,
            enabled=lambda: len(self._rows()) == 1 and bool(self._able(command)),
            primary=primary,
            why_not=lambda: msg("Choose one line for this.") if len(self._rows()) > 1 else self._why_not(),
        )

    def _why_not(self) -> Message:
        if not self._rows():
            return msg("Choose a line first.")
        return msg("Not possible in this state, or not yours to do.")


def _counted(count: int, name: str, one: Message, many: Message) -> Message:
    return one if count == 1 else many
