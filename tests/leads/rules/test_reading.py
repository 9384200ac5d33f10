"""What a rule set may say, and what is said of one that makes no sense."""

import json
from typing import Any

import pytest
from hypothesis import given

from leads.rules.checks import faults_of
from leads.rules.criteria import kept
from leads.rules.reading import RulesProblem, read
from tests.leads.rules.written import rule_sets

EMPLOYEES = {"axis": "fit", "field": "attributes.size", "op": "at_least", "values": [10]}
DEMO = {"axis": "intent", "activity": ["demo_request"], "points": 30}


def faults(**criterion: Any) -> dict[str, str]:
    with pytest.raises(RulesProblem) as caught:
        read({"criteria": [criterion]})
    return caught.value.faults


@given(rule_sets())
def test_what_is_kept_reads_the_same(said: dict[str, Any]) -> None:
    rules = read(said)
    assert read(json.loads(json.dumps(kept(rules)))) == rules


@pytest.mark.parametrize("key", ["a" * 39, "b" * 39, "b"])
def test_a_key_that_is_cut_reads_the_same(key: str) -> None:
    line = {**EMPLOYEES, "points": 5}
    said = {"criteria": [{**line, "key": key}, {**line, "key": "b" * 39 + " tail"}]}
    if key == "b" * 39:
        with pytest.raises(RulesProblem) as caught:
            read(said)
        assert list(caught.value.faults) == ["criteria.1.key"]
    else:
        assert read(kept(read(said))) == read(said)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"points": "many"}, "points"),
        ({"points": float("nan")}, "points"),
        ({"points": 0}, "points"),
        ({"points": 1.234}, "points"),
        ({"points": 10**9}, "points"),
        ({"points": "1e9999999"}, "points"),
        ({"points": "0e9999999"}, "points"),
        ({"field": "shoe_size"}, "field"),
        ({"field": "attributes."}, "field"),
        ({"op": "matches", "values": ["(a+)+$"]}, "op"),
        ({"values": ["ten"]}, "values"),
        ({"values": ["1e-20000"]}, "values"),
        ({"values": ["-1e9999999"]}, "values"),
        ({"values": []}, "values"),
        ({"op": "between", "values": [5, 1]}, "values"),
        ({"op": "is", "values": ["a\x00b"]}, "values"),
        ({"op": "is", "values": ["\ud800"]}, "values"),
        ({"op": "is", "values": [""]}, "values"),
        ({"op": "any_of", "values": ["x" * 300]}, "values"),
        ({"op": "any_of", "values": [str(n) for n in range(300)]}, "values"),
        ({"axis": "luck"}, "axis"),
        ({"axis": ["fit"]}, "axis"),
        ({"half_life_days": 3}, "half_life_days"),
        ({"regex": ".*"}, "regex"),
    ],
)
def test_a_wrong_field_test_is_told_at_its_place(change: dict[str, Any], place: str) -> None:
    assert list(faults(**{**EMPLOYEES, "points": 5, **change})) == [f"criteria.0.{place}"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"within_days": 0}, "within_days"),
        ({"within_days": "7"}, "within_days"),
        ({"at_least": 0}, "at_least"),
        ({"half_life_days": 0}, "half_life_days"),
        ({"half_life_days": -2}, "half_life_days"),
        ({"cap": 10}, "cap"),
        ({"cap": -60}, "cap"),
        ({"each": "yes"}, "each"),
        ({"activity": ["seance"]}, "activity"),
        ({"activity": "visit"}, "activity"),
    ],
)
def test_a_wrong_activity_is_told_at_its_place(change: dict[str, Any], place: str) -> None:
    assert list(faults(**{**DEMO, **change})) == [f"criteria.0.{place}"]


@pytest.mark.parametrize(
    "raw",
    [None, [], "rules", 3, {"criteria": 3}, {"criteria": [3]}, {"thresholds": []}, {"accepts": []},
     {"accepts": ["E5"]}, {"profile": [1, 2, 3]}, {"caps": {"luck": 3}}, {"speed": 1}],
)  # fmt: skip
def test_what_is_no_rule_set_is_told(raw: Any) -> None:
    with pytest.raises(RulesProblem) as caught:
        read(raw)
    assert all(caught.value.faults.values())


def test_the_order_in_which_kinds_are_named_makes_no_difference() -> None:
    one, other = (
        read({"criteria": [{**DEMO, "activity": kinds}]})
        for kinds in (["demo_request", "visit"], ["visit", "demo_request", "visit"])
    )
    assert one == other


def test_everything_wrong_is_told_at_once() -> None:
    raw = {"criteria": [{**DEMO, "points": 0, "at_least": 0}, {**EMPLOYEES, "points": "x"}]}
    with pytest.raises(RulesProblem) as caught:
        read(raw)
    assert set(caught.value.faults) == {
        "criteria.0.points",
        "criteria.0.at_least",
        "criteria.1.points",
    }


def must(**test: Any) -> dict[str, Any]:
    return {"axis": "fit", "role": "must", **test}


@pytest.mark.parametrize(
    "pair",
    [
        (must(field="city", op="is", values=["Rio"]), must(field="city", op="is", values=["Lima"])),
        (must(field="city", op="is", values=["Rio"]), must(field="city", op="absent")),
        (
            must(field="city", op="any_of", values=["Rio", "Lima"]),
            must(field="city", op="none_of", values=["rio", "lima", "Cali"]),
        ),
        (
            must(field="attributes.size", op="at_least", values=[10]),
            must(field="attributes.size", op="between", values=[1, 9]),
        ),
    ],
)
def test_must_haves_that_exclude_each_other_are_told(pair: tuple[Any, Any]) -> None:
    assert list(faults_of(read({"criteria": list(pair)}))) == ["criteria.1"]
    assert list(faults_of(read({"criteria": list(reversed(pair))}))) == ["criteria.1"]


def test_must_haves_that_can_both_hold_are_left_alone() -> None:
    pair = [
        must(field="city", op="any_of", values=["Rio", "Lima"]),
        must(field="city", op="is_not", values=["Lima"]),
        must(field="attributes.size", op="at_least", values=[10]),
        must(field="attributes.size", op="at_most", values=[10]),
    ]
    assert faults_of(read({"criteria": pair})) == {}


def test_a_must_have_that_is_a_veto_too_is_told() -> None:
    test = {"field": "city", "op": "is", "values": ["Rio"]}
    raw = {"criteria": [must(**test), must(**test) | {"role": "veto"}]}
    assert list(faults_of(read(raw))) == ["criteria.0"]


@pytest.mark.parametrize(("threshold", "said"), [(31, "Nobody"), (0, "Everybody"), (30, "")])
def test_a_threshold_nobody_or_everybody_passes_is_told(threshold: int, said: str) -> None:
    found = faults_of(read({"criteria": [DEMO], "thresholds": {"intent": threshold}}))
    assert found.get("thresholds.intent", "").startswith(said)
    assert bool(found) == bool(said)


def test_a_cap_is_within_what_can_be_reached() -> None:
    raw = {"criteria": [DEMO], "caps": {"intent": 20}, "thresholds": {"intent": 25}}
    assert "thresholds.intent" in faults_of(read(raw))


def test_no_criterion_at_all_is_told() -> None:
    assert list(faults_of(read({}))) == ["criteria"]
