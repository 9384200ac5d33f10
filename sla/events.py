"""What can happen to a clock, in both languages.

That a clock started, was met or is no longer needed is told by the handoff's own entries.
"""

from typing import Final

from django.utils.translation import gettext_lazy as _

from handoff.journal.vocabulary import declare

CLOCK: Final = "clock"
AGREEMENT: Final = "agreement"
CALENDAR: Final = "calendar"

WARNED: Final = "clock.warned"
BREACHED: Final = "clock.breached"
ESCALATED: Final = "clock.escalated"
CORRECTED: Final = "clock.corrected"
PAUSED: Final = "clock.paused"
RESUMED: Final = "clock.resumed"
REOPENED: Final = "clock.reopened"
CONTESTED: Final = "clock.contested"
WAIVED: Final = "clock.waived"
KEPT: Final = "clock.kept"
MOVED: Final = "calendar.clocks_moved"
AGREED: Final = "agreement.published"
"""Of before both sides signed; what was put on record then is still told."""
PROPOSED: Final = "agreement.proposed"
SENT_BACK: Final = "agreement.sent_back"
SIGNED: Final = "agreement.signed"

declare(
    WARNED,
    about=CLOCK,
    sentence=_("{clause}: nearly due."),
    icon="clock-alert",
    msgids=("clause",),
)
declare(
    BREACHED,
    about=CLOCK,
    sentence=_("{clause}: breached."),
    icon="flame",
    msgids=("clause",),
)
declare(
    ESCALATED,
    about=CLOCK,
    sentence=_("{clause}: escalated to the manager."),
    icon="chevrons-up",
    msgids=("clause",),
)
declare(
    CORRECTED,
    about=CLOCK,
    sentence=_("{clause}: met after all; the evidence came late."),
    icon="clock-check",
    msgids=("clause",),
)
declare(
    PAUSED,
    about=CLOCK,
    sentence=_("{by} paused “{clause}”: {why}"),
    icon="circle-pause",
    msgids=("clause",),
)
declare(
    RESUMED,
    about=CLOCK,
    sentence=_("“{clause}” is counted again."),
    icon="circle-play",
    msgids=("clause",),
)
declare(
    REOPENED,
    about=CLOCK,
    sentence=_("{by} opened “{clause}” again: {why}"),
    icon="rotate-ccw",
    msgids=("clause",),
)
declare(
    CONTESTED,
    about=CLOCK,
    sentence=_("{by} contested the breach of “{clause}”: {why}"),
    icon="scale",
    msgids=("clause",),
)
declare(
    WAIVED,
    about=CLOCK,
    sentence=_("{by} waived the breach of “{clause}”: {why}"),
    icon="circle-slash",
    msgids=("clause",),
)
declare(
    KEPT,
    about=CLOCK,
    sentence=_("{by} keeps the breach of “{clause}”: {why}"),
    icon="gavel",
    msgids=("clause",),
)
declare(
    MOVED,
    about=CALENDAR,
    sentence=_("{by} has open clocks counted by version {number} of “{calendar}”."),
    icon="calendar-sync",
)
declare(AGREED, about=AGREEMENT, sentence=_("{by} published the agreement."), icon="signature")
declare(PROPOSED, about=AGREEMENT, sentence=_("{by} proposed version {number}."), icon="send")
declare(SENT_BACK, about=AGREEMENT, sentence=_("{by} sent it back: {why}"), icon="undo")
declare(SIGNED, about=AGREEMENT, sentence=_("{by} signed version {number}."), icon="signature")
