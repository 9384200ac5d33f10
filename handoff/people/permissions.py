"""What a program's key reaches in the API."""

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from handoff.people.models import ApiToken, Scope


class TokenScope(BasePermission):
    """A token reaches what its scopes name: `scope` of the view for writing, `read` for reading."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not isinstance(request.auth, ApiToken):
            return True
        wanted = getattr(view, "scope", Scope.FLOW)
        held = set(request.auth.scopes)
        if request.method in SAFE_METHODS:
            return Scope.READ in held
        return wanted in held
