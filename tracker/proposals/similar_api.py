"""What is like a report or a text, for programs."""

from __future__ import annotations

from litestar import Controller, get
from litestar.params import FromPath, FromQuery

from tracker.errors import Invalid
from tracker.language import Text
from tracker.numbers import report_number
from tracker.people.authentication import SignedIn, testers_only
from tracker.proposals import similar
from tracker.proposals.similar import SimilarOut
from tracker.web.pagination import Listing

LONGEST = 20_000


class SimilarApi(Controller):
    tags = ("Reports",)
    guards = (testers_only,)

    @get("/similar", summary="Reports and proposals like a text, the likest first")
    async def like_text(
        self,
        request: SignedIn,
        text: FromQuery[str] = "",
        device: FromQuery[str] = "",
        build: FromQuery[str] = "",
        module: FromQuery[str] = "",
        limit: FromQuery[int] = similar.DEFAULT,
    ) -> Listing[SimilarOut]:
        """The first line of `text` counts as its title. With `device`, `fixed_in` is the build that
        solved it on that model; `module`, `device` and `build` also lift those that share them.
        It is advice: nothing is linked by it."""
        if not text.replace("\0", "").strip():
            raise Invalid({"text": Text("写下要比较的文字", "Give a text to compare with")})
        if len(text) > LONGEST:
            raise Invalid({"text": Text("太长了", f"At most {LONGEST} characters")})
        found = await similar.like_text(
            request.user,
            text.replace("\0", " "),
            device=device,
            build=build,
            module=module,
            limit=_checked(limit),
        )
        return Listing(found, None)

    @get("/reports/{number:str}/similar", summary="Reports and proposals like a report")
    async def like_report(
        self, request: SignedIn, number: FromPath[str], limit: FromQuery[int] = similar.DEFAULT
    ) -> Listing[SimilarOut]:
        """The likest first, itself left out. `fixed_in` is for the report's own model."""
        wanted = report_number(number)
        return Listing(await similar.like_report(request.user, wanted, limit=_checked(limit)), None)


def _checked(limit: int) -> int:
    if not 1 <= limit <= similar.MOST:
        most = similar.MOST
        raise Invalid({"limit": Text(f"1 到 {most}", f"From 1 to {most}")})
    return limit
