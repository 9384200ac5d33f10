"""Finding a person while nobody else can bring the same one in: the door's locks and look-up."""

import hashlib
from collections.abc import Iterable
from typing import Final

from django.db import connection
from django.db.models import Q

from leads.arrival import Arrival
from leads.models import Lead

THE_DOOR: Final = 4_201_001
"""An advisory lock: shared by all who bring in one person, exclusive for a chunk of an import."""


def hold(keys: Iterable[str]) -> None:
    """Let no other transaction bring in a person known by one of these keys until this one ends."""
    numbers = sorted({_number(key) for key in keys})
    locks = ["pg_advisory_xact_lock_shared(%s)", *["pg_advisory_xact_lock(%s)"] * len(numbers)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(locks)}", [THE_DOOR, *numbers])


def hold_the_door() -> None:
    """Let nobody else bring in anybody until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [THE_DOOR])


def keys_of(arrival: Arrival, source_id: int | None) -> list[str]:
    """The keys to hold, one for each way in which the person is known."""
    pairs = (
        ("record", arrival.external_id and f"{source_id}:{arrival.external_id}"),
        ("email", arrival.email_key),
        ("phone", arrival.phone_key),
    )
    return [f"{kind}:{value}" for kind, value in pairs if value]


def touch_key(external_key: str) -> list[str]:
    """The key of a touch that has one of its sender's; those without do not wait for each other."""
    return [f"touch:{external_key}"] if external_key else []


def candidates(arrival: Arrival, source_id: int | None) -> list[Lead]:
    """Every lead that shares a key with the arrival, in whatever team."""
    shares = Q(pk__in=())
    if arrival.external_id and source_id:
        shares |= Q(source_id=source_id, external_id=arrival.external_id)
    if arrival.email_key:
        shares |= Q(email_key=arrival.email_key)
    if arrival.phone_key:
        shares |= Q(phone_key=arrival.phone_key)
    return list(
        Lead.objects.filter(shares)
        .only("id", "team_id", "source_id", "external_id", "email_key", "phone_key")
        .order_by("id")
    )


def _number(key: str) -> int:
    digest = hashlib.blake2b(key.encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
