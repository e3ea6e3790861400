import time

import pytest
from django.utils import timezone

from councils import texts
from councils.models import LetterTemplate
from councils.regulation import AS_ADOPTED


def html(text: str, **options) -> str:
    return texts.to_html(text, **options).replace("\n", "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Viens\n\n**divi** un *trīs*", "<p>Viens</p><p><strong>divi</strong> un <em>trīs</em></p>"),
        ("pirmā rinda\notrā rinda", "<p>pirmā rinda<br>otrā rinda</p>"),
        ("- ietve\n- pļava", "<ul><li>ietve</li><li>pļava</li></ul>"),
        ("3. trīs\n4. četri", '<ol start="3"><li>trīs</li><li>četri</li></ol>'),
        ("> citāts", "<blockquote><p>citāts</p></blockquote>"),
    ],
)
def test_markdown_becomes_html(text, said):
    assert html(text) == said


def test_links_carry_the_looks_and_no_way_back():
    assert html("[sēde](/pasakumi/1-sede/)") == (
        '<p><a href="/pasakumi/1-sede/" class="ds-link" rel="noopener">sēde</a></p>'
    )


@pytest.mark.parametrize(
    "text",
    [
        "Skaties https://likumi.lv/ta/id/359871.",
        "<https://likumi.lv/ta/id/359871>",
        "[likums](https://likumi.lv/ta/id/359871)",
        "(https://likumi.lv/ta/id/359871)",
        "[https://likumi.lv/ta/id/359871](https://likumi.lv/ta/id/359871)",
    ],
)
def test_an_address_is_a_link_once(text):
    made = html(text)
    assert made.count("<a ") == 1
    assert 'href="https://likumi.lv/ta/id/359871"' in made


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("# a\n\n## b\n\n# c", "232"),
        ("### a\n\n##### b\n\n## c", "232"),
        ("###### a", "2"),
        ("# a\n\n## b\n\n### c\n\n#### d\n\n##### e\n\n###### f", "234566"),
    ],
)
def test_headings_begin_below_the_page_and_leave_no_level_out(text, levels):
    made = texts.to_html(text)
    assert [part[0] for part in made.split("<h")[1:]] == list(levels)
    assert made.count("</h") == len(levels)
    assert "<h1" not in made
    assert texts.to_html("# a", first_heading=3).startswith("<h3>")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](JaVaScRiPt&#58;alert(1))",
        "![x](https://example.org/x.png)",
        '[x](/a"onmouseover="alert(1))',
        "<a href=javascript:alert(1)>x</a>",
        "<iframe src=/></iframe><style>*{}</style><svg/onload=alert(1)>",
        "```<script>\nalert(1)\n```",
        "https://example.org/<script>alert(1)</script>",
    ],
)
def test_nothing_that_runs_or_loads_comes_through(text):
    from html.parser import HTMLParser

    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: found.append((tag, dict(attrs)))
    parser.feed(texts.to_html(text))
    assert {tag for tag, _attrs in found} <= {"p", "a", "br", "code", "pre"}
    for _tag, attrs in found:
        assert set(attrs) <= {"href", "class", "rel"}
        assert not attrs.get("href", "").lower().startswith(("javascript", "data"))


@pytest.mark.parametrize("text", ["[" * 20000, "> " * 10000, "*a " * 6000, "<" * 20000, "https://" * 2500, "`" * 19999])
def test_a_wicked_text_takes_no_longer_than_a_page_may(text):
    began = time.perf_counter()
    texts.to_html(text)
    assert time.perf_counter() - began < 2


def test_names_in_braces_are_filled_in_and_others_stay():
    facts = {"TERM": 4, "site": "portāls"}
    assert texts.fill("{TERM} gadi, {site}, {NAV}, {x.y}, {{TERM}}", facts) == "4 gadi, portāls, {NAV}, {x.y}, {4}"
    assert texts.unknown_names("{B} {TERM} {A} {B}", facts) == ["B", "A"]


@pytest.mark.django_db
def test_letter_begins_with_the_words_of_the_municipality_or_our_own(django_assert_num_queries):
    with django_assert_num_queries(1):
        ours = texts.letter("submission_letter", AS_ADOPTED, councils="Baldones padome", unit="Ceļu nodaļa")
    assert "izskatīt 1 mēneša laikā" in ours
    LetterTemplate.objects.create(code="submission_letter", text="Labdien, {unit}!", changed_at=timezone.now())
    assert texts.letter("submission_letter", AS_ADOPTED, councils="", unit="Ceļu nodaļa") == "Labdien, Ceļu nodaļa!"
    with pytest.raises(TypeError):
        texts.letter("submission_letter", AS_ADOPTED, councils="")


@pytest.mark.parametrize("code", texts.LETTERS)
def test_our_own_words_know_every_name_they_use(code):
    assert texts.unknown_names(texts.LETTERS[code].default, texts.letter_names(code)) == []
