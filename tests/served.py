"""The web process as a child on the test database: a real uvicorn, as people meet it."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection


@dataclass(frozen=True)
class House:
    """Where the running product answers."""

    url: str
    logs: Path


@contextmanager
def serving(folder: Path, environment: Mapping[str, str]) -> Iterator[House]:
    """A web process that has answered; `environment` is that of `environment_of`."""
    house = House(environment["SITE_URL"], folder)
    port, log = environment["SITE_URL"].rpartition(":")[2], folder / "web.log"
    with child(
        "uvicorn", "handoff.asgi:application", "--port", port,
        "--log-level", "warning", "--timeout-graceful-shutdown", "2",
        environment=environment, log=log,
    ) as web:  # fmt: skip
        _wait_until_it_answers(f"{house.url}/healthz/live", web, log)
        yield house


def environment_of(folder: Path, **more: str) -> dict[str, str]:
    """What a process of this house reads, on a port that is free."""
    return {
        **os.environ,
        "DATABASE_URL": _url_of(connection.settings_dict),
        "HANDOFF_DATA_DIR": str(folder),
        "SITE_URL": f"http://127.0.0.1:{_free_port()}",
        "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        **more,
    }


@contextmanager
def child(
    *command: str, environment: Mapping[str, str], log: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *command], env=environment, stdout=out, stderr=out
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_it_answers(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _try in range(150):
        with suppress(OSError), urllib.request.urlopen(url, timeout=2):
            return
        if process.poll() is not None:
            break
        time.sleep(0.2)
    pytest.fail(f"The web process did not answer:\n{log.read_text()[-3_000:]}")


def _url_of(database: Mapping[str, object]) -> str:
    """The test database's URL, whose name differs from the one in DATABASE_URL."""
    base, _slash, rest = os.environ["DATABASE_URL"].rpartition("/")
    _name, mark, query = rest.partition("?")
    return f"{base}/{database['NAME']}{mark}{query}"
