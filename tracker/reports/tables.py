"""What testers file, and the conversation about it."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import (
    Array,
    BigInt,
    BigSerial,
    Boolean,
    Date,
    ForeignKey,
    Integer,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table

from tracker.devices.tables import Build, DeviceModel, Module, Ring
from tracker.people.tables import Person


class Status(StrEnum):
    NEW = "new"
    NEEDS_INFO = "needs_info"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    FIXED = "fixed"
    RELEASED = "released"
    VERIFIED = "verified"
    CLOSED = "closed"


class Kind(StrEnum):
    BUG = "bug"
    SUGGESTION = "suggestion"


class Severity(StrEnum):
    BRICK = "brick"
    DATA_LOSS = "data_loss"
    SECURITY = "security"
    MAJOR = "major"
    NORMAL = "normal"
    MINOR = "minor"


SEVERE = (Severity.BRICK, Severity.DATA_LOSS, Severity.SECURITY)
"""Goes to the captains at once; never closed by one person alone, nor merged into a done fix."""


class Frequency(StrEnum):
    ALWAYS = "always"
    OFTEN = "often"
    SOMETIMES = "sometimes"
    ONCE = "once"


class Reason(StrEnum):
    """Why a report was closed. A tester closes with `withdrawn` and nothing else."""

    UNREPRODUCIBLE = "unreproducible"
    AS_INTENDED = "as_intended"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    OBSOLETE = "obsolete"
    SPAM = "spam"


class MessageKind(StrEnum):
    MESSAGE = "message"
    QUESTION = "question"
    ANSWER = "answer"
    APPEAL = "appeal"
    NOTE = "note"


class Report(Table, tablename="reports"):
    """A report stands somewhere on the line from `new` to `verified`.

    An open question or a closure takes it to a siding: `status` is then that, and `standing`
    is where it goes on from. Both are written by `reports.actions.set_status` alone.

    Which proposal gathers it and which build brought the fix are facts that later rooms put
    here through that function; the suggested reply is one that the desk puts here. The full-text
    column `search`, the queue's `score` (scoring.py) and the indexes are made in the migrations.
    """

    id = BigSerial(primary_key=True)
    reporter = ForeignKey(Person, null=False)
    model = ForeignKey(DeviceModel, null=False)
    ring = Varchar(length=10, choices=Ring, default=Ring.CLOSED)
    build = ForeignKey(Build, null=True, default=None)
    module = ForeignKey(Module, null=False)
    kind = Varchar(length=12, choices=Kind, default=Kind.BUG)
    severity = Varchar(length=12, choices=Severity, default=Severity.NORMAL)
    frequency = Varchar(length=12, choices=Frequency, default=Frequency.SOMETIMES)
    title = Varchar(length=200)
    body = Text(default="")
    private = Boolean(default=False)
    status = Varchar(length=12, choices=Status, default=Status.NEW)
    standing = Varchar(length=12, choices=Status, default=Status.NEW)
    proposal = BigInt(null=True, default=None, help_text="the proposal that gathers it")
    expected_on = Date(null=True, default=None, help_text="fixed: the train it is expected on")
    missed_on = Date(null=True, default=None, help_text="fixed: the train it was to be on before")
    released_in = ForeignKey(
        Build, null=True, default=None, help_text="the published build with the fix"
    )
    owner = ForeignKey(Person, null=True, default=None)
    labels = Array(base_column=Text(), default=list, help_text="the team's, in order of letters")
    suggested_reply = Varchar(
        length=40, default="", help_text="the saved reply that a rule suggests for a first answer"
    )
    affected = Integer(default=0, help_text="how many others said: me too")
    filed_at = Timestamptz()
    updated_at = Timestamptz()
    waiting_since = Timestamptz(
        null=True, default=None, help_text="a tester spoke last, then; null: the team did"
    )
    answered_at = Timestamptz(null=True, default=None, help_text="first official answer")
    snoozed_until = Timestamptz(
        null=True, default=None, help_text="not in the inbox before, unless a tester speaks"
    )
    question = BigInt(null=True, default=None, help_text="the open question's message")
    closed_by = ForeignKey(Person, null=True, default=None)
    closed_at = Timestamptz(null=True, default=None)
    closed_reason = Varchar(length=20, default="")
    closed_text = Text(default="")
    closing_by = ForeignKey(
        Person, null=True, default=None, help_text="severe: who asks for a second person to close"
    )
    closing_reason = Varchar(length=20, default="")
    closing_text = Text(default="")
    appealed_at = Timestamptz(null=True, default=None, help_text="the one appeal has been made")
    source = Varchar(length=60, default="", help_text="where an import took it from")
    external_id = Varchar(length=120, default="")


class Message(Table, tablename="messages"):
    id = BigSerial(primary_key=True)
    report = ForeignKey(Report, null=False)
    author = ForeignKey(Person, null=False)
    kind = Varchar(length=12, choices=MessageKind, default=MessageKind.MESSAGE)
    text = Text()
    internal = Boolean(default=False, help_text="never shown to testers")
    official = Boolean(default=False, help_text="its author spoke for the team")
    at = Timestamptz()
    retracted_at = Timestamptz(null=True, default=None, help_text="the team took it back")


class ResponseKind(StrEnum):
    REPLY = "reply"
    QUESTION = "question"
    CLOSURE = "closure"
    RECORDED = "recorded"


class Response(Table, tablename="responses"):
    """What the team said or decided for testers to read, and how long one of them had waited.

    The first word after a tester's ended their wait; a second one in a row ended none. Written by
    `reports.responses` alone, which also says what happens to one that is taken back.
    """

    id = BigSerial(primary_key=True)
    report = ForeignKey(Report, null=False)
    person = ForeignKey(Person, null=False)
    kind = Varchar(length=10, choices=ResponseKind)
    message = BigInt(null=True, default=None, help_text="a reply or question: its words")
    at = Timestamptz()
    waited = Integer(null=True, default=None, help_text="whole seconds; null: nobody waited")
    act = BigInt(null=True, default=None, help_text="of what act it was a part")
    retracted_at = Timestamptz(null=True, default=None, help_text="that act was taken back")


class Affected(Table, tablename="affected"):
    """Me too: another tester, with a phone and build of their own."""

    id = BigSerial(primary_key=True)
    report = ForeignKey(Report, null=False)
    person = ForeignKey(Person, null=False)
    model = ForeignKey(DeviceModel, null=False)
    ring = Varchar(length=10, choices=Ring, default=Ring.CLOSED)
    build = ForeignKey(Build, null=True, default=None)
    text = Text(default="")
    at = Timestamptz()


class ModuleAnswerTime(Table, tablename="module_answer_times"):
    """Median seconds to a first official answer, by module, over the last 90 days.

    Renewed by `reports.jobs`; a module without enough answers has no row.
    """

    id = BigSerial(primary_key=True)
    module = ForeignKey(Module, null=False, unique=True)
    median_seconds = Integer()
    answers = Integer()
    at = Timestamptz()
