"""Where leads come from, as people read it. Pure; an origin is free text, often a form's."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

KNOWN: Final[dict[str, str | Promise]] = {
    "organic_search": gettext_lazy("Organic search"),
    "paid_search": gettext_lazy("Paid search"),
    "social": gettext_lazy("Social media"),
    "paid_social": gettext_lazy("Paid social media"),
    "direct_traffic": gettext_lazy("Direct traffic"),
    "email": gettext_lazy("E-mail"),
    "referral": gettext_lazy("Referral"),
    "display": gettext_lazy("Display ads"),
    "event": gettext_lazy("Event"),
    "webinar": gettext_lazy("Webinar"),
    "partner": gettext_lazy("Partner"),
    "outbound": gettext_lazy("Outbound"),
    "other_publicities": gettext_lazy("Other publicity"),
    "other": gettext_lazy("Other"),
    "unknown": gettext_lazy("Unknown"),
}


def origin_of(text: str) -> str:
    """The known origin that reads like `text` in this language; else the text as it stands."""
    for origin, label in KNOWN.items():
        if text.casefold() == str(label).casefold():
            return origin
    return text


def origin_label(origin: str) -> str:
    """A known origin in the reader's language, any other as it stands with a capital letter."""
    if not origin:
        return _("No origin")
    if origin in KNOWN:
        return str(KNOWN[origin])
    words = origin.replace("_", " ").strip()
    return words[:1].upper() + words[1:]
