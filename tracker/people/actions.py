"""What people do with their own accounts, and how an account comes to be."""

from __future__ import annotations

from datetime import datetime

from tracker import database
from tracker.errors import Invalid, NotFound
from tracker.language import Text
from tracker.people import passwords, sessions
from tracker.people.forms import Credit, Profile
from tracker.people.handles import check_handle, taken
from tracker.people.queries import person_called, zones
from tracker.people.secrets import hash_of, new_token
from tracker.people.tables import Person, Role, Token

NO_SUCH_ZONE = Text(
    "没有这个时区，写成 Asia/Shanghai 这样",
    "There is no such time zone; write one like Europe/Berlin",
)


def check_zone(name: str) -> str:
    if name not in zones():
        raise Invalid({"timezone": NO_SUCH_ZONE})
    return name


async def add_person(
    handle: str,
    *,
    now: datetime,
    role: Role,
    display_name: str = "",
    password_hash: str = "",
    language: str = "zh",
    timezone: str = "Asia/Shanghai",
    codenames: list[str] | None = None,
) -> Person:
    """A new account. Raises Invalid for a handle that cannot be had.

    Who may add whom is up to the caller: an invitation, or whoever runs the command line.
    """
    handle = check_handle(handle)
    row = await database.fetch_row(
        "INSERT INTO people"
        " (handle, display_name, role, password_hash, language, timezone, codenames, joined_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (handle) DO NOTHING RETURNING id",
        handle,
        display_name or handle,
        role,
        password_hash,
        language,
        check_zone(timezone),
        codenames,
        now,
    )
    if row is None:
        raise taken(handle)
    person = await Person.objects().get(Person.id == row["id"])
    assert person is not None
    return person


async def sign_in(handle: str, password: str, *, address: str, now: datetime) -> Person | None:
    """The person, if the password is theirs. Raises TooMany.

    Takes the same time for a handle that nobody has.
    """
    attempt = await passwords.begin_attempt(handle, address, now=now)
    person = await person_called(handle)
    known_hash = person.password_hash if person and not person.is_disabled else ""
    if not await passwords.is_right(known_hash, password) or person is None:
        return None
    await attempt.was_right()
    if passwords.is_outdated(known_hash):
        await _keep_password(person, await passwords.hash_password(password))
    return person


async def change_profile(person: Person, profile: Profile) -> None:
    """Raises Invalid for a time zone that does not exist."""
    person.timezone = check_zone(profile.timezone)
    person.display_name = profile.display_name
    person.language = profile.language
    await person.save([Person.display_name, Person.language, Person.timezone])


async def choose_credit(person: Person, credit: Credit) -> None:
    """Names are looked up when they are read, so this holds for what is published already."""
    person.credited = credit.credited
    person.credit_name = credit.credit_name
    await person.save([Person.credited, Person.credit_name])


async def choose_language(person: Person, language: str) -> None:
    person.language = language
    await person.save([Person.language])


async def change_password(
    person: Person, current: str, new: str, *, session: int | None, address: str, now: datetime
) -> None:
    """Sign out everywhere but in `session`. Tokens stay.

    Raises Invalid by field, and TooMany: guessing here is guessing too.
    """
    new = passwords.check_password(new, handle=person.handle, field="new")
    attempt = await passwords.begin_attempt(person.handle, address, now=now)
    if not await passwords.is_right(person.password_hash, current):
        raise Invalid({"current": Text("现在的密码不对", "The present password is not right")})
    await attempt.was_right()
    new_hash = await passwords.hash_password(new)
    async with database.transaction():
        await _keep_password(person, new_hash)
        await sessions.close_other_sessions(person, but=session)


async def set_password(person: Person, new: str) -> None:
    """For whoever runs the server. Signs the person out everywhere."""
    new = passwords.check_password(new, handle=person.handle)
    new_hash = await passwords.hash_password(new)
    async with database.transaction():
        await _keep_password(person, new_hash)
        await sessions.close_other_sessions(person, but=None)


async def disable(person: Person, *, now: datetime) -> None:
    """Shut them out at once: whoever they are signed in as, in whatever browser or script."""
    async with database.transaction():
        await Person.update({Person.disabled_at: now}).where(Person.id == person.id)
        await sessions.close_other_sessions(person, but=None)


async def change_role(person: Person, role: Role) -> None:
    """From their next request on they may what it says."""
    await Person.update({Person.role: role}).where(Person.id == person.id)


async def enable(person: Person) -> None:
    """Their tokens work again; browsers have to sign in anew."""
    await Person.update({Person.disabled_at: None}).where(Person.id == person.id)


async def make_token(person: Person, name: str, *, now: datetime) -> str:
    """The bearer token. It is not kept, so this is the only time it can be shown."""
    token = new_token()
    await Token(person=person.id, name=name, secret_hash=hash_of(token), created_at=now).save()
    return token


async def revoke_token(person: Person, number: int, *, now: datetime) -> None:
    """From now on it is refused. Another's token is not found; a second time changes nothing."""
    changed = await database.execute(
        "UPDATE tokens SET revoked_at = coalesce(revoked_at, $3) WHERE id = $1 AND person = $2",
        number,
        person.id,
        now,
    )
    if changed == "UPDATE 0":
        raise NotFound


async def _keep_password(person: Person, password_hash: str) -> None:
    person.password_hash = password_hash
    await person.save([Person.password_hash])
