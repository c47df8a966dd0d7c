"""Which phone a form means: one of one's own, or a model that was typed by its name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tracker.devices import queries
from tracker.devices.forms import DeviceOut
from tracker.devices.queries import Phone
from tracker.errors import Invalid
from tracker.language import Text

OTHER = "other"
"""The field for a model that is none of one's own phones."""

_NAMED = re.compile(r".*[（(]\s*([^()（）]+?)\s*[)）]", re.DOTALL)


async def model_called(typed: str, *, field: str) -> str:
    """The codename of a model by its codename, alias or name, or as a list suggests it:
    「小米 13（fuxi）」. `Invalid` says which ones it may have been."""
    found: list[DeviceOut] = []
    in_brackets = _NAMED.fullmatch(typed.strip())
    # The whole first: there are names with brackets of their own.
    for wanted in (typed, *(in_brackets.groups() if in_brackets else ())):
        found = await queries.models_like(wanted, limit=6) or found
        if len(found) == 1 and _is_called(found[0], wanted):
            return found[0].codename
    if not found:
        raise Invalid(
            {
                field: Text(
                    f"没有「{typed}」这个机型，换个叫法试试，比如代号",
                    f"There is no device model “{typed}”; try another of its names, or its codename",
                )
            }
        )
    raise Invalid(
        {
            field: Text(
                f"「{typed}」是哪一个？"
                + "、".join(f"{one.name.zh}（{one.codename}）" for one in found),
                f"Which one is “{typed}”? "
                + ", ".join(f"{one.name.en} ({one.codename})" for one in found),
            )
        }
    )


def _is_called(model: DeviceOut, name: str) -> bool:
    names = (model.codename, model.name.zh, model.name.en, *model.aliases)
    return _squeezed(name) in map(_squeezed, names)


def _squeezed(name: str) -> str:
    return name.lower().replace(" ", "")


CHOOSE = Text("选一下是哪台手机", "Choose the phone")


async def chosen_phone(sent: Mapping[str, Any], phones: Sequence[Phone]) -> tuple[str, str | None]:
    """The codename and the build that a form's fields `device`, `other` and `build` mean.

    A typed model goes before one of the own phones; without a build, an own phone is on the one
    it is known to be on. Whether model and build exist is left to the action, but for typed names.
    """
    typed = str(sent.get(OTHER, "")).strip()
    build = str(sent.get("build", "")).strip() or None
    codename = await model_called(typed, field=OTHER) if typed else str(sent.get("device", ""))
    if not codename:
        raise Invalid({"device" if phones else OTHER: CHOOSE})
    if build is None and not typed:
        build = next((phone.version for phone in phones if phone.codename == codename), None)
    return codename, build


def at_their_fields(
    problems: Mapping[str, Text], sent: Mapping[str, Any], phones: Sequence[Phone]
) -> dict[str, Text]:
    """What an action says about a `device`, at the field in which it was given."""
    field = OTHER if sent.get(OTHER) or not phones else "device"
    return {field if name == "device" else name: words for name, words in problems.items()}
