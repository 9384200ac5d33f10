"""How this house differs from allauth's defaults."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.http import HttpRequest

from handoff.people.models import User, email_key
from handoff.people.tasks import post_password_link


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator; nobody signs up from outside."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Wrong passwords are counted by axes, in the database; allauth's count is for codes."""

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        post_password_link(user, invited=False)

    def reauthenticate(self, user: User, password: str) -> bool:
        """By the one address a person has here."""
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk


def who_tries(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """By what name axes counts failures: every spelling of an address is one."""
    given = (credentials or {}).get("email") or request.POST.get("login", "")
    return email_key(str(given))[:254]
