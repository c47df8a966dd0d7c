"""Refusals and faults as pages for people and as problem documents (RFC 9457) for programs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any
from urllib.parse import quote

import asyncpg
import msgspec
import structlog
from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.exceptions import HTTPException, PermissionDeniedException, ValidationException
from litestar.response import Redirect
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send

from tracker import errors
from tracker.language import Text
from tracker.web.requests import language_of
from tracker.web.templating import Page, page

log = structlog.stdlib.get_logger(__name__)

AnyRequest = Request[Any, Any, Any]


class _Later(Response[None]):
    """An answer still to be made: the framework does not await what handles its exceptions."""

    def __init__(self, answer: Awaitable[Response[Any]]) -> None:
        super().__init__(None)
        self._answer = answer

    def to_asgi_response(self, app: Any, request: AnyRequest, **given: Any) -> ASGIResponse:
        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            response = await self._answer
            send_it = response.to_asgi_response(app=None, request=request, **given)
            await send_it(scope, receive, send)

        return answer  # type: ignore[return-value]


def _handler(
    answer: Callable[[AnyRequest, Any], Awaitable[Response[Any]]],
) -> Callable[[AnyRequest, Any], Response[Any]]:
    @wraps(answer)
    def handle(request: AnyRequest, problem: Any) -> Response[Any]:
        return _Later(answer(request, problem))

    return handle


class FieldProblem(msgspec.Struct, frozen=True):
    field: str
    message: str


class Problem(msgspec.Struct, frozen=True):
    """RFC 9457. `errors` names each field that could not be taken."""

    title: str
    status: int
    detail: str
    type: str = "about:blank"
    errors: list[FieldProblem] = []


STATUS_OF: dict[type[errors.Refusal], int] = {
    errors.NotSignedIn: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Superseded: 412,
    errors.Invalid: 422,
    errors.TooMany: 429,
}

TITLES = {
    400: Text("请求有误", "The request could not be read"),
    401: Text("请先登录", "Not signed in"),
    403: Text("没有权限", "Not allowed"),
    404: Text("没有找到", "Not found"),
    405: Text("不支持这个方法", "Method not allowed"),
    409: Text("现在不能这样做", "Refused"),
    412: Text("有人先动过了", "Changed by somebody else"),
    413: Text("内容太大", "Too large"),
    422: Text("有几处需要改一下", "Some fields need another look"),
    429: Text("请稍等一会儿", "Too many requests"),
    500: Text("出错了", "Something went wrong"),
}


def _title(status: int) -> Text:
    return TITLES.get(status) or TITLES[400 if status < 500 else 500]


def is_api(request: AnyRequest) -> bool:
    return request.url.path.startswith("/api/")


def problem_response(
    status: int, title: str, detail: str, fields: list[FieldProblem] | None = None
) -> Response[Problem]:
    return Response(
        Problem(title=title, status=status, detail=detail, errors=fields or []),
        status_code=status,
        media_type="application/problem+json",
        headers={"WWW-Authenticate": "Bearer"} if status == 401 else None,
    )


async def _answer(
    request: AnyRequest, status: int, detail: Text, fields: list[FieldProblem] | None = None
) -> Response[Any]:
    language = language_of(request)
    title = _title(status)
    if is_api(request):
        return problem_response(status, title.within(language), detail.within(language), fields)
    if status == 401:
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        # After signing in only a page can be gone back to, not a form that was sent.
        target = here if request.method == "GET" else "/"
        return Redirect(f"/signin?next={quote(target)}", status_code=303)
    context: dict[str, Any] = {"code": status, "title": title, "detail": detail}
    if status >= 500:
        # Asks the database nothing: it may be what is broken.
        return Page("errors/error.html", context=context, status_code=status)
    if "user" not in request.scope:
        # No route matched, so nobody has looked yet who is asking.
        await request.app.state.identify(request.scope)
    return await page(request, "errors/error.html", status=status, **context)


def retry_after(refusal: errors.TooMany) -> dict[str, str]:
    return {"Retry-After": str(max(1, round(refusal.wait.total_seconds())))}


async def refused(request: AnyRequest, refusal: errors.Refusal) -> Response[Any]:
    fields = None
    if isinstance(refusal, errors.Invalid):
        language = language_of(request)
        fields = [
            FieldProblem(name, problem.within(language))
            for name, problem in refusal.problems.items()
        ]
    answer = await _answer(request, STATUS_OF[type(refusal)], refusal.reason, fields)
    if isinstance(refusal, errors.TooMany):
        answer.headers.update(retry_after(refusal))
    return answer


async def failed_request(request: AnyRequest, failure: HTTPException) -> Response[Any]:
    """What the framework itself refuses: unknown paths, unreadable bodies, wrong methods."""
    if isinstance(failure, ValidationException):
        found = failure.extra if isinstance(failure.extra, list) else []
        fields = [
            FieldProblem(str(one.get("key", "")), str(one.get("message", "")))
            for one in found
            if isinstance(one, dict)
        ]
        detail = "; ".join(f"{one.field}: {one.message}" for one in fields) or failure.detail
        return await _answer(request, 422, Text(detail, detail), fields)
    if failure.status_code == 404:
        return await refused(request, errors.NotFound())
    if isinstance(failure, PermissionDeniedException):
        return await _unproven_form(request)
    status = failure.status_code
    title = _title(status)
    answer = await _answer(request, status, Text(title.zh, failure.detail or title.en))
    if failure.headers:
        answer.headers.update(failure.headers)
    return answer


async def _unproven_form(request: AnyRequest) -> Response[Any]:
    """A form without the proof that it is ours: from elsewhere, or its cookie is gone or stale.

    A stale cookie would fail every form to come, so it is taken away; the next page brings a new.
    """
    answer = await _answer(
        request,
        403,
        Text(
            "这个表单过期了，没有提交。返回上一页，刷新后再提交一次。",
            "This form is too old and was not sent. Go back, reload the page and send it again.",
        ),
    )
    config = request.app.csrf_config
    if config is not None:
        answer.set_cookie(
            Cookie(
                key=config.cookie_name, value="", path="/", max_age=0, secure=config.cookie_secure
            )
        )
    return answer


async def unstorable(request: AnyRequest, fault: Exception) -> Response[Any]:
    """What passed as text or number and which no column can hold: a NUL, a number too large."""
    log.info("request.unstorable", path=request.url.path, fault=str(fault))
    return await refused(
        request,
        errors.Invalid({"": Text("有一个值无法保存", "There is a value that cannot be stored")}),
    )


async def broken(request: AnyRequest, fault: Exception) -> Response[Any]:
    """A fault of ours. Its details go to the log and to nobody else."""
    log.error(
        "request failed",
        method=request.method,
        # Without its values: an invitation is in one.
        path=request.scope.get("path_template"),
        exc_info=fault,
    )
    detail = Text(
        "这是我们的问题，已经记录下来。请过一会儿再试。",
        "This is our fault and has been recorded. Please try again in a while.",
    )
    return await _answer(request, 500, detail)


EXCEPTION_HANDLERS: dict[int | type[Exception], Any] = {
    errors.Refusal: _handler(refused),
    HTTPException: _handler(failed_request),
    asyncpg.DataError: _handler(unstorable),
    Exception: _handler(broken),
}
