"""python -m tests.likeness FILE: file a post, publish it, and show ours and where it differs.

It is done on a database of its own, which is thrown away. Exit code 1 where they differ.
"""

from __future__ import annotations

import asyncio
import contextlib
import difflib
import io
import sys
import tempfile
from pathlib import Path

import httpx

from tests import cast
from tests.databases import UNSAFE
from tests.likeness.filing import file_post, possible
from tests.likeness.reading import markdown, original
from tracker import database as door
from tracker.app import create_app
from tracker.settings import Settings


async def post_of(text: str, data: Path) -> str:
    settings = Settings(data=data, secret_key="of no worth to anybody, and long enough for a key")
    clock = cast.Clock()
    await door.start(settings, server_options=UNSAFE)
    try:
        await door.migrate()
        await door.execute(cast._INSERT_CAST)
        app = create_app(settings, clock=clock, schedule=False)

        def browser_of(handle: str | None, *, address: str = "203.0.113.7") -> cast.Browser:
            browser = cast.Browser(
                transport=cast.reaching(app, address), base_url=settings.base_url
            )
            if handle is not None:
                secret = cast.session_secret(handle)
                browser.cookies.set("session", secret, domain="127.0.0.1")
            return browser

        def api_of(handle: str | None) -> httpx.AsyncClient:
            return httpx.AsyncClient(
                transport=cast.reaching(app),
                base_url=f"{settings.base_url}/api/v1/",
                headers={"Authorization": f"Bearer {cast.bearer_token(handle or '')}"},
            )

        return await file_post(possible(original(text)), api_of, browser_of, clock, settings)
    finally:
        await door.stop()


def main(file: Path) -> int:
    text = file.read_text()
    with tempfile.TemporaryDirectory(prefix="orange-friday-") as name:
        Path(name).chmod(0o711)
        with contextlib.redirect_stdout(io.StringIO()):
            post = asyncio.run(post_of(text, Path(name)))
    whole, wanted = original(text), possible(original(text))
    found = markdown(post).told()
    difference = [*difflib.unified_diff(wanted.told(), found, str(file), "ours", lineterm="", n=0)]
    told = "\n".join(difference) or "They read the same."
    sys.stdout.write(f"{post}\n{told}\n")
    if wanted.late != whole.late:
        sys.stdout.write("Late models that a line names were filed as on time.\n")
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
