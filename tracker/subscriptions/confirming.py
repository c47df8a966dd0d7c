"""Mail addresses: written to once, and heard from before anything else goes there.

While it is not confirmed, an address is its asker's alone: whoever types that of somebody else
takes nothing from them. And nobody floods a mailbox by typing it again and again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from tracker import database
from tracker.channels.base import Address, Channel, Outgoing, Verdict
from tracker.channels.letters import CONFIRMATION
from tracker.channels.mail import FIELD
from tracker.errors import Conflict, Invalid, NotFound, TooMany
from tracker.language import Text
from tracker.people.tables import Person
from tracker.settings import Settings
from tracker.subscriptions.actions import subscribe
from tracker.subscriptions.links import confirm_url

BETWEEN = timedelta(minutes=10)
"""From one such mail to an address to the next, whoever asks."""
A_DAY = 5
"""Such mails that one person has sent, and that one address gets."""

_UNSENT = "the mail that asks for confirmation did not get out"


async def ask_to_confirm(
    person: Person, channel: Channel, address: Address, *, settings: Settings, now: datetime
) -> int:
    """Add the address, unconfirmed, and write to it; returns the subscription's number.

    Sends before it returns, up to 15 s. Raises Conflict where no mail can be sent as the server is
    set up, Invalid where this address takes none, TooMany where enough was sent.
    """
    problem = channel.problem()
    if problem is not None:
        raise Conflict(problem)
    key = channel.key(address)
    async with database.transaction():
        # Of two requests at once for one person, or one address, the second sees the first.
        await database.execute("SELECT 1 FROM people WHERE id = $1 FOR UPDATE", person.id)
        await database.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", key)
        await _check(person, key, now)
        await database.execute(
            "UPDATE subscriptions SET gone_at = $4, gone_because = 'asked for again', address = '{}'"
            " WHERE person = $1 AND channel = $2 AND key = $3 AND gone_at IS NULL",
            person.id,
            channel.name,
            _pending(person.id, key),
            now,
        )
        subscription = await subscribe(
            person, channel, address, name=key[:80], now=now, confirmed=False
        )
    [outcome] = await channel.send([_mail(person, subscription, address, settings, now)])
    if outcome.verdict == Verdict.SENT:
        return subscription
    refused = outcome.verdict != Verdict.LATER
    await database.execute(
        "UPDATE subscriptions SET gone_at = $2, gone_because = $3, address = '{}' WHERE id = $1",
        subscription,
        now,
        outcome.detail if refused else _UNSENT,
    )
    raise Invalid({FIELD: _REFUSED if refused else _LATER})


_REFUSED = Text(
    "这个邮箱的服务器不收我们的信，检查一下有没有打错，或者换一个邮箱",
    "Its mail server does not take our mail: check the address for a slip, or use another",
)
_LATER = Text(
    "确认信现在发不出去，过几分钟再试一次",
    "The mail that asks for your confirmation cannot be sent now: try again in a few minutes",
)


def _pending(person: int, key: str) -> str:
    return f"{person} {key}"


async def _check(person: Person, key: str, now: datetime) -> None:
    asked = await database.fetch_row(
        "SELECT bool_or(person = $1 AND key = $2 AND gone_at IS NULL) AS there,"
        " count(*) FILTER (WHERE person = $1 AND asked) AS by_person,"
        " count(*) FILTER (WHERE here AND asked) AS to_address,"
        " max(created_at) FILTER (WHERE here AND asked) AS latest"
        # The last word of a key is the address, whether it is confirmed or not: an index has it.
        " FROM (SELECT *, created_at > $3 AND gone_because <> $4 AS asked,"
        " split_part(key, ' ', -1) = $2 AS here FROM subscriptions WHERE channel = 'email'"
        " AND (person = $1 OR split_part(key, ' ', -1) = $2)) AS mail",
        person.id,
        key,
        now - timedelta(days=1),
        _UNSENT,
    )
    assert asked is not None
    if asked["there"]:
        raise Invalid(
            {FIELD: Text("这个邮箱已经在接收通知了", "Your notices go to this address already")}
        )
    if asked["latest"] is not None and now - asked["latest"] < BETWEEN:
        raise TooMany(
            Text(
                "确认信刚刚发出，先看看收件箱和垃圾邮件；没有的话，10 分钟后再发一次",
                "We have just written to this address: look into the inbox and the spam first."
                " In 10 minutes you can have it sent again",
            ),
            asked["latest"] + BETWEEN - now,
        )
    if max(asked["by_person"], asked["to_address"]) >= A_DAY:
        raise TooMany(
            Text(
                f"一天最多发 {A_DAY} 封确认信，明天再试",
                f"No more than {A_DAY} such mails are sent a day: try again tomorrow",
            ),
            timedelta(days=1),
        )


def _mail(
    person: Person, subscription: int, address: Address, settings: Settings, now: datetime
) -> Outgoing:
    # No words of theirs but the handle: a stranger may read this.
    title = Text("确认用这个邮箱接收通知", "Confirm this address for your notices")
    text = Text(
        f"账号 {person.handle} 想用这个邮箱接收橙色星期五的通知。是你的话，请在两天之内确认。",
        f"The account {person.handle} would like to get notices of Orange Friday at this address."
        " If that is you, please confirm within two days.",
    )
    return Outgoing(
        key=f"c{subscription}",
        kind=CONFIRMATION,
        title=title.within(person.language),
        text=text.within(person.language),
        url=confirm_url(settings.signing_key(), settings.base_url, subscription, now=now),
        language="en" if person.language == "en" else "zh",
        at=now,
        address=address,
    )


class Asked(msgspec.Struct, frozen=True):
    """An address that waits for its owner's word, or has it."""

    subscription: int
    person: int
    channel: str
    name: str
    key: str
    handle: str
    language: str
    confirmed: bool


# The same address may have been asked for again since: any of the mails will do.
_ASKED = """
SELECT now.id AS subscription, now.person, now.channel, now.name, now.key, p.handle,
    p.language, now.confirmed_at IS NOT NULL AS confirmed
FROM subscriptions sent JOIN people p ON p.id = sent.person AND p.disabled_at IS NULL
JOIN subscriptions now ON now.person = sent.person AND now.channel = sent.channel
    AND now.key IN (sent.key, split_part(sent.key, ' ', 2)) AND now.gone_at IS NULL
WHERE sent.id = $1 ORDER BY now.confirmed_at IS NULL, now.id DESC LIMIT 1
"""


async def asked_by(subscription: int) -> Asked:
    """What a link to confirm is about. NotFound where it was removed since."""
    row = await database.fetch_row(_ASKED, subscription)
    if row is None:
        raise NotFound
    return Asked(**row)


async def confirm(subscription: int, *, now: datetime) -> None:
    """Its owner has shown that it is theirs: notices go there from now on, and no more to whoever
    had it before. Confirming twice is once."""
    async with database.transaction():
        asked = await asked_by(subscription)
        if asked.confirmed:
            return
        key = asked.key.partition(" ")[2]
        await database.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", key)
        await database.execute(
            "UPDATE subscriptions SET gone_at = $3, gone_because = $4, address = '{}'"
            " WHERE channel = $1 AND key = $2 AND gone_at IS NULL AND id <> $5",
            asked.channel,
            key,
            now,
            "taken over by another account",
            asked.subscription,
        )
        await database.execute(
            "UPDATE subscriptions SET confirmed_at = $2, key = $3"
            " WHERE id = $1 AND confirmed_at IS NULL AND gone_at IS NULL",
            asked.subscription,
            now,
            key,
        )
