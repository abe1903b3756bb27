//! Chains of custody: who handed what to whom, and what a hand-off did not meet of its duty.

use makegood_core::{Beside, Custody, Hand};
use makegood_engine::rows;
use makegood_store::PartKind;

use super::{Language, Opened, Teller, moment};
use crate::Failure;
use crate::output::table;

impl Teller<'_> {
    /// Who handed what to whom: of one thing, or of every thing that the party was promised.
    pub(super) fn custody(&mut self, thing: Option<&str>) -> Result<String, Failure> {
        let mut text = String::new();
        for row in self.reader.parts_of(self.slot, &self.party, PartKind::Custody)? {
            if let Some(Beside::Custody(chain)) = rows::beside(&row)?
                && thing.is_none_or(|thing| *chain.thing == *thing)
            {
                text.push_str(&format!("  {}\n{}", chain.thing, self::chain(&chain, self.opened, self.language.0)));
            }
        }
        Ok(text)
    }
}

/// The hand-offs of a chain, one a line; times in the zone of the newest charter.
pub(crate) fn chain(chain: &Custody, opened: &Opened, language: &str) -> String {
    let language = Language(language);
    let rules = opened.book.versions().last();
    let at = |hand: &Hand| rules.map_or_else(|| hand.at.to_string(), |rules| moment(rules, hand.at, language));
    let lines = chain.hands.iter().map(|hand| {
        vec![at(hand), who(hand, language), how_much(hand, language), unmet(hand, language), hand.note.to_string()]
    });
    table(&lines.collect::<Vec<_>>(), &[])
}

fn who(hand: &Hand, language: Language) -> String {
    if hand.measured {
        return language.of(["measured", "核定数量", "målt"]).to_owned();
    }
    match &*hand.on_behalf_of {
        "" => format!("{} → {}", hand.giver, hand.taker),
        owner => {
            let label = language.of(["for", "代收，收货人：", "for"]);
            format!("{} → {} ({label} {owner})", hand.giver, hand.taker)
        }
    }
}

fn how_much(hand: &Hand, language: Language) -> String {
    let amount = |quantity: i64| hand.amount(quantity, language.0);
    let accepted = hand.accepted.filter(|accepted| Some(*accepted) != hand.quantity).map(amount);
    match (hand.quantity.map(amount), accepted) {
        (Some(quantity), Some(accepted)) => {
            format!("{quantity}, {} {accepted}", language.of(["accepted", "接收", "godtatt"]))
        }
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => "—".to_owned(),
    }
}

fn unmet(hand: &Hand, language: Language) -> String {
    let words = [
        (1, ["evidence is missing", "缺少凭证", "bevis mangler"]),
        (2, ["by proxy", "他人代收", "ved stedfortreder"]),
        (4, ["differs", "数量不符", "avviker"]),
    ];
    let found = words.into_iter().filter(|(bit, _)| hand.unmet & bit != 0).map(|(_, words)| language.of(words));
    found.collect::<Vec<_>>().join(", ")
}
