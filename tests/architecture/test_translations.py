"""Portuguese is complete: every text has its translation, with the same placeholders."""

import re
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings

from tests.architecture.texts import Text, texts

FOLDER: Final[Path] = settings.ROOT / "locale/pt_BR/LC_MESSAGES"
PLACEHOLDER: Final = re.compile(r"%\([^)]+\)0?\d*[sd]|%[sd]|\{[a-z_]*\}")


@cache
def portuguese() -> Catalog:
    with (FOLDER / "django.po").open("rb") as file:
        return read_po(file, locale="pt_BR", domain="django")


def said(text: Text) -> tuple[str, ...]:
    """The translation: one string, or one for each plural form; empty where there is none."""
    key = (text.singular, text.plural) if text.plural else text.singular
    message = portuguese().get(key, text.context or None)
    if message is None or message.fuzzy:
        return ()
    return tuple(message.string) if isinstance(message.string, tuple) else (str(message.string),)


def spoken(translations: GNUTranslations) -> list[str]:
    """What these translations say for everything that is written."""
    answers = []
    for message in portuguese():
        if isinstance(message.id, str):
            answers.append(translations.pgettext(message.context or "", message.id))
            answers.append(translations.gettext(message.id))
        else:
            one, many = message.id[0], message.id[1]
            answers += [translations.ngettext(one, many, n) for n in (1, 2)]
    return answers[2:]


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def test_every_text_is_said_in_portuguese() -> None:
    missing = {
        text: text.where for text in texts() if text.singular and not all(said(text) or [""])
    }
    assert [f"{where}: {text.singular!r}" for text, where in missing.items()] == []


def test_a_translation_keeps_the_placeholders() -> None:
    wrong = [
        f"{text.where}: {text.singular!r} → {each!r}"
        for text in texts()
        for each in said(text)[-1:]
        if each and placeholders(each) != placeholders(text.plural or text.singular)
    ]
    assert wrong == []


def test_no_placeholder_is_invented() -> None:
    wrong = [
        f"{text.where}: {text.singular!r} → {each!r}"
        for text in texts()
        for each in said(text)
        if not placeholders(each) <= placeholders(text.singular) | placeholders(text.plural)
    ]
    assert wrong == []


def test_what_is_compiled_is_what_is_written() -> None:
    fresh = BytesIO()
    write_mo(fresh, portuguese())
    fresh.seek(0)
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = GNUTranslations(file)
    assert spoken(compiled) == spoken(GNUTranslations(fresh)), "Run make messages."


def test_the_plural_is_as_brazilians_count() -> None:
    assert portuguese().num_plurals == 2
    assert portuguese().plural_expr == "(n > 1)"
