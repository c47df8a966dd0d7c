"""A captain registers a repository on a phone, and sees what its commits did."""

from __future__ import annotations

import hashlib
import hmac
import json

import httpx
import pytest

from tests.browser.phones import Phone, PhoneOf
from tests.browser.test_layout import AXE, LOOK, WCAG
from tests.repositories.hosts import pushed

pytestmark = pytest.mark.browser


async def look(phone: Phone) -> None:
    """At what no other test finds: pages as they are once something is there, or wrong."""
    await phone.signals(AXE.read_text("utf-8"))
    assert await phone.signals(LOOK, ["zh", WCAG]) == []


async def test_a_repository_from_beginning_to_end(phone_of: PhoneOf) -> None:
    cai = await phone_of("cai")
    assert await cai.open("/settings") == 200
    assert await cai.touch("代码仓库") == 200
    assert await cai.touch("添加仓库") == 200
    await cai.page.get_by_label("名字").fill("orange/" + "camera" * 15)
    await cai.page.get_by_label("机型").fill("cupid, 没有的机型")
    assert await cai.send("添加") == 422
    await look(cai)
    await cai.page.get_by_label("机型").fill("")
    assert await cai.send("添加") == 201
    await look(cai)
    address, secret = await cai.page.locator(".token code").all_inner_texts()
    body = pushed(
        "camera: start the service before its sensors" * 4 + "\n\nProposal: P-1, P-99999, soon",
        "camera: a very plain change of something\n\nProposal: P-1\n\nthe end",
    )
    raw = json.dumps(body).encode()
    headers = {
        "X-GitHub-Event": "push",
        "X-GitHub-Delivery": "1",
        "X-Hub-Signature-256": "sha256="
        + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest(),
    }
    path = address[address.index("/api/hooks/") :]
    here = cai.page.url.partition("/repositories")[0]
    async with httpx.AsyncClient(base_url=here) as github:
        for name in ("1", "2"):
            headers["X-GitHub-Delivery"] = name
            assert (await github.post(path, content=raw, headers=headers)).status_code == 200
    number = path.rpartition("/")[2]
    assert await cai.open(f"/repositories/{number}") == 200
    assert "没有这个提案" in await cai.text()
    assert secret not in await cai.page.content()
    await look(cai)
    await cai.page.get_by_text("换密钥或移除").click()
    await look(cai)
    assert await cai.send("移除") == 200
    assert "已移除" in await cai.text()
    await look(cai)
    assert cai.troubles == []


async def test_without_scripts(phone_of: PhoneOf) -> None:
    ada = await phone_of("ada", language="en", javascript=False)
    assert await ada.open("/repositories/new") == 200
    await ada.page.get_by_label("Gerrit").check()
    await ada.page.get_by_label("Name").fill("platform")
    assert await ada.send("Add") == 201
    assert "sslVerify = true" in await ada.text()
    assert len(await ada.page.locator(".token code").all_inner_texts()) == 1
    await ada.page.get_by_text("New secret, or removal").click()
    assert await ada.send("New secret") == 201
    await ada.page.get_by_text("New secret, or removal").click()
    assert await ada.send("Remove") == 200
    assert "Removed" in await ada.text()
