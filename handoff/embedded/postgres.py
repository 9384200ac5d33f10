"""A Postgres of our own: made, started, recovered and stopped without anybody's help."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import psycopg2

from handoff.embedded.installs import choose_install
from handoff.embedded.server import EmbeddedError
from handoff.embedded.unprivileged import account_for, reachable, readable, socket_folder
from handoff.spawn import end, spawn

UNSAFE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Postgres:
    """A Postgres that listens on a socket in a private folder and nowhere else."""

    name = "postgres"
    process: "subprocess.Popen[bytes]"

    def __init__(self, data_dir: Path, *, log: Path, durable: bool) -> None:
        self.log = log
        self.durable = durable
        self.account = account_for(data_dir)
        self.data_dir = reachable(data_dir, self.account)
        self.install = readable(choose_install(self.data_dir), self.account)
        self.sockets = socket_folder(self.account)
        self.url = f"postgresql://handoff@{quote(str(self.sockets), safe='')}/handoff"

    def start(self) -> None:
        """Start, or start again, and return once it answers."""
        if not (self.data_dir / "PG_VERSION").exists():
            self._initialise()
        self._wait_for_predecessor()
        give_up = time.monotonic() + 15
        while not self._launch():
            # A killed server's last children hold its memory for a moment.
            if time.monotonic() > give_up:
                raise EmbeddedError(f"Postgres does not start; its log is {self.log}.")
            time.sleep(0.3)
        self._create_database()

    def stop(self) -> None:
        """End every connection and stop; SIGTERM would wait for the clients instead."""
        end(self.process, (signal.SIGINT, 5), (signal.SIGQUIT, 2))
        shutil.rmtree(self.sockets, ignore_errors=True)

    def _initialise(self) -> None:
        """Into a folder aside, so that an interrupted start leaves no half of a cluster."""
        fresh = self.data_dir.with_name(self.data_dir.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if self.account:
            os.chown(fresh, self.account.pw_uid, self.account.pw_gid)
        command: list[str | Path] = [
            self.install.tool("initdb"), "-D", fresh, "-U", "handoff", "-A", "trust",
            "-E", "UTF8", *self._locale(), *([] if self.durable else ["--no-sync"]),
        ]  # fmt: skip
        if spawn(command, log=self.log, account=self.account).wait():
            raise EmbeddedError(f"Postgres could not make its files; the log is {self.log}.")
        with suppress(FileNotFoundError):
            self.data_dir.rmdir()
        fresh.rename(self.data_dir)

    def _locale(self) -> list[str]:
        if self.install.major < 17:
            return ["--locale=C.UTF-8"]
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]

    def _wait_for_predecessor(self) -> None:
        """A server that lost its launcher is shutting down, and its backends end one by one."""
        give_up = time.monotonic() + 15
        while others := _processes_in(self.data_dir):
            if time.monotonic() > give_up:
                raise EmbeddedError(f"Another Postgres (process {others[0]}) uses {self.data_dir}.")
            time.sleep(0.1)
        if sys.platform == "linux":
            # Nobody works here, so whoever has that number now is another program.
            (self.data_dir / "postmaster.pid").unlink(missing_ok=True)

    def _launch(self) -> bool:
        options = ["max_connections=200", "jit=off", "timezone=UTC", "log_timezone=UTC"]
        if not self.durable:
            options += UNSAFE
        command: list[str | Path] = [
            self.install.tool("postgres"),
            "-D",
            self.data_dir,
            "-k",
            self.sockets,
            "-h",
            "",
        ]
        for option in options:
            command += ["-c", option]
        self.process = spawn(command, log=self.log, account=self.account, farewell=signal.SIGINT)
        while self.process.poll() is None:
            if self._is_ready():
                return True
            time.sleep(0.02)
        return False

    def _is_ready(self) -> bool:
        """The eighth line of its pid file says so, once recovery is over."""
        try:
            lines = (self.data_dir / "postmaster.pid").read_text().split("\n")
        except OSError:
            return False
        return lines[0] == str(self.process.pid) and len(lines) > 7 and lines[7].strip() == "ready"

    def _create_database(self) -> None:
        connection = psycopg2.connect(self.url.removesuffix("handoff") + "postgres")
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'handoff'")
                if not cursor.fetchone():
                    cursor.execute("CREATE DATABASE handoff")
        finally:
            connection.close()


def _processes_in(data_dir: Path) -> list[int]:
    """Postgres processes that work in a data directory; Linux tells, elsewhere Postgres checks."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").readlink() == data_dir and b"postgres" in (
                process / "cmdline"
            ).read_bytes():
                found.append(int(process.name))
    return found
