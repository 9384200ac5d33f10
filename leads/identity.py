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
    r"[a-z0-9_+-]{1,40}(?:\.[a-z0-9_+-]{1,20}){0,3}"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?\.){1,4}[a-z]{2,24}",
    re.ASCII,
)
DOUBLE_HYPHEN: Final = re.compile(r"[@.]..--|-\.")
AREA_CODES: Final = (
    "11 12 13 14 15 16 17 18 19 21 22 24 27 28 31 32 33 34 35 37 38 41 42 43 44 45 46 47 48 49 "
    "51 53 54 55 61 62 63 64 65 66 67 68 69 71 73 74 75 77 79 81 82 83 84 85 86 87 88 89 91 92 "
    "93 94 95 96 97 98 99"
)
PLAIN_PHONE: Final = re.compile(
    rf"(?:\+?55)?((?:{AREA_CODES.replace(' ', '|')})(?:9[1-9]\d{{7}}|[2-5]\d{{7}}))", re.ASCII
)
PHONE_MARKS: Final = str.maketrans("", "", " ()-./\t\xa0")
CNPJ: Final = re.compile(r"[0-9A-Z]{12}[0-9]{2}", re.ASCII)
CNPJ_MARKS: Final = str.maketrans("", "", " ./-")
NOT_WORD: Final = re.compile(r"[\W_]+")
LONGEST_SEARCH: Final = 1_000


def email_of(text: str) -> tuple[str, str]:
    """The address as it is kept and the key by which two spellings of it are equal.

    Full-width characters count as their ASCII. Raises Problem. No name server is asked.
    """
    address = unicodedata.normalize("NFKC", text).strip().removeprefix("mailto:")
    key = address.casefold()
    if PLAIN_EMAIL.fullmatch(key) and not DOUBLE_HYPHEN.search(key) and not key.endswith(RESERVED):
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
    if region == REGION and (plain := PLAIN_PHONE.fullmatch(digits.translate(PHONE_MARKS))):
        return f"+55{plain[1]}"
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


def folded(text: str) -> str:
    """Lower case, accents and punctuation gone, one blank between words."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.casefold())
        text = "".join(mark for mark in text if not unicodedata.combining(mark))
    return NOT_WORD.sub(" ", text.lower()).strip()


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
