"""A file in the browser: upload, columns, first rows, progress, report."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from handoff.people.models import Role
from handoff.stream import allowed_topics
from leads.actions import imports
from leads.models import ImportBatch, Lead, Quarantine
from tests.cast import Cast, person
from tests.conftest import ClientOf

TEXT = "Nome;E-mail;Segmento\nAna;ana@acme.example;A\n=cmd();nobody;B\n"


@pytest.fixture(autouse=True)
def uploads(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return tmp_path / "uploads" / "imports"


@pytest.fixture
def mara(cast: Cast, client_of: ClientOf) -> Client:
    return client_of(cast.mara)


def page(name: str, *args: Any) -> str:
    return reverse(f"leads:{name}", args=args)


def send(client: Client, cast: Cast, content: bytes = TEXT.encode(), name: str = "a.csv") -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post(page("imports"), {"team": cast.marketing.pk, "file": file})


def uploaded(client: Client, cast: Cast) -> ImportBatch:
    assert send(client, cast).status_code == 302
    return ImportBatch.objects.get()


def mapped(client: Client, batch: ImportBatch, **changes: str) -> Any:
    form = client.get(page("import", batch.pk)).context["form"]
    data = {field.html_name: field.value() or "" for field in form}
    return client.post(page("import", batch.pk), {**data, "creates": "on", **changes})


def test_a_file_with_a_nul_among_its_names_is_taken(cast: Cast, mara: Client) -> None:
    answer = send(mara, cast, b"e-mail,na\x00me\nana@acme.example,Ana\n")
    assert answer.status_code == 302
    assert mapped(mara, ImportBatch.objects.get()).status_code == 302


def test_from_upload_to_report(cast: Cast, mara: Client) -> None:
    batch = uploaded(mara, cast)
    first = mara.get(page("import", batch.pk))
    chosen = [field.value() for field in first.context["form"].column_fields]
    assert chosen == ["name", "email", "*"]
    assert [bool(each.problems) for each in first.context["looked"]] == [False, True]
    assert mapped(mara, batch, legal_basis="consent").status_code == 302
    ready = mara.get(page("import", batch.pk))
    assert ready.context["batch"].state == "ready"
    assert "set aside" in ready.content.decode()
    assert "Rows in red would be set aside" in ready.content.decode()
    assert mara.post(page("begin_import", batch.pk)).status_code == 302
    running = mara.get(page("import", batch.pk)).content.decode()
    assert f'data-live="import:{batch.pk}"' in running
    assert b"<progress" in mara.get(page("import_progress", batch.pk)).content
    while imports.import_next(at=timezone.now()):
        pass
    assert mara.get(page("import_progress", batch.pk))["HX-Refresh"] == "true"
    done = mara.get(page("import", batch.pk))
    assert "nobody" in done.content.decode()
    lead = Lead.objects.get()
    assert (lead.attributes, lead.legal_basis) == ({"Segmento": "A"}, "consent")
    answer = mara.get(page("quarantine_csv", batch.pk))
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert lines[0].startswith("\ufeffNome,E-mail,Segmento,row")
    assert lines[1].startswith("'=cmd(),nobody,B,3,")
    assert mara.get(page("imports")).status_code == 200
    assert mara.post(page("import", batch.pk), {}).status_code == 302


def test_rows_set_aside_keep_all_their_cells_beside_one_that_cannot_be_read(
    cast: Cast, mara: Client
) -> None:
    rows = '"Ana"x;ana@acme.example;A\nBia;nobody;B\nCaio;nobody;C;more\n'
    send(mara, cast, f"Nome;E-mail;Segmento\n{rows}".encode())
    batch = ImportBatch.objects.get()
    mapped(mara, batch)
    mara.post(page("begin_import", batch.pk))
    while imports.import_next(at=timezone.now()):
        pass
    answer = mara.get(page("quarantine_csv", batch.pk))
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    header, broken, wrong, ragged = text.removeprefix("\ufeff").splitlines()
    assert header.startswith("Nome,E-mail,Segmento,column 4,row,")
    assert "ana@acme.example;A" in broken
    assert wrong.startswith("Bia,nobody,B,,3,")
    assert ragged.startswith("Caio,nobody,C,more,4,")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\x89PNG....", "neither a CSV nor an Excel"),
        (b"PK\x03\x04....", "damaged"),
        (b"a,b\n", "no rows"),
        (b"x@acme.example,b\n1,2\n", "looks like data"),
        (",".join(f"c{n}" for n in range(10_000)).encode(), "more than 300 columns"),
    ],
)
def test_what_is_no_table_is_said_at_the_field(
    cast: Cast, mara: Client, content: bytes, words: str
) -> None:
    answer = send(mara, cast, content)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not ImportBatch.objects.exists()


def test_words_are_in_the_readers_language(cast: Cast, mara: Client) -> None:
    cast.mara.language = "pt-br"
    cast.mara.save()
    assert "O arquivo está vazio." in send(mara, cast, b"").content.decode()


def test_a_file_too_large_is_never_kept_whole(
    cast: Cast, mara: Client, settings: Any, uploads: Path
) -> None:
    settings.IMPORT_MAX_BYTES = 100_000
    answer = send(mara, cast, b"a,b\n" + b"1,2\n" * 200_000)
    assert (answer.status_code, "larger than" in answer.content.decode()) == (422, True)
    assert not list(uploads.glob("*"))


def test_a_mapping_that_lacks_something_is_asked_again(cast: Cast, mara: Client) -> None:
    batch = uploaded(mara, cast)
    answer = mapped(mara, batch, **{"column-1": ""})
    assert (answer.status_code, "Say which column" in answer.content.decode()) == (422, True)
    assert mapped(mara, batch, **{"column-1": "nonsense"}).status_code == 422
    assert mara.post(page("begin_import", batch.pk)).status_code == 409


def test_a_file_can_be_discarded_until_it_runs(cast: Cast, mara: Client) -> None:
    batch = uploaded(mara, cast)
    assert mara.get(page("discard_import", batch.pk)).status_code == 405
    assert mara.post(page("discard_import", batch.pk)).status_code == 302
    assert not ImportBatch.objects.exists()
    batch = uploaded(mara, cast)
    mapped(mara, batch)
    mara.post(page("begin_import", batch.pk))
    assert mara.post(page("discard_import", batch.pk)).status_code == 409
    assert mara.post(page("begin_import", batch.pk)).status_code == 302


def test_a_file_that_vanished_is_said(cast: Cast, mara: Client) -> None:
    batch = uploaded(mara, cast)
    Path(batch.file.path).unlink()
    answer = mara.get(page("import", batch.pk))
    assert (answer.status_code, "no longer there" in answer.content.decode()) == (200, True)


def test_whoever_sees_a_file_hears_how_far_it_is(cast: Cast, mara: Client) -> None:
    topic = uploaded(mara, cast).topic
    colleague = person("Nina", Role.MARKETER, cast.marketing)
    for who in (cast.mara, colleague, cast.ada):
        assert allowed_topics(who, [topic]) == [topic]
    for who in (cast.olga, cast.sam):
        assert allowed_topics(who, [topic]) == []


@pytest.mark.parametrize("name", ["import", "import_progress", "quarantine_csv"])
@pytest.mark.parametrize(("who", "status"), [("olga", 404), ("sam", 403), ("max", 403)])
def test_whose_file_it_is_not_sees_nothing(
    cast: Cast, mara: Client, client_of: ClientOf, name: str, who: str, status: int
) -> None:
    batch = uploaded(mara, cast)
    assert client_of(getattr(cast, who)).get(page(name, batch.pk)).status_code == status


@pytest.mark.parametrize("name", ["begin_import", "discard_import"])
@pytest.mark.parametrize(("who", "status"), [("olga", 404), ("sam", 403)])
def test_whose_file_it_is_not_changes_nothing(
    cast: Cast, mara: Client, client_of: ClientOf, name: str, who: str, status: int
) -> None:
    batch = uploaded(mara, cast)
    assert client_of(getattr(cast, who)).post(page(name, batch.pk)).status_code == status
    assert ImportBatch.objects.filter(pk=batch.pk, state="uploaded").exists()


def test_another_team_cannot_be_named(cast: Cast, client_of: ClientOf) -> None:
    answer = send(client_of(cast.olga), cast)
    assert (answer.status_code, "team" in answer.context["form"].errors) == (422, True)
    assert client_of(cast.sam).get(page("imports")).status_code == 403
    assert not Quarantine.objects.exists()


def test_script_in_a_file_stays_text(cast: Cast, mara: Client) -> None:
    script = "<script>alert(1)</script>"
    text = f"{script};E-mail\n{script};{script}\n"
    assert send(mara, cast, text.encode(), name="<script>.csv").status_code == 302
    batch = ImportBatch.objects.get()
    assert "<script>alert" not in mara.get(page("import", batch.pk)).content.decode()
    mapped(mara, batch)
    mara.post(page("begin_import", batch.pk))
    while imports.import_next(at=timezone.now()):
        pass
    for address in (page("import", batch.pk), page("imports")):
        assert "<script>alert" not in mara.get(address).content.decode()
