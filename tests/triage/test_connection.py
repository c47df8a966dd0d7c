"""The line to the server: one repeat after a drop, page after page, and ends with exit codes."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from cli.client import Client
from cli.exits import Exit, TriageError

Answer = Callable[[httpx.Request], httpx.Response]


def client(answer: Answer) -> Client:
    return Client("http://tracker.test", "secret", transport=httpx.MockTransport(answer))


def problem(status: int, **more: object) -> httpx.Response:
    document = {"type": "about:blank", "title": "Refused", "status": status, **more}
    return httpx.Response(status, json=document)


def failing(answer: Answer, path: str = "reports/R-99") -> TriageError:
    with pytest.raises(TriageError) as caught:
        client(answer).get(path)
    return caught.value


def test_what_every_request_says_of_itself() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url == "http://tracker.test/api/v1/me"
        assert request.headers["authorization"] == "Bearer secret"
        assert request.headers["user-agent"].startswith("triage/")
        assert request.headers["accept-language"] == "en"
        assert "idempotency-key" not in request.headers
        return httpx.Response(200, json={"handle": "erin"})

    assert client(answer).get("me") == {"handle": "erin"}


@pytest.mark.parametrize("fault", [httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError])
def test_a_dropped_post_is_repeated_once_under_the_same_key(fault: type[Exception]) -> None:
    keys: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["idempotency-key"])
        if len(keys) == 1:
            raise fault("gone")
        return httpx.Response(201, json={"id": "P-3"})

    assert client(answer).post("proposals", {}) == {"id": "P-3"}
    assert len(keys) == 2
    assert keys[0] == keys[1]


def test_two_posts_have_two_keys() -> None:
    keys: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["idempotency-key"])
        return httpx.Response(201, json={})

    server = client(answer)
    server.post("proposals", {})
    server.post("proposals", {})
    assert keys[0] != keys[1]


@pytest.mark.parametrize(
    ("fault", "tries"),
    [
        (httpx.RemoteProtocolError("gone"), 2),
        (httpx.ConnectError("refused"), 1),
        (httpx.ReadTimeout("slow"), 1),
        (httpx.ConnectTimeout("slow"), 1),
    ],
)
def test_out_of_reach(fault: Exception, tries: int) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.method)
        raise fault

    failure = failing(answer)
    assert failure.code == Exit.OUT_OF_REACH
    assert failure.final
    assert "http://tracker.test" in failure.message
    assert len(asked) == tries


@pytest.mark.parametrize(
    ("status", "code", "final"),
    [
        (400, Exit.REFUSED, False),
        (401, Exit.NOT_ALLOWED, True),
        (403, Exit.NOT_ALLOWED, False),
        (404, Exit.NOT_FOUND, False),
        (409, Exit.REFUSED, False),
        (413, Exit.REFUSED, False),
        (422, Exit.REFUSED, False),
        (429, Exit.REFUSED, True),
        (500, Exit.OUT_OF_REACH, False),
        (503, Exit.OUT_OF_REACH, True),
    ],
)
def test_every_status_has_its_exit_code(status: int, code: Exit, *, final: bool) -> None:
    failure = failing(lambda _: problem(status, detail="Because"))
    assert (failure.code, failure.final) == (code, final)
    assert failure.document("R-99")["exit"] == code


def test_a_redirect_is_not_followed() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.host == "tracker.test"
        return httpx.Response(308, headers={"location": "https://elsewhere.test/"})

    failure = failing(answer)
    assert failure.code == Exit.OUT_OF_REACH
    assert "https://elsewhere.test/" in failure.message


def test_another_server_at_the_address() -> None:
    failure = failing(lambda _: httpx.Response(200, text="<h1>It works</h1>"))
    assert failure.code == Exit.OUT_OF_REACH
    assert "address" in failure.message


def test_what_is_missing_is_named() -> None:
    assert failing(lambda _: problem(404)).message == "no report R-99"
    assert failing(lambda _: problem(404), "proposals/P-9").message == "no proposal P-9"
    assert failing(lambda _: problem(404), "releases/2026-11-27/preview").message == (
        "no release of 2026-11-27"
    )


def test_the_other_thing_that_is_missing_is_named_too() -> None:
    failure = failing(lambda _: problem(404, detail="There is no proposal P-99"))
    assert failure.message == "There is no proposal P-99"


def test_problems_of_fields_are_kept_apart() -> None:
    errors = [{"field": "module", "message": "There is no module radio"}]
    failure = failing(lambda _: problem(422, detail="There is no module radio", errors=errors))
    assert failure.fields == [("module", "There is no module radio")]
    assert failure.message == "Refused"


@pytest.mark.parametrize(("limit", "sizes"), [(0, [100, 100, 100]), (101, [100, 1]), (5, [5])])
def test_a_list_is_read_page_after_page(limit: int, sizes: list[int]) -> None:
    asked: list[int] = []

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.params["module"] == "camera"
        assert "owner" not in request.url.params
        start, size = int(request.url.params.get("after", 0)), int(request.url.params["limit"])
        asked.append(size)
        found = list(range(230))[start : start + size]
        more = str(start + size) if start + size < 230 else None
        return httpx.Response(200, json={"items": [{"id": n} for n in found], "next": more})

    items = client(answer).items("reports", {"module": "camera", "owner": None}, limit)
    assert [item["id"] for item in items] == list(range(230))[: limit or 230]
    assert asked == sizes


def test_pages_are_only_fetched_as_they_are_read() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, json={"items": [{"id": n} for n in range(100)], "next": "x"})

    assert next(client(answer).items("reports")) == {"id": 0}
    assert len(asked) == 1
