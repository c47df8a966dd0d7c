"""Reading a submitted form into a struct, with a sentence for every field that cannot be taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from tracker.errors import Invalid
from tracker.language import Text

S = TypeVar("S", bound=msgspec.Struct)

UNREADABLE = Text("这个值认不出来", "This value is not one we know")


def says(zh: str, en: str, **limits: Any) -> msgspec.Meta:
    """Limits of a field together with the sentence a person reads when they are not met."""
    return msgspec.Meta(extra={"problem": Text(zh, en)}, **limits)


def problem_of(annotation: Any) -> Text:
    """The sentence that belongs to a field's type."""
    if get_origin(annotation) is Annotated:
        for note in get_args(annotation)[1:]:
            if isinstance(note, msgspec.Meta) and note.extra and "problem" in note.extra:
                sentence: Text = note.extra["problem"]
                return sentence
    return UNREADABLE


def read_form(shape: type[S], sent: Mapping[str, Any]) -> S:
    """The form as a struct, or `Invalid` with every field's problem at once.

    Text is trimmed; an empty field counts as absent, so that a field's default applies.
    Lists are read from repeated fields when `sent` has `getall`.
    """
    values: dict[str, Any] = {}
    problems: dict[str, Text] = {}
    hints = get_type_hints(shape, include_extras=True)
    for field in msgspec.structs.fields(shape):
        name = field.encode_name
        raw = _taken(sent, name, hints[field.name])
        if raw is None:
            if field.required:
                problems[name] = problem_of(hints[field.name])
            continue
        try:
            values[field.name] = msgspec.convert(raw, hints[field.name], strict=False)
        except msgspec.ValidationError:
            problems[name] = problem_of(hints[field.name])
    if problems:
        raise Invalid(problems)
    return shape(**values)


def _taken(sent: Mapping[str, Any], name: str, hint: Any) -> Any:
    base = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    if get_origin(base) is list:
        found = sent.getall(name, []) if hasattr(sent, "getall") else sent.get(name, [])
        return [item for item in found if item != ""] or None
    raw = sent.get(name)
    if isinstance(raw, str):
        # PostgreSQL takes every character but the zero.
        raw = raw.replace("\r\n", "\n").replace("\0", "").strip()
    return raw if raw != "" else None
