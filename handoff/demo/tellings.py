"""The notices that people of the demo would have had, in their own words and languages."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from django.urls import reverse

from feedback.events import GIVEN, REQUESTED
from handoff.journal.models import Entry
from handoff.notices.models import Delivery
from handoff.notices.tell import Texts
from handoff.people.models import Membership, Role, User
from leads.events import RESCUED
from leads.models import Handoff
from sla.events import BREACHED, ESCALATED, WARNED
from sla.models import ClauseKind

STILL_UNREAD: Final = timedelta(hours=72)
REMINDED: Final = timedelta(days=2)
ASKED: Final = timedelta(days=30)
BATCH: Final = 1_000


class Teller:
    """Makes deliveries of the past: rung and mailed at the entry's instant, read unless recent."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        rows = list(Membership.objects.select_related("user"))
        self.people = {row.user_id: row.user for row in rows}
        self.members = [(row.team_id, row.role, row.user) for row in rows]

    def write(self, entries: Iterable[Entry]) -> int:
        offered = dict(Handoff.objects.values_list("pk", "offered_by_id"))
        rows = [
            row
            for entry in entries
            for person in {person.pk: person for person in self._who(entry, offered)}.values()
            for row in self._deliveries(entry, person)
        ]
        Delivery.objects.bulk_create(rows, BATCH)
        return len(rows)

    def _who(self, entry: Entry, offered: dict[int, int]) -> Iterator[User]:
        """The same people as the reactions of each app tell; of the smaller things, only lately."""
        data = entry.data
        if entry.event in {BREACHED, RESCUED}:
            yield from self._owner(data["owner_id"])
            yield from self._with_role(data["team_id"], Role.LEAD)
        elif entry.event == ESCALATED:
            yield from self._with_role(None, Role.MANAGER)
        elif entry.event == WARNED and self.now - entry.at < REMINDED:
            yield from self._owner(data["owner_id"])
            if data["kind"] == ClauseKind.CLAIM:
                yield from self._with_role(data["team_id"], Role.SELLER)
        elif entry.event == REQUESTED and self.now - entry.at < ASKED:
            yield from self._owner(data["asked_of"])
        elif entry.event == GIVEN and self.now - entry.at < ASKED:
            yield from self._owner(offered[entry.about_id])

    def _owner(self, pk: int | None) -> Iterator[User]:
        if pk is not None:
            yield self.people[pk]

    def _with_role(self, team_id: int | None, role: Role) -> Iterator[User]:
        for team, held, user in self.members:
            if (team, held) == (team_id, role):
                yield user

    def _deliveries(self, entry: Entry, person: User) -> Iterator[Delivery]:
        subject, body = Texts(entry, "", "", _facts(entry)).to(person)
        channels = list(Delivery.Channel)
        if entry.event == REQUESTED:
            channels = [Delivery.Channel.BELL]
        for channel in channels:
            yield Delivery(
                entry=entry,
                recipient=person,
                channel=channel,
                event=entry.event,
                subject=subject,
                body=body,
                url=_url(entry),
                state=Delivery.State.SENT,
                created_at=entry.at,
                sent_at=entry.at,
                read_at=self._read_at(entry, channel),
                attempts=1 if channel == Delivery.Channel.EMAIL else 0,
            )

    def _read_at(self, entry: Entry, channel: str) -> datetime | None:
        old = self.now - entry.at > STILL_UNREAD
        return entry.at + timedelta(minutes=20) if old and channel == "bell" else None


def _facts(entry: Entry) -> dict[str, datetime | None]:
    due_at = entry.data.get("due_at")
    return {"due_at": datetime.fromisoformat(due_at) if due_at else None}


def _url(entry: Entry) -> str:
    if entry.event == REQUESTED:
        return reverse("feedback:form", args=[entry.about_id])
    if entry.event == GIVEN:
        return reverse("leads:lead", args=[entry.data["lead_id"]])
    return reverse("leads:handoff", args=[entry.data.get("handoff_id", entry.about_id)])
