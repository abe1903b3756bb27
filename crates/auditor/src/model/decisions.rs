//! What people and payments say of remedies and promises, and what is refused.

use makegood_money::{Money, MoneyError};

use super::{About, Expected, Model, Moment, Promise, Remedy, State};
use crate::facts::{Fact, What};
use crate::seen::Trigger;

type Answer = Result<(), &'static str>;

impl Model<'_> {
    /// What the rules answer to a decision, tried out.
    pub(super) fn decide_fact(&mut self, number: usize) -> Result<Answer, MoneyError> {
        let at = self.facts.get(number).map_or(0, |fact| fact.time);
        let mut moment = Moment { at, cause: Trigger::Fact(number), budget_spent: false, told: Vec::new() };
        self.decide(number, &mut moment)
    }

    pub(super) fn decide(&mut self, number: usize, moment: &mut Moment) -> Result<Answer, MoneyError> {
        let Some(fact) = self.facts.get(number) else { return Ok(Err("unknown-type")) };
        match &fact.what {
            What::Approved { remedy, by } => self.of(remedy, |model, name, it| model.approved(name, it, by, moment)),
            What::Paid { remedy } => self.of(remedy, |model, name, it| model.paid(name, it, number, fact, moment)),
            What::Failed { remedy } => self.of(remedy, |model, name, it| Ok(model.failed(name, it))),
            What::Waived { remedy } => self.of(remedy, |model, name, it| Ok(model.waived(name, it, number, fact))),
            What::Corrected { remedy, amount, by } => {
                self.of(remedy, |model, _, it| Ok(model.corrected(it, *amount, by)))
            }
            What::Renegotiated { promise, due } => Ok(self.renegotiated(promise, *due, number, fact)),
            What::Released { promise } => Ok(self.said(promise, number, fact, State::Released)),
            What::Kept { promise } => Ok(self.said(promise, number, fact, State::Kept)),
            _ => Ok(Ok(())),
        }
    }

    fn of(
        &mut self,
        name: &str,
        run: impl FnOnce(&mut Self, &str, &mut Remedy) -> Result<Answer, MoneyError>,
    ) -> Result<Answer, MoneyError> {
        let Some(mut remedy) = self.remedies.remove(name) else { return Ok(Err("unknown-remedy")) };
        let answer = run(self, name, &mut remedy);
        self.remedies.insert(name.to_owned(), remedy);
        answer
    }

    fn approved(
        &mut self,
        name: &str,
        remedy: &mut Remedy,
        by: &str,
        moment: &mut Moment,
    ) -> Result<Answer, MoneyError> {
        if !matches!(remedy.state, "held for approval" | "failed") {
            return Ok(Err("wrong-remedy-state"));
        }
        if remedy.asked.contains(by) {
            return Ok(Err("own-approval"));
        }
        if !remedy.is_in_books() {
            self.books.owed(&remedy.accounts, &remedy.amounts);
        }
        self.send(name, remedy, moment)?;
        Ok(Ok(()))
    }

    fn paid(
        &mut self,
        name: &str,
        remedy: &mut Remedy,
        number: usize,
        fact: &Fact,
        moment: &mut Moment,
    ) -> Result<Answer, MoneyError> {
        let was_waived = match remedy.state {
            "approved" | "failed" => false,
            "waived" if remedy.sent > 0 => true,
            _ => return Ok(Err("wrong-remedy-state")),
        };
        self.books.paid(&remedy.accounts, &remedy.amounts, was_waived);
        remedy.state = "paid";
        if let Some(mut promise) = self.pay_promise(name) {
            let shows = if fact.time > promise.due { State::KeptLate } else { State::Kept };
            promise.show(shows, fact.time, number);
            if promise.state == State::KeptLate {
                self.penalise(&mut promise, moment)?;
            }
            self.promises.insert(promise.name.clone(), promise);
        }
        Ok(Ok(()))
    }

    /// The promise to pay a remedy, taken out.
    fn pay_promise(&mut self, name: &str) -> Option<Promise> {
        let pays = |promise: &&Promise| matches!(&promise.about, About::Payment { remedy, .. } if remedy == name);
        let found = self.promises.values().find(pays)?.name.clone();
        self.promises.remove(&found)
    }

    fn failed(&mut self, name: &str, remedy: &mut Remedy) -> Answer {
        if remedy.state != "approved" {
            return Err("wrong-remedy-state");
        }
        remedy.state = "failed";
        self.expected.push(Expected::of_remedy("question", name, &[]));
        Ok(())
    }

    fn waived(&mut self, name: &str, remedy: &mut Remedy, number: usize, fact: &Fact) -> Answer {
        if matches!(remedy.state, "paid" | "waived") {
            return Err("wrong-remedy-state");
        }
        if remedy.state == "approved" {
            remedy.withdrawn += 1;
        }
        remedy.state = "waived";
        if remedy.is_in_books() {
            self.books.waived(&remedy.accounts, &remedy.amounts);
        }
        if let Some(mut promise) = self.pay_promise(name) {
            promise.show(State::Released, fact.time, number);
            self.promises.insert(promise.name.clone(), promise);
        }
        Ok(())
    }

    fn corrected(&mut self, remedy: &mut Remedy, amount: Money, by: &str) -> Answer {
        if !matches!(remedy.state, "held for approval" | "failed") {
            return Err("wrong-remedy-state");
        }
        let [owed] = remedy.amounts.as_slice() else { return Err("other-tender") };
        if owed.commodity != amount.commodity {
            return Err("other-tender");
        }
        let difference = Money::new(amount.minor - owed.minor, amount.commodity);
        if remedy.is_in_books() {
            self.books.corrected(&remedy.accounts, difference);
        }
        remedy.amounts = vec![amount];
        remedy.asked.insert(by.to_owned());
        Ok(())
    }

    fn departure(&self, name: &str) -> Result<&Promise, &'static str> {
        let promise = self.promises.get(name).ok_or("unknown-promise")?;
        if matches!(promise.about, About::Payment { .. }) { Err("kept-by-paying") } else { Ok(promise) }
    }

    fn said(&mut self, name: &str, number: usize, fact: &Fact, shows: State) -> Answer {
        let due = self.departure(name)?.due;
        let late = shows == State::Kept && fact.time > due;
        if let Some(promise) = self.promises.get_mut(name) {
            promise.show(if late { State::KeptLate } else { shows }, fact.time, number);
        }
        Ok(())
    }

    fn renegotiated(&mut self, name: &str, due: i64, number: usize, fact: &Fact) -> Answer {
        let promise = self.departure(name)?;
        if !promise.state.is_open() || fact.time > promise.due {
            return Err("too-late-to-renegotiate");
        }
        if due <= fact.time {
            return Err("due-before-agreed");
        }
        let cause = Some(Trigger::Fact(number));
        let found = self.seen.promises.iter().find(|(_, seen)| seen.cause == cause && seen.pays.is_none());
        let new_name = found.map_or_else(|| format!("p-missing-{number}"), |(name, _)| name.clone());
        let new = Promise { name: new_name.clone(), made_at: fact.time, due, state: State::Open, ..promise.clone() };
        if let Some(promise) = self.promises.get_mut(name) {
            promise.state = State::Renegotiated;
            promise.claims.clear();
        }
        self.promises.insert(new_name, new);
        Ok(())
    }
}
