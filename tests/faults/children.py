"""Processes on the test database, to be killed: `child("sweep")` runs one of those below.

python -m tests.faults.children sweep
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


def test_database_url() -> str:
    """The URL of the database this test writes to, whose name differs from that in DATABASE_URL."""
    base, _slash, rest = os.environ["DATABASE_URL"].rpartition("/")
    _name, mark, query = rest.partition("?")
    return f"{base}/{connection.settings_dict['NAME']}{mark}{query}"


@contextmanager
def child(*command: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A Python child on the test database; killed at the end if it still runs."""
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": test_database_url(), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _sweep() -> None:
    """Say ready, then sweep one clock after another until told otherwise."""
    from django.utils import timezone  # noqa: PLC0415  after the settings

    from handoff.journal import outbox  # noqa: PLC0415
    from sla.actions import clocks  # noqa: PLC0415

    connection.ensure_connection()
    print("ready", flush=True)
    while clocks.fire_next(at=timezone.now()) or outbox.fire_next(at=timezone.now()):
        pass


def _claim() -> None:
    """Claim a handoff and print how many seconds it took, its commit hooks included."""
    from django.utils import timezone  # noqa: PLC0415  after the settings

    from handoff.people.models import User  # noqa: PLC0415
    from leads.actions.claim import claim  # noqa: PLC0415

    connection.ensure_connection()
    by = User.objects.get(email=os.environ["CLAIM_BY"])
    began = time.perf_counter()
    claim(handoff_id=int(os.environ["CLAIM_ID"]), by=by, at=timezone.now())
    print(time.perf_counter() - began, flush=True)


WORK: dict[str, Callable[[], None]] = {"sweep": _sweep, "claim": _claim}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "handoff.settings")
    django.setup()
    WORK[sys.argv[1]]()
