//! Amounts, measures, deadlines and bands in a customer's words: what the published page and the comparison of two charters
//! are made of. No expression is ever shown as it is written (but in how customers are valued, which no customer reads); what
//! has no words is named by what it is.

mod awards;
mod bands;
mod expressions;
mod stages;
mod valuation;
mod vocabulary;

use makegood_money::{Money, Ratio};

use crate::clock::{Clock, Unit};
use crate::model::{Charter, Promise, ShapeId};
use crate::text::Texts;
use crate::value::{Moment, Type};
use crate::words::{show_clock, show_money};

pub(crate) use bands::{Reach, Scale};

/// The languages that have built-in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tongue {
    English,
    Chinese,
    Norwegian,
}

impl Tongue {
    /// By a language's tag; English where there are no built-in words.
    pub fn of(tag: &str) -> Self {
        match tag.split('-').next().unwrap_or_default() {
            "zh" => Self::Chinese,
            "nb" | "nn" | "no" => Self::Norwegian,
            _ => Self::English,
        }
    }

    pub fn pick<T>(self, english: T, chinese: T, norwegian: T) -> T {
        match self {
            Self::English => english,
            Self::Chinese => chinese,
            Self::Norwegian => norwegian,
        }
    }

    /// A list in words: `a, b and c`.
    pub fn list(self, items: &[String]) -> String {
        let (comma, and) = self.pick((", ", " and "), ("、", "和"), (", ", " og "));
        match items.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, before)) => format!("{}{and}{last}", before.join(comma)),
            None => String::new(),
        }
    }
}

/// A charter and the language it is spoken of in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plain<'a> {
    pub charter: &'a Charter,
    pub language: &'a str,
    pub tongue: Tongue,
}

impl<'a> Plain<'a> {
    pub fn new(charter: &'a Charter, language: &'a str) -> Self {
        Self { charter, language, tongue: Tongue::of(language) }
    }

    pub fn pick<T>(&self, english: T, chinese: T, norwegian: T) -> T {
        self.tongue.pick(english, chinese, norwegian)
    }

    /// A text of the charter, its slots named by what will stand there. `data` is the event it also speaks of.
    pub fn text(&self, texts: &Texts, promise: Option<&Promise>, data: Option<ShapeId>) -> String {
        capital(&self.phrase(texts, promise, data))
    }

    /// The same as a part of a sentence, without a capital of its own.
    pub fn phrase(&self, texts: &Texts, promise: Option<&Promise>, data: Option<ShapeId>) -> String {
        let fill = |slot: &str| Some(self.slot(slot, promise, data));
        let words = texts.get(self.language).map(|template| template.render(&fill)).unwrap_or_default();
        if self.tongue == Tongue::Chinese { closed_up(words.trim()) } else { words.trim().to_owned() }
    }

    fn slot(&self, slot: &str, promise: Option<&Promise>, data: Option<ShapeId>) -> String {
        let shape = |id: Option<ShapeId>| id.and_then(|id| self.charter.shapes.get(id));
        let made = shape(promise.map(|promise| promise.on));
        match slot.split_once('.') {
            Some(("made", "what")) if promise.is_some_and(|promise| promise.by_hand(self.charter)) => {
                self.pick("what we say we will do", "我们答应的事", "det vi sier vi skal gjøre").to_owned()
            }
            Some((scope, field)) => {
                let shape = if scope == "made" { made } else { shape(data) };
                let kind = shape.and_then(|shape| shape.fields.get(*shape.positions.get(field)?));
                self.field(field, kind.map(|field| &field.kind))
            }
            None if slot == "thing" => self.thing(made.and_then(|shape| shape.about.as_deref())),
            None => match slot {
                "due" => self.pick("the agreed time", "约定时间", "avtalt tid"),
                "worth" => self.pick("the price", "价款", "prisen"),
                "paid" => self.pick("what you paid", "您支付的款项", "det du betalte"),
                "amount" => self.pick("the amount", "相应金额", "beløpet"),
                _ => self.pick("what applies", "相应内容", "det som gjelder"),
            }
            .to_owned(),
        }
    }

    /// An amount, with the tender's name where it is the charter's own.
    pub fn money(&self, money: Money) -> String {
        let shown = show_money(&money, self.language);
        match self.charter.tenders.get(money.commodity.code()) {
            Some(tender) => {
                let number = shown.strip_suffix(money.commodity.code()).unwrap_or(&shown).trim_end();
                format!("{number} {}", self.name(&tender.name))
            }
            None => shown,
        }
    }

    /// A name that the charter gives in every language.
    pub fn name(&self, texts: &Texts) -> String {
        texts.get(self.language).map(|template| template.render(&|_| None)).unwrap_or_default()
    }

    /// A share, in hundredths where it is whole ones.
    pub fn share(&self, ratio: Ratio) -> String {
        self.pick(ratio.to_string(), ratio.to_string().replace(" %", "%"), ratio.to_string())
    }

    /// A length of time in whole words: `1 hour 30 minutes`.
    pub fn length(&self, milliseconds: i64) -> String {
        let size = milliseconds.unsigned_abs();
        let (hours, minutes, rest) = (size / 3_600_000, size / 60_000 % 60, size % 60_000);
        let (days, hours) = if hours >= 72 { (hours / 24, hours % 24) } else { (0, hours) };
        let parts = [
            (days, self.pick(("day", "days"), ("天", "天"), ("dag", "dager"))),
            (hours, self.pick(("hour", "hours"), ("小时", "小时"), ("time", "timer"))),
            (minutes, self.pick(("minute", "minutes"), ("分钟", "分钟"), ("minutt", "minutter"))),
        ];
        let mut words: Vec<String> = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, (one, several))| format!("{count} {}", if *count == 1 { one } else { several }))
            .collect();
        if rest > 0 || words.is_empty() {
            let point = self.pick(".", ".", ",");
            let part = if rest % 1_000 > 0 { format!("{point}{:03}", rest % 1_000) } else { String::new() };
            words.push(format!("{}{part} {}", rest / 1_000, self.pick("seconds", "秒", "sekunder")));
        }
        format!("{}{}", if milliseconds < 0 { "\u{2212}" } else { "" }, words.join(" "))
    }

    /// A deadline: `7 business days, holidays not counted`.
    pub fn clock(&self, clock: &Clock) -> String {
        let mut plain = clock.clone();
        let working = matches!(clock.unit, Unit::WorkingDays | Unit::BusinessDays);
        let calendar = plain.calendar.take().is_some() && working;
        let note = if calendar {
            self.pick(", holidays not counted", "（节假日不计）", ", helligdager regnes ikke med")
        } else {
            ""
        };
        format!("{}{note}", show_clock(&plain, self.language))
    }

    /// The day on which a moment lies in the charter's zone, with the hour unless the day begins then.
    pub fn date(&self, moment: Moment) -> String {
        const NORWEGIAN: [&str; 12] = [
            "januar",
            "februar",
            "mars",
            "april",
            "mai",
            "juni",
            "juli",
            "august",
            "september",
            "oktober",
            "november",
            "desember",
        ];
        let Ok(timestamp) = jiff::Timestamp::from_millisecond(moment.0) else { return moment.to_string() };
        let local = timestamp.to_zoned(self.charter.zone.clone());
        let month = usize::from(local.month().unsigned_abs()).checked_sub(1).and_then(|at| NORWEGIAN.get(at));
        let day = match self.tongue {
            Tongue::English => local.strftime("%-d %B %Y").to_string(),
            Tongue::Chinese => local.strftime("%Y年%-m月%-d日").to_string(),
            Tongue::Norwegian => {
                format!("{}. {} {}", local.day(), month.copied().unwrap_or_default(), local.year())
            }
        };
        let midnight = local.time() == jiff::civil::Time::midnight();
        if midnight { day } else { format!("{day} {}", local.strftime("%H:%M %Z")) }
    }

    /// The same for programs: `2025-01-01`, or the moment with its offset.
    pub fn iso_date(&self, moment: Moment) -> String {
        let Ok(timestamp) = jiff::Timestamp::from_millisecond(moment.0) else { return moment.to_string() };
        let local = timestamp.to_zoned(self.charter.zone.clone());
        let midnight = local.time() == jiff::civil::Time::midnight();
        if midnight { local.date().to_string() } else { local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string() }
    }

    /// What a value of this type is called when nothing better is known.
    pub fn typed(&self, kind: Option<&Type>) -> &'static str {
        match kind {
            Some(Type::Duration) => self.pick("the length of time", "时长", "tidsrommet"),
            Some(Type::Time) => self.pick("the time", "时间", "tidspunktet"),
            Some(Type::Money) => self.pick("the amount", "相应金额", "beløpet"),
            Some(Type::Tenders) => self.pick("what you paid", "您支付的款项", "det du betalte"),
            Some(Type::Int) => self.pick("the number", "数目", "antallet"),
            Some(Type::Number { unit: Some(unit) }) if &**unit == "km" => {
                self.pick("the distance", "距离", "avstanden")
            }
            Some(Type::Number { .. }) => self.pick("the quantity", "数量", "mengden"),
            _ => self.pick("what was given", "所提供的内容", "det som er oppgitt"),
        }
    }
}

/// Chinese without the spaces that a slot leaves where Chinese words fill it: they stand only beside Latin letters and digits.
fn closed_up(words: &str) -> String {
    let wide = |sign: Option<char>| sign.is_some_and(|sign| sign >= '\u{2e80}');
    let mut out = String::with_capacity(words.len());
    let mut rest = words.chars().peekable();
    while let Some(sign) = rest.next() {
        if !(sign == ' ' && wide(out.chars().next_back()) && wide(rest.peek().copied())) {
            out.push(sign);
        }
    }
    out
}

/// With a capital letter.
pub(crate) fn capital(words: &str) -> String {
    let mut rest = words.chars();
    match rest.next() {
        Some(first) => first.to_uppercase().chain(rest).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests;
