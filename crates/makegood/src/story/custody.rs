//! Chains of custody: who handed what to whom, and what a hand-off did not meet of its duty.

use makegood_charter::value::Moment;
use makegood_core::{Beside, Custody, Hand};
use makegood_engine::rows;
use makegood_store::{PartKind, Reader, slot_of};

use super::{Language, Opened, Teller, moment};
use crate::Failure;
use crate::output::table;

/// What is entered longer after it happened was written down somewhere else first, in milliseconds.
const OFFLINE: i64 = 3_600_000;

impl Teller<'_> {
    /// Who handed what to whom: of one thing, or of every thing that the party was promised.
    pub(super) fn custody(&mut self, thing: Option<&str>) -> Result<String, Failure> {
        let mut text = String::new();
        for row in self.reader.parts_of(self.slot, &self.party, PartKind::Custody)? {
            if let Some(Beside::Custody(chain)) = rows::beside(&row)?
                && thing.is_none_or(|thing| *chain.thing == *thing)
            {
                let drawn = self::chain(&chain, self.opened, &mut *self.reader, self.language.0)?;
                text.push_str(&format!("  {}\n{drawn}", chain.thing));
            }
        }
        Ok(text)
    }
}

/// The hand-offs of a chain, one a line; times in the zone of the newest charter. Of what was written down and entered later, it
/// says when.
pub(crate) fn chain(
    chain: &Custody,
    opened: &Opened,
    reader: &mut dyn Reader,
    language: &str,
) -> Result<String, Failure> {
    let language = Language(language);
    let rules = opened.book.versions().last();
    let at = |when: Moment| rules.map_or_else(|| when.to_string(), |rules| moment(rules, when, language));
    let mut lines = Vec::new();
    for hand in &chain.hands {
        let kept = reader.event(slot_of(&chain.thing), &chain.thing, &hand.ident)?;
        let recorded = kept.map_or(hand.at, |row| Moment(row.recorded));
        let entered = match recorded > hand.at.plus(OFFLINE) {
            true => format!("{} {}", language.of(["entered", "录入于", "ført inn"]), at(recorded)),
            false => String::new(),
        };
        lines.push(vec![
            at(hand.at),
            who(hand, language),
            how_much(hand, language),
            unmet(hand, language),
            entered,
            hand.note.to_string(),
        ]);
    }
    Ok(table(&lines, &[]))
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
