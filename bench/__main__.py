"""Measure the budgets, one part after the other, and print one table.

    python -m bench                      everything, in about seven minutes
    python -m bench queue clocks         these parts
    python -m bench --small              everything at toy sizes: does it run?
    python -m bench --list               what there is

Give it a quiet machine. Limits and ratios are taken in the same run, so that they hold where
absolute figures drift. What is not reached is said and is no failure; a part that breaks is one.
"""

import argparse
import os
import sys
import time
import traceback
from typing import Final

from bench.figures import table
from bench.parts import PARTS, measured, subject

QUIET: Final = 0.5


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", metavar="NAME", help="a part; all if none is named")
    parser.add_argument("--list", action="store_true", help="say what there is")
    parser.add_argument("--small", action="store_true", help="toy sizes: figures mean nothing")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    names = options.parts or list(PARTS)
    if options.list:
        print("\n".join(f"{name:<12}{subject(name)}" for name in names))
        return 0
    return run(names, small=options.small)


def run(names: list[str], *, small: bool) -> int:
    found, broken, load = {}, [], os.getloadavg()[0]
    if load > QUIET:
        print(f"This machine is busy (load {load:.1f}): believe no figure.", file=sys.stderr)
    for name in names:
        began = time.monotonic()
        print(f"{name} …", end=" ", file=sys.stderr, flush=True)
        try:
            found[name] = measured(name, small=small)
        except (Exception, SystemExit):  # noqa: BLE001  the other parts are still worth measuring
            traceback.print_exc()
            broken.append(name)
        print(f"{time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    print(f"\n{os.cpu_count()} cores, load {load:.1f} before{', toy sizes' if small else ''}\n")
    print(table(found))
    for name in broken:
        print(f"\n{name} BROKE")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
