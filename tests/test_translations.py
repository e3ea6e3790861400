"""The tool that keeps the catalogues, and the plurals that Django's own Latvian catalogue has in a wrong order."""

import datetime
import json

import polib
import pytest
from django.utils import timesince, translation
from django.utils.translation import ngettext

from tools import translations


@pytest.fixture
def locale(tmp_path, monkeypatch):
    monkeypatch.setattr(translations, "LOCALE", tmp_path)
    return tmp_path


def added(tmp_path, wordings, library=False):
    source = tmp_path / "wordings.json"
    source.write_text(json.dumps(wordings), encoding="utf-8")
    translations.add(source, library)
    return polib.pofile(str(tmp_path / "lv/LC_MESSAGES/django.po"))


def test_add_writes_plain_contextual_and_plural_wordings(locale):
    catalogue = added(
        locale,
        {
            "Page": "Lapa",
            "page\u0004Next": "Nākamā",
            "%(n)d seat|||%(n)d seats": ["%(n)d vietu", "%(n)d vieta", "%(n)d vietas"],
        },
    )
    assert catalogue.find("Page").msgstr == "Lapa"
    assert catalogue.find("Next", msgctxt="page").msgstr == "Nākamā"
    assert catalogue.find("%(n)d seat").msgstr_plural[1] == "%(n)d vieta"
    assert catalogue.metadata["Plural-Forms"] == translations.PLURAL_FORMS["lv"]


def test_add_again_replaces_the_wording_and_keeps_the_rest(locale):
    added(locale, {"a": "viens", "b": "divi"})
    catalogue = added(locale, {"a": "citāds"})
    assert {entry.msgid: entry.msgstr for entry in catalogue} == {"a": "citāds", "b": "divi"}


def test_add_refuses_a_plural_with_too_few_forms(locale):
    with pytest.raises(SystemExit, match="three forms"):
        added(locale, {"one|||many": ["a", "b"]})


def test_compile_writes_once_and_again_only_after_a_change(locale):
    added(locale, {"a": "viens"})
    compiled = locale / "lv/LC_MESSAGES/django.mo"
    translations.compile_catalogues()
    first = compiled.stat().st_mtime_ns
    translations.compile_catalogues()
    assert compiled.stat().st_mtime_ns == first
    added(locale, {"a": "citāds"})
    translations.compile_catalogues()
    assert polib.mofile(str(compiled)).find("a").msgstr == "citāds"


def test_messages_are_found_in_python(tmp_path):
    source = tmp_path / "views.py"
    source.write_text(
        "from django.utils.translation import gettext as _, ngettext, pgettext_lazy as p\n"
        '_("one " "sentence"); ngettext("%(n)d day", "%(n)d days", 2); p("menu", "My page"); _(variable); other("no")\n'
    )
    assert set(translations.messages_in_python(source)) == {
        (None, "one sentence", None),
        (None, "%(n)d day", "%(n)d days"),
        ("menu", "My page", None),
    }


def test_messages_are_found_in_templates(tmp_path):
    source = tmp_path / "page.html"
    source.write_text(
        '{% translate "Plain" %}{% translate "Next" context "page" as next %}{{ _("Inside") }}'
        "{% blocktranslate count n=rows trimmed %}\n {{ n }} row\n{% plural %}\n {{ n }} rows\n{% endblocktranslate %}"
        '{% blocktranslate %}It\'s "quoted" {{ name }}{% endblocktranslate %}'
        "{% comment %}{% translate 'Not' %}{% endcomment %}"
    )
    assert set(translations.messages_in_template(source)) == {
        (None, "Plain", None),
        ("page", "Next", None),
        (None, "Inside", None),
        (None, "%(n)s row", "%(n)s rows"),
        (None, 'It\'s "quoted" %(name)s', None),
    }


def test_check_names_missing_and_misspelt_wordings(locale, monkeypatch):
    wanted = {
        translations.Message(None, "Hi %(name)s", None): "a.html",
        translations.Message(None, "Lost", None): "b.html",
    }
    monkeypatch.setattr(translations, "messages_in_code", lambda: wanted)
    added(locale, {"Hi %(name)s": "Sveiki, %(vards)s"})
    found = "\n".join(translations.faults())
    assert "b.html: no Latvian wording: 'Lost'" in found
    assert "other placeholders" in found


def test_extract_drops_what_nobody_asks_for_but_keeps_corrections(locale, monkeypatch):
    added(locale, {"Kept": "Paliek", "Dropped": "Zūd"})
    added(locale, {"Theirs": "Viņu"}, library=True)
    monkeypatch.setattr(
        translations,
        "messages_in_code",
        lambda: {translations.Message(None, item, None): "x" for item in ("Kept", "New")},
    )
    translations.extract()
    catalogue = polib.pofile(str(locale / "lv/LC_MESSAGES/django.po"))
    assert {entry.msgid: entry.msgstr for entry in catalogue} == {"Kept": "Paliek", "New": "", "Theirs": "Viņu"}


@pytest.fixture
def latvian():
    translations.compile_catalogues()
    with translation.override("lv"):
        yield


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (1, "1\u00a0minūte"),
        (2, "2\u00a0minūtes"),
        (11, "11\u00a0minūšu"),
        (21, "21\u00a0minūte"),
        (30, "30\u00a0minūšu"),
    ],
)
@pytest.mark.usefixtures("latvian")
def test_time_since_counts_in_latvian(minutes, said):
    now = datetime.datetime(2026, 11, 23, 12, 0, tzinfo=datetime.UTC)
    assert timesince.timesince(now - datetime.timedelta(minutes=minutes), now) == said


@pytest.mark.parametrize(("length", "said"), [(8, "8 rakstzīmēm"), (10, "10 rakstzīmēm"), (21, "21 rakstzīmei")])
@pytest.mark.usefixtures("latvian")
def test_password_rule_counts_in_latvian(length, said):
    one = "Your password must contain at least %(min_length)d character."
    many = "Your password must contain at least %(min_length)d characters."
    assert said in ngettext(one, many, length) % {"min_length": length}
