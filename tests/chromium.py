"""Which browser the browser tests drive."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def on_path() -> str:
    """The browser named by CHROMIUM, or one on PATH; empty where there is none."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), "")


def of_playwright() -> str:
    """The one that Playwright has fetched; empty where it has not."""
    program = (
        "from playwright.sync_api import sync_playwright as start\n"
        "with start() as playwright: print(playwright.chromium.executable_path)"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    ).stdout.strip()
    return said if said and Path(said).exists() else ""


def find_or_install() -> str:
    """Make sure that there is one, if this machine allows it; empty when it does not."""
    found = on_path() or of_playwright()
    if not found and os.geteuid() == 0 and shutil.which("apt-get"):
        print("No Chromium here: installing Debian's.", flush=True)
        _run("apt-get", "update", "-qq")
        _run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium")
        found = on_path()
    if not found:
        print("No Chromium here: asking Playwright to fetch one.", flush=True)
        _run(sys.executable, "-m", "playwright", "install", "chromium")
        found = of_playwright()
    return found


def _run(*command: str) -> None:
    """For minutes at most; what it could not do shows in that there is no browser."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, timeout=300, check=False)
    except (OSError, subprocess.TimeoutExpired) as problem:
        print(problem, flush=True)
