"""What an embedded server is to those who start it."""

import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol


class EmbeddedError(Exception):
    """A sentence for the person who started us."""


class Server(Protocol):
    """A server that we run; its address stays the same when it is started again."""

    name: str
    url: str
    process: "subprocess.Popen[bytes]"

    def start(self) -> None: ...
    def stop(self) -> None: ...


def package_folders(package: str) -> list[Path]:
    """Where a wheel's files are, without importing it."""
    spec = find_spec(package)
    return [Path(folder) for folder in (spec and spec.submodule_search_locations) or ()]
