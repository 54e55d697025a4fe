"""Rows in bulk by the driver itself, for what fills an empty database: no statement is built for each row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import Session

_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def insert_rows(
    session: Session, table: Table, names: Sequence[str], rows: Iterable[Sequence[str | int | bool | None]]
) -> None:
    """Adds these rows in the session's transaction; each has a plain, stored value for each named column.

    PostgreSQL takes them by COPY, SQLite by one prepared statement.
    """
    connection = session.connection()
    quote = connection.dialect.identifier_preparer.quote
    columns = ", ".join(quote(name) for name in names)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        connection.exec_driver_sql(
            f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({marks})", [tuple(row) for row in rows]
        )
        return
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {quote(table.name)} ({columns}) FROM STDIN") as copy:
        copy.write("".join("\t".join(map(_cell, row)) + "\n" for row in rows))


def _cell(value: str | int | bool | None) -> str:
    """A value in the text form of COPY."""
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPED)
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value)
