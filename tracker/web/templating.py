"""Jinja with our two languages, dates in the reader's words and zone, and hashed static files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import pass_context
from jinja2.runtime import Context
from litestar import Litestar, Request
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Template
from litestar.response.base import ASGIResponse
from litestar.template import TemplateConfig
from litestar.types import Scope
from litestar.utils.scope.state import ScopeState
from markupsafe import Markup, escape

from tracker.language import Language, Text
from tracker.web import dates
from tracker.web.engine import Templates
from tracker.web.markdown import render_markdown
from tracker.web.requests import current_time, language_of
from tracker.web.traffic import keep_form_cookie

PACKAGE = Path(__file__).parent.parent
STATIC = PACKAGE / "static"


def templates_folder() -> Path:
    """Inside the package when installed from a wheel, beside it in a checkout."""
    inside = PACKAGE / "templates"
    return inside if inside.is_dir() else PACKAGE.parent / "templates"


@cache
def static(path: str) -> str:
    """The address of a static file, changing with its content so that it may be kept for ever."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:10]
    return f"/static/{path}?v={digest}"


@cache
def look() -> str:
    """Changes with any template and any static file that pages load."""
    digest = hashlib.sha256()
    for folder in (templates_folder(), STATIC):
        for file in sorted(folder.rglob("*.*")):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:10]


Translate = Callable[..., str | Markup]


def _translator(language: Language) -> Translate:
    def t(zh: str | Text, en: str | None = None, /, **values: object) -> str | Markup:
        text = zh.within(language) if isinstance(zh, Text) else zh if language == "zh" else en or zh
        if not values:
            return text
        # The sentence is ours, the values are not. Markup.format would escape them too, and takes
        # ten times as long.
        escaped = {
            name: value if isinstance(value, int) else escape(value)
            for name, value in values.items()
        }
        return Markup(text.format(**escaped))  # noqa: S704

    return t


TRANSLATORS: dict[Language, Translate] = {"zh": _translator("zh"), "en": _translator("en")}


@pass_context
def _day(context: Context, value: date | datetime) -> str:
    if isinstance(value, datetime):
        value = value.astimezone(context["zone"]).date()
    return dates.day(
        value, context["lang"], today=context["now"].astimezone(context["zone"]).date()
    )


@pass_context
def _moment(context: Context, value: datetime) -> Markup:
    """A `<time>` with date, minute and zone, so that nobody has to guess whose evening it was."""
    local = value.astimezone(context["zone"])
    words = dates.moment(
        local, context["lang"], today=context["now"].astimezone(context["zone"]).date()
    )
    return _time(local.isoformat(timespec="minutes"), words)


@pass_context
def _ago(context: Context, value: datetime) -> Markup:
    words = dates.ago(value, context["now"], context["lang"])
    return _time(value.astimezone(UTC).isoformat(timespec="seconds"), words)


def _time(moment: str, words: str) -> Markup:
    # Both are made by us, of digits and our own words.
    return Markup(f'<time datetime="{moment}">{words}</time>')  # noqa: S704


@pass_context
def _clock(context: Context, value: datetime) -> str:
    """`17:00`, where the day is said beside it."""
    return f"{value.astimezone(context['zone']):%H:%M}"


@pass_context
def _weekday(context: Context, value: datetime) -> str:
    return dates.WEEKDAYS[value.astimezone(context["zone"]).weekday()].within(context["lang"])


@pass_context
def _duration(context: Context, seconds: float) -> str:
    return dates.duration(seconds, context["lang"])


def create_engine(*, debug: bool) -> JinjaTemplateEngine:
    environment = Templates(templates_folder(), debug=debug)
    environment.filters |= {
        "day": _day,
        "moment": _moment,
        "ago": _ago,
        "clock": _clock,
        "weekday": _weekday,
        "duration": _duration,
        "markdown": render_markdown,
    }
    environment.globals["static"] = static
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

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def __html__(self) -> str:
        keep_form_cookie(self._scope)
        token = ScopeState.from_scope(self._scope).csrf_token
        return Markup('<input type="hidden" name="_csrf_token" value="{}">').format(
            token if isinstance(token, str) else ""
        )


class Page(Template):
    """A template with what every page needs: the reader, their language, zone and the time."""

    unread: int = 0

    def to_asgi_response(
        self, app: Litestar | None, request: Request[Any, Any, Any], **given: Any
    ) -> ASGIResponse:
        self.template_name = f"{language_of(request)}/{self.template_name}"
        return super().to_asgi_response(app, request, **given)

    def create_template_context(self, request: Request[Any, Any, Any]) -> dict[str, Any]:
        viewer = request.scope.get("user")
        language = language_of(request)
        return {
            "t": TRANSLATORS[language],
            "lang": language,
            "me": viewer,
            "zone": zone_of(request),
            "now": current_time(request.app.state),
            "path": request.url.path,
            "query": request.url.query,
            "unread": self.unread,
            "debug": request.app.debug,
            "departures": dates.weekly(request.app.state.settings.publish),
            "csrf_input": _FormToken(request.scope),
            **self.context,
        }


def fragment(
    request: Request[Any, Any, Any], template: str, *, language: Language, **context: object
) -> str:
    """A piece of HTML for somewhere else than a page of ours, the same for whoever reads it."""
    engine = request.app.template_engine
    assert isinstance(engine, JinjaTemplateEngine)
    return engine.get_template(f"{language}/{template}").render(
        t=TRANSLATORS[language],
        lang=language,
        zone=request.app.state.settings.timezone,
        now=current_time(request.app.state),
        **context,
    )


async def page(
    request: Request[Any, Any, Any],
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: object,
) -> Page:
    """A page for this reader. Costs one query, for the unread notices, where one is signed in.

    `problems` and `values` of a form may leave out fields.
    """
    for name in ("problems", "values"):
        if isinstance(given := context.get(name), Mapping):
            context[name] = Blank(given)
    answer = Page(
        template,
        context=context,
        status_code=status,
        headers=dict(headers or {}),
        media_type="text/html",
    )
    viewer = request.scope.get("user")
    if viewer is not None:
        answer.unread = await request.app.state.count_unread(viewer.id)
    return answer


__all__ = ["Page", "escape", "page", "static", "template_config", "templates_folder"]
