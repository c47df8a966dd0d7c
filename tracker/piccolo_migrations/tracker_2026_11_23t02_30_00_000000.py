"""Our mail server goes by a name that no tester's webhook can have."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-23T02:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "mail servers by names of their own"

STATEMENTS = (
    "UPDATE subscriptions SET host = left('smtp://' || host, 255)"
    " WHERE channel = 'email' AND host NOT LIKE 'smtp:%'",
    # What has been settled keeps the name that it went by.
    "UPDATE deliveries SET host = left('smtp://' || host, 255)"
    " WHERE channel = 'email' AND due_at IS NOT NULL AND host NOT LIKE 'smtp:%'",
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
