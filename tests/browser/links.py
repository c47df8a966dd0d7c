"""The links that people get in their notices."""

from __future__ import annotations

import httpx

from tests.browser.phones import Phone


async def verification_links(phone: Phone) -> dict[str, str]:
    """Report to link, of whoever is signed in on this phone: the latest first, as a program gets
    them."""
    assert await phone.open("/settings/tokens") == 200
    await phone.page.get_by_role("main").locator("input[name=name]").fill("links")
    async with phone.page.expect_navigation():
        await phone.page.locator("form:has(input[name=name]) button").click()
    token = (await phone.page.locator("main code").first.inner_text()).strip()
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as client:
        answer = await client.get(f"{phone.address}/api/v1/notices")
    answer.raise_for_status()
    told = answer.json()["items"]
    return {one["report"]: one["url"] for notice in told for one in notice["verify"]}
