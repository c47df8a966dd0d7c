"""What is sent where something is changed: bodies that are in order, so that only the role counts.

By method and path of the sheet, a blank and a name behind it where there are several. Pages get
them as forms, the API as JSON.
"""

from __future__ import annotations

from typing import Any

from tests.cast import PASSWORD

_REPORT = {"device": "fuxi", "build": "26.11.20", "module": "camera", "title": "闪退"}
_CLOSURE = {"reason": "as_intended", "text": "有意如此"}
_VERDICT = {"build": "26.11.20.1", "verdict": "fixed"}
_SOMETHING = {"text": "请看一下"}

BODIES: dict[str, dict[str, Any]] = {
    "POST /signin": {"handle": "alice", "password": PASSWORD},
    "POST /language": {"language": "en"},
    "POST /v/{link}": _VERDICT,
    "POST /u/{ending}": {"List-Unsubscribe": "One-Click"},
    "POST /c/{confirming}": {},
    "POST /settings": {"display_name": "某人", "language": "zh", "timezone": "Asia/Shanghai"},
    "POST /settings/password": {"current": PASSWORD, "new": "a better one than before"},
    "POST /settings/credit": {"credited": "true", "credit_name": "某人"},
    "POST /settings/tokens": {"name": "notebook"},
    "POST /settings/notices": {"kinds_email": "news", "quiet_from": "23:00", "quiet_to": "07:00"},
    "POST /settings/notices/webhook": {"url": "https://example.com/hook"},
    "PUT /api/v1/me/subscriptions/mipush": {"registration_id": "regid-of-some-phone"},
    "POST /robots/feishu": {
        "name": "相机组",
        "url": "https://open.feishu.cn/open-apis/bot/v2/hook/0b5c2f0e",
        "hears": "changelog",
    },
    "POST /repositories": {"host": "gitlab", "name": "orange/camera", "branch": "main"},
    "POST /desk/replies": {"name": "thanks", "kind": "reply", "zh": "谢谢", "en": "Thank you"},
    "PUT /api/v1/saved-replies/{saved}": {"kind": "reply", "zh": "谢谢", "en": "Thank you"},
    "POST /desk/rules": {"name": "hot", "words": "发烫", "labels": "heat", "enabled": "true"},
    "POST /desk/rules/{rule}/switch": {"on": "false"},
    "POST /desk/rules/{rule}/place": {"to": "up"},
    "PUT /api/v1/routing-rules/{rule}": {"words": ["闪退"], "owner": "erin"},
    "POST /api/v1/routing-checks": {"words": ["闪退"], "labels": ["crash"]},
    "POST /settings/devices": {"device": "umi", "ring": "closed"},
    "POST /join/{code}": {"handle": "dora", "display_name": "Dora", "password": "seven-oranges"},
    "POST /invitations": {"role": "tester", "uses": "1", "days": "14"},
    "POST /reports": {**_REPORT, "kind": "bug"},
    "POST /reports/{report}/messages": {"message": "还是这样"},
    "POST /reports/{report}/messages internal": {"message": "自己人看", "internal": "true"},
    "POST /reports/{report}/answer": {"answer": "26.11.20"},
    "POST /reports/{report}/affected": {"device": "umi"},
    "POST /reports/{report}/appeal": {"appeal": "不是这样的"},
    "POST /reports/{report}/verification": _VERDICT,
    "POST /reports/{report}/owner": {"owner": "erin"},
    "POST /reports/{report}/labels": {"label": "heat"},
    "POST /reports/{report}/labels/removal": {"label": "heat"},
    "POST /releases/{day}/notes": {"notes_zh": "请先备份", "notes_en": "Back up first"},
    "POST /releases/{day}/hold": {"reason": "再看看"},
    "POST /releases/{day}/lines/{waiting}": {"{waiting}-zh": "修复", "{waiting}-en": "Fixed"},
    "POST /releases/{day}/lines/{waiting}/place": {"to": "up"},
    "POST /releases/{day}/entries/{entry}/erratum": {"{entry}-zh": "有误", "{entry}-en": "Wrong"},
    "POST /releases/{day}/publication confirmed": {"confirmed": "true"},
    "POST /releases/{day}/comments": {"comment": "这一期真快"},
    "PUT /api/v1/me/preferences": {"kinds": {"email": ["friday"]}, "fridays_only": True},
    "POST /api/v1/releases/{day}/comments": _SOMETHING,
    "POST /api/v1/reports": _REPORT,
    "POST /api/v1/reports/{report}/messages": _SOMETHING,
    "POST /api/v1/reports/{report}/messages internal": {**_SOMETHING, "internal": True},
    "POST /api/v1/reports/{report}/appeal": _SOMETHING,
    "PUT /api/v1/reports/{report}/question": _SOMETHING,
    "PUT /api/v1/reports/{report}/owner": {"owner": "erin"},
    "PUT /api/v1/modules/camera/owner": {"owner": "erin", "reports": True},
    "PUT /api/v1/reports/{report}/closure": _CLOSURE,
    "PUT /api/v1/reports/{report}/closure withdrawn": {"reason": "withdrawn"},
    "PUT /api/v1/reports/{report}/affected": {"device": "umi"},
    "PUT /api/v1/reports/{report}/proposal": {"proposal": "{proposal}"},
    "PUT /api/v1/reports/{report}/verification": _VERDICT,
    "PUT /api/v1/reports/{report}/credit": {},
    "PUT /api/v1/reports/{report}/snooze": {"until": "2026-11-30T09:00:00+08:00"},
    "PUT /api/v1/plans/monday": {"lines": []},
    "POST /api/v1/proposals": {"title": "闪退", "module": "camera"},
    "PATCH /api/v1/proposals/{proposal}": {"title": "相机闪退"},
    "PUT /api/v1/proposals/{proposal}/fix": {},
    "DELETE /api/v1/proposals/{proposal}/fix": {"reason": "夜景变慢了"},
    "PUT /api/v1/releases/{day}/hold": {"reason": "再看看"},
    "PUT /api/v1/releases/{day}/order": {"proposals": ["{waiting}"]},
    "PUT /api/v1/releases/{day}/entries/{entry}/erratum": {"reason": {"zh": "有误", "en": "Wrong"}},
    "PUT /api/v1/builds": {"builds": [{"device": "fuxi", "version": "26.12.4", "ring": "closed"}]},
    "PUT /api/v1/builds/fuxi/26.12.4": {"ring": "closed"},
    "PUT /api/v1/builds/fuxi/26.11.20/withdrawal": {"reason": "部分手机无法开机"},
    "PUT /api/v1/deliveries/{delivery}/end": {"reason": "没有人收"},
    "PUT /api/v1/deliveries/retry": {"state": "dead", "person": "alice"},
    "PUT /api/v1/deliveries/end": {"state": "failed", "person": "alice", "reason": "没有人收"},
    "POST /api/v1/devices/fuxi/moves": {"from": "stable", "to": "dev"},
}

_KINDS = {
    **dict.fromkeys(("open", "private", "asked", "withdrawn", "closed", "solved"), "report"),
    **dict.fromkeys(("out", "coming"), "day"),
    "shipped": "proposal",
}


def body_for(method: str, path: str, name: str, names: dict[str, str]) -> dict[str, Any] | None:
    """The body of a line, None where its route takes none; `names` fills in what it names."""
    for special, kind in _KINDS.items():
        path = path.replace(f"{{{special}}}", f"{{{kind}}}")
    found = BODIES.get(f"{method} {path} {name}".strip())
    if found is None:
        assert not name, f"tests/audit/bodies.py has no body {name!r} for {method} {path}"
        return None
    return {field.format_map(names): _filled(value, names) for field, value in found.items()}


def _filled(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_filled(one, names) for one in value]
    return value.format_map(names) if isinstance(value, str) else value
