"""Criteria in the browser: a file becomes a draft, is proposed, approved or sent back."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leads.actions import rules
from leads.actions.scoring import rescore_next
from leads.models import RuleSet, Score
from leads.stages import RuleSetState
from tests.cast import MONDAY, Cast
from tests.conftest import ApiOf, ClientOf
from tests.walk import PAID, criteria, new_lead

pytestmark = pytest.mark.django_db
TOO_SHORT = json.dumps(
    {"criteria": [{"axis": "fit", "activity": [], "points": 1, "half_life_days": "1e-400"}]}
).encode()
FINE = {"criteria": [PAID], "thresholds": {"fit": 20}}


def page(name: str, *args: Any) -> str:
    return reverse(f"leads:{name}", args=args)


def send(client: Client, team: object, content: bytes | dict[str, Any], **more: str) -> Any:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    file = SimpleUploadedFile("criteria.json", body)
    return client.post(page("rules"), {"team": team, "file": file, **more})


def proposed(cast: Cast) -> RuleSet:
    return rules.propose(rule_set_id=criteria(cast).pk, by=cast.mara, at=MONDAY)


def active(cast: Cast) -> RuleSet:
    return rules.approve(rule_set_id=proposed(cast).pk, by=cast.tess, at=MONDAY)


def test_from_file_to_being_in_force(cast: Cast, client_of: ClientOf) -> None:
    lead = new_lead(cast)
    mara, tess = client_of(cast.mara), client_of(cast.tess)
    assert send(mara, cast.marketing.pk, FINE, why="Paid search buys.").status_code == 302
    row = RuleSet.objects.get()
    assert (row.team, row.state, row.why) == (cast.marketing, "draft", "Paid search buys.")
    assert page("propose_rules", row.pk) in mara.get(page("rule_set", row.pk)).content.decode()
    assert mara.post(page("propose_rules", row.pk)).status_code == 302
    asked = tess.get(page("rule_set", row.pk)).content.decode()
    assert "Origin is one of paid_search, organic_search: +20" in asked
    assert "a person marks it as MQL." in asked
    assert page("approve_rules", row.pk) in asked
    assert tess.post(page("approve_rules", row.pk)).status_code == 302
    running = mara.get(page("rule_set", row.pk)).content.decode()
    assert page("rules_progress", row.pk) in running
    assert b"<progress" in mara.get(page("rules_progress", row.pk)).content
    while rescore_next(at=timezone.now()):
        pass
    assert Score.objects.get().lead == lead
    assert mara.get(page("rules_progress", row.pk))["HX-Refresh"] == "true"
    listed = mara.get(page("rules")).content.decode()
    assert "Active" in listed
    assert "Tess" in listed


def test_mara_cannot_approve_nor_whoever_proposed(cast: Cast, client_of: ClientOf) -> None:
    row = proposed(cast)
    mara = client_of(cast.mara)
    assert page("approve_rules", row.pk) not in mara.get(page("rule_set", row.pk)).content.decode()
    assert mara.post(page("approve_rules", row.pk)).status_code == 403
    own = criteria(cast)
    rules.propose(rule_set_id=own.pk, by=cast.ada, at=MONDAY)
    ada = client_of(cast.ada)
    assert page("approve_rules", own.pk) not in ada.get(page("rule_set", own.pk)).content.decode()
    assert ada.post(page("approve_rules", own.pk)).status_code == 403
    assert not RuleSet.objects.active().exists()


def test_what_changed_since_it_was_read_is_not_approved(
    cast: Cast, client_of: ClientOf, api_of: ApiOf
) -> None:
    row, tess = proposed(cast), client_of(cast.tess)
    assert (
        f'name="revision" value="{row.revision}"'
        in tess.get(page("rule_set", row.pk)).content.decode()
    )
    rules.send_back(rule_set_id=row.pk, why="Too few.", by=cast.ada, at=MONDAY)
    other = {**row.rules, "thresholds": {"fit": 1}}
    rules.revise(rule_set_id=row.pk, rules=other, revision=1, by=cast.mara, at=MONDAY)
    rules.propose(rule_set_id=row.pk, by=cast.mara, at=MONDAY)
    at = page("approve_rules", row.pk)
    assert tess.post(at, {"revision": "1"}).status_code == 409
    assert tess.post(at, {"revision": "one"}).status_code == 400
    api = api_of(cast.tess).post(f"/api/v1/rules/{row.pk}/approve/", {"revision": 1})
    assert (api.status_code, api.json()["reason"]) == (409, "changed_meanwhile")
    assert tess.post(at, {"revision": "2"}).status_code == 302


def test_sales_sends_back_with_a_reason(cast: Cast, client_of: ClientOf) -> None:
    row, tess = proposed(cast), client_of(cast.tess)
    silent = tess.post(page("send_back_rules", row.pk), {"why": " "})
    assert silent.status_code == 422
    assert '<details class="fold" open' in silent.content.decode()
    said = {"why": "Display ads are missing."}
    assert tess.post(page("send_back_rules", row.pk), said).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.answer) == (RuleSetState.DRAFT, "Display ads are missing.")
    read = client_of(cast.mara).get(page("rule_set", row.pk)).content.decode()
    assert "Display ads are missing." in read
    assert tess.post(page("send_back_rules", row.pk), said).status_code == 409


def test_what_is_wrong_in_a_file_is_listed_and_the_rest_is_kept(
    cast: Cast, client_of: ClientOf
) -> None:
    wrong = {"criteria": [PAID, PAID, {**PAID, "key": "x", "points": "many"}], "caps": 3}
    answer = send(client_of(cast.mara), cast.marketing.pk, wrong, why="Display ads buy.")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Criterion 3, points: Write a number." in text
    assert "Criterion 2, key: Two criteria have this key." in text
    assert "Caps: Say it for each axis." in text
    assert "Display ads buy." in text
    assert not RuleSet.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"{", b"\xff\xfe", b"[" * 100_000, b"null", b"[]", b'"x"', b"NaN", b"9" * 5_000),
        *(b'{"\\ud800": 1}', b'{"criteria": [{"\\u0000": 1}]}', b'{"criteria": {"0": 1}}'),
        *(b'{"accepts": [[1]]}', b'{"accepts": [{}]}', b'{"thresholds": {"x.y": 1e400}}'),
        TOO_SHORT,
        *(b'{"team": 1}', b'{"fields": 1}', b" " * (1024 * 1024 + 1)),
    ],
    ids=lambda content: ascii(content[:30]),
)
def test_a_file_that_is_no_criteria_is_refused(
    cast: Cast, client_of: ClientOf, content: bytes
) -> None:
    assert send(client_of(cast.mara), cast.marketing.pk, content).status_code == 422
    assert not RuleSet.objects.exists()


def test_criteria_are_written_for_ones_own_teams(cast: Cast, client_of: ClientOf) -> None:
    mara = client_of(cast.mara)
    assert send(mara, cast.other_marketing.pk, FINE).status_code == 422
    assert send(client_of(cast.sam), cast.marketing.pk, FINE).status_code == 403
    assert not RuleSet.objects.exists()
    assert send(mara, "", FINE).status_code == 302
    assert RuleSet.objects.get().team is None
    assert "Every other team" in client_of(cast.olga).get(page("rules")).content.decode()


def test_another_teams_criteria_are_not_there(cast: Cast, client_of: ClientOf) -> None:
    row, olga = proposed(cast), client_of(cast.olga)
    for name in ("rule_set", "rules_file", "rules_progress"):
        assert olga.get(page(name, row.pk)).status_code == 404
    assert olga.post(page("propose_rules", row.pk)).status_code == 404
    assert "Demand BR" not in olga.get(page("rules")).content.decode()


def test_faults_stand_on_the_draft_and_stop_the_proposal(cast: Cast, client_of: ClientOf) -> None:
    row, mara = criteria(cast, thresholds={"fit": 21}), client_of(cast.mara)
    said = "Thresholds, Fit: Nobody can reach this: the most is 20."
    assert said in mara.get(page("rule_set", row.pk)).content.decode()
    refused = mara.post(page("propose_rules", row.pk))
    assert refused.status_code == 422
    assert said in refused.content.decode()
    row.refresh_from_db()
    assert row.state == RuleSetState.DRAFT


def test_a_draft_says_what_it_would_change(cast: Cast, client_of: ClientOf) -> None:
    first, mara = active(cast), client_of(cast.mara)
    row = criteria(cast, {**PAID, "points": 25})
    shown = mara.get(page("rule_set", row.pk))
    assert shown.context["against"] == first
    assert "Against version 1 of Demand BR, in force" in shown.content.decode()
    assert [each.after for each in shown.context["changes"]] == [
        "Origin is one of paid_search, organic_search: +25"
    ]
    assert mara.get(page("rule_set", first.pk)).context["against"] is None


def test_a_download_can_be_brought_in_again(cast: Cast, client_of: ClientOf) -> None:
    row, mara = criteria(cast), client_of(cast.mara)
    file = mara.get(page("rules_file", row.pk))
    assert 'filename="criteria-' in file["Content-Disposition"]
    assert send(mara, cast.marketing.pk, file.content).status_code == 302
    assert RuleSet.objects.get(number=2).rules == row.rules


def test_a_step_taken_twice_is_told(cast: Cast, client_of: ClientOf) -> None:
    row, tess = active(cast), client_of(cast.tess)
    assert tess.post(page("approve_rules", row.pk)).status_code == 409
    assert client_of(cast.mara).post(page("propose_rules", row.pk)).status_code == 409


@pytest.mark.parametrize(("who", "told"), [("mara", "Make a draft below"), ("sam", "ask them")])
def test_empty_says_what_to_do_next(cast: Cast, client_of: ClientOf, who: str, told: str) -> None:
    text = client_of(getattr(cast, who)).get(page("rules")).content.decode()
    assert told in text
    assert ('type="file"' in text) == (who == "mara")
