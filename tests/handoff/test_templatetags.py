"""What every template may say without loading anything."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.http import HttpRequest
from django.template import Context, RequestContext, Template
from django.test import RequestFactory
from django.utils import timezone, translation

from handoff import icons
from handoff.templatetags import handoff as tags

MONDAY = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)


def written(source: str, request: HttpRequest | None = None, **context: object) -> str:
    held = RequestContext(request, context) if request else Context(context)
    return Template(source).render(held)


def test_an_icon_is_drawn_inline_and_hidden_from_screen_readers() -> None:
    drawn = written('{% icon "inbox" "big" %}')
    assert drawn.startswith('<svg class="icon big"')
    assert 'aria-hidden="true"' in drawn
    assert "<path" in drawn
    assert "\n" not in drawn


@pytest.mark.parametrize("name", ["no-such-icon", "../../package", 'x" onload="alert(1)', ""])
def test_an_unknown_icon_is_a_circle(name: str) -> None:
    drawn = written("{% icon name %}", name=name)
    assert "<circle" in drawn
    assert "onload" not in drawn


def test_the_product_s_own_words_for_icons_lead_to_drawings() -> None:
    assert [name for name in icons.ALSO_CALLED if not icons.exists(name)] == []


def test_a_badge_is_colour_icon_and_word_and_escapes_the_word() -> None:
    drawn = written('{% badge "late" text %}', text="<b>late</b>")
    assert 'class="state state-late"' in drawn
    assert "<svg" in drawn
    assert "&lt;b&gt;late&lt;/b&gt;" in drawn


def test_a_state_finds_its_own_look_and_an_unknown_one_is_muted() -> None:
    assert "state-ok" in written('{% state "won" "Won" %}')
    assert "state-muted" in written('{% state "else" "Else" %}')


@time_machine.travel(MONDAY, tick=False)
@pytest.mark.parametrize(
    ("instant", "said"),
    [
        (MONDAY - timedelta(minutes=3), "09:57"),
        (MONDAY - timedelta(days=3), "Fri 10:00"),
        (MONDAY - timedelta(days=30), "24 Oct 10:00"),
        (MONDAY - timedelta(days=400), "19 Oct 2025"),
    ],
)
def test_an_instant_is_said_by_how_near_it_is(instant: datetime, said: str) -> None:
    with timezone.override("America/Sao_Paulo"):
        drawn = written("{% when instant %}", instant=instant)
    assert f">{said}</time>" in drawn
    assert f'datetime="{instant.isoformat()}"' in drawn
    assert " data-ago" in drawn


@time_machine.travel(MONDAY, tick=False)
def test_the_exact_instant_is_in_the_title_and_a_clock_time_does_not_age() -> None:
    with timezone.override("America/Sao_Paulo"):
        drawn = written('{% when instant "clock" %}', instant=MONDAY)
    assert "10:00:00 -03" in drawn
    assert "data-ago" not in drawn


def test_days_are_written_small_within_a_portuguese_sentence() -> None:
    with translation.override("pt-br"):
        assert tags.spoken(datetime(2025, 8, 3, 9, 5, tzinfo=UTC)).startswith("3 ago")
        assert tags.weekday(date(2026, 11, 28)) == "sáb"


def test_no_instant_is_a_dash() -> None:
    assert written("{% when instant %}", instant=None) == "–"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (7500, "2 h 05 min"),
        (47 * 3600, "47 h"),
        (76 * 3600, "3 d 4 h"),
        (72 * 3600, "3 d"),
        (-180, "−3 min"),
        (timedelta(minutes=11), "11 min"),
        (None, "–"),
    ],
)
def test_a_duration_is_said_in_two_units_at_most(
    seconds: float | timedelta | None, said: str
) -> None:
    assert tags.duration(seconds) == said


@pytest.mark.parametrize(
    ("language", "value", "said"),
    [
        ("en", Decimal(1234), "R$ 1,234"),
        ("pt-br", Decimal(1234), "R$ 1.234"),
        ("pt-br", Decimal("1234.50"), "R$ 1.234,50"),
        ("en", 0.1, "R$ 0.10"),
        ("en", None, "–"),
    ],
)
def test_money_is_written_as_the_language_does(
    language: str, value: Decimal | float | None, said: str
) -> None:
    with translation.override(language):
        assert tags.money(value).replace("\xa0", " ") == said


def test_counts_are_grouped_and_ids_are_not() -> None:
    assert written("{{ n|grouped }} {{ n }}", n=12760) == "12,760 12760"
    assert written("{{ n|grouped }}", n="6 / 40") == "6 / 40"


def test_a_ratio_is_written_as_a_percentage() -> None:
    assert tags.percent(0.873) == "87%"
    assert tags.percent(0.5, 1) == "50.0%"
    assert tags.percent(None) == "–"


@pytest.mark.parametrize(
    ("name", "said"),
    [("Mara Silva Costa", "MC"), ("Sam", "S"), ("", ""), ("  ", ""), ("élia (x)", "É")],
)
def test_initials_are_the_first_and_the_last(name: str, said: str) -> None:
    assert tags.initials(name) == said


def test_filters_come_and_go_in_the_address_and_forget_the_page() -> None:
    request = RequestFactory().get("/leads/?stage=mql&stage=new&q=a%26b&after=x")
    assert written('{% query_with stage="won" %}', request) == "?stage=won&amp;q=a%26b"
    assert written('{% query_without "stage" "mql" %}', request) == "?stage=new&amp;q=a%26b"
    assert written('{% query_without "stage" %}', request) == "?q=a%26b"


def test_a_chart_s_figures_stand_beside_it_and_cannot_break_out() -> None:
    figures = tags.chart(_Bars(), "leads-chart", "more <b>")
    assert 'data-chart="leads-chart"' in figures
    assert "more &lt;b&gt;" in figures
    assert figures.count("</script>") == 1


class _Bars:
    kind = "bars"
    labels = ("</script><b>",)
    series = (("Leads", (1, None)),)
    unit = "count"
