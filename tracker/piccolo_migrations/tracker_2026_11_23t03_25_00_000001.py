"""The order of the queue, as scoring.py describes it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-23T03:25:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "the order of the queue"

STATEMENTS = (
    # A severe one comes before all others; a time without its zone is what a column may be made of.
    "ALTER TABLE reports ADD COLUMN score double precision NOT NULL GENERATED ALWAYS AS ("
    "CASE WHEN severity IN ('brick', 'data_loss', 'security') THEN 1000000 ELSE 0 END"
    " + ln(CASE severity WHEN 'major' THEN 6 WHEN 'normal' THEN 2 ELSE 1 END * (1 + affected)) / ln(2.0)"
    " + extract(epoch FROM filed_at AT TIME ZONE 'UTC') / 604800) STORED",
    "CREATE INDEX reports_score ON reports (score, id) WHERE waiting_since IS NOT NULL",
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
