"""Who: users, their teams and roles, and the keys by which programs act for them."""

import hashlib
import secrets
import unicodedata
from datetime import datetime
from typing import Any, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


def email_key(address: str) -> str:
    """The form by which two spellings of one address are equal: NFKC, trimmed, case folded."""
    return unicodedata.normalize("NFKC", address).strip().casefold()


class Role(models.TextChoices):
    MARKETER = "marketer", _("Marketer")
    SELLER = "seller", _("Seller")
    LEAD = "lead", _("Team lead")
    MANAGER = "manager", _("Manager")
    ADMINISTRATOR = "administrator", _("Administrator")


class Side(models.TextChoices):
    MARKETING = "marketing", _("Marketing")
    SALES = "sales", _("Sales")


class Team(models.Model):
    """A group of people on one side of the handoff."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    side = models.CharField(_("side"), max_length=12, choices=Side)
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(condition=Q(side__in=Side.values), name="team_side_known"),
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email_key(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=email_key(username or ""))


class User(AbstractBaseUser):
    """A person who signs in by e-mail. `zone` is an IANA name, empty for the site's own."""

    class Theme(models.TextChoices):
        SYSTEM = "", _("As the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    email = models.EmailField(_("e-mail"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(_("active"), default=True)
    language = models.CharField(_("language"), max_length=8, blank=True, default="")
    zone = models.CharField(_("time zone"), max_length=64, blank=True, default="")
    theme = models.CharField(_("theme"), max_length=8, choices=Theme, blank=True, default="")
    email_notices = models.BooleanField(_("notices by e-mail"), default=True)
    sound = models.BooleanField(_("sound for new work"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        ordering = ("name", "id")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email


class Membership(models.Model):
    """A role, in a team or, for managers and administrators, over all of them.

    `capacity` is how many unfinished claims a seller may hold; empty means no limit.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="+")
    role = models.CharField(_("role"), max_length=16, choices=Role)
    capacity = models.PositiveSmallIntegerField(_("limit of open claims"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("user", "team"), name="membership_once_a_team", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(team__isnull=True, role__in=(Role.MANAGER, Role.ADMINISTRATOR))
                | Q(team__isnull=False, role__in=(Role.MARKETER, Role.SELLER, Role.LEAD)),
                name="membership_role_fits_team",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class Scope(models.TextChoices):
    INTAKE = "intake", _("Send leads and interactions")
    READ = "read", _("Read leads, handoffs and reports")
    FLOW = "flow", _("Take every step of the flow")


class TokenQuerySet(models.QuerySet["ApiToken"]):
    def usable(self) -> Self:
        return self.filter(revoked_at__isnull=True, user__is_active=True)

    def visible_to(self, user: User) -> Self:
        """One's own keys; administrators see all."""
        administers = Membership.objects.filter(user=user, role=Role.ADMINISTRATOR)
        return self if administers.exists() else self.filter(user=user)


class ApiToken(models.Model):
    """A program's key. Only its SHA-256 is kept; the token itself is shown once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)
    scopes = ArrayField(models.CharField(max_length=16, choices=Scope), verbose_name=_("scopes"))
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    @property
    def may(self) -> list[str]:
        """Its scopes in words."""
        return [str(Scope(scope).label) for scope in self.scopes]

    @staticmethod
    def digest_of(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()

    @classmethod
    def issue(
        cls, *, user: User, name: str, scopes: list[str], at: datetime
    ) -> tuple["ApiToken", str]:
        """A new key and its secret, which cannot be read again."""
        secret = f"ho_{secrets.token_urlsafe(32)}"
        row = cls.objects.create(
            user=user,
            name=name,
            digest=cls.digest_of(secret),
            hint=secret[:8],
            scopes=scopes,
            created_at=at,
        )
        return row, secret
