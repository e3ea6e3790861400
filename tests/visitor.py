"""A person at a browser without JavaScript: cookies, forms, redirects, over real HTTP."""

import http.client
import http.cookies
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit


@dataclass
class Answer:
    status: int
    path: str
    text: str
    headers: dict[str, str]

    def form(self, action: str) -> dict[str, str]:
        """The filled-in fields of the first form whose action contains `action`, with its address under ''."""
        reader = _Forms()
        reader.feed(self.text)
        for form in reader.forms:
            if action in form[""]:
                return form
        raise AssertionError(f"No form to {action} on {self.path}: {[form[''] for form in reader.forms]}")


class _Forms(HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.inside = False

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = True
            self.forms.append({"": given.get("action", "")})
        elif self.inside and tag == "input" and given.get("name"):
            kind = given.get("type", "text")
            if kind not in ("checkbox", "radio") or "checked" in given:
                self.forms[-1][given["name"]] = given.get("value", "on" if kind == "checkbox" else "")

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False


class Visitor:
    """Keeps its cookies; `session` logs it in. Not for several threads at once."""

    def __init__(self, url: str, session: str = "", seconds: float = 60):
        self.host = urlsplit(url).netloc
        self.seconds = seconds
        self.cookies = {"sessionid": session} if session else {}

    def get(self, path: str) -> Answer:
        return self._follow("GET", path)

    def submit(self, answer: Answer, action: str, **values: str) -> Answer:
        """Fill in `values` and send the form of the page; redirects are followed, as a browser does."""
        form = answer.form(action)
        target = urljoin(answer.path, form.pop("")) or answer.path
        return self._follow("POST", target, {**form, **values})

    def _follow(self, method: str, path: str, values: dict[str, str] | None = None) -> Answer:
        answer = self._send(method, path, values)
        for _turn in range(5):
            if answer.status not in (301, 302, 303):
                break
            answer = self._send("GET", urljoin(path, answer.headers["location"]))
        return answer

    def _send(self, method: str, path: str, values: dict[str, str] | None = None) -> Answer:
        parts = urlsplit(path)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if values is not None:
            body = urlencode(values)
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self.host}"}
        connection = http.client.HTTPConnection(self.host, timeout=self.seconds)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode("utf-8", "replace")
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie") or []:
            for name, morsel in http.cookies.SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return Answer(response.status, path, text, {name.lower(): value for name, value in response.headers.items()})
