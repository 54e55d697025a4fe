"""What can be done in the place "Flow", with its keys: look about, open, ask the next institutions, export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from liaison_desk.core.flow import FlowNode
from liaison_desk.core.flow_words import can_be_asked, still_here
from liaison_desk.core.lifecycle import LegKind, LegState
from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.flows import flow_paper
from liaison_desk.desk.requests import IssueProposed, IssueRequest
from liaison_desk.desk.work import Command
from liaison_desk.ui import messages
from liaison_desk.ui.actions import ActionSpec
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.doing import carry_out
from liaison_desk.ui.flowcanvas import STEP

if TYPE_CHECKING:
    from liaison_desk.ui.flowpage import FlowPage


class FlowActions:
    """The page's actions; ``offer`` brings the buttons up to date."""

    def __init__(self, page: FlowPage) -> None:
        self._page = page
        desk = page.context.desk
        self._asks = desk.may(IssueRequest)
        self._exports = desk.may_read(flow_paper)
        self._ask = Button(
            msg("Ask the next accounts: {count}", count=0),
            icon="send",
            keys="Shift N",
            kind="primary",
            run=self.ask_all,
        )
        self._ask.hide()

    def buttons(self) -> list[QWidget]:
        return [self._ask]

    def offer(self) -> None:
        count = len(self._page.askable()) if self._asks else 0
        self._ask.set_message(msg("Ask the next accounts: {count}", count=count))
        self._ask.setVisible(count > 0)

    def specs(self) -> list[ActionSpec]:
        page = self._page
        made = [
            ActionSpec("choose_case", msg("Choose a case"), page.choose_case, "C", "briefcase"),
            ActionSpec("toggle", msg("Open or sum up"), page.toggle_node, "E", "plus", enabled=self._chosen, why_not=_choose),
            ActionSpec("path", msg("Way from the victims"), page.toggle_path, "P", "route", enabled=self._shown),
            ActionSpec("everything", msg("All, or the largest"), self._everything, "A", "funnel", enabled=self._shown),
            ActionSpec("fit", msg("Fit"), page.canvas.fit, "F", "eye", enabled=self._shown),
            ActionSpec("whole", msg("The whole picture"), page.canvas.whole, "W", "eye", enabled=self._shown),
            ActionSpec("zoom_in", msg("Larger"), lambda: page.canvas.zoom(STEP), "+", "plus", enabled=self._shown),
            ActionSpec("zoom_out", msg("Smaller"), lambda: page.canvas.zoom(1 / STEP), "-", "eye", enabled=self._shown),
            ActionSpec("clear", msg("Show all again"), page.filters.clear, "Shift+A", "undo-2", enabled=self._shown),
            ActionSpec("pane", msg("Close the request"), page.close_pane, "", "x", enabled=lambda: not page.pane.isHidden()),
            ActionSpec("open_queue", msg("Open in the queue"), self._open_in_queue, "Q", "inbox", enabled=self._has_leg),
            ActionSpec("open_case", msg("Open the case"), self._open_case, "", "briefcase", enabled=self._shown),
        ]  # fmt: skip
        if self._asks:
            made.append(
                ActionSpec(
                    "ask",
                    msg("Request on this account"),
                    self.ask,
                    "N",
                    "send",
                    enabled=self._askable,
                    why_not=_asked,
                )
            )
            made.append(
                ActionSpec(
                    "ask_all",
                    msg("Ask all the next accounts"),
                    self.ask_all,
                    "Shift+N",
                    "send",
                    enabled=lambda: bool(page.askable()),
                    why_not=_asked,
                )
            )
        if self._exports:
            made.append(
                ActionSpec("export", msg("Export"), self.export, "Ctrl+E", "download", enabled=self._shown)
            )
        made.append(ActionSpec("refresh", msg("Read anew"), page.refresh, "F5", "refresh-cw"))
        return made

    # Asking --------------------------------------------------------------------------------------

    def ask(self) -> None:
        """A stop request on the chosen account for what may still be there."""
        node = self._page.node
        if node is not None and can_be_asked(node):
            self._issue([node])

    def ask_all(self) -> None:
        """Stop requests on every account of the picture that nobody has been asked about."""
        nodes = self._page.askable()
        if not nodes:
            return
        total = yuan(sum(map(still_here, nodes)))
        agreed = len(nodes) == 1 or messages.ask(
            msg("Send {count} stop requests for {amount} in all?", count=len(nodes), amount=total),
            msg("Send the requests"),
            parent=self._page,
        )
        if agreed:
            self._issue(nodes)

    def _issue(self, nodes: list[FlowNode]) -> None:
        flow = self._page.flow
        if flow is None:
            return
        commands: list[Command[Any]] = []
        for account, fen in [(node.account, still_here(node)) for node in nodes]:
            if account is None:
                continue
            if account.leg_state is LegState.PROPOSED and account.leg_id is not None:
                # What an institution has proposed goes out as it stands, with its number.
                commands.append(IssueProposed(leg_ids=(account.leg_id,)))
            else:
                asked = IssueRequest(
                    case_id=flow.case_id, kind=LegKind.STOP, account_id=account.account_id, asked=fen
                )
                commands.append(asked)
        carry_out(
            self._page.context,
            commands,
            lambda done: msg("{count} stop requests sent", count=len(done)),
            self._page,
        )

    # Ways ----------------------------------------------------------------------------------------

    def export(self) -> None:
        """As SVG, PDF or PNG: masked, and the access log has it first."""
        # Imported at the first export: reportlab is not loaded before.
        from liaison_desk.ui.flowexport import ask_and_export

        if self._shown():
            ask_and_export(self._page)

    def _everything(self) -> None:
        self._page.filters.show_everything(not self._page.filters.everything)

    def _open_in_queue(self) -> None:
        node = self._page.node
        if node is not None and node.account is not None and node.account.leg_id is not None:
            self._page.context.ways.open_leg.emit(node.account.leg_id)

    def _open_case(self) -> None:
        if self._page.case_id is not None:
            self._page.context.ways.open_case.emit(self._page.case_id)

    def _shown(self) -> bool:
        return self._page.picture is not None

    def _chosen(self) -> bool:
        return self._page.node is not None

    def _askable(self) -> bool:
        node = self._page.node
        return node is not None and can_be_asked(node)

    def _has_leg(self) -> bool:
        node = self._page.node
        return node is not None and node.account is not None and node.account.leg_id is not None


def _choose() -> Message:
    return msg("Choose a box first.")


def _asked() -> Message:
    return msg("Nothing is left there, or the institution is already asked.")
