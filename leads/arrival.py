"""What came in, cleaned: one table of fields that page, API and import read by. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from leads.identity import cnpj_of, email_of, phone_of, search_text
from leads.instants import within_bounds
from leads.problems import Problem, problem

LONGEST: Final[Mapping[str, int]] = {
    "name": 200,
    "external_id": 120,
    "company": 200,
    "job_title": 120,
    "city": 120,
    "region": 60,
    "origin": 60,
    "campaign": 160,
    "landing_page": 500,
    "material": 160,
    "text": 4_000,
}
UTM: Final = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
LABELS: Final[Mapping[str, Promise]] = {
    "name": _("name"),
    "email": _("e-mail"),
    "phone": _("phone"),
    "external_id": _("external id"),
    "company": _("company"),
    "cnpj": _("CNPJ"),
    "job_title": _("job title"),
    "city": _("city"),
    "region": _("state or region"),
    "origin": _("origin"),
    "campaign": _("campaign"),
    "landing_page": _("landing page"),
    "legal_basis": _("legal basis"),
    "pains": _("pains"),
    "material": _("material taken"),
    "text": _("message"),
    "attributes": _("attributes"),
    "utm": "UTM",  # type: ignore[dict-item]
}
BASES: Final = frozenset(
    {"consent", "contract", "legitimate_interest", "legal_obligation", "unknown"}
)
LONGEST_UTM: Final = 200
LONGEST_PAIN: Final = 200
MOST_PAINS: Final = 20
LONGEST_ATTRIBUTE: Final = 2_000
MOST_ATTRIBUTES: Final = 300
LONGEST_ATTRIBUTE_NAME: Final = 120


@dataclass(slots=True)
class Arrival:
    """A person who came in, in the form that is kept; what is not known is empty.

    `occurred_at` is the UTC instant of the touch, None where the sender did not say.
    """

    name: str = ""
    email: str = ""
    email_key: str = ""
    phone: str = ""
    phone_key: str = ""
    external_id: str = ""
    company: str = ""
    cnpj: str = ""
    job_title: str = ""
    city: str = ""
    region: str = ""
    origin: str = ""
    campaign: str = ""
    landing_page: str = ""
    legal_basis: str = ""
    material: str = ""
    text: str = ""
    occurred_at: datetime | None = None
    utm: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    pains: list[str] = field(default_factory=list)

    @property
    def is_known_by_something(self) -> bool:
        return bool(self.email_key or self.phone_key or self.external_id)


class Searched(Protocol):
    """What search reads of a lead or an arrival."""

    name: str
    email: str
    phone_key: str
    external_id: str
    company: str
    cnpj: str


def search_of(person: Searched) -> str:
    words = (person.name, person.email, person.company, person.external_id, person.cnpj)
    return search_text(words=words, phone_key=person.phone_key)


@dataclass(frozen=True, kw_only=True)
class Inbound:
    """What somebody sent about a person, as it was sent, for one marketing team.

    `occurred_at` is the UTC instant of the touch, None for now. `external_key` is the sender's own
    id of this touch, by which the same touch sent twice is one.
    """

    team_id: int
    source: str = ""
    external_id: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    company: str = ""
    cnpj: str = ""
    job_title: str = ""
    city: str = ""
    region: str = ""
    origin: str = ""
    campaign_id: int | None = None
    campaign: str = ""
    landing_page: str = ""
    legal_basis: str = ""
    utm: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    pains: Sequence[str] = ()
    kind: str = "form"
    text: str = ""
    url: str = ""
    material: str = ""
    occurred_at: datetime | None = None
    external_key: str = ""

    def texts(self) -> dict[str, str]:
        """The values that SETTERS read."""
        plain = {name: getattr(self, name) for name in INBOUND_TEXTS}
        return plain | {name: text for name, text in self.utm.items() if name in UTM}


INBOUND_TEXTS: Final = (
    *("external_id", "name", "email", "phone", "company", "cnpj", "job_title", "city", "region"),
    *("origin", "campaign", "landing_page", "legal_basis", "material", "text"),
)
Setter = Callable[[Arrival, str], None]


def storable(text: str, longest: int) -> str:
    """The text without blanks around it. Raises Problem where it is too long or cannot be kept."""
    text = text.strip()
    if len(text) > longest:
        raise problem("too_long", text)
    if "\x00" in text:
        raise problem("unstorable")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise problem("unstorable") from None
    return text


def _plain(name: str, longest: int) -> Setter:
    def put(arrival: Arrival, text: str) -> None:
        setattr(arrival, name, storable(text, longest))

    return put


def _email(arrival: Arrival, text: str) -> None:
    arrival.email, arrival.email_key = email_of(storable(text, 1_000))


def _phone(arrival: Arrival, text: str) -> None:
    arrival.phone_key = phone_of(storable(text, 1_000))
    arrival.phone = text.strip()[:40]


def _cnpj(arrival: Arrival, text: str) -> None:
    arrival.cnpj = cnpj_of(storable(text, 1_000))


def _legal_basis(arrival: Arrival, text: str) -> None:
    if text not in BASES:
        raise problem("bad_choice", text)
    arrival.legal_basis = text


def _pains(arrival: Arrival, text: str) -> None:
    arrival.pains = clean_pains(text.replace("\n", ";").split(";"))


def _utm(name: str) -> Setter:
    def put(arrival: Arrival, text: str) -> None:
        arrival.utm[name] = storable(text, LONGEST_UTM)

    return put


SETTERS: Final[Mapping[str, Setter]] = {
    **{name: _plain(name, longest) for name, longest in LONGEST.items()},
    **{name: _utm(name) for name in UTM},
    "email": _email,
    "phone": _phone,
    "cnpj": _cnpj,
    "legal_basis": _legal_basis,
    "pains": _pains,
}
"""Every field that text can fill, and how. A setter raises Problem."""


def clean_pains(texts: Iterable[str]) -> list[str]:
    """Each pain once, in order. Raises Problem."""
    pains = list(dict.fromkeys(filter(None, (storable(text, LONGEST_PAIN) for text in texts))))
    if len(pains) > MOST_PAINS:
        raise problem("too_many")
    return pains


def clean_attributes(values: Mapping[str, Any]) -> dict[str, Any]:
    """Free attributes: text, numbers, truth or lists of text. Blank ones are dropped."""
    if len(values) > MOST_ATTRIBUTES:
        raise problem("too_many")
    return {
        storable(name, LONGEST_ATTRIBUTE_NAME): kept
        for name, value in values.items()
        if (kept := _attribute(value)) not in ("", None)
    }


def _attribute(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value, LONGEST_ATTRIBUTE)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return [storable(item, LONGEST_ATTRIBUTE) for item in value[:100]]
    raise problem("bad_choice", value)


def arrive(
    texts: Mapping[str, str],
    *,
    attributes: Mapping[str, Any] | None = None,
    pains: Sequence[str] = (),
    occurred_at: datetime | None = None,
    at: datetime,
) -> tuple[Arrival, dict[str, Problem]]:
    """One arrival from texts by field name, and what is wrong, by field."""
    arrival = Arrival()
    wrong: dict[str, Problem] = {}
    for name, text in texts.items():
        if text and not text.isspace():
            _try(wrong, name, partial(SETTERS[name], arrival, text))
    if attributes:
        _try(wrong, "attributes", partial(_put_attributes, arrival, attributes))
    if pains:
        _try(wrong, "pains", partial(_put_pains, arrival, pains))
    if occurred_at is not None:
        _try(wrong, "occurred_at", partial(_put_instant, arrival, occurred_at, at))
    return arrival, wrong


def _put_attributes(arrival: Arrival, values: Mapping[str, Any]) -> None:
    arrival.attributes = clean_attributes(values)


def _put_pains(arrival: Arrival, texts: Sequence[str]) -> None:
    arrival.pains = clean_pains(texts)


def _put_instant(arrival: Arrival, instant: datetime, at: datetime) -> None:
    arrival.occurred_at = within_bounds(instant, at=at)


def _try(wrong: dict[str, Problem], name: str, step: Callable[[], None]) -> None:
    try:
        step()
    except Problem as found:
        wrong[name] = found.at(name)
