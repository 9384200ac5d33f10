"""Reads the JSON form of a rule set, or says at each place what is wrong with it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any, Final

from django.utils.translation import gettext as _

from leads.models.interaction import InteractionKind
from leads.rules.criteria import (
    ATTRIBUTE,
    GRADES,
    HUNDRED,
    LISTED,
    NUMERIC,
    TEXT_FIELDS,
    UTM,
    VALUELESS,
    ActivityTest,
    Axis,
    Criterion,
    FieldTest,
    Op,
    Role,
    Rules,
    Test,
)

LARGEST_FILE: Final = 1024 * 1024
MOST_CRITERIA: Final = 60
MOST_VALUES: Final = 200
LONGEST_TEXT: Final = 200
LARGEST_POINTS: Final = 1_000
LARGEST_NUMBER: Final = Decimal(10) ** 15
MOST_DECIMALS: Final = 400
"""All that JSON can write, and far below what Postgres reads."""
LONGEST_DAYS: Final = 3_650
MOST_TOUCHES: Final = 10_000
KEYS: Final = frozenset({"criteria", "thresholds", "caps", "profile", "interest", "accepts"})
CRITERION_KEYS: Final = frozenset(
    {
        *("key", "axis", "role", "name", "field", "op", "values", "activity", "material"),
        *("within_days", "at_least", "points", "each", "cap", "half_life_days"),
    }
)


class RulesProblem(ValueError):
    """A rule set that cannot be. `faults` maps a place, as `criteria.2.points`, to a sentence."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{place}: {said}" for place, said in faults.items()))
        self.faults = dict(faults)


@dataclass
class _Reader:
    """Collects what is wrong, so that everything is said at once. A place may hold a
    name of any length that was sent."""

    faults: dict[str, str] = field(default_factory=dict)

    def wrong(self, place: str, sentence: str) -> None:
        self.faults.setdefault(place[:LONGEST_TEXT], sentence)

    def points(self, place: str, raw: Any, *, least: int = -LARGEST_POINTS) -> int:
        """Hundredths of a point."""
        number = self.number(place, raw)
        if number is None:
            return 0
        hundredths = number * HUNDRED
        if hundredths != hundredths.to_integral_value():
            self.wrong(place, _("At most two decimals."))
        if not least <= number <= LARGEST_POINTS:
            self.wrong(
                place,
                _("Between %(least)s and %(most)s.") % {"least": least, "most": LARGEST_POINTS},
            )
            return 0
        return int(hundredths)

    def number(self, place: str, raw: Any) -> Decimal | None:
        number = _decimal(raw)
        if number is None:
            self.wrong(place, _("Write a number."))
        return number

    def whole(self, place: str, raw: Any, *, most: int, empty: str) -> int:
        """A whole number from 1 to `most`; `empty` is said of one that is below."""
        if isinstance(raw, bool) or not isinstance(raw, int):
            self.wrong(place, _("Write a whole number."))
        elif raw < 1:
            self.wrong(place, empty)
        elif raw > most:
            self.wrong(place, _("At most %(most)s.") % {"most": most})
        else:
            return raw
        return 1

    def text(self, place: str, raw: Any) -> str:
        if not isinstance(raw, str):
            self.wrong(place, _("Write a text."))
            return ""
        text = " ".join(raw.split())
        if len(text) > LONGEST_TEXT:
            self.wrong(place, _("This is too long."))
        if "\x00" in text or any("\ud800" <= mark <= "\udfff" for mark in text):
            self.wrong(place, _("This has characters that cannot be kept."))
        return text

    def chosen(self, place: str, raw: Any, choices: type[Enum]) -> Any:
        try:
            return choices(raw)
        except (ValueError, TypeError):
            self.wrong(place, _("Choose one of the list."))
            return next(iter(choices))


def _decimal(raw: Any) -> Decimal | None:
    """A number as JSON or people write it; None where it is none, or one beyond all use."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str | Decimal):
        return None
    try:
        number = Decimal(str(raw).strip().replace(",", "."))
    except InvalidOperation:
        return None
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) > MOST_DECIMALS:  # no number, or too long
        return None
    return number if -LARGEST_NUMBER <= number <= LARGEST_NUMBER else None


def read(raw: Any) -> Rules:
    """Rules from their JSON form. Raises RulesProblem with everything that is wrong at once."""
    reader = _Reader()
    if not isinstance(raw, Mapping):
        raise RulesProblem({"": _("A rule set is a JSON object.")})
    for key in sorted(map(str, set(raw) - KEYS)):
        reader.wrong(key, _("A rule set has nothing of this name."))
    rules = Rules(
        criteria=_criteria(reader, raw.get("criteria", [])),
        thresholds=_by_axis(reader, "thresholds", raw.get("thresholds", {})),
        caps=_by_axis(reader, "caps", raw.get("caps", {})),
        profile=_steps(reader, "profile", raw.get("profile", [60, 40, 20])),
        interest=_steps(reader, "interest", raw.get("interest", [60, 40, 20])),
        accepts=_accepts(reader, raw.get("accepts", list(GRADES))),
    )
    if reader.faults:
        raise RulesProblem(reader.faults)
    return rules


def _criteria(reader: _Reader, raw: Any) -> tuple[Criterion, ...]:
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        reader.wrong("criteria", _("Criteria are a list."))
        return ()
    if len(raw) > MOST_CRITERIA:
        reader.wrong("criteria", _("At most %(most)s criteria.") % {"most": MOST_CRITERIA})
        return ()
    found = tuple(_criterion(reader, f"criteria.{n}", each, n) for n, each in enumerate(raw))
    keys = [criterion.key for criterion in found]
    for n, key in enumerate(keys):
        if key in keys[:n]:
            reader.wrong(f"criteria.{n}.key", _("Two criteria have this key."))
    return found


def _criterion(reader: _Reader, place: str, raw: Any, number: int) -> Criterion:
    key = f"c{number + 1}"
    if not isinstance(raw, Mapping):
        reader.wrong(place, _("A criterion is a JSON object."))
        return Criterion(key, Axis.FIT, ActivityTest())
    for name in sorted(map(str, set(raw) - CRITERION_KEYS)):
        reader.wrong(f"{place}.{name}", _("A criterion has nothing of this name."))
    role = reader.chosen(f"{place}.role", raw.get("role", Role.POINTS), Role)
    test = _activity(reader, place, raw) if "activity" in raw else _field(reader, place, raw)
    return Criterion(
        key=reader.text(f"{place}.key", raw.get("key", key))[:40].strip() or key,
        axis=reader.chosen(f"{place}.axis", raw.get("axis"), Axis),
        test=test,
        name=reader.text(f"{place}.name", raw.get("name", "")),
        role=role,
        **(_earned(reader, place, raw, test) if role == Role.POINTS else {}),
    )


def _earned(reader: _Reader, place: str, raw: Mapping[str, Any], test: Test) -> dict[str, Any]:
    points = reader.points(f"{place}.points", raw.get("points"))
    if points == 0:
        reader.wrong(f"{place}.points", _("Points are more or less than zero."))
    each = raw.get("each", False)
    if not isinstance(each, bool):
        reader.wrong(f"{place}.each", _("Say true or false."))
    cap, half_life = raw.get("cap"), raw.get("half_life_days")
    if isinstance(test, FieldTest):
        for name, said in (("each", each), ("cap", cap), ("half_life_days", half_life)):
            if said:
                reader.wrong(f"{place}.{name}", _("This is for what people did, not for a field."))
        return {"points": points}
    return {
        "points": points,
        "each": each is True,
        "cap": _cap(reader, f"{place}.cap", cap, points),
        "half_life_days": _half_life(reader, f"{place}.half_life_days", half_life),
    }


def _cap(reader: _Reader, place: str, raw: Any, points: int) -> int | None:
    if raw is None:
        return None
    cap = reader.points(place, raw)
    if cap * points <= 0 or abs(cap) < abs(points):
        reader.wrong(place, _("The cap lies beyond the points of one touch."))
    return cap


def _half_life(reader: _Reader, place: str, raw: Any) -> float | None:
    if raw is None:
        return None
    number = reader.number(place, raw)
    if number is None:
        return None
    if not 0 < float(number) <= LONGEST_DAYS:
        reader.wrong(place, _("A half-life is more than zero days and at most ten years."))
        return None
    return float(number)


def _field(reader: _Reader, place: str, raw: Mapping[str, Any]) -> FieldTest:
    name = reader.text(f"{place}.field", raw.get("field", ""))
    free = next((mark for mark in (ATTRIBUTE, UTM) if name.startswith(mark)), "")
    if not name:
        reader.wrong(f"{place}.field", _("Choose a field."))
    elif name == free:
        reader.wrong(f"{place}.field", _("Say the name of the attribute."))
    elif not free and name not in TEXT_FIELDS:
        reader.wrong(f"{place}.field", _("A lead has no such field."))
    op = reader.chosen(f"{place}.op", raw.get("op"), Op)
    return FieldTest(name, op, _values(reader, f"{place}.values", raw.get("values", []), op))


def _values(reader: _Reader, place: str, raw: Any, op: Op) -> tuple[str | Decimal, ...]:
    values = list(raw) if isinstance(raw, Sequence) and not isinstance(raw, str) else [raw]
    if op in VALUELESS:
        return ()
    if len(values) > MOST_VALUES:
        reader.wrong(place, _("At most %(most)s values.") % {"most": MOST_VALUES})
        return ()
    if op in NUMERIC:
        return _numbers(reader, place, values, op)
    texts = [_plain(reader, place, each) for each in values]
    texts = list(dict.fromkeys(text for text in texts if text))
    if not texts:
        reader.wrong(place, _("Say what it is compared with."))
    elif op not in LISTED and len(texts) > 1:
        reader.wrong(place, _("One value only."))
    return tuple(texts)


def _plain(reader: _Reader, place: str, raw: Any) -> str:
    """A value as text; a number written as one is taken as it reads."""
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        raw = str(raw)
    return reader.text(place, raw)


def _numbers(reader: _Reader, place: str, values: list[Any], op: Op) -> tuple[Decimal, ...]:
    numbers = [reader.number(place, each) for each in values]
    found = tuple(number for number in numbers if number is not None)
    wanted = 2 if op == Op.BETWEEN else 1
    if len(values) != wanted:
        reader.wrong(place, _("Two numbers.") if wanted == 2 else _("One number."))
    elif len(found) == 2 and found[0] > found[1]:
        reader.wrong(place, _("The first number is not above the second."))
    return found


def _activity(reader: _Reader, place: str, raw: Mapping[str, Any]) -> ActivityTest:
    kinds = raw.get("activity")
    if not isinstance(kinds, Sequence) or isinstance(kinds, str):
        reader.wrong(f"{place}.activity", _("Kinds of touch are a list."))
        kinds = []
    chosen = [reader.chosen(f"{place}.activity", kind, InteractionKind) for kind in kinds]
    within = raw.get("within_days")
    empty = _("This window is empty: it needs at least a day.")
    return ActivityTest(
        kinds=tuple(kind for kind in InteractionKind if kind in chosen),
        material=reader.text(f"{place}.material", raw.get("material", "")),
        within_days=None
        if within is None
        else reader.whole(f"{place}.within_days", within, most=LONGEST_DAYS, empty=empty),
        at_least=reader.whole(
            f"{place}.at_least",
            raw.get("at_least", 1),
            most=MOST_TOUCHES,
            empty=_("At least one."),
        ),
    )


def _by_axis(reader: _Reader, name: str, raw: Any) -> dict[Axis, int]:
    if not isinstance(raw, Mapping):
        reader.wrong(name, _("Say it for each axis."))
        return {}
    return {
        reader.chosen(f"{name}.{axis}", axis, Axis): reader.points(f"{name}.{axis}", value)
        for axis, value in raw.items()
        if value is not None
    }


def _steps(reader: _Reader, name: str, raw: Any) -> tuple[int, int, int]:
    if not isinstance(raw, Sequence) or isinstance(raw, str) or len(raw) != 3:
        reader.wrong(name, _("Three numbers, the highest first."))
        return (0, 0, 0)
    first, second, third = (reader.points(name, each) for each in raw)
    if not first > second > third:
        reader.wrong(name, _("Three numbers, the highest first."))
    return (first, second, third)


def _accepts(reader: _Reader, raw: Any) -> tuple[str, ...]:
    if not isinstance(raw, Sequence) or isinstance(raw, str) or any(g not in GRADES for g in raw):
        reader.wrong("accepts", _("Grades run from A1 to D4."))
        return GRADES
    if not raw:
        reader.wrong("accepts", _("No lead could qualify: choose at least one grade."))
    return tuple(grade for grade in GRADES if grade in set(raw))
