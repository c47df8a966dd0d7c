"""Every notice as it would be mailed; only where TRACKER_DEBUG is on.

Nothing is sent, and nobody need have an address. The links in it are real, whoever looks.
"""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.params import FromPath, FromQuery

from tracker.channels.letters import letter
from tracker.deliveries.composing import compose
from tracker.deliveries.queries import as_if_mailed
from tracker.errors import NotFound
from tracker.language import Language
from tracker.settings import Settings
from tracker.web.guards import PUBLIC
from tracker.web.templating import Page, page

ON_A_PAGE = 20
_LANGUAGES: dict[str, Language] = {"zh": "zh", "en": "en"}

# A mail has its styles in it, and is shown in a frame of the page that lists them.
_FRAMED = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox allow-popups"
)


class Mails(Controller):
    path = "/dev/mail"
    opt = PUBLIC

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Page:
        """Newest first; `person` narrows, `language` is another than their own."""
        asked = request.query_params
        language = asked.get("language", "")
        after = asked.get("after", "")
        found = await _mails(
            request.app.state.settings,
            language=language,
            handle=asked.get("person", ""),
            before=int(after) if after.isdecimal() and len(after) < 18 else None,
            limit=ON_A_PAGE + 1,
        )
        return await page(
            request,
            "dev/mail.html",
            mails=found[:ON_A_PAGE],
            more=len(found) > ON_A_PAGE,
            language=language,
            person=asked.get("person", ""),
        )

    @get("/{number:int}")
    async def html(
        self, request: Request[Any, Any, Any], number: FromPath[int], language: FromQuery[str] = ""
    ) -> Response[str]:
        found = await _mails(
            request.app.state.settings, language=language, before=number + 1, limit=1
        )
        if not found or found[0]["number"] != number:
            raise NotFound
        return Response(
            found[0]["letter"].html,
            media_type="text/html",
            headers={"Content-Security-Policy": _FRAMED},
        )


async def _mails(
    settings: Settings, *, language: str, limit: int, before: int | None, handle: str = ""
) -> list[dict[str, Any]]:
    rows = await as_if_mailed(
        language=_LANGUAGES.get(language),
        handle=handle,
        before=before,
        limit=limit,
    )
    composed = await compose(rows, settings)
    return [
        {
            "number": row["notice"],
            "to": row["handle"],
            "at": row["at"],
            "outgoing": one.outgoing,
            "letter": letter(one.outgoing, base_url=settings.base_url),
        }
        for row, one in zip(rows, composed, strict=True)
    ]
