"""`make test`: every check, each with its name and its time, and all of them even if one fails.

`python tests/everything.py lint` leaves out the tests; any other words pick parts by name.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import chromium  # noqa: E402  the checkout is not installed

PYTHON = [sys.executable, "-m"]
WORKERS = ["-n", "2"]
ROOMS = "from importlinter.cli import lint_imports_command as lint; lint(['--no-logo'])"
LINT = {
    "style": [*PYTHON, "ruff", "check", "."],
    "format": [*PYTHON, "ruff", "format", "--check", "--quiet", "."],
    "types": [*PYTHON, "mypy"],
    "rooms": [sys.executable, "-c", ROOMS],
    "templates": [*PYTHON, "djlint", "templates", "--lint", "--quiet"],
    "migrations": [sys.executable, "-W", "ignore", "manage.py", "makemigrations", "--check"],
}
TESTS = {
    "tests": [*PYTHON, "pytest", "--ignore=tests/browser", *WORKERS],
    "browser": [*PYTHON, "pytest", "tests/browser", *WORKERS],
}


def main(wanted: list[str]) -> int:
    parts = LINT | TESTS
    if wanted:
        parts = LINT if wanted == ["lint"] else {name: parts[name] for name in wanted}
    results = [(name, *run(name, command)) for name, command in parts.items()]
    print("\n" + "─" * 40)
    for name, outcome, seconds in results:
        print(f"{outcome:<8}{name:<12}{seconds:6.1f} s")
    return int(any(outcome == "FAILED" for _, outcome, _ in results))


def run(name: str, command: list[str]) -> tuple[str, float]:
    started = time.monotonic()
    print(f"\n── {name} " + "─" * (37 - len(name)), flush=True)
    if name == "browser" and not prepare_browser():
        return "SKIPPED", time.monotonic() - started
    code = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode
    return "FAILED" if code else "passed", time.monotonic() - started


def prepare_browser() -> bool:
    found = chromium.find_or_install()
    if found:
        os.environ["CHROMIUM"] = found
        return True
    print("BROWSER TESTS ARE SKIPPED: no Chromium on PATH, and none could be installed.")
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
