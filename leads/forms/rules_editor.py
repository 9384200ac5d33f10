"""Criteria as a form: what was typed becomes their JSON form, and stays as it was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from leads.arrival import UTM as UTM_NAMES
from leads.models import InteractionKind
from leads.rules.criteria import (
    ATTRIBUTE,
    GRADES,
    LISTED,
    TEXT_FIELDS,
    UTM,
    VALUELESS,
    Axis,
    Op,
    Role,
    Rules,
    free_key,
    kept,
)
from leads.rules.reading import MOST_CRITERIA
from leads.rules.sentences import AXES, faults_said, field_label

TEXTS: Final = (
    *("key", "axis", "role", "name", "field", "attribute", "op", "values", "material"),
    *("within_days", "at_least", "points", "cap", "half_life_days"),
)
WHOLE: Final = ("within_days", "at_least")
OPS: Final = {
    Op.IS: _("is"),
    Op.IS_NOT: _("is not"),
    Op.CONTAINS: _("contains"),
    Op.ANY_OF: _("is one of"),
    Op.NONE_OF: _("is none of"),
    Op.AT_LEAST: _("is at least"),
    Op.AT_MOST: _("is at most"),
    Op.BETWEEN: _("is between"),
    Op.PRESENT: _("is known"),
    Op.ABSENT: _("is missing"),
}
UTM_FIELDS: Final = tuple(f"{UTM}{name}" for name in UTM_NAMES)
MOST_LINES: Final = 8
ROLES: Final = {Role.POINTS: _("Points"), Role.MUST: _("Must-have"), Role.VETO: _("Veto")}


@dataclass
class Row:
    """One criterion as typed; `kinds` is None where it is about a field of the lead. A free
    attribute is the field `attributes.` with its name in `attribute`."""

    number: int
    said: dict[str, str] = field(default_factory=dict)
    kinds: list[str] | None = None
    each: bool = False
    faults: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Where a text is missing, a template would take what a dict calls by that name."""
        self.said = dict.fromkeys(TEXTS, "") | self.said
        named = self.said["field"].removeprefix(ATTRIBUTE)
        if named and named != self.said["field"]:
            self.said |= {"field": ATTRIBUTE, "attribute": named}

    @property
    def fields(self) -> list[tuple[str, Any, bool]]:
        """What a lead has in words, by name; what is no such field stays as it was typed."""
        chosen = self.said["field"]
        listed = sorted((capfirst(field_label(name)), name) for name in TEXT_FIELDS)
        listed += [(field_label(name), name) for name in UTM_FIELDS]
        if chosen and chosen != ATTRIBUTE and chosen not in {name for _label, name in listed}:
            listed.append((field_label(chosen), chosen))
        return [(name, label, name == chosen) for label, name in listed]

    @property
    def is_free(self) -> bool:
        return self.said["field"] == ATTRIBUTE

    @property
    def lines(self) -> int:
        """How high the box of values is."""
        least = 3 if self.said["op"] in LISTED else 1
        return min(MOST_LINES, max(least, 1 + self.said["values"].count("\n")))

    @property
    def axes(self) -> list[tuple[str, Any, bool]]:
        return [(axis.value, AXES[axis], self.said["axis"] == axis) for axis in Axis]

    @property
    def roles(self) -> list[tuple[str, Any, bool]]:
        return [(role.value, label, self.said["role"] == role) for role, label in ROLES.items()]

    @property
    def ops(self) -> list[tuple[str, Any, bool]]:
        return [(op.value, label, self.said["op"] == op) for op, label in OPS.items()]

    @property
    def choices(self) -> list[tuple[str, Any, bool]]:
        chosen = self.kinds or []
        return [(kind.value, kind.label, kind.value in chosen) for kind in InteractionKind]

    def json(self) -> dict[str, Any]:
        """The criterion in its JSON form, as far as what was typed allows."""
        found: dict[str, Any] = {
            name: self.said[name] for name in ("key", "axis", "role", "name") if self.said[name]
        }
        if found.get("role", Role.POINTS) == Role.POINTS:
            found["points"] = self.said["points"]
        return found | (self._field() if self.kinds is None else self._activity())

    def _field(self) -> dict[str, Any]:
        op, text = self.said["op"], self.said["values"]
        if op == Op.BETWEEN:
            text = text.replace(";", "\n")
        values = [line.strip() for line in text.splitlines() if line.strip()]
        free = self.said["attribute"] if self.is_free else ""
        return {
            "field": self.said["field"] + free,
            "op": op,
            "values": [] if op in VALUELESS else values or [""],
        }

    def _activity(self) -> dict[str, Any]:
        found: dict[str, Any] = {"activity": self.kinds, "at_least": 1}
        found |= {name: _whole(self.said[name]) for name in WHOLE if self.said[name]}
        if self.said["material"]:
            found["material"] = self.said["material"]
        if self.said["role"] in ("", Role.POINTS):
            found |= {n: self.said[n] for n in ("cap", "half_life_days") if self.said[n]}
            found |= {"each": True} if self.each else {}
        return found


@dataclass
class Editor:
    """A whole draft as typed."""

    rows: list[Row]
    frame: dict[str, str]
    accepts: list[str]
    why: str = ""
    marks: bool = False
    revision: int = 0
    faults: dict[str, str] = field(default_factory=dict)
    attributes: Sequence[str] = ()

    @property
    def axes(self) -> list[tuple[str, Any, str, str, list[str]]]:
        """Each axis with its label, its threshold and its cap, and what is wrong with them."""
        return [
            (
                axis.value,
                AXES[axis],
                self.frame.get(f"thresholds.{axis}", ""),
                self.frame.get(f"caps.{axis}", ""),
                [
                    self.faults[place]
                    for place in (f"thresholds.{axis}", f"caps.{axis}")
                    if place in self.faults
                ],
            )
            for axis in Axis
        ]

    @property
    def steps(self) -> list[tuple[str, int, str, Any]]:
        """Each step of the grades: its name and place, as typed, and its label."""
        labels = {
            "profile": (_("A from fit"), _("B from fit"), _("C from fit")),
            "interest": (_("1 from interest"), _("2 from interest"), _("3 from interest")),
        }
        return [
            (name, place, self.frame.get(f"{name}.{place}", ""), label)
            for name, three in labels.items()
            for place, label in enumerate(three)
        ]

    @property
    def grades(self) -> list[tuple[str, bool]]:
        return [(grade, grade in self.accepts) for grade in GRADES]

    def json(self) -> dict[str, Any]:
        by_axis = {
            name: {
                axis.value: self.frame[f"{name}.{axis}"]
                for axis in Axis
                if self.frame.get(f"{name}.{axis}")
            }
            for name in ("thresholds", "caps")
        }
        steps = {
            name: [self.frame.get(f"{name}.{place}", "") for place in range(3)]
            for name in ("profile", "interest")
        }
        criteria = [row.json() for row in self.rows]
        return {"criteria": criteria, **by_axis, **steps, "accepts": self.accepts}

    def blame(self, faults: Mapping[str, str]) -> None:
        """Put each fault at its row, or at the form."""
        for place, said in faults.items():
            parts = place.split(".")
            row = parts[1] if parts[0] == "criteria" and len(parts) > 1 else ""
            if row.isdecimal() and int(row) < len(self.rows):
                self.rows[int(row)].faults.append(said)
            else:
                self.faults[place] = said

    @property
    def unplaced(self) -> list[str]:
        """What is wrong, and stands at no field of its own."""
        placed = {f"{name}.{axis}" for name in ("thresholds", "caps") for axis in Axis}
        return faults_said({at: said for at, said in self.faults.items() if at not in placed})

    def doubt(self, doubts: Mapping[str, str]) -> None:
        """Put what is hardly meant at its row; it stops nobody."""
        for place, said in doubts.items():
            number = place.split(".")[1]
            if number.isdecimal() and int(number) < len(self.rows):
                self.rows[int(number)].doubts.append(said)

    def add(self, about: str) -> None:
        if len(self.rows) < MOST_CRITERIA:
            key = free_key([row.said["key"] for row in self.rows])
            said = {"key": key, "axis": Axis.FIT.value, "role": Role.POINTS.value}
            if about == "activity":
                said |= {"axis": Axis.ENGAGEMENT.value, "at_least": "1"}
            else:
                said |= {"op": Op.IS.value}
            self.rows.append(Row(len(self.rows), said, [] if about == "activity" else None))

    def move(self, number: int, by: int) -> None:
        to = number + by
        if 0 <= number < len(self.rows) and 0 <= to < len(self.rows):
            self.rows[number], self.rows[to] = self.rows[to], self.rows[number]
            self._count()

    def drop(self, number: int) -> None:
        if 0 <= number < len(self.rows):
            del self.rows[number]
            self._count()

    def _count(self) -> None:
        for number, row in enumerate(self.rows):
            row.number = number


def typed(post: QueryDict) -> Editor:
    """What the form holds now, wrong or right."""
    count = min(_number(post.get("rows", "0")), MOST_CRITERIA)
    rows = [_row(post, number) for number in range(count)]
    frame = {name: str(text).strip() for name, text in post.items() if "." in name}
    return Editor(
        rows,
        frame,
        [grade for grade in GRADES if grade in post.getlist("accepts")],
        why=post.get("why", ""),
        marks="marks" in post,
        revision=_number(post.get("revision", "0")),
    )


def _row(post: QueryDict, number: int) -> Row:
    said = {name: post.get(f"r{number}-{name}", "").strip() for name in TEXTS}
    activity = post.get(f"r{number}-about") == "activity"
    kinds = post.getlist(f"r{number}-kinds") if activity else None
    return Row(number, said, kinds, each=f"r{number}-each" in post)


def opened(rules: Rules, *, why: str, marks: bool, revision: int) -> Editor:
    """A draft as it stands, for the form's first look."""
    said = kept(rules)
    frame = {
        f"{name}.{axis}": f"{value}"
        for name in ("thresholds", "caps")
        for axis, value in said[name].items()
    }
    for name in ("profile", "interest"):
        frame |= {f"{name}.{place}": f"{value}" for place, value in enumerate(said[name])}
    rows = [_opened_row(number, each) for number, each in enumerate(said["criteria"])]
    return Editor(rows, frame, said["accepts"], why, marks, revision)


def _opened_row(number: int, said: Mapping[str, Any]) -> Row:
    texts = {
        name: "\n".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in said.items()
        if name in TEXTS
    }
    return Row(number, texts, said.get("activity"), each=bool(said.get("each")))


def _whole(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else text


def _number(text: str) -> int:
    found = _whole(text)
    return found if isinstance(found, int) else 0
