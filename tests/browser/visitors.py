"""People at a real Chromium, which notices what they would not: errors in the console, files that did not come,
anything asked of another host."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from tests.servers import chromium, missing

PHONE = 390
DESK = 1280
SECONDS = 20  # how long a page may take on a busy machine

expect.set_options(timeout=SECONDS * 1000)


@contextmanager
def running() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        program = chromium()
        assert program, missing("browser")
        options = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--font-render-hinting=none"]
        browser = playwright.chromium.launch(executable_path=program, args=options)
        try:
            yield browser
        finally:
            browser.close()


class Visitor:
    """One person's browser: its cookies, its window, and what went wrong in it (`faults`).

    Not a fault: the answer of a page itself (404 and 422 are pages, too; 5xx is one), and what a click broke off.
    """

    def __init__(
        self,
        browser: Browser,
        url: str,
        *,
        width: int = DESK,
        scheme: str = "light",
        scripts: bool = True,
        session: str = "",
    ) -> None:
        self.url = url
        self.faults: list[str] = []
        self.context: BrowserContext = browser.new_context(
            base_url=url,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            locale="lv-LV",
            timezone_id="Europe/Riga",
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(SECONDS * 1000)
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        self.context.on("request", self._request)
        self.context.on("requestfailed", self._failed)
        self.context.on("response", self._response)
        if session:
            self.context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
        self.page: Page = self.context.new_page()

    def _console(self, message: ConsoleMessage) -> None:
        # The status of an answer is judged below, and a day in an address that is none is the page's to refuse;
        # everything else, CSP violations among it, is a fault.
        judged = ("Failed to load resource", "The specified value")
        if message.type in ("error", "warning") and not message.text.startswith(judged):
            self.faults.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https") and address.netloc != urlsplit(self.url).netloc:
            self.faults.append(f"another host: {request.url}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # a download, or the next click came first
            self.faults.append(f"{request.failure}: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= (500 if response.request.is_navigation_request() else 400):
            self.faults.append(f"{response.status}: {response.url}")

    def close(self) -> None:
        self.context.close()
