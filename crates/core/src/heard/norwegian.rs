//! Norwegian (bokmål).

use std::sync::LazyLock;

use jiff::civil::{Time, Weekday, time};
use regex::Captures;

use super::speech::{Language, Tongue};
use super::when::{Length, Means, Now, Rule, group, hour, iso, over, pattern};

const NUMBER: &str = r"(?P<n>\d{1,3}|en|ett|et|to|tre|fire|fem|seks|sju|syv|åtte|ni|ti|tolv|et par|noen få)";
const DAYS: &str = "(?P<day>mandag|tirsdag|onsdag|torsdag|fredag|lørdag|søndag)";
const MONTHS: &str = "(?P<month>januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember)";
/// Verbs that in the present tense say what will be done.
const DOES: &str = "ringer|sender|kommer|leverer|svarer|fikser|ordner|sjekker|undersøker|tar kontakt|tar det|tar saken|tar oss|gir (?:deg|dere) (?:beskjed|svar|en)|gir beskjed|gir svar|gir tilbakemelding|reparerer|besøker|henter|bestiller|melder|finner ut|følger opp|legger|kontakter|oppdaterer|bekrefter|refunderer|betaler|bytter|monterer|skriver|skaffer|setter opp|varsler|informerer|installerer|får tak i|får sendt|møter|returnerer|retter|utbedrer|erstatter|krediterer|sørger|stiller";

pub(super) static TONGUE: LazyLock<Tongue> = LazyLock::new(|| Tongue {
    language: Language::Norwegian,
    parts: pattern(r",?\s+\b(?:men|derimot)\b\s*|,\s+(?:så|slik|for at)\s+"),
    promises: vec![
        pattern(r"\b(?:jeg|vi) (?:lover|garanterer)(?: deg| dere)? (?:å|at (?:jeg|vi)(?: skal| vil)?)\s+"),
        pattern(r"\b(?:skal|vil) (?:jeg|vi)\s+(?P<what>.+)"),
        pattern(r"\b(?:jeg|vi) (?:skal|vil|kommer til å)\s+(?:da |selvsagt |selvfølgelig |personlig |også |straks )?"),
        pattern(&format!(r"\b(?:jeg|vi) (?P<what>(?:{DOES})\b.*)")),
        pattern(&format!(r"(?P<what>\b(?:{DOES}) (?:jeg|vi)\b.*)")),
    ],
    never: vec![
        pattern(r"\b(?:hvis|dersom|med mindre|såfremt|ifall|forutsatt|i tilfelle|avhengig av|når du|når dere)\b"),
        pattern(r"\bom (?:du|dere|det|jeg|vi|han|hun|de|noe|noen|ikke)\b"),
        pattern(r"\b(?:du|dere|han|hun|de|kunden) (?:sa|sier|lovet)\b|\bjeg (?:sa|trodde)\b"),
    ],
    not_here: vec![
        pattern(r"\b(?:ikke|aldri|neppe|verken|ei)\b"),
        pattern(r"\b(?:kanskje|muligens|forhåpentligvis|sannsynligvis|antagelig|trolig|håper|tror|tviler)\b"),
    ],
    not_next: pattern(
        r"^(?:prøve|forsøke|tenke|vurdere|se (?:på det|an|om)|gjerne|helst|ha |hjem|bort|reise|på (?:ferie|jobb|møte)|til |være (?:ærlig|borte|glad|opptatt|på ferie)|si |innrømme|anta|vente|måtte|kunne|like|bli (?:glad|borte)|bare si)",
    ),
    when: rules(),
    kinds: vec![
        (pattern(r"\b(?:ring|ringer|ringe)\b"), "call-back"),
        (
            pattern(r"\b(?:reparer|reparere|reparerer|fikse|fikser|rette|retter|utbedre|utbedrer|bytte|bytter)\b"),
            "repair",
        ),
        (pattern(r"\b(?:levere|leverer)\b"), "delivery-date"),
        (pattern(r"\b(?:besøke|besøker|komme|kommer|stille|stiller|møte|møter|innom)\b"), "visit"),
        (pattern(r"\b(?:sende|sender|sendt|tilbud|faktura|kontrakt|e-post)\b"), "document"),
        (
            pattern(
                r"\b(?:svar|svare|svarer|beskjed|tilbakemelding|finne ut|finner ut|sjekke|sjekker|undersøke|undersøker|kontakt|bekrefte|bekrefter|melde|melder)\b",
            ),
            "answer",
        ),
    ],
});

fn rule(text: &str, means: fn(&Captures, &Now) -> Option<Means>) -> Rule {
    Rule { pattern: pattern(text), means }
}

fn rules() -> Vec<Rule> {
    let lead = r"(?:\b(?:innen|før|senest|på|til|i løpet av|fra|frem til)\s+)?";
    vec![
        rule(r"\b(?:innen |den )?(?P<iso>\d{4}-\d{2}-\d{2})\b", iso),
        rule(
            &format!(
                r"\b(?:om|innen|i løpet av) {NUMBER} (?P<unit>minutt(?:er)?|timer?|dager?|dag|døgn|uker?|måned(?:er)?|virkedag(?:er)?|arbeidsdag(?:er)?)\b"
            ),
            |found, now| now.after(number(group(found, "n"))?, unit(group(found, "unit"))?),
        ),
        rule(r"\b(?:om|innen) (?:en halv time|en halvtime|halvannen time)\b", |_, now| now.after(30, Length::Minutes)),
        rule(r"\b(?:med en gang|med én gang|straks|umiddelbart|omgående|nå med det samme)\b", |_, now| {
            now.after(1, Length::Hours)
        }),
        rule(r"\bi løpet av timen\b", |_, now| now.after(1, Length::Hours)),
        rule(&format!(r"{lead}\bi ?overmorgen\b"), |_, now| Some(Means::Day(now.in_days(2)?, None))),
        rule(&format!(r"{lead}\bi ?morgen(?: (?P<part>tidlig|formiddag|ettermiddag|kveld))?\b"), |found, now| {
            Some(Means::Day(now.in_days(1)?, by(group(found, "part"))))
        }),
        rule(&format!(r"{lead}\bi (?P<part>dag|kveld|ettermiddag|formiddag)\b"), |found, now| {
            Some(Means::Day(now.today(), by(group(found, "part"))))
        }),
        rule(
            r"\b(?:i løpet av|innen utgangen av|før) (?P<part>dagen|formiddagen|ettermiddagen|kvelden|arbeidsdagen)\b",
            |found, now| Some(Means::Day(now.today(), by(group(found, "part").trim_end_matches("en")))),
        ),
        rule(
            &format!(
                r"{lead}\b{DAYS} (?:i )?neste uke\b|{lead}\bneste ukes? (?P<day2>mandag|tirsdag|onsdag|torsdag|fredag)\b"
            ),
            |found, now| {
                let named = [group(found, "day"), group(found, "day2")].concat();
                Some(Means::Day(now.next_week(weekday(&named)?)?, None))
            },
        ),
        rule(
            &format!(
                r"\b(?P<lead>før|innen|senest|på|til|neste|førstkommende)?\s*(?:neste |førstkommende )?\b{DAYS}(?: (?P<part>morgen|formiddag|ettermiddag|kveld))?\b"
            ),
            |found, now| {
                let day = now.next(weekday(group(found, "day"))?)?;
                let day = if group(found, "lead").eq_ignore_ascii_case("før") { day.yesterday().ok()? } else { day };
                Some(Means::Day(day, by(group(found, "part"))))
            },
        ),
        rule(&format!(r"{lead}(?:utgangen av |slutten av )?\b(?:denne (?:uken|uka)|uken|uka)\b"), |_, now| {
            Some(Means::Day(now.end_of_week()?, None))
        }),
        rule(&format!(r"{lead}\b(?:utgangen av |slutten av |i )?neste uke\b"), |_, now| {
            Some(Means::Day(now.next_week(Weekday::Friday)?, None))
        }),
        rule(&format!(r"{lead}\b(?:utgangen av |slutten av )?(?:denne )?måneden\b"), |_, now| {
            Some(Means::Day(now.end_of_month(), None))
        }),
        rule(&format!(r"{lead}(?:den )?\b(?P<d>\d{{1,2}})\. {MONTHS}\b"), |found, now| {
            let name = group(found, "month").to_lowercase();
            let names = MONTHS.trim_start_matches("(?P<month>").trim_end_matches(')');
            let month = i8::try_from(names.split('|').position(|month| month == name)?).ok()?.checked_add(1)?;
            Some(Means::Day(now.dated(Some(month), group(found, "d").parse().ok()?)?, None))
        }),
        rule(&format!(r"{lead}\bden (?P<d>\d{{1,2}})\.(?:\s|$)"), |found, now| {
            Some(Means::Day(now.dated(None, group(found, "d").parse().ok()?)?, None))
        }),
        rule(
            r"\b(?:innen |før |rundt |senest )?(?:kl\.?|klokka|klokken) ?(?P<h>\d{1,2})(?:[:.](?P<m>\d{2}))?\b",
            |found, _| Some(Means::Hour(hour(group(found, "h"), group(found, "m"), false)?)),
        ),
        rule(r"\b(?:før|innen|til) lunsj\b", |_, _| Some(Means::Hour(time(12, 0, 0, 0)))),
    ]
}

fn by(part: &str) -> Option<Time> {
    over(match part.to_lowercase().as_str() {
        "tidlig" | "formiddag" | "morgen" => "morning",
        "ettermiddag" => "afternoon",
        "kveld" => "evening",
        _ => "",
    })
}

fn number(text: &str) -> Option<i64> {
    let words = ["null", "en", "to", "tre", "fire", "fem", "seks", "sju", "åtte", "ni", "ti", "elleve", "tolv"];
    match text.to_lowercase().as_str() {
        "et" | "ett" => Some(1),
        "syv" => Some(7),
        "et par" => Some(2),
        "noen få" => Some(3),
        word => match words.iter().position(|known| *known == word) {
            Some(place) => i64::try_from(place).ok(),
            None => word.parse().ok(),
        },
    }
}

fn unit(text: &str) -> Option<Length> {
    let text = text.to_lowercase();
    let begins = |word: &str| text.starts_with(word);
    Some(match () {
        () if begins("minutt") => Length::Minutes,
        () if begins("time") => Length::Hours,
        () if begins("dag") || begins("døgn") => Length::Days,
        () if begins("uke") => Length::Weeks,
        () if begins("måned") => Length::Months,
        () => Length::WorkingDays,
    })
}

fn weekday(text: &str) -> Option<Weekday> {
    let days = [
        ("mandag", Weekday::Monday),
        ("tirsdag", Weekday::Tuesday),
        ("onsdag", Weekday::Wednesday),
        ("torsdag", Weekday::Thursday),
        ("fredag", Weekday::Friday),
        ("lørdag", Weekday::Saturday),
        ("søndag", Weekday::Sunday),
    ];
    let text = text.to_lowercase();
    days.iter().find(|(name, _)| *name == text).map(|(_, day)| *day)
}
