//! The words of an explanation in English, Chinese and Norwegian.

use crate::clock::{Clock, Unit};
use crate::model::Stacking;

/// The words of one language.
#[derive(Debug)]
pub(super) struct Phrases {
    pub charter: &'static str,
    pub version: &'static str,
    pub in_force_from: &'static str,
    pub until: &'static str,
    pub source: &'static str,
    pub verified: &'static str,
    pub not_verified: &'static str,
    pub promises: &'static str,
    pub promise: &'static str,
    pub made: &'static str,
    pub kept: &'static str,
    pub late: &'static str,
    pub broken: &'static str,
    pub released: &'static str,
    pub at_risk: &'static str,
    pub silence_before: &'static str,
    pub overdue: &'static str,
    pub owner: &'static str,
    pub rights: &'static str,
    pub applies: &'static str,
    pub silence: &'static str,
    pub only_if: &'static str,
    pub restitution: &'static str,
    pub compensation: &'static str,
    pub by_table: &'static str,
    pub of: &'static str,
    pub for_each: &'static str,
    pub at_most: &'static str,
    pub at_least: &'static str,
    pub rounded_to: &'static str,
    pub original: &'static str,
    pub paid_in: &'static str,
    pub paid_within: &'static str,
    pub if_late: &'static str,
    pub except: &'static str,
    pub shown_by: &'static str,
    pub within: &'static str,
    pub from: &'static str,
    pub to_below: &'static str,
    pub and_up: &'static str,
    pub you_get: &'static str,
    pub nothing: &'static str,
    pub combined: &'static str,
    pub limits: &'static str,
    pub notify_from: &'static str,
    pub per_day: &'static str,
    pub approve_over: &'static str,
    rules: [&'static str; 3],
    /// Minutes, hours, days, weeks, months, working days, business days; one and several.
    units: [(&'static str, &'static str); 7],
    /// thing, due, worth, paid, amount.
    slots: [(&'static str, &'static str); 5],
}

impl Phrases {
    /// How rights combine.
    pub fn rule(&self, rule: Stacking) -> &'static str {
        let [highest, sum, offset] = self.rules;
        match rule {
            Stacking::Highest => highest,
            Stacking::Sum => sum,
            Stacking::Offset => offset,
        }
    }

    /// A deadline in words.
    pub fn clock(&self, clock: &Clock) -> String {
        let [minutes, hours, days, weeks, months, working, business] = self.units;
        let (one, several) = match clock.unit {
            Unit::Minutes => minutes,
            Unit::Hours => hours,
            Unit::Days => days,
            Unit::Weeks => weeks,
            Unit::Months => months,
            Unit::WorkingDays => working,
            Unit::BusinessDays => business,
        };
        let unit = if clock.count == 1 { one } else { several };
        let calendar = clock.calendar.as_ref().map(|name| format!(" (`{name}`)")).unwrap_or_default();
        format!("{} {unit}{calendar}", clock.count)
    }

    /// What stands for a slot that has no value yet: the kind of thing, a word, or the field's name.
    pub fn slot(&self, slot: &str, kind: Option<&str>) -> String {
        match (slot, kind) {
            ("thing", Some(kind)) => format!("‹{kind}›"),
            _ => {
                let word = self.slots.iter().find(|(name, _)| *name == slot).map(|(_, word)| (*word).to_owned());
                let field = || slot.rsplit('.').next().unwrap_or(slot).replace('_', " ");
                format!("‹{}›", word.unwrap_or_else(field))
            }
        }
    }
}

/// The words of `language`; English when it has none.
pub(super) fn phrases(language: &str) -> &'static Phrases {
    match language.split('-').next().unwrap_or_default() {
        "zh" => &CHINESE,
        "nb" | "no" | "nn" => &NORWEGIAN,
        _ => &ENGLISH,
    }
}

static ENGLISH: Phrases = Phrases {
    charter: "Charter",
    version: "version",
    in_force_from: "in force from",
    until: "until",
    source: "Source",
    verified: "read in the official text",
    not_verified: "not verified in the official text",
    promises: "What we promise",
    promise: "promise",
    made: "Made on",
    kept: "Kept on",
    late: "Kept late on",
    broken: "Broken on",
    released: "Released on",
    at_risk: "At risk",
    silence_before: "nothing heard this long before it is due:",
    overdue: "Overdue when nothing is heard this long after it was due",
    owner: "Accountable",
    rights: "What we owe you when it fails",
    applies: "Applies on",
    silence: "silence: the promise is overdue",
    only_if: "if",
    restitution: "You get back",
    compensation: "You get for the harm",
    by_table: "by the table below, measured by",
    of: "of",
    for_each: "for each of",
    at_most: "at most",
    at_least: "at least",
    rounded_to: "rounded to a multiple of",
    original: "the way you paid",
    paid_in: "paid in",
    paid_within: "Paid within",
    if_late: "If we pay late",
    except: "Not owed",
    shown_by: "only when proven by",
    within: "proof accepted within",
    from: "from",
    to_below: "to below",
    and_up: "and up",
    you_get: "you get",
    nothing: "nothing",
    combined: "How rights combine",
    limits: "Bounds",
    notify_from: "No message is sent for less than",
    per_day: "More than this in one day waits for a person",
    approve_over: "A single remedy above this waits for a person",
    rules: ["only the highest is owed", "all are owed", "what an earlier one gave is taken off a later one"],
    units: [
        ("minute", "minutes"),
        ("hour", "hours"),
        ("day", "days"),
        ("week", "weeks"),
        ("month", "months"),
        ("working day", "working days"),
        ("business day", "business days"),
    ],
    slots: [
        ("thing", "what it is about"),
        ("due", "when it is due"),
        ("worth", "its worth"),
        ("paid", "what you paid"),
        ("amount", "the amount"),
    ],
};

static CHINESE: Phrases = Phrases {
    charter: "章程",
    version: "版本",
    in_force_from: "生效日期",
    until: "截至",
    source: "来源",
    verified: "已核对官方原文",
    not_verified: "未核对官方原文",
    promises: "我们的承诺",
    promise: "承诺",
    made: "成立于",
    kept: "兑现",
    late: "迟延兑现",
    broken: "未兑现",
    released: "免除",
    at_risk: "有风险",
    silence_before: "到期前以下时间内没有任何消息：",
    overdue: "到期后超过以下时间仍无消息即为逾期",
    owner: "责任方",
    rights: "未能兑现时我们的补偿",
    applies: "适用于",
    silence: "没有消息：承诺已逾期",
    only_if: "条件",
    restitution: "退还给您",
    compensation: "补偿给您",
    by_table: "按下表计算，依据",
    of: "×",
    for_each: "每",
    at_most: "最多",
    at_least: "最少",
    rounded_to: "取整到",
    original: "按原支付方式",
    paid_in: "支付形式：",
    paid_within: "支付期限",
    if_late: "如果我们迟付",
    except: "不予补偿的情形",
    shown_by: "须由以下事件证明：",
    within: "举证期限",
    from: "自",
    to_below: "至不足",
    and_up: "及以上",
    you_get: "您得到",
    nothing: "无",
    combined: "多项权利如何合并",
    limits: "限额",
    notify_from: "低于此金额不发送通知",
    per_day: "单日超过此金额须人工批准",
    approve_over: "单笔超过此金额须人工批准",
    rules: ["只取最高一项", "全部累加", "后一项扣除前一项已给的金额"],
    units: [
        ("分钟", "分钟"),
        ("小时", "小时"),
        ("天", "天"),
        ("周", "周"),
        ("个月", "个月"),
        ("个工作日", "个工作日"),
        ("个营业日", "个营业日"),
    ],
    slots: [("thing", "标的"), ("due", "约定时间"), ("worth", "价值"), ("paid", "您支付的款项"), ("amount", "金额")],
};

static NORWEGIAN: Phrases = Phrases {
    charter: "Charter",
    version: "versjon",
    in_force_from: "gjelder fra",
    until: "til",
    source: "Kilde",
    verified: "lest i den offisielle teksten",
    not_verified: "ikke kontrollert mot den offisielle teksten",
    promises: "Dette lover vi",
    promise: "løfte",
    made: "Gitt ved",
    kept: "Holdt ved",
    late: "Holdt for sent ved",
    broken: "Brutt ved",
    released: "Frafalt ved",
    at_risk: "I fare",
    silence_before: "ingenting hørt så lenge før fristen:",
    overdue: "Forfalt når ingenting er hørt så lenge etter fristen",
    owner: "Ansvarlig",
    rights: "Dette skylder vi deg når det svikter",
    applies: "Gjelder ved",
    silence: "taushet: løftet er forfalt",
    only_if: "dersom",
    restitution: "Du får tilbake",
    compensation: "Du får for ulempen",
    by_table: "etter tabellen under, målt ved",
    of: "av",
    for_each: "for hver av",
    at_most: "høyst",
    at_least: "minst",
    rounded_to: "avrundet til nærmeste hele",
    original: "på samme måte som du betalte",
    paid_in: "utbetalt i",
    paid_within: "Betales innen",
    if_late: "Hvis vi betaler for sent",
    except: "Gis ikke",
    shown_by: "bare når det er bevist ved",
    within: "bevis godtas innen",
    from: "fra",
    to_below: "til under",
    and_up: "og oppover",
    you_get: "du får",
    nothing: "ingenting",
    combined: "Slik virker rettighetene sammen",
    limits: "Grenser",
    notify_from: "Det sendes ikke melding om mindre enn",
    per_day: "Mer enn dette på én dag må godkjennes",
    approve_over: "Ett enkelt krav over dette må godkjennes",
    rules: ["bare det høyeste gis", "alle gis", "det en tidligere rettighet ga, trekkes fra en senere"],
    units: [
        ("minutt", "minutter"),
        ("time", "timer"),
        ("dag", "dager"),
        ("uke", "uker"),
        ("måned", "måneder"),
        ("arbeidsdag", "arbeidsdager"),
        ("virkedag", "virkedager"),
    ],
    slots: [
        ("thing", "det det gjelder"),
        ("due", "avtalt tid"),
        ("worth", "verdien"),
        ("paid", "det du betalte"),
        ("amount", "beløpet"),
    ],
};
