"""What can happen to a clock, in both languages."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from handoff.journal.vocabulary import declare

CLOCK: Final = "clock"
AGREEMENT: Final = "agreement"

STARTED: Final = "clock.started"
MET: Final = "clock.met"
WARNED: Final = "clock.warned"
BREACHED: Final = "clock.breached"
ESCALATED: Final = "clock.escalated"
CANCELLED: Final = "clock.cancelled"
LEASE_ENDED: Final = "clock.lease_ended"
AGREED: Final = "agreement.published"

declare(STARTED, about=CLOCK, sentence=_("{clause}: the clock started."), icon="clock-play")
declare(MET, about=CLOCK, sentence=_("{clause}: met."), icon="clock-check")
declare(WARNED, about=CLOCK, sentence=_("{clause}: nearly due."), icon="clock-exclamation")
declare(BREACHED, about=CLOCK, sentence=_("{clause}: breached."), icon="clock-x")
declare(ESCALATED, about=CLOCK, sentence=_("{clause}: escalated to the manager."), icon="stairs-up")
declare(CANCELLED, about=CLOCK, sentence=_("{clause}: no longer needed."), icon="clock-off")
declare(LEASE_ENDED, about=CLOCK, sentence=_("{clause}: the lease ended."), icon="lifebuoy")
declare(AGREED, about=AGREEMENT, sentence=_("{by} published the agreement."), icon="signature")
