"""What docs/sla.md says of bad input, where no other test does."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from handoff.calendars.models import Calendar, Immutable
from handoff.journal import outbox
from handoff.notices.models import Delivery
from leads.actions import claim
from leads.refusals import Refusal
from sla.actions import clocks
from sla.actions.agreements import in_force
from sla.actions.calendars import archive
from sla.models import Clause, Clock, Verdict
from sla.queries.verification import verify
from tests.cast import MONDAY, Cast
from tests.things import Things

HOUR = timedelta(hours=1)


def test_a_calendar_that_clocks_count_by_is_neither_deleted_nor_archived(cast: Cast) -> None:
    clock = Things(cast).running()
    with pytest.raises(Immutable):
        clock.calendar.delete()
    with pytest.raises(ProtectedError):
        Calendar.objects.all().delete()
    with pytest.raises(Refusal) as refused:
        archive(calendar_id=clock.calendar.calendar_id, by=cast.ada, at=MONDAY)
    assert refused.value.reason == "in_use"


@pytest.mark.parametrize("wrong", [{"target": 0}, {"warn_before": 900}, {"warn_before": 1_000}])
def test_a_target_of_zero_and_a_warning_before_the_start_cannot_be(
    cast: Cast, wrong: dict[str, int]
) -> None:
    claims = Clause.objects.filter(agreement=in_force(None, at=MONDAY), kind="claim")
    assert claims.get().target == 900
    with pytest.raises(IntegrityError), transaction.atomic():
        claims.update(**wrong)


def test_who_left_still_owes_until_the_lead_is_given_to_somebody(cast: Cast) -> None:
    clock = Things(cast).running()
    cast.sam.is_active = False
    cast.sam.save(update_fields=("is_active",))
    while clocks.fire_due(at=MONDAY + 2 * HOUR) or outbox.fire_next(at=MONDAY + 2 * HOUR):
        pass
    told = Delivery.objects.filter(event="clock.breached", channel="bell")
    assert {each.recipient for each in told} == {cast.tess}
    claim.reassign(handoff_id=clock.handoff_id, to=cast.sol, by=cast.tess, at=MONDAY + 2 * HOUR)
    old, new = Clock.objects.filter(handoff=clock.handoff, kind=clock.kind).order_by("pk")
    assert (old.verdict, new.owner) == (Verdict.BREACHED, cast.sol)
    assert not verify(at=MONDAY + 3 * HOUR).wrong
