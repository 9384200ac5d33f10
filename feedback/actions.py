"""Asking for feedback once a journey ends, and giving it."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from feedback import events
from feedback.models import Feedback
from handoff.journal.record import record
from handoff.people.access import allowed
from handoff.people.models import User
from leads.actions import steps
from leads.models import Handoff
from leads.refusals import Refusal, not_allowed, not_now, wrong
from leads.stages import NEEDS_NOTE, HandoffState, ReasonGroup

OWED_AFTER: Final = (HandoffState.RETURNED, HandoffState.WON, HandoffState.LOST)
LONGEST_COMMENT: Final = 2_000


@transaction.atomic
def ask(*, handoff_id: int, asked_of: User, at: datetime) -> Feedback:
    """Ask once for a handoff's feedback; asked again, the first request stands."""
    handoff = steps.lock(handoff_id)
    _check_ended(handoff)
    request, asked_now = Feedback.objects.get_or_create(
        handoff=handoff, defaults={"asked_of": asked_of, "asked_at": at}
    )
    if asked_now:
        record(
            events.REQUESTED,
            about_id=handoff.pk,
            at=at,
            **steps.told(handoff, name=str(asked_of), asked_of=asked_of.pk),
        )
    return request


@transaction.atomic
def give(
    *,
    handoff_id: int,
    accepted: bool,
    quality: int,
    reason: str,
    comment: str,
    by: User,
    at: datetime,
) -> Feedback:
    """Answer for a handoff, once.

    The seller who held it may answer before anybody asked; their lead and the manager may too.
    Raises the refusals `unknown`, `not_possible`, `not_allowed`, `already_given` and `invalid`.
    """
    handoff = steps.lock(handoff_id, by=by)
    _check_ended(handoff)
    feedback = (
        Feedback.objects.select_related("given_by", "asked_of").filter(handoff=handoff).first()
    )
    _check_right(handoff, feedback, by)
    if feedback is None:
        feedback = ask(handoff_id=handoff.pk, asked_of=_holder_of(handoff) or by, at=at)
    elif feedback.given_by is not None:
        raise already_given(feedback.given_by)
    _check_answer(accepted, quality, reason, comment)
    feedback.accepted = accepted
    feedback.quality = quality
    feedback.reason = reason
    feedback.comment = comment.strip()
    feedback.given_by = by
    feedback.given_at = at
    feedback.save(
        update_fields=("accepted", "quality", "reason", "comment", "given_by", "given_at")
    )
    record(
        events.GIVEN,
        about_id=handoff.pk,
        at=at,
        by=by,
        **steps.told(
            handoff,
            quality=quality,
            accepted=accepted,
            reason=reason,
            comment=feedback.comment,
        ),
    )
    return feedback


@transaction.atomic
def reply(*, handoff_id: int, text: str, by: User, at: datetime) -> Feedback:
    """Answer feedback, once, for the marketing team whose lead it was about.

    Raises the refusals `unknown`, `not_allowed`, `not_possible`, `already_answered` and `invalid`.
    """
    handoff = steps.lock(handoff_id, by=by)
    if not may_reply(handoff, by):
        raise not_allowed()
    rows = Feedback.objects.select_related("given_by", "replied_by")
    feedback = rows.filter(handoff=handoff).first()
    if feedback is None or feedback.given_by is None:
        raise Refusal("not_possible", _("Sales has not given feedback on this one yet."))
    if feedback.replied_by is not None:
        raise already_answered(feedback.replied_by)
    text = text.strip()
    if not text:
        raise wrong(text=_("Say what you make of it."))
    if len(text) > LONGEST_COMMENT:
        raise wrong(text=_("Keep the answer to 2,000 characters."))
    feedback.reply, feedback.replied_at, feedback.replied_by = text, at, by
    feedback.save(update_fields=("reply", "replied_at", "replied_by"))
    told = steps.told(handoff, reply=text, given_by=feedback.given_by.pk)
    record(events.REPLIED, about_id=handoff.pk, at=at, by=by, **told)
    return feedback


def may_reply(handoff: Handoff, by: User) -> bool:
    return allowed(by, "answer_feedback", on=handoff.lead.team_id)


def already_answered(by: User) -> Refusal:
    sentence = _("%(name)s has already answered this.") % {"name": by}
    return Refusal("already_answered", sentence, winner=str(by), icon="message-circle-check")


def already_given(by: User) -> Refusal:
    sentence = _("%(name)s has already given feedback for this one.") % {"name": by}
    return Refusal("already_given", sentence, winner=str(by), icon="message-circle-check")


def may_give(handoff: Handoff, feedback: Feedback | None, by: User) -> bool:
    """The person asked, as long as they sell in that team, its lead, or a manager."""
    if allowed(by, "reassign", on=handoff.team_id):
        return True
    asked = feedback.asked_of if feedback else _holder_of(handoff)
    return by == asked and allowed(by, "give_feedback", on=handoff.team_id)


def _holder_of(handoff: Handoff) -> User | None:
    """Who had it in hand when it ended."""
    return handoff.claimed_by or handoff.ended_by


def _check_ended(handoff: Handoff) -> None:
    if handoff.state not in OWED_AFTER or handoff.imported:
        raise not_now(_("Give feedback"), handoff.get_state_display())


def _check_right(handoff: Handoff, feedback: Feedback | None, by: User) -> None:
    if not may_give(handoff, feedback, by):
        raise not_allowed()


def _check_answer(accepted: bool, quality: int, reason: str, comment: str) -> None:
    problems: dict[str, str] = {}
    if not 1 <= quality <= 5:
        problems["quality"] = _("Choose 1 to 5 stars.")
    if reason and reason not in ReasonGroup.values:
        problems["reason"] = _("Choose one of the reasons.")
    if not accepted and not reason:
        problems["reason"] = _("Say why it was not as agreed.")
    if len(comment) > LONGEST_COMMENT:
        problems["comment"] = _("Keep the comment to 2,000 characters.")
    elif reason in NEEDS_NOTE and not accepted and not comment.strip():
        problems["comment"] = _("Say in a few words what the reason was.")
    if problems:
        raise wrong(**problems)
