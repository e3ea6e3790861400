"""Contrast of every pair of colours that pages use, from the stylesheet as it is served (WCAG 2.2: 1.4.3, 1.4.11)."""

import re

import pytest

from tools import assets

TEXT, SHAPE = 4.5, 3.0
PAIRS = [
    # what, front, back, at least
    ("text on the page", "ink", "bg", TEXT),
    ("text on a card", "ink", "surface", TEXT),
    ("text on a band", "ink", "sunk", TEXT),
    ("muted text on the page", "ink-2", "bg", TEXT),
    ("muted text on a card", "ink-2", "surface", TEXT),
    ("muted text on a band", "ink-2", "sunk", TEXT),
    ("link on the page", "acc", "bg", TEXT),
    ("link on a card", "acc", "surface", TEXT),
    ("link on a band", "acc", "sunk", TEXT),
    ("chosen item of the menu", "acc", "acc-tint", TEXT),
    ("text of a button", "acc-on", "acc-base", TEXT),
    ("date on its block", "acc-ink", "acc-tint", TEXT),
    ("success on the page", "ok", "bg", TEXT),
    ("success on a card", "ok", "surface", TEXT),
    ("warning on the page", "warn", "bg", TEXT),
    ("warning on a card", "warn", "surface", TEXT),
    ("danger on the page", "bad", "bg", TEXT),
    ("danger on a card", "bad", "surface", TEXT),
    ("count in the side menu", "bad", "bad-t", TEXT),
    ("information on the page", "info", "bg", TEXT),
    ("information on a card", "info", "surface", TEXT),
    ("text on a working hexagon", "ink", "acc-tint", TEXT),
    ("text on a forming hexagon", "ink", "warn-t", TEXT),
    ("text of the demonstration band", "ink", "warn-t", TEXT),
    ("name of the river", "river-ink", "river", TEXT),
    ("outline of a working hexagon", "acc-line", "surface", SHAPE),
    ("outline of a forming hexagon", "warn-l", "surface", SHAPE),
    ("outline of an empty hexagon", "line-2", "surface", SHAPE),
    ("border of an input on a card", "line-2", "surface", SHAPE),
    ("border of an input on the page", "line-2", "bg", SHAPE),
    ("bar on a card", "acc-line", "surface", SHAPE),
    ("bar on its track", "acc-line", "sunk", SHAPE),
    ("waiting list on a card", "amber", "surface", SHAPE),
    ("current step on a card", "amber", "surface", SHAPE),
    ("focus ring on the page", "focus", "bg", SHAPE),
    ("focus ring on a card", "focus", "surface", SHAPE),
    ("focus ring on a band", "focus", "sunk", SHAPE),
]


def colours(scheme):
    """The --kp-* colours of a scheme: ours point at the palette's, which differ by scheme."""
    css = (assets.BUILT / "portal.css").read_text(encoding="utf-8")
    block = re.search(rf"@layer ds\.theme\.color-scheme\.{scheme}{{[^{{]*{{(.*?)}}", css)
    palette = dict(re.findall(r"--ds-([\w-]+):(#[0-9a-fA-F]{3,6})", block[1]))
    names = re.search(r"@layer portal\{:root,\[data-color-scheme\]\{(.*?)\}", css)
    return {kp: palette[ds] for kp, ds in re.findall(r"--kp-([\w-]+):var\(--ds-([\w-]+)\)", names[1])}


def luminance(colour):
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.fixture(scope="module", autouse=True)
def built():
    assets.build()


def test_contrast_is_computed_as_the_standard_says():
    assert round(contrast("#000", "#ffffff"), 2) == 21
    assert round(contrast("#767676", "#fff"), 2) == 4.54


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_pair_can_be_told_apart(scheme):
    found = colours(scheme)
    weak = [
        f"{what}: {contrast(found[front], found[back]):.2f} (needs {least})"
        for what, front, back, least in PAIRS
        if contrast(found[front], found[back]) < least
    ]
    assert weak == []


def test_the_two_schemes_are_two():
    assert colours("light")["bg"] != colours("dark")["bg"]
