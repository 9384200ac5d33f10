"""Telling people of an entry: rendered now, each in their own language, and never twice."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import override

from handoff.journal.models import Entry
from handoff.journal.nudges import nudger
from handoff.journal.vocabulary import known
from handoff.notices.live import changed
from handoff.notices.models import Delivery
from handoff.people.models import User

SEND_DUE: Final = "handoff.notices.tasks.send_due"
Words = Promise | str


def tell(
    *,
    entry: Entry,
    recipients: Iterable[User],
    url: str = "",
    subject: Words = "",
    body: Words = "",
    channels: Collection[str] = tuple(Delivery.Channel),
    **facts: Any,
) -> int:
    """Tell people by bell and e-mail, or those of `channels`; returns how many. `url` is a path
    of this site.

    The words are those of `templates/notices/<event>.txt` (first line the subject), which reads
    `entry`, its data, `by`, `recipient` and `facts`; `subject` and `body`, lazily translated,
    take its place where they are given. Who was told of this entry before is not told again.
    """
    people = {person.pk: person for person in recipients if person.is_active}
    told_at = entry.delivering_at or entry.at
    rows = [
        row
        for person in people.values()
        for row in _deliveries(entry, person, told_at, url, Texts(entry, subject, body, facts))
        if row.channel in channels
    ]
    with transaction.atomic():
        Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        changed(*(f"user:{pk}" for pk in people))
        transaction.on_commit(lambda: nudger.nudge(SEND_DUE), robust=True)
    return len(people)


class Texts:
    """What to say, once for each reader."""

    def __init__(self, entry: Entry, subject: Words, body: Words, facts: dict[str, Any]) -> None:
        self.entry, self.subject, self.body, self.facts = entry, subject, body, facts

    def to(self, person: User) -> tuple[str, str]:
        zone = ZoneInfo(person.zone) if person.zone else timezone.get_default_timezone()
        with override(person.language or settings.LANGUAGE_CODE), timezone.override(zone):
            subject, body = (
                (str(self.subject), str(self.body)) if self.subject else self._rendered(person)
            )
        return " ".join(subject.split())[:200], body.strip()

    def _rendered(self, person: User) -> tuple[str, str]:
        entry = self.entry
        facts = {**known(entry.event).read(entry.data), **self.facts}
        values = {"entry": entry, "by": entry.by, "recipient": person, **facts}
        template: Any = get_template(f"notices/{entry.event}.txt")
        text = template.template.render(Context(values, autoescape=False))
        subject, _newline, body = text.strip().partition("\n")
        return subject, body


def _deliveries(
    entry: Entry, person: User, told_at: datetime, url: str, texts: Texts
) -> Iterator[Delivery]:
    subject, body = texts.to(person)
    for channel in Delivery.Channel:
        bell = channel == Delivery.Channel.BELL
        yield Delivery(
            entry=entry,
            recipient=person,
            channel=channel,
            event=entry.event,
            subject=subject,
            body=body,
            url=url,
            state=Delivery.State.SENT if bell else Delivery.State.WAITING,
            created_at=told_at,
            sent_at=told_at if bell else None,
            next_at=None if bell else told_at,
        )
