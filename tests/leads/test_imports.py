"""A file from upload to report, whatever happens on the way."""

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction

from handoff.journal.models import Entry
from leads import events
from leads.actions import imports, reading
from leads.models import Campaign, Handoff, ImportBatch, Interaction, Lead, Material, Quarantine
from leads.refusals import Refusal
from leads.stages import LeadStage
from leads.tasks import continue_imports, forget_old_keys
from tests.cast import MONDAY, Cast, make_cast
from tests.leads.test_tabular import book
from tests.walk import lead_at

COLUMNS = {"name": "name", "e-mail": "email", "phone": "phone"}
HEAD = "name,e-mail,phone\n"
Run = Callable[..., ImportBatch]


@pytest.fixture(autouse=True)
def uploads(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return tmp_path / "uploads" / "imports"


def uploaded(cast: Cast, content: bytes, name: str = "leads.csv") -> ImportBatch:
    return imports.upload(
        file=ContentFile(content), name=name, team_id=cast.marketing.pk, by=cast.mara, at=MONDAY
    )


@pytest.fixture
def run(cast: Cast) -> Run:
    def whole(content: str | bytes, **mapping: Any) -> ImportBatch:
        raw = content.encode() if isinstance(content, str) else content
        batch = uploaded(cast, raw)
        mapping = {"columns": COLUMNS, **mapping}
        imports.set_mapping(batch_id=batch.pk, mapping=mapping, by=cast.mara, at=MONDAY)
        imports.begin(batch_id=batch.pk, by=cast.mara, at=MONDAY)
        return finish(batch)

    return whole


def finish(batch: ImportBatch) -> ImportBatch:
    while imports.import_next(at=MONDAY, batch_id=batch.pk):
        pass
    batch.refresh_from_db()
    assert batch.done == batch.created + batch.updated + batch.duplicate + batch.quarantined
    return batch


def counts(batch: ImportBatch) -> tuple[int, int, int, int, int]:
    return (batch.rows, batch.created, batch.updated, batch.duplicate, batch.quarantined)


def reasons(batch: ImportBatch) -> list[tuple[int, str]]:
    return list(Quarantine.objects.filter(batch=batch).values_list("row", "reason"))


def lines(count: int, start: int = 0) -> str:
    numbers = range(start, start + count)
    return "".join(f"Person {n},p{n}@acme.example,\n" for n in numbers)


def test_every_row_is_counted_once_with_its_reason(cast: Cast, run: Run) -> None:
    lead_at(LeadStage.NEW, cast, email="known@acme.example", name="Known", phone="")
    batch = run(
        HEAD + "Ana,ana@acme.example,11 98765-4321\n"
        "Known,known@acme.example,\n"
        "Known,known@acme.example,11 91111-2222\n"
        ",ana@acme.example,\n"
        "Bad,nobody,1\n"
        "Nobody,,\n"
        "\n"
        "Bia,bia@acme.example,,extra\n"
    )
    assert batch.state == ImportBatch.State.FINISHED
    assert counts(batch) == (7, 1, 2, 1, 3)
    assert reasons(batch) == [(6, "bad_email"), (7, "nobody"), (9, "ragged")]
    bad = Quarantine.objects.get(row=6)
    assert [each["code"] for each in bad.problems] == ["bad_email", "bad_phone"]
    assert bad.raw == [["name", "Bad"], ["e-mail", "nobody"], ["phone", "1"]]
    assert Quarantine.objects.get(row=9).raw[-1] == ["column 4", "extra"]
    assert Entry.objects.filter(event=events.IMPORT_FINISHED, about_id=batch.pk).count() == 1


def test_the_same_file_again_brings_nothing_new(run: Run) -> None:
    text = "name,e-mail,phone,date\n" + "".join(
        f"P,p{n}@acme.example,,0{n}/03/2026\n" for n in range(1, 6)
    )
    mapping = {"columns": {**COLUMNS, "date": "occurred_at"}}
    assert counts(run(text, **mapping)) == (5, 5, 0, 0, 0)
    assert counts(run(text, **mapping)) == (5, 0, 0, 5, 0)
    assert Interaction.objects.count() == 5
    later = text.replace("/03/", "/04/")
    assert counts(run(later, **mapping)) == (5, 0, 5, 0, 0)
    assert Interaction.objects.count() == 10


def test_a_file_of_several_chunks_goes_on_where_a_killed_process_stopped(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CHUNK", 10)
    monkeypatch.setattr(imports, "CHUNK", 10)
    batch = uploaded(cast, (HEAD + lines(35)).encode())
    imports.set_mapping(batch_id=batch.pk, mapping={"columns": COLUMNS}, by=cast.mara, at=MONDAY)
    imports.begin(batch_id=batch.pk, by=cast.mara, at=MONDAY)
    assert imports.import_next(at=MONDAY)
    assert imports.import_next(at=MONDAY)
    # the process dies: what it had open is gone, and its lease still runs
    imports._readings.clear()
    assert not imports.import_next(at=MONDAY + timedelta(seconds=1))
    later = MONDAY + imports.LEASE
    while imports.import_next(at=later):
        pass
    batch.refresh_from_db()
    assert counts(batch) == (35, 35, 0, 0, 0)
    assert Lead.objects.count() == Interaction.objects.count() == 35


def test_a_chunk_that_fails_halfway_leaves_nothing_of_itself(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CHUNK", 10)
    monkeypatch.setattr(imports, "CHUNK", 10)
    batch = uploaded(cast, (HEAD + lines(25)).encode())
    imports.set_mapping(batch_id=batch.pk, mapping={"columns": COLUMNS}, by=cast.mara, at=MONDAY)
    imports.begin(batch_id=batch.pk, by=cast.mara, at=MONDAY)
    imports.import_next(at=MONDAY)
    count = imports._count

    def fail(*args: Any) -> None:
        count(*args)
        raise ValueError

    with monkeypatch.context() as patch:
        patch.setattr(imports, "_count", fail)
        assert imports.import_next(at=MONDAY)
    batch.refresh_from_db()
    assert (batch.state, batch.done, Lead.objects.count()) == (ImportBatch.State.FAILED, 10, 10)
    imports.begin(batch_id=batch.pk, by=cast.mara, at=MONDAY)
    assert counts(finish(batch)) == (25, 25, 0, 0, 0)


def test_a_database_that_goes_away_only_makes_it_wait(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = uploaded(cast, (HEAD + lines(3)).encode())
    imports.set_mapping(batch_id=batch.pk, mapping={"columns": COLUMNS}, by=cast.mara, at=MONDAY)
    imports.begin(batch_id=batch.pk, by=cast.mara, at=MONDAY)

    def away(*args: Any, **values: Any) -> None:
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(imports, "take_in", away)
        with pytest.raises(OperationalError), transaction.atomic():
            imports.import_next(at=MONDAY)
    assert counts(finish(batch)) == (3, 3, 0, 0, 0)


def test_files_are_forgotten_once_they_are_of_no_use(
    cast: Cast, run: Run, uploads: Path, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        run(HEAD + lines(1))
    assert not list(uploads.glob("*"))
    uploaded(cast, (HEAD + lines(2)).encode())
    assert imports.forget_old_files(at=MONDAY + timedelta(days=6)) == 0
    assert imports.forget_old_files(at=MONDAY + timedelta(days=7)) == 1
    assert not list(uploads.glob("*"))
    assert forget_old_keys() == 0


@pytest.mark.django_db(transaction=True)
def test_a_file_that_somebody_goes_on_with_is_not_forgotten() -> None:
    cast, week_later = make_cast(), MONDAY + timedelta(days=7)
    batch = uploaded(cast, (HEAD + lines(1)).encode())
    imports.set_mapping(batch_id=batch.pk, mapping={"columns": COLUMNS}, by=cast.mara, at=MONDAY)
    forgotten: list[int] = []

    def forget() -> None:
        forgotten.append(imports.forget_old_files(at=week_later))
        connection.close()

    with transaction.atomic():
        imports.begin(batch_id=batch.pk, by=cast.mara, at=week_later)
        thread = threading.Thread(target=forget)
        thread.start()
        thread.join(10)
    assert forgotten == [0]
    assert imports.import_next(at=week_later)
    assert Lead.objects.count() == 1


def test_a_file_that_vanished_stops_with_a_word(cast: Cast) -> None:
    batch = uploaded(cast, (HEAD + lines(3)).encode())
    imports.set_mapping(batch_id=batch.pk, mapping={"columns": COLUMNS}, by=cast.mara, at=MONDAY)
    imports.begin(batch_id=batch.pk, by=cast.mara, at=MONDAY)
    Path(batch.file.path).unlink()
    assert finish(batch).state == ImportBatch.State.FAILED
    assert "no longer there" in batch.error


def test_the_worker_and_the_clocks_bring_it_in_too(cast: Cast) -> None:
    batch = uploaded(cast, (HEAD + lines(3)).encode())
    imports.set_mapping(batch_id=batch.pk, mapping={"columns": COLUMNS}, by=cast.mara, at=MONDAY)
    imports.begin(batch_id=batch.pk, by=cast.mara, at=MONDAY)
    assert continue_imports() == 1
    batch.refresh_from_db()
    assert counts(batch) == (3, 3, 0, 0, 0)


def test_outcomes_of_elsewhere_are_ended_journeys(cast: Cast, run: Run) -> None:
    batch = run(
        "name,e-mail,phone,status,closed,value,came\n"
        'Ana,ana@acme.example,,Ganho,02/03/2026,"1.234,50",01/02/2026\n'
        "Bia,bia@acme.example,,perdido,03/03/2026,,01/02/2026\n"
        "Caio,caio@acme.example,,open,,,01/02/2026\n"
        "Dora,dora@acme.example,,ganho,,,\n"
        "Eva,eva@acme.example,,ganho,01/01/2999,,\n"
        "Fay,fay@acme.example,,ganho,02/03/2026,much,\n",
        columns={
            **COLUMNS,
            "status": "outcome",
            "closed": "ended_at",
            "value": "value",
            "came": "occurred_at",
        },
        sales_team="Inside Sales",
    )
    assert counts(batch) == (6, 3, 0, 0, 3)
    assert [reason for _row, reason in reasons(batch)] == [
        "no_outcome_date",
        "future_date",
        "bad_number",
    ]
    won = Handoff.objects.get(state="won")
    assert (won.imported, won.team, str(won.value)) == (True, cast.sales, "1234.50")
    assert won.ended_at == won.accepted_at == datetime(2026, 3, 2, 3, tzinfo=UTC)
    assert won.offered_at == datetime(2026, 2, 1, 3, tzinfo=UTC)
    assert set(Lead.objects.values_list("name", "stage")) == {
        ("Ana", "won"),
        ("Bia", "lost"),
        ("Caio", "new"),
    }


def test_campaigns_materials_constants_and_values(cast: Cast, run: Run) -> None:
    Campaign.objects.create(team=cast.marketing, name="Guide", origin="paid_search")
    run(
        "name,e-mail,phone,campanha,material,canal\n"
        "Ana,ana@acme.example,,Guide,Price list,x\n"
        "Bia,bia@acme.example,,Fair,,GADS\n",
        columns={**COLUMNS, "campanha": "campaign", "material": "material", "canal": "origin"},
        constants={"legal_basis": "consent"},
        values={"canal": {"GADS": "paid_search", "x": ""}},
        attributes="*",
        touch="download",
    )
    ana, bia = Lead.objects.order_by("name")
    assert (str(ana.campaign), ana.origin, ana.legal_basis) == ("Guide", "paid_search", "consent")
    assert (str(bia.campaign), bia.origin, bia.attributes) == ("Fair", "paid_search", {})
    assert Material.objects.get().name == "Price list"
    assert Interaction.objects.filter(kind="download").count() == 2


def test_a_file_that_only_adds_makes_nobody(cast: Cast, run: Run) -> None:
    lead_at(LeadStage.NEW, cast, email="known@acme.example")
    batch = run(
        "name,e-mail,phone,seats\nX,known@acme.example,,7\nY,new@acme.example,,8\n",
        attributes=["seats"],
        creates=False,
        touch=None,
    )
    assert counts(batch) == (2, 0, 1, 0, 1)
    assert reasons(batch) == [(3, "unknown_here")]
    assert Lead.objects.get().attributes == {"seats": "7"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings_come_through_whole(run: Run, encoding: str) -> None:
    assert run((HEAD + "João Ação,ana@acme.example,\n").encode(encoding)).created == 1
    assert Lead.objects.get().name == "João Ação"


def test_nul_bytes_cost_their_row_only(run: Run) -> None:
    batch = run(HEAD + "A\x00na,ana@acme.example,\nBia,bia@acme.example,\n")
    assert (counts(batch), reasons(batch)) == ((2, 1, 0, 0, 1), [(2, "unstorable")])
    assert Quarantine.objects.get().raw[0] == ["name", "A␀na"]


def test_an_unclosed_quote_costs_its_row_only(run: Run) -> None:
    batch = run(HEAD + '"Ana,ana@acme.example,\n' + lines(300))
    assert (counts(batch), reasons(batch)) == ((301, 300, 0, 0, 1), [(2, "broken_quote")])
    assert Quarantine.objects.get().raw == [["name", '"Ana,ana@acme.example,']]


def test_semicolons_cr_only_and_full_width_addresses(run: Run) -> None:
    text = (HEAD + "Ana,ａｎａ＠ａｃｍｅ．ｅｘａｍｐｌｅ,\nAna,ana@acme.example,\n").replace(
        ",", ";"
    )
    assert counts(run(text.replace("\n", "\r"))) == (2, 1, 0, 1, 0)


def test_formula_cells_stay_text(run: Run) -> None:
    run(HEAD + "=cmd(),ana@acme.example,\n")
    assert Lead.objects.get().name == "=cmd()"


def test_a_workbook_named_csv(run: Run) -> None:
    content = book(["name", "e-mail", "phone"], ["Ana", "ana@acme.example", 5511987654321])
    assert run(content).created == 1
    assert Lead.objects.get().phone_key == "+5511987654321"


def test_dates_of_the_future_and_of_long_ago(run: Run) -> None:
    batch = run(
        "name,e-mail,phone,d\nA,a@acme.example,,1/1/2999\nB,b@acme.example,,1/1/1900\nC,c@acme.example,,x\n",
        columns={**COLUMNS, "d": "occurred_at"},
    )
    assert [reason for _row, reason in reasons(batch)] == [
        "future_date",
        "ancient_date",
        "bad_date",
    ]


@pytest.mark.parametrize(
    "content", [b"", b"name,e-mail,phone\n", b"\x00" * 9, b"PK\x03\x04", b"%PDF-1.4"]
)
def test_what_is_no_table_is_refused_at_the_door(cast: Cast, uploads: Path, content: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        uploaded(cast, content)
    assert "file" in (refused.value.fields or {})
    assert not ImportBatch.objects.exists()
    assert not list(uploads.glob("*"))


def test_a_file_over_200_mb_is_refused_unread(cast: Cast) -> None:
    class Huge(ContentFile):  # type: ignore[type-arg]  # not subscriptable at run time
        def __init__(self) -> None:
            super().__init__(b"a,b\n1,2\n")
            self.size = settings.IMPORT_MAX_BYTES + 1

    with pytest.raises(Refusal) as refused:
        imports.upload(
            file=Huge(), name="x.csv", team_id=cast.marketing.pk, by=cast.mara, at=MONDAY
        )
    assert "200 MB" in str(refused.value)


@pytest.mark.parametrize(
    "mapping",
    [
        {},
        [],
        {"columns": {}},
        {"columns": {"name": "nonsense", "e-mail": "email"}},
        {"columns": {"name": 5}},
        {"columns": {"name": "name"}},
        {"columns": {"nowhere": "email"}},
        {"columns": {"e-mail": "external_id"}},
        {"columns": COLUMNS, "surprise": 1},
        {"columns": COLUMNS, "zone": "Mars/Olympus"},
        {"columns": COLUMNS, "dates": ["%Q"]},
        {"columns": COLUMNS, "dates": 5},
        {"columns": COLUMNS, "touch": "dance"},
        {"columns": COLUMNS, "creates": "yes"},
        {"columns": COLUMNS, "constants": {"email": "a@b.example"}},
        {"columns": COLUMNS, "values": {"name": 5}},
        {"columns": COLUMNS, "attributes": 5},
        {"columns": COLUMNS, "attributes": ["nowhere"]},
        {"columns": {**COLUMNS, "name": "won_at"}},
        {"columns": {**COLUMNS, "name": "won_at"}, "sales_team": "Nobody"},
        {"columns": {**COLUMNS, "name": "outcome"}, "sales_team": "Inside Sales"},
    ],
)
def test_a_mapping_that_says_too_little_is_refused_with_a_word(cast: Cast, mapping: Any) -> None:
    batch = uploaded(cast, (HEAD + lines(1)).encode())
    with pytest.raises(Refusal) as refused:
        imports.set_mapping(batch_id=batch.pk, mapping=mapping, by=cast.mara, at=MONDAY)
    assert (refused.value.fields or {})["mapping"]


def test_whose_team_it_is_not_imports_nothing(cast: Cast) -> None:
    batch = uploaded(cast, (HEAD + lines(1)).encode())
    for by, reason in ((cast.olga, "unknown"), (cast.sam, "unknown"), (cast.max, "not_allowed")):
        with pytest.raises(Refusal) as refused:
            imports.begin(batch_id=batch.pk, by=by, at=MONDAY)
        assert refused.value.reason == reason
    with pytest.raises(Refusal):
        imports.begin(batch_id=batch.pk, by=cast.mara, at=MONDAY)
    with pytest.raises(Refusal):
        imports.upload(
            file=ContentFile(b"x"), name="x", team_id=cast.marketing.pk, by=cast.olga, at=MONDAY
        )


def command(tmp_path: Path, content: str, mapping: Any, *more: str) -> dict[str, Any]:
    file, how, out = tmp_path / "leads.csv", tmp_path / "map.json", StringIO()
    file.write_text(content)
    how.write_text(json.dumps(mapping))
    call_command("import_leads", str(file), f"--mapping={how}", *more, stdout=out)
    told: dict[str, Any] = json.loads(out.getvalue()) if "--json" in more else {"told": out}
    return told


def test_the_command_prints_the_counts(cast: Cast, tmp_path: Path) -> None:
    mapping = {"columns": COLUMNS, "team": "Demand BR"}
    text = HEAD + lines(2) + "Bad,nobody,\n"
    expected = {
        "rows": 3,
        "created": 2,
        "updated": 0,
        "duplicate": 0,
        "quarantined": 1,
        "reasons": [{"row": 4, "reason": "e-mail: “nobody” is not an e-mail address."}],
    }
    assert command(tmp_path, text, mapping, "--json", "--dry-run") == expected
    assert not Lead.objects.exists()
    assert not ImportBatch.objects.exists()
    assert command(tmp_path, text, mapping, "--json") == expected
    assert ImportBatch.objects.get().by == cast.ada
    assert "created" in command(tmp_path, text, mapping)["told"].getvalue()


@pytest.mark.parametrize(
    ("mapping", "more"),
    [
        ({"columns": COLUMNS}, []),
        ({"columns": COLUMNS}, ["--team=Nobody"]),
        ({"columns": COLUMNS}, ["--team=Demand BR", "--by=nobody@acme.example"]),
        ({"columns": COLUMNS}, ["--team=Demand BR", "--by=sam@handoff.test"]),
        ({"columns": {"x": "email"}}, ["--team=Demand BR"]),
        ({"columns": {"x": "email"}}, ["--team=Demand BR", "--dry-run"]),
        ([], ["--team=Demand BR"]),
        (
            {"columns": COLUMNS, "constants": {"outcome": "won"}, "sales_team": "Nobody"},
            ["--team=Demand BR"],
        ),
    ],
)
def test_the_command_says_what_it_lacks(
    cast: Cast, tmp_path: Path, mapping: Any, more: list[str]
) -> None:
    with pytest.raises(CommandError):
        command(tmp_path, HEAD + lines(1), mapping, *more)
    assert not Lead.objects.exists()
    assert not ImportBatch.objects.exists()


def test_the_command_needs_files_that_are_there(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        call_command("import_leads", "/nowhere.csv", "--mapping=/nowhere.json")
    (tmp_path / "map.json").write_text(json.dumps({"columns": COLUMNS}))
    with pytest.raises(CommandError):
        call_command(
            "import_leads", "/nowhere", f"--mapping={tmp_path}/map.json", "--team=Demand BR"
        )


def test_counts_of_a_whole_file_are_flat_in_questions(
    run: Run, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(60) as few:
        run(HEAD + lines(10))
    with django_assert_max_num_queries(len(few)):
        run(HEAD + lines(1_500, start=10))
