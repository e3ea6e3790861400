"""The words of the demonstration: everything here is invented, and says so wherever the portal shows it.

Days are counted from the day of loading, so that the portal looks alive whenever it is loaded.
"""

from dataclasses import dataclass
from datetime import date, time

# --- names ------------------------------------------------------------------------------------------------------------

WOMEN = (
    "Agnese", "Aija", "Anda", "Anete", "Anna", "Antra", "Baiba", "Dace", "Daina", "Diāna", "Dzidra", "Elīna", "Elza",
    "Evija", "Gunta", "Ieva", "Ilze", "Inese", "Inga", "Jana", "Kristīne", "Laima", "Laura", "Liene", "Linda", "Lāsma",
    "Madara", "Maija", "Mārīte", "Paula", "Rasa", "Rūta", "Sandra", "Sanita", "Santa", "Sigita", "Solvita", "Una",
    "Velga", "Vija", "Zane", "Žanete",
)  # fmt: skip
MEN = (
    "Agris", "Ainārs", "Aivis", "Alvis", "Andris", "Artis", "Atis", "Dainis", "Dzintars", "Edgars", "Egīls", "Emīls",
    "Gatis", "Gints", "Guntis", "Gustavs", "Ģirts", "Haralds", "Imants", "Ivo", "Jānis", "Jēkabs", "Kaspars", "Kārlis",
    "Kristaps", "Lauris", "Mārcis", "Mārtiņš", "Mikus", "Normunds", "Oskars", "Oļegs", "Pēteris", "Raitis", "Reinis",
    "Rihards", "Rūdolfs", "Sandis", "Toms", "Uģis", "Valdis", "Voldemārs",
)  # fmt: skip
# As a woman bears it, as a man does.
FAMILIES = (
    ("Apse", "Apse"), ("Ābele", "Ābelis"), ("Balta", "Baltais"), ("Bebre", "Bebris"), ("Bērza", "Bērzs"),
    ("Bite", "Bite"), ("Brūklene", "Brūklenis"), ("Caune", "Caune"), ("Cielava", "Cielavs"), ("Cīrule", "Cīrulis"),
    ("Čiekure", "Čiekurs"),
    ("Dadze", "Dadzis"), ("Dzeguze", "Dzeguze"), ("Dzērve", "Dzērve"), ("Eglīte", "Eglītis"), ("Gaile", "Gailis"),
    ("Grava", "Gravis"), ("Irbe", "Irbe"), ("Jāņoga", "Jāņogs"), ("Kadiķe", "Kadiķis"), ("Kaija", "Kaija"),
    ("Kļaviņa", "Kļaviņš"), ("Krasta", "Krasts"), ("Ķauķe", "Ķauķis"), ("Ķirse", "Ķirsis"), ("Lazdiņa", "Lazdiņš"),
    ("Lakstīgala", "Lakstīgala"), ("Lūse", "Lūsis"), ("Ļaudaine", "Ļaudainis"), ("Mežrozīte", "Mežrozītis"),
    ("Niedra", "Niedra"), ("Ogle", "Oglis"), ("Paegle", "Paeglis"), ("Paleja", "Palejs"), ("Pīlādze", "Pīlādzis"),
    ("Priedīte", "Priedītis"), ("Pumpure", "Pumpurs"), ("Rozīte", "Rozītis"), ("Rubene", "Rubenis"),
    ("Sārte", "Sārts"), ("Sisene", "Sisenis"), ("Smilga", "Smilga"), ("Strazda", "Strazds"), ("Stārķe", "Stārķis"),
    ("Šalka", "Šalks"), ("Ūdre", "Ūdris"), ("Upīte", "Upītis"), ("Vārpiņa", "Vārpiņš"), ("Virse", "Virsis"),
    ("Zīle", "Zīle"), ("Zvirgzda", "Zvirgzds"), ("Žagata", "Žagata"), ("Žubīte", "Žubītis"),
)  # fmt: skip

# --- log-ins ----------------------------------------------------------------------------------------------------------

PASSWORD = "rudens-kopsapulce"  # noqa: S105 - public by purpose: it opens invented accounts of a demonstration only


@dataclass(frozen=True)
class Login:
    email: str
    given_name: str
    family_name: str


COORDINATOR = Login("koordinators@example.org", "Lāsma", "Pīlādze")
COORDINATOR_TITLE = "Lāsma Pīlādze, sabiedrības iesaistes koordinatore"
ADMINISTRATOR = Login("administrators@example.org", "Uģis", "Stārķis")
RESIDENT = Login("iedzivotajs@example.org", "Žanete", "Ķirse")
MEMBER = Login("loceklis@example.org", "Ģirts", "Ūdris")
MEMBER_COUNCIL = "kekavas-pilseta"

# --- neighbourhoods ---------------------------------------------------------------------------------------------------

FOLLOWERS = {
    "kekavas-pilseta": 412,
    "alejas": 138,
    "valdlauci-ramava-katlakalns": 267,
    "balozi": 389,
    "jaunsils": 74,
    "mezinieki": 29,
    "dzerumi": 51,
    "pulkarne": 96,
    "daugmale": 83,
    "baldone": 301,
    "varpas": 64,
}
# How many residents had registered by the end of each of the twelve months before the day of loading.
REGISTERED = (612, 655, 701, 764, 842, 921, 988, 1034, 1101, 1296, 1538, 1904)

VENUES = {
    "kekavas-pilseta": "Kultūras nams, mazā zāle",
    "alejas": "Aleju saieta nams",
    "valdlauci-ramava-katlakalns": "Valdlauču saieta zāle",
    "balozi": "Pilsētas bibliotēka",
    "jaunsils": "Jaunsila saieta nams",
    "mezinieki": "Plakanciema laukums",
    "dzerumi": "Dzērumu saieta nams",
    "pulkarne": "Pulkarnes laukums pie dīķa",
    "daugmale": "Multifunkcionālais centrs",
    "baldone": "Kultūras centrs, 2. stāva zāle",
    "varpas": "Vārpu saieta nams",
}
ACCESSIBILITY = "Uzbrauktuve, pielāgota tualete. Zīmju valodas tulku pieprasi 3 dienas iepriekš."
DIRECTIONS = "Ieeja no pagalma puses. Autobusa pietura ir divu minūšu gājienā, velosipēdu vari atstāt pie durvīm."
ABOUT_COUNCIL = (
    "Demonstrācijas padome: locekļi, sēdes un iesniegumi ir izdomāti.\n\n"
    "Padome tiekas reizi mēnesī, uzklausa iedzīvotājus un nes priekšlikumus pašvaldībai. Arī tu vari nākt uz sēdi."
)
ABOUT_FORMING = (
    "Demonstrācijas dati: padomes veidošanas gaita ir izdomāta.\n\n"
    "Padomi vēl tikai veido. Zemāk redzi, kas jau izdarīts un kas vēl priekšā."
)
SOURCE = "Izdomāts demonstrācijai."


@dataclass(frozen=True)
class WorkingCouncil:
    """It met first on `since` (or when the facts say; earlier, if that is not months ago) at `first_at`, and last
    `last_ago` days before the day of loading; `usual` is the hour of its other meetings."""

    slug: str
    seats: int
    since: date
    last_ago: int
    usual: time
    first_at: time = time(18, 0)
    first_remote: bool = False
    empty_seats: int = 0


WORKING = (
    WorkingCouncil("kekavas-pilseta", 9, date(2026, 3, 17), 26, time(18, 30)),
    WorkingCouncil("balozi", 9, date(2026, 2, 5), 18, time(18, 0), empty_seats=1),
    WorkingCouncil("baldone", 9, date(2026, 1, 9), 14, time(17, 30), first_at=time(17, 0), first_remote=True),
    WorkingCouncil("dzerumi", 5, date(2026, 1, 9), 8, time(18, 0), first_at=time(15, 30), first_remote=True),
    WorkingCouncil("jaunsils", 5, date(2026, 1, 12), 4, time(18, 0), first_at=time(17, 30)),
    WorkingCouncil("daugmale", 7, date(2026, 2, 10), 19, time(18, 30)),
)
SUBSTITUTES = 3  # candidates of each council who were not elected
MINUTES_OVERDUE = "dzerumi"  # its last meeting's minutes are late
MINUTES_UNPUBLISHED = "jaunsils"  # its last meeting's minutes were sent and wait to be published
MINUTES_ONCE_LATE = "kekavas-pilseta"  # one of its earlier minutes came late
ABSENT_NOW = "baldone"  # a member stayed away from the last three meetings; the council has not decided
ABSENT_ONCE = "daugmale"  # a member stayed away three times and was kept
RELEASED = "kekavas-pilseta"  # a member stayed away three times and was released
# Those that work, too, when several years are asked for, and when their meetings are.
ALSO_WORKING = (
    WorkingCouncil("alejas", 7, date(2026, 2, 3), 12, time(18, 0)),
    WorkingCouncil("valdlauci-ramava-katlakalns", 9, date(2026, 2, 4), 16, time(18, 30)),
    WorkingCouncil("mezinieki", 5, date(2026, 2, 9), 22, time(18, 0)),
    WorkingCouncil("pulkarne", 7, date(2026, 2, 11), 9, time(17, 30)),
    WorkingCouncil("varpas", 5, date(2026, 2, 12), 13, time(18, 0)),
)


@dataclass(frozen=True)
class FormingCouncil:
    """`opened_ago` and `done_ago` in days before the day of loading, step by step; then the step under way."""

    slug: str
    candidates: int
    opened_ago: int
    done_ago: tuple[int, ...]
    due_in: int
    note: str


FORMING = (
    FormingCouncil("varpas", 5, 40, (12,), 9, "Iesniegt lēmuma projektu komitejai"),
    FormingCouncil("pulkarne", 6, 75, (60, 19), 11, "Publicēt atgādinājumu: pieteikušies 6 kandidāti"),
    FormingCouncil("alejas", 7, 110, (95, 45, 15), 8, "Pārbaudīt 7 kandidātu deklarēto dzīvesvietu"),
    FormingCouncil(
        "valdlauci-ramava-katlakalns", 9, 150, (135, 80, 50, 18), 14, "Norīkot balsu skaitītājus kopsapulcei"
    ),
)

# --- meetings ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Topic:
    """What a meeting is about, and its agenda lines: title, minutes, description."""

    title: str
    items: tuple[tuple[str, int, str], ...]


QUESTIONS = ("Iedzīvotāju jautājumi", 20, "Jautājumu vari iesūtīt, piesakoties sēdei.")
CROSSINGS = Topic(
    "gājēju pārejas un ielu apgaismojums",
    (
        ("Gājēju pārejas pie skolas", 30, "Iedzīvotāju priekšlikums un Ceļu nodaļas izvērtējums."),
        ("Ielu apgaismojums nākamajā gadā", 40, "Kuras ielas iekļaut pirmajā kārtā."),
    ),
)
FIRST_MEETING = Topic(
    "Padomes pirmā sēde",
    (
        ("Iepazīšanās un padomes nolikums", 20, ""),
        ("Priekšsēdētāja, vietnieka un sekretāra ievēlēšana", 25, "Balso locekļi, lēmumu pieņem ar balsu vairākumu."),
        ("Padomes darba plāns", 20, ""),
    ),
)
TOPICS = (
    Topic(
        "atkritumu šķirošana pie daudzdzīvokļu mājām",
        (
            ("Konteineru laukumi: kur to trūkst", 30, "Iedzīvotāju iesūtītās vietas kartē."),
            ("Saruna ar apsaimniekotāju", 30, ""),
        ),
    ),
    Topic(
        "rotaļu laukuma atjaunošana",
        (
            ("Aptaujas rezultāti: ko vēlas ģimenes", 25, "Saņemtas 84 anketas."),
            ("Divas ieceres un to izmaksas", 35, ""),
        ),
    ),
    Topic(
        "sabiedriskā transporta laiki",
        (
            ("Rīta reisi uz Rīgu", 30, "Priekšlikumi pārvadātājam par nākamo sarakstu."),
            ("Pieturu nojumes un soliņi", 25, ""),
        ),
    ),
    Topic(
        "drošība uz ceļiem pie skolas",
        (
            ("Ātruma mērījumi un to secinājumi", 25, "Ceļu nodaļas dati par divām nedēļām."),
            ("Kur vajag ātrumvalni, kur zīmi", 35, ""),
        ),
    ),
    Topic(
        "kapsētas un piemiņas vietas",
        (
            ("Kapsētas sakopšanas kārtība", 25, ""),
            ("Piemiņas vietu saraksts un kopēji", 30, "Kas jau ir uzņēmies rūpes un kur vajag palīgus."),
        ),
    ),
    Topic(
        "grāvji, caurtekas un pavasara ūdeņi",
        (
            ("Applūstošās vietas kartē", 30, ""),
            ("Darbu secība un atbildīgie", 30, "Meliorācijas speciālista skaidrojums."),
        ),
    ),
    Topic(
        "līdzdalības budžeta ieceres",
        (
            ("Iesniegtās ieceres apkaimē", 35, "Padomes viedoklis par katru ieceri."),
            ("Kā palīdzēt ieceru autoriem", 20, ""),
        ),
    ),
    Topic(
        "suņu pastaigu laukums",
        (
            ("Trīs iespējamās vietas", 30, "Īpašuma piederība, attālums līdz mājām, izmaksas."),
            ("Lietošanas noteikumi", 20, ""),
        ),
    ),
    Topic(
        "vasaras svētki un kaimiņu diena",
        (
            ("Kaimiņu dienas programma", 25, ""),
            ("Brīvprātīgie un darbu sadale", 25, "Vajadzīgi 12 palīgi."),
        ),
    ),
    Topic(
        "bibliotēkas un saieta nama darba laiks",
        (
            ("Apmeklējumu dati pa stundām", 20, ""),
            ("Priekšlikums par vakara stundām", 30, "Divas dienas nedēļā līdz plkst. 20.00."),
        ),
    ),
    Topic(
        "ziemas ceļu uzturēšana",
        (
            ("Tīrīšanas secība un klases", 30, "Kā ceļu iedala klasēs un kā to var mainīt."),
            ("Kam zvanīt, ja ceļš nav tīrīts", 15, ""),
        ),
    ),
    Topic(
        "veloceliņš un gājēju ietve",
        (
            ("Trases varianti", 35, "Trīs varianti un to ietekme uz kokiem."),
            ("Pārejas un apgaismojums", 20, ""),
        ),
    ),
    Topic(
        "jauniešu telpa",
        (
            ("Jauniešu priekšlikumi", 30, "Stāsta skolēnu pašpārvalde."),
            ("Telpas un darba laiks", 25, ""),
        ),
    ),
    Topic(
        "detālplānojums un zaļā zona",
        (
            ("Attīstītāja iecere", 30, ""),
            ("Padomes atzinums", 30, "Balsojums par atzinuma tekstu."),
        ),
    ),
)

# --- events that are no meetings --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PastEvent:
    """`ago` in days. `slugs` empty: the whole municipality."""

    title: str
    kind: str
    slugs: tuple[str, ...]
    ago: int
    at: time
    hours: float
    going: int
    description: str
    capacity: int | None = None
    format: str = "in_person"
    venue: str = ""


PAST_EVENTS = (
    PastEvent(
        "Ideju forums: kā sadzirdēt kaimiņus", "forum", (), 340, time(10, 30), 4.5, 86,
        "Darba grupās meklējām, kā padomes un pašvaldība var sadarboties.", 120, venue="Ķekavas kultūras nams",
    ),
    PastEvent(
        "Iepazīsti savu padomi", "discussion", ("kekavas-pilseta",), 222, time(18, 0), 2, 64,
        "Padomes locekļi stāstīja, ko vēlas paveikt, un atbildēja uz jautājumiem.", 100,
    ),
    PastEvent(
        "Saruna: ko gaidām no savas padomes?", "discussion", ("daugmale",), 240, time(18, 0), 2, 38,
        "Kopā sastādījām desmit darbu sarakstu.", 80,
    ),
    PastEvent(
        "Mācības padomju locekļiem: kā vadīt sēdi", "training", (), 232, time(17, 30), 3, 31,
        "Darba kārtība, balsojums, protokols: ko padomei jāzina.", 40, venue="Novada domes zāle",
    ),
    PastEvent(
        "Lielā talka Daugavas krastā", "cleanup", ("daugmale",), 212, time(10, 0), 4, 47,
        "Sakopām krastu no laivu piestātnes līdz pilskalnam.", venue="Laivu piestātne",
    ),
    PastEvent(
        "Pavasara talka parkā", "cleanup", ("baldone",), 205, time(10, 0), 3, 58,
        "Grābām lapas, krāsojām soliņus, stādījām krūmus.", venue="Pilsētas parks",
    ),
    PastEvent(
        "Saruna par suņu pastaigu laukumu", "discussion", ("balozi",), 190, time(18, 0), 1.5, 33,
        "Vērtējām trīs vietas un vienojāmies par vienu.", 40,
    ),
    PastEvent(
        "Tiešsaistes saruna par atkritumu šķirošanu", "discussion", ("dzerumi", "jaunsils"), 171, time(18, 30), 1, 41,
        "Apsaimniekotājs stāstīja, kas kurā konteinerā jāmet.", None, "remote",
    ),
    PastEvent(
        "Kaimiņu diena pie dīķa", "other", ("pulkarne",), 150, time(14, 0), 4, 72,
        "Līdzņemtie pīrāgi, zolīte un bērnu stafetes.", venue="Pulkarnes laukums pie dīķa",
    ),
    PastEvent(
        "Darba grupa: rotaļu laukums Ķekavā", "working_group", ("kekavas-pilseta",), 128, time(17, 0), 1.5, 14,
        "Sagatavojām priekšlikumu padomes sēdei.", 20,
    ),
    PastEvent(
        "Mācības: kā uzrakstīt iesniegumu, uz kuru atbild", "training", (), 96, time(17, 30), 2, 52,
        "Praktiskas mācības ikvienam, kurš grib kaut ko mainīt.", 60, "hybrid", "Novada domes zāle",
    ),
    PastEvent(
        "Rudens talka Jaunsilā", "cleanup", ("jaunsils",), 58, time(10, 0), 3, 26,
        "Sakopām laukumu un ieziemojām dobes.", venue="Saieta nama pagalms",
    ),
    PastEvent(
        "Saruna par jauno autobusu sarakstu", "discussion", ("baldone",), 44, time(18, 0), 1.5, 49,
        "Pārvadātājs atbildēja uz iedzīvotāju jautājumiem.", 60,
    ),
    PastEvent(
        "Kopsapulce: vai mums vajag padomi?", "assembly", ("varpas",), 28, time(18, 0), 1.5, 34,
        "Pieci kaimiņi piekrita kandidēt; process var sākties.", 60,
    ),
    PastEvent(
        "Kā darbojas padome: saruna ar kaimiņiem", "discussion", ("alejas",), 35, time(18, 0), 1.5, 29,
        "Citu apkaimju padomes stāstīja par pirmo gadu.", 50,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class ComingEvent:
    """`ahead` in days; a meeting has a `topic`. `going` counts people, `waiting` those of each in the queue; one
    seat more is offered to its first when `offered`. `special`: cancelled, draft, moved or running."""

    title: str
    kind: str
    slugs: tuple[str, ...]
    ahead: int
    at: time
    hours: float
    going: int = 0
    capacity: int | None = None
    format: str = "in_person"
    venue: str = ""
    description: str = ""
    topic: Topic | None = None
    waiting: tuple[int, ...] = ()
    offered: bool = False
    special: str = ""
    meeting_kind: str = "council"
    without_rsvps: bool = False


COMING_EVENTS = (
    ComingEvent(
        "Padomes sēde: gājēju pārejas un ielu apgaismojums", "meeting", ("kekavas-pilseta",), 2, time(18, 30), 1.5,
        going=34, capacity=40, format="hybrid", topic=CROSSINGS,
        description="Sēde ir atklāta. Vari nākt klausīties, jautāt un ierosināt jautājumu darba kārtībai.",
    ),
    ComingEvent(
        "Iedzīvotāju diskusija: kur būt skeitparkam?", "discussion", ("balozi",), 3, time(18, 0), 2,
        going=59, capacity=60, waiting=(1, 2, 1), offered=True,
        description="Trīs vietas, viena izvēle. Klausāmies jauniešus, vecākus un tuvāko māju iedzīvotājus.",
    ),
    ComingEvent(
        "Kopsapulce: izvirzām padomes kandidātus", "assembly", ("valdlauci-ramava-katlakalns",), 7, time(18, 0), 2,
        going=22, capacity=80,
        description="Deviņi kandidāti stāsta, ko vēlas paveikt. Pēc kopsapulces balsot var vēl septiņas dienas.",
    ),
    ComingEvent(
        "Saruna par ziemas ceļu uzturēšanu", "discussion", ("alejas",), 9, time(17, 30), 1.5,
        going=18, format="remote",
        description="Ceļu un ielu nodaļa stāsta, kurus ceļus tīra vispirms un kam zvanīt, ja ceļš nav tīrīts.",
    ),
    ComingEvent(
        "Padomes sēde: darba plāns nākamajam gadam", "meeting", ("jaunsils",), 10, time(18, 0), 1.5, going=9,
        capacity=30,
        topic=Topic(
            "darba plāns nākamajam gadam",
            (("Paveiktais šogad", 25, ""), ("Nākamā gada darbi", 40, "Ko iesniegt pašvaldībai līdz februārim.")),
        ),
        description="Sēde ir atklāta. Atnāc un pasaki, kas apkaimē jāizdara vispirms.",
    ),
    ComingEvent(
        "Talka: sagatavojam dīķa krastu ziemai", "cleanup", ("pulkarne",), 11, time(10, 0), 3, going=27,
        special="moved", venue="Pulkarnes laukums pie dīķa",
        description="Ņem līdzi cimdus un grābekli. Zupu un tēju gādā kaimiņi.",
    ),
    ComingEvent(
        "Padomes sēde: grāvji, caurtekas un pavasara ūdeņi", "meeting", ("dzerumi",), 15, time(18, 0), 1.5, going=7,
        format="hybrid", topic=TOPICS[5],
        description="Sēde ir atklāta. Ja tavs pagalms applūst, paņem līdzi fotogrāfijas.",
    ),
    ComingEvent(
        "Padomes sēde: līdzdalības budžeta ieceres", "meeting", ("daugmale",), 17, time(18, 30), 1.5, going=12,
        capacity=35, topic=TOPICS[6], description="Sēde ir atklāta. Ieceru autori stāsta paši.",
    ),
    ComingEvent(
        "Ideju forums: novads, kurā sadzird", "forum", (), 19, time(10, 30), 5, going=97, capacity=120,
        venue="Ķekavas kultūras nams",
        description="Visu apkaimju padomes, deputāti un iedzīvotāji vienā zālē: kas izdevies un ko darīt citādi.",
    ),
    ComingEvent(
        "Padomes sēde: sabiedriskā transporta laiki", "meeting", ("baldone",), 21, time(17, 30), 1.5, going=16,
        capacity=50, format="hybrid", topic=TOPICS[2],
        description="Sēde ir atklāta. Uz jautājumiem atbild pārvadātājs.",
    ),
    ComingEvent(
        "Padomes sēde: jauniešu telpa", "meeting", ("balozi",), 24, time(18, 0), 1.5, going=11, capacity=45,
        topic=TOPICS[12], description="Sēde ir atklāta. Runā skolēnu pašpārvalde.",
    ),
    ComingEvent(
        "Mācības padomju sekretāriem: protokols vienā vakarā", "training", (), 14, time(17, 30), 2, going=15,
        capacity=16, format="hybrid", venue="Novada domes zāle",
        description="No darba kārtības līdz publicētam protokolam soli pa solim.",
    ),
    ComingEvent(
        "Izstāde „Mana apkaime pirms simts gadiem”", "exhibition", ("baldone",), -4, time(10, 0), 24 * 15,
        special="running", without_rsvps=True, venue="Baldones bibliotēka",
        description="Fotogrāfijas no kaimiņu albumiem. Nāc, kad bibliotēka ir atvērta.",
    ),
    ComingEvent(
        "Radošā darbnīca: putnu barotavas", "other", ("dzerumi",), 6, time(16, 0), 2, going=13, capacity=20,
        special="cancelled", description="Barotavas būvējam kopā ar bērniem. Dēļi un naglas būs uz vietas.",
    ),
    ComingEvent(
        "Padomes sēde: veloceliņš un gājēju ietve", "meeting", ("kekavas-pilseta",), 30, time(18, 30), 1.5,
        capacity=40, format="hybrid", topic=TOPICS[11], special="draft",
    ),
    ComingEvent(
        "Padomju un deputātu kopsanāksme", "meeting", (), 44, time(16, 0), 3, going=28, capacity=150,
        venue="Novada domes zāle", meeting_kind="yearly",
        topic=Topic(
            "kopsanāksme",
            (
                ("Padomju gads skaitļos", 30, ""),
                ("Atbildes uz padomju iesniegumiem", 45, "Kas paveikts, kas kavējas un kāpēc."),
                ("Otrā sasaukuma vēlēšanas", 45, ""),
            ),
        ),
        description="Reizi gadā vienuviet tiekas visas padomes un domes deputāti (§36).",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What a coming event asks (kind, words, answers to choose from) and offers (kind, note, days before the start
    until which one asks; 0: it is there without asking)."""

    title: str
    questions: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    services: tuple[tuple[str, str, int], ...] = ()
    online_capacity: int | None = None


ASKED = (
    Asked(
        "Ideju forums: novads, kurā sadzird",
        questions=(
            ("choice", "Kurā darba grupā gribi strādāt?", ("Ielas un drošība", "Daba un parki", "Jaunieši", "Kultūra")),
        ),
        services=(("children", "no 4 gadiem, pie sānu ieejas", 0), ("sign", "", 5), ("transport", "no Baldones", 3)),
    ),
    Asked(
        "Mācības padomju sekretāriem: protokols vienā vakarā",
        questions=(
            ("choice", "Ar ko tu raksti protokolu?", ("Ar portālu", "Ar teksta redaktoru", "Uz papīra")),
            ("yes", "Man jau ir gadījies rakstīt protokolu", ()),
        ),
        services=(("loop", "", 0),),
        online_capacity=40,
    ),
)
# What came of past events, by title.
RESULTS = {
    "Saruna par jauno autobusu sarakstu": (
        "Pārvadātājs pārskatīs rīta reisus līdz janvārim. Padome apkopos, kuros laikos autobuss ir pilns, un par to "
        "lems nākamajā sēdē."
    ),
    "Rudens talka Jaunsilā": "Savākti 40 maisi lapu, ieziemotas visas dobes. Pavasarī stādīsim ceriņus.",
    "Mācības: kā uzrakstīt iesniegumu, uz kuru atbild": (
        "Paraugs un piemēri ir padomju lapās. Nākamās mācības: kā rakstīt protokolu."
    ),
}
SURVEY_COMMENTS = (
    "Beidzot kāds uzklausīja līdz galam.",
    "Gribētos vairāk laika jautājumiem.",
    "Labi, ka bija vieta bērniem.",
    "Lūdzu, sāciet laikā!",
    "Paldies, viss bija saprotami.",
    "Pietrūka atbildes par apgaismojumu.",
)
CANCEL_REASON = "Darbnīcas vadītājs ir saslimis. Jauno dienu paziņosim."

# --- submissions ------------------------------------------------------------------------------------------------------

ROADS = "Ceļu un ielu nodaļa"
TRANSPORT = "Transporta speciālists"
PLANNING = "Attīstības un plānošanas nodaļa"
PROPERTY = "Īpašumu nodaļa"
CULTURE = "Kultūras pārvalde"


@dataclass(frozen=True)
class DemoSubmission:
    """`sent_ago` in days, or the reply due `due_in` days from the day of loading; replied and done so many days ago."""

    title: str
    slugs: tuple[str, ...]
    unit: str
    text: str
    sent_ago: int | None = None
    due_in: int | None = None
    replied_ago: int | None = None
    outcome: str = ""
    reply: str = ""
    done_ago: int | None = None
    topic: str = "5.1"


SUBMISSIONS = (
    DemoSubmission(
        "Drošāka gājēju pāreja pie skolas", ("kekavas-pilseta",), ROADS,
        "Lūdzam izbūvēt paaugstinātu gājēju pāreju un uzlabot apgaismojumu. Priekšlikumu atbalstīja 46 iedzīvotāji.",
        due_in=19,
    ),
    DemoSubmission(
        "Autobusa pieturas nojume", ("dzerumi",), TRANSPORT,
        "Pieturā nav kur paslēpties no lietus. Lūdzam uzstādīt nojumi un soliņu.", due_in=4,
    ),
    DemoSubmission(
        "Apgaismojums Dārzu ielā", ("balozi",), ROADS,
        "Iela vakaros ir tumša visā garumā. Lūdzam iekļaut to nākamā gada darbu plānā.", due_in=-3,
    ),
    DemoSubmission(
        "Saieta nama vakara stundas", ("jaunsils",), CULTURE,
        "Lūdzam divas dienas nedēļā atstāt saieta namu atvērtu līdz plkst. 20.00.", due_in=11, topic="5.3",
    ),
    DemoSubmission(
        "Soliņi gar upes taku", ("baldone",), PROPERTY,
        "Uz takas nav kur apsēsties. Lūdzam uzstādīt piecus soliņus kartē atzīmētajās vietās.", due_in=26,
    ),
    DemoSubmission(
        "Ātruma ierobežojums pie tirgus laukuma", ("baldone", "daugmale"), ROADS,
        "Abu apkaimju padomes lūdz samazināt atļauto ātrumu līdz 30 km/h un pārcelt gājēju pāreju.", due_in=13,
    ),
    DemoSubmission(
        "Velonovietnes pie sabiedriskā transporta pieturām", ("balozi",), TRANSPORT,
        "Lūdzam ierīkot novietnes pie trim pieturām, kur velosipēdus tagad slien pie kokiem.",
        sent_ago=47, replied_ago=17, outcome="supported", reply="Iekļauts nākamā gada darbu plānā.",
    ),
    DemoSubmission(
        "Atzinums par zaļās zonas detālplānojumu", ("kekavas-pilseta",), PLANNING,
        "Pieci priekšlikumi: saglabāt koku rindu, gājēju celiņu, lietus dārzu, apbūves augstumu un piebraucamo ceļu.",
        sent_ago=53, replied_ago=24, outcome="partly", reply="No 5 priekšlikumiem pieņemti 3.", topic="5.2",
    ),
    DemoSubmission(
        "Soliņi un laistīšanas krāns rotaļlaukumā", ("daugmale",), PROPERTY,
        "Lūdzam uzstādīt četrus soliņus un krānu dobju laistīšanai.",
        sent_ago=107, replied_ago=82, outcome="supported", reply="Paredzēti līdzekļi labiekārtošanai.", done_ago=33,
    ),
    DemoSubmission(
        "Grants ceļa planēšana divas reizes gadā", ("jaunsils",), ROADS,
        "Pēc lietavām ceļš nav izbraucams. Lūdzam to planēt pavasarī un rudenī.",
        sent_ago=160, replied_ago=134, outcome="supported", reply="Iekļauts uzturēšanas līgumā.", done_ago=70,
    ),
    DemoSubmission(
        "Papildu reiss uz Rīgu plkst. 6.40", ("baldone",), TRANSPORT,
        "Rīta autobusā nepietiek vietu. Lūdzam vienoties ar pārvadātāju par papildu reisu.",
        sent_ago=128, replied_ago=99, outcome="declined",
        reply="Pārvadātājs reisu nevar nodrošināt. Tā vietā no pavasara plkst. 6.55 kursēs lielāks autobuss.",
        topic="5.7",
    ),
    DemoSubmission(
        "Suņu pastaigu laukums pie stadiona", ("balozi",), PROPERTY,
        "Iedzīvotāji izvēlējās vienu no trim vietām. Lūdzam to nožogot un uzstādīt atkritumu urnas.",
        sent_ago=175, replied_ago=148, outcome="supported", reply="Darbi notiks vasarā.", done_ago=52,
    ),
    DemoSubmission(
        "Konteineru laukuma pārcelšana", ("kekavas-pilseta",), PROPERTY,
        "Laukums atrodas pārāk tuvu logiem. Lūdzam to pārcelt uz pagalma otru pusi.",
        sent_ago=90, replied_ago=63, outcome="other", reply="Nodots namu apsaimniekotājam, kas atbildēs padomei tieši.",
    ),
    DemoSubmission(
        "Kapsētas žoga remonts", ("dzerumi",), PROPERTY,
        "Žogs ir sagāzies divās vietās. Lūdzam to salabot līdz svecīšu vakaram.",
        sent_ago=140, replied_ago=118, outcome="partly", reply="Salabota ieejas puse; pārējais nākamgad.", done_ago=61,
    ),
)  # fmt: skip

# --- streets ----------------------------------------------------------------------------------------------------------

# Street, town or village, house numbers ("": the whole street), neighbourhood. An example of the coordinator's table;
# a municipality loads its own.
STREETS = (
    ("Gaismas iela", "Ķekava", "", "kekavas-pilseta"),
    ("Nākotnes iela", "Ķekava", "", "kekavas-pilseta"),
    ("Skolas iela", "Ķekava", "", "kekavas-pilseta"),
    ("Rīgas iela", "Ķekava", "1–79", "kekavas-pilseta"),
    ("Rīgas iela", "Ķekava", "80–140", "alejas"),
    ("Dārza iela", "Ķekava", "", "kekavas-pilseta"),
    ("Ziedu iela", "Odukalns", "", "kekavas-pilseta"),
    ("Priežu iela", "Odukalns", "", "kekavas-pilseta"),
    ("Krasta iela", "Vimbukrogs", "", "kekavas-pilseta"),
    ("Liepu aleja", "Alejas", "", "alejas"),
    ("Ozolu iela", "Alejas", "", "alejas"),
    ("Kļavu iela", "Krogsils", "", "alejas"),
    ("Pļavu iela", "Krogsils", "", "alejas"),
    ("Meistaru iela", "Valdlauči", "", "valdlauci-ramava-katlakalns"),
    ("Ābeļu iela", "Valdlauči", "", "valdlauci-ramava-katlakalns"),
    ("Rāmavas iela", "Rāmava", "", "valdlauci-ramava-katlakalns"),
    ("Parka iela", "Rāmava", "", "valdlauci-ramava-katlakalns"),
    ("Upes iela", "Katlakalns", "", "valdlauci-ramava-katlakalns"),
    ("Ķiršu iela", "Katlakalns", "", "valdlauci-ramava-katlakalns"),
    ("Dārzu iela", "Baloži", "", "balozi"),
    ("Jaunatnes iela", "Baloži", "", "balozi"),
    ("Kūdras iela", "Baloži", "", "balozi"),
    ("Skolas iela", "Baloži", "", "balozi"),
    ("Rīgas iela", "Baloži", "", "balozi"),
    ("Lakstīgalu iela", "Krustkalni", "", "balozi"),
    ("Ceriņu iela", "Krustkalni", "", "balozi"),
    ("Sila iela", "Jaunsils", "", "jaunsils"),
    ("Viršu iela", "Jaunsils", "", "jaunsils"),
    ("Stacijas iela", "Plakanciems", "", "mezinieki"),
    ("Misas iela", "Plakanciems", "", "mezinieki"),
    ("Bērzu iela", "Dzērumi", "", "dzerumi"),
    ("Saules iela", "Dzērumi", "", "dzerumi"),
    ("Dīķa iela", "Pulkarne", "", "pulkarne"),
    ("Avotu iela", "Saulgoži", "", "pulkarne"),
    ("Daugavas iela", "Daugmale", "", "daugmale"),
    ("Pilskalna iela", "Daugmale", "", "daugmale"),
    ("Parka iela", "Baldone", "", "baldone"),
    ("Sēravotu iela", "Baldone", "", "baldone"),
    ("Rīgas iela", "Baldone", "", "baldone"),
    ("Vārpu iela", "Vārpas", "", "varpas"),
    ("Lauku iela", "Vārpas", "", "varpas"),
)
