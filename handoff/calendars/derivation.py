"""How a deadline or an elapsed time came about, as parts that add up and as one sentence.

Pure: the words of a language come in as `Words`; `sentences.py` has those of the reader.
Shown instants are cut to whole seconds and shown lengths are taken between shown instants, so
what a person reads adds up exactly.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from handoff.calendars.working_time import Interval, Schedule, deadline, segments, utc

_ONE_DAY = timedelta(days=1)
_SHOWN, _EDGE = 12, 4


@dataclass(frozen=True)
class Derivation:
    """Open time from `start` to `end` (UTC). `end` is the due instant when a target was given.

    `closed` are the local dates within on which nothing opens; `after_hours` says that the start
    lies behind the last closing of its own date.
    """

    zone: ZoneInfo
    start: datetime
    end: datetime
    due_at: datetime | None
    segments: tuple[Interval, ...]
    closed: tuple[date, ...]
    after_hours: bool

    @property
    def elapsed(self) -> timedelta:
        return sum((segment.length for segment in self.segments), timedelta(0))


@dataclass(frozen=True)
class Gap:
    """A moment or a time that counts for nothing; `text` takes `%(from)s` and `%(to)s`."""

    start: datetime
    end: datetime | None
    text: str


@dataclass(frozen=True)
class Words:
    """What a sentence is made of in one language; weekdays begin with Monday."""

    weekdays: Sequence[str] = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    months: Sequence[str] = (
        *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
        *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    )
    dated: str = "%(weekday)s %(day)d %(month)s"
    closed: str = "%(days)s closed"
    after_hours: str = "%(at)s after hours"
    clocks_change: str = "%(times)s (clocks change)"
    more: str = "%(count)d more periods = %(length)s"
    due: str = "due %(at)s"
    total: str = "%(length)s in all"
    nothing: str = "no open time"
    holidays: Mapping[date, str] = field(default_factory=dict)


def derive(
    schedule: Schedule,
    *,
    start: datetime,
    target: timedelta | None = None,
    end: datetime | None = None,
) -> Derivation:
    """Derive the due instant of a target, or the open time up to an end.

    Raises ValueError unless exactly one of them is given, Unreachable for a target out of reach.
    """
    if (target is None) == (end is None):
        raise ValueError("A derivation takes a target or an end, not both and not neither.")
    begin = utc(start)
    due_at = deadline(schedule, start=begin, target=target) if target is not None else None
    until = due_at or utc(end or begin)
    parts = segments(schedule, begin, until)
    days, touched = (_local_dates(schedule.zone, begin, until), _touched(schedule.zone, parts))
    return Derivation(
        zone=schedule.zone,
        start=begin,
        end=until,
        due_at=due_at,
        segments=parts,
        closed=tuple(day for day in days if day not in touched and not schedule.intervals_on(day)),
        after_hours=_is_after_hours(schedule, begin, until),
    )


def joined(parts: Sequence[Derivation]) -> Derivation:
    """Derivations that follow each other as one, which is due when the last of them is."""
    last = parts[-1]
    return Derivation(
        zone=last.zone,
        start=parts[0].start,
        end=last.end,
        due_at=last.due_at,
        segments=tuple(segment for part in parts for segment in part.segments),
        closed=tuple(dict.fromkeys(day for part in parts for day in part.closed)),
        after_hours=parts[0].after_hours,
    )


def _local_dates(zone: ZoneInfo, start: datetime, end: datetime) -> tuple[date, ...]:
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    return tuple(first + n * _ONE_DAY for n in range((last - first).days + 1))


def _touched(zone: ZoneInfo, parts: Sequence[Interval]) -> frozenset[date]:
    moment = timedelta(microseconds=1)
    return frozenset(
        day for part in parts for day in _local_dates(zone, part.start, part.end - moment)
    )


def _is_after_hours(schedule: Schedule, start: datetime, end: datetime) -> bool:
    day = start.astimezone(schedule.zone).date()
    today = schedule.intervals_on(day)
    later = end.astimezone(schedule.zone).date() > day
    return later and bool(today) and max(part.end for part in today) <= start


def spoken(derivation: Derivation, words: Words, gaps: Sequence[Gap] = ()) -> str:
    """One sentence: what was open and how long, which days were closed, and what came of it."""
    label = _Labels(derivation, words)
    pieces = [*((gap.start, label.gap(gap)) for gap in gaps), *_parts(derivation, label)]
    parts = [text for _, text in sorted(pieces, key=lambda part: part[0])]
    if not derivation.segments and derivation.due_at is None:
        parts.append(words.nothing)
    if derivation.due_at is not None:
        outcome = words.due % {"at": label.at(derivation.due_at)}
    else:
        outcome = words.total % {"length": length_of(label.total(derivation.segments))}
    return ": ".join(part for part in ("; ".join(parts), outcome) if part)


def _parts(derivation: Derivation, label: "_Labels") -> Iterator[tuple[datetime, str]]:
    """Each part of the sentence with the UTC instant that gives it its place."""
    if derivation.after_hours:
        yield (derivation.start, label.words.after_hours % {"at": label.at(derivation.start)})
    shown, hidden = _fold(derivation.segments)
    for part in shown:
        yield part.start, label.open(part)
    if hidden:
        length = length_of(label.total(hidden))
        yield (hidden[0].start, label.words.more % {"count": len(hidden), "length": length})
    for run in _runs(derivation):
        if not (hidden and hidden[0].start <= run[0][0] <= hidden[-1].end):
            yield (run[0][0], label.words.closed % {"days": label.days([day for _, day in run])})


def _fold(parts: tuple[Interval, ...]) -> tuple[tuple[Interval, ...], tuple[Interval, ...]]:
    """Those to spell out and those in the middle to sum up, where there are too many to read."""
    if len(parts) <= _SHOWN:
        return parts, ()
    return parts[:_EDGE] + parts[-_EDGE:], parts[_EDGE:-_EDGE]


def _runs(derivation: Derivation) -> Iterator[list[tuple[datetime, date]]]:
    """Closed dates with the instant they begin, in groups with no open time between them."""
    run: list[tuple[datetime, date]] = []
    opened = [part.start for part in derivation.segments]
    for day in derivation.closed:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=derivation.zone).astimezone(UTC)
        if run and bisect_right(opened, run[-1][0]) < bisect_left(opened, noon):
            yield run
            run = []
        run.append((noon, day))
    if run:
        yield run


class _Labels:
    """Instants, days and intervals as this derivation shows them."""

    def __init__(self, derivation: Derivation, words: Words) -> None:
        self.words = words
        self.zone = derivation.zone
        days = _local_dates(self.zone, derivation.start, derivation.end)
        self.by_date = len(days) > 7

    def day(self, day: date) -> str:
        weekday = self.words.weekdays[day.weekday()]
        if not self.by_date:
            return str(weekday)
        month = self.words.months[day.month - 1]
        return self.words.dated % {"weekday": weekday, "day": day.day, "month": month}

    def days(self, days: Sequence[date]) -> str:
        """Names of closed days; a run of more than seven is shown by its ends."""
        if len(days) > 7:
            return f"{self.day(days[0])}–{self.day(days[-1])}"
        return ", ".join(self.named(day) for day in days)

    def named(self, day: date) -> str:
        name = self.words.holidays.get(day)
        return f"{self.day(day)} ({name})" if name else self.day(day)

    def at(self, instant: datetime) -> str:
        local = instant.astimezone(self.zone)
        return f"{self.day(local.date())} {_clock(local)}"

    def open(self, part: Interval) -> str:
        opens, closes = part.start.astimezone(self.zone), part.end.astimezone(self.zone)
        if closes.date() == opens.date():
            until = _clock(closes)
        elif closes.date() == opens.date() + _ONE_DAY and _clock(closes) == "00:00":
            until = "24:00"
        else:
            until = self.at(part.end)
        times = f"{self.at(part.start)}→{until}"
        if opens.utcoffset() != closes.utcoffset():
            times = self.words.clocks_change % {"times": times}
        return f"{times} = {length_of(self.total([part]))}"

    def gap(self, gap: Gap) -> str:
        """The end of a gap is named without its day where that is the day of its start."""
        times = {"from": self.at(gap.start), "to": ""}
        if gap.end is not None:
            start, end = gap.start.astimezone(self.zone), gap.end.astimezone(self.zone)
            times["to"] = _clock(end) if end.date() == start.date() else self.at(gap.end)
        return gap.text % times

    def total(self, parts: Sequence[Interval]) -> timedelta:
        return sum((_whole(part.end) - _whole(part.start) for part in parts), timedelta(0))


def _whole(instant: datetime) -> datetime:
    return instant.replace(microsecond=0)


def _clock(local: datetime) -> str:
    return local.strftime("%H:%M:%S" if local.second else "%H:%M")


def length_of(length: timedelta) -> str:
    """A length as people say it: 42 min, 1 h 05 min, 17 min 50 s; whole seconds."""
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours} h"] if hours else []
    if minutes:
        parts.append(f"{minutes:02d} min" if hours else f"{minutes} min")
    if seconds:
        parts.append(f"{seconds:02d} s" if parts else f"{seconds} s")
    return " ".join(parts) or "0 min"
