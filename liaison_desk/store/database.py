"""One office's database: its engines for reading and for writing, its locks, its errors in words.

SQLite (one computer) and PostgreSQL (a room) behave alike here: one writer at a time, readers that
cannot write because their connection cannot, and driver errors turned into sentences.
"""

from __future__ import annotations

import contextlib
import os
import random
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from liaison_desk.core.errors import OfficeUnusable
from liaison_desk.core.words import msg
from liaison_desk.store.mounts import is_network_path

WRITER_LOCK = 6_120_110
"""The PostgreSQL advisory lock that makes writers stand in one line."""
PATIENCE = 8.0
"""Seconds a command waits for another writer before it says so."""
_NAP = (0.001, 0.004)
"""Seconds between two looks for SQLite's writer lock; by chance, so that waiting seats do not march in step."""


class Database:
    """A place where an office is kept. Sessions are made here and used by the door alone."""

    def __init__(self, where: str | Path) -> None:
        self.url = _url(str(where))
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self._inode: tuple[int, int] | None = None
        if self.sqlite:
            path = self.path
            if is_network_path(path):
                raise OfficeUnusable(
                    msg(
                        "{path} is on a network drive, where SQLite can lose work. Nothing was opened. "
                        "Keep the file on this computer's own disk, or use a PostgreSQL server for several computers.",
                        path=str(path),
                    )
                )
        self._writer: Engine | None = None
        self._reader: Engine | None = None

    @property
    def path(self) -> Path:
        """The SQLite file."""
        return Path(self.url.database or "").absolute()

    def __str__(self) -> str:
        return str(self.path) if self.sqlite else self.url.render_as_string(hide_password=True)

    def exists(self) -> bool:
        """Whether there is something to open (a server's database is asked only when opened)."""
        return not self.sqlite or self.path.exists()

    # --- engines

    def _engine(self, *, read_only: bool) -> Engine:
        if not self.sqlite:
            engine = create_engine(
                self.url,
                hide_parameters=True,
                pool_pre_ping=True,
                connect_args={"connect_timeout": 5},
                pool_size=4,
                max_overflow=8,
            )
            if read_only:
                return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            event.listen(engine, "begin", _take_writer_lock)
            return engine
        engine = create_engine(
            self.url,
            hide_parameters=True,
            connect_args={"timeout": PATIENCE, "check_same_thread": False, "isolation_level": None},
            pool_size=4,
            max_overflow=8,
        )

        def prepare(connection: sqlite3.Connection, _record: Any) -> None:
            connection.isolation_level = None
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-8000"):
                connection.execute(f"PRAGMA {pragma}")
            if read_only:
                connection.execute("PRAGMA query_only=ON")

        event.listen(engine, "connect", prepare)
        event.listen(engine, "begin", _begin_read if read_only else _begin_write)
        return engine

    @property
    def writer(self) -> Engine:
        if self._writer is None:
            self._writer = self._engine(read_only=False)
        return self._writer

    @property
    def reader(self) -> Engine:
        if self._reader is None:
            self._reader = self._engine(read_only=True)
        return self._reader

    @contextlib.contextmanager
    def writing(self) -> Iterator[Session]:
        """A session in a write transaction; commits at the end, rolls back on any error."""
        self._same_file()
        with self.said(), Session(self.writer, autoflush=False, expire_on_commit=False) as session:
            # The transaction must begin before the first read, or two writers could read the same past.
            session.connection()
            yield session
            session.commit()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        """A session on a connection that the database itself holds read-only, with one snapshot."""
        self._same_file()
        with self.said(), Session(self.reader, autoflush=False, expire_on_commit=False) as session:
            yield session

    def plain_engine(self) -> Engine:
        """For schema work: no pool, no foreign keys (SQLite rebuilds tables when it alters them)."""
        if not self.sqlite:
            return create_engine(self.url, poolclass=NullPool)
        engine = create_engine(
            self.url, poolclass=NullPool, connect_args={"timeout": PATIENCE, "isolation_level": None}
        )

        def prepare(connection: sqlite3.Connection, _record: Any) -> None:
            connection.isolation_level = None
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=OFF"):
                connection.execute(f"PRAGMA {pragma}")

        event.listen(engine, "connect", prepare)
        event.listen(engine, "begin", _begin_write)
        return engine

    def close(self) -> None:
        for engine in (self._writer, self._reader):
            if engine is not None:
                engine.dispose()
        self._writer = self._reader = None

    # --- errors in words

    @contextlib.contextmanager
    def said(self) -> Iterator[None]:
        """Turns what the driver says into a sentence for the person at the desk."""
        try:
            yield
        except OperationalError as error:
            raise self._sentence(error) from error
        except DBAPIError as error:
            if error.connection_invalidated or _damaged(error) or _no_table(error):
                raise self._sentence(error) from error
            raise

    def _sentence(self, error: DBAPIError) -> OfficeUnusable:
        words = str(error.orig).lower()
        where = str(self)
        if "locked" in words or "busy" in words or "lock timeout" in words:
            return OfficeUnusable(
                msg(
                    "Another seat has been writing for more than {seconds} seconds. Nothing of yours was changed. Try again.",
                    seconds=int(PATIENCE),
                )
            )
        if "readonly" in words or "read-only" in words:
            return OfficeUnusable(
                msg(
                    "{where} cannot be written: the file or its folder is read-only. Nothing was changed. "
                    "Ask for write permission or choose another folder.",
                    where=where,
                )
            )
        if "full" in words or "no space" in words:
            return OfficeUnusable(
                msg(
                    "The disk that holds {where} is full. Nothing of this step was kept. Free space and try again.",
                    where=where,
                )
            )
        if _damaged(error):
            return OfficeUnusable(
                msg(
                    "{where} is damaged or not an office database. Nothing was changed. "
                    "Restore the last verified backup (restore), or choose another file.",
                    where=where,
                )
            )
        if _no_table(error):
            return OfficeUnusable(
                msg(
                    "{where} holds no office yet. Nothing was changed. Set one up with init or demo.",
                    where=where,
                )
            )
        return OfficeUnusable(
            msg(
                "{where} cannot be opened: {reason}. Nothing was changed. Check the folder or the server.",
                where=where,
                reason=str(error.orig).strip().splitlines()[0],
            )
        )

    def _same_file(self) -> None:
        """A file put in place of ours (a restore) must not leave us writing into the one set aside."""
        if not self.sqlite or sys.platform == "win32":
            return
        try:
            found = os.stat(self.path)
        except FileNotFoundError:
            if self._inode is not None:
                raise OfficeUnusable(
                    msg(
                        "{where} is gone (drive removed or file moved). Nothing more can be recorded. "
                        "Bring it back, or restore a backup, and start again.",
                        where=str(self),
                    )
                ) from None
            raise OfficeUnusable(
                msg(
                    "{where} does not exist. Nothing was changed. Set an office up with init or demo.",
                    where=str(self),
                )
            ) from None
        mark = (found.st_dev, found.st_ino)
        if self._inode is None:
            self._inode = mark
        elif mark != self._inode:
            raise OfficeUnusable(
                msg(
                    "{where} has been replaced (restored). Close the program and start it again.",
                    where=str(self),
                )
            )

    def wait_for_turn(self, seconds: float = PATIENCE) -> bool:
        """Whether the writer's lock can be had within that time; used before long schema work."""
        until = time.monotonic() + seconds
        while True:
            try:
                with self.writing():
                    return True
            except OfficeUnusable:
                if time.monotonic() > until:
                    return False


def _damaged(error: DBAPIError) -> bool:
    words = str(error.orig).lower()
    return "malformed" in words or "not a database" in words or "disk i/o" in words


def _no_table(error: DBAPIError) -> bool:
    words = str(error.orig).lower()
    return "no such table" in words or ("relation" in words and "does not exist" in words)


def _url(where: str) -> URL:
    if "://" in where:
        try:
            url = make_url(where)
        except ArgumentError:
            raise OfficeUnusable(
                msg("{where} is not a database address. Nothing was opened.", where=where)
            ) from None
        if url.get_backend_name() == "postgresql":
            return url.set(drivername="postgresql+psycopg")
        if url.get_backend_name() == "sqlite":
            return url
        raise OfficeUnusable(
            msg(
                "{where}: only SQLite files and PostgreSQL servers are known. Nothing was opened.",
                where=where,
            )
        )
    return URL.create("sqlite", database=str(Path(where).expanduser().absolute()))


def _begin_write(connection: Connection) -> None:
    """Takes SQLite's writer lock, looking for it every few milliseconds.

    SQLite's own waiting naps longer and longer, so that seats which write without pause starve the others.
    """
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    until = time.monotonic() + PATIENCE
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                    # Once more by SQLAlchemy, whose error is the one that is turned into a sentence.
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                    return
                time.sleep(random.uniform(*_NAP))
            else:
                return
    finally:
        driver.execute(f"PRAGMA busy_timeout={int(PATIENCE * 1000)}")


def _begin_read(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _take_writer_lock(connection: Connection) -> None:
    connection.execute(text(f"SET LOCAL lock_timeout = '{int(PATIENCE * 1000)}ms'"))
    connection.execute(text(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})"))
