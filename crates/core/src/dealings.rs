//! What a party bought, kept for the models of value.
//!
//! Of every day on which the party dealt, in the charter's zone, one entry stands, in order. That is the least that is exact.
//! First, last, count and sum would be smaller, but an event that arrives late could then not tell whether its day was counted
//! already (purchases of one day are one occasion), and nobody could say what was known at an earlier date, which an equity
//! statement opens with. An entry is about ten bytes; there is at most one a day, however much is bought.
//!
//! Every field of an entry is a sum, a greatest or a least, so the order of arrival makes no difference. Nothing that is owed
//! reads any of this.

use makegood_charter::expr::{Expr, Scope};
use makegood_charter::model::{Margin, Purchase, ShapeId, Valuation};
use makegood_charter::value::{Type, Value};
use makegood_money::{Commodity, Rounding, Tenders};
use serde::{Deserialize, Serialize};

use crate::promise::holds;
use crate::{Event, Form, Party, Rules};

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// Under which charter, by name, and in which currency a party dealt.
pub type Trade = (Box<str>, Box<str>);

/// A party's dealings under one charter, in its currency.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Dealings {
    /// By day, each day once, in order.
    pub days: Vec<DealingDay>,
    /// Days on which the party was seen to leave, with the reason where one was given, in order.
    pub left: Vec<(i32, Box<str>)>,
    /// Amounts that were left out because they were in another currency.
    pub foreign: u32,
    /// Amounts that were left out because they could not be read or were below zero.
    pub unread: u32,
}

/// What a party did on one day.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DealingDay {
    /// Days since 1970-01-01 in the charter's zone.
    pub day: i32,
    /// Purchases; zero on a day of refunds or costs alone.
    pub purchases: u32,
    /// Paid less refunded, in minor units.
    pub amount: i128,
    /// The margin of it.
    pub margin: i128,
    /// What serving the party cost beyond the margin.
    pub cost: i128,
    /// The segment that the last purchase of the day told, with its time as milliseconds of the day.
    pub segment: Option<(u32, Box<str>)>,
}

impl Dealings {
    /// True when the days are in order, each once.
    pub fn is_sound(&self) -> bool {
        self.days.is_sorted_by(|one, next| one.day < next.day) && self.left.is_sorted_by(|one, next| one < next)
    }

    /// The entry of a day.
    fn on(&mut self, day: i32) -> Option<&mut DealingDay> {
        let place = match self.days.binary_search_by_key(&day, |entry| entry.day) {
            Ok(place) => place,
            Err(place) => {
                self.days.insert(place, DealingDay { day, ..DealingDay::default() });
                place
            }
        };
        self.days.get_mut(place)
    }

    /// An amount and the margin in it, both in minor units; nothing when it was left out, and counted as such.
    fn reckon(&mut self, amount: &Expr, margin: &Margin, heard: &Heard<'_>) -> Option<(i128, i128)> {
        let (scope, currency) = (&heard.scope, heard.currency);
        let amount = amount.money(scope).ok().filter(|money| money.minor >= 0);
        let margin = amount.and_then(|amount| match margin {
            Margin::Whole => Some(amount),
            // A third of a cent is nobody's: to the nearest.
            Margin::Share(share) => amount.share(*share, Rounding::Nearest).ok(),
            // A margin may be below zero: sold at a loss.
            Margin::Expr(expression) => expression.money(scope).ok(),
        });
        let Some((amount, margin)) = amount.zip(margin) else {
            self.unread = self.unread.saturating_add(1);
            return None;
        };
        if amount.commodity != currency || margin.commodity != currency {
            self.foreign = self.foreign.saturating_add(1);
            return None;
        }
        Some((i128::from(amount.minor), i128::from(margin.minor)))
    }

    fn leave(&mut self, day: i32, why: &str) {
        let entry = (day, why.into());
        if let Err(place) = self.left.binary_search(&entry) {
            self.left.insert(place, entry);
        }
    }
}

/// An event as the valuation hears it.
struct Heard<'e> {
    shape: ShapeId,
    scope: Scope<'e>,
    currency: Commodity,
    /// The day in the charter's zone, and the milliseconds of that day.
    day: i32,
    time: u32,
}

impl Heard<'_> {
    fn applies(&self, on: ShapeId, when: &Option<Expr>) -> bool {
        on == self.shape && holds(when.as_ref(), &self.scope)
    }
}

/// An event about the party that the charter's valuation reads. It never fails: whatever is wrong with an amount, the promises
/// that the event makes stand.
pub(crate) fn on_event(party: &mut Party, event: &Event, rules: &Rules, form: &Form) {
    let charter = &rules.charter;
    let Some(valuation) = &charter.valuation else { return };
    let Some((day, time)) = local_day(event, rules) else { return };
    let nothing = Tenders::default();
    let scope = Scope {
        data: &form.data,
        at: event.time,
        made: &form.data,
        evidence: &[],
        evidence_at: event.time,
        due: event.time,
        made_at: event.time,
        worth: None,
        paid: Some(&nothing),
        counts: &[],
        ..Scope::default()
    };
    let heard = Heard { shape: form.shape, scope, currency: charter.money, day, time };
    let trade: Trade = (charter.name.clone(), charter.money.code().into());
    let mut dealings = party.dealings.remove(&trade).unwrap_or_default();
    dealings.hear(valuation, &heard);
    if dealings != Dealings::default() {
        party.dealings.insert(trade, dealings);
    }
}

impl Dealings {
    fn hear(&mut self, valuation: &Valuation, heard: &Heard<'_>) {
        if let Some(purchase) = valuation.purchases.iter().find(|clause| heard.applies(clause.on, &clause.when)) {
            self.buy(purchase, heard);
        }
        for refund in valuation.refunds.iter().filter(|clause| heard.applies(clause.on, &clause.when)) {
            if let Some((amount, margin)) = self.reckon(&refund.amount, &refund.margin, heard)
                && let Some(entry) = self.on(heard.day)
            {
                entry.amount = entry.amount.saturating_sub(amount);
                entry.margin = entry.margin.saturating_sub(margin);
            }
        }
        for service in valuation.services.iter().filter(|clause| heard.applies(clause.on, &clause.when)) {
            if let Some((cost, _)) = self.reckon(&service.amount, &Margin::Whole, heard)
                && let Some(entry) = self.on(heard.day)
            {
                entry.cost = entry.cost.saturating_add(cost);
            }
        }
        for departure in valuation.departures.iter().filter(|clause| heard.applies(clause.on, &clause.when)) {
            let why = departure.because.as_ref().and_then(|because| word(because, &heard.scope)).unwrap_or_default();
            self.leave(heard.day, &why);
        }
    }

    fn buy(&mut self, purchase: &Purchase, heard: &Heard<'_>) {
        let Some((amount, margin)) = self.reckon(&purchase.amount, &purchase.margin, heard) else { return };
        let word = purchase.segment.as_ref().and_then(|segment| word(segment, &heard.scope));
        if let Some(entry) = self.on(heard.day) {
            entry.purchases = entry.purchases.saturating_add(1);
            entry.amount = entry.amount.saturating_add(amount);
            entry.margin = entry.margin.saturating_add(margin);
            entry.segment = entry.segment.take().max(word.map(|word| (heard.time, word)));
        }
    }
}

/// The day of an event in the charter's zone, and the milliseconds of that day.
fn local_day(event: &Event, rules: &Rules) -> Option<(i32, u32)> {
    let timestamp = jiff::Timestamp::from_millisecond(event.time.0).ok()?;
    let ahead = i64::from(rules.charter.zone.to_offset(timestamp).seconds()).checked_mul(1_000)?;
    let local = event.time.0.checked_add(ahead)?;
    Some((i32::try_from(local.div_euclid(DAY)).ok()?, u32::try_from(local.rem_euclid(DAY)).ok()?))
}

/// The word that an expression gives.
fn word(expression: &Expr, scope: &Scope<'_>) -> Option<Box<str>> {
    match (expression.value(scope).ok()?, expression.kind()) {
        (Value::Choice(position), Type::Choice(words)) => words.get(usize::from(position)).cloned(),
        _ => None,
    }
}
