//! What applies, when it is decided, and how much of it is new.

use makegood_money::{Money, MoneyError};

use super::{About, HOUR_OF_WAIT, Model, Moment, Promise, terms_at};
use crate::facts::{DAY, Fact, HOUR, What, year_of};
use crate::figures;
use crate::seen::Trigger;

/// Something applies; when it is decided.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    pub terms: u8,
    pub right: &'static str,
    pub cause: Trigger,
    pub at: i64,
    /// Minutes of the wait or of the announced delay.
    pub minutes: i64,
    pub decide_at: i64,
}

/// Rights of which only the higher is owed, or of which one is set off against the other: either way the sum is the highest.
const TOGETHER: [[&str; 2]; 2] = [["late", "very-late"], ["upset", "silence"]];

/// `upset` is decided before `silence` where both are decided at once.
fn place(right: &str) -> usize {
    usize::from(right == "silence")
}

impl Claim {
    pub fn kind(&self) -> &'static str {
        if self.right == "refund" { "restitution" } else { "compensation" }
    }

    /// What it is worth, whatever was granted before.
    fn amount(&self, fare: Money) -> Result<Option<Money>, MoneyError> {
        match self.right {
            "late" => figures::wait(self.terms, self.at, self.minutes, fare),
            "very-late" => figures::long_wait(self.terms).map(Some),
            "refund" => figures::refund(self.terms, fare).map(Some),
            "upset" => figures::short_notice(self.terms, fare).map(Some),
            "warned" => figures::postponed(self.terms, self.minutes).map(Some),
            _ => figures::silence(self.terms).map(Some),
        }
    }

    /// True when the promise shows what takes it away.
    fn taken_away(&self, promise: &Promise) -> bool {
        match self.right {
            "late" => promise.storm(None),
            "warned" => promise.storm(Some(self.at + 12 * HOUR)),
            "refund" => promise.other_taken(self.at + DAY),
            _ => false,
        }
    }
}

impl Model<'_> {
    /// What a fact makes applicable to a promise.
    pub(super) fn triggers(
        &mut self,
        promise: &mut Promise,
        number: usize,
        fact: &Fact,
        moment: &mut Moment,
    ) -> Result<(), MoneyError> {
        let mut rights: Vec<(&'static str, i64, i64)> = Vec::new();
        match fact.what {
            What::Left { minutes } => {
                rights.extend((minutes >= HOUR_OF_WAIT).then_some(("late", minutes, 0)));
                rights.extend((minutes >= 5 * HOUR_OF_WAIT).then_some(("very-late", minutes, 0)));
            }
            What::Cancelled { notice } => {
                rights.push(("refund", 0, DAY));
                rights.extend((notice < 24 * HOUR_OF_WAIT).then_some(("upset", 0, 0)));
            }
            What::Postponed { minutes } => {
                rights.extend((minutes >= 3 * HOUR_OF_WAIT).then_some(("warned", minutes, 12 * HOUR)));
            }
            _ => {}
        }
        self.apply(promise, &rights, (Trigger::Fact(number), fact.time), moment)
    }

    /// Silence is worth something by itself.
    pub(super) fn silence(&mut self, promise: &mut Promise, moment: &mut Moment) -> Result<(), MoneyError> {
        self.apply(promise, &[("silence", 0, 0)], (moment.cause, moment.at), moment)
    }

    fn apply(
        &mut self,
        promise: &mut Promise,
        rights: &[(&'static str, i64, i64)],
        (cause, at): (Trigger, i64),
        moment: &mut Moment,
    ) -> Result<(), MoneyError> {
        // The terms it was made under, and later ones that are in force by then: whichever gives more.
        let later = Some(terms_at(at)).filter(|terms| *terms > promise.terms);
        let mut now = Vec::new();
        for terms in std::iter::once(promise.terms).chain(later) {
            for (right, minutes, wait) in rights {
                let waits = promise.claims.iter().any(|c| (c.terms, c.right, c.cause) == (terms, *right, cause));
                if waits || promise.turned_down.contains(&(terms, *right, cause)) {
                    continue;
                }
                let claim = Claim { terms, right, cause, at, minutes: *minutes, decide_at: at + wait };
                if *wait == 0 { now.push(claim) } else { promise.claims.push(claim) }
            }
        }
        promise.claims.sort_by_key(|claim| (claim.at, claim.cause, claim.terms));
        self.decide_together(promise, now, moment)
    }

    /// Claims whose time has come.
    pub(super) fn decide_due(&mut self, promise: &mut Promise, moment: &mut Moment) -> Result<(), MoneyError> {
        let claims = std::mem::take(&mut promise.claims);
        let (due, waiting): (Vec<_>, Vec<_>) = claims.into_iter().partition(|claim| claim.decide_at <= moment.at);
        promise.claims = waiting;
        self.decide_together(promise, due, moment)
    }

    /// The highest first, so that one payment is made where one will do.
    fn decide_together(
        &mut self,
        promise: &mut Promise,
        claims: Vec<Claim>,
        moment: &mut Moment,
    ) -> Result<(), MoneyError> {
        let mut weighed = Vec::new();
        for claim in claims {
            let amount = claim.amount(promise.fare)?.map_or(0, |amount| amount.minor);
            weighed.push(((place(claim.right), std::cmp::Reverse(amount)), claim));
        }
        weighed.sort_by_key(|(order, _)| *order);
        for (_, claim) in weighed {
            self.decide_claim(promise, &claim, moment)?;
        }
        Ok(())
    }

    fn decide_claim(&mut self, promise: &mut Promise, claim: &Claim, moment: &mut Moment) -> Result<(), MoneyError> {
        if claim.taken_away(promise) {
            promise.turned_down.insert((claim.terms, claim.right, claim.cause));
            return Ok(());
        }
        let first = !promise.granted.iter().any(|(right, ..)| *right == claim.right);
        let times = self.given.get(&year_of(claim.at)).copied().unwrap_or(0);
        if claim.right == "upset" && times >= figures::SHORT_NOTICE_TIMES {
            promise.turned_down.insert((claim.terms, claim.right, claim.cause));
            return Ok(());
        }
        let Some(amount) = claim.amount(promise.fare)? else { return Ok(()) };
        let together = TOGETHER.iter().find(|rights| rights.contains(&claim.right));
        let counts = |right: &str| right == claim.right || together.is_some_and(|rights| rights.contains(&right));
        let granted: i64 = promise.granted.iter().filter(|(right, ..)| counts(right)).map(|(.., a)| a.minor).sum();
        let rest = Money::new(amount.minor - granted, amount.commodity);
        if rest.minor <= 0 {
            return Ok(());
        }
        promise.granted.push((claim.right, claim.kind(), rest));
        if claim.right == "upset" && first {
            *self.given.entry(year_of(claim.at)).or_default() += 1;
        }
        self.owe(promise, claim, rest, first, moment)
    }

    /// A payment that was due was not made in time: what that costs, once.
    pub(super) fn penalise(&mut self, promise: &mut Promise, moment: &mut Moment) -> Result<(), MoneyError> {
        let About::Payment { right, penalty: true, .. } = promise.about else { return Ok(()) };
        let Some(amount) = figures::penalty(right)?.filter(|_| promise.granted.is_empty()) else { return Ok(()) };
        promise.granted.push((right, "penalty", amount));
        self.owe_penalty(promise, right, amount, moment)
    }
}
