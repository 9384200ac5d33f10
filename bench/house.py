"""A house to measure in: a durable Postgres, a Valkey and one web process, gone afterwards.

DATABASE_URL and REDIS_URL are left alone: what is measured here belongs in nobody's database.
Nothing of Django is imported before `house()` has said where the database is, so what needs
models is imported by `within`. A process has one house in its life.
"""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final

import django
import psycopg2

from handoff.embedded import start_postgres, start_valkey

PATIENCE: Final = 60.0
COMMITS: Final = 200
NO_MORE_THAN_A_COMMIT: Final = "SELECT pg_logical_emit_message(true, 'bench', '')"


@dataclass(frozen=True)
class House:
    """Where the product answers, if it does, and where its database is."""

    port: int
    database: str
    folder: Path

    def commit(self) -> float:
        """Milliseconds of a commit that makes one line of the log durable: the disk's price."""
        with closing(psycopg2.connect(self.database)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                return statistics.median(
                    milliseconds(lambda: cursor.execute(NO_MORE_THAN_A_COMMIT))
                    for _ in range(COMMITS)
                )

    def run(self, statement: str) -> int:
        """Run a statement in no transaction; the number it answers, if any."""
        with closing(psycopg2.connect(self.database)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return int(cursor.fetchone()[0]) if cursor.description else 0


@contextmanager
def house(*, served: bool = True) -> Iterator[House]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="handoff-bench-")))
        folder.chmod(0o711)
        (folder / "static").mkdir()
        postgres = start_postgres(folder / "postgres", log=folder / "postgres.log")
        stack.callback(postgres.stop)
        valkey = start_valkey(log=folder / "valkey.log")
        stack.callback(valkey.stop)
        port = free_port()
        os.environ |= {
            "DATABASE_URL": postgres.url,
            "REDIS_URL": valkey.url,
            "DJANGO_SETTINGS_MODULE": "handoff.settings",
            "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
            "HANDOFF_DATA_DIR": str(folder),
            "HANDOFF_PLAIN_STATIC": "true",
            "SITE_URL": f"http://127.0.0.1:{port}",
        }
        django.setup()
        import_module("django.core.management").call_command("migrate", verbosity=0)
        stack.callback(import_module("django.db").connections.close_all)
        if served:
            stack.enter_context(web(port, folder / "web.log"))
        yield House(port, postgres.url, folder)


def within(name: str) -> ModuleType:
    """A module that needs models, once they can be had."""
    return import_module(name)


@contextmanager
def web(port: int, log: Path) -> Iterator[None]:
    words = (
        *("-m", "uvicorn", "handoff.asgi:application", "--port", str(port)),
        *("--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown", "2"),
    )
    with child(*words, log=log) as process:
        wait_for(f"http://127.0.0.1:{port}/healthz/live", process, log)
        yield


@contextmanager
def child(*words: str, log: Path) -> "Iterator[subprocess.Popen[bytes]]":
    """A Python process of the house's, ended with it."""
    with log.open("ab") as out:
        process = subprocess.Popen([sys.executable, *words], stdout=out, stderr=out)
    try:
        yield process
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


def milliseconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1_000
