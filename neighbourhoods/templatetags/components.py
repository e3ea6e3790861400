"""What every page is drawn with: icons, charts, the map, the main navigation, page numbers. These are builtins.

Geometry goes into SVG attributes and colour into classes: the content security policy allows no style attribute.
A chart is hidden from screen readers where the same figures stand beside it as text.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.forms.utils import flatatt
from django.template.loader import render_to_string
from django.utils.functional import LazyObject, Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from neighbourhoods import latvian

register = template.Library()


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """An icon of the sprite, for the eye alone: the word beside it says the same. Names: tools/icons.txt."""
    return _icon(name, css, _sprite(staticfiles_storage))


@lru_cache(maxsize=4)
def _sprite(storage: LazyObject) -> str:
    """The address of the sprite, asked of the storage once: it is the same as long as the process lives."""
    return storage.url("built/icons.svg")


@lru_cache(maxsize=500)  # a page shows up to a hundred of a few dozen
def _icon(name: str, css: str, sprite: str) -> SafeString:
    classes = f" {css}" if css else ""
    return format_html('<svg class="kp-i{}" aria-hidden="true"><use href="{}#i-{}"/></svg>', classes, sprite, name)


@register.simple_tag
def status(state: str) -> SafeString:
    """Where a council stands: a sign, a word and a colour. `state` is "working", "forming" or "none"."""
    css, sign, word = STATES[state]
    return _status(css, icon(sign), str(word))


@lru_cache(maxsize=20)
def _status(css: str, sign: SafeString, word: str) -> SafeString:
    return format_html('<span class="kp-st kp-st--{}">{}{}</span>', css, sign, word)


@register.simple_tag
def leaf(moment: datetime) -> SafeString:
    """The day of an event as a leaf of the calendar, machine-readable with its time."""
    local = latvian.as_local(moment)
    return format_html(
        '<time class="kp-date" datetime="{}"><b>{}</b><span>{}</span></time>',
        local.isoformat(timespec="minutes"),
        local.day,
        latvian.short_month(local.date()),
    )


@register.filter
def attributes(attrs: dict[str, Any]) -> SafeString:
    """A widget's attributes, each with a space before it: as Django's own template does in a loop, but quicker."""
    return flatatt(attrs)


@register.filter
def options(groups: Iterable[tuple[str | None, Sequence[dict[str, Any]], int]]) -> SafeString:
    """The options of a select. Django renders two templates for each: forty of them took longer than the list below."""
    return SafeString("".join(_group(name, choices) for name, choices, _index in groups))


def _plain(text: Any) -> str:
    """As Django's `escape`, which asks first whether the text is a lazy one: here it is written at once."""
    return html.escape(str(text))


def _group(name: str | None, choices: Sequence[dict[str, Any]]) -> str:
    rows = "".join(
        f'<option value="{_plain(choice["value"])}"{flatatt(choice["attrs"]) if choice["attrs"] else ""}>'
        f"{_('Nothing chosen') if choice['label'] == '---------' else _plain(choice['label'])}</option>"
        for choice in choices
    )
    return f'<optgroup label="{_plain(name)}">{rows}</optgroup>' if name else rows


# --- charts ----------------------------------------------------------------------------------------------------------


@register.simple_tag
def meter(taken: int, capacity: int | None) -> SafeString:
    """How full it is, as a slim line; nothing where there is no limit. `taken` beyond the capacity is drawn as full."""
    if not capacity:
        return mark_safe("")
    share = min(100.0, 100 * (taken or 0) / capacity)
    return format_html(
        '<svg class="kp-meter" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="kp-meter-bg" width="100" height="6" rx="3"/>'
        '<rect class="kp-meter-fg{}" width="{}" height="6" rx="3"/></svg>',
        " kp-meter-fg--full" if share >= 100 else "",
        f"{share:.1f}",
    )


@register.simple_tag
def bar(taken: int, capacity: int | None, waiting: int = 0, scale: int = 0) -> SafeString:
    """Seats as a bar: an outlined track of the capacity, what is taken, and who waits past its end.

    `scale` is the number of people that fills the width; give every bar of one list the same, so that they compare.
    Without a limit the track is dashed and as wide as the picture.
    """
    width = 300.0
    most = max(scale or 0, capacity or 0, (taken or 0) + (waiting or 0), 1)
    per_person = width / most
    track = (capacity * per_person if capacity else width) - 1
    parts = [
        format_html(
            '<rect class="kp-bar-cap{}" x=".5" y="3.5" width="{}" height="11" rx="3"/>',
            "" if capacity else " kp-bar-cap--open",
            f"{max(track, 1):.1f}",
        ),
        format_html(
            '<rect class="kp-bar-val" y="3" width="{}" height="12" rx="3"/>', f"{(taken or 0) * per_person:.1f}"
        ),
    ]
    if waiting:
        start = max(taken or 0, capacity or 0) * per_person + 1
        parts.append(
            format_html(
                '<rect class="kp-bar-wait" x="{}" y="3" width="{}" height="12" rx="2"/>',
                f"{start:.1f}",
                f"{max(waiting * per_person, 4):.1f}",
            )
        )
    return format_html(
        '<svg class="kp-bar" viewBox="0 0 316 18" preserveAspectRatio="none" aria-hidden="true">{}</svg>',
        format_html_join("", "{}", ((part,) for part in parts)),
    )


@register.simple_tag
def steps(done: int, current: int, total: int) -> SafeString:
    """Steps of a procedure as blocks: the first `done` are behind us, number `current` is under way (0: none)."""
    blocks = []
    for number in range(1, total + 1):
        css = "on" if number <= done else "cur" if number == current else "off"
        blocks.append(
            format_html('<rect class="{}" x="{}" y="1" width="11" height="6" rx="2"/>', css, 14 * (number - 1))
        )
    return format_html(
        '<svg class="kp-steps6" viewBox="0 0 {} 8" aria-hidden="true">{}</svg>',
        14 * total,
        format_html_join("", "{}", ((block,) for block in blocks)),
    )


def _round_up(value: float) -> int:
    """The next number that reads well on an axis with two equal parts: 2, 4, 10, 20, 40, 100, …"""
    size = 10 ** math.floor(math.log10(max(value, 1)))
    return next(int(step * size) for step in (1, 2, 4, 6, 8, 10, 20) if step * size >= max(value, 2))


@register.simple_tag
def line_chart(points: Sequence[tuple[Any, float]], labelledby: str = "", describedby: str = "") -> SafeString:
    """A line over time from (label, value) pairs, from zero, its last value in figures.

    `labelledby` and `describedby` are ids of the heading and of the sentence that says what the line shows; without
    them the chart is hidden from screen readers. A table of the same figures belongs beside it either way.
    """
    if not points:
        return mark_safe("")
    left, right, top, bottom = 42.0, 410.0, 18.0, 124.0
    most = _round_up(max(value for _label, value in points))
    gap = (right - left) / max(len(points) - 1, 1)
    places = [(left + gap * n, bottom - (bottom - top) * value / most) for n, (_label, value) in enumerate(points)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    last_x, last_y = places[-1]
    grid = format_html_join(
        "",
        '<line class="kp-grid" x1="42" x2="410" y1="{0}" y2="{0}"/><text x="34" y="{1}" text-anchor="end">{2}</text>',
        [
            (f"{bottom - (bottom - top) * part:.1f}", f"{bottom - (bottom - top) * part + 4:.1f}", round(most * part))
            for part in (0, 0.5, 1)
        ],
    )
    shown = sorted({round(n * (len(points) - 1) / 4) for n in range(5)})
    labels = format_html_join(
        "",
        '<text x="{}" y="144" text-anchor="{}">{}</text>',
        [
            (
                f"{places[n][0]:.1f}",
                "start" if n == 0 else "end" if n == len(points) - 1 else "middle",
                points[n][0],
            )
            for n in shown
        ],
    )
    if labelledby:
        role = format_html('role="img" aria-labelledby="{}"', labelledby)
        if describedby:
            role = format_html('{} aria-describedby="{}"', role, describedby)
    else:
        role = mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="kp-line" viewBox="0 0 420 150" {}>{}<polygon class="kp-area" points="{}"/>'
        '<polyline class="kp-stroke" points="{}"/><circle class="kp-dot" cx="{}" cy="{}" r="4.5"/>'
        '<text class="kp-val" x="{}" y="{}" text-anchor="end">{}</text>{}</svg>',
        role,
        grid,
        f"{left:.1f},{bottom:.0f} {line} {last_x:.1f},{bottom:.0f}",
        line,
        f"{last_x:.1f}",
        f"{last_y:.1f}",
        f"{last_x:.1f}",
        f"{max(last_y - 9, 12):.1f}",
        points[-1][1],
        labels,
    )


# --- the map ---------------------------------------------------------------------------------------------------------

STATES: dict[str, tuple[str, str, str | Promise]] = {
    # state: class, icon, word
    "working": ("ok", "circle-check", _("Working")),
    "forming": ("form", "hourglass", _("Forming")),
    "none": ("none", "circle-dashed", _("Not yet")),
}
HEX_WIDTH, HEX_HEIGHT = 88, 76  # from one hexagon's centre to the next one's, along the row and between rows
HEX_CORNERS = ((0, -46.5), (40.3, -23.2), (40.3, 23.2), (0, 46.5), (-40.3, 23.2), (-40.3, -23.2))


def _fact(row: Any, name: str) -> Any:
    return row[name] if isinstance(row, Mapping) else getattr(row, name)


def _lines(name: str) -> list[str]:
    """A name broken where a reader would break it: at spaces and after dashes; at most three lines."""
    words = name.replace("–", "– ").replace("-", "- ").split()
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + 1 + len(word) <= 9 and not lines[-1].endswith(("–", "-")):
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return [*lines[:2], " ".join(lines[2:])] if len(lines) > 3 else lines


@lru_cache(maxsize=500)  # what a neighbourhood looks like changes with its state alone
def _cell(name: str, url: str, css: str, sign: str, word: str, sprite: str, x: float, y: float) -> SafeString:
    lines = _lines(name)
    middle = y - 7.5 * len(lines)
    spans = format_html_join(
        " ",
        '<tspan x="{}" y="{}">{}</tspan>',
        ((f"{x:.1f}", f"{middle + 20.5 + 15 * n:.1f}", line) for n, line in enumerate(lines)),
    )
    return format_html(
        '<a href="{url}" class="kp-hex kp-hex--{css}" aria-label="{name}: {word}"><polygon points="{points}" />'
        '<use href="{sprite}#i-{sign}" x="{icon_x}" y="{icon_y}" width="14" height="14" />'
        '<text text-anchor="middle">{spans}</text></a>',
        url=url,
        css=css,
        name=name,
        word=word.lower(),
        points=" ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in HEX_CORNERS),
        sprite=sprite,
        sign=sign,
        icon_x=f"{x - 7:.1f}",
        icon_y=f"{middle - 12:.1f}",
        spans=spans,
    )


@register.inclusion_tag("_components/map.html")
def council_map(rows: Iterable[Any], labelledby: str = "map-t") -> dict[str, Any]:
    """The schematic map: one hexagon for each neighbourhood, a link with its name and state, beside the Daugava.

    A row, an object or a mapping, has `name` (the short one), `url`, `state` ("working", "forming", "none") and
    `hex_q`, `hex_r`: the column and row of a pointed-top hexagon, where each lower row stands half a step further
    right. Rows without a place are left out; the list of all neighbourhoods stands on every page with a map. The
    picture may start at any column and row: the leftmost hexagon stands at the left edge, the uppermost at the top.
    """
    placed = [row for row in rows if _fact(row, "hex_q") is not None and _fact(row, "hex_r") is not None]
    centres = [
        (HEX_WIDTH * (_fact(row, "hex_q") + _fact(row, "hex_r") / 2), HEX_HEIGHT * _fact(row, "hex_r"))
        for row in placed
    ]
    left = min((x for x, _y in centres), default=0) - 50
    top = min((y for _x, y in centres), default=0) - 56
    sprite = _sprite(staticfiles_storage)
    cells = [
        _cell(
            str(_fact(row, "name")),
            str(_fact(row, "url")),
            *(str(part) for part in STATES[_fact(row, "state")]),
            sprite,
            x - left,
            y - top,
        )
        for row, (x, y) in zip(placed, centres, strict=True)
    ]
    width = max([428.0, *(x - left + 50 for x, _y in centres)])
    height = max([346.0, *(y - top + 62 for _x, y in centres)])
    return {"cells": cells, "width": f"{width:.0f}", "height": f"{height:.0f}", "labelledby": labelledby}


# --- navigation ------------------------------------------------------------------------------------------------------

# Which main item a page belongs to, where the page does not say it itself in {% block nav %}.
SECTIONS = (
    ("dashboard:home", "home"),
    ("dashboard:neighbourhood", "neighbourhoods"),
    ("dashboard:find", "neighbourhoods"),
    ("dashboard:submission", "decisions"),
    ("dashboard:my", "my"),
    ("dashboard:panel", "panel"),
    ("events:calendar", "calendar"),
    ("events:detail", "calendar"),
    ("people:", "my"),
    ("account_log", "my"),
    ("account_signup", "my"),
)


class NavigationNode(template.Node):
    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: template.Context) -> str:
        request = context.get("request")
        match = getattr(request, "resolver_match", None)
        current = self.nodelist.render(context).strip()
        if not current and match:
            current = next((item for view, item in SECTIONS if match.view_name.startswith(view)), "")
        user = context.get("user")
        person = getattr(user, "person", None) if user and user.is_authenticated else None
        return render_to_string(
            "_components/navigation.html",
            {
                "current": current,
                "signed_in": bool(user and user.is_authenticated),
                "coordinator": bool(person and person.is_coordinator),
            },
        )


@register.tag
def navigation(parser: template.base.Parser, token: template.base.Token) -> NavigationNode:
    """The main navigation: `{% navigation %}{% block nav %}{% endblock %}{% endnavigation %}`.

    The block holds the current item: home, neighbourhoods, calendar, decisions, my or panel.
    """
    nodelist = parser.parse(("endnavigation",))
    parser.delete_first_token()
    return NavigationNode(nodelist)


@register.simple_tag
def page_numbers(page) -> list[int | str]:
    """Numbers of the pages to offer around this one, with "…" where some are left out."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))
