"""What sales teaches marketing, in both languages."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from handoff.journal.vocabulary import declare

REQUESTED: Final = "feedback.requested"
GIVEN: Final = "feedback.given"
REPLIED: Final = "feedback.replied"

declare(
    REQUESTED,
    about="handoff",
    sentence=_("Feedback was asked of {name}."),
    icon="message-circle-question-mark",
)
declare(GIVEN, about="handoff", sentence=_("{by} gave feedback: {quality} of 5."), icon="star")
declare(
    REPLIED,
    about="handoff",
    sentence=_("{by} answered the feedback: {reply}"),
    icon="message-circle-reply",
)
