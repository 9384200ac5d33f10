"""Icons as inline SVG, read once from the `lucide-static` package that the browser side brings."""

import re
from functools import cache
from typing import Final

from django.conf import settings
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

FOLDER: Final = settings.ROOT / "node_modules/lucide-static/icons"

ALSO_CALLED: Final = {
    "arrow-back": "undo-2",
    "edit": "pencil",
    "file-import": "file-input",
    "lifebuoy": "life-buoy",
    "login": "log-in",
    "phone-check": "phone-incoming",
    "refresh": "refresh-cw",
    "repeat": "refresh-cw",
    "search-off": "search-x",
    "stack-2": "layers",
    "thumb-up": "thumbs-up",
}
"""Words that the product uses, and what the package calls them."""

NAME: Final = re.compile(r"[a-z0-9-]+")
UNKNOWN: Final = '<circle cx="12" cy="12" r="9"/>'


@cache
def drawing(name: str) -> str:
    """What is inside the `<svg>` of an icon; a plain circle where there is no such icon."""
    path = FOLDER / f"{ALSO_CALLED.get(name, name)}.svg"
    if not NAME.fullmatch(name) or not path.is_file():
        return UNKNOWN
    inside = re.search(r"<svg[^>]*>(.*)</svg>", path.read_text(), re.DOTALL)
    return re.sub(r"\s*\n\s*", "", inside[1]) if inside else UNKNOWN


def exists(name: str) -> bool:
    return drawing(name) != UNKNOWN


@cache
def svg(name: str, extra: str = "") -> SafeString:
    """The icon as decoration: screen readers skip it, so a word stands beside it."""
    classes = escape(f"icon {extra}".strip())
    return mark_safe(  # noqa: S308  # names come from templates; the drawing from the package
        f'<svg class="{classes}" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
        ' stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">'
        f"{drawing(name)}</svg>"
    )
