//! The statement: how the promises stand, what is owed by right and by tender, the largest cases, what is still to pay.

use std::collections::BTreeMap;

use makegood_core::id::{Kind, Name};
use makegood_core::{PromiseState, Remedy, RemedyKind, RemedyState, Rulebook, in_charter_money};
use makegood_engine::rows;
use makegood_money::Money;
use makegood_store::{PartKind, PartRow, Reader, SLOTS, Slot};
use serde::Serialize;

use crate::Failure;
use crate::output::{amount, grouped, table};

/// How many of the largest cases are shown.
const LARGEST: usize = 5;
/// Rows of a slot that are read at once …
const ROWS: usize = 500;
/// … and slots whose first rows are read together.
const TOGETHER: usize = 64;

/// Sums of amounts by commodity: number of decimals and minor units.
type Sums = BTreeMap<String, (u8, i128)>;

/// The whole statement.
#[derive(Debug, Default, Serialize)]
pub struct Statement {
    /// Promises by clause and state.
    pub promises: BTreeMap<String, BTreeMap<&'static str, u64>>,
    /// What was owed, by right and kind.
    pub rights: BTreeMap<String, Owed>,
    /// Remedies by state.
    pub states: BTreeMap<&'static str, Owed>,
    /// The largest cases.
    pub largest: Vec<Case>,
    /// When the next of what is still to pay is due.
    pub next_due: Option<String>,
    /// Every account's balance in minor units: (account, commodity, decimals, sum).
    pub accounts: Vec<(String, String, u8, i128)>,
    /// Lines set aside.
    pub set_aside: u64,
}

/// Remedies of one kind.
#[derive(Debug, Default, Serialize)]
pub struct Owed {
    /// How many.
    pub remedies: u64,
    /// What they sum to, in each tender.
    pub amounts: Sums,
}

/// One of the largest cases.
#[derive(Debug, Serialize)]
pub struct Case {
    /// The remedy's name.
    pub remedy: String,
    /// Whose it is.
    pub party: String,
    /// What it is about.
    pub thing: String,
    /// The right.
    pub right: String,
    /// What is owed.
    pub amounts: String,
    /// Why, in words.
    pub because: Vec<String>,
    #[serde(skip)]
    weight: i128,
}

impl Owed {
    fn add(&mut self, remedy: &Remedy) {
        self.remedies = self.remedies.saturating_add(1);
        for amount in remedy.amounts.iter() {
            let sum =
                self.amounts.entry(amount.commodity.code().to_owned()).or_insert((amount.commodity.decimals(), 0));
            sum.1 = sum.1.saturating_add(i128::from(amount.minor));
        }
    }

    fn words(&self) -> String {
        let amounts: Vec<_> =
            self.amounts.iter().map(|(code, (decimals, sum))| format!("{} {code}", amount(*sum, *decimals))).collect();
        amounts.join("  +  ")
    }
}

impl Statement {
    /// Draws up the statement from what is kept.
    pub fn draw_up(reader: &mut dyn Reader, book: &Rulebook) -> Result<Self, Failure> {
        let mut statement = Self::default();
        for (clause, state, count) in reader.standings(PartKind::Promise)? {
            let word = PromiseState::ALL.get(usize::from(state)).map_or("unknown", |state| state.word());
            let place = statement.promises.entry(clause.into()).or_default().entry(word).or_default();
            *place = place.saturating_add(count);
        }
        let mut next_due: Option<i64> = None;
        let mut count = |found: &[PartRow]| {
            for row in found {
                let remedy = rows::remedy(row)?;
                if remedy.state.is_outstanding() {
                    next_due = next_due.into_iter().chain(remedy.pay_by.map(|moment| moment.0)).min();
                }
                statement.count(book, &row.party, &remedy);
            }
            Ok::<_, Failure>(())
        };
        let slots: Vec<Slot> = (0..SLOTS).map(Slot).collect();
        for slots in slots.chunks(TOGETHER) {
            for first in reader.parts_in(slots, PartKind::Remedy, ROWS)?.chunk_by(|a, b| a.slot == b.slot) {
                count(first)?;
                let mut last = first.get(ROWS.saturating_sub(1)).cloned();
                while let Some(before) = last {
                    let more =
                        reader.parts_of_slot(before.slot, PartKind::Remedy, Some((&before.party, &before.id)), ROWS)?;
                    count(&more)?;
                    last = more.get(ROWS.saturating_sub(1)).cloned();
                }
            }
        }
        statement.next_due = next_due.map(|moment| makegood_charter::Moment(moment).to_string());
        let accounts = reader.balances()?.into_iter();
        statement.accounts =
            accounts.map(|(account, code, decimals, sum)| (account.into(), code.into(), decimals, sum)).collect();
        statement.set_aside = reader.count("quarantine")?;
        Ok(statement)
    }

    fn count(&mut self, book: &Rulebook, party: &str, remedy: &Remedy) {
        let right = match remedy.kind {
            RemedyKind::Penalty => format!("{} (paid late)", remedy.right),
            _ => remedy.right.to_string(),
        };
        // Goodwill that nobody has approved is not owed yet, and not in the books.
        if remedy.is_in_books() {
            self.rights.entry(right).or_default().add(remedy);
        }
        self.states.entry(remedy.state.word()).or_default().add(remedy);
        let Some((_, rules)) = book.by_tag(remedy.reason.charter) else { return };
        let worth = |amount: Money| {
            i128::from(in_charter_money(&rules.charter, amount).map_or(amount.minor, |worth| worth.minor))
        };
        let weight: i128 = remedy.amounts.iter().map(worth).sum();
        let smallest = self.largest.last().map_or(0, |case| case.weight);
        if self.largest.len() >= LARGEST && weight <= smallest {
            return;
        }
        // One case a thing and right: the same cancelled flight says it once.
        if let Some(same) =
            self.largest.iter().position(|case| case.thing == *remedy.thing && case.right == *remedy.right)
        {
            if self.largest.get(same).is_some_and(|case| case.weight >= weight) {
                return;
            }
            self.largest.remove(same);
        }
        self.largest.push(Case {
            remedy: Name::new(Kind::Remedy, party, remedy.id).to_string(),
            party: party.to_owned(),
            thing: remedy.thing.to_string(),
            right: remedy.right.to_string(),
            amounts: remedy.amounts.to_string(),
            because: makegood_core::because::because(&rules.charter, &remedy.reason, "en"),
            weight,
        });
        self.largest.sort_by(|a, b| (b.weight, &a.remedy).cmp(&(a.weight, &b.remedy)));
        self.largest.truncate(LARGEST);
    }

    /// True when the accounts sum to zero in every commodity.
    pub fn balances(&self) -> bool {
        self.sums().values().all(|(_, sum)| *sum == 0)
    }

    fn sums(&self) -> Sums {
        let mut sums = Sums::new();
        for (_, code, decimals, sum) in &self.accounts {
            let place = sums.entry(code.clone()).or_insert((*decimals, 0));
            place.1 = place.1.saturating_add(*sum);
        }
        sums
    }

    /// The statement for people.
    pub fn text(&self) -> String {
        let mut text = String::from("Promises\n");
        let mut rows = Vec::new();
        for (clause, states) in &self.promises {
            let made: u64 = states.values().sum();
            rows.push(vec![clause.clone(), "made".to_owned(), grouped(made)]);
            let known = PromiseState::ALL.iter().filter_map(|state| Some((state.word(), states.get(state.word())?)));
            rows.extend(known.map(|(word, count)| vec![String::new(), word.to_owned(), grouped(*count)]));
        }
        text.push_str(&table(&rows, &[2]));
        text.push_str("\nOwed, by right and tender\n");
        let rights = self.rights.iter().map(|(right, owed)| vec![right.clone(), grouped(owed.remedies), owed.words()]);
        text.push_str(&or_none(table(&rights.collect::<Vec<_>>(), &[1])));
        text.push_str("\nRemedies, by how they stand\n");
        let order = RemedyState::ALL.iter().filter_map(|state| Some((state.word(), self.states.get(state.word())?)));
        let states = order.map(|(word, owed)| vec![word.to_owned(), grouped(owed.remedies), owed.words()]);
        text.push_str(&or_none(table(&states.collect::<Vec<_>>(), &[1])));
        if let Some(due) = &self.next_due {
            text.push_str(&format!("  the next of what is still to pay is due by {due}\n"));
        }
        if !self.largest.is_empty() {
            text.push_str("\nThe largest cases\n");
        }
        for case in &self.largest {
            text.push_str(&format!(
                "  {}  {}  {}\n    {} · {}\n",
                case.amounts, case.right, case.thing, case.party, case.remedy
            ));
            for sentence in &case.because {
                text.push_str(&format!("    because: {sentence}\n"));
            }
        }
        text.push_str("\nThe books\n");
        text.push_str(&self.books());
        if self.set_aside > 0 {
            text.push_str(&format!(
                "\n{} lines were set aside: `makegood quarantine list` says why\n",
                grouped(self.set_aside)
            ));
        }
        text
    }

    /// The accounts, and that they balance.
    pub fn books(&self) -> String {
        let accounts = self
            .accounts
            .iter()
            .map(|(account, code, decimals, sum)| vec![account.clone(), amount(*sum, *decimals), code.clone()]);
        let mut text = or_none(table(&accounts.collect::<Vec<_>>(), &[1]));
        for (code, (decimals, sum)) in self.sums() {
            let verdict = if sum == 0 { "they balance" } else { "THEY DO NOT BALANCE" };
            text.push_str(&format!("  all accounts in {code} sum to {}: {verdict}\n", amount(sum, decimals)));
        }
        text
    }
}

fn or_none(text: String) -> String {
    if text.is_empty() { "  none\n".to_owned() } else { text }
}
