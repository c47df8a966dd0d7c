"""An engineer goes through the queue on a full screen, with single keys, in a real terminal."""

from __future__ import annotations

import asyncio

from tests.cast import ApiOf
from tests.doing import ok, propose, stored
from tests.live import Filed, TriageOf
from tests.terminal import Terminal, TerminalOf

KEYS = "l link  p propose"
"""The foot of the screen while it waits for a key."""


async def test_a_report_is_read_beside_what_is_like_it(
    terminal_of: TerminalOf, filed: Filed, api_of: ApiOf
) -> None:
    old = await filed("相机打开后闪退，夜景模式下每次都会", body="打开相机，切到夜景")
    erin = api_of("erin")
    proposal = await propose(erin, old)
    new = await filed("夜景模式下相机闪退", body="切到夜景就闪退，已经重启过", by="bob")
    async with terminal_of("erin", "next", "--oldest") as terminal:
        text = await terminal.sees(new, "切到夜景就闪退", "Alike", KEYS)
        assert "1 of 1 · 1 left" in terminal.lines[0]
        text = await terminal.sees(f"1 {proposal}")
        assert "相机打开后闪退" in text
        # Every line fits, though a Chinese character takes two cells.
        assert "│Alike" in text

        # A digit shows one of them in full, and l there links to it.
        await terminal.press("1", until=f"q goes back · l links {new} to {proposal}")
        await terminal.press("l", until=f"{new} linked to {proposal} · u takes it back")
        await terminal.sees("The end of the queue", "1  linked")
        await terminal.press("q")
    assert terminal.code == 0
    assert (await stored(erin, new))["proposal"] == proposal


async def test_keys_typed_ahead_wait_for_the_server(
    terminal_of: TerminalOf, filed: Filed, api_of: ApiOf
) -> None:
    """Over a slow link people type faster than answers come."""
    first, second, third = [await filed(f"问题 {n}", body=f"第 {n} 个") for n in range(3)]
    async with terminal_of("erin", "next", "--oldest") as terminal:
        await terminal.sees(first, KEYS)
        # Propose the first, put the second aside, close the third, and leave: in one go.
        await terminal.press("p", "Enter", "z", "w", "c", "d", "不做", "Ctrl-S", "q")
    erin = api_of("erin")
    assert (await stored(erin, first))["proposal"] == "P-1"
    assert (await stored(erin, second))["snoozed_until"] is not None
    closed = (await stored(erin, third))["closure"]
    assert (closed["reason"], closed["text"]) == ("declined", "不做")


async def test_what_somebody_else_did_meanwhile_is_shown_and_not_written_over(
    terminal_of: TerminalOf, triage_of: TriageOf, filed: Filed, api_of: ApiOf
) -> None:
    report = await filed()
    cai = triage_of("cai")
    async with terminal_of("erin", "next", "--oldest") as terminal:
        await terminal.sees(report, KEYS)
        await terminal.press("c", until="Close R-1 as")
        await terminal.press("a", until="Why it is closed as as intended")
        assert (await cai("propose", report, "--title", "相机")).code == 0
        await terminal.press("本来就是这样", "Ctrl-S", until="Nothing was done.")
        # Who, and what: and the report as it is now.
        text = await terminal.sees("P-1", "owner cai", KEYS)
        assert "Nothing was done. R-1: 小蔡 recorded in P-1" in text
        erin = api_of("erin")
        assert (await stored(erin, report))["closure"] is None

        # What was typed is still there, and now it is decided on what is seen.
        await terminal.press("c", until="Close R-1 as")
        await terminal.press("a", until="本来就是这样")
        await terminal.press("Ctrl-S", until="R-1 closed as as intended")
        await terminal.press("q")
    assert (await stored(erin, report))["closure"]["text"] == "本来就是这样"


async def test_several_are_marked_and_done_as_one(
    terminal_of: TerminalOf, filed: Filed, api_of: ApiOf
) -> None:
    reports = [await filed(f"闪退 {n}") for n in range(4)]
    erin = api_of("erin")
    async with terminal_of("erin", "next", "--oldest") as terminal:
        await terminal.sees(reports[0], KEYS)
        await terminal.press("x", until="2 of 4 · 4 left · 1 marked")
        # In the list, too.
        await terminal.press("g", until="x marks · X unmarks all")
        await terminal.press("x", "x", until=f"✓ {reports[2]}")
        await terminal.press("q", until="3 marked")
        await terminal.press("p", until=f"A proposal of {' '.join(reports[:3])}:")
        await terminal.sees("› 闪退 0")
        await terminal.press("Enter", until=f"{' '.join(reports[:3])} linked to P-1")
        await terminal.sees(reports[3], "4 of 4 · 1 left")
        assert [(await stored(erin, one))["proposal"] for one in reports] == ["P-1"] * 3 + [None]

        # One act: taken back as one, after a look at it.
        await terminal.press("u", until="y take it back")
        assert "Nobody was told of it." in terminal.text
        assert "the proposal is gone" in terminal.text
        await terminal.press("y", until="taken back")
        await terminal.sees("4 left")
        await terminal.press("q")
    assert [(await stored(erin, one))["proposal"] for one in reports] == [None] * 4


async def test_all_of_a_bulk_deed_or_nothing(
    terminal_of: TerminalOf, triage_of: TriageOf, filed: Filed, api_of: ApiOf
) -> None:
    first, second = await filed("闪退 1"), await filed("闪退 2")
    async with terminal_of("erin", "next", "--oldest") as terminal:
        await terminal.sees(first, KEYS)
        await terminal.press("x", "x", until="2 marked")
        await terminal.press("z", until=f"Snooze {first} {second}")
        assert (await triage_of("cai")("reply", second, "我来看")).code == 0
        await terminal.press("f", until="Nothing was done. R-2: 小蔡 wrote: 我来看")
        await terminal.press("q")
    snoozed = [(await stored(api_of("erin"), one))["snoozed_until"] for one in (first, second)]
    assert snoozed == [None, None]


async def test_a_saved_reply_is_said_in_each_testers_own_words(
    terminal_of: TerminalOf, filed: Filed, api_of: ApiOf
) -> None:
    saved = {"kind": "question", "zh": "{reporter}，请发 {report} 的日志", "en": "{report}: a log?"}
    await ok(await api_of("cai").put("saved-replies/need-log", json=saved))
    zh, en = await filed("闪退"), await filed("Closes", by="bob")
    async with terminal_of("erin", "next", "--oldest") as terminal:
        await terminal.sees(zh, KEYS)
        await terminal.press("x", "x", until="2 marked")
        await terminal.press("a", until="1 need-log:")
        await terminal.press("1", until="Ctrl-S sends")
        await terminal.press("Ctrl-S", until=f"{zh} {en} asked")
        await terminal.press("q")
    asked = [(await stored(api_of("erin"), one))["question"]["text"] for one in (zh, en)]
    assert asked == [f"爱丽丝，请发 {zh} 的日志", f"{en}: a log?"]


async def test_notes_owners_and_what_is_wrong(
    terminal_of: TerminalOf, filed: Filed, api_of: ApiOf
) -> None:
    report = await filed()
    erin = api_of("erin")
    async with terminal_of("erin", "next", "--oldest") as terminal:
        await terminal.sees(report, KEYS)
        await terminal.press("i", until="A note, for the team alone, on R-1")
        await terminal.press("看起来像 P-9", "Ctrl-S", until="R-1 noted")
        await terminal.sees("看起来像 P-9", "internal note")
        await terminal.press("t", until="Label R-1 (-word takes it off)")
        await terminal.press("overheating", "Enter", until="R-1 labelled overheating")
        await terminal.press("t", until="it has overheating")
        await terminal.press("-overheating", "Enter", until="R-1 no longer overheating")
        await terminal.press("o", until="Give R-1 to (Enter: erin)")
        await terminal.press("nobody-here", "Enter", until="Nothing was done.")
        await terminal.press("o", until="Give R-1 to")
        await terminal.press("Enter", until="R-1 given to erin")
        await terminal.press("l", until="Link R-1 to")
        await terminal.press("P-99", "Enter", until="Nothing was done.")
        await terminal.press("l", until="Link R-1 to")
        await terminal.press("99", "Enter", until="not the number of a proposal")
        await terminal.press("r", until="Reply to R-1")
        await terminal.press("Ctrl-S", until="There is nothing written")
        await terminal.press("?", until="take back the last act")
        await terminal.press("q", until=KEYS)
        await terminal.press("w", until="Number 1 of the queue")
        await terminal.press("q", until=KEYS)
        await terminal.press("Ctrl-C")
    found = await stored(erin, report)
    assert found["owner"] == "erin"
    assert found["proposal"] is None
    assert [(one["text"], one["internal"]) for one in found["messages"]] == [("看起来像 P-9", True)]


async def test_the_queue_is_fetched_as_it_is_gone_through(
    terminal_of: TerminalOf, filed: Filed, triage_of: TriageOf
) -> None:
    first = await filed("第一个")
    async with terminal_of("erin", "next", "--oldest") as terminal:
        await terminal.sees(first, "1 of 1")
        second = await filed("第二个")
        await terminal.press("n", until="1  skipped: n goes through them again")
        await terminal.press("R", until="1 report came in")
        await terminal.sees("第一个")
        await terminal.press("n", until="第二个")
        await terminal.press("N", until="第一个")
        await terminal.press("q")
    # For a script: the first one in full.
    ran = await triage_of("erin")("next", "--oldest", "--json")
    assert ran.thing["id"] == first
    assert "timeline" in ran.thing
    ran = await triage_of("erin")("next")
    assert ran.code == 2
    assert "triage inbox --json is for scripts" in ran.err
    assert (await triage_of("erin")("next", "--module", "lockscreen", "--json")).code == 4
    assert second


async def test_it_is_readable_on_a_narrow_terminal(terminal_of: TerminalOf, filed: Filed) -> None:
    report = await filed("相机打开后闪退" * 5)
    async with terminal_of("erin", "next", size=(46, 20)) as terminal:
        text = await terminal.sees(report, KEYS)
        assert "Alike" not in text
        await terminal.press("l", until="Link R-1 to")
        await terminal.press("Esc", until=KEYS)
        await terminal.press("q")


async def _bytes_for(terminal: Terminal, *keys: str, until: str) -> int:
    before = terminal.bytes
    await terminal.press(*keys, until=until)
    await asyncio.sleep(0.2)
    return terminal.bytes - before


async def test_little_goes_over_the_line(terminal_of: TerminalOf, filed: Filed) -> None:
    """What changes is sent, not the screen: a line of 80 × 24 is slow when all of it is sent."""
    for n in range(2):
        await filed(f"闪退 {n}", body="\n".join(f"第 {line} 行" for line in range(60)))
    async with terminal_of("erin", "next", "--oldest") as terminal:
        await terminal.sees("R-1", "more lines", KEYS)
        await asyncio.sleep(0.2)
        mark = await _bytes_for(terminal, "x", until="1 marked")
        assert mark < 4000, mark
        panel = await _bytes_for(terminal, "z", until="Snooze")
        assert panel < 4000, panel
        await terminal.press("Esc", until=KEYS)
        await terminal.press("q")
