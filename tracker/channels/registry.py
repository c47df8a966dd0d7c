"""Every channel there is, made ready to send."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping

from tracker.channels.base import Channel, ChannelName
from tracker.channels.dingtalk import DingTalk
from tracker.channels.feishu import Feishu
from tracker.channels.keys import vapid_key
from tracker.channels.mail import Mail
from tracker.channels.mipush import MiPush
from tracker.channels.ntfy import Ntfy
from tracker.channels.vapid import subject_of
from tracker.channels.web import Web
from tracker.channels.webhook import Webhook
from tracker.channels.webpush import WebPush
from tracker.channels.wecom import WeCom
from tracker.settings import Settings

Channels = Mapping[ChannelName, Channel]


@contextlib.asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Channels]:
    """All channels, with their connections open as long as the block runs. Connects to nothing
    before something is sent. One that is not set up is there too, and says its `problem`."""
    async with Web(private=settings.private_addresses) as web, Mail(settings) as mail:
        private = settings.private_addresses
        found: list[Channel] = [
            WebPush(
                web,
                private=private,
                key=vapid_key,
                subject=subject_of(settings),
            ),
            mail,
            Webhook(web, private=private),
            Ntfy(web, private=private),
            MiPush(web, settings),
            Feishu(web, private=private),
            WeCom(web, private=private),
            DingTalk(web, private=private),
        ]
        yield {channel.name: channel for channel in found}
