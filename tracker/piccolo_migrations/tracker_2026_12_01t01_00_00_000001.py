"""What routing rules look words up by, and where the reports are that nobody has routed yet."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-12-01T01:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "routing rules: words and indexes"

STATEMENTS = (
    "ALTER TABLE routing_rules ADD COLUMN query tsquery",
    # Made again with a time for all that is there, which PostgreSQL writes down once instead of in
    # every row: what was filed before there were rules is not for them.
    "ALTER TABLE events DROP COLUMN routed_at",
    "ALTER TABLE events ADD COLUMN routed_at timestamptz DEFAULT now()",
    "ALTER TABLE events ALTER COLUMN routed_at DROP DEFAULT",
    "CREATE INDEX events_unrouted ON events (id)"
    " WHERE routed_at IS NULL AND kind = 'report.filed'",
    "CREATE INDEX reports_labels ON reports USING gin (labels) WHERE cardinality(labels) > 0",
    "CREATE INDEX reports_advised ON reports (suggested_reply) WHERE suggested_reply <> ''",
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
