"""Lets a command in a second terminal find the servers of the launcher that runs beside it."""

import fcntl
import os
import shlex
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def find_running_servers() -> None:
    """Take the addresses that the running launcher noted, where none are given."""
    data_dir = Path(os.environ.get("HANDOFF_DATA_DIR", ROOT / "var"))
    if os.environ.get("DATABASE_URL") or not _is_held(data_dir / "lock"):
        return
    for word in shlex.split((data_dir / "running.env").read_text()):
        name, _, value = word.partition("=")
        os.environ.setdefault(name, value)


def _is_held(lock: Path) -> bool:
    try:
        descriptor = os.open(lock, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
