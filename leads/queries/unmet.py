"""What criteria ask for that is not there: fields no lead has, materials and campaigns that went
away. Cheap looks, said beside the criteria and in nobody's way."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.db import connection
from django.db.models import Exists, OuterRef
from django.db.models.functions import Lower
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from handoff.people.access import reach_of
from handoff.people.models import Side, User
from leads.models import Campaign, Interaction, Lead, Material, RuleSet
from leads.rules.checks import doubts_of
from leads.rules.criteria import ATTRIBUTE, VALUELESS, ActivityTest, FieldTest, Op, Rules, folded
from leads.rules.sentences import field_label
from leads.rules.sql import AT, compiled, known_of, scope_of

LOOKED: Final = 2_000
"""So many of the newest leads are looked at."""
MOST_NAMES: Final = 300
NEWEST: Final = "WHERE {scope} ORDER BY l.touched_at DESC, l.id DESC LIMIT %(looked)s"


def unmet_by(rules: Rules, *, team_id: int | None) -> dict[str, str]:
    """Each place with what is missing there; at most one look each at leads, materials and
    campaigns."""
    return {
        **doubts_of(rules),
        **_fields(rules, team_id),
        **_materials(rules),
        **_campaigns(rules, team_id),
    }


def attribute_names(team_id: int | None, *, by: User) -> list[str]:
    """The attributes that the newest leads have; of criteria for every team, those that `by`
    markets."""
    reach = reach_of(by)
    teams = None if team_id or reach.everywhere else reach.team_ids(Side.MARKETING)
    theirs = "" if teams is None else " AND l.team_id = ANY(%(teams)s)"
    newest = NEWEST.format(scope=scope_of(team_id) + theirs)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT jsonb_object_keys(l.attributes) FROM"
            f" (SELECT * FROM leads_lead l {newest}) l ORDER BY 1 LIMIT %(names)s",
            {**_scope(team_id), "names": MOST_NAMES, "teams": teams},
        )
        return [name for (name,) in cursor.fetchall()]


def _newest(team_id: int | None) -> str:
    return NEWEST.format(scope=scope_of(team_id))


def _scope(team_id: int | None) -> dict[str, Any]:
    return {**RuleSet.objects.scope_params(team_id), "looked": LOOKED}


def _tests(rules: Rules) -> Iterator[tuple[int, FieldTest]]:
    for number, criterion in enumerate(rules.criteria):
        if isinstance(criterion.test, FieldTest):
            yield number, criterion.test


def _fields(rules: Rules, team_id: int | None) -> dict[str, str]:
    fields = sorted({test.field for _n, test in _tests(rules)})
    if not fields:
        return {}
    made = compiled(Rules(), at=AT)
    statement = known_of(made, fields, newest=_newest(team_id))
    with connection.cursor() as cursor:
        cursor.execute(statement, {**made.params, **_scope(team_id)})
        count, *known = cursor.fetchone() or (0,)
    there = dict(zip(fields, known, strict=True))
    return {
        f"criteria.{number}.field": _nobody_has(test.field, count)
        for number, test in _tests(rules)
        if count and not there[test.field]
    }


def _nobody_has(name: str, looked: int) -> str:
    label = field_label(name)
    if name.startswith(ATTRIBUTE):
        what = _("an attribute “{name}”").format(name=label)
    else:
        what = _("“{field}” filled in").format(field=capfirst(label))
    if looked < LOOKED:
        return _("No lead has {what}.").format(what=what)
    n = number_format(looked, force_grouping=True)
    return _("None of the newest {n} leads has {what}.").format(n=n, what=what)


def _materials(rules: Rules) -> dict[str, str]:
    wanted = [
        (number, criterion.test.material)
        for number, criterion in enumerate(rules.criteria)
        if isinstance(criterion.test, ActivityTest) and criterion.test.material
    ]
    if not wanted:
        return {}
    taken = Exists(Interaction.objects.filter(material=OuterRef("pk")))
    rows = Material.objects.annotate(low=Lower("name"), taken=taken)
    names = {name.lower() for _n, name in wanted}
    there = dict(rows.filter(low__in=names).values_list("low", "taken"))
    gone, untaken = _("There is no material “{name}”."), _("Nobody took the material “{name}” yet.")
    return {
        f"criteria.{number}.material": (untaken if name.lower() in there else gone).format(
            name=name
        )
        for number, name in wanted
        if not there.get(name.lower())
    }


def _campaigns(rules: Rules, team_id: int | None) -> dict[str, str]:
    tests = [
        (number, test)
        for number, test in _tests(rules)
        if test.field == "campaign" and test.op not in VALUELESS
    ]
    if not tests:
        return {}
    rows = Campaign.objects.all() if team_id is None else Campaign.objects.filter(team=team_id)
    came = Exists(Lead.objects.filter(campaign=OuterRef("pk")))
    there: dict[str, bool] = {}
    for name, has_leads in rows.annotate(low=Lower("name"), came=came).values_list("low", "came"):
        there[name] = there.get(name, False) or has_leads
    said = {f"criteria.{number}.values": _missing(test, there) for number, test in tests}
    return {place: text for place, text in said.items() if text}


def _missing(test: FieldTest, there: dict[str, bool]) -> str:
    for value in map(str, test.values):
        found = _named(test.op, folded(value), there)
        if not found:
            return _("There is no campaign “{name}”.").format(name=value)
        if not any(there[name] for name in found):
            return _("No lead came by the campaign “{name}” yet.").format(name=value)
    return ""


def _named(op: Op, value: str, there: dict[str, bool]) -> Sequence[str]:
    if op == Op.CONTAINS:
        return [name for name in there if value in name]
    return [value] if value in there else []
