"""Bringing in device models."""

from __future__ import annotations

import json

import pytest

from tests.cast import ApiOf
from tests.importing.conftest import BringIn

pytestmark = pytest.mark.usefixtures("cast")

MODELS = """\
- codename: fuxi
  name: Xiaomi 13 China
  version: V14.0.4.0.UMCCNXM
  aliases: [2211133C, "2210132C"]
- codename: fuxi
  name: Xiaomi 13
- codename: pipa
  name_zh: 小米平板 6
  name_en: Xiaomi Pad 6
- name: nameless
"""


async def known(api_of: ApiOf) -> dict[str, tuple[str, str, list[str]]]:
    items = (await api_of("erin").get("devices")).json()["items"]
    return {d["codename"]: (d["name"]["zh"], d["name"]["en"], d["aliases"]) for d in items}


async def test_a_list_of_models(bring_in: BringIn, api_of: ApiOf) -> None:
    ran = await bring_in("devices", MODELS, kind="yml")
    assert ran.out == "device models: 2 added, 1 already there, 1 refused"
    assert (ran.code, ran.err) == (1, "line 10: no codename")
    assert await known(api_of) == {
        "fuxi": ("Xiaomi 13 China", "Xiaomi 13 China", ["2211133C", "2210132C"]),
        "pipa": ("小米平板 6", "Xiaomi Pad 6", []),
    }


async def test_a_second_run_adds_nothing(bring_in: BringIn, api_of: ApiOf) -> None:
    rows = [{"id": "fuxi", "names": {"zh": "小米 13"}}, {"id": "houji", "names": {"zh": "小米 14"}}]
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    options = ("--map", "codename=id", "--map", "name=names.zh")
    first = await bring_in("devices", lines, *options, kind="jsonl")
    assert (first.code, first.out) == (0, "device models: 2 added, 0 already there, 0 refused")
    before = await known(api_of)
    second = await bring_in("devices", lines.replace("13", "31"), *options, kind="jsonl")
    assert (second.code, second.out) == (0, "device models: 0 added, 2 already there, 0 refused")
    assert await known(api_of) == before


async def test_a_dry_run_changes_nothing(bring_in: BringIn, api_of: ApiOf) -> None:
    table = "codename;x\nfuxi\n".replace(";", ",") + "houji,\nno good,\n"
    ran = await bring_in("devices", table, "--dry-run")
    assert ran.out == "device models: 2 would be added, 0 already there, 1 refused"
    assert ran.err.startswith("line 4: “no good” is no codename")
    assert await known(api_of) == {}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--map", "codename=model"), "there is no column “model”. The columns are codename, name"),
        (("--map", "colour=name"), "there is no field “colour”"),
        (("--map", "codename"), "it must look like --map FIELD="),
        (("--value", "name:a=b"), "“name” has no values of its own"),
    ],
)
async def test_a_slip_on_the_command_line(
    bring_in: BringIn, options: tuple[str, ...], said: str
) -> None:
    ran = await bring_in("devices", "codename,name\nfuxi,Xiaomi 13\n", *options)
    assert ran.code == 2
    assert said in ran.err


async def test_files_that_are_none(bring_in: BringIn) -> None:
    ran = await bring_in("devices", "", kind="xlsx")
    assert (ran.code, ran.err) == (
        2,
        "given.xlsx: it must be a .csv, .jsonl, .yml or .yaml file",
    )
    assert (await bring_in("devices", "")).code == 2
