import random
import sqlite3
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import example, given, settings
from hypothesis import strategies as st

from neighbourhoods import latvian

RIGA = ZoneInfo("Europe/Riga")
WEDNESDAY = datetime(2026, 11, 25, 18, 30, tzinfo=RIGA)
LETTERS = "aābcčdeēfgģhiījkķlļmnņoōpqrŗsštuūvwxyzž"


@pytest.fixture(autouse=True)
def _in_latvian():
    with translation.override("lv"):
        yield


def spaced(text):
    """Make no-break spaces visible, so that a test says where they stand."""
    return text.replace(latvian.NBSP, "~")


# --- The order of words -----------------------------------------------------------------------------------------------

# fmt: off
ORDER_OF_ICU = [
    "„Vārpa”", "1. vidusskola", "Adamova", "Ādaži", "Aizkraukle", "ala", "āla", "Āla", "Baldone", "Baloži", "Baloži 2",
    "cena", "Cēsis", "Čakste", "Čiekurkalns", "Daugmale", "Dzērumi", "Ēdole", "Egle", "Ezernieki", "Garkalne", "Guna",
    "Ģertrūde", "Ģibuļi", "Haralds", "Yana", "iela 10", "iela 2", "Īle", "Ilga", "Ymaks", "Irlava", "Izvalta",
    "Jaunsils", "kāsa", "kase", "kāse", "Katlakalns", "Kuldīga", "ķekava", "Ķekava", "Ķekavas", "Ķekavas pilsēta",
    "Ķekavas-pilsēta", "Ķemeri", "Lapenieki", "Lutriņi", "Ļaudona", "Mežinieki", "Misa", "Mīsa", "Misas", "Natālija",
    "Nīca", "Ņukši", "Ogre", "Ōliņi", "Pulkarne", "Qvarts", "Rāmava", "Ropaži", "Ŗūjiena", "Sarma", "Stūri", "Sūnupes",
    "Svētes", "Šķēde", "Tukums", "Ulbroka", "Ūziņi", "Uzvara", "Valdlauči", "Vārpas", "Wesels", "Xenija", "Zaķi",
    "Zvirbuļi", "Žagare",
]
# fmt: on


def test_sort_key_gives_the_order_of_icu():
    shuffled = random.Random(3).sample(ORDER_OF_ICU, len(ORDER_OF_ICU))
    assert sorted(shuffled, key=latvian.sort_key) == ORDER_OF_ICU


@pytest.mark.parametrize(
    ("before", "after"),
    [
        *[(pair[0] + "z", pair[1] + "a") for pair in ("cč", "gģ", "kķ", "lļ", "nņ", "rŗ", "sš", "zž")],
        *[(pair[1] + "z", pair[0] + "a") for pair in ("dč", "hģ", "lķ", "mļ", "oņ", "sŗ", "tš")],
        *[(pair[1] + "a", pair[0] + "b") for pair in ("aā", "eē", "iī", "oō", "uū", "iy")],
        *[(pair[0] + "a", pair[1] + "a") for pair in ("aā", "eē", "iī", "oō", "uū", "īy", "kK", "ķĶ")],
        ("öa", "ob"),
        ("ob", "øc"),
        ("é1", "e2"),
        ("☂", "0"),
        ("z", "я"),
        ("й", "к"),
        ("и", "й"),
    ],
)
def test_compare_places_letters(before, after):
    assert latvian.compare(before, after) == -1
    assert latvian.compare(after, before) == 1
    assert latvian.compare(before, before) == 0


def test_compare_never_calls_different_texts_equal():
    composed, decomposed = "\u0137", "k\u0327"
    assert composed != decomposed
    assert latvian.compare(composed, decomposed) == -latvian.compare(decomposed, composed) != 0


def test_sqlite_sorts_with_the_registered_collation():
    connection = sqlite3.connect(":memory:")
    latvian.register_collation(connection)
    connection.execute("CREATE TABLE names (name TEXT)")
    connection.executemany("INSERT INTO names VALUES (?)", [(name,) for name in reversed(ORDER_OF_ICU)])
    rows = connection.execute("SELECT name FROM names ORDER BY name COLLATE lv").fetchall()
    connection.close()
    assert [name for (name,) in rows] == ORDER_OF_ICU


# --- Search -----------------------------------------------------------------------------------------------------------

FAMILIES = """
Ķekava Ķekavas Ķekavai Ķekavu Ķekavā
Alejas Aleju Alejām Alejās
Valdlauči Valdlauču Valdlaučiem Valdlaučus Valdlaučos
Rāmava Rāmavas Rāmavai Rāmavu Rāmavā
Katlakalns Katlakalna Katlakalnam Katlakalnu Katlakalnā
Baloži Baložu Baložiem Baložus Baložos
Jaunsils Jaunsila Jaunsilam Jaunsilu Jaunsilā
Mežinieki Mežinieku Mežiniekiem Mežiniekus Mežiniekos
Dzērumi Dzērumu Dzērumiem Dzērumus Dzērumos
Pulkarne Pulkarnes Pulkarnei Pulkarni Pulkarnē
Daugmale Daugmales Daugmalei Daugmali Daugmalē
Baldone Baldones Baldonei Baldoni Baldonē
Vārpas Vārpu Vārpām Vārpās
Odukalns Odukalna Odukalnam Odukalnu Odukalnā
Krustkalni Krustkalnu Krustkalniem Krustkalnus Krustkalnos
Sūnupes Sūnupju Sūnupēm Sūnupēs
Plakanciems Plakanciema Plakanciemam Plakanciemu Plakanciemā
Katrīnmuiža Katrīnmuižas Katrīnmuižai Katrīnmuižu Katrīnmuižā
sapulce sapulces sapulcei sapulci sapulcē sapulču sapulcēm sapulcēs
sēde sēdes sēdei sēdi sēdē sēžu sēdēm sēdēs
brālis brāļa brālim brāli brālī brāļi brāļu brāļiem brāļus brāļos
lācis lāča lācim lāci lācī lāči lāču lāčiem lāčus lāčos
iela ielas ielai ielu ielā ielām ielās
ceļš ceļa ceļam ceļu ceļā ceļi ceļiem ceļus ceļos
padome padomes padomei padomi padomē padomju padomēm padomēs
pilsēta pilsētas pilsētai pilsētu pilsētā pilsētām pilsētās
skola skolas skolai skolu skolā skolām skolās
tilts tilta tiltam tiltu tiltā tilti tiltiem tiltus tiltos
pagasts pagasta pagastam pagastu pagastā pagasti pagastiem
iedzīvotājs iedzīvotāja iedzīvotājam iedzīvotāju iedzīvotājā iedzīvotāji iedzīvotājiem iedzīvotājus iedzīvotājos
jauns jauna jaunais jaunajam jaunajai jauno jaunajā jaunie jaunajiem jaunos jaunajām jaunajos
loceklis locekļa loceklim locekli loceklī locekļi locekļu locekļiem
vēlēšanas vēlēšanu vēlēšanām vēlēšanās
upe upes upei upi upē upju upēm upēs
nakts naktij nakti naktī naktis nakšu naktīm
zivs zivij zivi zivī zivis zivju zivīm zivīs
tirgus tirgum tirgu tirgū tirgi tirgiem
mēnesis mēneša mēnesim mēnesi mēnesī mēneši mēnešu mēnešiem
māja mājas mājai māju mājā mājām mājās
"""
PARADIGMS = [pytest.param(line.split(), id=line.split()[0]) for line in FAMILIES.strip().splitlines()]


@pytest.mark.parametrize("family", PARADIGMS)
def test_stem_is_one_for_all_cases_with_and_without_diacritics(family):
    typed = family + [latvian.fold(word) for word in family] + [word.upper() for word in family]
    assert len({latvian.stem(word) for word in typed}) == 1


@pytest.mark.parametrize("family", PARADIGMS)
def test_search_finds_every_case_by_every_other(family):
    for written in family:
        for typed in [*family, *map(latvian.fold, family)]:
            (term,) = latvian.search_terms(typed)
            assert term in latvian.search_text(written), (typed, written)


@settings(derandomize=True, max_examples=300)
@given(st.text(LETTERS, min_size=2, max_size=14))
@example("līdzbudžets")
def test_search_finds_a_word_while_it_is_being_typed(word):
    held = latvian.search_text(word)
    for length in range(2, len(word) + 1):
        (term,) = latvian.search_terms(word[:length])
        assert term in held


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("kekava", "Ķekavas pilsētas apkaime", True),
        ("pulkarne", "Pulkarnes apkaime", True),
        ("dzerumi", "Dzērumu apkaime", True),
        ("rama", "Valdlauči–Rāmava–Katlakalns", True),
        ("pilsēta kek", "Ķekavas pilsētas apkaime", True),
        ("  Ķekavas,   PILSĒTĀ! ", "Ķekavas pilsēta", True),
        ("ekava", "Ķekavas pilsēta", False),
        ("ķekava baloži", "Ķekavas pilsēta", False),
        ("Nr. 12/2025", "Noteikumi Nr. 12/2025", True),
        ("15a", "Rīgas iela 15A", True),
        ("100%", "Rīgas iela 10", False),
    ],
)
def test_search(query, text, found):
    held = latvian.search_text(text)
    assert all(term in held for term in latvian.search_terms(query)) is found


def test_search_text_holds_each_stem_once_between_spaces():
    assert latvian.search_text("Padomes sēde", "padome", "") == " padom sez sed "
    assert latvian.search_text("", "–") == ""


def test_search_terms_are_bounded_and_hold_no_wildcards():
    assert latvian.search_terms(" % _ ' \0 ") == []
    assert len(latvian.search_terms(" ".join(f"vieta{n}" for n in range(2000)))) == 10


def test_fold_takes_off_diacritics_and_capitals():
    assert latvian.fold("ĀČĒĢĪĶĻŅŌŖŠŪŽ āčēģīķļņōŗšūž") == "acegiklnorsuz acegiklnorsuz"


# --- Numerals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "word"),
    [
        *[(n, "vietu") for n in (0, 10, 11, 12, 19, 20, 30, 100, 111, 119, 1011)],
        *[(n, "vieta") for n in (1, 21, 31, 101, 1001, -1)],
        *[(n, "vietas") for n in (2, 9, 22, 29, 102, 122, -2)],
    ],
)
def test_plural(n, word):
    assert latvian.plural(n, zero="vietu", one="vieta", other="vietas") == word


# --- Dates ------------------------------------------------------------------------------------------------------------


def test_when_says_weekday_day_and_clock_with_no_break_spaces():
    assert spaced(latvian.when(WEDNESDAY)) == "trešdien, 25.~novembrī, plkst.~18.30"
    assert spaced(latvian.when(WEDNESDAY.date())) == "trešdien, 25.~novembrī"


@pytest.mark.parametrize(
    ("language", "words"),
    [("lv", "trešdien, 2027.~gada 6.~janvārī, plkst.~18.30"), ("en", "Wednesday, 6~January 2027, 18:30")],
)
def test_when_says_another_year(language, words):
    with translation.override(language):
        assert spaced(latvian.when(datetime(2027, 1, 6, 18, 30, tzinfo=RIGA), WEDNESDAY)) == words


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("plkst. 18.30–20.00", "plkst. 18.30–|20.00"),
        ("14.–20. janvārī", "14.–|20. janvārī"),
        ("14–20 January", "14–|20 January"),
        ("Sēde – 18.30", "Sēde – 18.30"),
        ("Baloži–Rīga", "Baloži–Rīga"),
    ],
)
def test_unbroken_joins_ranges_alone(text, joined):
    assert latvian.unbroken(text) == joined.replace("|", "\N{WORD JOINER}")


def test_when_leaves_out_the_year_of_today():
    assert latvian.when(WEDNESDAY, date(2026, 1, 1)) == latvian.when(WEDNESDAY)


def test_when_asks_the_wall_for_the_year():
    new_year = datetime(2026, 12, 31, 22, 30, tzinfo=UTC)
    assert spaced(latvian.when(new_year, date(2027, 5, 1))) == "piektdien, 1.~janvārī, plkst.~00.30"
    assert latvian.when(date(2027, 5, 1), new_year) == latvian.when(date(2027, 5, 1))


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2027, 3, 28, 0, 59, tzinfo=UTC), "svētdien, 28.~martā, plkst.~02.59"),
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "svētdien, 28.~martā, plkst.~04.00"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "svētdien, 25.~oktobrī, plkst.~03.30"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "svētdien, 25.~oktobrī, plkst.~03.30"),
        (datetime(2026, 10, 25, 22, 0, tzinfo=UTC), "pirmdien, 26.~oktobrī, plkst.~00.00"),
        (datetime(2026, 11, 25, 18, 30), "trešdien, 25.~novembrī, plkst.~18.30"),  # naive is local already
    ],
)
def test_when_shows_the_clock_on_the_wall(moment, words):
    assert spaced(latvian.when(moment)) == words


MONTHS = [
    ("janvārī", "janvāris", "līdz 5.~janvārim", "janv.", "5 January"),
    ("februārī", "februāris", "līdz 5.~februārim", "febr.", "5 February"),
    ("martā", "marts", "līdz 5.~martam", "marts", "5 March"),
    ("aprīlī", "aprīlis", "līdz 5.~aprīlim", "apr.", "5 April"),
    ("maijā", "maijs", "līdz 5.~maijam", "maijs", "5 May"),
    ("jūnijā", "jūnijs", "līdz 5.~jūnijam", "jūn.", "5 June"),
    ("jūlijā", "jūlijs", "līdz 5.~jūlijam", "jūl.", "5 July"),
    ("augustā", "augusts", "līdz 5.~augustam", "aug.", "5 August"),
    ("septembrī", "septembris", "līdz 5.~septembrim", "sept.", "5 September"),
    ("oktobrī", "oktobris", "līdz 5.~oktobrim", "okt.", "5 October"),
    ("novembrī", "novembris", "līdz 5.~novembrim", "nov.", "5 November"),
    ("decembrī", "decembris", "līdz 5.~decembrim", "dec.", "5 December"),
]


@pytest.mark.parametrize(("month", "words"), list(enumerate(MONTHS, start=1)), ids=[words[1] for words in MONTHS])
def test_months_in_their_cases(month, words):
    locative, nominative, until, short, english = words
    fifth = date(2026, month, 5)
    assert spaced(latvian.day(fifth)) == f"5.~{locative}"
    assert spaced(latvian.day_nominative(fifth)) == f"5.~{nominative}"
    assert spaced(latvian.until(fifth)) == until
    assert latvian.short_month(fifth) == short
    assert latvian.heading_month(fifth) == f"2026.{latvian.NBSP}gada {nominative}"
    with translation.override("en"):
        assert spaced(latvian.day(fifth)) == english.replace(" ", "~")
        assert latvian.short_month(fifth) == english.split()[1][:3]


def test_weekdays():
    week = [date(2026, 11, 23 + n) for n in range(7)]
    said = "pirmdien otrdien trešdien ceturtdien piektdien sestdien svētdien"
    assert " ".join(map(latvian.weekday, week)) == said
    headings = [latvian.heading_day(monday).split(",")[0] for monday in week]
    assert headings == ["Pirmdiena", "Otrdiena", "Trešdiena", "Ceturtdiena", "Piektdiena", "Sestdiena", "Svētdiena"]
    with translation.override("en"):
        assert latvian.weekday(week[6]) == "Sunday"


def test_heading_day():
    monday = date(2026, 11, 23)
    assert spaced(latvian.heading_day(monday)) == "Pirmdiena, 23.~novembris"
    assert spaced(latvian.heading_day(monday, date(2027, 1, 1))) == "Pirmdiena, 2026.~gada 23.~novembris"
    assert spaced(latvian.full_day(monday)) == "pirmdiena, 23.~novembris"
    with translation.override("en"):
        assert spaced(latvian.heading_day(monday)) == "Monday, 23~November"
        assert latvian.full_day(monday) == latvian.heading_day(monday)
        assert latvian.heading_month(monday) == "November 2026"


def test_clock_number_date_and_until_in_both_languages():
    assert latvian.clock(WEDNESDAY) == latvian.clock(time(18, 30)) == "18.30"
    assert latvian.clock(time(9, 5)) == "09.05"
    assert spaced(latvian.at(WEDNESDAY)) == "plkst.~18.30"
    assert latvian.number_date(WEDNESDAY) == "25.11.2026."
    assert latvian.number_date(date(2026, 3, 5)) == "05.03.2026."
    with translation.override("en"):
        assert latvian.clock(WEDNESDAY) == latvian.at(WEDNESDAY) == "18:30"
        assert latvian.number_date(WEDNESDAY) == "25/11/2026"
        assert spaced(latvian.until(WEDNESDAY)) == "until 25~November"
        assert spaced(latvian.by(WEDNESDAY)) == "by 25~November"


@pytest.mark.parametrize(
    ("start", "end", "in_latvian", "in_english"),
    [
        (
            datetime(2026, 11, 25, 18, 30, tzinfo=RIGA),
            datetime(2026, 11, 25, 20, 0, tzinfo=RIGA),
            "trešdien, 25.~novembrī, plkst.~18.30–20.00",
            "Wednesday, 25~November, 18:30–20:00",
        ),
        (
            datetime(2026, 11, 27, 18, 0, tzinfo=RIGA),
            datetime(2026, 11, 29, 14, 0, tzinfo=RIGA),
            "piektdien, 27.~novembrī, plkst.~18.00 – svētdien, 29.~novembrī, plkst.~14.00",
            "Friday, 27~November, 18:00 – Sunday, 29~November, 14:00",
        ),
        (
            datetime(2027, 3, 28, 0, 30, tzinfo=UTC),
            datetime(2027, 3, 28, 1, 30, tzinfo=UTC),
            "svētdien, 28.~martā, plkst.~02.30–04.30",
            "Sunday, 28~March, 02:30–04:30",
        ),
        (
            datetime(2026, 12, 31, 22, 0, tzinfo=RIGA),
            datetime(2027, 1, 1, 1, 0, tzinfo=RIGA),
            "ceturtdien, 2026.~gada 31.~decembrī, plkst.~22.00 – piektdien, 2027.~gada 1.~janvārī, plkst.~01.00",
            "Thursday, 31~December 2026, 22:00 – Friday, 1~January 2027, 01:00",
        ),
        (date(2026, 1, 14), date(2026, 1, 20), "14.–20.~janvārī", "14–20~January"),
        (date(2026, 11, 28), date(2026, 12, 4), "no 28.~novembra līdz 4.~decembrim", "28~November – 4~December"),
        (
            date(2026, 12, 28),
            date(2027, 1, 4),
            "no 2026.~gada 28.~decembra līdz 2027.~gada 4.~janvārim",
            "28~December 2026 – 4~January 2027",
        ),
        (date(2026, 1, 14), date(2026, 1, 14), "trešdien, 14.~janvārī", "Wednesday, 14~January"),
        (WEDNESDAY, None, "trešdien, 25.~novembrī, plkst.~18.30", "Wednesday, 25~November, 18:30"),
    ],
)
def test_span(start, end, in_latvian, in_english):
    assert spaced(latvian.span(start, end)) == in_latvian
    with translation.override("en"):
        assert spaced(latvian.span(start, end)) == in_english


def test_span_of_dates_says_another_year_once():
    days = (date(2026, 1, 14), date(2026, 1, 20), date(2027, 2, 1))
    assert spaced(latvian.span(*days)) == "2026.~gada 14.–20.~janvārī"
    with translation.override("en"):
        assert spaced(latvian.span(*days)) == "14–20~January 2026"


@pytest.mark.parametrize(
    ("n", "in_latvian", "in_english"),
    [
        (0, "šodien", "today"),
        (1, "rīt", "tomorrow"),
        (2, "pēc 2 dienām", "in 2 days"),
        (7, "pēc 7 dienām", "in 7 days"),
        (10, "pēc 10 dienām", "in 10 days"),
        (11, "pēc 11 dienām", "in 11 days"),
        (21, "pēc 21 dienas", "in 21 days"),
        (22, "pēc 22 dienām", "in 22 days"),
        (30, "pēc 30 dienām", "in 30 days"),
        (101, "pēc 101 dienas", "in 101 days"),
        (111, "pēc 111 dienām", "in 111 days"),
        (-1, "kavējas 1 dienu", "1 day late"),
        (-3, "kavējas 3 dienas", "3 days late"),
        (-11, "kavējas 11 dienu", "11 days late"),
        (-21, "kavējas 21 dienu", "21 days late"),
        (-100, "kavējas 100 dienu", "100 days late"),
    ],
)
def test_relative_days(n, in_latvian, in_english):
    assert latvian.relative_days(n) == in_latvian
    with translation.override("en"):
        assert latvian.relative_days(n) == in_english


def test_dates_are_latvian_where_no_language_is_active():
    with translation.override(None):
        assert latvian.weekday(WEDNESDAY) == "trešdien"
