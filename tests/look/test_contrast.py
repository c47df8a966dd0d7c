"""Every colour stands out from what it stands on, by day and by night (WCAG 2.2 AA).

The tokens are read from the style sheets. A colour, or a ground, that a sheet starts to use and
that no pair below covers fails too, so the table cannot fall behind the sheets.
"""

from __future__ import annotations

import re

import pytest

from tracker.web.templating import STATIC, templates_folder

SHEETS = {
    sheet.name: re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
    for sheet in sorted(STATIC.glob("*.css"))
}

TEXT, SHAPE = 4.5, 3.0

PAGE = ("paper", "surface", "wash")
BOARD = ("board", "flap")
PAIRS: dict[str, tuple[float, tuple[str, ...]]] = {
    # What is written on the page, and what is written on a filled button or mark.
    "ink": (TEXT, PAGE),
    "ink-2": (TEXT, PAGE),
    "orange": (TEXT, PAGE),
    "good": (TEXT, PAGE),
    "wait": (TEXT, PAGE),
    "bad": (TEXT, PAGE),
    "on-orange": (TEXT, ("orange",)),
    "paper": (TEXT, ("ink", "ink-2", "good", "wait", "bad")),
    # The departure board.
    "board-ink": (TEXT, BOARD),
    "board-ink-2": (TEXT, BOARD),
    "board-orange": (TEXT, BOARD),
    "board-good": (TEXT, BOARD),
    "board-wait": (TEXT, BOARD),
    "board-bad": (TEXT, BOARD),
    # Marks, tracks and the borders of what can be touched.
    "shape": (SHAPE, PAGE),
    "edge": (SHAPE, PAGE),
}
DECORATION = {"hairline"}
"""Rules between things that are apart anyway: nothing is lost with them."""


def tokens(theme: str) -> dict[str, str]:
    """The colours by name. What the dark theme does not set again is the light one's."""
    light, _, dark = SHEETS["base.css"].partition("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})\b", light))
    if theme == "dark":
        found |= dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})\b", dark))
    return found


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def used(declaration: str) -> set[str]:
    """The tokens that the sheets use in declarations of this kind, print aside (black on white)."""
    values = (
        value
        for name, sheet in SHEETS.items()
        if name != "print.css"
        for value in re.findall(rf"(?<![\w-])(?:{declaration})\s*:([^;}}]*)", sheet)
    )
    return {token for value in values for token in re.findall(r"var\(--([\w-]+)\)", value)}


def test_the_measure_is_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("colour", PAIRS)
def test_a_colour_stands_out(theme: str, colour: str) -> None:
    named = tokens(theme)
    least, grounds = PAIRS[colour]
    short = {
        ground: round(ratio, 2)
        for ground in grounds
        if (ratio := contrast(named[colour], named[ground])) < least
    }
    assert not short, f"--{colour} needs {least}:1, has {short} ({theme})"


def test_no_colour_and_no_ground_is_used_that_no_pair_covers() -> None:
    colours = set(tokens("light"))
    grounds = {ground for _, ground_of in PAIRS.values() for ground in ground_of}
    text = {colour for colour, (least, _) in PAIRS.items() if least == TEXT}
    # A sheet may give a drawing its colour by way of `color`; shapes are checked as shapes.
    assert used("color") & colours <= text | {"shape", "edge"}
    assert used("background(?:-color)?") & colours <= grounds | set(PAIRS) | DECORATION
    assert used(r"border[\w-]*|outline[\w-]*") & colours <= set(PAIRS) | grounds | DECORATION


def test_colours_are_named_in_one_place() -> None:
    """Outside the tokens only print's black and white, and the ink on a selection."""
    _, _, rest = SHEETS["base.css"].partition("*, ::before, ::after")
    elsewhere = {name: sheet for name, sheet in SHEETS.items() if name != "print.css"}
    elsewhere["base.css"] = rest.replace("color: #15120e", "")
    strays = {
        name: found
        for name, sheet in elsewhere.items()
        if (found := re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", sheet))
    }
    assert not strays
    for theme in ("light", "dark"):
        assert contrast("#15120e", tokens(theme)["shape"]) >= TEXT


def test_the_browser_s_bar_has_the_colour_of_the_paper() -> None:
    """The page's head and the manifest cannot read the tokens, so they repeat them."""
    frame = (templates_folder() / "base.html").read_text("utf-8")
    for theme in ("light", "dark"):
        paper = tokens(theme)["paper"]
        assert f'media="(prefers-color-scheme: {theme})" content="{paper}"' in frame
    manifest = (STATIC / "site.webmanifest").read_text("utf-8")
    assert tokens("light")["paper"] in manifest
