"""Whether two records are one person, and what a returning person adds to what is known. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from leads.arrival import Arrival

FILLED: Final = (
    *("name", "company", "cnpj", "job_title", "city", "region", "origin", "landing_page"),
)


class Known(Protocol):
    """What is read of a lead that may be the same person."""

    id: int
    source_id: int | None
    external_id: str
    email_key: str
    phone_key: str


class Match(NamedTuple):
    """Who it is. `by_record`: known by source and external id, whose word then counts."""

    id: int
    by_record: bool


def same_person(arrival: Arrival, *, source_id: int | None, among: Sequence[Known]) -> Match | None:
    """The known lead who is this person: by source and external id, then e-mail, then phone.

    Two people with an e-mail each may share a switchboard, so a phone identifies only where one
    side has no e-mail, and only where it points at one person.
    """
    for lead in among:
        if arrival.external_id and (lead.source_id, lead.external_id) == (
            source_id,
            arrival.external_id,
        ):
            return Match(lead.id, by_record=True)
    for lead in among:
        if arrival.email_key and lead.email_key == arrival.email_key:
            return Match(lead.id, by_record=False)
    return _by_phone(arrival, [lead for lead in among if lead.phone_key == arrival.phone_key])


def _by_phone(arrival: Arrival, among: Sequence[Known]) -> Match | None:
    if not arrival.phone_key:
        return None
    for lead in among:
        if not lead.email_key:
            return Match(lead.id, by_record=False)
    if not arrival.email_key and len(among) == 1:
        return Match(among[0].id, by_record=False)
    return None


def additions(known: Mapping[str, Any], arrival: Arrival, *, by_record: bool) -> dict[str, Any]:
    """What changes of a known lead. A blank never overwrites; a known value stays as it is, save
    where the record it came from says otherwise (`by_record`). Identity is not changed here."""
    changes: dict[str, Any] = {}
    for name in FILLED:
        new = getattr(arrival, name)
        if new and new != known[name] and (by_record or not known[name]):
            changes[name] = new
    if arrival.legal_basis not in ("", "unknown") and known["legal_basis"] == "unknown":
        changes["legal_basis"] = arrival.legal_basis
    if arrival.utm and not known["utm"]:
        changes["utm"] = arrival.utm
    attributes = {**known["attributes"], **arrival.attributes}
    if attributes != known["attributes"]:
        changes["attributes"] = attributes
    if more := [pain for pain in arrival.pains if pain not in known["pains"]]:
        changes["pains"] = [*known["pains"], *more]
    return changes
