"""What a browser is called by whoever uses it, from what it says of itself."""

from __future__ import annotations

from tracker.language import Text

# Each says the names of those that it is to be taken for, too: the first that is found counts.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("MiuiBrowser", "Mi Browser"),
    ("HuaweiBrowser", "Huawei Browser"),
    ("UCBrowser", "UC"),
    ("MQQBrowser", "QQ"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)

UNKNOWN = Text("浏览器", "Browser")


def browser_name(user_agent: str) -> Text:
    """`Chrome · Android`, as far as it can be told."""
    found = [
        next(name for mark, name in names if mark in user_agent)
        for names in (_BROWSERS, _SYSTEMS)
        if any(mark in user_agent for mark, _ in names)
    ]
    name = " · ".join(found)
    return Text(name, name) if name else UNKNOWN
