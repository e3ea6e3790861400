"""One matter through its whole life, as its people live it: a resident proposes, the council votes in a hybrid meeting,
the municipality is reminded, answers and says when it is done; who follows gets one mail of each. In a real Chromium,
with the portal's real processes, on both databases.

Weeks and months pass by moving everything that has a day back in time, openly, between two scenes."""

import re
from collections import Counter
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.people import Post, download, field, follow, heading, open_link, press
from tests.browser.visitors import PHONE
from tests.councils.test_documents import bare, docx_parts, pdf_text
from tests.prove.conftest import DATABASES, LOGINS, run, shape
from tests.servers import Portal, SmtpSink, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.prove]

PROPOSER, FOLLOWER, OFFICER = "zanna@example.org", "girts@example.org", "ilze@example.org"
COORDINATOR, SECRETARY = "koordinatore@example.org", "cilda@example.org"
TITLE = "Apgaismojums Skolas ielā"
RESOLUTION = "Lūgt pašvaldību ierīkot apgaismojumu Skolas ielā no pieturas līdz skolai."
REASON = "Posmam no pieturas līdz tiltam nauda ir, tālāk jāizbūvē jauna līnija."
INSTEAD = "Līdz pavasarim pārējā posmā izvietosim atstarotājus."
SECRET = "Dzīvo šajā ielā."
SHOWN = "Skolas ielā deg jaunas laternas."

# Five members of seven: Anna is the chair, Bruno the deputy, Čilda the secretary. Ilze answers for the roads.
SCENE = f"""{LOGINS}
from django.core.management import call_command
from councils.models import Office
from neighbourhoods.models import Neighbourhood
call_command("facts", verbosity=0)
council = factories.council(neighbourhood=Neighbourhood.objects.get(slug="mezinieki"))
term = factories.term(council)
names = ["Anna Āboliņa", "Bruno Bērziņš", "Čilda Čakste", "Dace Dūmiņa", "Edgars Ērglis"]
mails = ["anna", "bruno", "cilda", "dace", "edgars"]
users = [factories.user(f"{{mail}}@example.org", name=name) for mail, name in zip(mails, names)]
for user, kind in zip([factories.membership(term, user.person) for user in users], Office.Kind.values):
    factories.office(user, kind)
lasma = factories.coordinator(email="{COORDINATOR}", name="Lāsma Pīlādze")
roads = factories.municipal_unit("Ceļu nodaļa")
factories.responding_officer(roads, factories.person("Ilze Ozola", email="{OFFICER}"))
answer = {{mail: session_of(user) for mail, user in zip([*mails, "lasma"], [*users, lasma])}}
"""

# Everything that has a day lies so much longer ago; terms, rules and the calendar stay where they are. Counted as a
# clock on the wall shows it: a day has 24 hours, also the one on which summer time begins or ends.
TIME_GOES_BY = """
from datetime import datetime, timedelta
from django.apps import apps
from django.db import models
from django.utils import timezone
from councils.models import Meeting, Submission
from councils import regulation
STAY = {"Term", "Membership", "Office", "RespondingOfficer", "RegulationValue", "DayOverride", "Topic", "Council"}
def wall(at):
    return timezone.make_naive(at)
def back(length):
    days = wall(timezone.now()).date() - (wall(timezone.now()) - length).date()
    def earlier(at):
        return timezone.make_aware(wall(at) - length) if isinstance(at, datetime) else at - days
    for model in apps.get_models():
        if model._meta.app_label not in ("events", "councils", "notices") or model.__name__ in STAY:
            continue
        dated = [field for field in model._meta.concrete_fields if isinstance(field, models.DateField)]
        for row in model._base_manager.all() if dated else ():
            known = {field.name: getattr(row, field.name) for field in dated}
            moved = {n: earlier(at) for n, at in known.items() if at}
            model._base_manager.filter(pk=row.pk).update(**moved)
"""
TO_THE_MEETING = "back(wall(Meeting.objects.get().event.starts_at) - wall(timezone.now()) + timedelta(minutes=10))"
# No month is as long as the next: how many days are left to the reply of something sent so much longer ago?
LEFT = """
submission, today = Submission.objects.get(), timezone.localdate()
def left(shift):
    sent, registered = submission.sent_on - shift, submission.registered_on - shift
    return (regulation.in_force(sent).reply_due_on(sent, registered) - today).days
def back_to(low, high):
    back(next(shift for shift in map(timedelta, range(90)) if low <= left(shift) <= high))
"""
TO_SOON_DUE = f'{LEFT}back_to(0, regulation.in_force(today)["REPLY_REMIND_BEFORE"])'
TO_OVERDUE = f"{LEFT}back_to(-9, -1)"
TO_THE_FOLLOW_UP = "back(timedelta(days=(Submission.objects.get().follow_up_on - timezone.localdate()).days))"
# The hour strikes at which the portal looks whom to remind: the worker does it.
THE_HOUR = """
from councils.tasks import remind
remind.delay()
"""
OPEN_NOTICES = """
from notices.models import Notice
answer = list(Notice.objects.open().values_list("key", flat=True))
"""


def time_goes_by(portal: Portal, to: str) -> None:
    run(portal, f"{TIME_GOES_BY}\n{to}\n{THE_HOUR}")


# --- the story --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("database", DATABASES)
def test_matter_through_its_whole_life(database, visit, tmp_path):
    with ExitStack() as stack:
        portal, sink, _broker, _server = shape(stack, database, env={"PAGE_CACHE_SECONDS": "0"})
        post = Post(sink)
        sessions = run(portal, SCENE)
        zanna, girts, ilze = (visit(portal.url) for _person in range(3))
        anna, dace, lasma = (visit(portal.url, session=sessions[name]) for name in ("anna", "dace", "lasma"))
        cilda = visit(portal.url, width=PHONE, session=sessions["cilda"])

        propose(zanna, post)
        prepare_a_meeting(cilda, date.today() + timedelta(days=20))
        take_the_proposal(cilda, zanna, post)
        announce(cilda, lasma, post)
        matter = follow_by_mail(girts, post)

        time_goes_by(portal, TO_THE_MEETING)
        hold_the_meeting(cilda)
        hear_of_the_vote(girts, matter, post)
        draft_the_minutes(cilda, dace, post)
        sign_the_minutes(anna)
        publish_the_minutes(lasma)
        read_the_minutes(girts, matter, tmp_path)

        send_to_the_municipality(anna, matter)
        register(lasma)
        time_goes_by(portal, TO_SOON_DUE)
        is_reminded(post)
        time_goes_by(portal, TO_OVERDUE)
        see_that_it_is_late(girts, matter)
        answer(ilze, post)
        hear_of_the_answer(girts, anna, matter, post)

        time_goes_by(portal, TO_THE_FOLLOW_UP)
        say_that_it_is_done(visit(portal.url), post, tmp_path)
        see_that_it_is_done(girts, matter, post)
        everything_was_sent_once(portal, sink)


# --- from the proposal to the agenda ----------------------------------------------------------------------------------
def propose(page: Page, post: Post) -> None:
    """Anyone may (§31): without an account by a link, the second click of which confirms."""
    page.goto("/apkaimes/mezinieki/")
    follow(page, "Ierosini jautājumu padomei")
    field(page, "Par ko padomei runāt?").fill(TITLE)
    field(page, "Pastāsti vairāk").fill("No pieturas līdz skolai ir tumšs.")
    field(page, "Vārds").fill("Žanna Žagata")
    field(page, "E-pasts").fill(PROPOSER)
    press(page, "Nosūtīt padomei")
    open_link(page, post.link(post.mail(PROPOSER, "Apstiprini ierosinājumu"), "Apstiprināt ierosinājumu"))
    press(page, "Apstiprināt ierosinājumu")
    expect(page.locator("main")).to_contain_text("Ierosinājums ir padomē")


def prepare_a_meeting(page: Page, day: date) -> None:
    page.goto("/padome/mezinieki/")
    follow(page, "Jauna sēde")
    field(page, "Nosaukums").fill("Padomes sēde")
    field(page, "Datums").fill(day.isoformat())
    field(page, "Sākums").fill("18:30")
    field(page, "Beigas").fill("20:00")
    page.get_by_role("radio", name="klātienē un attālināti").check()
    field(page, "Vieta").fill("Plakanciema skola")
    field(page, "Pieslēgšanās saite").fill("https://example.org/sede")
    field(page, "Darba kārtība").fill("20 | Soliņi gar upes taku")
    press(page, "Saglabāt melnrakstu")
    heading(page, "Padomes sēde")


def take_the_proposal(page: Page, proposer: Page, post: Post) -> None:
    mail = post.mail(SECRETARY, f"Ierosinājums darba kārtībai: {TITLE}")
    open_link(page, post.link(mail, "Pieņemt vai noraidīt"))
    press(page, "Iekļaut darba kārtībā")
    expect(page.locator("main")).to_contain_text("Padomes sēde")
    mail = post.mail(PROPOSER, f"Darba kārtībā: {TITLE}")
    open_link(proposer, post.link(mail, "Mans ierosinājums"))
    expect(proposer.locator("main")).to_contain_text("sēdi vēl gatavo")
    expect(proposer.get_by_role("link", name="Skatīt visu gaitu")).to_have_count(0)  # nobody else sees it yet


def announce(page: Page, coordinator: Page, post: Post) -> None:
    """The secretary sends the agenda (§38.1), the municipality's site has it (§38.2), then the portal shows it."""
    page.goto("/padome/mezinieki/")
    follow(page, "Padomes sēde")
    follow(page, "Paziņojums")
    press(page, "Nosūtīt administrācijai")
    expect(page.locator("pre")).to_contain_text(f"2. {TITLE}")
    mail = post.mail(COORDINATOR, "Jāpublicē: Padomes sēde")
    open_link(coordinator, post.link(mail, "Teksts un publikācija"))
    field(coordinator, "Publikācijas adrese").fill("https://kekava.lv/padomes-sede")
    press(coordinator, "Ierakstīt")
    expect(coordinator.get_by_role("link", name="https://kekava.lv/padomes-sede").first).to_be_visible()
    for name in ("anna", "bruno", "cilda", "dace", "edgars"):
        assert TITLE in post.mail(f"{name}@example.org", "Vai būsi?").body()


def follow_by_mail(page: Page, post: Post) -> str:
    """From the meeting to the matter; an address alone is enough, the link in the mail proves it."""
    page.goto("/kalendars/")
    follow(page, "Padomes sēde")
    page.locator(".kp-agenda").get_by_role("link", name=TITLE).click()
    heading(page, TITLE)
    address = page.url
    field(page, "E-pasts").fill(FOLLOWER)
    press(page, "Sekot pa e-pastu")
    expect(page.get_by_role("status").first).to_contain_text("ieskaties e-pastā")
    open_link(page, post.link(post.mail(FOLLOWER, f"Apstiprini, ka seko: {TITLE}"), "Apstiprināt"))
    press(page, "Jā, sekot")
    expect(page.get_by_role("status").first).to_contain_text("Tu seko šim jautājumam")
    return address


# --- the meeting ------------------------------------------------------------------------------------------------------
def hold_the_meeting(page: Page) -> None:
    """Three in the room, two remote; one keeps out (§33), the others vote two to two, the chair's vote counts (§26)."""
    page.goto("/padome/mezinieki/")
    page.get_by_role("link", name=re.compile("^Sēdes telpa")).click()
    follow(page, "Atklāt sēdi")
    press(page, "Atklāt sēdi")
    for name, mark in (
        ("Anna Āboliņa", "Klāt"),
        ("Bruno Bērziņš", "Attālināti"),
        ("Čilda Čakste", "Klāt"),
        ("Dace Dūmiņa", "Klāt"),
        ("Edgars Ērglis", "Attālināti"),
    ):
        member = page.get_by_role("group", name=name)
        member.get_by_label(mark, exact=True).check()
        expect(member.get_by_role("status")).to_contain_text("Saglabāts")
    expect(page.locator(".kp-quorum")).to_contain_text("5 no 5: lemttiesīga")
    page.goto(page.url.replace("klatbutne/", ""))
    page.get_by_role("link", name=f"2. {TITLE}").click()
    field(page, "Apspriešanas gaita").fill("Vecāki stāsta, ka bērni iet pa tumsu.")
    expect(page.locator("[data-room-status]").first).to_contain_text("Saglabāts")
    follow(page, "Kāds nepiedalās")
    field(page, "Loceklis").select_option("Dace Dūmiņa")
    field(page, "Iemesls").fill(SECRET)
    press(page, "Ierakstīt")
    follow(page, "Jauns lēmums")
    field(page, "Lēmuma teksts").fill(RESOLUTION)
    press(page, "Saglabāt")
    page.get_by_role("link", name="Balsot", exact=True).click()
    expect(page.get_by_role("group", name="Dace Dūmiņa")).to_have_count(0)
    for name, vote in (("Anna", "Par"), ("Bruno", "Pret"), ("Čilda", "Par"), ("Edgars", "Pret")):
        page.get_by_role("group", name=re.compile(f"^{name}")).get_by_label(vote, exact=True).check()
    press(page, "Slēgt balsojumu")
    result = page.locator(".kp-result")
    expect(result).to_contain_text("pieņemts")
    expect(result).to_contain_text("par 2, pret 2, atturas 0")
    expect(result).to_contain_text("izšķīra priekšsēdētāja balss (§26)")
    page.goto(re.sub(r"telpa/.*", "telpa/slegt/", page.url))
    press(page, "Slēgt sēdi")


def hear_of_the_vote(page: Page, matter: str, post: Post) -> None:
    mail = post.mail(FOLLOWER, f"Nobalsots: {TITLE}")
    assert RESOLUTION in mail.body()
    open_link(page, post.link(mail, "Skatīt visu gaitu"))
    assert page.url == matter
    expect(page.locator(".kp-decision")).to_contain_text(RESOLUTION)
    expect(page.locator(".kp-thread")).to_contain_text("izšķīra priekšsēdētāja balss (§26)")


# --- the minutes ------------------------------------------------------------------------------------------------------
def draft_the_minutes(page: Page, member: Page, post: Post) -> None:
    follow(page, "Uz protokolu")
    press(page, "Sagatavot protokolu")
    press(page, "Lūgt locekļu viedokli")
    mail = post.mail("dace@example.org", "Protokola melnraksts")
    open_link(member, post.link(mail, "Lasīt un komentēt"))
    field(member, "Komentārs").fill("Klausījās arī divi iedzīvotāji.")
    press(member, "Nosūtīt komentāru")
    expect(member.get_by_role("region", name="Locekļu komentāri")).to_contain_text("Klausījās arī divi iedzīvotāji.")
    page.reload()
    page.get_by_role("link", name="1 komentārs nav atrisināts").click()
    page.get_by_role("button", name=re.compile("^Atzīmēt kā atrisinātu")).click()
    expect(page.get_by_role("region", name="Locekļu komentāri")).to_contain_text("atrisināts")


def sign_the_minutes(page: Page) -> None:
    """Who led the meeting signs, and sends the minutes for publication (§25)."""
    page.goto("/padome/mezinieki/")
    page.get_by_role("link", name=re.compile("^Pievienot protokolu")).click()
    page.get_by_role("link", name=re.compile("^Darbs ar protokolu")).click()
    page.get_by_label("Parakstīt, negaidot komentāru termiņa beigas").check()
    press(page, "Parakstīt protokolu")
    expect(page.get_by_role("status").first).to_contain_text("vairs nemainās")
    press(page, "Nosūtīt publicēšanai")
    expect(page.get_by_role("status").first).to_contain_text("Nosūtīts publicēšanai")


def publish_the_minutes(page: Page) -> None:
    """What the council sent stands among the coordinator's work, although the meeting ended before its time."""
    page.goto("/panelis/")
    page.get_by_role("link", name=re.compile("^Ierakstīt adresi")).click()
    page.get_by_role("link", name=re.compile("^Darbs ar protokolu")).click()
    press(page, "Publicēt")
    expect(page.get_by_role("status").first).to_contain_text("Publicēts")


def read_the_minutes(page: Page, matter: str, folder: Path) -> None:
    """The page, the PDF and the DOCX say the same of the matter, and nobody's reason to keep out of it."""
    page.goto(matter)
    follow(page, "Protokols")
    said = {"page": page.locator("main").inner_text()}
    said["pdf"] = pdf_text(download(page, "PDF", folder))
    said["docx"] = "\n".join(text for _style, text in docx_parts(download(page, "DOCX", folder)))
    [number] = set(re.findall(r"Protokols (Nr\. \d+/\d{4})", "\n".join(said.values())))
    for shape_of_it, text in said.items():
        for words in (
            f"Protokols {number}",
            "Plakanciema skola, un attālināti",
            "5 no 5 locekļiem, lemttiesīga",
            "1. Soliņi gar upes taku",
            "Jautājums pārcelts uz nākamo sēdi.",
            f"2. {TITLE}",
            "Vecāki stāsta, ka bērni iet pa tumsu.",
            "jautājumā nepiedalās (§33): Dace Dūmiņa",
            RESOLUTION,
            "Par – 2, pret – 2, atturas – 0",
            "izšķir padomes priekšsēdētāja balss – par (§26)",
            "Par: Anna Āboliņa, Čilda Čakste · Pret: Bruno Bērziņš, Edgars Ērglis",
        ):
            assert bare(words) in bare(text), (shape_of_it, words)
        assert bare(SECRET) not in bare(text), shape_of_it


# --- the municipality -------------------------------------------------------------------------------------------------
def send_to_the_municipality(page: Page, matter: str) -> None:
    """Made of the resolution: nothing is typed anew."""
    page.goto(matter)
    follow(page, "Sūtīt pašvaldībai")
    expect(field(page, "Nosaukums")).to_have_value(TITLE)
    expect(field(page, "Teksts")).to_have_value(RESOLUTION)
    field(page, "Struktūrvienība, kas atbild").select_option("Ceļu nodaļa")
    press(page, "Nosūtīt")
    expect(page.get_by_role("status").first).to_contain_text("Nosūtīts")


def register(page: Page) -> None:
    page.goto("/panelis/priekslikumi/")
    follow(page, TITLE)
    follow(page, "Ierakstīt reģistrācijas numuru")
    field(page, "Reģistrācijas numurs").fill("1-7/1234")
    press(page, "Saglabāt")
    expect(page.locator("main")).to_contain_text("1-7/1234")


def is_reminded(post: Post) -> None:
    """Before the day, and again after it; the link is the one of the first mail."""
    asked = post.link(post.mail(OFFICER, f"Padome gaida atbildi: {TITLE}"), "Atbildēt")
    assert post.link(post.mail(OFFICER, f"Drīz jāatbild: {TITLE}"), "Atbildēt") == asked


def see_that_it_is_late(page: Page, matter: str) -> None:
    page.goto(matter)
    expect(page.locator(".kp-thread li").last).to_contain_text("Atbilde kavējas")
    expect(page.locator(".kp-thread li").last).to_contain_text("Ceļu nodaļa")


def open_with_code(page: Page, post: Post, link: str, count: int) -> None:
    """The link alone opens nothing: a code comes to the officer's own address."""
    open_link(page, link)
    heading(page, "Atbilde padomei")
    press(page, "Atsūtīt kodu")

    def codes() -> list[str]:
        return [mail.subject.split()[-1] for mail in post.sink.to(OFFICER) if mail.subject.startswith("Kods:")]

    wait_until(lambda: len(codes()) == count, 40, f"code {count}")
    field(page, "Kods no e-pasta").fill(codes()[-1])
    press(page, "Atvērt")
    heading(page, TITLE)


def answer(page: Page, post: Post) -> None:
    """Taken up in part: not without the reason; what is offered instead goes with it."""
    mail = post.mail(OFFICER, f"Atbilde kavējas: {TITLE}")
    open_with_code(page, post, post.link(mail, "Atbildēt"), 1)
    page.get_by_role("radio", name="daļēji ņemts vērā").check()
    press(page, "Nosūtīt atbildi")
    expect(page.get_by_role("alert")).to_contain_text("Uzraksti pamatojumu")
    field(page, "Atbilde un pamatojums").fill(REASON)
    field(page, "Ja noraidīts: ko piedāvā tā vietā").fill(INSTEAD)
    press(page, "Nosūtīt atbildi")
    expect(page.get_by_role("status").first).to_contain_text("Paldies!")


def hear_of_the_answer(page: Page, chair: Page, matter: str, post: Post) -> None:
    """Who follows, and the council: the outcome, the reason and what is offered instead."""
    for person, address in ((page, FOLLOWER), (chair, "anna@example.org")):
        mail = post.mail(address, f"Atbildēts: {TITLE}")
        for words in ("daļēji ņemts vērā", REASON, INSTEAD):
            assert words in mail.body()
        open_link(person, post.link(mail, "Skatīt visu gaitu"))
        assert person.url == matter
        thread = person.locator(".kp-thread")
        for words in ("Pašvaldība atbildēja: daļēji ņemts vērā", "Ilze Ozola, Ceļu nodaļa", REASON, INSTEAD):
            expect(thread).to_contain_text(words)
        expect(thread.get_by_role("listitem").last).to_contain_text("Vēl jāizdara")


def say_that_it_is_done(page: Page, post: Post, folder: Path) -> None:
    """Months later, in another browser: the same link, another code, a picture with its words."""
    picture = folder / "laternas.jpg"
    Image.new("RGB", (600, 400), "#39546b").save(picture)
    mail = post.mail(OFFICER, f"Vai tas ir izdarīts? {TITLE}")
    open_with_code(page, post, post.link(mail, "Pateikt, kā ir"), 2)
    field(page, "Attēls").set_input_files(picture)
    field(page, "Kas attēlā redzams").fill(SHOWN)
    press(page, "Jā, ir izdarīts")
    expect(page.get_by_role("status").first).to_contain_text("Tagad visi redz, ka ir izdarīts.")


def see_that_it_is_done(page: Page, matter: str, post: Post) -> None:
    open_link(page, post.link(post.mail(FOLLOWER, f"Izdarīts: {TITLE}"), "Skatīt visu gaitu"))
    assert page.url == matter
    expect(page.locator(".kp-event__head")).to_contain_text("Izpildīts")
    expect(page.locator(".kp-thread > li > b")).to_have_text(
        [
            "Ierosināts",
            "Padomes darba kārtībā",
            "Padome pieņēma lēmumu",
            "Nosūtīts pašvaldībai",
            "Reģistrēts pašvaldībā",
            "Pašvaldība atbildēja: daļēji ņemts vērā",
            "Izpildīts",
            "Lēmums ir izpildīts",
        ]
    )
    picture = page.get_by_role("img", name=SHOWN)
    picture.scroll_into_view_if_needed()
    assert page.wait_for_function("alt => document.querySelector(`img[alt='${alt}']`).naturalWidth", arg=SHOWN)


# --- the mails --------------------------------------------------------------------------------------------------------
def everything_was_sent_once(portal: Portal, sink: SmtpSink) -> None:
    """Nothing waits any more: who follows has one mail of each, as the proposer has; nobody has one twice."""
    wait_until(lambda: run(portal, OPEN_NOTICES) == [], 60, "every mail is sent")
    of_each = [f"{event}: {TITLE}" for event in ("Nobalsots", "Atbildēts", "Izdarīts")]
    assert subjects(sink, FOLLOWER) == [f"Apstiprini, ka seko: {TITLE}", *of_each]
    assert subjects(sink, PROPOSER) == [f"Apstiprini ierosinājumu: {TITLE}", f"Darba kārtībā: {TITLE}", *of_each]
    sent = Counter((mail.recipients[0], mail.subject) for mail in sink.messages)
    assert [key for key, times in sent.items() if times > 1] == []


def subjects(sink: SmtpSink, address: str) -> list[str]:
    return [mail.subject.strip() for mail in sink.to(address)]
