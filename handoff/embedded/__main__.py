"""`python -m handoff.embedded [DATA_DIR]` prints the folder of the Postgres tools."""

import sys
from pathlib import Path

from handoff.embedded.installs import choose_install

sys.stdout.write(f"{choose_install(Path(*sys.argv[1:2])).bin}\n")
