"""The queue as a workbook, as it is seen: the same filter, order and masks; the access log has it first."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from liaison_desk.core.words import Message, msg
from liaison_desk.desk import lists
from liaison_desk.desk.lists import QueueView
from liaison_desk.desk.queuerows import QueueRow
from liaison_desk.exchange.spreadsheets import Column, Kind, write_xlsx
from liaison_desk.ui import messages
from liaison_desk.ui.context import Context
from liaison_desk.ui.queuecolumns import has_amount, kind_of, state_of
from liaison_desk.ui.theme import look, say


def export_columns(context: Context) -> list[Column[QueueRow]]:
    """The columns of the queue for a spreadsheet; numbers stay whole because they are written as text."""

    def state(row: QueueRow) -> Message:
        return state_of(row)[0]

    return [
        Column(msg("Number"), lambda row: row.number, width=16),
        Column(msg("Case"), lambda row: row.case_number, width=16),
        Column(msg("Kind"), kind_of, width=14),
        Column(msg("Level"), lambda row: row.level or None, Kind.NUMBER, 6),
        Column(msg("Target"), lambda row: row.target, width=24),
        Column(msg("Institution"), lambda row: context.institution(row.institution), width=14),
        Column(msg("Holder"), lambda row: row.holder, width=14),
        Column(msg("Amount (yuan)"), lambda row: row.amount if has_amount(row) else None, Kind.MONEY, 16),
        Column(msg("State"), state, width=18),
        Column(msg("Claimed by"), lambda row: row.claimed_by, width=12),
        Column(msg("Due"), lambda row: row.due, Kind.TIME, 20),
        Column(msg("Recorded"), lambda row: row.recorded_at, Kind.TIME, 20),
    ]


def ask_and_export(context: Context, view: QueueView, parent: QWidget) -> None:
    """Ask where to, then write what the view shows."""
    day = context.now().astimezone(context.zone).strftime("%Y%m%d-%H%M")
    name, _ = QFileDialog.getSaveFileName(
        parent, say(msg("Export the list")), f"{say(msg('Queue'))}-{day}.xlsx", "Excel (*.xlsx)"
    )
    if name:
        export_to(context, view, Path(name), parent)


def export_to(context: Context, view: QueueView, path: Path, owner: QWidget) -> None:
    """Write the whole list of this view into a workbook, off the GUI thread."""
    desk, words, made = context.desk, look().say, export_columns(context)
    if path.suffix.lower() != ".xlsx":
        path = path.with_name(f"{path.name}.xlsx")

    def write() -> int:
        rows = desk.release(lists.export_queue, "export", view)
        return write_xlsx(path, msg("Queue"), made, rows, words, context.zone)

    context.background.do(
        write,
        lambda count: messages.done(msg("{count} lines written to {file}", count=count, file=path.name)),
        owner=owner,
    )
