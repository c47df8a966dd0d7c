"""What keeps a train from leaving, and what its captain should know before it does."""

from __future__ import annotations

from datetime import date, datetime

from asyncpg import Record
from piccolo.querystring import QueryString

from tracker import database
from tracker.devices.forms import Words
from tracker.devices.queries import builds_of_release
from tracker.language import Text
from tracker.releases.contents import aboard, contents
from tracker.releases.forms import Finding

HELD = "held"


async def blockers(
    day: date, *, cutoff: datetime, held_at: datetime | None, held_reason: str
) -> list[Finding]:
    """Why a train in the making may not leave: neither by the clock nor by a captain's hand.

    `cutoff` is when it was frozen, or now. Three queries.
    """
    found: list[Finding] = []
    if held_at is not None:
        found.append(_finding(HELD, *_held(held_reason)))
    leaving = QueryString("SELECT 1 FROM builds b WHERE {} LIMIT 1", aboard(day))
    if not await database.rows(leaving):
        found.append(
            _finding("no_build", "这一期还没有可以发布的版本", "No build can leave with this train")
        )
    for row in await _unworded(day, cutoff=cutoff):
        missing = Text(
            "、".join(
                name for name, there in (("中文", row["zh"]), ("英文", row["en"])) if not there
            ),
            " and ".join(
                name
                for name, there in (("Chinese", row["zh"]), ("English", row["en"]))
                if not there
            ),
        )
        found.append(
            _finding(
                "no_wording",
                f"P-{row['id']} 缺{missing.zh}更新说明",
                f"P-{row['id']} has no {missing.en} wording",
                proposal=f"P-{row['id']}",
            )
        )
    found.extend(
        _finding(
            "revert_pending",
            f"{row['name_zh']} 的 {row['version']} 里还有 P-{row['proposal']}，"
            "它的修复已经回退：换一个不含它的版本，或者让这个版本晚点发车",
            f"Build {row['version']} for {row['name_en']} still holds P-{row['proposal']},"
            " whose fix was reverted: send a build without it, or mark this one as late",
            proposal=f"P-{row['proposal']}",
            device=row["codename"],
            version=row["version"],
        )
        for row in await _reverted(day)
    )
    return found


def _finding(
    code: str, zh: str, en: str, *, proposal: str = "", device: str = "", version: str = ""
) -> Finding:
    return Finding(code, Words(zh, en), proposal, device, version)


def _held(reason: str) -> tuple[str, str]:
    if not reason:
        return "这班车已暂缓，放行后才会发车", "The train is held: it leaves when it is let go"
    return f"这班车已暂缓：{reason}", f"The train is held: {reason}"


async def _unworded(day: date, *, cutoff: datetime) -> list[Record]:
    return await database.rows(
        QueryString(
            "SELECT DISTINCT p.id, p.changelog_zh <> '' AS zh, p.changelog_en <> '' AS en"
            " FROM ({}) AS c JOIN proposals p ON p.id = c.proposal"
            " WHERE p.changelog_zh = '' OR p.changelog_en = '' ORDER BY p.id",
            contents(aboard(day), cutoff=cutoff),
        )
    )


async def _reverted(day: date) -> list[Record]:
    """What a maker listed in a build and was taken back since: the phone would get it."""
    return await database.rows(
        QueryString(
            "SELECT s.proposal, b.version, d.codename, d.name_zh, d.name_en FROM shipments s"
            " JOIN builds b ON b.id = s.build JOIN device_models d ON d.id = b.model"
            " WHERE {} AND s.shipped_at IS NULL AND s.ended = 'reverted'"
            " ORDER BY s.proposal, d.name_en",
            aboard(day),
        )
    )


async def warnings(day: date) -> list[Finding]:
    """Odd, but nothing that a train waits for: late builds, and models left out."""
    builds = await builds_of_release(day)
    found = [
        _finding(
            "late",
            f"{row['name_zh']} {row['version']} 延迟：{row['delayed_zh']}",
            f"{row['name_en']} {row['version']} is late: {row['delayed_en']}",
            device=row["codename"],
            version=row["version"],
        )
        for row in builds
        if (row["delayed_zh"] or row["delayed_en"]) and not row["withdrawn_at"]
    ]
    missing = await database.fetch(
        "SELECT d.codename, d.name_zh, d.name_en, count(DISTINCT pd.person) AS testers FROM person_devices pd"
        " JOIN device_models d ON d.id = pd.model WHERE NOT EXISTS"
        " (SELECT 1 FROM builds b WHERE b.model = d.id AND b.release = $1"
        "  AND b.withdrawn_at IS NULL)"
        " GROUP BY d.id ORDER BY count(DISTINCT pd.person) DESC, d.name_en LIMIT 20",
        day,
    )
    found.extend(
        _finding(
            "no_build_for_model",
            f"{row['name_zh']} 有 {row['testers']} 位内测用户，但这一期没有版本",
            f"{row['name_en']} has {row['testers']} tester"
            f"{'s' if row['testers'] != 1 else ''} but no build in this release",
            device=row["codename"],
        )
        for row in missing
    )
    return found
