"""Turns at hosts that bear so many calls a minute, whoever makes them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow

ID = "2026-12-01T03:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "turns at hosts"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="tracker", description=DESCRIPTION)
    manager.add_table(class_name="Turn", tablename="delivery_turns", schema=None, columns=None)
    for name, column, params in (
        ("host", Varchar, {"length": 255, "default": "", "null": False, "primary_key": True}),
        ("next_at", Timestamptz, {"default": TimestamptzNow(), "null": False}),
    ):
        manager.add_column(
            table_class_name="Turn",
            tablename="delivery_turns",
            column_name=name,
            db_column_name=name,
            column_class_name=column.__name__,
            column_class=column,
            params=params,
        )
    return manager
