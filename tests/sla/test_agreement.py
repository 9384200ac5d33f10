"""The page that both teams would sign, and writing its next version."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from handoff.calendars.models import Calendar
from handoff.people.models import Membership, Role
from sla.actions.agreements import in_force
from sla.actions.terms import DEFAULT
from sla.lengths import NotALength, business, seconds_from, short
from sla.models import Agreement, Clause, ClauseKind, Clock
from tests.cast import MONDAY, Cast, person
from tests.conftest import ClientOf
from tests.walk import agreed, waiting

HOUR = timedelta(hours=1)
PAGE = reverse("sla:agreement")
DRAFT_PAGE = reverse("sla:draft_agreement")


def page_of(team: Any) -> str:
    return reverse("sla:agreement_of", args=[team.pk])


def draft_of(team: Any) -> str:
    return reverse("sla:draft_agreement_of", args=[team.pk])


def form(**changes: Any) -> dict[str, Any]:
    return {
        "calendar": Calendar.objects.get().pk,
        "claim_accepts": "on",
        "revision": 0,
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
        assert ("Make one for this team" in text) == (user == cast.tess)


def test_a_seller_reads_the_agreement_of_the_own_team(cast: Cast, client_of: ClientOf) -> None:
    agreed(cast, team=cast.sales, claim_accepts=False)
    assert "Agreement with Inside Sales" in client_of(cast.sam).get(PAGE).content.decode()
    assert "A claim is not yet acceptance" in client_of(cast.sam).get(PAGE).content.decode()
    assert "Inside Sales" in client_of(cast.mara).get(PAGE).content.decode()
    assert "A claim counts as acceptance" in client_of(cast.otto).get(PAGE).content.decode()


def test_a_draft_changes_nothing(cast: Cast, client_of: ClientOf) -> None:
    first = in_force(None, at=MONDAY)
    answer = client_of(cast.max).post(DRAFT_PAGE, form(claim_accepts=""), follow=True)
    row = Agreement.objects.latest("pk")
    assert answer.redirect_chain == [(row.get_absolute_url(), 302)]
    clauses = {clause.kind: clause for clause in Clause.objects.filter(agreement=row)}
    assert (row.number, row.claim_accepts, row.created_by) == (2, False, cast.max)
    claim = clauses[ClauseKind.CLAIM]
    assert (claim.target, claim.warn_before, claim.escalate_after) == (600, 120, 3_600)
    attempt = clauses[ClauseKind.FIRST_ATTEMPT]
    assert (attempt.target, attempt.warn_before, attempt.escalate_after) == (5_400, 0, None)
    assert in_force(None, at=MONDAY + HOUR) == first


def test_clocks_that_run_keep_the_version_they_began_with(cast: Cast) -> None:
    waiting(cast)
    before = Clock.objects.get()
    agreed(cast, clauses=[replace(DEFAULT[0], target=60, warn_before=0), *DEFAULT[1:]])
    after = Clock.objects.get()
    assert (after.due_at, after.clause) == (before.due_at, before.clause)


def test_the_form_shows_what_is_in_force(cast: Cast, client_of: ClientOf) -> None:
    text = client_of(cast.max).get(DRAFT_PAGE).content.decode()
    assert 'value="15 min"' in text
    assert 'value="16 h"' in text
    assert 'name="revision" value="0"' in text


def test_a_team_gets_an_agreement_of_its_own(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.max)
    assert "has no agreement of its own" in client.get(page_of(cast.sales)).content.decode()
    answer = client.post(draft_of(cast.sales), form())
    drafted = Agreement.objects.latest("pk")
    assert answer.headers["Location"] == drafted.get_absolute_url()
    assert (drafted.team, drafted.number) == (cast.sales, 1)
    agreed(cast, team=cast.sales)
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
    answer = client_of(cast.max).post(DRAFT_PAGE, form(**changes))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert Agreement.objects.count() == 1


def test_an_earlier_version_stays_readable(cast: Cast, client_of: ClientOf) -> None:
    first = in_force(None, at=MONDAY)
    agreed(cast, at=MONDAY + HOUR)
    text = client_of(cast.sam).get(reverse("sla:agreement_version", args=[first.pk])).content
    assert b"within 15 business minutes" in text


def test_another_team_is_not_found(cast: Cast, client_of: ClientOf) -> None:
    own = agreed(cast, team=cast.sales)
    otto = client_of(cast.otto)
    assert otto.get(page_of(cast.sales)).status_code == 404
    assert otto.get(reverse("sla:agreement_version", args=[own.pk])).status_code == 404
    assert client_of(cast.max).get(page_of(cast.marketing)).status_code == 404
    assert client_of(cast.max).post(draft_of(cast.marketing), form()).status_code == 404


def test_only_who_leads_or_manages_writes(cast: Cast, client_of: ClientOf) -> None:
    in_force(None, at=MONDAY)
    for user in (cast.sam, cast.mara):
        assert client_of(user).get(DRAFT_PAGE).status_code == 403
        assert client_of(user).post(DRAFT_PAGE, form()).status_code == 403
        assert client_of(user).post(draft_of(cast.sales), form()).status_code == 403
    assert client_of(cast.tess).post(draft_of(cast.other_sales), form()).status_code == 404
    assert Client().get(PAGE).status_code == 302
    assert Agreement.objects.count() == 1


def test_pages_answer_their_own_methods_only(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.max)
    assert client.post(PAGE).status_code == 405
    assert client.put(DRAFT_PAGE).status_code == 405


def test_a_person_of_two_teams_starts_at_the_common_one(cast: Cast, client_of: ClientOf) -> None:
    agreed(cast, team=cast.sales)
    both = person("Bea", Role.SELLER, cast.sales)
    Membership.objects.create(user=both, team=cast.other_sales, role=Role.SELLER)
    text = client_of(both).get(PAGE).content.decode()
    assert "Agreement of marketing and sales" in text
    assert page_of(cast.sales) in text
