//! What is owed, in a customer's words.

use makegood_money::{Money, Ratio, Rounding};

use super::Plain;
use crate::model::{Amount, Award, Entry, Expires, Fixed, Give, OrIn, PaysIn, Reduction, ValueId};
use crate::value::Moment;

/// An award in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    /// How much; empty where a table says it.
    pub amount: String,
    /// Bounds, rounding, and in what it is paid.
    pub details: Vec<String>,
}

impl<'a> Plain<'a> {
    pub fn award(&self, award: &Award) -> Words {
        let amount = match &award.amount {
            Amount::Fixed(fixed) => self.fixed(fixed),
            Amount::Bands { .. } => String::new(),
            Amount::Share { ratio, of } => self.share_of(*ratio, &self.expression(of)),
            Amount::Each { rate, count } => {
                let counted = self.expression(count);
                let compound = count.source().contains([' ', '(']);
                let counted = if compound { format!("({counted})") } else { counted };
                format!("{} × {counted}", self.fixed(rate))
            }
        };
        let mut details = Vec::new();
        if let Some(moment) = &award.dated_by {
            let moment = self.expression(moment);
            details.push(self.pick(
                format!("the amount that counted at {moment}"),
                format!("按{moment}适用的金额"),
                format!("beløpet som gjaldt ved {moment}"),
            ));
        }
        details.extend(award.reduced.iter().map(|reduction| self.reduction(reduction)));
        if let Some(times) = &award.times {
            let times = self.expression(times);
            details.push(self.pick(format!("times {times}"), format!("乘以{times}"), format!("ganger {times}")));
        }
        if let Some(most) = &award.at_most {
            details.push(format!("{} {}", self.pick("at most", "最多", "høyst"), self.fixed(most)));
        }
        if let Some(least) = &award.at_least {
            details.push(format!("{} {}", self.pick("at least", "最少", "minst"), self.fixed(least)));
        }
        details.extend(award.round_to.map(|step| self.rounded(step, award.rounding)));
        if let Some(least) = award.least_payable {
            let least = self.money(least);
            details.push(self.pick(
                format!("amounts below {least} are not paid"),
                format!("低于 {least} 的金额不予支付"),
                format!("beløp under {least} betales ikke ut"),
            ));
        }
        details.extend(self.pays_in(award.pays_in));
        details.extend(award.or_in.map(|other| self.or_in(other)));
        Words { amount, details }
    }

    /// A case in which less is given.
    pub fn reduction(&self, reduction: &Reduction) -> String {
        let share = self.share(reduction.to);
        let says = self.phrase(&reduction.says, None, None);
        let says = says.trim_end_matches(['.', '。']);
        if says.is_empty() {
            return self.pick(
                format!("in certain cases only {share} of it"),
                format!("在特定情况下仅为其 {share}"),
                format!("i visse tilfeller bare {share} av det"),
            );
        }
        self.pick(
            format!("only {share} of it where this is so: {says}"),
            format!("符合以下情形时仅为其 {share}：{says}"),
            format!("bare {share} av det når dette gjelder: {says}"),
        )
    }

    /// What the party may choose instead.
    pub fn or_in(&self, other: OrIn) -> String {
        let tender = self.charter.tenders.get(other.tender.code());
        let name = tender.map_or_else(|| other.tender.to_string(), |tender| self.name(&tender.name));
        let share = self.share(other.worth);
        let good = match tender.and_then(|tender| tender.expires.as_ref()) {
            None => String::new(),
            Some(Expires::Never) => self.pick(", which never expires", "，永不过期", ", som aldri utløper").to_owned(),
            Some(Expires::After(clock)) => {
                let clock = self.clock(clock);
                self.pick(format!(", good for {clock}"), format!("，有效期 {clock}"), format!(", gyldig i {clock}"))
            }
        };
        self.pick(
            format!("or, only if you agree to it, {name} worth {share} of the amount{good}"),
            format!("或者，仅在您同意的情况下，改为价值相当于该金额 {share} 的{name}{good}"),
            format!("eller, bare om du samtykker, {name} verdt {share} av beløpet{good}"),
        )
    }

    /// A share of something; of the whole, only what it is.
    pub fn share_of(&self, ratio: Ratio, of: &str) -> String {
        let share = self.share(ratio);
        if ratio.numerator() == ratio.denominator() {
            let english = match of.strip_prefix("the ") {
                Some(bare) => format!("the whole {bare}"),
                None => format!("all of {of}"),
            };
            return self.pick(english, format!("全部{of}"), format!("hele {of}"));
        }
        self.pick(format!("{share} of {of}"), format!("{of}的 {share}"), format!("{share} av {of}"))
    }

    pub fn give(&self, give: &Give) -> String {
        match give {
            Give::Money(money) if money.is_zero() => self.nothing().to_owned(),
            Give::Money(money) => self.money(*money),
            Give::Share { ratio, of } => self.share_of(*ratio, &self.expression(of)),
        }
    }

    pub fn nothing(&self) -> &'static str {
        self.pick("nothing", "无", "ingenting")
    }

    /// An amount; a dated one with those that counted before it, the latest first.
    pub fn fixed(&self, fixed: &Fixed) -> String {
        match fixed {
            Fixed::Money(money) => self.money(*money),
            Fixed::Expr(expression) => self.expression(expression),
            Fixed::Value(id) => self.dated(*id),
        }
    }

    fn dated(&self, id: ValueId) -> String {
        let amounts: Vec<(Moment, Money)> = self
            .entries(id)
            .into_iter()
            .filter_map(|(from, entry)| match entry {
                Entry::Money(money) => Some((from, *money)),
                Entry::Bands(_) => None,
            })
            .collect();
        let Some((&(latest, last), earlier)) = amounts.split_last() else { return String::new() };
        let mut until = latest;
        let mut before = Vec::new();
        for (from, money) in earlier.iter().rev() {
            let (money, date) = (self.money(*money), self.date(until));
            before.push(self.pick(
                format!("before {date}: {money}"),
                format!("{date}前 {money}"),
                format!("før {date}: {money}"),
            ));
            until = *from;
        }
        let last = self.money(last);
        if before.is_empty() {
            return last;
        }
        let before = before.join(self.pick("; ", "；", "; "));
        self.pick(format!("{last} ({before})"), format!("{last}（{before}）"), format!("{last} ({before})"))
    }

    /// The entries of a dated value that count while the charter is in force, earliest first.
    pub fn entries(&self, id: ValueId) -> Vec<(Moment, &'a Entry)> {
        let Some(value) = self.charter.values.get(id) else { return Vec::new() };
        let (start, end) = (self.charter.from, self.charter.until);
        let first = value.entries.partition_point(|(from, _)| *from <= start).saturating_sub(1);
        let counts = |from: &Moment| end.is_none_or(|end| *from < end);
        value.entries.iter().skip(first).filter(|(from, _)| counts(from)).map(|(from, entry)| (*from, entry)).collect()
    }

    pub fn rounded(&self, step: Money, rounding: Rounding) -> String {
        let step = self.money(step);
        match rounding {
            Rounding::Up => self.pick(
                format!("rounded up to whole {step}"),
                format!("向上取整到 {step} 的整数倍"),
                format!("rundet opp til hele {step}"),
            ),
            Rounding::Down => self.pick(
                format!("rounded down to whole {step}"),
                format!("向下取整到 {step} 的整数倍"),
                format!("rundet ned til hele {step}"),
            ),
            Rounding::Nearest => self.pick(
                format!("rounded to the nearest {step}"),
                format!("取整到最接近的 {step} 的整数倍"),
                format!("rundet til nærmeste {step}"),
            ),
        }
    }

    /// In what it is paid, unless in what it is reckoned in.
    pub fn pays_in(&self, pays_in: PaysIn) -> Option<String> {
        Some(match pays_in {
            PaysIn::Same => return None,
            PaysIn::Original => {
                self.pick("paid back the way you paid", "按原支付方式退还", "tilbakebetalt slik du betalte").to_owned()
            }
            PaysIn::Tender(tender) => {
                let own = self.charter.tenders.get(tender.code()).map(|tender| self.name(&tender.name));
                let name = own.unwrap_or_else(|| tender.code().to_owned());
                self.pick(format!("paid in {name}"), format!("以{name}支付"), format!("utbetalt i {name}"))
            }
        })
    }
}
