"""Every text that is to be translated, found without GNU gettext: in Python by its syntax tree, in
templates by what Django itself would look up."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from django.conf import settings
from django.template import Engine
from django.template.base import Lexer, Node, Template, TokenType
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

ROOT: Final[Path] = settings.ROOT
PACKAGES: Final = ("handoff", "leads", "sla", "feedback")
PLAIN: Final = frozenset({"_", "gettext", "gettext_lazy", "gettext_noop"})
PLURAL: Final = frozenset({"ngettext", "ngettext_lazy"})
IN_CONTEXT: Final = frozenset({"pgettext", "pgettext_lazy"})
PLURAL_IN_CONTEXT: Final = frozenset({"npgettext", "npgettext_lazy"})
CONSTANT: Final = re.compile(r"""\b_\((?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\)""")


@dataclass(frozen=True)
class Text:
    """One text: `plural` and `context` are empty where there is none."""

    singular: str
    plural: str = ""
    context: str = ""
    where: str = field(default="", compare=False)


def texts() -> Iterator[Text]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield from texts_of_python(path)
    for pattern in ("*.html", "*.txt"):
        for path in sorted((ROOT / "templates").rglob(pattern)):
            yield from texts_of_template(path)


def texts_of_python(path: Path) -> Iterator[Text]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
            said = [each.value for each in node.args if isinstance(each, ast.Constant)]
            where = f"{path.relative_to(ROOT)}:{node.lineno}"
            yield from _called(name, [each for each in said if isinstance(each, str)], where)


def _called(name: str, said: list[str], where: str) -> Iterator[Text]:
    if name in PLAIN and said:
        yield Text(said[0], where=where)
    elif name in PLURAL and len(said) >= 2:
        yield Text(said[0], said[1], where=where)
    elif name in IN_CONTEXT and len(said) >= 2:
        yield Text(said[1], context=said[0], where=where)
    elif name in PLURAL_IN_CONTEXT and len(said) >= 3:
        yield Text(said[1], said[2], context=said[0], where=where)


def texts_of_template(path: Path) -> Iterator[Text]:
    where = str(path.relative_to(ROOT))
    source = path.read_text()
    for token in Lexer(source).tokenize():
        if token.token_type in {TokenType.VAR, TokenType.BLOCK}:
            for double, single in CONSTANT.findall(token.contents):
                yield Text(double or single, where=where)
    nodes = Template(source, engine=Engine.get_default()).nodelist
    for node in nodes.get_nodes_by_type(Node):
        if isinstance(node, TranslateNode):
            literal = node.filter_expression.var.literal
            if isinstance(literal, str):
                yield Text(literal.replace("%", "%%"), context=_context(node), where=where)
        elif isinstance(node, BlockTranslateNode):
            singular, _names = node.render_token_list(node.singular)
            plural, _names = node.render_token_list(node.plural) if node.plural else ("", [])
            yield Text(singular, plural, _context(node), where)


def _context(node: TranslateNode | BlockTranslateNode) -> str:
    return node.message_context.var if node.message_context else ""
