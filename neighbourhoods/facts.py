"""What is publicly known of the neighbourhoods and the regulation, as data; `manage.py facts` loads it.

The source is the municipality's binding regulation Nr. 12/2025 (likumi.lv/ta/id/359871), unless a row says otherwise.
Names are as the act prints them. What the act does not say is our own reading and stands here so that a coordinator can
correct it in the portal: the kind of a place, the short names and slugs, and the places on the map.
"""

from dataclasses import dataclass, field
from datetime import date, time

REGULATION_NUMBER = "Nr. 12/2025"
REGULATION_URL = "https://likumi.lv/ta/id/359871"
REGULATION_IN_FORCE_ON = date(2025, 4, 11)

TOWN, PARISH, VILLAGE, AREA = "town", "parish", "village", "area"

HISTORIC_NAME = "¹"  # the act's footnote: the historic name of an area
UNEXPLAINED = "*"  # printed in the act without an explanation


@dataclass(frozen=True)
class PlaceFact:
    name: str
    kind: str = VILLAGE
    printed_mark: str = ""


@dataclass(frozen=True)
class NeighbourhoodFact:
    """A neighbourhood; `q`, `r` are axial coordinates of its pointy-top hexagon, east and south-east of Ķekava town."""

    official_name: str
    short_name: str
    slug: str
    paragraph: str
    q: int
    r: int
    places: tuple[PlaceFact, ...]
    valid_from: date = REGULATION_IN_FORCE_ON


NEIGHBOURHOODS = (
    NeighbourhoodFact(
        "Ķekavas pilsētas apkaime",
        "Ķekavas pilsēta",
        "kekavas-pilseta",
        "3.1",
        q=0,
        r=0,
        places=(
            PlaceFact("Ķekavas pilsēta", TOWN),
            PlaceFact("Odukalns"),
            PlaceFact("Lielvārži", AREA, HISTORIC_NAME),
            PlaceFact("Vimbukrogs"),
        ),
    ),
    NeighbourhoodFact(
        "Aleju apkaime",
        "Alejas",
        "alejas",
        "3.2",
        q=-1,
        r=0,
        places=(PlaceFact("Alejas"), PlaceFact("Skujenieki"), PlaceFact("Krogsils")),
    ),
    NeighbourhoodFact(
        "Valdlauču, Rāmavas, Katlakalna apkaime",
        "Valdlauči–Rāmava–Katlakalns",
        "valdlauci-ramava-katlakalns",
        "3.3",
        q=1,
        r=-1,
        # The act lists no places here; these are the three villages of the name.
        places=(PlaceFact("Valdlauči"), PlaceFact("Rāmava"), PlaceFact("Katlakalns")),
    ),
    NeighbourhoodFact(
        "Baložu apkaime",
        "Baloži",
        "balozi",
        "3.4",
        q=0,
        r=-1,
        places=(PlaceFact("Baložu pilsēta", TOWN), PlaceFact("Krustkalni"), PlaceFact("Lapenieki")),
    ),
    NeighbourhoodFact(
        "Jaunsila apkaime",
        "Jaunsils",
        "jaunsils",
        "3.5",
        q=-2,
        r=0,
        places=(PlaceFact("Jaunsils"), PlaceFact("Katrīnmuiža", printed_mark=UNEXPLAINED)),
    ),
    NeighbourhoodFact(
        "Mežinieku apkaime",
        "Mežinieki",
        "mezinieki",
        "3.6",
        q=-2,
        r=1,
        # Misas is not Misa of 3.11.
        places=(PlaceFact("Plakanciems"), PlaceFact("Misas", printed_mark=UNEXPLAINED), PlaceFact("Mellupi")),
    ),
    NeighbourhoodFact(
        "Dzērumu apkaime",
        "Dzērumi",
        "dzerumi",
        "3.7",
        q=0,
        r=1,
        places=(PlaceFact("Dzērumi"), PlaceFact("Kažoki", printed_mark=UNEXPLAINED)),
    ),
    NeighbourhoodFact(
        "Pulkarnes apkaime",
        "Pulkarne",
        "pulkarne",
        "3.8",
        q=-1,
        r=1,
        places=(PlaceFact("Jenči"), PlaceFact("Pulkarne"), PlaceFact("Saulgoži"), PlaceFact("Sūnupes")),
    ),
    NeighbourhoodFact(
        "Daugmales apkaime",
        "Daugmale",
        "daugmale",
        "3.9",
        q=1,
        r=1,
        places=(
            PlaceFact("Daugmale"),
            PlaceFact("Dzintari"),
            PlaceFact("Bērzmente"),
            PlaceFact("Daugmales pagasts", PARISH),
        ),
    ),
    NeighbourhoodFact(
        "Baldones apkaime",
        "Baldone",
        "baldone",
        "3.10",
        q=0,
        r=2,
        places=(PlaceFact("Baldones pilsēta", TOWN), PlaceFact("Baldones pagasts", PARISH)),
    ),
    NeighbourhoodFact(
        "Vārpu apkaime",
        "Vārpas",
        "varpas",
        "3.11",
        q=-1,
        r=2,
        places=(
            PlaceFact("Misa", printed_mark=UNEXPLAINED),
            PlaceFact("Sarma", printed_mark=UNEXPLAINED),
            PlaceFact("Stūri", printed_mark=UNEXPLAINED),
            PlaceFact("Vārpas"),
        ),
    ),
)


@dataclass(frozen=True)
class RuleFact:
    """A number of the regulation, its unit and note in the words of the page that shows them; `valid_from` is the first
    day for which the portal vouches for it."""

    code: str
    value: int
    unit: str
    source: str
    note: str
    valid_from: date = REGULATION_IN_FORCE_ON


def _rule(code: str, value: int, unit: str, paragraph: str, note: str) -> RuleFact:
    return RuleFact(code, value, unit, f"{REGULATION_NUMBER} {paragraph}", note)


REGULATION = (
    _rule(
        "SMALL_COUNCIL_UP_TO",
        1000,
        "iedzīvotāji",
        "§9",
        "Lielākais iedzīvotāju skaits, līdz kuram padomē ir vismazāk vietu.",
    ),
    _rule("SMALL_COUNCIL_SEATS", 5, "locekļi", "§9", "Vietu skaits līdz šim iedzīvotāju skaitam."),
    _rule(
        "MIDDLE_COUNCIL_UP_TO",
        5000,
        "iedzīvotāji",
        "§9",
        "Lielākais iedzīvotāju skaits, līdz kuram ir vidējais vietu skaits.",
    ),
    _rule("MIDDLE_COUNCIL_SEATS", 7, "locekļi", "§9", "Vietu skaits līdz šim iedzīvotāju skaitam."),
    _rule(
        "LARGE_COUNCIL_SEATS",
        9,
        "locekļi",
        "§9",
        "Vietu skaits, ja iedzīvotāju ir vairāk. Dome var lemt par lielāku (§10).",
    ),
    _rule("TERM", 4, "gadi", "§11", "Pirmais sasaukums darbojas citādi: līdz otrā sasaukuma pirmajai sēdei."),
    _rule("SECOND_ELECTIONS", 2027, "gads", "§40", "Gads, kurā pašvaldība rīko otrā sasaukuma vēlēšanas."),
    _rule("MIN_CANDIDATES", 5, "cilvēki", "§12, §14.6", "Tik pieteikumu vajag, lai process sāktos un turpinātos."),
    _rule("APPLICATION_WINDOW_MIN", 14, "kalendārās dienas", "§14.2", "Īsākais laiks, kurā kandidāti var pieteikties."),
    _rule(
        "APPLICATION_WINDOW_MAX", 30, "kalendārās dienas", "§14.2", "Garākais laiks, kurā kandidāti var pieteikties."
    ),
    _rule(
        "ELECTION_AFTER_LIST_MIN",
        14,
        "kalendārās dienas",
        "§15.2",
        "Skaita no dienas, kad kandidātu saraksts ir laikrakstā.",
    ),
    _rule(
        "ELECTION_AFTER_LIST_MAX",
        30,
        "kalendārās dienas",
        "§15.2",
        "Skaita no dienas, kad kandidātu saraksts ir laikrakstā.",
    ),
    _rule(
        "VOTING_AFTER_ASSEMBLY",
        7,
        "kalendārās dienas",
        "§15.3",
        "Vai kopsapulces diena ietilpst, praksē saprot dažādi: tāpēc balsošanas dienas glabā kā datumus.",
    ),
    _rule("MIN_TURNOUT", 1, "procenti", "§15.4", "Balsstiesīgo daļa, kurai jāpiedalās, lai vēlēšanas būtu notikušas."),
    _rule("VOTER_MIN_AGE", 16, "gadi", "§15.5.1", "Vecums, no kura var balsot."),
    _rule("MEMBER_MIN_AGE", 16, "gadi", "§8", "Vecums, no kura var kandidēt."),
    _rule(
        "CANDIDATE_RESIDENCE",
        90,
        "kalendārās dienas",
        "§8",
        "Tik ilgi pirms vēlēšanu dienas dzīvesvietai jābūt deklarētai apkaimē.",
    ),
    _rule(
        "MIN_MEMBERS",
        5,
        "locekļi",
        "§20 (nesaka)",
        "Ja locekļu ir mazāk, rīko papildu vēlēšanas vai pievieno nākamo kandidātu. Nolikums nesaka, vai minimums ir 5 "
        "vai visas vietas: to nosaka pašvaldība. 5 ir mazākais padomes lielums (§9); 30 nozīmē visas vietas.",
    ),
    _rule("PUBLISH_RESULTS", 10, "darbdienas", "§18", "Ne vēlāk kā tik pēc balsošanas beigām."),
    _rule("FIRST_MEETING", 10, "darbdienas", "§22", "Ne vēlāk kā tik pēc rezultātu publicēšanas."),
    _rule("QUORUM", 50, "procenti", "§23", "Jāpiedalās vairāk nekā šai locekļu daļai, klātienē vai attālināti."),
    _rule("MINUTES_SENT", 5, "darbdienas", "§25", "Ne vēlāk kā tik pēc sēdes."),
    _rule(
        "MINUTES_COMMENTS",
        2,
        "kalendārās dienas",
        "§25 (portāla izvēle)",
        "Tik ilgi pirms parakstīšanas locekļi var iebilst pret protokola melnrakstu.",
    ),
    _rule("SUBMISSION_REPLY", 1, "mēneši", "§27", "Ne ilgāk kā tik iesniegumu izskata."),
    _rule(
        "REPLY_CLOCK",
        1,
        "1: reģistrēšana, 0: nosūtīšana",
        "§27 (nesaka)",
        "No kuras dienas skaita mēnesi. Kamēr iesniegums nav reģistrēts, skaita no nosūtīšanas: padome to zina droši. "
        "Kad reģistrēts, no reģistrēšanas: tad pašvaldība to ir saņēmusi, un tā skaita arī iestādes.",
    ),
    _rule(
        "MONTH_END",
        1,
        "1: tas pats datums, 0: diena pirms tā",
        "§27 (nesaka)",
        "Kurā dienā mēnesis beidzas. Tajā pašā datumā: tā to saprot ikdienā, un ikviens to var pārbaudīt kalendārā. Ja "
        "mēnesī tāda datuma nav, tā pēdējā dienā. Ja tā ir brīvdiena, nākamajā darbdienā.",
    ),
    _rule(
        "REPLY_REMIND_BEFORE",
        5,
        "kalendārās dienas",
        "§27 (portāla izvēle)",
        "Tik pirms termiņa struktūrvienībai atgādina par atbildi.",
    ),
    _rule(
        "REPLY_REMIND_EVERY",
        7,
        "kalendārās dienas",
        "§27 (portāla izvēle)",
        "Pēc termiņa atgādina nākamajā dienā un tad ik pēc tik dienām.",
    ),
    _rule(
        "FOLLOW_UP_AFTER",
        90,
        "kalendārās dienas",
        "§27 (portāla izvēle)",
        "Tik pēc atbalstošas atbildes jautā, vai solītais ir izdarīts.",
    ),
    _rule(
        "FOLLOW_UP_EVERY",
        30,
        "kalendārās dienas",
        "§27 (portāla izvēle)",
        "Tik bieži jautā vēlreiz, līdz kāds pasaka, ka izdarīts.",
    ),
    _rule("ABSENCES", 3, "sēdes", "§32", "Pēc kārtas un bez attaisnojoša iemesla: locekli var atbrīvot."),
    _rule("REMOVAL_NOTICE", 3, "darbdienas", "§32", "Ne vēlāk kā tik pēc atbrīvošanas to paziņo domei."),
    _rule("DOME_MEETS_COUNCIL", 1, "reizes gadā", "§35", "Vismaz tik, ar katru padomi."),
    _rule("JOINT_MEETING", 1, "reizes gadā", "§36", "Visas padomes un deputāti kopā."),
    _rule("AGENDA_TO_ADMIN", 5, "darbdienas", "§38.1", "Vismaz tik pirms sēdes."),
    _rule("AGENDA_PUBLISHED", 3, "darbdienas", "§38.2", "Vismaz tik pirms sēdes."),
    _rule(
        "MEETING_DAY",
        0,
        "0: neskaita, 1: skaita",
        "§38 (nesaka)",
        "Vai sēdes dienu pieskaita darbdienām pirms sēdes. Nepieskaita: tad paliek tik pilnu dienu, cik nolikums sola, "
        "un termiņš der, kā to arī saprastu.",
    ),
    RuleFact(
        "PUBLIC_DISCUSSION_MIN",
        30,
        "kalendārās dienas",
        "Pašvaldību likums 55(1)",
        "Īsākā publiskā apspriešana, ko pieļauj likums.",
    ),
)


@dataclass(frozen=True)
class TopicFact:
    """What a council deals with (§5), in short words of ours; the code is what submissions and matters keep."""

    code: str
    name_lv: str
    name_en: str


OTHER_MATTERS = "5.7"  # on these a council submits no draft decision (§7)
TOPICS = (
    TopicFact("5.1", "Teritorijas labiekārtošana un tīrība", "Upkeep and cleanliness of the area"),
    TopicFact("5.2", "Teritoriju un ēku uzturēšanas prasības", "Rules for keeping land and buildings in order"),
    TopicFact("5.3", "Kultūras piedāvājums", "Cultural life"),
    TopicFact("5.4", "Kultūras mantojums", "Cultural heritage"),
    TopicFact("5.5", "Atbalsts kultūrai", "Support to culture"),
    TopicFact("5.6", "Atbalsts uzņēmējdarbībai", "Support to business"),
    TopicFact(OTHER_MATTERS, "Citi iedzīvotājiem svarīgi jautājumi", "Other matters of residents"),
)


@dataclass(frozen=True)
class CouncilFact:
    """One dated step of a council's formation as it was published; None and empty where the source is silent.

    An empty `slug` means all neighbourhoods. `ended_on` is the last day, inclusive.
    """

    slug: str
    step: str
    on: date
    source: str
    ended_on: date | None = None
    starts_at: time | None = None
    is_remote: bool | None = None
    place: str = ""
    figures: dict[str, int] = field(default_factory=dict)


# Nothing later than February 2026 was found, and nothing at all on the six neighbourhoods that are missing here. A
# presentation of the municipality counts six councils at the end of 2025; which six was not published.
COUNCIL_FACTS = (
    CouncilFact("", "process started", date(2025, 11, 6), "jauns.lv 693968: domes lēmums Nr. 9 (prot. Nr. 9/2025)"),
    CouncilFact(
        "daugmale", "applications closed", date(2025, 11, 30), "jauns.lv 693968", figures={"candidates": 9, "seats": 7}
    ),
    CouncilFact(
        "daugmale",
        "assembly",
        date(2026, 1, 13),
        "jauns.lv 693968",
        place="Daugmales multifunkcionālais centrs",
        figures={"ballots handed out": 15},
    ),
    CouncilFact("daugmale", "voting", date(2026, 1, 14), "jauns.lv 693968", ended_on=date(2026, 1, 20)),
    CouncilFact(
        "daugmale",
        "results approved",
        date(2026, 1, 28),
        "jauns.lv 693968",
        figures={"voters": 108, "valid votes": 99, "elected": 7},
    ),
    CouncilFact("daugmale", "first meeting due", date(2026, 2, 11), "jauns.lv 693968"),
    CouncilFact("kekavas-pilseta", "assembly", date(2026, 2, 18), "jauns.lv 697157", figures={"candidates": 9}),
    CouncilFact("kekavas-pilseta", "voting", date(2026, 2, 18), "jauns.lv 697157", ended_on=date(2026, 2, 24)),
    CouncilFact("kekavas-pilseta", "results due", date(2026, 3, 4), "jauns.lv 697157"),
    CouncilFact("baldone", "first meeting", date(2026, 1, 9), "jauns.lv 690118", starts_at=time(17, 0), is_remote=True),
    CouncilFact(
        "dzerumi", "first meeting", date(2026, 1, 9), "jauns.lv 690118", starts_at=time(15, 30), is_remote=True
    ),
    CouncilFact(
        "jaunsils", "first meeting", date(2026, 1, 12), "jauns.lv 690118", starts_at=time(17, 30), is_remote=False
    ),
)
