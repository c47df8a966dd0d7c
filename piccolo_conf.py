"""Where Piccolo looks for the engine and the tables, its command line included."""

from piccolo.conf.apps import AppRegistry

from tracker.database import engine

DB = engine
APP_REGISTRY = AppRegistry(apps=["tracker.piccolo_app"])
