"""Rule sets and histories that hypothesis writes."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from leads.models import InteractionKind

FIELDS = ("company", "city", "origin", "attributes.size", "attributes.segment", "email_domain")
TEXTS = ("Acme", "são paulo", "10", "7,5", "retail", "RETAIL ", "acme.example", "")
KINDS = (InteractionKind.VISIT, InteractionKind.DOWNLOAD, InteractionKind.DEMO_REQUEST)
MATERIALS = ("", "Price list", "E-book")

points = st.integers(-5_000, 5_000).filter(bool).map(lambda hundredths: hundredths / 100)


@st.composite
def field_tests(draw: st.DrawFn) -> dict[str, Any]:
    name = draw(st.sampled_from(FIELDS))
    op = draw(
        st.sampled_from(
            ("is", "is_not", "contains", "any_of", "none_of", "at_least", "between", "present")
        )
    )
    values: list[Any] = [draw(st.sampled_from(TEXTS[:-1]))]
    if op == "at_least":
        values = [draw(st.integers(-3, 12))]
    elif op == "between":
        values = sorted(draw(st.lists(st.integers(-3, 12), min_size=2, max_size=2)))
    elif op in ("any_of", "none_of"):
        values = draw(st.lists(st.sampled_from(TEXTS[:-1]), min_size=1, max_size=3))
    return {"field": name, "op": op, "values": values}


@st.composite
def activity_tests(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "activity": draw(
            st.lists(st.sampled_from(KINDS), max_size=2).map(lambda k: [*map(str, k)])
        ),
        "material": draw(st.sampled_from(MATERIALS)),
        "within_days": draw(st.sampled_from((None, 1, 7, 30))),
        "at_least": draw(st.integers(1, 3)),
    }


@st.composite
def criteria(draw: st.DrawFn) -> dict[str, Any]:
    said: dict[str, Any] = {
        "axis": draw(st.sampled_from(("fit", "engagement", "intent"))),
        "role": draw(st.sampled_from(("points", "points", "points", "must", "veto"))),
    }
    activity = draw(st.booleans())
    said |= draw(activity_tests() if activity else field_tests())
    if said["role"] == "points":
        said["points"] = draw(points)
        if activity:
            said["each"] = draw(st.booleans())
            said["half_life_days"] = draw(st.sampled_from((None, 0.5, 7, 30)))
            if draw(st.booleans()):
                said["cap"] = round(said["points"] * draw(st.integers(1, 3)), 2)
    return said


@st.composite
def rule_sets(draw: st.DrawFn) -> dict[str, Any]:
    found = draw(st.lists(criteria(), max_size=8))
    axes = ("fit", "engagement", "intent")
    return {
        "criteria": [{**each, "key": f"k{number}"} for number, each in enumerate(found)],
        "thresholds": {axis: draw(st.integers(-20, 20)) for axis in axes if draw(st.booleans())},
        "caps": {axis: draw(st.integers(0, 60)) for axis in axes if draw(st.booleans())},
        "profile": [30, 10, 0],
        "interest": [40, 20, 5],
        "accepts": draw(st.sampled_from((["A1", "A2", "B1", "B2", "C1"], ["D4", "A1", "D1"]))),
    }


people = st.fixed_dictionaries(
    {
        "company": st.sampled_from(TEXTS),
        "city": st.sampled_from(TEXTS),
        "origin": st.sampled_from(TEXTS),
        "attributes": st.dictionaries(
            st.sampled_from(("size", "segment")),
            st.one_of(st.sampled_from(TEXTS), st.integers(-3, 12), st.booleans()),
        ),
    }
)
touches = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.sampled_from(MATERIALS),
        st.integers(0, 40 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes)),
    ),
    max_size=8,
)
