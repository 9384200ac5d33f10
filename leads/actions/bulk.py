"""The same door for many people at once: a few statements for a chunk of a file.

The rules are those of `leads.duplicates`, said in SQL; a test holds the two against each other.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO
from operator import attrgetter
from typing import Any, Final

from django.db import connection
from django.db.backends.utils import CursorWrapper

from handoff.journal.record import record_imported
from handoff.people.models import User
from leads import events
from leads.actions import bulk_sql as sql
from leads.actions.scoring import in_force, score
from leads.arrival import search_of
from leads.staging import Staged, fold

MOST_ROUNDS: Final = 6
SEPARATOR: Final = "\x1f"
ESCAPED: Final = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
TEXTS_OF: Final = attrgetter(*sql.TEXTS)
MORE_OF: Final = attrgetter("utm", "attributes", "pains")
JSON: Final = json.JSONEncoder(ensure_ascii=False).encode
EMPTY: Final = ("{}", "{}", "[]")


@dataclass(frozen=True)
class Door:
    """Who brings in, for which teams, and how known people are treated.

    A rehearsal keeps nothing, so it lets others in meanwhile.
    """

    team_id: int
    by: User
    source_id: int | None = None
    sales_team_id: int | None = None
    batch_id: int | None = None
    file_name: str = ""
    touch: str = "form"
    creates: bool = True
    rehearsal: bool = False


@dataclass
class Tally:
    """What became of rows. `unknown` are rows of people who are not here and may not be made."""

    created: int = 0
    updated: int = 0
    duplicate: int = 0
    unknown: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Prepared:
    """A chunk as it is copied to the database, and which statements it needs at all."""

    lines: str
    asked: Mapping[str, bool]


def prepare(rows: Sequence[Staged]) -> Prepared:
    """Make rows of one person one, and write all of them down; touches no database."""
    fold(rows)
    return Prepared("".join(map(_line, rows)), _asked(rows))


def take_in(chunk: Prepared, *, door: Door, at: datetime) -> Tally:
    """Bring in a chunk, inside the caller's transaction, which holds the door."""
    ask = chunk.asked
    with connection.cursor() as cursor:
        cursor.execute(sql.STAGE)
        cursor.execute(sql.CLEAR)
        cursor.copy_expert(sql.COPY, StringIO(chunk.lines))
        values = _values(door, at)
        if ask["campaign"]:
            cursor.execute(sql.NEW_CAMPAIGNS, values)
        if ask["material"]:
            cursor.execute(sql.NEW_MATERIALS)
        _settle(cursor, values, ask, door)
        cursor.execute(sql.FOLLOW)
        if door.touch:
            cursor.execute(sql.TOUCH, values)
            cursor.execute(sql.MOVE_INSTANTS)
        if ask["outcome"]:
            cursor.execute(sql.OUTCOMES, values)
            cursor.execute(sql.MOVE_STAGES, values)
        if in_force():
            cursor.execute(sql.REACHED)
            score(lead_ids=[pk for (pk,) in cursor.fetchall()], at=at)
        return _tally(cursor, door, at)


def _settle(
    cursor: CursorWrapper, values: Mapping[str, Any], ask: Mapping[str, bool], door: Door
) -> None:
    """Who each row is. Two rows that point at one person are settled one after the other."""
    for _round in range(MOST_ROUNDS):
        known = _match(cursor, values, ask)
        postponed = 0
        if known > 1:
            cursor.execute(sql.POSTPONE)
            postponed = cursor.rowcount
        if door.creates:
            cursor.execute(sql.NUMBER_NEW)
            if cursor.rowcount:
                cursor.execute(sql.CREATE, values)
        if known:
            cursor.execute(sql.FILL, values)
        if not postponed:
            return
        cursor.execute(sql.SETTLED)


def _match(cursor: CursorWrapper, values: Mapping[str, Any], ask: Mapping[str, bool]) -> int:
    """Find who is known, by record, e-mail and phone in turn; how many were found."""
    known = 0
    for key, statements in sql.MATCH.items():
        for statement in statements if ask[key] else ():
            cursor.execute(statement, values)
            known += cursor.rowcount
    return known


def _asked(rows: Sequence[Staged]) -> dict[str, bool]:
    """Which statements this chunk needs at all."""
    people = [row.arrival for row in rows]
    return {
        "record": any(one.external_id for one in people),
        "email": any(one.email_key for one in people),
        "phone": any(one.phone_key for one in people),
        "campaign": any(one.campaign for one in people),
        "material": any(one.material for one in people),
        "outcome": any(row.outcome for row in rows),
    }


def _values(door: Door, at: datetime) -> dict[str, Any]:
    return {
        "team": door.team_id,
        "source": door.source_id,
        "sales_team": door.sales_team_id,
        "batch": door.batch_id,
        "touch": door.touch,
        "at": at,
    }


def _line(row: Staged) -> str:
    arrival = row.arrival
    texts = (
        *TEXTS_OF(arrival),
        *(_json(value, empty) for value, empty in zip(MORE_OF(arrival), EMPTY, strict=True)),
        search_of(arrival),
        row.outcome,
    )
    line = SEPARATOR.join(texts)
    if "\\" in line or "\n" in line or "\r" in line or "\t" in line:
        line = line.translate(ESCAPED)
    if line.count(SEPARATOR) != len(texts) - 1:
        clean = (text.replace(SEPARATOR, " ").translate(ESCAPED) for text in texts)
        line = SEPARATOR.join(clean)
    nulls = (
        row.leader,
        _instant(arrival.occurred_at),
        _instant(row.marketing_qualified_at),
        _instant(row.ended_at),
        row.value,
    )
    rest = SEPARATOR.join("\\N" if value is None else str(value) for value in nulls)
    return f"{row.number}{SEPARATOR}{row.adds}{SEPARATOR}{rest}{SEPARATOR}{line}\n"


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def _json(value: object, empty: str) -> str:
    return JSON(value) if value else empty


def _tally(cursor: CursorWrapper, door: Door, at: datetime) -> Tally:
    cursor.execute(sql.RESULT)
    tally, told = Tally(), set[int]()
    for number, lead_id, is_new, leads, changed in cursor.fetchall():
        if lead_id is None:
            tally.unknown.append(number)
        elif is_new and leads:
            tally.created += 1
            told.add(lead_id)
        elif changed:
            tally.updated += 1
            told.add(lead_id)
        else:
            tally.duplicate += 1
    if told:
        record_imported(
            events.IMPORTED, about_ids=sorted(told), at=at, by=door.by, file=door.file_name
        )
    return tally
