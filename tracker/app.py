"""The web application: everything that answers, and what surrounds it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from litestar import Litestar, Router
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import CacheControlHeader, State
from litestar.di import Provide
from litestar.static_files import create_static_files_router
from litestar.types import ControllerRouterHandler

from tracker import database
from tracker.advice.pages import Builds
from tracker.comments.api import CommentApi
from tracker.comments.pages import Discussions
from tracker.deliveries.api import DeliveryApi
from tracker.deliveries.mail_pages import Mails
from tracker.deliveries.metrics import metrics
from tracker.deliveries.pages import Ledgers
from tracker.desk.api import ReportReplyApi, SavedReplyApi
from tracker.desk.pages import SavedReplies
from tracker.desk.rule_api import RoutingCheckApi, RoutingRuleApi
from tracker.desk.rule_pages import RoutingRules
from tracker.desk.times_api import DeskApi
from tracker.desk.times_pages import DeskPage
from tracker.devices.api import DeviceApi
from tracker.devices.pages import Boards, Phones
from tracker.history.actions import CHANGES
from tracker.history.terms import OnTerms
from tracker.home.pages import home
from tracker.invitations.pages import Invitations, Joining
from tracker.listening import listening
from tracker.notices.api import NoticeApi
from tracker.notices.pages import Inbox
from tracker.notices.queries import UNREAD_OF_P
from tracker.people.api import Me
from tracker.people.authentication import Authentication, identify
from tracker.people.cookies import cookie_name
from tracker.people.pages import Languages, SigningIn
from tracker.people.settings_pages import OwnSettings, Tokens
from tracker.plans.api import PlanApi
from tracker.posts.pages import Posts
from tracker.proposals.api import ProposalApi, ReportProposalApi
from tracker.proposals.pages import Proposals
from tracker.proposals.similar_api import SimilarApi
from tracker.proposals.verifying_pages import Answering
from tracker.releases.api import BuildApi, ReleaseApi
from tracker.releases.pages import Rehearsals
from tracker.reports.api import ReportApi
from tracker.reports.pages import Reports
from tracker.reports.report_page import OneReport
from tracker.reports.team_page import TeamReport
from tracker.repositories.api import Hooks
from tracker.repositories.pages import Repositories
from tracker.settings import Settings
from tracker.subscriptions.api import PreferenceApi
from tracker.subscriptions.link_pages import Confirming, Unsubscribing
from tracker.subscriptions.pages import NoticeSettings
from tracker.subscriptions.place_api import PlaceApi
from tracker.subscriptions.robot_pages import Robots
from tracker.undoing.api import ActApi
from tracker.web.development import patterns
from tracker.web.errors import EXCEPTION_HANDLERS
from tracker.web.guards import ANONYMOUS, signed_in
from tracker.web.health import alive, ready
from tracker.web.keeping import keep
from tracker.web.openapi import SECURITY, openapi_config
from tracker.web.requests import current_time
from tracker.web.service_worker import service_worker
from tracker.web.shelf import Shelf
from tracker.web.templating import STATIC, template_config
from tracker.web.traffic import surround, without_idle_cookie

PAGES: list[ControllerRouterHandler] = [
    home,
    SigningIn,
    Languages,
    OwnSettings,
    Tokens,
    NoticeSettings,
    Robots,
    Repositories,
    DeskPage,
    SavedReplies,
    RoutingRules,
    Joining,
    Invitations,
    Boards,
    Builds,
    Phones,
    Reports,
    OneReport,
    TeamReport,
    Proposals,
    Answering,
    Posts,
    Rehearsals,
    Discussions,
    Inbox,
    Ledgers,
    Unsubscribing,
    Confirming,
]
API: list[ControllerRouterHandler] = [
    Me,
    PreferenceApi,
    DeviceApi,
    ReportApi,
    ReportProposalApi,
    SimilarApi,
    DeskApi,
    SavedReplyApi,
    ReportReplyApi,
    RoutingRuleApi,
    RoutingCheckApi,
    ProposalApi,
    BuildApi,
    ReleaseApi,
    ActApi,
    PlanApi,
    CommentApi,
    NoticeApi,
    PlaceApi,
    DeliveryApi,
]
DEVELOPMENT: list[ControllerRouterHandler] = [patterns, Mails]

LARGEST_BODY = 256 * 1024
"""Bytes of a request. A route that takes files says its own `request_max_body_size`."""


def provide_now(state: State) -> datetime:
    return current_time(state)


@asynccontextmanager
async def connected(app: Litestar) -> AsyncIterator[None]:
    """The database is there while the application answers; queries are finished at the end."""
    await database.start(app.state.settings)
    try:
        yield
    finally:
        await database.stop()


@asynccontextmanager
async def hearing_of_changes(app: Litestar) -> AsyncIterator[None]:
    """What is kept of public pages is thrown away when they change, by whichever process."""
    async with listening(CHANGES, app.state.shelf):
        yield


@asynccontextmanager
async def on_schedule(app: Litestar) -> AsyncIterator[None]:
    """The clock's own work: freezing, publishing, telling people."""
    from tracker import schedule

    async with schedule.running(app):
        yield


def create_app(
    settings: Settings,
    *,
    clock: Callable[[], datetime] | None = None,
    schedule: bool = True,
) -> Litestar:
    """`clock` gives another time than the present one; `schedule` does the clock's work too.

    The database is started with the application and stopped with it, but not migrated.
    """
    https = settings.base_url.startswith("https://")
    form_cookie = "__Host-csrf" if https else "csrf"
    app = Litestar(
        route_handlers=[
            alive,
            ready,
            service_worker,
            metrics,
            *(DEVELOPMENT if settings.debug else []),
            *PAGES,
            Hooks,
            Router("/api/v1", route_handlers=API, include_in_schema=True, security=SECURITY),
            create_static_files_router(
                "/static",
                directories=[STATIC],
                # Their addresses carry a hash of what is in them.
                cache_control=CacheControlHeader(public=True, max_age=31536000, immutable=True),
                opt=ANONYMOUS,
            ),
        ],
        lifespan=[
            connected,
            # Whoever works on the pages sees them as they are now.
            *([] if settings.debug else [hearing_of_changes]),
            *([on_schedule] if schedule else []),
        ],
        middleware=[Authentication(), OnTerms()],
        guards=[signed_in],
        csrf_config=CSRFConfig(
            secret=settings.signing_key(),
            cookie_name=form_cookie,
            cookie_secure=https,
            cookie_httponly=True,
            exclude=["^/api/"],
            exclude_from_csrf_key="csrf_exempt",
        ),
        dependencies={"now": Provide(provide_now, sync_to_thread=False)},
        exception_handlers=EXCEPTION_HANDLERS,
        template_config=template_config(debug=settings.debug),
        openapi_config=openapi_config(),
        include_in_schema=False,
        request_max_body_size=LARGEST_BODY,
        logging_config=None,
        debug=settings.debug,
        state=State(
            {
                "settings": settings,
                "clock": clock,
                "unread": UNREAD_OF_P,
                "identify": identify,
                "shelf": Shelf(),
            }
        ),
    )
    answering = without_idle_cookie(app.asgi_handler, form_cookie=form_cookie)
    answering = keep(
        answering,
        routes=app.routes,
        shelf=app.state.shelf,
        session_cookie=cookie_name(settings),
        clock=lambda: current_time(app.state),
    )
    app.asgi_handler = surround(answering, https=https)
    return app
