"""On every English page what people wrote in Latvian says that it is Latvian; names of people and places need not."""

import pytest
from django.test import Client

from councils.models import Council
from neighbourhoods.models import Neighbourhood, Place, Street
from people.models import Person
from tests.browser.every_page import Scene, visits
from tests.parts import unmarked

pytestmark = [pytest.mark.prove, pytest.mark.django_db]

# The mailbox is no page of a portal that runs; the pages of components and of the municipality's own texts hold what is
# meant to be in English.
LEFT_OUT = ("/pasts/", "/stils/", "/palidziba/", "/salauzts/")
MADE_UP = ["Ķekavas", "Ķekava", "Ilze Ķer", "Ķiršu", "pilsēta", "Palīdzība angliski"]


def test_latvian_on_english_pages_is_marked(settings, tmp_path):
    settings.ROOT_URLCONF = "tests.browser.urls"
    settings.EMAIL_BACKEND, settings.MAIL_FOLDER = "notices.mailbox.FolderBackend", tmp_path
    scene = Scene()
    names = [*MADE_UP, *Council.objects.values_list("name", flat=True), *Place.objects.values_list("name", flat=True)]
    names += [
        *Street.objects.values_list("name", flat=True),
        *Neighbourhood.objects.values_list("name", flat=True),
        *Neighbourhood.objects.values_list("short_name", flat=True),
        *Person.objects.values_list("given_name", flat=True),
        *Person.objects.values_list("family_name", flat=True),
    ]
    found, seen = {}, 0
    for path, who in dict.fromkeys((visit.path, visit.who) for visit in visits(scene)):
        if path.startswith(LEFT_OUT):
            continue
        client = Client()
        client.cookies["valoda"] = "en"
        if who:
            client.cookies["sessionid"] = scene.sessions[who]
        answer = client.get(path)
        if answer.status_code == 200 and "html" in answer["Content-Type"]:
            seen += 1
            if texts := unmarked(answer.text, names):
                found[path, who] = texts[:5]
    assert seen > 200
    assert not found
