"""Whatever people call a CSV or an Excel file, and whatever is wrong with it."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads.tabular.opening import open_table, require_rows
from leads.tabular.table import FileProblem, Row, Table

MB = 1024 * 1024
PLAIN = "name;e-mail\nJoão;joao@acme.example\nBia;bia@acme.example\n"
Opened = Callable[[bytes], Table]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    def write(content: bytes, name: str = "file.csv") -> Table:
        path = tmp_path / name
        path.write_bytes(content)
        return open_table(path, most_bytes=MB)

    return write


def read(table: Table) -> list[list[str]]:
    return [list(row.cells) for row in table.rows() if row.problem is None]


def wrong(table: Table) -> list[tuple[int, str]]:
    return [(row.number, row.problem.code) for row in table.rows() if row.problem]


def book(*rows: list[object], sheet: str = "Leads") -> bytes:
    made = openpyxl.Workbook()
    page = made.active
    assert page is not None
    page.title = sheet
    for row in rows:
        page.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1"],
)
def test_any_usual_encoding(opened: Opened, encoding: str) -> None:
    table = opened(PLAIN.encode(encoding))
    assert list(table.columns) == ["name", "e-mail"]
    assert read(table)[0] == ["João", "joao@acme.example"]


def test_a_letter_that_is_not_utf8_far_into_the_file(opened: Opened) -> None:
    text = "name;e-mail\n" + "Ana;a@acme.example\n" * 10_000 + "João;j@acme.example\n"
    assert read(opened(text.encode("cp1252")))[-1][0] == "João"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_usual_delimiter(opened: Opened, delimiter: str) -> None:
    text = PLAIN.replace(";", delimiter).replace("Bia", '"Bia; Souza, S.|A."')
    assert read(opened(text.encode()))[1][0] == "Bia; Souza, S.|A."


def test_a_hint_of_the_delimiter_is_taken(opened: Opened) -> None:
    table = opened(b"sep=;\nname;a,b,c,d\nAna;1\n")
    assert list(table.columns) == ["name", "a,b,c,d"]
    assert read(table) == [["Ana", "1"]]


def test_one_column_needs_no_delimiter(opened: Opened) -> None:
    assert read(opened(b"e-mail\na@acme.example\nb@acme.example\n")) == [
        ["a@acme.example"],
        ["b@acme.example"],
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_cr_alone_too(opened: Opened, end: str) -> None:
    assert len(read(opened(PLAIN.replace("\n", end).encode()))) == 2


def test_a_line_break_inside_quotes_is_kept(opened: Opened) -> None:
    table = opened(b'name,note\nAna,"one\r\ntwo"\nBia,x\n')
    assert read(table) == [["Ana", "one\r\ntwo"], ["Bia", "x"]]


def test_a_nul_in_a_column_name_is_shown(opened: Opened) -> None:
    assert list(opened(b"na\x00me,city\nAna,Rio\n").columns) == ["na␀me", "city"]


def test_nul_bytes_stay_for_the_mapping_to_refuse(opened: Opened) -> None:
    assert read(opened(b"name,city\nA\x00na,Rio\nBia,Rio\n"))[0] == ["A\x00na", "Rio"]


def test_an_unclosed_quote_costs_one_row(opened: Opened) -> None:
    lines = [f"Person {number},p{number}@acme.example" for number in range(500)]
    lines[7] = '"Person 7,p7@acme.example'
    table = opened(("name,e-mail\n" + "\n".join(lines)).encode())
    assert wrong(table) == [(9, "broken_quote")]
    assert len(read(table)) == 499
    assert list(table.rows())[7].cells == ['"Person 7,p7@acme.example']


def test_an_unclosed_quote_before_quoted_rows(opened: Opened) -> None:
    table = opened(b'name,city\n"Ana,Rio\n"Bia","Rio"\n"Caio","Rio"\n')
    assert wrong(table) == [(2, "broken_quote")]
    assert read(table) == [["Bia", "Rio"], ["Caio", "Rio"]]


def test_an_unclosed_quote_in_the_last_row(opened: Opened) -> None:
    table = opened(b'name,city\nAna,Rio\n"Bia,Rio')
    assert (wrong(table), read(table)) == ([(3, "broken_quote")], [["Ana", "Rio"]])


def test_duplicate_and_missing_headers_get_names(opened: Opened) -> None:
    table = opened(b"name,,name, Name ,name (2),,\nA,B,C,D,E,,\n")
    assert list(table.columns) == ["name", "column 2", "name (2)", "Name", "name (2) (2)"]
    assert read(table) == [["A", "B", "C", "D", "E"]]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n \r\n\t\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\xff\xfe", "empty"),
        (b"\x00" * 40, "empty"),
        (b";;;\n", "empty"),
        (b"a@acme.example,Ana\nb@acme.example,Bia\n", "no_headers"),
        (b"1,2,3\n4,5,6\n", "no_headers"),
        (",".join(f"c{n}" for n in range(10_000)).encode(), "too_many_columns"),
        (b"a" * (MB + 1), "too_big"),
        (b"%PDF-1.7 ...", "not_a_table"),
        (b"\x89PNG\r\n\x1a\n", "not_a_table"),
        (bytes(range(256)) * 20, "not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old xls", "old_workbook"),
        (b"PK\x03\x04 not really", "broken_workbook"),
    ],
)
def test_what_is_no_table_is_said_in_words(opened: Opened, content: bytes, code: str) -> None:
    with pytest.raises(FileProblem) as found:
        opened(content)
    assert found.value.code == code
    assert str(found.value).endswith(".")


def test_a_header_alone_has_no_rows(opened: Opened) -> None:
    with pytest.raises(FileProblem) as found:
        require_rows(opened(b"name,e-mail\n\n"))
    assert found.value.code == "no_rows"


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(FileProblem) as found:
        open_table(tmp_path / "nowhere.csv", most_bytes=MB)
    assert found.value.code == "gone"


def test_ragged_rows_are_filled_or_told(opened: Opened) -> None:
    table = opened(b"a,b,c\n1\n1,2,3,,\n1,2,3,4\n\n,,\n5,6,7\n")
    assert read(table) == [["1", "", ""], ["1", "2", "3"], ["5", "6", "7"]]
    assert wrong(table) == [(4, "ragged")]
    assert [row.number for row in table.rows()] == [2, 3, 4, 7]


def test_huge_cells_and_lines_cost_one_row_each(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    with path.open("w") as file:
        file.write("a,b\n1,2\n")
        file.write("x" * 10_001 + ",2\n")
        file.write('"' + "y" * 140_000 + '",2\n')
        file.write("z" * 2_500_000 + "\n")
        file.write("3,4\n")
    table = open_table(path, most_bytes=10 * MB)
    assert wrong(table) == [(3, "cell_too_long"), (4, "cell_too_long"), (5, "line_too_long")]
    assert read(table) == [["1", "2"], ["3", "4"]]
    assert max(len(cell) for row in table.rows() for cell in row.cells) <= 10_000


def test_formula_cells_are_only_text(opened: Opened) -> None:
    assert read(opened(b"name,x\n=cmd(),+1\n"))[0] == ["=cmd()", "+1"]


def test_a_workbook_named_csv_and_a_csv_named_xlsx(opened: Opened) -> None:
    rows: list[list[object]] = [
        ["name", "phone", "since", "paid", "n"],
        ["Ana", 5511987654321, datetime(2026, 1, 2, 3, 4), True, 1.5],
        [],
        ["Bia", "", None, False, 2],
    ]
    table = opened(book(*rows))
    assert list(table.columns) == ["name", "phone", "since", "paid", "n"]
    assert read(table) == [
        ["Ana", "5511987654321", "2026-01-02T03:04:00", "true", "1.5"],
        ["Bia", "", "", "false", "2"],
    ]
    assert [row.number for row in table.rows()] == [2, 4]
    assert read(opened(PLAIN.encode(), "leads.xlsx"))[0][0] == "João"  # type: ignore[call-arg]


def test_a_table_that_does_not_start_in_the_first_cell(opened: Opened) -> None:
    table = opened(book([], [None, "name", "city"], [None, "Ana", "Rio"]))
    assert list(table.columns) == ["name", "city"]
    assert [(row.number, row.cells) for row in table.rows()] == [(3, ["Ana", "Rio"])]


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def with_sheet(sheet: bytes) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book(["a"], ["b"]))) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for part in source.infolist():
            content = sheet if part.filename.startswith("xl/worksheets/") else source.read(part)
            archive.writestr(part.filename, content)
    return out.getvalue()


TAIL = b"</sheetData></worksheet>"
FIRST = b'<row r="1"><c r="A1"><v>1</v></c></row>'
HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def test_a_bomb_of_zeros_is_refused_before_it_unfolds(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        for _megabyte in range(450):
            part.write(b"0" * MB)
    assert path.stat().st_size < MB
    with pytest.raises(FileProblem) as found:
        open_table(path, most_bytes=MB)
    assert found.value.code == "big_workbook"


def test_two_cells_in_far_corners_are_refused(opened: Opened) -> None:
    sheet = HEAD + (
        b'<row r="1"><c r="A1"><v>1</v></c></row>'
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )
    with pytest.raises(FileProblem) as found:
        opened(with_sheet(sheet))
    assert found.value.code == "big_workbook"


@pytest.mark.parametrize(
    "content",
    [
        with_sheet(HEAD + FIRST + b"<row><c r='XFD1048576'><v>1</v></c></row>" + TAIL),
        with_sheet(HEAD + FIRST + b'<row><c r = "XFD1048576"><v>1</v></c></row>' + TAIL),
        with_sheet(
            HEAD + b'<row r="1">' + b"<c><v>1</v></c>" * 16_000 + b"</row>"
            b'<row r="1048576"><c><v>1</v></c></row>' + TAIL
        ),
    ],
)
def test_however_far_corners_are_written(opened: Opened, content: bytes) -> None:
    with pytest.raises(FileProblem) as found:
        opened(content)
    assert found.value.code == "big_workbook"


def test_a_reader_ends_with_whoever_listens(opened: Opened) -> None:
    numbers: list[list[object]] = [[number] for number in range(20_000)]
    rows = opened(book(["name"], *numbers)).rows()
    assert next(rows).cells == ["0"]
    readers = set(Path("/proc/self/task").glob("*/children"))
    before = [each.read_text().split() for each in readers]
    rows.close()  # type: ignore[attr-defined]
    after = [each.read_text().split() for each in readers]
    assert sum(map(len, after)) == sum(map(len, before)) - 1


@pytest.mark.parametrize(
    "content",
    [
        zipped(hello=b"x"),
        zipped(xl__workbook=b"<workbook/>"),
        with_sheet(b"<worksheet"),
        with_sheet(
            HEAD + b'<row r="1"><c r="A1" t="s"><v>99</v></c></row></sheetData></worksheet>'
        ),
        book(["name"], ["Ana"])[:-200],
        zipped() * 2,
    ],
)
def test_a_damaged_workbook_is_said(opened: Opened, content: bytes) -> None:
    with pytest.raises(FileProblem) as found:
        read(opened(content))
    assert found.value.code in {"broken_workbook", "empty", "not_a_table"}


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=3_000) | st.text('ab",;\n\r\t=\x00é', max_size=400).map(str.encode))
def test_no_bytes_at_all_are_a_crash(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    try:
        rows = list(open_table(path, most_bytes=MB).rows())
    except FileProblem:
        return
    assert [row.number for row in rows] == sorted({row.number for row in rows})
    assert all(isinstance(row, Row) for row in rows)
