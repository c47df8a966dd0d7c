"""What Piccolo's tables cannot say: indexes, uniqueness over several columns, the search column."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-22T12:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "indexes and the search column"

STATEMENTS = (
    "CREATE UNIQUE INDEX remembered_answers_key ON remembered_answers (person, key, route)",
    "CREATE INDEX wrong_passwords_handle ON wrong_passwords (handle, at)",
    "CREATE INDEX wrong_passwords_address ON wrong_passwords (address, at)",
    # The ways events are read: by what they are about, and as the outbox.
    "CREATE INDEX events_report ON events (report, id) WHERE report IS NOT NULL",
    "CREATE INDEX events_proposal ON events (proposal, id) WHERE proposal IS NOT NULL",
    "CREATE INDEX events_release ON events (release) WHERE release IS NOT NULL",
    "CREATE INDEX events_build ON events (build) WHERE build IS NOT NULL",
    "CREATE INDEX events_unheard ON events (id) WHERE heard_at IS NULL",
    "CREATE UNIQUE INDEX builds_version ON builds (model, version)",
    # Deferred, so that making room in the middle of a line may renumber its tail.
    "ALTER TABLE builds ADD CONSTRAINT builds_position UNIQUE (model, ring, position)"
    " DEFERRABLE INITIALLY DEFERRED",
    "CREATE INDEX builds_release ON builds (release) WHERE release IS NOT NULL",
    "CREATE UNIQUE INDEX person_devices_model ON person_devices (person, model)",
    "ALTER TABLE reports ADD CONSTRAINT reports_proposal_known"
    " FOREIGN KEY (proposal) REFERENCES proposals (id)",
    # Tokens are made in Python (reports/search.py): no text search configuration is involved.
    "ALTER TABLE reports ADD COLUMN search tsvector",
    "CREATE INDEX reports_search ON reports USING gin (search)",
    "CREATE INDEX reports_reporter ON reports (reporter, id)",
    # Counts read the index alone; so do the known issues of a model.
    "CREATE INDEX reports_model ON reports (model, status, id) INCLUDE (private, reporter)",
    "CREATE INDEX reports_model_new ON reports (model, id)",
    "CREATE INDEX reports_model_news ON reports (model, updated_at, id)",
    "CREATE INDEX reports_known ON reports (model, proposal) INCLUDE (expected_on)"
    " WHERE proposal IS NOT NULL AND NOT private"
    " AND status IN ('accepted', 'in_progress', 'fixed', 'needs_info')",
    "CREATE INDEX reports_status ON reports (status, id)",
    "CREATE INDEX reports_module ON reports (module, id)",
    "CREATE INDEX reports_proposal ON reports (proposal, id) WHERE proposal IS NOT NULL",
    "CREATE INDEX reports_build ON reports (build, id) WHERE build IS NOT NULL",
    "CREATE INDEX reports_owner ON reports (owner, id) WHERE owner IS NOT NULL",
    "CREATE INDEX reports_waiting ON reports (waiting_since, id) WHERE waiting_since IS NOT NULL",
    "CREATE INDEX reports_released ON reports (released_in, reporter) WHERE released_in IS NOT NULL",
    "CREATE INDEX reports_known_in ON reports (build, proposal) INCLUDE (expected_on)"
    " WHERE proposal IS NOT NULL AND NOT private"
    " AND status IN ('accepted', 'in_progress', 'fixed', 'needs_info')",
    "CREATE INDEX reports_severe ON reports (status, id)"
    " WHERE severity IN ('brick', 'data_loss', 'security')",
    "CREATE INDEX reports_closing ON reports (id) WHERE closing_by IS NOT NULL",
    "CREATE INDEX reports_updated ON reports (updated_at, id)",
    "CREATE UNIQUE INDEX reports_external ON reports (source, external_id)"
    " WHERE external_id <> ''",
    "CREATE INDEX messages_report ON messages (report, id)",
    "CREATE UNIQUE INDEX affected_person ON affected (report, person)",
    "CREATE INDEX affected_by_person ON affected (person)",
    "CREATE UNIQUE INDEX fixes_model ON fixes (proposal, model) NULLS NOT DISTINCT",
    "CREATE INDEX fixes_by_model ON fixes (model)",
    "CREATE UNIQUE INDEX shipments_build ON shipments (build, proposal)",
    "CREATE INDEX shipments_proposal ON shipments (proposal, model, ring)",
    "CREATE UNIQUE INDEX verifications_person ON verifications (report, person, build)",
    "CREATE UNIQUE INDEX entries_proposal ON entries (release, proposal)",
    "CREATE UNIQUE INDEX notices_cause ON notices (person, cause)",
    "CREATE INDEX notices_by_cause ON notices (cause)",
    "CREATE INDEX notices_person ON notices (person, id)",
    "CREATE INDEX notices_unread ON notices (person) WHERE read_at IS NULL",
    "CREATE UNIQUE INDEX deliveries_channel ON deliveries (notice, channel)",
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
