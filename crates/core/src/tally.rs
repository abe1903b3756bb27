//! What is counted for a party over time: how often something happened, and what one right gave. A fold needs no log for it.

use makegood_charter::expr::Scope;
use makegood_charter::model::{Charter, Limited, Window};
use makegood_charter::value::Moment;
use makegood_money::{Money, MoneyError};

use crate::fold::Folding;
use crate::promise::holds;
use crate::{Counted, Event, Given, Ident, Rules, limits};

/// Counts an event under every count of the charters in force that listens to it. Told again, it counts once.
pub(crate) fn event(folding: &mut Folding, event: &Event) {
    let book = folding.book;
    for (version, rules) in book.in_force(event.time) {
        let Some(form) = event.form(version) else { continue };
        for id in rules.uses(form.shape).map(|uses| uses.counts.as_slice()).unwrap_or_default() {
            let Some(count) = rules.charter.counts.get(*id) else { continue };
            let scope = Scope { data: &form.data, at: event.time, ..Scope::default() };
            if holds(count.when.as_ref(), &scope) {
                note(folding, (&rules.charter.name, &count.name), event, count.within);
            }
        }
    }
}

fn name(rules: &Rules, name: &str) -> String {
    format!("{}/{name}", rules.charter.name)
}

/// True of the name that [`name`] makes of these. It is asked for every event.
fn is_named(known: &str, charter: &str, name: &str) -> bool {
    known.strip_prefix(charter).and_then(|rest| rest.strip_prefix('/')) == Some(name)
}

fn note(folding: &mut Folding, (charter, name): (&str, &str), event: &Event, within: i64) {
    let counted = &mut folding.party.counted;
    let place = match counted.iter().position(|counted| is_named(&counted.name, charter, name)) {
        Some(place) => place,
        None => {
            counted.push(Counted { name: format!("{charter}/{name}").into(), times: Vec::new() });
            counted.len().saturating_sub(1)
        }
    };
    let Some(counted) = counted.get_mut(place) else { return };
    let entry = (event.time, short(&event.ident));
    let Err(at) = counted.times.binary_search(&entry) else { return };
    counted.times.insert(at, entry);
    // What no later event can look back to is let go.
    let newest = counted.times.last().map(|(time, _)| *time).unwrap_or_default();
    let kept_from = newest.plus(within.saturating_neg());
    let old = counted.times.partition_point(|(time, _)| *time <= kept_from);
    let over = counted.times.len().saturating_sub(limits::COUNTED);
    counted.times.drain(..old.max(over));
}

fn short(ident: &Ident) -> [u8; 8] {
    let mut short = [0; 8];
    for (place, byte) in short.iter_mut().zip(ident) {
        *place = *byte;
    }
    short
}

/// How often, by the counts of a charter in their order, up to and with `at`.
pub(crate) fn counts(folding: &Folding, rules: &Rules, at: Moment) -> Vec<i64> {
    let count = |count: &makegood_charter::model::Count| {
        let named = |counted: &&Counted| is_named(&counted.name, &rules.charter.name, &count.name);
        let Some(counted) = folding.party.counted.iter().find(named) else { return 0 };
        let from = at.plus(count.within.saturating_neg());
        let (old, known) = (
            counted.times.partition_point(|(time, _)| *time <= from),
            counted.times.partition_point(|(time, _)| *time <= at),
        );
        i64::try_from(known.saturating_sub(old)).unwrap_or(i64::MAX)
    };
    rules.charter.counts.iter().map(count).collect()
}

/// What one right gave a party in the window that `at` falls in.
pub(crate) struct Used {
    /// How much, in the commodity that was asked for.
    pub amount: Money,
    /// How often.
    pub times: u32,
}

/// Under which name a bounded right keeps what it gave: for a bound on one event, that event's own.
fn bounded(rules: &Rules, right: &str, limited: Limited, trigger: &Ident) -> String {
    let name = name(rules, right);
    match limited.within {
        Window::Event => format!("{name}{EVENT}{}", crate::id::hex(trigger)),
        Window::Year | Window::Trailing(_) => name,
    }
}

/// Between a right and the event that it is bounded for.
const EVENT: char = '#';

impl Given {
    /// The right, as `charter/right`, whatever it is bounded for.
    pub fn right_name(&self) -> &str {
        self.right.split(EVENT).next().unwrap_or_default()
    }
}

/// What the right gave so far in the window of `limited` that ends with `at`, or in its calendar year, or for the event.
pub(crate) fn used(
    folding: &Folding,
    rules: &Rules,
    right: &str,
    limited: Limited,
    (trigger, at): (&Ident, Moment),
    commodity: makegood_money::Commodity,
) -> Result<Used, MoneyError> {
    let mut used = Used { amount: Money::zero(commodity), times: 0 };
    if folding.party.given.is_empty() {
        return Ok(used);
    }
    let name = bounded(rules, right, limited, trigger);
    let given = folding
        .party
        .given
        .iter()
        .filter(|given| *given.right == *name && counts_for(&rules.charter, limited, given.at, at));
    for given in given {
        used.times = used.times.saturating_add(given.times);
        if given.amount.commodity == commodity {
            used.amount = used.amount.plus(given.amount)?;
        }
    }
    Ok(used)
}

/// True when what was given for an event of one time counts for another.
pub(crate) fn counts_for(charter: &Charter, limited: Limited, given: Moment, at: Moment) -> bool {
    match limited.within {
        Window::Year => year(charter, given) == year(charter, at),
        // Kept under the event's own name.
        Window::Event => true,
        Window::Trailing(length) => given <= at && given > at.plus(length.saturating_neg()),
    }
}

fn year(charter: &Charter, at: Moment) -> i16 {
    let timestamp = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    charter.zone.to_datetime(timestamp).year()
}

/// Notes what a right with a bound over time gave. What one calendar year holds is kept as one sum.
pub(crate) fn give(
    folding: &mut Folding,
    rules: &Rules,
    right: &str,
    limited: Limited,
    trigger: &Ident,
    given: (Moment, Money, u32),
) -> Result<(), MoneyError> {
    let (at, amount, times) = given;
    let name = bounded(rules, right, limited, trigger);
    if limited.within == Window::Year {
        let same = |known: &&mut Given| {
            *known.right == *name
                && known.amount.commodity == amount.commodity
                && year(&rules.charter, known.at) == year(&rules.charter, at)
        };
        if let Some(known) = folding.party.given.iter_mut().find(same) {
            known.amount = known.amount.plus(amount)?;
            known.times = known.times.saturating_add(times);
            return Ok(());
        }
    }
    let list = &mut folding.party.given;
    list.push(Given { right: name.into(), at, amount, times });
    if list.len() > limits::GIVEN {
        list.remove(0);
    }
    Ok(())
}
