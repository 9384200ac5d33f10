"""Rows of a file made into people, and people of one file who are the same made one. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from leads.arrival import (
    LONGEST,
    LONGEST_ATTRIBUTE,
    LONGEST_ATTRIBUTE_NAME,
    SETTERS,
    Arrival,
    storable,
)
from leads.duplicates import FILLED
from leads.instants import Reader, reader, within_bounds
from leads.mapping import INSTANTS, Plan
from leads.problems import Problem, problem
from leads.tabular.table import Row

LARGEST_VALUE: Final = Decimal("9999999999.99")
WON: Final = frozenset({"won", "closed won", "ganho", "ganha", "vendido"})
LOST: Final = frozenset({"lost", "closed lost", "perdido", "perdida"})


@dataclass(slots=True)
class Staged:
    """One row on its way in. `leader` is the number of an earlier row of the same person, into
    whose arrival this one was merged; `adds` says whether it had anything to add to it."""

    number: int
    arrival: Arrival = field(default_factory=Arrival)
    marketing_qualified_at: datetime | None = None
    won_at: datetime | None = None
    lost_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str = ""
    value: Decimal | None = None
    leader: int | None = None
    adds: bool = False

    def settle_outcome(self) -> None:
        """One outcome and its instant, however the file says it. Raises Problem."""
        if self.won_at is not None:
            self.outcome, self.ended_at = "won", self.won_at
        elif self.lost_at is not None:
            self.outcome, self.ended_at = "lost", self.lost_at
        if self.outcome and self.ended_at is None:
            raise problem("no_outcome_date")


Step = Callable[[Staged, str], None]


class Stager:
    """A plan made ready for the columns of one file. `at` bounds the instants (UTC)."""

    def __init__(self, plan: Plan, columns: Sequence[str], at: datetime) -> None:
        self.plan = plan
        self.columns = columns
        self.at = at
        self.read_instant = reader(plan.dates, ZoneInfo(plan.zone))
        self.plain = [
            (place, column, names[0], LONGEST[names[0]])
            for place, column in enumerate(columns)
            if (names := plan.columns.get(column, ())) and self._is_plain(column)
        ]
        self.steps = [
            (place, column, plan.values.get(column, {}), steps)
            for place, column in enumerate(columns)
            if not self._is_plain(column) and (steps := self._steps(column))
        ]
        self.constants = [
            (name, text, self._step(name)) for name, text in plan.constants.items() if text
        ]

    def stage(self, row: Row) -> Staged | list[Problem]:
        """The row as a person, or everything that is wrong with it."""
        if row.problem is not None:
            return [row.problem]
        staged, wrong = Staged(row.number), list[Problem]()
        for name, text, step in self.constants:
            _try(wrong, name, partial(step, staged, text))
        self._fill_plain(staged.arrival, row.cells, wrong)
        self._fill(staged, row.cells, wrong)
        return wrong or self._whole(staged)

    def _fill_plain(self, arrival: Arrival, cells: Sequence[str], wrong: list[Problem]) -> None:
        for place, column, name, longest in self.plain:
            text = cells[place].strip()
            if not text:
                continue
            if len(text) > longest or "\x00" in text:
                code = "too_long" if len(text) > longest else "unstorable"
                wrong.append(problem(code, text).at(column))
            setattr(arrival, name, text)

    def _fill(self, staged: Staged, cells: Sequence[str], wrong: list[Problem]) -> None:
        for place, column, known, steps in self.steps:
            text = cells[place]
            if known:
                text = known.get(text.strip(), text)
            if not text or text.isspace():
                continue
            try:
                for each in steps:
                    each(staged, text)
            except Problem as found:
                wrong.append(found.at(column))

    def _whole(self, staged: Staged) -> Staged | list[Problem]:
        if not staged.arrival.is_known_by_something:
            return [problem("nobody")]
        try:
            staged.settle_outcome()
        except Problem as found:
            return [found]
        return staged

    def _is_plain(self, column: str) -> bool:
        """A column of text that one field takes as it stands: most of a file, so kept short."""
        names = self.plan.columns.get(column, ())
        kept = self.plan.attributes is not None and column in self.plan.attributes
        return (
            len(names) == 1 and names[0] in LONGEST and not kept and column not in self.plan.values
        )

    def _steps(self, column: str) -> list[Step]:
        steps = [self._step(name) for name in self.plan.columns.get(column, ())]
        kept = self.plan.attributes
        name = column if kept is None and not steps else (kept or {}).get(column, "")
        if name:
            steps.append(partial(_keep, name[:LONGEST_ATTRIBUTE_NAME]))
        return steps

    def _step(self, name: str) -> Step:
        if name in INSTANTS:
            return partial(_instant, name, self.read_instant, self.at)
        if name == "value":
            return _value
        if name == "outcome":
            return _outcome
        return partial(_field, SETTERS[name])


def _field(setter: Callable[[Arrival, str], None], staged: Staged, text: str) -> None:
    setter(staged.arrival, text)


def _keep(name: str, staged: Staged, text: str) -> None:
    staged.arrival.attributes[name] = storable(text, LONGEST_ATTRIBUTE)


def _instant(name: str, read: Reader, at: datetime, staged: Staged, text: str) -> None:
    try:
        instant = within_bounds(read(text.strip()), at=at)
    except Problem as found:
        raise problem(found.code, text) from None
    setattr(staged.arrival if name == "occurred_at" else staged, name, instant)


def _outcome(staged: Staged, text: str) -> None:
    """Won or lost; any other word is a journey that has not ended."""
    word = text.strip().casefold()
    staged.outcome = "won" if word in WON else "lost" if word in LOST else ""


def _value(staged: Staged, text: str) -> None:
    staged.value = amount_of(text)


def amount_of(text: str) -> Decimal:
    """An amount, its last comma or point being the decimal one. Raises Problem."""
    plain = "".join(mark for mark in text if mark.isdigit() or mark in ",.-")
    point = max(plain.rfind(","), plain.rfind("."))
    if plain.count(plain[point : point + 1]) > 1 or (point >= 0 and len(plain) - point == 4):
        point = -1
    whole, cents = (plain[:point], plain[point + 1 :]) if point >= 0 else (plain, "")
    if not any(map(str.isdigit, plain)):
        raise problem("bad_number", text)
    try:
        value = Decimal(f"{whole.replace(',', '').replace('.', '')}.{cents or '0'}")
    except InvalidOperation:
        raise problem("bad_number", text) from None
    if not 0 <= value <= LARGEST_VALUE:
        raise problem("bad_number", text)
    return value.quantize(Decimal("0.01"))


def _try(wrong: list[Problem], column: str, step: Callable[[], None]) -> None:
    try:
        step()
    except Problem as found:
        wrong.append(found.at(column))


def fold(rows: Iterable[Staged]) -> None:
    """Merge rows of one person into the first of them, by the rules of `leads.duplicates`."""
    known = _Known()
    for row in rows:
        arrival = row.arrival
        recorded = known.by_record.get(arrival.external_id) if arrival.external_id else None
        leader = recorded or known.by_keys(arrival)
        if leader is not None:
            known.leave_others_keys(leader, arrival)
            row.leader = leader.number
            row.adds = merge(leader.arrival, arrival, by_record=recorded is not None)
        known.remember(leader or row)


class _Known:
    """The people of one file so far, by what they are known by."""

    def __init__(self) -> None:
        self.by_record: dict[str, Staged] = {}
        self.by_email: dict[str, Staged] = {}
        self.by_phone: dict[str, list[Staged]] = {}
        self.by_phone_alone: dict[str, Staged] = {}

    def remember(self, leader: Staged) -> None:
        arrival = leader.arrival
        if arrival.external_id:
            self.by_record.setdefault(arrival.external_id, leader)
        if arrival.email_key:
            self.by_email.setdefault(arrival.email_key, leader)
        if arrival.phone_key:
            if not arrival.email_key:
                self.by_phone_alone[arrival.phone_key] = leader
            known = self.by_phone.setdefault(arrival.phone_key, [])
            if len(known) < 2 and all(one is not leader for one in known):
                known.append(leader)

    def by_keys(self, arrival: Arrival) -> Staged | None:
        """Two with a phone in common say as much as twenty: that it is a switchboard."""
        if arrival.email_key and arrival.email_key in self.by_email:
            return self.by_email[arrival.email_key]
        if not arrival.phone_key:
            return None
        known = self.by_phone.get(arrival.phone_key, ())
        alone = known[0] if len(known) == 1 and not arrival.email_key else None
        return self._alone(arrival.phone_key) or alone

    def leave_others_keys(self, leader: Staged, arrival: Arrival) -> None:
        """A record may bring an e-mail or a phone that is another's already: it stays theirs."""
        if self.by_email.get(arrival.email_key, leader) is not leader:
            arrival.email = arrival.email_key = ""
        alone = self._alone(arrival.phone_key)
        named = leader.arrival.email_key or arrival.email_key
        if alone is not None and alone is not leader and not named:
            arrival.phone = arrival.phone_key = ""

    def _alone(self, phone_key: str) -> Staged | None:
        """Who is known by this phone and, as yet, by no e-mail."""
        alone = self.by_phone_alone.get(phone_key)
        return alone if alone is not None and not alone.arrival.email_key else None


def merge(into: Arrival, arrival: Arrival, *, by_record: bool) -> bool:
    """Fill what is blank, or what the record itself says anew; whether anything changed."""
    before = _state(into)
    for name in (*FILLED, "campaign", "text", "material"):
        new, old = getattr(arrival, name), getattr(into, name)
        if new and (by_record or not old):
            setattr(into, name, new)
    if not into.email_key and arrival.email_key:
        into.email, into.email_key = arrival.email, arrival.email_key
    if not into.phone_key and arrival.phone_key:
        into.phone, into.phone_key = arrival.phone, arrival.phone_key
    into.external_id = into.external_id or arrival.external_id
    into.legal_basis = into.legal_basis or arrival.legal_basis
    into.utm = into.utm or arrival.utm
    into.attributes = {**into.attributes, **arrival.attributes}
    into.pains = list(dict.fromkeys([*into.pains, *arrival.pains]))
    return _state(into) != before


def _state(arrival: Arrival) -> tuple[object, ...]:
    keys = (*FILLED, "email_key", "phone_key", "external_id", "legal_basis", "campaign")
    more = (arrival.utm, arrival.attributes, arrival.pains)
    return (*(getattr(arrival, name) for name in keys), *more)
