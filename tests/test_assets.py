"""The built stylesheet, fonts and icons: nothing from elsewhere, nothing missing."""

import gzip
import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from tools import assets

LATVIAN = "āčēģīķļņšūžĀČĒĢĪĶĻŅŠŪŽ"


@pytest.fixture(scope="module", autouse=True)
def built():
    assets.build()
    return assets.BUILT


def test_stylesheet_carries_no_picture_and_names_no_other_host(built):
    css = (built / "portal.css").read_text(encoding="utf-8")
    assert "data:" not in css
    assert "//" not in css.replace("/*", "").replace("*/", "")
    assert "@import" not in css


def test_every_file_the_stylesheet_names_was_built(built):
    css = (built / "portal.css").read_text(encoding="utf-8")
    names = set(re.findall(r"""url\(["']?([^"')]+)["']?\)""", css))
    assert len(names) > 5
    assert [name for name in names if not (built / name).is_file()] == []


def test_stylesheet_keeps_the_order_of_layers(built):
    css = (built / "portal.css").read_text(encoding="utf-8")
    assert css.startswith("@layer ds.theme,ds.base,ds.components,portal;")


def test_pictures_taken_out_of_the_library_are_pictures(built):
    pictures = list((built / "ds").glob("*.svg"))
    assert pictures
    assert all(picture.read_text(encoding="utf-8").startswith("<svg") for picture in pictures)


def test_fonts_have_every_latvian_letter(built):
    font = TTFont(built / "fonts/kp-sans-ext-a.woff2")
    assert [letter for letter in LATVIAN if ord(letter) not in font.getBestCmap()] == []


def test_cut_font_does_not_bear_the_reserved_name(built):
    font = TTFont(built / "fonts/kp-sans-ext-a.woff2")
    assert {font["name"].getDebugName(number) for number in (1, 4)} == {"KP Sans Ext-A"}


def test_licences_stand_beside_what_they_cover(built):
    assert {path.name for path in (built / "licences").iterdir()} == set(assets.LICENCES)


def icons_asked_for():
    """Icon names in our templates and in code that hands a name to a template."""
    names = set()
    for path in (assets.ROOT / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        names |= set(re.findall(r"""{%\s*icon\s+["']([a-z0-9-]+)["']""", text))
        names |= set(re.findall(r"""icon_name(?:=|\|default:)["']([a-z0-9-]+)["']""", text))
        names |= set(re.findall(r"#i-([a-z0-9-]+)", text))
    return names


def test_sprite_has_every_icon_that_a_template_asks_for(built):
    sprite = set(re.findall(r'<symbol id="i-([a-z0-9-]+)"', (built / "icons.svg").read_text(encoding="utf-8")))
    asked = icons_asked_for()
    assert len(asked) > 10
    assert asked - sprite == set()


def test_a_second_build_changes_nothing(built, capsys):
    before = {path: path.stat().st_mtime_ns for path in built.rglob("*")}
    assets.build()
    assert capsys.readouterr().out == "Assets: up to date.\n"
    assert {path: path.stat().st_mtime_ns for path in built.rglob("*")} == before


def test_building_without_the_packages_says_what_to_run(monkeypatch, tmp_path):
    monkeypatch.setattr(assets, "COMPONENTS", tmp_path / "none")
    with pytest.raises(SystemExit, match="npm ci"):
        assets.build()


def test_palette_was_made_from_its_settings():
    assert assets.palette_fits()


def test_lock_file_holds_no_address_of_a_registry():
    lock = Path(assets.ROOT, "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert '"integrity"' in lock


def test_what_every_first_visit_downloads_stays_small(built):
    """Budget of the design: 69 KB compressed for the home page; with some 5 of HTML we are near 71 and grow no more."""
    packed = [len(gzip.compress((built / name).read_bytes(), 9)) for name in ("portal.css", "icons.svg")]
    fonts = [path.stat().st_size for path in (built / "fonts").iterdir()]
    assert sum(packed + fonts) <= 67_000
