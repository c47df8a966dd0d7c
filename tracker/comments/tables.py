"""The discussion below a post."""

from __future__ import annotations

from piccolo.columns import BigSerial, ForeignKey, Text, Timestamptz
from piccolo.table import Table

from tracker.people.tables import Person
from tracker.releases.tables import Release


class Comment(Table, tablename="comments"):
    """What somebody said about a release. Hidden ones stay for the team and their author."""

    id = BigSerial(primary_key=True)
    release = ForeignKey(Release, null=False)
    author = ForeignKey(Person, null=False)
    text = Text()
    at = Timestamptz()
    hidden_at = Timestamptz(null=True, default=None)
    hidden_by = ForeignKey(Person, null=True, default=None)
