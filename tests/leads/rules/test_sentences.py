"""Criteria read out loud, in both languages."""

from typing import Any

import pytest
from django.utils import translation

from leads.rules.criteria import Rules
from leads.rules.reading import RulesProblem, read
from leads.rules.sentences import Change, changes, faults_said, frame, sentence
from tests.walk import PAID

PRICES = {
    "key": "prices",
    "axis": "intent",
    "activity": ["download"],
    "material": "Price list",
    "within_days": 30,
    "at_least": 2,
    "points": 10,
    "each": True,
    "cap": 30,
    "half_life_days": 14,
}


def rules(*criteria: dict[str, Any], **more: Any) -> Rules:
    return read({"criteria": list(criteria), **more})


def said(**more: Any) -> str:
    return sentence(rules({"axis": "fit", **more}).criteria[0])


def test_the_criteria_of_the_agreement() -> None:
    assert [sentence(each) for each in rules(PAID, PRICES).criteria] == [
        "Origin is one of paid_search, organic_search: +20",
        (
            "Download of “Price list” in the last 30 days, at least 2:"
            " +10 each, at most 30, halves every 14 days"
        ),
    ]


def test_they_are_said_in_portuguese() -> None:
    with translation.override("pt-br"):
        assert [sentence(each) for each in rules(PAID, PRICES).criteria] == [
            "Origem é um destes valores (paid_search, organic_search): +20",
            (
                "Download de “Price list” nos últimos 30 dias, no mínimo 2:"
                " +10 cada, no máximo 30, cai pela metade a cada 14 dias"
            ),
        ]
        assert said(field="city", op="present", points=2.5) == "Há cidade: +2,5"


@pytest.mark.parametrize(
    ("criterion", "words"),
    [
        ({"field": "city", "op": "is", "values": "Recife", "points": -2.5}, "City is Recife: −2.5"),
        ({"field": "city", "op": "is_not", "values": "X", "points": 1}, "City is not X: +1"),
        (
            {"field": "job_title", "op": "contains", "values": "head", "role": "must"},
            "Must-have: Job title contains “head”",
        ),
        (
            {"field": "attributes.staff", "op": "between", "values": [5, 9.5], "role": "veto"},
            "Veto: Staff is between 5 and 9.5",
        ),
        (
            {"field": "utm.source", "op": "absent", "role": "must"},
            "Must-have: UTM source is missing",
        ),
        (
            {"activity": [], "points": -1, "each": True, "cap": -5},
            "Any touch: −1 each, at most 5 lost",
        ),
        (
            {"activity": ["form", "event"], "within_days": 1, "role": "veto"},
            "Veto: Event or form in the last day",
        ),
        (
            {"activity": ["visit"], "name": "Came", "points": 1, "half_life_days": 1},
            "Came – Visit: +1, halves every day",
        ),
    ],
)
def test_every_kind_of_criterion(criterion: dict[str, Any], words: str) -> None:
    assert said(**criterion) == words


def test_the_frame_around_the_criteria() -> None:
    found = frame(rules(PAID, thresholds={"fit": 20}, caps={"intent": 50}, accepts=["A1", "B2"]))
    assert list(found.values()) == [
        "Fit: at least 20 to qualify.",
        "Intent: never more than 50.",
        "Profile by fit: A from 60, B from 40, C from 20, else D.",
        "Interest by engagement and intent together: 1 from 60, 2 from 40, 3 from 20, else 4.",
        "Grades that qualify: A1, B2.",
    ]


def test_what_changed_is_told_by_key() -> None:
    before = rules(PAID, PRICES)
    more, must = {**PAID, "points": 25}, {**PAID, "key": "new", "role": "must"}
    del must["points"]
    origin = "Origin is one of paid_search, organic_search"
    assert changes(before, rules(more, must, thresholds={"fit": 25})) == [
        Change(f"{origin}: +20", f"{origin}: +25"),
        Change("", f"Must-have: {origin}"),
        Change(sentence(before.criteria[1]), ""),
        Change("", "Fit: at least 25 to qualify."),
    ]
    assert changes(before, before) == []


def test_a_fault_is_told_with_its_place() -> None:
    broken = {"criteria": [PAID, {"axis": "x", "field": "city", "op": "is", "values": "R"}]}
    with pytest.raises(RulesProblem) as caught:
        read({**broken, "caps": {"fit": "much"}, "colour": 1})
    assert set(faults_said(caught.value.faults)) == {
        "“colour”: A rule set has nothing of this name.",
        "Criterion 2, axis: Choose one of the list.",
        "Criterion 2, points: Write a number.",
        "Caps, Fit: Write a number.",
    }
    assert faults_said({"": "No."}) == ["No."]
