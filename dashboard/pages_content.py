"""The text pages below the root: about the councils, how to form one, the accessibility statement, privacy.

A text may name a number of the regulation as `{MIN_CANDIDATES}` (codes of `neighbourhoods.facts.REGULATION`), one of
the portal's own as `{GUEST_DAYS}`, and `{site}` and `{contact}`: what the page says is what the portal does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings

from councils.regulation import Regulation
from neighbourhoods.facts import REGULATION_URL


@dataclass(frozen=True)
class Section:
    heading: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    numbered: bool = False
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Page:
    title: str
    lead: str
    sections: tuple[Section, ...]


def page(slug: str, language: str, regulation: Regulation) -> Page:
    """The page in the language, with every number filled in. KeyError for an unknown slug."""
    text = PAGES[slug]["en" if language.startswith("en") else "lv"]
    known = facts(regulation)
    return Page(
        text.title,
        text.lead.format_map(known),
        tuple(
            Section(
                section.heading,
                tuple(paragraph.format_map(known) for paragraph in section.paragraphs),
                tuple(item.format_map(known) for item in section.items),
                section.numbered,
                section.links,
            )
            for section in text.sections
        ),
    )


def as_markdown(slug: str, language: str) -> tuple[str, str]:
    """Title and text as a coordinator begins to change them: Markdown, with the names in braces still standing."""
    text = PAGES[slug][language]
    parts = [text.lead]
    for section in text.sections:
        parts += [f"## {section.heading}", *section.paragraphs]
        if section.items:
            marks = (f"{number}." if section.numbered else "-" for number in range(1, len(section.items) + 1))
            parts.append("\n".join(f"{mark} {item}" for mark, item in zip(marks, section.items, strict=True)))
        parts += [f"[{label}]({address})" for label, address in section.links]
    return text.title, "\n\n".join(parts)


def facts(regulation: Regulation) -> Mapping[str, object]:
    """What the texts may name in braces."""
    return {
        **regulation.numbers,
        "site": settings.PUBLIC_URL,
        "contact": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        "HOLD_HOURS": f"{settings.HOLD_HOURS:g}",
        "GUEST_DAYS": settings.GUEST_DAYS,
        "AUDIT_DAYS": settings.AUDIT_DAYS,
    }


# --- about the councils ----------------------------------------------------------------------------------------------

_ABOUT_LV = Page(
    "Par padomēm",
    "Iedzīvotāju padome ir tavas apkaimes balss pašvaldībā: kaimiņi, kurus ievēlējuši kaimiņi.",
    (
        Section(
            "Kas tā ir",
            (
                "Padome ir pašvaldības konsultatīva institūcija. Tās locekļi strādā brīvprātīgi un bez atlīdzības, un "
                "katram ir viena balss.",
                "Novads ir sadalīts apkaimēs (§3), un katra var ievēlēt savu padomi. Cik padomē vietu, atkarīgs no "
                "iedzīvotāju skaita (§9): līdz {SMALL_COUNCIL_UP_TO} iedzīvotājiem – {SMALL_COUNCIL_SEATS}, līdz "
                "{MIDDLE_COUNCIL_UP_TO} – {MIDDLE_COUNCIL_SEATS}, vairāk – {LARGE_COUNCIL_SEATS}.",
                "Padomi ievēl uz {TERM} gadiem (§11). Pirmais sasaukums darbojas līdz nākamā sasaukuma pirmajai "
                "sēdei; nākamās vēlēšanas ir {SECOND_ELECTIONS}. gadā (§39–42).",
            ),
        ),
        Section(
            "Ko padome dara",
            items=(
                "Uzklausa iedzīvotājus un nodod pašvaldībai to, kas apkaimē vajadzīgs (§6).",
                "Sagatavo domes lēmumu projektus par apkaimes uzturēšanu, kultūru, mantojumu un uzņēmējdarbību (§5, "
                "§7).",
                "Ierosina publisko apspriešanu un sniedz viedokli, ja dome to lūdz (§7).",
                "Pieprasa un saņem pašvaldības informāciju, kas vajadzīga darbam (§7).",
                "Stāsta iedzīvotājiem, ko dara un ko ir panākusi (§6).",
            ),
        ),
        Section(
            "Kā notiek sēdes",
            (
                "Sēdes ir atklātas: nāc, klausies un ierosini jautājumu darba kārtībai (§31).",
                "Sēdi izziņo vismaz {AGENDA_PUBLISHED}\u00a0darbdienas iepriekš (§38.2). Padome var lemt, ja klātienē "
                "vai attālināti piedalās vairāk nekā puse locekļu (§23).",
                "Katrai sēdei ir protokols. To nodod publicēšanai {MINUTES_SENT}\u00a0darbdienu laikā (§25).",
            ),
        ),
        Section(
            "Kā atbild pašvaldība",
            (
                "Pašvaldība izskata padomes iesniegumu {SUBMISSION_REPLY}\u00a0mēneša laikā (§27). Portāla sadaļā "
                "„Lēmumi” redzi, kad iesniegums nosūtīts, kad gaidāma atbilde un kas ir izdarīts.",
                "Iesniegums, ko sūta padome, nav tas pats, kas tavs personīgais iesniegums pašvaldībai.",
            ),
        ),
        Section(
            "Noteikumi",
            ("Padomju darbu nosaka Ķekavas novada saistošie noteikumi Nr. 12/2025. Ar § šeit apzīmēti to punkti.",),
            links=(("Lasīt noteikumus vietnē likumi.lv", REGULATION_URL),),
        ),
    ),
)

_ABOUT_EN = Page(
    "About the councils",
    "A resident council is your neighbourhood's voice in the municipality: neighbours elected by neighbours.",
    (
        Section(
            "What it is",
            (
                "A council is a consultative body of the municipality. Its members are unpaid volunteers, and each "
                "has one vote.",
                "The municipality is divided into neighbourhoods (§3), and each may elect a council. How many seats "
                "it has depends on the number of residents (§9): up to {SMALL_COUNCIL_UP_TO} residents – "
                "{SMALL_COUNCIL_SEATS}, up to {MIDDLE_COUNCIL_UP_TO} – {MIDDLE_COUNCIL_SEATS}, above that – "
                "{LARGE_COUNCIL_SEATS}.",
                "A council is elected for {TERM} years (§11). The first one serves until the first meeting of the "
                "next; the next elections are in {SECOND_ELECTIONS} (§39–42).",
            ),
        ),
        Section(
            "What it does",
            items=(
                "It listens to residents and tells the municipality what the neighbourhood needs (§6).",
                "It drafts decisions for the municipal council on upkeep, culture, heritage and business (§5, §7).",
                "It proposes public discussions and gives its opinion when the municipal council asks (§7).",
                "It asks for and receives the municipal information that its work needs (§7).",
                "It tells residents what it does and what it has achieved (§6).",
            ),
        ),
        Section(
            "How it meets",
            (
                "Meetings are open: come, listen and propose an item for the agenda (§31).",
                "A meeting is announced at least {AGENDA_PUBLISHED} working days ahead (§38.2). The council can "
                "decide when more than half of its members take part, in the room or remotely (§23).",
                "Every meeting has minutes. They are handed in for publication within {MINUTES_SENT} working days "
                "(§25).",
            ),
        ),
        Section(
            "How the municipality answers",
            (
                "The municipality examines what a council submits within {SUBMISSION_REPLY} month (§27). Under "
                "“Decisions” you see when it was sent, when the answer is due and what was done.",
                "A council's submission is not the same as your own letter to the municipality.",
            ),
        ),
        Section(
            "The rules",
            (
                "The councils work by the municipality's binding regulation No. 12/2025. The sign § here points to its "
                "paragraphs.",
            ),
            links=(("Read the regulation at likumi.lv (in Latvian)", REGULATION_URL),),
        ),
    ),
)

# --- how to form a council -------------------------------------------------------------------------------------------

_FORM_LV = Page(
    "Kā izveidot padomi",
    "Vajag vismaz {MIN_CANDIDATES} kaimiņus, kuri gatavi kandidēt. Pārējo soli pa solim organizē pašvaldība.",
    (
        Section(
            "Ko vari darīt jau šodien",
            items=(
                "Sameklē savu apkaimi un seko tai: par katru soli uzzināsi e-pastā.",
                "Parunā ar kaimiņiem un atrodi vēl kādu, kurš gatavs kandidēt.",
                "Raksti koordinatoram uz {contact}, ka apkaimē ir interese par padomi.",
            ),
        ),
        Section(
            "Soli pa solim",
            items=(
                "Piesakās vismaz {MIN_CANDIDATES} kandidāti no apkaimes (§12).",
                "Dome nolemj sākt padomes izveidošanu un nosaka termiņus (§13).",
                "Pašvaldība izsludina pieteikšanos uz laiku no {APPLICATION_WINDOW_MIN} līdz {APPLICATION_WINDOW_MAX} "
                "dienām (§14.2).",
                "Ja kandidātu ir par maz, dome lemj termiņu pagarināt; ja to joprojām ir par maz, process beidzas "
                "(§14.6–14.7).",
                "Pašvaldība publicē kandidātu sarakstu un balsošanas kārtību (§15.1).",
                "Ne agrāk kā {ELECTION_AFTER_LIST_MIN} un ne vēlāk kā {ELECTION_AFTER_LIST_MAX} dienas pēc tam notiek "
                "kopsapulce: kandidāti iepazīstina ar sevi, un sākas balsošana (§15.2–15.3).",
                "Balsot var vēl {VOTING_AFTER_ASSEMBLY} dienas pēc kopsapulces (§15.3).",
                "Vēlēšanas ir notikušas, ja piedalās vismaz {MIN_TURNOUT}\u00a0% balsstiesīgo (§15.4). Ievēlēti ir "
                "tie, kuri saņēmuši visvairāk balsu; ja balsu ir vienādi, – tas, kurš pieteicies agrāk (§17).",
                "Rezultātus publicē {PUBLISH_RESULTS}\u00a0darbdienu laikā (§18).",
                "Pirmā sēde notiek {FIRST_MEETING}\u00a0darbdienu laikā pēc tam. Padome ievēl priekšsēdētāju, "
                "vietnieku un sekretāru (§21–22).",
            ),
            numbered=True,
        ),
        Section(
            "Kas var kandidēt",
            (
                "Tu vari kandidēt, ja tev ir vismaz {MEMBER_MIN_AGE} gadi, esi Latvijas pilsonis vai Latvijā "
                "reģistrēts Eiropas Savienības pilsonis un tava deklarētā dzīvesvieta (vai papildu adrese) ir apkaimē "
                "vismaz {CANDIDATE_RESIDENCE} dienas pirms vēlēšanām (§8).",
                "Nevar kandidēt domes deputāti, izpilddirektors un viņa vietnieks. Vienlaikus var darboties "
                "tikai vienā padomē.",
            ),
        ),
        Section(
            "Kas var balsot",
            (
                "Tu vari balsot, ja tev ir vismaz {VOTER_MIN_AGE} gadi, esi Latvijas pilsonis vai Latvijā reģistrēts "
                "Eiropas Savienības pilsonis un apkaimē ir tava deklarētā dzīvesvieta vai tev pieder īpašums (§15.5).",
            ),
        ),
        Section("Noteikumi", links=(("Saistošie noteikumi Nr. 12/2025 vietnē likumi.lv", REGULATION_URL),)),
    ),
)

_FORM_EN = Page(
    "How to form a council",
    "It takes at least {MIN_CANDIDATES} neighbours who are ready to stand. The municipality organises the rest.",
    (
        Section(
            "What you can do today",
            items=(
                "Find your neighbourhood and follow it: you will hear of every step by e-mail.",
                "Talk to your neighbours and find somebody else who is ready to stand.",
                "Write to the coordinator at {contact} that your neighbourhood would like a council.",
            ),
        ),
        Section(
            "Step by step",
            items=(
                "At least {MIN_CANDIDATES} candidates of the neighbourhood apply (§12).",
                "The municipal council decides to begin and sets the deadlines (§13).",
                "The municipality calls for candidates for {APPLICATION_WINDOW_MIN} to {APPLICATION_WINDOW_MAX} days "
                "(§14.2).",
                "When there are too few, the municipal council decides to extend the call; when there are still too "
                "few, the process ends (§14.6–14.7).",
                "The municipality publishes the list of candidates and how to vote (§15.1).",
                "Not earlier than {ELECTION_AFTER_LIST_MIN} and not later than {ELECTION_AFTER_LIST_MAX} days after "
                "that, residents assemble: the candidates introduce themselves and the voting begins (§15.2–15.3).",
                "You can vote for {VOTING_AFTER_ASSEMBLY} days after the assembly (§15.3).",
                "The election counts when at least {MIN_TURNOUT}% of those entitled take part (§15.4). Those with the "
                "most votes are elected; of two with equal votes, the one who applied earlier (§17).",
                "The results are published within {PUBLISH_RESULTS} working days (§18).",
                "The first meeting is held within {FIRST_MEETING} working days after that. The council elects its "
                "chair, deputy chair and secretary (§21–22).",
            ),
            numbered=True,
        ),
        Section(
            "Who may stand",
            (
                "You may stand if you are at least {MEMBER_MIN_AGE}, a citizen of Latvia or a citizen of the European "
                "Union registered in Latvia, and your declared residence (or additional address) has been in the "
                "neighbourhood for at least {CANDIDATE_RESIDENCE} days before the election (§8).",
                "Members of the municipal council, the executive director and the deputy may not stand. Nobody can "
                "sit in more than one council at a time.",
            ),
        ),
        Section(
            "Who may vote",
            (
                "You may vote if you are at least {VOTER_MIN_AGE}, a citizen of Latvia or a citizen of the European "
                "Union registered in Latvia, and your declared residence is in the neighbourhood or you own property "
                "there (§15.5).",
            ),
        ),
        Section("The rules", links=(("Regulation No. 12/2025 at likumi.lv (in Latvian)", REGULATION_URL),)),
    ),
)

# --- accessibility statement (MK noteikumi Nr. 445, annex 2) ---------------------------------------------------------

_OMBUDSMAN = "https://www.tiesibsargs.lv"
_DATA_AUTHORITY = "https://www.dvi.gov.lv"

_ACCESS_LV = Page(
    "Piekļūstamības paziņojums",
    "Ķekavas novada pašvaldība vēlas, lai šo vietni var lietot ikviens. Paziņojums attiecas uz {site}.",
    (
        Section(
            "Atbilstība",
            (
                "Vietne daļēji atbilst Ministru kabineta 2020. gada 14. jūlija noteikumiem Nr. 445 un standartam LVS "
                "EN 301 549 (WCAG 2.1 AA līmenis). Tā veidota pēc WCAG 2.2 AA, bet neatkarīgs novērtējums vēl nav "
                "veikts, tāpēc par pilnīgu atbilstību nepaziņojam.",
            ),
        ),
        Section(
            "Kas vēl nav piekļūstams",
            items=(
                "Vietni vēl nav pārbaudījuši cilvēki ar invaliditāti, arī ekrāna lasītāju lietotāji.",
                "Protokoli un citi dokumenti, uz kuriem ved saites, atrodas citās vietnēs; par to piekļūstamību šeit "
                "nevaram galvot.",
                "Administratoru datu tabulas (ne iedzīvotāju lapas) veidotas ar gatavu rīku un nav pilnībā "
                "pārbaudītas.",
            ),
        ),
        Section(
            "Ja kaut ko nevari izlasīt vai izdarīt",
            (
                "Apkaimju shēmai katrā lapā blakus ir saraksts ar to pašu saturu. Pieteikties pasākumam vari arī "
                "pa tālruni vai klientu apkalpošanas centrā: koordinators tevi ierakstīs.",
            ),
        ),
        Section(
            "Kā vietne novērtēta",
            (
                "Pašnovērtējums: automātiskas pārbaudes katrai lapai gaišajā un tumšajā izskatā, tālruņa un datora "
                "platumā, un lietošana tikai ar tastatūru. Paziņojums sagatavots 2026. gada 23. novembrī.",
            ),
        ),
        Section(
            "Saziņa",
            (
                "Raksti uz {contact}, ja pamani šķērsli vai satura daļa vajadzīga citā veidā. Pastāsti, kurā lapā tas "
                "bija un ko mēģināji darīt. Atbildēsim mēneša laikā.",
            ),
        ),
        Section(
            "Ja atbilde neapmierina",
            ("Ja atbildi nesaņem vai tā neatrisina grūtības, vērsies Tiesībsarga birojā.",),
            links=(("Tiesībsarga birojs", _OMBUDSMAN),),
        ),
    ),
)

_ACCESS_EN = Page(
    "Accessibility statement",
    "The municipality of Ķekava wants everybody to be able to use this site. The statement is about {site}.",
    (
        Section(
            "Conformance",
            (
                "The site conforms in part to Cabinet Regulation No. 445 of 14 July 2020 and to the standard LVS EN "
                "301 549 (WCAG 2.1, level AA). It is built to WCAG 2.2 AA, but nobody independent has evaluated it "
                "yet, so we do not claim full conformance.",
            ),
        ),
        Section(
            "What is not accessible yet",
            items=(
                "People with disabilities, users of screen readers among them, have not tested the site yet.",
                "Minutes and other documents behind links are kept on other sites; we cannot vouch for them here.",
                "The administrators' data tables (not the residents' pages) come with a ready-made tool and are not "
                "fully checked.",
            ),
        ),
        Section(
            "When you cannot read or do something",
            (
                "Beside the map of neighbourhoods there is always a list with the same content. You can sign up for "
                "an event by phone or at a customer service centre, too: the coordinator signs you up.",
            ),
        ),
        Section(
            "How the site was evaluated",
            (
                "Self-evaluation: automatic checks of every page, light and dark, at the width of a phone and of a "
                "computer, and use by keyboard alone. The statement was prepared on 23 November 2026.",
            ),
        ),
        Section(
            "Contact",
            (
                "Write to {contact} when you meet an obstacle or need something in another form. Say on which page it "
                "was and what you tried to do. We answer within a month.",
            ),
        ),
        Section(
            "When the answer does not help",
            ("If you get no answer, or it does not solve the difficulty, turn to the Ombudsman's Office.",),
            links=(("Ombudsman's Office", _OMBUDSMAN),),
        ),
    ),
)

# --- privacy ---------------------------------------------------------------------------------------------------------

_PRIVACY_LV = Page(
    "Privātuma politika",
    "Portāls glabā tikai to, kas vajadzīgs, lai tu varētu pieteikties, uzzināt un piedalīties.",
    (
        Section(
            "Kas atbild par datiem",
            ("Pārzinis ir Ķekavas novada pašvaldība. Jautājumus par saviem datiem sūti uz {contact}.",),
        ),
        Section(
            "Ko glabājam un kāpēc",
            items=(
                "Kontam: e-pastu, vārdu, valodu, tavu apkaimi un to, kam seko – lai vari ienākt un saņemt ziņas, ko "
                "izvēlējies.",
                "Pieteikumam: vārdu, e-pastu, cilvēku skaitu, jautājumu rīkotājam, atbildes uz rīkotāja jautājumiem un "
                "to, kas tev vajadzīgs, lai piedalītos – lai pietiktu vietu un tu saņemtu apstiprinājumu un "
                "atgādinājumu.",
                "Tavs vārds ir sarakstā pie ieejas un uz vārda kartes tikai tad, ja tu tam piekriti.",
                "Pasākumā: cik cilvēku un kad atnāca. Aptaujas atbildi pēc pasākuma glabājam bez tava vārda.",
                "Ja piesakies bez konta: arī tīkla daļu, no kuras rakstīji (ne pilnu adresi) – lai roboti neaizņem "
                "vietas. Kad apstiprini pieteikumu, to izdzēšam. Vietu bez apstiprinājuma paturam "
                "{HOLD_HOURS} stundas.",
                "Sūtītajām vēstulēm: kam, kad un par ko – lai neko nesūtītu divreiz.",
                "Padomes loceklim: vārdu, uzvārdu, amatu un laiku padomē. To nosaka nolikums, un šie dati ir publiski.",
            ),
        ),
        Section(
            "Kas to redz",
            (
                "Pieteikušos sarakstu redz koordinators un savas padomes sēdei – tās priekšsēdētājs, vietnieks un "
                "sekretārs. Publiski redzams tikai skaits.",
                "Datus nepārdodam un nenododam reklāmai. Vietnē nav citu uzņēmumu skaitītāju, reklāmas vai sociālo "
                "tīklu pogu.",
            ),
        ),
        Section(
            "Cik ilgi",
            items=(
                "Kontu – līdz tas izdzēsts. To vari izdarīt lapā „Mans”.",
                "Viesa vārdu, e-pastu un atbildes pieteikumā – {GUEST_DAYS} dienas pēc pēdējā pasākuma; paliek tikai "
                "skaits.",
                "Ierakstus par darbinieku darbībām portālā – {AUDIT_DAYS} dienas.",
                "Padomju sastāvus, sēdes un iesniegumus – pastāvīgi, jo tie ir pašvaldības darba vēsture.",
            ),
        ),
        Section(
            "Sīkdatnes",
            (
                "Lietojam tikai nepieciešamās: lai nav jāienāk katrā lapā no jauna, lai veidlapu nevar nosūtīt kāds "
                "cits tavā vārdā un lai atcerētos valodu un krāsas, ko izvēlējies.",
            ),
        ),
        Section(
            "Tavas tiesības",
            (
                "Tu vari apskatīt un lejupielādēt savus datus, tos labot un izdzēst, un jebkurā laikā atteikties no "
                "ziņām: saite ir katrā vēstulē. Pamats datu apstrādei ir pašvaldības uzdevums sabiedrības interesēs "
                "(VDAR 6. panta 1. punkta e) apakšpunkts), ziņām – tava izvēle.",
                "Ja uzskati, ka ar datiem rīkojamies nepareizi, vari sūdzēties Datu valsts inspekcijā.",
            ),
            links=(("Datu valsts inspekcija", _DATA_AUTHORITY),),
        ),
    ),
)

_PRIVACY_EN = Page(
    "Privacy policy",
    "The portal keeps only what it needs so that you can sign up, be told and take part.",
    (
        Section(
            "Who is responsible for the data",
            ("The controller is the municipality of Ķekava. Send questions about your data to {contact}.",),
        ),
        Section(
            "What we keep and why",
            items=(
                "For an account: e-mail, name, language, your neighbourhood and what you follow – so that you can log "
                "in and get the news you chose.",
                "For a sign-up: name, e-mail, number of people, your question to the organiser, answers to the "
                "organiser's questions and what you need to take part – so that there are enough seats and you get a "
                "confirmation and a reminder.",
                "Your name is on the list at the door and on a badge only if you agreed.",
                "At an event: how many people came, and when. What you answer to the survey after it is kept without "
                "your name.",
                "When you sign up without an account: also the part of the network you wrote from (not the full "
                "address), so that robots do not take the seats. It is deleted when you confirm. A seat without "
                "confirmation is held for {HOLD_HOURS} hours.",
                "For e-mails sent: to whom, when and about what – so that nothing is sent twice.",
                "For a member of a council: name, office and time in the council. The rules ask for it, and it is "
                "public.",
            ),
        ),
        Section(
            "Who sees it",
            (
                "The list of those who signed up is seen by the coordinator and, for a meeting of their own council, "
                "by its chair, deputy chair and secretary. Only the number is public.",
                "We do not sell data or pass them on for advertising. There are no counters, advertisements or social "
                "network buttons of other companies here.",
            ),
        ),
        Section(
            "How long",
            items=(
                "An account – until it is deleted. You can do that on “My page”.",
                "A guest's name, e-mail and answers at sign-up – {GUEST_DAYS} days after the last event; only the "
                "number remains.",
                "Records of what staff did in the portal – {AUDIT_DAYS} days.",
                "Members of councils, meetings and submissions – permanently: they are the history of the "
                "municipality's work.",
            ),
        ),
        Section(
            "Cookies",
            (
                "Only the necessary ones: to keep you logged in, so that nobody else can send a form in your name, "
                "and to remember the language and colours you chose.",
            ),
        ),
        Section(
            "Your rights",
            (
                "You can see and download your data, correct and delete them, and turn off the news at any time: the "
                "link is in every e-mail. The basis is the municipality's task in the public interest (GDPR article "
                "6(1)(e)); for news it is your choice.",
                "If you think that we handle data wrongly, you can complain to the Data State Inspectorate.",
            ),
            links=(("Data State Inspectorate", _DATA_AUTHORITY),),
        ),
    ),
)

# --- contacts and help -----------------------------------------------------------------------------------------------

_CONTACTS_LV = Page(
    "Kontakti",
    "Padomēm raksti tieši; par portālu un padomju darbu kopumā – pašvaldības koordinatoram.",
    (
        Section(
            "Savai padomei",
            (
                "Katras apkaimes lapā redzi, kas ir tavas padomes locekļi, kad viņi tiekas un kā viņus sasniegt. Sēdes "
                "ir atklātas: vari arī vienkārši atnākt.",
            ),
            links=(("Sameklēt savu apkaimi", "/apkaimes/"),),
        ),
        Section(
            "Koordinatoram",
            (
                "Par padomju veidošanu, pasākumiem, pieteikumiem un kļūdām šajā vietnē raksti uz {contact}.",
                "Ja pasākumam nevari pieteikties pats, koordinators tevi ierakstīs: raksti vai ej uz klientu "
                "apkalpošanas centru.",
            ),
        ),
        Section(
            "Pašvaldībai",
            ("Personīgu iesniegumu pašvaldībai šeit iesniegt nevar: tas nav tas pats, kas padomes priekšlikums.",),
        ),
    ),
)

_CONTACTS_EN = Page(
    "Contacts",
    "Write to the councils directly; about the portal and the councils' work in general to the coordinator.",
    (
        Section(
            "Your council",
            (
                "The page of your neighbourhood says who the members of your council are, when they meet and how to "
                "reach them. Meetings are open: you can simply come.",
            ),
            links=(("Find your neighbourhood", "/apkaimes/"),),
        ),
        Section(
            "The coordinator",
            (
                "About forming a council, events, sign-ups and mistakes on this site write to {contact}.",
                "When you cannot sign up for an event yourself, the coordinator signs you up: write, or go to a "
                "customer service centre.",
            ),
        ),
        Section(
            "The municipality",
            (
                "You cannot send a personal letter to the municipality here: a council's proposal and your own letter "
                "are two different things.",
            ),
        ),
    ),
)

_HELP_LV = Page(
    "Palīdzība",
    "Īsi par to, ko šeit vari izdarīt un kā.",
    (
        Section(
            "Pieteikties pasākumam",
            numbered=True,
            items=(
                "Atver pasākumu kalendārā vai savas apkaimes lapā.",
                "Ieraksti vārdu un e-pastu. Konts nav vajadzīgs.",
                "Atver saiti, ko atsūtām: vieta tev ir paturēta {HOLD_HOURS} stundas.",
                "Ja plāni mainās, vēstulē nospied „Nevarēšu, atbrīvot vietu”.",
            ),
        ),
        Section(
            "Uzzināt par savu apkaimi",
            (
                "Ienāc un nospied „Sekot apkaimei”: e-pastā saņemsi padomes ziņas un pasākumus. Katras vēstules beigās "
                "ir saite, ar ko to mainīt vai izslēgt.",
            ),
        ),
        Section(
            "Ierosināt jautājumu padomei",
            (
                "Apkaimes lapā nospied „Ierosini jautājumu padomei” (§31). Priekšsēdētājs to iekļauj darba kārtībā "
                "vai noraida un paskaidro, kāpēc; atbildi saņemsi e-pastā.",
            ),
        ),
        Section(
            "Ienākt bez paroles",
            ("Lapā „Ienākt” izvēlies kodu e-pastā. Parole nav jāatceras.",),
            links=(("Ienākt", "/konts/ienakt/"),),
        ),
        Section(
            "Ja kaut kas neizdodas",
            ("Raksti uz {contact} un pastāsti, kurā lapā tas bija.",),
            links=(("Piekļūstamības paziņojums", "/pieklustamiba/"),),
        ),
    ),
)

_HELP_EN = Page(
    "Help",
    "In short, what you can do here and how.",
    (
        Section(
            "Sign up for an event",
            numbered=True,
            items=(
                "Open the event in the calendar or on the page of your neighbourhood.",
                "Write your name and e-mail. No account is needed.",
                "Open the link that we send: the seat is held for {HOLD_HOURS} hours.",
                "When your plans change, press “I cannot come, free the seat” in the e-mail.",
            ),
        ),
        Section(
            "Get news of your neighbourhood",
            (
                "Log in and press “Follow the neighbourhood”: news of its council and its events come by e-mail. A "
                "link at the end of each e-mail changes or stops them.",
            ),
        ),
        Section(
            "Propose what the council talks about",
            (
                "On the page of the neighbourhood press “Propose what the council talks about” (§31). The chair takes "
                "it onto the agenda or declines it and says why; the answer comes by e-mail.",
            ),
        ),
        Section(
            "Log in without a password",
            ("Choose a code by e-mail on the page “Log in”. There is no password to remember.",),
            links=(("Log in", "/konts/ienakt/"),),
        ),
        Section(
            "When something does not work",
            ("Write to {contact} and say on which page it was.",),
            links=(("Accessibility statement", "/pieklustamiba/"),),
        ),
    ),
)

PAGES = {
    "par-padomem": {"lv": _ABOUT_LV, "en": _ABOUT_EN},
    "ka-izveidot-padomi": {"lv": _FORM_LV, "en": _FORM_EN},
    "kontakti": {"lv": _CONTACTS_LV, "en": _CONTACTS_EN},
    "palidziba": {"lv": _HELP_LV, "en": _HELP_EN},
    "pieklustamiba": {"lv": _ACCESS_LV, "en": _ACCESS_EN},
    "privatums": {"lv": _PRIVACY_LV, "en": _PRIVACY_EN},
}
SLUGS = tuple(PAGES)
