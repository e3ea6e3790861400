"""The catalogues in locale/: add, extract, check and compile, without the gettext tools of the system.

    python tools/translations.py add FILE.json [--library]   write Latvian wordings into the catalogue
    python tools/translations.py extract                     take in new sentences, drop those no longer used
    python tools/translations.py check                       name every sentence without a sound Latvian wording
    python tools/translations.py compile                     write the .mo files, where they are older than the .po

FILE.json holds {"English sentence": "Latvian sentence"}. A key with a plural is "one|||many" and its value a list of
three forms: for 0, 10-20, 30; for 1, 21, 31; for 2-9, 22. A context stands before the sentence, with U+0004 between.
`--library` marks wordings that correct those of Django or allauth: no sentence of ours asks for them, so `extract`
keeps them.

Every writer holds a lock on the catalogue's folder, so several people may add at once.
"""

from __future__ import annotations

import argparse
import ast
import fcntl
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import polib

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
APPS = ("kekava_portal", "neighbourhoods", "people", "notices", "events", "councils", "elections", "dashboard")
PLURAL_FORMS = {
    # The order of CLDR: zero, one, other.  Django's own header has another order, with its forms in this one.
    "lv": "nplurals=3; plural=(n%10==0 || (n%100>=11 && n%100<=19) ? 0 : n%10==1 && n%100!=11 ? 1 : 2);",
    "en": "nplurals=2; plural=(n != 1);",
}
LIBRARY = "Corrects the wording of a library."

CALLS = {
    "gettext": "s", "gettext_lazy": "s", "gettext_noop": "s",
    "ngettext": "sp", "ngettext_lazy": "sp",
    "pgettext": "cs", "pgettext_lazy": "cs",
    "npgettext": "csp", "npgettext_lazy": "csp",
}  # fmt: skip
TEMPLATE_CALL = re.compile(
    r"\b(_|gettext|ngettext|pgettext|npgettext)\(((?:\s*u?(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")\s*,?)+)"
)
LITERAL = re.compile(r"u?(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")


class Message(NamedTuple):
    context: str | None
    singular: str
    plural: str | None

    def __str__(self) -> str:
        return f"{self.context}: {self.singular}" if self.context else self.singular


def message(shape: str, texts: list[str]) -> Message:
    part = dict(zip(shape, texts, strict=False))
    return Message(part.get("c"), part["s"], part.get("p"))


def messages_in_python(path: Path) -> Iterator[Message]:
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            names.update({alias.asname or alias.name: alias.name for alias in node.names if alias.name in CALLS})
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name):
            function = names.get(node.func.id)
        elif isinstance(node.func, ast.Attribute) and node.func.attr in CALLS:
            function = node.func.attr
        else:
            function = None
        if function:
            texts = [
                a.value
                for a in node.args[: len(CALLS[function])]
                if isinstance(a, ast.Constant) and isinstance(a.value, str)
            ]
            if len(texts) == len(CALLS[function]):
                yield message(CALLS[function], texts)


def messages_in_template(path: Path) -> Iterator[Message]:
    from django.utils.translation.template import templatize

    for call in TEMPLATE_CALL.finditer(templatize(path.read_text(encoding="utf-8"), origin=str(path))):
        texts = [ast.literal_eval(literal) for literal in LITERAL.findall(call[2])]
        yield message("s" if call[1] == "_" else CALLS[call[1]], texts)


def messages_in_code() -> dict[Message, str]:
    """Every sentence that the code and the templates ask to have translated, with one file that does."""
    found: dict[Message, str] = {}
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            for item in messages_in_python(path):
                found.setdefault(item, str(path.relative_to(ROOT)))
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in {".html", ".txt", ".xml", ".typ"}:
            for item in messages_in_template(path):
                found.setdefault(item, str(path.relative_to(ROOT)))
    return found


@contextmanager
def locked(language: str) -> Iterator[polib.POFile]:
    """The catalogue, ours alone until the block ends; then written, sorted, if it changed."""
    folder = LOCALE / language / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "django.po"
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        catalogue = polib.pofile(str(path), wrapwidth=110) if path.exists() else polib.POFile(wrapwidth=110)
        yield catalogue
        catalogue.metadata = {
            "Project-Id-Version": "kekava_portal",
            "Language": language,
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=UTF-8",
            "Content-Transfer-Encoding": "8bit",
            "Plural-Forms": PLURAL_FORMS[language],
        }
        catalogue.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
        text = str(catalogue)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            replace(path, text.encode())
    finally:
        os.close(descriptor)


def replace(path: Path, content: bytes) -> None:
    """Write the file in one step, so that no reader sees half of it."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)


def key(entry: polib.POEntry) -> Message:
    return Message(entry.msgctxt or None, entry.msgid, entry.msgid_plural or None)


def entry_for(item: Message) -> polib.POEntry:
    plural = {0: "", 1: "", 2: ""} if item.plural else {}
    entry = polib.POEntry(
        msgctxt=item.context, msgid=item.singular, msgid_plural=item.plural or "", msgstr_plural=plural
    )
    if re.search(r"%\(\w+\)[sd]|%[sd]", item.singular + (item.plural or "")):
        entry.flags = ["python-format"]
    return entry


def add(source: Path, library: bool) -> None:
    wordings = json.loads(source.read_text(encoding="utf-8"))
    with locked("lv") as catalogue:
        # gettext knows a sentence by its context and singular alone.
        known = {(entry.msgctxt or None, entry.msgid): entry for entry in catalogue}
        new = 0
        for text, wording in wordings.items():
            context, _, rest = text.rpartition("\x04")
            singular, _, plural = rest.partition("|||")
            if plural and not (isinstance(wording, list) and len(wording) == 3):
                sys.exit(f"A plural needs a list of three forms: {singular}")
            if not plural and not isinstance(wording, str):
                sys.exit(f"A sentence without a plural needs one wording: {singular}")
            item = Message(context or None, singular, plural or None)
            entry = known.get((item.context, item.singular))
            if entry is None or (plural and entry.msgid_plural != plural):
                if entry is not None:
                    catalogue.remove(entry)
                entry = entry_for(item)
                known[(item.context, item.singular)] = entry
                catalogue.append(entry)
                new += 1
            if entry.msgid_plural:
                # A word that is asked for both alone and with a number keeps its three forms.
                if isinstance(wording, list):
                    entry.msgstr_plural = dict(enumerate(wording))
            else:
                entry.msgstr = wording
            if library:
                entry.comment = LIBRARY
    with locked("en"):
        pass
    print(f"{len(wordings)} wordings taken in, {new} of them new.")


def extract() -> None:
    wanted = messages_in_code()
    plurals = {(item.context, item.singular): item for item in wanted if item.plural}
    with locked("lv") as catalogue:
        before = {(entry.msgctxt or None, entry.msgid): entry for entry in catalogue}
        for item in {(i.context, i.singular): plurals.get((i.context, i.singular), i) for i in wanted}.values():
            entry = before.get((item.context, item.singular))
            if entry is None:
                catalogue.append(entry_for(item))
            elif item.plural and entry.msgid_plural != item.plural:
                catalogue.remove(entry)
                catalogue.append(entry_for(item))
        used = {(item.context, item.singular) for item in wanted}
        for entry in list(catalogue):
            if (entry.msgctxt or None, entry.msgid) not in used and entry.comment != LIBRARY:
                catalogue.remove(entry)
        print(f"{len(wanted)} sentences in the code, {len(catalogue)} in the catalogue.")
    with locked("en"):
        pass


def faults() -> list[str]:
    """What keeps a page from being wholly and soundly Latvian, one sentence each."""
    path = LOCALE / "lv" / "LC_MESSAGES" / "django.po"
    catalogue = polib.pofile(str(path)) if path.exists() else polib.POFile()
    entries = {(entry.msgctxt or None, entry.msgid): entry for entry in catalogue if not entry.obsolete}
    found = []
    for item, place in sorted(messages_in_code().items(), key=lambda pair: (pair[1], pair[0].singular)):
        entry = entries.get((item.context, item.singular))
        if entry is None or (item.plural and entry.msgid_plural != item.plural) or not entry.translated():
            found.append(
                f"{place}: no Latvian wording: {item.singular!r}"
                + (f" (plural {item.plural!r})" if item.plural else "")
            )
    for entry in entries.values():
        if entry.fuzzy:
            found.append(f"locale: unsure: {entry.msgid!r}")
        expected = placeholders(entry.msgid) | placeholders(entry.msgid_plural)
        for wording in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
            # A form for one may leave the number out, and a better wording than a library's may need less.
            alien = placeholders(wording) - expected
            lost = set() if entry.msgid_plural or entry.comment == LIBRARY else expected - placeholders(wording)
            if wording and (alien or lost):
                found.append(f"locale: other placeholders than the original: {entry.msgid!r} -> {wording!r}")
    return found


def placeholders(text: str) -> set[str]:
    return {match[0] for match in PLACEHOLDER.finditer((text or "").replace("%%", ""))}


def compile_catalogues() -> None:
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        target = path.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime_ns <= path.stat().st_mtime_ns:
            replace(target, polib.pofile(str(path)).to_binary())


def main() -> None:
    parser = argparse.ArgumentParser(description="The catalogues in locale/.")
    commands = parser.add_subparsers(dest="command", required=True)
    adding = commands.add_parser("add", help="write Latvian wordings into the catalogue")
    adding.add_argument("file", type=Path)
    adding.add_argument("--library", action="store_true", help="they correct a library's wording")
    for name, text in {
        "extract": "take in new sentences, drop unused ones",
        "check": "name every sentence without a sound Latvian wording",
        "compile": "write the .mo files",
    }.items():
        commands.add_parser(name, help=text)
    chosen = parser.parse_args()
    if chosen.command == "add":
        add(chosen.file, chosen.library)
    elif chosen.command == "extract":
        extract()
    elif chosen.command == "compile":
        compile_catalogues()
    elif found := faults():
        print("\n".join(found) + f"\n{len(found)} to put right.")
        sys.exit(1)


if __name__ == "__main__":
    main()
