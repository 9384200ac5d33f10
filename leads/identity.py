"""Who a lead is: e-mail, phone and CNPJ in the form that compares, and what search reads. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from leads.problems import problem

REGION: Final = "BR"
LONGEST_EMAIL: Final = 254
RESERVED: Final = (".arpa", ".invalid", ".local", ".localhost", ".onion")
PLAIN_EMAIL: Final = re.compile(
    r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,24}", re.ASCII
)
LONGEST_PLAIN: Final = 60
AREA_CODES: Final = frozenset(
    str(code)
    for codes in (
        *(range(11, 20), (21, 22, 24, 27, 28), range(31, 39), range(41, 50), (51, 53, 54, 55)),
        *(range(61, 70), (71, 73, 74, 75, 77, 79), range(81, 90), range(91, 100)),
    )
    for code in codes
    if code != 36
)
PLAIN_PHONE: Final = re.compile(r"(?:\+?55)?(\d\d)(9[1-9]\d{7}|[2-5]\d{7})", re.ASCII)
PHONE_MARKS: Final = str.maketrans("", "", " ()-./\t\xa0")
CNPJ: Final = re.compile(r"[0-9A-Z]{12}[0-9]{2}", re.ASCII)
CNPJ_MARKS: Final = str.maketrans("", "", " ./-")
LONGEST_SEARCH: Final = 1_000


def email_of(text: str) -> tuple[str, str]:
    """The address as it is kept and the key by which two spellings of it are equal.

    Full-width characters count as their ASCII. Raises Problem. No name server is asked.
    """
    address = unicodedata.normalize("NFKC", text).strip().removeprefix("mailto:")
    key = address.casefold()
    plain = len(key) <= LONGEST_PLAIN and PLAIN_EMAIL.fullmatch(key)
    if plain and not key.endswith(RESERVED):
        return address, key
    if len(address) > LONGEST_EMAIL:
        raise problem("bad_email", text)
    try:
        found = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise problem("bad_email", text) from None
    return found.normalized, found.normalized.casefold()


def phone_of(text: str, region: str = REGION) -> str:
    """The number as E.164; one without a country code is read as `region`'s. Raises Problem."""
    digits = unicodedata.normalize("NFKC", text).strip()
    plain = PLAIN_PHONE.fullmatch(digits.translate(PHONE_MARKS))
    if region == REGION and plain is not None and plain[1] in AREA_CODES:
        return f"+55{plain[1]}{plain[2]}"
    if len(digits) > 60:
        raise problem("bad_phone", text)
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        raise problem("bad_phone", text) from None
    if not phonenumbers.is_possible_number(number):
        raise problem("bad_phone", text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def cnpj_of(text: str) -> str:
    """The 14 characters of a company's register number, letters allowed. Raises Problem."""
    code = unicodedata.normalize("NFKC", text).strip().upper().translate(CNPJ_MARKS)
    if not CNPJ.fullmatch(code) or len(set(code)) == 1 or check_digits(code[:12]) != code[12:]:
        raise problem("bad_cnpj", text)
    return code


def phone_text(phone: str) -> str:
    """+5511955555002 as "+55 11 95555-5002"; what is no number stays as it is."""
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def cnpj_text(code: str) -> str:
    """The 14 characters of a company's register number, with the marks that people read it by."""
    return f"{code[:2]}.{code[2:5]}.{code[5:8]}/{code[8:12]}-{code[12:]}" if code else ""


def check_digits(base: str) -> str:
    """The two digits after a CNPJ's first twelve: modulo 11 over ASCII − 48 (Receita Federal)."""
    for _digit in range(2):
        weights = (2 + place % 8 for place in range(len(base)))
        total = sum(
            weight * (ord(character) - 48)
            for weight, character in zip(weights, reversed(base), strict=True)
        )
        rest = total % 11
        base += "0" if rest < 2 else str(11 - rest)
    return base[-2:]


class _Folds(dict[int, str]):
    """What each character is folded to, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        marks = unicodedata.normalize("NFKD", chr(code).casefold())
        plain = "".join(mark for mark in marks if not unicodedata.combining(mark))
        found = self[code] = plain if plain.isalnum() or not plain else " "
        return found


FOLDS: Final = _Folds()


def folded(text: str) -> str:
    """Lower case, accents and punctuation gone, one blank between words."""
    return " ".join(text.translate(FOLDS).split())


def search_text(*, words: Iterable[str], phone_key: str) -> str:
    """What the search box reads of a lead: its words, and its phone with and without its codes."""
    text = folded(" ".join(words))
    digits = phone_key.removeprefix("+")
    if digits:
        tails = (digits, digits[2:], digits[4:]) if digits.startswith("55") else (digits,)
        text = f"{text} {' '.join(tails)}"
    return text[:LONGEST_SEARCH]


def search_words(query: str) -> list[str]:
    """The words of a query as `search_text` has them; a spaced or dashed phone is one word."""
    if not any(character.isalpha() for character in query):
        digits = "".join(filter(str.isdigit, query))
        return [digits] if digits else []
    return folded(query).split()[:10]
