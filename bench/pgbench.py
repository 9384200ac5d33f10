"""What a bare statement does in the same database, by Postgres's own bench."""

import re
import subprocess
from typing import Final

from bench.house import House
from handoff.embedded.installs import postgres_installs

THREADS: Final = 2


def per_second(place: House, statement: str, *, clients: int, times: int) -> float:
    """Transactions a second by so many clients, of about so many in all."""
    script = place.folder / "bare.sql"
    script.write_text(statement)
    program = next(install.tool("pgbench") for install in postgres_installs())
    command = [
        *(str(program), "--no-vacuum", "--file", str(script), "--jobs", str(THREADS)),
        *("--client", str(clients), "--transactions", str(times // clients)),
        *("--dbname", place.database),
    ]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([\d.]+)", told.stdout)
    if told.returncode or not found:
        raise SystemExit(f"pgbench failed:\n{told.stderr}")
    return float(found[1])
