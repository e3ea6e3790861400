from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation

from neighbourhoods.latvian import NBSP

EVENING = datetime(2026, 11, 25, 16, 30, tzinfo=UTC)  # 18.30 in Riga
LATE = datetime(2026, 11, 30, 22, 30, tzinfo=UTC)  # 1 December in Riga
TODAY = date(2026, 11, 23)


def rendered(expression, language="lv", **context):
    with translation.override(language):
        text = Template("{% load portal %}{{ " + expression + " }}").render(Context({"today": TODAY} | context))
    return text.replace(NBSP, "~")


@pytest.mark.parametrize(
    ("expression", "in_latvian", "in_english"),
    [
        ("it|when:today", "trešdien, 25.~novembrī, plkst.~18.30", "Wednesday, 25~November, 18:30"),
        ("it|day:today", "25.~novembrī", "25~November"),
        ("it|day_nominative:today", "25.~novembris", "25~November"),
        ("it|day_genitive:today", "25.~novembra", "25~November"),
        ("it|until:today", "līdz 25.~novembrim", "until 25~November"),
        ("it|by:today", "līdz 25.~novembrim", "by 25~November"),
        ("it|heading_day:today", "Trešdiena, 25.~novembris", "Wednesday, 25~November"),
        ("it|full_day:today", "trešdiena, 25.~novembris", "Wednesday, 25~November"),
        ("it|heading_month", "2026.~gada novembris", "November 2026"),
        ("it|weekday", "trešdien", "Wednesday"),
        ("it|weekday_at", "trešdien, plkst.~18.30", "Wednesday, 18:30"),
        ("it|day_number", "25", "25"),
        ("it|short_month", "nov.", "Nov"),
        ("it|number_date", "25.11.2026.", "25/11/2026"),
        ("it|clock", "18.30", "18:30"),
        ("it|at", "plkst.~18.30", "18:30"),
        ("it|iso", "2026-11-25T18:30+02:00", "2026-11-25T18:30+02:00"),
        ("it|relative_days:today", "pēc 2 dienām", "in 2 days"),
    ],
)
def test_filter_speaks_both_languages(expression, in_latvian, in_english):
    assert rendered(expression, it=EVENING) == in_latvian
    assert rendered(expression, "en", it=EVENING) == in_english


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("it|when:today", "trešdien, 25.~novembrī"),
        ("it|day:today", "25.~novembrī"),
        ("it|day_number", "25"),
        ("it|iso", "2026-11-25"),
        ("it|number_date", "25.11.2026."),
        ("it|relative_days:today", "pēc 2 dienām"),
    ],
)
def test_filter_takes_a_date(expression, text):
    assert rendered(expression, it=EVENING.date()) == text


def test_filter_shows_the_day_on_the_wall():
    assert rendered("it|day_number", it=LATE) == "1"
    assert rendered("it|short_month", it=LATE) == "dec."
    assert rendered("it|iso", it=LATE) == "2026-12-01T00:30+02:00"
    assert rendered("it|weekday_at", it=LATE) == "otrdien, plkst.~00.30"
    assert rendered("it|relative_days:today", it=LATE) == "pēc 8 dienām"


def test_filter_says_the_year_when_the_page_is_of_another():
    assert rendered("it|day:today", it=date(2027, 1, 6)) == "2027.~gada 6.~janvārī"
    assert rendered("it|day:it", it=date(2027, 1, 6)) == "6.~janvārī"


@pytest.mark.parametrize(
    "name", ["when", "day", "day_nominative", "day_genitive", "until", "by", "full_day", "heading_day"]
)
def test_filter_without_today_says_a_year_that_has_long_passed(name):
    assert "2019" in rendered(f"it|{name}", it=date(2019, 6, 5))


def test_span_joins_two_fields():
    until = datetime(2019, 6, 5, 17, 0, tzinfo=UTC)
    start = datetime(2019, 6, 5, 15, 30, tzinfo=UTC)
    assert (
        rendered("it|span:end", it=start, end=until)
        == "trešdien, 2019.~gada 5.~jūnijā, plkst.~18.30–\N{WORD JOINER}20.00"
    )
    assert rendered("it|span:end", it=start, end=None) == "trešdien, 2019.~gada 5.~jūnijā, plkst.~18.30"


def test_clock_takes_midnight():
    assert rendered("it|clock", it=time(0, 0)) == "00.00"


@pytest.mark.parametrize(("days", "text"), [(0, "šodien"), (1, "rīt"), (7, "pēc 7 dienām"), (-3, "kavējas 3 dienas")])
def test_relative_days_takes_a_number(days, text):
    assert rendered("it|relative_days", it=days) == text


@pytest.mark.parametrize(
    ("expression", "value", "in_latvian", "in_english"),
    [
        ("it|number", 0, "0", "0"),
        ("it|number", 412, "412", "412"),
        ("it|number", 1904, "1~904", "1,904"),
        ("it|number", 1234567, "1~234~567", "1,234,567"),
        ("it|number", -1904, "-1~904", "-1,904"),
        ("it|number", 12.5, "12,5", "12.5"),
        ("it|number", Decimal("1904.50"), "1~904,50", "1,904.50"),
        ("it|number:1", 2.25, "2,3", "2.3"),
        ("it|number:0", 999.5, "1~000", "1,000"),
        ("it|number", None, "—", "—"),
    ],
)
def test_number(expression, value, in_latvian, in_english):
    assert rendered(expression, it=value) == in_latvian
    assert rendered(expression, "en", it=value) == in_english


@pytest.mark.parametrize(
    "name",
    [
        "when",
        "day",
        "day_nominative",
        "day_genitive",
        "until",
        "by",
        "full_day",
        "heading_day",
        "heading_month",
        "weekday",
        "weekday_at",
    ],
)
def test_filter_of_words_gives_nothing_for_nothing(name):
    assert rendered(f"it|{name}", it=None) == ""
    assert rendered(f"unknown|{name}") == ""


@pytest.mark.parametrize(
    "name", ["day_number", "short_month", "number_date", "clock", "at", "iso", "relative_days", "span:today"]
)
def test_filter_of_figures_gives_nothing_for_nothing(name):
    assert rendered(f"it|{name}", it=None) == ""
    assert rendered(f"unknown|{name}") == ""


@pytest.mark.parametrize(
    ("template", "in_latvian", "in_english"),
    [
        ("{{ it|lv }}", "Sēde &amp; dīķis", '<span lang="lv">Sēde &amp; dīķis</span>'),
        ("{{ none|lv }}", "", ""),
        ("{{ it|truncatechars:5|lv }}", "Sēde…", '<span lang="lv">Sēde…</span>'),
        ("{{ it|linebreaksbr|lv }}", "Sēde &amp; dīķis", '<span lang="lv">Sēde &amp; dīķis</span>'),
        ("<p{% lv %}>", "<p>", '<p lang="lv">'),
        (
            "{{ said|lv:parts }}",
            "Moved: Sēde &amp; dīķis, &lt;b&gt; dīķi",
            'Moved: <span lang="lv">Sēde &amp; dīķis</span>, &lt;b&gt; dīķi',
        ),
        ("{{ it|lv:entities }}", "Sēde &amp; dīķis", "Sēde &amp; dīķis"),
        ("{{ said|lv:nothing }}", "Moved: Sēde &amp; dīķis, &lt;b&gt; dīķi", "Moved: Sēde &amp; dīķis, &lt;b&gt; dīķi"),
        (
            "{% blocktranslate with name=it|lv %}<{{ name }}>{% endblocktranslate %}",
            "<Sēde &amp; dīķis>",
            '<<span lang="lv">Sēde &amp; dīķis</span>>',
        ),
    ],
)
def test_what_people_wrote_says_that_it_is_latvian_where_the_page_is_not(template, in_latvian, in_english):
    it = "Sēde & dīķis"
    said = {"it": it, "said": f"Moved: {it}, <b> dīķi", "parts": ["dīķis", it, "", "dīķ"], "nothing": [""], "none": ""}
    said["entities"] = ["amp", "x27"]
    for language, expected in (("lv", in_latvian), ("en", in_english)):
        with translation.override(language):
            assert Template("{% load i18n portal %}" + template).render(Context(said)) == expected


def test_leaf_of_the_calendar_has_the_day_on_the_wall():
    for language, month in (("lv", "dec."), ("en", "Dec")):
        with translation.override(language):
            leaf = Template("{% leaf it %}").render(Context({"it": LATE}))
        assert leaf == f'<time class="kp-date" datetime="2026-12-01T00:30+02:00"><b>1</b><span>{month}</span></time>'
