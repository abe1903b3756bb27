//! What the system under test keeps and what its receivers have, as plain rows.

use std::collections::{BTreeMap, BTreeSet};

use makegood_money::Money;

/// Everything that is looked at.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// By customer.
    pub parties: BTreeMap<String, SeenParty>,
    /// Of each trip, the facts that its log holds, by their place in the world's list.
    pub said: BTreeMap<String, Vec<usize>>,
    /// What receivers have, by the key they drop repeats by.
    pub received: BTreeMap<String, Received>,
    /// Facts that were handed over and said to be safe.
    pub acknowledged: BTreeSet<usize>,
    /// Facts that were set aside, with the code.
    pub set_aside: Vec<(usize, String)>,
    /// Decisions that were refused, and when.
    pub verdicts: Vec<Verdict>,
    /// What the system counts as spent of each day's budget.
    pub spent: BTreeMap<i32, i64>,
    /// Sums of the books by account and commodity, as the system sums them.
    pub balances: BTreeMap<(String, String), i128>,
    /// The clock was moved to this moment after everything else.
    pub clock: i64,
    /// True where several processes spend one budget at once: each reads only now and then what the others spent.
    pub budget_is_shared: bool,
    /// True when receivers were given every chance: all that must leave has left.
    pub all_dispatched: bool,
}

/// A decision that was refused: at some moment between these two lengths of the customer's log.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The fact.
    pub fact: usize,
    /// The code.
    pub code: String,
    /// Lines in the customer's log when it was first handed over …
    pub from: usize,
    /// … and when the answer was known.
    pub until: usize,
}

/// What is kept of a customer.
#[derive(Debug, Clone, Default)]
pub struct SeenParty {
    /// What it heard, in the order of its log.
    pub hearing: Vec<Hearing>,
    /// Its promises by name.
    pub promises: BTreeMap<String, PromiseSeen>,
    /// Its remedies by name.
    pub remedies: BTreeMap<String, RemedySeen>,
    /// Lines of its books: movement, account, amount.
    pub postings: Vec<(String, String, Money)>,
    /// What leaves or left.
    pub messages: Vec<Message>,
}

/// A line of a customer's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hearing {
    /// What it says.
    pub heard: Heard,
    /// True when the system says that the day's budget was spent by then.
    pub budget_spent: bool,
}

/// What a line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Heard {
    /// A fact, for the first time.
    Fact(usize),
    /// A fact, told again for the sake of a promise learnt of later.
    Again(usize),
    /// The clock came to this moment.
    Clock(i64),
}

/// What something came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trigger {
    /// A fact.
    Fact(usize),
    /// The clock, at this moment.
    Clock(i64),
}

/// A promise as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromiseSeen {
    /// What made it.
    pub cause: Option<Trigger>,
    /// The remedy it promises to pay, if it is such a promise.
    pub pays: Option<String>,
    /// The trip.
    pub thing: String,
    /// Its state in words.
    pub state: String,
    /// When it is due.
    pub due: i64,
    /// The version of the terms.
    pub terms: u8,
}

/// A remedy as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemedySeen {
    /// The promise it makes good.
    pub promise: Option<String>,
    /// The right.
    pub right: String,
    /// What it is for.
    pub kind: String,
    /// What made it owed.
    pub cause: Option<Trigger>,
    /// What is owed.
    pub amounts: Vec<Money>,
    /// Its state in words.
    pub state: String,
    /// When it came to be owed.
    pub owed_at: i64,
    /// Until when it is to be paid.
    pub pay_by: Option<i64>,
    /// The version of the terms.
    pub terms: u8,
}

/// A message as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The key by which a receiver drops repeats.
    pub key: String,
    /// What it is.
    pub topic: String,
    /// The remedies it names.
    pub remedies: Vec<String>,
    /// The promise it names.
    pub promise: Option<String>,
    /// The amounts it names.
    pub amounts: Vec<String>,
    /// What leaves, byte for byte.
    pub body: Vec<u8>,
    /// True when the system says that it was taken.
    pub delivered: bool,
    /// True when it is not tried any more, though it was not taken.
    pub withdrawn: bool,
    /// Failed attempts.
    pub attempts: u32,
}

/// What a receiver has under one key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Received {
    /// What came, byte for byte, each content once.
    pub contents: BTreeSet<Vec<u8>>,
    /// True when it came before it stood in the database.
    pub before_commit: bool,
}
