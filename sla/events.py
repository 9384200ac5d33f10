"""What can happen to a clock, in both languages.

That a clock started, was met or is no longer needed is told by the handoff's own entries.
"""

from typing import Final

from django.utils.translation import gettext_lazy as _

from handoff.journal.vocabulary import declare

CLOCK: Final = "clock"
AGREEMENT: Final = "agreement"

WARNED: Final = "clock.warned"
BREACHED: Final = "clock.breached"
ESCALATED: Final = "clock.escalated"
CORRECTED: Final = "clock.corrected"
AGREED: Final = "agreement.published"

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
declare(AGREED, about=AGREEMENT, sentence=_("{by} published the agreement."), icon="signature")
