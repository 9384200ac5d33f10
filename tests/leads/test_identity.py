"""E-mail, phone and CNPJ in one form, whatever way they are written."""

import phonenumbers
import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leads.identity import (
    AREA_CODES,
    check_digits,
    cnpj_of,
    cnpj_text,
    email_of,
    folded,
    phone_of,
    phone_text,
    search_text,
    search_words,
)
from leads.problems import Problem

AREAS = st.sampled_from(sorted(AREA_CODES))


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Ana.Prado@Acme.Example", "ana.prado@acme.example"),
        ("  ana@acme.example\t", "ana@acme.example"),
        ("ａｎａ＠ａｃｍｅ．ｅｘａｍｐｌｅ", "ana@acme.example"),
        ("ana@acme。example", "ana@acme.example"),
        ("mailto:ana@acme.example", "ana@acme.example"),
        ("ana@café.example", "ana@café.example"),
        ("ana@xn--caf-dma.example", "ana@café.example"),
        ("ana+news@acme.com.br", "ana+news@acme.com.br"),
        ("josé@acme.example", "josé@acme.example"),
    ],
)
def test_spellings_of_one_address_are_equal(written: str, key: str) -> None:
    assert email_of(written)[1] == key


@pytest.mark.parametrize(
    "written",
    [
        *("ana", "ana@", "@acme.example", "ana@acme", "ana@@acme.example", "a b@acme.example"),
        *("ana@acme..example", "ana@-acme.example", "ana@acme.local", '"><script>"@x.com'),
        *("ana@acme.example,bia@acme.example", "ana@localhost", "ana.@acme.example"),
        "a" * 250 + "@acme.example",
    ],
)
def test_what_is_no_address_is_said(written: str) -> None:
    with pytest.raises(Problem) as found:
        email_of(written)
    assert found.value.code == "bad_email"
    assert "is not an e-mail address" in found.value.sentence


@settings(max_examples=300, deadline=None)
@given(st.from_regex(r"[a-zA-Z0-9_.+-]{1,45}@[a-zA-Z0-9.-]{1,40}\.[a-zA-Z]{1,26}", fullmatch=True))
@example("a@ab--cd.com")
@example("a@x-.com")
@example("a@1.invalid")
def test_the_short_way_agrees_with_the_validator(address: str) -> None:
    try:
        full = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        with pytest.raises(Problem):
            email_of(address)
    else:
        assert email_of(address)[1] == full.normalized.casefold()


@pytest.mark.parametrize(
    "written",
    [
        *("11 98765-4321", "(11) 98765-4321", "011 98765 4321", "+55 11 98765-4321"),
        *("5511987654321", "+5511987654321", "１１ ９８７６５ー４３２１".replace("ー", "-")),
        "tel:+55-11-98765-4321",
    ],
)
def test_spellings_of_one_phone_are_equal(written: str) -> None:
    assert phone_of(written) == "+5511987654321"


def test_a_foreign_number_keeps_its_country() -> None:
    assert phone_of("+351 912 345 678") == "+351912345678"
    assert phone_of("912 345 678", region="PT") == "+351912345678"


@pytest.mark.parametrize("written", ["123", "call me", "11 9876", "+99 1", "9" * 70, "''"])
def test_what_is_no_phone_is_said(written: str) -> None:
    with pytest.raises(Problem) as found:
        phone_of(written)
    assert found.value.code == "bad_phone"


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["", "55", "+55"]),
    AREAS,
    st.one_of(
        st.from_regex(r"9[1-9][0-9]{7}", fullmatch=True),
        st.from_regex(r"[2-5][0-9]{7}", fullmatch=True),
    ),
)
def test_the_short_way_agrees_with_the_library(code: str, area: str, number: str) -> None:
    written = f"{code}{area}{number}"
    parsed = phonenumbers.parse(written, "BR")
    full = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    assert phone_of(written) == full


def test_a_company_number_is_checked_with_letters_too() -> None:
    assert cnpj_of("11.222.333/0001-81") == "11222333000181"
    assert check_digits("12ABC34501DE") == "35"
    assert cnpj_of("12.abc.345/01DE-35") == "12ABC34501DE35"


@pytest.mark.parametrize("written", ["11.222.333/0001-82", "00000000000000", "123", "é" * 14])
def test_a_wrong_company_number_is_said(written: str) -> None:
    with pytest.raises(Problem) as found:
        cnpj_of(written)
    assert found.value.code == "bad_cnpj"


def test_search_reads_words_without_accents_and_phones_in_parts() -> None:
    text = search_text(words=["João d'Ávila", "joao@acme.example"], phone_key="+5511987654321")
    assert text == "joao d avila joao acme example 5511987654321 11987654321 987654321"
    assert search_words("  JOÃO@acme ") == ["joao", "acme"]
    assert search_words("98765-4321") == ["987654321"]
    assert search_words("--") == []
    assert folded("Ação_é") == "acao e"


@pytest.mark.parametrize(
    ("kept", "read"),
    [("+5511955555002", "+55 11 95555-5002"), ("+351210000000", "+351 21 000 0000"), ("", "")],
)
def test_a_phone_is_shown_as_people_write_it(kept: str, read: str) -> None:
    assert phone_text(kept) == read


def test_a_cnpj_is_shown_with_its_marks() -> None:
    assert cnpj_text("12ABC34501DE35") == "12.ABC.345/01DE-35"
    assert cnpj_text("") == ""
