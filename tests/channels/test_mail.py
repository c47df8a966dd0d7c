"""E-mail on the wire: what a real mail server gets, and what is made of its answers."""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import datetime as dt
import re
import socket
import ssl
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.cast import START
from tests.channels.mailserver import NAME, PASSWORD, MailServer, mail_server, serving
from tracker.channels.base import Line, Outcome, Outgoing, Verdict
from tracker.channels.mail import Mail
from tracker.channels.smtp import CONNECTIONS
from tracker.channels.web import Web
from tracker.channels.webhook import Webhook
from tracker.errors import Invalid
from tracker.settings import Settings

__all__ = ["mail_server"]

TOKEN = "W" * 160
MESSAGE = Outgoing(
    key="n12-3",
    kind="friday",
    title="你的 2 个反馈解决了",
    text="打开相机后闪退，等 2 项，已在小米 13 的 26.11.27 版本解决。",
    url="https://beta.example.com/releases/2026-11-27",
    language="zh",
    at=START,
    address={"to": "alice@example.com"},
    lines=(
        Line(
            report="R-1",
            title="打开相机后 <闪退>",
            says="已解决 · 26.11.27 · 小米 13",
            url="https://beta.example.com/reports/R-1",
            verify=f"https://beta.example.com/v/{TOKEN}",
        ),
        Line(
            report="R-2",
            title="闹钟不响",
            says="没赶上这班车，改到 12 月 4 日",
            url="https://beta.example.com/reports/R-2",
        ),
    ),
    unsubscribe=f"https://beta.example.com/u/{TOKEN}",
)


def settings_for(url: str | None, sender: str | None = "橙色星期五 <beta@example.com>") -> Settings:
    return Settings(smtp_url=url, mail_from=sender, base_url="https://beta.example.com")


async def send(mail: Mail, **changed: object) -> Outcome:
    [outcome] = await mail.send([msgspec.structs.replace(MESSAGE, **changed)])
    return outcome


async def test_what_arrives(mail_server: MailServer) -> None:
    async with Mail(settings_for(mail_server.url)) as mail:
        assert await send(mail) == Outcome(Verdict.SENT, "SMTP 250 2.0.0 queued")
    [letter] = mail_server.letters
    assert (letter.sender, letter.to) == ("beta@example.com", "alice@example.com")
    head = letter.head
    assert f"List-Unsubscribe: <https://beta.example.com/u/{TOKEN}>" in head, "one line, as it is"
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head
    assert "Message-ID: <n12-3@beta.example.com>" in head
    assert "Date: Tue, 24 Nov 2026 02:00:00 +0000" in head
    assert "Auto-Submitted: auto-generated" in head
    assert "Content-Language: zh-CN" in head
    assert "To: alice@example.com" in head
    encoded = base64.b64encode("橙色星期五".encode()).decode()
    assert f"From: =?utf-8?b?{encoded}?= <beta@example.com>" in head
    assert letter.parsed["Subject"] == "你的 2 个反馈解决了"
    assert letter.parsed.get_content_type() == "multipart/alternative"
    for kind in ("plain", "html"):
        part = letter.parsed.get_body((kind,))
        assert part is not None
        assert part.get_content_charset() == "utf-8"
        said = letter.part(kind)
        for words in (
            "你的 2 个反馈解决了",
            "闹钟不响",
            "没赶上这班车，改到 12 月 4 日",
            MESSAGE.text,
        ):
            assert words in said, kind
        for link in (MESSAGE.url, MESSAGE.unsubscribe, *(line.url for line in MESSAGE.lines)):
            assert link in said, kind
        assert said.count(f"/v/{TOKEN}") == 1
        assert "https://beta.example.com/settings/notices" in said
    assert "打开相机后 <闪退>" in letter.part("plain")
    assert "打开相机后 &lt;闪退&gt;" in letter.part("html")


async def test_the_page_of_a_mail_needs_nothing_from_anywhere(mail_server: MailServer) -> None:
    async with Mail(settings_for(mail_server.url)) as mail:
        await send(mail)
    page = mail_server.letters[0].part("html")
    assert not re.search(r"<(img|script|link|iframe|form|input)\b|url\(|src=|@import", page)
    assert "prefers-color-scheme: dark" in page
    assert '<html lang="zh-CN">' in page


async def test_in_english(mail_server: MailServer) -> None:
    async with Mail(settings_for(mail_server.url)) as mail:
        await send(mail, language="en", title="Two of your reports are fixed", lines=())
    [letter] = mail_server.letters
    assert "Subject: Two of your reports are fixed" in letter.head
    assert "Content-Language: en" in letter.head
    assert "Unsubscribe" in letter.part("html")
    assert "Unsubscribe: https://beta.example.com/u/" in letter.part("plain")
    assert not re.search(r"[\u3400-\u9fff]", letter.part("html").replace(MESSAGE.text, ""))


async def test_a_mail_is_never_too_long_to_be_shown(mail_server: MailServer) -> None:
    line = MESSAGE.lines[0]
    lines = [msgspec.structs.replace(line, report=f"R-{n}") for n in range(900)]
    async with Mail(settings_for(mail_server.url)) as mail:
        await send(mail, lines=tuple(lines))
    [letter] = mail_server.letters
    assert len(letter.raw) < 100_000
    for kind in ("plain", "html"):
        said = letter.part(kind)
        assert "R-39 " in said
        assert "R-40 " not in said
        assert "另有 860 项" in said


async def test_every_try_is_the_same_to_the_last_byte(mail_server: MailServer) -> None:
    mail_server.at_rcpt.append("451 4.7.1 Greylisted, please try again in 5 minutes")
    async with Mail(settings_for(mail_server.url)) as mail:
        outcome = await send(mail)
        assert outcome.verdict == Verdict.LATER
        assert not outcome.host_failed, "that is about one message"
        assert "Greylisted" in outcome.detail
        assert (await send(mail)).verdict == Verdict.SENT
        assert (await send(mail)).verdict == Verdict.SENT
        assert (await send(mail, key="n12-4")).verdict == Verdict.SENT
    first, again, other = mail_server.letters
    assert first.raw == again.raw
    assert "Message-ID: <n12-4@beta.example.com>" in other.head


async def test_long_titles_keep_to_the_lines_of_the_standard(mail_server: MailServer) -> None:
    title = "打开相机后在夜景模式下切换到人像模式再切回来就会闪退，重启之后也一样没有好" * 2
    async with Mail(settings_for(mail_server.url)) as mail:
        await send(mail, title=title)
    [letter] = mail_server.letters
    assert letter.parsed["Subject"] == title
    assert all(len(word) <= 75 for word in re.findall(rb"=\?[^ \r\n]*\?=", letter.raw))
    assert all(
        len(line) <= 78 or line.startswith(b"List-Unsubscribe:")
        for line in letter.raw.split(b"\r\n")
    )


@pytest.mark.parametrize(
    "end", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028", "\r\n\r\n", "\x00\r\n", "\n "]
)
async def test_a_title_cannot_become_a_header(mail_server: MailServer, end: str) -> None:
    async with Mail(settings_for(mail_server.url)) as mail:
        outcome = await send(mail, title=f"Camera{end}Bcc: everybody@example.com{end}<script>x")
    assert outcome.verdict == Verdict.SENT
    [letter] = mail_server.letters
    assert letter.to == "alice@example.com"
    assert letter.parsed["Bcc"] is None
    assert letter.parsed["Subject"] == "Camera Bcc: everybody@example.com <script>x"
    assert letter.parsed.get_content_type() == "multipart/alternative"
    assert "<script>" not in letter.part("html")


async def test_an_encoded_word_in_a_title_is_not_unpacked(mail_server: MailServer) -> None:
    hidden = base64.b64encode(b"Hi\r\nBcc: everybody@example.com").decode()
    async with Mail(settings_for(mail_server.url)) as mail:
        await send(mail, title=f"=?utf-8?b?{hidden}?=")
    [letter] = mail_server.letters
    assert not any(line.startswith("Bcc") for line in letter.head)
    assert letter.parsed["Bcc"] is None
    assert letter.parsed["Subject"] == f"=?utf-8?b?{hidden}?="


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("alice@example.com", "alice@example.com"),
        ("  Alice.Li+beta@Mail.Example.COM ", "Alice.Li+beta@mail.example.com"),
        ("alice@例子.测试", "alice@xn--fsqu00a.xn--0zwm56d"),
    ],
)
def test_addresses(typed: str, kept: str) -> None:
    mail = Mail(settings_for(None))
    address = mail.read({"address": typed})
    assert address == {"to": kept}
    assert mail.key(address) == kept.lower()


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "alice",
        "@example.com",
        "alice@",
        "alice@localhost",
        "alice@example.com\r\nBcc: bob@example.com",
        "alice@example.com\nRCPT TO:<bob@example.com>",
        "alice@example.com, bob@example.com",
        "<alice@example.com>",
        "Alice <alice@example.com>",
        '"alice bob"@example.com',
        "alice@[127.0.0.1]",
        "alice@127.0.0.1",
        "a..b@example.com",
        "爱丽丝@example.com",
        "alice@-example.com",
        "alice@exa mple.com",
        f"{'a' * 65}@example.com",
        f"alice@{'a' * 64}.com",
        f"alice@{'a.' * 130}com",
        "alice@example.com\x00",
    ],
)
def test_what_is_no_address(typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        Mail(settings_for(None)).read({"address": typed})
    assert list(refusal.value.problems) == ["address"]


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("550 5.1.1 <alice@example.com>: no such user here", Verdict.GONE),
        ("550 Mailbox not found", Verdict.GONE),
        ("551 User not local", Verdict.GONE),
        ("553 5.1.3 bad address", Verdict.GONE),
        ("550 5.2.1 this mailbox is closed", Verdict.GONE),
        ("556 5.1.10 this domain takes no mail", Verdict.GONE),
        ("550 5.7.1 you are on a list of ours", Verdict.REFUSED),
        ("552 5.2.2 the mailbox is full", Verdict.REFUSED),
        ("554 5.0.0 no", Verdict.REFUSED),
        ("450 4.2.1 too fast", Verdict.LATER),
    ],
)
async def test_what_is_said_of_the_recipient(
    mail_server: MailServer, answer: str, verdict: Verdict
) -> None:
    mail_server.at_rcpt.append(answer)
    async with Mail(settings_for(mail_server.url)) as mail:
        outcome = await send(mail)
        assert outcome.verdict == verdict
        assert not outcome.host_failed
        assert outcome.detail.startswith(f"SMTP {answer[:3]}")
        assert "alice@" not in outcome.detail
        assert (await send(mail)).verdict == Verdict.SENT, "the connection is as good as before"
    assert mail_server.connections == 1


async def test_what_is_said_of_the_message(mail_server: MailServer) -> None:
    async with Mail(settings_for(mail_server.url)) as mail:
        mail_server.at_data.append("554 5.7.1 that looks like spam")
        assert (await send(mail)).verdict == Verdict.REFUSED
        mail_server.at_data.append("452 4.3.1 the disk is full")
        assert (await send(mail)).verdict == Verdict.LATER
        assert (await send(mail)).verdict == Verdict.SENT


async def test_a_sender_that_is_not_taken_is_our_trouble(mail_server: MailServer) -> None:
    mail_server.at_mail.append("550 5.7.1 not your domain")
    async with Mail(settings_for(mail_server.url)) as mail:
        outcome = await send(mail)
    assert outcome.verdict == Verdict.LATER
    assert outcome.host_failed
    assert "TRACKER_MAIL_FROM" in outcome.detail


async def test_connections_are_kept_and_few(mail_server: MailServer) -> None:
    messages = [msgspec.structs.replace(MESSAGE, key=f"n{n}") for n in range(40)]
    mail_server.hold = asyncio.Event()
    async with Mail(settings_for(mail_server.url)) as mail:
        sending = asyncio.create_task(mail.send(messages))
        for _ in range(CONNECTIONS):
            await mail_server.held.get()
        mail_server.hold.set()
        assert {one.verdict for one in await sending} == {Verdict.SENT}
    assert mail_server.connections == CONNECTIONS
    assert mail_server.most_open == CONNECTIONS
    assert len({letter.parsed["Message-ID"] for letter in mail_server.letters}) == 40


async def test_a_connection_is_not_asked_for_too_much(mail_server: MailServer) -> None:
    async with Mail(settings_for(mail_server.url)) as mail:
        for _ in range(101):
            assert (await send(mail)).verdict == Verdict.SENT
    assert mail_server.connections == 2


async def test_a_connection_that_was_dropped_is_made_anew(mail_server: MailServer) -> None:
    async with Mail(settings_for(mail_server.url)) as mail:
        assert (await send(mail)).verdict == Verdict.SENT
        mail_server.drop()
        assert (await send(mail)).verdict == Verdict.SENT
        mail_server.at_mail.append("421 4.7.0 enough for one connection")
        assert (await send(mail)).verdict == Verdict.SENT
    assert mail_server.connections == 3
    assert len(mail_server.letters) == 3


async def test_a_server_that_hangs_up_in_the_middle(mail_server: MailServer) -> None:
    mail_server.hold = asyncio.Event()
    async with Mail(settings_for(mail_server.url)) as mail:
        sending = asyncio.create_task(send(mail))
        await mail_server.held.get()
        mail_server.drop()
        outcome = await sending
        assert outcome.verdict == Verdict.LATER
        assert outcome.host_failed


async def test_a_server_that_is_down() -> None:
    async with serving() as server:
        url = server.url
    async with Mail(settings_for(url)) as mail:
        outcome = await send(mail)
    assert outcome.verdict == Verdict.LATER
    assert outcome.host_failed
    assert outcome.detail == "the mail server cannot be reached: Connection refused"


async def test_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.channels.smtp.PATIENCE", 0.2)
    # The system takes the connection, and nobody is there to say anything.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        async with Mail(settings_for(f"smtp://127.0.0.1:{port}")) as mail:
            outcome = await send(mail)
    assert outcome.verdict == Verdict.LATER
    assert outcome.host_failed
    assert "in time" in outcome.detail


async def test_what_is_missing_is_said() -> None:
    for settings, name in (
        (settings_for(None), "TRACKER_SMTP_URL"),
        (settings_for("smtp://127.0.0.1:25", None), "TRACKER_MAIL_FROM"),
    ):
        problem = Mail(settings).problem()
        assert problem is not None
        assert name in problem.zh
        assert name in problem.en
        [outcome] = await Mail(settings).send([MESSAGE])
        assert outcome.verdict == Verdict.LATER
    assert Mail(settings_for("smtp://127.0.0.1:25")).problem() is None


@dataclasses.dataclass(frozen=True)
class Certified:
    authority: Path
    context: ssl.SSLContext


@pytest.fixture
def certified(tmp_path: Path) -> Certified:
    """A certificate for 127.0.0.1, and the file of whoever signed it: itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.example.com")])
    now = dt.datetime.now(dt.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    authority, keys = tmp_path / "authority.pem", tmp_path / "key.pem"
    authority.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    keys.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority, keys)
    return Certified(authority, context)


def with_name(url: str, password: str = PASSWORD) -> str:
    return url.replace("//", f"//{quote(NAME, safe='')}:{quote(password, safe='')}@")


async def test_no_webhook_can_stand_in_the_way_of_mail() -> None:
    """A tester whose hook points at our mail server has it fail as often as they like: those who
    fail together must be others."""
    server = "mail.example.com:587"
    mail = Mail(settings_for(f"smtp://{server}"))
    webhook = Webhook(Web(), private=False)
    address = webhook.read({"url": f"https://{server}/"})
    assert webhook.host(address) == server
    assert mail.host({"to": "alice@example.com"}) == f"smtp://{server}"


async def test_a_name_and_password_behind_tls(
    certified: Certified, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certified.authority))
    async with serving(tls_context=certified.context, auth_required=True) as server:
        async with Mail(settings_for(with_name(server.url))) as mail:
            assert await send(mail) == Outcome(Verdict.SENT, "SMTP 250 2.0.0 queued")
        assert server.offered == [PASSWORD.encode()]
        async with Mail(settings_for(with_name(server.url, "wrong"))) as mail:
            outcome = await send(mail)
        assert outcome.verdict == Verdict.LATER
        assert "name or password of TRACKER_SMTP_URL" in outcome.detail
        assert "wrong" not in outcome.detail


async def test_tls_from_the_start(certified: Certified, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certified.authority))
    # The server itself sees none of the TLS around it.
    async with serving(smtps=certified.context, auth_require_tls=False) as server:
        assert server.url.startswith("smtps://")
        async with Mail(settings_for(with_name(server.url))) as mail:
            for _ in range(2):
                assert (await send(mail)).detail == "SMTP 250 2.0.0 queued"
        assert server.connections == 1
        assert server.offered == [PASSWORD.encode()]


@pytest.mark.parametrize("smtps", [False, True])
async def test_a_certificate_that_nobody_vouches_for(certified: Certified, smtps: bool) -> None:
    given = {"smtps": certified.context} if smtps else {"tls_context": certified.context}
    async with serving(**given, auth_require_tls=not smtps) as server:
        async with Mail(settings_for(with_name(server.url))) as mail:
            outcome = await send(mail)
        assert outcome.verdict == Verdict.LATER
        assert "its certificate is not trusted" in outcome.detail
        assert server.offered == []
        assert server.letters == []


async def test_no_password_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.channels.smtp._is_here", lambda host: False)
    async with serving(auth_require_tls=False) as server:
        async with Mail(settings_for(with_name(server.url))) as mail:
            outcome = await send(mail)
        assert outcome.verdict == Verdict.LATER
        assert "in the clear" in outcome.detail
        assert server.offered == []
