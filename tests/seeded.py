"""A house full of generated work, for the tests of one module that only look at it."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

from django.core.management import call_command
from pytest_django import DjangoDbBlocker


@contextmanager
def seeded(blocker: DjangoDbBlocker, *, leads: int, seed: int = 7) -> Iterator[str]:
    """Committed at the start, gone at the end; yields what the command said.

    Each test of the module is marked `django_db`, so that its own changes are rolled back.
    """
    said = StringIO()
    with blocker.unblock():
        call_command("seed_demo", leads=leads, seed=seed, stdout=said)
    try:
        yield said.getvalue()
    finally:
        with blocker.unblock():
            call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
