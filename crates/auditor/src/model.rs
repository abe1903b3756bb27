//! One customer, lived through by the rules in prose, in the order in which the company learnt of things.

mod claims;
mod decisions;
mod remedies;

use std::collections::{BTreeMap, BTreeSet};

use makegood_money::{Money, MoneyError};

use crate::books::Books;
use crate::facts::{DAY, Fact, HOUR, MINUTE, What};
use crate::figures::SECOND_TERMS_FROM;
use crate::seen::{Heard, SeenParty, Trigger, Verdict};
pub(crate) use claims::Claim;
pub(crate) use remedies::{Expected, Remedy};

/// How a promise stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Open,
    AtRisk,
    Overdue,
    Kept,
    KeptLate,
    Broken,
    Released,
    Renegotiated,
}

impl State {
    pub fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::AtRisk | Self::Overdue)
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::AtRisk => "at risk",
            Self::Overdue => "overdue",
            Self::Kept => "kept",
            Self::KeptLate => "kept late",
            Self::Broken => "broken",
            Self::Released => "released",
            Self::Renegotiated => "renegotiated",
        }
    }

    /// What it is once something shows `shown`: never worse.
    fn shown(self, shown: Self) -> Self {
        match (self, shown) {
            (Self::Kept | Self::Released | Self::Renegotiated, _) => self,
            (Self::KeptLate, Self::Kept) => Self::Kept,
            (Self::KeptLate, _) => self,
            (Self::Broken, Self::Kept | Self::KeptLate) => shown,
            (Self::Broken, _) => self,
            _ => shown,
        }
    }
}

/// What a promise is about.
#[derive(Debug, Clone)]
pub(crate) enum About {
    /// That the ship leaves.
    Departure,
    /// That a remedy is paid in time.
    Payment { remedy: String, right: &'static str, penalty: bool },
}

#[derive(Debug, Clone)]
pub(crate) struct Promise {
    pub name: String,
    pub about: About,
    pub terms: u8,
    pub thing: String,
    pub made_at: i64,
    pub due: i64,
    pub state: State,
    /// When, and by which fact, it was let go.
    let_go: Option<(i64, usize)>,
    pub fare: Money,
    pub paid: Vec<Money>,
    storms: Vec<(i64, i64)>,
    others_taken: Vec<i64>,
    pub claims: Vec<Claim>,
    turned_down: BTreeSet<(u8, &'static str, Trigger)>,
    granted: Vec<(&'static str, &'static str, Money)>,
    pub heard: BTreeSet<usize>,
}

/// What is at hand while one line of the log is lived through.
pub(crate) struct Moment {
    at: i64,
    cause: Trigger,
    budget_spent: bool,
    told: Vec<(String, String)>,
}

/// A customer.
#[derive(Clone)]
pub(crate) struct Model<'w> {
    pub key: &'w str,
    facts: &'w [Fact],
    seen: &'w SeenParty,
    pub promises: BTreeMap<String, Promise>,
    pub remedies: BTreeMap<String, Remedy>,
    /// How often short notice was paid for, by year.
    given: BTreeMap<i64, u32>,
    pub books: Books,
    pub expected: Vec<Expected>,
    /// What left without a person, by day and line.
    pub spent: Vec<(i32, i64)>,
    /// Days on which something was held because the budget was spent.
    pub held_for_budget: BTreeSet<i32>,
    pub faults: Vec<String>,
}

impl<'w> Model<'w> {
    /// Lives a customer through.
    pub fn live(
        key: &'w str,
        facts: &'w [Fact],
        seen: &'w SeenParty,
        verdicts: &[&Verdict],
    ) -> Result<Self, MoneyError> {
        let mut model = Self {
            key,
            facts,
            seen,
            promises: BTreeMap::new(),
            remedies: BTreeMap::new(),
            given: BTreeMap::new(),
            books: Books::default(),
            expected: Vec::new(),
            spent: Vec::new(),
            held_for_budget: BTreeSet::new(),
            faults: Vec::new(),
        };
        let mut rightly: BTreeSet<usize> = BTreeSet::new();
        for (length, line) in seen.hearing.iter().map(Some).chain([None]).enumerate() {
            for (number, verdict) in verdicts.iter().enumerate() {
                if (verdict.from..=verdict.until).contains(&length) && !rightly.contains(&number) {
                    let mut tried = model.clone();
                    if tried.decide_fact(verdict.fact)?.is_err_and(|code| code == verdict.code) {
                        rightly.insert(number);
                    }
                }
            }
            let Some(line) = line else { break };
            model.hear(line.heard, line.budget_spent)?;
        }
        for (_, verdict) in verdicts.iter().enumerate().filter(|(number, _)| !rightly.contains(number)) {
            let fact = model.name_of(verdict.fact);
            model.fault(format!("{fact} was refused (`{}`), which the rules do not ask for", verdict.code));
        }
        Ok(model)
    }

    pub fn fault(&mut self, what: String) {
        self.faults.push(format!("`{}`: {what}", self.key));
    }

    pub fn name_of(&self, fact: usize) -> String {
        match self.facts.get(fact) {
            Some(fact) => format!("fact `{}` ({:?})", fact.id, fact.what),
            None => format!("fact {fact}"),
        }
    }

    fn hear(&mut self, heard: Heard, budget_spent: bool) -> Result<(), MoneyError> {
        let (at, cause) = match heard {
            Heard::Clock(at) => (at, Trigger::Clock(at)),
            Heard::Fact(fact) | Heard::Again(fact) => {
                (self.facts.get(fact).map_or(0, |fact| fact.time), Trigger::Fact(fact))
            }
        };
        let mut moment = Moment { at, cause, budget_spent, told: Vec::new() };
        let spent = self.spent.len();
        match heard {
            Heard::Clock(_) => self.clock(&mut moment)?,
            Heard::Again(fact) => self.event(fact, &mut moment)?,
            Heard::Fact(fact) => {
                let Some(known) = self.facts.get(fact) else { return Ok(()) };
                match &known.what {
                    what if what.is_decision() => {
                        if let Err(code) = self.decide(fact, &mut moment)? {
                            let name = self.name_of(fact);
                            self.fault(format!("{name} was taken, and the rules refuse it (`{code}`)"));
                        }
                    }
                    What::Goodwill { amount, by } => self.goodwill(fact, *amount, by)?,
                    What::Booked { .. } => self.book(fact),
                    _ => self.event(fact, &mut moment)?,
                }
            }
        }
        // What one line lets leave is reckoned together: within it, the budget is not asked again.
        let together: i64 = self.spent.drain(spent..).map(|(_, cents)| cents).sum();
        if together > 0 {
            self.spent.push((crate::day_of(at), together));
        }
        self.tell(&moment);
        Ok(())
    }

    fn book(&mut self, number: usize) {
        let Some(fact) = self.facts.get(number) else { return };
        let What::Booked { departs, fare, paid } = &fact.what else { return };
        let cause = Some(Trigger::Fact(number));
        let found = self.seen.promises.iter().find(|(_, seen)| seen.cause == cause && seen.pays.is_none());
        let name = match found {
            Some((name, _)) => name.clone(),
            None => {
                self.fault(format!("{} made no promise", self.name_of(number)));
                format!("p-missing-{number}")
            }
        };
        let promise = Promise {
            name: name.clone(),
            about: About::Departure,
            terms: terms_at(fact.time),
            thing: fact.thing.clone(),
            made_at: fact.time,
            due: *departs,
            state: State::Open,
            let_go: None,
            fare: *fare,
            paid: paid.clone(),
            storms: Vec::new(),
            others_taken: Vec::new(),
            claims: Vec::new(),
            turned_down: BTreeSet::new(),
            granted: Vec::new(),
            heard: BTreeSet::from([number]),
        };
        self.promises.insert(name, promise);
    }

    /// Something that concerns the promises about a trip.
    fn event(&mut self, number: usize, moment: &mut Moment) -> Result<(), MoneyError> {
        let Some(fact) = self.facts.get(number) else { return Ok(()) };
        // In the order of their names: which of two promises is looked at first decides who gets the last amount of a year.
        let about: Vec<String> =
            self.promises.values().filter(|p| p.thing == fact.thing).map(|p| p.name.clone()).collect();
        for name in about {
            let Some(mut promise) = self.promises.remove(&name) else { continue };
            if matches!(promise.about, About::Departure) {
                promise.heard.insert(number);
                // What the customer did before this was promised was about something else.
                if fact.party.is_none() || fact.time >= promise.made_at {
                    self.show_to(&mut promise, number, fact, moment)?;
                }
            }
            self.promises.insert(name, promise);
        }
        Ok(())
    }

    fn show_to(
        &mut self,
        promise: &mut Promise,
        number: usize,
        fact: &Fact,
        moment: &mut Moment,
    ) -> Result<(), MoneyError> {
        match fact.what {
            What::Storm { wind } if !promise.storms.contains(&(fact.time, wind)) => {
                promise.storms.push((fact.time, wind))
            }
            What::OtherTaken if !promise.others_taken.contains(&fact.time) => promise.others_taken.push(fact.time),
            _ => {}
        }
        let shown = match fact.what {
            What::Left { minutes } if minutes < 15 => Some(State::Kept),
            What::Left { .. } => Some(State::KeptLate),
            What::Cancelled { .. } => Some(State::Broken),
            What::Dropped => Some(State::Released),
            _ => None,
        };
        if let Some(shown) = shown {
            promise.show(shown, fact.time, number);
        }
        let let_go = promise.let_go.is_some_and(|(at, by)| by != number && at <= fact.time);
        if promise.state == State::Renegotiated || (promise.state == State::Released && let_go) {
            return Ok(());
        }
        self.triggers(promise, number, fact, moment)
    }

    /// The clock is looked at.
    fn clock(&mut self, moment: &mut Moment) -> Result<(), MoneyError> {
        let names: Vec<String> = self.promises.keys().cloned().collect();
        for name in names {
            let Some(mut promise) = self.promises.remove(&name) else { continue };
            self.clock_for(&mut promise, moment)?;
            self.promises.insert(name, promise);
        }
        Ok(())
    }

    fn clock_for(&mut self, promise: &mut Promise, moment: &mut Moment) -> Result<(), MoneyError> {
        self.decide_due(promise, moment)?;
        if !promise.state.is_open() || promise.state == State::Overdue {
            return Ok(());
        }
        if moment.at >= promise.overdue_at() {
            promise.state = State::Overdue;
            self.expected.push(Expected::question_of_promise(&promise.name));
            match promise.about {
                About::Departure => self.silence(promise, moment)?,
                About::Payment { .. } => self.penalise(promise, moment)?,
            }
        } else if matches!(promise.about, About::Departure) && moment.at >= promise.due - 2 * HOUR {
            promise.state = State::AtRisk;
        }
        Ok(())
    }

    /// Moments that have come by `clock` and were not looked at.
    pub fn missed(&self, clock: i64) -> Vec<String> {
        let mut missed = Vec::new();
        for promise in self.promises.values() {
            if promise.claims.iter().any(|claim| claim.decide_at <= clock) {
                missed.push(format!("a claim of `{}` was to be decided by now", promise.name));
            }
            let at_risk = matches!(promise.about, About::Departure).then_some(promise.due - 2 * HOUR);
            match promise.state {
                State::Open if at_risk.is_some_and(|at| at <= clock) => {
                    missed.push(format!("`{}` should be at risk by now", promise.name));
                }
                State::Open | State::AtRisk if promise.overdue_at() <= clock => {
                    missed.push(format!("`{}` should be overdue by now", promise.name));
                }
                _ => {}
            }
        }
        missed
    }
}

impl Promise {
    fn overdue_at(&self) -> i64 {
        match self.about {
            About::Departure => self.due + DAY,
            About::Payment { .. } => self.due + 1,
        }
    }

    fn show(&mut self, shown: State, at: i64, by: usize) {
        let now = self.state.shown(shown);
        if now != self.state && matches!(now, State::Released) {
            self.let_go = Some((at, by));
        }
        self.state = now;
    }

    /// True when a storm of 50 knots was reported, not later than `until`.
    fn storm(&self, until: Option<i64>) -> bool {
        self.storms.iter().any(|(at, wind)| *wind >= 50 && until.is_none_or(|until| *at <= until))
    }

    fn other_taken(&self, until: i64) -> bool {
        self.others_taken.iter().any(|at| *at <= until)
    }
}

/// The terms in force at a moment.
pub(crate) fn terms_at(at: i64) -> u8 {
    if at < SECOND_TERMS_FROM { 1 } else { 2 }
}

/// An hour and more, in minutes, of what waits are paid for.
const HOUR_OF_WAIT: i64 = HOUR / MINUTE;
