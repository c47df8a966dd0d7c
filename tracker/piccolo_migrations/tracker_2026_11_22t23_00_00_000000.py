"""Deliveries of the inbox go: a notice has arrived there by being there."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-22T23:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the inbox needs no deliveries"

STATEMENTS = (
    "DELETE FROM deliveries",
    "DROP INDEX deliveries_channel",
)


class Anything(Table):
    """Carries raw statements; stands for no table."""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="tracker", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await Anything.raw(statement)

    manager.add_raw(run)
    # It comes back as a plain number: of a million rows at once, looking up what each refers to
    # would take longer than writing them.
    manager.drop_column(
        table_class_name="Delivery",
        tablename="deliveries",
        column_name="notice",
        db_column_name="notice",
        schema=None,
    )
    return manager
