"""What no page and no endpoint ever accepts: NUL, lone surrogates, and JSON past its bounds."""

import codecs
import json
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from handoff.people.pages import problem

MAX_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 20
UTF_8: Final = ("utf-8", "utf8")


def is_storable(text: str) -> bool:
    """Whether Postgres can keep the text: no NUL, and valid Unicode."""
    if "\x00" in text:
        return False
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


class HygieneMiddleware:
    """Answers 400 to what is not UTF-8, and to a query or form that carries what no row can."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info or not _is_ours(request):
            return problem(request, 400)
        if not all(map(is_storable, _texts(request))):
            return problem(request, 400)
        return self.get_response(request)


def _is_ours(request: HttpRequest) -> bool:
    said = (request.content_params or {}).get("charset", "utf-8")
    return said.lower() in UTF_8


def _texts(request: HttpRequest) -> Iterator[str]:
    forms = [request.GET]
    if request.method == "POST" and "form" in (request.content_type or ""):
        forms.append(request.POST)
    for form in forms:
        for key, values in form.lists():
            yield key
            yield from values


class BoundedJSONParser(BaseParser):
    """JSON up to 256 kB and 20 levels, with no NaN, NUL or lone surrogate."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        raw = stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise ParseError(_("The body is larger than 256 kB."))
        brackets = raw.count(b"[") + raw.count(b"{")
        if brackets > MAX_DEPTH and depth_of(raw) > MAX_DEPTH:
            raise ParseError(_("The JSON is nested more than 20 levels deep."))
        try:
            value = json.loads(
                raw.removeprefix(codecs.BOM_UTF8).decode("utf-8"), parse_constant=_refuse
            )
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not valid JSON.")) from error
        if not _clean(value):
            raise ParseError(_("The text holds characters that cannot be stored."))
        return value


def depth_of(raw: bytes) -> int:
    """The deepest nesting of brackets outside strings, counted without recursion."""
    depth = deepest = 0
    in_string = escaped = False
    for byte in raw:
        if in_string:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                in_string = False
        elif byte == 0x22:
            in_string = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _clean(value: Any) -> bool:
    if isinstance(value, str):
        return is_storable(value)
    if isinstance(value, dict):
        return all(is_storable(key) and _clean(item) for key, item in value.items())
    if isinstance(value, list):
        return all(map(_clean, value))
    return True
