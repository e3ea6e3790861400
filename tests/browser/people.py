"""What people do with pages and with mails, in their words."""

import re
from collections.abc import Callable
from pathlib import Path

import icalendar
from playwright.sync_api import APIResponse, Locator, Page, Route, expect

from tests.servers import Mail, SmtpSink, wait_until


class Post:
    """The mails that came; each is waited for once and must then be the only one of its kind."""

    def __init__(self, sink: SmtpSink) -> None:
        self.sink = sink

    def mail(self, to: str, subject: str) -> Mail:
        def found() -> list[Mail]:
            return [mail for mail in self.sink.to(to) if subject in mail.subject]

        wait_until(found, 40, f"“{subject}” to {to} among {[mail.subject for mail in self.sink.to(to)]}")
        [mail] = found()
        return mail

    def code(self, to: str, subject: str) -> str:
        found = re.search(r"^\d{4}-\d{4}$", self.mail(to, subject).body(), re.MULTILINE)
        assert found
        return found[0]

    def link(self, mail: Mail, label: str) -> str:
        """The address that follows `label` in the text, which must be the one behind the words of the HTML, too."""
        found = re.search(rf"^{re.escape(label)}:\n(\S+)$", mail.body(), re.MULTILINE)
        assert found, mail.body()
        assert f'href="{found[1]}"' in mail.body("html")
        return found[1]


def open_link(page: Page, address: str) -> None:
    """The first click, in the mail program; the answer is safe to fetch: nothing has changed by it."""
    page.goto(address)


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()


def follow(page: Page, link: str) -> None:
    page.get_by_role("link", name=link, exact=True).click()


def row(page: Page, words: str) -> Locator:
    """The line of a list in which `words` stand."""
    return page.get_by_role("listitem").filter(has_text=words)


def field(page: Page, label: str) -> Locator:
    return page.locator("main").get_by_label(re.compile(rf"^{re.escape(label)}(\s*\(nav obligāti\))?$"))


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", name=words).first).to_be_visible()


def download(page: Page, link: str, folder: Path) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("link", name=link).first.click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path.read_bytes()


def calendar_file(mail: Mail) -> icalendar.Event:
    [event] = icalendar.Calendar.from_ical(mail.attachment(".ics")).walk("VEVENT")
    assert isinstance(event, icalendar.Event)
    return event


def lose_first_answer(page: Page, addresses: str) -> list[str]:
    """The first form sent to these addresses is done by the server, and the page does not learn of it; the list says
    what the server had answered."""
    lost: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().json()["state"])
            route.abort("aborted")
        else:
            route.continue_()

    page.route(addresses, lose)
    return lost


def hold_first_answer(page: Page, addresses: str) -> tuple[list[str], Callable[[], None]]:
    """What the server answers first to these addresses stays on its way until it is let go; the list says what it
    is."""
    held: list[tuple[Route, APIResponse]] = []
    said: list[str] = []

    def hold(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append((route, route.fetch()))
            said.append(held[0][1].text())

    def let_go() -> None:
        [(route, answer)] = held
        with page.expect_response(addresses):
            route.fulfill(response=answer)
        page.wait_for_timeout(300)  # the script has read it

    page.route(addresses, hold)
    return said, let_go
