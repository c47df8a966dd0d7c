"""One of everything that an address can name, made the way people make it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest_asyncio

from tests.cast import ApiOf, Clock
from tracker import database as door
from tracker import schedule
from tracker.settings import Settings
from tracker.subscriptions.links import confirm_url, unsubscribe_url

OUT, COMING = "2026-11-20", "2026-11-27"
TEAM_ONLY = "只有团队能看的话"
"""In the title of the private report, and in a note of the team's on the open one."""
REPORT = {"device": "fuxi", "build": "26.11.13", "module": "camera", "title": "打开相机后闪退"}

Names = dict[str, str]


async def done(response: httpx.Response) -> Any:
    assert response.is_success, f"{response.request.url}: {response.text}"
    return response.json()


@pytest_asyncio.fixture
async def names(api_of: ApiOf, world: None, clock: Clock, settings: Settings) -> Names:
    """What the words in braces stand for. All reports and comments are alice's."""
    alice, erin, cai = api_of("alice"), api_of("erin"), api_of("cai")

    async def file(**more: Any) -> str:
        number: str = (await done(await alice.post("reports", json=REPORT | more)))["id"]
        return number

    async def propose(title: str, *reports: str) -> str:
        wording = {"zh": title, "en": title}
        body = {"title": title, "module": "camera", "reports": reports, "changelog": wording}
        number: str = (await done(await erin.post("proposals", json=body)))["id"]
        return number

    made = {"open": await file(), "asked": await file()}
    made["private"] = await file(private=True, title=TEAM_ONLY)
    made["withdrawn"], made["closed"], solved = await file(), await file(), await file()
    # What happens to them is for the proposal's page as well.
    made["proposal"] = await propose("闹钟不响", await file(private=True))
    made["shipped"] = await propose("相机打开后闪退", solved)
    [*_, opened] = (await done(await erin.get("acts")))["items"]
    made["act"] = opened["id"]
    made["solved"] = solved
    note = {"text": TEAM_ONLY, "internal": True}
    await done(await erin.post(f"reports/{made['open']}/messages", json=note))
    await done(await erin.put(f"reports/{made['asked']}/question", json={"text": "哪个版本？"}))
    await done(
        await erin.put(
            f"reports/{made['closed']}/closure", json={"reason": "as_intended", "text": "有意如此"}
        )
    )
    await done(
        await alice.put(f"reports/{made['withdrawn']}/closure", json={"reason": "withdrawn"})
    )
    await done(await erin.put(f"proposals/{made['shipped']}/fix", json={}))
    await done(await erin.put("builds/fuxi/26.11.20.1", json={"ring": "closed", "release": OUT}))
    await done(await cai.put(f"releases/{OUT}/publication"))
    for name in ("comment", "hidden"):
        said = await done(await alice.post(f"releases/{OUT}/comments", json={"text": "谢谢"}))
        made[name] = str(said["id"])
    await done(await erin.put(f"comments/{made['hidden']}/hidden"))
    waiting = await propose("闹钟不响的另一半")
    await done(await erin.put(f"proposals/{waiting}/fix", json={}))
    await done(await erin.put("builds/fuxi/26.11.27", json={"ring": "closed", "release": COMING}))
    await schedule.tick(settings, clock.now)
    [told] = (await done(await alice.get("notices")))["items"][0]["verify"]
    row = await door.fetch_row(
        "SELECT (SELECT min(id) FROM notices WHERE person = p.id) AS notice,"
        " (SELECT min(id) FROM entries) AS entry,"
        " (SELECT id FROM tokens WHERE person = p.id) AS token,"
        " (SELECT id FROM person_devices WHERE person = p.id) AS phone"
        " FROM people p WHERE handle = 'alice'"
    )
    assert row is not None
    # Where she hears beside the inbox: it could not be reached.
    sent = await door.fetch_row(
        "WITH place AS (INSERT INTO subscriptions (person, channel, key, host, address, name,"
        " created_at, confirmed_at, gone_because, language, hears) SELECT id, 'webhook', 'a', 'b',"
        ' \'{"url": "http://127.0.0.1:9/", "secret": "whsec_AAAA"}\','
        " '', $1, $1, '', '', '[]' FROM people WHERE handle = 'alice' RETURNING id)"
        " INSERT INTO deliveries (notice, subscription, channel, host, due_at, at, state, attempts,"
        " detail) SELECT $2, id, 'webhook', 'b', NULL, $1, 'dead', 1, '400' FROM place"
        " RETURNING id, subscription",
        clock.now,
        row["notice"],
    )
    assert sent is not None
    # It could not be reached either.
    robot = await door.fetch_row(
        "INSERT INTO subscriptions (channel, key, host, address, name, created_at, confirmed_at,"
        " gone_because, language, hears) VALUES ('feishu', 'c', 'd',"
        " '{\"url\": \"http://127.0.0.1:9/\"}', '', $1, $1, '', 'zh', '[]') RETURNING id",
        clock.now,
    )
    assert robot is not None
    repository = await door.fetch_row(
        "INSERT INTO repositories (host, name, branch, secret, added_at) VALUES ('github',"
        " 'orange/camera', 'main', 'a secret of nobody here', $1) RETURNING id",
        clock.now,
    )
    assert repository is not None
    words = {"kind": "reply", "zh": "{reporter}，收到", "en": "{reporter}, we have it"}
    await done(await cai.put("saved-replies/seen", json=words))
    await done(await cai.put("routing-rules/crash", json={"words": ["闪退"], "labels": ["crash"]}))
    given = await door.fetch_row(
        "INSERT INTO invitations (code, role, uses, used, note, created_at, expires_at, given_by)"
        " SELECT 'ABCDEFGHJKMN', 'tester', 5, 0, '', $1, $2, id FROM people WHERE handle = 'cai'"
        " RETURNING id, code",
        clock.now,
        clock.now + timedelta(days=7),
    )
    assert given is not None
    place = await door.fetch_row(
        "INSERT INTO subscriptions (person, channel, key, host, address, name, created_at,"
        " gone_because, language, hears) SELECT id, 'email', id || ' alice@example.com', 'smtp',"
        " '{\"to\": \"alice@example.com\"}', 'alice@example.com', $1, '', '', '[]'"
        " FROM people WHERE handle = 'alice' RETURNING id",
        clock.now,
    )
    assert place is not None
    key = settings.signing_key()
    ending = unsubscribe_url(key, settings.base_url, place["id"])
    confirming = confirm_url(key, settings.base_url, place["id"], now=clock.now)
    return {
        **made,
        "ending": ending.rpartition("/")[2],
        "confirming": confirming.rpartition("/")[2],
        "waiting": waiting,
        "link": told["url"].rpartition("/")[2],
        **{name: str(value) for name, value in row.items()},
        "out": OUT,
        "coming": COMING,
        "delivery": str(sent["id"]),
        "hook": str(sent["subscription"]),
        "robot": str(robot["id"]),
        "repository": str(repository["id"]),
        "saved": "seen",
        "rule": "crash",
        "invitation": str(given["id"]),
        "code": given["code"],
    }
