"""The portal's stylesheet, fonts and icons, cut from the npm packages of package-lock.json into static/built/.

    python tools/assets.py build      after `npm ci`; does nothing when nothing changed
    python tools/assets.py palette    colours anew, after tools/palette.json changed (fetches its maker with npx)

One stylesheet comes out, portal.css: the chosen components of Designsystemet, our palette, tokens.css and portal.css,
each in its cascade layer, so that ours win by order and not by weight.  Pictures that the library carries inside its
CSS become files of ours, because the content security policy lets no `data:` picture in.  The icons of the sprite are
those that tools/icons.txt names.  The PDF documents get the same letters as two fonts of the kind that typst reads.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"
COMPONENTS = PACKAGES / "@digdir/designsystemet-css/dist/src"
FONTS = PACKAGES / "@fontsource-variable/source-sans-3/files"
ICON_FILES = PACKAGES / "lucide-static/icons"
SOURCES = ROOT / "static/css"
BUILT = ROOT / "static/built"
PALETTE_SETTINGS = ROOT / "tools/palette.json"
PALETTE = SOURCES / "palette.css"
PALETTE_MAKER = "@digdir/designsystemet@1.15.0"

LAYERS = "@layer ds.theme,ds.base,ds.components,portal;"
USED_COMPONENTS = [
    "alert",
    "breadcrumbs",
    "button",
    "details",
    "error-summary",
    "field",
    "fieldset",
    "heading",
    "input",
    "label",
    "link",
    "list",
    "pagination",
    "skip-link",
    "spinner",
    "table",
    "tag",
    "validation-message",
]
LATIN_FONT = "source-sans-3-latin-wght-normal.woff2"
EXTENDED_FONT = "source-sans-3-latin-ext-wght-normal.woff2"
EXTENDED_RANGE = range(0x100, 0x180)  # Latin Extended-A: every Latvian letter that the Latin file lacks
PRINTED_SCRIPTS = ("latin", "latin-ext", "cyrillic", "cyrillic-ext", "greek", "vietnamese")
PRINTED_WEIGHTS = {"Regular": 400, "Bold": 700}
ICON_NAMES = ROOT / "tools/icons.txt"
LICENCES = {
    "designsystemet.txt": PACKAGES / "@digdir/designsystemet-css/LICENSE",
    "source-sans-3.txt": PACKAGES / "@fontsource-variable/source-sans-3/LICENSE",
    "lucide.txt": PACKAGES / "lucide-static/LICENSE",
}
DATA_PICTURE = re.compile(r"""url\((["'])data:image/svg\+xml([^,]*),(.*?)\1\)""")


def digest(*contents: bytes) -> str:
    total = hashlib.sha256()
    for content in contents:
        total.update(hashlib.sha256(content).digest())
    return total.hexdigest()


def inputs() -> list[Path]:
    """Every file that decides what comes out, this one and the packages' versions among them."""
    packages = [
        PACKAGES / name / "package.json" for name in ("@digdir/designsystemet-css", FONTS.parent, "lucide-static")
    ]
    return [
        Path(__file__),
        ICON_NAMES,
        *packages,
        *(SOURCES / name for name in ("palette.css", "tokens.css", "portal.css")),
    ]


def squeezed(css: str) -> str:
    """The same rules without comments and needless space. It knows our own plain CSS, not every CSS."""
    css = re.sub(r"/\*.*?\*/", "", css.replace('@charset "UTF-8";', ""), flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r"\s*([{};,])\s*", r"\1", css)
    return re.sub(r":\s+(?=[^{}]*[;}])", ":", css).replace(";}", "}").strip()


def palette_fits() -> bool:
    """Was the committed palette made from the committed settings?"""
    return digest(PALETTE_SETTINGS.read_bytes()) in PALETTE.read_text(encoding="utf-8")[:400]


def layer_block(css: str, name: str) -> str:
    """The whole `@layer ds.theme.<name>{…}` of the palette."""
    start = css.index(f"@layer ds.theme.{name}{{")
    depth = 0
    for brace in re.compile(r"[{}]").finditer(css, start):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return css[start : brace.end()]
    raise ValueError(f"The layer {name} of the palette does not end.")


def stylesheet() -> dict[str, bytes]:
    """portal.css, and the pictures that stood inside the library's CSS. Paper is light in every colour scheme."""
    pictures: dict[str, bytes] = {}

    def as_file(match: re.Match[str]) -> str:
        encoding, content = match[2], match[3]
        svg = base64.b64decode(content) if "base64" in encoding else urllib.parse.unquote(content).encode()
        name = f"ds/{hashlib.sha256(svg).hexdigest()[:10]}.svg"
        pictures[name] = svg
        return f'url("{name}")'

    palette = squeezed(PALETTE.read_text(encoding="utf-8"))
    second_font, dark = (layer_block(palette, name) for name in ("typography.secondary", "color-scheme.dark"))
    palette = palette.replace(second_font, "").replace(dark, f"@media not print{{{dark}}}")
    parts = [LAYERS, palette]
    for layer, names in (("ds.base", ["base"]), ("ds.components", USED_COMPONENTS)):
        parts += [f"@layer {layer}{{{(COMPONENTS / f'{name}.css').read_text(encoding='utf-8')}}}" for name in names]
    for name in ("tokens.css", "portal.css"):
        # Our sources name the fonts from where they stand, static/css/.
        parts.append(squeezed((SOURCES / name).read_text(encoding="utf-8")).replace("../built/", ""))
    css = DATA_PICTURE.sub(as_file, "\n".join(parts))
    return {"portal.css": css.encode(), **pictures}


def extended_font() -> bytes:
    """The Latvian letters alone, under a name of our own: the licence reserves the font's name for the whole font."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options(layout_features=["*"], name_IDs=["*"])
    font = TTFont(FONTS / EXTENDED_FONT, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=EXTENDED_RANGE)
    subsetter.subset(font)
    for record in font["name"].names:
        if record.nameID in {1, 3, 4, 16}:
            record.string = "KP Sans Ext-A"
        elif record.nameID in {6, 25}:
            record.string = "KPSansExtA"
    font.flavor = "woff2"
    with tempfile.TemporaryFile() as buffer:
        font.save(buffer)
        buffer.seek(0)
        return buffer.read()


def printed_font(style: str) -> bytes:
    """One weight with every script the package has, as TrueType: typst reads neither WOFF2 nor weights that vary."""
    from fontTools import merge, subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    known: set[int] = set()
    with tempfile.TemporaryDirectory() as folder:
        parts = []
        for script in PRINTED_SCRIPTS:
            font = TTFont(FONTS / f"source-sans-3-{script}-wght-normal.woff2", recalcTimestamp=False)
            font = instancer.instantiateVariableFont(font, {"wght": PRINTED_WEIGHTS[style]})
            new = set(font.getBestCmap()) - known
            known |= new
            subsetter = subset.Subsetter(subset.Options(layout_features=["*"], name_IDs=["*"], notdef_outline=True))
            subsetter.populate(unicodes=new)
            subsetter.subset(font)
            font.flavor = None
            parts.append(f"{folder}/{script}.ttf")
            font.save(parts[-1])
        font = merge.Merger(merge.Options(drop_tables=["BASE", "STAT", "MVAR", "avar", "prep", "gasp"])).merge(parts)
    font["OS/2"].usWeightClass = PRINTED_WEIGHTS[style]
    font["OS/2"].fsSelection = 0x20 if style == "Bold" else 0x40
    font["head"].macStyle = int(style == "Bold")
    names = {1: "KP Sans", 2: style, 3: f"KP Sans {style}", 4: f"KP Sans {style}", 6: f"KPSans-{style}"}
    for record in list(font["name"].names):
        if record.nameID in names:
            record.string = names[record.nameID]
        elif record.nameID > 14:  # other names of the family, and of axes that are gone
            font["name"].names.remove(record)
    with tempfile.TemporaryFile() as buffer:
        font.save(buffer)
        buffer.seek(0)
        return buffer.read()


def sprite() -> bytes:
    symbols = []
    for name in ICON_NAMES.read_text(encoding="utf-8").split():
        svg = (ICON_FILES / f"{name}.svg").read_text(encoding="utf-8")
        shapes = re.search(r"<svg[^>]*>(.*)</svg>", re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL), re.DOTALL)
        assert shapes, f"{name}.svg is no picture"
        symbols.append(f'<symbol id="i-{name}" viewBox="0 0 24 24">{" ".join(shapes[1].split())}</symbol>')
    return ('<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbols) + "</svg>\n").encode()


def build() -> None:
    if not COMPONENTS.is_dir() or not FONTS.is_dir() or not ICON_FILES.is_dir():
        sys.exit("The front-end packages are not installed: run `npm ci` first (`make run` does it for you).")
    if not palette_fits():
        sys.exit("static/css/palette.css is older than tools/palette.json: run `python tools/assets.py palette`.")
    started = time.monotonic()
    stamp = digest(*(path.read_bytes() for path in inputs()))
    marker = BUILT / ".stamp"
    known = marker.read_text(encoding="utf-8").splitlines() if marker.exists() else [""]
    if known[0] == stamp and all((BUILT / name).exists() for name in known[1:]):
        print("Assets: up to date.")
        return
    files = {
        **stylesheet(),
        "icons.svg": sprite(),
        f"fonts/{LATIN_FONT}": (FONTS / LATIN_FONT).read_bytes(),
        "fonts/kp-sans-ext-a.woff2": extended_font(),
        **{f"documents/KPSans-{style}.ttf": printed_font(style) for style in PRINTED_WEIGHTS},
        **{f"licences/{name}": path.read_bytes() for name, path in LICENCES.items()},
    }
    for name, content in files.items():
        target = BUILT / name
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(target.name + ".draft")
        draft.write_bytes(content)
        draft.replace(target)  # a server that is running reads the old file or the new one, never half of one
    for path in sorted(BUILT.rglob("*"), reverse=True):
        if path.is_file() and path != marker and str(path.relative_to(BUILT)) not in files:
            path.unlink()
    marker.write_text("\n".join([stamp, *sorted(files)]), encoding="utf-8")
    print(f"Assets: {len(files)} files in static/built/, {time.monotonic() - started:.1f} s.")


def make_palette() -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "designsystemet.config.json"
        settings.write_bytes(PALETTE_SETTINGS.read_bytes())
        for step in ("create", "build"):
            subprocess.run(
                ["npx", "--yes", PALETTE_MAKER, "tokens", step], cwd=folder, check=True, stdout=subprocess.DEVNULL
            )
        made = Path(folder, "design-tokens-build/kekava.css").read_text(encoding="utf-8")
    header = (
        "/* Generated, do not edit. Made from tools/palette.json by `python tools/assets.py palette`\n"
        f"   with {PALETTE_MAKER} (MIT). Settings: {digest(PALETTE_SETTINGS.read_bytes())} */\n"
    )
    made = re.sub(r"[ \t]+$", "", made.replace('@charset "UTF-8";', "").strip(), flags=re.MULTILINE)
    PALETTE.write_text(header + re.sub(r"\n{2,}", "\n", made) + "\n", encoding="utf-8")
    print("Palette: static/css/palette.css is new; look at it in both colour schemes.")


def main() -> None:
    parser = argparse.ArgumentParser(description="The portal's stylesheet, fonts and icons.")
    parser.add_argument("command", choices=["build", "palette"])
    {"build": build, "palette": make_palette}[parser.parse_args().command]()


if __name__ == "__main__":
    main()
