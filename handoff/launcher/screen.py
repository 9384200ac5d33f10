"""What the person at the terminal reads: few lines, and a sign of life in what takes long."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.utils.translation import gettext as _

PATIENCE = 5.0  # seconds without a word


class LauncherError(Exception):
    """A sentence for the person at the terminal; nothing runs any more."""


def say(line: str = "") -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def watch(title: str, *, done: Callable[[], bool], log: Path, pause: float = 0.05) -> None:
    """Wait until `done`; after five seconds say how long it takes, and the log's last line."""
    started = said = time.monotonic()
    length = log.stat().st_size if log.exists() else 0
    ticking = sys.stdout.isatty()
    every = 1.0 if ticking else PATIENCE
    while not done():
        time.sleep(pause)
        now = time.monotonic()
        if now - started >= PATIENCE and now - said >= every:
            said = now
            news = last_line(log) if log.stat().st_size > length else ""
            _tick(title, int(now - started), news, ticking)
    if ticking and time.monotonic() - started >= PATIENCE:
        sys.stdout.write("\r\x1b[K")


def _tick(title: str, seconds: int, detail: str, in_place: bool) -> None:
    line = _("%(title)s … %(seconds)d s") % {"title": title, "seconds": seconds}
    if detail:
        line += f" · {detail[:70]}"
    sys.stdout.write(f"\r\x1b[K{line}" if in_place else f"{line}\n")
    sys.stdout.flush()


def tail(log: Path, *, lines: int = 15) -> str:
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 8000))
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.replace("\r", "\n").strip().split("\n")[-lines:])


def last_line(log: Path) -> str:
    return tail(log, lines=1).strip()
