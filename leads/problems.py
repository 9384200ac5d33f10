"""What can be wrong with what comes in, each with its sentence. Pure."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise]] = {
    "bad_email": _("“%(value)s” is not an e-mail address."),
    "bad_phone": _("“%(value)s” is not a phone number."),
    "bad_cnpj": _("“%(value)s” is not a CNPJ: its check digits do not fit."),
    "bad_date": _("“%(value)s” is not a date that can be read."),
    "bad_number": _("“%(value)s” is not a number."),
    "bad_choice": _("“%(value)s” is none of the values known here."),
    "future_date": _("“%(value)s” lies in the future."),
    "ancient_date": _("“%(value)s” lies before 1990."),
    "too_long": _("“%(value)s” is too long."),
    "too_many": _("There are more values than can be kept."),
    "unstorable": _("The text holds characters that cannot be stored."),
    "unknown_here": _("Nobody here has this key, and this file only adds to known people."),
    "nobody": _("There is no e-mail, phone or external id to know the person by."),
    "no_source": _("An external id needs the source it comes from."),
    "no_outcome_date": _("The outcome has no date."),
    "ragged": _("The row has more cells than there are columns."),
    "broken_quote": _("A quotation mark is opened and never closed as it should be."),
    "cell_too_long": _("A cell is longer than 10,000 characters."),
    "line_too_long": _("The line is longer than one million characters."),
}
KINDS: Final[dict[str, Promise]] = {
    "bad_email": _("E-mail"),
    "bad_phone": _("Phone"),
    "bad_cnpj": _("CNPJ"),
    "bad_date": _("Date"),
    "bad_number": _("Number"),
    "bad_choice": _("Unknown value"),
    "future_date": _("Date in the future"),
    "ancient_date": _("Date before 1990"),
    "too_long": _("Too long"),
    "too_many": _("Too many values"),
    "unstorable": _("Unreadable characters"),
    "unknown_here": _("Not known here"),
    "nobody": _("No e-mail, phone or id"),
    "no_source": _("No source"),
    "no_outcome_date": _("Outcome without a date"),
    "ragged": _("Too many cells"),
    "broken_quote": _("Quotation mark"),
    "cell_too_long": _("Cell too long"),
    "line_too_long": _("Line too long"),
}
"""The same in a word or two, where rows are counted by what is wrong with them."""
SHOWN: Final = 60


@dataclass(unsafe_hash=True)
class Problem(Exception):
    """One thing that is wrong with one value. `column` is where it stood, if it stood anywhere."""

    code: str
    value: str = ""
    column: str = ""

    def __str__(self) -> str:
        return self.sentence

    @property
    def sentence(self) -> str:
        """What is wrong, in the reader's language."""
        return str(SENTENCES[self.code]) % {"value": self.value}

    def at(self, column: str) -> "Problem":
        return Problem(self.code, self.value, column)

    def kept(self) -> dict[str, str]:
        """As it is stored; `read` is the way back."""
        return {"code": self.code, "value": self.value, "column": self.column}

    @classmethod
    def read(cls, kept: dict[str, str]) -> "Problem":
        return cls(kept["code"], kept["value"], kept["column"])


def problem(code: str, value: object = "") -> Problem:
    """A problem that quotes the value, shortened and fit to be stored."""
    text = str(value).replace("\x00", "␀").encode("utf-8", "replace").decode()
    return Problem(code, text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…")
