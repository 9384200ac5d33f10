"""The database keeps the promises: no pair of when and who, no direction of a key, is forgotten."""

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

import pytest
from django.apps import apps
from django.db import models
from django.db.models.constraints import BaseConstraint

AnyField: TypeAlias = "models.Field[Any, Any]"
AnyKey: TypeAlias = "models.ForeignKey[Any, Any]"

OURS: Final = ("people", "calendars", "journal", "notices", "leads", "sla", "feedback")
LAYERS: Final = {name: place for place, name in enumerate(OURS)}
"""From the ground up: a key points to the same app or one that comes before it."""

EXEMPT: Final = {
    "sla.ClockEvent.by": "`by` is empty where the house itself acted; `at` is never empty",
    "journal.Entry.by": "`by` is empty where the house itself acted; `at` is never empty",
    "calendars.CalendarVersion.created": "the first version may be made by the house itself",
    "leads.Lead.marketing_qualified": "an import qualifies with no person: who implies when",
    "leads.Handoff.offered": "an imported journey was offered by nobody we know of",
    "leads.Handoff.ended": "a rule or an import may end a journey; when follows the state",
}
"""Pairs whose halves may differ, and why."""

BOTH_WAYS: Final = {
    "people.Membership.user": "a person's own memberships are read at every request",
}


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in OURS]


def pairs() -> Iterator[tuple[str, type[models.Model], str, str]]:
    for model in our_models():
        names = {field.name for field in model._meta.get_fields()}
        for name in sorted(names):
            stem = name.removesuffix("_by")
            if name.endswith("_by") and f"{stem}_at" in names:
                yield f"{model._meta.label}.{stem}", model, f"{stem}_at", name
        if {"at", "by"} <= names:
            yield f"{model._meta.label}.by", model, "at", "by"


def speaks_of(constraint: BaseConstraint, *names: str) -> bool:
    """Whether a check names all of these columns."""
    if not isinstance(constraint, models.CheckConstraint):
        return False
    said = str(constraint.condition)
    return all(f"'{name}" in said for name in names)


def is_kept(model: type[models.Model], when: str, who: str) -> bool:
    columns = {field.name: field for field in model._meta.concrete_fields}
    if not columns[when].null and not columns[who].null:
        return True
    return any(speaks_of(each, when, who) for each in model._meta.constraints)


@pytest.mark.parametrize(("name", "model", "when", "who"), list(pairs()), ids=str)
def test_when_and_who_stand_together(
    name: str, model: type[models.Model], when: str, who: str
) -> None:
    assert is_kept(model, when, who) or name in EXEMPT, (
        f"Add a CheckConstraint on {when} and {who} to {model.__name__}, or say here why not."
    )


def test_no_exemption_is_stale() -> None:
    assert set(EXEMPT) <= {name for name, *_rest in pairs()}


def keys() -> Iterator[tuple[str, AnyField, type[models.Model]]]:
    for model in our_models():
        for field in model._meta.local_concrete_fields:
            if field.is_relation and isinstance(field.related_model, type):
                yield f"{model._meta.label}.{field.name}", field, field.related_model


@pytest.mark.parametrize(("name", "field", "target"), list(keys()), ids=str)
def test_a_key_points_back_along_the_flow(
    name: str, field: AnyKey, target: type[models.Model]
) -> None:
    here, there = field.model._meta.app_label, target._meta.app_label
    assert LAYERS[there] <= LAYERS[here], f"{here} stands below {there} and cannot point to it."
    if here != there:
        assert field.remote_field.related_name == "+", "Only the later app knows of the key."


@pytest.mark.parametrize(("name", "field", "target"), list(keys()), ids=str)
def test_what_happened_is_not_deleted_with_who_did_it(
    name: str, field: AnyKey, target: type[models.Model]
) -> None:
    if target._meta.label == "people.User" and (field.name == "by" or field.name.endswith("_by")):
        assert field.remote_field.on_delete is models.PROTECT


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_what_has_a_state_says_which_states_there_are(model: type[models.Model]) -> None:
    for field in model._meta.local_concrete_fields:
        if field.name in {"state", "stage", "verdict", "side", "role", "kind"}:
            assert field.choices, f"{field.name} of {model.__name__} needs its choices."
