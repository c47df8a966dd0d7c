"""docs/webhooks.md says what is so: its example is signed, and shaped as what is sent."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook as Signer
from standardwebhooks import WebhookVerificationError

from tests.channels.messages import FRIDAY
from tracker.channels.base import ChannelName
from tracker.channels.webhook import body_of
from tracker.subscriptions.defaults import DEFAULT_KINDS

PAPER = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()


def block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```", PAPER, re.DOTALL | re.MULTILINE)
    assert found, language
    return found[1]


def shape(value: Any) -> Any:
    """The members of it, and of what they hold."""
    if isinstance(value, dict):
        return {name: shape(below) for name, below in value.items()}
    return [shape(value[0])] if isinstance(value, list) else type(value)


def test_the_example_is_as_what_is_sent() -> None:
    assert shape(json.loads(block("json"))) == shape(json.loads(body_of(FRIDAY)))


def test_the_example_is_signed_with_the_secret_of_the_paper() -> None:
    headers = dict(re.findall(r"^(webhook-\w+): (.*)$", block("http"), re.MULTILINE))
    secret = re.search(r"whsec_[\w+/=]+", block("python"))
    assert secret
    body = json.dumps(json.loads(block("json")), ensure_ascii=False, separators=(",", ":"))
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    signed = Signer(secret[0]).sign(headers["webhook-id"], at, body)
    assert headers["webhook-signature"] == signed


def test_the_program_of_the_paper_works() -> None:
    program: dict[str, Any] = {}
    exec(block("python"), program)
    now = datetime.now(UTC)
    body = body_of(FRIDAY).decode()
    headers = {
        "webhook-id": FRIDAY.key,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Signer(program["SECRET"]).sign(FRIDAY.key, now, body),
    }
    assert program["received"](body, headers)["data"]["title"] == FRIDAY.title
    with pytest.raises(WebhookVerificationError):
        program["received"](body.replace("R-1", "R-2"), headers)


def test_all_kinds_are_told_of() -> None:
    told = set(re.findall(r"^\| `notice\.(\w+)` \|", PAPER, re.MULTILINE))
    assert told == {*DEFAULT_KINDS[ChannelName.WEBHOOK], "test"}
