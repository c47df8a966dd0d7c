"""Jinja with our two languages, dates in the reader's words and zone, and hashed static files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from litestar import Litestar, Request
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Template
from litestar.response.base import ASGIResponse
from litestar.template import TemplateConfig
from litestar.types import Scope
from litestar.utils.scope.state import ScopeState
from markupsafe import Markup, escape

from tracker.engine import PACKAGE, Templates, templates_folder
from tracker.language import Language
from tracker.web import dates
from tracker.web.markdown import render_markdown
from tracker.web.requests import current_time, language_of, unread_of
from tracker.web.traffic import keep_form_cookie

STATIC = PACKAGE / "static"


@cache
def static(path: str) -> str:
    """The address of a static file, changing with its content so that it may be kept for ever."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:10]
    return f"/static/{path}?v={digest}"


class Reader(NamedTuple):
    """What filters and macros know of whoever reads the page that is being rendered."""

    language: Language
    zone: ZoneInfo
    now: datetime
    today: date
    scope: Scope | None = None


_reader: ContextVar[Reader] = ContextVar("reader")


@contextmanager
def _read_by(
    language: Language, zone: ZoneInfo, now: datetime, scope: Scope | None = None
) -> Iterator[None]:
    before = _reader.set(Reader(language, zone, now, now.astimezone(zone).date(), scope))
    try:
        yield
    finally:
        _reader.reset(before)


def _date(value: date | datetime | str) -> date:
    """By the reader's clock. A string is a date as JSON has it: events and notices keep their
    facts so."""
    if isinstance(value, str):
        return date.fromisoformat(value)
    return value.astimezone(_reader.get().zone).date() if isinstance(value, datetime) else value


def _day(value: date | datetime | str) -> str:
    reader = _reader.get()
    return dates.day(_date(value), reader.language, today=reader.today)


def _ahead(value: date | datetime | str) -> bool:
    """Whether a day is still to come, or today."""
    return _date(value) >= _reader.get().today


def _moment(value: datetime) -> Markup:
    """A `<time>` with date, minute and zone, so that nobody has to guess whose evening it was."""
    reader = _reader.get()
    local = value.astimezone(reader.zone)
    words = dates.moment(local, reader.language, today=reader.today)
    return _time(local.isoformat(timespec="minutes"), words)


def _ago(value: datetime) -> Markup:
    reader = _reader.get()
    words = dates.ago(value, reader.now, reader.language)
    return _time(value.astimezone(UTC).isoformat(timespec="seconds"), words)


def _time(moment: str, words: str) -> Markup:
    # Both are made by us, of digits and our own words.
    return Markup(f'<time datetime="{moment}">{words}</time>')  # noqa: S704


def _clock(value: datetime) -> str:
    """`17:00`, where the day is said beside it."""
    return f"{value.astimezone(_reader.get().zone):%H:%M}"


def _weekday(value: datetime) -> str:
    reader = _reader.get()
    return dates.WEEKDAYS[value.astimezone(reader.zone).weekday()].within(reader.language)


def _duration(seconds: float) -> str:
    return dates.duration(seconds, _reader.get().language)


def create_engine(*, debug: bool) -> JinjaTemplateEngine:
    environment = Templates(templates_folder(), debug=debug)
    environment.filters |= {
        "day": _day,
        "ahead": _ahead,
        "moment": _moment,
        "ago": _ago,
        "clock": _clock,
        "weekday": _weekday,
        "duration": _duration,
        "markdown": render_markdown,
    }
    environment.globals |= {
        "static": static,
        "csrf_input": _FormToken(),
    }
    return JinjaTemplateEngine.from_environment(environment)


def template_config(*, debug: bool) -> TemplateConfig[JinjaTemplateEngine]:
    return TemplateConfig(instance=create_engine(debug=debug))


@cache
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def zone_of(request: Request[Any, Any, Any]) -> ZoneInfo:
    """The clock that this reader goes by."""
    viewer = request.scope.get("user")
    settings_zone: ZoneInfo = request.app.state.settings.timezone
    return zone(viewer.timezone) if viewer else settings_zone


class Blank(dict[str, Any]):
    """What was typed, or what is wrong with it, by field: a field that is not there reads as none."""

    def __missing__(self, field: str) -> None:
        return None


class _FormToken:
    """What a form carries against forgery. A page without one leaves the browser no cookie."""

    def __html__(self) -> str:
        scope = _reader.get().scope
        assert scope is not None
        keep_form_cookie(scope)
        token = ScopeState.from_scope(scope).csrf_token
        value = escape(token) if isinstance(token, str) else ""
        return f'<input type="hidden" name="_csrf_token" value="{value}">'


class Page(Template):
    """A template with what every page needs: the reader, their language, zone and the time."""

    def to_asgi_response(
        self, app: Litestar | None, request: Request[Any, Any, Any], **given: Any
    ) -> ASGIResponse:
        language, now = language_of(request), current_time(request.app.state)
        self.template_name = f"{language}/{self.template_name}"
        with _read_by(language, zone_of(request), now, request.scope):
            return super().to_asgi_response(app, request, **given)

    def create_template_context(self, request: Request[Any, Any, Any]) -> dict[str, Any]:
        return {
            "me": request.scope.get("user"),
            "now": current_time(request.app.state),
            "path": request.url.path,
            "query": request.url.query,
            "unread": unread_of(request),
            "debug": request.app.debug,
            "departures": dates.weekly(request.app.state.settings.publish),
            **self.context,
        }


def fragment(
    request: Request[Any, Any, Any], template: str, *, language: Language, **context: object
) -> str:
    """A piece of HTML for somewhere else than a page of ours, the same for whoever reads it."""
    engine = request.app.template_engine
    assert isinstance(engine, JinjaTemplateEngine)
    now = current_time(request.app.state)
    with _read_by(language, request.app.state.settings.timezone, now):
        return engine.get_template(f"{language}/{template}").render(now=now, **context)


async def page(
    request: Request[Any, Any, Any],
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: object,
) -> Page:
    """A page for this reader.

    `problems` and `values` of a form may leave out fields.
    """
    for name in ("problems", "values"):
        if isinstance(given := context.get(name), Mapping):
            context[name] = Blank(given)
    return Page(
        template,
        context=context,
        status_code=status,
        headers=dict(headers or {}),
        media_type="text/html",
    )


__all__ = ["Page", "escape", "page", "static", "template_config", "templates_folder"]
