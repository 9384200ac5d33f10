"""What must stand before anything runs: a free port, a data folder, a key, tables, assets."""

import errno
import fcntl
import hashlib
import os
import secrets
import shlex
import signal
import socket
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from django.contrib.staticfiles.finders import get_finders
from django.utils.translation import gettext as _

from handoff.launcher.screen import LauncherError, tail, watch
from handoff.spawn import end, spawn

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def check_port(host: str, port: int) -> None:
    """Say at once that another program answers there; it would be taken for us."""
    if not 0 < port < 65536:
        raise LauncherError(
            _("%(port)s is no port: choose one from 1024 to 65535.") % {"port": port}
        )
    if _is_free(host, port):
        return
    free = next((near for near in range(port + 1, port + 50) if _is_free(host, near)), 0)
    raise LauncherError(
        _("Port %(port)s is taken by another program. Choose another one, such as PORT=%(free)s.")
        % {"port": port, "free": free}
    )


def _is_free(host: str, port: int) -> bool:
    """On the host itself and, as browsers try it first for “localhost”, on IPv6's loopback."""
    addresses = [host, "::1"] if host in LOOPBACK else [host]
    return all(_can_bind(address, port) for address in addresses)


def _can_bind(address: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except PermissionError as problem:
        raise LauncherError(
            _("Port %(port)s is reserved for root: choose one above 1023.") % {"port": port}
        ) from problem
    except OSError as problem:
        return problem.errno != errno.EADDRINUSE
    return True


def take(data_dir: Path) -> int:
    """Make the data folder ours until we end; the descriptor holds the lock."""
    data_dir.mkdir(parents=True, exist_ok=True)
    (data_dir / "logs").mkdir(exist_ok=True)
    lock = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as problem:
        os.close(lock)
        raise LauncherError(
            _("Handoff already runs with the data in %(folder)s.") % {"folder": data_dir}
        ) from problem
    return lock


def secret_key(data_dir: Path) -> str:
    """Made up once; whoever reads it can sign in as anybody, so only its owner can."""
    path = data_dir / "secret-key"
    with suppress(FileExistsError):
        fresh = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(fresh, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text().strip()


def addresses_of(host: str) -> str:
    """ALLOWED_HOSTS for a server that listens on `host`."""
    names = ["localhost", "127.0.0.1", "[::1]"]
    if host in {"0.0.0.0", "::"}:  # noqa: S104  chosen by the person who starts it
        names.append(socket.gethostname())
        with suppress(OSError):
            names += socket.gethostbyname_ex(socket.gethostname())[2]
    elif host not in LOOPBACK:
        names.append(host)
    return ",".join(dict.fromkeys(names))


def run_step(title: str, command: list[str], *, env: Mapping[str, str], log: Path) -> None:
    """Run a command to its end, with a sign of life when it takes long."""
    process = spawn(command, log=log, env=env)
    try:
        watch(title, done=lambda: process.poll() is not None, log=log)
    finally:
        end(process, (signal.SIGTERM, 3))
    if process.returncode:
        raise LauncherError(
            _("%(title)s: failed. The end of %(log)s:") % {"title": title, "log": log}
            + f"\n\n{tail(log)}"
        )


def assets_stamp() -> str:
    """Changes whenever a file that pages are served changes."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            facts = os.stat(storage.path(path))
            digest.update(f"{path} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def note_addresses(data_dir: Path, addresses: Mapping[str, str]) -> Path:
    """For commands in another terminal; see `handoff.launcher.neighbour`."""
    path = data_dir / "running.env"
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(f"{name}={shlex.quote(value)}\n" for name, value in addresses.items())
    return path
