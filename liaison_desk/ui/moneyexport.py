"""The ledger and the holds as workbooks, as they are seen; the access log has it first."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from liaison_desk.core.ledger import BUCKET_WORDS
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.ledgerlists import (
    HoldLine,
    HoldsView,
    LedgerRow,
    LedgerView,
    export_holds,
    export_ledger,
)
from liaison_desk.exchange import spreadsheets as sheets
from liaison_desk.ui import messages
from liaison_desk.ui.context import Context
from liaison_desk.ui.moneycolumns import RULE_WORDS
from liaison_desk.ui.theme import look, say


def ask_and_export(context: Context, view: LedgerView | HoldsView, parent: QWidget) -> None:
    """Ask where to, then write everything that the view shows."""
    title = _title(view)
    day = context.now().astimezone(context.zone).strftime("%Y%m%d-%H%M")
    name, _ = QFileDialog.getSaveFileName(
        parent, say(msg("Export the list")), f"{say(title)}-{day}.xlsx", "Excel (*.xlsx)"
    )
    if name:
        export_to(context, view, Path(name), parent)


def export_to(context: Context, view: LedgerView | HoldsView, path: Path, owner: QWidget) -> None:
    """Write the whole list of this view into a workbook, off the GUI thread."""
    desk, words, title = context.desk, look().say, _title(view)
    if path.suffix.lower() != ".xlsx":
        path = path.with_name(f"{path.name}.xlsx")

    def write() -> int:
        if isinstance(view, LedgerView):
            rows = desk.release(export_ledger, "export", view)
            return sheets.write_xlsx(path, title, ledger_sheet(context), rows, words, context.zone)
        holds = desk.release(export_holds, "export", view)
        return sheets.write_xlsx(path, title, hold_sheet(context), holds, words, context.zone)

    context.background.do(
        write,
        lambda count: messages.done(msg("{count} lines written to {file}", count=count, file=path.name)),
        owner=owner,
    )


def _title(view: LedgerView | HoldsView) -> Message:
    return msg("Ledger") if isinstance(view, LedgerView) else msg("Holds")


def ledger_sheet(context: Context) -> list[sheets.Column[LedgerRow]]:
    """The ledger for a spreadsheet."""
    kind, made = sheets.Kind, sheets.Column
    return [
        made(msg("Entry"), lambda row: row.entry_id, kind.NUMBER, 10),
        made(msg("Happened"), lambda row: row.happened_at, kind.TIME, 20),
        made(msg("Number"), lambda row: row.leg_number, width=16),
        made(msg("Case"), lambda row: row.case_number, width=16),
        made(msg("Institution"), lambda row: context.institution(row.institution), width=14),
        made(msg("Target"), lambda row: row.target, width=24),
        made(msg("From"), lambda row: BUCKET_WORDS[row.source], width=10),
        made(msg("To"), lambda row: BUCKET_WORDS[row.target_bucket], width=10),
        made(msg("Amount (yuan)"), lambda row: row.fen, kind.MONEY, 16),
        made(msg("State"), lambda row: msg("reversed") if row.reversed else msg("counts"), width=10),
        made(msg("Recorded"), lambda row: row.recorded_at, kind.TIME, 20),
        made(msg("Reason"), lambda row: row.reason, width=30),
    ]


def hold_sheet(context: Context) -> list[sheets.Column[HoldLine]]:
    """The holds for a spreadsheet."""
    kind, made = sheets.Kind, sheets.Column
    return [
        made(msg("Number"), lambda row: row.number, width=16),
        made(msg("Case"), lambda row: row.case_number, width=16),
        made(msg("Hold"), lambda row: RULE_WORDS[row.rule], width=8),
        made(msg("Institution"), lambda row: context.institution(row.institution), width=14),
        made(msg("Target"), lambda row: row.target, width=24),
        made(msg("Holder"), lambda row: row.holder, width=14),
        made(msg("Captured"), lambda row: row.captured, kind.MONEY, 16),
        made(msg("Stopped"), lambda row: row.stopped, kind.MONEY, 16),
        made(msg("Frozen"), lambda row: row.frozen, kind.MONEY, 16),
        made(msg("Given back"), lambda row: row.returned, kind.MONEY, 16),
        made(msg("Released"), lambda row: row.released, kind.MONEY, 16),
        made(msg("Lapsed"), lambda row: row.lapsed, kind.MONEY, 16),
        made(msg("Begins"), lambda row: row.starts_at, kind.TIME, 20),
        made(msg("Ends"), lambda row: row.ends_at, kind.TIME, 20),
    ]
