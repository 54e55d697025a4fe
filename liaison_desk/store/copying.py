"""Copies all tables of an office from one database into another, whatever engine each of them runs on.

Rows travel in batches in the databases' own types, in the order in which tables point to each other;
the target already has empty tables of the same revision.
"""

from __future__ import annotations

from sqlalchemy import Connection, MetaData, Table, column, func, insert, select, table, text

BATCH = 1000
NOT_COPIED = frozenset({"alembic_version", "backup_note"})
"""The target has its own revision already; the note belongs to the backup file alone."""


def copy_tables(source: Connection, target: Connection) -> dict[str, int]:
    """Copies every row; gives how many each table had. The caller commits."""
    metadata = MetaData()
    metadata.reflect(source)
    copied: dict[str, int] = {}
    for found in metadata.sorted_tables:
        if found.name not in NOT_COPIED:
            copied[found.name] = _copy(source, target, found)
    if target.dialect.name == "postgresql":
        _raise_sequences(target, metadata)
    return copied


def _copy(source: Connection, target: Connection, found: Table) -> int:
    names = [each.name for each in found.columns]
    into = insert(table(found.name, *(column(name) for name in names)))
    rows = select(*found.columns).order_by(*found.primary_key.columns)
    count = 0
    result = source.execute(rows.execution_options(stream_results=True, max_row_buffer=BATCH))
    for part in result.partitions(BATCH):
        target.execute(into, [dict(zip(names, row, strict=True)) for row in part])
        count += len(part)
    return count


def _raise_sequences(target: Connection, metadata: MetaData) -> None:
    """New rows on PostgreSQL must not be given ids that came along with the copied ones."""
    for found in metadata.sorted_tables:
        if found.name in NOT_COPIED or "id" not in found.columns:
            continue
        sequence = target.execute(
            text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": found.name}
        ).scalar()
        if sequence is None:
            continue
        highest = target.execute(select(func.max(column("id"))).select_from(table(found.name))).scalar()
        target.execute(
            text("SELECT setval(:sequence, :value, :used)"),
            {"sequence": sequence, "value": highest or 1, "used": highest is not None},
        )
