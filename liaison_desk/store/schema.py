"""Makes and upgrades the tables by Alembic, and the triggers that forbid changing evidence.

A backup stands before every upgrade; a database newer than the program is refused in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from liaison_desk import paths
from liaison_desk.core.errors import OfficeUnusable, Refused
from liaison_desk.core.words import msg
from liaison_desk.store.database import Database

APPEND_ONLY = (
    "entry",
    "access",
    "ledger_entry",
    "attribution",
    "payback",
    "elsewhere",
    "clock_rule",
    "passage",
    "touch",
    *("content", "chunk", "paper", "note_taken", "read_back", "victim_contact"),
    "statement_file",
)
"""Tables whose rows neither change nor go."""
STAGED = ("statement_row", "statement_link", "statement_remark")
"""Imported lines: they never change, and once a file names their batch they do not go either."""
NEVER_DELETED = (
    *("institution", "person", "setting", "issued", "case_file", "victim", "account", "payment", "leg"),
    *("answer", "hop", "hold", "objection", "note", "shift"),
    *("saved_view", "leg_flag", "attachment", "statement_layout", "trace_run", "trace_finding"),
    *("return_plan", "return_line", "return_order"),
    *("log_note", "handover", "handover_check", "paper_slip"),
)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(paths.migrations()).replace("%", "%%"))
    return config


def newest() -> str:
    """The revision this program works with."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


def known(revision: str) -> bool:
    return any(
        script.revision == revision for script in ScriptDirectory.from_config(_config()).walk_revisions()
    )


def current(database: Database) -> str | None:
    """The revision of the database, None where there is no office yet."""
    engine = database.plain_engine()
    try:
        with database.said(), engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def require_current(database: Database) -> None:
    """Raises OfficeUnusable with the way out when the schema is missing, older or newer."""
    if not database.exists():
        raise OfficeUnusable(
            msg(
                "{where} does not exist. Nothing was changed. Set an office up with init or demo.",
                where=str(database),
            )
        )
    revision = current(database)
    if revision is None:
        raise OfficeUnusable(
            msg(
                "{where} holds no office yet. Nothing was changed. Set one up with init or demo.",
                where=str(database),
            )
        )
    if revision == newest():
        return
    if known(revision):
        raise OfficeUnusable(
            msg(
                "{where} was made by an older program. Nothing was changed. Run upgrade: it makes a backup first.",
                where=str(database),
            )
        )
    raise _newer(database)


def _newer(database: Database) -> OfficeUnusable:
    return OfficeUnusable(
        msg(
            "{where} was written by a newer version of this program. Nothing was changed. "
            "Install that version on this computer, too.",
            where=str(database),
        )
    )


def create(database: Database) -> None:
    """All tables in an empty place; refuses one that already holds an office."""
    if database.sqlite:
        folder = database.path.parent
        if not folder.is_dir():
            try:
                folder.mkdir(parents=True)
            except OSError as error:
                raise OfficeUnusable(
                    msg(
                        "The folder {folder} cannot be made. Nothing was changed. Choose another place.",
                        folder=str(folder),
                    )
                ) from error
    if database.exists() and current(database) is not None:
        raise Refused(
            msg(
                "{where} already holds an office. It was left as it is. Choose another place.",
                where=str(database),
            )
        )
    _migrate(database)


def upgrade(database: Database, backup: Callable[[], Path]) -> tuple[str | None, str]:
    """Brings the schema to this program's revision after a backup; (before, after)."""
    before = current(database)
    if before is None:
        raise OfficeUnusable(
            msg(
                "{where} holds no office yet. Nothing was changed. Set one up with init or demo.",
                where=str(database),
            )
        )
    if not known(before):
        raise _newer(database)
    if before != newest():
        backup()
        _migrate(database)
    return before, newest()


def _migrate(database: Database) -> None:
    engine = database.plain_engine()
    try:
        with database.said(), engine.begin() as connection:
            bring(connection)
    finally:
        engine.dispose()


def bring(connection: Connection, revision: str = "head") -> None:
    """All tables of a revision, with their triggers, inside the transaction that is open there."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    if connection.dialect.name == "sqlite":
        broken = connection.execute(text("PRAGMA foreign_key_check")).fetchall()
        if broken:
            raise Refused(
                msg(
                    "The upgrade would have broken {count} links. Nothing was changed.",
                    count=len(broken),
                )
            )
    ensure_triggers(connection)


def ensure_triggers(connection: Connection) -> None:
    """Makes the triggers anew: batch migrations drop them without a word."""
    sqlite = connection.dialect.name == "sqlite"
    present = set(inspect(connection).get_table_names())
    if not sqlite:
        connection.execute(
            text(
                "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$ BEGIN "
                "RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME; END $$ LANGUAGE plpgsql"
            )
        )
        connection.execute(
            text(
                "CREATE OR REPLACE FUNCTION refuse_published() RETURNS trigger AS $$ BEGIN "
                f"IF EXISTS ({_PUBLISHED}) THEN "
                "RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME; END IF; "
                "RETURN OLD; END $$ LANGUAGE plpgsql"
            )
        )
    for table, action, name in _kept():
        if table not in present:
            continue
        published_only = table in STAGED and action == "DELETE"
        if sqlite:
            when = f"WHEN EXISTS ({_PUBLISHED}) " if published_only else ""
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
            connection.execute(
                text(
                    f"CREATE TRIGGER {name} BEFORE {action} ON {table} {when}BEGIN "
                    f"SELECT RAISE(ABORT, 'rows of {table} are never changed or deleted'); END"
                )
            )
        else:
            function = "refuse_published" if published_only else "refuse_change"
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name} ON {table}"))
            connection.execute(
                text(
                    f"CREATE TRIGGER {name} BEFORE {action} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()"
                )
            )


_PUBLISHED = "SELECT 1 FROM statement_file WHERE batch_id = OLD.batch_id"


def _kept() -> Iterator[tuple[str, str, str]]:
    """Every trigger: its table, what it refuses, its name."""
    for table in (*APPEND_ONLY, *STAGED, *NEVER_DELETED):
        for action in ("DELETE",) if table in NEVER_DELETED else ("UPDATE", "DELETE"):
            yield table, action, f"keep_{table}_{action.lower()}"


def missing_triggers(connection: Connection) -> list[str]:
    """The names of triggers that should be there and are not."""
    sqlite = connection.dialect.name == "sqlite"
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if sqlite
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    found = {row[0] for row in connection.execute(text(query))}
    return sorted({name for _, _, name in _kept()} - found)
