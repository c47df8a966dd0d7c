"""What the web layer itself must remember."""

from __future__ import annotations

from piccolo.columns import Bytea, Integer, Serial, Timestamptz, Varchar
from piccolo.table import Table


class RememberedAnswer(Table, tablename="remembered_answers"):
    """The first answer to a POST with an `Idempotency-Key`, given again to a repeat."""

    id: Serial
    person = Integer(help_text="whose key: keys of two people never meet")
    key = Varchar(length=120)
    route = Varchar(length=200)
    request_hash = Varchar(length=64)
    status = Integer(default=0)
    body = Bytea(default=b"")
    at = Timestamptz()
