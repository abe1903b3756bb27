//! What is owed, and what must be said of it.

use std::collections::{BTreeMap, BTreeSet};

use makegood_money::{Money, MoneyError, Ratio, Rounding};

use super::{About, Claim, Model, Moment, Promise, State};
use crate::books::Accounts;
use crate::facts::day_of;
use crate::figures::{self, APPROVE_OVER, BUDGET, NOTIFY_FROM};
use crate::seen::{RemedySeen, Trigger};

/// Something owed.
#[derive(Debug, Clone)]
pub(crate) struct Remedy {
    pub amounts: Vec<Money>,
    /// In words: `held for approval`, `approved`, `paid`, `failed`, `waived`.
    pub state: &'static str,
    pub kind: &'static str,
    pub thing: String,
    pub accounts: Accounts,
    pub owed_at: i64,
    pub pay_by: Option<i64>,
    pub sent: u32,
    /// Who asked for it.
    pub asked: BTreeSet<String>,
    /// How often its last payment may be taken back before it leaves.
    pub withdrawn: u32,
}

impl Remedy {
    /// True once it stands in the books: goodwill when it was approved, everything else from the start.
    pub fn is_in_books(&self) -> bool {
        self.kind != "goodwill" || self.sent > 0
    }

    pub fn is_outstanding(&self) -> bool {
        matches!(self.state, "held for approval" | "approved" | "failed")
    }
}

/// A message that must leave.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Expected {
    pub topic: &'static str,
    pub remedies: Vec<String>,
    pub promise: Option<String>,
    pub amounts: Vec<String>,
}

impl Expected {
    pub fn question_of_promise(name: &str) -> Self {
        Self { topic: "question", remedies: Vec::new(), promise: Some(name.to_owned()), amounts: Vec::new() }
    }

    pub fn of_remedy(topic: &'static str, name: &str, amounts: &[Money]) -> Self {
        let amounts = amounts.iter().map(ToString::to_string).collect();
        Self { topic, remedies: vec![name.to_owned()], promise: None, amounts }
    }
}

/// What is to be owed.
struct Owed {
    right: &'static str,
    kind: &'static str,
    terms: u8,
    cause: Trigger,
    owed_at: i64,
    penalty: bool,
}

fn in_order(mut amounts: Vec<Money>) -> Vec<Money> {
    amounts.sort();
    amounts
}

impl Model<'_> {
    pub(super) fn owe(
        &mut self,
        promise: &Promise,
        claim: &Claim,
        amount: Money,
        first: bool,
        moment: &mut Moment,
    ) -> Result<(), MoneyError> {
        let amounts = match claim.right {
            "very-late" => vec![figures::in_points(amount)?],
            // In the tenders it was paid with, each its part, rounded up.
            "refund" if !promise.paid.is_empty() => {
                let part = Ratio::new(amount.minor, promise.fare.minor)?;
                promise.paid.iter().map(|paid| paid.share(part, Rounding::Up)).collect::<Result<_, _>>()?
            }
            _ => vec![amount],
        };
        let (right, terms) = (claim.right, claim.terms);
        let owed = Owed { right, kind: claim.kind(), terms, cause: claim.cause, owed_at: claim.at, penalty: first };
        self.make(promise, owed, in_order(amounts), moment)
    }

    pub(super) fn owe_penalty(
        &mut self,
        promise: &Promise,
        right: &'static str,
        amount: Money,
        moment: &mut Moment,
    ) -> Result<(), MoneyError> {
        let (terms, cause, owed_at) = (promise.terms, moment.cause, promise.due + 1);
        let owed = Owed { right, kind: "penalty", terms, cause, owed_at, penalty: false };
        self.make(promise, owed, vec![amount], moment)
    }

    fn make(
        &mut self,
        promise: &Promise,
        owed: Owed,
        amounts: Vec<Money>,
        moment: &mut Moment,
    ) -> Result<(), MoneyError> {
        let name = self.find(promise, &owed, &amounts);
        let accounts = Accounts::of(owed.right, owed.kind);
        self.books.owed(&accounts, &amounts);
        let pay_by = figures::pay_by(owed.right, owed.owed_at);
        if let Some(due) = pay_by {
            self.promise_to_pay(promise, &owed, &name, due);
        }
        let worth = worth_of(&amounts)?;
        let over = worth > APPROVE_OVER || worth > BUDGET;
        let held = over || moment.budget_spent;
        if held && !over {
            self.held_for_budget.insert(day_of(moment.at));
        }
        let mut remedy = Remedy {
            amounts,
            state: "held for approval",
            kind: owed.kind,
            thing: promise.thing.clone(),
            accounts,
            owed_at: owed.owed_at,
            pay_by,
            sent: 0,
            asked: BTreeSet::new(),
            withdrawn: 0,
        };
        if held {
            self.expected.push(Expected::of_remedy("approval", &name, &remedy.amounts));
        } else {
            self.spent.push((day_of(moment.at), worth));
            self.send(&name, &mut remedy, moment)?;
        }
        self.remedies.insert(name, remedy);
        Ok(())
    }

    /// The name under which the system keeps it. Which version's terms gave an amount that both give alike is not looked at.
    fn find(&mut self, promise: &Promise, owed: &Owed, amounts: &[Money]) -> String {
        let alike = |seen: &RemedySeen| {
            seen.promise.as_ref() == Some(&promise.name)
                && (seen.right.as_str(), seen.kind.as_str(), seen.cause) == (owed.right, owed.kind, Some(owed.cause))
        };
        let free = |name: &String| !self.remedies.contains_key(name);
        let mut found = self.seen.remedies.iter().filter(|(name, seen)| alike(seen) && free(name));
        let same_terms = found.clone().find(|(_, seen)| seen.terms == owed.terms);
        if let Some((name, _)) = same_terms.or_else(|| found.next()) {
            return name.clone();
        }
        let amounts: Vec<String> = amounts.iter().map(ToString::to_string).collect();
        let cause = match owed.cause {
            Trigger::Fact(fact) => self.name_of(fact),
            Trigger::Clock(at) => format!("the clock at {at}"),
        };
        self.fault(format!(
            "{} is owed under `{}` ({}) for {cause}, promise `{}`, and the system owes nothing of the kind",
            amounts.join(" + "),
            owed.right,
            owed.kind,
            promise.name,
        ));
        format!("r-missing-{}", self.remedies.len())
    }

    fn promise_to_pay(&mut self, base: &Promise, owed: &Owed, remedy: &str, due: i64) {
        let found = self.seen.promises.iter().find(|(_, seen)| seen.pays.as_deref() == Some(remedy));
        let name = match found {
            Some((name, _)) => name.clone(),
            None => {
                self.fault(format!("nothing promises to pay `{remedy}` in time"));
                format!("p-missing-{remedy}")
            }
        };
        let about = About::Payment { remedy: remedy.to_owned(), right: owed.right, penalty: owed.penalty };
        let promise = Promise {
            name: name.clone(),
            about,
            terms: owed.terms,
            made_at: owed.owed_at,
            due,
            state: State::Open,
            let_go: None,
            storms: Vec::new(),
            others_taken: Vec::new(),
            claims: Vec::new(),
            turned_down: BTreeSet::new(),
            granted: Vec::new(),
            heard: BTreeSet::new(),
            ..base.clone()
        };
        self.promises.insert(name, promise);
    }

    /// It leaves to be paid, and the first time the customer is told.
    pub(super) fn send(&mut self, name: &str, remedy: &mut Remedy, moment: &mut Moment) -> Result<(), MoneyError> {
        remedy.state = "approved";
        self.expected.push(Expected::of_remedy("payout", name, &remedy.amounts));
        if remedy.sent == 0 && worth_of(&remedy.amounts)? >= NOTIFY_FROM {
            moment.told.push((remedy.thing.clone(), name.to_owned()));
        }
        remedy.sent += 1;
        Ok(())
    }

    /// What one line makes owed for one trip is told in one notice.
    pub(super) fn tell(&mut self, moment: &Moment) {
        let mut by_thing: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (thing, remedy) in &moment.told {
            by_thing.entry(thing).or_default().push(remedy.clone());
        }
        for (_, mut remedies) in by_thing {
            remedies.sort();
            self.expected.push(Expected { topic: "notice", remedies, promise: None, amounts: Vec::new() });
        }
    }

    pub(super) fn goodwill(&mut self, fact: usize, amount: Money, by: &str) -> Result<(), MoneyError> {
        let Some(known) = self.facts.get(fact) else { return Ok(()) };
        let cause = Some(Trigger::Fact(fact));
        let found = self.seen.remedies.iter().find(|(_, seen)| seen.cause == cause && seen.kind == "goodwill");
        let name = match found {
            Some((name, _)) => name.clone(),
            None => {
                self.fault(format!("{} is not owed", self.name_of(fact)));
                format!("r-missing-{}", self.remedies.len())
            }
        };
        self.expected.push(Expected::of_remedy("approval", &name, &[amount]));
        let remedy = Remedy {
            amounts: vec![amount],
            state: "held for approval",
            kind: "goodwill",
            thing: known.thing.clone(),
            accounts: Accounts::of("goodwill", "goodwill"),
            owed_at: known.time,
            pay_by: None,
            sent: 0,
            asked: BTreeSet::from([by.to_owned()]),
            withdrawn: 0,
        };
        self.remedies.insert(name, remedy);
        Ok(())
    }
}

/// What amounts are worth together, in cents.
pub(crate) fn worth_of(amounts: &[Money]) -> Result<i64, MoneyError> {
    amounts.iter().try_fold(0, |sum, amount| Ok(sum + figures::worth(*amount)?))
}
