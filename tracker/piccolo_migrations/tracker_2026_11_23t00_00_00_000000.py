"""Indexes for the ledger of deliveries: what an engineer narrows it by."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-23T00:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes for the ledger"

STATEMENTS = (
    # With its number behind the cause, the first and the last notice of a release are one look each.
    "DROP INDEX notices_by_cause",
    "CREATE INDEX notices_by_cause ON notices (cause, id)",
    # The few of many that somebody looks for, in the order of the ledger.
    "DROP INDEX deliveries_dead",
    "CREATE INDEX deliveries_dead ON deliveries (notice, subscription) WHERE state = 'dead'",
    "CREATE INDEX deliveries_failed ON deliveries (notice, subscription) WHERE state = 'failed'",
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
