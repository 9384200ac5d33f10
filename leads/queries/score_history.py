"""How a lead's score went over time as today's criteria see it, and which versions spoke when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from leads.models import InteractionKind, Lead, RuleSet, Score
from leads.queries.backtest import SHORT, answering
from leads.rules.criteria import HUNDRED, Rules
from leads.rules.reading import read
from leads.rules.sentences import AXES, field_label, points
from leads.rules.sql import compiled, of_moments, scored

SHOWN: Final = 50
NAMED: Final = 3
TOO_MUCH: Final = gettext_lazy("This lead did too much to tell how its score went.")
WORDS: Final[Mapping[str, str]] = {
    "email_key": "email",
    "phone_key": "phone",
    "campaign_id": "campaign",
    "source_id": "source",
}
MOMENTS: Final = """
SELECT %(lead)s::bigint AS lead_id, w.at, %(believed)s::boolean AS history,
    (count(DISTINCT w.what) FILTER (WHERE w.what <> 'now'))::int AS n,
    COALESCE((array_agg(DISTINCT w.what) FILTER (WHERE w.what <> 'now'))[:%(named)s], '{}') AS whats
FROM (
    SELECT CASE WHEN %(believed)s THEN i.occurred_at
            ELSE GREATEST(i.occurred_at, i.recorded_at) END AS at,
        'touch:' || i.kind || ':' || COALESCE(m.name, '') AS what
    FROM leads_interaction i LEFT JOIN leads_material m ON m.id = i.material_id
    WHERE i.lead_id = %(lead)s
    UNION ALL
    SELECT c.at, 'change:' || k.name
    FROM leads_leadchange c CROSS JOIN LATERAL (
        SELECT jsonb_object_keys(c.before - 'attributes') AS name
        UNION ALL SELECT 'attributes.' || jsonb_object_keys(c.before -> 'attributes')
    ) k
    WHERE c.lead_id = %(lead)s
    UNION ALL
    SELECT %(at)s::timestamptz, 'now'
) w
WHERE w.at <= %(at)s GROUP BY w.at ORDER BY w.at DESC LIMIT %(most)s
"""


@dataclass(frozen=True)
class Moment:
    """What today's criteria would have said at `at` (UTC), after what happened then; hundredths.

    `version` is the number of the criteria that were in force, None where none were.
    """

    at: datetime
    whats: Sequence[str]
    n: int
    fit: int
    engagement: int
    intent: int
    grade: str
    qualifies: bool
    version: int | None

    @property
    def total(self) -> int:
        return self.fit + self.engagement + self.intent

    @property
    def said(self) -> list[str]:
        """Fit, engagement, intent and their sum, as people write them."""
        return [points(each) for each in (self.fit, self.engagement, self.intent, self.total)]

    @property
    def text(self) -> str:
        """What happened: "Download: Price list", "Changed: job title", or nothing but time."""
        touches = [_touch(what) for what in self.whats if what.startswith("touch:")]
        fields = [_field(what) for what in self.whats if what.startswith("change:")]
        said = touches + (
            [_("Changed: {fields}").format(fields=", ".join(fields))] if fields else []
        )
        if self.n > len(self.whats):
            more = self.n - len(self.whats)
            said.append(ngettext("and {n} more", "and {n} more", more).format(n=more))
        return "; ".join(said) or _("Scored anew as time passed")


@dataclass(frozen=True)
class Spell:
    """A version of the criteria that spoke for the lead, and from when to when."""

    number: int
    rule_set_id: int
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Lines:
    """A chart, as `{% chart %}` draws it."""

    labels: Sequence[str]
    series: Sequence[tuple[str, Sequence[float | int | None]]]
    kind: str = "lines"
    unit: str = "count"


@dataclass(frozen=True)
class History:
    """Moments, oldest first; `cut` where there are earlier ones that are not shown."""

    rule_set: RuleSet
    moments: Sequence[Moment]
    spells: Sequence[Spell]
    cut: bool

    @property
    def chart(self) -> Lines:
        names = [(str(label), axis.value) for axis, label in AXES.items()] + [(_("Total"), "total")]
        return Lines(
            [_minute(moment.at) for moment in self.moments],
            [
                (label, [getattr(moment, name) / HUNDRED for moment in self.moments])
                for label, name in names
            ],
        )

    @property
    def answer(self) -> str:
        """How far it came, in a sentence."""
        if len(self.moments) < 2:
            return _("Nothing has happened yet that could change it.")
        first, last = self.moments[0], self.moments[-1]
        crossed = next((each for each in reversed(self._crossings()) if each.qualifies), None)
        text = _("From {first} points to {last}.")
        if first.total == last.total:
            text = _("{last} points, as at first.")
        text = text.format(first=points(first.total), last=points(last.total))
        if last.qualifies and crossed is not None:
            return text + " " + _("Over the line since {day}.").format(day=_day(crossed.at))
        return text

    def _crossings(self) -> list[Moment]:
        pairs = zip(self.moments, self.moments[1:], strict=False)
        return [after for before, after in pairs if before.qualifies != after.qualifies]


def history_of(lead: Lead, *, at: datetime) -> History | None:
    """The last SHOWN moments of a lead, None while no criteria speak for it: up to when it was last
    scored, or up to `at` (UTC) where these criteria have not come to it yet.

    Each counts what had happened and been heard of by then, with the fields as they were; of a
    lead from a file, the file's own dates are believed. Raises a Refusal where it takes long.
    """
    active = RuleSet.objects.speaking_for(lead.team_id)
    if active is None:
        return None
    scores = Score.objects.filter(lead=lead, rule_set=active).values_list("scored_at", flat=True)
    at = scores.first() or at
    spells = _spells(lead, at)
    rows = _rows(lead, read(active.rules), at)
    moments = [Moment(*(*row, _version(spells, row[0]))) for row in reversed(rows[:SHOWN])]
    return History(active, moments, spells, cut=len(rows) > SHOWN)


def _rows(lead: Lead, rules: Rules, at: datetime) -> list[Any]:
    made = compiled(rules, at="s.at")
    judged = scored(made, of_moments(MOMENTS, made))
    given: dict[str, Any] = {
        "lead": lead.pk,
        "at": at,
        "believed": lead.batch_id is not None,
        "named": NAMED,
        "most": SHOWN + 1,
    }
    with answering(SHORT, TOO_MUCH) as cursor:
        cursor.execute(
            "SELECT f.at, f.whats, f.n, f.r_fit, f.r_engagement, f.r_intent, f.r_grade,"
            f" f.r_qualifies FROM ({judged}) f ORDER BY f.at DESC",
            {**made.params, **given},
        )
        return list(cursor.fetchall())


def _spells(lead: Lead, at: datetime) -> list[Spell]:
    """Versions in force since the lead came, oldest first: those of its team hide the common."""
    rows = RuleSet.objects.filter(
        Q(team=lead.team_id) | Q(team=None),
        Q(retired_at=None) | Q(retired_at__gt=lead.inbound_at),
        approved_at__lte=at,
    ).order_by("approved_at", "pk")
    own: list[Spell] = []
    common: list[Spell] = []
    for row in rows:
        since, until = row.approved_at or at, row.retired_at
        (common if row.team_id is None else own).append(Spell(row.number, row.pk, since, until))
    first = own[0].since if own else None
    shared = [_ended(each, first) for each in common if first is None or each.since < first]
    return shared + own


def _ended(spell: Spell, by: datetime | None) -> Spell:
    """A common version speaks for a team until that has its own, which is for good."""
    if by is None or (spell.until is not None and spell.until <= by):
        return spell
    return Spell(spell.number, spell.rule_set_id, spell.since, by)


def _version(spells: Sequence[Spell], at: datetime) -> int | None:
    spoke = [each for each in spells if each.since <= at and (not each.until or at < each.until)]
    return spoke[-1].number if spoke else None


def _touch(what: str) -> str:
    _mark, kind, material = what.split(":", 2)
    return InteractionKind(kind).said(material)


def _field(what: str) -> str:
    name = what.removeprefix("change:")
    return field_label(WORDS.get(name, name))


def _day(instant: datetime) -> str:
    return date_format(timezone.localtime(instant), pgettext("day and month", "j M"))


def _minute(instant: datetime) -> str:
    return f"{_day(instant)} {timezone.localtime(instant):%H:%M}"
