"""What a test run stands on: a Postgres and a Valkey of its own, and no way out to the network.

Loaded by `-p tests.plugin` before Django reads its settings. DATABASE_URL and REDIS_URL, where
given, are used instead; workers of pytest-xdist inherit them.
"""

import ipaddress
import os
import re
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path

import pytest

from handoff.embedded import Server, start_postgres, start_valkey

PREFIX = "handoff-tests-"
GUARDED = {"socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"}
servers: list[Server] = []
scratch: list[Path] = []


class OutsideConnectionError(BaseException):
    """A test reached for another machine; no `except Exception` hides it."""


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """A wrapper runs before pytest-django's own hook, which reads the settings."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        try:
            _start_servers()
        except BaseException:
            _stop_servers()
            raise
    sys.addaudithook(_stay_on_this_machine)
    return (yield)


def pytest_unconfigure() -> None:
    _stop_servers()


def _start_servers() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # `timeout` ends a run by it
    _forget_dead_runs()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    folder.chmod(0o711)  # the embedded Postgres of a root user is another user
    scratch.append(folder)
    (folder / "static").mkdir()
    os.environ |= {"HANDOFF_DATA_DIR": str(folder), "HANDOFF_PLAIN_STATIC": "true"}
    if not os.environ.get("DATABASE_URL"):
        server = start_postgres(folder / "postgres", log=folder / "postgres.log", durable=False)
        servers.append(server)
        os.environ["DATABASE_URL"] = server.url
    if not os.environ.get("REDIS_URL"):
        server = start_valkey(log=folder / "valkey.log")
        servers.append(server)
        os.environ["REDIS_URL"] = server.url


def _stop_servers() -> None:
    while servers:
        servers.pop().stop()
    while scratch:
        shutil.rmtree(scratch.pop(), ignore_errors=True)


def _forget_dead_runs() -> None:
    """A run killed with -9 took its servers along, not its files."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        match = re.match(rf"{PREFIX}(\d+)-", folder.name)
        if match and not _alive(int(match[1])):
            shutil.rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    with suppress(PermissionError):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
    return True


def _stay_on_this_machine(event: str, args: tuple[object, ...]) -> None:
    if event not in GUARDED:
        return
    target = args[-1] if event in {"socket.connect", "socket.sendto"} else args[0]
    host = target[0] if isinstance(target, tuple) else target
    if event.startswith("socket.get") or isinstance(target, tuple):
        _refuse_outside(host)


def _refuse_outside(host: object) -> None:
    if isinstance(host, bytes):
        host = host.decode()
    if not host or host in {"localhost", "testserver", socket.gethostname()}:
        return
    with suppress(ValueError):
        if ipaddress.ip_address(str(host).split("%")[0]).is_loopback:
            return
    raise OutsideConnectionError(f"A test reached for {host}; only this machine is allowed.")
