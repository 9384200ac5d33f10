"""What the pages about people accept."""

import zoneinfo
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from allauth.account.fields import EmailField as AllauthEmailField
from allauth.account.forms import LoginForm, ResetPasswordForm
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from handoff.people.actions import Place, check_place
from handoff.people.models import Role, Scope, Side, Team, User, email_key

T = TypeVar("T")


def saved(form: forms.BaseForm, verb: Callable[[], T]) -> T | None:
    """What the verb gives, or nothing, with its objection at the field it is about."""
    try:
        return verb()
    except ValidationError as error:
        fields = getattr(error, "error_dict", {})
        form.add_error(None, error if set(fields) <= set(form.fields) else error.messages)
        return None


@cache
def zones() -> tuple[str, ...]:
    """IANA zones by place name."""
    return tuple(
        sorted(
            name
            for name in zoneinfo.available_timezones()
            if "/" in name and not name.startswith(("Etc/", "SystemV/", "posix/", "right/"))
        )
    )


def zone_choices() -> list[tuple[str, Any]]:
    default = _("As the site: %(zone)s") % {"zone": settings.TIME_ZONE.replace("_", " ")}
    return [("", default), *((name, name.replace("_", " ")) for name in zones())]


def language_choices() -> list[tuple[str, Any]]:
    return [("", _("As the browser")), *settings.LANGUAGES]


class EmailField(forms.EmailField):
    """An address in the form by which two spellings of it are equal."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(email_key(value) if isinstance(value, str) else value)


class SignInEmailField(AllauthEmailField):  # type: ignore[misc]
    def to_python(self, value: Any) -> Any:
        return super().to_python(email_key(value) if isinstance(value, str) else value)


class SignInForm(LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = SignInEmailField(label=_("E-mail"))
        self.fields["password"].max_length = 4_096
        self.order_fields(["login", "password"])


class ForgottenForm(ResetPasswordForm):  # type: ignore[misc]
    email = SignInEmailField(label=_("E-mail"))


class SetupForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=120)
    email = EmailField(label=_("Your e-mail"), max_length=254)
    password = forms.CharField(
        label=_("Password"),
        max_length=4_096,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 8 characters."),
    )
    zone = forms.ChoiceField(label=_("Your time zone"), choices=zone_choices, required=False)
    marketing = forms.CharField(label=_("Marketing team"), max_length=120)
    sales = forms.CharField(label=_("Sales team"), max_length=120)

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(
            password,
            User(email=self.data.get("email", ""), name=self.data.get("name", "")),
        )
        return password


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    language = forms.ChoiceField(label=_("Language"), choices=language_choices, required=False)
    zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zone_choices,
        required=False,
        help_text=_("Times on your pages are shown in this zone."),
    )

    class Meta:
        model = User
        fields = ("name", "language", "zone", "theme", "sound", "email_notices")


class PersonForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    email = EmailField(label=_("E-mail"), max_length=254)
    language = forms.ChoiceField(
        label=_("Language"),
        choices=language_choices,
        required=False,
        help_text=_("Of the letters and notices they are sent."),
    )


class PlaceForm(forms.Form):
    role = forms.ChoiceField(
        label=_("Role"), choices=[("", _("No role")), *Role.choices], required=False
    )
    team = forms.ModelChoiceField(
        label=_("Team"),
        queryset=Team.objects.filter(archived_at__isnull=True),
        required=False,
        empty_label=_("All teams"),
    )
    capacity = forms.IntegerField(
        label=_("Limit of open claims"), min_value=1, max_value=999, required=False
    )

    def clean(self) -> dict[str, Any]:
        place = self.place()
        if place is not None and "team" not in self.errors:
            check_place(place)
        return self.cleaned_data

    def place(self) -> Place | None:
        """The place that was filled in; an empty role is no place."""
        role = self.cleaned_data.get("role")
        if not role:
            return None
        data = self.cleaned_data
        return Place(role, data.get("team"), data.get("capacity"))


PlaceFormSet = forms.formset_factory(PlaceForm, extra=1, max_num=12, absolute_max=20)


class TeamForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    side = forms.ChoiceField(label=_("Side"), choices=Side.choices)


class TeamNameForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("What will use it: “Website form”.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("May"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, owners: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"] = forms.ModelChoiceField(
            label=_("Acts as"),
            queryset=owners,
            empty_label=None,
            help_text=_("It may do what this person may, and is written down under their name."),
        )
        self.order_fields(["name", "owner", "scopes"])
