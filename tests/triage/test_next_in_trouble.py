"""`triage next` where things get in the way: long queues, a server that goes away, others."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from tests.cast import ApiOf, Clock
from tests.doing import ok, propose, stored
from tests.live import Filed, TriageOf
from tests.terminal import TerminalOf

KEYS = "l link  p propose"
END = "The end of the queue"


class Line:
    """The line to the server, which can be cut and mended."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._whole = True
        self._open: set[asyncio.StreamWriter] = set()
        self.url = ""

    def cut(self) -> None:
        self._whole = False
        for writer in self._open:
            writer.transport.abort()

    def hold(self) -> None:
        """What is asked from here on gets no answer."""
        self._port = self._deaf.sockets[0].getsockname()[1]
        for writer in self._open:
            writer.transport.abort()

    def mend(self) -> None:
        self._whole = True

    @contextlib.asynccontextmanager
    async def laid(self) -> AsyncIterator[Line]:
        self._deaf = await asyncio.start_server(self._ignored, "127.0.0.1", 0)
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()
            self._deaf.close()
            self.cut()
            # Transports that are aborted close at the next turn.
            await asyncio.sleep(0.1)

    async def _ignored(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        self._open.add(back)

    async def _connected(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        if not self._whole:
            back.transport.abort()
            return
        far, there = await asyncio.open_connection("127.0.0.1", self._port)
        self._open |= {back, there}
        await asyncio.gather(_passed_on(near, there), _passed_on(far, back))
        self._open -= {back, there}


async def _passed_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while some := await source.read(65536):
            target.write(some)
            await target.drain()
    target.close()


@pytest.fixture
async def line(live_server: str) -> AsyncIterator[Line]:
    async with Line(int(live_server.rpartition(":")[2])).laid() as laid:
        yield laid


async def _file_many(filed: Filed, clock: Clock, number: int) -> list[str]:
    found = []
    for n in range(number):
        clock.advance(minutes=1)
        found.append(await filed(f"问题 {n}"))
    return found


async def test_a_long_queue_survives_haste_and_a_line_that_is_cut(
    terminal_of: TerminalOf, filed: Filed, clock: Clock, line: Line, api_of: ApiOf
) -> None:
    reports = await _file_many(filed, clock, 130)
    async with terminal_of("erin", "next", "--oldest", url=line.url) as terminal:
        await terminal.sees(reports[0], "1 of 100+ · 100+ left", KEYS)
        # The second hundred is asked for when half of the first is gone through: now in vain.
        line.cut()
        await terminal.press("n" * 60, until=f"{reports[60]}  ")
        await terminal.sees("is out of reach", "R tries again")
        await terminal.press("z", until=f"Snooze {reports[60]}")
        await terminal.press("w")
        await terminal.sees("is out of reach", KEYS, without="R tries again")
        assert (await stored(api_of("erin"), reports[60]))["snoozed_until"] is None

        line.mend()
        await terminal.press("z", "w", until=f"{reports[60]} snoozed until")
        # All of it is there, and asked for once, however many keys are pressed meanwhile.
        await terminal.press("n" * 20, until="of 130 · 129 left")
        await terminal.press("n" * 49, until=END)
        await terminal.press("N", until=f"{reports[-1]}  ")

        # What comes in behind everything is found.
        (late,) = await _file_many(filed, clock, 1)
        await terminal.press("R", until="1 report came in")
        await terminal.press("n", until=f"{late}  ")
        await terminal.press("q")
    assert terminal.code == 0


async def test_leaving_waits_for_no_answer(
    terminal_of: TerminalOf, filed: Filed, line: Line
) -> None:
    report = await filed()
    async with terminal_of("erin", "next", url=line.url) as terminal:
        await terminal.sees(report, KEYS)
        line.hold()
        await terminal.press("w", until="asking the server")
        began = asyncio.get_running_loop().time()
        await terminal.press("Ctrl-C")
    assert terminal.code == 0
    assert asyncio.get_running_loop().time() - began < 5


async def test_the_list_fetches_what_is_scrolled_to(
    terminal_of: TerminalOf, filed: Filed, clock: Clock
) -> None:
    reports = await _file_many(filed, clock, 105)
    async with terminal_of("erin", "next", "--oldest") as terminal:
        await terminal.sees("1 of 100", KEYS)
        await terminal.press("g", until="Enter goes there")
        await terminal.press("j" * 99, until="of 105")
        await terminal.press("j" * 99, until=f"› {' ' * 2}{reports[-1]}")
        await terminal.press("Enter", until="105 of 105")
        await terminal.press("q")


async def test_what_is_typed_ahead_of_a_refusal_is_not_done(
    terminal_of: TerminalOf, triage_of: TriageOf, filed: Filed, api_of: ApiOf
) -> None:
    """It was meant for the next report, and nobody has seen yet what happened to this one."""
    report, other = await filed(), await filed("另一个")
    async with terminal_of("erin", "next", "--oldest") as terminal:
        await terminal.sees(report, KEYS)
        await terminal.press("z", until=f"Snooze {report}")
        assert (await triage_of("cai")("reply", report, "我来看")).code == 0
        await terminal.press("wcd不做\x13", until=f"Nothing was done. {report}: 小蔡 wrote: 我来看")
        await terminal.sees(f"{report}  ", KEYS)
        await asyncio.sleep(0.3)
        assert "Nothing was done." in terminal.text
        await terminal.press("q")
    erin = api_of("erin")
    assert [(await stored(erin, one))["closure"] for one in (report, other)] == [None, None]


async def test_what_happened_is_said_in_full(
    terminal_of: TerminalOf, triage_of: TriageOf, filed: Filed
) -> None:
    report = await filed()
    words = "这个问题我昨天在实验室里复现了，和相机没有关系，是锁屏的动画占住了显存，先不要关"
    async with terminal_of("erin", "next", "--oldest", size=(60, 20)) as terminal:
        await terminal.sees(report, KEYS)
        await terminal.press("z", until=f"Snooze {report}")
        assert (await triage_of("cai")("reply", report, words)).code == 0
        text = await terminal.press("w", until="Nothing was done.")
        assert words in "".join(text.partition("Nothing was done.")[2].split("\n"))
        await terminal.press("q")


async def test_many_are_taken_back_and_all_of_them_wait_again(
    terminal_of: TerminalOf, filed: Filed, clock: Clock
) -> None:
    reports = await _file_many(filed, clock, 25)
    async with terminal_of("erin", "next", "--oldest") as terminal:
        await terminal.sees(reports[0], KEYS)
        await terminal.press("x" * 25, until="25 marked")
        await terminal.press("z", until="Snooze R-1")
        await terminal.press("w", until="0 left")
        await terminal.press("u", until="y take it back")
        await terminal.press("y", until="25 left")
        await terminal.press("q")


async def test_what_is_done_with_stays_so_when_it_gets_a_label(
    terminal_of: TerminalOf, filed: Filed
) -> None:
    report, other = await filed(), await filed("另一个")
    async with terminal_of("erin", "next", "--oldest") as terminal:
        await terminal.sees(report, KEYS)
        await terminal.press("z", "w", until=f"{report} snoozed until")
        await terminal.sees(f"{other}  ", "1 left")
        await terminal.press("N", until="✓ snoozed until")
        await terminal.press("t", until="Label R-1")
        await terminal.press("hot", "Enter", until="R-1 labelled hot")
        await terminal.sees("✓ snoozed until", "1 left")
        # Nothing changes the second time, so there is nothing to take back.
        await terminal.press("t", until="it has hot")
        await terminal.press("hot", "Enter", until="R-1 labelled hot: it was so before")
        await terminal.press("q")


async def test_what_was_written_is_not_lost_by_leaving(
    terminal_of: TerminalOf, filed: Filed, api_of: ApiOf
) -> None:
    report = await filed()
    async with terminal_of("erin", "next", "--oldest") as terminal:
        await terminal.sees(report, KEYS)
        await terminal.press("i", until="Ctrl-S sends")
        await terminal.press("见过", "Ctrl-S", until="R-1 noted")
        # What was sent does not stand there again.
        await terminal.press("i", until="Ctrl-S sends")
        assert "见过" not in terminal.text.partition("A note, for the team alone")[2]
        await terminal.press("Esc", until=KEYS)
        await terminal.press("r", until="Ctrl-S sends")
        await terminal.press("写了一半", "Esc", until=KEYS)
        await terminal.press("q", until="Written, and not sent: reply R-1")
        await terminal.press("n", until=KEYS)
        # Bytes that are no text are refused like anything else.
        await terminal.press("r", until="写了一半")
        await terminal.press("\udcff", "Ctrl-S", until="not UTF-8")
        await terminal.press("r", until="写了一半")
        await terminal.press("\x7f", "Ctrl-S", until="R-1 replied")
        await terminal.press("q")
    assert terminal.code == 0
    said = [one["text"] for one in (await stored(api_of("erin"), report))["messages"]]
    assert said == ["见过", "写了一半"]


async def test_a_severe_report_waits_for_the_second_engineer(
    terminal_of: TerminalOf, triage_of: TriageOf, filed: Filed, api_of: ApiOf
) -> None:
    report = await filed("开不了机", severity="brick")
    async with terminal_of("erin", "next", "--oldest") as terminal:
        await terminal.sees(report, KEYS)
        await terminal.press("c", until=f"Close {report} as")
        await terminal.press("u", until="Ctrl-S sends")
        await terminal.press("试过了", "Ctrl-S", until="waits for a second engineer to close it")
        await terminal.sees("1  waits")
        await terminal.press("q")
    assert (await stored(api_of("erin"), report))["closure"] is None
    async with terminal_of("cai", "next", "--oldest") as terminal:
        await terminal.sees(report, KEYS)
        await terminal.press("c", until=f"Close {report} as")
        await terminal.press("u", until="Ctrl-S sends")
        await terminal.press("我也试过了", "Ctrl-S", until=f"{report} closed as unreproducible")
        await terminal.press("q")


async def test_a_proposal_of_several_modules_is_about_one_of_them(
    terminal_of: TerminalOf, filed: Filed, api_of: ApiOf
) -> None:
    reports = [await filed(), await filed("锁屏闪退", module="lockscreen")]
    async with terminal_of("erin", "next", "--oldest") as terminal:
        await terminal.sees(reports[0], KEYS)
        await terminal.press("x", "x", until="2 marked")
        await terminal.press("p", until="A proposal of")
        await terminal.press("Enter", until="2 lockscreen")
        await terminal.press("2", until="linked to P-1")
        await terminal.press("q")
    assert (await ok(await api_of("erin").get("proposals/P-1")))["module"] == "lockscreen"


async def test_saved_replies_beyond_the_digits(
    terminal_of: TerminalOf, filed: Filed, api_of: ApiOf
) -> None:
    for n in range(1, 16):
        saved = {"kind": "question", "zh": f"问题 {n}", "en": f"Question {n}"}
        await ok(await api_of("cai").put(f"saved-replies/q{n:02}", json=saved))
    report = await filed()
    async with terminal_of("erin", "next", "--oldest", size=(80, 20)) as terminal:
        await terminal.sees(report, KEYS)
        await terminal.press("a", until="1 q01: 问题 1")
        # The one that the arrows are at is always seen.
        await terminal.press(*["\x1b[A"], until="› F q15: 问题 15")
        await terminal.press("C", until="问题 12")
        await terminal.press("Ctrl-S", until=f"{report} asked")
        await terminal.press("q")
    assert (await stored(api_of("erin"), report))["question"]["text"] == "问题 12"


async def test_a_look_at_what_is_like_it_names_what_is_linked(
    terminal_of: TerminalOf, filed: Filed, api_of: ApiOf
) -> None:
    old = await filed("夜景模式下相机闪退")
    proposal = await propose(api_of("erin"), old)
    one, two = await filed("夜景模式相机闪退了", severity="major"), await filed("相机夜景闪退")
    async with terminal_of("erin", "next", "--oldest") as terminal:
        await terminal.sees(one, KEYS)
        await terminal.press("x", until="1 marked")
        await terminal.sees(f"{two}  ", f"2 {proposal}")
        await terminal.press("2", until=f"l links {one} to {proposal}")
        await terminal.press("q", until=KEYS)
        # What is asked about the one that is looked at is not about what is marked.
        await terminal.press("w", until="Number 2 of the queue")
        await terminal.press("q", until=KEYS)
        await terminal.press("q")
