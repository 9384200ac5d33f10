"""Ideas: every figure is that of a slow and obvious count."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from leads.actions.edit import edit
from leads.actions.touch import Deed, touch
from leads.models import Handoff, Interaction, InteractionKind, Lead, Material
from leads.queries import candidates
from leads.queries.backtest import Period, answering
from leads.queries.ideas import Nothing, ideas_for
from leads.rules.criteria import TEXT_FIELDS, ActivityTest, FieldTest, Op, Rules, Test
from leads.rules.ideas import Counted, InDraft, in_draft, ranked, suggested
from leads.rules.intervals import Share
from leads.rules.reading import read
from leads.stages import HandoffState
from tests.cast import MONDAY, Cast
from tests.leads.rules import slowly
from tests.leads.rules.old_history import old_history
from tests.leads.rules.test_rules_action import RULES
from tests.leads.rules.test_scoring import many
from tests.leads.rules.written import MATERIALS, people, touches
from tests.walk import handoff_at

pytestmark = pytest.mark.django_db
NOW = MONDAY + timedelta(days=100)
PERIOD = Period(MONDAY - timedelta(days=30), NOW, NOW)
WHO = ("name", "phone", "cnpj", "pains")
lives = st.lists(
    st.tuples(st.booleans(), people, touches, st.integers(0, 3)), min_size=2, max_size=7
)


def counted_in(period: Period, *, least: int) -> list[Counted]:
    """Every candidate that held in at least so many decisions of the period, unjudged."""
    with answering(None) as cursor:
        candidates.keep(cursor, period, None)
        base = candidates.base_of(cursor)
        return list(candidates.candidates(cursor, base=base, least=least))


class Told:
    """A decision as it was: its lead, the touches that were heard of, and how it ended."""

    def __init__(self, cast: Cast, life: tuple[bool, dict[str, Any], Any, int]) -> None:
        self.won, person, deeds, late = life
        state = HandoffState.WON if self.won else HandoffState.LOST
        row = handoff_at(state, cast, at=MONDAY, pains=["Waits"])
        Lead.objects.filter(pk=row.lead_id).update(**person)
        self.at = row.offered_at
        for number, (kind, material, ago) in enumerate(deeds):
            Interaction.objects.create(
                lead=row.lead,
                kind=kind,
                material=Material.objects.get_or_create(name=material)[0] if material else None,
                occurred_at=self.at - ago,
                recorded_at=self.at + timedelta(days=1 if number < late else 0),
            )
        self.lead = Lead.objects.get(pk=row.lead_id)
        rows = Interaction.objects.filter(
            lead=row.lead, occurred_at__lte=self.at, recorded_at__lte=self.at
        )
        self.past = list(rows.select_related("material"))

    def holds(self, test: Test) -> bool:
        if isinstance(test, FieldTest):
            return slowly.compares(test, slowly.text_of(self.lead, test.field))
        matching = [each for each in self.past if slowly.matches(test, each, self.at)]
        return len(matching) >= test.at_least


def thinkable(told: list[Told], steps: int) -> Iterable[Test]:
    """Whatever could be a candidate, thought of in the plainest way."""
    names = {f"attributes.{name}" for each in told for name in each.lead.attributes}
    for name in (*TEXT_FIELDS, *sorted(names)):
        texts = [text for each in told if (text := slowly.text_of(each.lead, name))]
        numbers = sorted(
            Decimal(text.replace(",", "."))
            for text in texts
            if slowly.compares(FieldTest(name, Op.AT_LEAST, (Decimal(-(10**9)),)), text)
        )
        mostly = len(numbers) * 10 >= len(texts) * 9
        if name in names and len(set(numbers)) > steps and mostly:
            yield from quarters(name, numbers)
        elif name not in WHO:
            yield from (FieldTest(name, Op.IS, (text,)) for text in dict.fromkeys(texts))
        yield from (FieldTest(name, Op.PRESENT), FieldTest(name, Op.ABSENT))
    for kind in InteractionKind:
        yield ActivityTest((kind,), within_days=90)
        yield from (ActivityTest((kind,), material) for material in MATERIALS if material)
    yield from (ActivityTest((), material) for material in MATERIALS if material)
    yield from (ActivityTest((), "", 30, number) for number in (1, 2, 3, 5, 10))


def quarters(name: str, numbers: list[Decimal]) -> Iterable[FieldTest]:
    """Each number belongs to the first quarter whose last number is not below it."""
    ends = [numbers[ceil(len(numbers) * part / 4) - 1] for part in (1, 2, 3, 4)]
    parts: dict[int, list[Decimal]] = {}
    for number in numbers:
        parts.setdefault(next(p for p in range(4) if number <= ends[p]), []).append(number)
    listed = list(parts.values())
    if len(listed) > 1:
        yield FieldTest(name, Op.AT_MOST, (listed[0][-1],))
        yield FieldTest(name, Op.AT_LEAST, (listed[-1][0],))
        yield from (FieldTest(name, Op.BETWEEN, (each[0], each[-1])) for each in listed[1:-1])


def folded(test: Test) -> Test:
    if isinstance(test, FieldTest) and test.op == Op.IS:
        return FieldTest(test.field, test.op, (str(test.values[0]).strip().lower(),))
    return test


@pytest.mark.parametrize("steps", [1, 8])
@many
@given(lives, st.lists(st.integers(-3, 12), min_size=7, max_size=7))
def test_every_figure_is_the_slow_ways(
    cast: Cast, steps: int, lives: list[Any], sizes: list[int]
) -> None:
    if steps == 1:
        for (_won, person, *_deeds), size in zip(lives, sizes, strict=False):
            person["attributes"] = {"size": size}
    with transaction.atomic():
        told = [Told(cast, life) for life in lives]
        counted_as_slowly(told, steps)
        transaction.set_rollback(True)


def counted_as_slowly(told: list[Told], steps: int) -> None:
    slow = {}
    for test in thinkable(told, steps):
        held = [each.won for each in told if each.holds(test)]
        if 1 <= len(held) < len(told):
            slow[folded(test)] = (len(held), sum(held))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(candidates, "STEPS", steps)
        counted = counted_in(PERIOD, least=1)
    found = {folded(each.test): (each.n, each.won) for each in counted}
    assert len(found) == len(counted)
    assert {test: slow.get(test) for test in found} == found
    assert {test for test in slow if test not in found and not told_otherwise(test, slow)} == set()


def told_otherwise(test: Test, slow: dict[Test, tuple[int, int]]) -> bool:
    """Known by one value alone, or a material that is touched in one way alone."""
    if isinstance(test, FieldTest):
        same = [each for each in slow if isinstance(each, FieldTest) and each.field == test.field]
        return test.op == Op.PRESENT and any(
            each.op == Op.IS and slow[each] == slow[test] for each in same
        )
    return not test.kinds and any(
        isinstance(each, ActivityTest)
        and each.kinds
        and each.material == test.material
        and slow[each] == slow[test]
        for each in slow
    )


def test_nothing_later_leaks(cast: Cast) -> None:
    told = [
        Told(cast, (won, {"city": city, "attributes": {"plan": plan}}, [], 0))
        for won, city, plan in ((True, "Rio", "gold"), (False, "Lima", "none"), (True, "Rio", ""))
    ]
    before = counted_in(PERIOD, least=1)
    assert Counted(FieldTest("city", Op.IS, ("Rio",)), 2, 2) in before
    for each in told:
        at = each.at + timedelta(days=1)
        changes = {"city": "Won city", "attributes": {"plan": "signed", "contract": "yes"}}
        edit(lead_id=each.lead.pk, changes=changes, by=cast.mara, at=at)
        for kind in ("demo_request", "download"):
            deed = Deed(lead_id=each.lead.pk, kind=kind, material="Contract", occurred_at=each.at)
            touch(deed=deed, by=cast.mara, at=at)
    after = counted_in(PERIOD, least=1)
    assert {str(each) for each in after} == {str(each) for each in before}


def test_the_young_and_those_never_handed_over_are_not_counted(cast: Cast) -> None:
    handoff_at(HandoffState.WON, cast, at=NOW - timedelta(days=10))
    handoff_at(HandoffState.WITHDRAWN, cast, at=MONDAY)
    found = ideas_for(Rules(), period=PERIOD)
    assert (found.decisions, found.immature, found.unlabelled, found.base.n) == (2, 1, 1, 0)
    assert found.nothing == Nothing.NO_DECISIONS


def test_few_decisions_lead_nothing() -> None:
    base, city = Share(200, 2_000), "city"
    counted = [
        Counted(FieldTest(city, Op.IS, ("Few",)), 30, 12),
        Counted(FieldTest(city, Op.IS, ("Many",)), 600, 180),
        Counted(FieldTest(city, Op.IS, ("Usual",)), 300, 31),
        Counted(FieldTest(city, Op.IS, ("Never",)), 300, 0),
        Counted(FieldTest(city, Op.IS, ("Seldom",)), 900, 45),
    ]
    better, worse = ranked(counted, base=base, rules=Rules())
    assert [idea.sentence for idea in better] == ["City is Many", "City is Few"]
    assert [idea.sentence for idea in worse] == ["City is Never", "City is Seldom"]
    assert [idea.points for idea in (*better, *worse)] == [15, 20, -50, -10]
    assert (better[0].share, round(better[0].lift, 9), better[0].coverage.k) == (
        Share(180, 600),
        3.0,
        600,
    )


@pytest.mark.parametrize(
    ("lift", "points"),
    [
        *((0, -50), (0.01, -50), (0.3, -15), (0.5, -10), (0.99, -5), (1.01, 5)),
        *((1.2, 5), (1.7, 10), (2, 10), (2.6, 15), (4, 20), (100, 50)),
    ],
)
def test_points_are_ten_for_each_doubling(lift: float, points: int) -> None:
    assert suggested(lift) == points


@pytest.mark.parametrize(
    ("test", "said"),
    [
        (ActivityTest((InteractionKind.DEMO_REQUEST,)), InDraft.SAME),
        (ActivityTest((InteractionKind.DEMO_REQUEST,), within_days=90), InDraft.SIMILAR),
        (ActivityTest((InteractionKind.VISIT,)), InDraft.NEW),
        (FieldTest("origin", Op.IS, ("SOCIAL",)), InDraft.SAME),
        (FieldTest("origin", Op.IS, ("email",)), InDraft.NEW),
        (FieldTest("origin", Op.PRESENT), InDraft.NEW),
        (FieldTest("attributes.size", Op.AT_MOST, (Decimal(10),)), InDraft.SIMILAR),
        (FieldTest("attributes.size", Op.AT_LEAST, (Decimal(50),)), InDraft.SAME),
    ],
)
def test_what_the_draft_has_already_is_known(test: Test, said: InDraft) -> None:
    rules = read(
        {
            "criteria": [
                RULES["criteria"][0],  # type: ignore[index]
                {"axis": "fit", "field": "origin", "op": "any_of", "values": ["social", "x"],
                 "points": 5},
                {"axis": "fit", "field": "attributes.size", "op": "at_least", "values": [50],
                 "points": 5},
            ]
        }
    )  # fmt: skip
    assert in_draft(test, rules) == said


def test_a_number_is_cut_into_quarters(cast: Cast, tmp_path: Path) -> None:
    old_history(cast, tmp_path)
    now = timezone.now()
    counted = counted_in(Period(now - timedelta(days=365), now, now), least=30)
    found = {each.test: (each.n, each.won) for each in counted}
    field = "attributes.Size"
    parts = (
        FieldTest(field, Op.AT_MOST, (Decimal(49),)),
        FieldTest(field, Op.BETWEEN, (Decimal(50), Decimal(99))),
        FieldTest(field, Op.BETWEEN, (Decimal(100), Decimal(149))),
        FieldTest(field, Op.AT_LEAST, (Decimal(150),)),
    )
    won = Handoff.objects.filter(state=HandoffState.WON).values_list(
        "lead__attributes__Size", flat=True
    )
    sold = [sum(1 for size in won if int(size) // 50 == part) for part in range(4)]
    assert [found[part] for part in parts] == [(50, each) for each in sold]
    assert FieldTest(field, Op.PRESENT) not in found
    same = [each for each in found if isinstance(each, FieldTest) and each.field == field]
    assert set(same) == set(parts)
