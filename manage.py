#!/usr/bin/env python
import os
import sys

from django.core.management import execute_from_command_line

from handoff.launcher.neighbour import find_running_servers


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "handoff.settings")
    if sys.argv[1:2] != ["up"]:
        find_running_servers()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
