"""Indexes for acts: what Piccolo's tables cannot say."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-23T03:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "indexes for acts"

STATEMENTS = (
    "CREATE UNIQUE INDEX acts_key ON acts (person, key)",
    "CREATE INDEX events_act ON events (act) WHERE act IS NOT NULL",
    "CREATE UNIQUE INDEX changes_once ON changes (act, subject, number)",
    # What came after, of one thing.
    "CREATE INDEX changes_subject ON changes (subject, number, act)",
    "CREATE INDEX acts_person ON acts (person, id)",
)


class Anything(Table):
    """Carries raw statements; stands for no table."""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="tracker", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await Anything.raw(statement)

    manager.add_raw(run)
    return manager
