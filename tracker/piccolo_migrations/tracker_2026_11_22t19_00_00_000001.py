"""Indexes for the Friday train: what Piccolo's tables cannot say."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-22T19:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "indexes for the Friday train"

STATEMENTS = (
    # The errata of a post: few of many.
    "CREATE INDEX shipments_reverted ON shipments (proposal) WHERE ended = 'reverted'",
    "CREATE UNIQUE INDEX entry_places_proposal ON entry_places (release, proposal)",
    "CREATE UNIQUE INDEX credits_person ON credits (proposal, person)",
    "CREATE INDEX comments_release ON comments (release, id) INCLUDE (author, hidden_at)",
    # On which build of a model a problem was seen first; and what is known of a build.
    "CREATE INDEX reports_seen ON reports (proposal, model, build) WHERE proposal IS NOT NULL",
    "CREATE INDEX affected_build ON affected (build) WHERE build IS NOT NULL",
    "DROP INDEX reports_known",
    "CREATE INDEX reports_known ON reports (model, proposal) INCLUDE (expected_on, build)"
    " WHERE proposal IS NOT NULL AND NOT private"
    " AND status IN ('accepted', 'in_progress', 'fixed', 'needs_info')",
    # How much somebody said in the last minute.
    "CREATE INDEX comments_author ON comments (author, at)",
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
