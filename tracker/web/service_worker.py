"""The script that runs in browsers without a page, to show what is pushed."""

from __future__ import annotations

from litestar import Response, get

from tracker.web.guards import ANONYMOUS
from tracker.web.templating import STATIC


@get("/sw.js", opt=ANONYMOUS, sync_to_thread=False)
def service_worker() -> Response[bytes]:
    """At the root, since it may look after what is below its own address and no more; and asked
    for anew each time: an old one would go on for ever."""
    return Response(
        (STATIC / "sw.js").read_bytes(),
        media_type="text/javascript",
        headers={"Cache-Control": "public, no-cache"},
    )
