"""Every page of the portal's templates in every state: no violation of WCAG 2.2 AA that axe can find, on a phone and on
a desk, light and dark; nothing scrolls sideways; the words are in the page's language; no page needs a script."""

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Literal
from urllib.parse import urlsplit

import polib
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache as kept_pages
from django.core.management import call_command
from django.template import Engine
from django.template.loader_tags import ExtendsNode
from django.test import override_settings
from django.test.signals import template_rendered
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests.browser import visitors
from tests.browser.every_page import Scene, Visit, visits
from tests.browser.visitors import DESK, PHONE
from tests.servers import ROOT, missing

# The mark of the database makes pytest-django set it up; it is the crawl that uses it.
pytestmark = [pytest.mark.prove, pytest.mark.browser, pytest.mark.django_db]

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALLEST = 320  # WCAG 1.4.10
# In the dark the same page is there in other colours, so what looks at colours looks again.
RULES: dict[Literal["light", "dark"], object] = {
    "light": TAGS,
    "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}

# Words of English that no Latvian word looks like.
ENGLISH = set(
    re.findall(
        r"\w+",
        """
    all already and any are back be been before cancel cannot change choose confirm council councils day days delete
    download edit enter error event events field file for from has have here hour hours how if in is its item last
    list log mail meeting meetings member members message minutes more must neighbourhood new next not now number of one
    only open optional or our page password people person place please previous privacy proposal proposals queue
    required residents save search seat seats send sent show sign state still street than that the their them then
    there this time today tomorrow town until upcoming us village was we when where which who will with yes yet you
    your
    """,
    )
)
# What a reader or a screen reader is told, and in which language: pieces that say they are in another one are left out.
WORDS = """() => {
  const found = [document.title], skipped = 'script, style, [lang]:not(html), textarea, code';
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    if (!walker.currentNode.parentElement.closest(skipped)) found.push(walker.currentNode.data);
  }
  for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
    for (const it of document.querySelectorAll(`[${name}]`)) {
      if (!it.closest(skipped)) found.push(it.getAttribute(name));
    }
  }
  return found.map(text => text.replace(/\\s+/g, ' ').trim()).filter(Boolean);
}"""
PAGE = """() => ({
  lang: document.documentElement.lang,
  title: document.title,
  headings: document.querySelectorAll('h1').length,
  scripts: document.querySelectorAll('script:not([src]), [onclick], [onchange], [onsubmit], [style]').length,
})"""
AXE_ITSELF = Axe().axe_script
AXE = """runOnly => axe.run(document, {runOnly, resultTypes: ['violations']}).then(found =>
  found.violations.map(it => `${it.id}: ${it.nodes.map(node => node.target.join(' ')).slice(0, 3).join(' | ')}`))"""


@dataclass
class Seen:
    """What was found on one page in one state."""

    visit: Visit
    path: str = ""  # at the end of the way
    lang: str = ""
    title: str = ""
    headings: int = 0
    scripts: int = 0
    status: int | None = None
    words: list[str] = field(default_factory=list)
    too_wide: list[int] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    error: str = ""

    def __str__(self) -> str:
        return f"{self.visit.name} ({self.path or self.visit.path})"


@dataclass
class Crawl:
    seen: list[Seen]
    templates: set[str]
    faults: list[str]
    broken: str  # the address at which the portal is broken on purpose


@pytest.fixture(scope="module")
def crawl(django_db_setup, django_db_blocker, tmp_path_factory) -> Crawl:
    """Visits everything once; the tests below ask of what was seen."""
    if why := missing("browser"):
        pytest.skip(why)
    settings = override_settings(
        ROOT_URLCONF="tests.browser.urls",
        EMAIL_BACKEND="notices.mailbox.FolderBackend",
        MAIL_FOLDER=tmp_path_factory.mktemp("mail"),
    )
    templates: set[str] = set()

    def remember(sender, template, **kwargs) -> None:
        if template.name:
            templates.add(template.name)

    with settings, django_db_blocker.unblock():
        kept_pages.clear()
        template_rendered.connect(remember)
        server = LiveServer("localhost")
        try:
            scene = Scene()
            with visitors.running() as browser:
                people = People(browser, server.url, scene.sessions)
                seen = [look(people, visit) for visit in visits(scene)]
                people.leave()
        finally:
            server.stop()
            template_rendered.disconnect(remember)
            call_command("flush", interactive=False, verbosity=0)
            kept_pages.clear()
    return Crawl(seen, templates, people.faults, f"{server.url}/salauzts/")


class People:
    """The browsers of all who look at pages.

    Visitors come fresh to a page with steps, so that no half-done log-in waits for them; the others keep theirs.
    """

    def __init__(self, browser: Browser, url: str, sessions: dict[str, str]) -> None:
        self.browser, self.url, self.sessions = browser, url, sessions
        self.faults: list[str] = []
        self.kept: dict[tuple[str, bool], visitors.Visitor] = {}

    @contextmanager
    def one_for(self, visit: Visit) -> Iterator[Page]:
        key = (visit.who, visit.english)
        if visit.act and not visit.who:
            person = self._open(*key)
            yield person.page
            self._close(person)
        else:
            if key not in self.kept:
                self.kept[key] = self._open(*key)
            yield self.kept[key].page

    def _open(self, who: str, english: bool) -> visitors.Visitor:
        person = visitors.Visitor(self.browser, self.url, session=self.sessions[who] if who else "")
        if english:
            person.context.add_cookies([{"name": "valoda", "value": "en", "url": self.url}])
        return person

    def _close(self, person: visitors.Visitor) -> None:
        person.close()
        self.faults += person.faults

    def leave(self) -> None:
        for person in self.kept.values():
            self._close(person)


def look(people: People, visit: Visit) -> Seen:
    seen = Seen(visit)
    with people.one_for(visit) as page:
        try:
            page.set_viewport_size({"width": DESK, "height": 900})
            response = page.goto(visit.path)
            seen.status = response.status if response else None
            if visit.act:
                visit.act(page)
        except Exception as error:  # the other pages are still looked at, and this one fails its test
            seen.error = str(error)[:300]
        else:
            examine(page, seen)
    return seen


def examine(page: Page, seen: Seen) -> None:
    for name, value in page.evaluate(PAGE).items():
        setattr(seen, name, value)
    seen.path = urlsplit(page.url).path
    seen.words = page.evaluate(WORDS)
    page.evaluate(AXE_ITSELF)
    for width in (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme, rules in RULES.items():
            page.emulate_media(color_scheme=scheme)
            seen.violations += [f"{width} {scheme} {found}" for found in page.evaluate(AXE, rules)]
        note_width(page, seen)
    page.set_viewport_size({"width": SMALLEST, "height": 900})
    note_width(page, seen)


def note_width(page: Page, seen: Seen) -> None:
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > page.evaluate("innerWidth"):
        seen.too_wide.append(width)


WRONG = """<!DOCTYPE html><html lang="lv"><head><title>Sēdes</title><style>
  p { color: #999; background: #fff } @media (prefers-color-scheme: dark) { p { color: #555; background: #444 } }
</style></head><body><main><h1>Sēdes</h1><h1>Sēdes</h1><p style="width: 350px">Upcoming meetings</p><img src="x.png">
<a href="/" title="Sign up">Sēde</a><script>1</script></main></body></html>"""


def test_the_crawl_notices_what_is_wrong():
    """Everything it looks for, on a page that has all of it."""
    if why := missing("browser"):
        pytest.skip(why)
    seen = Seen(Visit("wrong", "/"))
    with visitors.running() as browser:
        page = browser.new_page()
        page.set_content(WRONG)
        examine(page, seen)
    found = {violation.partition(":")[0] for violation in seen.violations}
    assert {f"{width} {scheme} color-contrast" for width in (PHONE, DESK) for scheme in RULES} <= found
    assert f"{PHONE} light image-alt" in found
    assert (seen.headings, seen.scripts, len(seen.too_wide)) == (2, 2, 1)
    assert english_in(seen) == ["Upcoming meetings", "Sign up"]
    seen.words = ["2be77acall09", "nav_new", "kopā 2 seats"]
    assert english_in(seen) == ["nav_new", "kopā 2 seats"]


# --- what is asked of what was seen ---------------------------------------------------------------------------------


def test_every_page_opens_as_it_should(crawl):
    wrong = {
        str(seen): seen.error or seen.status for seen in crawl.seen if seen.error or seen.status != seen.visit.status
    }
    assert wrong == {}


def test_no_page_has_a_fault_in_the_browser(crawl):
    """No error in the console, no violation of the content security policy, nothing asked of another host."""
    expected = f"500: {crawl.broken}"
    assert [fault for fault in crawl.faults if fault != expected] == []


def test_axe_finds_nothing(crawl):
    found = defaultdict(list)
    for seen in crawl.seen:
        for violation in seen.violations:
            found[violation.partition(" ")[2].partition(" ")[2]].append(f"{seen}: {violation}")
    assert dict(found) == {}


def test_nothing_scrolls_sideways(crawl):
    assert {str(seen): seen.too_wide for seen in crawl.seen if seen.too_wide} == {}


SAME_PAGE = {"councils:meeting-answer-by-link": "councils:meeting-answers"}  # the one with an answer chosen already
SENT_WITH_A_FAULT = (
    r"(pieteikties(-viesis)?|sutit|publicets|materials|pienemt|noraidit|komentari|parakstit)/$"  # where a form goes
)


def test_every_page_names_itself_once(crawl):
    assert {str(seen): seen.headings for seen in crawl.seen if seen.headings != 1} == {}
    titles = defaultdict(set)
    for seen in crawl.seen:
        # What one view shows of things of the same name, or to several people by a link each, is one kind of page.
        path = re.sub(SENT_WITH_A_FAULT, "", seen.path)
        with suppress(Resolver404):
            path = resolve(path, "tests.browser.urls").view_name or path
            path = SAME_PAGE.get(path, path)
        titles[seen.title].add(path)
    assert {title: paths for title, paths in titles.items() if len(paths) > 1} == {}


def test_every_page_says_its_language(crawl):
    wrong = {str(seen): seen.lang for seen in crawl.seen if seen.lang != ("en" if seen.visit.english else "lv")}
    assert wrong == {}


def test_latvian_pages_speak_latvian(crawl):
    found = {str(seen): english_in(seen) for seen in crawl.seen if not seen.visit.english}
    assert {page: words for page, words in found.items() if words} == {}


def english_in(seen: Seen) -> list[str]:
    """The texts that hold a word of English, or are one of our sentences as it stands in the code."""
    return [text for text in seen.words if text in untranslated() or not ENGLISH.isdisjoint(words_of(text))]


@cache
def untranslated() -> set[str]:
    catalogue = polib.pofile(str(ROOT / "locale/lv/LC_MESSAGES/django.po"))
    latvian = {entry.msgstr for entry in catalogue}  # "No" is Latvian, too
    return {entry.msgid for entry in catalogue if entry.msgstr and entry.msgid not in latvian}


def words_of(text: str) -> list[str]:
    """The words of a text in small letters; addresses, {names} of what fills itself in, and what has a digit in it (a
    file's fingerprint), left out."""
    pieces = re.findall(r"[^\W_]+", re.sub(r"\S+@\S+|https?://\S+|\{\w+\}", " ", text).lower())
    return [piece for piece in pieces if piece.isalpha()]


def test_no_page_needs_a_script(crawl):
    """Nothing is inline; the few files of ours only add to a page that works without them
    (tests/browser/test_without_javascript.py)."""
    assert {str(seen): seen.scripts for seen in crawl.seen if seen.scripts} == {}


def test_no_page_of_ours_is_forgotten(crawl):
    """Whoever adds a template adds the states of its page to tests/browser/every_page.py."""
    pages = {name for name in our_templates() if is_page(name)}
    assert len(pages) > 50
    assert sorted(pages - crawl.templates) == []


def test_no_part_of_a_page_is_forgotten(crawl):
    """But for mails, files to take away, the admin, and building blocks of those pages of allauth to which no address
    of ours leads."""
    parts = {name for name in our_templates() if not is_page(name)}
    left_out = re.compile(r"(.+/)?email/|admin/|allauth/elements/|councils/documents/")
    assert sorted(name for name in parts - crawl.templates if not left_out.match(name)) == []


def our_templates() -> set[str]:
    folder = ROOT / "templates"
    return {str(path.relative_to(folder)) for path in folder.rglob("*.html")}


def is_page(name: str) -> bool:
    """Does the template stand, over however many steps, on one of the two frames?"""
    engine = Engine.get_default()
    while name not in ("base.html", "_components/bare.html"):
        above = next((node for node in engine.get_template(name).nodelist if isinstance(node, ExtendsNode)), None)
        # The admin's own frame extends one of the same name.
        if above is None or str(above.parent_name) == f'"{name}"':
            return False
        name = str(above.parent_name).strip('"')
    return True
