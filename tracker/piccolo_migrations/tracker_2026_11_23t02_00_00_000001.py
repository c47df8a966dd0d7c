"""Once: a delivery by its key, a commit by what it names."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-23T02:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "indexes for repositories"

STATEMENTS = (
    "CREATE UNIQUE INDEX repository_deliveries_once ON repository_deliveries (repository, key)",
    # The last of a repository, for its page, and those that are too old.
    "CREATE INDEX repository_deliveries_last ON repository_deliveries (repository, id)",
    # Ordered by its characters, so that the beginning of a commit's name finds it.
    "CREATE UNIQUE INDEX repository_commits_once"
    " ON repository_commits (repository, sha varchar_pattern_ops, proposal)",
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
