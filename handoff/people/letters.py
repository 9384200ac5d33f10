"""The letter with a link to choose a password: an invitation, or a forgotten password."""

from smtplib import SMTPException
from typing import Final

import structlog
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from handoff.people.models import User

DAYS: Final = settings.PASSWORD_RESET_TIMEOUT // 86_400
log = structlog.get_logger(__name__)


def password_path(user: User) -> str:
    """The path of a page where this person chooses a password: once, within DAYS."""
    return reverse(
        "account_reset_password_from_key",
        kwargs={
            "uidb36": user_pk_to_url_str(user),
            "key": default_token_generator.make_token(user),
        },
    )


def send_password_link(user: User, *, invited: bool, language: str) -> bool:
    """Send the letter in the person's language, else in `language`. Whether the post took it."""
    kind = "invitation" if invited else "forgotten"
    context = {"person": user, "link": settings.SITE_URL + password_path(user), "days": DAYS}
    with translation.override(user.language or language):
        letter = render_to_string(f"people/letters/{kind}.txt", context)
    subject, _line, body = letter.partition("\n")
    try:
        send_mail(subject.strip(), body.strip() + "\n", None, [user.email])
    except (OSError, SMTPException):
        log.exception("letter_not_sent", kind=kind, person=user.pk)
        return False
    return True
