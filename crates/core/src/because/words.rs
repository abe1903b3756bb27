use jiff::Timestamp;
use jiff::tz::TimeZone;

use makegood_charter::clock::parse_duration;
use makegood_charter::model::Charter;
use makegood_charter::value::{Moment, Type, Value};
use makegood_charter::words;
use makegood_money::{Money, Tenders};

use super::{Reason, Shown, Step};

/// The arithmetic of `reason` in words, a sentence a step.
pub fn because(charter: &Charter, reason: &Reason, language: &str) -> Vec<String> {
    reason.steps.iter().map(|one| step(charter, one, language)).collect()
}

/// A date or, with `clock`, a date and time of day, in the charter's zone.
pub(crate) fn when(charter: &Charter, moment: Moment, clock: bool) -> String {
    let format = if clock { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d" };
    match Timestamp::from_millisecond(moment.0) {
        Ok(timestamp) => timestamp.to_zoned(charter.zone.clone()).strftime(format).to_string(),
        Err(_) => moment.to_string(),
    }
}

/// An amount with the tender's name in words where the charter gives it one: `75.00 travel credit`.
pub fn money_words(charter: &Charter, amount: Money, language: &str) -> String {
    let name = charter.tenders.get(amount.commodity.code()).and_then(|tender| tender.name.get(language));
    let shown = words::show_money(&amount, language);
    match name {
        Some(name) => shown.replace(amount.commodity.code(), &name.render(&|_| None)),
        None => shown,
    }
}

/// Amounts with the tenders' names in words: `75.00 travel credit + 12.00 USD`.
pub fn tenders_words(charter: &Charter, tenders: &Tenders, language: &str) -> String {
    let amounts: Vec<_> = tenders.iter().map(|amount| money_words(charter, amount, language)).collect();
    amounts.join(" + ")
}

fn shown(value: &Shown, zone: &TimeZone, language: &str) -> String {
    let kind = match &value.value {
        Value::Absent | Value::Text(_) | Value::Choice(_) => Type::Text,
        Value::Bool(_) => Type::Bool,
        Value::Int(_) => Type::Int,
        Value::Number(_) => Type::Number { unit: value.unit.clone() },
        Value::Money(_) => Type::Money,
        Value::Duration(_) => Type::Duration,
        Value::Time(_) => Type::Time,
        Value::Tenders(_) => Type::Tenders,
        Value::Key(_) => Type::Key { kind: "".into() },
    };
    words::show(&value.value, &kind, zone, language)
}

/// A sentence in one of the three languages (English where another is asked for), with `{slots}` filled in.
pub(crate) fn say(language: &str, [en, zh, nb]: [&str; 3], slots: &[(&str, &str)]) -> String {
    let sentence = match language {
        "zh" => zh,
        "nb" => nb,
        _ => en,
    };
    slots.iter().fold(sentence.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

fn since(charter: &Charter, from: Option<Moment>, language: &str) -> String {
    let Some(from) = from else { return String::new() };
    say(
        language,
        [" (the amount that counts since {from})", "（自 {from} 起适用的金额）", " (beløpet som gjelder siden {from})"],
        &[("from", &when(charter, from, false))],
    )
}

/// One step of the arithmetic as a sentence.
pub fn step(charter: &Charter, step: &Step, language: &str) -> String {
    let money = |amount: &Money| money_words(charter, *amount, language);
    let value = |one: &Shown| shown(one, &charter.zone, language);
    match step {
        Step::Fixed { amount, from } => say(
            language,
            ["The charter gives {amount}{since}.", "章程规定给予 {amount}{since}。", "Løftene gir {amount}{since}."],
            &[("amount", &money(amount)), ("since", &since(charter, *from, language))],
        ),
        Step::Band { measure, at, above, below, up_to, from, gives } => {
            let band = band(language, measure, (at, *above), below.as_deref().map(|below| (below, *up_to)));
            let gives = gives.map(|amount| money(&amount));
            let slots = [
                ("measure", value(measure)),
                ("band", band),
                ("from", when(charter, *from, false)),
                ("gives", gives.clone().unwrap_or_default()),
            ];
            let slots: Vec<(&str, &str)> = slots.iter().map(|(name, text)| (*name, text.as_str())).collect();
            let sentence = if gives.is_some() {
                [
                    "{measure} falls in the band {band}, which gives {gives} (bands that count since {from}).",
                    "{measure} 属于“{band}”一档，给予 {gives}（自 {from} 起适用的分档）。",
                    "{measure} faller i båndet {band}, som gir {gives} (bånd som gjelder siden {from}).",
                ]
            } else {
                [
                    "{measure} falls in the band {band}, which gives a share of what was paid (bands that count since {from}).",
                    "{measure} 属于“{band}”一档，按所付金额的比例给予（自 {from} 起适用的分档）。",
                    "{measure} faller i båndet {band}, som gir en andel av det som ble betalt (bånd som gjelder siden {from}).",
                ]
            };
            say(language, sentence, &slots)
        }
        Step::Share { ratio, of, gives } => say(
            language,
            ["{ratio} of {of} is {gives}.", "{of} 的 {ratio} 为 {gives}。", "{ratio} av {of} er {gives}."],
            &[("ratio", &ratio.to_string()), ("of", &money(of)), ("gives", &money(gives))],
        ),
        Step::Each { count, rate, from, gives } => say(
            language,
            [
                "{count} × {rate}{since} is {gives}.",
                "{count} × {rate}{since} 为 {gives}。",
                "{count} × {rate}{since} er {gives}.",
            ],
            &[
                ("count", &value(count)),
                ("rate", &money(rate)),
                ("since", &since(charter, *from, language)),
                ("gives", &money(gives)),
            ],
        ),
        Step::Rounded { to } => {
            say(language, ["Rounded to {to}.", "取整为 {to}。", "Avrundet til {to}."], &[("to", &money(to))])
        }
        Step::Raised { to } => say(
            language,
            ["It is never less than {to}.", "不低于 {to}。", "Det er aldri mindre enn {to}."],
            &[("to", &money(to))],
        ),
        Step::Capped { to } => say(
            language,
            ["It is never more than {to}.", "不超过 {to}。", "Det er aldri mer enn {to}."],
            &[("to", &money(to))],
        ),
        Step::Already { granted, leaves } => say(
            language,
            [
                "{granted} was granted for this before, which leaves {leaves}.",
                "此前已就此给予 {granted}，尚余 {leaves}。",
                "{granted} er gitt for dette før, så {leaves} gjenstår.",
            ],
            &[("granted", &money(granted)), ("leaves", &money(leaves))],
        ),
        Step::Exchanged { from, gives } => say(
            language,
            ["{from} is paid as {gives}.", "{from} 以 {gives} 支付。", "{from} utbetales som {gives}."],
            &[("from", &money(from)), ("gives", &money(gives))],
        ),
        Step::AsPaid { part, of, gives, .. } if part == of => say(
            language,
            [
                "It is given back the way it was paid: {gives}.",
                "按原支付方式全额退还：{gives}。",
                "Det gis tilbake slik det ble betalt: {gives}.",
            ],
            &[("gives", &tenders_words(charter, gives, language))],
        ),
        Step::AsPaid { paid, part, of, gives } => say(
            language,
            [
                "It is given back in what was paid with: of {paid}, the part {part} of {of} is {gives}.",
                "按原支付方式退还：所付 {paid} 中，{of} 里的 {part} 为 {gives}。",
                "Det gis tilbake slik det ble betalt: av {paid} er delen {part} av {of} {gives}.",
            ],
            &[
                ("paid", &tenders_words(charter, paid, language)),
                ("part", &money(part)),
                ("of", &money(of)),
                ("gives", &tenders_words(charter, gives, language)),
            ],
        ),
        Step::NotShown { by } => say(
            language,
            [
                "No `{by}` was filed; without proof no exception applies, and the burden of proof is ours.",
                "没有提交 `{by}` 证据；举证责任在我们，无证据则不适用例外。",
                "Ingen `{by}` er lagt fram; uten bevis gjelder intet unntak, og bevisbyrden er vår.",
            ],
            &[("by", by)],
        ),
        Step::NotSevere { by, inputs } => {
            let said: Vec<_> = inputs
                .iter()
                .map(|(path, input)| format!("{} {}", path.rsplit('.').next().unwrap_or(path), value(input)))
                .collect();
            say(
                language,
                [
                    "A `{by}` was filed ({said}), but it does not show the exception.",
                    "提交了 `{by}` 证据（{said}），但不足以证明例外情形。",
                    "En `{by}` er lagt fram ({said}), men den viser ikke unntaket.",
                ],
                &[("by", by), ("said", &said.join(", "))],
            )
        }
        Step::PaidLate { due } => say(
            language,
            [
                "What we owed you was due on {due}, and we did not pay it in time.",
                "我们应于 {due} 前支付欠款，但未能按时支付。",
                "Det vi skyldte deg, forfalt {due}, og vi betalte ikke i tide.",
            ],
            &[("due", &when(charter, *due, true))],
        ),
        Step::Reduced { ratio, of, gives } => say(
            language,
            [
                "In this case {ratio} of {of} is owed: {gives}.",
                "此情形下应付 {of} 的 {ratio}：{gives}。",
                "I dette tilfellet skyldes {ratio} av {of}: {gives}.",
            ],
            &[("ratio", &ratio.to_string()), ("of", &money(of)), ("gives", &money(gives))],
        ),
        Step::Times { count, gives } => say(
            language,
            ["Times {count}: {gives}.", "乘以 {count}：{gives}。", "Ganger {count}: {gives}."],
            &[("count", &value(count)), ("gives", &money(gives))],
        ),
        Step::Limited { used, to } => say(
            language,
            [
                "Under this right {used} was given before in this time, which leaves {to}.",
                "在此期间已按此项权利给予 {used}，尚余 {to}。",
                "Etter denne rettigheten er {used} gitt før i dette tidsrommet, så {to} gjenstår.",
            ],
            &[("used", &money(used)), ("to", &money(to))],
        ),
        Step::Chosen { of, ratio, gives } => say(
            language,
            [
                "You agreed to have {of} as {gives}, worth {ratio} of it.",
                "您同意将 {of} 改为 {gives}，其价值为该金额的 {ratio}。",
                "Du samtykket i å få {of} som {gives}, verdt {ratio} av beløpet.",
            ],
            &[("of", &money(of)), ("ratio", &ratio.to_string()), ("gives", &tenders_words(charter, gives, language))],
        ),
        Step::Asked { at } => say(
            language,
            ["You asked for it on {at}.", "您于 {at} 提出了请求。", "Du ba om det {at}."],
            &[("at", &when(charter, *at, true))],
        ),
        Step::Given { by, why } => say(
            language,
            ["{by} gave it: {why}.", "由 {by} 给予：{why}。", "{by} ga det: {why}."],
            &[("by", by), ("why", why)],
        ),
        Step::Repaired { why: [en, zh, nb], .. } => say(
            language,
            [
                "{why}. Everyone it hit gets this, whether they complained or not.",
                "{why}。受影响的每个人都会得到，无论是否投诉。",
                "{why}. Alle det rammet, får dette, enten de klaget eller ikke.",
            ],
            &[("why", say(language, [en, zh, nb], &[]).trim().trim_end_matches(['.', '。']))],
        ),
        Step::Corrected { by, why, to } => say(
            language,
            ["{by} corrected it to {to}: {why}.", "{by} 将其更正为 {to}：{why}。", "{by} rettet det til {to}: {why}."],
            &[("by", by), ("why", why), ("to", &tenders_words(charter, to, language))],
        ),
    }
}

/// A band in words: each edge with whether it lies on the far side (`above` the lower one, `up to` the upper one).
fn band(language: &str, measure: &Shown, (at, above): (&str, bool), upper: Option<(&str, bool)>) -> String {
    let edge = |written: &str| match (&measure.value, parse_duration(written)) {
        (Value::Duration(_), Ok(milliseconds)) => words::show_duration(milliseconds, language),
        _ => written.to_owned(),
    };
    let lower = if above {
        say(language, ["above {at}", "超过{at}", "over {at}"], &[("at", &edge(at))])
    } else {
        say(language, ["from {at}", "{at}起", "fra {at}"], &[("at", &edge(at))])
    };
    match upper {
        Some((upper, true)) => {
            let words = ["{lower} up to {upper}", "{lower}至{upper}（含）", "{lower} til og med {upper}"];
            say(language, words, &[("lower", &lower), ("upper", &edge(upper))])
        }
        Some((upper, false)) => {
            let words = ["{lower} to below {upper}", "{lower}至不足{upper}", "{lower} til under {upper}"];
            say(language, words, &[("lower", &lower), ("upper", &edge(upper))])
        }
        None if above => lower,
        None => say(language, ["from {at} on", "{at}及以上", "fra {at} og oppover"], &[("at", &edge(at))]),
    }
}

impl Shown {
    /// The value in words.
    pub fn words(&self, charter: &Charter, language: &str) -> String {
        shown(self, &charter.zone, language)
    }
}
