"""How each figure is made and what each word means, as the help page says it."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Term:
    """`slug` is the anchor by which a page points at its definition."""

    slug: str
    name: str | Promise
    meaning: str | Promise


@dataclass(frozen=True)
class Chapter:
    slug: str
    title: str | Promise
    terms: tuple[Term, ...]


WORDS: Final = Chapter(
    "words",
    _("Words"),
    (
        Term(
            "lead",
            _("Lead"),
            _(
                "A person who may buy, known once by e-mail, phone or a source's own id. Whoever "
                "comes back is a new touch of the same lead, never a second one."
            ),
        ),
        Term(
            "mql",
            _("MQL"),
            _("A lead that marketing marked as worth a salesperson's time, with the reason."),
        ),
        Term(
            "handoff",
            _("Handoff"),
            _(
                "One journey of a lead through sales: offered to a team with note, pains and the "
                "campaign's promise, claimed by one seller, ended as won, lost or returned."
            ),
        ),
        Term(
            "sal-sql",
            _("SAL and SQL"),
            _(
                "Accepted by sales, and qualified by sales. Both are instants of their own; the "
                "agreement says whether a claim counts as both."
            ),
        ),
        Term(
            "rescue",
            _("Rescue"),
            _(
                "A lead that was claimed and not touched before its lease ended goes back to the "
                "queue. Who held it stays written in its history."
            ),
        ),
        Term(
            "returned",
            _("Returned, recycled, disqualified"),
            _(
                "A seller gives a lead back with a reason, and the reason decides what becomes of "
                "it: not now and unreachable come back later (recycled); not a fit, no intent and "
                "competitor end it (disqualified); the rest waits for marketing's answer."
            ),
        ),
    ),
)

FIGURES: Final = Chapter(
    "figures",
    _("Figures"),
    (
        Term(
            "speed-to-lead",
            _("Speed to lead"),
            _(
                "From the lead's first touch with us to the seller's first attempt, by the wall "
                "clock: nights and weekends count. It is what the lead lives through."
            ),
        ),
        Term(
            "response-time",
            _("Response time"),
            _(
                "From the offer, or from the claim, to the first attempt, in business time of the "
                "agreement's calendar. It is what the team promised. The two are never mixed."
            ),
        ),
        Term(
            "bands",
            _("Bands and percentiles"),
            _(
                "Up to 5, 15 and 60 minutes, and longer. P50, P90 and P95 are the times that half, "
                "nine tenths and 95 of 100 stay under. Who was never contacted is counted apart."
            ),
        ),
        Term(
            "attainment",
            _("Attainment"),
            _(
                "Promises met ÷ (met + breached). Running, cancelled and waived ones are shown "
                "beside it and never hidden in it."
            ),
        ),
        Term(
            "both-sides",
            _("Both sides"),
            _(
                "What sales owes (claim, attempt, talk, feedback) beside what marketing owes "
                "(answer, next step). Before waivers, what the other side waived counts as "
                "breached; the waiver rate is the share of breaches that was waived."
            ),
        ),
        Term(
            "delay",
            _("Where the time went"),
            _(
                "The time until the first attempt in parts that add up to it: until we knew of "
                "the lead, until the MQL mark, until the handoff, in the queue and with the "
                "seller, the last two in open and in closed hours. What is not over yet is "
                "counted up to now."
            ),
        ),
        Term(
            "acceptance",
            _("Acceptance"),
            _("Accepted ÷ handed over, of the handoffs that were offered in the period."),
        ),
        Term(
            "conversion",
            _("MQL → SQL → won"),
            _(
                "A cohort is what was handed over in the period, whenever it ended. Journeys that "
                "are still open are shown as open, so a young month looks unfinished, not bad."
            ),
        ),
        Term(
            "completeness",
            _("Package completeness"),
            _(
                "Filled parts ÷ required parts of what a seller needs: who it is and how to reach "
                "them, company, job title, origin, legal basis, pains, why now, promise and note."
            ),
        ),
        Term(
            "cost",
            _("Cost per MQL and per SQL"),
            _("The campaign's cost ÷ the leads of that campaign that got so far."),
        ),
        Term(
            "n",
            _("n"),
            _("How many cases a figure rests on: a rate of few cases says little, and says so."),
        ),
    ),
)

TIME: Final = Chapter(
    "time",
    _("Time"),
    (
        Term(
            "business-time",
            _("Business time"),
            _(
                "Real minutes inside the open hours of the agreement's calendar. Lunch, nights, "
                "weekends and holidays do not count; a clock change takes or adds no work."
            ),
        ),
        Term(
            "deadline",
            _("Deadline"),
            _(
                "The earliest instant at which the promised business time has passed. What ends "
                "at closing time is due at closing time, not next morning."
            ),
        ),
        Term(
            "what-stops",
            _("What stops a clock"),
            _(
                "The seller's own attempt, at the instant it happened. One that is written down "
                "late is shown as late; an automatic e-mail is never a response."
            ),
        ),
        Term(
            "warned-breached",
            _("Warned, breached, escalated"),
            _(
                "The owner is warned before the deadline, the team lead is told at the breach and "
                "the manager after it. A breach happened at the deadline, not when it was noticed."
            ),
        ),
    ),
)

CHAPTERS: Final = (WORDS, FIGURES, TIME)

KEYS: Final = (
    ("?", _("All shortcuts of the page you are on")),
    ("/", _("Search")),
    ("g", _("Then a letter: go to a page; the menu shows the letters")),
    ("j k", _("Next and previous row")),
    ("enter", _("Open the row")),
    ("c", _("Claim the row, in the queue")),
)
