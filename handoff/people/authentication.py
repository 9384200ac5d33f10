"""How a program or a page proves who it is to the API."""

from datetime import timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from handoff.people.models import ApiToken, User

TOUCH_EVERY: Final = timedelta(minutes=1)


class SessionAuthentication(authentication.SessionAuthentication):
    """The page's own session; a missing one answers 401, not 403."""

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer ho_…`, looked up by its SHA-256."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        word, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if word.lower() != "bearer" or not secret:
            return None
        digest = ApiToken.digest_of(secret.strip())
        token = ApiToken.objects.usable().select_related("user").filter(digest=digest).first()
        if token is None:
            raise AuthenticationFailed(_("This token is unknown or was revoked."))
        now = timezone.now()
        if token.last_used_at is None or now - token.last_used_at > TOUCH_EVERY:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
