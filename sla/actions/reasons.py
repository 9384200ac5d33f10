"""The reason that a person gives where one is needed."""

from typing import Final

from django.utils.translation import gettext as _

from leads import refusals

LONGEST: Final = 400


def given(why: str, *, longest: int = LONGEST) -> str:
    """The reason without what surrounds it. Raises the refusal `invalid` for none or a novel."""
    why = why.strip()
    if not why:
        raise refusals.wrong(why=_("Say why in a few words."))
    if len(why) > longest:
        raise refusals.wrong(why=_("Keep it to %(most)d characters.") % {"most": longest})
    return why
