"""What the endpoints of the handoff take and give."""

from typing import Any

from rest_framework import serializers

from leads.api.shapes import LARGEST_ID
from leads.models import Attempt, AttemptChannel, AttemptResult, Handoff, NextStep
from leads.stages import HandoffState, ReasonGroup


def _id(**options: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=LARGEST_ID, **options)


def _note() -> serializers.CharField:
    return serializers.CharField(
        required=False, allow_blank=True, max_length=4_000, default="", trim_whitespace=True
    )


class HandoffSerializer(serializers.ModelSerializer[Handoff]):
    """A handoff as it stands. People are named; `team` and `lead` are ids."""

    lead_name = serializers.CharField(source="lead.__str__", read_only=True)
    team_name = serializers.CharField(source="team.name", read_only=True)
    campaign = serializers.CharField(source="campaign.name", default="", read_only=True)
    offered_by = serializers.CharField(source="offered_by.name", default="", read_only=True)
    claimed_by = serializers.CharField(source="claimed_by.name", default="", read_only=True)
    pains = serializers.ListField(child=serializers.CharField(), read_only=True)
    reason = serializers.ChoiceField(ReasonGroup.choices, allow_blank=True, read_only=True)
    value = serializers.DecimalField(12, 2, allow_null=True, read_only=True)

    class Meta:
        model = Handoff
        fields = (
            *("id", "lead", "lead_name", "team", "team_name", "state", "campaign", "note"),
            *("pains", "promise", "why_now", "completeness", "offered_at", "offered_by"),
            *("claimed_at", "claimed_by", "first_attempt_at", "first_contact_at"),
            *("accepted_at", "sales_qualified_at", "ended_at", "reason", "reason_note"),
            *("value", "rescues", "imported"),
        )
        read_only_fields = fields


class HandoffsSerializer(serializers.Serializer[Any]):
    results = HandoffSerializer(many=True)
    next = serializers.CharField(allow_blank=True, help_text="Send as `after` for the next page.")


class HandoffsQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=HandoffState.choices, required=False, default="")
    team = _id(required=False, default=None, help_text="A sales team.")
    after = serializers.CharField(required=False, allow_blank=True, max_length=60, default="")
    limit = serializers.IntegerField(required=False, default=50, min_value=1, max_value=200)


class OfferSerializer(serializers.Serializer[Any]):
    """An MQL for a sales team. Without a campaign, the lead's own is attached."""

    lead = _id()
    team = _id(help_text="The sales team.")
    campaign = _id(required=False, allow_null=True, default=None)
    note = _note()
    promise = _note()
    pains = serializers.ListField(
        child=serializers.CharField(max_length=200), required=False, max_length=20, default=list
    )


class ClaimNextSerializer(serializers.Serializer[Any]):
    team = _id(help_text="The sales team whose longest waiting lead is claimed.")


class ReassignSerializer(serializers.Serializer[Any]):
    to = _id(help_text="The user who gets it, of the same team.")


class AttemptInSerializer(serializers.Serializer[Any]):
    """One try. Without `occurred_at` it was just now; an `automatic` one stops no clock."""

    channel = serializers.ChoiceField(choices=AttemptChannel.choices)
    result = serializers.ChoiceField(choices=AttemptResult.choices)
    occurred_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    note = _note()
    automatic = serializers.BooleanField(required=False, default=False)


class AttemptSerializer(serializers.ModelSerializer[Attempt]):
    class Meta:
        model = Attempt
        fields = (
            "id",
            "handoff",
            "channel",
            "result",
            "note",
            "automatic",
            "occurred_at",
            "recorded_at",
        )
        read_only_fields = fields


class PlanSerializer(serializers.Serializer[Any]):
    what = serializers.CharField(max_length=200)
    due_at = serializers.DateTimeField()


class NextStepSerializer(serializers.ModelSerializer[NextStep]):
    class Meta:
        model = NextStep
        fields = ("id", "handoff", "what", "due_at", "done_at")
        read_only_fields = fields


class ReturnSerializer(serializers.Serializer[Any]):
    """`not_now` needs `recycle_on`, `other` needs a note."""

    reason = serializers.ChoiceField(choices=ReasonGroup.choices)
    note = _note()
    recycle_on = serializers.DateField(required=False, allow_null=True, default=None)


class WinSerializer(serializers.Serializer[Any]):
    value = serializers.DecimalField(12, 2, min_value=0, help_text="In the site's currency.")


class LoseSerializer(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(choices=ReasonGroup.choices)
    note = _note()
