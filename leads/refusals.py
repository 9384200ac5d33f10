"""Why a step is not possible: one object, rendered the same as HTML and as JSON."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


@dataclass
class Refusal(Exception):
    """A step that did not happen. `winner` names the person who was first, if one was.

    `next_id` is the handoff offered instead, if there is one. `fields` maps a form field to what
    is wrong with it.
    """

    reason: str
    sentence: str | Promise
    winner: str = ""
    icon: str = "alert-triangle"
    status: int = 409
    next_id: int | None = None
    fields: dict[str, str] | None = None

    def __str__(self) -> str:
        return str(self.sentence)


def already_claimed(winner: str, next_id: int | None = None) -> Refusal:
    sentence = _("%(name)s claimed this lead first.") % {"name": winner}
    return Refusal("already_claimed", sentence, winner=winner, next_id=next_id, icon="user-check")


def not_now(step: object, state: object) -> Refusal:
    """The step does not lead anywhere from here; both are named in the reader's language."""
    sentence = _("Not possible now: this is “%(state)s”.") % {"step": step, "state": state}
    return Refusal("not_possible", sentence)


def not_allowed() -> Refusal:
    return Refusal(
        "not_allowed",
        gettext_lazy("You do not have the right to do this."),
        status=403,
        icon="lock",
    )


def unknown() -> Refusal:
    """Nothing with this id that the person may see; what is foreign is not told apart."""
    return Refusal("unknown", gettext_lazy("There is nothing here."), status=404, icon="search-off")


def changed_meanwhile() -> Refusal:
    """What was edited is no longer what was shown."""
    sentence = gettext_lazy("Somebody changed this while you were editing. Look at it again.")
    return Refusal("changed_meanwhile", sentence, icon="refresh")


def held_by(name: str) -> Refusal:
    """The step is for the one who holds the lead."""
    sentence = _("%(name)s holds this lead.") % {"name": name}
    return Refusal("not_yours", sentence, winner=name, status=403, icon="user-check")


def not_proposed() -> Refusal:
    """Nothing to follow or to set aside; it may have dropped below the line meanwhile."""
    sentence = gettext_lazy("The criteria do not propose this lead now.")
    return Refusal("not_proposed", sentence)


def not_in_team() -> Refusal:
    return wrong(to=_("This person is not in the team."))


def nothing_waits(team: str) -> Refusal:
    sentence = _("Nothing is waiting in the queue of %(team)s.") % {"team": team}
    return Refusal("queue_empty", sentence, icon="inbox")


def away(back: str) -> Refusal:
    sentence = _("You are away, back %(day)s. Say that you are back to be offered work.")
    return Refusal("away", sentence % {"day": back}, icon="calendar-clock")


def at_capacity(limit: int) -> Refusal:
    sentence = _("You hold %(limit)s open claims, your limit. Finish or return one first.") % {
        "limit": limit
    }
    return Refusal("at_capacity", sentence, icon="stack-2")


def wrong(**fields: str) -> Refusal:
    """What was sent is wrong, field by field."""
    return Refusal("invalid", "; ".join(fields.values()), status=422, fields=fields)
