"""An index of the addresses that mail goes to."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-23T02:57:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "an index of mail addresses"

STATEMENTS = (
    # How often an address was written to, whoever asked: the last word of a key.
    "CREATE INDEX subscriptions_mail ON subscriptions (split_part(key, ' ', -1))"
    " WHERE channel = 'email'",
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
