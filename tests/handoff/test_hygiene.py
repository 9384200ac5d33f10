"""What nobody's program sends by accident: answered, never a failure of ours."""

import io
from typing import Any

import pytest
from django.test import Client

from handoff.stream import request_of
from handoff.wsgi import application
from tests.cast import Cast
from tests.conftest import ClientOf

pytestmark = pytest.mark.django_db


def status_of(content_type: str, *, method: str = "GET", body: bytes = b"") -> str:
    """Through the WSGI door, which makes the request; a test client has one of its own."""
    said: list[str] = []

    def start(status: str, headers: object, exc_info: object = None) -> Any:
        said.append(status)

    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": "/account/login/",
        "QUERY_STRING": "next=%ff",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
    }
    answer = application(environ, start)
    b"".join(answer)
    answer.close()
    return said[0]


@pytest.mark.parametrize("charset", ["hex", "rot13", "punycode", "undefined", "utf-16", "nonsense"])
@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x"])
def test_another_charset_is_refused(charset: str, kind: str) -> None:
    said = f"{kind}; charset={charset}"
    assert status_of(said) == "400 Bad Request"
    assert status_of(said, method="POST", body=b"--x--\r\n") == "400 Bad Request"


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "utf8", '"utf-8"'])
def test_our_own_charset_may_be_said(charset: str) -> None:
    assert status_of(f"text/plain; charset={charset}") == "200 OK"


@pytest.mark.parametrize("key", ["aaaaaaaaaaaa\\000", "aaaaaaaaaaaa\\377", "' OR 1=1 --", ""])
@pytest.mark.parametrize("path", ["/profile/", "/healthz/live", "/api/v1/leads/"])
def test_a_session_cookie_that_is_none_is_nobody(path: str, key: str) -> None:
    client = Client(headers={"Cookie": f'sessionid="{key}"'})
    assert client.get(path).status_code in {200, 302, 401}


def test_nor_is_it_anybody_on_a_stream() -> None:
    scope = {"headers": [(b"cookie", rb'sessionid="aaaaaaaaaaaa\000"')], "query_string": b""}
    assert request_of(scope).session.session_key is None


def test_the_api_answers_in_json_where_no_endpoint_is() -> None:
    answer = Client().get("/api/v1/steps/x/done/")
    assert answer.status_code == 404
    assert "detail" in answer.json()
    answer = Client().get("/api/v1/leads/?q=%00")
    assert answer.status_code == 400
    assert "detail" in answer.json()


@pytest.mark.parametrize("path", ["/nowhere/", "/account/login/"])
def test_a_host_that_is_not_ours_is_told_nothing(path: str) -> None:
    assert Client(headers={"Host": "evil.example"}).get(path).status_code == 400


def test_a_number_as_long_as_a_page_is_no_place_in_a_list(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ada)
    for after in ("9" * 19, "9" * 5_000, "-1", "१"):
        assert client.get("/people/", {"after": after}).status_code == 200
