"""Templates keep the house rules: icons exist, fragments say what they take, no inline code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from handoff import icons, looks
from handoff.menu import PLACES

ROOT: Path = settings.ROOT
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
OURS = [path for path in TEMPLATES if not {"django", "allauth"} & set(path.relative_to(ROOT).parts)]
FRAGMENTS = [path for path in OURS if path.name.startswith("_") or path.parent.name == "components"]
ICON = re.compile(r"""(?:\{% icon |\bicon=|\bsymbol=|\{% badge "\w+" \S+ )"([a-z0-9-]+)\"""")
PACKAGES = ("handoff", "leads", "sla", "feedback")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def icons_of_templates() -> Iterator[tuple[str, str]]:
    for path in TEMPLATES:
        for name in ICON.findall(path.read_text()):
            yield named(path), name


def icons_of_python() -> Iterator[tuple[str, str]]:
    for path in (file for folder in PACKAGES for file in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "icon":
                value = node.value.value if isinstance(node.value, ast.Constant) else None
                if isinstance(value, str):
                    yield named(path), value


def test_every_icon_that_is_named_can_be_drawn() -> None:
    wanted = [*icons_of_templates(), *icons_of_python()]
    wanted += [("menu", place.icon) for place in PLACES]
    wanted += [("looks", symbol) for symbol in looks.SYMBOLS.values()]
    wanted += [("looks", symbol) for _kind, symbol in looks.STATES.values()]
    assert [pair for pair in wanted if not icons.exists(pair[1])] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_no_template_holds_inline_style_or_script(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", path.read_text())
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|\shx-on|javascript:", text)
    for script in re.findall(r"<script[^>]*>", text):
        assert "src=" in script or "application/json" in script, script


@pytest.mark.parametrize("path", FRAGMENTS, ids=named)
def test_a_fragment_says_what_it_takes(path: Path) -> None:
    text = path.read_text()
    assert text.startswith("{# takes: "), "Open it with {# takes: … #}, naming the variables."


@pytest.mark.parametrize("path", FRAGMENTS, ids=named)
def test_a_fragment_is_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 40, "Split it: a fragment has about 25 lines."
