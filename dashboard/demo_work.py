"""What the demonstration's councils talk about, decide and publish: words only, all of them invented."""

from dataclasses import dataclass

from dashboard.demo_content import CULTURE, PLANNING, PROPERTY, ROADS, TRANSPORT

# --- what becomes of a line of an agenda ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Letter:
    """What the council then sends to the municipality, and the answer. `done_after` in days from sending: done."""

    title: str
    text: str
    unit: str
    outcome: str
    reply: str
    alternative: str = ""
    kind: str = "proposal"
    done_after: int = 0
    question: tuple[str, str] | None = None  # what the unit asked back, and what the council said
    handed_over_from: str = ""


@dataclass(frozen=True)
class Business:
    """How an item of this title ends. `vote`: all, mixed, tie, against, count; `recused`: a member keeps out (§33)."""

    topic: str
    notes: str
    decision: str = ""
    owner: str = ""
    vote: str = "all"
    recused: str = ""
    task: str = ""
    parts: tuple[str, ...] = ()
    done_after: int = 0  # days after which the council itself has carried it out
    abandoned: str = ""
    postponed: bool = False
    letter: Letter | None = None


BUSINESS: dict[str, Business] = {
    "Konteineru laukumi: kur to trūkst": Business(
        "5.1",
        "Iedzīvotāji iesūtījuši 17 vietas. Padome tās salika vienā kartē un atzina, ka visvairāk laukumu trūkst pie "
        "piecstāvu mājām.",
        "Lūgt pašvaldību kopā ar apsaimniekotāju ierīkot trīs jaunus dalīto atkritumu laukumus padomes kartē "
        "atzīmētajās vietās.",
        "priekšsēdētājs",
        task="Nosūtīt karti apsaimniekotājam",
        parts=("Iesūtītās vietas", "Ko drīkst būvēt uz pašvaldības zemes"),
        letter=Letter(
            "Trīs jauni dalīto atkritumu laukumi",
            "Lūdzam kopā ar apsaimniekotāju ierīkot trīs laukumus vietās, kas atzīmētas pievienotajā kartē.",
            PROPERTY,
            "partly",
            "Divus laukumus ierīkos pavasarī. Trešā zeme ir privāta, tās īpašnieks nepiekrīt.",
            "Trešā laukuma vietā divos esošajos pieliks pa konteineram stiklam un papīram.",
            question=(
                "Vai padome piekrīt, ka laukums pie bērnudārza ir mazāks, bet nožogots?",
                "Piekrīt, ja žogs ir vismaz pusotru metru augsts.",
            ),
            done_after=210,
        ),
    ),
    "Saruna ar apsaimniekotāju": Business(
        "5.1",
        "Apsaimniekotājs stāstīja, ka no pavasara bioloģiskos atkritumus vedīs katru nedēļu. Iedzīvotāji lūdza to "
        "rakstīt arī uz konteineriem.",
        task="Palūgt apsaimniekotājam uzlīmes ar izvešanas dienām",
    ),
    "Aptaujas rezultāti: ko vēlas ģimenes": Business(
        "5.1",
        "Saņemtas 84 anketas. Visbiežāk minētas šūpoles, smilšu kaste ar vāku un soliņi ēnā.",
        "Pieņemt zināšanai aptaujas rezultātus un publicēt tos padomes lapā.",
        "sekretārs",
        done_after=12,
    ),
    "Divas ieceres un to izmaksas": Business(
        "5.1",
        "Koka rotaļu ierīces maksā par trešdaļu vairāk, toties tās var labot uz vietas. Viens padomes loceklis strādā "
        "uzņēmumā, kas tādas ražo, un jautājuma izskatīšanā nepiedalījās.",
        "Atbalstīt ieceri ar koka rotaļu ierīcēm un lūgt pašvaldību paredzēt tai līdzekļus nākamā gada budžetā.",
        "priekšsēdētāja vietnieks",
        vote="mixed",
        recused="Strādā uzņēmumā, kas ražo rotaļu ierīces.",
        letter=Letter(
            "Rotaļu laukums ar koka ierīcēm",
            "Lūdzam nākamā gada budžetā paredzēt līdzekļus rotaļu laukuma atjaunošanai pēc pievienotās ieceres.",
            PROPERTY,
            "partly",
            "Līdzekļi paredzēti pirmajai kārtai: segumam un šūpolēm.",
            "Otro kārtu var pieteikt līdzdalības budžetam; nodaļa palīdzēs sagatavot tāmi.",
            done_after=300,
        ),
    ),
    "Rīta reisi uz Rīgu": Business(
        "5.7",
        "Rīta autobusā ap plkst. 6.40 pietrūkst vietu. Iedzīvotāji divas nedēļas skaitīja, cik cilvēku paliek pieturā.",
        "Lūgt pašvaldību vienoties ar pārvadātāju par papildu rīta reisu darbdienās.",
        "priekšsēdētājs",
        letter=Letter(
            "Papildu rīta reiss darbdienās",
            "Lūdzam vienoties ar pārvadātāju par papildu reisu starp plkst. 6.30 un 7.00. Skaitījuma dati pielikumā.",
            TRANSPORT,
            "declined",
            "Pārvadātājam šogad nav brīvu autobusu un vadītāju.",
            "No nākamā mēneša plkst. 6.55 reisā kursēs lielāks autobuss.",
            handed_over_from=ROADS,
        ),
    ),
    "Pieturu nojumes un soliņi": Business(
        "5.1",
        "Četrās pieturās nav nekādas nojumes. Padome vienojās sākt ar tām, kur gaida skolēni.",
        "Lūgt pašvaldību uzstādīt nojumes un soliņus divās pieturās pie skolas.",
        "sekretārs",
        letter=Letter(
            "Nojumes un soliņi divās pieturās pie skolas",
            "Lūdzam uzstādīt nojumes un soliņus abās pieturās pie skolas pirms rudens.",
            TRANSPORT,
            "supported",
            "Nojumes pasūtītas, uzstādīs vasaras brīvlaikā.",
            done_after=150,
        ),
    ),
    "Ātruma mērījumi un to secinājumi": Business(
        "5.7",
        "Divās nedēļās vidējais ātrums pie skolas bijis 47 km/h, trešdaļa brauc ātrāk par atļauto.",
        "Pieņemt zināšanai mērījumus un lūgt tos atkārtot pēc zīmju nomaiņas.",
        "priekšsēdētājs",
        vote="count",
        done_after=60,
    ),
    "Kur vajag ātrumvalni, kur zīmi": Business(
        "5.1",
        "Daļai locekļu ātrumvalnis šķita labākais risinājums, citi norādīja uz trokšņiem un neatliekamās palīdzības "
        "auto. Balsis sadalījās vienādi, izšķīra priekšsēdētāja balss.",
        "Lūgt pašvaldību ierīkot ātrumvalni pretim skolas vārtiem.",
        "priekšsēdētājs",
        vote="tie",
        letter=Letter(
            "Ātrumvalnis pretim skolas vārtiem",
            "Lūdzam ierīkot ātrumvalni vai citu ātruma slāpētāju pretim skolas vārtiem.",
            ROADS,
            "supported",
            "Ātrumvalni ierīkos kopā ar ielas seguma atjaunošanu.",
            done_after=120,
        ),
    ),
    "Kapsētas sakopšanas kārtība": Business(
        "5.1",
        "Iedzīvotāji lūdza biežāk izvest lapas. Padome piedāvāja divas kopīgas talkas gadā.",
        "Rīkot kapsētas sakopšanas talku divas reizes gadā, aprīlī un oktobrī.",
        "sekretārs",
        done_after=90,
    ),
    "Piemiņas vietu saraksts un kopēji": Business(
        "5.4",
        "Sarakstā ir deviņas vietas. Piecām jau ir kopēji, četrām tos vēl meklē.",
        "Apstiprināt piemiņas vietu sarakstu un lūgt pašvaldību uzstādīt norādes pie četrām vietām.",
        "priekšsēdētāja vietnieks",
        letter=Letter(
            "Norādes pie četrām piemiņas vietām",
            "Lūdzam uzstādīt norādes pie piemiņas vietām pēc pievienotā saraksta.",
            CULTURE,
            "supported",
            "Norādes izgatavos līdz pavasarim; tekstu saskaņosim ar padomi.",
            done_after=180,
        ),
    ),
    "Applūstošās vietas kartē": Business(
        "5.1",
        "Pēc rudens lietavām zem ūdens bija astoņi pagalmi. Divas caurtekas ir pilnīgi aizsērējušas.",
        "Nodot pašvaldībai applūstošo vietu karti un lūgt iztīrīt caurtekas līdz pavasara paliem.",
        "priekšsēdētājs",
        task="Nofotografēt grāvjus pēc nākamā lietus",
        letter=Letter(
            "Caurteku tīrīšana līdz pavasara paliem",
            "Lūdzam iztīrīt kartē atzīmētās caurtekas un pārbaudīt grāvi gar dārziņiem.",
            ROADS,
            "supported",
            "Caurtekas iztīrīs mēneša laikā, grāvi – nākamajā vasarā.",
            done_after=45,
        ),
    ),
    "Darbu secība un atbildīgie": Business(
        "5.1",
        "Meliorācijas speciālists paskaidroja, kuri grāvji ir valsts, kuri pašvaldības un kuri jākopj īpašniekam.",
        parts=("Pašvaldības grāvji", "Īpašnieku grāvji"),
        task="Sagatavot lapu: kurš grāvis kam jākopj",
    ),
    "Iesniegtās ieceres apkaimē": Business(
        "5.7",
        "Apkaimē iesniegtas trīs ieceres. Vienas ieceres autors ir padomes loceklis, viņš jautājuma izskatīšanā "
        "nepiedalījās.",
        "Sniegt pozitīvu viedokli par trim līdzdalības budžeta iecerēm un aicināt autorus precizēt tāmes.",
        "priekšsēdētājs",
        recused="Ir vienas ieceres autors.",
        letter=Letter(
            "Viedoklis par līdzdalības budžeta iecerēm",
            "Padome atbalsta visas trīs ieceres. Lūdzam autoriem palīdzēt ar tāmēm.",
            PLANNING,
            "other",
            "Viedoklis pievienots ieceru vērtēšanas lietai.",
            kind="opinion",
        ),
    ),
    "Kā palīdzēt ieceru autoriem": Business(
        "5.7",
        "Autoriem visgrūtāk ir sagatavot tāmi. Divi padomes locekļi piedāvāja palīdzēt.",
        task="Sarīkot vienu konsultāciju vakaru ieceru autoriem",
    ),
    "Trīs iespējamās vietas": Business(
        "5.1",
        "Salīdzināti attālumi līdz mājām, zemes piederība un izmaksas. Vienai vietai blakus dzīvo padomes loceklis.",
        "Ieteikt suņu pastaigu laukumu ierīkot pie stadiona.",
        "priekšsēdētājs",
        vote="mixed",
        recused="Dzīvo blakus vienai no vietām.",
        letter=Letter(
            "Suņu pastaigu laukums: padomes ieteiktā vieta",
            "Padome iesaka laukumu ierīkot pie stadiona. Lūdzam izvērtēt žogu, apgaismojumu un atkritumu urnas.",
            PROPERTY,
            "supported",
            "Darbus iekļausim nākamā gada plānā.",
            done_after=240,
        ),
    ),
    "Lietošanas noteikumi": Business(
        "5.2",
        "Vairākums uzskatīja, ka slēgšanas laiku neviens nepārbaudīs un pietiek ar zīmi pie vārtiem.",
        "Aicināt pašvaldību noteikt laukumam darba laiku no plkst. 7.00 līdz 22.00.",
        vote="against",
    ),
    "Kaimiņu dienas programma": Business(
        "5.3",
        "Programmā būs bērnu stafetes, amatnieku galds un vakara koncerts. Skaņu tehniku aizdos kultūras nams.",
        "Apstiprināt kaimiņu dienas programmu.",
        "sekretārs",
        done_after=40,
        letter=None,
    ),
    "Brīvprātīgie un darbu sadale": Business(
        "5.3",
        "Vajadzīgi 12 palīgi, pieteikušies septiņi. Pārējos uzrunās kaimiņu grupās.",
        task="Uzrunāt vēl piecus palīgus",
        parts=("Kas gādā par ēdienu", "Kas gādā par drošību"),
    ),
    "Apmeklējumu dati pa stundām": Business(
        "5.3",
        "Otrdienās un ceturtdienās pēc plkst. 17.00 bibliotēkā ienāk tikpat cilvēku kā visā pārējā dienā.",
    ),
    "Priekšlikums par vakara stundām": Business(
        "5.3",
        "Bibliotēkas vadītāja piekrīt, ja darba laiku rītā sāk vēlāk.",
        "Lūgt pašvaldību divas dienas nedēļā bibliotēku un saieta namu atstāt atvērtu līdz plkst. 20.00.",
        "priekšsēdētāja vietnieks",
        letter=Letter(
            "Bibliotēkas un saieta nama vakara stundas",
            "Lūdzam otrdienās un ceturtdienās darba laiku pagarināt līdz plkst. 20.00.",
            CULTURE,
            "partly",
            "Bibliotēka otrdienās būs atvērta līdz plkst. 20.00.",
            "Saieta nama atslēgu vakaros var saņemt padomes sekretārs.",
            done_after=60,
        ),
    ),
    "Tīrīšanas secība un klases": Business(
        "5.1",
        "Iedzīvotāji vēlas zināt, kāpēc viņu ceļš tīrīšanas sarakstā ir pēdējais.",
        "Pieprasīt informāciju, kā ceļi iedalīti uzturēšanas klasēs un kad iedalījumu pārskatīs.",
        "sekretārs",
        letter=Letter(
            "Kā ceļi iedalīti uzturēšanas klasēs",
            "Lūdzam paskaidrot, kā ceļi apkaimē iedalīti ziemas uzturēšanas klasēs un kad iedalījumu pārskatīs.",
            ROADS,
            "other",
            "Nosūtām ceļu sarakstu ar klasēm. Iedalījumu pārskata reizi gadā, septembrī.",
            kind="information",
        ),
    ),
    "Kam zvanīt, ja ceļš nav tīrīts": Business(
        "5.1",
        "Tālruņi ir četri, un katrs atbild par citu ceļu. Padome tos saliks vienā lapā.",
        "Publicēt padomes lapā tālruņus, uz kuriem zvanīt ziemā.",
        "sekretārs",
        done_after=9,
    ),
    "Trases varianti": Business(
        "5.1",
        "Pirmais variants ir lētākais, bet tam jānozāģē liepu rinda. Otrais to saglabā.",
        "Atbalstīt otro trases variantu, kas saglabā liepu rindu.",
        "priekšsēdētājs",
        vote="mixed",
        parts=("Pirmais variants", "Otrais variants", "Trešais variants"),
        letter=Letter(
            "Veloceliņa trase, kas saglabā liepu rindu",
            "Padome atbalsta otro trases variantu un lūdz to iekļaut projektēšanas uzdevumā.",
            PLANNING,
            "supported",
            "Otrais variants iekļauts projektēšanas uzdevumā.",
            question=(
                "Vai padomei ir iebildumi, ja celiņš vienā posmā ir pusmetru šaurāks?",
                "Nav, ja posmā ir zīme un apgaismojums.",
            ),
        ),
    ),
    "Pārejas un apgaismojums": Business(
        "5.1",
        "Divās vietās celiņš šķērso ielu. Abās vajag pāreju ar apgaismojumu.",
        "Projektā paredzēt divas apgaismotas gājēju pārejas.",
        "priekšsēdētājs",
        abandoned="Iecere iekļauta veloceliņa iesniegumā.",
    ),
    "Jauniešu priekšlikumi": Business(
        "5.3",
        "Skolēnu pašpārvalde rādīja, kā telpu iekārtot, un solīja pati to uzkopt.",
        "Iesniegt domei lēmuma projektu par jauniešu telpas izveidi.",
        "priekšsēdētājs",
        letter=Letter(
            "Domes lēmuma projekts par jauniešu telpu",
            "Iesniedzam lēmuma projektu: ierīkot jauniešu telpu pašvaldības īpašumā esošajās telpās.",
            CULTURE,
            "supported",
            "Lēmuma projekts izskatīts komitejā un iekļauts domes sēdē.",
            kind="draft_decision",
            done_after=200,
        ),
    ),
    "Telpas un darba laiks": Business(
        "5.3",
        "Īpašumu nodaļas pārstāvis uz sēdi netika, tāpēc jautājumu pārcēla.",
        postponed=True,
    ),
    "Attīstītāja iecere": Business(
        "5.2",
        "Attīstītājs atbildēja uz 14 jautājumiem. Visvairāk jautāja par kokiem, satiksmi un lietus ūdeni.",
    ),
    "Padomes atzinums": Business(
        "5.2",
        "Padome vienojās par pieciem nosacījumiem.",
        "Sniegt atzinumu: iecere atbalstāma, ja saglabā zaļo zonu gar grāvi un koku rindu.",
        "priekšsēdētājs",
        vote="mixed",
        letter=Letter(
            "Atzinums par detālplānojumu un zaļo zonu",
            "Padome ieceri atbalsta ar pieciem nosacījumiem, tie uzskaitīti pielikumā.",
            PLANNING,
            "partly",
            "Detālplānojuma uzdevumā iekļauti trīs no pieciem nosacījumiem.",
            "Par apbūves augstumu notiks atsevišķa publiskā apspriešana.",
            kind="opinion",
        ),
    ),
    "Iepazīšanās un padomes nolikums": Business(
        "5.7", "Locekļi iepazinās, pārrunāja nolikumu un vienojās sēdes rīkot reizi mēnesī."
    ),
    "Padomes darba plāns": Business(
        "5.7",
        "Katrs loceklis nosauca trīs darbus, kas apkaimē jāizdara vispirms.",
        "Apstiprināt padomes darba plānu.",
        "priekšsēdētājs",
        done_after=30,
    ),
}
ELECTION_ITEM = "Priekšsēdētāja, vietnieka un sekretāra ievēlēšana"
ELECTION_NOTES = "Izvirzīts pa vienam kandidātam katram amatam. Balsoja atklāti."
ELECTIONS = (  # as Office.Kind counts them
    "Par padomes priekšsēdētāju ievēlēt: {name}.",
    "Par priekšsēdētāja vietnieku ievēlēt: {name}.",
    "Par padomes sekretāru ievēlēt: {name}.",
)
APPROVAL_NOTES = "Iebildumu nav, protokols apstiprināts."
PREVIOUS_NOTES = "Sekretārs ziņoja, kas izdarīts un uz kādām atbildēm vēl gaida."
QUESTIONS_NOTES = (
    "Iedzīvotāji jautāja par ielu slaucīšanu un par to, kad salabos celiņu uz pieturu.",
    "Jautājumi bija par apgaismojumu pagalmos un par brīvajām vietām bērnudārzā.",
    "Kaimiņi pateicās par talku un lūdza nākamo rīkot sestdienā.",
    "Viens iedzīvotājs lūdza padomi palīdzēt ar iesnieguma tekstu.",
    "Jautājumu nebija.",
)
CARRIED_NOTES = "Īpašumu nodaļas pārstāvis atbildēja uz jautājumiem; telpas apskatīs kopā ar jauniešiem."
PROPOSAL_NOTES = "Priekšlikuma autors pastāstīja, kas jāmaina. Padome to atbalsta un par izmaksām jautās nodaļai."
CLOSED_ITEM = "Palīdzība ģimenei pēc ugunsgrēka"
CLOSED_NOTES = "Jautājumā ir personas dati, tāpēc to izskatīja slēgti."
CLOSED_DECISION = "Lūgt Sociālo dienestu sazināties ar ģimeni un vākt ziedojumus padomes organizētajā talkā."
LETTER_ITEM = "Iesniegums pašvaldībai: {title}"
LETTER_NOTES = "Padome izskatīja iedzīvotāju priekšlikumu un vienojās par iesnieguma tekstu."
LETTER_DECISION = "Nosūtīt pašvaldībai iesniegumu „{title}”."
GUESTS = (
    "",
    "Ceļu un ielu nodaļas inženieris",
    "Pašvaldības policijas pārstāvis",
    "Domes deputāts",
    "Kultūras pārvaldes vadītāja",
    "Skolas direktore\nSkolēnu pašpārvaldes pārstāvji",
)
COMMENTS = (
    "Lūdzu pieraksti, ka par izmaksām vienojāmies tikai provizoriski.",
    "Manuprāt, iedzīvotāju bija vairāk.",
    "Precizējums: termiņš ir mēneša beigas, nevis vidus.",
)
CORRECTION = "Labota pārrakstīšanās kļūda atbildīgā nosaukumā."

# --- absences ---------------------------------------------------------------------------------------------------------

STAYS = "Loceklis paskaidroja, ka bijis ilgstošā komandējumā, un turpmāk pieslēgsies attālināti."
RELEASED = "Uz trim sēdēm pēc kārtas nav ieradies un uz vēstulēm nav atbildējis."
REFUSED_SEAT = "Ir pārcēlies uz citu novadu."

# --- proposals of residents -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DemoProposal:
    """`ago` in days. `reason`: declined with it; neither it nor `taken`: the chair has not answered yet."""

    slug: str
    title: str
    text: str
    topic: str
    ago: int
    on_behalf_of: str = ""
    taken: bool = False
    reason: str = ""


PROPOSALS = (
    DemoProposal(
        "kekavas-pilseta",
        "Soliņš pie kāpnēm uz upi",
        "Pa kāpnēm staigā daudz vecāku cilvēku, bet apsēsties nav kur. Lūdzu izskatīt, vai tur var uzstādīt soliņu.",
        "5.1",
        3,
    ),
    DemoProposal(
        "kekavas-pilseta",
        "Gājēju pārejas pie skolas",
        "Bērni ielu šķērso trīs vietās, un nevienā nav apgaismojuma. Iesniedzam 46 vecāku parakstus.",
        "5.1",
        24,
        "Biedrība „Vecāki skolai” (izdomāta)",
        taken=True,
    ),
    DemoProposal(
        "balozi",
        "Klusuma stunda skeitparkā",
        "Priecājos par skeitparku, bet lūdzu norunāt, ka pēc plkst. 22.00 tur ir klusums.",
        "5.2",
        6,
    ),
    DemoProposal(
        "balozi",
        "Aizliegt skaļu mūziku visā pilsētā",
        "Lūdzu padomi aizliegt mūziku ārā.",
        "5.2",
        70,
        reason="Troksni regulē domes saistošie noteikumi, padome to aizliegt nevar. Aicinām uz sarunu par skeitparku.",
    ),
    DemoProposal(
        "baldone",
        "Kafejnīcas galdiņi laukumā vasarā",
        "Vēlamies vasarā izlikt sešus galdiņus. Lūdzu padomes viedokli.",
        "5.6",
        12,
        "SIA „Upes kafejnīca” (izdomāta)",
    ),
    DemoProposal(
        "daugmale",
        "Pilskalna taka ziemā",
        "Taku ziemā netīra, lai gan pa to iet arī skolēni.",
        "5.1",
        45,
        taken=True,
    ),
    DemoProposal(
        "dzerumi",
        "Kopīga lapu komposta kaudze",
        "Rudenī visi lapas dedzina. Varbūt var ierīkot kopīgu kompostu?",
        "5.1",
        80,
        reason="Šo jautājumu padome izskatīja iepriekšējā sēdē; lēmums publicēts.",
    ),
)

# --- the dome asks ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DemoOpinion:
    """`ago` in days; `due` days later; `opinion` empty: not answered yet."""

    slug: str
    title: str
    text: str
    ago: int
    due: int
    opinion: str = ""


OPINIONS = (
    DemoOpinion(
        "kekavas-pilseta",
        "Tirdzniecības vietas pilsētas laukumā",
        "Dome lūdz padomes viedokli par ieceri atļaut sezonas tirdzniecību laukumā.",
        5,
        21,
    ),
    DemoOpinion(
        "baldone",
        "Skolēnu autobusa maršruta maiņa",
        "Maršrutu plānots pagarināt par četriem kilometriem. Lūdzam viedokli par pieturām.",
        120,
        30,
        "Padome atbalsta maršruta maiņu, ja saglabā pieturu pie bibliotēkas un rīta reiss sākas ne agrāk kā 7.10.",
    ),
    DemoOpinion(
        "daugmale",
        "Ielas nosaukuma maiņa",
        "Lūdzam viedokli par priekšlikumu vienai ielai dot vēsturisko nosaukumu.",
        64,
        30,
        "Padome priekšlikumu atbalsta: vēsturiskais nosaukums ir atrodams vecajās kartēs un iedzīvotājiem pazīstams.",
    ),
)

# --- news, documents, pictures ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DemoNews:
    title: str
    body: str


COUNCIL_NEWS = (
    DemoNews(
        "Paldies visiem, kas nāca uz talku",
        "Sestdien parkā strādāja **vairāk nekā 50 kaimiņu**. Sagrābām lapas, nokrāsojām soliņus, stādījām krūmus.\n\n"
        "Vēl palicis:\n\n- nokrāsot tiltiņu,\n- aizvest zarus.\n\nJa vari palīdzēt, raksti padomei.",
    ),
    DemoNews(
        "Ko padome izdarīja pusgadā",
        "Pusgadā esam tikušies sešas reizes, izskatījuši **14 iedzīvotāju priekšlikumus** un nosūtījuši pašvaldībai "
        "četrus iesniegumus.\n\nNo tiem divi jau ir izpildīti. Katra iesnieguma gaitu vari redzēt padomes lapā.",
    ),
    DemoNews(
        "Kā pieteikt jautājumu sēdei",
        "Uz sēdi vari nākt bez pieteikšanās. Ja gribi, lai padome tavu jautājumu izskata:\n\n"
        "1. uzraksti to portālā,\n2. pastāsti, kas jāmaina un kur,\n3. saņem atbildi no priekšsēdētāja.\n\n"
        "Arī biedrības un uzņēmumi drīkst ierosināt jautājumus.",
    ),
    DemoNews(
        "Bibliotēka vakaros būs atvērta ilgāk",
        "Pašvaldība daļēji atbalstīja padomes priekšlikumu: **otrdienās bibliotēka strādā līdz plkst. 20.00**.\n\n"
        "Paldies visiem, kas aizpildīja aptauju.",
    ),
    DemoNews(
        "Caurtekas iztīrītas",
        "Pēc padomes iesnieguma ceļu nodaļa iztīrīja abas aizsērējušās caurtekas. Ja pēc lietus pagalmā krājas ūdens, "
        "nofotografē un atsūti mums.",
    ),
    DemoNews(
        "Aptauja: ko vajag rotaļu laukumā",
        "Līdz mēneša beigām aizpildi piecu jautājumu aptauju. Anketas ir arī bibliotēkā.\n\n"
        "Rezultātus publicēsim šeit.",
    ),
)
COORDINATOR_NEWS = (
    DemoNews(
        "Padomju un deputātu kopsanāksme",
        "Reizi gadā vienuviet tiekas visas padomes un domes deputāti. Runāsim par gada skaitļiem, par atbildēm uz "
        "iesniegumiem un par **otrā sasaukuma vēlēšanām**.\n\nNāc klausīties – ieeja brīva.",
    ),
    DemoNews(
        "Mācības padomju sekretāriem",
        "Vienā vakarā no darba kārtības līdz publicētam protokolam. Vietu skaits ierobežots, piesakies kalendārā.",
    ),
    DemoNews(
        "Veidojas četras jaunas padomes",
        "Vārpās, Pulkarnē, Alejās un Valdlaučos–Rāmavā–Katlakalnā kaimiņi piesaka kandidātus. Katras apkaimes lapā "
        "redzi, kurš solis ir nākamais un līdz kuram datumam jāpiesakās.",
    ),
)
SCHEDULED_NEWS = DemoNews(
    "Gada noslēgums padomēs",
    "Apkopojam, ko padomes paveikušas šogad. Rakstu publicēsim pēc pēdējās sēdes.",
)
DRAFT_NEWS = DemoNews("Darba plāna melnraksts", "Šis teksts vēl top. Pievieno, lūdzu, savus priekšlikumus.")


@dataclass(frozen=True)
class DemoDocument:
    """`versions`: what changed in each, the first one empty."""

    folder: str
    title: str
    kind: str
    lines: tuple[str, ...]
    versions: tuple[str, ...] = ("",)
    is_public: bool = True


DOCUMENTS = (
    DemoDocument(
        "Plāni",
        "Padomes darba plāns",
        "docx",
        ("Gājēju drošība pie skolas", "Ielu apgaismojums", "Rotaļu laukums", "Kaimiņu diena"),
        ("", "Pievienots termiņš rotaļu laukumam"),
    ),
    DemoDocument(
        "Aptaujas",
        "Aptaujas rezultāti: rotaļu laukums",
        "pdf",
        ("Saņemtas 84 anketas.", "Šūpoles: 61", "Smilšu kaste ar vāku: 48", "Soliņi ēnā: 44"),
    ),
    DemoDocument(
        "Darbam",
        "Tālruņi un termiņi sekretāram",
        "docx",
        ("Darba kārtību nosūti piecas darbdienas pirms sēdes.", "Protokolu nosūti piecu darbdienu laikā."),
        is_public=False,
    ),
)
INVENTED_LINE = "Izdomāts demonstrācijai."
ALBUM = "Fotogrāfijas no talkas"
ALBUM_EVENT = "Pavasara talka parkā"
PHOTOS = (  # what the picture shows, sky and ground
    ("Zīmējums: kaimiņi parkā grābj lapas zem liepām", (186, 214, 226), (122, 140, 86)),
    ("Zīmējums: nokrāsoti soliņi gar celiņu", (206, 222, 228), (152, 126, 92)),
    ("Zīmējums: svaigi stādīti krūmi pie strūklakas", (196, 220, 214), (88, 128, 96)),
)

# --- who answers ------------------------------------------------------------------------------------------------------

HANDED_OVER = "Jautājums ir citas nodaļas ziņā."
REGISTRATION = "IP-{year}/{number}"
UNIT_OFFICERS = {  # unit: given and family name of its invented officer
    ROADS: ("Guntis", "Paegle"),
    TRANSPORT: ("Ilze", "Cielava"),
    PLANNING: ("Raitis", "Dzērve"),
    PROPERTY: ("Sandra", "Ogle"),
    CULTURE: ("Evija", "Strazda"),
}
ALTERNATIVES = {  # of the submissions in `demo_content`, by title
    "Papildu reiss uz Rīgu plkst. 6.40": "No pavasara plkst. 6.55 kursēs lielāks autobuss.",
    "Kapsētas žoga remonts": "Pārējo žogu var salabot talkā; pašvaldība dos dēļus.",
}
