"""Alembic's entry: runs on the connection that the program hands over, or on LIAISON_DESK_DATABASE."""

from alembic import context

from liaison_desk.store.base import UtcTime, Word
from liaison_desk.store.tables import METADATA


def plain_types(kind, item, _context):
    """Migrations name SQL types only: the program's own types may change after a release."""
    if kind == "type" and isinstance(item, UtcTime):
        return "sa.BigInteger()"
    if kind == "type" and isinstance(item, Word):
        return "sa.String(32)"
    return False


def run(connection):
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=True,
        compare_type=True,
        render_item=plain_types,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


connection = context.config.attributes.get("connection")
if connection is not None:
    run(connection)
else:
    from liaison_desk.paths import default_database
    from liaison_desk.store.database import Database

    engine = Database(default_database()).plain_engine()
    with engine.begin() as made:
        run(made)
