"""What a lead is handed over with, and what of it is still missing. Pure.

Completeness is filled required parts ÷ required parts, as a whole percentage.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

UNKNOWN_BASIS = "unknown"


class Described(Protocol):
    """What the package reads of a lead."""

    name: str
    email: str
    phone: str
    company: str
    job_title: str
    origin: str
    legal_basis: str
    pains: Sequence[str]


@dataclass(frozen=True)
class Part:
    """One required part. `remedy` says what to do about it in a few words."""

    key: str
    label: str | Promise
    remedy: str | Promise
    filled: bool


@dataclass(frozen=True)
class Package:
    parts: tuple[Part, ...]

    @property
    def missing(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if not part.filled)

    @property
    def filled(self) -> int:
        return len(self.parts) - len(self.missing)

    @property
    def percent(self) -> int:
        return round(100 * self.filled / len(self.parts))

    @property
    def whole(self) -> bool:
        return not self.missing


def package_of(
    lead: Described,
    *,
    why_now: str = "",
    promise: str = "",
    pains: Sequence[str] | None = None,
    note: str | None = None,
) -> Package:
    """The package as it stands. Without `note` (None) it is that of a lead not yet offered.

    `pains` of an offer stand in for the lead's own.
    """
    parts = [*_of_person(lead), *_of_interest(lead, why_now, promise, pains)]
    if note is not None:
        parts.append(
            Part("note", _("Note to the seller"), _("Say what to know first"), bool(note.strip()))
        )
    return Package(tuple(parts))


def _of_person(lead: Described) -> list[Part]:
    return [
        Part("name", _("Name"), _("Add the name"), bool(lead.name)),
        Part(
            "reach",
            _("A way to reach them"),
            _("Add a phone or an e-mail"),
            bool(lead.phone or lead.email),
        ),
        Part("company", _("Company"), _("Add the company"), bool(lead.company)),
        Part("job_title", _("Job title"), _("Add the job title"), bool(lead.job_title)),
        Part("origin", _("Origin"), _("Say where they came from"), bool(lead.origin)),
        Part(
            "legal_basis",
            _("Legal basis"),
            _("State the legal basis"),
            lead.legal_basis not in ("", UNKNOWN_BASIS),
        ),
    ]


def _of_interest(
    lead: Described, why_now: str, promise: str, pains: Sequence[str] | None
) -> list[Part]:
    felt = lead.pains if pains is None else pains
    return [
        Part("pains", _("Pains"), _("Write down what hurts"), bool(felt)),
        Part("why_now", _("Why now"), _("Record what they did or asked"), bool(why_now)),
        Part(
            "promise",
            _("Promise of the campaign"),
            _("Say what the campaign promised"),
            bool(promise.strip()),
        ),
    ]
