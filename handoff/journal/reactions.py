"""Who reacts to what: `@on` within the same transaction, `@after` once it is committed.

`@on` touches the database only and is tiny; if it fails, nothing happened. `@after` runs at least
once, so what it does has a unique key. Both take the entry.
"""

from collections import defaultdict
from collections.abc import Callable

from handoff.journal.models import Entry
from handoff.journal.vocabulary import known

Reaction = Callable[[Entry], None]

ON: defaultdict[str, list[Reaction]] = defaultdict(list)
AFTER: defaultdict[str, list[Reaction]] = defaultdict(list)


def on(*events: str) -> Callable[[Reaction], Reaction]:
    return _register(ON, events)


def after(*events: str) -> Callable[[Reaction], Reaction]:
    return _register(AFTER, events)


def _register(
    table: defaultdict[str, list[Reaction]], events: tuple[str, ...]
) -> Callable[[Reaction], Reaction]:
    names = [known(event).name for event in events]

    def keep(reaction: Reaction) -> Reaction:
        for name in names:
            table[name].append(reaction)
        return reaction

    return keep
