"""A house to measure in: a durable Postgres, a Valkey and one web process, gone afterwards.

DATABASE_URL and REDIS_URL, where given, are used instead. Nothing of Django is imported before
`house()` has said where the database is, so what needs models is imported by `within`.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final

import django

from handoff.embedded import start_postgres, start_valkey

PATIENCE: Final = 60.0


@dataclass(frozen=True)
class House:
    """Where the product answers, and where its database is."""

    port: int
    database: str
    folder: Path


@contextmanager
def house() -> Iterator[House]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="handoff-bench-")))
        folder.chmod(0o711)
        if not os.environ.get("DATABASE_URL"):
            postgres = start_postgres(folder / "postgres", log=folder / "postgres.log")
            stack.callback(postgres.stop)
            os.environ["DATABASE_URL"] = postgres.url
        if not os.environ.get("REDIS_URL"):
            valkey = start_valkey(log=folder / "valkey.log")
            stack.callback(valkey.stop)
            os.environ["REDIS_URL"] = valkey.url
        port = free_port()
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "handoff.settings",
            "HANDOFF_DATA_DIR": str(folder),
            "HANDOFF_PLAIN_STATIC": "true",
            "SITE_URL": f"http://127.0.0.1:{port}",
        }
        django.setup()
        import_module("django.core.management").call_command("migrate", verbosity=0)
        stack.callback(import_module("django.db").connections.close_all)
        stack.enter_context(web(port, folder / "web.log"))
        yield House(port, os.environ["DATABASE_URL"], folder)


def within(name: str) -> ModuleType:
    """A module that needs models, once they can be had."""
    return import_module(name)


@contextmanager
def web(port: int, log: Path) -> Iterator[None]:
    command = [
        *(sys.executable, "-m", "uvicorn", "handoff.asgi:application", "--port", str(port)),
        *("--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown", "2"),
    ]
    with log.open("ab") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz/live", process, log)
        yield
    finally:
        process.terminate()
        process.wait(20)


def wait_for(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError), urllib.request.urlopen(url, timeout=2):
            return
        time.sleep(0.1)
    raise SystemExit(f"The web process did not answer:\n{log.read_text()[-2_000:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def percentile(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]
