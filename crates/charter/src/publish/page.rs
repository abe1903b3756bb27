//! What stands on the page, before it is HTML or Markdown.

use super::{Format, clause, file_name, languages};
use crate::clock::Clock;
use crate::model::{Charter, PaysIn, Playbook, Promise, Stack, Stacking, Step};
use crate::plain::{Plain, Tongue, capital};

/// A page in one language.
#[derive(Debug)]
pub(super) struct Page {
    pub language: String,
    pub title: String,
    /// `version 2025-01`.
    pub version: String,
    /// From and until when it counts, in words and for programs.
    pub in_force: Vec<(String, String, String)>,
    pub links_label: &'static str,
    pub links: Vec<Link>,
    pub promises: (&'static str, Vec<String>),
    /// What is done when something has happened: each with its steps.
    pub playbooks: (&'static str, Vec<(String, Vec<String>)>),
    pub rights: (&'static str, Vec<Clause>),
    pub notes: (&'static str, Vec<String>),
    pub colon: &'static str,
    pub foot_label: &'static str,
    pub foot: Vec<(&'static str, String)>,
    pub warning: String,
}

/// The same page in a language.
#[derive(Debug)]
pub(super) struct Link {
    pub tag: String,
    pub name: String,
    pub file: String,
    pub current: bool,
}

/// A right as the customer reads it.
#[derive(Debug)]
pub(super) struct Clause {
    /// The name of the right, for links to it.
    pub id: String,
    pub says: String,
    pub terms: Vec<Term>,
}

/// One thing said of a right: a label, sentences, tables.
#[derive(Debug)]
pub(super) struct Term {
    pub label: &'static str,
    pub lines: Vec<String>,
    pub tables: Vec<Table>,
    /// What is said of the tables, below them.
    pub after: Vec<String>,
}

/// Bands.
#[derive(Debug)]
pub(super) struct Table {
    /// From when they count; empty where they always do.
    pub caption: String,
    pub heading: String,
    pub gives: &'static str,
    pub rows: Vec<(String, String)>,
}

pub(super) fn build(charter: &Charter, language: &str, format: Format) -> Page {
    let plain = Plain::new(charter, language);
    let title = plain.text(&charter.title, None, None);
    let title = if charter.draft {
        plain.pick(format!("Draft: {title}"), format!("草案：{title}"), format!("Utkast: {title}"))
    } else {
        title
    };
    let promises = charter.promises.iter().filter(|promise| promise.step.is_none()).map(|promise| {
        let mut said = plain.text(&promise.says, Some(promise), None);
        let (space, more) = (plain.pick(" ", "", " "), beside(&plain, promise));
        if !more.is_empty() && !said.ends_with(['.', '!', '?', '。', '！', '？']) {
            said.push_str(plain.pick(".", "。", "."));
        }
        [said].into_iter().chain(more).collect::<Vec<_>>().join(space)
    });
    let version = plain.pick("Version", "版本", "Versjon");
    Page {
        language: language.to_owned(),
        title,
        version: format!("{version} {}", charter.version),
        in_force: in_force(&plain),
        links_label: plain.pick("Languages", "语言", "Språk"),
        links: links(charter, language, format),
        promises: (plain.pick("What we promise", "我们的承诺", "Dette lover vi"), promises.collect()),
        playbooks: (
            plain.pick("What we do then, step by step", "我们随后的处理步骤", "Dette gjør vi da, steg for steg"),
            charter.playbooks.iter().filter(|playbook| playbook.published).map(|book| steps(&plain, book)).collect(),
        ),
        rights: (
            plain.pick("What we owe you when it fails", "未能兑现时我们的补偿", "Dette skylder vi deg når det svikter"),
            charter.rights.iter().map(|right| clause::clause(&plain, right)).collect(),
        ),
        notes: (plain.pick("Good to know", "须知", "Godt å vite"), notes(&plain)),
        colon: plain.pick(": ", "：", ": "),
        foot_label: plain.pick("About this page", "关于本页", "Om denne siden"),
        foot: foot(&plain),
        warning: note(&plain),
    }
}

/// What the customer is asked, and how a promise comes back.
fn beside(plain: &Plain<'_>, promise: &Promise) -> Vec<String> {
    let asked = promise.acknowledged.as_ref().map(|_| {
        plain.pick(
            "We write it down and ask you whether we understood it right.".to_owned(),
            "我们会书面记录，并请您确认我们的理解是否正确。".to_owned(),
            "Vi skriver det ned og spør deg om vi har forstått det riktig.".to_owned(),
        )
    });
    let verdict = promise.confirmed.as_ref().map(|again| {
        let again = plain.clock(again);
        plain.pick(
            format!("When it is done we ask you whether it was kept, and once more after {again}."),
            format!("完成后我们会请您评价是否已兑现，并在 {again}后再次询问。"),
            format!("Når det er gjort, spør vi deg om det ble holdt, og en gang til etter {again}."),
        )
    });
    let repeats = promise.repeats.as_ref().map(|every| {
        let every = plain.clock(every);
        // "Every month", not "every 1 month".
        let every = every.strip_prefix("1 ").unwrap_or(&every);
        plain.pick(
            format!("We promise it again every {every}, until you let us go."),
            format!("每{every}我们都会再次承诺，直至您不再需要。"),
            format!("Vi lover det på nytt hver {every}, til du sier fra."),
        )
    });
    asked.into_iter().chain(verdict).chain(repeats).collect()
}

/// A playbook as the customer reads it: what it is, and its steps.
fn steps(plain: &Plain<'_>, playbook: &Playbook) -> (String, Vec<String>) {
    let promise = |step: &Step| plain.charter.promises.get(step.promise);
    let says = playbook.steps.iter().filter_map(|step| {
        let said = plain.text(&promise(step)?.says, promise(step), None);
        Some([said].into_iter().chain(within(plain, step)).collect::<Vec<_>>().join(plain.pick(" ", "", " ")))
    });
    (plain.text(&playbook.says, playbook.steps.first().and_then(promise), None), says.collect())
}

/// How long a step may take, in brackets; that holidays do not count is said of what is owed.
fn within(plain: &Plain<'_>, step: &Step) -> Option<String> {
    // It stays on one line.
    let time = plain.clock(&Clock { calendar: None, ..step.within.clone()? }).replace(' ', "\u{a0}");
    Some(plain.pick(format!("({time})"), format!("（{time}）"), format!("({time})")))
}

fn in_force(plain: &Plain<'_>) -> Vec<(String, String, String)> {
    let charter = plain.charter;
    let from = if charter.draft {
        plain.pick(
            "a draft, not in force; it would count from",
            "草案，未生效；拟自以下日期起适用：",
            "et utkast, ikke i kraft; det ville gjelde fra",
        )
    } else {
        plain.pick("in force from", "生效日期：", "gjelder fra")
    };
    let mut words = vec![(from.to_owned(), plain.date(charter.from), plain.iso_date(charter.from))];
    if let Some(until) = charter.until {
        let word = plain.pick("until", "截至", "inntil");
        words.push((word.to_owned(), plain.date(until), plain.iso_date(until)));
    }
    words
}

fn links(charter: &Charter, language: &str, format: Format) -> Vec<Link> {
    let tags = languages(charter);
    if tags.len() < 2 {
        return Vec::new();
    }
    let link = |tag: &str| Link {
        tag: tag.to_owned(),
        name: endonym(tag).to_owned(),
        file: file_name(charter, tag, format),
        current: tag == language,
    };
    tags.into_iter().map(link).collect()
}

/// A language's name in itself; its tag where it is not listed.
fn endonym(tag: &str) -> &str {
    const NAMES: &[(&str, &str)] = &[
        ("ar", "العربية"),
        ("da", "dansk"),
        ("de", "Deutsch"),
        ("en", "English"),
        ("es", "español"),
        ("fi", "suomi"),
        ("fr", "français"),
        ("it", "italiano"),
        ("ja", "日本語"),
        ("ko", "한국어"),
        ("nb", "norsk"),
        ("nl", "Nederlands"),
        ("nn", "nynorsk"),
        ("no", "norsk"),
        ("pl", "polski"),
        ("pt", "português"),
        ("se", "davvisámegiella"),
        ("sv", "svenska"),
        ("zh", "中文"),
        ("zh-Hans", "简体中文"),
        ("zh-Hant", "繁體中文"),
    ];
    NAMES.iter().find(|(known, _)| *known == tag).map_or(tag, |(_, name)| name)
}

/// What a customer should know beside the rights: how they combine, what tenders are worth, from which amount they hear of it.
fn notes(plain: &Plain<'_>) -> Vec<String> {
    let charter = plain.charter;
    let mut notes: Vec<String> = charter.stacking.iter().filter_map(|stack| combined(plain, stack)).collect();
    let published = charter.playbooks.iter().filter(|playbook| playbook.published);
    if published.flat_map(|playbook| &playbook.steps).any(|step| step.within.is_some()) {
        notes.push(plain.pick(
            "The time in brackets beside a step counts from when its turn has come.".to_owned(),
            "步骤旁括号内的时限自轮到该步骤时起算。".to_owned(),
            "Tiden i parentes ved et steg regnes fra turen er kommet til det.".to_owned(),
        ));
    }
    notes.extend(worths(plain));
    if let Some(least) = charter.limits.notify_from {
        let least = plain.money(least);
        notes.push(plain.pick(
            format!("We send you no message about less than {least}. You get it all the same."),
            format!("低于 {least} 的补偿不另行通知，但仍会支付给您。"),
            format!("Vi sender ikke melding om mindre enn {least}. Du får det likevel."),
        ));
    }
    if let Some(most) = charter.limits.notices_per_day {
        notes.push(plain.pick(
            format!(
                "We write to you at most {most} times for what happens on one day; what is left waits for the next."
            ),
            format!("同一天发生的事项，我们最多向您发送 {most} 次通知，其余顺延至次日。"),
            format!("Vi skriver til deg høyst {most} ganger om det som skjer på én dag; resten venter til neste."),
        ));
    }
    let zone = &charter.zone_name;
    notes.push(plain.pick(
        format!("Days begin and end in the time zone {zone}."),
        format!("日期按 {zone} 时区计算。"),
        format!("Dager begynner og slutter i tidssonen {zone}."),
    ));
    notes
}

fn combined(plain: &Plain<'_>, stack: &Stack) -> Option<String> {
    // Rights of this charter that stand behind another promise are named as those of others are.
    let own = |name: &str| {
        let (charter, right) = name.split_once('/')?;
        let place = plain.charter.rights.iter().position(|known| *known.name == *right);
        place.filter(|_| *plain.charter.name == *charter)
    };
    let beside: Vec<usize> = stack.elsewhere.iter().filter_map(|name| own(name)).collect();
    let foreign = stack.elsewhere.len() > beside.len();
    let mut rights: Vec<usize> = stack.rights.iter().copied().chain(beside.into_iter().filter(|_| !foreign)).collect();
    rights.sort_unstable();
    let numbers: Vec<String> = rights.iter().map(|right| right.saturating_add(1).to_string()).collect();
    if numbers.is_empty() || numbers.len() < 2 && !foreign {
        return None;
    }
    if foreign {
        return Some(across(plain, stack, &numbers));
    }
    let list = if plain.tongue == Tongue::Chinese { numbers.join("、") } else { plain.tongue.list(&numbers) };
    Some(match stack.rule {
        Stacking::Highest => plain.pick(
            format!("If more than one of the clauses {list} applies, you get the highest."),
            format!("第 {list} 条中有多条同时适用时，按最高的一项支付。"),
            format!("Gjelder flere av punktene {list}, får du det høyeste."),
        ),
        Stacking::Sum => plain.pick(
            format!("If more than one of the clauses {list} applies, you get all of them."),
            format!("第 {list} 条中有多条同时适用时，全部支付。"),
            format!("Gjelder flere av punktene {list}, får du alt sammen."),
        ),
        Stacking::Offset => plain.pick(
            format!("If more than one of the clauses {list} applies, what one gave is taken off the others."),
            format!("第 {list} 条中有多条同时适用时，其中一条已支付的金额从其他条中扣除。"),
            format!("Gjelder flere av punktene {list}, trekkes det ett ga, fra de andre."),
        ),
        Stacking::First => plain.pick(
            format!("If more than one of the clauses {list} applies, you get only one of them."),
            format!("第 {list} 条中有多条同时适用时，只支付其中一条。"),
            format!("Gjelder flere av punktene {list}, får du bare ett av dem."),
        ),
    })
}

/// How clauses combine with what another charter gives for the same.
fn across(plain: &Plain<'_>, stack: &Stack, numbers: &[String]) -> String {
    let clauses = plain.tongue.list(numbers);
    // The rights of another charter have no words here; the charter has a name.
    let mut names: Vec<String> = Vec::new();
    for (charter, _) in stack.elsewhere.iter().filter_map(|name| name.split_once('/')) {
        if !names.iter().any(|known| known == charter) {
            names.push(charter.to_owned());
        }
    }
    let others = plain.tongue.list(&names);
    match stack.rule {
        Stacking::Sum => plain.pick(
            format!("Clause {clauses} comes on top of what you get under {others}."),
            format!("第 {clauses} 条的补偿与{others}项下的补偿累加。"),
            format!("Punkt {clauses} kommer i tillegg til det du får etter {others}."),
        ),
        Stacking::First => plain.pick(
            format!("Nothing is owed under clause {clauses} where you got something for the same under {others}, nor twice."),
            format!("如您已就同一事项获得{others}项下的补偿，则第 {clauses} 条不再给付，反之亦然。"),
            format!("Punkt {clauses} gir ingenting når du har fått noe for det samme etter {others}; du får det ikke to ganger."),
        ),
        Stacking::Highest | Stacking::Offset => plain.pick(
            format!("What you get for the same under {others} is taken off clause {clauses}."),
            format!("您就同一事项获得的{others}项下的补偿，从第 {clauses} 条中扣除。"),
            format!("Det du får for det samme etter {others}, trekkes fra punkt {clauses}."),
        ),
    }
}

/// What one unit of each tender that rights are paid in is worth.
fn worths(plain: &Plain<'_>) -> Vec<String> {
    let charter = plain.charter;
    let awards = charter.rights.iter().flat_map(|right| right.awards.iter().chain(&right.if_late));
    let paid: Vec<&str> = awards
        .filter_map(|award| match &award.pays_in {
            PaysIn::Tender(tender) => charter.tenders.keys().map(AsRef::as_ref).find(|code| *code == tender.code()),
            _ => award.or_in.as_ref().map(|other| other.tender.code()),
        })
        .collect();
    let used = charter.tenders.iter().filter(|(code, _)| paid.contains(&code.as_ref()));
    let worth = used.filter_map(|(_, tender)| {
        let units = makegood_money::Money::new(charter.money.scale(), charter.money);
        let value = units.share(tender.worth, makegood_money::Rounding::Down).ok()?;
        let (name, value) = (capital(&plain.name(&tender.name)), plain.money(value));
        Some(plain.pick(
            format!("{name}: one unit is worth {value}."),
            format!("{name}：每单位价值 {value}。"),
            format!("{name}: én enhet er verdt {value}."),
        ))
    });
    worth.collect()
}

fn foot(plain: &Plain<'_>) -> Vec<(&'static str, String)> {
    let (charter, source) = (plain.charter, &plain.charter.source);
    let verified = if source.verified {
        plain.pick("read in the official text", "已核对官方原文", "lest i den offisielle teksten")
    } else {
        plain.pick(
            "not checked against the official text",
            "未核对官方原文",
            "ikke kontrollert mot den offisielle teksten",
        )
    };
    let digest: String = charter.digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    vec![
        (plain.pick("Source", "来源", "Kilde"), source.what.to_string()),
        (plain.pick("As of", "截至", "Per"), date_as_written(plain, &source.as_of)),
        (plain.pick("Verified", "核对", "Kontrollert"), verified.to_owned()),
        (plain.pick("Charter", "章程", "Charter"), format!("{} {}", charter.name, charter.version)),
        (plain.pick("Fingerprint", "文本指纹", "Fingeravtrykk"), digest),
    ]
}

/// A date in words, where it is one.
fn date_as_written(plain: &Plain<'_>, written: &str) -> String {
    let start = crate::clock::parse_moment(written, &plain.charter.zone);
    start.map_or_else(|_| written.to_owned(), |moment| plain.date(moment))
}

/// The note of the source; the one that every example carries is in the page's language.
fn note(plain: &Plain<'_>) -> String {
    let note = &*plain.charter.source.note;
    if note == "example only, not legal advice" {
        return plain
            .pick(
                "Example only, not legal advice.",
                "仅为示例，不构成法律意见。",
                "Bare et eksempel, ikke juridisk rådgivning.",
            )
            .to_owned();
    }
    capital(note)
}
