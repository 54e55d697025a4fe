"""``python -m tests.house.migrations``: makes the schema by migrations and compares it with the models."""

from __future__ import annotations

import sys
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from liaison_desk.paths import default_database
from liaison_desk.store import schema
from liaison_desk.store.database import Database
from liaison_desk.store.tables import METADATA


def differences(database: Database) -> list[Any]:
    """What ``alembic check`` would say, for a database made by the migrations."""
    engine = database.plain_engine()
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found: list[Any] = compare_metadata(context, METADATA)
    engine.dispose()
    return found


def main() -> int:
    database = Database(default_database())
    schema.create(database)
    found = differences(database)
    for difference in found:
        print(difference)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
