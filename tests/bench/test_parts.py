"""What `make bench` would measure is there, and runs."""

import subprocess
import sys
from inspect import signature

import pytest
from django.conf import settings

from bench.figures import Figure, at_least, at_most, table
from bench.parts import PARTS, subject


def bench(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "bench", *words]
    return subprocess.run(command, cwd=settings.ROOT, capture_output=True, text=True, check=False)


def test_the_list_names_every_part() -> None:
    said = bench("--list")
    assert said.returncode == 0, said.stderr
    assert [line.split()[0] for line in said.stdout.splitlines()] == list(PARTS)


def test_no_module_that_measures_is_left_out() -> None:
    folder = settings.ROOT / "bench"
    there = {path.stem for path in folder.glob("*.py") if "\ndef measure(" in path.read_text()}
    assert there == set(PARTS)


@pytest.mark.parametrize("name", PARTS)
def test_a_part_can_be_run_small_and_says_what_it_is_about(name: str) -> None:
    sizes = signature(PARTS[name].measure).parameters
    assert set(PARTS[name].SMALL) <= set(sizes)
    assert all(size.default is not size.empty for size in sizes.values())
    assert f"python -m bench.{name} " in (PARTS[name].__doc__ or "")
    assert subject(name).endswith(".")


def test_a_part_is_measured_and_printed() -> None:
    said = bench("deadlines", "--small")
    assert said.returncode == 0, said.stderr
    (oracle,) = [line for line in said.stdout.splitlines() if "not as the oracle says" in line]
    assert oracle.rstrip().endswith("yes")


def test_a_part_that_is_not_there_is_refused() -> None:
    said = bench("speed")
    assert said.returncode == 2
    assert "no part speed" in said.stderr


@pytest.mark.parametrize(
    ("figure", "reached"),
    [
        (Figure("a", 19.9, reach=at_most(20)), True),
        (Figure("a", 20.1, reach=at_most(20)), False),
        (Figure("a", 14, limit=100, reach=at_least(0.15, of_ratio=True)), False),
        (Figure("a", 15, limit=100, reach=at_least(0.15, of_ratio=True)), True),
        (Figure("a", 15, limit=0, reach=at_least(0.15, of_ratio=True)), False),
        (Figure("a", 15, limit=100), None),
    ],
)
def test_a_bound_holds_for_what_was_seen_or_for_its_ratio(
    figure: Figure, reached: bool | None
) -> None:
    assert figure.reached is reached


def test_the_table_has_a_line_for_each_figure() -> None:
    figure = Figure(
        "claims", 712, "/s", limit=5_690, by="pgbench", reach=at_least(0.15, of_ratio=True)
    )
    head, part, line = table({"claims": [figure]}).splitlines()
    assert head.split()[:3] == ["seen", "limit", "by"]
    assert part == "claims"
    assert " ".join(line.split()) == "claims 712 /s 5,690 /s pgbench 0.13 ≥ 0.15 × NO"
