"""What leaves as a file is read as text and numbers, never as a formula."""

import csv
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from leads.exports import BOM, csv_lines, safe_cell


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+55", "-2", "@SUM(A1)", "\tx", "\rx", "\nx", "  =1", "＝1", "＋1", "－1", "＠x"],
)
def test_what_a_spreadsheet_would_evaluate_is_quoted(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("Acme;=1+1", "Acme;'=1+1"),
        ("Acme; @SUM(A1);-2", "Acme; '@SUM(A1);'-2"),
        ("Acme\n=1+1;", "Acme\n'=1+1;"),
        ("\t=1", "'\t'=1"),
        ("1;2 - 3; a=b", "1;2 - 3; a=b"),
    ],
)
def test_nor_where_the_delimiter_is_another(text: str, cell: str) -> None:
    assert safe_cell(text) == cell


@pytest.mark.parametrize("number", [-5, 0, 12, -1.5, Decimal("-3.20")])
def test_numbers_stay_numbers(number: float) -> None:
    assert safe_cell(number) == str(number)


def test_nothing_is_empty_and_a_truth_is_a_number() -> None:
    assert [safe_cell(None), safe_cell(True), safe_cell(False)] == ["", "1", "0"]


def test_an_instant_names_its_offset() -> None:
    assert safe_cell(datetime(2026, 3, 1, 9, tzinfo=UTC)) == "2026-03-01T09:00:00+00:00"


def test_a_file_reads_back_as_written() -> None:
    text = "".join(csv_lines(["a", "b"], [["x, y", "line\nbreak"], ["=evil", -1]]))
    assert text.startswith(BOM)
    rows = list(csv.reader(text.removeprefix(BOM).splitlines(keepends=True)))
    assert rows == [["a", "b"], ["x, y", "line\nbreak"], ["'=evil", "-1"]]
