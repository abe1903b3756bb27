//! What a party was credited, as the movements of its books say: kept by day, for playbooks that weigh it.

use makegood_charter::Charter;
use makegood_money::{Money, Movement};

use crate::award::in_charter_money;
use crate::fold::Folding;
use crate::{Remedy, limits};

/// A day in milliseconds.
const DAY: i64 = 86_400_000;

/// Notes what a movement gave, or took back because the party let it go, on the day on which it came to be owed.
pub(super) fn note(folding: &mut Folding, remedy: &Remedy, movement: &Movement) {
    let rules = folding.book.by_tag(remedy.reason.charter).map(|(_, rules)| rules);
    let day = i32::try_from(remedy.owed_at.0.div_euclid(DAY)).unwrap_or(i32::MAX);
    let given = movement
        .lines()
        .iter()
        .filter(|line| ["Expenses:", "Income:Waived:"].iter().any(|given| line.account.starts_with(given)));
    for line in given {
        let amount = rules.map_or(line.amount, |rules| weighed(&rules.charter, line.amount));
        add(&mut folding.party.credits, day, amount);
    }
    let over = folding.party.credits.len().saturating_sub(limits::CREDITED);
    folding.party.credits.drain(..over);
}

/// An amount in the charter's own money, where its worth is known; what is taken back as it was given.
fn weighed(charter: &Charter, amount: Money) -> Money {
    let size = Money { minor: amount.minor.saturating_abs(), ..amount };
    let Ok(weighed) = in_charter_money(charter, size) else { return amount };
    let minor = if amount.minor < 0 { weighed.minor.saturating_neg() } else { weighed.minor };
    Money { minor, ..weighed }
}

fn add(credits: &mut Vec<(i32, Money)>, day: i32, amount: Money) {
    let place = credits.binary_search_by_key(&(day, amount.commodity), |(day, known)| (*day, known.commodity));
    match place {
        Ok(place) => {
            let Some((_, known)) = credits.get_mut(place) else { return };
            known.minor = known.minor.saturating_add(amount.minor);
            if known.minor == 0 {
                credits.remove(place);
            }
        }
        Err(place) => credits.insert(place, (day, amount)),
    }
}
