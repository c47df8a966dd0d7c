"""The page that shows every building block of the others, for whoever works on them."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from tests.cast import Clock, reaching
from tracker.app import create_app
from tracker.settings import Settings


@pytest.mark.parametrize(("language", "words"), [("zh", "你的反馈"), ("en", "Before you update")])
async def test_it_shows_them_all(
    database: None, settings: Settings, clock: Clock, language: str, words: str
) -> None:
    app = create_app(replace(settings, debug=True), clock=clock, schedule=False)
    async with httpx.AsyncClient(transport=reaching(app), base_url=settings.base_url) as client:
        page = await client.get("/dev/patterns", headers={"Accept-Language": language})
    assert page.status_code == 200
    assert words in page.text
