"""The three tables of the place "Money", each with what it says while it is empty."""

from __future__ import annotations

from liaison_desk.core.words import msg
from liaison_desk.desk.ledgerlists import HoldLine, LedgerRow
from liaison_desk.desk.outside import OutsideRow
from liaison_desk.ui.cards import EmptyState
from liaison_desk.ui.context import Context
from liaison_desk.ui.moneycolumns import hold_columns, ledger_columns, outside_columns
from liaison_desk.ui.rows import RowsModel
from liaison_desk.ui.table import Table


def holds_table(context: Context) -> Table[HoldLine]:
    return Table(
        RowsModel(hold_columns(context), key=lambda row: row.id),
        empty=EmptyState(
            "hand-coins",
            msg("No hold here"),
            msg("What stops and freezes keep stands here from the answer on."),
        ),
    )


def ledger_table(context: Context) -> Table[LedgerRow]:
    return Table(
        RowsModel(ledger_columns(context), key=lambda row: row.id),
        empty=EmptyState(
            "hand-coins",
            msg("No entry here"),
            msg("Every movement of held money is an entry of its own."),
        ),
    )


def outside_table(context: Context) -> Table[OutsideRow]:
    """Money that came back outside any hold."""
    return Table(
        RowsModel(outside_columns(context), key=lambda row: row.key),
        empty=EmptyState(
            "landmark",
            msg("No entry here"),
            msg("What victims got back outside any hold, and what came back as bait, stands here."),
        ),
    )
