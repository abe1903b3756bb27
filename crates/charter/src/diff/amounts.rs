//! What rights give: amounts, shares and bands, compared as they stand from the day the new charter is in force.

use std::collections::BTreeSet;

use makegood_money::{Money, Ratio, Rounding};

use super::{Changes, Effect, Phrase, more_is_better, reversed};
use crate::expr::Expr;
use crate::model::{Amount, Award, AwardKind, Band, Charter, Entry, Fixed, Give, ValueId};
use crate::plain::{Plain, Reach, Scale};
use crate::value::Moment;

/// An amount as it stands at one moment.
enum Standing<'a> {
    Money(Money),
    Expr(&'a Expr),
    Share(Ratio, &'a Expr),
    Each(Box<Self>, &'a Expr),
    Bands(&'a [Band], &'a Expr),
}

/// One difference at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Difference {
    effect: Effect,
    gave: String,
    gives: String,
    /// What is measured, and the part of it.
    band: Option<(String, String)>,
}

impl Changes<'_> {
    pub(super) fn awards(&mut self, before: &[Award], now: &[Award]) {
        for (kind, name) in [(AwardKind::Restitution, "restitution"), (AwardKind::Compensation, "compensation")] {
            let find = |awards: &[Award]| awards.iter().position(|award| award.kind == kind);
            let before = find(before).and_then(|at| before.get(at));
            let now = find(now).and_then(|at| now.get(at));
            self.at(name, |changes| match (before, now) {
                (Some(before), Some(now)) => changes.award(before, now),
                (None, Some(now)) => {
                    let words = described(&changes.new, now);
                    changes.note(Effect::Better, Phrase::NowGives, &[&words]);
                }
                (Some(before), None) => {
                    let words = described(&changes.old, before);
                    changes.note(Effect::Worse, Phrase::NoLongerGives, &[&words]);
                }
                (None, None) => {}
            });
        }
    }

    pub(super) fn award(&mut self, before: &Award, now: &Award) {
        self.amounts(&before.amount, &now.amount);
        let most = [Phrase::Most, Phrase::MostAdded, Phrase::MostRemoved];
        self.bound("at_most", before.at_most.as_ref(), now.at_most.as_ref(), most, Effect::Worse);
        let least = [Phrase::Least, Phrase::LeastAdded, Phrase::LeastRemoved];
        self.bound("at_least", before.at_least.as_ref(), now.at_least.as_ref(), least, Effect::Better);
        self.rounding(before, now);
        self.shares(before, now);
        if before.pays_in != now.pays_in {
            let words = |plain: &Plain<'_>, award: &Award| {
                let money = || plain.pick("paid in money", "以货币支付", "utbetalt i penger").to_owned();
                plain.pays_in(award.pays_in).unwrap_or_else(money)
            };
            let (was, is) = (words(&self.old, before), words(&self.new, now));
            self.at("in", |changes| changes.note(Effect::Open, Phrase::PaysIn, &[&was, &is]));
        }
    }

    /// Compares at every moment from which an amount counts; says from when only where that matters.
    fn amounts(&mut self, before: &Amount, now: &Amount) {
        let moments = self.moments(&[value_of(before), value_of(now)]);
        let sets: Vec<Vec<Difference>> = moments.iter().map(|at| self.differences(before, now, *at)).collect();
        let always = sets.windows(2).all(|pair| matches!(pair, [one, other] if one == other));
        let mut last: &[Difference] = &[];
        for (moment, set) in moments.iter().zip(&sets) {
            if set != last {
                let from = (!always).then(|| self.new.date(*moment));
                for difference in set {
                    self.difference(difference, from.as_deref());
                }
            }
            last = set;
        }
    }

    /// What lessens it, multiplies it, keeps it back, or may be chosen instead.
    fn shares(&mut self, before: &Award, now: &Award) {
        let reduced = |plain: &Plain<'_>, award: &Award| {
            let words = award.reduced.iter().map(|reduction| {
                let when = reduction.when.as_ref().map_or("", |when| when.source());
                format!("{} ({})", plain.share(reduction.to), when.trim())
            });
            words.collect::<Vec<_>>().join("; ")
        };
        let some = |words: String| (!words.is_empty()).then_some(words);
        let (was, is) = (some(reduced(&self.old, before)), some(reduced(&self.new, now)));
        self.open("reduced", was.as_deref(), is.as_deref());
        self.open("dated_by", before.dated_by.as_ref().map(Expr::source), now.dated_by.as_ref().map(Expr::source));
        self.open("times", before.times.as_ref().map(Expr::source), now.times.as_ref().map(Expr::source));
        let words = |plain: &Plain<'_>, award: &Award| award.least_payable.map(|least| plain.money(least));
        let (was, is) = (words(&self.old, before), words(&self.new, now));
        self.at("least_payable", |changes| match (&was, &is, before.least_payable, now.least_payable) {
            (Some(was), Some(is), Some(old), Some(new)) if old != new => {
                changes.note(reversed(money_effect(old, new)), Phrase::LeastPaid, &[was, is]);
            }
            (None, Some(is), ..) => changes.note(Effect::Worse, Phrase::LeastPaidAdded, &[is]),
            (Some(was), None, ..) => changes.note(Effect::Better, Phrase::LeastPaidRemoved, &[was]),
            _ => {}
        });
        let other = |plain: &Plain<'_>, award: &Award| award.or_in.map(|other| plain.or_in(other));
        let (was, is) = (other(&self.old, before), other(&self.new, now));
        self.open("or_in", was.as_deref(), is.as_deref());
    }

    fn difference(&mut self, difference: &Difference, from: Option<&str>) {
        let Difference { effect, gave, gives, band } = difference;
        match (band, from) {
            (Some((measure, reach)), None) => self.note(*effect, Phrase::Band, &[gave, gives, measure, reach]),
            (Some((measure, reach)), Some(from)) => {
                self.note(*effect, Phrase::BandFrom, &[gave, gives, measure, reach, from]);
            }
            (None, None) => self.note(*effect, Phrase::Gave, &[gave, gives]),
            (None, Some(from)) => self.note(*effect, Phrase::GaveFrom, &[gave, gives, from]),
        }
    }

    /// The start of the new charter, and every later moment at which one of these values changes.
    fn moments(&self, values: &[Option<ValueId>; 2]) -> Vec<Moment> {
        let (start, end) = (self.new.charter.from, self.new.charter.until);
        let mut moments = BTreeSet::from([start]);
        for (charter, value) in [self.old.charter, self.new.charter].into_iter().zip(values) {
            let value = value.and_then(|id| charter.values.get(id));
            let entries = value.into_iter().flat_map(|value| &value.entries).map(|(from, _)| *from);
            moments.extend(entries.filter(|from| *from > start && end.is_none_or(|end| *from < end)));
        }
        moments.into_iter().collect()
    }

    fn differences(&self, before: &Amount, now: &Amount, at: Moment) -> Vec<Difference> {
        let (gave, gives) = (standing(self.old.charter, before, at), standing(self.new.charter, now, at));
        match (&gave, &gives) {
            (Some(Standing::Bands(old, by)), Some(Standing::Bands(new, measure))) if alike(by, measure) => {
                self.bands(old, new, by)
            }
            (gave, gives) => self.plainly(gave.as_ref(), gives.as_ref()).into_iter().collect(),
        }
    }

    /// The difference of two amounts that are not bands of one measure.
    fn plainly(&self, gave: Option<&Standing<'_>>, gives: Option<&Standing<'_>>) -> Option<Difference> {
        let effect = effect(gave, gives);
        let written = |standing: Option<&Standing<'_>>| standing.map(source).unwrap_or_default();
        if effect == Effect::Neutral && written(gave) == written(gives) {
            return None;
        }
        let (mut old, mut new) = (said(&self.old, gave), said(&self.new, gives));
        if old == new {
            (old, new) = (format!("{old} (`{}`)", written(gave)), format!("{new} (`{}`)", written(gives)));
        }
        Some(Difference { effect, gave: old, gives: new, band: None })
    }

    /// The parts of a measure in which two tables differ, neighbours that differ alike taken together.
    fn bands(&self, old: &[Band], new: &[Band], by: &Expr) -> Vec<Difference> {
        let scale = Scale::new(by, old.iter().chain(new));
        let mut edges: Vec<&Band> = old.iter().chain(new).collect();
        edges.sort_by_key(|band| band.at);
        edges.dedup_by_key(|band| band.at);
        let give = |bands: &'_ [Band], at: i64| {
            let next = bands.partition_point(|band| band.at <= at);
            next.checked_sub(1).and_then(|last| bands.get(last)).map(|band| band.give.clone())
        };
        let heading = self.new.heading(&scale);
        let mut found: Vec<(Difference, &Band, Option<&Band>)> = Vec::new();
        for (position, edge) in edges.iter().enumerate() {
            let (gave, gives) = (give(old, edge.at), give(new, edge.at));
            let below = edges.get(position.saturating_add(1)).copied();
            let Some(effect) = give_effect(gave.as_ref(), gives.as_ref()) else { continue };
            let words = |plain: &Plain<'_>, give: Option<&Give>| {
                give.map_or_else(|| plain.nothing().to_owned(), |give| plain.give(give))
            };
            let (gave, gives) = (words(&self.old, gave.as_ref()), words(&self.new, gives.as_ref()));
            let next = Difference { effect, gave, gives, band: None };
            match found.last_mut() {
                Some((last, _, end)) if *last == next && end.is_some_and(|end| end.at == edge.at) => *end = below,
                _ => found.push((next, edge, below)),
            }
        }
        let reached = |(difference, at, below): (Difference, &Band, Option<&Band>)| {
            let reach = self.new.reach(Reach { at: Some(at), below }, &scale);
            Difference { band: Some((heading.clone(), reach)), ..difference }
        };
        found.into_iter().map(reached).collect()
    }

    /// A bound on an amount; `adding` says what adding one means.
    fn bound(&mut self, place: &str, old: Option<&Fixed>, new: Option<&Fixed>, phrases: [Phrase; 3], adding: Effect) {
        let [changed, added, removed] = phrases;
        let (was, is) = (old.map(|fixed| self.old.fixed(fixed)), new.map(|fixed| self.new.fixed(fixed)));
        let effect = match (old, new) {
            (Some(old), Some(new)) => self.bound_effect(old, new),
            _ => None,
        };
        self.at(place, |changes| match (&was, &is) {
            (Some(was), Some(is)) => {
                if let Some(effect) = effect {
                    changes.note(effect, changed, &[was, is]);
                }
            }
            (None, Some(is)) => changes.note(adding, added, &[is]),
            (Some(was), None) => changes.note(reversed(adding), removed, &[was]),
            (None, None) => {}
        });
    }

    /// What a changed bound means at the first moment at which it differs; a higher one is better either way.
    fn bound_effect(&self, old: &Fixed, new: &Fixed) -> Option<Effect> {
        let value = |fixed: &Fixed| if let Fixed::Value(id) = fixed { Some(*id) } else { None };
        let moments = self.moments(&[value(old), value(new)]);
        moments.into_iter().find_map(|at| {
            let (gave, gives) = (fixed_at(self.old.charter, old, at), fixed_at(self.new.charter, new, at));
            let written = |standing: &Option<Standing<'_>>| standing.as_ref().map(source);
            (written(&gave) != written(&gives)).then(|| effect(gave.as_ref(), gives.as_ref()))
        })
    }

    fn rounding(&mut self, before: &Award, now: &Award) {
        if (before.round_to, before.rounding) == (now.round_to, now.rounding) {
            return;
        }
        let commodity = now.round_to.or(before.round_to).map_or(self.new.charter.money, |step| step.commodity);
        let step = |award: &Award| award.round_to.unwrap_or(Money::new(1, commodity));
        let (old, new) = (step(before), step(now));
        let rank = |rounding: Rounding| match rounding {
            Rounding::Up => 2,
            Rounding::Nearest => 1,
            Rounding::Down => 0,
        };
        let effect = match (old == new, before.rounding == now.rounding, now.rounding) {
            (true, _, _) => more_is_better(&rank(before.rounding), &rank(now.rounding)),
            (false, true, Rounding::Up) if old.commodity == new.commodity => more_is_better(&old.minor, &new.minor),
            (false, true, Rounding::Down) if old.commodity == new.commodity => {
                reversed(more_is_better(&old.minor, &new.minor))
            }
            _ => Effect::Open,
        };
        let (was, is) = (self.old.rounded(old, before.rounding), self.new.rounded(new, now.rounding));
        self.at("round_to", |changes| changes.note(effect, Phrase::Rounding, &[&was, &is]));
    }
}

/// An award in one line, its latest table included.
pub(super) fn described(plain: &Plain<'_>, award: &Award) -> String {
    let words = plain.award(award);
    let mut parts = Vec::new();
    match &award.amount {
        Amount::Bands { table, by } => {
            if let Some((_, Entry::Bands(bands))) = plain.entries(*table).last() {
                let scale = Scale::new(by, bands);
                for (position, band) in bands.iter().enumerate() {
                    let reach = Reach { at: Some(band), below: bands.get(position.saturating_add(1)) };
                    parts.push(format!("{} ({})", plain.give(&band.give), plain.reach(reach, &scale)));
                }
            }
        }
        _ => parts.push(words.amount),
    }
    parts.extend(words.details);
    parts.join(plain.pick(", ", "，", ", "))
}

fn value_of(amount: &Amount) -> Option<ValueId> {
    match amount {
        Amount::Bands { table, .. } => Some(*table),
        Amount::Fixed(Fixed::Value(id)) | Amount::Each { rate: Fixed::Value(id), .. } => Some(*id),
        _ => None,
    }
}

fn standing<'a>(charter: &'a Charter, amount: &'a Amount, at: Moment) -> Option<Standing<'a>> {
    Some(match amount {
        Amount::Fixed(fixed) => return fixed_at(charter, fixed, at),
        Amount::Share { ratio, of } => Standing::Share(*ratio, of),
        Amount::Each { rate, count } => Standing::Each(Box::new(fixed_at(charter, rate, at)?), count),
        Amount::Bands { table, by } => match charter.values.get(*table).and_then(|value| value.at(at)) {
            Some((_, Entry::Bands(bands))) => Standing::Bands(bands, by),
            _ => Standing::Bands(&[], by),
        },
    })
}

fn fixed_at<'a>(charter: &'a Charter, fixed: &'a Fixed, at: Moment) -> Option<Standing<'a>> {
    match fixed {
        Fixed::Money(money) => Some(Standing::Money(*money)),
        Fixed::Expr(expression) => Some(Standing::Expr(expression)),
        Fixed::Value(id) => match charter.values.get(*id)?.at(at)? {
            (_, Entry::Money(money)) => Some(Standing::Money(*money)),
            (_, Entry::Bands(_)) => None,
        },
    }
}

fn alike(one: &Expr, other: &Expr) -> bool {
    one.source().trim() == other.source().trim()
}

fn effect(gave: Option<&Standing<'_>>, gives: Option<&Standing<'_>>) -> Effect {
    match (gave, gives) {
        (None, None) => Effect::Neutral,
        (None, Some(_)) => Effect::Better,
        (Some(_), None) => Effect::Worse,
        (Some(Standing::Money(old)), Some(Standing::Money(new))) => money_effect(*old, *new),
        (Some(Standing::Share(old, of)), Some(Standing::Share(new, what))) if alike(of, what) => {
            share_effect(*old, *new)
        }
        (Some(Standing::Each(old, of)), Some(Standing::Each(new, what))) if alike(of, what) => {
            effect(Some(old), Some(new))
        }
        (Some(Standing::Expr(old)), Some(Standing::Expr(new))) if alike(old, new) => Effect::Neutral,
        _ => Effect::Open,
    }
}

fn money_effect(old: Money, new: Money) -> Effect {
    if old.commodity == new.commodity { more_is_better(&old.minor, &new.minor) } else { Effect::Open }
}

fn share_effect(old: Ratio, new: Ratio) -> Effect {
    let crossed =
        |one: Ratio, other: Ratio| i128::from(one.numerator()).saturating_mul(i128::from(other.denominator()));
    more_is_better(&crossed(old, new), &crossed(new, old))
}

/// What a changed band means; `None` where it gives the same.
fn give_effect(gave: Option<&Give>, gives: Option<&Give>) -> Option<Effect> {
    let something = |give: &&Give| !matches!(give, Give::Money(money) if money.is_zero());
    let effect = match (gave.filter(something), gives.filter(something)) {
        (None, None) => Effect::Neutral,
        (None, Some(_)) => Effect::Better,
        (Some(_), None) => Effect::Worse,
        (Some(Give::Money(old)), Some(Give::Money(new))) => money_effect(*old, *new),
        (Some(Give::Share { ratio, of }), Some(Give::Share { ratio: new, of: what })) if alike(of, what) => {
            share_effect(*ratio, *new)
        }
        _ => Effect::Open,
    };
    (effect != Effect::Neutral).then_some(effect)
}

/// What tells two amounts apart.
fn source(standing: &Standing<'_>) -> String {
    match standing {
        Standing::Money(money) => money.to_string(),
        Standing::Expr(expression) => expression.source().trim().to_owned(),
        Standing::Share(ratio, of) => format!("{}/{} {}", ratio.numerator(), ratio.denominator(), of.source().trim()),
        Standing::Each(rate, count) => format!("{} × {}", source(rate), count.source().trim()),
        Standing::Bands(_, by) => format!("bands by {}", by.source().trim()),
    }
}

fn said(plain: &Plain<'_>, standing: Option<&Standing<'_>>) -> String {
    match standing {
        None => plain.nothing().to_owned(),
        Some(Standing::Money(money)) => plain.money(*money),
        Some(Standing::Expr(expression)) => plain.expression(expression),
        Some(Standing::Share(ratio, of)) => plain.share_of(*ratio, &plain.expression(of)),
        Some(Standing::Each(rate, count)) => format!("{} × {}", said(plain, Some(rate)), plain.expression(count)),
        Some(Standing::Bands(_, by)) => {
            let by = plain.expression(by);
            plain.pick(
                format!("an amount by a table of {by}"),
                format!("按{by}分档的金额"),
                format!("et beløp etter en tabell over {by}"),
            )
        }
    }
}
