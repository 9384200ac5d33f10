"""The one table of what runs; docker-compose.yml is held against it by a test."""

import shlex
import sys
from pathlib import Path

PROCESSES = {
    "web": (
        "python -m uvicorn handoff.asgi:application --host {host} --port {port}"
        " --timeout-graceful-shutdown 2 --no-access-log"
    ),
    "worker": "python -m celery -A handoff worker --concurrency 2 --loglevel INFO",
    "beat": "python -m celery -A handoff beat --loglevel INFO --schedule {data}/beat --pidfile=",
    "clocks": "python manage.py keep_clocks",
}
DEMO_PROCESSES = {"trickle": "python manage.py trickle_demo"}
MIGRATE = "python manage.py migrate --no-input"


def words(command: str, *, host: str = "", port: int = 0, data: Path | str = "") -> list[str]:
    """The command as a list, with its places filled in and this Python in front."""
    filled = [word.format(host=host, port=port, data=data) for word in shlex.split(command)]
    return [sys.executable, *filled[1:]]
