"""What people need not wait for: the post."""

from celery import shared_task
from django.utils import translation
from kombu.exceptions import OperationalError

from handoff.people import letters
from handoff.people.models import User


@shared_task
def send_password_link(user_id: int, invited: bool, language: str) -> bool:
    user = User.objects.filter(pk=user_id, is_active=True).first()
    return user is not None and letters.send_password_link(user, invited=invited, language=language)


def post_password_link(user: User, *, invited: bool) -> None:
    """Leave the letter with the worker; with no broker, take it to the post ourselves."""
    language = translation.get_language() or "en"
    try:
        send_password_link.delay(user.pk, invited, language)
    except OperationalError:
        letters.send_password_link(user, invited=invited, language=language)
