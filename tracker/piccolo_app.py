"""The one Piccolo app: every room's tables, in the order in which rooms may know each other."""

from __future__ import annotations

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="tracker",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=table_finder(
        modules=[
            "tracker.web.tables",
            "tracker.people.tables",
            "tracker.history.tables",
            "tracker.devices.tables",
            "tracker.invitations.tables",
            "tracker.reports.tables",
            "tracker.proposals.tables",
            "tracker.releases.tables",
            "tracker.repositories.tables",
            "tracker.desk.tables",
            "tracker.comments.tables",
            "tracker.subscriptions.tables",
            "tracker.notices.tables",
            "tracker.deliveries.tables",
        ],
        # A room imports tables of others to refer to them, and a migration must name each once.
        exclude_imported=True,
    ),
)
