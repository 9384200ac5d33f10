"""The house rules that a linter does not know."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeGuard

import pytest
from django.conf import settings

ROOT: Path = settings.ROOT
APPS: Final = ("leads", "sla", "feedback")
PACKAGES: Final = ("handoff", *APPS)
LONGEST_VIEW: Final = 25

ROOMS: Final = {
    "actions", "admin", "api", "apps", "events", "forms", "management", "migrations", "models",
    "notices", "queries", "reactions", "stages", "tasks", "templatetags", "urls", "views",
}  # fmt: skip
NO_ADMIN: Final = "a row changed there would pass no action"
LACKS: Final = {
    "leads": {"admin": NO_ADMIN, "reactions": "the first stage reacts to nobody"},
    "sla": {"admin": NO_ADMIN, "management": "its command is the house's: keep_clocks"},
    "feedback": {
        "admin": NO_ADMIN,
        "management": "nothing is done to it from a shell",
        "stages": "an answer is asked for or given; there is nothing between",
        "tasks": "nothing of it is ever due: its clock is the agreement's",
    },
}
"""Rooms that an app does without, and why: a missing room means something."""

WRITES: Final = {
    "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "update", "save",
    "delete", "raw_delete",
}  # fmt: skip
MAY_WRITE: Final = (
    "leads/actions/", "sla/actions/", "feedback/actions.py", "handoff/people/actions.py",
    "handoff/calendars/actions.py", "handoff/journal/", "handoff/notices/tell.py",
    "handoff/notices/outbox.py", "handoff/notices/channels/", "handoff/demo/",
    "handoff/management/",
)  # fmt: skip
WRITES_ELSEWHERE: Final = {
    "leads/api/idempotency.py": "keeps the answer to a request, which is nothing of the flow",
    "leads/tasks.py": "forgets those answers when their time is up",
    "handoff/people/authentication.py": "stamps when a key was last used",
    "handoff/people/models.py": "creates users and keys from their actions",
    "handoff/notices/views.py": "marks the reader's own notices as read",
}
"""Who else writes a row, and why it is no action."""


def sources(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_no_stage_looks_ahead() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run(
        [program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("app", APPS)
def test_an_app_has_its_rooms_or_lacks_them_for_a_reason(app: str) -> None:
    there = {path.stem for path in (ROOT / app).iterdir()}
    assert ROOMS - there == set(LACKS[app])


def is_write(node: ast.AST) -> TypeGuard[ast.Call]:
    """Whether this asks a manager, a query or a row to write; a dict's update is something else."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    verb, target = node.func.attr, ast.unparse(node.func.value)
    if target == "super()":
        return False
    if verb in {"create", "save", "delete", "update"}:
        return "objects" in target or verb in {"save", "delete"} or "filter(" in target
    return verb in WRITES


def test_rows_are_written_by_actions_alone() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, tree in sources(*PACKAGES)
        if not path.startswith(MAY_WRITE) and path not in WRITES_ELSEWHERE
        for node in ast.walk(tree)
        if is_write(node)
    ]
    assert found == [], "Write it as an action in actions/<word>.py and call that."


def test_a_view_parses_calls_one_action_and_renders() -> None:
    long = [
        f"{path}: {node.name} has {length} lines"
        for path, tree in sources(*PACKAGES)
        if "/views" in path
        for node in functions(tree)
        if node.args.args
        and node.args.args[0].arg == "request"
        and (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_VIEW
    ]
    assert long == []


def verbs() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Public functions of an actions room that take the clock or write a row."""
    for path, tree in sources(*PACKAGES):
        if "actions" in Path(path).parts or path.endswith("/actions.py"):
            for node in tree.body:
                if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                    continue
                named = {arg.arg for arg in (*node.args.args, *node.args.kwonlyargs)}
                if "at" in named or any(map(is_write, ast.walk(node))):
                    yield f"{path}: {node.name}", node


def test_a_verb_names_its_arguments() -> None:
    loose = [
        name
        for name, node in verbs()
        if node.args.posonlyargs or node.args.vararg or len(node.args.args) > 1
    ]
    assert loose == [], "Put * first: a verb is keyword-only, and names who does it."


def test_a_verb_says_what_it_does() -> None:
    assert [name for name, node in verbs() if ast.get_docstring(node) is None] == []


def test_nothing_is_imported_inside_a_function() -> None:
    hidden = [
        f"{path}: {node.name}"
        for path, tree in sources(*PACKAGES)
        for node in functions(tree)
        if node.name != "ready"
        and any(isinstance(inner, ast.Import | ast.ImportFrom) for inner in ast.walk(node))
    ]
    assert hidden == []


def test_no_drawer_without_a_name() -> None:
    banned = {"utils", "helpers", "common", "core", "services", "manager", "data", "info"}
    assert [path for path, _tree in sources(*PACKAGES) if Path(path).stem in banned] == []


def test_a_module_is_read_in_one_sitting() -> None:
    long = {
        path: lines
        for folder in PACKAGES
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts and (lines := len(path.read_text().splitlines())) > 350
    }
    assert long == {}
