"""E-mail by Django's backend. The same delivery always has the same Message-ID, so that one sent
twice, because a worker died between sending and noting it, is one message to a mail reader."""

from email.utils import parseaddr
from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import override

from handoff.notices.channels import Unsent
from handoff.notices.models import Delivery


class EmailChannel:
    def silent(self, delivery: Delivery) -> bool:
        recipient = delivery.recipient
        return not (recipient.is_active and recipient.email and recipient.email_notices)

    def send(self, delivery: Delivery) -> None:
        try:
            message_for(delivery).send()
        except SMTPRecipientsRefused as error:
            codes = [code for code, _reply in error.recipients.values()]
            raise Unsent(repr(error), permanent=all(code >= 500 for code in codes)) from error
        except (SMTPDataError, SMTPSenderRefused) as error:
            raise Unsent(repr(error), permanent=_is_final(error)) from error
        except (SMTPNotSupportedError, ValueError) as error:
            raise Unsent(repr(error), permanent=True) from error
        except (SMTPException, OSError) as error:
            raise Unsent(repr(error), down=True) from error


def _is_final(error: SMTPResponseException) -> bool:
    return error.smtp_code >= 500


def message_for(delivery: Delivery) -> EmailMessage:
    """The message as the recipient reads it: the text, and where to go on."""
    return EmailMessage(
        subject=delivery.subject,
        body="\n\n".join(part for part in (delivery.body.strip(), _way_on(delivery)) if part),
        to=[delivery.recipient.email],
        headers={
            "Message-ID": f"<delivery-{delivery.pk}@{_domain()}>",
            "Auto-Submitted": "auto-generated",
        },
    )


def _way_on(delivery: Delivery) -> str:
    if not delivery.url:
        return ""
    with override(delivery.recipient.language or settings.LANGUAGE_CODE):
        return _("Open: %(url)s") % {"url": f"{settings.SITE_URL}{delivery.url}"}


def _domain() -> str:
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return address.rpartition("@")[2] or "localhost"
