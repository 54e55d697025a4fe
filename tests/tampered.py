"""An intruder's way to the tables: past the door, past the triggers, straight at the rows."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, inspect, text

from liaison_desk.store import schema
from tests.given import Office


@contextlib.contextmanager
def tampering(office: Office) -> Iterator[Connection]:
    """A connection on which rows can be changed; afterwards the triggers are back as if nothing had been."""
    engine = office.database.plain_engine()
    try:
        with engine.begin() as connection:
            sqlite = connection.dialect.name == "sqlite"
            tables = inspect(connection).get_table_names()
            for table in tables:
                if not sqlite:
                    connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
            if sqlite:
                for name in (
                    connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
                    .scalars()
                    .all()
                ):
                    connection.execute(text(f"DROP TRIGGER {name}"))
            yield connection
            for table in tables:
                if not sqlite:
                    connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER ALL"))
            schema.ensure_triggers(connection)
    finally:
        engine.dispose()


def changed(office: Office, statement: str, **values: Any) -> None:
    """One statement carried out behind everybody's back; it must have hit something."""
    with tampering(office) as connection:
        assert connection.execute(text(statement), values).rowcount > 0
