"""The page that both teams would sign, and writing its next version."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from handoff.calendars.models import Calendar
from handoff.people.models import Membership, Role
from leads.refusals import Refusal
from sla.actions.agreements import DEFAULT, in_force, publish
from sla.lengths import NotALength, business, seconds_from, short
from sla.models import Agreement, Clause, ClauseKind, Clock
from tests.cast import MONDAY, Cast, person
from tests.conftest import ClientOf
from tests.walk import waiting

PAGE = reverse("sla:agreement")
EDIT = reverse("sla:edit_agreement")


def page_of(team: Any) -> str:
    return reverse("sla:agreement_of", args=[team.pk])


def edit_of(team: Any) -> str:
    return reverse("sla:edit_agreement_of", args=[team.pk])


def form(**changes: Any) -> dict[str, Any]:
    return {
        "calendar": Calendar.objects.get().pk,
        "claim_accepts": "on",
        "replaces": 1,
        "claim_target": "10 min",
        "claim_warn_before": "2 min",
        "claim_escalate_after": "1 h",
        "first_attempt_target": "1h30",
        "first_attempt_warn_before": "",
        "first_attempt_escalate_after": "",
        "feedback_target": "16 h",
        "lease_target": "2 h",
        **changes,
    }


def of_its_own(cast: Cast, **changes: Any) -> Agreement:
    terms = {
        "team_id": cast.sales.pk,
        "calendar_id": in_force(None, at=MONDAY).calendar_id,
        "clauses": DEFAULT,
        "claim_accepts": True,
        "by": cast.max,
        "at": MONDAY,
    }
    return publish(**{**terms, **changes})


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("15 min", 900),
        ("4 h", 14_400),
        ("1h30", 5_400),
        ("1 h 30 min", 5_400),
        ("1 h e 30 min", 5_400),
        ("1,5 h", 5_400),
        ("2 horas", 7_200),
        ("90s", 90),
        (" 0 MIN ", 0),
    ],
)
def test_lengths_are_read_as_people_write_them(text: str, seconds: int) -> None:
    assert seconds_from(text) == seconds
    assert seconds_from(short(seconds)) == seconds


@pytest.mark.parametrize(
    "text",
    ["", "15", "min", "x min", "2 d", "-5 min", "30 min 1 h", "1 h 1 h", "٣ h", "9" * 9 + " h"],
)
def test_what_names_no_length_is_refused(text: str) -> None:
    with pytest.raises(NotALength):
        seconds_from(text)


def test_lengths_are_said_in_both_languages() -> None:
    assert business(900) == "15 business minutes"
    assert business(3_600) == "1 business hour"
    assert business(5_430) == "1 h 30 min 30 s of business time"


def test_everybody_reads_the_promises_in_words(cast: Cast, client_of: ClientOf) -> None:
    for user in cast:
        text = client_of(user).get(PAGE).content.decode()
        assert "Sales claims each lead handed over within 15 business minutes." in text
        assert "The manager is told 30 business minutes after it." in text
        assert "Monday to Friday" in text
        assert "09:00–12:00 and 13:30–18:00" in strip_tags(text)
        assert ("Write the next version" in text) == (user in (cast.max, cast.ada))


def test_a_seller_reads_the_agreement_of_the_own_team(cast: Cast, client_of: ClientOf) -> None:
    of_its_own(cast, claim_accepts=False)
    assert "Agreement with Inside Sales" in client_of(cast.sam).get(PAGE).content.decode()
    assert "A claim is not yet acceptance" in client_of(cast.sam).get(PAGE).content.decode()
    assert "Inside Sales" in client_of(cast.mara).get(PAGE).content.decode()
    assert "A claim counts as acceptance" in client_of(cast.otto).get(PAGE).content.decode()


def test_the_next_version_is_put_in_force(cast: Cast, client_of: ClientOf) -> None:
    first = in_force(None, at=MONDAY)
    answer = client_of(cast.max).post(EDIT, form(claim_accepts=""), follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "Version 2 is in force." in answer.content.decode()
    current = in_force(None, at=MONDAY)
    clauses = {clause.kind: clause for clause in Clause.objects.filter(agreement=current)}
    assert (current.number, current.claim_accepts, current.published_by) == (2, False, cast.max)
    claim = clauses[ClauseKind.CLAIM]
    assert (claim.target, claim.warn_before, claim.escalate_after) == (600, 120, 3_600)
    attempt = clauses[ClauseKind.FIRST_ATTEMPT]
    assert (attempt.target, attempt.warn_before, attempt.escalate_after) == (5_400, 0, None)
    first.refresh_from_db()
    assert first.ended_at is not None


def test_clocks_that_run_keep_the_version_they_began_with(cast: Cast, client_of: ClientOf) -> None:
    waiting(cast)
    before = Clock.objects.get()
    client_of(cast.max).post(EDIT, form())
    after = Clock.objects.get()
    assert (after.due_at, after.clause) == (before.due_at, before.clause)


def test_the_form_shows_what_is_in_force(cast: Cast, client_of: ClientOf) -> None:
    text = client_of(cast.max).get(EDIT).content.decode()
    assert 'value="15 min"' in text
    assert 'value="16 h"' in text
    assert 'name="replaces" value="1"' in text


def test_a_team_gets_an_agreement_of_its_own(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.max)
    assert "has no agreement of its own" in client.get(page_of(cast.sales)).content.decode()
    assert 'name="replaces" value="0"' in client.get(edit_of(cast.sales)).content.decode()
    answer = client.post(edit_of(cast.sales), form(replaces=0))
    assert answer.headers["Location"] == page_of(cast.sales)
    assert in_force(cast.sales.pk, at=MONDAY).team == cast.sales
    assert in_force(cast.other_sales.pk, at=MONDAY).team is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"claim_target": "0 min"}, "claim_target"),
        ({"claim_target": "15"}, "claim_target"),
        ({"claim_target": ""}, "claim_target"),
        ({"claim_target": "9999 h"}, "claim_target"),
        ({"claim_warn_before": "10 min"}, "claim_warn_before"),
        ({"claim_warn_before": "11 min"}, "claim_warn_before"),
        ({"feedback_escalate_after": "0 min"}, "feedback_escalate_after"),
        ({"calendar": "0"}, "calendar"),
        ({"calendar": "x" * 90}, "calendar"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    cast: Cast, client_of: ClientOf, changes: dict[str, str], field: str
) -> None:
    in_force(None, at=MONDAY)
    answer = client_of(cast.max).post(EDIT, form(**changes))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert Agreement.objects.count() == 1


def test_a_stale_page_overwrites_nothing(cast: Cast, client_of: ClientOf) -> None:
    in_force(None, at=MONDAY)
    client = client_of(cast.max)
    assert client.post(EDIT, form()).status_code == 302
    stale = client.post(EDIT, form(claim_target="1 min"))
    assert stale.status_code == 409
    assert "Somebody changed this while you were editing." in stale.content.decode()
    assert 'value="1 min"' in stale.content.decode()
    assert Agreement.objects.count() == 2


def test_an_earlier_version_stays_readable(cast: Cast, client_of: ClientOf) -> None:
    first = in_force(None, at=MONDAY)
    client_of(cast.max).post(EDIT, form())
    text = client_of(cast.sam).get(reverse("sla:agreement_version", args=[first.pk])).content
    assert b"within 15 business minutes" in text


def test_another_team_is_not_found(cast: Cast, client_of: ClientOf) -> None:
    own = of_its_own(cast)
    otto = client_of(cast.otto)
    assert otto.get(page_of(cast.sales)).status_code == 404
    assert otto.get(reverse("sla:agreement_version", args=[own.pk])).status_code == 404
    assert client_of(cast.max).get(page_of(cast.marketing)).status_code == 404
    assert client_of(cast.max).post(edit_of(cast.marketing), form()).status_code == 404


def test_only_who_manages_writes(cast: Cast, client_of: ClientOf) -> None:
    in_force(None, at=MONDAY)
    for user in (cast.sam, cast.tess, cast.mara):
        assert client_of(user).get(EDIT).status_code == 403
        assert client_of(user).post(EDIT, form()).status_code == 403
        assert client_of(user).post(edit_of(cast.sales), form()).status_code == 403
    assert Client().get(PAGE).status_code == 302
    assert Agreement.objects.count() == 1


def test_pages_answer_their_own_methods_only(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.max)
    assert client.post(PAGE).status_code == 405
    assert client.put(EDIT).status_code == 405


def test_the_action_asks_again(cast: Cast) -> None:
    with pytest.raises(Refusal) as refused:
        of_its_own(cast, by=cast.tess)
    assert refused.value.reason == "not_allowed"
    with pytest.raises(Refusal) as refused:
        of_its_own(cast, team_id=cast.marketing.pk)
    assert refused.value.reason == "unknown"


def test_a_person_of_two_teams_starts_at_the_common_one(cast: Cast, client_of: ClientOf) -> None:
    of_its_own(cast)
    both = person("Bea", Role.SELLER, cast.sales)
    Membership.objects.create(user=both, team=cast.other_sales, role=Role.SELLER)
    text = client_of(both).get(PAGE).content.decode()
    assert "Agreement of marketing and sales" in text
    assert page_of(cast.sales) in text
