"""Indexes for deliveries: what Piccolo's tables cannot say."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-22T23:00:00:000002"
VERSION = "1.38.0"
DESCRIPTION = "indexes for deliveries"

STATEMENTS = (
    # What is open, host by host: the only way workers look for work.
    "CREATE INDEX deliveries_due ON deliveries (host, due_at, id) WHERE due_at IS NOT NULL",
    "CREATE UNIQUE INDEX deliveries_once ON deliveries (notice, subscription)",
    # The dead, for whoever looks after them: few of many.
    "CREATE INDEX deliveries_dead ON deliveries (id) WHERE state = 'dead'",
    "CREATE UNIQUE INDEX notices_robot ON notices (robot, cause) WHERE robot IS NOT NULL",
    "CREATE UNIQUE INDEX subscriptions_key ON subscriptions (channel, key) WHERE gone_at IS NULL",
    "CREATE INDEX subscriptions_person ON subscriptions (person)",
    # Leases move `due_at` of every row at least once: without this, twice the pages.
    "ALTER TABLE deliveries SET (autovacuum_vacuum_scale_factor = 0.05)",
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
