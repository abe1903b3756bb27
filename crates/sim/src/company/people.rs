//! People and payment systems: they act on what they received, or on what they see.

use std::collections::BTreeMap;

use anyhow::Result;
use makegood_auditor::{DAY, Fact, HOUR, Verdict, What};
use makegood_charter::Moment;
use makegood_core::PromiseState;
use makegood_core::id::{Kind, Name};
use makegood_engine::{Origin, read};
use makegood_money::{Commodities, Money};
use makegood_store::{PartKind, slot_of};
use serde_json::Value as Json;

use super::{Came, Company, a_little_after, line};
use crate::plan::{BEGIN, Chance};
use crate::post::Records;

/// What lies on people's desks: customers and names.
#[derive(Default)]
pub(crate) struct Matters {
    payouts: Vec<(String, String)>,
    approvals: Vec<(String, String)>,
    questions: Vec<(String, String)>,
    failed: Vec<(String, String)>,
}

impl Matters {
    /// Opens the new letters.
    pub fn open(&mut self, records: &mut BTreeMap<&'static str, Records>) {
        for letter in records.values_mut().flat_map(|records| std::mem::take(&mut records.letters)) {
            let Ok(body) = serde_json::from_slice::<Json>(&letter.body) else { continue };
            let text = |field: &str| body.get(field).and_then(Json::as_str).map(ToOwned::to_owned);
            let Some(party) = text("party") else { continue };
            let (remedy, promise) = (text("remedy"), text("promise"));
            let (pile, name) = match letter.topic.as_str() {
                "payout" => (&mut self.payouts, remedy),
                "approval" => (&mut self.approvals, remedy),
                "question" if promise.is_some() => (&mut self.questions, promise),
                "question" => (&mut self.failed, remedy),
                _ => continue,
            };
            pile.extend(name.map(|name| (party, name)));
        }
    }
}

impl Company {
    /// Somebody decides something, which is drawn: what there is to decide may be refused, or have been decided before.
    pub(super) fn decide(&mut self, session: usize, now: Moment, chance: &mut Chance) -> Result<Came<()>> {
        let Some((party, what)) = self.drawn(chance)? else { return Ok(Came::Well(())) };
        // What people note of yesterday; never of before the world began, and never of tomorrow.
        let yesterday = chance.between(0, 3 * DAY);
        let time = a_little_after((now.0.saturating_sub(self.jump) - yesterday).max(BEGIN), self.facts.len());
        let number = self.facts.len();
        let fact = Fact { id: format!("d{number}"), time, party: Some(party), thing: String::new(), what };
        self.lines.push(line(&fact));
        self.facts.push(fact);
        if chance.percent(50) { self.tell(session, now, number) } else { self.command(session, now, number) }
    }

    fn drawn(&mut self, chance: &mut Chance) -> Result<Option<(String, What)>> {
        let (payouts, approvals) = (&self.matters.payouts, &self.matters.approvals);
        let chosen = |chance: &mut Chance, from: &[(String, String)]| {
            // What lies on top, most of the time: otherwise all would have been decided before.
            let from = if chance.percent(75) { from.get(from.len().saturating_sub(6)..).unwrap_or(from) } else { from };
            chance.pick(from).cloned()
        };
        let user = |chance: &mut Chance| format!("user:{}", chance.below(3));
        let decided = match chance.below(100) {
            0..=34 => chosen(chance, payouts).map(|(party, remedy)| (party, What::Paid { remedy })),
            35..=42 => chosen(chance, payouts).map(|(party, remedy)| (party, What::Failed { remedy })),
            43..=49 => chosen(chance, payouts).map(|(party, remedy)| (party, What::Waived { remedy })),
            50..=69 => {
                let by = user(chance);
                chosen(chance, approvals).map(|(party, remedy)| (party, What::Approved { remedy, by }))
            }
            70..=74 => {
                let by = user(chance);
                chosen(chance, &self.matters.failed).map(|(party, remedy)| (party, What::Approved { remedy, by }))
            }
            75..=80 => {
                let (by, cents) = (user(chance), chance.between(1, 20_000));
                let pile = if chance.percent(50) { approvals } else { &self.matters.failed };
                let amount = Money::new(cents, Commodities::iso().get("USD")?);
                chosen(chance, pile).map(|(party, remedy)| (party, What::Corrected { remedy, amount, by }))
            }
            81..=83 => chosen(chance, approvals).map(|(party, remedy)| (party, What::Waived { remedy })),
            84..=86 => chosen(chance, &self.matters.questions).map(|(party, promise)| (party, What::Kept { promise })),
            87..=88 => {
                chosen(chance, &self.matters.questions).map(|(party, promise)| (party, What::Released { promise }))
            }
            89 => chosen(chance, payouts).map(|(party, _)| {
                let remedy = Name::new(Kind::Remedy, &party, [7; 12]).to_string();
                (party, What::Paid { remedy })
            }),
            90..=96 => self.open_promise(chance)?.map(|(party, promise, due)| {
                let due = due + chance.between(-HOUR, 5 * DAY);
                (party, What::Renegotiated { promise, due })
            }),
            _ => self.open_promise(chance)?.map(|(party, promise, _)| {
                let what = if chance.percent(50) { What::Released { promise } } else { What::Kept { promise } };
                (party, what)
            }),
        };
        Ok(decided)
    }

    /// A promise of some customer of which nothing is known yet, as staff see it.
    fn open_promise(&self, chance: &mut Chance) -> Result<Option<(String, String, i64)>> {
        let mut parties: Vec<&str> = self.facts.iter().filter_map(|fact| fact.party.as_deref()).collect();
        parties.sort_unstable();
        parties.dedup();
        let Some(party) = chance.pick(&parties) else { return Ok(None) };
        let rows = self.store.reader()?.parts_of(slot_of(party), party, PartKind::Promise)?;
        let open = |state: u8| PromiseState::ALL.get(usize::from(state)).is_some_and(|state| state.is_open());
        let open: Vec<_> = rows.iter().filter(|row| open(row.state) && &*row.clause == "departure").collect();
        Ok(chance.pick(&open).map(|row| {
            let name = Name::new(Kind::Promise, party, row.id).to_string();
            ((*party).to_owned(), name, row.due.unwrap_or_default())
        }))
    }

    /// A decision whose answer somebody waits for.
    fn command(&mut self, session: usize, now: Moment, fact: usize) -> Result<Came<()>> {
        self.note_told(fact)?;
        let line = self.lines.get(fact).cloned().unwrap_or_default();
        self.told += 1;
        let came = self.at(session, now, |desk| {
            let incoming = read(&desk.book, &line, Origin { name: "world".into(), line: fact as u64 }, now);
            desk.unsure.push(fact);
            match incoming {
                Ok(incoming) => {
                    let answer = desk.session.command(incoming)?;
                    desk.unsure.retain(|unsure| *unsure != fact);
                    Ok(answer)
                }
                Err(reject) => Ok(Err(reject)),
            }
        })?;
        let Came::Well(answer) = came else { return Ok(Came::Died) };
        self.acknowledged.insert(fact);
        if let Err(reject) = answer {
            let party = self.facts.get(fact).and_then(|fact| fact.party.clone()).unwrap_or_default();
            let (from, until) = (self.told_at.get(&fact).copied().unwrap_or(0), self.length_of(&party)?);
            self.verdicts.push(Verdict { fact, code: reject.code.to_owned(), from, until });
        }
        Ok(Came::Well(()))
    }
}
