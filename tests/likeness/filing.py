"""Filing a Friday post that people know, as engineers and captains do: through API and page."""

from __future__ import annotations

from dataclasses import replace

import httpx

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import BUILD, FRIDAY, fix, ok, propose
from tests.likeness.reading import TAGS, Late, Reading
from tests.releases.program import leave
from tracker import database as door
from tracker.settings import Settings

IN_TIME = ("小米 13", "小米 13 Pro")
"""Models that a post does not mention: they are on time, and get what is for all."""


def possible(reading: Reading) -> Reading:
    """Without the late models that some line is for: here a line is for who has it. The original
    named models whose build was still to come."""
    named = {model for lines in reading.modules.values() for line in lines for model in line.models}
    late = [Late(one.models - named, one.reason) for one in reading.late if one.models - named]
    return replace(reading, late=late)


async def file_post(
    reading: Reading, api_of: ApiOf, browser_of: BrowserOf, clock: Clock, settings: Settings
) -> str:
    """Models, modules, proposals, fixes, builds and notes; then the train leaves. Returns the
    Chinese Markdown. Needs the cast, and no models or modules yet."""
    erin, cai, visitor = api_of("erin"), browser_of("cai"), browser_of(None)
    names = reading.names | {name.replace(" ", ""): name for name in IN_TIME}
    codenames = {bare: f"model{n}" for n, bare in enumerate(names)}
    for bare, codename in codenames.items():
        await door.execute(
            "INSERT INTO device_models (codename, name_zh, name_en, aliases, source)"
            " VALUES ($1, $2, $2, '{}', '')",
            codename,
            names[bare],
        )
    for position, (module, lines) in enumerate(reading.modules.items(), 1):
        slug = f"module{position}"
        await door.execute(
            "INSERT INTO modules (slug, name_zh, name_en, position) VALUES ($1, $2, $1, $3)",
            slug,
            module,
            position,
        )
        for line in lines:
            changelog = {"zh": line.text, "en": f"{slug}: {line.text}"}
            proposal = await propose(
                erin, module=slug, kind=TAGS[line.tag], title=line.text, changelog=changelog
            )
            await fix(erin, proposal, *sorted(codenames[model] for model in line.models))
    reasons = {model: late.reason for late in reading.late for model in late.models}
    for bare, codename in codenames.items():
        await put_build(erin, codename, reasons.get(bare))
    notes = "\n".join(f"{n}. {note}" for n, note in enumerate(reading.notes, 1))
    await cai.submit(f"/releases/{FRIDAY}/notes", {"notes_zh": notes, "notes_en": notes})
    await leave(clock, settings)
    answer = await visitor.get(f"/releases/{FRIDAY}.md?lang=zh")
    assert answer.status_code == 200, answer.text
    return answer.text


async def put_build(erin: httpx.AsyncClient, codename: str, reason: str | None) -> None:
    body: dict[str, object] = {"ring": "closed", "release": FRIDAY}
    if reason is not None:
        body["delayed"] = {"zh": reason, "en": "late"}
    await ok(await erin.put(f"builds/{codename}/{BUILD}", json=body))
