"""Icons, charts, the map, the navigation and page numbers, as templates use them."""

import re
from types import SimpleNamespace

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import override_settings
from django.utils import translation

from dashboard.style_demo import MAP
from neighbourhoods.templatetags import components


def rendered(source, **context):
    return Template(source).render(Context(context))


def widths(svg, css):
    return [float(value) for value in re.findall(rf'<rect class="{css}[^"]*"[^>]* width="([\d.]+)"', svg)]


def test_icon_is_hidden_from_screen_readers_and_points_at_the_sprite():
    assert rendered('{% icon "clock" %}') == (
        '<svg class="kp-i" aria-hidden="true"><use href="/static/built/icons.svg#i-clock"/></svg>'
    )


@pytest.mark.parametrize(("taken", "capacity", "share"), [(0, 40, 0), (10, 40, 25), (40, 40, 100), (50, 40, 100)])
def test_meter_shows_the_share_taken(taken, capacity, share):
    assert widths(rendered("{% meter taken capacity %}", taken=taken, capacity=capacity), "kp-meter-fg") == [share]


def test_meter_changes_colour_only_when_full():
    assert "kp-meter-fg--full" not in rendered("{% meter 39 40 %}")
    assert "kp-meter-fg--full" in rendered("{% meter 40 40 %}")


def test_meter_of_an_event_without_limit_is_nothing():
    assert rendered("{% meter 18 capacity %}", capacity=None) == ""


def test_bars_of_one_scale_compare():
    small = rendered("{% bar 20 40 0 80 %}")
    large = rendered("{% bar 40 80 0 80 %}")
    assert widths(small, "kp-bar-val") == [75]
    assert widths(large, "kp-bar-val") == [150]


def test_bar_draws_the_waiting_past_the_end():
    svg = rendered("{% bar 60 60 4 80 %}")
    start = float(re.search(r'kp-bar-wait" x="([\d.]+)"', svg)[1])
    assert start > widths(svg, "kp-bar-val")[0]
    assert widths(svg, "kp-bar-wait") == [15]


def test_bar_without_limit_has_a_dashed_track():
    assert "kp-bar-cap--open" in rendered("{% bar 18 capacity 0 80 %}", capacity=None)


def test_bar_of_nobody_and_nothing_is_drawn():
    assert widths(rendered("{% bar 0 capacity 0 0 %}", capacity=None), "kp-bar-val") == [0]


def test_steps_tell_past_present_and_future_apart():
    svg = rendered("{% steps 2 3 6 %}")
    assert re.findall(r'class="(on|cur|off)"', svg) == ["on", "on", "cur", "off", "off", "off"]


@pytest.mark.parametrize(("value", "top"), [(0, 2), (1, 2), (3, 4), (9, 10), (11, 20), (1904, 2000), (2001, 4000)])
def test_axis_ends_at_a_number_that_halves(value, top):
    assert components._round_up(value) == top


def test_line_chart_names_its_last_value_and_starts_at_zero():
    svg = rendered("{% line_chart points %}", points=[("a", 10), ("b", 1904)])
    assert 'class="kp-val"' in svg
    assert ">1904</text>" in svg
    assert ">0</text>" in svg
    assert 'aria-hidden="true"' in svg


def test_line_chart_with_a_heading_is_an_image_with_a_name():
    svg = rendered('{% line_chart points labelledby="t" describedby="d" %}', points=[("a", 1)])
    assert 'role="img" aria-labelledby="t" aria-describedby="d"' in svg


def test_line_chart_writes_points_and_not_commas_in_latvian():
    with translation.override("lv"):
        svg = rendered("{% line_chart points %}", points=[("a", 3), ("b", 7), ("c", 8)])
    points = re.search(r'kp-stroke" points="([^"]+)"', svg)[1]
    assert all(re.fullmatch(r"\d+\.\d,\d+\.\d", pair) for pair in points.split())


def test_line_chart_of_nothing_is_nothing():
    assert rendered("{% line_chart points %}", points=[]) == ""


def map_rows():
    return [{"name": n, "state": s, "hex_q": q, "hex_r": r, "url": f"/{n}/"} for n, s, q, r in MAP]


def test_map_gives_every_neighbourhood_a_link_with_its_state():
    with translation.override("lv"):
        svg = rendered("{% council_map rows %}", rows=map_rows())
    assert svg.count("<a ") == 11
    assert 'aria-label="Mežinieki: vēl nav"' in svg
    assert 'aria-label="Jaunsils: veidojas"' in svg
    assert "Daugava" in svg


def test_map_leaves_out_a_neighbourhood_without_a_place():
    rows = [*map_rows(), SimpleNamespace(name="Jauna", state="none", hex_q=None, hex_r=None, url="/x/")]
    assert rendered("{% council_map rows %}", rows=rows).count("<a ") == 11


def test_map_stays_the_same_wherever_its_columns_and_rows_begin():
    moved = [row | {"hex_q": row["hex_q"] + 5, "hex_r": row["hex_r"] + 2} for row in map_rows()]
    assert rendered("{% council_map rows %}", rows=moved) == rendered("{% council_map rows %}", rows=map_rows())


def test_map_grows_with_its_hexagons():
    rows = [*map_rows(), {"name": "Tāle", "state": "none", "hex_q": 5, "hex_r": 3, "url": "/t/"}]
    width = int(re.search(r'viewBox="0 0 (\d+)', rendered("{% council_map rows %}", rows=rows))[1])
    assert width > 428


def test_map_keeps_names_inside_their_hexagon():
    assert components._lines("Valdlauči–Rāmava–Katlakalns") == ["Valdlauči–", "Rāmava–", "Katlakalns"]
    assert components._lines("Ķekavas pilsēta") == ["Ķekavas", "pilsēta"]
    assert components._lines("Alejas") == ["Alejas"]
    assert len(components._lines("a–b–c–d–e–f")) <= 3


def test_map_escapes_a_name():
    rows = [{"name": "<b>", "state": "none", "hex_q": 0, "hex_r": 0, "url": "/x/"}]
    assert "<b>" not in rendered("{% council_map rows %}", rows=rows)


def test_page_numbers_leave_out_the_far_ones():
    page = Paginator(range(400), 20).page(10)
    numbers = rendered("{% page_numbers page as n %}{% for x in n %}{{ x }} {% endfor %}", page=page)
    assert numbers.split() == ["1", "…", "9", "10", "11", "…", "20"]


def test_pagination_keeps_the_filters_and_marks_the_page():
    page = Paginator(range(60), 20).page(2)
    html = rendered('{% include "_components/pagination.html" with page_obj=page query="veids=sede" only %}', page=page)
    assert 'href="?veids=sede&amp;lapa=3"' in html
    assert html.count('aria-current="true"') == 1


def test_pagination_of_one_page_is_nothing():
    page = Paginator(range(6), 20).page(1)
    assert rendered('{% include "_components/pagination.html" with page_obj=page only %}', page=page).strip() == ""


@pytest.mark.parametrize(("said", "marked"), [("calendar", "Kalendārs"), ("home", "Sākums")])
@override_settings(ROOT_URLCONF="tests.look_urls")
def test_navigation_marks_what_the_page_says(said, marked):
    with translation.override("lv"):
        html = rendered("{% navigation %}" + said + "{% endnavigation %}")
    assert html.count("aria-current") == 1
    current = re.search(r'aria-current="true">.*?</svg>([^<]+)</a>', html)
    assert current[1] == marked


@override_settings(ROOT_URLCONF="tests.look_urls")
def test_navigation_finds_the_place_from_the_address_itself():
    request = SimpleNamespace(resolver_match=SimpleNamespace(view_name="dashboard:neighbourhood"))
    with translation.override("lv"):
        html = rendered("{% navigation %}{% endnavigation %}", request=request)
    assert re.search(r'aria-current="true">.*?</svg>([^<]+)</a>', html)[1] == "Apkaimes"


@pytest.mark.parametrize(
    ("signed_in", "coordinator", "last"), [(False, False, "Ienākt"), (True, False, "Mans"), (True, True, "Panelis")]
)
@override_settings(ROOT_URLCONF="tests.look_urls")
def test_navigation_ends_with_what_is_for_this_visitor(signed_in, coordinator, last):
    user = SimpleNamespace(is_authenticated=signed_in, person=SimpleNamespace(is_coordinator=coordinator))
    with translation.override("lv"):
        html = rendered("{% navigation %}{% endnavigation %}", user=user)
    words = re.findall(r"</svg>([^<]+)</a>", html)
    assert words[-1] == last
    assert len(words) == (6 if coordinator else 5)
