"""Personal links: each opens its own page and nothing else, and whoever alters one finds nothing."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from councils import answers
from councils.models import MatterFollow
from councils.operations import enquiries, replies, submissions
from events.models import CalendarKey
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def links():
    """The key of each kind of link by its page."""
    now = timezone.now()
    council = factories.term().council
    member = factories.membership(council.terms.get())
    person = factories.person(email="liga@example.org")
    officer = factories.responding_officer(factories.municipal_unit())
    asked = factories.submission(answering_unit=officer.unit, unit=officer.unit.name, text="Lūdzam pāreju.")
    submissions.invite(asked, now=now)
    writes = {"council": council, "text": "Kad salabos tiltu?", "now": now}
    guest = {"name": "Rūta Žīgure", "email": "ruta@example.org", "network": "", "language": "lv"}
    over = factories.event(starts_at=now - timedelta(days=1))
    follow = MatterFollow.objects.create(matter=factories.matter([council]), person=person, confirmed_at=now)
    return {
        "events:rsvp": factories.rsvp(factories.event()).token,
        "events:survey": factories.rsvp(over).token,
        "events:own-ics": CalendarKey.objects.create(person=person, made_at=now).token,
        "people:settings-by-link": person.settings_token,
        "councils:enquiry": enquiries.write_as_guest(**writes, **guest).token,
        "councils:meeting-answers": answers.token(factories.meeting(council), member),
        "councils:proposal": factories.proposal(council, person).token,
        "councils:matter-follow-link": follow.token,
        "councils:reply": replies.LINKS.get().token,
    }


OF_SIGN_UPS = ("events:rsvp", "events:survey")


def test_each_link_opens_its_own_page_alone(client, links):
    for page in links:
        for kind, key in links.items():
            opens = kind == page or {kind, page} <= set(OF_SIGN_UPS)
            answer = client.get(reverse(page, args=[key]), follow=True)
            assert answer.status_code == (200 if opens else 404), (page, kind)
            if not opens:
                assert client.post(reverse(page, args=[key])).status_code in (404, 405), (page, kind)


@pytest.mark.parametrize(
    "alter",
    [
        lambda key: key[:-1],
        lambda key: key + "x",
        lambda key: key.swapcase(),
        lambda key: ("b" if key[0] == "a" else "a") + key[1:],
        lambda key: key + "\0",
        lambda key: "😀",
        lambda key: "x" * 5000,
        lambda key: "%",
        lambda key: "1:2",
    ],
)
def test_altered_link_opens_nothing(client, links, alter):
    for page, key in links.items():
        path = reverse(page, args=[alter(key)])
        assert client.get(path).status_code == 404, path
        assert client.post(path).status_code in (404, 405), path


def test_what_a_link_opens_is_kept_nowhere(client, links):
    for page, key in links.items():
        answer = client.get(reverse(page, args=[key]), follow=True)
        assert "private" in answer["Cache-Control"], page
        assert "noindex" in answer["X-Robots-Tag"], page
