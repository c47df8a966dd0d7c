"""What roles are called."""

from __future__ import annotations

from tracker.language import Text
from tracker.people.tables import Role

ROLES: dict[Role, Text] = {
    Role.FAN: Text("米粉", "Fan"),
    Role.TESTER: Text("内测用户", "Tester"),
    Role.ENGINEER: Text("工程师", "Engineer"),
    Role.CAPTAIN: Text("发布负责人", "Captain"),
    Role.ADMIN: Text("管理员", "Admin"),
}

# What somebody gains by it, as an invitation says it.
ROLES_IN_A_SENTENCE: dict[Role, Text] = {
    Role.FAN: Text("每周五看更新、给想要的功能投票。", "Read each Friday’s changes and vote."),
    Role.TESTER: Text(
        "提前用上内测版本，反馈问题，并看着它一路走到解决。",
        "Use closed-beta builds early, report problems, and see each one through to its fix.",
    ),
    Role.ENGINEER: Text(
        "处理内测用户的反馈，把它们收进提案。",
        "Work on testers’ reports and gather them into proposals.",
    ),
    Role.CAPTAIN: Text("负责每周五的发布。", "Own the release of each Friday."),
    Role.ADMIN: Text("管理所有人和所有邀请。", "Look after everybody and every invitation."),
}


def one(role: Role) -> Text:
    """A person of this role: 「内测用户」, “a tester”."""
    name = ROLES[role]
    article = "an" if name.en[0] in "AEIO" else "a"
    return Text(name.zh, f"{article} {name.en.lower()}")
